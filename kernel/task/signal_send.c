// SPDX-License-Identifier: MIT
/*
 * Sending signals: is it wanted at all, where is it kept, who is woken.
 *
 * A signal with a siginfo needs a queue entry, which is made before any lock is
 * taken. Without one (info == NULL: the kernel, interrupts) it is only a bit.
 */
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/signal_impl.h"

/* ---- is it wanted? ------------------------------------------------------ */

static bool kernel_only(int sig)
{
	return SIGNALS_UNBLOCKABLE & SIGMASK(sig);
}

/*
 * Would delivery do nothing? @force: it comes from the kernel or from outside
 * the receiver's pid namespace, so that KILL and STOP reach even its init.
 */
static bool action_is_nothing(struct task *t, int sig, bool force)
{
	const struct k_sigaction *ka = &t->sighand->action[sig - 1];

	if (t->signal->unkillable && handler_is_default(ka)) {
		if (task_active_pid_ns(t) == &init_pid_ns)
			return true;
		if (!force || !kernel_only(sig))
			return true;
	}
	return signal_ignored(t, sig);
}

/* Side effects that come even if the signal is then ignored. False: drop it. */
static bool signal_prepare(struct task *t, int sig, bool force)
{
	if ((t->signal->flags & SIGNAL_GROUP_EXIT) || (t->flags & PF_KTHREAD))
		return false;
	if (SIGNALS_STOP & SIGMASK(sig))
		signal_flush_group(t, SIGMASK(SIGCONT));
	else if (sig == SIGCONT)
		signal_cont_prepare(t);
	/* A blocked signal may be waited for, or get a handler later. */
	if (t->blocked & SIGMASK(sig))
		return true;
	return !action_is_nothing(t, sig, force);
}

/* ---- who is woken? ------------------------------------------------------ */

static bool thread_wants(const struct task *t, int sig)
{
	if ((t->blocked & SIGMASK(sig)) || (t->flags & PF_EXITING))
		return false;
	if (sig == SIGKILL)
		return true;
	return !(t->jobctl & JOBCTL_STOPPED);
}

/* A thread that takes @sig: @t if it can, one without work if possible. */
static struct task *thread_choose(struct task *t, int sig, bool group)
{
	struct task *thread, *busy = NULL;

	if (thread_wants(t, sig)) {
		if (!group || !signal_pending(t))
			return t;
		busy = t;
	}
	if (!group)
		return NULL;
	for_each_thread(t, thread) {
		if (!thread_wants(thread, sig))
			continue;
		if (!signal_pending(thread))
			return thread;
		if (!busy)
			busy = thread;
	}
	return busy;
}

/* Does @sig, which @t is to take, end the process at once? */
static bool signal_is_fatal(const struct task *t, int sig)
{
	return handler_is_default(&t->sighand->action[sig - 1]) &&
	       !((SIGNALS_IGNORED | SIGNALS_STOP | SIGNALS_CORE) &
		 SIGMASK(sig)) &&
	       (!t->signal->unkillable || kernel_only(sig));
}

u32 signal_zap_threads(struct task *t, const struct task *but)
{
	struct task *thread;
	u32 n = 0;

	t->signal->group_stop_count = 0;
	for_each_thread(t, thread) {
		if (thread == but)
			continue;
		n++;
		if (thread->state & (TASK_ZOMBIE | TASK_DEAD))
			continue;
		thread->jobctl &= ~JOBCTL_STOP_PENDING;
		thread->pending.set |= SIGMASK(SIGKILL);
		signal_wake(thread, TASK_KILLABLE | TASK_STOPPED);
	}
	return n;
}

/* A signal is pending now: wake one thread, or end them all at once. */
static void signal_complete(struct task *t, int sig, bool group)
{
	struct task *taker = thread_choose(t, sig, group);

	wake_up_all(&t->signal->signalfd_wait);
	if (!taker)
		return;
	if (signal_is_fatal(taker, sig)) {
		t->signal->flags = SIGNAL_GROUP_EXIT;
		t->signal->group_exit_code = sig;
		signal_zap_threads(t, NULL);
		return;
	}
	signal_wake(taker, sig == SIGKILL ? TASK_KILLABLE | TASK_STOPPED : 0);
}

/* ---- posting ------------------------------------------------------------ */

static bool from_user(const struct kernel_siginfo *info)
{
	return info && info->si_code <= 0;
}

/* Can the receiver's pid namespace name the sender? */
static bool sender_visible(const struct task *t)
{
	return task_tgid_nr_ns(current, task_active_pid_ns(t)) != 0;
}

/* @info as the receiver shall see it. */
static void info_translate(struct kernel_siginfo *to, const struct task *t,
			   int sig, const struct kernel_siginfo *info)
{
	*to = *info;
	to->si_signo = sig;
	if (info->si_code == SI_USER || info->si_code == SI_TKILL)
		to->pid = task_tgid_nr_ns(current, task_active_pid_ns(t));
	else if (from_user(info) && info->si_code != SI_TIMER &&
		 !sender_visible(t))
		to->pid = 0;
}

