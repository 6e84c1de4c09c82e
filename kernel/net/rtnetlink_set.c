// SPDX-License-Identifier: MIT
/*
 * NETLINK_ROUTE, the changes: flags, mtu, name of a device; its addresses. There
 * are no devices to be made, and none moves to another network: -EOPNOTSUPP.
 */
#include "kernel/lib/err.h"
#include "kernel/net/net.h"
#include "kernel/net/netlink.h"

/* ---- devices ------------------------------------------------------------------- */

/* What would make a device, or move one, is refused before anything changes. */
static int link_check(const struct nl_request *r)
{
	static const u16 refused[] = { IFLA_LINKINFO, IFLA_NET_NS_FD,
				       IFLA_NET_NS_PID, IFLA_MASTER };

	for (u32 i = 0; i < ARRAY_SIZE(refused); i++)
		if (nl_attr_find(r, sizeof(struct ifinfomsg), refused[i], 0))
			return -EOPNOTSUPP;
	return 0;
}

static int link_attrs(const struct nl_request *r, struct netdev *dev)
{
	const u32 *mtu, *qlen;
	char name[IFNAMSIZ];
	int err = 0;

	mtu = nl_attr_find(r, sizeof(struct ifinfomsg), IFLA_MTU, sizeof(*mtu));
	if (mtu)
		err = netdev_set_mtu(dev, (int)*mtu);
	if (!err &&
	    nl_attr_name(r, sizeof(struct ifinfomsg), IFLA_IFNAME, name))
		err = netdev_set_name(dev, name);
	qlen = nl_attr_find(r, sizeof(struct ifinfomsg), IFLA_TXQLEN,
			    sizeof(*qlen));
	if (!err && qlen)
		WRITE_ONCE(dev->txqlen, *qlen);
	return err;
}

int rtnetlink_set_link(const struct nl_request *r)
{
	const struct ifinfomsg *ifi = nl_fixed(r, sizeof(*ifi));
	struct netdev *dev;
	u32 mask;
	int err;

	if (!ifi)
		return -EINVAL;
	err = link_check(r);
	if (err)
		return err;
	dev = rtnetlink_dev(r, ifi);
	/* without a name this would make one, if it said so */
	if (PTR_ERR_OR_ZERO(dev) == -EINVAL &&
	    r->h->nlmsg_type == RTM_NEWLINK && !ifi->ifi_index)
		return -ENODEV;
	if (IS_ERR(dev))
		return (int)PTR_ERR(dev);
	err = link_attrs(r, dev);
	if (err || (!ifi->ifi_flags && !ifi->ifi_change))
		return err;
	mask = ifi->ifi_change ? ifi->ifi_change : ~0u;
	return netdev_set_flags(dev, (ifi->ifi_flags & mask) |
					     (dev->flags & ~mask));
}

/* ---- addresses --------------------------------------------------------------------- */

/* Decode an ifaddrmsg and its address. -EINVAL, -EAFNOSUPPORT, -ENODEV. */
static int addr_decode(const struct nl_request *r, const struct ifaddrmsg *ifa,
		       struct ip_addr *addr, struct netdev **dev)
{
	bool v4 = ifa->ifa_family == AF_INET;
	size_t n = v4 ? 4 : 16;
	const void *bytes;
	u32 word;

	if (!v4 && ifa->ifa_family != AF_INET6)
		return -EOPNOTSUPP;
	bytes = nl_attr_find(r, sizeof(*ifa), IFA_LOCAL, n);
	if (!bytes)
		bytes = nl_attr_find(r, sizeof(*ifa), IFA_ADDRESS, n);
	if (!bytes || ifa->ifa_prefixlen > n * 8)
		return -EINVAL;
	memcpy(&word, bytes, sizeof(word));
	*addr = v4 ? ip_v4(word) : ip_v6(bytes);
	spin_lock(&r->net->lock);
	*dev = netdev_by_index(r->net, ifa->ifa_index);
	spin_unlock(&r->net->lock);
	return *dev ? 0 : -ENODEV;
}

/* The address of @dev that is @addr, or NULL. */
static struct ifaddr *addr_find(struct netdev *dev, const struct ip_addr *addr)
{
	struct ifaddr *a;

	list_for_each_entry (a, &dev->addrs, link)
		if (ip_equal(&a->addr, addr))
			return a;
	return NULL;
}

int rtnetlink_new_addr(const struct nl_request *r)
{
	const struct ifaddrmsg *ifa = nl_fixed(r, sizeof(*ifa));
	struct ip_addr addr;
	struct netdev *dev;
	struct ifaddr *new;
	bool exists;
	int err = ifa ? addr_decode(r, ifa, &addr, &dev) : -EINVAL;

	if (err)
		return err;
	new = ifaddr_new(&addr, ifa->ifa_prefixlen);
	if (!new)
		return -ENOBUFS;
	if (ip_is_v4(&addr))
		new->scope = ifa->ifa_scope;
	if (!nl_attr_name(r, sizeof(*ifa), IFA_LABEL, new->label))
		strlcpy(new->label, dev->name, sizeof(new->label));
	spin_lock(&r->net->lock);
	exists = addr_find(dev, &addr);
	if (!exists)
		netdev_add_addr(dev, new);
	spin_unlock(&r->net->lock);
	if (!exists)
		return 0;
	ifaddr_free(new);
	return r->h->nlmsg_flags & NLM_F_REPLACE ? 0 : -EEXIST;
}

int rtnetlink_del_addr(const struct nl_request *r)
{
	const struct ifaddrmsg *ifa = nl_fixed(r, sizeof(*ifa));
	struct ip_addr addr;
	struct netdev *dev;
	struct ifaddr *a;
	int err = ifa ? addr_decode(r, ifa, &addr, &dev) : -EINVAL;

	if (err)
		return err;
	spin_lock(&r->net->lock);
	a = addr_find(dev, &addr);
	if (a)
		list_del(&a->link);
	spin_unlock(&r->net->lock);
	ifaddr_free(a);
	return a ? 0 : -EADDRNOTAVAIL;
}
