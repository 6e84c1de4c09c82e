// SPDX-License-Identifier: MIT
/*
 * Options of AF_INET and AF_INET6 sockets: ip(7), ipv6(7), udp(7), raw(7). Those
 * that are a number with limits are lines of a table.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/udp.h>

#include "kernel/lib/err.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"
#include "kernel/task/task.h"

#define SOL_RAW 255
#define FIELD(f) offsetof(struct inet_sock, f)

/* All fields are u8 or bool, which is one. Bool options have max 0: any number
 * other than 0 is true. */
static const struct number_option {
	int level, name;
	size_t field;
	int min, max;
	int by_default; /* what -1 stands for, if that is allowed; else 0 */
} numbers[] = {
	{ IPPROTO_IP, IP_TTL, FIELD(ttl), 1, 255, 64 },
	{ IPPROTO_IP, IP_TOS, FIELD(tos), 0, 255, 0 },
	{ IPPROTO_IP, IP_MULTICAST_TTL, FIELD(mcast_ttl), 0, 255, 1 },
	{ IPPROTO_IP, IP_MTU_DISCOVER, FIELD(pmtudisc), 0, 5, 0 },
	{ IPPROTO_IP, IP_MULTICAST_LOOP, FIELD(mcast_loop), 0, 0, 0 },
	{ IPPROTO_IP, IP_PKTINFO, FIELD(pktinfo), 0, 0, 0 },
	{ IPPROTO_IP, IP_RECVTTL, FIELD(recvttl), 0, 0, 0 },
	{ IPPROTO_IP, IP_RECVTOS, FIELD(recvtos), 0, 0, 0 },
	{ IPPROTO_IP, IP_RECVERR, FIELD(recverr), 0, 0, 0 },
	{ IPPROTO_IP, IP_FREEBIND, FIELD(freebind), 0, 0, 0 },
	{ IPPROTO_IPV6, IPV6_UNICAST_HOPS, FIELD(ttl), 0, 255, 64 },
	{ IPPROTO_IPV6, IPV6_MULTICAST_HOPS, FIELD(mcast_ttl), 0, 255, 1 },
	{ IPPROTO_IPV6, IPV6_MTU_DISCOVER, FIELD(pmtudisc), 0, 5, 0 },
	{ IPPROTO_IPV6, IPV6_TCLASS, FIELD(tos), 0, 255, 0 },
	{ IPPROTO_IPV6, IPV6_MULTICAST_LOOP, FIELD(mcast_loop), 0, 0, 0 },
	{ IPPROTO_IPV6, IPV6_RECVPKTINFO, FIELD(pktinfo), 0, 0, 0 },
	{ IPPROTO_IPV6, IPV6_RECVHOPLIMIT, FIELD(recvttl), 0, 0, 0 },
	{ IPPROTO_IPV6, IPV6_2292PKTINFO, FIELD(pktinfo2292), 0, 0, 0 },
	{ IPPROTO_IPV6, IPV6_2292HOPLIMIT, FIELD(hoplimit2292), 0, 0, 0 },
	{ IPPROTO_IPV6, IPV6_RECVERR, FIELD(recverr), 0, 0, 0 },
};

static const struct number_option *number_find(int level, int name)
{
	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].level == level && numbers[i].name == name)
			return &numbers[i];
	return NULL;
}

static u8 *number_field(struct inet_sock *sk, const struct number_option *o)
{
	return (u8 *)sk + o->field;
}

static int number_set(struct inet_sock *sk, const struct number_option *o, int v)
{
	if (!o->max) {
		*number_field(sk, o) = v != 0;
		return 0;
	}
	if (v == -1 && o->by_default)
		v = o->by_default;
	if (v < o->min || v > o->max)
		return -EINVAL;
	*number_field(sk, o) = (u8)v;
	return 0;
}

static int number_get(struct inet_sock *sk, const struct number_option *o)
{
	int v = *number_field(sk, o);

	return o->field == FIELD(ttl) && !v ? o->by_default : v;
}

/* Once it has an address it is too late. */
static int v6only_set(struct inet_sock *sk, int v)
{
	int err = 0;

	spin_lock(&sk->net->lock);
	if (sk->lport && sk->proto != &raw_proto)
		err = -EINVAL;
	else
		sk->v6only = v;
	spin_unlock(&sk->net->lock);
	return err;
}

