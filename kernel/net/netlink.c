// SPDX-License-Identifier: MIT
/*
 * AF_NETLINK sockets: numbers, requests, queues. The partner of each is the
 * kernel; sockets do not talk with each other.
 */
#include <linux/eventpoll.h>

#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/net/net.h"
#include "kernel/net/netlink.h"
#include "kernel/sys/random.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

#define SOL_NETLINK 270
#define ANSWER_MAX 1024 /* every message of rtnetlink.c is shorter */
#define REQUEST_MAX 65536

static struct slab *netlink_slab;

/* ---- messages --------------------------------------------------------------------- */

const void *nl_fixed(const struct nl_request *r, size_t size)
{
	return r->h->nlmsg_len >= NLMSG_LENGTH(size) ? NLMSG_DATA(r->h) : NULL;
}

const void *nl_attr_find(const struct nl_request *r, size_t fixed, u16 type,
			 size_t size)
{
	size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(fixed);

	while (r->h->nlmsg_len >= at + NLA_HDRLEN) {
		const struct nlattr *a = (const void *)((const u8 *)r->h + at);

		if (a->nla_len < NLA_HDRLEN || a->nla_len > r->h->nlmsg_len - at)
			return NULL;
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a->nla_len >= NLA_HDRLEN + size ? a + 1 : NULL;
		at += NLA_ALIGN(a->nla_len);
	}
	return NULL;
}

bool nl_attr_name(const struct nl_request *r, size_t fixed, u16 type, char *out)
{
	const char *text = nl_attr_find(r, fixed, type, 1);
	const struct nlattr *a;
	size_t n;

	if (!text)
		return false;
	a = (const struct nlattr *)text - 1;
	n = min((size_t)a->nla_len - NLA_HDRLEN, (size_t)IFNAMSIZ - 1);
	memcpy(out, text, n);
	out[n] = '\0';
	return true;
}

static struct packet *message_new(u16 type, u16 flags,
				  const struct nl_request *r, size_t room)
{
	struct packet *p = packet_new(room);
	struct nlmsghdr *h;

	if (IS_ERR(p))
		return p;
	memset(p->data, 0, room);
	h = (struct nlmsghdr *)p->data;
	h->nlmsg_type = type;
	h->nlmsg_flags = flags;
	h->nlmsg_seq = r->h->nlmsg_seq;
	h->nlmsg_pid = r->sk->portid;
	p->len = NLMSG_HDRLEN;
	return p;
}

struct packet *nl_begin(const struct nl_request *r, u16 type, u16 flags,
			const void *fixed, size_t size)
{
	struct packet *p = message_new(type, flags, r, ANSWER_MAX);

	if (IS_ERR(p))
		return p;
	memcpy(p->data + p->len, fixed, size);
	p->len += NLMSG_ALIGN(size);
	return p;
}

void nl_put(struct packet *p, u16 type, const void *data, size_t size)
{
	struct nlattr *a = (struct nlattr *)(p->data + p->len);

	assert(p->len + NLA_ALIGN(NLA_HDRLEN + size) <= ANSWER_MAX);
	a->nla_type = type;
	a->nla_len = (u16)(NLA_HDRLEN + size);
	memcpy(a + 1, data, size);
	p->len += NLA_ALIGN(a->nla_len);
}

/* Into the socket's queue; if that is full it is lost. Takes over @p. */
static void deliver(struct netlink_sock *sk, struct packet *p)
{
	bool lost;

	spin_lock(&sk->net->lock);
	lost = sk->queued && sk->queued + p->len > sk->s->rcvbuf;
	if (lost) {
		sk->overrun = true;
	} else {
		list_add_tail(&p->link, &sk->queue);
		sk->queued += p->len;
	}
	spin_unlock(&sk->net->lock);
	if (lost)
		packet_put(p);
	wake_up_poll(&sk->wait, EPOLLIN | EPOLLRDNORM);
}

