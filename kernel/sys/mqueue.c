// SPDX-License-Identifier: MIT
/* The system calls of POSIX message queues: see kernel/ipc/mqueue.h. */
#include <linux/fcntl.h>

#include "fs/file.h"
#include "fs/fs_struct.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/mqueue.h"
#include "kernel/mm/slab.h"
#include "kernel/net/netlink.h"
#include "kernel/net/packet.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

static long open_as(const char *name, int flags, umode_t mode,
		    const struct mq_attr *attr)
{
	struct file *f;

	mode &= ~READ_ONCE(current->fs->umask) & 07777;
	f = mq_file_open(name, (u32)flags, mode, attr);
	if (IS_ERR(f))
		return PTR_ERR(f);
	return fd_install_new(f, O_CLOEXEC);
}

long sys_mq_open(const char __user *uname, int flags, umode_t mode,
		 struct mq_attr __user *uattr)
{
	struct mq_attr attr;
	char *name;
	long ret;

	if (uattr && copy_from_user(&attr, uattr, sizeof(attr)))
		return -EFAULT;
	name = getname(uname, 0);
	if (IS_ERR(name))
		return PTR_ERR(name);
	ret = open_as(name, flags, mode, uattr ? &attr : NULL);
	putname(name);
	return ret;
}

long sys_mq_unlink(const char __user *uname)
{
	char *name = getname(uname, 0);
	long ret;

	if (IS_ERR(name))
		return PTR_ERR(name);
	ret = mq_remove(name);
	putname(name);
	return ret;
}

/* An absolute time of CLOCK_REALTIME as ns from now; NULL: no limit. */
static int deadline_get(const struct __kernel_timespec __user *at, s64 *left)
{
	struct __kernel_timespec ts;
	u64 ns, now;

	*left = WAIT_FOREVER;
	if (!at)
		return 0;
	if (copy_from_user(&ts, at, sizeof(ts)))
		return -EFAULT;
	if (timespec_to_ns(&ts, &ns))
		return -EINVAL;
	now = ktime_get_real();
	*left = ns > now ? (s64)(ns - now) : 0;
	return 0;
}

static long send_to(struct file *f, const char __user *text, size_t size,
		    unsigned int prio, s64 timeout)
{
	struct message *m;
	long err = mq_send_check(f, size);

	if (err)
		return err;
	m = message_new(size);
	if (!m)
		return -ENOMEM;
	m->type = prio;
	err = copy_from_user(m->text, text, size);
	if (!err)
		err = mq_send(f, m, timeout);
	if (err)
		kfree(m);
	return err;
}

long sys_mq_timedsend(int fd, const char __user *text, size_t size,
		      unsigned int prio,
		      const struct __kernel_timespec __user *at)
{
	struct file *f;
	s64 timeout;
	long err = deadline_get(at, &timeout);

	if (err)
		return err;
	if (prio >= MQ_PRIO_MAX)
		return -EINVAL;
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	err = send_to(f, text, size, prio, timeout);
	file_put(f);
	return err;
}

static long message_out(struct message *m, char __user *text,
			unsigned int __user *prio)
{
	long ret = (long)m->size;

	if ((prio && put_user((unsigned int)m->type, prio)) ||
	    copy_to_user(text, m->text, m->size))
		ret = -EFAULT;
	kfree(m);
	return ret;
}

long sys_mq_timedreceive(int fd, char __user *text, size_t size,
			 unsigned int __user *prio,
			 const struct __kernel_timespec __user *at)
{
	struct message *m;
	struct file *f;
	s64 timeout;
	long err = deadline_get(at, &timeout);

	if (err)
		return err;
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	m = mq_receive(f, size, timeout);
	file_put(f);
	return IS_ERR(m) ? PTR_ERR(m) : message_out(m, text, prio);
}

/* SIGEV_THREAD: what the C library's thread is to read, and its socket, whose
 * descriptor is in sigev_signo. */
static int thread_prepare(const struct sigevent *ev, struct mq_notification *n)
{
	struct file *f = fd_get(ev->sigev_signo);
	struct packet *p = f ? packet_new(NOTIFY_COOKIE_LEN) : NULL;
	int err = 0;

	if (!f)
		return -EBADF;
	if (IS_ERR(p))
		err = (int)PTR_ERR(p);
	else if (copy_from_user(p->data, ev->sigev_value.sival_ptr,
				NOTIFY_COOKIE_LEN))
		err = -EFAULT;
	else if (!netlink_of(f))
		err = socket_of(f) ? -EINVAL : -ENOTSOCK;
	n->socket = f;
	n->cookie = p;
	if (!err)
		return 0;
	file_put(f);
	if (!IS_ERR(p))
		packet_put(p);
	return err;
}

static int notification_prepare(const struct sigevent *ev,
				struct mq_notification *n)
{
	n->how = ev->sigev_notify;
	n->signo = ev->sigev_signo;
	n->value = (u64)ev->sigev_value.sival_ptr;
	switch (n->how) {
	case SIGEV_NONE:
		return 0;
	case SIGEV_SIGNAL:
		return n->signo < 0 || n->signo > _NSIG ? -EINVAL : 0;
	case SIGEV_THREAD:
		return thread_prepare(ev, n);
	default:
		return -EINVAL;
	}
}

static long notify_with(int fd, const struct mq_notification *n)
{
	struct file *f = fd_get(fd);
	long err;

	if (!f)
		return -EBADF;
	err = mq_notify_set(f, n);
	file_put(f);
	return err;
}

long sys_mq_notify(int fd, const struct sigevent __user *uev)
{
	struct mq_notification n;
	struct sigevent ev;
	long err;

	if (!uev)
		return notify_with(fd, NULL);
	if (copy_from_user(&ev, uev, sizeof(ev)))
		return -EFAULT;
	err = notification_prepare(&ev, &n);
	if (err)
		return err;
	err = notify_with(fd, &n);
	if (err && n.how == SIGEV_THREAD) {
		packet_put(n.cookie);
		file_put(n.socket);
	}
	return err;
}

long sys_mq_getsetattr(int fd, const struct mq_attr __user *unew,
		       struct mq_attr __user *uold)
{
	struct mq_attr new, old;
	struct file *f;
	long err;

	if (unew && copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	err = mq_attributes(f, unew ? &new : NULL, &old);
	file_put(f);
	if (!err && uold && copy_to_user(uold, &old, sizeof(old)))
		return -EFAULT;
	return err;
}
