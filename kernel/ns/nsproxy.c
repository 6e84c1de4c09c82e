// SPDX-License-Identifier: MIT
/*
 * The set of namespaces that a task is in. All of it is loops over the slots:
 * what a slot holds says by its ops how it is cloned, and ns_slots[] what kind
 * of reference a set has on it, and whether fork and exec move it on.
 *
 * A set that is being prepared borrows the namespaces that stay as they are:
 * current's own set keeps them alive meanwhile. When it replaces that set, and
 * nobody else has that one, the references change hands and nothing is counted:
 * setns(2) by a task of its own touches only the two namespaces that change.
 *
 * Invariants: no slot of a set is NULL; a set that a task has is never
 * changed; current alone replaces its own, under its task lock.
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

/* Put what the set has references on, last first, and free it. */
static void nsproxy_free(struct nsproxy *np)
{
	u32 own = ALL_SLOTS & ~np->borrowed, i;

	for (; own; own &= ~(1u << i)) {
		i = 31 - (u32)__builtin_clz(own);
		ns_put(np->ns[i], ns_slots[i].pin);
	}
	slab_free(nsproxy_slab, np);
}

void nsproxy_put(struct nsproxy *np)
{
	if (refcount_dec_and_test(&np->refs))
		nsproxy_free(np);
}

/* The set has references of its own from now on. */
static void nsproxy_settle(struct nsproxy *np)
{
	for (u32 i = 0; i < NR_NS_SLOTS; i++) {
		if (np->borrowed & 1u << i)
			ns_get(np->ns[i], ns_slots[i].pin);
	}
	np->borrowed = 0;
}

/* New namespaces in the slots whose types are in set->flags. */
static int slots_clone(struct nsset *set, struct user_ns *owner)
{
	struct nsproxy *np = set->nsproxy;

	for (u32 i = 0; i < NR_NS_SLOTS; i++) {
		struct ns *old = np->ns[i], *ns;

		if (!(set->flags & old->ops->type) ||
		    old->ops->slot != (enum ns_slot)i)
			continue;
		ns = old->ops->clone(old, owner, set);
		if (IS_ERR(ns))
			return (int)PTR_ERR(ns);
		np->ns[i] = ns;
		np->borrowed &= ~(1u << i);
	}
	return 0;
}

/**
 * nsproxy_copy - a set like current's, with new namespaces for types in @flags
 * @owner: who owns the new ones
 * @fs: whose root and cwd a new mount namespace moves to its copy; not
 *	published yet, since it is changed even if a later slot fails. May be
 *	NULL
 *
 * Slots are filled in order (mnt, uts, ..., pid): the first to fail decides
 * the errno, and it is the order of the new inums.
 *
 * Context: may sleep.
 * Return: the set with one reference, which borrows what is not new until
 * nsproxy_switch(); ERR_PTR(-ENOMEM) or what a type's clone says; then everything
 * that was made is put again.
 */
struct nsproxy *nsproxy_copy(u32 flags, struct user_ns *owner, struct fs *fs)
{
	struct nsproxy *np = slab_alloc(nsproxy_slab);
	struct nsset set = { .flags = flags, .nsproxy = np, .fs = fs };
	int err;

	if (!np)
		return ERR_PTR(-ENOMEM);
	refcount_set(&np->refs, 1);
	np->borrowed = ALL_SLOTS;
	memcpy(np->ns, current->nsproxy->ns, sizeof(np->ns));
	err = flags ? slots_clone(&set, owner) : 0;
	if (!err)
		return np;
	nsproxy_free(np);
	return ERR_PTR(err);
}

/* Current gives up what it has in the namespaces that @np replaces. */
static void slots_leave(const struct nsproxy *np)
{
	u32 own = ALL_SLOTS & ~np->borrowed;

	for (; own; own &= own - 1)
		np->ns[__builtin_ctz(own)]->ops->leave();
}

/**
 * nsproxy_switch - replace current's set
 * @np: takes over the caller's reference; NULL: current exits
 *
 * Context: may sleep (the old set's namespaces may end). Cannot fail.
 */
void nsproxy_switch(struct nsproxy *np)
{
	struct nsproxy *old;

	if (np)
		slots_leave(np);
	spin_lock(&current->lock); /* who takes a reference holds it too */
	old = current->nsproxy;
	current->nsproxy = np;
	if (np && refcount_read(&old->refs) == 1) {
		old->borrowed = np->borrowed; /* the references are @np's */
		np->borrowed = 0;
	} else if (np) {
		nsproxy_settle(np);
	}
	spin_unlock(&current->lock);
	if (old)
		nsproxy_put(old);
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

/* ---- entering what was made for children ---------------------------------- */

/* @np is being prepared. Each slot is replaced once: what was there is
 * borrowed, and stays alive. */
static void slot_replace(struct nsproxy *np, enum ns_slot slot, struct ns *ns)
{
	assert(np->borrowed & 1u << slot);
	np->ns[slot] = ns_get(ns, ns_slots[slot].pin);
	np->borrowed &= ~(1u << slot);
}

/* What is in @slot is also where the task itself is from now on. */
static void slot_enter(struct nsproxy *np, enum ns_slot slot)
{
	enum ns_slot to = ns_slots[slot].enters;

	if (to == NS_NO_SLOT || np->ns[to] == np->ns[slot])
		return;
	slot_replace(np, to, np->ns[slot]);
	ns_slots[slot].entered(np->ns[slot]);
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

static void nsproxy_enter(struct nsproxy *np)
{
	for (u32 i = 0; i < NR_NS_SLOTS; i++)
		slot_enter(np, i);
}

int nsproxy_exec(void)
{
	struct nsproxy *np;

	if (!nsproxy_has_to_enter(current->nsproxy))
		return 0;
	np = nsproxy_copy(0, current_user_ns(), NULL);
	if (IS_ERR(np))
		return (int)PTR_ERR(np);
	nsproxy_enter(np);
	nsproxy_switch(np);
	return 0;
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
 * a type that does not exist; -EPERM; what nsproxy_copy() says.
 */
int nsproxy_fork(u32 flags, struct task *child)
{
	bool enters = !(flags & CLONE_VM);
	struct nsproxy *np;
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
	np = nsproxy_copy(flags, child->cred->user_ns, child->fs);
	if (IS_ERR(np))
		return (int)PTR_ERR(np);
	if (enters)
		nsproxy_enter(np);
	nsproxy_settle(np);
	child->nsproxy = np;
	return 0;
}

/* ---- setns(2): what the types' install functions share -------------------- */

int nsset_may_admin(const struct nsset *set, const struct ns *ns)
{
	if (!ns_capable(ns->owner, CAP_SYS_ADMIN))
		return why(-EPERM, "setns: no CAP_SYS_ADMIN over the owner of "
				   "%s:[%u]", ns->ops->name, ns->inum);
	if (!cred_capable(set->cred, set->cred->user_ns, CAP_SYS_ADMIN))
		return why(-EPERM, "setns: no CAP_SYS_ADMIN in the own user "
				   "namespace");
	return 0;
}

void nsset_replace(struct nsset *set, struct ns *ns)
{
	slot_replace(set->nsproxy, ns->ops->slot, ns);
	slot_enter(set->nsproxy, ns->ops->slot);
}
