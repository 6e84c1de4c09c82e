// SPDX-License-Identifier: MIT
/*
 * The ioctls of network interfaces (netdevice(7)), on a socket of any family: they
 * are about the network of the socket. Those that are about IPv4 addresses are
 * of AF_INET sockets alone. A change needs CAP_NET_ADMIN over the owner of the
 * network, whether or not there is such a device.
 *
 * "lo:1" names an address of lo by its label; for all that is not about addresses
 * it is lo.
 */
#include <linux/in.h>
#include <linux/sockios.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"
#include "kernel/task/cred.h"

#define ALL_PRIVATE 15 /* SIOCDEVPRIVATE and what follows: the driver's own */

/* ---- addresses --------------------------------------------------------------------- */

static struct sockaddr_in *sin_of(struct ifreq *ifr)
{
	return (struct sockaddr_in *)&ifr->ifr_addr;
}

static void sin_set(struct ifreq *ifr, u32 addr)
{
	*sin_of(ifr) = (struct sockaddr_in){ .sin_family = AF_INET,
					     .sin_addr.s_addr = addr };
}

/* The IPv4 address with that label. NULL. */
static struct ifaddr *label_find(struct netdev *dev, const char *label)
{
	struct ifaddr *a;

	list_for_each_entry (a, &dev->addrs, link)
		if (ip_is_v4(&a->addr) && !strcmp(a->label, label))
			return a;
	return NULL;
}

static int addr_get(struct netdev *dev, u32 cmd, struct ifreq *ifr)
{
	struct ifaddr *a = label_find(dev, ifr->ifr_name);

	if (!a)
		return -EADDRNOTAVAIL;
	switch (cmd) {
	case SIOCGIFADDR:
	case SIOCGIFDSTADDR: /* the address itself: no point-to-point here */
		sin_set(ifr, ip_v4_of(&a->addr));
		return 0;
	case SIOCGIFBRDADDR:
		sin_set(ifr, ip_v4_of(&a->broadcast));
		return 0;
	default:
		sin_set(ifr, prefix_mask(a->prefix));
		return 0;
	}
}

/* The prefix that an address had before there were prefixes (RFC 791). */
static u8 class_prefix(u32 addr)
{
	u32 top = ntohl(addr) >> 28;

	return top < 8 ? 8 : top < 12 ? 16 : 24;
}

/* Contiguous bits, from the left. -EINVAL. */
static int mask_prefix(u32 mask)
{
	for (u8 i = 0; i <= 32; i++)
		if (prefix_mask(i) == mask)
			return i;
	return -EINVAL;
}

/* @new takes the place of the one with that label, which is returned. NULL. */
static struct ifaddr *addr_replace(struct netdev *dev, const char *label,
				   struct ifaddr *new)
{
	struct ifaddr *old = label_find(dev, label);

	if (old)
		list_del(&old->link);
	if (new)
		netdev_add_addr(dev, new);
	return old;
}

/* SIOCSIFADDR; 0.0.0.0 takes the address away. */
static int addr_set(struct net *net, struct netdev *dev, struct ifreq *ifr)
{
	u32 v4 = sin_of(ifr)->sin_addr.s_addr;
	struct ip_addr addr = ip_v4(v4);
	struct ifaddr *new = NULL, *old;

	if (sin_of(ifr)->sin_family != AF_INET || ntohl(v4) >> 28 >= 0xe)
		return -EINVAL;
	if (v4) {
		new = ifaddr_new(&addr, class_prefix(v4));
		if (!new)
			return -ENOMEM;
		strlcpy(new->label, ifr->ifr_name, sizeof(new->label));
	}
	spin_lock(&net->lock);
	old = addr_replace(dev, ifr->ifr_name, new);
	spin_unlock(&net->lock);
	ifaddr_free(old);
	return 0;
}

static int netmask_set(struct net *net, struct netdev *dev, struct ifreq *ifr)
{
	int prefix = mask_prefix(sin_of(ifr)->sin_addr.s_addr);
	struct ifaddr *a;
	int err = 0;

	if (prefix < 0)
		return prefix;
	spin_lock(&net->lock);
	a = label_find(dev, ifr->ifr_name);
	if (a)
		a->prefix = (u8)prefix;
	else
		err = -EADDRNOTAVAIL;
	spin_unlock(&net->lock);
	return err;
}

/* ---- SIOCGIFCONF ------------------------------------------------------------------ */

