// SPDX-License-Identifier: MIT
/*
 * Who is in a group: born, moved, exited, reaped; and what is counted of them.
 * Theory and locks in cgroup.h.
 */
#include <linux/eventpoll.h>

#include "fs/file.h"
#include "kernel/cgroup/impl.h"
#include "kernel/cgroup/pids.h"
#include "kernel/lib/err.h"

void cgroup_tell_change(struct cgroup *cg)
{
	atomic_add(&cg->changes, 1);
	wake_up_poll(&cg->events, EPOLLPRI);
}

/* @by: 1, -1. */
static void child_populated(struct cgroup *cg, int by) __must_hold(cgroup_lock)
{
	cg->parent->nr_populated += (u32)by;
	if (!cg->threaded)
		cg->parent->nr_populated_domains += (u32)by;
}

static void task_count(struct cgroup *cg) __must_hold(cgroup_lock)
{
	bool was = cgroup_populated(cg);

	cg->nr_tasks++;
	for (; !was; cg = cg->parent) {
		cgroup_tell_change(cg);
		if (!cg->parent)
			break;
		was = cgroup_populated(cg->parent);
		child_populated(cg, 1);
	}
}

static void task_uncount(struct cgroup *cg) __must_hold(cgroup_lock)
{
	cg->nr_tasks--;
	for (; !cgroup_populated(cg); cg = cg->parent) {
		cgroup_tell_change(cg);
		if (!cg->parent)
			break;
		child_populated(cg, -1);
	}
}

struct cgroup *task_cgroup_get(struct task *t)
{
	u64 irq = spin_lock_irqsave(&cgroup_lock);
	struct cgroup *cg = cgroup_get(t->cgroup ? t->cgroup : &cgroup_root);

	spin_unlock_irqrestore(&cgroup_lock, irq);
	return cg;
}

/* Whose files show @cg's counter is told that a fork was refused. */
static void tell_refusal(struct cgroup *cg) __must_hold(cgroup_lock)
{
	cg->pids->events++;
	while (cg->parent && cg->parent->pids == cg->pids)
		cg = cg->parent;
	atomic_add(&cg->refused, 1);
	wake_up_poll(&cg->events, EPOLLPRI);
}

static int fork_charge(struct task *child, struct cgroup *cg)
	__must_hold(cgroup_lock)
{
	int err = pids_try_charge(cg->pids);

	if (err)
		tell_refusal(cg);
	else
		child->pids = pids_get(cg->pids);
	return err;
}

int cgroup_fork(struct task *child, struct cgroup *into)
{
	struct cgroup *cg = into;
	int err = 0;

	if (!cg)
		cg = current->cgroup ? current->cgroup : &cgroup_root;
	spin_lock(&cgroup_lock);
	if (cg->dead) {
		err = -ENODEV;
	} else if (cg->pids) {
		err = fork_charge(child, cg);
	}
	if (!err) {
		child->cgroup = cgroup_get(cg);
		child->in_cgroup = true;
		list_add_tail(&child->cgroup_link, &cg->members);
		task_count(cg);
		if (cg->freezing)
			signal_freeze_born(child);
	}
	spin_unlock(&cgroup_lock);
	return err;
}

void cgroup_exit(struct task *t)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	spin_lock(&cgroup_lock);
	if (t->in_cgroup) {
		t->in_cgroup = false;
		task_uncount(t->cgroup);
		cgroup_freeze_left(t, t->cgroup);
	}
	spin_unlock(&cgroup_lock);
	spin_unlock_irqrestore(&tasklist_lock, irq);
}

void cgroup_release(struct task *t)
{
	u64 irq = spin_lock_irqsave(&cgroup_lock);
	struct cgroup *cg = t->cgroup;
	struct pids *pids = t->pids;

	assert(!t->in_cgroup);
	if (cg)
		list_del(&t->cgroup_link);
	t->cgroup = NULL;
	t->pids = NULL;
	pids_uncharge(pids);
	spin_unlock_irqrestore(&cgroup_lock, irq);
	pids_put(pids);
	cgroup_put(cg);
}

