// SPDX-License-Identifier: MIT
/*
 * NETLINK_ROUTE, the questions: which devices, addresses and routes a network has.
 * Each answer is a message of its own; a dump ends with NLMSG_DONE.
 *
 * What a message is made from is copied under net->lock, and the message is made
 * and sent outside of it; a dump goes from one to the next by counting.
 */
#include <linux/fib_rules.h>
#include <linux/if_arp.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/net/net.h"
#include "kernel/net/netlink.h"
#include "kernel/task/cred.h"

#define OPER_UNKNOWN 0
#define OPER_DOWN 2
#define HW_LEN 6 /* lo's hardware address: zeros */

/* ---- devices ------------------------------------------------------------------- */

static void put_stats(struct packet *p, const struct netdev_stats *st)
{
	struct rtnl_link_stats64 out = {
		.rx_packets = st->rx_packets,
		.tx_packets = st->tx_packets,
		.rx_bytes = st->rx_bytes,
		.tx_bytes = st->tx_bytes,
		.rx_dropped = st->rx_dropped,
		.tx_dropped = st->tx_dropped,
	};

	nl_put(p, IFLA_STATS64, &out, sizeof(out));
}

/* What IPv6 tells of a device, and all others too. */
static void put_link(struct packet *p, const struct netdev *dev)
{
	static const u8 hw[HW_LEN];

	nl_put(p, IFLA_IFNAME, dev->name, strlen(dev->name) + 1);
	nl_put_u8(p, IFLA_OPERSTATE,
		  dev->flags & IFF_UP ? OPER_UNKNOWN : OPER_DOWN);
	nl_put_u32(p, IFLA_MTU, dev->mtu);
	nl_put(p, IFLA_ADDRESS, hw, sizeof(hw));
}

static void put_link_more(struct packet *p, const struct netdev *dev)
{
	static const u8 hw[HW_LEN];
	const char *qdisc = dev->has_qdisc ? "noqueue" : "noop";

	nl_put_u32(p, IFLA_TXQLEN, dev->txqlen);
	nl_put_u8(p, IFLA_LINKMODE, 0);
	nl_put_u32(p, IFLA_GROUP, 0);
	nl_put_u32(p, IFLA_PROMISCUITY, 0);
	nl_put_u32(p, IFLA_NUM_TX_QUEUES, 1);
	nl_put_u32(p, IFLA_NUM_RX_QUEUES, 1);
	nl_put_u8(p, IFLA_CARRIER, 1);
	nl_put(p, IFLA_QDISC, qdisc, strlen(qdisc) + 1);
	nl_put(p, IFLA_BROADCAST, hw, sizeof(hw));
	put_stats(p, &dev->stats);
}

/* @dev is a copy. @family: AF_INET6 or any other. */
static int send_link(const struct nl_request *r, const struct netdev *dev,
		     int family, u16 flags)
{
	bool v6 = family == AF_INET6;
	struct ifinfomsg ifi = {
		.ifi_family = v6 ? AF_INET6 : AF_UNSPEC,
		.ifi_type = dev->op->type,
		.ifi_index = (int)dev->index,
		.ifi_flags = netdev_show_flags(dev) |
			     (dev->flags & IFF_UP ? IFF_LOWER_UP : 0),
	};
	struct packet *p = nl_begin(r, RTM_NEWLINK, flags, &ifi, sizeof(ifi));

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	put_link(p, dev);
	if (!v6)
		put_link_more(p, dev);
	nl_send(r, p);
	return 0;
}

/* A copy of the @n'th device. False: there are fewer. */
static bool nth_link(struct net *net, u32 n, struct netdev *out)
{
	struct netdev *dev;
	bool found = false;

	spin_lock(&net->lock);
	list_for_each_entry (dev, &net->devs, link) {
		found = !n--;
		if (found) {
			*out = *dev;
			break;
		}
	}
	spin_unlock(&net->lock);
	return found;
}

static int dump_links(const struct nl_request *r, int family)
{
	struct netdev copy;
	int err = 0;

	for (u32 n = 0; !err && nth_link(r->net, n, &copy); n++)
		err = send_link(r, &copy, family, NLM_F_MULTI);
	return err;
}

struct netdev *rtnetlink_dev(const struct nl_request *r,
			     const struct ifinfomsg *ifi)
{
	char name[IFNAMSIZ];
	struct netdev *dev;
	bool named = nl_attr_name(r, sizeof(*ifi), IFLA_IFNAME, name);

	if (ifi->ifi_index < 0 || (!ifi->ifi_index && !named))
		return ERR_PTR(-EINVAL);
	spin_lock(&r->net->lock);
	dev = ifi->ifi_index ?
		      netdev_by_index(r->net, (u32)ifi->ifi_index) :
		      netdev_find(r->net, name);
	spin_unlock(&r->net->lock);
	return dev ? dev : ERR_PTR(-ENODEV);
}

