// SPDX-License-Identifier: MIT
/*
 * Addresses and ports of AF_INET and AF_INET6 sockets: bind(2), connect(2), and
 * which socket a packet is for.
 *
 * Two sockets of a protocol may have the same port if no packet could be for both,
 * or if both said SO_REUSEADDR, or both SO_REUSEPORT and are the same user's. A
 * packet goes to the one that says most about it: bound to the address,
 * connected to the sender, bound to the device; of equals the youngest.
 */
#include <linux/in.h>
#include <linux/in6.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/net/inet.h"
#include "kernel/net/net.h"
#include "kernel/sys/random.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define RFC2133_LEN 24 /* sockaddr_in6 without the scope: as good */

/* ---- names ------------------------------------------------------------------- */

static int decode_v4(const struct msg *m, struct ip_addr *addr, u16 *port)
{
	const struct sockaddr_in *in = (const void *)&m->name;

	if (m->name_len < sizeof(*in))
		return -EINVAL;
	*addr = ip_v4(in->sin_addr.s_addr);
	*port = ntohs(in->sin_port);
	return 0;
}

int inet_name_decode(const struct inet_sock *sk, const struct msg *m,
		     struct ip_addr *addr, u16 *port)
{
	const struct sockaddr_in6 *in6 = (const void *)&m->name;

	if (m->name_len < sizeof(struct sockaddr_in))
		return -EINVAL;
	if (sk->s->family == AF_INET) {
		if (m->name.ss_family != AF_INET && m->name.ss_family)
			return -EAFNOSUPPORT;
		return decode_v4(m, addr, port);
	}
	if (m->name.ss_family == AF_INET && !sk->v6only)
		return decode_v4(m, addr, port);
	if (m->name.ss_family != AF_INET6)
		return m->name.ss_family == AF_INET ? -ENETUNREACH :
						      -EAFNOSUPPORT;
	if (m->name_len < RFC2133_LEN)
		return -EINVAL;
	*addr = ip_v6(&in6->sin6_addr);
	*port = ntohs(in6->sin6_port);
	return ip_is_v4(addr) && sk->v6only ? -ENETUNREACH : 0;
}

void inet_name_encode(const struct inet_sock *sk, struct msg *m,
		      const struct ip_addr *addr, u16 port)
{
	struct sockaddr_in *in = (void *)&m->name;
	struct sockaddr_in6 *in6 = (void *)&m->name;

	memset(&m->name, 0, sizeof(*in6));
	if (sk->s->family == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		in->sin_addr.s_addr = ip_v4_of(addr);
		m->name_len = sizeof(*in);
		return;
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, addr->w, sizeof(addr->w));
	m->name_len = sizeof(*in6);
}

int inet_getname(struct socket *s, struct msg *m, bool peer)
{
	struct inet_sock *sk = s->sk;
	struct ip_addr addr;
	bool connected;
	u16 port;

	spin_lock(&sk->net->lock);
	connected = sk->connected;
	addr = peer ? sk->raddr : sk->laddr;
	port = peer ? sk->rport : sk->lport;
	spin_unlock(&sk->net->lock);
	if (peer && !connected)
		return -ENOTCONN;
	inet_name_encode(sk, m, &addr, port);
	return 0;
}

/* ---- the table ---------------------------------------------------------------- */

struct hlist_head *inet_bucket(struct net *net, u16 port)
{
	return &net->inet_socks[port % INET_BUCKETS];
}

/* Could a packet to @addr be for @sk, as far as its address says? */
static bool covers(const struct inet_sock *sk, const struct ip_addr *addr)
{
	if (!ip_is_any(&sk->laddr))
		return ip_equal(&sk->laddr, addr);
	if (ip_is_v4(&sk->laddr))
		return ip_is_v4(addr);
	return !sk->v6only || !ip_is_v4(addr);
}

