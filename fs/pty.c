// SPDX-License-Identifier: MIT
/*
 * Pseudoterminals: a terminal whose wire is a file. Who opens ptmx has the
 * master: what it writes is typed, what is shown it reads. The slave, N in
 * devpts, is a terminal like another: tty.c, n_tty.c.
 *
 * The pty lives as long as its slave's struct tty: the master, open slaves, the
 * inode of the name and the processes that it controls count. When the master
 * is closed the slave is hung up and its name goes, and then the cycle
 * super block > name > pty > super block is open. When the last slave is closed,
 * the master reads what is left, and then -EIO until there is one again.
 *
 * Locks: tty.lock for the ring of output. Two readers of one master share it in
 * pieces.
 */
#include <asm/ioctls.h>
#include <linux/eventpoll.h>

#include "fs/mount.h"
#include "fs/pty.h"
#include "kernel/debug/why.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

#define OUT(i) ((i) & (PTY_OUT - 1))

static struct slab *pty_slab;

void pty_module_init(void)
{
	pty_slab = slab_create("pty", sizeof(struct pty), 16);
}

/* ---- the slave's wire ------------------------------------------------------- */

static void pty_put(struct tty *tty, char c)
{
	struct pty *pty = to_pty(tty);

	if (pty->head - pty->tail < PTY_OUT)
		pty->out[OUT(pty->head++)] = c;
}

static u32 pty_room(const struct tty *tty)
{
	const struct pty *pty = container_of(tty, const struct pty, tty);

	return PTY_OUT - (READ_ONCE(pty->head) - READ_ONCE(pty->tail));
}

static void pty_sent(struct tty *tty)
{
	wake_up_poll(&to_pty(tty)->wait, EPOLLIN | EPOLLRDNORM);
}

/* What takes another back replaces it. */
static u8 packet_opposite(u8 what)
{
	switch (what) {
	case TIOCPKT_STOP:
		return TIOCPKT_START;
	case TIOCPKT_START:
		return TIOCPKT_STOP;
	case TIOCPKT_DOSTOP:
		return TIOCPKT_NOSTOP;
	case TIOCPKT_NOSTOP:
		return TIOCPKT_DOSTOP;
	default:
		return 0;
	}
}

static void pty_packet(struct tty *tty, u8 what)
{
	struct pty *pty = to_pty(tty);

	if (!pty->packet)
		return;
	pty->status &= (u8)~packet_opposite(what);
	pty->status |= what;
	wake_up_poll(&pty->wait, EPOLLPRI | EPOLLIN | EPOLLRDNORM);
}

static void pty_slave_closed(struct tty *tty)
{
	WRITE_ONCE(to_pty(tty)->slave_gone, true);
	wake_up_poll(&to_pty(tty)->wait, EPOLLHUP | EPOLLIN);
}

static void pty_free(struct tty *tty)
{
	struct pty *pty = to_pty(tty);
	struct super *sb = pty->sb;

	devpts_index_put(pty);
	slab_free(pty_slab, pty);
	super_put(sb);
}

static const struct tty_driver pty_driver = {
	.put = pty_put,
	.room = pty_room,
	.sent = pty_sent,
	.packet = pty_packet,
	.closed = pty_slave_closed,
	.free = pty_free,
};

/* ---- the master: reading ------------------------------------------------------ */

static u32 out_bytes(const struct pty *pty)
{
	return READ_ONCE(pty->head) - READ_ONCE(pty->tail);
}

static bool master_readable(const struct pty *pty)
{
	return out_bytes(pty) || READ_ONCE(pty->status) ||
	       READ_ONCE(pty->slave_gone);
}

/* In packet mode the first byte says what the rest is. */
static size_t take_packet(struct pty *pty, char *to)
{
	*to = (char)pty->status;
	pty->status = 0;
	return 1;
}

/* Up to @n bytes of output. *@first: nothing was read before. */
static size_t take_output(struct pty *pty, char *to, size_t n, bool *first)
{
	u64 irq = spin_lock_irqsave(&pty->tty.lock);
	bool alone = *first && pty->packet && pty->status;
	size_t done = 0;

	if (*first && pty->packet && (alone || pty->head != pty->tail))
		done = take_packet(pty, to);
	*first = false;
	while (!alone && done < n && pty->tail != pty->head)
		to[done++] = pty->out[OUT(pty->tail++)];
	spin_unlock_irqrestore(&pty->tty.lock, irq);
	if (done)
		wake_up_poll(&pty->tty.write_wait, EPOLLOUT | EPOLLWRNORM);
	return done;
}

