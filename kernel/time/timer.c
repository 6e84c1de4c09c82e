// SPDX-License-Identifier: MIT
/*
 * Timers: per CPU a tree by deadline, and the hardware timer set for what comes
 * first, the first deadline or the scheduler's tick. An idle CPU has no tick.
 *
 * A timer belongs to the base of CPU timer->cpu, whose lock (irqsave) protects
 * it; it moves to another base only when it is neither armed nor running. While
 * its function runs, base->running points to it and the lock is free: so
 * timer_cancel() knows whom to wait for, and the function may arm it anew.
 *
 * A zeroed struct timer is a valid one that is not armed.
 */
#include "kernel/time/time.h"
#include "kernel/task/task.h"

#define EXPIRE_MAX 64 /* timers in one interrupt */
#define HW_BUSY 1 /* hw: the interrupt will program it when it is done */
#define HW_GAP_MIN (5 * NSEC_PER_USEC) /* user space shall get on */

static struct timer_base {
	struct spinlock lock;
	struct rb_root tree;
	struct timer *running;
	/* Of its own CPU only, interrupts off: */
	u64 hw; /* the hardware's deadline; 0: not set */
	u64 tick_at; /* 0: no tick */
} bases[NR_CPUS] = {
	[0 ... NR_CPUS - 1] = {.lock = SPINLOCK_INIT("timer base")},
};

static struct timer_base *this_base(void)
{
	return &bases[this_cpu()->id];
}

/* ---- the hardware ---- */

/* Interrupt no later than @deadline, on this CPU. Interrupts are off. */
static void hw_set(struct timer_base *base, u64 deadline)
{
	if (base->hw && base->hw <= deadline)
		return;
	base->hw = deadline;
	arch_timer_set(deadline);
}

void timer_tick_start(u64 now)
{
	struct timer_base *base = this_base();

	if (base->tick_at)
		return;
	base->tick_at = now + TICK_NS;
	hw_set(base, base->tick_at);
}

/* ---- the tree ---- */

static struct timer *timer_of(struct rb_node *node)
{
	return rb_entry(node, struct timer, node);
}

static struct timer *base_first(const struct timer_base *base)
{
	struct rb_node *node = rb_first(&base->tree);

	return node ? timer_of(node) : NULL;
}

static void base_insert(struct timer_base *base, struct timer *t)
{
	struct rb_node **link = &base->tree.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = t->deadline < timer_of(parent)->deadline
			       ? &parent->left
			       : &parent->right;
	}
	rb_insert(&base->tree, &t->node, parent, link);
	t->armed = true;
}

static void base_remove(struct timer_base *base, struct timer *t)
{
	rb_erase(&base->tree, &t->node);
	t->armed = false;
}

/* The base to which @t belongs, locked. Interrupts are off. */
static struct timer_base *base_lock(const struct timer *t)
{
	struct timer_base *base;
	u32 cpu;

	for (;;) {
		cpu = READ_ONCE(t->cpu);
		base = &bases[cpu];
		spin_lock(&base->lock);
		if (cpu == READ_ONCE(t->cpu))
			return base;
		spin_unlock(&base->lock);
	}
}

/* Like that, after a move to this CPU's base if @t is free to move. */
static struct timer_base *base_lock_here(struct timer *t)
{
	struct timer_base *base = base_lock(t);

	if (t->armed)
		base_remove(base, t);
	while (base != this_base() && base->running != t && !t->armed) {
		WRITE_ONCE(t->cpu, this_cpu()->id);
		spin_unlock(&base->lock);
		base = base_lock(t);
	}
	if (t->armed) /* somebody else was quicker */
		base_remove(base, t);
	return base;
}

/* ---- arming ---- */

void timer_init(struct timer *t, void (*fn)(struct timer *t))
{
	t->fn = fn;
	t->armed = false;
	t->cpu = this_cpu()->id;
}

/**
 * timer_start - call t->fn when ktime is @deadline
 *
 * A timer that is armed gets the new deadline. One that is just running on
 * another CPU stays there: that CPU looks at its tree again afterwards.
 *
 * Context: any.
 */
void timer_start(struct timer *t, u64 deadline)
{
	u64 irq = irq_save();
	struct timer_base *base = base_lock_here(t);

	t->deadline = deadline;
	base_insert(base, t);
	if (base == this_base())
		hw_set(base, deadline);
	spin_unlock(&base->lock);
	irq_restore(irq);
}

/**
 * timer_cancel - disarm @t, and wait until its function is not running
 *
 * Context: any but @t's own function; no lock held that the function takes.
 * Return: true if it was armed.
 */
bool timer_cancel(struct timer *t)
{
	struct timer_base *base;
	bool armed = false, running;
	u64 irq;

	do {
		irq = irq_save();
		base = base_lock(t);
		if (t->armed) {
			base_remove(base, t);
			armed = true;
		}
		running = base->running == t;
		spin_unlock(&base->lock);
		irq_restore(irq);
		if (running)
			cpu_relax();
	} while (running);
	return armed;
}

bool timer_pending(const struct timer *t)
{
	return READ_ONCE(t->armed);
}

/* ---- the interrupt ---- */

/* Run what has expired by @now. The lock is held, but not during functions. */
static void base_expire(struct timer_base *base, u64 now)
{
	struct timer *t;
	u32 n;

	for (n = 0; n < EXPIRE_MAX; n++) {
		t = base_first(base);
		if (!t || t->deadline > now)
			return;
		base_remove(base, t);
		base->running = t;
		spin_unlock(&base->lock);
		t->fn(t);
		spin_lock(&base->lock);
		base->running = NULL;
	}
}

static void base_program(struct timer_base *base)
{
	struct timer *t = base_first(base);
	u64 next = t ? t->deadline : KTIME_MAX;

	if (base->tick_at)
		next = min(next, base->tick_at);
	if (next != KTIME_MAX)
		hw_set(base, max(next, ktime_get() + HW_GAP_MIN));
}

/* See arch.h. Interrupts are off. It may come too early: hardware is coarse. */
void timer_interrupt(bool from_user)
{
	struct timer_base *base = this_base();
	u64 now = ktime_get();

	base->hw = HW_BUSY;
	if (base->tick_at && base->tick_at <= now) {
		sched_tick(from_user);
		base->tick_at = current == this_cpu()->idle ? 0 : now + TICK_NS;
	}
	spin_lock(&base->lock);
	base_expire(base, now);
	base->hw = 0;
	base_program(base);
	spin_unlock(&base->lock);
}
