// SPDX-License-Identifier: MIT
/*
 * Network devices, and the one that every network has: "lo", whose packets come
 * back to it. What it is given to send it receives at once, in the sender's
 * context; no lock is held then.
 *
 * When lo is set up it gets 127.0.0.1/8 if it has no IPv4 address, and ::1/128;
 * the latter goes when it is set down.
 */
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>

#include "kernel/lib/err.h"
#include "kernel/lib/printf.h"
#include "kernel/mm/slab.h"
#include "kernel/net/ip.h"
#include "kernel/net/net.h"
#include "kernel/net/netdev.h"
#include "kernel/time/time.h"

#define LOOPBACK_MTU 65536
#define TXQLEN_DEFAULT 1000

/* What SIOCSIFFLAGS and RTM_NEWLINK may change, beside IFF_UP. */
#define FLAGS_SETTABLE                                                         \
	(IFF_DEBUG | IFF_NOTRAILERS | IFF_NOARP | IFF_DYNAMIC | IFF_MULTICAST |\
	 IFF_PORTSEL | IFF_AUTOMEDIA | IFF_PROMISC | IFF_ALLMULTI)

/* ---- packets ------------------------------------------------------------------- */

void netdev_send(struct netdev *dev, struct packet *p)
{
	if (!(READ_ONCE(dev->flags) & IFF_UP)) {
		atomic_add(&dev->stats.tx_dropped, 1);
		packet_put(p);
		return;
	}
	dev->op->xmit(dev, p);
}

/**
 * netdev_receive - a packet has come
 * @p: is taken over; data is its network header
 *
 * Context: a task's, no spinlock held: it runs up to the socket from here.
 */
void netdev_receive(struct netdev *dev, struct packet *p)
{
	atomic_add(&dev->stats.rx_packets, 1);
	atomic_add(&dev->stats.rx_bytes, (u64)p->len);
	p->ifindex = dev->index;
	p->stamp = ktime_get_real();
	p->network = p->data;
	if (p->protocol == ETH_P_IP)
		ipv4_receive(dev, p);
	else if (p->protocol == ETH_P_IPV6)
		ipv6_receive(dev, p);
	else
		packet_put(p);
}

static void loopback_xmit(struct netdev *dev, struct packet *p)
{
	atomic_add(&dev->stats.tx_packets, 1);
	atomic_add(&dev->stats.tx_bytes, (u64)p->len);
	netdev_receive(dev, p);
}

static const struct netdev_ops loopback_ops = {
	.type = ARPHRD_LOOPBACK,
	.xmit = loopback_xmit,
	.mtu_min = 0,
	.mtu_max = 0x7fffffff,
};

static void loopback_init(struct net *net, struct netdev *dev)
{
	dev->op = &loopback_ops;
	dev->net = net;
	strlcpy(dev->name, "lo", sizeof(dev->name));
	dev->index = 1;
	dev->flags = IFF_LOOPBACK;
	dev->mtu = LOOPBACK_MTU;
	dev->txqlen = TXQLEN_DEFAULT;
	list_init(&dev->addrs);
	list_add_tail(&dev->link, &net->devs);
}

void net_init(struct net *net)
{
	spin_init(&net->lock, "net");
	list_init(&net->devs);
	list_init(&net->unix_socks);
	list_init(&net->netlink_socks);
	loopback_init(net, &net->lo);
	net->port_first = 32768;
	net->port_last = 60999;
	net->port_unprivileged = 1024;
	net->ping_first = 1;
}

void netdev_exit(struct netdev *dev)
{
	struct ifaddr *a, *tmp;

	list_for_each_entry_safe (a, tmp, &dev->addrs, link) {
		list_del(&a->link);
		ifaddr_free(a);
	}
}

/* ---- finding ----------------------------------------------------------------------- */

struct netdev *netdev_find(struct net *net, const char *name)
{
	struct netdev *dev;

	assert_held(&net->lock);
	list_for_each_entry (dev, &net->devs, link)
		if (!strcmp(dev->name, name))
			return dev;
	return NULL;
}

struct netdev *netdev_by_index(struct net *net, u32 index)
{
	struct netdev *dev;

	assert_held(&net->lock);
	list_for_each_entry (dev, &net->devs, link)
		if (dev->index == index)
			return dev;
	return NULL;
}

/* ---- changing ---------------------------------------------------------------------- */

