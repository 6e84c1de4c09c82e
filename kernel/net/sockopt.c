// SPDX-License-Identifier: MIT
/*
 * Socket options (socket(7), "Socket options"): get- and setsockopt(2) at level
 * SOL_SOCKET. Other levels are the family's.
 */
#include <linux/time_types.h>

#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/net/net.h"
#include "kernel/net/socket.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define SOCK_BUF_MIN 2304
#define SOCK_SNDBUF_MIN 4608
#define SOCK_BUF_MAX 425984 /* twice Linux's wmem_max */
#define PRIORITY_FREE 6	    /* above it is for administrators */

/* Options that are a yes or no which changes nothing else. */
static const struct flag_option {
	int name;
	size_t field;
} flags[] = {
	{ SO_REUSEADDR, offsetof(struct socket, reuseaddr) },
	{ SO_REUSEPORT, offsetof(struct socket, reuseport) },
	{ SO_KEEPALIVE, offsetof(struct socket, keepalive) },
	{ SO_BROADCAST, offsetof(struct socket, broadcast) },
	{ SO_OOBINLINE, offsetof(struct socket, oobinline) },
	{ SO_DONTROUTE, offsetof(struct socket, dontroute) },
	{ SO_TIMESTAMP_OLD, offsetof(struct socket, timestamp) },
};

static bool *flag_find(struct socket *s, int name)
{
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].name == name)
			return (bool *)((char *)s + flags[i].field);
	return NULL;
}

/* Numbers of 32 bits that getsockopt(2) shows as they are. */
static const struct flag_option numbers[] = {
	{ SO_TYPE, offsetof(struct socket, type) },
	{ SO_DOMAIN, offsetof(struct socket, family) },
	{ SO_PROTOCOL, offsetof(struct socket, protocol) },
	{ SO_SNDBUF, offsetof(struct socket, sndbuf) },
	{ SO_RCVBUF, offsetof(struct socket, rcvbuf) },
	{ SO_PRIORITY, offsetof(struct socket, priority) },
	{ SO_MARK, offsetof(struct socket, mark) },
	{ SO_BINDTOIFINDEX, offsetof(struct socket, bound_if) },
};

static const u32 *number_find(const struct socket *s, int name)
{
	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].name == name)
			return (const u32 *)((const char *)s +
					     numbers[i].field);
	return NULL;
}

static int may_admin(const struct socket *s, int cap, const char *option)
{
	if (ns_capable(s->net->ns.owner, CAP_NET_ADMIN) ||
	    ns_capable(s->net->ns.owner, cap))
		return 0;
	return why(-EPERM, "setsockopt: %s needs CAP_NET_ADMIN over the owner "
			   "of net:[%u]", option, s->net->ns.inum);
}

/* ---- setting --------------------------------------------------------------------- */

/* SO_RCVTIMEO and SO_SNDTIMEO: zero is no limit. */
static int set_timeout(s64 *to, const void __user *value, int len)
{
	struct __kernel_old_timeval tv;

	if ((size_t)len < sizeof(tv))
		return -EINVAL;
	if (copy_from_user(&tv, value, sizeof(tv)))
		return -EFAULT;
	if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return -EDOM;
	*to = tv.tv_sec < 0 ? 0 :
			      tv.tv_sec * (s64)NSEC_PER_SEC +
				      tv.tv_usec * (s64)NSEC_PER_USEC;
	if (!tv.tv_sec && !tv.tv_usec)
		*to = WAIT_FOREVER;
	return 0;
}

/* Linux doubles what is asked for, to make room for its bookkeeping. */
static u32 buffer_size(int asked, u32 least)
{
	u32 n = asked < 0 ? SOCK_BUF_MAX / 2 : (u32)asked;

	return max(min(n, (u32)SOCK_BUF_MAX / 2) * 2, least);
}

static int set_device(struct socket *s, u32 index)
{
	if (s->bound_if && !ns_capable(s->net->ns.owner, CAP_NET_RAW))
		return why(-EPERM, "setsockopt: to leave a device needs "
				   "CAP_NET_RAW over the owner of net:[%u]",
			   s->net->ns.inum);
	s->bound_if = index;
	return 0;
}

