// SPDX-License-Identifier: MIT
/*
 * ICMP (RFC 792) and ICMPv6 (RFC 4443): answering echoes, saying that a packet
 * could not be delivered, and telling the socket that sent one.
 *
 * No error is sent about an error, nor about what was for all hosts; so the way
 * from one to the next ends.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "kernel/lib/err.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"

#define ICMP_TTL 64
#define QUOTE_MAX_V4 (576 - sizeof(struct iphdr) - sizeof(struct icmphdr))
#define QUOTE_MAX_V6 (1280 - sizeof(struct ipv6hdr) - sizeof(struct icmp6hdr))

BUILD_ASSERT(sizeof(struct icmphdr) == sizeof(struct icmp6hdr));

/* @p begins with its ICMP header, whose checksum is 0, and goes to @dst. */
static void icmp_send(struct net *net, struct packet *p,
		      const struct ip_addr *src, const struct ip_addr *dst)
{
	bool v4 = ip_is_v4(dst);
	struct icmphdr *h = (struct icmphdr *)p->data;
	struct flow f = {
		.src = *src,
		.dst = *dst,
		.protocol = v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
		.ttl = ICMP_TTL,
	};

	if (route_output(net, &f)) {
		packet_put(p);
		return;
	}
	h->checksum = csum_fold(csum_add(
		p->data, p->len,
		v4 ? 0 : csum_pseudo(src, dst, p->len, IPPROTO_ICMPV6)));
	ip_send(&f, p); /* a lost one is lost: nobody waits for it */
}

/* ---- what could not be delivered -------------------------------------------- */

static void reason_codes(struct icmphdr *h, bool v4, enum icmp_reason reason)
{
	if (v4) {
		h->type = ICMP_DEST_UNREACH;
		h->code = reason == ICMP_NO_PORT ? ICMP_PORT_UNREACH :
						   ICMP_PROT_UNREACH;
	} else if (reason == ICMP_NO_PORT) {
		h->type = ICMPV6_DEST_UNREACH;
		h->code = ICMPV6_PORT_UNREACH;
	} else {
		h->type = ICMPV6_PARAMPROB;
		h->code = ICMPV6_UNK_NEXTHDR;
	}
}

void icmp_unreachable(struct net *net, const struct packet *p,
		      enum icmp_reason reason)
{
	bool v4 = ip_is_v4(&p->dst);
	size_t max = v4 ? QUOTE_MAX_V4 : QUOTE_MAX_V6;
	size_t n = min((size_t)(p->data + p->len - p->network), max);
	struct packet *out;

	if (p->broadcast || ip_is_multicast(&p->dst))
		return;
	out = packet_new(n);
	if (IS_ERR(out))
		return;
	memcpy(out->data, p->network, n);
	reason_codes(packet_push(out, sizeof(struct icmphdr)), v4, reason);
	icmp_send(net, out, &p->dst, &p->src);
}

/* The addresses and protocol of a quoted packet; its own view is turned round:
 * as if the answer had come. */
static bool quote_parse(struct packet *quote, bool v4)
{
	const struct iphdr *h4 = (void *)quote->data;
	const struct ipv6hdr *h6 = (void *)quote->data;

	if (quote->len < (v4 ? sizeof(*h4) : sizeof(*h6)))
		return false;
	if (v4) {
		quote->dst = ip_v4(h4->saddr);
		quote->src = ip_v4(h4->daddr);
		quote->ip_protocol = h4->protocol;
		return h4->ihl >= 5 && packet_pull(quote, h4->ihl * 4u);
	}
	quote->dst = ip_v6(&h6->saddr);
	quote->src = ip_v6(&h6->daddr);
	quote->ip_protocol = h6->nexthdr;
	return packet_pull(quote, sizeof(*h6));
}

