/* SPDX-License-Identifier: MIT */
/* Sleeping locks. Nobody is passed over for ever. Never taken in an interrupt. */
#ifndef WARREN_KERNEL_TASK_MUTEX_H
#define WARREN_KERNEL_TASK_MUTEX_H

#include "kernel/task/waitq.h"

struct mutex {
	u32 locked;	    /* [a] */
	struct task *owner; /* who holds it: for assertions and panics */
	struct waitq waitq;
	const char *name; /* [I] */
};

#define MUTEX_INIT(m, n) { .waitq = WAITQ_INIT((m).waitq), .name = (n) }
#define DEFINE_MUTEX(m) struct mutex m = MUTEX_INIT(m, #m)

void mutex_init(struct mutex *m, const char *name);
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