/* The @n'th IPv4 address of the network. False: there are fewer. */
static bool conf_entry(struct net *net, u32 n, struct ifreq *ifr)
{
	struct netdev *dev;
	struct ifaddr *a;

	memset(ifr, 0, sizeof(*ifr));
	spin_lock(&net->lock);
	list_for_each_entry (dev, &net->devs, link) {
		list_for_each_entry (a, &dev->addrs, link) {
			if (!ip_is_v4(&a->addr) || n--)
				continue;
			strlcpy(ifr->ifr_name, a->label, IFNAMSIZ);
			sin_set(ifr, ip_v4_of(&a->addr));
			spin_unlock(&net->lock);
			return true;
		}
	}
	spin_unlock(&net->lock);
	return false;
}

/* Without a buffer: how long it would have to be. */
static long conf_get(struct net *net, struct ifconf __user *arg)
{
	struct ifconf conf;
	struct ifreq ifr;
	int done = 0;
	char __user *to;

	if (copy_from_user(&conf, arg, sizeof(conf)))
		return -EFAULT;
	to = (char __user *)conf.ifc_buf;
	for (u32 n = 0; conf_entry(net, n, &ifr); n++) {
		if (to) {
			if (conf.ifc_len - done < (int)sizeof(ifr))
				break;
			if (copy_to_user(to + done, &ifr, sizeof(ifr)))
				return -EFAULT;
		}
		done += (int)sizeof(ifr);
	}
	conf.ifc_len = done;
	return copy_to_user(arg, &conf, sizeof(conf));
}

/* ---- devices ------------------------------------------------------------------------ */

static int dev_get(struct netdev *dev, u32 cmd, struct ifreq *ifr)
{
	switch (cmd) {
	case SIOCGIFFLAGS:
		ifr->ifr_flags = (short)netdev_show_flags(dev);
		return 0;
	case SIOCGIFMETRIC:
		ifr->ifr_metric = 0;
		return 0;
	case SIOCGIFMTU:
		ifr->ifr_mtu = (int)dev->mtu;
		return 0;
	case SIOCGIFINDEX:
		ifr->ifr_ifindex = (int)dev->index;
		return 0;
	case SIOCGIFTXQLEN:
		ifr->ifr_qlen = (int)dev->txqlen;
		return 0;
	case SIOCGIFHWADDR:
		memset(&ifr->ifr_hwaddr, 0, sizeof(ifr->ifr_hwaddr));
		ifr->ifr_hwaddr.sa_family = dev->op->type;
		return 0;
	case SIOCGIFMAP:
		memset(&ifr->ifr_map, 0, sizeof(ifr->ifr_map));
		return 0;
	case SIOCGIFSLAVE:
		return -EINVAL;
	case SIOCGIFMEM:
		return -ENOTTY;
	default:
		return -EOPNOTSUPP;
	}
}

static int dev_set(struct net *net, struct netdev *dev, u32 cmd,
		   struct ifreq *ifr)
{
	char name[IFNAMSIZ];

	switch (cmd) {
	case SIOCSIFFLAGS:
		return netdev_set_flags(dev, (u16)ifr->ifr_flags);
	case SIOCSIFMTU:
		return netdev_set_mtu(dev, ifr->ifr_mtu);
	case SIOCSIFNAME:
		memcpy(name, ifr->ifr_newname, sizeof(name));
		name[IFNAMSIZ - 1] = '\0';
		return netdev_set_name(dev, name);
	case SIOCSIFTXQLEN:
		if (ifr->ifr_qlen < 0)
			return -EINVAL;
		dev->txqlen = (u32)ifr->ifr_qlen;
		return 0;
	case SIOCSIFADDR:
		return addr_set(net, dev, ifr);
	case SIOCSIFNETMASK:
		return netmask_set(net, dev, ifr);
	case SIOCSIFHWADDR:
		return -EADDRNOTAVAIL; /* lo has none */
	default:
		return -EOPNOTSUPP;
	}
}

/* The device that @ifr names, with or without a label. */
static struct netdev *dev_find(struct net *net, const struct ifreq *ifr)
{
	char name[IFNAMSIZ], *colon;
	struct netdev *dev;

	strlcpy(name, ifr->ifr_name, sizeof(name));
	colon = strchr(name, ':');
	if (colon)
		*colon = '\0';
	spin_lock(&net->lock);
	dev = netdev_find(net, name);
	spin_unlock(&net->lock);
	return dev;
}

