// SPDX-License-Identifier: MIT
/* AF_INET and AF_INET6 sockets: sending, queues, receiving. */
#include <linux/eventpoll.h>
#include <linux/in.h>
#include <linux/ipv6.h>

#include "kernel/lib/err.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"
#include "kernel/task/task.h"

#define DEFAULT_TTL 64
#define PMTUDISC_DO 2

int inet_take_error(struct inet_sock *sk)
{
	return READ_ONCE(sk->error) ? -(int)atomic_xchg(&sk->error, 0) : 0;
}

void inet_report(struct inet_sock *sk, int error)
{
	assert_held(&sk->net->lock);
	sk->error = error;
	wake_up_poll(&sk->wait, EPOLLERR);
	wake_up_all(&sk->wait);
}

/* ---- sending ----------------------------------------------------------------------- */

/* Where @m goes. -EDESTADDRREQ, -EINVAL, -EAFNOSUPPORT, -ENETUNREACH. */
static int send_target(struct inet_sock *sk, const struct msg *m,
		       struct flow *f, u16 *port)
{
	if (m->name_len) {
		int err = inet_name_decode(sk, m, &f->dst, port);

		return err ? err : *port || !sk->proto->ports ? 0 : -EINVAL;
	}
	if (!sk->connected)
		return -EDESTADDRREQ;
	f->dst = sk->raddr;
	*port = sk->rport;
	return 0;
}

static int send_route(struct inet_sock *sk, struct flow *f)
{
	int err;

	f->src = sk->laddr;
	/* bound to a group or to everyone: no address to send from */
	if (ip_is_multicast(&f->src) || ip_v4_of(&f->src) == ~0u)
		f->src = ip_v4(0);
	f->oif = sk->s->bound_if;
	f->protocol = (u8)sk->s->protocol;
	f->ttl = sk->ttl ? sk->ttl : DEFAULT_TTL;
	f->tos = sk->tos;
	f->dont_fragment = sk->pmtudisc == PMTUDISC_DO || sk->pmtudisc == 1;
	err = route_output(sk->net, f);
	if (!err && f->broadcast && !sk->s->broadcast)
		err = -EACCES;
	return err;
}

ssize_t inet_sendmsg(struct socket *s, struct msg *m)
{
	struct inet_sock *sk = s->sk;
	size_t len = m->it.count;
	struct flow f = { 0 };
	struct packet *p;
	u16 port = 0;
	int err = inet_autobind(sk);

	if (!err && len > 0xffff)
		err = -EMSGSIZE;
	if (!err && m->flags & MSG_OOB)
		err = -EOPNOTSUPP;
	if (!err)
		err = send_target(sk, m, &f, &port);
	if (!err && sk->shutdown & INET_SHUT_WR)
		err = -EPIPE;
	if (!err)
		err = send_route(sk, &f);
	if (!err)
		err = inet_take_error(sk);
	if (err)
		return err;
	p = sk->proto->build(sk, m, &f, port);
	if (IS_ERR(p))
		return PTR_ERR(p);
	err = ip_send(&f, p);
	return err ? err : (ssize_t)len;
}

/* ---- the queue --------------------------------------------------------------------- */

bool inet_queue(struct inet_sock *sk, struct packet *p)
{
	u32 cost = packet_cost(p);

	assert_held(&sk->net->lock);
	if (sk->queued && sk->queued + cost > sk->s->rcvbuf) {
		sk->drops++;
		return false;
	}
	sk->queued += cost;
	list_add_tail(&p->link, &sk->queue);
	wake_up_poll(&sk->wait, EPOLLIN | EPOLLRDNORM);
	return true;
}

/* The first packet, counted anew if it stays there (@peek). NULL. */
static struct packet *queue_take(struct inet_sock *sk, bool peek)
{
	struct packet *p = NULL;

	spin_lock(&sk->net->lock);
	if (!list_empty(&sk->queue)) {
		p = list_first(&sk->queue, struct packet, link);
		if (peek) {
			packet_get(p);
		} else {
			list_del(&p->link);
			sk->queued -= packet_cost(p);
		}
	}
	spin_unlock(&sk->net->lock);
	return p;
}