/* By name; an empty one: any device. */
static int set_device_name(struct socket *s, const void __user *value, int len)
{
	char name[IFNAMSIZ] = "";
	struct netdev *dev;
	u32 index = 0;

	if (len < 0)
		return -EINVAL;
	if (copy_from_user(name, value, min((size_t)len, sizeof(name) - 1)))
		return -EFAULT;
	if (*name) {
		spin_lock(&s->net->lock);
		dev = netdev_find(s->net, name);
		index = dev ? dev->index : 0;
		spin_unlock(&s->net->lock);
		if (!dev)
			return -ENODEV;
	}
	return set_device(s, index);
}

static int set_device_index(struct socket *s, int index)
{
	bool there = !index;

	if (index < 0)
		return -EINVAL;
	spin_lock(&s->net->lock);
	there = there || netdev_by_index(s->net, (u32)index);
	spin_unlock(&s->net->lock);
	return there ? set_device(s, (u32)index) : -ENODEV;
}

static int set_privileged(struct socket *s, int name, int v)
{
	int err;

	switch (name) {
	case SO_PRIORITY:
		err = v >= 0 && v <= PRIORITY_FREE ?
			      0 : may_admin(s, CAP_NET_RAW, "SO_PRIORITY");
		if (!err)
			s->priority = (u32)v;
		return err;
	case SO_MARK:
		err = may_admin(s, CAP_NET_RAW, "SO_MARK");
		if (!err)
			s->mark = (u32)v;
		return err;
	case SO_SNDBUFFORCE:
		err = may_admin(s, CAP_NET_ADMIN, "SO_SNDBUFFORCE");
		if (!err)
			s->sndbuf = buffer_size(v, SOCK_SNDBUF_MIN);
		return err;
	case SO_RCVBUFFORCE:
		err = may_admin(s, CAP_NET_ADMIN, "SO_RCVBUFFORCE");
		if (!err)
			s->rcvbuf = buffer_size(v, SOCK_BUF_MIN);
		return err;
	case SO_DEBUG:
		return v && may_admin(s, CAP_NET_ADMIN, "SO_DEBUG") ? -EACCES :
								       0;
	default:
		return -ENOPROTOOPT;
	}
}

static int set_int_option(struct socket *s, int name, int v)
{
	bool *flag = flag_find(s, name);

	if (flag) {
		*flag = v != 0;
		return 0;
	}
	switch (name) {
	case SO_SNDBUF:
		s->sndbuf = buffer_size(v, SOCK_SNDBUF_MIN);
		return 0;
	case SO_RCVBUF:
		s->rcvbuf = buffer_size(v, SOCK_BUF_MIN);
		return 0;
	case SO_PASSCRED:
		if (s->family != AF_UNIX && s->family != AF_NETLINK)
			return -EOPNOTSUPP;
		s->passcred = v;
		return 0;
	case SO_BINDTOIFINDEX:
		return set_device_index(s, v);
	case SO_RCVLOWAT:
		return 0; /* one message satisfies every reader here */
	default:
		return set_privileged(s, name, v);
	}
}

static int set_linger(struct socket *s, const void __user *value, int len)
{
	struct linger l;

	if ((size_t)len < sizeof(l))
		return -EINVAL;
	if (copy_from_user(&l, value, sizeof(l)))
		return -EFAULT;
	s->linger = l;
	return 0;
}

static int set_option(struct socket *s, int name, const void __user *value,
		      int len)
{
	int v;

	if (name == SO_BINDTODEVICE)
		return set_device_name(s, value, len);
	if (len < (int)sizeof(v))
		return -EINVAL;
	switch (name) {
	case SO_RCVTIMEO_OLD:
		return set_timeout(&s->rcvtimeo, value, len);
	case SO_SNDTIMEO_OLD:
		return set_timeout(&s->sndtimeo, value, len);
	case SO_LINGER:
		return set_linger(s, value, len);
	}
	if (copy_from_user(&v, value, sizeof(v)))
		return -EFAULT;
	return set_int_option(s, name, v);
}

long sys_setsockopt(int fd, int level, int name, const void __user *value,
		    int len)
{
	struct file *f = socket_get(fd);
	struct socket *s;
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	s = f->private;
	if (len < 0)
		err = -EINVAL;
	else if (level == SOL_SOCKET)
		err = set_option(s, name, value, len);
	else
		err = s->op->setsockopt(s, level, name, value, len);
	file_put(f);
	return err;
}

/* ---- getting --------------------------------------------------------------------- */

