// SPDX-License-Identifier: MIT
/*
 * On the way back to user space: take signals and act on them; restart the
 * system call that they interrupted (signal(7)).
 */
#include <asm/unistd.h>
#include <linux/signal.h>

#include "kernel/lib/err.h"
#include "kernel/task/signal_impl.h"

#define SYSCALL_INSN_LEN 2 /* of the instruction SYSCALL */

/* A signal for which a handler shall run. */
struct delivery {
	int sig;
	struct k_sigaction ka;
	struct kernel_siginfo info;
};

enum verdict { TAKE_NEXT, RELOCK, HANDLER, DIE };

/* Is the process to end whatever else is pending? sighand->lock held. */
static bool group_is_ending(int *code)
{
	struct signal *sig = current->signal;

	if (sig->flags & SIGNAL_GROUP_EXIT)
		*code = sig->group_exit_code;
	else if (sig->group_exec && sig->group_exec != current)
		*code = SIGKILL;
	else
		return false;
	return true;
}

static bool current_is_orphaned(void)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	bool orphaned = pgrp_is_orphaned(current->signal->pids[PIDTYPE_PGID]);

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return orphaned;
}

/* SIGTSTP and its like do nothing in a group that nobody could continue. */
static enum verdict take_stop(struct sighand *sh, int sig, u64 *irq)
{
	bool orphaned = false;

	if (sig != SIGSTOP) {
		spin_unlock_irqrestore(&sh->lock, *irq);
		orphaned = current_is_orphaned();
		*irq = spin_lock_irqsave(&sh->lock);
	}
	if (!orphaned && signal_stop(sig, *irq))
		return RELOCK;
	return TAKE_NEXT;
}

/* Decide about @d->sig, just dequeued. */
static enum verdict take_signal(struct sighand *sh, struct delivery *d,
				u64 *irq)
{
	struct k_sigaction *ka = &sh->action[d->sig - 1];
	u64 bit = SIGMASK(d->sig);

	if (handler_is_ignore(ka))
		return TAKE_NEXT;
	if (!handler_is_default(ka)) {
		d->ka = *ka;
		if (ka->flags & SA_RESETHAND)
			ka->handler = NULL;
		return HANDLER;
	}
	if (bit & SIGNALS_IGNORED)
		return TAKE_NEXT;
	if (current->signal->unkillable && !(bit & SIGNALS_UNBLOCKABLE))
		return TAKE_NEXT;
	if (bit & SIGNALS_STOP)
		return take_stop(sh, d->sig, irq);
	return DIE;
}

static void die_of_signal(int code) __noreturn;
static void die_of_signal(int code)
{
	current->flags |= PF_SIGNALED;
	do_group_exit(code);
}

/* One round under the lock, which is not held afterwards. */
static enum verdict deliver_round(struct delivery *d)
{
	enum verdict verdict = TAKE_NEXT;
	int news, code = 0;
	u64 irq = sighand_lock_own();

	news = signal_stop_news();
	if (news) {
		sighand_unlock_own(irq);
		signal_notify_job(news);
		return RELOCK;
	}
	while (verdict == TAKE_NEXT) {
		if (group_is_ending(&code)) {
			verdict = DIE;
			break;
		}
		if ((current->jobctl & JOBCTL_STOP_PENDING) &&
		    signal_stop(0, irq))
			return RELOCK;
		if (unlikely((current->jobctl & JOBCTL_FREEZE) ||
			     current->frozen)) {
			signal_freeze_obey(irq);
			return RELOCK;
		}
		d->sig = signal_dequeue(current, current->blocked, &d->info);
		code = d->sig;
		if (!d->sig)
			break;
		verdict = take_signal(current->sighand, d, &irq);
	}
	if (verdict == RELOCK)
		return RELOCK;
	signal_recalc_locked(current);
	sighand_unlock_own(irq);
	if (verdict == DIE)
		die_of_signal(code);
	return verdict;
}

/* True: @d is to be handled. Stops and dies on the way if so asked. */
static bool delivery_next(struct delivery *d)
{
	enum verdict verdict;

	do {
		verdict = deliver_round(d);
	} while (verdict == RELOCK);
	sigqueue_drain();
	return verdict == HANDLER;
}

/* ---- restarting --------------------------------------------------------- */

static void syscall_again(struct regs *regs, u64 nr)
{
	regs->ax = nr;
	regs->ip -= SYSCALL_INSN_LEN;
}

/* What the interrupted call does after a handler with @flags has run. */
static void restart_with_handler(struct regs *regs, u64 flags)
{
	switch ((s64)regs->ax) {
	case -ERESTARTSYS:
		if (!(flags & SA_RESTART)) {
			regs->ax = (u64)-EINTR;
			break;
		}
		/* fall through */
	case -ERESTARTNOINTR:
		syscall_again(regs, regs->orig_ax);
		break;
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		regs->ax = (u64)-EINTR;
		break;
	default:
		break;
	}
}

static void restart_without_handler(struct regs *regs)
{
	switch ((s64)regs->ax) {
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
	case -ERESTARTNOHAND:
		syscall_again(regs, regs->orig_ax);
		break;
	case -ERESTART_RESTARTBLOCK:
		syscall_again(regs, __NR_restart_syscall);
		break;
	default:
		break;
	}
}

static bool in_syscall(const struct regs *regs)
{
	return (s64)regs->orig_ax >= 0;
}

/* ---- handlers ----------------------------------------------------------- */

/* Its handler cannot be run: the next one is the end. */
static void signal_set_default(int sig)
{
	static const struct k_sigaction dfl;

	signal_action(sig, &dfl, NULL);
}

/* Run the handler next: a frame, then the mask that holds during it. */
static void handler_start(struct regs *regs, const struct delivery *d)
{
	u64 old =
		current->restore_mask ? current->saved_mask : current->blocked;
	u64 mask = current->blocked | d->ka.mask;

	if (arch_signal_frame(regs, &d->ka, d->sig, &d->info, old)) {
		if (d->sig == SIGSEGV)
			signal_set_default(SIGSEGV);
		signal_force(SIGSEGV, SI_KERNEL, 0);
		return;
	}
	if (!(d->ka.flags & SA_NODEFER))
		mask |= SIGMASK(d->sig);
	current->restore_mask = false;
	signal_set_blocked(mask);
}

/* Deliver one signal, or find that there is none. */
static void signal_deliver(struct regs *regs)
{
	struct delivery d;
	bool handler = delivery_next(&d);

	if (in_syscall(regs)) {
		if (handler)
			restart_with_handler(regs, d.ka.flags);
		else
			restart_without_handler(regs);
		regs->orig_ax = (u64)-1;
	}
	if (handler) {
		handler_start(regs, &d);
	} else if (current->restore_mask) {
		current->restore_mask = false;
		signal_set_blocked(current->saved_mask);
	}
}

/* See arch.h: interrupts are off on entry and on return. */
void return_to_user_work(struct regs *regs)
{
	u32 work;

	if (READ_ONCE(current->work) & WORK_IRET)
		task_clear_work(current, WORK_IRET); /* that is how we go */
	for (;;) {
		work = READ_ONCE(current->work);
		if (!(work & (WORK_RESCHED | WORK_SIGNAL)))
			return;
		irq_enable();
		if (work & WORK_RESCHED)
			schedule();
		if (work & WORK_SIGNAL)
			signal_deliver(regs);
		irq_disable();
	}
}
