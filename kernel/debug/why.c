// SPDX-License-Identifier: MIT
/*
 * "Which check refused?": see why.h.
 *
 * The last reasons stand in a ring, with the process group and the session
 * they came from: a command has ended, and its task is gone, by the time that
 * a person at the shell asks. Groups and sessions are known by their numbers
 * in the initial pid namespace.
 *
 * Lock: why_lock, a leaf.
 */
#include "kernel/debug/why.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/lock/spinlock.h"
#include "kernel/task/task.h"

#define RING_SIZE 64

static DEFINE_SPINLOCK(why_lock);
static struct why ring[RING_SIZE]; /* why_lock */
static u32 ring_next;		   /* why_lock: where the next one goes */

/* What is known of current; its roles may change at any time. */
static void why_fill(struct why *w, int error)
{
	const struct signal *sig = current->signal;

	w->error = error;
	w->pid = sig ? READ_ONCE(sig->global_nr[PIDTYPE_TGID]) : 0;
	w->pgrp = sig ? READ_ONCE(sig->global_nr[PIDTYPE_PGID]) : 0;
	w->session = sig ? READ_ONCE(sig->global_nr[PIDTYPE_SID]) : 0;
	strlcpy(w->comm, current->comm, sizeof(w->comm));
}

int why(int error, const char *fmt, ...)
{
	struct why w;
	va_list ap;
	u64 irq;

	why_fill(&w, error);
	va_start(ap, fmt);
	vsnprintf(w.text, sizeof(w.text), fmt, ap);
	va_end(ap);
	irq = spin_lock_irqsave(&why_lock);
	ring[ring_next] = w;
	ring_next = (ring_next + 1) % RING_SIZE;
	spin_unlock_irqrestore(&why_lock, irq);
	return error;
}

/* The newest of the process group, or else of the session. */
static const struct why *ring_find(pid_t pgrp, pid_t session)
	__must_hold(why_lock)
{
	const struct why *found = NULL;

	for (u32 i = 1; i <= RING_SIZE; i++) {
		const struct why *w =
			&ring[(ring_next + RING_SIZE - i) % RING_SIZE];

		if (!w->error)
			break;
		if (w->pgrp == pgrp)
			return w;
		if (w->session == session && !found)
			found = w;
	}
	return found;
}

bool why_last(struct why *out)
{
	const struct signal *sig = current->signal;
	const struct why *w;
	u64 irq = spin_lock_irqsave(&why_lock);

	w = ring_find(READ_ONCE(sig->global_nr[PIDTYPE_PGID]),
		      READ_ONCE(sig->global_nr[PIDTYPE_SID]));
	if (w)
		*out = *w;
	spin_unlock_irqrestore(&why_lock, irq);
	return w != NULL;
}
