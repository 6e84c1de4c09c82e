// SPDX-License-Identifier: MIT
/*
 * The wall clock: time since boot plus an offset that clock_settime(2) changes.
 * The hardware's clock is read once, at boot, and never written.
 */
#include "kernel/time/time.h"
#include "arch/x86_64/vdso/vvar.h"
#include "kernel/lib/err.h"

s64 realtime_offset(void)
{
	return atomic_load(&vvar_clock.real);
}

u64 ktime_get_real(void)
{
	return ktime_get() + (u64)realtime_offset();
}

void realtime_set(u64 real_ns)
{
	atomic_store(&vvar_clock.real, (s64)(real_ns - ktime_get()));
}

void time_init(void)
{
	realtime_set(arch_wall_seconds() * NSEC_PER_SEC);
}

int timespec_to_ns(const struct __kernel_timespec *ts, u64 *ns)
{
	if (ts->tv_sec < 0 || (u64)ts->tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	if ((u64)ts->tv_sec >= KTIME_MAX / NSEC_PER_SEC)
		*ns = KTIME_MAX;
	else
		*ns = (u64)ts->tv_sec * NSEC_PER_SEC + (u64)ts->tv_nsec;
	return 0;
}
