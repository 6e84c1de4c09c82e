/* SPDX-License-Identifier: MIT */
/*
 * A packet on its way. It is made with room in front, into which each layer
 * pushes its header as the packet goes down, and from which each layer pulls
 * its header as the packet comes up again.
 *
 *	buf          data                      data + len     buf + size
 *	 |   room     |  what this layer sees     |              |
 */
#ifndef WARREN_KERNEL_NET_PACKET_H
#define WARREN_KERNEL_NET_PACKET_H

#include "kernel/lib/list.h"
#include "kernel/lib/refcount.h"
#include "kernel/lock/spinlock.h"
#include "kernel/net/ip_addr.h"

struct netdev;

#define PACKET_ROOM 64 /* for the headers of IPv6 and a transport */

struct packet {
	struct list link;     /* of a socket's queue */
	struct refcount refs; /* the queue, or who works on it; MSG_PEEK */
	u8 *buf, *data;
	u32 size, len;
	u16 protocol; /* ETH_P_IP or ETH_P_IPV6 */
	/* What the layers found in the headers, for those above and sockets */
	u8 *network;	      /* the network header */
	struct ip_addr src, dst;
	u16 sport, dport;     /* host order; ICMP: its identifier */
	u8 ip_protocol, ttl, tos;
	bool broadcast;	      /* not to this host alone: no errors */
	u32 ifindex;	      /* of the device by which it came */
	u64 stamp;	      /* when: ns since 1970 */
};

void packet_module_init(void);
/* @len bytes with PACKET_ROOM in front; content undefined. ERR_PTR(-ENOMEM). */
struct packet *packet_new(size_t len);
/* Another with the same content, on no queue. ERR_PTR(-ENOMEM). */
struct packet *packet_copy(const struct packet *p);
static inline struct packet *packet_get(struct packet *p)
{
	refcount_inc(&p->refs);
	return p;
}
void packet_put(struct packet *p);
/* A header of @n bytes, zeroed, in front. The room must suffice. */
void *packet_push(struct packet *p, u32 n);
/* Take @n bytes off the front. NULL: it is shorter. */
void *packet_pull(struct packet *p, u32 n);
/* How long the first of @queue is; 0: there is none. FIONREAD. */
size_t packet_first_len(const struct list *queue, struct spinlock *lock);
/* What a queue is charged for it: content and bookkeeping. */
static inline u32 packet_cost(const struct packet *p)
{
	return p->size + 512;
}

/* The internet checksum (RFC 1071) of @n bytes, with @sum from before; fold
 * ends it. What is right gives 0 when its checksum is included. */
u32 csum_add(const void *data, size_t n, u32 sum);
u16 csum_fold(u32 sum);
/* The part that addresses, length and protocol have in a transport's. */
u32 csum_pseudo(const struct ip_addr *src, const struct ip_addr *dst, u32 len,
		u8 protocol);

#endif
