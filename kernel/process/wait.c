// SPDX-License-Identifier: MIT
/*
 * wait4(2) and waitid(2): look for a child that has something to tell, else
 * sleep on the process's child_wait until one has.
 *
 * A look at all children is made under tasklist_lock; who finds a zombie there
 * makes it DEAD, so that one waiter alone buries it.
 */
#include <linux/wait.h>

#include "kernel/lib/string.h"
#include "kernel/process/process.h"
#include "kernel/task/cred.h"
#include "kernel/task/rusage.h"
#include "kernel/task/signal_impl.h"

static bool is_meant(const struct wait_request *w, const struct task *t)
{
	switch (w->type) {
	case PIDTYPE_MAX:
		return true;
	case PIDTYPE_PGID:
		return t->signal->pids[PIDTYPE_PGID] == w->pid;
	default:
		return t->pid == w->pid;
	}
}

/* A "clone" child is one that does not tell its end by SIGCHLD. */
static bool is_kind(const struct wait_request *w, const struct task *t)
{
	if (w->options & __WALL)
		return true;
	return (t->exit_signal != SIGCHLD) == !!(w->options & __WCLONE);
}

static void tell(struct wait_request *w, struct task *t, int code, int status)
{
	struct pid_ns *ns = task_active_pid_ns(current);

	w->found = task_pid_nr_ns(t, ns);
	memset(&w->info, 0, sizeof(w->info));
	w->info.si_signo = SIGCHLD;
	w->info.si_code = code;
	w->info.pid = w->found;
	w->info.uid = t->cred->uid;
	w->info.status = status;
	task_rusage(t, RUSAGE_OF_BOTH, &w->ru);
}

static int exit_status_of(const struct task *t)
{
	return t->signal->flags & SIGNAL_GROUP_EXIT ?
		       t->signal->group_exit_code : t->exit_code;
}

/* What @t and its buried children used, for the parent's account. */
static void times_to_parent(const struct task *t)
{
	const struct signal *sig = t->signal;
	struct signal *mine = current->signal;

	mine->cutime += sig->utime + t->utime + sig->cutime;
	mine->cstime += sig->stime + t->stime + sig->cstime;
	mine->cmin_flt += sig->min_flt + t->min_flt + sig->cmin_flt;
	mine->cmaj_flt += sig->maj_flt + t->maj_flt + sig->cmaj_flt;
}

static bool try_zombie(struct wait_request *w, struct task *t)
{
	int status = exit_status_of(t), sig = status & 0x7f;

	if (t->state != TASK_ZOMBIE || t->signal->nr_threads > 1 ||
	    !(w->options & WEXITED))
		return false;
	if (sig)
		tell(w, t, status & 0x80 ? CLD_DUMPED : CLD_KILLED, sig);
	else
		tell(w, t, CLD_EXITED, status >> 8);
	w->status = status;
	if (!(w->options & WNOWAIT)) {
		times_to_parent(t);
		t->state = TASK_DEAD;
	}
	return true;
}

static bool try_stopped(struct wait_request *w, struct task *t)
{
	struct signal *sig = t->signal;
	int code = sig->group_exit_code;

	if (!(w->options & WSTOPPED) || !(sig->flags & SIGNAL_STOP_STOPPED) ||
	    !code)
		return false;
	tell(w, t, CLD_STOPPED, code);
	w->status = code << 8 | 0x7f;
	if (!(w->options & WNOWAIT))
		sig->group_exit_code = 0; /* reported */
	return true;
}

static bool try_continued(struct wait_request *w, struct task *t)
{
	struct signal *sig = t->signal;

	if (!(w->options & WCONTINUED) || !(sig->flags & SIGNAL_STOP_CONTINUED))
		return false;
	tell(w, t, CLD_CONTINUED, SIGCONT);
	w->status = 0xffff;
	if (!(w->options & WNOWAIT))
		sig->flags &= ~(u32)SIGNAL_STOP_CONTINUED;
	return true;
}

/* Does @t tell something? sighand->lock of a live one protects its state. */
static bool try_child(struct wait_request *w, struct task *t)
{
	struct sighand *sh = t->sighand;
	bool found;

	if (try_zombie(w, t))
		return true;
	if (!sh || t->state == TASK_DEAD)
		return false;
	spin_lock(&sh->lock);
	found = try_stopped(w, t) || try_continued(w, t);
	spin_unlock(&sh->lock);
	return found;
}

/* 1: @w is answered, *@reap to be released; 0: children, but nothing yet;
 * -ECHILD. */
static int look_at(struct wait_request *w, struct task *parent,
		   struct task **reap, int found)
{
	struct task *t;

	list_for_each_entry(t, &parent->children, sibling) {
		if (t->state == TASK_DEAD || !is_meant(w, t) || !is_kind(w, t))
			continue;
		found = 0;
		if (try_child(w, t)) {
			*reap = t->state == TASK_DEAD ? t : NULL;
			return 1;
		}
	}
	return found;
}

static int look(struct wait_request *w, struct task **reap)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *thread;
	int found = -ECHILD;

	for_each_thread(current, thread) {
		if ((w->options & __WNOTHREAD) && thread != current)
			continue;
		found = look_at(w, thread, reap, found);
		if (found == 1)
			break;
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return found;
}

/**
 * process_wait - wait for a child
 * @w: whom and what for; answered there
 *
 * Context: may sleep.
 * Return: 0, with w->found == 0 if WNOHANG and nothing to tell; -ECHILD;
 * -ERESTARTSYS.
 */
int process_wait(struct wait_request *w)
{
	struct waitq *q = &current->signal->child_wait;
	struct task *reap = NULL;
	struct waiter waiter;
	int ret;

	w->found = 0;
	waiter_init(&waiter);
	for (;;) {
		wait_prepare(q, &waiter, TASK_INTERRUPTIBLE);
		ret = look(w, &reap);
		if (ret || (w->options & WNOHANG))
			break;
		ret = wait_interrupted(TASK_INTERRUPTIBLE);
		if (ret)
			break;
		schedule();
	}
	wait_finish(q, &waiter);
	if (reap)
		task_release(reap);
	return ret < 0 ? ret : 0;
}