/* To who asked. */
void nl_send(const struct nl_request *r, struct packet *p)
{
	((struct nlmsghdr *)p->data)->nlmsg_len = p->len;
	deliver(r->sk, p);
}

/* NLMSG_ERROR: an error with the request that caused it, or (0) its header. */
static void answer_error(const struct nl_request *r, int error)
{
	size_t quoted = error ? r->h->nlmsg_len : sizeof(*r->h);
	struct packet *p = message_new(NLMSG_ERROR, error ? 0 : NLM_F_CAPPED, r,
				       NLMSG_SPACE(sizeof(int) + quoted));

	if (IS_ERR(p))
		return;
	memcpy(p->data + p->len, &error, sizeof(error));
	memcpy(p->data + p->len + sizeof(error), r->h, quoted);
	p->len += (u32)(sizeof(error) + quoted);
	nl_send(r, p);
}

/* ---- requests --------------------------------------------------------------------- */

/* By protocol. */
static int (*const protocols[])(const struct nl_request *r) = {
	[NETLINK_ROUTE] = rtnetlink_do,
	[NETLINK_SOCK_DIAG] = sock_diag_do,
};

static bool protocol_is_known(int protocol)
{
	return protocol >= 0 && protocol < (int)ARRAY_SIZE(protocols) &&
	       protocols[protocol];
}

static void request_do(const struct nl_request *r)
{
	int err;

	if (!(r->h->nlmsg_flags & NLM_F_REQUEST) ||
	    r->h->nlmsg_type < NLMSG_MIN_TYPE)
		err = 0;
	else
		err = protocols[r->sk->s->protocol](r);
	if (err < 0 || (!err && r->h->nlmsg_flags & NLM_F_ACK))
		answer_error(r, err);
}

static void requests_do(struct netlink_sock *sk, const u8 *buf, size_t len)
{
	size_t at = 0;

	while (len - at >= NLMSG_HDRLEN) {
		struct nl_request r = { .sk = sk, .net = sk->net,
					.h = (const void *)(buf + at) };

		if (r.h->nlmsg_len < NLMSG_HDRLEN || r.h->nlmsg_len > len - at)
			return;
		request_do(&r);
		if (NLMSG_ALIGN(r.h->nlmsg_len) >= len - at)
			return;
		at += NLMSG_ALIGN(r.h->nlmsg_len);
	}
}

/* ---- numbers ----------------------------------------------------------------------- */

/* Each protocol has numbers of its own. */
static bool portid_is_free(struct net *net, int protocol, u32 portid)
{
	struct netlink_sock *sk;

	list_for_each_entry (sk, &net->netlink_socks, link)
		if (sk->portid == portid && sk->s->protocol == protocol)
			return false;
	return true;
}

/* @portid, or (0) the process's number, or if that is taken any. */
static int portid_take(struct netlink_sock *sk, u32 portid)
{
	u32 own = (u32)task_tgid_nr_ns(current, task_active_pid_ns(current));
	int err = 0, protocol = sk->s->protocol;

	spin_lock(&sk->net->lock);
	if (sk->portid) {
		err = portid && portid != sk->portid ? -EINVAL : 0;
	} else if (portid) {
		err = portid_is_free(sk->net, protocol, portid) ? 0 :
								  -EADDRINUSE;
	} else {
		portid = own;
		while (!portid_is_free(sk->net, protocol, portid)) {
			random_bytes(&portid, sizeof(portid));
			portid |= 1u << 31;
		}
	}
	if (!err && !sk->portid)
		sk->portid = portid;
	spin_unlock(&sk->net->lock);
	return err;
}

/* ---- socket operations --------------------------------------------------------------- */

static int nl_name(const struct msg *m, const struct sockaddr_nl **to)
{
	*to = (const void *)&m->name;
	if (m->name_len < sizeof(**to))
		return -EINVAL;
	return (*to)->nl_family == AF_NETLINK ? 0 : -EINVAL;
}

