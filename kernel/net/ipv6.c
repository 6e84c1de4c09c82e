// SPDX-License-Identifier: MIT
/* IPv6 (RFC 8200), without extension headers. See ipv4.c for what is common. */
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/ipv6.h>

#include "kernel/lib/err.h"
#include "kernel/net/ip.h"
#include "kernel/net/net.h"

BUILD_ASSERT(sizeof(struct ipv6hdr) == 40);

int ipv6_send(const struct flow *f, struct packet *p)
{
	u32 len = p->len;
	struct ipv6hdr *h;

	if (len + sizeof(*h) > READ_ONCE(f->dev->mtu) || len > 0xffff) {
		packet_put(p);
		return -EMSGSIZE;
	}
	h = packet_push(p, sizeof(*h));
	h->version = 6;
	h->priority = f->tos >> 4;
	h->flow_lbl[0] = (u8)(f->tos << 4);
	h->payload_len = htons((u16)len);
	h->nexthdr = f->protocol;
	h->hop_limit = f->ttl;
	memcpy(&h->saddr, f->src.w, sizeof(f->src.w));
	memcpy(&h->daddr, f->dst.w, sizeof(f->dst.w));
	p->protocol = ETH_P_IPV6;
	netdev_send(f->dev, p);
	return 0;
}

static bool parse_header(struct packet *p)
{
	struct ipv6hdr *h = packet_pull(p, sizeof(*h));

	if (!h || h->version != 6 || ntohs(h->payload_len) > p->len)
		return false;
	p->len = ntohs(h->payload_len);
	p->src = ip_v6(&h->saddr);
	p->dst = ip_v6(&h->daddr);
	p->ip_protocol = h->nexthdr;
	p->ttl = h->hop_limit;
	p->tos = (u8)(h->priority << 4 | h->flow_lbl[0] >> 4);
	return true;
}

void ipv6_receive(struct netdev *dev, struct packet *p)
{
	struct net *net = dev->net;
	bool ours = parse_header(p);

	if (ours) {
		spin_lock(&net->lock);
		ours = net_has_addr(net, &p->dst);
		spin_unlock(&net->lock);
	}
	if (!ours) {
		atomic_add(&dev->stats.rx_dropped, 1);
		packet_put(p);
		return;
	}
	ip_deliver(dev, p);
}
