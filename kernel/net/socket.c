// SPDX-License-Identifier: MIT
/*
 * The socket system calls: from user's arguments to struct msg and the
 * family's table; and the file that a socket is.
 */
#include <asm/ioctls.h>
#include <linux/eventpoll.h>

#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/net/socket.h"
#include "fs/pipe.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

#define SOCK_BUF_DEFAULT 212992 /* Linux's rmem_default */
#define SOCK_BUF_MIN 2304
#define IOV_FAST 8

static struct slab *socket_slab;
static const struct file_ops socket_fops;

/* ---- the file -------------------------------------------------------------- */

static ssize_t socket_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct socket *s = f->private;
	struct msg m = { .it = *it, .nonblock = f->flags & O_NONBLOCK };
	ssize_t ret;

	(void)pos;
	if (!it->count)
		return 0;
	ret = s->op->recvmsg(s, &m);
	scm_free(&m.scm);
	return ret;
}

static ssize_t socket_write(struct file *f, struct iter *it, loff_t *pos)
{
	struct socket *s = f->private;
	struct msg m = { .it = *it, .nonblock = f->flags & O_NONBLOCK };
	ssize_t ret;

	(void)pos;
	ret = s->op->sendmsg(s, &m);
	scm_free(&m.scm);
	if (ret == -EPIPE)
		signal_send(current, SIGPIPE, NULL, false);
	return ret;
}

static u32 socket_poll(struct file *f, struct poll_table *pt)
{
	struct socket *s = f->private;

	return s->op->poll(s, f, pt);
}

static long socket_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	struct socket *s = f->private;

	if (cmd == FIONREAD)
		return put_user((int)s->op->readable(s), (int __user *)arg);
	return -ENOTTY;
}

static void socket_release(struct file *f)
{
	struct socket *s = f->private;

	s->op->release(s);
	slab_free(socket_slab, s);
}

static const struct file_ops socket_fops = {
	FILE_OPS_DEFAULTS,
	.read = socket_read,
	.write = socket_write,
	.poll = socket_poll,
	.ioctl = socket_ioctl,
	.release = socket_release,
};

/* A socket without sk and file. */
static struct socket *socket_new(int family, int type)
{
	struct socket *s = slab_zalloc(socket_slab);

	if (!s)
		return ERR_PTR(-ENOMEM);
	s->family = family;
	s->type = type;
	s->sndbuf = s->rcvbuf = SOCK_BUF_DEFAULT;
	s->rcvtimeo = s->sndtimeo = WAIT_FOREVER;
	return s;
}

/* The file of @s, which must have its sk; releases @s on error. */
static struct file *socket_file(struct socket *s, u32 flags)
{
	struct inode *inode = anon_inode_new(S_IFSOCK | 0777);
	struct file *f;

	if (IS_ERR(inode)) {
		f = ERR_PTR(PTR_ERR(inode));
		goto release;
	}
	f = anon_inode_file(inode, "socket", O_RDWR | (flags & O_NONBLOCK));
	if (IS_ERR(f))
		goto release;
	f->op = &socket_fops;
	f->private = s;
	f->mode &= ~(FMODE_LSEEK | FMODE_PREAD);
	f->mode |= FMODE_CAN_POLL | FMODE_STREAM;
	s->file = f;
	return f;

release:
	s->op->release(s);
	slab_free(socket_slab, s);
	return f;
}