/* Groups are taken: nothing is ever sent to one. */
static int netlink_bind(struct socket *s, const struct msg *m)
{
	const struct sockaddr_nl *to;
	int err = nl_name(m, &to);

	return err ? err : portid_take(s->sk, to->nl_pid);
}

static int netlink_connect(struct socket *s, const struct msg *m, bool nonblock)
{
	const struct sockaddr_nl *to;
	int err;

	(void)nonblock;
	if (m->name_len >= sizeof(u16) && !m->name.ss_family)
		return 0;
	err = nl_name(m, &to);
	if (!err && (to->nl_pid || to->nl_groups))
		err = -EPERM;
	return err ? err : portid_take(s->sk, 0);
}

static int netlink_listen(struct socket *s, int backlog)
{
	(void)s, (void)backlog;
	return -EOPNOTSUPP;
}

static int netlink_accept(struct socket *s, struct socket *new, bool nonblock)
{
	(void)s, (void)new, (void)nonblock;
	return -EOPNOTSUPP;
}

static int netlink_shutdown(struct socket *s, int how)
{
	(void)s, (void)how;
	return -EOPNOTSUPP;
}

static void set_name(struct msg *m, u32 portid)
{
	struct sockaddr_nl *nl = (void *)&m->name;

	*nl = (struct sockaddr_nl){ .nl_family = AF_NETLINK, .nl_pid = portid };
	m->name_len = sizeof(*nl);
}

static int netlink_getname(struct socket *s, struct msg *m, bool peer)
{
	set_name(m, peer ? 0 : ((struct netlink_sock *)s->sk)->portid);
	return 0;
}

static ssize_t netlink_sendmsg(struct socket *s, struct msg *m)
{
	const struct sockaddr_nl *to;
	size_t len = m->it.count;
	int err = m->name_len ? nl_name(m, &to) : 0;
	u8 *buf;

	if (!err && m->name_len && (to->nl_pid || to->nl_groups))
		err = to->nl_groups ? -EPERM : -ECONNREFUSED;
	if (!err)
		err = portid_take(s->sk, 0);
	if (!err && len > min(s->sndbuf, (u32)REQUEST_MAX))
		err = -EMSGSIZE;
	if (err)
		return err;
	buf = kmalloc(len + 1);
	if (!buf)
		return -ENOBUFS;
	if (copy_from_iter(buf, len, &m->it) != len) {
		kfree(buf);
		return -EFAULT;
	}
	requests_do(s->sk, buf, len);
	kfree(buf);
	return (ssize_t)len;
}

/* The first answer; a PEEK leaves it, counted. NULL: none. */
static struct packet *queue_take(struct netlink_sock *sk, bool peek)
{
	struct packet *p = NULL;

	spin_lock(&sk->net->lock);
	if (!list_empty(&sk->queue)) {
		p = list_first(&sk->queue, struct packet, link);
		if (peek) {
			packet_get(p);
		} else {
			list_del(&p->link);
			sk->queued -= p->len;
		}
	}
	spin_unlock(&sk->net->lock);
	return p;
}

static struct packet *recv_wait(struct netlink_sock *sk, const struct msg *m)
{
	struct packet *p;
	int err;

	while (!(p = queue_take(sk, m->flags & MSG_PEEK))) {
		if (atomic_xchg(&sk->overrun, false))
			return ERR_PTR(-ENOBUFS);
		if (m->nonblock)
			return ERR_PTR(-EAGAIN);
		err = wait_event_interruptible_timeout(
			&sk->wait, !list_empty(&sk->queue), sk->s->rcvtimeo);
		if (err)
			return ERR_PTR(err == -ETIMEDOUT ? -EAGAIN : err);
	}
	return p;
}

