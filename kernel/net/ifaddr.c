// SPDX-License-Identifier: MIT
/*
 * Addresses of devices, and what follows from them: which packets are for this
 * host. All of a loopback device's IPv4 network is (127.2.3.4 works); of another
 * device's, its address alone.
 */
#include <linux/rtnetlink.h>

#include "kernel/mm/slab.h"
#include "kernel/net/net.h"
#include "kernel/net/netdev.h"

#define SCOPE_LINK_V6 0xfe80 /* fe80::/10, RFC 4291 section 2.4 */

static struct slab *ifaddr_slab;

void ifaddr_module_init(void)
{
	ifaddr_slab = slab_create("ifaddr", sizeof(struct ifaddr), 8);
}

struct ifaddr *ifaddr_new(const struct ip_addr *addr, u8 prefix)
{
	struct ifaddr *a = slab_zalloc(ifaddr_slab);
	struct ip_addr home = ip_loopback(false);

	if (!a)
		return NULL;
	a->addr = *addr;
	a->prefix = prefix;
	a->scope = RT_SCOPE_UNIVERSE;
	if (ip_equal(addr, &home) ||
	    (ip_is_v4(addr) && (ip_v4_of(addr) & 0xff) == 127))
		a->scope = RT_SCOPE_HOST;
	else if ((ntohl(addr->w[0]) >> 16 & 0xffc0) == SCOPE_LINK_V6)
		a->scope = RT_SCOPE_LINK;
	list_init(&a->link);
	return a;
}

void ifaddr_free(struct ifaddr *a)
{
	if (a)
		slab_free(ifaddr_slab, a);
}

u32 prefix_mask(u8 prefix)
{
	return prefix ? htonl(~0u << (32 - prefix)) : 0;
}

struct ifaddr *netdev_addr(struct netdev *dev, bool v4)
{
	struct ifaddr *a;

	list_for_each_entry (a, &dev->addrs, link)
		if (ip_is_v4(&a->addr) == v4)
			return a;
	return NULL;
}

/* IPv4: oldest first. IPv6: what is reached from afar before what is not, and the
 * newest first among equals. */
void netdev_add_addr(struct netdev *dev, struct ifaddr *a)
{
	struct ifaddr *other;

	if (!ip_is_v4(&a->addr)) {
		list_for_each_entry (other, &dev->addrs, link) {
			if (ip_is_v4(&other->addr) || other->scope < a->scope)
				continue;
			list_add_tail(&a->link, &other->link);
			return;
		}
	}
	list_add_tail(&a->link, &dev->addrs);
}

bool net_has_addr(struct net *net, const struct ip_addr *addr)
{
	struct netdev *dev;
	struct ifaddr *a;

	list_for_each_entry (dev, &net->devs, link)
		list_for_each_entry (a, &dev->addrs, link)
			if (ip_equal(&a->addr, addr))
				return true;
	return false;
}

static bool is_local_by(const struct netdev *dev, const struct ifaddr *a,
			const struct ip_addr *addr)
{
	return dev->flags & IFF_LOOPBACK && ip_is_v4(addr) &&
	       ip_is_v4(&a->addr) &&
	       ip_same_prefix(&a->addr, addr, 96 + a->prefix);
}

/* The last address of a device's network, while the device is up. */
static bool is_broadcast_by(const struct netdev *dev, const struct ifaddr *a,
			    const struct ip_addr *addr)
{
	if (!(dev->flags & IFF_UP) || !ip_is_v4(&a->addr) || a->prefix >= 31)
		return false;
	return ip_v4_of(addr) ==
	       (ip_v4_of(&a->addr) | ~prefix_mask(a->prefix));
}

bool net_addr_is_broadcast(struct net *net, const struct ip_addr *addr)
{
	struct netdev *dev;
	struct ifaddr *a;

	if (!ip_is_v4(addr))
		return false;
	if (ip_v4_of(addr) == ~0u)
		return true;
	list_for_each_entry (dev, &net->devs, link)
		list_for_each_entry (a, &dev->addrs, link)
			if (is_broadcast_by(dev, a, addr))
				return true;
	return false;
}

const struct ifaddr *net_addr_local(struct net *net, const struct ip_addr *addr)
{
	struct netdev *dev;
	struct ifaddr *a, *found = NULL;

	list_for_each_entry (dev, &net->devs, link) {
		list_for_each_entry (a, &dev->addrs, link) {
			if (ip_equal(&a->addr, addr))
				return a;
			if (!found && is_local_by(dev, a, addr))
				found = a;
		}
	}
	return found;
}