static ssize_t copy_output(struct pty *pty, struct iter *it)
{
	char chunk[128];
	bool first = true;
	ssize_t done = 0;
	size_t n;

	while (it->count) {
		n = take_output(pty, chunk, min(sizeof(chunk), it->count),
				&first);
		if (!n)
			break;
		if (copy_to_iter(chunk, n, it) != n)
			return -EFAULT;
		done += (ssize_t)n;
		if (READ_ONCE(pty->packet))
			break; /* one packet a read */
	}
	return done;
}

static ssize_t ptm_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct pty *pty = f->private;
	ssize_t done;
	int err;

	(void)pos;
	while (it->count) {
		done = copy_output(pty, it);
		if (done)
			return done;
		if (READ_ONCE(pty->slave_gone))
			return -EIO;
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(&pty->wait,
					       master_readable(pty));
		if (err)
			return err;
	}
	return 0;
}

/* ---- the master: writing ------------------------------------------------------- */

static ssize_t ptm_write(struct file *f, struct iter *it, loff_t *pos)
{
	struct pty *pty = f->private;
	struct tty *tty = &pty->tty;
	char chunk[128];
	ssize_t done = 0;
	size_t n;
	int err;

	(void)pos;
	while (it->count) {
		n = min(sizeof(chunk), it->count);
		n = min(n, n_tty_room(tty));
		if (!n && f->flags & O_NONBLOCK)
			return done ? done : -EAGAIN;
		if (!n) {
			err = wait_event_interruptible(&tty->input_wait,
						       n_tty_room(tty));
			if (err)
				return done ? done : err;
			continue;
		}
		n = copy_from_iter(chunk, n, it);
		if (!n)
			return done ? done : -EFAULT;
		n_tty_receive(tty, chunk, n);
		done += (ssize_t)n;
		cond_resched();
	}
	return done;
}

static u32 ptm_poll(struct file *f, struct poll_table *pt)
{
	struct pty *pty = f->private;
	u32 mask = 0;

	poll_wait(f, &pty->wait, pt);
	poll_wait(f, &pty->tty.input_wait, pt);
	if (out_bytes(pty) || READ_ONCE(pty->status))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(pty->status))
		mask |= EPOLLPRI;
	if (READ_ONCE(pty->slave_gone))
		mask |= EPOLLHUP;
	if (n_tty_room(&pty->tty))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

/* ---- the master: ioctls ---------------------------------------------------------- */

static long set_flag(bool *flag, const int __user *arg)
{
	int on;

	if (copy_from_user(&on, arg, sizeof(on)))
		return -EFAULT;
	WRITE_ONCE(*flag, on != 0);
	return 0;
}

static long set_packet(struct pty *pty, const int __user *arg)
{
	bool on = false;
	long err = set_flag(&on, arg);
	u64 irq;

	if (err)
		return err;
	irq = spin_lock_irqsave(&pty->tty.lock);
	if (on != pty->packet)
		pty->status = 0;
	pty->packet = on;
	spin_unlock_irqrestore(&pty->tty.lock, irq);
	return 0;
}

/* TIOCGPTPEER: the slave, opened without its name; from where ptmx is seen. */
static long open_peer(struct file *f, struct pty *pty, unsigned long flags)
{
	struct path root, slave;
	struct file *peer;
	int err = devpts_find(&f->path, &root);

	if (err)
		return err;
	if (root.mnt->sb != pty->sb) {
		path_put(&root);
		return why(-ENODEV, "TIOCGPTPEER: another devpts is there now");
	}
	slave.mnt = root.mnt;
	slave.dentry = pty->name;
	peer = file_open_path(&slave, (u32)flags);
	path_put(&root);
	return IS_ERR(peer) ? PTR_ERR(peer) :
			      fd_install_new(peer, (u32)flags);
}

static long send_signal(struct tty *tty, unsigned long sig)
{
	if (sig < 1 || sig >= _NSIG)
		return -EINVAL;
	tty_signal_foreground(tty, (int)sig);
	return 0;
}

