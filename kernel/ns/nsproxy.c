// SPDX-License-Identifier: MIT
/*
 * The set of namespaces that a task is in. All of it is loops over the slots:
 * what a slot holds says by its ops how it is cloned, slot_pin() what kind of
 * reference a set has on it, and ns_slots[] whether fork and exec move it on.
 *
 * A change is made in a struct nsset, on the stack. The namespaces that stay as
 * they are live there by current's references. If current has its set for itself,
 * commit exchanges what changes in it: setns(2) by a task of its own allocates
 * nothing and counts only the two namespaces that change.
 *
 * Invariants: no slot of a set is NULL; a set that is shared is never changed;
 * current alone changes or replaces its own, under its task lock.
 */
#include <linux/sched.h>

#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* Every type in a set that Linux knows. The user namespace is not in the set:
 * it is in the cred. */
#define CLONE_NEW_ANY                                                          \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |         \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

static struct slab *nsproxy_slab;

/* Boot: the initial set is ready; from now on there can be others. */
void nsproxy_slab_init(void)
{
	nsproxy_slab = slab_create("nsproxy", sizeof(struct nsproxy), 8);
}

struct nsproxy *nsproxy_get(struct nsproxy *np)
{
	refcount_inc(&np->refs);
	return np;
}

#define ALL_SLOTS ((1u << NR_NS_SLOTS) - 1)

/* Put the namespaces in @slots of @ns[], last first. */
static void slots_put(struct ns **ns, u32 slots)
{
	while (slots) {
		u32 i = 31 ^ (u32)__builtin_clz(slots); /* the highest */

		slots &= ~(1u << i);
		ns_put(ns[i], slot_pin(i));
	}
}

void nsproxy_put(struct nsproxy *np)
{
	if (!refcount_dec_and_test(&np->refs))
		return;
	slots_put(np->ns, ALL_SLOTS);
	slab_free(nsproxy_slab, np);
}

/* Current gets @np, with the caller's reference; NULL: it exits. Returns what it
 * had. */
static struct nsproxy *nsproxy_switch(struct nsproxy *np)
{
	struct nsproxy *old;

	spin_lock(&current->lock); /* who takes a reference holds it too */
	old = current->nsproxy;
	current->nsproxy = np;
	spin_unlock(&current->lock);
	return old;
}

void nsproxy_exit(void)
{
	struct nsproxy *old = nsproxy_switch(NULL);

	if (old)
		nsproxy_put(old);
}

/* ---- the scratch ----------------------------------------------------------- */

static void nsset_load(struct nsset *set, u32 flags)
{
	set->flags = flags;
	set->own = 0;
	set->spare = NULL;
}

/* What will be in @slot, as it stands. */
static struct ns *nsset_ns(const struct nsset *set, enum ns_slot slot)
{
	return (set->own & 1u << slot ? set->ns : current->nsproxy->ns)[slot];
}

int nsset_begin(struct nsset *set, u32 flags)
{
	nsset_load(set, flags);
	if (refcount_read(&current->nsproxy->refs) == 1)
		return 0;
	set->spare = slab_alloc(nsproxy_slab);
	return set->spare ? 0 : -ENOMEM;
}

void nsset_clear(struct nsset *set)
{
	slots_put(set->ns, set->own);
	set->own = 0;
}

void nsset_end(struct nsset *set)
{
	slots_put(set->ns, set->own);
	if (set->spare)
		slab_free(nsproxy_slab, set->spare);
}

/* Slots are filled in order (mnt, uts, ..., pid): the first to fail decides
 * the errno, and it is the order of the new inums. */
int nsset_clone(struct nsset *set, struct user_ns *owner)
{
	u32 left = set->flags & CLONE_NEW_ANY;

	for (u32 i = 0; left; i++) {
		struct ns *old, *ns;

		if (!(left & ns_slot_types[i]))
			continue;
		left ^= ns_slot_types[i];
		old = current->nsproxy->ns[i];
		ns = old->ops->clone(old, owner, set);
		if (IS_ERR(ns))
			return (int)PTR_ERR(ns);
		nsset_fill(set, i, ns);
	}
	return 0;
}

