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

#include "kernel/ns/nsproxy.h"

#define UNIX_NAMES 16 /* buckets; a power of two */

struct net {
	struct ns ns;
	/* AF_UNIX, under unix_lock */
	struct list unix_socks; /* all of them, for /proc/net/unix */
	struct hlist_head unix_names[UNIX_NAMES]; /* abstract names */
};
extern struct net init_net;

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
