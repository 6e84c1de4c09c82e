// SPDX-License-Identifier: MIT
/*
 * signalfd(2): pending signals of the reader, read from a file. The file holds
 * only the mask; whose signals they are is asked at each read.
 */
#include <linux/eventpoll.h>
#include <linux/signalfd.h>

#include "fs/file.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"

struct signalfd {
	u64 mask; /* [a] the signals that it accepts */
};

static u64 signalfd_pending(u64 mask)
{
	return (current->pending.set | current->signal->shared_pending.set) &
	       mask;
}

static void signalfd_format(struct signalfd_siginfo *to,
			    const struct kernel_siginfo *from)
{
	memset(to, 0, sizeof(*to));
	to->ssi_signo = (u32)from->si_signo;
	to->ssi_errno = from->si_errno;
	to->ssi_code = from->si_code;
	to->ssi_pid = (u32)from->pid;
	to->ssi_uid = from_kuid_munged(current_user_ns(), from->uid);
	to->ssi_status = from->status;
	to->ssi_int = (s32)from->addr;
	to->ssi_ptr = from->addr;
	to->ssi_addr = from->addr;
	to->ssi_utime = from->utime;
	to->ssi_stime = from->stime;
	to->ssi_tid = (u32)from->timer_id;
	if (from->si_code == SI_TIMER)
		to->ssi_overrun = (u32)from->status;
}

/* One signal out of @mask; 0: none pending. */
static int signalfd_dequeue(u64 mask, struct kernel_siginfo *info)
{
	u64 irq;
	struct sighand *sh = sighand_lock(current, &irq);
	int sig = signal_dequeue(current, ~mask, info);

	spin_unlock_irqrestore(&sh->lock, irq);
	signal_recalc();
	return sig;
}

static ssize_t signalfd_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct signalfd *s = f->private;
	struct signalfd_siginfo out;
	struct kernel_siginfo info;
	ssize_t done = 0;
	int err;

	(void)pos;
	if (it->count < sizeof(out))
		return -EINVAL;
	while (it->count >= sizeof(out)) {
		if (signalfd_dequeue(READ_ONCE(s->mask), &info)) {
			signalfd_format(&out, &info);
			if (copy_to_iter(&out, sizeof(out), it) != sizeof(out))
				return done ? done : -EFAULT;
			done += sizeof(out);
			continue;
		}
		if (done)
			break;
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(
			&current->signal->signalfd_wait,
			signalfd_pending(READ_ONCE(s->mask)));
		if (err)
			return err;
	}
	return done;
}

static u32 signalfd_poll(struct file *f, struct poll_table *pt)
{
	struct signalfd *s = f->private;

	poll_wait(f, &current->signal->signalfd_wait, pt);
	return signalfd_pending(READ_ONCE(s->mask)) ? EPOLLIN : 0;
}

static void signalfd_release(struct file *f)
{
	kfree(f->private);
}

static const struct file_ops signalfd_fops = {
	FILE_OPS_DEFAULTS,
	.read = signalfd_read,
	.poll = signalfd_poll,
	.release = signalfd_release,
};

static long signalfd_new(u64 mask, int flags)
{
	struct signalfd *s = kzalloc(sizeof(*s));
	struct file *f;

	if (!s)
		return -ENOMEM;
	s->mask = mask;
	f = anon_file_new("[signalfd]", &signalfd_fops, s,
			  O_RDWR | (flags & O_NONBLOCK));
	if (IS_ERR(f)) {
		kfree(s);
		return PTR_ERR(f);
	}
	return fd_install_new(f, (u32)flags);
}

long sys_signalfd4(int fd, const u64 __user *umask, size_t size, int flags)
{
	struct file *f;
	u64 mask;

	if (size != sizeof(mask) || (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK)))
		return -EINVAL;
	if (get_user(mask, umask))
		return -EFAULT;
	mask &= ~SIGNALS_UNBLOCKABLE;
	if (fd == -1)
		return signalfd_new(mask, flags);
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	if (f->op == &signalfd_fops) {
		((struct signalfd *)f->private)->mask = mask;
		wake_up_all(&current->signal->signalfd_wait);
	} else {
		fd = -EINVAL;
	}
	file_put(f);
	return fd;
}

long sys_signalfd(int fd, const u64 __user *mask, size_t size)
{
	return sys_signalfd4(fd, mask, size, 0);
}
