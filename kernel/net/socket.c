// SPDX-License-Identifier: MIT
/*
 * Sockets: the file that each is, and the system calls that make, name and
 * connect them: from user's arguments to struct msg and the family's table.
 * socket_io.c has those that send and receive.
 */
#include <asm/ioctls.h>
#include <linux/eventpoll.h>
#include <linux/sockios.h>

#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "fs/nsfs.h"
#include "fs/pipe.h"
#include "kernel/debug/why.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"
#include "kernel/net/netlink.h"
#include "kernel/net/socket.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define SOCK_BUF_DEFAULT 212992 /* Linux's rmem_default */

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

/* A file on the network that the socket is in, wherever the caller is. */
static long ioctl_net(const struct socket *s)
{
	struct ns *ns = &s->net->ns;

	if (!ns_capable(ns->owner, CAP_NET_ADMIN))
		return why(-EPERM, "SIOCGSKNS: no CAP_NET_ADMIN over the owner "
				   "of net:[%u]", ns->inum);
	return ns_open_fd(ns_get(ns, PIN_TEMP));
}

static long socket_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	struct socket *s = f->private;

	switch (cmd) {
	case FIONREAD:
		return put_user((int)s->op->readable(s), (int __user *)arg);
	case SIOCGSKNS:
		return ioctl_net(s);
	default:
		return netdev_ioctl(s, cmd, (void __user *)arg);
	}
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
	.lost = unix_gc,
};

struct socket *socket_of(const struct file *f)
{
	return f->op == &socket_fops ? f->private : NULL;
}

/* A socket without sk and file. */
static struct socket *socket_new(int family, int type, int protocol)
{
	struct socket *s = slab_zalloc(socket_slab);

	if (!s)
		return ERR_PTR(-ENOMEM);
	s->family = family;
	s->type = type;
	s->protocol = protocol;
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
	f->mode |= FMODE_CAN_POLL | FMODE_STREAM | FMODE_CYCLE;
	s->file = f;
	return f;

release:
	s->op->release(s);
	slab_free(socket_slab, s);
	return f;
}

/* ---- making ---------------------------------------------------------------- */

static const struct family {
	int family;
	/* Give @s its sk, in @net. -ESOCKTNOSUPPORT, -EPROTONOSUPPORT,
	 * -ENOMEM, ... */
	int (*create)(struct socket *s, struct net *net);
} families[] = {
	{ AF_UNIX, unix_create },
	{ AF_INET, inet_create },
	{ AF_INET6, inet_create },
	{ AF_NETLINK, netlink_create },
};

/* NULL: there is no such family. */
static const struct family *family_find(int family)
{
	for (u32 i = 0; i < ARRAY_SIZE(families); i++)
		if (families[i].family == family)
			return &families[i];
	return NULL;
}

static int socket_check(int family, int type)
{
	if (type & ~(SOCK_TYPE_MASK | SOCK_NONBLOCK | SOCK_CLOEXEC) ||
	    (type & SOCK_TYPE_MASK) >= SOCK_TYPE_MAX)
		return -EINVAL;
	return family_find(family) ? 0 : -EAFNOSUPPORT;
}

long sys_socket(int family, int type, int protocol)
{
	struct socket *s;
	struct file *f;
	int err = socket_check(family, type);

	if (err)
		return err;
	s = socket_new(family, type & SOCK_TYPE_MASK, protocol);
	if (IS_ERR(s))
		return PTR_ERR(s);
	err = family_find(family)->create(s, nsproxy_net(current->nsproxy));
	if (err) {
		slab_free(socket_slab, s);
		return err;
	}
	f = socket_file(s, (u32)type);
	return IS_ERR(f) ? PTR_ERR(f) : fd_install_new(f, (u32)type);
}

/* Two sockets, connected with each other; on error neither is left. */
static int socket_pair(struct socket **a, struct socket **b, int type,
		       int protocol)
{
	int err;

	*a = socket_new(AF_UNIX, type, protocol);
	if (IS_ERR(*a))
		return (int)PTR_ERR(*a);
	*b = socket_new(AF_UNIX, type, protocol);
	err = IS_ERR(*b) ? (int)PTR_ERR(*b) :
			   unix_pair(*a, *b, nsproxy_net(current->nsproxy));
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
	int err = socket_check(family, type);

	if (!err && family != AF_UNIX)
		err = -EOPNOTSUPP;
	if (!err)
		err = socket_pair(&a, &b, type & SOCK_TYPE_MASK, protocol);
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
	if (!socket_of(f)) {
		file_put(f);
		return ERR_PTR(-ENOTSOCK);
	}
	return f;
}

int name_import(struct msg *m, const void __user *addr, int len)
{
	if (len < 0 || (size_t)len > sizeof(m->name))
		return -EINVAL;
	m->name_len = (u32)len;
	return len ? copy_from_user(&m->name, addr, (size_t)len) : 0;
}

/* Give an address back: cut to the room, *ulen is its real length. */
int name_export(const struct msg *m, void __user *addr, int __user *ulen)
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
	struct socket *new = socket_new(s->family, s->type, s->protocol);
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

void socket_module_init(void)
{
	socket_slab = slab_create("socket", sizeof(struct socket), 8);
	unix_module_init();
	netdev_module_init();
	inet_module_init();
	netlink_module_init();
}