static int socket_check(int family, int type, int protocol)
{
	if (type & ~(SOCK_TYPE_MASK | SOCK_NONBLOCK | SOCK_CLOEXEC))
		return -EINVAL;
	if (family != AF_UNIX)
		return -EAFNOSUPPORT;
	if (protocol && protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	return 0;
}

long sys_socket(int family, int type, int protocol)
{
	struct socket *s;
	struct file *f;
	int err = socket_check(family, type, protocol);

	if (err)
		return err;
	s = socket_new(family, type & SOCK_TYPE_MASK);
	if (IS_ERR(s))
		return PTR_ERR(s);
	err = unix_create(s);
	if (err) {
		slab_free(socket_slab, s);
		return err;
	}
	f = socket_file(s, (u32)type);
	return IS_ERR(f) ? PTR_ERR(f) : fd_install_new(f, (u32)type);
}

/* Two sockets, connected with each other; on error neither is left. */
static int socket_pair(struct socket **a, struct socket **b, int type)
{
	int err;

	*a = socket_new(AF_UNIX, type);
	if (IS_ERR(*a))
		return (int)PTR_ERR(*a);
	*b = socket_new(AF_UNIX, type);
	err = IS_ERR(*b) ? (int)PTR_ERR(*b) : unix_pair(*a, *b);
	if (!err)
		return 0;
	if (!IS_ERR(*b))
		slab_free(socket_slab, *b);
	slab_free(socket_slab, *a);
	return err;
}

long sys_socketpair(int family, int type, int protocol, int __user *fds)
{
	struct socket *a = NULL, *b = NULL;
	struct file *fa, *fb;
	int err = socket_check(family, type, protocol);

	if (!err)
		err = socket_pair(&a, &b, type & SOCK_TYPE_MASK);
	if (err)
		return err;
	fa = socket_file(a, (u32)type);
	fb = socket_file(b, (u32)type);
	if (IS_ERR(fa) || IS_ERR(fb)) {
		if (!IS_ERR(fa))
			file_put(fa);
		if (!IS_ERR(fb))
			file_put(fb);
		return IS_ERR(fa) ? PTR_ERR(fa) : PTR_ERR(fb);
	}
	return fd_install_pair(fa, fb, (u32)type, fds);
}

/* ---- decoding ------------------------------------------------------------------ */

/* Counted file of a socket, or ERR_PTR(-EBADF, -ENOTSOCK). */
struct file *socket_get(int fd)
{
	struct file *f = fd_get(fd);

	if (!f)
		return ERR_PTR(-EBADF);
	if (f->op != &socket_fops) {
		file_put(f);
		return ERR_PTR(-ENOTSOCK);
	}
	return f;
}

static int name_import(struct msg *m, const void __user *addr, int len)
{
	if (len < 0 || (size_t)len > sizeof(m->name))
		return -EINVAL;
	m->name_len = (u32)len;
	return len ? copy_from_user(&m->name, addr, (size_t)len) : 0;
}

/* Give an address back: cut to the room, *ulen is its real length. */
static int name_export(const struct msg *m, void __user *addr, int __user *ulen)
{
	int room;

	if (get_user(room, ulen))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (copy_to_user(addr, &m->name, min((u32)room, m->name_len)))
		return -EFAULT;
	return put_user((int)m->name_len, ulen);
}

long sys_bind(int fd, const void __user *addr, int len)
{
	struct file *f = socket_get(fd);
	struct msg m = { 0 };
	struct socket *s;
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	s = f->private;
	err = name_import(&m, addr, len);
	if (!err)
		err = s->op->bind(s, &m);
	file_put(f);
	return err;
}

long sys_connect(int fd, const void __user *addr, int len)
{
	struct file *f = socket_get(fd);
	struct msg m = { 0 };
	struct socket *s;
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	s = f->private;
	err = name_import(&m, addr, len);
	if (!err)
		err = s->op->connect(s, &m, f->flags & O_NONBLOCK);
	file_put(f);
	return err;
}

long sys_listen(int fd, int backlog)
{
	struct file *f = socket_get(fd);
	struct socket *s;
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	s = f->private;
	err = s->op->listen(s, backlog);
	file_put(f);
	return err;
}

/* accept's work: the new socket's file. */
static struct file *socket_accept(struct file *f, u32 flags)
{
	struct socket *s = f->private;
	struct socket *new = socket_new(s->family, s->type);
	int err;

	if (IS_ERR(new))
		return ERR_PTR(PTR_ERR(new));
	err = s->op->accept(s, new, f->flags & O_NONBLOCK);
	if (err) {
		slab_free(socket_slab, new);
		return ERR_PTR(err);
	}
	return socket_file(new, flags);
}

long sys_accept4(int fd, void __user *addr, int __user *len, int flags)
{
	struct file *f, *nf;
	struct msg m = { 0 };
	struct socket *s;
	long ret = 0;

	if (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC))
		return -EINVAL;
	f = socket_get(fd);
	if (IS_ERR(f))
		return PTR_ERR(f);
	nf = socket_accept(f, (u32)flags);
	file_put(f);
	if (IS_ERR(nf))
		return PTR_ERR(nf);
	s = nf->private;
	if (addr) {
		ret = s->op->getname(s, &m, true);
		if (!ret)
			ret = name_export(&m, addr, len);
	}
	if (ret) {
		file_put(nf);
		return ret;
	}
	return fd_install_new(nf, (u32)flags);
}

long sys_accept(int fd, void __user *addr, int __user *len)
{
	return sys_accept4(fd, addr, len, 0);
}

static long socket_getname(int fd, void __user *addr, int __user *len, bool peer)
{
	struct file *f = socket_get(fd);
	struct msg m = { 0 };
	struct socket *s;
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	s = f->private;
	err = s->op->getname(s, &m, peer);
	if (!err)
		err = name_export(&m, addr, len);
	file_put(f);
	return err;
}

long sys_getsockname(int fd, void __user *addr, int __user *len)
{
	return socket_getname(fd, addr, len, false);
}

long sys_getpeername(int fd, void __user *addr, int __user *len)
{
	return socket_getname(fd, addr, len, true);
}

long sys_shutdown(int fd, int how)
{
	struct file *f = socket_get(fd);
	struct socket *s;
	int err = -EINVAL;

	if (IS_ERR(f))
		return PTR_ERR(f);
	s = f->private;
	if (how >= SHUT_RD && how <= SHUT_RDWR)
		err = s->op->shutdown(s, how);
	file_put(f);
	return err;
}

/* ---- sending and receiving ---------------------------------------------------------- */

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

void socket_module_init(void)
{
	socket_slab = slab_create("socket", sizeof(struct socket), 8);
	unix_module_init();
}
