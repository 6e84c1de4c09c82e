/* SPDX-License-Identifier: MIT */
/*
 * AF_NETLINK (netlink(7)) with two protocols: NETLINK_ROUTE (rtnetlink(7)), how
 * programs ask about devices and addresses and change them, and NETLINK_SOCK_DIAG.
 * A request is answered while it is sent; the answers wait in the socket's queue.
 * netlink.c has the sockets, rtnetlink.c the questions, rtnetlink_set.c the
 * changes, sock_diag.c the other protocol.
 */
#ifndef WARREN_KERNEL_NET_NETLINK_H
#define WARREN_KERNEL_NET_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "kernel/net/netdev.h"
#include "kernel/net/socket.h"

struct netlink_sock {
	struct socket *s;	/* [I] */
	struct net *net;	/* [I] counted (PIN_SOCKET) */
	struct list link;	/* net->netlink_socks; net->lock */
	u32 portid;		/* net->lock; 0: none yet */
	struct list queue;	/* of packets; net->lock */
	u32 queued;		/* bytes */
	bool overrun;		/* an answer was lost: -ENOBUFS once */
	struct waitq wait;
};

int netlink_create(struct socket *s, struct net *net);
void netlink_module_init(void);

/* NULL: @f is no netlink socket. */
struct netlink_sock *netlink_of(const struct file *f);
/* From the kernel, as it is, to the netlink socket @f. Takes over @p. */
void netlink_deliver(const struct file *f, struct packet *p);

/* One request, in kernel memory. */
struct nl_request {
	struct netlink_sock *sk;
	struct net *net;	   /* the socket's */
	const struct nlmsghdr *h;  /* h->nlmsg_len bytes are there */
};

/* The fixed part behind the header, if the request has @size bytes. NULL. */
const void *nl_fixed(const struct nl_request *r, size_t size);
/* The attribute @type behind a fixed part of @fixed bytes, with at least @size
 * bytes in it. NULL: there is none; a shorter one counts as none. */
const void *nl_attr_find(const struct nl_request *r, size_t fixed, u16 type,
			 size_t size);
/* A string attribute, ended, in @out of IFNAMSIZ bytes. False: none. */
bool nl_attr_name(const struct nl_request *r, size_t fixed, u16 type,
		  char *out);

/* Answers: begin one, add attributes, send it. ERR_PTR(-ENOMEM). */
struct packet *nl_begin(const struct nl_request *r, u16 type, u16 flags,
			const void *fixed, size_t size);
void nl_put(struct packet *p, u16 type, const void *data, size_t size);
static inline void nl_put_u32(struct packet *p, u16 type, u32 v)
{
	nl_put(p, type, &v, sizeof(v));
}
static inline void nl_put_u8(struct packet *p, u16 type, u8 v)
{
	nl_put(p, type, &v, sizeof(v));
}
void nl_send(const struct nl_request *r, struct packet *p);

/* rtnetlink.c: 0 (an acknowledgment is due if it was asked for), 1: the
 * answer has been sent, or -errno. */
int rtnetlink_do(const struct nl_request *r);
int sock_diag_do(const struct nl_request *r); /* likewise */
/* rtnetlink_set.c */
int rtnetlink_set_link(const struct nl_request *r);
int rtnetlink_new_addr(const struct nl_request *r);
int rtnetlink_del_addr(const struct nl_request *r);
/* rtnetlink_nsid.c */
int rtnetlink_get_nsid(const struct nl_request *r);
/* The device that an ifinfomsg request names. ERR_PTR(-EINVAL, -ENODEV). */
struct netdev *rtnetlink_dev(const struct nl_request *r,
			     const struct ifinfomsg *ifi);

#endif
