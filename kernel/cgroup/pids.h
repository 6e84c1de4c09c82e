/* SPDX-License-Identifier: MIT */
/*
 * The controller "pids": how many tasks a group and those below it may have.
 *
 * A group has the controller if its parent gives it (cgroup.subtree_control).
 * Such a group owns a counter, a struct pids; any other group uses its parent's,
 * and the root has none: as long as nobody gives it, every pointer is NULL and a
 * fork costs one test. Counters make a chain up to the root, and a charge is made
 * on all of it.
 *
 * A task is charged from when it enters the tree until it has been reaped, to
 * the counter in task->pids; a zombie keeps that one, even if the controller was
 * taken from the group meanwhile: that is why a counter outlives its group's use.
 *
 * Locks: cgroup_mutex: gives_pids, the list of children, the limit. cgroup_lock:
 * the numbers, cgroup->pids, task->pids.
 */
#ifndef WARREN_KERNEL_CGROUP_PIDS_H
#define WARREN_KERNEL_CGROUP_PIDS_H

#include "kernel/cgroup/cgroup.h"

#define PIDS_MAX 4194305u /* "max": more than there are numbers */

struct pids {
	struct refcount refs; /* groups, tasks, counters below */
	struct pids *parent;  /* [I] counted; NULL: the first below the root */
	u32 count;	      /* cgroup_lock */
	u32 peak;	      /* cgroup_lock */
	u32 limit;	      /* cgroup_lock */
	u32 events;	      /* cgroup_lock: forks refused */
};

void pids_module_init(void);
/* A counter below @parent, without a limit; NULL: no memory. */
struct pids *pids_new(struct pids *parent);
static inline struct pids *pids_get(struct pids *p)
{
	if (p)
		refcount_inc(&p->refs);
	return p;
}
void pids_put(struct pids *p); /* NULL allowed; no spinlock held */

/* Under cgroup_lock (member.c). NULL: the root, which counts nothing. */
int pids_try_charge(struct pids *p); /* 0; -EAGAIN: a limit, here or above */
void pids_charge(struct pids *p);    /* whatever the limits say */
void pids_uncharge(struct pids *p);

static inline bool cgroup_owns_pids(const struct cgroup *cg)
{
	return cg->parent && cg->parent->gives_pids;
}

/* files.c's; the text of cgroup.subtree_control, stripped. */
int pids_control(struct cgroup *cg, char *text);

/* names.c: the files of the controller in @cg's directory come and go. The lock of
 * the parent's directory is held, cgroup_mutex is not. 0; -ENOMEM. */
int cgroup_files_pids_add(struct cgroup *cg);
void cgroup_files_pids_remove(struct cgroup *cg);
/* names.c: @cg's directory, counted and locked; NULL: it was removed. */
struct dentry *cgroup_dir_lock(struct cgroup *cg);
void cgroup_dir_unlock(struct dentry *dir);

/* member.c: @cg, its groups and its live tasks change from the counter they have
 * to @to, whose reference is taken over. */
void cgroup_switch_pids(struct cgroup *cg, struct pids *to)
	__must_hold(cgroup_mutex);
/* member.c, for what files show: a copy, taken under the lock. */
void pids_read(const struct cgroup *cg, struct pids *copy)
	__must_hold(cgroup_mutex);
void pids_set_limit(struct cgroup *cg, u32 limit) __must_hold(cgroup_mutex);

#endif
