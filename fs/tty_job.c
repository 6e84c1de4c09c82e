// SPDX-License-Identifier: MIT
/*
 * Terminals and job control: which session a terminal controls, which group is
 * in its foreground, and what those are sent when it is hung up.
 *
 * The owner of a terminal (session, foreground group) changes under
 * tasklist_lock, so that a key's signal, sent in an interrupt, finds the group
 * without counting it. Order: tasklist_lock > tty->lock.
 */
#include <linux/eventpoll.h>

#include "fs/tty.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

int tty_foreground_pgrp(struct tty *tty, struct pid_ns *ns)
{
	u64 irq;
	int nr = -1;

	if (!tty)
		return -1;
	irq = spin_lock_irqsave(&tasklist_lock);
	if (tty->pgrp)
		nr = pid_nr(tty->pgrp, ns);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return nr;
}

void tty_signal_foreground(struct tty *tty, int sig)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	if (tty->pgrp)
		signal_send_pgrp_locked(tty->pgrp, sig, NULL);
	spin_unlock_irqrestore(&tasklist_lock, irq);
}

/* ---- the controlling terminal ---------------------------------------------- */

/* Put @new in *@slot; the old one, to be put after the lock is dropped. */
static struct pid *pid_swap(struct pid **slot, struct pid *new)
{
	struct pid *old = *slot;

	*slot = new ? pid_get(new) : NULL;
	return old;
}

/* Make @tty the controlling terminal of current, a session leader; not one that
 * was hung up meanwhile. */
void tty_acquire(struct tty *tty)
{
	struct signal *sig = current->signal;
	struct pid *session, *pgrp;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	if (tty->hung) {
		spin_unlock_irqrestore(&tasklist_lock, irq);
		return;
	}
	session = pid_swap(&tty->session, sig->pids[PIDTYPE_SID]);
	pgrp = pid_swap(&tty->pgrp, sig->pids[PIDTYPE_PGID]);
	sig->tty = tty_get(tty);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	pid_put(session);
	pid_put(pgrp);
}

/* What a terminal and its session had of each other, to be put when
 * tasklist_lock is dropped. */
struct parting {
	struct pid *session, *pgrp;
	u32 dropped; /* processes whose terminal it was */
};

/* @tty is its session's no more: every process of it loses it. tasklist_lock held. */
static void tty_part(struct tty *tty, struct parting *p)
{
	struct task *t;

	if (!tty->session)
		return;
	for_each_pid_task (tty->session, PIDTYPE_SID, t) {
		if (t->signal->tty != tty)
			continue;
		t->signal->tty = NULL;
		p->dropped++;
	}
	p->session = pid_swap(&tty->session, NULL);
	p->pgrp = pid_swap(&tty->pgrp, NULL);
}

static void parting_end(const struct parting *p, struct tty *tty)
{
	for (u32 i = 0; i < p->dropped; i++)
		tty_put(tty);
	pid_put(p->session);
	pid_put(p->pgrp);
}

/* What was the foreground group when the terminal was hung up, if that came
 * before the leader's exit: the reference is the caller's. tasklist_lock. */
static struct pid *hangup_old_group(struct signal *sig)
{
	struct pid *pgrp = sig->tty_old_pgrp;

	if (pgrp) {
		signal_send_pgrp_locked(pgrp, SIGHUP, NULL);
		signal_send_pgrp_locked(pgrp, SIGCONT, NULL);
	}
	sig->tty_old_pgrp = NULL;
	return pgrp;
}

