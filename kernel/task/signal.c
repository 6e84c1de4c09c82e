// SPDX-License-Identifier: MIT
/*
 * Signals: handlers, masks, and who has something to look at.
 *
 * Theory. Sending (signal_send.c) marks a signal pending, for one thread or
 * for the group, and wakes a thread that may take it by setting WORK_SIGNAL
 * in its work word. On its way back to user space that thread takes
 * the signal and acts on it (signal_deliver.c): runs a handler, stops the
 * group (signal_stop.c), or ends it. Parents hear of children's deaths and
 * stops in signal_parent.c. Pending sets and queues are signal_queue.c's.
 *
 * WORK_SIGNAL may be set without need, never missing while there is one: only
 * the task itself clears it, in signal_recalc_locked().
 *
 * A task's sighand can be replaced (exec) or taken away (reaping) while others
 * want to lock it. They count themselves in task->sighand_users from before
 * they read the pointer until they hold the lock and have seen it unchanged;
 * who changed the pointer waits for that count before it frees the old one.
 */
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/signal_impl.h"

static struct slab *sighand_slab;

void signal_module_init(void)
{
	sighand_slab = slab_create("sighand", sizeof(struct sighand), 8);
	signal_queue_init();
	signal_group_init();
}

/* ---- sighand ------------------------------------------------------------ */

struct sighand *sighand_new(void)
{
	struct sighand *sh = slab_zalloc(sighand_slab);

	if (!sh)
		return ERR_PTR(-ENOMEM);
	refcount_set(&sh->refs, 1);
	spin_init(&sh->lock, "sighand");
	return sh;
}

void sighand_put(struct sighand *sh)
{
	if (refcount_dec_and_test(&sh->refs))
		slab_free(sighand_slab, sh);
}

struct sighand *sighand_lock(struct task *t, u64 *irqflags)
{
	struct sighand *sh;
	u64 irq = irq_save();

	for (;;) {
		atomic_add(&t->sighand_users, 1);
		sh = __atomic_load_n(&t->sighand, __ATOMIC_SEQ_CST);
		if (sh)
			spin_lock(&sh->lock);
		if (READ_ONCE(t->sighand) == sh)
			break;
		if (sh)
			spin_unlock(&sh->lock);
		atomic_sub(&t->sighand_users, 1);
	}
	atomic_sub(&t->sighand_users, 1);
	if (!sh) {
		irq_restore(irq);
		return NULL;
	}
	*irqflags = irq;
	return sh;
}

/* Nobody is between reading the old t->sighand and locking it any more. */
void sighand_detach_wait(struct task *t)
{
	while (__atomic_load_n(&t->sighand_users, __ATOMIC_SEQ_CST))
		cpu_relax();
}

struct sighand *sighand_detach(struct task *t)
{
	struct sighand *sh = t->sighand;

	assert_held(&sh->lock);
	__atomic_store_n(&t->sighand, NULL, __ATOMIC_SEQ_CST);
	return sh;
}

void sighand_replace(struct sighand *sh)
{
	struct sighand *old = current->sighand;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	spin_lock(&old->lock);
	memcpy(sh->action, old->action, sizeof(sh->action));
	__atomic_store_n(&current->sighand, sh, __ATOMIC_SEQ_CST);
	spin_unlock(&old->lock);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	sighand_detach_wait(current);
	sighand_put(old);
}

/* ---- what is pending ---------------------------------------------------- */

u64 signal_waiting(const struct task *t)
{
	return (t->pending.set | t->signal->shared_pending.set) & ~t->blocked;
}

bool signal_pending(const struct task *t)
{
	return READ_ONCE(t->work) & WORK_SIGNAL;
}

bool fatal_signal_pending(const struct task *t)
{
	return signal_pending(t) &&
	       (READ_ONCE(t->pending.set) & SIGMASK(SIGKILL));
}

static bool signal_work(const struct task *t)
{
	return signal_waiting(t) ||
	       (t->jobctl & (JOBCTL_STOP_PENDING | JOBCTL_FREEZE));
}

/* @t is current, or is not running user code: see the head comment. */
void signal_recalc_locked(struct task *t)
{
	if (signal_work(t))
		task_set_work(t, WORK_SIGNAL);
	else if (t == current)
		task_clear_work(t, WORK_SIGNAL);
}

