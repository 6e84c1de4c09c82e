/* SPDX-License-Identifier: MIT */
/*
 * struct net: a network of its own. Everything that the net namespace isolates
 * hangs here: the devices and their addresses, the ports, the abstract names of
 * AF_UNIX. kernel/ns/net.c is the namespace type; kernel/net/ fills it.
 *
 * A socket belongs to the network that its maker was in, and stays there
 * when the maker goes elsewhere. It holds a reference (PIN_SOCKET), so a
 * network lives as long as any of its sockets.
 *
 * A new network is one object with one device in it, "lo", which is down. Tables
 * are small or made by the first who needs them.
 */
#ifndef WARREN_KERNEL_NET_NET_H
#define WARREN_KERNEL_NET_NET_H

#include "kernel/net/netdev.h"
#include "kernel/ns/nsproxy.h"

#define UNIX_NAMES 16 /* buckets; a power of two */

#define INET_BUCKETS 32

struct net {
	struct ns ns;
	struct spinlock lock; /* of all that follows, but AF_UNIX's */
	struct list devs;     /* of netdev, by index */
	struct netdev lo;
	struct hlist_head inet_socks[INET_BUCKETS]; /* that have a port */
	struct list netlink_socks;
	/* net.ipv4.*: ip_local_port_range, ip_unprivileged_port_start and
	 * ping_group_range (kernel ids; none if first > last) */
	u16 port_first, port_last, port_unprivileged;
	u32 ping_first, ping_last;
	/* AF_UNIX, under unix_lock */
	struct list unix_socks; /* all of them, for /proc/net/unix */
	struct hlist_head unix_names[UNIX_NAMES]; /* abstract names */
};
extern struct net init_net;

/* Fill a blank network: lo and the settings. Cannot fail. netdev.c */
void net_init(struct net *net);

static inline struct net *to_net(struct ns *ns)
{
	return container_of(ns, struct net, ns);
}

static inline struct net *net_get(struct net *net)
{
	return to_net(ns_get(&net->ns, PIN_SOCKET));
}

static inline void net_put(struct net *net)
{
	ns_put(&net->ns, PIN_SOCKET);
}

/* Where @np's tasks make their sockets; not counted. */
static inline struct net *nsproxy_net(const struct nsproxy *np)
{
	return to_net(np->ns[NS_NET]);
}

#endif
