// SPDX-License-Identifier: MIT
/*
 * Mutexes, first come first served: unlocking hands the mutex to the first
 * waiter, so that nobody who comes later can take it before him.
 *
 * mutex->locked is 0 (free), LOCKED, or CONTENDED (there may be waiters).
 * While there is a waiter it is never 0; that, the queue and the hand-over of
 * mutex->owner are under waitq.lock. Everybody else only tries 0 -> LOCKED, and
 * the owner LOCKED -> 0.
 */
#include "kernel/task/mutex.h"
#include "kernel/task/task.h"

enum { FREE, LOCKED, CONTENDED };

#define SLEEPING (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE | TASK_KILLABLE)

void mutex_init(struct mutex *m, const char *name)
{
	m->locked = FREE;
	m->owner = NULL;
	waitq_init(&m->waitq);
	m->name = name;
}

static bool mutex_take(struct mutex *m)
{
	u32 expected = FREE;

	if (!atomic_cas(&m->locked, &expected, LOCKED))
		return false;
	WRITE_ONCE(m->owner, current);
	return true;
}

bool mutex_trylock(struct mutex *m)
{
	if (!mutex_take(m))
		return false;
	if (DEBUG_CHECKS)
		lock_check_taken(m->name, true, true);
	return true;
}

/* Get the mutex after all, or stand in the queue. True: got it. */
static bool mutex_enqueue(struct mutex *m, struct waiter *w)
{
	u64 irq = spin_lock_irqsave(&m->waitq.lock);
	bool mine = atomic_xchg(&m->locked, CONTENDED) == FREE;

	if (mine) {
		WRITE_ONCE(m->owner, current);
		atomic_store(&m->locked, LOCKED);
	} else {
		list_add_tail(&w->link, &m->waitq.waiters);
	}
	spin_unlock_irqrestore(&m->waitq.lock, irq);
	return mine;
}

/* Leave the queue. True: the mutex was handed over before that. */
static bool mutex_dequeue(struct mutex *m, struct waiter *w)
{
	u64 irq = spin_lock_irqsave(&m->waitq.lock);
	bool mine = mutex_held(m);

	list_del(&w->link);
	spin_unlock_irqrestore(&m->waitq.lock, irq);
	return mine;
}

static int mutex_wait(struct mutex *m, u32 state)
{
	struct waiter w;
	int err;

	if (mutex_held(m))
		panic("mutex: %s takes %s, which it holds", current->comm,
		      m->name);
	assert(!this_cpu()->irq_depth);
	waiter_init(&w);
	if (mutex_enqueue(m, &w))
		return 0;
	if (DEBUG_CHECKS)
		lock_check_waited(m->name, true, 0);
	for (;;) {
		set_current_state(state);
		err = 0;
		if (mutex_held(m))
			break;
		err = wait_interrupted((int)state);
		if (err)
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
	return mutex_dequeue(m, &w) ? 0 : err;
}

/* Take @m, or sleep in @state until it is ours. */
static int mutex_get(struct mutex *m, u32 state)
{
	int err = 0;

	if (DEBUG_CHECKS)
		lock_check_sleep();
	if (unlikely(!mutex_take(m)))
		err = mutex_wait(m, state);
	if (DEBUG_CHECKS && !err)
		lock_check_taken(m->name, true, false);
	return err;
}

/**
 * mutex_lock - take @m, sleeping until it is our turn
 *
 * Context: may sleep, no spinlock held.
 */
void mutex_lock(struct mutex *m)
{
	mutex_get(m, TASK_UNINTERRUPTIBLE);
}

int mutex_lock_interruptible(struct mutex *m)
{
	return mutex_get(m, TASK_INTERRUPTIBLE);
}

int mutex_lock_killable(struct mutex *m)
{
	return mutex_get(m, TASK_KILLABLE);
}

/* Give @m to the first waiter, or free it. */
static void mutex_hand_over(struct mutex *m)
{
	u64 irq = spin_lock_irqsave(&m->waitq.lock);
	struct waiter *w;

	if (list_empty(&m->waitq.waiters)) {
		atomic_store(&m->locked, FREE);
	} else {
		w = list_first(&m->waitq.waiters, struct waiter, link);
		list_del(&w->link);
		WRITE_ONCE(m->owner, w->task);
		if (list_empty(&m->waitq.waiters))
			atomic_store(&m->locked, LOCKED);
		wake_up_state(w->task, SLEEPING);
	}
	spin_unlock_irqrestore(&m->waitq.lock, irq);
}

/**
 * mutex_unlock - give @m up; current holds it
 *
 * Context: anything but interrupts.
 */
void mutex_unlock(struct mutex *m)
{
	u32 expected = LOCKED;

	assert(mutex_held(m));
	if (DEBUG_CHECKS)
		lock_check_given(m->name, true);
	WRITE_ONCE(m->owner, NULL);
	if (unlikely(!atomic_cas(&m->locked, &expected, FREE)))
		mutex_hand_over(m);
}
