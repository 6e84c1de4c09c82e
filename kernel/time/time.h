/* SPDX-License-Identifier: MIT */
/*
 * Clocks and timers. Time inside the kernel is u64 nanoseconds since boot
 * (ktime); the conversions to Linux's structs are at the system calls.
 */
#ifndef WARREN_KERNEL_TIME_TIME_H
#define WARREN_KERNEL_TIME_TIME_H

#include <linux/time.h>
#include <linux/time_types.h>

#include "kernel/lib/rbtree.h"
#include "kernel/lock/spinlock.h"

static inline u64 ktime_get(void)
{
	return arch_clock_ns();
}
u64 ktime_get_real(void);   /* ns since 1970 */
s64 realtime_offset(void);  /* real = monotonic + this */
void realtime_set(u64 real_ns);
void time_init(void); /* reads the CMOS clock once */

/* CLOCK_* of clock_gettime(2) for current; -EINVAL for an unknown one. */
int clock_read(int clockid, u64 *ns);
/* What current's clock @clockid is ahead of ktime: of wall time, and in a time
 * namespace; 0 for CPU time. */
s64 clock_offset(int clockid);
/* The ktime, 1 to KTIME_MAX, at which that clock shows @when. */
u64 clock_to_ktime(int clockid, u64 when);
/* Whose CPU time is @clockid? Counted; NULL: nobody's that current may ask for. */
struct task;
struct task *clock_task_get(int clockid, bool *thread);
/* That clock, of the task that clock_task_get() found. Any context. */
u64 clock_task_read(int clockid, struct task *t, bool thread);

static inline struct __kernel_timespec ns_to_timespec(u64 ns)
{
	struct __kernel_timespec ts = {
		.tv_sec = (s64)(ns / NSEC_PER_SEC),
		.tv_nsec = (s64)(ns % NSEC_PER_SEC),
	};
	return ts;
}
/* ns, saturated at KTIME_MAX; -EINVAL if negative or nsec out of range. */
int timespec_to_ns(const struct __kernel_timespec *ts, u64 *ns);
#define KTIME_MAX 0x7fffffffffffffffULL

/*
 * One-shot timers, kept per CPU in a tree ordered by deadline; the hardware
 * timer is set for the first. fn runs in the timer interrupt of the CPU that
 * armed it: it must not allocate, free or sleep; it may arm the timer anew.
 */
struct timer {
	struct rb_node node;
	u64 deadline; /* ktime */
	void (*fn)(struct timer *t);
	u32 cpu;
	bool armed;   /* under the base's lock */
};

void timer_init(struct timer *t, void (*fn)(struct timer *t));
void timer_start(struct timer *t, u64 deadline); /* re-arms if armed */
/* Disarm; afterwards fn is not running on any CPU. True: it was armed. */
bool timer_cancel(struct timer *t);
bool timer_pending(const struct timer *t);

/* The scheduler's tick. There is none while a CPU is idle. */
#define TICK_NS (4 * NSEC_PER_MSEC)
/* This CPU runs a task from now on. Interrupts off. */
void timer_tick_start(u64 now);

#endif
