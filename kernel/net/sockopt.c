// SPDX-License-Identifier: MIT
/* Socket options (socket(7), "Socket options"): get- and setsockopt(2). */
#include <linux/time_types.h>

#include "kernel/net/socket.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

#define SOCK_BUF_MIN 2304
#define SOCK_BUF_MAX 425984 /* twice Linux's wmem_max */

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
static u32 buffer_size(int asked)
{
	u32 n = asked < 0 ? SOCK_BUF_MAX / 2 : (u32)asked;

	return max(min(n, (u32)SOCK_BUF_MAX / 2) * 2, (u32)SOCK_BUF_MIN);
}

static int set_int_option(struct socket *s, int name, int v)
{
	switch (name) {
	case SO_SNDBUF:
	case SO_SNDBUFFORCE:
		s->sndbuf = buffer_size(v);
		return 0;
	case SO_RCVBUF:
	case SO_RCVBUFFORCE:
		s->rcvbuf = buffer_size(v);
		return 0;
	case SO_REUSEADDR:
		s->reuseaddr = v;
		return 0;
	case SO_PASSCRED:
		s->passcred = v;
		return 0;
	case SO_KEEPALIVE:
		s->keepalive = v;
		return 0;
	case SO_BROADCAST:
		s->broadcast = v;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

long sys_setsockopt(int fd, int level, int name, const void __user *value,
		    int len)
{
	struct file *f = socket_get(fd);
	struct socket *s;
	int v, err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	s = f->private;
	if (level != SOL_SOCKET)
		err = -EOPNOTSUPP;
	else if (name == SO_RCVTIMEO_OLD)
		err = set_timeout(&s->rcvtimeo, value, len);
	else if (name == SO_SNDTIMEO_OLD)
		err = set_timeout(&s->sndtimeo, value, len);
	else if (len < (int)sizeof(v))
		err = -EINVAL;
	else if (copy_from_user(&v, value, sizeof(v)))
		err = -EFAULT;
	else
		err = set_int_option(s, name, v);
	file_put(f);
	return err;
}

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
	switch (name) {
	case SO_TYPE:
		*v = s->type;
		return 0;
	case SO_DOMAIN:
		*v = s->family;
		return 0;
	case SO_PROTOCOL:
		*v = s->protocol;
		return 0;
	case SO_ERROR:
		*v = 0;
		return 0;
	case SO_ACCEPTCONN:
		*v = s->op->listening(s);
		return 0;
	case SO_SNDBUF:
		*v = (int)s->sndbuf;
		return 0;
	case SO_RCVBUF:
		*v = (int)s->rcvbuf;
		return 0;
	case SO_REUSEADDR:
		*v = s->reuseaddr;
		return 0;
	case SO_PASSCRED:
		*v = s->passcred;
		return 0;
	case SO_KEEPALIVE:
		*v = s->keepalive;
		return 0;
	case SO_BROADCAST:
		*v = s->broadcast;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static int export_option(const void *v, size_t size, void __user *value,
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
	default:
		err = get_int_option(s, name, &v);
		return err ? err : export_option(&v, sizeof(v), value, len);
	}
}

long sys_getsockopt(int fd, int level, int name, void __user *value,
		    int __user *len)
{
	struct file *f = socket_get(fd);
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = level == SOL_SOCKET ? get_option(f->private, name, value, len) :
				    -EOPNOTSUPP;
	file_put(f);
	return err;
}
