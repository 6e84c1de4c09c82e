// SPDX-License-Identifier: MIT
/*
 * Terminal devices: /dev/ttyS0, /dev/console (the same line) and /dev/tty (the
 * controlling terminal of who opens it); ioctls; job control.
 *
 * The owner of a terminal (session, foreground group) changes under
 * tasklist_lock, so that a key's signal, sent in an interrupt, finds the group
 * without counting it. Order: tasklist_lock > tty->lock.
 */
#include <asm/ioctls.h>
#include <linux/eventpoll.h>

#include "fs/tty.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

struct tty console_tty;

void tty_init(void)
{
	struct tty *tty = &console_tty;

	refcount_set(&tty->refs, 1);
	tty->dev = MKDEV(4, 64);
	spin_init(&tty->lock, "tty");
	waitq_init(&tty->read_wait);
	waitq_init(&tty->write_wait);
	mutex_init(&tty->read_mutex, "tty read");
	n_tty_init(tty);
}

struct tty *tty_get(struct tty *tty)
{
	refcount_inc(&tty->refs);
	return tty;
}

void tty_put(struct tty *tty)
{
	/* The console is static and keeps its first reference. */
	if (tty && refcount_dec_and_test(&tty->refs))
		assert(tty != &console_tty);
}

void tty_input(const char *s, size_t n)
{
	n_tty_receive(&console_tty, s, n);
}

int tty_device_nr(const struct tty *tty)
{
	return tty ? (int)(MAJOR(tty->dev) << 8 | MINOR(tty->dev)) : 0;
}

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

/* Make @tty the controlling terminal of current, a session leader. */
static void tty_acquire(struct tty *tty)
{
	struct signal *sig = current->signal;
	struct pid *session, *pgrp;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	session = pid_swap(&tty->session, sig->pids[PIDTYPE_SID]);
	pgrp = pid_swap(&tty->pgrp, sig->pids[PIDTYPE_PGID]);
	sig->tty = tty_get(tty);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	pid_put(session);
	pid_put(pgrp);
}

/* Every process of @session loses @tty. tasklist_lock held. */
static u32 session_drop_tty(struct pid *session, struct tty *tty)
{
	struct task *t;
	u32 dropped = 0;

	for_each_pid_task (session, PIDTYPE_SID, t) {
		if (t->signal->tty != tty)
			continue;
		t->signal->tty = NULL;
		dropped++;
	}
	return dropped;
}

void tty_session_exit(struct task *leader)
{
	struct pid *session = NULL, *pgrp = NULL;
	struct tty *tty;
	u32 dropped = 0;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	tty = leader->signal->tty;
	if (tty && tty->session == leader->signal->pids[PIDTYPE_SID]) {
		if (tty->pgrp) {
			signal_send_pgrp_locked(tty->pgrp, SIGHUP, NULL);
			signal_send_pgrp_locked(tty->pgrp, SIGCONT, NULL);
		}
		dropped = session_drop_tty(tty->session, tty);
		session = pid_swap(&tty->session, NULL);
		pgrp = pid_swap(&tty->pgrp, NULL);
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
	while (dropped--)
		tty_put(tty);
	pid_put(session);
	pid_put(pgrp);
}

/* TIOCNOTTY: one process gives its terminal up; a leader, for its session. */
static long tty_give_up(struct tty *tty)
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
static long tty_set_controlling(struct tty *tty, unsigned long arg)
{
	struct pid *session = tty->session;

	if (current->signal->leader_of_session && current->signal->tty == tty)
		return 0;
	if (!current->signal->leader_of_session || current->signal->tty)
		return -EPERM;
	if (session) {
		u32 dropped;
		u64 irq;

		if (arg != 1 || !capable(CAP_SYS_ADMIN))
			return -EPERM;
		irq = spin_lock_irqsave(&tasklist_lock);
		dropped = session_drop_tty(session, tty);
		spin_unlock_irqrestore(&tasklist_lock, irq);
		while (dropped--)
			tty_put(tty);
	}
	tty_acquire(tty);
	return 0;
}

/*
 * A process of a background group reads (SIGTTIN), or writes or changes
 * settings (SIGTTOU): 0 go on, -EIO, or -ERESTARTSYS with the signal sent.
 */
static int tty_check_background(struct tty *tty, int sig)
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
static long tty_set_pgrp(struct tty *tty, pid_t nr)
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

static long tty_get_number(struct tty *tty, struct pid *const *slot,
			   int __user *out)
{
	struct pid_ns *ns = task_active_pid_ns(current);
	u64 irq;
	int nr;

	if (current->signal->tty != tty)
		return -ENOTTY;
	irq = spin_lock_irqsave(&tasklist_lock);
	nr = *slot ? pid_nr(*slot, ns) : 0;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return put_user(nr, out);
}

/* ---- settings ----------------------------------------------------------------- */

static long tty_set_termios(struct tty *tty, const void __user *arg, bool flush)
{
	struct termios new;
	u32 old_lflag;
	u64 irq;
	long err = tty_check_background(tty, SIGTTOU);

	if (err)
		return err;
	if (copy_from_user(&new, arg, sizeof(new)))
		return -EFAULT;
	irq = spin_lock_irqsave(&tty->lock);
	old_lflag = tty->termios.c_lflag;
	tty->termios = new;
	if (flush)
		n_tty_flush_input(tty);
	n_tty_mode_changed(tty, old_lflag);
	if (!(new.c_iflag & IXON))
		tty->stopped = false;
	spin_unlock_irqrestore(&tty->lock, irq);
	wake_up_all(&tty->write_wait);
	return 0;
}

static long tty_set_winsize(struct tty *tty, const void __user *arg)
{
	struct winsize new;
	bool changed;
	u64 irq;

	if (copy_from_user(&new, arg, sizeof(new)))
		return -EFAULT;
	irq = spin_lock_irqsave(&tty->lock);
	changed = new.ws_row != tty->winsize.ws_row ||
		  new.ws_col != tty->winsize.ws_col;
	tty->winsize = new;
	spin_unlock_irqrestore(&tty->lock, irq);
	if (changed)
		tty_signal_foreground(tty, SIGWINCH);
	return 0;
}

static long tty_flush(struct tty *tty, unsigned long which)
{
	u64 irq;

	if (which > TCIOFLUSH)
		return -EINVAL;
	if (which == TCOFLUSH)
		return 0; /* output is never queued */
	irq = spin_lock_irqsave(&tty->lock);
	n_tty_flush_input(tty);
	spin_unlock_irqrestore(&tty->lock, irq);
	return 0;
}

static long tty_flow(struct tty *tty, unsigned long what)
{
	if (what > TCION)
		return -EINVAL;
	if (what == TCOOFF || what == TCOON)
		WRITE_ONCE(tty->stopped, what == TCOOFF);
	wake_up_all(&tty->write_wait);
	return 0;
}

static long tty_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	struct tty *tty = f->private;
	void __user *p = (void __user *)arg;
	int nr;

	switch (cmd) {
	case TCGETS:
		return copy_to_user(p, &tty->termios, sizeof(tty->termios));
	case TCSETS:
	case TCSETSW:
		return tty_set_termios(tty, p, false);
	case TCSETSF:
		return tty_set_termios(tty, p, true);
	case TIOCGWINSZ:
		return copy_to_user(p, &tty->winsize, sizeof(tty->winsize));
	case TIOCSWINSZ:
		return tty_set_winsize(tty, p);
	case TIOCSCTTY:
		return tty_set_controlling(tty, arg);
	case TIOCNOTTY:
		return tty_give_up(tty);
	case TIOCGPGRP:
		return tty_get_number(tty, &tty->pgrp, p);
	case TIOCGSID:
		return tty_get_number(tty, &tty->session, p);
	case TIOCSPGRP:
		if (copy_from_user(&nr, p, sizeof(nr)))
			return -EFAULT;
		return tty_set_pgrp(tty, nr);
	case FIONREAD:
		return put_user((int)n_tty_readable(tty), (int __user *)p);
	case TIOCOUTQ:
		return put_user(0, (int __user *)p);
	case TCFLSH:
		return tty_flush(tty, arg);
	case TCXONC:
		return tty_flow(tty, arg);
	case TCSBRK:
	case TCSBRKP:
		return 0;
	default:
		return -ENOTTY;
	}
}