void signal_recalc(void)
{
	u64 irq;
	struct sighand *sh = sighand_lock(current, &irq);

	if (sh) {
		signal_recalc_locked(current);
		spin_unlock_irqrestore(&sh->lock, irq);
	}
	sigqueue_drain();
}

/*
 * Let @t look at its signals: out of an interruptible sleep, a sleep of
 * @states, or user mode on another CPU.
 */
void signal_wake(struct task *t, u32 states)
{
	u32 cpu;

	task_set_work(t, WORK_SIGNAL);
	if (wake_up_state(t, TASK_INTERRUPTIBLE | states))
		return;
	cpu = READ_ONCE(t->se.cpu);
	if (READ_ONCE(t->se.on_cpu) && cpu != this_cpu()->id)
		arch_ipi_resched(cpu);
}

/* Signals in @which, pending for the group, that @t will not take any more:
 * wake others who can. sighand->lock held. */
void signal_retarget(struct task *t, u64 which)
{
	struct task *other;

	which &= t->signal->shared_pending.set;
	if (!which)
		return;
	for_each_thread(t, other) {
		u64 theirs = which & ~other->blocked;

		if (other == t || (other->flags & PF_EXITING) || !theirs)
			continue;
		if (!signal_pending(other))
			signal_wake(other, 0);
		which &= ~theirs;
		if (!which)
			break;
	}
}

/* Drop @set from the group and from every thread. sighand->lock held. */
void signal_flush_group(struct task *t, u64 set)
{
	struct task *thread;

	sigpending_flush(&t->signal->shared_pending, set);
	for_each_thread(t, thread)
		sigpending_flush(&thread->pending, set);
}

/* ---- masks -------------------------------------------------------------- */

void signal_set_blocked(u64 mask)
{
	u64 irq = sighand_lock_own();

	mask &= ~SIGNALS_UNBLOCKABLE;
	signal_retarget(current, mask & ~current->blocked);
	current->blocked = mask;
	signal_recalc_locked(current);
	sighand_unlock_own(irq);
}

void signal_set_temporary_mask(u64 mask)
{
	current->saved_mask = current->blocked;
	current->restore_mask = true;
	signal_set_blocked(mask);
}

/* ---- actions ------------------------------------------------------------ */

static bool action_ignores(const struct k_sigaction *ka, int sig)
{
	return handler_is_ignore(ka) ||
	       (handler_is_default(ka) && (SIGNALS_IGNORED & SIGMASK(sig)));
}

bool signal_ignored(struct task *t, int sig)
{
	return t->sighand && action_ignores(&t->sighand->action[sig - 1], sig);
}

int signal_action(int sig, const struct k_sigaction *act,
		  struct k_sigaction *old)
{
	struct sighand *sh;
	u64 irq;

	if (sig < 1 || sig > _NSIG ||
	    (act && (SIGNALS_UNBLOCKABLE & SIGMASK(sig))))
		return -EINVAL;
	sh = sighand_lock(current, &irq);
	if (old)
		*old = sh->action[sig - 1];
	if (act) {
		sh->action[sig - 1] = *act;
		sh->action[sig - 1].mask &= ~SIGNALS_UNBLOCKABLE;
		/* POSIX: to ignore a signal drops it if it is pending. */
		if (action_ignores(act, sig))
			signal_flush_group(current, SIGMASK(sig));
	}
	spin_unlock_irqrestore(&sh->lock, irq);
	sigqueue_drain();
	return 0;
}

/* exec: handlers and their stack are gone with the old program; what was
 * ignored stays ignored. */
void signal_exec_reset(struct task *t)
{
	u64 irq;
	struct sighand *sh = sighand_lock(t, &irq);
	struct k_sigaction *ka;

	for (ka = sh->action; ka < sh->action + _NSIG; ka++) {
		if (!handler_is_ignore(ka))
			ka->handler = NULL;
		ka->flags = 0;
		ka->restorer = NULL;
		ka->mask = 0;
	}
	t->sas_sp = t->sas_size = 0;
	t->sas_flags = 0;
	spin_unlock_irqrestore(&sh->lock, irq);
}
