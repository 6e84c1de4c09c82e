// SPDX-License-Identifier: MIT
/* The clocks, read and set (clock_gettime(2), gettimeofday(2)). */
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define MINUTES_WEST_MAX (15 * 60)
#define SET_SEC_MAX (KTIME_MAX / NSEC_PER_SEC / 2) /* leaves room to count */

static struct timezone zone; /* said by settimeofday(2), used by nobody */

long sys_clock_gettime(int clockid, struct __kernel_timespec __user *ts)
{
	struct __kernel_timespec now;
	u64 ns;
	int err = clock_read(clockid, &ns);

	if (err)
		return err;
	now = ns_to_timespec(ns);
	return copy_to_user(ts, &now, sizeof(now));
}

static bool clock_is_coarse(int clockid)
{
	return clockid == CLOCK_REALTIME_COARSE ||
	       clockid == CLOCK_MONOTONIC_COARSE;
}

long sys_clock_getres(int clockid, struct __kernel_timespec __user *ts)
{
	struct __kernel_timespec res = {.tv_nsec = 1};
	u64 ns;
	int err = clock_read(clockid, &ns);

	if (err)
		return err;
	if (clock_is_coarse(clockid))
		res.tv_nsec = TICK_NS;
	return ts ? copy_to_user(ts, &res, sizeof(res)) : 0;
}

static int time_may_set(void)
{
	if (capable(CAP_SYS_TIME))
		return 0;
	return why(-EPERM, "clock_settime: the clock is the machine's: needs "
			   "CAP_SYS_TIME in the initial user namespace");
}

static int realtime_try_set(s64 sec, u64 ns)
{
	int err;

	if (sec < 0 || (u64)sec > SET_SEC_MAX || ns >= NSEC_PER_SEC)
		return -EINVAL;
	err = time_may_set();
	if (!err)
		realtime_set((u64)sec * NSEC_PER_SEC + ns);
	return err;
}

long sys_clock_settime(int clockid, const struct __kernel_timespec __user *ts)
{
	struct __kernel_timespec new;
	u64 ns;

	if (clockid < 0)
		return clock_read(clockid, &ns) ? -EINVAL : -EPERM;
	if (clockid != CLOCK_REALTIME)
		return -EINVAL;
	if (copy_from_user(&new, ts, sizeof(new)))
		return -EFAULT;
	return realtime_try_set(new.tv_sec, (u64) new.tv_nsec);
}

long sys_gettimeofday(struct __kernel_old_timeval __user *tv, void __user *tz)
{
	struct __kernel_timespec now = ns_to_timespec(ktime_get_real());
	struct __kernel_old_timeval out = {
		.tv_sec = now.tv_sec,
		.tv_usec = now.tv_nsec / (s64)NSEC_PER_USEC,
	};

	if (tv && copy_to_user(tv, &out, sizeof(out)))
		return -EFAULT;
	if (tz && copy_to_user(tz, &zone, sizeof(zone)))
		return -EFAULT;
	return 0;
}

static int zone_try_set(const struct timezone *tz)
{
	int err = time_may_set();

	if (err)
		return err;
	if (tz->tz_minuteswest > MINUTES_WEST_MAX ||
	    tz->tz_minuteswest < -MINUTES_WEST_MAX)
		return -EINVAL;
	zone = *tz;
	return 0;
}

long sys_settimeofday(const struct __kernel_old_timeval __user *tv,
		      const void __user *utz)
{
	struct __kernel_old_timeval new = {0};
	struct timezone tz = {0};
	int err = 0;

	if (tv && copy_from_user(&new, tv, sizeof(new)))
		return -EFAULT;
	if (new.tv_usec < 0 || new.tv_usec >= 1000000)
		return -EINVAL;
	if (utz && copy_from_user(&tz, utz, sizeof(tz)))
		return -EFAULT;
	if (utz)
		err = zone_try_set(&tz);
	if (!err && tv)
		err = realtime_try_set(new.tv_sec,
				       (u64) new.tv_usec *NSEC_PER_USEC);
	return err;
}

long sys_time(__kernel_old_time_t __user *t)
{
	s64 now = (s64)(ktime_get_real() / NSEC_PER_SEC);

	if (t && put_user(now, t))
		return -EFAULT;
	return now;
}
