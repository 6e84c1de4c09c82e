// SPDX-License-Identifier: MIT
/*
 * Sockets for echoes: SOCK_DGRAM with IPPROTO_ICMP or IPPROTO_ICMPV6 (icmp(7)).
 * A program writes the echo request with its ICMP header and reads the reply; the
 * identifier is the socket's "port", so that it gets its own replies alone. Who may
 * have one says net.ipv4.ping_group_range of the network: groups of the user
 * namespace that owns it; nobody, until it is written.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

static bool in_ping_groups(const struct net *net, const struct cred *c)
{
	const struct group_info *gi = c->groups;

	if (c->egid >= net->ping_first && c->egid <= net->ping_last)
		return true;
	for (u32 i = 0; gi && i < gi->n; i++)
		if (gi->gid[i] >= net->ping_first &&
		    gi->gid[i] <= net->ping_last)
			return true;
	return false;
}

static int ping_may_create(struct socket *s, struct net *net)
{
	if ((s->family == AF_INET) != (s->protocol == IPPROTO_ICMP))
		return -EPROTONOSUPPORT;
	if (!in_ping_groups(net, current->cred))
		return why(-EACCES, "socket: no group is in "
				    "net.ipv4.ping_group_range of net:[%u]",
			   net->ns.inum);
	return 0;
}

static struct packet *ping_build(struct inet_sock *sk, struct msg *m,
				 const struct flow *f, u16 dport)
{
	bool v4 = sk->proto == &ping_proto;
	size_t len = m->it.count;
	struct icmphdr *h;
	struct packet *p;

	(void)dport;
	if (len < sizeof(*h))
		return ERR_PTR(-EINVAL);
	p = packet_new(len);
	if (IS_ERR(p))
		return p;
	h = (struct icmphdr *)p->data;
	if (copy_from_iter(p->data, len, &m->it) != len) {
		packet_put(p);
		return ERR_PTR(-EFAULT);
	}
	if (h->type != (v4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST) || h->code) {
		packet_put(p);
		return ERR_PTR(-EINVAL);
	}
	h->un.echo.id = htons(sk->lport);
	h->checksum = 0;
	h->checksum = csum_fold(csum_add(
		p->data, len, v4 ? 0 : csum_pseudo(&f->src, &f->dst, (u32)len,
						   IPPROTO_ICMPV6)));
	return p;
}

const struct inet_proto ping_proto = {
	.name = "icmp",
	.type = SOCK_DGRAM,
	.protocol = IPPROTO_ICMP,
	.may_create = ping_may_create,
	.build = ping_build,
};

const struct inet_proto pingv6_proto = {
	.name = "icmp6",
	.type = SOCK_DGRAM,
	.protocol = IPPROTO_ICMPV6,
	.may_create = ping_may_create,
	.build = ping_build,
};

void ping_receive(struct net *net, struct packet *p)
{
	const struct inet_proto *proto = ip_is_v4(&p->dst) ? &ping_proto :
							     &pingv6_proto;
	struct inet_sock *sk;
	bool queued = false;

	spin_lock(&net->lock);
	sk = inet_find(net, proto, p);
	if (sk)
		queued = inet_queue(sk, p);
	spin_unlock(&net->lock);
	if (!queued)
		packet_put(p);
}
