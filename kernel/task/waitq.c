// SPDX-License-Identifier: MIT
/*
 * Wait queues: the theory is in waitq.h.
 *
 * A waker that wakes a task takes its waiter off the queue, so that the next
 * wake-up of an exclusive waiter reaches another one. The waiter lives on the
 * sleeper's stack: wait_finish() always takes the queue's lock, after which no
 * waker touches the waiter any more; and a waker who has taken it off the queue
 * does not touch it either, but may still have the queue's lock.
 */
#include "kernel/task/waitq.h"
#include "kernel/task/task.h"

#define SLEEPING (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE | TASK_KILLABLE)

void waitq_init(struct waitq *q)
{
	spin_init(&q->lock, "waitq");
	list_init(&q->waiters);
}

/* True: the wake-up was used, and @w is not to be touched any more. */
static bool waiter_wake(struct waiter *w)
{
	if (!wake_up_state(w->task, SLEEPING))
		return false;
	list_del(&w->link);
	return true;
}

/* The wake() of ordinary sleepers. The queue's lock is held. */
void waiter_wake_task(struct waiter *w, u32 events __maybe_unused)
{
	waiter_wake(w);
}

static void waitq_add_locked(struct waitq *q, struct waiter *w)
{
	if (w->exclusive)
		list_add_tail(&w->link, &q->waiters);
	else
		list_add(&w->link, &q->waiters);
}

/* Exclusive waiters stand at the end: a wake-up meets all others first. */
void waitq_add(struct waitq *q, struct waiter *w)
{
	u64 irq = spin_lock_irqsave(&q->lock);

	waitq_add_locked(q, w);
	spin_unlock_irqrestore(&q->lock, irq);
}

void waitq_remove(struct waitq *q, struct waiter *w)
{
	u64 irq = spin_lock_irqsave(&q->lock);

	list_del(&w->link);
	spin_unlock_irqrestore(&q->lock, irq);
}

/**
 * wait_prepare - be on @q, and in @state, before the condition is tested
 *
 * May be called again after each sleep: a waiter that is still queued keeps its
 * place.
 */
void wait_prepare(struct waitq *q, struct waiter *w, int state)
{
	u64 irq = spin_lock_irqsave(&q->lock);

	if (list_empty(&w->link))
		waitq_add_locked(q, w);
	set_current_state((u32)state);
	spin_unlock_irqrestore(&q->lock, irq);
}

void wait_finish(struct waitq *q, struct waiter *w)
{
	set_current_state(TASK_RUNNING);
	waitq_remove(q, w);
}

/* Wake all ordinary waiters and @exclusive others (0: all of them). A callback
 * always uses its wake-up, a task that is awake does not. */
static void wake_up_many(struct waitq *q, u32 exclusive, u32 events)
{
	struct waiter *w, *next;

	assert_held(&q->lock);
	list_for_each_entry_safe (w, next, &q->waiters, link) {
		bool counts = w->exclusive, used = true;

		if (likely(w->wake == waiter_wake_task))
			used = waiter_wake(w);
		else
			w->wake(w, events);
		if (counts && used && !--exclusive)
			break;
	}
}

static void wake_up_with(struct waitq *q, u32 exclusive, u32 events)
{
	u64 irq;

	if (!waitq_active(q))
		return;
	irq = spin_lock_irqsave(&q->lock);
	wake_up_many(q, exclusive, events);
	spin_unlock_irqrestore(&q->lock, irq);
}

void wake_up_active(struct waitq *q, u32 events)
{
	u64 irq = spin_lock_irqsave(&q->lock);

	wake_up_many(q, 1, events);
	spin_unlock_irqrestore(&q->lock, irq);
}

void wake_up(struct waitq *q)
{
	wake_up_with(q, 1, 0);
}

void wake_up_all(struct waitq *q)
{
	wake_up_with(q, 0, 0);
}

void wake_up_poll(struct waitq *q, u32 events)
{
	wake_up_with(q, 1, events);
}

void wake_up_all_locked(struct waitq *q)
{
	wake_up_many(q, 0, 0);
}

/**
 * wait_interrupted - does a signal end a sleep in @state?
 *
 * Called between wait_prepare() and the sleep, so that a signal that comes
 * later wakes the sleeper.
 *
 * Return: 0, or -ERESTARTSYS.
 */
int wait_interrupted(int state)
{
	if (likely(!(READ_ONCE(current->work) & WORK_SIGNAL)))
		return 0;
	if (state & TASK_INTERRUPTIBLE)
		return -ERESTARTSYS;
	if ((state & TASK_KILLABLE) && fatal_signal_pending(current))
		return -ERESTARTSYS;
	return 0;
}
