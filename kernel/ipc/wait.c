// SPDX-License-Identifier: MIT
/*
 * Sleeping on an object of ipc. The waiter is on the sleeper's stack and on a
 * list of the object. Whoever makes true what it waits for does the
 * sleeper's work too (takes the semaphores, hands over the message), so that
 * nobody can come between, and marks it as done. The sleeper takes the
 * object's lock again before it returns: so the waker is through with the
 * waiter by then.
 */
#include "kernel/ipc/ipc.h"
#include "kernel/task/task.h"

void ipc_wait_init(struct ipc_wait *w, struct list *on)
{
	waitq_init(&w->waitq);
	w->result = 0;
	w->done = false;
	list_add_tail(&w->link, on);
}

void ipc_wait_done(struct ipc_wait *w, int result)
{
	list_del(&w->link);
	w->result = result;
	WRITE_ONCE(w->done, true);
	wake_up(&w->waitq);
}

void ipc_wait_end_all(struct list *waiters, int result)
{
	while (!list_empty(waiters))
		ipc_wait_done(list_first(waiters, struct ipc_wait, link),
			      result);
}

/**
 * ipc_wait_sleep - until ipc_wait_done(), a signal, or a time
 * @lock: the object's, held; released meanwhile
 * @timeout_ns: < 0: for ever
 *
 * Afterwards @w is on no list; its object may be gone if it was done.
 * Return: the result given, which counts more than a signal that came as
 * well; -ERESTARTSYS; -ETIMEDOUT.
 */
int ipc_wait_sleep(struct ipc_wait *w, struct mutex *lock, s64 timeout_ns)
{
	int err;

	mutex_unlock(lock);
	err = wait_event_interruptible_timeout(&w->waitq, READ_ONCE(w->done),
					       timeout_ns);
	mutex_lock(lock);
	if (w->done)
		return w->result;
	list_del(&w->link);
	return err;
}