/* The spare, filled with references of its own. Unrolled: the slots are constants
 * then, and their pins. */
static struct nsproxy *nsset_take(struct nsset *set)
{
	struct nsproxy *np = set->spare, *mine = current->nsproxy;

	refcount_set(&np->refs, 1);
#pragma GCC unroll 8
	for (u32 i = 0; i < NR_NS_SLOTS; i++)
		np->ns[i] = set->own & 1u << i ?
				    set->ns[i] :
				    ns_get_untraced(mine->ns[i], slot_pin(i));
	for (u32 i = 0; unlikely(trace_on & TRACE_NS) && i < NR_NS_SLOTS; i++)
		if (!(set->own & 1u << i))
			ns_get_traced(np->ns[i], slot_pin(i));
	set->own = 0;
	set->spare = NULL;
	return np;
}

/* Exchange what current has in the slots that change for what the scratch has. */
static void slots_exchange(struct nsset *set)
{
	struct ns **mine = current->nsproxy->ns;

	spin_lock(&current->lock); /* who looks into it holds it too */
	for (u32 own = set->own; own; own &= own - 1) {
		u32 i = (u32)__builtin_ctz(own);
		struct ns *old = mine[i];

		mine[i] = set->ns[i];
		set->ns[i] = old;
	}
	spin_unlock(&current->lock);
}

/**
 * nsset_commit - current goes where the scratch says
 *
 * What it leaves is in the scratch afterwards, or put (if it shared its set):
 * nsset_end() may end namespaces.
 * Context: may sleep. Cannot fail.
 */
void nsset_commit(struct nsset *set)
{
	for (u32 own = set->own & ns_slots_leaving; own; own &= own - 1)
		set->ns[__builtin_ctz(own)]->ops->leave();
	if (set->spare)
		nsproxy_put(nsproxy_switch(nsset_take(set)));
	else
		slots_exchange(set);
}

struct ns *task_ns_get(struct task *t, enum ns_slot slot)
{
	struct ns *ns = NULL;

	spin_lock(&t->lock);
	if (t->nsproxy)
		ns = ns_get(t->nsproxy->ns[slot], PIN_TEMP);
	spin_unlock(&t->lock);
	return ns;
}

static void *entry_take(struct task *t, void *entry)
{
	const struct ns_entry *e = entry;

	return e->get(t, e->slot);
}

static void entry_put(void *ns)
{
	ns_put(ns, PIN_TEMP);
}

struct ns *task_ns_checked(struct task *t, const struct ns_entry *e)
{
	struct ns *ns = task_take(t, PTRACE_MODE_READ | PTRACE_MODE_FSCREDS,
				  entry_take, entry_put, (void *)e);

	if (IS_ERR(ns))
		return ERR_PTR(why(-EACCES,
				   "ns/%s: the task may not be looked into",
				   e->name));
	return ns;
}

/* ---- entering what was made for children ---------------------------------- */

/* What is in @slot is also where the task itself is from now on. */
static void slot_enter(struct nsset *set, enum ns_slot slot)
{
	enum ns_slot to = ns_slots[slot].enters;
	struct ns *ns = nsset_ns(set, slot);

	if (nsset_ns(set, to) == ns)
		return;
	assert(!(set->own & 1u << to));
	nsset_fill(set, to, ns_get(ns, slot_pin(to)));
	ns_slots[slot].entered(ns);
}

static void slots_enter(struct nsset *set, u32 slots)
{
	for (slots &= ns_slots_entering; slots; slots &= slots - 1)
		slot_enter(set, __builtin_ctz(slots));
}

void nsset_enter_own(struct nsset *set)
{
	slots_enter(set, set->own);
}

static bool nsproxy_has_to_enter(const struct nsproxy *np)
{
	for (u32 i = 0; i < NR_NS_SLOTS; i++) {
		enum ns_slot to = ns_slots[i].enters;

		if (to != NS_NO_SLOT && np->ns[to] != np->ns[i])
			return true;
	}
	return false;
}

