// SPDX-License-Identifier: MIT
/*
 * Whose children are they now? Another thread's of the same process, a
 * subreaper's among the ancestors (prctl(2)), or init's of the pid namespace
 * (pid_namespaces(7)); and what else the end of a parent means.
 */
#include <linux/wait.h>

#include "kernel/process/process.h"
#include "kernel/task/signal_impl.h"

/* A thread of @p's process that is not ending; NULL. */
static struct task *alive_thread(struct task *p)
{
	struct task *t;

	for_each_thread(p, t)
		if (!(t->flags & PF_EXITING))
			return t;
	return NULL;
}

static struct task *find_subreaper(struct task *t, struct task *init)
{
	struct task *p, *thread;

	if (!t->signal->has_child_subreaper)
		return NULL;
	for (p = t->parent; p && !same_thread_group(p, init) &&
			    pid_ns_of(p->pid) == pid_ns_of(t->pid);
	     p = p->parent) {
		if (p == &init_task)
			return NULL;
		if (!p->signal->is_child_subreaper)
			continue;
		thread = alive_thread(p);
		if (thread)
			return thread;
	}
	return NULL;
}

static struct task *find_reaper(struct task *t)
{
	struct pid_ns *ns = task_active_pid_ns(t);
	struct task *thread = alive_thread(t), *init = ns->child_reaper;

	if (thread) {
		if (init == t)
			ns->child_reaper = thread;
		return thread;
	}
	if (init == t || same_thread_group(init, t))
		return NULL; /* its namespace is empty: no children are left */
	thread = find_subreaper(t, init);
	return thread ? thread : init;
}

static bool has_stopped_jobs(struct pid *pgrp)
{
	struct task *t;

	for_each_pid_task(pgrp, PIDTYPE_PGID, t)
		if (t->signal->flags & SIGNAL_STOP_STOPPED)
			return true;
	return false;
}

/**
 * pgrp_kill_orphaned - a group that nobody can continue any more is hung up
 * @t: process that ends, or (with @parent) whose parent ends
 * @parent: the one that ends, NULL: @t itself
 *
 * Context: tasklist_lock held.
 */
void pgrp_kill_orphaned(struct task *t, const struct task *parent)
{
	struct pid *pgrp = t->signal->pids[PIDTYPE_PGID];
	const struct task *ignored = t;

	if (!parent)
		parent = t->parent;
	else
		ignored = NULL;
	if (parent->signal->pids[PIDTYPE_PGID] != pgrp &&
	    parent->signal->pids[PIDTYPE_SID] ==
		    t->signal->pids[PIDTYPE_SID] &&
	    pgrp_is_orphaned_without(pgrp, ignored) &&
	    has_stopped_jobs(pgrp)) {
		signal_send_pgrp_locked(pgrp, SIGHUP, NULL);
		signal_send_pgrp_locked(pgrp, SIGCONT, NULL);
	}
}

/* One child of @t goes to @reaper. */
static void child_move(struct task *child, struct task *t, struct task *reaper,
		       struct list *dead)
{
	struct task *thread;

	for_each_thread(child, thread) {
		thread->parent = reaper;
		if (thread->pdeath_signal)
			signal_send(thread, thread->pdeath_signal, NULL, true);
	}
	child->parent = reaper; /* a leader may have left its list's order */
	list_move_tail(&child->sibling, &reaper->children);
	if (same_thread_group(reaper, t))
		return;
	child->exit_signal = SIGCHLD;
	if (child->state == TASK_ZOMBIE && child->signal->nr_threads == 1 &&
	    signal_notify_exit(child, SIGCHLD)) {
		child->state = TASK_DEAD;
		list_move_tail(&child->sibling, dead);
	}
	pgrp_kill_orphaned(child, t);
}

void children_reparent(struct task *t, struct list *dead)
{
	struct task *reaper = find_reaper(t), *child, *tmp;

	if (!reaper) {
		assert(list_empty(&t->children));
		return;
	}
	list_for_each_entry_safe(child, tmp, &t->children, sibling)
		child_move(child, t, reaper, dead);
}

/* ---- the end of a pid namespace -------------------------------------------------- */

static void ignore_children(void)
{
	u64 irq = spin_lock_irqsave(&current->sighand->lock);

	current->sighand->action[SIGCHLD - 1].handler =
		(void __user *)SIG_IGN;
	spin_unlock_irqrestore(&current->sighand->lock, irq);
}

static void kill_everyone(struct pid_ns *ns)
{
	struct pid *pid;
	pid_t nr = 2;

	while ((pid = pid_next_get(ns, nr))) {
		struct task *t = pid_task_get(pid, PIDTYPE_PID);

		nr = pid_nr(pid, ns) + 1;
		if (t && !same_thread_group(t, current))
			signal_force_fatal(t);
		if (t)
			task_put(t);
		pid_put(pid);
	}
}

/* Children that are zombies already, or become such, are not left. */
static void bury_children(void)
{
	for (;;) {
		struct wait_request w = { .type = PIDTYPE_MAX,
					  .options = __WALL | WEXITED };

		task_clear_work(current, WORK_SIGNAL);
		if (process_wait(&w) == -ECHILD)
			return;
		sched_yield_current(); /* interrupted: let them die */
	}
}

/**
 * pid_ns_kill - init has died: SIGKILL for everyone, and wait for their end
 * @ns: whose init is current, its last thread
 *
 * Members that entered from outside (setns) are not our children: their numbers
 * are waited for.
 */
void pid_ns_kill(struct pid_ns *ns)
{
	u32 own = thread_group_leader(current) ? 1 : 2;

	pid_ns_close(ns);
	ignore_children();
	kill_everyone(ns);
	bury_children();
	/* An ordinary sleep ("S" in stat), since it may be long; a signal
	 * only makes it look again. */
	do
		task_clear_work(current, WORK_SIGNAL);
	while (wait_event_interruptible(&ns->empty_wait,
					READ_ONCE(ns->nr_pids) <= own));
}
