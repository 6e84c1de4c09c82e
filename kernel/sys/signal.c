// SPDX-License-Identifier: MIT
/*
 * System calls about a task's own signals: actions, masks, the alternate
 * stack, waiting, and the way back from a handler. Sending is in kill.c.
 *
 * All of it is current's own, so no locks are needed here but those inside
 * kernel/task/signal.c.
 */
#include <linux/signal.h>

#include "kernel/lib/string.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/signal_impl.h"

#define SIGSET_SIZE sizeof(u64)

/* What sa_flags may say; the rest reads back as 0, so that programs can ask. */
#define SA_KNOWN                                                               \
	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART |  \
	 SA_NODEFER | SA_RESETHAND | SA_EXPOSE_TAGBITS | SA_RESTORER)

/* ---- actions ------------------------------------------------------------ */

/* struct k_sigaction is the ABI's struct sigaction, member for member. */
static void sigaction_layout_check(void)
{
	BUILD_ASSERT(sizeof(struct k_sigaction) == sizeof(struct sigaction));
	BUILD_ASSERT(offsetof(struct k_sigaction, flags) ==
		     offsetof(struct sigaction, sa_flags));
	BUILD_ASSERT(offsetof(struct k_sigaction, restorer) ==
		     offsetof(struct sigaction, sa_restorer));
	BUILD_ASSERT(offsetof(struct k_sigaction, mask) ==
		     offsetof(struct sigaction, sa_mask));
}

long sys_rt_sigaction(int sig, const void __user *act, void __user *old,
		      size_t size)
{
	struct k_sigaction new_ka, old_ka;
	int err;

	sigaction_layout_check();
	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (act && copy_from_user(&new_ka, act, sizeof(new_ka)))
		return -EFAULT;
	if (act)
		new_ka.flags &= SA_KNOWN;
	err = signal_action(sig, act ? &new_ka : NULL, &old_ka);
	if (err)
		return err;
	return old ? copy_to_user(old, &old_ka, sizeof(old_ka)) : 0;
}

/* ---- masks -------------------------------------------------------------- */

static int mask_change(int how, u64 set)
{
	u64 mask = current->blocked;

	switch (how) {
	case SIG_BLOCK:
		mask |= set;
		break;
	case SIG_UNBLOCK:
		mask &= ~set;
		break;
	case SIG_SETMASK:
		mask = set;
		break;
	default:
		return -EINVAL;
	}
	signal_set_blocked(mask);
	return 0;
}

long sys_rt_sigprocmask(int how, const u64 __user *uset, u64 __user *old,
			size_t size)
{
	u64 before = current->blocked, set;
	int err;

	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (uset) {
		if (get_user(set, uset))
			return -EFAULT;
		err = mask_change(how, set);
		if (err)
			return err;
	}
	return old ? put_user(before, old) : 0;
}

/* A set that is shorter than ours is legal here, and only here. */
long sys_rt_sigpending(u64 __user *uset, size_t size)
{
	u64 set;

	if (size > SIGSET_SIZE)
		return -EINVAL;
	set = (READ_ONCE(current->pending.set) |
	       READ_ONCE(current->signal->shared_pending.set)) &
	      current->blocked;
	return copy_to_user(uset, &set, size);
}

/* ---- waiting ------------------------------------------------------------ */

static void wait_for_signal(void)
{
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!signal_pending(current))
			schedule();
		set_current_state(TASK_RUNNING);
	}
}

long sys_rt_sigsuspend(const u64 __user *umask, size_t size)
{
	u64 mask;

	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (get_user(mask, umask))
		return -EFAULT;
	signal_set_temporary_mask(mask);
	wait_for_signal();
	return -ERESTARTNOHAND;
}

long sys_pause(void)
{
	wait_for_signal();
	return -ERESTARTNOHAND;
}

/* Take one pending signal of @set, blocked or not; 0: there is none. */
static int dequeue_one(u64 set, struct kernel_siginfo *info)
{
	u64 irq;
	struct sighand *sh = sighand_lock(current, &irq);
	int sig = signal_dequeue(current, ~set, info);

	spin_unlock_irqrestore(&sh->lock, irq);
	signal_recalc();
	return sig;
}

static bool any_pending(u64 set)
{
	return (READ_ONCE(current->pending.set) |
		READ_ONCE(current->signal->shared_pending.set)) & set;
}

