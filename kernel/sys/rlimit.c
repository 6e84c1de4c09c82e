// SPDX-License-Identifier: MIT
/*
 * Resource limits and what was used: getrlimit, setrlimit, prlimit64,
 * getrusage, times. The limits are the process's, under its leader's lock; they
 * are enforced where the resource is taken.
 */
#include "fs/file.h"
#include "kernel/debug/why.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/rusage.h"
#include "kernel/task/task.h"

#define TICK_OF_USER (NSEC_PER_SEC / 100) /* clock_t */

/* ---- limits ------------------------------------------------------------- */

static int limit_check(unsigned int resource, const struct rlimit64 *new)
{
	if (new->rlim_cur > new->rlim_max)
		return -EINVAL;
	if (resource == RLIMIT_NOFILE && new->rlim_max > READ_ONCE(nr_open))
		return -EPERM;
	return 0;
}

static struct task *leader_get(struct task *t)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *leader = task_get(t->signal->leader);

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return leader;
}

/* Read into @old and write @new at once, so that neither is torn. */
static int limit_swap(struct task *t, unsigned int resource,
		      const struct rlimit64 *new, struct rlimit64 *old)
{
	bool may_raise = !new || capable(CAP_SYS_RESOURCE);
	struct task *leader = leader_get(t);
	struct signal *sig = t->signal;
	int err = 0;

	spin_lock(&leader->lock);
	old->rlim_cur = sig->rlim[resource].cur;
	old->rlim_max = sig->rlim[resource].max;
	if (new && new->rlim_max > old->rlim_max && !may_raise) {
		err = -EPERM;
	} else if (new) {
		sig->rlim[resource].cur = new->rlim_cur;
		sig->rlim[resource].max = new->rlim_max;
	}
	spin_unlock(&leader->lock);
	task_put(leader);
	return err;
}

/* @new, @old in kernel memory; @new may be NULL. */
static int limit_do(struct task *t, unsigned int resource,
		    const struct rlimit64 *new, struct rlimit64 *old)
{
	int err;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	err = new ? limit_check(resource, new) : 0;
	return err ? err : limit_swap(t, resource, new, old);
}

/* Whose limits may current see and set? 0 or -EPERM. */
static int limit_may_access(struct task *t)
{
	const struct cred *mine = current->cred, *its;
	bool ok;

	if (same_thread_group(t, current))
		return 0;
	its = task_cred_get(t);
	ok = (mine->uid == its->euid && mine->uid == its->suid &&
	      mine->uid == its->uid && mine->gid == its->egid &&
	      mine->gid == its->sgid && mine->gid == its->gid) ||
	     ns_capable(its->user_ns, CAP_SYS_RESOURCE);
	cred_put(its);
	return ok ? 0 : why(-EPERM, "prlimit: the task has other ids, and no "
				    "CAP_SYS_RESOURCE over its user namespace");
}

long sys_getrlimit(unsigned int resource, struct rlimit __user *rlim)
{
	struct rlimit64 old;
	int err = limit_do(current, resource, NULL, &old);

	BUILD_ASSERT(sizeof(struct rlimit) == sizeof(struct rlimit64));
	return err ? err : copy_to_user(rlim, &old, sizeof(old));
}

long sys_setrlimit(unsigned int resource, const struct rlimit __user *rlim)
{
	struct rlimit64 new, old;

	if (copy_from_user(&new, rlim, sizeof(new)))
		return -EFAULT;
	return limit_do(current, resource, &new, &old);
}

long sys_prlimit64(int pid, unsigned int resource,
		   const struct rlimit64 __user *unew,
		   struct rlimit64 __user *uold)
{
	struct rlimit64 new, old;
	struct task *t;
	int err;

	if (unew && get_user(new, unew))
		return -EFAULT;
	t = pid ? task_find_get(task_active_pid_ns(current), pid) :
		  task_get(current);
	if (!t)
		return -ESRCH;
	err = limit_may_access(t);
	if (!err)
		err = limit_do(t, resource, unew ? &new : NULL, &old);
	task_put(t);
	if (err)
		return err;
	return uold ? copy_to_user(uold, &old, sizeof(old)) : 0;
}

/* ---- use ---------------------------------------------------------------- */

long sys_getrusage(int who, struct rusage __user *uru)
{
	struct rusage ru;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN &&
	    who != RUSAGE_THREAD)
		return -EINVAL;
	task_rusage(current, who, &ru);
	return copy_to_user(uru, &ru, sizeof(ru));
}

static __kernel_clock_t timeval_to_ticks(const struct __kernel_old_timeval *tv)
{
	return (__kernel_clock_t)(((u64)tv->tv_sec * NSEC_PER_SEC +
				   (u64)tv->tv_usec * NSEC_PER_USEC) /
				  TICK_OF_USER);
}

long sys_times(struct tms __user *buf)
{
	struct rusage self, children;
	struct tms tms;

	if (buf) {
		task_rusage(current, RUSAGE_SELF, &self);
		task_rusage(current, RUSAGE_CHILDREN, &children);
		tms.tms_utime = timeval_to_ticks(&self.ru_utime);
		tms.tms_stime = timeval_to_ticks(&self.ru_stime);
		tms.tms_cutime = timeval_to_ticks(&children.ru_utime);
		tms.tms_cstime = timeval_to_ticks(&children.ru_stime);
		if (copy_to_user(buf, &tms, sizeof(tms)))
			return -EFAULT;
	}
	return (long)(ktime_get() / TICK_OF_USER);
}
