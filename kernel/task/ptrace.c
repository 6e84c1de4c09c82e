// SPDX-License-Identifier: MIT
/*
 * May current look into, or trace, another task? ptrace(2), "Ptrace access mode
 * checking". Every magic link of /proc/PID/ns asks here, at each follow.
 */
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/mm.h"
#include "kernel/task/cred.h"

#define DUMPABLE_BY_USER 1 /* prctl(2), PR_SET_DUMPABLE */

/* All of the target's ids are the caller's: nothing set-id about it. */
static bool ids_match(const struct cred *target, u32 mode)
{
	const struct cred *c = current->cred;
	bool fs = mode & PTRACE_MODE_FSCREDS;
	uid_t uid = fs ? c->fsuid : c->uid;
	gid_t gid = fs ? c->fsgid : c->gid;

	return uid == target->euid && uid == target->suid &&
	       uid == target->uid && gid == target->egid &&
	       gid == target->sgid && gid == target->gid;
}

/* The target must not be able to do more than the caller. */
static bool caps_cover(const struct cred *target, u32 mode)
{
	const struct cred *c = current->cred;
	u64 caps = mode & PTRACE_MODE_FSCREDS ? c->cap_effective
					      : c->cap_permitted;

	return (c->user_ns == target->user_ns &&
		!(target->cap_permitted & ~caps)) ||
	       ns_capable(target->user_ns, CAP_SYS_PTRACE);
}

/* The cred of @t, and the owner of its memory if that is protected; counted. */
static struct cred *target_read(struct task *t, struct user_ns **mm_owner)
{
	struct cred *c;

	*mm_owner = NULL;
	spin_lock(&t->lock);
	c = cred_get(t->cred);
	if (t->mm && READ_ONCE(t->mm->dumpable) != DUMPABLE_BY_USER) {
		*mm_owner = t->mm->user_ns ? t->mm->user_ns : &init_user_ns;
		ns_get(&(*mm_owner)->ns, PIN_TEMP);
	}
	spin_unlock(&t->lock);
	return c;
}

static int access_check(const struct cred *target, u32 mode,
			const struct user_ns *mm_owner)
{
	if (!ids_match(target, mode) &&
	    !ns_capable(target->user_ns, CAP_SYS_PTRACE))
		return why(-EPERM, "ptrace access: the task has other ids, and "
				   "no CAP_SYS_PTRACE over its user namespace");
	if (mm_owner && !ns_capable(mm_owner, CAP_SYS_PTRACE))
		return why(-EPERM, "ptrace access: the task is not dumpable, "
				   "and no CAP_SYS_PTRACE");
	if (!caps_cover(target, mode))
		return why(-EPERM, "ptrace access: the task has capabilities "
				   "that the caller lacks");
	return 0;
}

/**
 * ptrace_may_access - is current allowed to look into @t?
 * @mode: PTRACE_MODE_*; FSCREDS for file system calls, else REALCREDS
 *
 * A process may always look into itself.
 *
 * Return: 0, or -EPERM, with the reason left in why().
 */
int ptrace_may_access(struct task *t, u32 mode)
{
	struct user_ns *mm_owner;
	struct cred *target;
	int err;

	if (same_thread_group(t, current))
		return 0;
	target = target_read(t, &mm_owner);
	err = access_check(target, mode, mm_owner);
	if (mm_owner)
		ns_put(&mm_owner->ns, PIN_TEMP);
	cred_put(target);
	return err;
}

/**
 * task_take - take something of a task that current may look into
 * @t: the task
 * @mode: what ptrace_may_access() is asked
 * @get: takes it, counted; if there is none, it returns NULL or an ERR_PTR
 * @put: gives it back
 * @arg: for @get
 *
 * The question and the get are one step against exec: if @t has executed a
 * program in between, it was another one that was asked about, perhaps a set-id
 * one that is nobody's business, and all begins again.
 *
 * Context: as @get and @put.
 * Return: what @get returned; ERR_PTR(-EPERM): the task may not be looked into.
 */
void *task_take(struct task *t, u32 mode,
		void *(*get)(struct task *t, void *arg), void (*put)(void *got),
		void *arg)
{
	for (;;) {
		u32 execs = task_execs(t);
		int err = ptrace_may_access(t, mode);
		void *got = err ? ERR_PTR(err) : get(t, arg);

		if (err || execs == task_execs(t))
			return got;
		if (got && !IS_ERR(got))
			put(got);
	}
}
