// SPDX-License-Identifier: MIT
/* The tree of groups and who is in it: theory, states and locks in cgroup.h. */
#include <linux/eventpoll.h>

#include "fs/file.h"
#include "fs/seq.h"
#include "kernel/cgroup/pids.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

#define DEPTH_MAX 4096 /* whatever cgroup.max.depth says: paths are walked */

struct cgroup cgroup_root = {
	.refs = REFCOUNT_INIT(1),
	.max_descendants = CGROUP_MAX,
	.max_depth = CGROUP_MAX,
	.events = WAITQ_INIT(cgroup_root.events),
	.children = LIST_INIT(cgroup_root.children),
};
DEFINE_MUTEX(cgroup_mutex);
static DEFINE_SPINLOCK(cgroup_lock);

/* ---- the tree ------------------------------------------------------------ */

void cgroup_put(struct cgroup *cg)
{
	while (cg && refcount_dec_and_test(&cg->refs)) {
		struct cgroup *parent = cg->parent;

		assert(!cg->nr_tasks && !cg->nr_populated);
		pids_put(cg->pids);
		kfree(cg);
		cg = parent;
	}
}

static int limits_check(struct cgroup *parent)
{
	u32 depth = 1;

	if (parent->dead)
		return -ENOENT;
	for (struct cgroup *cg = parent; cg; cg = cg->parent, depth++)
		if (cg->nr_descendants >= cg->max_descendants ||
		    depth > cg->max_depth || depth > DEPTH_MAX)
			return why(-EAGAIN, "cgroup: cgroup.max.depth or "
					    "cgroup.max.descendants of %s",
				   cg->parent ? cg->name : "the root");
	return 0;
}

struct cgroup *cgroup_new(struct cgroup *parent, const char *name, size_t len)
{
	int err = limits_check(parent);
	struct cgroup *cg;

	if (err)
		return ERR_PTR(err);
	cg = kzalloc(sizeof(*cg) + len + 1);
	if (!cg)
		return ERR_PTR(-ENOMEM);
	cg->pids = parent->gives_pids ? pids_new(parent->pids) :
					pids_get(parent->pids);
	if (parent->gives_pids && !cg->pids) {
		kfree(cg);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&cg->refs, 1);
	memcpy(cg->name, name, len);
	cg->parent = cgroup_get(parent);
	cg->level = parent->level + 1;
	cg->max_descendants = cg->max_depth = CGROUP_MAX;
	waitq_init(&cg->events);
	list_init(&cg->children);
	list_add_tail(&cg->sibling, &parent->children);
	for (struct cgroup *up = parent; up; up = up->parent)
		up->nr_descendants++;
	return cg;
}

bool cgroup_populated(const struct cgroup *cg)
{
	return READ_ONCE(cg->nr_tasks) || READ_ONCE(cg->nr_populated);
}

int cgroup_remove(struct cgroup *cg)
{
	bool busy;
	u64 irq = spin_lock_irqsave(&cgroup_lock);

	busy = cg->nr_descendants || cgroup_populated(cg);
	cg->dead |= !busy;
	spin_unlock_irqrestore(&cgroup_lock, irq);
	if (busy)
		return why(-EBUSY, "cgroup: %s has processes or children",
			   cg->name);
	for (struct cgroup *up = cg->parent; up; up = up->parent)
		up->nr_descendants--;
	list_del(&cg->sibling);
	wake_up_poll(&cg->events, EPOLLPRI);
	cgroup_put(cg);
	return 0;
}

bool cgroup_is_within(const struct cgroup *cg, const struct cgroup *of)
{
	while (cg->level > of->level)
		cg = cg->parent;
	return cg == of;
}

struct cgroup *cgroup_common(struct cgroup *a, struct cgroup *b)
{
	while (!cgroup_is_within(b, a))
		a = a->parent;
	return a;
}

/* ---- who is in it -------------------------------------------------------- */

static void tell_change(struct cgroup *cg)
{
	atomic_add(&cg->changes, 1);
	wake_up_poll(&cg->events, EPOLLPRI);
}

