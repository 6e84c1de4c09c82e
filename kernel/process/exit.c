// SPDX-License-Identifier: MIT
/*
 * The end of a task: give up what it holds, hand its children over, tell its
 * parent, become a zombie; and task_release(), which takes the zombie out of the
 * tree when it was waited for (or nobody will).
 */
#include "fs/file.h"
#include "fs/fs_struct.h"
#include "fs/procfs/procfs.h"
#include "fs/tty.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/ipc/task.h"
#include "kernel/mm/mm.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/ns/ucount.h"
#include "kernel/process/process.h"
#include "kernel/task/cred.h"
#include "kernel/task/futex.h"
#include "kernel/task/signal_impl.h"

/* ---- what a task gives up ------------------------------------------------------ */

static void vfork_release(struct task *t)
{
	spin_lock(&t->lock);
	if (t->vfork_done)
		complete(t->vfork_done);
	t->vfork_done = NULL;
	spin_unlock(&t->lock);
}

/* set_tid_address(2): pthread_join() waits on that word. */
static void tid_clear(struct task *t)
{
	u32 __user *p = t->clear_child_tid;

	t->clear_child_tid = NULL;
	if (!p || refcount_read(&t->mm->users) == 1)
		return;
	if (!put_user(0, p))
		futex_wake(p, false, 1, FUTEX_ANY);
}

/**
 * process_mm_release - what others wait for when a task leaves its memory
 * @t: current, its mm still in use
 */
void process_mm_release(struct task *t)
{
	futex_exit_robust(t);
	tid_clear(t);
	vfork_release(t);
}

static void exit_mm(struct task *t)
{
	struct mm *mm = t->mm;

	if (!mm)
		return;
	process_mm_release(t);
	spin_lock(&t->lock);
	t->mm = NULL;
	spin_unlock(&t->lock);
	owner_changed();
	mm_put(mm);
}

static void exit_files(struct task *t)
{
	struct files *files = t->files;
	struct fs *fs = t->fs;

	spin_lock(&t->lock);
	t->files = NULL;
	t->fs = NULL;
	spin_unlock(&t->lock);
	files_put(files);
	fs_put(fs);
}

static void exit_tty(struct task *t)
{
	struct signal *sig = t->signal;
	struct tty *tty;
	u64 irq;

	if (sig->leader_of_session)
		tty_session_exit(sig->leader);
	irq = spin_lock_irqsave(&tasklist_lock);
	tty = sig->tty;
	sig->tty = NULL;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	if (tty)
		tty_put(tty);
}

/* No more signals are for this thread; a stop does not wait for it. */
static void exit_signals(struct task *t)
{
	bool stopped;
	u64 irq = spin_lock_irqsave(&t->sighand->lock);

	t->flags |= PF_EXITING;
	signal_retarget(t, ~t->blocked);
	stopped = signal_stop_leave();
	spin_unlock_irqrestore(&t->sighand->lock, irq);
	if (stopped)
		signal_notify_job(CLD_STOPPED);
}

/* ---- out of the tree ------------------------------------------------------------- */

static void times_to_group(struct task *t)
{
	struct signal *sig = t->signal;

	sig->utime += t->utime;
	sig->stime += t->stime;
	sig->min_flt += t->min_flt;
	sig->maj_flt += t->maj_flt;
	sig->nvcsw += t->nvcsw;
	sig->nivcsw += t->nivcsw;
	t->utime = t->stime = t->min_flt = t->maj_flt = 0;
	t->nvcsw = t->nivcsw = 0;
}

/* exec waits until the other threads are gone. */
static void tell_exec(struct signal *sig)
{
	if (sig->group_exec)
		wake_up_state(sig->group_exec, TASK_KILLABLE);
}

/* tasklist_lock held. The leader, if it was only waiting for @t to go and its
 * parent does not want it either: to be released next. */
static struct task *unlink_task(struct task *t, struct sighand **sh)
{
	struct signal *sig = t->signal;
	struct task *leader = sig->leader, *next = NULL;

