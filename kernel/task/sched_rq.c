// SPDX-License-Identifier: MIT
/*
 * Run queues: the waiting tasks, virtual time, the locks.
 *
 * Who runs next is asked with each switch, and often there is only one who waits:
 * rq->next is the first of them, and only the others are in the tree.
 *
 * Virtual time. A task's vruntime is the CPU time it has had, divided by its
 * weight (nice). Who has had least runs next. vruntimes are compared with each
 * other on one queue only; a task that moves takes with it its distance from
 * the queue's min_vruntime.
 */
#include "kernel/task/sched_impl.h"

struct rq runqueues[NR_CPUS];

/* ---- locks ---- */

void rq_lock_both(struct rq *a, struct rq *b)
{
	struct rq *first = a->cpu < b->cpu ? a : b;

	spin_lock(&first->lock);
	spin_lock(first == a ? &b->lock : &a->lock);
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

u64 weighted_nice(u64 ns, u32 weight)
{
	return ns * NICE_0_WEIGHT / weight;
}

static bool runs_before(const struct task *a, const struct task *b)
{
	return (s64)(a->se.vruntime - b->se.vruntime) < 0;
}

static void min_vruntime_update(struct rq *rq, u64 least)
{
	if (rq->next && (s64)(rq->next->se.vruntime - least) < 0)
		least = rq->next->se.vruntime;
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
	min_vruntime_update(rq, se->vruntime);
}

/* ---- who waits ---- */

static struct task *task_of(struct rb_node *node)
{
	return node ? rb_entry(node, struct task, se.node) : NULL;
}

/* Equals queue up behind each other; but @first goes before all. */
static void tree_insert(struct rq *rq, struct task *t, bool first)
{
	struct rb_node **link = &rq->tree.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = first || runs_before(t, task_of(parent)) ?
			       &parent->left :
			       &parent->right;
	}
	rb_insert(&rq->tree, &t->se.node, parent, link);
}

void rq_insert_behind(struct rq *rq, struct task *t)
{
	struct task *next = rq->next;

	if (runs_before(t, next)) {
		rq->next = t;
		tree_insert(rq, next, true);
	} else {
		tree_insert(rq, t, false);
	}
}

void rq_remove_others(struct rq *rq, struct task *t)
{
	struct rb_node *out = &t->se.node;

	if (t == rq->next) {
		out = rb_first(&rq->tree);
		rq->next = task_of(out);
	}
	rb_erase(&rq->tree, out);
}

struct task *rq_after(const struct rq *rq, const struct task *t)
{
	return task_of(t == rq->next ? rb_first(&rq->tree) :
				       rb_next(&t->se.node));
}

void rq_resched(struct rq *rq)
{
	if (READ_ONCE(rq->curr->work) & WORK_RESCHED)
		return;
	task_set_work(rq->curr, WORK_RESCHED);
	if (rq->cpu != this_cpu()->id)
		arch_ipi_resched(rq->cpu);
}