static void task_count(struct cgroup *cg) __must_hold(cgroup_lock)
{
	bool was = cgroup_populated(cg);

	cg->nr_tasks++;
	while (!was) {
		tell_change(cg);
		cg = cg->parent;
		if (!cg)
			break;
		was = cgroup_populated(cg);
		cg->nr_populated++;
	}
}

static void task_uncount(struct cgroup *cg) __must_hold(cgroup_lock)
{
	cg->nr_tasks--;
	while (!cgroup_populated(cg)) {
		tell_change(cg);
		cg = cg->parent;
		if (!cg)
			break;
		cg->nr_populated--;
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
		task_count(cg);
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
	__must_hold(cgroup_lock)
{
	struct cgroup *from = t->cgroup;

	if (!t->in_cgroup || from == to)
		return NULL;
	t->cgroup = cgroup_get(to);
	task_count(to);
	task_uncount(from);
	if (t->pids != to->pids)
		task_recharge(t, to->pids);
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
int cgroup_move(struct task *t, struct cgroup *to)
{
	struct cgroup *from;
	struct task *thread;

	do {
		u64 irq = spin_lock_irqsave(&tasklist_lock);

		from = NULL;
		if (READ_ONCE(to->dead)) {
			spin_unlock_irqrestore(&tasklist_lock, irq);
			return -ENODEV;
		}
		thread = thread_elsewhere(t, to);
		if (thread) {
			spin_lock(&cgroup_lock);
			from = thread_move(thread, to);
			spin_unlock(&cgroup_lock);
		}
		spin_unlock_irqrestore(&tasklist_lock, irq);
		cgroup_put(from);
	} while (from);
	return 0;
}

void cgroup_kill(struct cgroup *cg)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t;

	for_each_process(t) {
		if (t->in_cgroup && cgroup_is_within(t->cgroup, cg))
			signal_force_fatal(t);
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
}

/* ---- counters of pids ---------------------------------------------------- */

/* The group after @cg, from the top down, in the tree of @top; NULL: the end. */
static struct cgroup *next_below(struct cgroup *cg, const struct cgroup *top)
	__must_hold(cgroup_mutex)
{
	if (!list_empty(&cg->children))
		return list_entry(cg->children.next, struct cgroup, sibling);
	for (; cg != top; cg = cg->parent)
		if (cg->sibling.next != &cg->parent->children)
			return list_entry(cg->sibling.next, struct cgroup,
					  sibling);
	return NULL;
}

/* None below owns a counter: who gives it cannot be taken it from. */
void cgroup_switch_pids(struct cgroup *cg, struct pids *to)
{
	struct pids *from = pids_get(cg->pids);
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t, *thread;

	spin_lock(&cgroup_lock);
	for (struct cgroup *at = cg; at; at = next_below(at, cg)) {
		pids_unref(at->pids);
		at->pids = pids_get(to);
	}
	for_each_process(t)
		for_each_thread (t, thread)
			if (thread->in_cgroup &&
			    cgroup_is_within(thread->cgroup, cg))
				task_recharge(thread, to);
	spin_unlock(&cgroup_lock);
	spin_unlock_irqrestore(&tasklist_lock, irq);
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

/* ---- paths --------------------------------------------------------------- */

void cgroup_show_path(struct seq *s, const struct cgroup *cg,
		      const struct cgroup *root)
{
	const struct cgroup *common = cgroup_common((struct cgroup *)root,
						    (struct cgroup *)cg);

	for (u32 level = root->level; level > common->level; level--)
		seq_puts(s, "/..");
	for (u32 level = common->level + 1; level <= cg->level; level++) {
		const struct cgroup *at = cg;

		while (at->level > level)
			at = at->parent;
		seq_putc(s, '/');
		seq_puts(s, at->name);
	}
	if (cg == root)
		seq_putc(s, '/');
	if (READ_ONCE(cg->dead))
		seq_puts(s, " (deleted)");
}
