// SPDX-License-Identifier: MIT
/* AF_INET and AF_INET6 sockets: making, polling and ending them. */
#include <linux/eventpoll.h>
#include <linux/in.h>
#include <linux/in6.h>

#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"
#include "kernel/task/task.h"

#define PMTUDISC_WANT 1 /* IP_PMTUDISC_WANT: the default */

static struct slab *inet_slab;
static const struct socket_ops inet_socket_ops;

static const struct inet_proto *const protos[] = {
	&udp_proto,
	&ping_proto,
	&pingv6_proto,
	&raw_proto,
};

/* The kind for @s->type and @s->protocol. ERR_PTR(-ESOCKTNOSUPPORT, ...). */
static const struct inet_proto *proto_find(const struct socket *s)
{
	int err = -ESOCKTNOSUPPORT;

	for (u32 i = 0; i < ARRAY_SIZE(protos); i++) {
		const struct inet_proto *p = protos[i];

		if (p->type != s->type)
			continue;
		err = -EPROTONOSUPPORT;
		if (p == &raw_proto ? s->protocol != 0 :
				      s->protocol == p->protocol ||
				      (!s->protocol && p == &udp_proto))
			return p;
	}
	return ERR_PTR(err);
}

static struct inet_sock *inet_new(struct socket *s, struct net *net,
				  const struct inet_proto *proto)
{
	struct inet_sock *sk = slab_zalloc(inet_slab);

	if (!sk)
		return NULL;
	sk->s = s;
	sk->net = net_get(net);
	sk->proto = proto;
	if (s->family == AF_INET)
		sk->laddr = sk->raddr = ip_v4(0);
	sk->pmtudisc = PMTUDISC_WANT;
	sk->csum_offset = s->protocol == IPPROTO_ICMPV6 ? ICMPV6_CSUM : -1;
	sk->mcast_ttl = 1;
	sk->mcast_loop = true;
	list_init(&sk->queue);
	waitq_init(&sk->wait);
	return sk;
}

/* Raw sockets are found by their protocol from the beginning. */
static void raw_publish(struct inet_sock *sk)
{
	sk->lport = (u16)sk->s->protocol;
	sk->hdrincl = sk->s->protocol == IPPROTO_RAW;
	spin_lock(&sk->net->lock);
	hlist_add(&sk->link, inet_bucket(sk->net, sk->lport));
	spin_unlock(&sk->net->lock);
}

/**
 * inet_create - give a new socket its inet_sock
 *
 * Return: 0; -ESOCKTNOSUPPORT, -EPROTONOSUPPORT: no such type or protocol;
 * -EINVAL: no protocol has that number; -EPERM, -EACCES: see may_create;
 * -ENOMEM.
 */
int inet_create(struct socket *s, struct net *net)
{
	const struct inet_proto *proto;
	struct inet_sock *sk;
	int err;

	if (s->protocol < 0 || s->protocol > IPPROTO_MPTCP)
		return -EINVAL;
	proto = proto_find(s);
	if (IS_ERR(proto))
		return (int)PTR_ERR(proto);
	err = proto->may_create(s, net);
	if (err)
		return err;
	if (proto->protocol)
		s->protocol = proto->protocol;
	sk = inet_new(s, net, proto);
	if (!sk)
		return -ENOMEM;
	s->sk = sk;
	s->net = net;
	s->op = &inet_socket_ops;
	if (proto == &raw_proto)
		raw_publish(sk);
	return 0;
}

static void inet_release(struct socket *s)
{
	struct inet_sock *sk = s->sk;
	struct packet *p, *tmp;

	inet_unbind(sk); /* from here on nobody else sees it */
	list_for_each_entry_safe (p, tmp, &sk->queue, link)
		packet_put(p);
	net_put(sk->net);
	slab_free(inet_slab, sk);
}

static int inet_listen(struct socket *s, int backlog)
{
	(void)s, (void)backlog;
	return -EOPNOTSUPP;
}

static int inet_accept(struct socket *s, struct socket *new, bool nonblock)
{
	(void)s, (void)new, (void)nonblock;
	return -EOPNOTSUPP;
}

/* What is not connected is shut down all the same, and told so. */
static int inet_shutdown(struct socket *s, int how)
{
	static const u8 bits[] = { INET_SHUT_RD, INET_SHUT_WR,
				   INET_SHUT_RD | INET_SHUT_WR };
	struct inet_sock *sk = s->sk;
	bool connected;

	spin_lock(&sk->net->lock);
	sk->shutdown |= bits[how];
	connected = sk->connected;
	spin_unlock(&sk->net->lock);
	wake_up_poll(&sk->wait, EPOLLIN | EPOLLRDHUP | EPOLLHUP);
	wake_up_all(&sk->wait);
	return connected ? 0 : -ENOTCONN;
}

static u32 inet_poll(struct socket *s, struct file *f, struct poll_table *pt)
{
	struct inet_sock *sk = s->sk;
	u32 mask = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;

	poll_wait(f, &sk->wait, pt);
	spin_lock(&sk->net->lock);
	if (sk->error)
		mask |= EPOLLERR;
	if (!list_empty(&sk->queue) || sk->shutdown & INET_SHUT_RD)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (sk->shutdown & INET_SHUT_RD)
		mask |= EPOLLRDHUP;
	if (sk->shutdown == (INET_SHUT_RD | INET_SHUT_WR))
		mask |= EPOLLHUP;
	spin_unlock(&sk->net->lock);
	return mask;
}

static size_t inet_readable(struct socket *s)
{
	struct inet_sock *sk = s->sk;

	return packet_first_len(&sk->queue, &sk->net->lock);
}

static int inet_error(struct socket *s)
{
	return inet_take_error(s->sk);
}

static const struct socket_ops inet_socket_ops = {
	.bind = inet_bind,
	.connect = inet_connect,
	.listen = inet_listen,
	.accept = inet_accept,
	.getname = inet_getname,
	.sendmsg = inet_sendmsg,
	.recvmsg = inet_recvmsg,
	.shutdown = inet_shutdown,
	.poll = inet_poll,
	.peercred = socket_no_peercred,
	.listening = socket_not_listening,
	.readable = inet_readable,
	.error = inet_error,
	.setsockopt = inet_setsockopt,
	.getsockopt = inet_getsockopt,
	.release = inet_release,
};

void inet_module_init(void)
{
	inet_slab = slab_create("inet_sock", sizeof(struct inet_sock), 8);
}
