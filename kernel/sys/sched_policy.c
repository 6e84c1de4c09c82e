// SPDX-License-Identifier: MIT
/*
 * The policy of a task: sched_setscheduler(2), sched_setattr(2) and their kin.
 *
 * There are SCHED_OTHER, SCHED_BATCH, which is the same here, and SCHED_IDLE, with
 * the least weight of all: it runs when others leave time. A realtime policy is
 * refused (-EINVAL) after all that Linux checks has been checked, and so is
 * SCHED_DEADLINE. A task with SCHED_RESET_ON_FORK has children that are no nicer
 * to themselves than an ordinary task.
 */
#include <linux/resource.h>
#include <linux/sched/types.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define RT_PRIORITY_MAX 99
#define NICE_MIN (-20)
#define NICE_MAX 19
#define NICE_BASE 20 /* RLIMIT_NICE counts 20 - nice */
#define POLICY_STAYS (-1)

/* What shall be. */
struct wish {
	int policy;
	u32 priority;
	int nice;
	bool reset; /* SCHED_RESET_ON_FORK */
};

static bool is_realtime(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

static bool is_normal(int policy)
{
	return policy == SCHED_NORMAL || policy == SCHED_BATCH ||
	       policy == SCHED_IDLE;
}

/* ---- may it be set? ------------------------------------------------------ */

/* -EINVAL: there is no such policy, or not with that priority. */
static int wish_check(const struct wish *w)
{
	if (!is_realtime(w->policy) && !is_normal(w->policy))
		return why(-EINVAL, "sched: there is no policy %d", w->policy);
	if (is_realtime(w->policy) ? !w->priority : w->priority)
		return why(-EINVAL, "sched: policy %d with priority %u",
			   w->policy, w->priority);
	return w->priority > RT_PRIORITY_MAX ? -EINVAL : 0;
}

/* Is @nice more than a limit of @t's gives it anyhow? */
static bool nice_is_beyond(const struct task *t, int nice)
{
	u64 limit = READ_ONCE(t->signal->rlim[RLIMIT_NICE].cur);

	return (u64)(NICE_BASE - nice) > limit;
}

static bool needs_privilege(struct task *t, const struct wish *w)
{
	if (!sched_is_owner(t) || (t->reset_on_fork && !w->reset))
		return true;
	if (is_realtime(w->policy))
		return w->priority >
		       READ_ONCE(t->signal->rlim[RLIMIT_RTPRIO].cur);
	if (w->nice < t->nice && nice_is_beyond(t, w->nice))
		return true;
	return t->policy == SCHED_IDLE && w->policy != SCHED_IDLE &&
	       nice_is_beyond(t, t->nice);
}

static int wish_grant(struct task *t, const struct wish *w)
{
	int err = wish_check(w);

	if (err)
		return err;
	if ((needs_privilege(t, w) && !capable(CAP_SYS_NICE)) ||
	    sched_is_beyond(t))
		return why(-EPERM, "sched: policy %d, nice %d: no CAP_SYS_NICE",
			   w->policy, w->nice);
	if (is_realtime(w->policy))
		return why(-EINVAL, "sched: there is no realtime policy");
	sched_set_policy(t, (u32)w->policy, w->nice, w->reset);
	return 0;
}

/* ---- by policy and priority ---------------------------------------------- */

/* A task by its number, 0: current. ERR_PTR: -EINVAL, -ESRCH. */
static struct task *task_named(int pid)
{
	struct task *t;

	if (pid < 0)
		return ERR_PTR(-EINVAL);
	t = task_by_number(pid);
	return t ? t : ERR_PTR(-ESRCH);
}

static int current_policy(const struct task *t)
{
	return t->policy | (t->reset_on_fork ? SCHED_RESET_ON_FORK : 0);
}

long sys_sched_getscheduler(int pid)
{
	struct task *t = task_named(pid);
	int policy;

	if (IS_ERR(t))
		return PTR_ERR(t);
	policy = current_policy(t);
	task_put(t);
	return policy;
}

long sys_sched_getparam(int pid, void __user *param)
{
	struct task *t = param ? task_named(pid) : ERR_PTR(-EINVAL);
	int priority = 0;

	if (IS_ERR(t))
		return PTR_ERR(t);
	task_put(t);
	return put_user(priority, (int __user *)param);
}

static long policy_set(int pid, int policy, const void __user *param)
{
	int priority, err;
	struct wish w;
	struct task *t;

	if (!param || pid < 0)
		return -EINVAL;
	if (get_user(priority, (const int __user *)param))
		return -EFAULT;
	t = task_named(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	if (policy == POLICY_STAYS)
		policy = current_policy(t);
	w = (struct wish){ .policy = policy & ~SCHED_RESET_ON_FORK,
			   .priority = (u32)priority,
			   .nice = t->nice,
			   .reset = policy & SCHED_RESET_ON_FORK };
	err = wish_grant(t, &w);
	task_put(t);
	return err;
}

long sys_sched_setparam(int pid, const void __user *param)
{
	return policy_set(pid, POLICY_STAYS, param);
}

long sys_sched_setscheduler(int pid, int policy, const void __user *param)
{
	return policy < 0 ? -EINVAL : policy_set(pid, policy, param);
}

static long priority_of_policy(int policy, int realtime)
{
	if (is_realtime(policy))
		return realtime;
	return is_normal(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

long sys_sched_get_priority_max(int policy)
{
	return priority_of_policy(policy, RT_PRIORITY_MAX);
}

long sys_sched_get_priority_min(int policy)
{
	return priority_of_policy(policy, 1);
}

/* ---- by attributes ------------------------------------------------------- */

/* In the size that the caller knows; he is told ours if that is another. */
static int attr_read(struct sched_attr *a, struct sched_attr __user *uattr)
{
	u32 size;
	int err;

	if (get_user(size, &uattr->size))
		return -EFAULT;
	if (!size)
		size = SCHED_ATTR_SIZE_VER0;
	err = size < SCHED_ATTR_SIZE_VER0 || size > PAGE_SIZE ?
		      -E2BIG : copy_struct_from_user(a, sizeof(*a), uattr, size);
	if (err == -E2BIG && put_user((u32)sizeof(*a), &uattr->size))
		return -EFAULT;
	if (err)
		return err;
	if (a->sched_flags & SCHED_FLAG_UTIL_CLAMP)
		return -EOPNOTSUPP;
	if (a->sched_flags & ~(u64)SCHED_FLAG_ALL || (s32)a->sched_policy < 0)
		return -EINVAL;
	a->sched_nice = max(NICE_MIN, min(a->sched_nice, NICE_MAX));
	return 0;
}

static int attr_set(struct task *t, const struct sched_attr *a)
{
	struct wish w = { .policy = (int)a->sched_policy,
			  .priority = a->sched_priority,
			  .nice = a->sched_nice,
			  .reset = a->sched_flags & SCHED_FLAG_RESET_ON_FORK };

	if (a->sched_flags & SCHED_FLAG_KEEP_POLICY)
		w.policy = t->policy;
	if (a->sched_flags & SCHED_FLAG_KEEP_PARAMS) {
		/* the policy counts as one of them */
		w = (struct wish){ .policy = t->policy,
				   .nice = t->nice,
				   .reset = w.reset };
	}
	return wish_grant(t, &w);
}

long sys_sched_setattr(int pid, struct sched_attr __user *uattr,
		       unsigned int flags)
{
	struct sched_attr a;
	struct task *t;
	int err;

	if (!uattr || pid < 0 || flags)
		return -EINVAL;
	err = attr_read(&a, uattr);
	if (err)
		return err;
	t = task_named(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	err = attr_set(t, &a);
	task_put(t);
	return err;
}

long sys_sched_getattr(int pid, struct sched_attr __user *uattr,
		       unsigned int size, unsigned int flags)
{
	struct sched_attr a = { 0 };
	struct task *t;

	if (!uattr || size < SCHED_ATTR_SIZE_VER0 || size > PAGE_SIZE || flags)
		return -EINVAL;
	a.size = min(size, (u32)sizeof(a));
	t = task_named(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	a.sched_policy = t->policy;
	a.sched_nice = t->nice;
	a.sched_flags = t->reset_on_fork ? SCHED_FLAG_RESET_ON_FORK : 0;
	task_put(t);
	return copy_to_user(uattr, &a, a.size);
}
