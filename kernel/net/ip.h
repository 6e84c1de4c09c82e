/* SPDX-License-Identifier: MIT */
/*
 * The internet protocols: where a packet goes (route.c), how it is sent and
 * received (ipv4.c, ipv6.c), and what is said about those that do not arrive
 * (icmp.c).
 *
 *	socket -> udp_send -> route_output -> ip_send -> netdev_send
 *	netdev_receive -> ipv4_receive -> ip_deliver -> udp_receive -> socket
 */
#ifndef WARREN_KERNEL_NET_IP_H
#define WARREN_KERNEL_NET_IP_H

#include "kernel/net/netdev.h"

/* One packet's way: what is known of it, then what route_output() adds. */
struct flow {
	struct ip_addr dst;
	struct ip_addr src; /* any: route_output() chooses */
	u32 oif;	    /* index of the device to use; 0: any */
	u8 protocol, ttl, tos;
	bool dont_fragment;
	struct netdev *dev; /* result */
	bool broadcast;	    /* result: for all hosts on it */
};

/* route.c: -ENETUNREACH, -EADDRNOTAVAIL (IPv6: no address to send from). */
int route_output(struct net *net, struct flow *f);

/* Takes over @p, whose data is the transport's header. 0, or -EMSGSIZE: longer
 * than the device takes. */
int ip_send(const struct flow *f, struct packet *p);
int ipv4_send(const struct flow *f, struct packet *p);
int ipv6_send(const struct flow *f, struct packet *p);

/* From the device; take over @p. */
void ipv4_receive(struct netdev *dev, struct packet *p);
void ipv6_receive(struct netdev *dev, struct packet *p);
/* A packet for this host, its transport header in front. */
void ip_deliver(struct netdev *dev, struct packet *p);

/* udp.c, icmp.c: from ip_deliver(); take over @p. */
void udp_receive(struct net *net, struct packet *p);
void icmp_receive(struct net *net, struct packet *p);
void icmpv6_receive(struct net *net, struct packet *p);
/* Tell the sender of @p that it could not be delivered. @p stays the caller's. */
enum icmp_reason { ICMP_NO_PORT, ICMP_NO_PROTOCOL };
void icmp_unreachable(struct net *net, const struct packet *p,
		      enum icmp_reason reason);

#endif
