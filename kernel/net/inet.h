/* SPDX-License-Identifier: MIT */
/*
 * AF_INET and AF_INET6 sockets: datagrams of UDP, ICMP echoes ("ping"
 * sockets), raw IP. inet.c has what they share as sockets, inet_port.c their
 * addresses and ports, inet_io.c sending and receiving, inet_opt.c options;
 * udp.c, ping.c and raw.c what each puts into its packets.
 *
 * A socket that has a port (UDP), an identifier (ping) or was made (raw) is in
 * its network's table: packets find it there. Everything in an inet_sock
 * is under net->lock; what the table has, its socket has not released yet. So a
 * packet is put into a queue under net->lock, and nobody counts sockets.
 */
#ifndef WARREN_KERNEL_NET_INET_H
#define WARREN_KERNEL_NET_INET_H

#include "kernel/net/ip.h"
#include "kernel/net/socket.h"

struct inet_sock {
	struct socket *s;     /* [I] */
	struct net *net;      /* [I] counted (PIN_SOCKET) */
	const struct inet_proto *proto; /* [I] */
	struct hlist_node link; /* net->inet_socks, if it has a port */
	/* Addresses; any: not bound. Ports in host order; 0: none. Raw: lport
	 * is the protocol. */
	struct ip_addr laddr, raddr;
	u16 lport, rport;
	bool connected;
	bool own_addr, own_port; /* by bind(2), not by connect or sending */
	u8 shutdown;		 /* INET_SHUT_* */
	int error;		 /* pending, positive: SO_ERROR */
	struct list queue;	 /* of packets */
	u32 queued;		 /* what they cost */
	u32 drops;
	struct waitq wait;
	/* Options */
	u8 ttl, tos, mcast_ttl;	 /* ttl 0: the default */
	u8 pmtudisc;
	bool v6only, pktinfo, recvttl, recvtos, recverr, hdrincl, freebind;
	bool mcast_loop;
	bool pktinfo2292, hoplimit2292; /* IPv6: as RFC 2292 numbered them */
	int csum_offset;	 /* raw IPv6: of the checksum that we make; -1 */
	u32 icmp_filter;	 /* raw: bit n: ICMP type n is not wanted */
	u32 icmp6_filter[8];	 /* the same of ICMPv6 */
};

enum { INET_SHUT_RD = 1, INET_SHUT_WR = 2 };
#define ICMPV6_CSUM 2 /* where its header has the checksum, RFC 4443 */

/* One kind of socket. All operations are set. */
struct inet_proto {
	const char *name; /* as /proc/net has it */
	int type;	  /* SOCK_* */
	u8 protocol;	  /* IPPROTO_* of its packets; 0: the socket's */
	/* May current make one? 0, -EACCES, -EPERM, -EPROTONOSUPPORT. */
	int (*may_create)(struct socket *s, struct net *net);
	/* The packet for @m's data, up to its transport header, for @f. @dport
	 * is where to. ERR_PTR: -EMSGSIZE, -EINVAL, -EFAULT, -ENOMEM. */
	struct packet *(*build)(struct inet_sock *sk, struct msg *m,
				const struct flow *f, u16 dport);
	bool ports; /* binds to ports: below 1024 with a capability only */
};
extern const struct inet_proto udp_proto, ping_proto, pingv6_proto, raw_proto;

/* inet.c */
int inet_create(struct socket *s, struct net *net);
void inet_module_init(void);

/* inet_port.c */
int inet_bind(struct socket *s, const struct msg *m);
int inet_connect(struct socket *s, const struct msg *m, bool nonblock);
int inet_getname(struct socket *s, struct msg *m, bool peer);
/* A free port if it has none: -EAGAIN: all are taken. */
int inet_autobind(struct inet_sock *sk);
void inet_unbind(struct inet_sock *sk); /* out of the table */
/* Decode @m->name for a socket of @sk's family; port in host order. -EINVAL:
 * too short; -EAFNOSUPPORT. */
int inet_name_decode(const struct inet_sock *sk, const struct msg *m,
		     struct ip_addr *addr, u16 *port);
void inet_name_encode(const struct inet_sock *sk, struct msg *m,
		      const struct ip_addr *addr, u16 port);
struct hlist_head *inet_bucket(struct net *net, u16 port);
/* Under net->lock: the socket that a packet from @p->src, @p->sport to @p->dst,
 * @p->dport is for. NULL: none. */
struct inet_sock *inet_find(struct net *net, const struct inet_proto *proto,
			    const struct packet *p);
bool inet_matches(const struct inet_sock *sk, const struct packet *p,
		  u32 *score);

/* inet_io.c */
ssize_t inet_sendmsg(struct socket *s, struct msg *m);
ssize_t inet_recvmsg(struct socket *s, struct msg *m);
/* Under net->lock. @p's reference is taken over; false: no room, it stays the
 * caller's. */
bool inet_queue(struct inet_sock *sk, struct packet *p);
/* Under net->lock: an error that the next call reports. */
void inet_report(struct inet_sock *sk, int error);
/* A pending error, which is no longer pending: negative, or 0. */
int inet_take_error(struct inet_sock *sk);

/* inet_opt.c */
int inet_setsockopt(struct socket *s, int level, int name,
		    const void __user *value, int len);
int inet_getsockopt(struct socket *s, int level, int name, void __user *value,
		    int __user *len);

/* A copy for every raw socket that wants @p. Was there one? */
bool raw_receive(struct net *net, struct packet *p);
/* An echo reply for a ping socket: takes over @p. */
void ping_receive(struct net *net, struct packet *p);

#endif
