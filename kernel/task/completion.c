// SPDX-License-Identifier: MIT
/*
 * Completions: one event that happens once. The completion may live on the
 * waiter's stack: complete() does everything under the queue's lock, which
 * the waiter takes too before it goes on.
 */
#include "kernel/task/task.h"

void completion_init(struct completion *c)
{
	c->done = false;
	waitq_init(&c->waitq);
}

void complete(struct completion *c)
{
	u64 irq = spin_lock_irqsave(&c->waitq.lock);

	WRITE_ONCE(c->done, true);
	wake_up_all_locked(&c->waitq);
	spin_unlock_irqrestore(&c->waitq.lock, irq);
}

void wait_for_completion(struct completion *c)
{
	wait_event(&c->waitq, READ_ONCE(c->done));
}

/* 0, or -ERESTARTSYS: killed; then complete() may still come. */
int wait_for_completion_killable(struct completion *c)
{
	return wait_event_killable(&c->waitq, READ_ONCE(c->done));
}
