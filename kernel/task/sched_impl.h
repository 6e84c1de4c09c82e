/* SPDX-License-Identifier: MIT */
/*
 * What the sched*.c files share; task.h is what everybody else sees. The
 * theory is at the head of sched.c.
 */
#ifndef WARREN_KERNEL_TASK_SCHED_IMPL_H
#define WARREN_KERNEL_TASK_SCHED_IMPL_H

#include "kernel/task/task.h"

#define NICE_0_WEIGHT 1024u
#define SCHED_SLICE (3 * NSEC_PER_MSEC) /* before an equal may go first */
#define SCHED_CREDIT (3 * NSEC_PER_MSEC) /* of a sleeper who wakes */
#define SCHED_WAKE_GRAN (1 * NSEC_PER_MSEC) /* lead needed to preempt */

/* One CPU's run queue. Everything is under lock (irqsave). */
struct rq {
	struct spinlock lock;
	u32 cpu; /* [I] */
	u32 nr; /* runnable tasks, the running one too, not idle */
	struct task *next; /* of those that wait the first, or NULL */
	struct rb_root tree; /* the others that wait, by vruntime */
	u64 min_vruntime; /* never falls; new and moved tasks start here */
	struct task *curr; /* running, perhaps idle */
	struct task *idle; /* [I] */
	struct task *prev; /* hand-over to sched_finish_switch() */
	s64 nr_blocked; /* uninterruptible, counted where they slept: may
				be negative, only the sum has a meaning */
	u64 switches;
	u32 ticks;
} __aligned(128); /* no two in one cache line */

extern struct rq runqueues[NR_CPUS];

static inline struct rq *this_rq(void)
{
	return this_cpu_get(rq);
}
static inline bool rq_is_idle(const struct rq *rq)
{
	return !READ_ONCE(rq->nr);
}
static inline bool task_may_use(const struct task *t, u32 cpu)
{
	return READ_ONCE(t->cpus_allowed) & (1ULL << cpu);
}

/* sched_rq.c. Locks: interrupts off before. */
void rq_lock_both(struct rq *a, struct rq *b);
static inline void rq_lock_pair(struct rq *a, struct rq *b) /* may be the same */
{
	if (likely(a == b))
		spin_lock(&a->lock);
	else
		rq_lock_both(a, b);
}
static inline void rq_unlock_pair(struct rq *a, struct rq *b)
{
	spin_unlock(&a->lock);
	if (unlikely(a != b))
		spin_unlock(&b->lock);
}
struct rq *task_rq_lock(struct task *t, u64 *irqflags);
/* Account curr's time up to now. */
void rq_update(struct rq *rq, u64 now) __must_hold(rq->lock);
void rq_insert_behind(struct rq *rq, struct task *t) __must_hold(rq->lock);
static inline void rq_insert(struct rq *rq, struct task *t) __must_hold(rq->lock)
{
	assert(!t->se.queued && t->se.cpu == rq->cpu);
	t->se.queued = true;
	if (unlikely(rq->next))
		rq_insert_behind(rq, t);
	else
		rq->next = t;
}
void rq_remove_others(struct rq *rq, struct task *t) __must_hold(rq->lock);
static inline void rq_remove(struct rq *rq, struct task *t) __must_hold(rq->lock)
{
	t->se.queued = false;
	if (unlikely(rq->tree.node))
		rq_remove_others(rq, t);
	else
		rq->next = NULL;
}
static inline struct task *rq_first(const struct rq *rq) __must_hold(rq->lock)
{
	return rq->next;
}
/* Who waits behind @t; NULL: nobody. */
struct task *rq_after(const struct rq *rq, const struct task *t)
	__must_hold(rq->lock);
/* @t, not queued, belongs to @to from now on; both locks held. It takes along its
 * distance from the least vruntime. */
static inline void rq_move(const struct rq *from, const struct rq *to,
			   struct task *t)
{
	if (likely(from == to))
		return;
	assert(!t->se.queued && !t->se.on_cpu);
	t->se.vruntime += to->min_vruntime - from->min_vruntime;
	WRITE_ONCE(t->se.cpu, to->cpu);
}
/* curr shall call schedule() soon. */
void rq_resched(struct rq *rq) __must_hold(rq->lock);
u32 nice_to_weight(int nice);
u64 weighted_nice(u64 ns, u32 weight);
static inline u64 weighted(u64 ns, u32 weight) /* ns of CPU as vruntime */
{
	return likely(weight == NICE_0_WEIGHT) ? ns : weighted_nice(ns, weight);
}

/* sched_load.c */
/* Is it best to wake @t where it slept? */
static inline bool sched_may_stay(const struct task *t, u32 home)
{
	return task_may_use(t, home) &&
	       (nr_cpus == 1 || rq_is_idle(&runqueues[home]));
}
u32 sched_select_other(const struct task *t, u32 home);
/* Where to wake @t. */
static inline u32 sched_select_cpu(const struct task *t, u32 home)
{
	return likely(sched_may_stay(t, home)) ? home :
						 sched_select_other(t, home);
}
u32 sched_idlest_cpu(const struct task *t); /* where to start @t */
/* @rq has nothing to run: take a task from the busiest. rq->lock held. */
void sched_pull(struct rq *rq) __must_hold(rq->lock);
void sched_balance_tick(struct rq *rq); /* timer interrupt, no lock held */
void sched_load_tick(u64 now);

#endif
