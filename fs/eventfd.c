// SPDX-License-Identifier: MIT
/*
 * eventfd(2): a counter that is a file. A write adds, a read takes all (or one
 * with EFD_SEMAPHORE) and waits while it is zero.
 */
#include <linux/eventpoll.h>

#include "fs/file.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

/* eventfd(2); linux-libc-dev of 6.1 has no header for them. */
#define EFD_SEMAPHORE 1
#define EFD_CLOEXEC O_CLOEXEC
#define EFD_NONBLOCK O_NONBLOCK

#define EVENTFD_MAX (~0ULL - 1)

struct eventfd {
	struct spinlock lock; /* protects count */
	struct waitq waitq;   /* readers and writers */
	u64 count;
	bool semaphore; /* [I] */
};

/* Take what a read returns; false: nothing there. */
static bool eventfd_take(struct eventfd *e, u64 *value)
{
	spin_lock(&e->lock);
	*value = e->semaphore && e->count ? 1 : e->count;
	e->count -= *value;
	spin_unlock(&e->lock);
	return *value;
}

static ssize_t eventfd_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct eventfd *e = f->private;
	u64 value;
	int err;

	(void)pos;
	if (it->count < sizeof(value))
		return -EINVAL;
	while (!eventfd_take(e, &value)) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(&e->waitq, READ_ONCE(e->count));
		if (err)
			return err;
	}
	wake_up_poll(&e->waitq, EPOLLOUT);
	if (copy_to_iter(&value, sizeof(value), it) != sizeof(value))
		return -EFAULT;
	return sizeof(value);
}

static bool eventfd_add(struct eventfd *e, u64 value)
{
	bool fits;

	spin_lock(&e->lock);
	fits = value <= EVENTFD_MAX - e->count;
	if (fits)
		e->count += value;
	spin_unlock(&e->lock);
	return fits;
}

static ssize_t eventfd_write(struct file *f, struct iter *it, loff_t *pos)
{
	struct eventfd *e = f->private;
	u64 value;
	int err;

	(void)pos;
	if (it->count < sizeof(value))
		return -EINVAL;
	if (copy_from_iter(&value, sizeof(value), it) != sizeof(value))
		return -EFAULT;
	if (value > EVENTFD_MAX)
		return -EINVAL;
	while (!eventfd_add(e, value)) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(
			&e->waitq, value <= EVENTFD_MAX - READ_ONCE(e->count));
		if (err)
			return err;
	}
	wake_up_poll(&e->waitq, EPOLLIN);
	return sizeof(value);
}

static u32 eventfd_poll(struct file *f, struct poll_table *pt)
{
	struct eventfd *e = f->private;
	u64 count;

	poll_wait(f, &e->waitq, pt);
	count = READ_ONCE(e->count);
	return (count ? EPOLLIN : 0) | (count < EVENTFD_MAX ? EPOLLOUT : 0);
}

static void eventfd_release(struct file *f)
{
	kfree(f->private);
}

static const struct file_ops eventfd_fops = {
	FILE_OPS_DEFAULTS,
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.release = eventfd_release,
};

long sys_eventfd2(unsigned int count, int flags)
{
	struct eventfd *e;
	struct file *f;

	if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
		return -EINVAL;
	e = kzalloc(sizeof(*e));
	if (!e)
		return -ENOMEM;
	spin_init(&e->lock, "eventfd");
	waitq_init(&e->waitq);
	e->count = count;
	e->semaphore = flags & EFD_SEMAPHORE;
	f = anon_file_new("[eventfd]", &eventfd_fops, e,
			  O_RDWR | (flags & O_NONBLOCK));
	if (IS_ERR(f)) {
		kfree(e);
		return PTR_ERR(f);
	}
	return fd_install_new(f, flags);
}

long sys_eventfd(unsigned int count)
{
	return sys_eventfd2(count, 0);
}
