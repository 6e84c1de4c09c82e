// SPDX-License-Identifier: MIT
/*
 * Mutexes: who has to wait spins a little and then sleeps.
 *
 * The kernel is not preemptible, and most holders are soon done: to wait for one
 * on another CPU costs less than to sleep and be woken. Who sleeps stands in a
 * queue. Unlocking wakes the first in it, but leaves the mutex open to whoever
 * runs and takes it meanwhile: if it went to the sleeper at once, everybody would
 * have to wait until he is awake, would sleep in turn, and the queue would not
 * end any more. A sleeper who came late once gets it handed over the next time: so
 * nobody can be passed over for ever.
 *
 * mutex->locked   FREE        nobody has it, nobody waits
 *		   LOCKED      somebody has it
 *		   CONTENDED   the same, and there may be sleepers
 *		   OPEN	       nobody has it, the first sleeper is being woken
 *
 * The queue, and the ways out of CONTENDED and into OPEN, are under mutex->lock.
 * Without it: FREE -> LOCKED, OPEN -> CONTENDED by who takes it, and the owner's
 * LOCKED -> FREE.
 */
#include "kernel/task/mutex.h"
#include "kernel/task/task.h"

enum { FREE /* 0, as mutex_init() has it */, LOCKED, CONTENDED, OPEN };

#define SLEEPING (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE | TASK_KILLABLE)
#define SPIN_ROUNDS 256 /* some 1 800 instructions: two switches of tasks */

struct sleeper {
	struct waiter w; /* in the queue */
	bool came_late;	 /* woken before, but somebody else was faster */
};

static bool mutex_step(struct mutex *m, u32 from, u32 to)
{
	if (!atomic_cas(&m->locked, &from, to))
		return false;
	WRITE_ONCE(m->owner, current);
	return true;
}

static bool mutex_take(struct mutex *m)
{
	return mutex_step(m, FREE, LOCKED);
}

bool mutex_trylock(struct mutex *m)
{
	if (!mutex_take(m))
		return false;
	if (DEBUG_CHECKS)
		lock_check_taken(LOCK_NAME(m), true, true);
	return true;
}

static bool mutex_spin(struct mutex *m)
{
	bool mine = false;
	u32 i;

	if (nr_cpus == 1) /* nobody can give it back meanwhile */
		return false;
	for (i = 0; i < SPIN_ROUNDS && !mine; i++) {
		u32 now = READ_ONCE(m->locked);

		if (now == FREE)
			mine = mutex_take(m);
		else if (now == OPEN)
			mine = mutex_step(m, OPEN, CONTENDED);
		else
			cpu_relax();
	}
	this_cpu()->lock_waits++;
	this_cpu()->lock_rounds += i;
	return mine;
}

/* Get the mutex after all, or stand in the queue. True: got it. */
static bool mutex_enqueue(struct mutex *m, struct sleeper *s)
{
	u64 irq = spin_lock_irqsave(&m->lock);
	u32 was = atomic_xchg(&m->locked, CONTENDED);
	bool mine = was == FREE || was == OPEN;

	if (mine)
		WRITE_ONCE(m->owner, current);
	else
		list_add_tail(&s->w.link, &m->waiters);
	spin_unlock_irqrestore(&m->lock, irq);
	return mine;
}

/* Open @m to the first sleeper and whoever comes before him; hand it to him if
 * he came late before; free it if there is none. */
static void mutex_pass_on(struct mutex *m) __must_hold(m->lock)
{
	struct sleeper *s;

	if (list_empty(&m->waiters)) {
		atomic_store(&m->locked, FREE);
		return;
	}
	s = list_first(&m->waiters, struct sleeper, w.link);
	if (s->came_late) {
		list_del(&s->w.link);
		WRITE_ONCE(m->owner, s->w.task);
	} else {
		s->came_late = true;
		atomic_store(&m->locked, OPEN);
	}
	wake_up_state(s->w.task, SLEEPING);
}

/* Leave the queue. True: with the mutex. Who was woken for it and does not take
 * it (a signal) lets the next one have it. */
static bool mutex_dequeue(struct mutex *m, struct sleeper *s)
{
	u64 irq = spin_lock_irqsave(&m->lock);
	bool mine = mutex_held(m);

	list_del(&s->w.link);
	if (!mine)
		mine = mutex_step(m, OPEN, CONTENDED);
	spin_unlock_irqrestore(&m->lock, irq);
	return mine;
}

static int mutex_wait(struct mutex *m, u32 state)
{
	struct sleeper s = { .came_late = false };
	int err;

	if (mutex_held(m))
		panic("mutex: %s takes %s (%p), which it holds", current->comm,
		      LOCK_NAME(m), (void *)m);
	assert(!this_cpu()->irq_depth);
	if (mutex_spin(m))
		return 0;
	waiter_init(&s.w);
	if (mutex_enqueue(m, &s))
		return 0;
	if (DEBUG_CHECKS)
		lock_check_waited(LOCK_NAME(m), true, 0);
	for (;;) {
		set_current_state(state);
		err = 0;
		if (mutex_held(m) || mutex_step(m, OPEN, CONTENDED))
			break;
		err = wait_interrupted((int)state);
		if (err)
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
	return mutex_dequeue(m, &s) ? 0 : err;
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
		lock_check_taken(LOCK_NAME(m), true, false);
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

/* Not inlined: what nobody waits for should not save registers for it. */
static __noinline void mutex_unlock_contended(struct mutex *m)
{
	u64 irq = spin_lock_irqsave(&m->lock);

	mutex_pass_on(m);
	spin_unlock_irqrestore(&m->lock, irq);
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
		lock_check_given(LOCK_NAME(m), true);
	WRITE_ONCE(m->owner, NULL);
	if (unlikely(!atomic_cas(&m->locked, &expected, FREE)))
		mutex_unlock_contended(m);
}
