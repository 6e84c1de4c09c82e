// SPDX-License-Identifier: MIT
/* The tree of groups: theory, states and locks in cgroup.h. Who is in it is
 * member.c. */
#include <linux/eventpoll.h>

#include "fs/file.h"
#include "fs/seq.h"
#include "kernel/cgroup/device.h"
#include "kernel/cgroup/impl.h"
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
	.members = LIST_INIT(cgroup_root.members),
	.children = LIST_INIT(cgroup_root.children),
};
DEFINE_MUTEX(cgroup_mutex);
DEFINE_SPINLOCK(cgroup_lock);

/* ---- the tree ------------------------------------------------------------ */

void cgroup_put(struct cgroup *cg)
{
	while (cg && refcount_dec_and_test(&cg->refs)) {
		struct cgroup *parent = cg->parent;

		assert(!cg->nr_tasks && !cg->nr_populated);
		for (struct cgroup *up = parent; up && cg->dead;
		     up = up->parent)
			atomic_sub(&up->nr_dying, 1);
		pids_put(cg->pids);
		device_rules_free(cg);
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
			return why(-EAGAIN,
				   "cgroup: cgroup.max.depth or "
				   "cgroup.max.descendants of %s",
				   cg->parent ? cg->name : "the root");
	return 0;
}

/* A group with a name and a counter, nowhere yet; NULL: no memory. */
static struct cgroup *group_alloc(struct cgroup *parent, const char *name,
				  size_t len) __must_hold(cgroup_mutex)
{
	struct cgroup *cg = kzalloc(sizeof(*cg) + len + 1);

	if (!cg)
		return NULL;
	cg->pids = parent->gives_pids ? pids_new(parent->pids)
				      : pids_get(parent->pids);
	if (parent->gives_pids && !cg->pids) {
		kfree(cg);
		return NULL;
	}
	refcount_set(&cg->refs, 1);
	memcpy(cg->name, name, len);
	cg->parent = cgroup_get(parent);
	cg->level = parent->level + 1;
	cg->max_descendants = cg->max_depth = CGROUP_MAX;
	waitq_init(&cg->events);
	list_init(&cg->members);
	list_init(&cg->children);
	return cg;
}

struct cgroup *cgroup_new(struct cgroup *parent, const char *name, size_t len)
{
	int err = limits_check(parent);
	struct cgroup *cg;
	u64 irq;

	if (err)
		return ERR_PTR(err);
	cg = group_alloc(parent, name, len);
	if (!cg)
		return ERR_PTR(-ENOMEM);
	list_add_tail(&cg->sibling, &parent->children);
	for (struct cgroup *up = parent; up; up = up->parent)
		up->nr_descendants++;
	irq = spin_lock_irqsave(&cgroup_lock);
	cgroup_freeze_born(cg);
	spin_unlock_irqrestore(&cgroup_lock, irq);
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
	if (!busy) {
		cg->dead = true;
		cgroup_freeze_gone(cg);
	}
	spin_unlock_irqrestore(&cgroup_lock, irq);
	if (busy)
		return why(-EBUSY, "cgroup: %s has processes or children",
			   cg->name);
	for (struct cgroup *up = cg->parent; up; up = up->parent) {
		up->nr_descendants--;
		atomic_add(&up->nr_dying, 1);
	}
	cg->parent->nr_threaded -= cg->threaded;
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

struct cgroup *cgroup_next_below(struct cgroup *cg, const struct cgroup *top)
{
	if (!list_empty(&cg->children))
		return list_entry(cg->children.next, struct cgroup, sibling);
	for (; cg != top; cg = cg->parent)
		if (cg->sibling.next != &cg->parent->children)
			return list_entry(cg->sibling.next, struct cgroup,
					  sibling);
	return NULL;
}

/* ---- paths --------------------------------------------------------------- */

void cgroup_show_path(struct seq *s, const struct cgroup *cg,
		      const struct cgroup *root)
{
	const struct cgroup *common =
		cgroup_common((struct cgroup *)root, (struct cgroup *)cg);

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
