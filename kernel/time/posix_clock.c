// SPDX-License-Identifier: MIT
/*
 * Clock ids (clock_gettime(2)). Ids >= 0 are names; a negative one is the CPU
 * time of a process or thread: ~pid in the upper bits, then one bit "a thread", two
 * bits which time (profiling: user + system, virtual: user, scheduler: exact).
 */
#include "kernel/time/time.h"
#include "kernel/lib/err.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"
#include "kernel/time/time_ns.h"

enum { CPU_PROF, CPU_VIRT, CPU_SCHED, CPU_NONE };

#define CPU_THREAD 4

static void group_cputime(struct task *t, u64 *utime, u64 *stime)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock), user, system;
	struct task *thread;

	*utime = t->signal->utime;
	*stime = t->signal->stime;
	for_each_thread (t, thread) {
		task_cputime(thread, &user, &system);
		*utime += user;
		*stime += system;
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
}

static u64 cpu_time(struct task *t, bool thread, int which)
{
	u64 user, system;

	if (which == CPU_SCHED)
		return thread ? sched_task_runtime(t) : task_group_runtime(t);
	if (thread)
		task_cputime(t, &user, &system);
	else
		group_cputime(t, &user, &system);
	return which == CPU_VIRT ? user : user + system;
}

/* May current read that clock of @t? Threads: of its own group only; processes
 * by their own number, or any of its own threads. */
static bool cpu_clock_fits(struct task *t, bool thread)
{
	if (same_thread_group(t, current))
		return true;
	return !thread && thread_group_leader(t);
}

struct task *clock_task_get(int clockid, bool *thread)
{
	pid_t nr = ~(clockid >> 3);
	struct task *t;

	if (clockid >= 0) {
		*thread = clockid == CLOCK_THREAD_CPUTIME_ID;
		return clockid == CLOCK_PROCESS_CPUTIME_ID || *thread
			       ? task_get(current)
			       : NULL;
	}
	*thread = clockid & CPU_THREAD;
	if ((clockid & 3) == CPU_NONE)
		return NULL;
	t = nr ? task_find_get(task_active_pid_ns(current), nr)
	       : task_get(current);
	if (t && !cpu_clock_fits(t, *thread)) {
		task_put(t);
		return NULL;
	}
	return t;
}

u64 clock_task_read(int clockid, struct task *t, bool thread)
{
	return cpu_time(t, thread, clockid < 0 ? clockid & 3 : CPU_SCHED);
}

static int cpu_clock_read(int clockid, u64 *ns)
{
	bool thread;
	struct task *t = clock_task_get(clockid, &thread);

	if (!t)
		return -EINVAL;
	*ns = clock_task_read(clockid, t, thread);
	task_put(t);
	return 0;
}

static s64 line_offset(enum time_line line)
{
	return to_time_ns(current->nsproxy->ns[NS_TIME])->offset[line];
}

s64 clock_offset(int clockid)
{
	switch (clockid) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI: /* nobody has told the kernel of leap seconds */
		return realtime_offset();
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
		return line_offset(LINE_MONOTONIC);
	case CLOCK_BOOTTIME: /* the machine never sleeps */
	case CLOCK_BOOTTIME_ALARM:
		return line_offset(LINE_BOOTTIME);
	default:
		return 0;
	}
}

u64 clock_to_ktime(int clockid, u64 when)
{
	s64 at;

	if (when >= KTIME_MAX ||
	    __builtin_sub_overflow((s64)when, clock_offset(clockid), &at))
		return KTIME_MAX;
	return at > 0 ? (u64)at : 1;
}

/**
 * clock_read - what time is it by @clockid?
 *
 * The coarse clocks are as fine as the others here.
 *
 * Return: 0, or -EINVAL: no such clock.
 */
int clock_read(int clockid, u64 *ns)
{
	if (clockid < 0 || clockid > CLOCK_TAI ||
	    clockid == CLOCK_PROCESS_CPUTIME_ID ||
	    clockid == CLOCK_THREAD_CPUTIME_ID || clockid == CLOCK_SGI_CYCLE)
		return cpu_clock_read(clockid, ns);
	*ns = ktime_get() + (u64)clock_offset(clockid);
	return 0;
}
