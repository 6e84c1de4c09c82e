/* SPDX-License-Identifier: MIT */
/*
 * AF_UNIX, shared by its files: unix.c (sockets and connections), unix_name.c
 * (names), unix_io.c (messages), unix_gc.c (files in flight).
 */
#ifndef WARREN_KERNEL_NET_UNIX_H
#define WARREN_KERNEL_NET_UNIX_H

#include "kernel/net/net.h"
#include "kernel/net/socket.h"

enum { UNIX_SHUT_RD = 1, UNIX_SHUT_WR = 2 };

/* A name; shared by the listener, accepted sockets and messages. */
struct unix_addr {
	struct refcount refs;
	u32 len;	     /* [I] of the sockaddr */
	struct inode *inode; /* [I] of path.dentry; NULL: abstract */
	struct path path;    /* [I] counted */
	char sun[];	     /* [I] struct sockaddr_un, and a NUL */
};

struct unix_msg {
	struct list link;
	size_t len, off; /* bytes in all; taken already (stream) */
	struct scm scm;
	struct unix_addr *from; /* counted */
	char data[];
};

struct unix_sock {
	struct refcount refs; /* its socket or backlog entry, its peers */
	int type;	      /* [I] */
	struct net *net;      /* [I] counted (PIN_SOCKET) */
	struct socket *socket; /* not counted; NULL: not accepted, or closed */
	struct list link;     /* net->unix_socks */
	struct hlist_node name_link; /* net->unix_names */
	struct unix_addr *addr; /* set once */
	struct unix_sock *peer; /* counted */
	bool dead, listening;
	bool bound;	      /* addr is its own, not a listener's */
	bool reset;	      /* peer closed without reading all */
	u8 shutdown;
	u32 backlog_len, backlog_max;
	struct list backlog;  /* of backlog_link: to be accepted */
	struct list backlog_link;
	struct list queue;    /* of unix_msg: received, not read */
	u32 nr_queued;
	size_t queued;	      /* bytes in the queue */
	struct waitq wait;    /* readers, writers to it, accept, connect */
	struct mutex recv_mutex;
	struct pid *peer_pid; /* counted: SO_PEERCRED */
	uid_t peer_uid;
	gid_t peer_gid;
	/* While its file is in flight (unix_gc.c) */
	struct file *file;    /* not counted: the flights count it */
	struct list flight_link;
	bool gc_candidate;
	u32 gc_refs;
};

extern struct spinlock unix_lock; /* all of the above but [I] */

static inline struct unix_sock *unix_get(struct unix_sock *u)
{
	refcount_inc(&u->refs);
	return u;
}
void unix_put(struct unix_sock *u);

/* unix_name.c */
void unix_addr_put(struct unix_addr *a);
int unix_bind(struct socket *s, const struct msg *m);
/* SO_PASSCRED: a sender gets a name if it has none. 0 or -errno. */
int unix_name_sender(struct socket *s);
/* The socket that @m names, seen from @u, counted. ERR_PTR. */
struct unix_sock *unix_find(struct unix_sock *u, const struct msg *m);
int unix_getname(struct socket *s, struct msg *m, bool peer);
void unix_name_drop(struct unix_sock *u) __must_hold(unix_lock);

/* unix_gc.c */
/* @um comes into a queue, or its files leave it: unix_lock held. True: nobody
 * else has one of its sockets any more, so unix_gc() has something to look at. */
bool unix_flight_add(const struct scm *scm) __must_hold(unix_lock);
void unix_flight_del(const struct scm *scm) __must_hold(unix_lock);
void unix_messages_free(struct list *messages); /* off their queues */
struct unix_sock *unix_of_file(const struct file *f); /* NULL: other */

/* unix_io.c */
void unix_msg_free(struct unix_msg *m);
/* Whom a message goes to: @m's name or the peer, counted. ERR_PTR. */
struct unix_sock *unix_peer_get(struct unix_sock *u, const struct msg *m);
/* Datagrams: does @to take them from @u? Its partner's only, if it has one. */
bool unix_may_send(const struct unix_sock *u, const struct unix_sock *to)
	__must_hold(unix_lock);
/* May one more message go to @to? unix_lock held. */
bool unix_has_room(const struct unix_sock *to, u32 limit);
ssize_t unix_sendmsg(struct socket *s, struct msg *m);
ssize_t unix_recvmsg(struct socket *s, struct msg *m);

#endif