static long flush_output(struct pty *pty, unsigned long which)
{
	u64 irq;

	if (which > TCIOFLUSH)
		return -EINVAL;
	irq = spin_lock_irqsave(&pty->tty.lock);
	if (which != TCOFLUSH)
		pty->tail = pty->head;
	if (which != TCIFLUSH)
		n_tty_flush_input(&pty->tty);
	spin_unlock_irqrestore(&pty->tty.lock, irq);
	wake_up_poll(&pty->tty.write_wait, EPOLLOUT | EPOLLWRNORM);
	return 0;
}

static long ptm_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	struct pty *pty = f->private;
	struct tty *tty = &pty->tty;
	int __user *p = (int __user *)arg;

	switch (cmd) {
	case TIOCGPTN:
		return put_user((int)pty->index, p);
	case TIOCSPTLCK:
		return set_flag(&pty->locked, p);
	case TIOCGPTLCK:
		return put_user((int)pty->locked, p);
	case TIOCGPTPEER:
		return open_peer(f, pty, arg);
	case TIOCPKT:
		return set_packet(pty, p);
	case TIOCGPKT:
		return put_user((int)pty->packet, p);
	case TIOCSIG:
		return send_signal(tty, arg);
	case FIONREAD:
		return put_user((int)out_bytes(pty), p);
	case TIOCOUTQ:
		return put_user(0, p);
	case TIOCGPGRP:
		return tty_get_number(&tty->pgrp, p);
	case TIOCGSID:
		return READ_ONCE(tty->session) ?
			       tty_get_number(&tty->session, p) :
			       -ENOTTY;
	case TCFLSH:
		return flush_output(pty, arg);
	case TCXONC:
		return arg > TCION ? -EINVAL : 0; /* never stopped */
	default:
		return tty_ioctl_common(tty, cmd, arg);
	}
}

/* ---- opening and closing --------------------------------------------------------- */

static void ptm_release(struct file *f)
{
	struct pty *pty = f->private;

	tty_hangup(&pty->tty);
	devpts_name_remove(pty);
	tty_put(&pty->tty);
}

static const struct file_ops ptm_fops = {
	FILE_OPS_DEFAULTS,
	.read = ptm_read,
	.write = ptm_write,
	.poll = ptm_poll,
	.ioctl = ptm_ioctl,
	.release = ptm_release,
};

/* A blank pty of @sb, with a number but no name. -ENOMEM, -ENOSPC. */
static struct pty *pty_new(struct super *sb)
{
	struct pty *pty = slab_zalloc(pty_slab);
	int err;

	if (!pty)
		return ERR_PTR(-ENOMEM);
	err = devpts_index_get(sb, pty);
	if (err) {
		slab_free(pty_slab, pty);
		return ERR_PTR(err);
	}
	tty_setup(&pty->tty, MKDEV(PTS_MAJOR, pty->index), &pty_driver);
	waitq_init(&pty->wait);
	pty->sb = super_get(sb);
	pty->locked = true;
	return pty;
}

/* Each open of ptmx is a new pseudoterminal. */
static int ptmx_open(struct inode *inode, struct file *f)
{
	bool own = inode->sb->type == &devpts_type;
	struct path root;
	struct pty *pty;
	int err = own ? 0 : devpts_find(&f->path, &root);

	if (err)
		return err;
	pty = pty_new(own ? inode->sb : root.mnt->sb);
	if (!own)
		path_put(&root);
	if (IS_ERR(pty))
		return (int)PTR_ERR(pty);
	err = devpts_name_make(pty);
	if (err) {
		tty_put(&pty->tty);
		return err;
	}
	f->private = pty;
	f->op = &ptm_fops;
	f->mode &= ~(u32)(FMODE_LSEEK | FMODE_PREAD);
	f->mode |= FMODE_CAN_POLL | FMODE_STREAM;
	return 0;
}

const struct file_ops ptmx_fops = {
	FILE_OPS_DEFAULTS,
	.open = ptmx_open,
};

static int pts_open(struct inode *inode, struct file *f)
{
	struct pty *pty = inode->private;
	int err;

	if (READ_ONCE(pty->locked))
		return why(-EIO, "pts: its master has not unlocked it");
	err = tty_open_as(f, tty_get(&pty->tty), true);
	if (!err)
		WRITE_ONCE(pty->slave_gone, false);
	return err;
}

const struct file_ops pts_fops = {
	FILE_OPS_DEFAULTS,
	.open = pts_open,
};