static int get_link(const struct nl_request *r)
{
	const struct ifinfomsg *ifi = nl_fixed(r, sizeof(*ifi));
	struct netdev *dev, copy;
	int err;

	if (!ifi)
		return -EINVAL;
	dev = rtnetlink_dev(r, ifi);
	if (IS_ERR(dev))
		return (int)PTR_ERR(dev);
	spin_lock(&r->net->lock);
	copy = *dev;
	spin_unlock(&r->net->lock);
	err = send_link(r, &copy, AF_UNSPEC, 0);
	return err ? err : 1;
}

/* ---- addresses --------------------------------------------------------------------- */

static int send_addr(const struct nl_request *r, const struct ifaddr *a,
		     u32 index)
{
	bool v4 = ip_is_v4(&a->addr);
	const void *bytes = v4 ? &a->addr.w[3] : a->addr.w;
	struct ifaddrmsg ifa = {
		.ifa_family = v4 ? AF_INET : AF_INET6,
		.ifa_prefixlen = a->prefix,
		.ifa_flags = IFA_F_PERMANENT,
		.ifa_scope = a->scope,
		.ifa_index = index,
	};
	struct ifa_cacheinfo forever = { ~0u, ~0u, 0, 0 };
	size_t n = v4 ? 4 : 16;
	struct packet *p = nl_begin(r, RTM_NEWADDR, NLM_F_MULTI, &ifa,
				    sizeof(ifa));

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	nl_put(p, IFA_ADDRESS, bytes, n);
	if (v4) {
		nl_put(p, IFA_LOCAL, bytes, n);
		if (!ip_is_any(&a->broadcast))
			nl_put(p, IFA_BROADCAST, &a->broadcast.w[3], n);
		nl_put(p, IFA_LABEL, a->label, strlen(a->label) + 1);
	}
	nl_put_u32(p, IFA_FLAGS, IFA_F_PERMANENT);
	nl_put(p, IFA_CACHEINFO, &forever, sizeof(forever));
	nl_send(r, p);
	return 0;
}

/* A copy of the @n'th address of @family and its device's index. */
static bool nth_addr(struct net *net, u32 n, int family, struct ifaddr *out,
		     u32 *index)
{
	struct netdev *dev;
	struct ifaddr *a;
	bool found = false;

	spin_lock(&net->lock);
	list_for_each_entry (dev, &net->devs, link) {
		list_for_each_entry (a, &dev->addrs, link) {
			if ((family == AF_INET) != ip_is_v4(&a->addr))
				continue;
			if (found || n--)
				continue;
			found = true;
			*out = *a;
			*index = dev->index;
		}
	}
	spin_unlock(&net->lock);
	return found;
}

static int dump_addrs(const struct nl_request *r, int family)
{
	struct ifaddr copy;
	u32 index;
	int err = 0;

	for (u32 n = 0; !err && nth_addr(r->net, n, family, &copy, &index); n++)
		err = send_addr(r, &copy, index);
	return err;
}

/* ---- routes: the local table, which follows from the addresses ---------------- */

static int send_route(const struct nl_request *r, const struct ifaddr *a,
		      u32 index, u32 dst, u8 bits, bool broadcast)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET,
		.rtm_dst_len = bits,
		.rtm_table = RT_TABLE_LOCAL,
		.rtm_protocol = RTPROT_KERNEL,
		.rtm_scope = broadcast ? RT_SCOPE_LINK : RT_SCOPE_HOST,
		.rtm_type = broadcast ? RTN_BROADCAST : RTN_LOCAL,
	};
	struct packet *p = nl_begin(r, RTM_NEWROUTE, NLM_F_MULTI, &rtm,
				    sizeof(rtm));

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	nl_put_u32(p, RTA_TABLE, RT_TABLE_LOCAL);
	nl_put_u32(p, RTA_DST, dst);
	nl_put_u32(p, RTA_PREFSRC, ip_v4_of(&a->addr));
	nl_put_u32(p, RTA_OIF, index);
	nl_send(r, p);
	return 0;
}

