// SPDX-License-Identifier: MIT
/*
 * The freezer: cgroup.freeze, and the line "frozen" of cgroup.events.
 *
 * A group is freezing if it, or one above it, says so; freezing counts how many
 * do. The tasks of such a group are asked to stop (signal_freeze): each does
 * where it would take a signal, on its way to user space, and only SIGKILL and
 * what kills like it gets through. A task that has stopped is counted (nr_frozen
 * of its group, task->frozen); so is one that could not run anyhow: stopped by a
 * signal, or waiting for its vfork child. It is counted until it takes signals
 * again, exits, or moves, when the count moves with it.
 *
 * A group is frozen when it is freezing, all its tasks are counted, and all its
 * children are frozen. That changes from below upwards, and is told to who polls.
 * A task born in a freezing group stops before its first instruction of user
 * code, and the group is not called thawed for it.
 *
 * Locks: what is here changes under cgroup_lock; "freezing" and the tasks' orders
 * to stop under tasklist_lock, too, so that both agree.
 */
#include "kernel/cgroup/impl.h"

static bool all_frozen(const struct cgroup *cg) __must_hold(cgroup_lock)
{
	return cg->freezing && cg->nr_frozen == cg->nr_tasks &&
	       cg->nr_frozen_children == cg->nr_children;
}

/* A count of @cg has changed. */
static void frozen_update(struct cgroup *cg) __must_hold(cgroup_lock)
{
	for (; cg && cg->frozen != all_frozen(cg); cg = cg->parent) {
		cg->frozen = !cg->frozen;
		if (cg->parent)
			cg->parent->nr_frozen_children += cg->frozen ? 1 : -1u;
		cgroup_tell_change(cg);
	}
}

/* ---- groups come and go -------------------------------------------------- */

void cgroup_freeze_born(struct cgroup *cg)
{
	cg->freezing = cg->parent->freezing;
	cg->frozen = cg->freezing;
	cg->parent->nr_children++;
	cg->parent->nr_frozen_children += cg->frozen;
}

void cgroup_freeze_gone(struct cgroup *cg)
{
	cg->parent->nr_children--;
	cg->parent->nr_frozen_children -= cg->frozen;
	frozen_update(cg->parent);
}

/* ---- tasks stop and go on ------------------------------------------------ */

void cgroup_freeze_left(struct task *t, struct cgroup *cg)
{
	cg->nr_frozen -= t->frozen;
	t->frozen = false;
	if (cg->freezing)
		frozen_update(cg);
}

void cgroup_freeze_moved(const struct task *t, struct cgroup *from,
			 struct cgroup *to)
{
	from->nr_frozen -= t->frozen;
	to->nr_frozen += t->frozen;
	if (from->freezing)
		frozen_update(from);
	if (to->freezing)
		frozen_update(to);
}

/* current is counted as one that does not run, or is not any more. */
static void current_count(bool frozen)
{
	struct cgroup *cg;
	u64 irq = spin_lock_irqsave(&cgroup_lock);

	cg = current->cgroup;
	if (current->in_cgroup && current->frozen != frozen) {
		current->frozen = frozen;
		cg->nr_frozen += frozen ? 1 : -1u;
		if (cg->freezing)
			frozen_update(cg);
	}
	spin_unlock_irqrestore(&cgroup_lock, irq);
}

void task_freeze_enter(void)
{
	current_count(true);
}

void task_freeze_leave(void)
{
	current_count(false);
}

/* ---- cgroup.freeze ------------------------------------------------------- */

static void groups_mark(struct cgroup *cg, bool freeze)
	__must_hold(cgroup_mutex) __must_hold(cgroup_lock)
{
	struct cgroup *at;

	for (at = cg; at; at = cgroup_next_below(at, cg))
		at->freezing += freeze ? 1 : -1u;
	for (at = cg; at; at = cgroup_next_below(at, cg))
		frozen_update(at);
}

static void tasks_order(const struct cgroup *cg) __must_hold(tasklist_lock)
{
	struct task *t, *thread;

	for_each_process (t)
		for_each_thread (t, thread)
			if (thread->in_cgroup &&
			    cgroup_is_within(thread->cgroup, cg))
				signal_freeze(thread, thread->cgroup->freezing);
}

void cgroup_freeze(struct cgroup *cg, bool freeze)
{
	u64 irq;

	if (cg->freeze == freeze)
		return;
	cg->freeze = freeze;
	irq = spin_lock_irqsave(&tasklist_lock);
	spin_lock(&cgroup_lock);
	groups_mark(cg, freeze);
	spin_unlock(&cgroup_lock);
	tasks_order(cg);
	spin_unlock_irqrestore(&tasklist_lock, irq);
}