void tty_session_exit(struct task *leader)
{
	struct parting parting = { 0 };
	struct pid *old;
	struct tty *tty;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	old = hangup_old_group(leader->signal);
	tty = leader->signal->tty;
	if (tty && tty->session == leader->signal->pids[PIDTYPE_SID]) {
		if (tty->pgrp) {
			signal_send_pgrp_locked(tty->pgrp, SIGHUP, NULL);
			signal_send_pgrp_locked(tty->pgrp, SIGCONT, NULL);
		}
		tty_part(tty, &parting);
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
	parting_end(&parting, tty);
	pid_put(old);
}

/* The leader of a session whose terminal goes is told, and remembers which
 * group was in the foreground. tasklist_lock held. */
static void hangup_leader(struct tty *tty)
{
	struct task *t;

	for_each_pid_task (tty->session, PIDTYPE_SID, t) {
		struct signal *sig = t->signal;

		if (!sig->leader_of_session || sig->tty != tty)
			continue;
		signal_send(t, SIGHUP, NULL, true);
		signal_send(t, SIGCONT, NULL, true);
		if (tty->pgrp && !sig->tty_old_pgrp)
			sig->tty_old_pgrp = pid_get(tty->pgrp);
	}
}

/**
 * tty_hangup - the other end is gone for good
 *
 * From now on reads are at the end, writes and ioctls fail with -EIO, and it is
 * nobody's controlling terminal.
 *
 * Context: may sleep; no lock held.
 */
void tty_hangup(struct tty *tty)
{
	struct parting parting = { 0 };
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	WRITE_ONCE(tty->hung, true);
	if (tty->session) {
		hangup_leader(tty);
		tty_part(tty, &parting);
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
	parting_end(&parting, tty);
	wake_up_poll(&tty->read_wait, EPOLLHUP | EPOLLERR | EPOLLIN);
	wake_up_poll(&tty->write_wait, EPOLLHUP | EPOLLERR | EPOLLOUT);
}

/* TIOCNOTTY: one process gives its terminal up; a leader, for its session. */
long tty_give_up(struct tty *tty)
{
	bool had;
	u64 irq;

	if (current->signal->tty != tty)
		return -ENOTTY;
	if (current->signal->leader_of_session) {
		tty_session_exit(current);
		return 0;
	}
	irq = spin_lock_irqsave(&tasklist_lock);
	had = current->signal->tty == tty;
	current->signal->tty = NULL;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	if (had)
		tty_put(tty);
	return 0;
}

/* TIOCSCTTY (tty_ioctl(4)); @arg == 1 lets root steal. */
long tty_set_controlling(struct tty *tty, unsigned long arg)
{
	struct pid *session = tty->session;

	if (current->signal->leader_of_session && current->signal->tty == tty)
		return 0;
	if (!current->signal->leader_of_session || current->signal->tty)
		return -EPERM;
	if (session) {
		struct parting parting = { 0 };
		u64 irq;

		if (arg != 1 || !capable(CAP_SYS_ADMIN))
			return -EPERM;
		irq = spin_lock_irqsave(&tasklist_lock);
		tty_part(tty, &parting);
		spin_unlock_irqrestore(&tasklist_lock, irq);
		parting_end(&parting, tty);
	}
	tty_acquire(tty);
	return 0;
}

/*
 * A process of a background group reads (SIGTTIN), or writes or changes
 * settings (SIGTTOU): 0 go on, -EIO, or -ERESTARTSYS with the signal sent.
 */
int tty_check_background(struct tty *tty, int sig)
{
	struct pid *mine;
	int ret = 0;
	u64 irq;

	if (current->signal->tty != tty)
		return 0;
	irq = spin_lock_irqsave(&tasklist_lock);
	mine = current->signal->pids[PIDTYPE_PGID];
	if (!tty->pgrp || tty->pgrp == mine) {
		ret = 0;
	} else if ((current->blocked & SIGMASK(sig)) ||
		   signal_ignored(current, sig)) {
		ret = sig == SIGTTIN ? -EIO : 0;
	} else if (pgrp_is_orphaned(mine)) {
		ret = -EIO;
	} else {
		signal_send_pgrp_locked(mine, sig, NULL);
		ret = -ERESTARTSYS;
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return ret;
}

/* TIOCSPGRP: @nr as current's pid namespace numbers it. */
long tty_set_pgrp(struct tty *tty, pid_t nr)
{
	struct pid *pgrp, *old = NULL;
	struct task *t;
	long err = tty_check_background(tty, SIGTTOU);
	u64 irq;

	if (err)
		return err;
	if (current->signal->tty != tty ||
	    tty->session != current->signal->pids[PIDTYPE_SID])
		return -ENOTTY;
	if (nr < 0)
		return -EINVAL;
	pgrp = pid_find_get(task_active_pid_ns(current), nr);
	if (!pgrp)
		return -ESRCH;
	irq = spin_lock_irqsave(&tasklist_lock);
	t = pid_task(pgrp, PIDTYPE_PGID);
	if (t && t->signal->pids[PIDTYPE_SID] == tty->session)
		old = pid_swap(&tty->pgrp, pgrp);
	else
		err = t ? -EPERM : -ESRCH;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	pid_put(old);
	pid_put(pgrp);
	return err;
}

long tty_get_number(struct pid *const *slot, int __user *out)
{
	struct pid_ns *ns = task_active_pid_ns(current);
	u64 irq;
	int nr;

	irq = spin_lock_irqsave(&tasklist_lock);
	nr = *slot ? pid_nr(*slot, ns) : 0;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return put_user(nr, out);
}
