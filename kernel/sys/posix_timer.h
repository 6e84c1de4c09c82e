/* SPDX-License-Identifier: MIT */
/* A POSIX timer: posix_timer.c has the system calls and the theory,
 * posix_timer_fire.c what happens in the timer interrupt. */
#ifndef WARREN_KERNEL_SYS_POSIX_TIMER_H
#define WARREN_KERNEL_SYS_POSIX_TIMER_H

#include "kernel/task/signal_impl.h"

struct posix_timer {
	struct list link; /* signal->posix_timers */
	int id; /* [I] */
	int clockid; /* [I] */
	int notify; /* [I] SIGEV_* */
	struct signal *signal; /* [I] whose list; lives longer than we do */
	struct pid *target; /* [I] counted: SIGEV_THREAD_ID; or NULL */
	struct task *cpu_task; /* [I] counted: whose CPU time; or NULL */
	bool cpu_thread; /* [I] of that thread, not of its process */
	struct sigqueue *q; /* [I] status: overruns; under sighand->lock */
	struct spinlock lock; /* irqsave: what follows */
	struct timer timer;
	bool active;
	u64 deadline, interval; /* on the clock's time line */
	int overrun_last; /* of the signal before the queued one */
};

/* Now, where deadlines of @pt are kept: ktime, or CPU time. Any context. */
u64 posix_timer_now(const struct posix_timer *pt);
/* Set the struct timer for pt->deadline. */
void posix_timer_arm(struct posix_timer *pt) __must_hold(pt->lock);
void posix_timer_fire(struct timer *timer); /* its function */
/* a + b, at most KTIME_MAX */
static inline u64 ktime_add(u64 a, u64 b)
{
	return a > KTIME_MAX - b ? KTIME_MAX : a + b;
}

#endif
