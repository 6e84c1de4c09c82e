// SPDX-License-Identifier: MIT
/*
 * One signal to many processes: kill(-1), kill(-pgrp), terminals.
 *
 * The targets are collected under tasklist_lock, then sent to one after the
 * other, as permissions and queue entries need the lock dropped. A child that
 * is forked in between would escape; for SIGKILL, where that matters, tasks
 * that are younger than the collection are collected again until none is left.
 */
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/signal_impl.h"

struct targets {
	struct task **task; /* counted */
	u32 nr, size;
	u64 born_after; /* only tasks that are younger */
	signal_want_fn want;
	const void *arg;
};

/* Fill as far as there is room; the number that there are. */
static u32 targets_fill(struct targets *tg)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t;
	u32 found = 0;

	tg->nr = 0;
	for_each_process (t) {
		if (t->start_time < tg->born_after || !tg->want(t, tg->arg))
			continue;
		if (found++ < tg->size)
			tg->task[tg->nr++] = task_get(t);
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return found;
}

static void targets_put(struct targets *tg)
{
	while (tg->nr)
		task_put(tg->task[--tg->nr]);
}

/* 0 or -ENOMEM. */
static int targets_collect(struct targets *tg)
{
	u32 found = targets_fill(tg);

	while (found > tg->size) {
		targets_put(tg);
		kfree(tg->task);
		tg->size = found + 8;
		tg->task = kmalloc(tg->size * sizeof(struct task *));
		if (!tg->task) {
			tg->size = 0;
			return -ENOMEM;
		}
		found = targets_fill(tg);
	}
	return 0;
}

struct tally {
	u32 sent;
	int error; /* the last one; 0: no target was met */
};

static void targets_send(struct targets *tg, int sig,
			 const struct kernel_siginfo *info, bool check,
			 struct tally *tally)
{
	u32 i;

	for (i = 0; i < tg->nr; i++) {
		struct task *t = tg->task[i];
		int err = check ? signal_may_send(t, sig) : 0;

		if (!err && sig)
			err = signal_send(t, sig, info, true);
		if (err)
			tally->error = err;
		else
			tally->sent++;
	}
}

int signal_send_many(signal_want_fn want, const void *arg, int sig,
		     const struct kernel_siginfo *info, bool check)
{
	struct targets tg = { .want = want, .arg = arg };
	struct tally tally = { 0 };
	u32 before;
	u64 now;
	int err;

	do {
		before = tally.sent;
		now = ktime_get();
		err = targets_collect(&tg);
		if (err)
			break;
		targets_send(&tg, sig, info, check, &tally);
		targets_put(&tg);
		tg.born_after = now;
	} while (sig == SIGKILL && tally.sent != before);
	kfree(tg.task);
	if (tally.sent)
		return 0;
	if (err)
		return err;
	return tally.error ? tally.error : -ESRCH;
}

static bool want_pgrp(const struct task *leader, const void *arg)
{
	return leader->signal->pids[PIDTYPE_PGID] == arg;
}

int signal_send_pgrp(struct pid *pgrp, int sig,
		     const struct kernel_siginfo *info)
{
	return signal_send_many(want_pgrp, pgrp, sig, info, false);
}

/* The kernel signals a process group: no siginfo, also from interrupts. */
int signal_send_pgrp_locked(struct pid *pgrp, int sig,
			    const struct kernel_siginfo *info)
{
	struct task *t;
	int ret = -ESRCH;

	assert_held(&tasklist_lock);
	assert(!info);
	for_each_pid_task (pgrp, PIDTYPE_PGID, t)
		if (!signal_send(t, sig, NULL, true))
			ret = 0;
	return ret;
}

/* ---- permission --------------------------------------------------------- */

static bool same_session(const struct task *t)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	bool same = t->signal->pids[PIDTYPE_SID] ==
		    current->signal->pids[PIDTYPE_SID];

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return same;
}

/**
 * signal_may_send - may current send @sig to @t (kill(2))?
 * @sig: as user space gave it; 0 only asks
 *
 * Return: 0, -EINVAL (there is no such signal) or -EPERM.
 */
int signal_may_send(struct task *t, int sig)
{
	const struct cred *mine = current->cred, *its;
	bool ok;

	if (sig < 0 || sig > _NSIG)
		return -EINVAL;
	if (same_thread_group(current, t))
		return 0;
	its = task_cred_get(t);
	ok = mine->euid == its->suid || mine->euid == its->uid ||
	     mine->uid == its->suid || mine->uid == its->uid ||
	     ns_capable(its->user_ns, CAP_KILL);
	cred_put(its);
	if (ok || (sig == SIGCONT && same_session(t)))
		return 0;
	return -EPERM;
}
