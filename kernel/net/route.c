// SPDX-License-Identifier: MIT
/*
 * Where packets go. A network has no table of routes beside what follows from
 * its addresses: packets to an address of this host go through its loopback
 * device; those to the broadcast address of a device's network through
 * that device. Everything else is unreachable.
 *
 * IPv4 does not ask whether lo is up: what is sent into a lo that is down is lost
 * there, as on Linux. IPv6 loses its addresses when lo goes down.
 */
#include "kernel/lib/err.h"
#include "kernel/net/ip.h"
#include "kernel/net/net.h"

static bool device_fits(const struct flow *f, const struct netdev *dev)
{
	return !f->oif || f->oif == dev->index;
}

/* From the address by which @f->dst is ours: 127.0.0.1 for 127.2.3.4. */
static void route_local(struct net *net, struct flow *f)
{
	const struct ifaddr *a = net_addr_local(net, &f->dst);

	f->dev = &net->lo;
	if (ip_is_any(&f->src))
		f->src = a ? a->addr : f->dst;
}

/* The device whose broadcast address @f->dst is; NULL. */
static struct netdev *route_broadcast(struct net *net, struct flow *f)
{
	struct netdev *dev;
	struct ifaddr *a;

	list_for_each_entry (dev, &net->devs, link) {
		a = netdev_addr(dev, true);
		if (!a || !(dev->flags & IFF_UP) || !device_fits(f, dev))
			continue;
		if (ip_is_any(&f->src))
			f->src = a->addr;
		return dev;
	}
	return NULL;
}

static int route_v4(struct net *net, struct flow *f)
{
	bool everywhere = ip_v4_of(&f->dst) == ~0u;

	if (ip_is_any(&f->dst))
		f->dst = ip_is_any(&f->src) ? ip_loopback(true) : f->src;
	else if (!net_addr_is_local(net, &f->dst) &&
		 (everywhere || !net_addr_is_broadcast(net, &f->dst)))
		return -ENETUNREACH;
	f->broadcast = net_addr_is_broadcast(net, &f->dst);
	if (f->broadcast) {
		f->dev = route_broadcast(net, f);
		return f->dev ? 0 : -ENETUNREACH;
	}
	route_local(net, f);
	return 0;
}

static bool has_v6(struct net *net)
{
	struct netdev *dev;

	list_for_each_entry (dev, &net->devs, link)
		if (netdev_addr(dev, false))
			return true;
	return false;
}

static int route_v6(struct net *net, struct flow *f)
{
	if (ip_is_any(&f->dst))
		f->dst = ip_loopback(false);
	if (!ip_is_any(&f->src) && !net_has_addr(net, &f->dst))
		return -ENETUNREACH;
	if (!has_v6(net))
		return -EADDRNOTAVAIL;
	if (!net_has_addr(net, &f->dst))
		return -ENETUNREACH;
	route_local(net, f);
	return 0;
}

int route_output(struct net *net, struct flow *f)
{
	bool v4 = ip_is_v4(&f->dst);
	int err;

	f->broadcast = false;
	/* a socket that is bound to an address of the other version */
	if (!ip_is_any(&f->src) && ip_is_v4(&f->src) != v4)
		return -ENETUNREACH;
	spin_lock(&net->lock);
	err = v4 ? route_v4(net, f) : route_v6(net, f);
	if (!err && !device_fits(f, f->dev))
		err = -ENETUNREACH;
	spin_unlock(&net->lock);
	return err;
}
