// SPDX-License-Identifier: MIT
/*
 * timerfd(2): a timer that is a file; a read returns how often it expired.
 *
 * The timer's function runs in the timer interrupt: it counts, re-arms an
 * interval and wakes readers.
 */
#include <linux/eventpoll.h>
#include <linux/timerfd.h>

#include "fs/file.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

struct timerfd {
	struct spinlock lock; /* irqsave: ticks, interval */
	struct waitq waitq;
	struct timer timer;
	u64 ticks;    /* expirations not read yet */
	u64 interval; /* ns; 0: one shot */
	int clockid;  /* [I] */
};

static void timerfd_fire(struct timer *timer)
{
	struct timerfd *t = container_of(timer, struct timerfd, timer);
	u64 flags = spin_lock_irqsave(&t->lock);

	t->ticks++;
	if (t->interval)
		timer_start(timer, timer->deadline + t->interval);
	spin_unlock_irqrestore(&t->lock, flags);
	wake_up_poll(&t->waitq, EPOLLIN);
}

static u64 timerfd_take(struct timerfd *t)
{
	u64 flags = spin_lock_irqsave(&t->lock);
	u64 ticks = t->ticks;

	t->ticks = 0;
	spin_unlock_irqrestore(&t->lock, flags);
	return ticks;
}

static ssize_t timerfd_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct timerfd *t = f->private;
	u64 ticks;
	int err;

	(void)pos;
	if (it->count < sizeof(ticks))
		return -EINVAL;
	while (!(ticks = timerfd_take(t))) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(&t->waitq, READ_ONCE(t->ticks));
		if (err)
			return err;
	}
	if (copy_to_iter(&ticks, sizeof(ticks), it) != sizeof(ticks))
		return -EFAULT;
	return sizeof(ticks);
}

static u32 timerfd_poll(struct file *f, struct poll_table *pt)
{
	struct timerfd *t = f->private;

	poll_wait(f, &t->waitq, pt);
	return READ_ONCE(t->ticks) ? EPOLLIN : 0;
}

static void timerfd_release(struct file *f)
{
	struct timerfd *t = f->private;

	t->interval = 0;
	timer_cancel(&t->timer);
	kfree(t);
}

static const struct file_ops timerfd_fops = {
	FILE_OPS_DEFAULTS,
	.read = timerfd_read,
	.poll = timerfd_poll,
	.release = timerfd_release,
};

static bool clock_is_realtime(int clockid)
{
	return clockid == CLOCK_REALTIME || clockid == CLOCK_REALTIME_ALARM;
}

long sys_timerfd_create(int clockid, int flags)
{
	struct timerfd *t;
	struct file *f;

	if (flags & ~(TFD_CLOEXEC | TFD_NONBLOCK))
		return -EINVAL;
	if (clockid != CLOCK_MONOTONIC && clockid != CLOCK_BOOTTIME &&
	    clockid != CLOCK_BOOTTIME_ALARM && !clock_is_realtime(clockid))
		return -EINVAL;
	t = kzalloc(sizeof(*t));
	if (!t)
		return -ENOMEM;
	spin_init(&t->lock, "timerfd");
	waitq_init(&t->waitq);
	timer_init(&t->timer, timerfd_fire);
	t->clockid = clockid;
	f = anon_file_new("[timerfd]", &timerfd_fops, t,
			  O_RDWR | (flags & O_NONBLOCK));
	if (IS_ERR(f)) {
		kfree(t);
		return PTR_ERR(f);
	}
	return fd_install_new(f, flags);
}

/* Counted file of a timerfd, or ERR_PTR(-EBADF, -EINVAL). */
static struct file *timerfd_get(int fd)
{
	struct file *f = fd_get(fd);

	if (!f)
		return ERR_PTR(-EBADF);
	if (f->op != &timerfd_fops) {
		file_put(f);
		return ERR_PTR(-EINVAL);
	}
	return f;
}

static void timerfd_current(struct timerfd *t, struct __kernel_itimerspec *its)
{
	u64 now = ktime_get(), left = 0;

	if (timer_pending(&t->timer))
		left = t->timer.deadline > now ? t->timer.deadline - now : 1;
	its->it_interval = ns_to_timespec(t->interval);
	its->it_value = ns_to_timespec(left);
}

static void timerfd_arm(struct timerfd *t, u64 value, u64 interval, int flags)
{
	u64 irq, now = ktime_get(), deadline = now + value;

	t->interval = 0;
	timer_cancel(&t->timer);
	irq = spin_lock_irqsave(&t->lock);
	t->ticks = 0;
	t->interval = interval;
	spin_unlock_irqrestore(&t->lock, irq);
	if (!value)
		return;
	if (flags & TFD_TIMER_ABSTIME)
		deadline = clock_to_ktime(t->clockid, value);
	timer_start(&t->timer, min(deadline, KTIME_MAX));
}

long sys_timerfd_settime(int fd, int flags,
			 const struct __kernel_itimerspec __user *new,
			 struct __kernel_itimerspec __user *old)
{
	struct __kernel_itimerspec its, was;
	struct timerfd *t;
	struct file *f;
	u64 value, interval;
	int err;

	if (copy_from_user(&its, new, sizeof(its)))
		return -EFAULT;
	if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) ||
	    timespec_to_ns(&its.it_value, &value) ||
	    timespec_to_ns(&its.it_interval, &interval))
		return -EINVAL;
	f = timerfd_get(fd);
	if (IS_ERR(f))
		return PTR_ERR(f);
	t = f->private;
	mutex_lock(&f->pos_lock);
	timerfd_current(t, &was);
	timerfd_arm(t, value, interval, flags);
	mutex_unlock(&f->pos_lock);
	file_put(f);
	err = old ? copy_to_user(old, &was, sizeof(was)) : 0;
	return err;
}

long sys_timerfd_gettime(int fd, struct __kernel_itimerspec __user *cur)
{
	struct __kernel_itimerspec its;
	struct file *f = timerfd_get(fd);

	if (IS_ERR(f))
		return PTR_ERR(f);
	timerfd_current(f->private, &its);
	file_put(f);
	return copy_to_user(cur, &its, sizeof(its));
}
