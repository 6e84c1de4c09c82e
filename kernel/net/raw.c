// SPDX-License-Identifier: MIT
/*
 * Raw sockets (raw(7)): what is behind the IP header is the program's. They get a
 * copy of every packet of their protocol; with IPv4 its IP header too. Making
 * one needs CAP_NET_RAW over the owner of the network.
 */
#include <linux/in.h>
#include <linux/in6.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"
#include "kernel/task/cred.h"

static int raw_may_create(struct socket *s, struct net *net)
{
	if (!ns_capable(net->ns.owner, CAP_NET_RAW))
		return why(-EPERM, "socket: SOCK_RAW needs CAP_NET_RAW over the "
				   "owner of net:[%u]", net->ns.inum);
	/* whole packets, header and all, are not taken */
	return s->protocol == IPPROTO_RAW ? -EPROTONOSUPPORT : 0;
}

/* RFC 3542, section 3.1. */
static void raw_checksum(const struct inet_sock *sk, struct packet *p,
			 const struct flow *f)
{
	u16 *sum = (u16 *)(p->data + sk->csum_offset);

	*sum = 0;
	*sum = csum_fold(csum_add(p->data, p->len,
				  csum_pseudo(&f->src, &f->dst, p->len,
					      (u8)sk->s->protocol)));
}

static struct packet *raw_build(struct inet_sock *sk, struct msg *m,
				const struct flow *f, u16 dport)
{
	size_t len = m->it.count;
	struct packet *p;
	bool checksum = sk->s->family == AF_INET6 && sk->csum_offset >= 0;

	(void)dport;
	if (checksum && (size_t)sk->csum_offset + sizeof(u16) > len)
		return ERR_PTR(-EINVAL);
	p = packet_new(len);
	if (IS_ERR(p))
		return p;
	if (copy_from_iter(p->data, len, &m->it) != len) {
		packet_put(p);
		return ERR_PTR(-EFAULT);
	}
	if (checksum)
		raw_checksum(sk, p, f);
	return p;
}

const struct inet_proto raw_proto = {
	.name = "raw",
	.type = SOCK_RAW,
	.may_create = raw_may_create,
	.build = raw_build,
};

static bool raw_wants(const struct inet_sock *sk, const struct packet *p)
{
	u32 score;

	if (sk->proto != &raw_proto || sk->lport != p->ip_protocol ||
	    (sk->s->family == AF_INET) != ip_is_v4(&p->dst) ||
	    !inet_matches(sk, p, &score))
		return false;
	if (!p->len)
		return true;
	if (p->ip_protocol == IPPROTO_ICMPV6)
		return !(sk->icmp6_filter[p->data[0] / 32] >>
				 p->data[0] % 32 & 1);
	return p->ip_protocol != IPPROTO_ICMP || p->data[0] >= 32 ||
	       !(sk->icmp_filter >> p->data[0] & 1);
}

/* IPv4: with its header. */
static void raw_queue(struct inet_sock *sk, const struct packet *p,
		      struct list *left)
{
	struct packet *copy = packet_copy(p);

	if (IS_ERR(copy)) {
		sk->drops++;
		return;
	}
	if (ip_is_v4(&p->dst)) {
		copy->len += (u32)(copy->data - copy->network);
		copy->data = copy->network;
	}
	if (!inet_queue(sk, copy))
		list_add(&copy->link, left);
}

bool raw_receive(struct net *net, struct packet *p)
{
	struct list left = LIST_INIT(left);
	struct packet *copy, *tmp;
	struct inet_sock *sk;
	bool any = false;

	spin_lock(&net->lock);
	hlist_for_each_entry (sk, inet_bucket(net, p->ip_protocol), link) {
		if (raw_wants(sk, p)) {
			any = true;
			raw_queue(sk, p, &left);
		}
	}
	spin_unlock(&net->lock);
	list_for_each_entry_safe (copy, tmp, &left, link)
		packet_put(copy);
	return any;
}
