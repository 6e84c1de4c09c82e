/* SPDX-License-Identifier: MIT */
/*
 * Control groups, version 2: a tree of groups, and each process in one of them.
 *
 * A group is seen as a directory (kernel/cgroup/fs.c). Here is the tree itself
 * (cgroup.c) and who is in it (member.c). One controller exists, pids (pids.h). A
 * group says who belongs together: it can be listed and moved (procs.c), watched,
 * killed and frozen (freeze.c), programs say which devices it may use (device.h),
 * and it is what a cgroup namespace hides. Whether whole processes or single
 * threads are in a group is its type (threaded.c).
 *
 * A task is counted in its group from when it enters the tree of tasks until it
 * exits (nr_tasks); its pointer stays until it has been reaped, so that a zombie
 * says where it died. A group is populated if it or one below it has live tasks;
 * a populated group cannot be removed. A removed one lives on, without a place,
 * as long as somebody refers to it.
 *
 * Locks: cgroup_mutex: the tree, that is making and removing groups, and types.
 * cgroup_lock (irqsave, under tasklist_lock and sighand->lock): members, counts
 * of them, task->cgroup, and "dead" (written under both). task->cgroup changes
 * under tasklist_lock, too: a holder of that may read it.
 */
#ifndef WARREN_KERNEL_CGROUP_CGROUP_H
#define WARREN_KERNEL_CGROUP_CGROUP_H

#include "kernel/lib/refcount.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/mutex.h"
#include "kernel/task/task.h"
#include "kernel/task/waitq.h"

struct dentry;
struct device_rule;
struct pids;
struct fs_type;
struct inode;
struct seq;

#define CGROUP_MAX 0x7fffffffu /* "max" */

struct cgroup {
	struct refcount refs;	/* tasks, children, inodes, namespaces */
	struct cgroup *parent;	/* [I] counted; NULL: the root */
	u32 level;		/* [I] 0: the root */
	bool dead;		/* removed */
	u32 nr_tasks;		/* cgroup_lock: live ones, each thread */
	u32 nr_populated;	/* cgroup_lock: children that are populated */
	u32 nr_populated_domains; /* cgroup_lock: those that are not threaded */
	u32 nr_frozen;		/* cgroup_lock: live ones that do not run */
	u32 nr_children;	/* cgroup_lock */
	u32 nr_frozen_children; /* cgroup_lock */
	u32 freezing;		/* cgroup_lock and tasklist_lock: how many of it
				   and those above say "freeze" */
	bool frozen;		/* cgroup_lock: see freeze.c */
	bool freeze;		/* cgroup_mutex: what cgroup.freeze says */
	bool threaded;		/* cgroup_mutex */
	u32 nr_threaded;	/* cgroup_mutex: children that are */
	struct list members;	/* cgroup_lock: of task->cgroup_link, in the
				   order of coming; zombies, too */
	u32 nr_descendants;	/* cgroup_mutex */
	u32 nr_dying;		/* [a] removed ones below that are still held */
	u32 max_descendants, max_depth; /* cgroup_mutex */
	u32 changes;		/* [a] of cgroup.events */
	struct waitq events;	/* it has changed, or a fork was refused */
	struct list children;	/* cgroup_mutex: of child.sibling */
	struct list sibling;	/* cgroup_mutex */
	bool gives_pids;	/* cgroup_mutex: children own counters */
	struct pids *pids;	/* cgroup_lock; counted: its own or the one above */
	struct pids *fresh;	/* cgroup_mutex; counted: will be its own */
	u32 refused;		/* [a] changes of pids.events */
	struct device_rule *devices; /* device.h */
	u8 devices_mode;	/* device.h: BPF_F_ALLOW_* of them */
	struct inode *procs;	/* [I] its file cgroup.procs, which decides who
				   may move tasks; not counted: valid while the
				   group is not dead */
	struct dentry *dir;	/* [I] not counted, valid likewise */
	char name[];		/* [I] */
};

extern struct cgroup cgroup_root;
extern struct mutex cgroup_mutex;

static inline struct cgroup *cgroup_get(struct cgroup *cg)
{
	refcount_inc(&cg->refs);
	return cg;
}
void cgroup_put(struct cgroup *cg); /* may sleep; no spinlock held */

/* Checks the limits of all above. ERR_PTR: -ENOENT: @parent was removed;
 * -EAGAIN: a limit; -ENOMEM. cgroup_mutex held. */
struct cgroup *cgroup_new(struct cgroup *parent, const char *name, size_t len)
	__must_hold(cgroup_mutex);
/* 0; -EBUSY: populated, or has children. The caller's reference is taken. */
int cgroup_remove(struct cgroup *cg) __must_hold(cgroup_mutex);
/* Is it @of, or below it? Without locks: parents never change. */
bool cgroup_is_within(const struct cgroup *cg, const struct cgroup *of);
bool cgroup_populated(const struct cgroup *cg);
struct cgroup *cgroup_common(struct cgroup *a, struct cgroup *b);

/* The group of @t, counted; a zombie's is where it died. */
struct cgroup *task_cgroup_get(struct task *t);
/* @t goes to @to, @whole: with all its process. 0; -ENODEV: @to was removed. */
int cgroup_move(struct task *t, struct cgroup *to, bool whole);
/* May current put a child into @to, or a @thread? 0; -EACCES; -ENODEV;
 * -EOPNOTSUPP, -EBUSY: see cgroup_vet_enter() and cgroup.threads. */
int cgroup_may_enter(struct cgroup *to, bool thread);
void cgroup_kill(struct cgroup *cg); /* SIGKILL for all in and below it */
/* All in and below it stop, or go on (freeze.c). */
void cgroup_freeze(struct cgroup *cg, bool freeze) __must_hold(cgroup_mutex);
/* clone: @child is born in @into, or where current is (NULL). 0; -ENODEV;
 * -EAGAIN: pids.max, there or above. */
int cgroup_fork(struct task *child, struct cgroup *into)
	__must_hold(tasklist_lock);
void cgroup_exit(struct task *t);    /* it does not count as live any more */
void cgroup_release(struct task *t); /* it has been reaped */

/* "/a/b" as seen from @root: "/../c" if it is not below, " (deleted)". */
void cgroup_show_path(struct seq *s, const struct cgroup *cg,
		      const struct cgroup *root);

/* fs.c. The group whose directory @file is, counted; ERR_PTR(-EBADF),
 * ERR_PTR(-ENOENT): it was removed. */
struct file;
struct cgroup *cgroup_of_file(const struct file *f);
extern const struct fs_type cgroup2_fs_type;
/* Boot: the hierarchy, which is there whether it is mounted or not. */
void cgroup_module_init(void);

/* The cgroup namespace (kernel/ns/cgroup.c): what looks like the root to those
 * who are in it. */
struct cgroup_ns {
	struct ns ns;
	struct cgroup *root; /* [I] counted */
};
extern struct cgroup_ns init_cgroup_ns;
static inline struct cgroup_ns *to_cgroup_ns(struct ns *ns)
{
	return container_of(ns, struct cgroup_ns, ns);
}
struct cgroup *current_cgroup_root(void);

#endif
