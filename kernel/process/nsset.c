// SPDX-License-Identifier: MIT
/*
 * Entering namespaces: setns(2) works on a scratch, struct nsset.
 *
 *   prepare   an empty scratch; with a copy of current's cred, if the user
 *	       namespace changes
 *   install   each type checks; then its namespace is in the scratch, counted
 *   commit    current gets what is in the scratch; cannot fail
 *
 * So an error in any type leaves every namespace as it was. With a mount
 * namespace root and cwd go to its root: part of the commit, since it can be
 * neither refused nor short of memory.
 */
#include <linux/sched.h>

#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/process/nsset.h"
#include "kernel/task/cred.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

/* Noinline: most have no need of a cred. */
static __noinline int nsset_prepare_cred(struct nsset *set)
{
	struct cred *c = cred_copy(current->cred);

	if (IS_ERR(c))
		return (int)PTR_ERR(c);
	set->cred = c;
	return 0;
}

static int nsset_prepare(struct nsset *set, u32 flags)
{
	int err = nsset_begin(set, flags);

	set->cred = current->cred;
	if (flags & CLONE_NEWUSER && !err)
		err = nsset_prepare_cred(set);
	return err;
}

/* What is in the scratch: what was not committed, or what current had. */
static void nsset_drop(struct nsset *set)
{
	if (set->cred != current->cred)
		cred_put(set->cred);
	nsset_end(set);
}

static __noinline void mnt_ns_enter(struct ns *ns)
{
	struct path root;

	mnt_ns_root_path(to_mnt_ns(ns), &root);
	fs_move(current->fs, &root);
}

static void setns_commit(struct nsset *set)
{
	if (set->cred != current->cred)
		cred_commit(set->cred);
	if (set->flags & CLONE_NEWNS)
		mnt_ns_enter(set->ns[NS_MNT]);
	if (set->own & ns_slots_entering)
		nsset_enter_own(set);
	nsset_commit(set);
}

/**
 * setns_ns - move current into a namespace
 * @ns: the caller's reference stays the caller's
 * @type: the CLONE_NEW* bit that the caller expects, or 0 for any
 *
 * Context: may sleep.
 * Return: 0; -EINVAL: of another type, or what the type refuses; -EPERM;
 * -ENOMEM.
 */
int setns_ns(struct ns *ns, u32 type)
{
	enum ns_slot slot = ns->ops->slot;
	struct nsset set;
	int err;

	if (type && type != ns->ops->type)
		return why(-EINVAL, "setns: fd is a %s namespace, asked for "
				    "type 0x%x", ns->ops->name, type);
	err = nsset_prepare(&set, ns->ops->type);
	if (!err)
		err = ns->ops->install(&set, ns);
	if (!err) {
		if (slot != NS_NO_SLOT)
			nsset_fill(&set, slot, ns_get(ns, slot_pin(slot)));
		setns_commit(&set);
	}
	nsset_drop(&set);
	return err;
}

/* ---- through a pidfd ------------------------------------------------------- */

/* Where a task is, as far as was asked, in a scratch: at once counted as what it
 * will be for current. */
struct target {
	struct nsset set;
	struct ns *user; /* counted, PIN_TEMP; NULL: not asked for */
};

static void target_put(void *target)
{
	struct target *to = target;

	nsset_clear(&to->set);
	ns_put(to->user, PIN_TEMP);
}

/* Where the task is, not its children. A reference on its nsproxy would make
 * the task share it (nsproxy.h), so each namespace is taken by itself. */
static void target_slots(struct nsset *set, const struct nsproxy *np, u32 left)
{
	for (u32 i = 0; left; i++) {
		enum ns_slot from = i;

		if (!(left & ns_slot_types[i]))
			continue;
		left ^= ns_slot_types[i];
		if (ns_slots[i].enters != NS_NO_SLOT)
			from = ns_slots[i].enters;
		nsset_fill(set, i, ns_get(np->ns[from], slot_pin(i)));
	}
}

/* The pid namespace is not where its children will be, either. */
static struct ns *target_pid_ns(struct task *t)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct ns *ns = ns_get(&task_active_pid_ns(t)->ns, PIN_CHILDREN);

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return ns;
}

static void *target_take(struct task *t, void *arg)
{
	const u32 elsewhere = CLONE_NEWUSER | CLONE_NEWPID;
	struct target *to = arg;
	u32 flags = to->set.flags;
	bool exited;

	to->user = NULL;
	spin_lock(&t->lock);
	exited = !t->nsproxy;
	if (!exited) {
		target_slots(&to->set, t->nsproxy, flags & ~elsewhere);
		if (flags & CLONE_NEWUSER)
			to->user = ns_get(&t->cred->user_ns->ns, PIN_TEMP);
	}
	spin_unlock(&t->lock);
	if (exited)
		return ERR_PTR(why(-ESRCH, "setns: the task has exited"));
	if (flags & CLONE_NEWPID)
		nsset_fill(&to->set, NS_PID_CHILDREN, target_pid_ns(t));
	return to;
}

static int target_get(struct task *t, struct target *to)
{
	return PTR_ERR_OR_ZERO(task_take(t,
					 PTRACE_MODE_READ |
						 PTRACE_MODE_REALCREDS,
					 target_take, target_put, to));
}

/* The user namespace first: with its powers the others are entered. Slots are in
 * the order in which the types are to be installed. */
static int target_install(struct target *to)
{
	struct nsset *set = &to->set;
	int err = 0;

	if (to->user) {
		err = to->user->ops->install(set, to->user);
		ns_put(to->user, PIN_TEMP);
	}
	for (u32 left = set->own; left && !err; left &= left - 1) {
		struct ns *ns = set->ns[__builtin_ctz(left)];

		err = ns->ops->install(set, ns);
	}
	return err;
}

/**
 * setns_pid - move current into namespaces of another task, all or none
 * @pid: the task's; the caller's reference stays the caller's
 * @flags: which types
 *
 * Context: may sleep.
 * Return: 0; -EINVAL: @flags is 0 or has other bits, or what a type refuses;
 * -ESRCH: the task has exited; -EPERM; -ENOMEM.
 */
int setns_pid(struct pid *pid, u32 flags)
{
	struct target to;
	struct task *t;
	int err;

	if (!flags || flags & ~ns_all_types)
		return why(-EINVAL, "setns: 0x%x are not types of namespaces",
			   flags);
	t = pid_task_get(pid, PIDTYPE_PID);
	if (!t)
		return why(-ESRCH, "setns: the task of the pidfd is gone");
	err = nsset_prepare(&to.set, flags);
	if (!err)
		err = target_get(t, &to);
	task_put(t);
	if (!err)
		err = target_install(&to);
	if (!err)
		setns_commit(&to.set);
	nsset_drop(&to.set);
	return err;
}
