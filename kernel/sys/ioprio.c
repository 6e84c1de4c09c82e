// SPDX-License-Identifier: MIT
/*
 * ioprio_set(2), ioprio_get(2): in which order the disk would serve a task. There
 * is no disk, so the value is only kept, inherited and shown.
 */
#include <linux/capability.h>
#include <linux/ioprio.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/sys/who.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

struct ioprio_walk {
	struct who_walk who;
	u16 ioprio; /* set: the new one */
	long result;
};

/* -EINVAL: no such class, or "none" with a level. -EPERM. */
static int ioprio_check(u32 ioprio)
{
	switch (IOPRIO_PRIO_CLASS(ioprio)) {
	case IOPRIO_CLASS_NONE:
		return IOPRIO_PRIO_DATA(ioprio) ? -EINVAL : 0;
	case IOPRIO_CLASS_RT:
		if (!capable(CAP_SYS_ADMIN) && !capable(CAP_SYS_NICE))
			return why(-EPERM, "ioprio_set: the realtime class "
					   "needs CAP_SYS_NICE");
		return 0;
	case IOPRIO_CLASS_BE:
	case IOPRIO_CLASS_IDLE:
		return 0;
	default:
		return -EINVAL;
	}
}

static bool may_set(struct task *t)
{
	const struct cred *c = current->cred;
	bool owner;

	spin_lock(&t->lock);
	owner = t->cred->uid == c->euid || t->cred->uid == c->uid;
	spin_unlock(&t->lock);
	return (owner || capable(CAP_SYS_NICE)) && !sched_is_beyond(t);
}

static void visit_set(struct who_walk *who, struct task *t)
{
	struct ioprio_walk *w = container_of(who, struct ioprio_walk, who);

	if (!may_set(t)) {
		w->result = why(-EPERM, "ioprio_set: another user's task, and "
					"no CAP_SYS_NICE");
		return;
	}
	WRITE_ONCE(t->ioprio, w->ioprio);
	if (w->result == -ESRCH)
		w->result = 0;
}

long sys_ioprio_set(int which, int who, int ioprio)
{
	struct ioprio_walk w = { .who.visit = visit_set,
				 .ioprio = (u16)ioprio,
				 .result = -ESRCH };
	int err = ioprio_check((u32)ioprio);

	if (!err)
		err = who_walk(&w.who, which - IOPRIO_WHO_PROCESS, who);
	return err ? err : w.result;
}

/* One task: what was set, "none" included. */
static void visit_get_own(struct who_walk *who, struct task *t)
{
	struct ioprio_walk *w = container_of(who, struct ioprio_walk, who);

	w->result = READ_ONCE(t->ioprio);
}

/* Several: the one that is served first. "None" counts as what nice gives. */
static void visit_get_best(struct who_walk *who, struct task *t)
{
	struct ioprio_walk *w = container_of(who, struct ioprio_walk, who);
	long prio = READ_ONCE(t->ioprio);

	if (IOPRIO_PRIO_CLASS(prio) == IOPRIO_CLASS_NONE)
		prio = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, (t->nice + 20) / 5);
	if (w->result == -ESRCH || prio < w->result)
		w->result = prio;
}

long sys_ioprio_get(int which, int who)
{
	struct ioprio_walk w = { .result = -ESRCH };
	int err;

	w.who.visit = which == IOPRIO_WHO_PROCESS ? visit_get_own
						  : visit_get_best;
	err = who_walk(&w.who, which - IOPRIO_WHO_PROCESS, who);
	return err ? err : w.result;
}
