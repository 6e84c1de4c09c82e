// SPDX-License-Identifier: MIT
/* Visit the tasks that a (which, who) pair names: see who.h. */
#include <linux/resource.h>

#include "kernel/lib/err.h"
#include "kernel/sys/who.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

static bool is_of_user(struct task *t, kuid_t uid)
{
	bool mine;

	spin_lock(&t->lock);
	mine = t->cred->uid == uid;
	spin_unlock(&t->lock);
	return mine && task_pid_nr_ns(t, task_active_pid_ns(current));
}

/* Every thread of @pgrp, or without one of @uid. */
static void walk_many(struct who_walk *w, struct pid *pgrp, kuid_t uid)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t;

	list_for_each_entry (t, &task_list, all_link) {
		if (t->state & (TASK_ZOMBIE | TASK_DEAD))
			continue;
		if (pgrp ? t->signal->pids[PIDTYPE_PGID] == pgrp
			 : is_of_user(t, uid))
			w->visit(w, t);
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
}

static void walk_one(struct who_walk *w, pid_t nr)
{
	struct task *t = nr ? task_find_get(task_active_pid_ns(current), nr)
			    : task_get(current);

	if (!t)
		return;
	w->visit(w, t);
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

int who_walk(struct who_walk *w, int which, int who)
{
	struct pid *pgrp;
	kuid_t uid;

	switch (which) {
	case PRIO_PROCESS:
		walk_one(w, who);
		return 0;
	case PRIO_PGRP:
		pgrp = pgrp_get(who);
		if (pgrp)
			walk_many(w, pgrp, 0);
		pid_put(pgrp);
		return 0;
	case PRIO_USER:
		uid = who ? make_kuid(current_user_ns(), (uid_t)who) :
			    current->cred->uid;
		if (uid != INVALID_ID)
			walk_many(w, NULL, uid);
		return 0;
	default:
		return -EINVAL;
	}
}
