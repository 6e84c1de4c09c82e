// SPDX-License-Identifier: MIT
/*
 * IPv4 (RFC 791), and the way from IP to the transports that both versions share.
 *
 * Packets are neither fragmented nor put together again: what is longer than the
 * device takes is -EMSGSIZE to the sender, a fragment is dropped. Nothing is
 * forwarded.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>

#include "kernel/lib/err.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"

#define IP_DF 0x4000
#define IP_FRAGMENT 0x3fff /* more to come, or not the first */

int ip_send(const struct flow *f, struct packet *p)
{
	return ip_is_v4(&f->dst) ? ipv4_send(f, p) : ipv6_send(f, p);
}

/* Which packet of this host it is: for who puts fragments together. */
static u16 next_id(void)
{
	static u32 last;

	return (u16)atomic_add(&last, 1);
}

int ipv4_send(const struct flow *f, struct packet *p)
{
	u32 len = p->len + (u32)sizeof(struct iphdr);
	struct iphdr *h;

	if (len > READ_ONCE(f->dev->mtu) || len > 0xffff) {
		packet_put(p);
		return -EMSGSIZE;
	}
	h = packet_push(p, sizeof(*h));
	h->version = 4;
	h->ihl = sizeof(*h) / 4;
	h->tos = f->tos;
	h->tot_len = htons((u16)len);
	h->id = htons(next_id());
	h->frag_off = f->dont_fragment ? htons(IP_DF) : 0;
	h->ttl = f->ttl;
	h->protocol = f->protocol;
	h->saddr = ip_v4_of(&f->src);
	h->daddr = ip_v4_of(&f->dst);
	h->check = csum_fold(csum_add(h, sizeof(*h), 0));
	p->protocol = ETH_P_IP;
	netdev_send(f->dev, p);
	return 0;
}

/* Check the header and take it off. False: to be dropped. */
static bool parse_header(struct packet *p)
{
	struct iphdr *h = (struct iphdr *)p->data;
	u32 len, total;

	if (p->len < sizeof(*h) || h->version != 4 || h->ihl < 5)
		return false;
	len = h->ihl * 4u;
	total = ntohs(h->tot_len);
	if (total < len || total > p->len || csum_fold(csum_add(h, len, 0)))
		return false;
	if (ntohs(h->frag_off) & IP_FRAGMENT)
		return false;
	p->len = total; /* the device may have padded it */
	p->src = ip_v4(h->saddr);
	p->dst = ip_v4(h->daddr);
	p->ip_protocol = h->protocol;
	p->ttl = h->ttl;
	p->tos = h->tos;
	return packet_pull(p, len);
}

void ipv4_receive(struct netdev *dev, struct packet *p)
{
	struct net *net = dev->net;
	bool ours = parse_header(p);

	if (ours) {
		spin_lock(&net->lock);
		p->broadcast = net_addr_is_broadcast(net, &p->dst);
		ours = p->broadcast || net_addr_is_local(net, &p->dst);
		spin_unlock(&net->lock);
	}
	if (!ours) {
		atomic_add(&dev->stats.rx_dropped, 1);
		packet_put(p);
		return;
	}
	ip_deliver(dev, p);
}

/**
 * ip_deliver - to the sockets that take raw packets, then to the transport
 *
 * Context: no spinlock held.
 */
void ip_deliver(struct netdev *dev, struct packet *p)
{
	struct net *net = dev->net;
	bool raw = raw_receive(net, p);

	switch (p->ip_protocol) {
	case IPPROTO_UDP:
		udp_receive(net, p);
		return;
	case IPPROTO_ICMP:
		icmp_receive(net, p);
		return;
	case IPPROTO_ICMPV6:
		icmpv6_receive(net, p);
		return;
	default:
		if (!raw)
			icmp_unreachable(net, p, ICMP_NO_PROTOCOL);
		packet_put(p);
	}
}
