// SPDX-License-Identifier: MIT
/*
 * Entering namespaces: setns(2) works on a scratch, struct nsset.
 *
 *   prepare   a private copy of what is in current's nsproxy (of its cred, if
 *	       the user namespace changes; of its fs, see below)
 *   install   each type checks, and puts its namespace into the scratch
 *   commit    the scratch becomes current's; cannot fail
 *
 * So an error in any type leaves every namespace as it was.
 *
 * Root and cwd: setns to a mount namespace alone works on current->fs itself
 * (install writes it after its last check, which also refuses a shared fs).
 * Together with other types it works on a copy, since a later type may fail.
 * A copy is never shared, so that check always passes, and commit writes root
 * and cwd into the real one even if others share it: as Linux does.
 */
#include <linux/sched.h>

#include "fs/fs_struct.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/process/nsset.h"
#include "kernel/task/cred.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

/* With copies of fs and cred, where @flags ask for them. Noinline: most do not. */
static __noinline int nsset_prepare_copies(struct nsset *set, u32 flags)
{
	int err = nsset_begin(set, flags);

	if (err)
		return err;
	if (flags & CLONE_NEWNS && flags != CLONE_NEWNS) {
		set->fs = fs_copy(current->fs);
		if (IS_ERR(set->fs))
			return (int)PTR_ERR(set->fs);
		set->fs_private = true;
	}
	if (flags & CLONE_NEWUSER) {
		set->cred = cred_copy(current->cred);
		if (IS_ERR(set->cred))
			return (int)PTR_ERR(set->cred);
		set->cred_private = true;
	}
	return 0;
}

static int nsset_prepare(struct nsset *set, u32 flags)
{
	set->cred = current->cred;
	set->fs = current->fs;
	set->cred_private = set->fs_private = false;
	if (flags & (CLONE_NEWNS | CLONE_NEWUSER))
		return nsset_prepare_copies(set, flags);
	return nsset_begin(set, flags);
}

/* What is in the scratch: all that was prepared, or what current had. */
static void nsset_drop(struct nsset *set)
{
	if (set->cred_private)
		cred_put(set->cred);
	if (set->fs_private)
		fs_put(set->fs);
	nsset_end(set);
}

static void setns_commit(struct nsset *set)
{
	if (set->cred_private) {
		cred_commit(set->cred);
		set->cred_private = false;
	}
	if (set->fs_private)
		fs_exchange(current->fs, set->fs);
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
	struct nsset set;
	int err;

	if (type && type != ns->ops->type)
		return why(-EINVAL, "setns: fd is a %s namespace, asked for "
				    "type 0x%x", ns->ops->name, type);
	err = nsset_prepare(&set, ns->ops->type);
	if (!err)
		err = ns->ops->install(&set, ns);
	if (!err)
		setns_commit(&set);
	nsset_drop(&set);
	return err;
}

/* ---- through a pidfd ------------------------------------------------------- */

/* Where a task is, as far as was asked: consistent. */
struct target {
	struct ns *ns[NR_NS_SLOTS]; /* counted, PIN_TEMP; NULL: not asked for */
	struct cred *cred;	    /* counted */
};

static void target_put(void *target)
{
	const struct target *to = target;

	for (u32 i = 0; i < NR_NS_SLOTS; i++)
		if (to->ns[i])
			ns_put(to->ns[i], PIN_TEMP);
	cred_put(to->cred);
}

/* Where the task is, not its children. A reference on its nsproxy would make
 * the task share it (nsproxy.h), so each namespace is taken by itself. */
static void target_slots(struct target *to, const struct nsproxy *np, u32 flags)
{
	for (u32 i = 0; i < NR_NS_SLOTS; i++) {
		struct ns *ns = np->ns[i];

		if (flags & ns->ops->type && ns_slots[i].pin != PIN_CHILDREN)
			to->ns[i] = ns_get(ns, PIN_TEMP);
		else
			to->ns[i] = NULL;
	}
}

/* The pid namespace is not where its children will be, either. */
static struct ns *target_pid_ns(struct task *t)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct ns *ns = ns_get(&task_active_pid_ns(t)->ns, PIN_TEMP);

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return ns;
}

struct target_wish {
	u32 flags;
	struct target *to;
};

static void *target_take(struct task *t, void *arg)
{
	const struct target_wish *w = arg;
	struct target *to = w->to;

	to->cred = NULL;
	spin_lock(&t->lock);
	if (t->nsproxy) {
		target_slots(to, t->nsproxy, w->flags);
		to->cred = cred_get(t->cred);
	}
	spin_unlock(&t->lock);
	if (!to->cred)
		return ERR_PTR(why(-ESRCH, "setns: the task has exited"));
	if (w->flags & CLONE_NEWPID)
		to->ns[NS_PID_CHILDREN] = target_pid_ns(t);
	return to;
}

static int target_get(struct task *t, u32 flags, struct target *to)
{
	struct target_wish w = { flags, to };

	return PTR_ERR_OR_ZERO(task_take(t,
					 PTRACE_MODE_READ |
						 PTRACE_MODE_REALCREDS,
					 target_take, target_put, &w));
}

/* The user namespace first: with its powers the others are entered. Slots are in
 * the order in which the types are to be installed. */
static int target_install(struct nsset *set, const struct target *to)
{
	struct ns *user = &to->cred->user_ns->ns;
	int err = 0;

	if (set->flags & user->ops->type)
		err = user->ops->install(set, user);
	for (u32 i = 0; i < NR_NS_SLOTS && !err; i++)
		if (to->ns[i])
			err = to->ns[i]->ops->install(set, to->ns[i]);
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
	struct nsset set;
	struct task *t;
	int err;

	if (!flags || flags & ~ns_all_types)
		return why(-EINVAL, "setns: 0x%x are not types of namespaces",
			   flags);
	t = pid_task_get(pid, PIDTYPE_PID);
	if (!t)
		return why(-ESRCH, "setns: the task of the pidfd is gone");
	err = target_get(t, flags, &to);
	task_put(t);
	if (err)
		return err;
	err = nsset_prepare(&set, flags);
	if (!err)
		err = target_install(&set, &to);
	if (!err)
		setns_commit(&set);
	nsset_drop(&set);
	target_put(&to);
	return err;
}