/* ---- receiving --------------------------------------------------------------------- */

/* A packet; NULL: the end; ERR_PTR: -EAGAIN, a pending error, a signal. */
static struct packet *recv_wait(struct inet_sock *sk, const struct msg *m)
{
	struct packet *p;
	int err;

	for (;;) {
		err = inet_take_error(sk);
		if (err)
			return ERR_PTR(err);
		p = queue_take(sk, m->flags & MSG_PEEK);
		if (p)
			return p;
		if (m->nonblock)
			return ERR_PTR(-EAGAIN);
		if (sk->shutdown & INET_SHUT_RD)
			return NULL;
		err = wait_event_interruptible_timeout(
			&sk->wait,
			!list_empty(&sk->queue) || READ_ONCE(sk->error) ||
				sk->shutdown & INET_SHUT_RD,
			sk->s->rcvtimeo);
		if (err)
			return ERR_PTR(err == -ETIMEDOUT ? -EAGAIN : err);
	}
}

/* Control messages that were asked for by options. */
static void recv_control(struct inet_sock *sk, struct msg *m,
			 const struct packet *p)
{
	struct in_pktinfo info4 = { .ipi_ifindex = (int)p->ifindex };
	struct in6_pktinfo info6 = { .ipi6_ifindex = (int)p->ifindex };
	int ttl = p->ttl;
	u8 tos = p->tos;

	if (sk->s->timestamp)
		cmsg_put_time(m, p->stamp);
	if (sk->s->family == AF_INET) {
		info4.ipi_addr.s_addr = info4.ipi_spec_dst.s_addr =
			ip_v4_of(&p->dst);
		if (sk->pktinfo)
			cmsg_put(m, IPPROTO_IP, IP_PKTINFO, &info4,
				 sizeof(info4));
		if (sk->recvttl)
			cmsg_put(m, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
		if (sk->recvtos)
			cmsg_put(m, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
		return;
	}
	memcpy(&info6.ipi6_addr, p->dst.w, sizeof(p->dst.w));
	if (sk->pktinfo)
		cmsg_put(m, IPPROTO_IPV6, IPV6_PKTINFO, &info6, sizeof(info6));
	if (sk->pktinfo2292)
		cmsg_put(m, IPPROTO_IPV6, IPV6_2292PKTINFO, &info6,
			 sizeof(info6));
	if (sk->recvttl)
		cmsg_put(m, IPPROTO_IPV6, IPV6_HOPLIMIT, &ttl, sizeof(ttl));
	if (sk->hoplimit2292)
		cmsg_put(m, IPPROTO_IPV6, IPV6_2292HOPLIMIT, &ttl, sizeof(ttl));
}

/* One whole packet; what does not fit is lost (MSG_TRUNC). */
ssize_t inet_recvmsg(struct socket *s, struct msg *m)
{
	struct inet_sock *sk = s->sk;
	bool want_len = m->flags & MSG_TRUNC;
	struct packet *p;
	ssize_t ret;
	size_t n;

	m->flags &= ~(u32)MSG_TRUNC;
	if (m->flags & MSG_ERRQUEUE)
		return -EAGAIN; /* no error is kept with its packet */
	if (m->flags & MSG_OOB)
		return -EOPNOTSUPP;
	p = recv_wait(sk, m);
	if (IS_ERR(p) || !p)
		return PTR_ERR(p);
	n = min((size_t)p->len, m->it.count);
	if (copy_to_iter(p->data, n, &m->it) != n) {
		ret = -EFAULT;
	} else {
		if (n < p->len)
			m->flags |= MSG_TRUNC;
		ret = (ssize_t)(want_len ? p->len : n);
		inet_name_encode(sk, m, &p->src,
				 sk->proto->ports ? p->sport : 0);
		recv_control(sk, m, p);
	}
	packet_put(p);
	return ret;
}
