// SPDX-License-Identifier: MIT
/*
 * What parents hear: a child has died, stopped or continued; and which
 * process groups nobody controls any more.
 *
 * A death's SIGCHLD takes the queue entry that the child's group was born
 * with (signal->notice): exit neither allocates nor fails.
 */
#include "kernel/lib/string.h"
#include "kernel/task/cred.h"
#include "kernel/task/signal_impl.h"

#define TICKS(ns) ((ns) / (NSEC_PER_SEC / 100)) /* clock_t */

/* ---- orphaned process groups -------------------------------------------- */

/* A member whose parent is in another group of the same session? */
static bool pgrp_member_controlled(const struct task *t, struct pid *pgrp)
{
	const struct task *parent = t->parent;

	if ((t->state & (TASK_ZOMBIE | TASK_DEAD)) &&
	    t->signal->nr_threads == 1)
		return false;
	if (parent == init_pid_ns.child_reaper || parent == &init_task)
		return false;
	return parent->signal->pids[PIDTYPE_PGID] != pgrp &&
	       parent->signal->pids[PIDTYPE_SID] ==
		       t->signal->pids[PIDTYPE_SID];
}

bool pgrp_is_orphaned_without(struct pid *pgrp, const struct task *ignored)
{
	struct task *t;

	assert_held(&tasklist_lock);
	for_each_pid_task (pgrp, PIDTYPE_PGID, t)
		if (t != ignored && pgrp_member_controlled(t, pgrp))
			return false;
	return true;
}

bool pgrp_is_orphaned(struct pid *pgrp)
{
	return pgrp_is_orphaned_without(pgrp, NULL);
}

/* ---- telling the parent ------------------------------------------------- */

static void info_fill(struct kernel_siginfo *info, const struct task *t,
		      int sig)
{
	const struct signal *group = t->signal;

	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->pid = task_tgid_nr_ns(t, task_active_pid_ns(t->parent));
	info->uid = t->cred->uid;
	info->utime = TICKS(group->utime + t->utime);
	info->stime = TICKS(group->stime + t->stime);
}

static void info_set_status(struct kernel_siginfo *info, int exit_code)
{
	if (exit_code & 0x7f) {
		info->si_code = CLD_KILLED;
		info->status = exit_code & 0x7f;
	} else {
		info->si_code = CLD_EXITED;
		info->status = exit_code >> 8;
	}
}

/* A parent that ignores SIGCHLD, or says so, has its children reaped. */
static bool parent_does_not_wait(const struct task *parent)
{
	const struct k_sigaction *ka = &parent->sighand->action[SIGCHLD - 1];

	return handler_is_ignore(ka) || (ka->flags & SA_NOCLDWAIT);
}

bool signal_notify_exit(struct task *t, int sig)
{
	struct task *parent = t->parent;
	struct kernel_siginfo info;
	bool autoreap = false;
	struct sighand *sh;

	assert_held(&tasklist_lock);
	/* What was asked for at clone was asked of another program. */
	if (sig != SIGCHLD && t->parent_exec_id != parent->self_exec_id)
		sig = SIGCHLD;
	wake_up_poll(&t->pid->pidfd_wait, ~0u);
	sh = parent->sighand;
	spin_lock(&sh->lock);
	if (sig == SIGCHLD && parent_does_not_wait(parent)) {
		autoreap = true;
		if (handler_is_ignore(&sh->action[SIGCHLD - 1]))
			sig = 0;
	}
	if (sig > 0 && sig <= _NSIG) {
		info_fill(&info, t, sig);
		info_set_status(&info, t->exit_code);
		signal_post(parent, sig, t->signal->notice ? &info : NULL,
			    &t->signal->notice, true);
	}
	spin_unlock(&sh->lock);
	wake_up_all(&parent->signal->child_wait);
	return autoreap;
}

/* @code: CLD_STOPPED or CLD_CONTINUED. */
static void notify_job_locked(int code, struct sigqueue **q)
{
	struct task *leader = current->signal->leader;
	struct task *parent = leader->parent;
	struct sighand *sh = parent->sighand;
	const struct k_sigaction *ka = &sh->action[SIGCHLD - 1];
	struct kernel_siginfo info;

	info_fill(&info, leader, SIGCHLD);
	info.uid = current->cred->uid;
	info.si_code = code;
	info.status = code == CLD_CONTINUED ? SIGCONT :
					      current->signal->group_exit_code;
	spin_lock(&sh->lock);
	if (!handler_is_ignore(ka) && !(ka->flags & SA_NOCLDSTOP))
		signal_post(parent, SIGCHLD, &info, q, true);
	spin_unlock(&sh->lock);
	/* Whether told by a signal or not: wait4() looks for itself. */
	wake_up_all(&parent->signal->child_wait);
}

void signal_notify_job(int code)
{
	struct sigqueue *q = sigqueue_new_plain();
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	notify_job_locked(code, &q);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	sigqueue_free(q);
}