/* A reference that is not the last one. */
static void pids_unref(struct pids *p)
{
	bool last = p && refcount_dec_and_test(&p->refs);

	assert(!last);
}

/* What @t had is held by the group, too, or by who calls. */
static void task_recharge(struct task *t, struct pids *to)
	__must_hold(cgroup_lock)
{
	pids_charge(to);
	pids_uncharge(t->pids);
	pids_unref(t->pids);
	t->pids = pids_get(to);
}

/* One thread. The new group is counted first: a group above both does not seem
 * empty in between. What it was in becomes the caller's to put. */
static struct cgroup *thread_move(struct task *t, struct cgroup *to)
	__must_hold(tasklist_lock)
{
	struct cgroup *from = t->cgroup;

	if (!t->in_cgroup || from == to)
		return NULL;
	spin_lock(&cgroup_lock);
	t->cgroup = cgroup_get(to);
	list_move_tail(&t->cgroup_link, &to->members);
	task_count(to);
	task_uncount(from);
	cgroup_freeze_moved(t, from, to);
	if (t->pids != to->pids)
		task_recharge(t, to->pids);
	spin_unlock(&cgroup_lock);
	if (from->freezing || to->freezing)
		signal_freeze(t, to->freezing);
	return from;
}

/* The first thread of @t's process that is still elsewhere. */
static struct task *thread_elsewhere(struct task *t, const struct cgroup *to)
	__must_hold(tasklist_lock)
{
	struct task *thread;

	for_each_thread (t, thread)
		if (thread->in_cgroup && thread->cgroup != to)
			return thread;
	return NULL;
}

/* One at a time, since what is left behind may have to be freed. New threads are
 * born where the one is that makes them, so this comes to an end. */
int cgroup_move(struct task *t, struct cgroup *to, bool whole)
{
	struct task *thread = t;
	struct cgroup *from;

	do {
		u64 irq = spin_lock_irqsave(&tasklist_lock);

		if (READ_ONCE(to->dead)) {
			spin_unlock_irqrestore(&tasklist_lock, irq);
			return -ENODEV;
		}
		if (whole)
			thread = thread_elsewhere(t, to);
		from = thread ? thread_move(thread, to) : NULL;
		spin_unlock_irqrestore(&tasklist_lock, irq);
		cgroup_put(from);
	} while (from);
	return 0;
}

/* A process belongs to the group of its leader. One whose leader has exited
 * before its threads is not killed: Linux does not either. */
void cgroup_kill(struct cgroup *cg)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t;

	for_each_process (t) {
		if (t->in_cgroup && cgroup_is_within(t->cgroup, cg))
			signal_force_fatal(t);
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
}

/* ---- counters of pids ---------------------------------------------------- */

/* None below owns a counter: who gives it cannot be taken it from. */
void cgroup_switch_pids(struct cgroup *cg, struct pids *to)
{
	struct pids *from = pids_get(cg->pids);
	u64 irq = spin_lock_irqsave(&cgroup_lock);
	struct task *t;

	for (struct cgroup *at = cg; at; at = cgroup_next_below(at, cg)) {
		pids_unref(at->pids);
		at->pids = pids_get(to);
		list_for_each_entry (t, &at->members, cgroup_link)
			if (t->in_cgroup)
				task_recharge(t, to);
	}
	spin_unlock_irqrestore(&cgroup_lock, irq);
	pids_put(from);
	pids_put(to);
}

void pids_read(const struct cgroup *cg, struct pids *copy)
{
	u64 irq = spin_lock_irqsave(&cgroup_lock);

	*copy = *cg->pids;
	spin_unlock_irqrestore(&cgroup_lock, irq);
}

void pids_set_limit(struct cgroup *cg, u32 limit)
{
	u64 irq = spin_lock_irqsave(&cgroup_lock);

	cg->pids->limit = limit;
	spin_unlock_irqrestore(&cgroup_lock, irq);
}