static int ifname_get(struct net *net, struct ifreq *ifr)
{
	struct netdev *dev;

	spin_lock(&net->lock);
	dev = netdev_by_index(net, (u32)ifr->ifr_ifindex);
	if (dev)
		memcpy(ifr->ifr_name, dev->name, IFNAMSIZ);
	spin_unlock(&net->lock);
	return dev ? 0 : -ENODEV;
}

/* ---- decoding ------------------------------------------------------------------------ */

/* A command is one of these kinds, by its number. */
enum kind { KIND_NONE, KIND_GET, KIND_SET, KIND_ADDR_GET, KIND_ADDR_SET,
	    KIND_PRIVATE };

static enum kind kind_of(u32 cmd)
{
	switch (cmd) {
	case SIOCGIFFLAGS: case SIOCGIFMETRIC: case SIOCGIFMTU:
	case SIOCGIFINDEX: case SIOCGIFTXQLEN: case SIOCGIFHWADDR:
	case SIOCGIFMAP: case SIOCGIFSLAVE: case SIOCGIFMEM:
		return KIND_GET;
	case SIOCSIFFLAGS: case SIOCSIFMETRIC: case SIOCSIFMTU:
	case SIOCSIFNAME: case SIOCSIFTXQLEN: case SIOCSIFHWADDR:
	case SIOCADDMULTI: case SIOCDELMULTI: case SIOCSIFMAP:
		return KIND_SET;
	case SIOCGIFADDR: case SIOCGIFDSTADDR: case SIOCGIFBRDADDR:
	case SIOCGIFNETMASK:
		return KIND_ADDR_GET;
	case SIOCSIFADDR: case SIOCSIFNETMASK: case SIOCSIFBRDADDR:
	case SIOCSIFDSTADDR:
		return KIND_ADDR_SET;
	default:
		return cmd >= SIOCDEVPRIVATE &&
		       cmd <= SIOCDEVPRIVATE + ALL_PRIVATE ? KIND_PRIVATE :
							     KIND_NONE;
	}
}

static int may_change(const struct net *net)
{
	if (ns_capable(net->ns.owner, CAP_NET_ADMIN))
		return 0;
	return why(-EPERM, "ioctl: changing a device needs CAP_NET_ADMIN over "
			   "the owner of net:[%u]", net->ns.inum);
}

static int dev_do(struct net *net, u32 cmd, enum kind kind, struct ifreq *ifr)
{
	struct netdev *dev;
	int err = kind == KIND_SET || kind == KIND_ADDR_SET ? may_change(net) :
							      0;

	if (err)
		return err;
	dev = dev_find(net, ifr);
	if (!dev)
		return -ENODEV;
	if (kind == KIND_SET || kind == KIND_ADDR_SET)
		return dev_set(net, dev, cmd, ifr);
	spin_lock(&net->lock);
	err = kind == KIND_ADDR_GET ? addr_get(dev, cmd, ifr) :
				      dev_get(dev, cmd, ifr);
	spin_unlock(&net->lock);
	return err;
}

/**
 * netdev_ioctl - an ioctl that no family of sockets took
 *
 * Context: may sleep (user memory).
 * Return: 0; -ENOTTY: not of ours, or about IPv4 on another socket; -ENODEV; -EPERM;
 * -EADDRNOTAVAIL: the device has no such address; -EINVAL, -EFAULT, -ENOMEM.
 */
long netdev_ioctl(struct socket *s, u32 cmd, void __user *arg)
{
	enum kind kind = kind_of(cmd);
	struct ifreq ifr;
	int err;

	BUILD_ASSERT(sizeof(ifr) == 40);
	if (cmd == SIOCGIFCONF)
		return conf_get(s->net, arg);
	if (cmd != SIOCGIFNAME && kind == KIND_NONE)
		return -ENOTTY;
	if ((kind == KIND_ADDR_GET || kind == KIND_ADDR_SET) &&
	    s->family != AF_INET)
		return -ENOTTY;
	if (copy_from_user(&ifr, arg, sizeof(ifr)))
		return -EFAULT;
	ifr.ifr_name[IFNAMSIZ - 1] = '\0';
	err = cmd == SIOCGIFNAME ? ifname_get(s->net, &ifr) :
				   dev_do(s->net, cmd, kind, &ifr);
	if (err)
		return err;
	return kind == KIND_SET || kind == KIND_ADDR_SET ?
		       0 : copy_to_user(arg, &ifr, sizeof(ifr));
}