int nsproxy_exec(void)
{
	struct nsset set;
	int err;

	if (!nsproxy_has_to_enter(current->nsproxy))
		return 0;
	err = nsset_begin(&set, 0);
	if (!err) {
		slots_enter(&set, ALL_SLOTS);
		nsset_commit(&set);
	}
	nsset_end(&set);
	return err;
}

/* ---- clone(2) --------------------------------------------------------------- */

static int fork_check(u32 flags, const struct cred *cred)
{
	const struct ns *children = current->nsproxy->ns[NS_PID_CHILDREN];

	if (flags & CLONE_NEWNS && flags & CLONE_FS)
		return why(-EINVAL, "clone: CLONE_NEWNS with CLONE_FS");
	if (flags & CLONE_THREAD &&
	    children != &task_active_pid_ns(current)->ns)
		return why(-EINVAL, "clone: a thread would be in another pid "
				    "namespace (pid_for_children is pid:[%u])",
			   children->inum);
	if (!(flags & CLONE_NEW_ANY))
		return 0;
	if (!cred_capable(cred, cred->user_ns, CAP_SYS_ADMIN))
		return why(-EPERM, "clone: a new namespace needs "
				   "CAP_SYS_ADMIN in the user namespace");
	if (flags & CLONE_NEWIPC && flags & CLONE_SYSVSEM)
		return why(-EINVAL, "clone: CLONE_NEWIPC with CLONE_SYSVSEM");
	if (flags & CLONE_NEW_ANY & ~ns_all_types)
		return why(-EINVAL, "clone: no such type of namespace: 0x%x",
			   flags & CLONE_NEW_ANY & ~ns_all_types);
	return 0;
}

/**
 * nsproxy_fork - give @child its set: its parent's, or one with new namespaces
 *
 * @child has its cred and fs already; it does not run yet. On error
 * child->nsproxy is NULL. Who shares the parent's memory stays where the parent
 * is: two tasks that run the same code must not see different clocks.
 *
 * Context: may sleep; current is the parent.
 * Return: 0; -EINVAL: CLONE_NEWNS with CLONE_FS, a thread after unshare of pid,
 * a type that does not exist; -EPERM; -ENOMEM; what a type's clone says.
 */
int nsproxy_fork(u32 flags, struct task *child)
{
	bool enters = !(flags & CLONE_VM);
	struct nsset set;
	int err;

	child->nsproxy = NULL;
	err = fork_check(flags, child->cred);
	if (err)
		return err;
	flags &= CLONE_NEW_ANY;
	if (!flags && !(enters && nsproxy_has_to_enter(current->nsproxy))) {
		child->nsproxy = nsproxy_get(current->nsproxy);
		return 0;
	}
	nsset_load(&set, flags);
	set.fs = child->fs;
	set.spare = slab_alloc(nsproxy_slab);
	err = set.spare ? nsset_clone(&set, child->cred->user_ns) : -ENOMEM;
	if (!err) {
		if (enters)
			slots_enter(&set, ALL_SLOTS);
		child->nsproxy = nsset_take(&set);
	}
	nsset_end(&set);
	return err;
}

/* ---- setns(2): what the types' install functions share -------------------- */

/* Not inlined, so that who may saves no registers for it. */
static __noinline int may_not_admin(const struct ns *ns, bool over)
{
	if (!over)
		return why(-EPERM, "setns: no CAP_SYS_ADMIN over the owner of "
				   "%s:[%u]", ns->ops->name, ns->inum);
	return why(-EPERM, "setns: no CAP_SYS_ADMIN in the own user namespace");
}

int nsset_may_admin(struct nsset *set, struct ns *ns)
{
	if (!ns_capable(ns->owner, CAP_SYS_ADMIN))
		return may_not_admin(ns, false);
	if (!cred_capable(set->cred, set->cred->user_ns, CAP_SYS_ADMIN))
		return may_not_admin(ns, true);
	return 0;
}
