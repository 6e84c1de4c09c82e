// SPDX-License-Identifier: MIT
/*
 * The set of namespaces that a task is in. All of it is loops over the slots:
 * what a slot holds says by its ops how it is cloned and what kind of
 * reference a set has on it.
 *
 * Invariants: no slot of a set is NULL; a set that a task has is never
 * changed; current alone replaces its own, under its task lock.
 */
#include <linux/sched.h>

#include "kernel/debug/why.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* Every type in a set that Linux knows (NEWTIME's bit is clone's signal
 * number). The user namespace is not in the set: it is in the cred. */
#define CLONE_NEW_ANY                                                          \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |         \
	 CLONE_NEWPID | CLONE_NEWNET)

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

/* Put the slots before @end, last first, and free. */
static void nsproxy_free(struct nsproxy *np, u32 end)
{
	while (end--)
		ns_put(np->ns[end], np->ns[end]->ops->slot_pin);
	slab_free(nsproxy_slab, np);
}

void nsproxy_put(struct nsproxy *np)
{
	if (refcount_dec_and_test(&np->refs))
		nsproxy_free(np, NR_NS_SLOTS);
}

/* What the new set has where the old one has @ns. ERR_PTR. */
static struct ns *slot_copy(struct ns *ns, struct user_ns *owner,
			    struct nsset *set)
{
	if (set->flags & ns->ops->type)
		return ns->ops->clone(ns, owner, set);
	return ns_get(ns, ns->ops->slot_pin);
}

/**
 * nsproxy_copy - a new set, with new namespaces for the types in @flags
 * @owner: who owns the new ones
 * @fs: whose root and cwd a new mount namespace moves to its copy; not
 *	published yet, since it is changed even if a later slot fails. May be
 *	NULL
 *
 * Slots are filled in order (mnt, uts, ..., pid): the first to fail decides
 * the errno, and it is the order of the new inums.
 *
 * Context: may sleep.
 * Return: the set with one reference; ERR_PTR(-ENOMEM) or what a type's
 * clone says; then everything that was made is put again.
 */
struct nsproxy *nsproxy_copy(struct nsproxy *old, u32 flags,
			     struct user_ns *owner, struct fs *fs)
{
	struct nsproxy *np = slab_alloc(nsproxy_slab);
	struct nsset set = { .flags = flags, .nsproxy = np, .fs = fs };

	if (!np)
		return ERR_PTR(-ENOMEM);
	refcount_set(&np->refs, 1);
	for (u32 i = 0; i < NR_NS_SLOTS; i++) {
		struct ns *ns = slot_copy(old->ns[i], owner, &set);

		if (IS_ERR(ns)) {
			nsproxy_free(np, i);
			return ERR_PTR(PTR_ERR(ns));
		}
		np->ns[i] = ns;
	}
	return np;
}

void nsproxy_leave(u32 flags)
{
	for (u32 i = 0; i < NR_NS_SLOTS; i++) {
		const struct ns_ops *ops = current->nsproxy->ns[i]->ops;

		if (flags & ops->type)
			ops->leave();
	}
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

	spin_lock(&current->lock);
	old = current->nsproxy;
	current->nsproxy = np;
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
 * child->nsproxy is NULL.
 *
 * Context: may sleep; current is the parent.
 * Return: 0; -EINVAL: CLONE_NEWNS with CLONE_FS, a thread after unshare of pid,
 * a type that does not exist; -EPERM; what nsproxy_copy() says.
 */
int nsproxy_fork(u32 flags, struct task *child)
{
	struct nsproxy *np;
	int err;

	child->nsproxy = NULL;
	err = fork_check(flags, child->cred);
	if (err)
		return err;
	flags &= CLONE_NEW_ANY;
	if (!flags) {
		child->nsproxy = nsproxy_get(current->nsproxy);
		return 0;
	}
	np = nsproxy_copy(current->nsproxy, flags, child->cred->user_ns,
			  child->fs);
	if (IS_ERR(np))
		return (int)PTR_ERR(np);
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
	struct ns **slot = &set->nsproxy->ns[ns->ops->slot];
	struct ns *old = *slot;

	*slot = ns_get(ns, ns->ops->slot_pin);
	ns_put(old, ns->ops->slot_pin);
}