	spin_lock(&t->sighand->lock);
	times_to_group(t);
	list_del(&t->thread_link);
	list_del(&t->all_link);
	list_del(&t->sibling);
	t->pid->reaped = true;
	t->pid->exit_code = t->exit_code;
	for (enum pid_type type = PIDTYPE_TGID; type < PIDTYPE_MAX; type++)
		pid_detach(t, type);
	pid_detach(t, PIDTYPE_PID);
	sig->nr_threads--;
	*sh = sighand_detach(t);
	spin_unlock(&(*sh)->lock);
	tell_exec(sig);
	if (t != leader && sig->nr_threads == 1 &&
	    leader->state == TASK_ZOMBIE &&
	    signal_notify_exit(leader, leader->exit_signal)) {
		leader->state = TASK_DEAD;
		next = leader;
	}
	t->state = TASK_DEAD;
	return next;
}

void task_release(struct task *t)
{
	while (t) {
		struct sighand *sh;
		struct task *next;
		u64 irq = spin_lock_irqsave(&tasklist_lock);

		next = unlink_task(t, &sh);
		spin_unlock_irqrestore(&tasklist_lock, irq);
		sighand_detach_wait(t);
		sighand_put(sh);
		ucount_sub(t->cred->ucount, UCOUNT_NPROC, 1);
		proc_flush_pid(t->pid);
		cgroup_release(t);
		task_put(t); /* the tree's */
		t = next;
	}
}

/* ---- the last steps --------------------------------------------------------------- */

/* Does somebody have to wait for @t? tasklist_lock held. */
static bool notify_parent(struct task *t)
{
	if (!thread_group_leader(t))
		return false;
	if (t->signal->nr_threads > 1)
		return true; /* the last thread will tell */
	return !signal_notify_exit(t, t->exit_signal);
}

static void release_list(struct list *dead)
{
	while (!list_empty(dead)) {
		struct task *t = list_first(dead, struct task, sibling);

		list_del(&t->sibling);
		task_release(t);
	}
}

/* Current becomes a zombie, or goes altogether. */
static void exit_notify(struct task *t, int code, bool group_dead)
{
	struct list dead = LIST_INIT(dead);
	bool wanted;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	children_reparent(t, &dead);
	if (group_dead)
		pgrp_kill_orphaned(t->signal->leader, NULL);
	t->exit_code = code;
	task_leaves();
	wanted = notify_parent(t);
	t->state = wanted ? TASK_ZOMBIE : TASK_DEAD;
	if (wanted)
		tell_exec(t->signal); /* a leader: exec takes its place */
	spin_unlock_irqrestore(&tasklist_lock, irq);
	release_list(&dead);
	if (!wanted)
		task_release(t);
}

static void __noreturn leave_cpu(void)
{
	irq_disable();
	schedule();
	panic("exit: %s runs after its end", current->comm);
}

/* The last thread of an init: nobody of its namespace may outlive it. */
static int exit_init(struct task *t, int code)
{
	struct pid_ns *ns = task_active_pid_ns(t);

	if (!pid_is_init(t->signal->pids[PIDTYPE_TGID]))
		return code;
	if (t->signal->flags & SIGNAL_GROUP_EXIT)
		code = t->signal->group_exit_code;
	if (ns == &init_pid_ns)
		init_has_exited(code);
	pid_ns_kill(ns);
	if (ns->reboot_signal)
		code = t->signal->group_exit_code = ns->reboot_signal;
	return code;
}

/**
 * do_exit - end current
 * @code: wait status: exit code << 8 | signal
 *
 * Context: may sleep; no locks held.
 */
void do_exit(int code)
{
	struct task *t = current;
	bool group_dead;

	exit_signals(t);
	sched_account_exit();
	group_dead = !atomic_sub(&t->signal->live, 1);
	if (group_dead)
		itimers_exit(t->signal);
	exit_mm(t);
	ipc_task_leave();
	exit_files(t);
	if (group_dead)
		exit_tty(t);
	if (group_dead)
		code = exit_init(t, code);
	nsproxy_exit();
	cgroup_exit(t);
	sched_account_exit();
	exit_notify(t, code, group_dead);
	leave_cpu();
}

/**
 * do_group_exit - end current's process
 * @code: wait status; an exit that has begun already keeps its own
 */
void do_group_exit(int code)
{
	struct signal *sig = current->signal;
	u64 irq = spin_lock_irqsave(&current->sighand->lock);

	if (sig->flags & SIGNAL_GROUP_EXIT) {
		code = sig->group_exit_code;
	} else if (sig->group_exec && sig->group_exec != current) {
		code = 0;
	} else {
		sig->flags = SIGNAL_GROUP_EXIT;
		sig->group_exit_code = code;
		signal_zap_threads(current, current);
	}
	spin_unlock_irqrestore(&current->sighand->lock, irq);
	do_exit(code);
}
