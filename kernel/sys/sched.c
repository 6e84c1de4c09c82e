// SPDX-License-Identifier: MIT
/* Scheduling: sched_yield(2), affinity, getcpu(2), membarrier(2). Policies are
 * sched_policy.c, nice values priority.c. */
#include <linux/membarrier.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

bool sched_is_owner(struct task *t)
{
	kuid_t euid = current->cred->euid;
	bool owner;

	spin_lock(&t->lock);
	owner = t->cred->uid == euid || t->cred->euid == euid;
	spin_unlock(&t->lock);
	return owner;
}

bool sched_is_beyond(struct task *t)
{
	const struct cred *c = current->cred;
	bool beyond;

	spin_lock(&t->lock);
	beyond = t->cred->cap_permitted & ~c->cap_permitted &&
		 !ns_capable(t->cred->user_ns, CAP_SYS_NICE);
	spin_unlock(&t->lock);
	return beyond;
}

/* Is current the owner of @t, or may it change anybody's scheduling? */
static int sched_may_change(struct task *t, const char *call)
{
	struct cred *theirs = task_cred_get(t);
	bool may = sched_is_owner(t) ||
		   ns_capable(theirs->user_ns, CAP_SYS_NICE);

	cred_put(theirs);
	if (may && !sched_is_beyond(t))
		return 0;
	return why(-EPERM, "%s: another user's task, or one with more "
			   "capabilities, and no CAP_SYS_NICE",
		   call);
}

long sys_sched_yield(void)
{
	sched_yield_current();
	return 0;
}

/* ---- affinity ---- */

long sys_sched_setaffinity(int pid, unsigned int len,
			   const unsigned long __user *umask)
{
	u64 mask = 0;
	struct task *t;
	int err;

	if (copy_from_user(&mask, umask, min((size_t)len, sizeof(mask))))
		return -EFAULT;
	t = task_by_number(pid);
	if (!t)
		return -ESRCH;
	err = sched_may_change(t, "sched_setaffinity");
	if (!err)
		err = sched_set_affinity(t, mask);
	task_put(t);
	return err;
}

/* The bytes written, not 0: that is Linux's way. */
long sys_sched_getaffinity(int pid, unsigned int len,
			   unsigned long __user *umask)
{
	struct task *t;
	u64 mask;

	if (len * 8 < nr_cpus || len % sizeof(mask))
		return -EINVAL;
	t = task_by_number(pid);
	if (!t)
		return -ESRCH;
	mask = READ_ONCE(t->cpus_allowed) & ((1ULL << nr_cpus) - 1);
	task_put(t);
	if (copy_to_user(umask, &mask, sizeof(mask)))
		return -EFAULT;
	return sizeof(mask);
}

/* ---- others ---- */

static int task_exists(pid_t nr)
{
	struct task *t;

	if (nr < 0)
		return -EINVAL;
	t = task_by_number(nr);
	if (!t)
		return -ESRCH;
	task_put(t);
	return 0;
}

long sys_sched_rr_get_interval(int pid, struct __kernel_timespec __user *ts)
{
	struct __kernel_timespec slice = ns_to_timespec(TICK_NS);
	int err = task_exists(pid);

	return err ? err : copy_to_user(ts, &slice, sizeof(slice));
}

long sys_getcpu(unsigned int __user *cpu, unsigned int __user *node,
		void __user *unused)
{
	(void)unused;
	if (cpu && put_user(this_cpu()->id, cpu))
		return -EFAULT;
	if (node && put_user(0, node))
		return -EFAULT;
	return 0;
}

/*
 * Memory barriers on all CPUs. A switch of tasks is one, so whoever has run on
 * each CPU once has made each CPU pass one.
 */
static void barrier_everywhere(void)
{
	u64 allowed = current->cpus_allowed;
	u32 cpu;

	for (cpu = 0; cpu < nr_cpus; cpu++)
		sched_set_affinity(current, 1ULL << cpu);
	sched_set_affinity(current, allowed);
}

long sys_membarrier(int cmd, unsigned int flags, int cpu_id)
{
	(void)cpu_id;
	if (flags)
		return -EINVAL;
	switch (cmd) {
	case MEMBARRIER_CMD_QUERY:
		return MEMBARRIER_CMD_GLOBAL;
	case MEMBARRIER_CMD_GLOBAL:
		if (nr_cpus > 1)
			barrier_everywhere();
		return 0;
	default:
		return -EINVAL;
	}
}
