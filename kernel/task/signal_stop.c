// SPDX-License-Identifier: MIT
/*
 * Job control: stopping and continuing a thread group. And the freezer's order,
 * which stops a task without a signal and without telling anybody: kernel/cgroup/
 * freeze.c has the theory.
 *
 * States of a group: running; stopping (some threads have
 * JOBCTL_STOP_PENDING, group_stop_count counts those who have still to stop);
 * stopped (SIGNAL_STOP_STOPPED). The last thread to stop tells the parent.
 * SIGCONT, when it is *sent*, ends any of these, whether it is then ignored
 * or not; the parent hears of it from the thread that goes on.
 *
 * group_exit_code keeps the stop signal while the group is stopped; wait4()
 * takes it there and sets it to 0 when it has reported it.
 *
 * All state is under sighand->lock.
 */
#include "kernel/task/signal_impl.h"

/* @t has stopped, or will not: true for the last one. */
static bool stop_count_down(struct task *t)
{
	struct signal *sig = t->signal;

	if (!(t->jobctl & JOBCTL_STOP_PENDING))
		return false;
	t->jobctl &= ~(JOBCTL_STOP_PENDING | JOBCTL_STOP_DEQUEUED);
	if (sig->group_stop_count)
		sig->group_stop_count--;
	if (sig->group_stop_count || (sig->flags & SIGNAL_STOP_STOPPED))
		return false;
	sig->flags = SIGNAL_STOP_STOPPED;
	return true;
}

bool signal_stop_leave(void)
{
	return stop_count_down(current);
}

/* Mark every running thread; current is one of them. */
static void stop_begin(int code)
{
	struct signal *sig = current->signal;
	struct task *t;

	if (!(sig->flags & SIGNAL_STOP_STOPPED))
		sig->group_exit_code = code;
	sig->group_stop_count = 0;
	for_each_thread (current, t) {
		if ((t->flags & PF_EXITING) || (t->jobctl & JOBCTL_STOPPED))
			continue;
		t->jobctl |= JOBCTL_STOP_PENDING;
		sig->group_stop_count++;
		if (t != current)
			signal_wake(t, 0);
	}
}

bool signal_stop(int sig, u64 irq)
{
	struct sighand *sh = current->sighand;
	bool last;

	if (!(current->jobctl & JOBCTL_STOP_PENDING)) {
		/* A SIGCONT that came since then has cleared DEQUEUED. */
		if (!(current->jobctl & JOBCTL_STOP_DEQUEUED) ||
		    (current->signal->flags & SIGNAL_GROUP_EXIT) ||
		    current->signal->group_exec)
			return false;
		stop_begin(sig);
	}
	last = stop_count_down(current);
	current->jobctl |= JOBCTL_STOPPED;
	set_current_state(TASK_STOPPED);
	spin_unlock_irqrestore(&sh->lock, irq);
	if (last)
		signal_notify_job(CLD_STOPPED);
	task_freeze_enter(); /* it does not run: it counts as frozen */
	schedule();
	irq = spin_lock_irqsave(&sh->lock);
	current->jobctl &= ~JOBCTL_STOPPED;
	signal_recalc_locked(current);
	spin_unlock_irqrestore(&sh->lock, irq);
	return true;
}

void signal_cont_prepare(struct task *t)
{
	struct signal *sig = t->signal;
	struct task *thread;
	u32 news = 0;

	signal_flush_group(t, SIGNALS_STOP);
	for_each_thread (t, thread) {
		thread->jobctl &= ~(JOBCTL_STOP_PENDING | JOBCTL_STOP_DEQUEUED);
		if (thread->jobctl & JOBCTL_STOPPED) {
			thread->jobctl &= ~JOBCTL_STOPPED;
			task_set_work(thread, WORK_SIGNAL);
			wake_up_state(thread, TASK_STOPPED);
		}
	}
	if (sig->flags & SIGNAL_STOP_STOPPED)
		news = SIGNAL_CLD_CONTINUED;
	else if (sig->group_stop_count)
		news = SIGNAL_CLD_STOPPED;
	if (!news)
		return;
	sig->flags = news | SIGNAL_STOP_CONTINUED;
	sig->group_stop_count = 0;
	sig->group_exit_code = 0;
}

int signal_stop_news(void)
{
	struct signal *sig = current->signal;
	u32 news = sig->flags & (SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED);

	sig->flags &= ~news;
	if (!news)
		return 0;
	return news & SIGNAL_CLD_CONTINUED ? CLD_CONTINUED : CLD_STOPPED;
}

/* ---- the freezer's order --------------------------------------------------- */

void signal_freeze(struct task *t, bool freeze)
{
	u64 irq;
	struct sighand *sh = sighand_lock(t, &irq);

	if (!sh)
		return;
	if (freeze)
		t->jobctl |= JOBCTL_FREEZE;
	else
		t->jobctl &= ~JOBCTL_FREEZE;
	signal_wake(t, 0);
	spin_unlock_irqrestore(&sh->lock, irq);
}

void signal_freeze_born(struct task *child)
{
	child->jobctl |= JOBCTL_FREEZE;
	task_set_work(child, WORK_SIGNAL);
}

/* Whatever wakes it, it looks again; so signals wait, and SIGKILL does not. It
 * stays counted until there is no order to stop any more. */
void signal_freeze_obey(u64 irq)
{
	struct sighand *sh = current->sighand;
	bool freeze = current->jobctl & JOBCTL_FREEZE;

	if (freeze)
		set_current_state(TASK_INTERRUPTIBLE);
	spin_unlock_irqrestore(&sh->lock, irq);
	if (freeze) {
		task_freeze_enter();
		schedule();
	} else {
		task_freeze_leave();
	}
}