u32 netdev_show_flags(const struct netdev *dev)
{
	u32 flags = dev->flags;

	return flags & IFF_UP ? flags | IFF_RUNNING : flags;
}

/* The addresses that lo has by itself. They are made before the lock is taken
 * and freed after it if they are not needed. */
static void loopback_up(struct netdev *dev, struct ifaddr **v4,
			struct ifaddr **v6)
{
	if (!netdev_addr(dev, true)) {
		strlcpy((*v4)->label, dev->name, sizeof((*v4)->label));
		netdev_add_addr(dev, *v4);
		*v4 = NULL;
	}
	if (!netdev_addr(dev, false)) {
		netdev_add_addr(dev, *v6);
		*v6 = NULL;
	}
}

/* IPv6 addresses go when a device is set down. Returns the list of them. */
static void take_v6(struct netdev *dev, struct list *gone)
{
	struct ifaddr *a, *tmp;

	list_for_each_entry_safe (a, tmp, &dev->addrs, link)
		if (!ip_is_v4(&a->addr))
			list_move_tail(&a->link, gone);
}

static void flags_change(struct netdev *dev, u32 flags, struct ifaddr **v4,
			 struct ifaddr **v6, struct list *gone)
{
	bool was_up, up = flags & IFF_UP;

	spin_lock(&dev->net->lock);
	was_up = dev->flags & IFF_UP;
	dev->flags = (dev->flags & ~(u32)(FLAGS_SETTABLE | IFF_UP)) |
		     (flags & (FLAGS_SETTABLE | IFF_UP));
	dev->has_qdisc |= up;
	if (up && !was_up && dev->flags & IFF_LOOPBACK)
		loopback_up(dev, v4, v6);
	if (!up && was_up)
		take_v6(dev, gone);
	spin_unlock(&dev->net->lock);
}

int netdev_set_flags(struct netdev *dev, u32 flags)
{
	struct ip_addr home4 = ip_loopback(true), home6 = ip_loopback(false);
	struct ifaddr *v4 = ifaddr_new(&home4, 8);
	struct ifaddr *v6 = ifaddr_new(&home6, 128), *a, *tmp;
	struct list gone = LIST_INIT(gone);
	int err = v4 && v6 ? 0 : -ENOMEM;

	if (!err)
		flags_change(dev, flags, &v4, &v6, &gone);
	ifaddr_free(v4);
	ifaddr_free(v6);
	list_for_each_entry_safe (a, tmp, &gone, link)
		ifaddr_free(a);
	return err;
}

int netdev_set_mtu(struct netdev *dev, int mtu)
{
	if (mtu < 0 || (u32)mtu < dev->op->mtu_min ||
	    (u32)mtu > dev->op->mtu_max)
		return -EINVAL;
	WRITE_ONCE(dev->mtu, (u32)mtu);
	return 0;
}

static bool name_is_good(const char *name)
{
	if (!*name || strnlen(name, IFNAMSIZ) == IFNAMSIZ ||
	    !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || *name == ' ' ||
		    (*name >= '\t' && *name <= '\r'))
			return false;
	return true;
}

/* "eth%d": the first number that is free. */
static int name_number(struct net *net, const char *pattern, char *out)
{
	const char *at = strchr(pattern, '%');

	if (at[1] != 'd' || strchr(at + 2, '%'))
		return -EINVAL;
	for (u32 i = 0; i < 32768; i++) {
		snprintf(out, IFNAMSIZ, "%.*s%u%s", (int)(at - pattern),
			 pattern, i, at + 2);
		if (!netdev_find(net, out))
			return 0;
	}
	return -ENFILE;
}

int netdev_set_name(struct netdev *dev, const char *name)
{
	char new[IFNAMSIZ];
	int err = 0;

	if (!name_is_good(name))
		return -EINVAL;
	spin_lock(&dev->net->lock);
	strlcpy(new, name, sizeof(new));
	if (!strcmp(name, dev->name))
		goto out;
	if (strchr(name, '%'))
		err = name_number(dev->net, name, new);
	else if (netdev_find(dev->net, name))
		err = -EEXIST;
	if (!err)
		strlcpy(dev->name, new, sizeof(dev->name));
out:
	spin_unlock(&dev->net->lock);
	return err;
}

void netdev_module_init(void)
{
	packet_module_init();
	ifaddr_module_init();
}