/* The signal; -EAGAIN: the time @ns (< 0: for ever) is over; -EINTR. */
static int dequeue_wait(u64 set, s64 ns, struct kernel_siginfo *info)
{
	u64 end = ktime_get() + (u64)ns;
	int sig = dequeue_one(set, info), err = 0;

	while (!sig && !err) {
		if (ns >= 0)
			ns = (s64)max((s64)(end - ktime_get()), (s64)0);
		if (!ns)
			return -EAGAIN;
		err = wait_event_interruptible_timeout(
			&current->signal->signalfd_wait, any_pending(set), ns);
		/* another thread may have been quicker */
		sig = dequeue_one(set, info);
	}
	if (sig)
		return sig;
	return err == -ETIMEDOUT ? -EAGAIN : -EINTR;
}

long sys_rt_sigtimedwait(const u64 __user *uset, siginfo_t __user *uinfo,
			 const struct __kernel_timespec __user *uts,
			 size_t size)
{
	struct __kernel_timespec ts;
	struct kernel_siginfo info;
	siginfo_t abi;
	u64 set, ns = 0;
	int sig;

	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (get_user(set, uset) || (uts && get_user(ts, uts)))
		return -EFAULT;
	if (uts && timespec_to_ns(&ts, &ns))
		return -EINVAL;
	ns = min(ns, KTIME_MAX / 2); /* so that now + ns is a time */
	sig = dequeue_wait(set & ~SIGNALS_UNBLOCKABLE,
			   uts ? (s64)ns : WAIT_FOREVER, &info);
	if (sig <= 0 || !uinfo)
		return sig;
	siginfo_to_user_layout(&abi, &info);
	return copy_to_user(uinfo, &abi, sizeof(abi)) ? -EFAULT : sig;
}

/* ---- the alternate stack ------------------------------------------------ */

static bool on_altstack(u64 sp)
{
	const struct task *t = current;

	/* with AUTODISARM it is given up while a handler runs on it */
	if (t->sas_flags & SS_AUTODISARM)
		return false;
	return sp > t->sas_sp && sp - t->sas_sp <= t->sas_size;
}

static void altstack_read(stack_t *ss, u64 sp)
{
	const struct task *t = current;

	memset(ss, 0, sizeof(*ss));
	ss->ss_sp = (void *)t->sas_sp;
	ss->ss_size = t->sas_size;
	ss->ss_flags = (int)(t->sas_flags & SS_AUTODISARM);
	if (!t->sas_size)
		ss->ss_flags |= SS_DISABLE;
	else if (on_altstack(sp))
		ss->ss_flags |= SS_ONSTACK;
}

static int altstack_set(const stack_t *ss, u64 sp)
{
	u32 mode = (u32)ss->ss_flags & ~SS_AUTODISARM;
	struct task *t = current;

	if (on_altstack(sp))
		return -EPERM;
	if (mode && mode != SS_DISABLE && mode != SS_ONSTACK)
		return -EINVAL;
	if (mode != SS_DISABLE && ss->ss_size < MINSIGSTKSZ)
		return -ENOMEM;
	t->sas_sp = mode == SS_DISABLE ? 0 : (u64)ss->ss_sp;
	t->sas_size = mode == SS_DISABLE ? 0 : ss->ss_size;
	t->sas_flags = (u32)ss->ss_flags & SS_AUTODISARM;
	return 0;
}

long sys_sigaltstack(const stack_t __user *uss, stack_t __user *old)
{
	u64 sp = arch_user_regs(&current->arch)->sp;
	stack_t ss, before;
	int err;

	altstack_read(&before, sp);
	if (uss) {
		if (get_user(ss, uss))
			return -EFAULT;
		err = altstack_set(&ss, sp);
		if (err)
			return err;
	}
	return old ? copy_to_user(old, &before, sizeof(before)) : 0;
}

/* ---- the way back ------------------------------------------------------- */

/**
 * sys_rt_sigreturn - the handler has returned: go on where it interrupted
 *
 * All registers are those of the frame, the result register too; as orig_ax
 * says "not in a system call", nothing in it is taken for a restart.
 */
long sys_rt_sigreturn(void)
{
	struct regs *regs = arch_user_regs(&current->arch);
	u64 mask;

	current->restart.fn = NULL;
	if (arch_sigreturn(regs, &mask)) {
		regs->orig_ax = (u64)-1;
		signal_force(SIGSEGV, SI_KERNEL, 0);
		return 0;
	}
	regs->orig_ax = (u64)-1;
	signal_set_blocked(mask);
	return (long)regs->ax;
}

/* Only the kernel calls it, through the user's registers: signal_deliver.c. */
long sys_restart_syscall(void)
{
	struct restart_block *rb = &current->restart;

	return rb->fn ? rb->fn(rb) : -EINTR;
}
