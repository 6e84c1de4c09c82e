// SPDX-License-Identifier: MIT
/*
 * A process that calls execve(2) goes on with one thread: the caller. The others
 * are killed; if the caller was not the leader it becomes the leader, with the
 * leader's number, parent and place in the tree (execve(2), "Effect on process
 * attributes").
 */
#include "kernel/process/exec.h"
#include "kernel/process/process.h"
#include "kernel/task/signal_impl.h"

static bool alone(void)
{
	const struct signal *sig = current->signal;
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	bool yes = sig->nr_threads == 1 ||
		   (sig->leader != current && sig->nr_threads == 2 &&
		    sig->leader->state == TASK_ZOMBIE);

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return yes;
}

static int wait_alone(void)
{
	int err = 0;

	for (;;) {
		set_current_state(TASK_KILLABLE);
		if (alone())
			break;
		if (fatal_signal_pending(current)) {
			err = -EAGAIN;
			break;
		}
		schedule();
	}
	set_current_state(TASK_RUNNING);
	return err;
}

static int zap_begin(void)
{
	struct signal *sig = current->signal;
	u64 irq = spin_lock_irqsave(&current->sighand->lock);
	int err = 0;

	if (sig->flags & SIGNAL_GROUP_EXIT || sig->group_exec) {
		err = -EAGAIN;
	} else {
		sig->group_exec = current;
		signal_zap_threads(current, current);
	}
	spin_unlock_irqrestore(&current->sighand->lock, irq);
	return err;
}

/* tasklist_lock held. */
static void take_place_of(struct task *leader)
{
	struct task *t = current;

	pid_detach(t, PIDTYPE_PID);
	t->old_pid = t->pid;
	t->pid = pid_get(leader->pid);
	t->signal->leader = t;
	for (enum pid_type type = PIDTYPE_PID; type < PIDTYPE_MAX; type++) {
		pid_attach(t, type);
		pid_detach(leader, type);
	}
	t->parent = leader->parent;
	t->parent_exec_id = leader->parent_exec_id;
	list_add(&t->sibling, &leader->sibling);
	list_move(&t->thread_link, &t->signal->threads);
	t->exit_signal = leader->exit_signal;
	t->start_time = leader->start_time;
	leader->exit_signal = -1;
	leader->state = TASK_DEAD;
	if (task_active_pid_ns(t)->child_reaper == leader)
		task_active_pid_ns(t)->child_reaper = t;
}

static void become_leader(void)
{
	struct task *leader = current->signal->leader;
	u64 irq;

	if (leader == current)
		return;
	irq = spin_lock_irqsave(&tasklist_lock);
	take_place_of(leader);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	task_release(leader);
}

int de_thread(void)
{
	int err;

	if (alone() && thread_group_leader(current))
		return 0;
	err = zap_begin();
	if (err)
		return err;
	err = wait_alone();
	if (!err)
		become_leader();
	current->signal->group_exec = NULL;
	return err;
}
