/* SPDX-License-Identifier: MIT */
/*
 * Network devices and their addresses. A device belongs to one network and is
 * known there by its name and index; it sends packets by its table, and gives
 * what it receives to netdev_receive().
 *
 * Lock: net->lock for the lists, names, flags and addresses.
 */
#ifndef WARREN_KERNEL_NET_NETDEV_H
#define WARREN_KERNEL_NET_NETDEV_H

#include "kernel/net/packet.h"
#include "kernel/net/socket.h"

#include <linux/if.h>

struct net;
struct netdev;

struct netdev_ops {
	u16 type; /* ARPHRD_*: what SIOCGIFHWADDR says */
	/* Takes over @p. May be called by any number at once. */
	void (*xmit)(struct netdev *dev, struct packet *p);
	u32 mtu_min, mtu_max;
};

struct netdev_stats {
	u64 rx_packets, rx_bytes, rx_dropped; /* [a] */
	u64 tx_packets, tx_bytes, tx_dropped;
};

struct netdev {
	const struct netdev_ops *op; /* [I] */
	struct net *net;	     /* [I] not counted: it has the device */
	struct list link;	     /* net->devs, by index */
	char name[IFNAMSIZ];
	u32 index;		     /* [I] */
	u32 flags;		     /* IFF_* */
	u32 mtu, txqlen;
	bool has_qdisc;		     /* from the first time it is up */
	struct list addrs;	     /* of struct ifaddr: netdev_add_addr() */
	struct netdev_stats stats;
};

/* An address of a device; a slab object that the device owns. */
struct ifaddr {
	struct list link;
	struct ip_addr addr, broadcast; /* broadcast: any if there is none */
	u8 prefix;			/* bits of 32 or 128 */
	u8 scope;			/* RT_SCOPE_* */
	char label[IFNAMSIZ];		/* IPv4: "lo", "lo:1" */
};

/* netdev.c */
void netdev_module_init(void);
void netdev_exit(struct netdev *dev); /* the network ends: its addresses */
/* Out of the device, or dropped if that is down. Takes over @p. */
void netdev_send(struct netdev *dev, struct packet *p);
void netdev_receive(struct netdev *dev, struct packet *p);
/* By name or index, under net->lock. NULL. */
struct netdev *netdev_find(struct net *net, const char *name);
struct netdev *netdev_by_index(struct net *net, u32 index);
/* Switch IFF_UP and the other flags that may be set. 0 or -ENOMEM. */
int netdev_set_flags(struct netdev *dev, u32 flags);
int netdev_set_mtu(struct netdev *dev, int mtu); /* -EINVAL */
/* A name may have a "%d". -EINVAL, -EEXIST, -ENFILE: all numbers are used. */
int netdev_set_name(struct netdev *dev, const char *name);
/* Is the device up and running? What user space sees in flags. */
u32 netdev_show_flags(const struct netdev *dev);

/* ifaddr.c */
void ifaddr_module_init(void);
struct ifaddr *ifaddr_new(const struct ip_addr *addr, u8 prefix); /* NULL */
void ifaddr_free(struct ifaddr *a);
/* Under net->lock: */
bool net_has_addr(struct net *net, const struct ip_addr *addr);
/* The address of ours by which @addr is this host. NULL: it is not. */
const struct ifaddr *net_addr_local(struct net *net, const struct ip_addr *addr);
static inline bool net_addr_is_local(struct net *net, const struct ip_addr *addr)
{
	return net_addr_local(net, addr);
}
bool net_addr_is_broadcast(struct net *net, const struct ip_addr *addr);
struct ifaddr *netdev_addr(struct netdev *dev, bool v4); /* the first; NULL */
/* @a, which @dev takes over, in its place among the others. */
void netdev_add_addr(struct netdev *dev, struct ifaddr *a);
u32 prefix_mask(u8 prefix); /* on the wire */

#endif
