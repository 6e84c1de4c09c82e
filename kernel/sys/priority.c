// SPDX-License-Identifier: MIT
/* getpriority(2), setpriority(2): the nice value of a task, a process group, or
 * all tasks of a user. */
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define NICE_MIN (-20)
#define NICE_MAX 19
#define NICE_BASE 20 /* getpriority() and RLIMIT_NICE count 20 - nice */

/* Which tasks, and what has happened to them. */
struct nice_walk {
	int which; /* PRIO_* */
	struct pid *pgrp; /* PRIO_PGRP: counted */
	uid_t uid; /* PRIO_USER */
	bool set;
	int nice; /* to set */
	long result; /* set: error; get: the greatest 20 - nice */
};

/* ---- one task ---- */

static int nice_may_set(struct task *t, int nice)
{
	u64 limit = READ_ONCE(t->signal->rlim[RLIMIT_NICE].cur);
	uid_t euid = current->cred->euid;
	bool admin, owner;

	spin_lock(&t->lock);
	admin = ns_capable(t->cred->user_ns, CAP_SYS_NICE);
	owner = t->cred->uid == euid || t->cred->euid == euid;
	spin_unlock(&t->lock);
	if (!owner && !admin)
		return why(-EPERM, "setpriority: another user's task, and no "
				   "CAP_SYS_NICE");
	if (nice < t->nice && !admin && (u64)(NICE_BASE - nice) > limit)
		return why(-EACCES,
			   "setpriority: %d is less nice than %d: "
			   "needs CAP_SYS_NICE or RLIMIT_NICE",
			   nice, t->nice);
	return 0;
}

static void nice_visit(struct nice_walk *w, struct task *t)
{
	long nice = NICE_BASE - t->nice;
	int err;

	if (!w->set) {
		w->result = max(w->result, nice);
		return;
	}
	err = nice_may_set(t, w->nice);
	if (!err)
		sched_set_nice(t, w->nice);
	/* An error stays; success replaces only "nobody found". */
	if (err || w->result == -ESRCH)
		w->result = err;
}

/* ---- many ---- */

static bool nice_is_meant(const struct nice_walk *w, struct task *t)
{
	bool mine;

	if (t->state & (TASK_ZOMBIE | TASK_DEAD))
		return false;
	if (w->which == PRIO_PGRP)
		return t->signal->pids[PIDTYPE_PGID] == w->pgrp;
	spin_lock(&t->lock);
	mine = t->cred->uid == w->uid;
	spin_unlock(&t->lock);
	return mine && task_pid_nr_ns(t, task_active_pid_ns(current));
}

/* Every thread in the list; nothing called here sleeps. */
static void nice_walk_all(struct nice_walk *w)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t;

	list_for_each_entry (t, &task_list, all_link)
		if (nice_is_meant(w, t))
			nice_visit(w, t);
	spin_unlock_irqrestore(&tasklist_lock, irq);
}

static void nice_walk_one(struct nice_walk *w, pid_t nr)
{
	struct task *t = nr ? task_find_get(task_active_pid_ns(current), nr)
			    : task_get(current);

	if (!t)
		return;
	nice_visit(w, t);
	task_put(t);
}

static struct pid *pgrp_get(pid_t nr)
{
	struct pid *pid;
	u64 irq;

	if (nr)
		return pid_find_get(task_active_pid_ns(current), nr);
	irq = spin_lock_irqsave(&tasklist_lock);
	pid = pid_get(current->signal->pids[PIDTYPE_PGID]);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return pid;
}

static long nice_walk(struct nice_walk *w, int who)
{
	w->result = -ESRCH;
	switch (w->which) {
	case PRIO_PROCESS:
		nice_walk_one(w, who);
		return w->result;
	case PRIO_PGRP:
		w->pgrp = pgrp_get(who);
		if (w->pgrp)
			nice_walk_all(w);
		pid_put(w->pgrp);
		return w->result;
	case PRIO_USER:
		w->uid = who ? make_kuid(current_user_ns(), (uid_t)who) :
			       current->cred->uid;
		if (w->uid != INVALID_ID)
			nice_walk_all(w);
		return w->result;
	default:
		return -EINVAL;
	}
}

/* 20 - nice, so that it is never negative; libc turns it round again. */
long sys_getpriority(int which, int who)
{
	struct nice_walk w = {.which = which};

	return nice_walk(&w, who);
}

long sys_setpriority(int which, int who, int nice)
{
	struct nice_walk w = {.which = which, .set = true};

	w.nice = max(NICE_MIN, min(nice, NICE_MAX));
	return nice_walk(&w, who);
}