static int dump_routes(const struct nl_request *r, int family)
{
	struct ifaddr a;
	u32 index;
	int err = 0;

	if (family == AF_INET6)
		return 0;
	for (u32 n = 0; !err && nth_addr(r->net, n, AF_INET, &a, &index); n++) {
		u32 mask = prefix_mask(a.prefix), addr = ip_v4_of(&a.addr);

		if (a.prefix < 32)
			err = send_route(r, &a, index, addr & mask, a.prefix,
					 false);
		if (!err)
			err = send_route(r, &a, index, addr, 32, false);
		if (!err && a.prefix < 31)
			err = send_route(r, &a, index, addr | ~mask, 32, true);
	}
	return err;
}

/* ---- rules: those that every network has, and there are no others --------------- */

static int send_rule(const struct nl_request *r, int family, u8 table,
		     u32 priority)
{
	struct fib_rule_hdr rule = {
		.family = (u8)family,
		.table = table,
		.action = FR_ACT_TO_TBL,
	};
	struct packet *p = nl_begin(r, RTM_NEWRULE, NLM_F_MULTI, &rule,
				    sizeof(rule));

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	nl_put_u32(p, FRA_TABLE, table);
	nl_put_u32(p, FRA_SUPPRESS_PREFIXLEN, ~0u);
	nl_put_u8(p, FRA_PROTOCOL, RTPROT_KERNEL);
	if (priority)
		nl_put_u32(p, FRA_PRIORITY, priority);
	nl_send(r, p);
	return 0;
}

/* IPv6 has no table "default". */
static int dump_rules(const struct nl_request *r, int family)
{
	int err = send_rule(r, family, RT_TABLE_LOCAL, 0);

	if (!err)
		err = send_rule(r, family, RT_TABLE_MAIN, 32766);
	if (!err && family == AF_INET)
		err = send_rule(r, family, RT_TABLE_DEFAULT, 32767);
	return err;
}

/* ---- what is asked --------------------------------------------------------------- */

static int dump(const struct nl_request *r)
{
	const struct rtgenmsg *gen = nl_fixed(r, sizeof(*gen));
	int family = gen ? gen->rtgen_family : 0, err, status = 0;
	struct packet *done;

	switch (r->h->nlmsg_type) {
	case RTM_GETLINK:
		err = dump_links(r, family);
		break;
	case RTM_GETADDR:
		err = family == AF_INET6 ? 0 : dump_addrs(r, AF_INET);
		if (!err && family != AF_INET)
			err = dump_addrs(r, AF_INET6);
		break;
	case RTM_GETROUTE:
		err = dump_routes(r, family);
		break;
	case RTM_GETNEIGH:
		err = 0; /* lo has no neighbours */
		break;
	case RTM_GETRULE:
		err = family == AF_INET6 ? 0 : dump_rules(r, AF_INET);
		if (!err && family != AF_INET)
			err = dump_rules(r, AF_INET6);
		break;
	case RTM_GETNSID:
		err = 0; /* no network has a number */
		break;
	default:
		return -EOPNOTSUPP;
	}
	if (err)
		return err;
	done = nl_begin(r, NLMSG_DONE, NLM_F_MULTI, &status, sizeof(status));
	if (IS_ERR(done))
		return (int)PTR_ERR(done);
	nl_send(r, done);
	return 1;
}

/* By the opener of the socket, too: it may have been handed on. */
static int may_change(const struct nl_request *r)
{
	const struct user_ns *owner = r->net->ns.owner;

	if (ns_capable(owner, CAP_NET_ADMIN) &&
	    cred_capable(r->sk->s->file->cred, owner, CAP_NET_ADMIN))
		return 0;
	return why(-EPERM, "rtnetlink: a change needs CAP_NET_ADMIN over the "
			   "owner of net:[%u]", r->net->ns.inum);
}

/* Types come in fours: new, del, get, set. Only get changes nothing. */
int rtnetlink_do(const struct nl_request *r)
{
	u16 type = r->h->nlmsg_type;
	bool get = (type & 3) == (RTM_GETLINK & 3);
	int err = get ? 0 : may_change(r);

	if (err)
		return err;
	if (get && r->h->nlmsg_flags & NLM_F_DUMP)
		return dump(r);
	switch (type) {
	case RTM_GETLINK:
		return get_link(r);
	case RTM_NEWLINK:
	case RTM_SETLINK:
		return rtnetlink_set_link(r);
	case RTM_GETNSID:
		return rtnetlink_get_nsid(r);
	case RTM_NEWADDR:
		return rtnetlink_new_addr(r);
	case RTM_DELADDR:
		return rtnetlink_del_addr(r);
	default:
		return -EOPNOTSUPP;
	}
}