static bool may_share(const struct inet_sock *a, const struct inet_sock *b)
{
	if (a->s->bound_if && b->s->bound_if && a->s->bound_if != b->s->bound_if)
		return true;
	if (a->s->reuseaddr && b->s->reuseaddr)
		return true;
	return a->s->reuseport && b->s->reuseport &&
	       a->s->file->cred->euid == b->s->file->cred->euid;
}

/* May @sk, with its laddr set, have @port? */
static bool port_is_free(const struct inet_sock *sk, u16 port)
{
	struct inet_sock *other;

	hlist_for_each_entry (other, inet_bucket(sk->net, port), link)
		if (other != sk && other->proto == sk->proto &&
		    other->lport == port && !may_share(sk, other) &&
		    (covers(sk, &other->laddr) || covers(other, &sk->laddr)))
			return false;
	return true;
}

bool inet_matches(const struct inet_sock *sk, const struct packet *p,
		  u32 *score)
{
	*score = 0;
	if (!covers(sk, &p->dst))
		return false;
	*score += ip_is_any(&sk->laddr) ? 0 : 2;
	*score += ip_is_v4(&sk->laddr) == ip_is_v4(&p->dst);
	if (sk->connected) {
		if (!ip_equal(&sk->raddr, &p->src) ||
		    (sk->rport && sk->rport != p->sport))
			return false;
		*score += 8;
	}
	if (sk->s->bound_if) {
		if (sk->s->bound_if != p->ifindex)
			return false;
		*score += 4;
	}
	return true;
}

struct inet_sock *inet_find(struct net *net, const struct inet_proto *proto,
			    const struct packet *p)
{
	struct inet_sock *sk, *best = NULL;
	u32 score, best_score = 0;

	assert_held(&net->lock);
	hlist_for_each_entry (sk, inet_bucket(net, p->dport), link) {
		if (sk->proto != proto || sk->lport != p->dport ||
		    !inet_matches(sk, p, &score))
			continue;
		if (!best || score > best_score) {
			best = sk;
			best_score = score;
		}
	}
	return best;
}

void inet_unbind(struct inet_sock *sk)
{
	spin_lock(&sk->net->lock);
	hlist_del(&sk->link);
	spin_unlock(&sk->net->lock);
}

/* ---- choosing ports -------------------------------------------------------------- */

static void port_take(struct inet_sock *sk, u16 port)
{
	sk->lport = port;
	hlist_add(&sk->link, inet_bucket(sk->net, port));
}

/* Any port of net.ipv4.ip_local_port_range, from a random one on. */
static int port_choose(struct inet_sock *sk)
{
	u32 first = sk->net->port_first;
	u32 n = sk->net->port_last - first + 1;
	u32 at;

	random_bytes(&at, sizeof(at));
	for (u32 i = 0; i < n; i++) {
		u16 port = (u16)(first + (at + i) % n);

		if (port_is_free(sk, port)) {
			port_take(sk, port);
			return 0;
		}
	}
	return -EADDRINUSE;
}

int inet_autobind(struct inet_sock *sk)
{
	int err = 0;

	spin_lock(&sk->net->lock);
	if (!sk->lport)
		err = port_choose(sk);
	spin_unlock(&sk->net->lock);
	return err ? -EAGAIN : 0;
}

/* ---- bind(2) ----------------------------------------------------------------------- */

/* A network that never had an address has no table of them, and then Linux lets
 * any IPv4 address be bound. */
static bool addr_may_be_bound(struct inet_sock *sk, const struct ip_addr *addr)
{
	struct net *net = sk->net;

	if (ip_is_any(addr) || ip_is_multicast(addr) || sk->freebind)
		return true;
	if (!ip_is_v4(addr))
		return net_has_addr(net, addr);
	return list_empty(&net->lo.addrs) || net_addr_is_local(net, addr) ||
	       net_addr_is_broadcast(net, addr);
}

