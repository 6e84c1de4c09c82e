// SPDX-License-Identifier: MIT
/*
 * Run queues: the tree of waiting tasks, virtual time, the locks.
 *
 * Virtual time. A task's vruntime is the CPU time it has had, divided by its
 * weight (nice). Who has had least runs next. vruntimes are compared with each
 * other on one queue only; a task that moves takes with it its distance from
 * the queue's min_vruntime.
 */
#include "kernel/task/sched_impl.h"

struct rq runqueues[NR_CPUS];

/* ---- locks ---- */

void rq_lock_pair(struct rq *a, struct rq *b)
{
	struct rq *first = a->cpu < b->cpu ? a : b;

	spin_lock(&first->lock);
	if (a != b)
		spin_lock(first == a ? &b->lock : &a->lock);
}

void rq_unlock_pair(struct rq *a, struct rq *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

/* The queue to which @t belongs, locked. */
struct rq *task_rq_lock(struct task *t, u64 *irqflags)
{
	u64 irq = irq_save();
	struct rq *rq;

	for (;;) {
		rq = &runqueues[READ_ONCE(t->se.cpu)];
		spin_lock(&rq->lock);
		if (rq->cpu == READ_ONCE(t->se.cpu))
			break;
		spin_unlock(&rq->lock);
	}
	*irqflags = irq;
	return rq;
}

/* ---- virtual time ---- */

/* One step of nice is about 10 % of CPU time: 1024 / 1.25^nice. */
u32 nice_to_weight(int nice)
{
	u64 weight = (u64)NICE_0_WEIGHT << 10;

	for (; nice < 0; nice++)
		weight += weight / 4;
	for (; nice > 0; nice--)
		weight -= weight / 5;
	return (u32)(weight >> 10);
}

u64 weighted(u64 ns, u32 weight)
{
	return weight == NICE_0_WEIGHT ? ns : ns * NICE_0_WEIGHT / weight;
}

static bool runs_before(const struct task *a, const struct task *b)
{
	return (s64)(a->se.vruntime - b->se.vruntime) < 0;
}

static void min_vruntime_update(struct rq *rq)
{
	struct task *first = rq_first(rq);
	u64 least;

	if (rq->curr == rq->idle && !first)
		return;
	if (!first)
		first = rq->curr;
	else if (rq->curr != rq->idle && runs_before(rq->curr, first))
		first = rq->curr;
	least = first->se.vruntime;
	if ((s64)(least - rq->min_vruntime) > 0)
		rq->min_vruntime = least;
}

void rq_update(struct rq *rq, u64 now)
{
	struct sched_entity *se = &rq->curr->se;
	u64 ns = now - se->exec_start;

	assert_held(&rq->lock);
	if ((s64)ns <= 0)
		return;
	se->exec_start = now;
	se->runtime += ns;
	if (rq->curr == rq->idle)
		return;
	se->vruntime += weighted(ns, se->weight);
	min_vruntime_update(rq);
}

/* ---- the tree ---- */

static struct task *task_of(struct rb_node *node)
{
	return rb_entry(node, struct task, se.node);
}

/* Equals queue up behind each other. */
void rq_insert(struct rq *rq, struct task *t)
{
	struct rb_node **link = &rq->tree.node, *parent = NULL;

	assert(!t->se.queued && t->se.cpu == rq->cpu);
	while (*link) {
		parent = *link;
		link = runs_before(t, task_of(parent)) ? &parent->left
						       : &parent->right;
	}
	rb_insert(&rq->tree, &t->se.node, parent, link);
	t->se.queued = true;
}

void rq_remove(struct rq *rq, struct task *t)
{
	rb_erase(&rq->tree, &t->se.node);
	t->se.queued = false;
}

struct task *rq_first(const struct rq *rq)
{
	struct rb_node *node = rb_first(&rq->tree);

	return node ? task_of(node) : NULL;
}

void rq_move(struct rq *from, struct rq *to, struct task *t)
{
	assert(!t->se.queued && !t->se.on_cpu);
	if (from == to)
		return;
	t->se.vruntime += to->min_vruntime - from->min_vruntime;
	WRITE_ONCE(t->se.cpu, to->cpu);
}

void rq_resched(struct rq *rq)
{
	if (READ_ONCE(rq->curr->work) & WORK_RESCHED)
		return;
	task_set_work(rq->curr, WORK_RESCHED);
	if (rq->cpu != this_cpu()->id)
		arch_ipi_resched(rq->cpu);
}
