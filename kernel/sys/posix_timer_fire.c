// SPDX-License-Identifier: MIT
/*
 * POSIX timers expire: in the timer interrupt, so nothing is allocated. The
 * theory and the locks are at the head of posix_timer.c.
 */
#include "kernel/sys/posix_timer.h"

#define REARM_MIN (20 * NSEC_PER_USEC) /* a shorter interval leaves no CPU */
#define OVERRUN_MAX 0x7fffffff

static struct posix_timer *timer_to_posix(struct timer *timer)
{
	return container_of(timer, struct posix_timer, timer);
}

/* ---- time lines ---- */

u64 posix_timer_now(const struct posix_timer *pt)
{
	if (pt->cpu_task)
		return clock_task_read(pt->clockid, pt->cpu_task,
				       pt->cpu_thread);
	return ktime_get();
}

/* Set the struct timer for pt->deadline. pt->lock held. */
void posix_timer_arm(struct posix_timer *pt)
{
	u64 now, left;

	if (!pt->cpu_task) {
		timer_start(&pt->timer, pt->deadline);
		return;
	}
	now = posix_timer_now(pt);
	left = pt->deadline > now ? (pt->deadline - now) / nr_cpus : 0;
	timer_start(&pt->timer,
		    ktime_add(ktime_get(), max(left, (u64)TICK_NS)));
}

/* Past pt->deadline: the next one after @now; the expiries that were missed. */
static u64 posix_timer_forward(struct posix_timer *pt, u64 now)
{
	u64 step = max(pt->interval, (u64)1), missed;

	missed = now > pt->deadline ? (now - pt->deadline) / step : 0;
	pt->deadline = ktime_add(pt->deadline, (missed + 1) * step);
	return missed;
}

/* ---- expiry ---- */

static int overrun_add(int count, u64 more)
{
	return more > (u64)(OVERRUN_MAX - count) ? OVERRUN_MAX
						 : count + (int)more;
}

/* The thread to signal; tasklist_lock keeps it alive. */
static struct task *posix_timer_target(const struct posix_timer *pt)
	__must_hold(tasklist_lock)
{
	if (pt->target)
		return pid_task(pt->target, PIDTYPE_PID);
	return pt->signal->leader;
}

/* The entry is the timer's, to be queued now. True: it is still queued, and has
 * counted @missed more. */
static bool entry_prepare(struct posix_timer *pt, struct task *t, u64 missed)
{
	u64 irq;
	struct sighand *sh = sighand_lock(t, &irq);
	int *count = &pt->q->info.status;
	bool queued;

	if (!sh)
		return true;
	queued = !list_empty(&pt->q->link);
	if (queued) {
		*count = overrun_add(*count, missed + 1);
	} else {
		WRITE_ONCE(pt->overrun_last, *count);
		*count = overrun_add(0, missed);
	}
	spin_unlock_irqrestore(&sh->lock, irq);
	return queued;
}

static void posix_timer_signal(struct posix_timer *pt, u64 missed)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t = posix_timer_target(pt);

	if (t && !entry_prepare(pt, t, missed))
		signal_send_prealloc(t, pt->q, !pt->target);
	spin_unlock_irqrestore(&tasklist_lock, irq);
}

/* Has it expired? Then what was missed is in *@missed, and it is armed again if
 * it has an interval. pt->lock held. */
static bool posix_timer_expire(struct posix_timer *pt, u64 *missed)
{
	u64 now = posix_timer_now(pt);

	*missed = 0;
	if (!pt->active)
		return false;
	if (now < pt->deadline) {
		posix_timer_arm(pt);
		return false;
	}
	if (!pt->interval) {
		pt->active = false;
		return true;
	}
	*missed = posix_timer_forward(pt, now);
	if (!pt->cpu_task && pt->deadline < now + REARM_MIN)
		*missed += posix_timer_forward(pt, now + REARM_MIN) + 1;
	posix_timer_arm(pt);
	return true;
}

void posix_timer_fire(struct timer *timer)
{
	struct posix_timer *pt = timer_to_posix(timer);
	u64 irq = spin_lock_irqsave(&pt->lock), missed;
	bool expired = posix_timer_expire(pt, &missed);

	spin_unlock_irqrestore(&pt->lock, irq);
	if (expired && pt->notify != SIGEV_NONE)
		posix_timer_signal(pt, missed);
}
