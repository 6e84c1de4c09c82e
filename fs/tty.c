// SPDX-License-Identifier: MIT
/*
 * Terminal devices: /dev/ttyS0, /dev/console (the same line) and /dev/tty (the
 * controlling terminal of who opens it), and the ioctls that all terminals have.
 * tty_job.c is job control, pty.c the terminals without a wire.
 */
#include <asm/ioctls.h>
#include <linux/eventpoll.h>

#include "fs/tty.h"
#include "kernel/debug/why.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

struct tty console_tty;

/* ---- the wire of the console -------------------------------------------------- */

static void serial_put(struct tty *tty, char c)
{
	(void)tty;
	serial_putc(c);
}

/* Output goes by polling: there is always room. */
static u32 serial_room(const struct tty *tty)
{
	(void)tty;
	return TTY_BUF;
}

static void serial_no_event(struct tty *tty)
{
	(void)tty;
}

static void serial_no_packet(struct tty *tty, u8 what)
{
	(void)tty, (void)what;
}

/* The console is static and keeps its first reference. */
static void serial_free(struct tty *tty)
{
	assert(tty != &console_tty);
}

static const struct tty_driver serial_driver = {
	.put = serial_put,
	.room = serial_room,
	.sent = serial_no_event,
	.packet = serial_no_packet,
	.closed = serial_no_event,
	.free = serial_free,
};

void tty_setup(struct tty *tty, dev_t dev, const struct tty_driver *driver)
{
	refcount_set(&tty->refs, 1);
	tty->dev = dev;
	tty->driver = driver;
	spin_init(&tty->lock, "tty");
	waitq_init(&tty->read_wait);
	waitq_init(&tty->write_wait);
	waitq_init(&tty->input_wait);
	mutex_init(&tty->read_mutex, "tty read");
	n_tty_init(tty);
}

void tty_init(void)
{
	tty_setup(&console_tty, MKDEV(4, 64), &serial_driver);
	console_tty.termios.c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL;
}

struct tty *tty_get(struct tty *tty)
{
	refcount_inc(&tty->refs);
	return tty;
}

void tty_put(struct tty *tty)
{
	if (tty && refcount_dec_and_test(&tty->refs))
		tty->driver->free(tty);
}

void tty_input(const char *s, size_t n)
{
	n_tty_receive(&console_tty, s, n);
}

int tty_device_nr(const struct tty *tty)
{
	return tty ? (int)dev_encode(tty->dev) : 0;
}

/* ---- settings ----------------------------------------------------------------- */

/* Are ^S and ^Q what they say? */
static bool has_flow_keys(const struct termios *t)
{
	return t->c_iflag & IXON && t->c_cc[VSTOP] == 19 &&
	       t->c_cc[VSTART] == 17;
}

static void flow_changed(struct tty *tty, const struct termios *new)
{
	bool is = has_flow_keys(new);

	if (is != has_flow_keys(&tty->termios))
		tty->driver->packet(tty, is ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP);
}

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
	flow_changed(tty, &new);
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
	irq = spin_lock_irqsave(&tty->lock);
	if (which != TCOFLUSH) {
		n_tty_flush_input(tty);
		tty->driver->packet(tty, TIOCPKT_FLUSHREAD);
	}
	if (which != TCIFLUSH)
		tty->driver->packet(tty, TIOCPKT_FLUSHWRITE);
	spin_unlock_irqrestore(&tty->lock, irq);
	return 0;
}

static long tty_flow(struct tty *tty, unsigned long what)
{
	u64 irq;

	if (what > TCION)
		return -EINVAL;
	irq = spin_lock_irqsave(&tty->lock);
	if (what == TCOOFF || what == TCOON)
		n_tty_stop(tty, what == TCOOFF);
	spin_unlock_irqrestore(&tty->lock, irq);
	return 0;
}

long tty_ioctl_common(struct tty *tty, u32 cmd, unsigned long arg)
{
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
	case TIOCSPGRP:
		if (copy_from_user(&nr, p, sizeof(nr)))
			return -EFAULT;
		return tty_set_pgrp(tty, nr);
	case TIOCGEXCL:
		return put_user((int)tty->exclusive, (int __user *)p);
	case TIOCEXCL:
	case TIOCNXCL:
		WRITE_ONCE(tty->exclusive, cmd == TIOCEXCL);
		return 0;
	case TCSBRK:
	case TCSBRKP:
		return 0;
	default:
		return -ENOTTY;
	}
}

static long tty_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	struct tty *tty = f->private;
	int __user *p = (int __user *)arg;

	if (READ_ONCE(tty->hung))
		return cmd == TIOCSPGRP ? -ENOTTY : -EIO;
	switch (cmd) {
	case TIOCNOTTY:
		return tty_give_up(tty);
	case TIOCGPGRP:
	case TIOCGSID:
		if (current->signal->tty != tty)
			return -ENOTTY;
		return tty_get_number(cmd == TIOCGSID ? &tty->session :
							&tty->pgrp, p);
	case FIONREAD:
		return put_user((int)n_tty_readable(tty), p);
	case TIOCOUTQ:
		return put_user(0, p);
	case TIOCGPTPEER:
		return -EIO; /* only a master has a peer */
	case TCFLSH:
		return tty_flush(tty, arg);
	case TCXONC:
		return tty_flow(tty, arg);
	default:
		return tty_ioctl_common(tty, cmd, arg);
	}
}

/* ---- file operations -------------------------------------------------------------- */

static ssize_t tty_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct tty *tty = f->private;
	int err = tty_check_background(tty, SIGTTIN);

	(void)pos;
	if (READ_ONCE(tty->hung))
		return 0;
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
	if (READ_ONCE(tty->hung))
		return EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDNORM |
		       EPOLLWRNORM;
	if (n_tty_readable(tty))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (n_tty_writable(tty))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static void tty_release(struct file *f)
{
	struct tty *tty = f->private;

	if (!atomic_sub(&tty->opens, 1))
		tty->driver->closed(tty);
	tty_put(tty);
}

/* @f is on @tty, whose reference it takes over, also on error. */
static int tty_open_common(struct file *f, struct tty *tty)
{
	int err = 0;

	if (READ_ONCE(tty->hung))
		err = -EIO;
	else if (READ_ONCE(tty->exclusive) && !capable(CAP_SYS_ADMIN))
		err = why(-EBUSY, "tty: its opener wants it alone (TIOCEXCL)");
	if (err) {
		tty_put(tty);
		return err;
	}
	atomic_add(&tty->opens, 1);
	f->private = tty;
	f->op = &tty_fops;
	f->mode &= ~(FMODE_LSEEK | FMODE_PREAD);
	f->mode |= FMODE_CAN_POLL | FMODE_STREAM;
	return 0;
}

/* A session leader without a terminal gets the one that it opens. */
int tty_open_as(struct file *f, struct tty *tty, bool may_control)
{
	int err = tty_open_common(f, tty);

	if (!err && may_control && !(f->flags & O_NOCTTY) &&
	    current->signal->leader_of_session && !current->signal->tty &&
	    !tty->session)
		tty_acquire(tty);
	return err;
}

/* /dev/console (5,1) controls nobody. */
static int tty_open(struct inode *inode, struct file *f)
{
	return tty_open_as(f, tty_get(&console_tty), MAJOR(inode->rdev) != 5);
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
