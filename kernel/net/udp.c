// SPDX-License-Identifier: MIT
/* UDP (RFC 768), over both versions of IP. */
#include <linux/in.h>
#include <linux/udp.h>

#include "kernel/lib/err.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"

#define UDP_MAX_V4 (0xffff - 20 - 8) /* what a datagram carries at most */
#define UDP_MAX_V6 (0xffff - 8)

static int udp_may_create(struct socket *s, struct net *net)
{
	(void)s, (void)net;
	return 0;
}

static struct packet *udp_build(struct inet_sock *sk, struct msg *m,
				const struct flow *f, u16 dport)
{
	size_t len = m->it.count;
	struct udphdr *h;
	struct packet *p;

	if (len > (ip_is_v4(&f->dst) ? UDP_MAX_V4 : UDP_MAX_V6))
		return ERR_PTR(-EMSGSIZE);
	p = packet_new(len);
	if (IS_ERR(p))
		return p;
	if (copy_from_iter(p->data, len, &m->it) != len) {
		packet_put(p);
		return ERR_PTR(-EFAULT);
	}
	h = packet_push(p, sizeof(*h));
	h->source = htons(sk->lport);
	h->dest = htons(dport);
	h->len = htons((u16)p->len);
	h->check = csum_fold(csum_add(p->data, p->len,
				      csum_pseudo(&f->src, &f->dst, p->len,
						  IPPROTO_UDP)));
	if (!h->check) /* 0 says that there is none */
		h->check = 0xffff;
	return p;
}

const struct inet_proto udp_proto = {
	.name = "udp",
	.type = SOCK_DGRAM,
	.protocol = IPPROTO_UDP,
	.may_create = udp_may_create,
	.build = udp_build,
	.ports = true,
};

/* Check the header and take it off. */
static bool udp_parse(struct packet *p)
{
	struct udphdr *h = (struct udphdr *)p->data;
	u32 len;

	if (p->len < sizeof(*h))
		return false;
	len = ntohs(h->len);
	if (len < sizeof(*h) || len > p->len)
		return false;
	p->len = len;
	if (h->check ? csum_fold(csum_add(p->data, len,
					  csum_pseudo(&p->src, &p->dst, len,
						      IPPROTO_UDP))) :
		       !ip_is_v4(&p->dst))
		return false;
	p->sport = ntohs(h->source);
	p->dport = ntohs(h->dest);
	return packet_pull(p, sizeof(*h));
}

/* A copy to every socket of that port. */
static void deliver_to_all(struct net *net, struct packet *p)
{
	struct list left = LIST_INIT(left);
	struct packet *copy, *tmp;
	struct inet_sock *sk;
	u32 score;

	spin_lock(&net->lock);
	hlist_for_each_entry (sk, inet_bucket(net, p->dport), link) {
		if (sk->proto != &udp_proto || sk->lport != p->dport ||
		    !inet_matches(sk, p, &score))
			continue;
		copy = packet_copy(p);
		if (IS_ERR(copy))
			sk->drops++;
		else if (!inet_queue(sk, copy))
			list_add(&copy->link, &left);
	}
	spin_unlock(&net->lock);
	list_for_each_entry_safe (copy, tmp, &left, link)
		packet_put(copy);
	packet_put(p);
}

void udp_receive(struct net *net, struct packet *p)
{
	struct inet_sock *sk;
	bool queued = false;

	if (!udp_parse(p)) {
		packet_put(p);
		return;
	}
	if (p->broadcast) {
		deliver_to_all(net, p);
		return;
	}
	spin_lock(&net->lock);
	sk = inet_find(net, &udp_proto, p);
	if (sk)
		queued = inet_queue(sk, p);
	spin_unlock(&net->lock);
	if (queued)
		return;
	if (!sk)
		icmp_unreachable(net, p, ICMP_NO_PORT);
	packet_put(p);
}