static struct __kernel_old_timeval timeout_of(s64 ns)
{
	struct __kernel_old_timeval tv = { 0, 0 };

	if (ns >= 0) {
		tv.tv_sec = ns / (s64)NSEC_PER_SEC;
		tv.tv_usec = ns % (s64)NSEC_PER_SEC / (s64)NSEC_PER_USEC;
	}
	return tv;
}

/* The value of an int option, or -ENOPROTOOPT. */
static int get_int_option(struct socket *s, int name, int *v)
{
	const bool *flag = flag_find(s, name);
	const u32 *number = number_find(s, name);

	if (flag || number) {
		*v = flag ? *flag : (int)*number;
		return 0;
	}
	switch (name) {
	case SO_ERROR:
		*v = -s->op->error(s);
		return 0;
	case SO_ACCEPTCONN:
		*v = s->op->listening(s);
		return 0;
	case SO_PASSCRED:
		*v = s->passcred;
		return s->family == AF_UNIX || s->family == AF_NETLINK ?
			       0 : -EOPNOTSUPP;
	case SO_RCVLOWAT:
	case SO_SNDLOWAT:
		*v = 1;
		return 0;
	case SO_DEBUG:
		*v = 0;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

int export_option(const void *v, size_t size, void __user *value,
		  int __user *ulen)
{
	int len;

	if (get_user(len, ulen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	size = min(size, (size_t)len);
	if (copy_to_user(value, v, size))
		return -EFAULT;
	return put_user((int)size, ulen);
}

/* The device's name, or nothing; there must be room for any name. */
static int get_device_name(struct socket *s, void __user *value,
			   int __user *ulen)
{
	char name[IFNAMSIZ] = "";
	struct netdev *dev;
	int len;

	if (get_user(len, ulen))
		return -EFAULT;
	spin_lock(&s->net->lock);
	dev = s->bound_if ? netdev_by_index(s->net, s->bound_if) : NULL;
	if (dev)
		memcpy(name, dev->name, sizeof(name));
	spin_unlock(&s->net->lock);
	if (!*name)
		return put_user(0, ulen);
	if (len < IFNAMSIZ)
		return -EINVAL;
	return export_option(name, strlen(name) + 1, value, ulen);
}

static int get_option(struct socket *s, int name, void __user *value,
		      int __user *len)
{
	struct __kernel_old_timeval tv;
	struct ucred uc;
	int v, err;

	switch (name) {
	case SO_PEERCRED:
		err = s->op->peercred(s, &uc);
		return err ? err : export_option(&uc, sizeof(uc), value, len);
	case SO_RCVTIMEO_OLD:
	case SO_SNDTIMEO_OLD:
		tv = timeout_of(name == SO_RCVTIMEO_OLD ? s->rcvtimeo :
							  s->sndtimeo);
		return export_option(&tv, sizeof(tv), value, len);
	case SO_LINGER:
		return export_option(&s->linger, sizeof(s->linger), value, len);
	case SO_BINDTODEVICE:
		return get_device_name(s, value, len);
	default:
		err = get_int_option(s, name, &v);
		return err ? err : export_option(&v, sizeof(v), value, len);
	}
}

long sys_getsockopt(int fd, int level, int name, void __user *value,
		    int __user *len)
{
	struct file *f = socket_get(fd);
	struct socket *s;
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	s = f->private;
	err = level == SOL_SOCKET ? get_option(s, name, value, len) :
				    s->op->getsockopt(s, level, name, value,
						      len);
	file_put(f);
	return err;
}

/* ---- for families that have none of it -------------------------------------- */

int socket_no_error(struct socket *s)
{
	(void)s;
	return 0;
}

int socket_no_peercred(struct socket *s, struct ucred *uc)
{
	(void)s;
	*uc = (struct ucred){ 0, (u32)-1, (u32)-1 };
	return 0;
}

bool socket_not_listening(struct socket *s)
{
	(void)s;
	return false;
}

int socket_no_setsockopt(struct socket *s, int level, int name,
			 const void __user *value, int len)
{
	(void)s, (void)level, (void)name, (void)value, (void)len;
	return -EOPNOTSUPP;
}

int socket_no_getsockopt(struct socket *s, int level, int name,
			 void __user *value, int __user *len)
{
	(void)s, (void)level, (void)name, (void)value, (void)len;
	return -EOPNOTSUPP;
}
