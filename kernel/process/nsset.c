// SPDX-License-Identifier: MIT
/*
 * Entering namespaces: setns(2) works on a scratch, struct nsset.
 *
 *   prepare   a private copy of current's nsproxy (of its cred, if the user
 *	       namespace changes; of its fs, see below)
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

static int nsset_prepare(struct nsset *set, u32 flags)
{
	struct nsproxy *np;

	*set = (struct nsset){
		.flags = flags,
		.cred = current->cred,
		.fs = current->fs,
	};
	np = nsproxy_copy(0, current_user_ns(), NULL);
	if (IS_ERR(np))
		return (int)PTR_ERR(np);
	set->nsproxy = np;
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

/* What is left of the scratch, prepared or not: all, or what commit did not
 * take. */
static void nsset_drop(struct nsset *set)
{
	if (set->cred_private)
		cred_put(set->cred);
	if (set->fs_private)
		fs_put(set->fs);
	if (set->nsproxy)
		nsproxy_put(set->nsproxy);
}

static void nsset_commit(struct nsset *set)
{
	struct path path;

	if (set->cred_private) {
		cred_commit(set->cred);
		set->cred_private = false;
	}
	if (set->fs_private) {
		fs_get_root(set->fs, &path);
		fs_set_root(current->fs, &path);
		path_put(&path);
		fs_get_cwd(set->fs, &path);
		fs_set_cwd(current->fs, &path);
		path_put(&path);
	}
	nsproxy_switch(set->nsproxy);
	set->nsproxy = NULL;
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
		nsset_commit(&set);
	nsset_drop(&set);
	return err;
}

/* ---- through a pidfd ------------------------------------------------------- */

/* Where a task is: counted, consistent. */
struct target {
	struct nsproxy *nsproxy;
	struct cred *cred;
	struct ns *pid; /* its own, not the one for its children */
};

static void target_put(struct target *to)
{
	ns_put(to->pid, PIN_TEMP);
	cred_put(to->cred);
	nsproxy_put(to->nsproxy);
}

static int target_get(struct task *t, struct target *to)
{
	int err = ptrace_may_access(t, PTRACE_MODE_READ |
				       PTRACE_MODE_REALCREDS);
	u64 irq;

	if (err)
		return why(-EPERM, "setns: no ptrace access to the task");
	spin_lock(&t->lock);
	to->nsproxy = t->nsproxy;
	if (to->nsproxy) {
		nsproxy_get(to->nsproxy);
		to->cred = cred_get(t->cred);
	}
	spin_unlock(&t->lock);
	if (!to->nsproxy)
		return why(-ESRCH, "setns: the task has exited");
	irq = spin_lock_irqsave(&tasklist_lock);
	to->pid = ns_get(&task_active_pid_ns(t)->ns, PIN_TEMP);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return 0;
}

/* The user namespace first: with its powers the others are entered. Slots are in
 * the order in which the types are to be installed. */
static int target_install(struct nsset *set, const struct target *to)
{
	struct ns *user = &to->cred->user_ns->ns;
	int err = 0;

	if (set->flags & user->ops->type)
		err = user->ops->install(set, user);
	for (u32 i = 0; i < NR_NS_SLOTS && !err; i++) {
		struct ns *ns = to->nsproxy->ns[i];

		if (i == NS_PID_CHILDREN)
			ns = to->pid;
		else if (ns_slots[i].pin == PIN_CHILDREN)
			continue; /* where the task is, not its children */
		if (set->flags & ns->ops->type)
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
	struct target to = { NULL, NULL, NULL };
	struct nsset set;
	struct task *t;
	int err;

	if (!flags || flags & ~ns_all_types)
		return why(-EINVAL, "setns: 0x%x are not types of namespaces",
			   flags);
	t = pid_task_get(pid, PIDTYPE_PID);
	if (!t)
		return why(-ESRCH, "setns: the task of the pidfd is gone");
	err = target_get(t, &to);
	task_put(t);
	if (err)
		return err;
	err = nsset_prepare(&set, flags);
	if (!err)
		err = target_install(&set, &to);
	if (!err)
		nsset_commit(&set);
	nsset_drop(&set);
	target_put(&to);
	return err;
}