/* The ports of UDP, the identifier of an echo. NULL: of neither. */
static const struct inet_proto *quote_ports(struct packet *quote)
{
	const struct udphdr *udp = (void *)quote->data;
	const struct icmphdr *echo = (void *)quote->data;

	if (quote->len < sizeof(*udp))
		return NULL;
	switch (quote->ip_protocol) {
	case IPPROTO_UDP:
		quote->dport = ntohs(udp->source);
		quote->sport = ntohs(udp->dest);
		return &udp_proto;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		quote->dport = ntohs(echo->un.echo.id);
		quote->sport = 0;
		return quote->ip_protocol == IPPROTO_ICMP ? &ping_proto :
							    &pingv6_proto;
	default:
		return NULL;
	}
}

/* Tell the socket that sent what @p, an error, quotes. Only who is connected, or
 * asked for it, is told: others may send to many. */
static void tell_sender(struct net *net, struct packet *p, int error)
{
	struct packet quote = *p;
	const struct inet_proto *proto = NULL;
	struct inet_sock *sk;

	if (quote_parse(&quote, ip_is_v4(&p->dst)))
		proto = quote_ports(&quote);
	if (!proto)
		return;
	spin_lock(&net->lock);
	sk = inet_find(net, proto, &quote);
	if (sk && (sk->connected || sk->recverr))
		inet_report(sk, error);
	spin_unlock(&net->lock);
}

/* ---- receiving ------------------------------------------------------------------- */

static void echo_reply(struct net *net, const struct packet *p, u8 type)
{
	struct packet *out = packet_new(p->len);
	struct icmphdr *h;

	if (IS_ERR(out))
		return;
	memcpy(out->data, p->data, p->len);
	h = (struct icmphdr *)out->data;
	h->type = type;
	h->code = 0;
	h->checksum = 0;
	icmp_send(net, out, &p->dst, &p->src);
}

static int unreachable_error(u8 code)
{
	switch (code) {
	case ICMP_NET_UNREACH:
		return ENETUNREACH;
	case ICMP_PROT_UNREACH:
		return ENOPROTOOPT;
	case ICMP_PORT_UNREACH:
		return ECONNREFUSED;
	case ICMP_FRAG_NEEDED:
		return EMSGSIZE;
	default:
		return EHOSTUNREACH;
	}
}

void icmp_receive(struct net *net, struct packet *p)
{
	struct icmphdr *h = (struct icmphdr *)p->data;

	if (p->len < sizeof(*h) || !ip_is_v4(&p->dst) ||
	    csum_fold(csum_add(p->data, p->len, 0)))
		goto drop;
	switch (h->type) {
	case ICMP_ECHO:
		if (!p->broadcast)
			echo_reply(net, p, ICMP_ECHOREPLY);
		break;
	case ICMP_ECHOREPLY:
		p->dport = ntohs(h->un.echo.id);
		ping_receive(net, p);
		return;
	case ICMP_DEST_UNREACH:
		packet_pull(p, sizeof(*h));
		tell_sender(net, p, unreachable_error(h->code));
		break;
	}
drop:
	packet_put(p);
}

void icmpv6_receive(struct net *net, struct packet *p)
{
	struct icmp6hdr *h = (struct icmp6hdr *)p->data;

	if (p->len < sizeof(*h) || ip_is_v4(&p->dst) ||
	    csum_fold(csum_add(p->data, p->len,
			       csum_pseudo(&p->src, &p->dst, p->len,
					   IPPROTO_ICMPV6))))
		goto drop;
	switch (h->icmp6_type) {
	case ICMPV6_ECHO_REQUEST:
		echo_reply(net, p, ICMPV6_ECHO_REPLY);
		break;
	case ICMPV6_ECHO_REPLY:
		p->dport = ntohs(h->icmp6_identifier);
		ping_receive(net, p);
		return;
	case ICMPV6_DEST_UNREACH:
		packet_pull(p, sizeof(*h));
		tell_sender(net, p, h->icmp6_code == ICMPV6_PORT_UNREACH ?
					    ECONNREFUSED : EHOSTUNREACH);
		break;
	case ICMPV6_PARAMPROB:
		packet_pull(p, sizeof(*h));
		tell_sender(net, p, EPROTO);
		break;
	}
drop:
	packet_put(p);
}
