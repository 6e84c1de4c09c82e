/* SPDX-License-Identifier: MIT */
/*
 * Process identifiers. A struct pid is one identity with a number at each
 * level of pid namespaces, from the initial one (0) to its own (level). It
 * lives as long as someone refers to it: tasks of any role, pidfds, proc.
 *
 * References: each task role (pid_links) does not count; struct task, struct
 * signal, files and proc inodes do. A struct pid holds one reference on
 * its innermost pid namespace (which holds its parent).
 */
#ifndef WARREN_KERNEL_TASK_PID_H
#define WARREN_KERNEL_TASK_PID_H

#include "kernel/lib/list.h"
#include "kernel/lib/rbtree.h"
#include "kernel/lib/refcount.h"
#include "kernel/ns/ns.h"
#include "kernel/task/waitq.h"

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID,
		PIDTYPE_MAX };

#define MAX_PID_NS_LEVEL 32
#define PID_MAX_DEFAULT 32768
#define PID_MAX_LIMIT 4194304
#define RESERVED_PIDS 300 /* after a wrap, allocation starts here */

struct upid {
	pid_t nr;
	struct pid_ns *ns;
	struct rb_node node; /* in ns->pids; pid_lock */
};

struct pid {
	struct refcount refs;
	u32 level; /* [I] */
	u32 proc_kept; /* names that procfs keeps (fs/procfs/kept.c) */
	struct dentry *proc_dir; /* [a] /proc/PID, where it was last looked up;
				    not counted: proc_prune() */
	struct hlist_head tasks[PIDTYPE_MAX]; /* tasklist_lock */
	struct waitq pidfd_wait; /* woken when the process has exited */
	u64 id;	       /* [I] never used again: st_ino of its pidfds */
	bool reaped;   /* [T] the task that had it is gone, */
	int exit_code; /* [T] and this was its end (wait status) */
	struct upid numbers[];	 /* [I] level + 1 of them */
};

/* kernel/ns/pid.c has its clone and install; the noun is here because pid
 * allocation needs it. */
struct pid_ns {
	struct ns ns;
	struct pid_ns *parent; /* [I] counted (PIN_CHILD_NS); NULL: initial */
	u32 level;	       /* [I] */
	pid_t last_pid;	       /* pid_lock */
	pid_t pid_max;	       /* [a] sysctl, per namespace */
	u32 nr_pids;	       /* pid_lock: numbers allocated here */
	struct rb_root pids;   /* pid_lock: the upids in use, by number */
	bool adding;	       /* pid_lock: false once init is dying or before
				  it was born with ENOMEM: no new numbers */
	bool had_init;	       /* [T] pid_for_children may be shown */
	int reboot_signal;	   /* how init's parent sees reboot(2) */
	struct task *child_reaper; /* [T] init; NULL before it is born */
	struct waitq empty_wait;   /* init's exit waits for nr_pids == 1 */
};

extern struct pid_ns init_pid_ns;
extern struct pid init_struct_pid; /* number 0: idle tasks */

void pid_init(void);
/*
 * Allocate a number at every level of @ns. @set_tid/@n: requested numbers,
 * innermost first (clone3). The pid is findable at once, but has no task.
 * ERR_PTR: -ENOMEM (no memory, or the namespace's init has died), -EAGAIN
 * (numbers used up), -EEXIST, -EINVAL, -EPERM (set_tid).
 */
struct pid *pid_new(struct pid_ns *ns, const pid_t *set_tid, size_t n);
/* Undo pid_new(), or: the last task left it. Numbers become free; the struct
 * lives on while it is referenced. */
void pid_release(struct pid *pid);
static inline struct pid *pid_get(struct pid *pid)
{
	refcount_inc(&pid->refs);
	return pid;
}
void pid_put(struct pid *pid); /* NULL is ignored */
/* No new numbers in @ns from now on: its init is dying. */
void pid_ns_close(struct pid_ns *ns);
/* Number 1 of its namespace. */
static inline bool pid_is_init(const struct pid *pid)
{
	return pid->numbers[pid->level].nr == 1;
}
/* Counted struct pid of number @nr in @ns, or NULL. */
struct pid *pid_find_get(struct pid_ns *ns, pid_t nr);
/* The number that @pid has in @ns; 0 if it cannot be seen from there. */
pid_t pid_nr(const struct pid *pid, const struct pid_ns *ns);
/* The namespace in which it was made. */
static inline struct pid_ns *pid_ns_of(const struct pid *pid)
{
	return pid->numbers[pid->level].ns;
}
/* First task in that role, or NULL. tasklist_lock held. */
struct task *pid_task(const struct pid *pid, enum pid_type type)
	__must_hold(tasklist_lock);
/* The same, counted, taking the lock itself. */
struct task *pid_task_get(struct pid *pid, enum pid_type type);
/* Counted task (any thread) with number @nr in @ns, or NULL. */
struct task *task_find_get(struct pid_ns *ns, pid_t nr);
/* Who has the least numbers >= @nr in @ns, at most @max, each counted; how many.
 * For readdir of /proc: one search for many. */
u32 pids_next_get(struct pid_ns *ns, pid_t nr, struct pid **pids, u32 max);
/* Who has the least of them, or NULL. */
static inline struct pid *pid_next_get(struct pid_ns *ns, pid_t nr)
{
	struct pid *pid;

	return pids_next_get(ns, nr, &pid, 1) ? pid : NULL;
}
void pid_attach(struct task *t, enum pid_type type) __must_hold(tasklist_lock);
void pid_detach(struct task *t, enum pid_type type) __must_hold(tasklist_lock);
/* A leader's PGID or SID; takes a reference. Returns the old one, which the
 * caller puts when it has dropped the lock. */
struct pid *pid_change(struct task *t, enum pid_type type, struct pid *pid)
	__must_hold(tasklist_lock);

#define for_each_pid_task(pid, type, t)                                        \
	hlist_for_each_entry(t, &(pid)->tasks[type], pid_links[type])

/* Numbers of @t as @ns sees it: 0 if invisible. With or without tasklist_lock. */
pid_t task_pid_nr_ns(const struct task *t, const struct pid_ns *ns);
pid_t task_tgid_nr_ns(const struct task *t, const struct pid_ns *ns);
pid_t task_pgrp_nr_ns(const struct task *t, const struct pid_ns *ns);
pid_t task_session_nr_ns(const struct task *t, const struct pid_ns *ns);
pid_t task_ppid_nr_ns(const struct task *t, const struct pid_ns *ns);
/* The namespace in which the task's own pid was made (never changes). */
struct pid_ns *task_active_pid_ns(const struct task *t);

/* sys/pidfd.c, upcall: whose pidfd is @f? Not counted; NULL: it is none. */
struct file;
struct pid *pidfd_pid(const struct file *f);
/* A new pidfd (no descriptor yet); takes its own reference on @pid. @flags:
 * O_NONBLOCK, PIDFD_THREAD. ERR_PTR(-ENOMEM). */
struct file *pidfd_file_new(struct pid *pid, u32 flags);

static inline struct pid_ns *to_pid_ns(struct ns *ns)
{
	return container_of(ns, struct pid_ns, ns);
}

#endif
