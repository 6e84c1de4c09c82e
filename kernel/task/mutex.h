/* SPDX-License-Identifier: MIT */
/* Sleeping locks. Nobody is passed over for ever. Never taken in an interrupt. */
#ifndef WARREN_KERNEL_TASK_MUTEX_H
#define WARREN_KERNEL_TASK_MUTEX_H

#include "kernel/task/waitq.h"

struct mutex {
	u32 locked;	      /* [a] */
	struct spinlock lock; /* of the queue; taken with interrupts off */
	struct task *owner;   /* who holds it: for assertions and panics */
	struct list waiters;  /* the queue, in the order of their coming */
#if DEBUG_CHECKS
	const char *name; /* [I] */
#endif
};

#if DEBUG_CHECKS
#define MUTEX_INIT(m, n)                                                       \
	{                                                                      \
		.lock = SPINLOCK_INIT("mutex queue"),                          \
		.waiters = LIST_INIT((m).waiters), .name = (n)                 \
	}
#else
#define MUTEX_INIT(m, n) { .waiters = LIST_INIT((m).waiters) }
#endif
#define DEFINE_MUTEX(m) struct mutex m = MUTEX_INIT(m, #m)

static inline void mutex_init(struct mutex *m, const char *name)
{
	m->locked = 0;
	spin_init(&m->lock, "mutex queue");
	m->owner = NULL;
	list_init(&m->waiters);
	lock_name_set(m, name);
}
void mutex_lock(struct mutex *m);
int mutex_lock_interruptible(struct mutex *m); /* 0 or -ERESTARTSYS */
int mutex_lock_killable(struct mutex *m);
bool mutex_trylock(struct mutex *m);
void mutex_unlock(struct mutex *m);
static inline bool mutex_held(const struct mutex *m)
{
	return READ_ONCE(m->owner) == current;
}

#endif