/* Put it into the set and the queue; 0 or -EAGAIN. */
static int signal_enqueue(struct task *t, struct sigpending *p, int sig,
			  const struct kernel_siginfo *info,
			  struct sigqueue **q)
{
	if (*q && sig != SIGKILL) {
		info_translate(&(*q)->info, t, sig, info);
		list_add_tail(&(*q)->link, &p->queue);
		*q = NULL;
	} else if (!*q && info && sig >= SIG_QUEUED_FROM &&
		   info->si_code != SI_USER) {
		return -EAGAIN;
	}
	p->set |= SIGMASK(sig);
	return 0;
}

int signal_post(struct task *t, int sig, const struct kernel_siginfo *info,
		struct sigqueue **q, bool group)
{
	struct sigpending *p = group ? &t->signal->shared_pending : &t->pending;
	bool force = from_user(info) ? !sender_visible(t) : !info;
	int err;

	assert_held(&t->sighand->lock);
	if (!signal_prepare(t, sig, force))
		return 0;
	if (sig < SIG_QUEUED_FROM && (p->set & SIGMASK(sig)))
		return 0;
	err = signal_enqueue(t, p, sig, info, q);
	if (!err)
		signal_complete(t, sig, group);
	return err;
}

/**
 * signal_send - send @sig to a thread or its group; nothing is checked
 * @info: who and why; NULL: the kernel. SI_USER and SI_TKILL get current's pid
 *	  as the receiver's namespace numbers it, 0 if it is not seen there.
 *
 * Context: with @info, no spinlock held; without, anything.
 * Return: 0 (also if it is ignored), -ESRCH (@t is reaped), -EAGAIN (a queued
 * signal, and the receiver's queue is full).
 */
int signal_send(struct task *t, int sig, const struct kernel_siginfo *info,
		bool group)
{
	struct sigqueue *q = NULL;
	struct sighand *sh;
	int err = -ESRCH;
	u64 irq;

	if (info) {
		sigqueue_drain();
		q = sigqueue_new(t, sig >= SIG_QUEUED_FROM ||
					    info->si_code < 0);
	}
	sh = sighand_lock(t, &irq);
	if (sh) {
		err = signal_post(t, sig, info, &q, group);
		spin_unlock_irqrestore(&sh->lock, irq);
	}
	sigqueue_free(q);
	return err;
}

/* ---- special senders ---------------------------------------------------- */

/**
 * signal_force_info - current did something that it cannot go on from
 *
 * The signal can be neither blocked nor ignored: it then kills, even an init.
 */
void signal_force_info(const struct kernel_siginfo *info)
{
	int sig = info->si_signo;
	struct sigqueue *q = sigqueue_new(current, false);
	struct k_sigaction *ka;
	struct sighand *sh;
	u64 irq;

	sh = sighand_lock(current, &irq);
	ka = &sh->action[sig - 1];
	if ((current->blocked & SIGMASK(sig)) || handler_is_ignore(ka)) {
		current->blocked &= ~SIGMASK(sig);
		ka->handler = NULL;
	}
	if (handler_is_default(ka))
		current->signal->unkillable = false;
	signal_post(current, sig, info, &q, false);
	signal_recalc_locked(current);
	spin_unlock_irqrestore(&sh->lock, irq);
	sigqueue_free(q);
}

void signal_force(int sig, int code, u64 addr)
{
	struct kernel_siginfo info = {
		.si_signo = sig, .si_code = code, .addr = addr,
	};

	signal_force_info(&info);
}

void trap_signal(int sig, int code, u64 addr)
{
	signal_force(sig, code, addr);
}

/* Whoever it is, it ends: no memory for its fault, its frame is gone. */
void signal_force_fatal(struct task *t)
{
	struct sigqueue *q = NULL;
	u64 irq;
	struct sighand *sh = sighand_lock(t, &irq);

	if (!sh)
		return;
	t->signal->unkillable = false;
	signal_post(t, SIGKILL, NULL, &q, true);
	spin_unlock_irqrestore(&sh->lock, irq);
}

int signal_send_prealloc(struct task *t, struct sigqueue *q, bool group)
{
	struct sigqueue *unused = q;
	u64 irq;
	struct sighand *sh = sighand_lock(t, &irq);
	struct sigpending *p = group ? &t->signal->shared_pending : &t->pending;
	int sig = q->info.si_signo, ret = 0;

	if (!sh)
		return -ESRCH;
	if (!list_empty(&q->link)) {
		ret = 1;
	} else if (!signal_prepare(t, sig, false)) {
		ret = 2;
	} else if (sig < SIG_QUEUED_FROM && (p->set & SIGMASK(sig))) {
		ret = 1;
	} else {
		list_add_tail(&unused->link, &p->queue);
		p->set |= SIGMASK(sig);
		signal_complete(t, sig, group);
	}
	spin_unlock_irqrestore(&sh->lock, irq);
	return ret;
}

void signal_cancel_prealloc(struct task *t, struct sigqueue *q)
{
	u64 irq;
	struct sighand *sh = sighand_lock(t, &irq);

	/* A set bit that stays behind is dequeued as a signal without a
	 * cause, as on Linux when a timer is deleted late. */
	list_del(&q->link);
	if (sh)
		spin_unlock_irqrestore(&sh->lock, irq);
}
