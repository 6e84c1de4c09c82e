// SPDX-License-Identifier: MIT
/* Sleeping for a while: a timer on the sleeper's stack that wakes him. */
#include "kernel/task/sched_impl.h"

struct sleep_timer {
	struct timer timer;
	struct task *task;
};

static void sleep_timer_fire(struct timer *timer)
{
	wake_up_task(container_of(timer, struct sleep_timer, timer)->task);
}

/**
 * schedule_timeout - sleep until woken, at most @ns
 *
 * current's state must be set; < 0 is for ever.
 *
 * Return: what was left of @ns, 0 if all of it has passed; @ns if it was < 0.
 */
s64 schedule_timeout(s64 ns)
{
	struct sleep_timer st = {.task = current};
	u64 now = ktime_get(), deadline;

	if (ns < 0) {
		schedule();
		return ns;
	}
	if (!ns) {
		set_current_state(TASK_RUNNING);
		return 0;
	}
	deadline = (u64)ns > KTIME_MAX - now ? KTIME_MAX : now + (u64)ns;
	timer_init(&st.timer, sleep_timer_fire);
	timer_start(&st.timer, deadline);
	schedule();
	timer_cancel(&st.timer);
	now = ktime_get();
	return now < deadline ? (s64)(deadline - now) : 0;
}