/* ---- file operations -------------------------------------------------------------- */

static ssize_t tty_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct tty *tty = f->private;
	int err = tty_check_background(tty, SIGTTIN);

	(void)pos;
	return err ? err : n_tty_read(tty, f, it);
}

static ssize_t tty_write(struct file *f, struct iter *it, loff_t *pos)
{
	struct tty *tty = f->private;
	int err = 0;

	(void)pos;
	if (tty->termios.c_lflag & TOSTOP)
		err = tty_check_background(tty, SIGTTOU);
	return err ? err : n_tty_write(tty, f, it);
}

static u32 tty_poll(struct file *f, struct poll_table *pt)
{
	struct tty *tty = f->private;
	u32 mask = 0;

	poll_wait(f, &tty->read_wait, pt);
	poll_wait(f, &tty->write_wait, pt);
	if (n_tty_readable(tty))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!READ_ONCE(tty->stopped))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static void tty_release(struct file *f)
{
	tty_put(f->private);
}

static int tty_open_common(struct file *f, struct tty *tty)
{
	f->private = tty;
	f->op = &tty_fops;
	f->mode &= ~(FMODE_LSEEK | FMODE_PREAD);
	f->mode |= FMODE_CAN_POLL | FMODE_STREAM;
	return 0;
}

/* A session leader without a terminal gets the one that it opens, unless it
 * is /dev/console (5,1) or O_NOCTTY is given. */
static int tty_open(struct inode *inode, struct file *f)
{
	struct tty *tty = tty_get(&console_tty);

	if (MAJOR(inode->rdev) != 5 && !(f->flags & O_NOCTTY) &&
	    current->signal->leader_of_session && !current->signal->tty &&
	    !tty->session)
		tty_acquire(tty);
	return tty_open_common(f, tty);
}

static int tty_current_open(struct inode *inode, struct file *f)
{
	struct tty *tty;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	(void)inode;
	tty = current->signal->tty;
	if (tty)
		tty_get(tty);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return tty ? tty_open_common(f, tty) : -ENXIO;
}

const struct file_ops tty_fops = {
	FILE_OPS_DEFAULTS,
	.open = tty_open,
	.read = tty_read,
	.write = tty_write,
	.poll = tty_poll,
	.ioctl = tty_ioctl,
	.release = tty_release,
};

const struct file_ops tty_current_fops = {
	FILE_OPS_DEFAULTS,
	.open = tty_current_open,
};