/* What the device takes to which the socket is connected. */
static int mtu_get(struct inet_sock *sk, int *mtu)
{
	struct flow f = { .dst = sk->raddr, .src = sk->laddr };
	int err = sk->connected ? route_output(sk->net, &f) : -ENOTCONN;

	if (!err)
		*mtu = (int)min(f.dev->mtu,
				ip_is_v4(&f.dst) ? 0xffffu : f.dev->mtu);
	return err;
}

static bool level_exists(const struct inet_sock *sk, int level)
{
	switch (level) {
	case IPPROTO_IP:
		return true;
	case IPPROTO_IPV6:
		return sk->s->family == AF_INET6;
	case IPPROTO_UDP:
		return sk->proto == &udp_proto;
	case SOL_RAW:
		return sk->proto == &raw_proto;
	case IPPROTO_ICMPV6:
		return sk->proto == &raw_proto &&
		       sk->s->protocol == IPPROTO_ICMPV6;
	default:
		return false;
	}
}

/* RFC 3542, section 3.1: a negative number for none. ICMPv6's cannot be changed,
 * except by the level of raw sockets. */
static int csum_offset_set(struct inet_sock *sk, int level, int v)
{
	if (level == IPPROTO_IPV6 && sk->s->protocol == IPPROTO_ICMPV6)
		return -EINVAL;
	if (v > 0 && v & 1)
		return -EINVAL;
	sk->csum_offset = v < 0 ? -1 : v;
	return 0;
}

static bool is_csum_offset(const struct inet_sock *sk, int level, int name)
{
	return name == IPV6_CHECKSUM && sk->proto == &raw_proto &&
	       sk->s->family == AF_INET6 &&
	       (level == SOL_RAW || level == IPPROTO_IPV6);
}

static int int_set(struct inet_sock *sk, int level, int name, int v)
{
	const struct number_option *o = number_find(level, name);

	if (o)
		return number_set(sk, o, v);
	if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY)
		return v6only_set(sk, v != 0);
	if (is_csum_offset(sk, level, name))
		return csum_offset_set(sk, level, v);
	if (level == SOL_RAW && name == ICMP_FILTER) {
		sk->icmp_filter = (u32)v;
		return 0;
	}
	return -ENOPROTOOPT;
}

static int int_get(struct inet_sock *sk, int level, int name, int *v)
{
	const struct number_option *o = number_find(level, name);

	if (o) {
		*v = number_get(sk, o);
		return 0;
	}
	if (level == IPPROTO_IP && name == IP_MTU)
		return mtu_get(sk, v);
	if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY) {
		*v = sk->v6only;
		return 0;
	}
	if (is_csum_offset(sk, level, name)) {
		*v = sk->csum_offset;
		return 0;
	}
	if (level == IPPROTO_UDP && name == UDP_CORK) {
		*v = 0;
		return 0;
	}
	return -ENOPROTOOPT;
}

/* A bit for each type; what is not given stays as it is. */
static int icmp6_filter_set(struct inet_sock *sk, const void __user *value,
			    int len)
{
	return copy_from_user(sk->icmp6_filter, value,
			      min((size_t)len, sizeof(sk->icmp6_filter)));
}

/* An int, or for IPPROTO_IP one byte. */
int inet_setsockopt(struct socket *s, int level, int name,
		    const void __user *value, int len)
{
	int v = 0;
	u8 byte;

	if (!level_exists(s->sk, level))
		return -ENOPROTOOPT;
	if (level == IPPROTO_ICMPV6)
		return name == ICMPV6_FILTER ?
			       icmp6_filter_set(s->sk, value, len) :
			       -ENOPROTOOPT;
	if (len >= (int)sizeof(v)) {
		if (copy_from_user(&v, value, sizeof(v)))
			return -EFAULT;
	} else if (len >= 1 && level == IPPROTO_IP) {
		if (copy_from_user(&byte, value, 1))
			return -EFAULT;
		v = byte;
	} else if (len || level != IPPROTO_IP) {
		return -EINVAL;
	}
	return int_set(s->sk, level, name, v);
}

int inet_getsockopt(struct socket *s, int level, int name, void __user *value,
		    int __user *len)
{
	int v, err;

	if (!level_exists(s->sk, level))
		return s->family == AF_INET ? -EOPNOTSUPP : -ENOPROTOOPT;
	err = int_get(s->sk, level, name, &v);
	return err ? err : export_option(&v, sizeof(v), value, len);
}
