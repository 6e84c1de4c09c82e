// SPDX-License-Identifier: MIT
/* The socket system calls that send and receive: send(2), recv(2), cmsg(3). */
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/net/socket.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

#define IOV_FAST 8

static ssize_t socket_send(struct file *f, struct msg *m)
{
	struct socket *s = f->private;
	ssize_t ret;

	m->nonblock = (f->flags & O_NONBLOCK) || (m->flags & MSG_DONTWAIT);
	ret = s->op->sendmsg(s, m);
	scm_free(&m->scm);
	if (ret == -EPIPE && !(m->flags & MSG_NOSIGNAL))
		signal_send(current, SIGPIPE, NULL, false);
	return ret;
}

static ssize_t socket_recv(struct file *f, struct msg *m)
{
	struct socket *s = f->private;

	m->nonblock = (f->flags & O_NONBLOCK) || (m->flags & MSG_DONTWAIT);
	return s->op->recvmsg(s, m);
}

long sys_sendto(int fd, const void __user *buf, size_t len, unsigned int flags,
		const void __user *addr, int addr_len)
{
	struct file *f = socket_get(fd);
	struct msg m = { .flags = flags };
	long ret = 0;

	if (IS_ERR(f))
		return PTR_ERR(f);
	iter_user(&m.it, (void __user *)buf, len);
	if (addr)
		ret = name_import(&m, addr, addr_len);
	if (!ret)
		ret = socket_send(f, &m);
	file_put(f);
	return ret;
}

long sys_recvfrom(int fd, void __user *buf, size_t len, unsigned int flags,
		  void __user *addr, int __user *addr_len)
{
	struct file *f = socket_get(fd);
	struct msg m = { .flags = flags };
	long ret;
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	iter_user(&m.it, buf, len);
	ret = socket_recv(f, &m);
	scm_free(&m.scm);
	if (ret >= 0 && addr) {
		err = name_export(&m, addr, addr_len);
		if (err)
			ret = err;
	}
	file_put(f);
	return ret;
}

long sys_sendmsg(int fd, const struct user_msghdr __user *umsg,
		 unsigned int flags)
{
	struct iovec fast[IOV_FAST], *vec = fast;
	struct user_msghdr h;
	struct msg m = { .flags = flags };
	struct file *f;
	long ret;

	if (copy_from_user(&h, umsg, sizeof(h)))
		return -EFAULT;
	f = socket_get(fd);
	if (IS_ERR(f))
		return PTR_ERR(f);
	ret = h.msg_name ? name_import(&m, h.msg_name, h.msg_namelen) : 0;
	if (!ret)
		ret = iter_import(&m.it, h.msg_iov, h.msg_iovlen, fast,
				  IOV_FAST, &vec);
	if (ret)
		goto put;
	ret = h.msg_control ?
		      scm_send(&m.scm, h.msg_control, h.msg_controllen) :
		      0;
	if (!ret)
		ret = socket_send(f, &m);
	if (vec != fast)
		kfree(vec);
put:
	file_put(f);
	return ret;
}

/* What recvmsg tells in the header that user space gave. */
static int recv_export(struct user_msghdr __user *umsg,
		       const struct user_msghdr *h, const struct msg *m)
{
	u32 out = m->flags & (MSG_CTRUNC | MSG_TRUNC | MSG_EOR |
			      MSG_CMSG_CLOEXEC);
	int err = 0;

	if (h->msg_name) {
		u32 n = min((u32)h->msg_namelen, m->name_len);

		err = copy_to_user(h->msg_name, &m->name, n);
		if (!err)
			err = put_user((int)m->name_len, &umsg->msg_namelen);
	}
	if (!err)
		err = put_user(h->msg_controllen - m->control_len,
			       &umsg->msg_controllen);
	return err ? err : put_user(out, &umsg->msg_flags);
}

long sys_recvmsg(int fd, struct user_msghdr __user *umsg, unsigned int flags)
{
	struct iovec fast[IOV_FAST], *vec = fast;
	struct user_msghdr h;
	struct msg m = { .flags = flags };
	struct file *f;
	long ret;

	if (copy_from_user(&h, umsg, sizeof(h)))
		return -EFAULT;
	if (h.msg_namelen < 0)
		return -EINVAL;
	f = socket_get(fd);
	if (IS_ERR(f))
		return PTR_ERR(f);
	ret = iter_import(&m.it, h.msg_iov, h.msg_iovlen, fast, IOV_FAST,
			  &vec);
	if (ret)
		goto put;
	m.control = h.msg_control;
	m.control_len = h.msg_control ? h.msg_controllen : 0;
	h.msg_controllen = m.control_len;
	m.flags &= ~(u32)(MSG_CTRUNC | MSG_EOR);
	ret = socket_recv(f, &m);
	if (ret >= 0) {
		int err;

		scm_recv(f->private, &m);
		err = recv_export(umsg, &h, &m);
		if (err)
			ret = err;
	}
	if (vec != fast)
		kfree(vec);
put:
	file_put(f);
	return ret;
}
