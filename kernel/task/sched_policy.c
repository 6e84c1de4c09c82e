// SPDX-License-Identifier: MIT
/* What user space may ask of the scheduler: policy, nice, affinity, yielding. */
#include <linux/sched.h>

#include "kernel/lib/err.h"
#include "kernel/task/sched_impl.h"

#define IDLE_WEIGHT 3u /* of SCHED_IDLE, whatever nice says */

void sched_set_policy(struct task *t, u32 policy, int nice, bool reset)
{
	u64 irq;
	struct rq *rq = task_rq_lock(t, &irq);

	if (rq->curr == t)
		rq_update(rq, ktime_get());
	t->nice = (s8)nice;
	t->policy = (u8)policy;
	t->reset_on_fork = reset;
	t->se.weight = policy == SCHED_IDLE ? IDLE_WEIGHT :
					      nice_to_weight(nice);
	spin_unlock_irqrestore(&rq->lock, irq);
}

void sched_set_nice(struct task *t, int nice)
{
	sched_set_policy(t, t->policy, nice, t->reset_on_fork);
}

/* sched_yield(2): whoever waits longest goes first, if anybody waits here. */
void sched_yield_current(void)
{
	u64 irq = irq_save();
	struct rq *rq = this_rq();
	struct task *first;

	spin_lock(&rq->lock);
	rq_update(rq, ktime_get());
	first = rq_first(rq);
	if (first && (s64)(current->se.vruntime - first->se.vruntime) <= 0)
		current->se.vruntime = first->se.vruntime + 1;
	spin_unlock(&rq->lock);
	irq_restore(irq);
	if (first)
		schedule();
}

static u64 cpus_online(void)
{
	struct cpu *c;
	u64 mask = 0;

	for_each_cpu (c)
		mask |= 1ULL << c->id;
	return mask;
}

/* If @t waits on @from, where it may not run any more: to @to with it. */
static void requeue_elsewhere(struct rq *from, struct task *t, struct rq *to)
{
	if (t->se.cpu != from->cpu || !t->se.queued ||
	    task_may_use(t, from->cpu) || !task_may_use(t, to->cpu))
		return;
	rq_remove(from, t);
	WRITE_ONCE(from->nr, from->nr - 1);
	rq_move(from, to, t);
	rq_insert(to, t);
	WRITE_ONCE(to->nr, to->nr + 1);
	rq_resched(to);
}

/**
 * sched_set_affinity - @t may run on the CPUs in @mask only
 *
 * A running task leaves its CPU as soon as it can: current at once, others at
 * their next way back to user space.
 *
 * Context: a task, no spinlock held.
 * Return: 0, or -EINVAL: none of the CPUs is online.
 */
int sched_set_affinity(struct task *t, u64 mask)
{
	struct rq *rq, *to;
	u64 irq;

	mask &= cpus_online();
	if (!mask)
		return -EINVAL;
	rq = task_rq_lock(t, &irq);
	WRITE_ONCE(t->cpus_allowed, mask);
	if (rq->curr == t && !task_may_use(t, rq->cpu))
		rq_resched(rq);
	spin_unlock(&rq->lock);
	to = &runqueues[__builtin_ctzll(mask)];
	rq_lock_pair(rq, to);
	requeue_elsewhere(rq, t, to);
	rq_unlock_pair(rq, to);
	irq_restore(irq);
	if (t == current && need_resched())
		schedule();
	return 0;
}
