// SPDX-License-Identifier: MIT
/* getpriority(2), setpriority(2): the nice value of a task, a process group, or
 * all tasks of a user. */
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/sys/who.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define NICE_MIN (-20)
#define NICE_MAX 19
#define NICE_BASE 20 /* getpriority() and RLIMIT_NICE count 20 - nice */

/* What is asked of each task, and what has come of it. */
struct nice_walk {
	struct who_walk who;
	bool set;
	int nice; /* to set */
	long result; /* set: error; get: the greatest 20 - nice */
};

static int nice_may_set(struct task *t, int nice)
{
	u64 limit = READ_ONCE(t->signal->rlim[RLIMIT_NICE].cur);
	bool admin;

	spin_lock(&t->lock);
	admin = ns_capable(t->cred->user_ns, CAP_SYS_NICE);
	spin_unlock(&t->lock);
	if (!sched_is_owner(t) && !admin)
		return why(-EPERM, "setpriority: another user's task, and no "
				   "CAP_SYS_NICE");
	/* the machine's time is not a user namespace's to give */
	if (nice < t->nice && !capable(CAP_SYS_NICE) &&
	    (u64)(NICE_BASE - nice) > limit)
		return why(-EACCES,
			   "setpriority: %d is less nice than %d: "
			   "needs CAP_SYS_NICE or RLIMIT_NICE",
			   nice, t->nice);
	if (sched_is_beyond(t))
		return why(-EPERM, "setpriority: a task with more "
				   "capabilities, and no CAP_SYS_NICE over it");
	return 0;
}

static void nice_visit(struct who_walk *who, struct task *t)
{
	struct nice_walk *w = container_of(who, struct nice_walk, who);
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

/* 20 - nice, so that it is never negative; libc turns it round again. */
long sys_getpriority(int which, int who)
{
	struct nice_walk w = { .who.visit = nice_visit, .result = -ESRCH };
	int err = who_walk(&w.who, which, who);

	return err ? err : w.result;
}

long sys_setpriority(int which, int who, int nice)
{
	struct nice_walk w = { .who.visit = nice_visit,
			       .set = true,
			       .result = -ESRCH };
	int err;

	w.nice = max(NICE_MIN, min(nice, NICE_MAX));
	err = who_walk(&w.who, which, who);
	return err ? err : w.result;
}