static ssize_t netlink_recvmsg(struct socket *s, struct msg *m)
{
	bool want_len = m->flags & MSG_TRUNC;
	struct packet *p = recv_wait(s->sk, m);
	ssize_t ret;
	size_t n;

	m->flags &= ~(u32)MSG_TRUNC;
	if (IS_ERR(p))
		return PTR_ERR(p);
	n = min((size_t)p->len, m->it.count);
	ret = (ssize_t)(want_len ? p->len : n);
	if (copy_to_iter(p->data, n, &m->it) != n)
		ret = -EFAULT;
	if (n < p->len)
		m->flags |= MSG_TRUNC;
	set_name(m, 0);
	packet_put(p);
	return ret;
}

static u32 netlink_poll(struct socket *s, struct file *f, struct poll_table *pt)
{
	struct netlink_sock *sk = s->sk;
	u32 mask = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;

	poll_wait(f, &sk->wait, pt);
	if (!list_empty(&sk->queue))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

static size_t netlink_readable(struct socket *s)
{
	struct netlink_sock *sk = s->sk;

	return packet_first_len(&sk->queue, &sk->net->lock);
}

/* They say how much the kernel should tell or check; it tells what it tells. */
static int netlink_setsockopt(struct socket *s, int level, int name,
			      const void __user *value, int len)
{
	(void)s, (void)value;
	if (level != SOL_NETLINK)
		return -ENOPROTOOPT;
	if (len < (int)sizeof(int))
		return -EINVAL;
	return name >= NETLINK_ADD_MEMBERSHIP &&
	       name <= NETLINK_GET_STRICT_CHK ? 0 : -ENOPROTOOPT;
}

static void netlink_release(struct socket *s)
{
	struct netlink_sock *sk = s->sk;
	struct packet *p, *tmp;

	spin_lock(&sk->net->lock);
	list_del(&sk->link);
	spin_unlock(&sk->net->lock);
	list_for_each_entry_safe (p, tmp, &sk->queue, link)
		packet_put(p);
	net_put(sk->net);
	slab_free(netlink_slab, sk);
}

static const struct socket_ops netlink_socket_ops = {
	.bind = netlink_bind,
	.connect = netlink_connect,
	.listen = netlink_listen,
	.accept = netlink_accept,
	.getname = netlink_getname,
	.sendmsg = netlink_sendmsg,
	.recvmsg = netlink_recvmsg,
	.shutdown = netlink_shutdown,
	.poll = netlink_poll,
	.peercred = socket_no_peercred,
	.listening = socket_not_listening,
	.readable = netlink_readable,
	.error = socket_no_error,
	.setsockopt = netlink_setsockopt,
	.getsockopt = socket_no_getsockopt,
	.release = netlink_release,
};

struct netlink_sock *netlink_of(const struct file *f)
{
	const struct socket *s = socket_of(f);

	return s && s->op == &netlink_socket_ops ? s->sk : NULL;
}

void netlink_deliver(const struct file *f, struct packet *p)
{
	deliver(netlink_of(f), p);
}

/* -ESOCKTNOSUPPORT, -EPROTONOSUPPORT, -ENOMEM. */
int netlink_create(struct socket *s, struct net *net)
{
	struct netlink_sock *sk;

	if (s->type != SOCK_RAW && s->type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (!protocol_is_known(s->protocol))
		return -EPROTONOSUPPORT;
	sk = slab_zalloc(netlink_slab);
	if (!sk)
		return -ENOMEM;
	sk->s = s;
	sk->net = net_get(net);
	list_init(&sk->queue);
	waitq_init(&sk->wait);
	spin_lock(&net->lock);
	list_add_tail(&sk->link, &net->netlink_socks);
	spin_unlock(&net->lock);
	s->sk = sk;
	s->net = net;
	s->op = &netlink_socket_ops;
	return 0;
}

void netlink_module_init(void)
{
	netlink_slab = slab_create("netlink_sock", sizeof(struct netlink_sock),
				   8);
}
