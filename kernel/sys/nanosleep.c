// SPDX-License-Identifier: MIT
/*
 * nanosleep(2), clock_nanosleep(2). A sleep ends at a point of one of two time
 * lines: ktime, or a CPU-time clock. A relative sleep that a signal interrupts
 * says what remains, and goes on to the same point if no handler ran.
 */
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* restart_block.arg[] */
enum { ARG_CLOCK, ARG_DEADLINE, ARG_REMAINING };

static bool clock_is_cpu(int clockid)
{
	return clockid < 0 || clockid == CLOCK_PROCESS_CPUTIME_ID;
}

/* Is it a clock by which one can sleep? */
static int clock_sleep_check(int clockid)
{
	u64 now;

	switch (clockid) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
		return 0;
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:
		if (capable(CAP_WAKE_ALARM))
			return 0;
		return why(-EPERM, "clock_nanosleep: alarm clocks need "
				   "CAP_WAKE_ALARM");
	case CLOCK_THREAD_CPUTIME_ID:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_REALTIME_COARSE:
		return -EOPNOTSUPP;
	default:
		return clock_read(clockid, &now);
	}
}

static u64 ns_add(u64 a, u64 b)
{
	return a > KTIME_MAX - b ? KTIME_MAX : a + b;
}

/* Until ktime is @deadline: 0 when it is, else a signal came. */
static int sleep_until(u64 deadline)
{
	struct waitq nobody = WAITQ_INIT(nobody);
	u64 now = ktime_get();
	s64 left = deadline > now ? (s64)(deadline - now) : 0;
	int err = wait_event_interruptible_timeout(&nobody, false, left);

	return err == -ETIMEDOUT ? 0 : err;
}

/* The clock goes at most nr_cpus times as fast as time does: look again. */
static int sleep_cpu_until(int clockid, u64 deadline)
{
	u64 now, left;
	int err;

	for (;;) {
		err = clock_read(clockid, &now);
		if (err || now >= deadline)
			return err;
		left = (deadline - now) / nr_cpus;
		err = sleep_until(ktime_get() + max(left, (u64)TICK_NS));
		if (err)
			return err;
	}
}

static int clock_sleep_until(int clockid, u64 deadline)
{
	if (clock_is_cpu(clockid))
		return sleep_cpu_until(clockid, deadline);
	return sleep_until(deadline);
}

/* The time line on which @clockid's deadlines are kept. */
static u64 clock_base_now(int clockid)
{
	u64 now = 0;

	if (!clock_is_cpu(clockid))
		return ktime_get();
	return clock_read(clockid, &now) ? 0 : now;
}

static long remaining_to_user(int clockid, u64 deadline,
			      struct __kernel_timespec __user *rem)
{
	u64 now = clock_base_now(clockid);
	struct __kernel_timespec ts =
		ns_to_timespec(deadline > now ? deadline - now : 0);

	if (rem && copy_to_user(rem, &ts, sizeof(ts)))
		return -EFAULT;
	return -ERESTART_RESTARTBLOCK;
}

static long sleep_restart(struct restart_block *rb)
{
	int clockid = (int)rb->arg[ARG_CLOCK];
	u64 deadline = rb->arg[ARG_DEADLINE];
	struct __kernel_timespec __user *rem =
		(void __user *)rb->arg[ARG_REMAINING];
	int err = clock_sleep_until(clockid, deadline);

	if (err != -ERESTARTSYS)
		return err;
	return remaining_to_user(clockid, deadline, rem);
}

/* Sleep for @ns of @clockid. */
static long sleep_relative(int clockid, u64 ns,
			   struct __kernel_timespec __user *rem)
{
	struct restart_block *rb = &current->restart;

	rb->fn = sleep_restart;
	rb->arg[ARG_CLOCK] = (u64)clockid;
	rb->arg[ARG_DEADLINE] = ns_add(clock_base_now(clockid), ns);
	rb->arg[ARG_REMAINING] = (u64)rem;
	return sleep_restart(rb);
}

static long sleep_absolute(int clockid, u64 when)
{
	int err = clock_sleep_until(clockid, clock_to_ktime(clockid, when));

	return err == -ERESTARTSYS ? -ERESTARTNOHAND : err;
}

long sys_nanosleep(const struct __kernel_timespec __user *req,
		   struct __kernel_timespec __user *rem)
{
	struct __kernel_timespec ts;
	u64 ns;

	if (copy_from_user(&ts, req, sizeof(ts)))
		return -EFAULT;
	if (timespec_to_ns(&ts, &ns))
		return -EINVAL;
	return sleep_relative(CLOCK_MONOTONIC, ns, rem);
}

long sys_clock_nanosleep(int clockid, int flags,
			 const struct __kernel_timespec __user *req,
			 struct __kernel_timespec __user *rem)
{
	struct __kernel_timespec ts;
	int err = clock_sleep_check(clockid);
	u64 ns;

	if (err)
		return err;
	if (copy_from_user(&ts, req, sizeof(ts)))
		return -EFAULT;
	if (timespec_to_ns(&ts, &ns))
		return -EINVAL;
	if (flags & TIMER_ABSTIME)
		return sleep_absolute(clockid, ns);
	return sleep_relative(clockid, ns, rem);
}