static int bind_locked(struct inet_sock *sk, const struct ip_addr *addr,
		       u16 port, bool port_allowed)
{
	struct ip_addr old = sk->laddr;
	int err;

	if (!addr_may_be_bound(sk, addr))
		return -EADDRNOTAVAIL;
	if (!port_allowed)
		return -EACCES;
	if (sk->lport && sk->proto != &raw_proto)
		return -EINVAL;
	sk->laddr = *addr;
	sk->own_addr = !ip_is_any(addr);
	if (sk->proto == &raw_proto)
		return 0;
	err = port ? (port_is_free(sk, port) ? 0 : -EADDRINUSE) :
		     port_choose(sk);
	if (err) {
		sk->laddr = old;
		sk->own_addr = false;
		return err;
	}
	sk->own_port = port;
	if (port)
		port_take(sk, port);
	return 0;
}

static bool port_is_allowed(const struct inet_sock *sk, u16 port)
{
	return !sk->proto->ports || !port ||
	       port >= sk->net->port_unprivileged ||
	       ns_capable(sk->net->ns.owner, CAP_NET_BIND_SERVICE);
}

int inet_bind(struct socket *s, const struct msg *m)
{
	struct inet_sock *sk = s->sk;
	struct ip_addr addr;
	bool allowed;
	u16 port;
	int err;

	if (m->name_len >= sizeof(u16) && s->family == AF_INET6 &&
	    m->name.ss_family != AF_INET6)
		return m->name_len < RFC2133_LEN ? -EINVAL : -EAFNOSUPPORT;
	err = inet_name_decode(sk, m, &addr, &port);
	/* AF_UNSPEC and no address: as old programs do (bind(2)) */
	if (!err && !m->name.ss_family && !ip_is_any(&addr))
		err = -EAFNOSUPPORT;
	if (err)
		return err == -ENETUNREACH ? -EINVAL : err;
	allowed = port_is_allowed(sk, port);
	spin_lock(&sk->net->lock);
	err = bind_locked(sk, &addr, port, allowed);
	spin_unlock(&sk->net->lock);
	if (err == -EACCES)
		why(err, "bind: port %u needs CAP_NET_BIND_SERVICE over the "
			 "owner of net:[%u]", port, sk->net->ns.inum);
	return err;
}

/* ---- connect(2) --------------------------------------------------------------------- */

/* What bind(2) gave stays, what connect and autobind gave goes. */
static int disconnect(struct inet_sock *sk)
{
	spin_lock(&sk->net->lock);
	sk->connected = false;
	sk->rport = 0;
	sk->raddr = sk->s->family == AF_INET ? ip_v4(0) : (struct ip_addr){ 0 };
	if (!sk->own_addr)
		sk->laddr = sk->raddr;
	if (!sk->own_port && sk->proto != &raw_proto) {
		hlist_del(&sk->link);
		sk->lport = 0;
	}
	spin_unlock(&sk->net->lock);
	return 0;
}

int inet_connect(struct socket *s, const struct msg *m, bool nonblock)
{
	struct inet_sock *sk = s->sk;
	struct flow f = { 0 };
	u16 port;
	int err;

	(void)nonblock;
	if (m->name_len < sizeof(u16))
		return -EINVAL;
	if (!m->name.ss_family)
		return disconnect(sk);
	err = inet_autobind(sk);
	if (!err)
		err = inet_name_decode(sk, m, &f.dst, &port);
	if (err)
		return err;
	/* to "any" is to this host */
	if (ip_is_any(&f.dst))
		f.dst = ip_loopback(ip_is_v4(&f.dst));
	f.src = sk->laddr;
	f.oif = s->bound_if;
	err = route_output(sk->net, &f);
	if (!err && f.broadcast && !s->broadcast)
		err = -EACCES;
	if (err)
		return err;
	spin_lock(&sk->net->lock);
	if (ip_is_any(&sk->laddr))
		sk->laddr = f.src;
	sk->raddr = f.dst;
	sk->rport = sk->proto->ports ? port : 0;
	sk->connected = true;
	spin_unlock(&sk->net->lock);
	return 0;
}
