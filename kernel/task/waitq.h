/* SPDX-License-Identifier: MIT */
/*
 * Wait queues: where tasks sleep until a condition that someone else makes
 * true. The pattern is always wait_event*(): the waiter puts itself on the
 * queue and sets its state *before* it tests the condition, so a wake-up
 * between test and sleep is never lost.
 *
 * The lock is taken with interrupts off: wake_up() may be called anywhere.
 */
#ifndef WARREN_KERNEL_TASK_WAITQ_H
#define WARREN_KERNEL_TASK_WAITQ_H

#include "kernel/lib/err.h"
#include "kernel/lib/list.h"
#include "kernel/lock/spinlock.h"

struct task;

struct waitq {
	struct spinlock lock;
	struct list waiters; /* of struct waiter, protected by lock */
};

/*
 * One sleeper, or one callback (poll, epoll). wake() is called with the
 * queue's lock held and interrupts off; it may take other waitq locks only
 * in the order epoll > source.
 */
struct waiter {
	struct task *task; /* not the link, since gcc aligns what begins with 16
			      bytes to 16: it would realign each sleeper's stack */
	struct list link;
	void (*wake)(struct waiter *w, u32 events); /* waiter_wake_task */
	bool exclusive; /* wake_up() stops after one of these */
};

#define WAITQ_INIT(q) { SPINLOCK_INIT("waitq"), LIST_INIT((q).waiters) }

void waitq_init(struct waitq *q);
void waiter_wake_task(struct waiter *w, u32 events);
static inline void waiter_init(struct waiter *w) /* for current */
{
	w->task = current;
	list_init(&w->link);
	w->wake = waiter_wake_task;
	w->exclusive = false;
}
void waitq_add(struct waitq *q, struct waiter *w);
void waitq_remove(struct waitq *q, struct waiter *w); /* idempotent */
/* Add (if not there) and set current's state; then test, then schedule(). */
void wait_prepare(struct waitq *q, struct waiter *w, int state);
/* Be off @q, and nobody who wakes there touches @w or @q any more. */
void wait_finish(struct waitq *q, struct waiter *w);
/* The same for a queue that its waker holds on to by himself until he is done:
 * who has been taken off it by him need not take the lock to wait for him. */
static inline void wait_finish_kept(struct waitq *q, struct waiter *w)
{
	if (unlikely(!list_empty_careful(&w->link)))
		wait_finish(q, w);
}

/* Is there anybody to be woken? Who adds himself from now on sees what was done
 * before this: it is a full barrier, as wake_up() begins with one. */
static inline bool waitq_active(const struct waitq *q)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return !list_empty(&q->waiters);
}

/* Wake every non-exclusive waiter and one exclusive one. */
void wake_up(struct waitq *q);
void wake_up_all(struct waitq *q);
/* The same, and tell poll waiters which events (EPOLL*) came. */
void wake_up_poll(struct waitq *q, u32 events);
/* The same, if waitq_active(). */
void wake_up_active(struct waitq *q, u32 events);
/* Everyone; the caller holds q->lock. */
void wake_up_all_locked(struct waitq *q) __must_hold(q->lock);

/* Sleep until @cond. Statement-expression; cond is evaluated many times. */
#define wait_event_state(q, cond, state, timeout_ns)                           \
	wait_event_with(q, cond, state, timeout_ns, wait_finish)
#define wait_event_with(q, cond, state, timeout_ns, finish)                    \
	({                                                                     \
		struct waiter we_w;                                            \
		s64 we_left = (timeout_ns);                                    \
		int we_ret = 0;                                                \
		waiter_init(&we_w);                                            \
		for (;;) {                                                     \
			wait_prepare((q), &we_w, (state));                     \
			if (cond)                                              \
				break;                                         \
			we_ret = wait_interrupted(state);                      \
			if (we_ret)                                            \
				break;                                         \
			if (we_left == 0) {                                    \
				we_ret = -ETIMEDOUT;                           \
				break;                                         \
			}                                                      \
			if (we_left < 0)                                       \
				schedule();                                    \
			else                                                   \
				we_left = schedule_timeout(we_left);           \
			if (cond) /* most often: no need to queue again */     \
				break;                                         \
		}                                                              \
		finish((q), &we_w);                                            \
		we_ret;                                                        \
	})

#define WAIT_FOREVER ((s64)-1)

/* Until @cond; signals do not end it. */
#define wait_event(q, cond)                                                    \
	((void)wait_event_state(q, cond, TASK_UNINTERRUPTIBLE, WAIT_FOREVER))
/* 0, or -ERESTARTSYS when a signal is pending. */
#define wait_event_interruptible(q, cond)                                      \
	wait_event_state(q, cond, TASK_INTERRUPTIBLE, WAIT_FOREVER)
/* The same, with wait_finish_kept(). */
#define wait_event_kept(q, cond)                                               \
	wait_event_with(q, cond, TASK_INTERRUPTIBLE, WAIT_FOREVER,             \
			wait_finish_kept)
/* The same, ended by SIGKILL only. */
#define wait_event_killable(q, cond)                                           \
	wait_event_state(q, cond, TASK_KILLABLE, WAIT_FOREVER)
/* 0, -ERESTARTSYS, or -ETIMEDOUT; @ns < 0 waits forever. */
#define wait_event_interruptible_timeout(q, cond, ns)                          \
	wait_event_state(q, cond, TASK_INTERRUPTIBLE, ns)

/* -ERESTARTSYS if current has a signal that ends a sleep of @state, else 0. */
int wait_interrupted(int state);
/* Sleep at most @ns (< 0: no limit); the time that was left, never negative
 * unless @ns was. sched.c */
s64 schedule_timeout(s64 ns);

#endif
