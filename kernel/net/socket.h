/* SPDX-License-Identifier: MIT */
/*
 * Sockets: what is common to all families. socket.c decodes the system
 * calls into struct msg and calls the family's table; unix.c is AF_UNIX;
 * scm.c packs and unpacks what travels beside the bytes (cmsg(3)).
 */
#ifndef WARREN_KERNEL_NET_SOCKET_H
#define WARREN_KERNEL_NET_SOCKET_H

#include <asm/socket.h>
#include <linux/socket.h>

#include "fs/file.h"

struct net;
struct pid;
struct ucount;

/* The rest of the socket ABI that linux-libc-dev leaves to libc: socket(2),
 * send(2), recv(2), getsockopt(2), cmsg(3). */
#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_NETLINK 16
#define AF_INET6 10
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_SEQPACKET 5
#define SOCK_TYPE_MASK 0xf
#define SOCK_TYPE_MAX 11
#define SOCK_NONBLOCK O_NONBLOCK
#define SOCK_CLOEXEC O_CLOEXEC
#define MSG_OOB 1
#define MSG_PEEK 2
#define MSG_CTRUNC 8
#define MSG_TRUNC 0x20
#define MSG_DONTWAIT 0x40
#define MSG_EOR 0x80
#define MSG_WAITALL 0x100
#define MSG_ERRQUEUE 0x2000
#define MSG_NOSIGNAL 0x4000
#define MSG_CMSG_CLOEXEC 0x40000000
#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2
#define SCM_RIGHTS 1
#define SCM_CREDENTIALS 2
#define SCM_MAX_FD 253

struct user_msghdr {
	void __user *msg_name;
	int msg_namelen;
	struct iovec __user *msg_iov;
	size_t msg_iovlen;
	void __user *msg_control;
	size_t msg_controllen;
	u32 msg_flags;
};

struct cmsghdr {
	size_t cmsg_len;
	int cmsg_level;
	int cmsg_type;
};

struct linger {
	int onoff, seconds;
};

struct ucred {
	u32 pid;
	u32 uid;
	u32 gid;
};

/* What travels beside the bytes of one message; owns what it points to. */
struct scm {
	struct file **files; /* counted; kmalloc'ed */
	u32 nr_files;
	struct ucount *sender; /* counted: who pays while they are in flight */
	struct pid *pid;     /* counted: the sender's process; NULL: none */
	uid_t uid;
	gid_t gid;
};

/* One sendmsg or recvmsg, with kernel copies of all but data and control. */
struct msg {
	struct iter it;
	struct __kernel_sockaddr_storage name;
	u32 name_len; /* 0: none */
	struct scm scm;
	u32 flags;    /* MSG_* asked for; on return of recv, what happened */
	bool nonblock;
	/* recv: where control messages go */
	void __user *control;
	size_t control_len; /* room; then what is used */
};

struct socket {
	const struct socket_ops *op; /* [I] the family */
	int family, type, protocol;  /* [I] */
	void *sk;		     /* [I] the family's socket */
	struct net *net;	     /* [I] counted by sk */
	struct file *file;	     /* not counted */
	u32 sndbuf, rcvbuf;	     /* bytes */
	s64 rcvtimeo, sndtimeo;	     /* ns; < 0: none */
	bool reuseaddr, reuseport, passcred, keepalive, broadcast, timestamp;
	bool oobinline, dontroute;
	u32 bound_if;		     /* index of its only device; 0: any */
	u32 priority, mark;
	struct linger linger;
};

/* One family. All set; each returns >= 0 or -errno. */
struct socket_ops {
	int (*bind)(struct socket *s, const struct msg *addr);
	int (*connect)(struct socket *s, const struct msg *addr, bool nonblock);
	int (*listen)(struct socket *s, int backlog);
	/* Fills @new, a socket of the same family without sk. */
	int (*accept)(struct socket *s, struct socket *new, bool nonblock);
	int (*getname)(struct socket *s, struct msg *addr, bool peer);
	ssize_t (*sendmsg)(struct socket *s, struct msg *m);
	ssize_t (*recvmsg)(struct socket *s, struct msg *m);
	int (*shutdown)(struct socket *s, int how);
	u32 (*poll)(struct socket *s, struct file *f, struct poll_table *pt);
	int (*peercred)(struct socket *s, struct ucred *uc);
	bool (*listening)(struct socket *s);
	size_t (*readable)(struct socket *s); /* FIONREAD */
	int (*error)(struct socket *s); /* the pending one, taken: SO_ERROR */
	/* Levels beside SOL_SOCKET. -EOPNOTSUPP: it has no such level. */
	int (*setsockopt)(struct socket *s, int level, int name,
			  const void __user *value, int len);
	int (*getsockopt)(struct socket *s, int level, int name,
			  void __user *value, int __user *len);
	void (*release)(struct socket *s);
};

/* unix.c */
int unix_create(struct socket *s, struct net *net);
int unix_pair(struct socket *a, struct socket *b, struct net *net);
void unix_module_init(void);
void unix_gc(void); /* unix_gc.c */

/* socket.c */
void socket_module_init(void);
/* The socket behind a file; NULL: it is something else. */
struct socket *socket_of(const struct file *f);
/* Decoding: an address in, an address out. -EINVAL, -EFAULT. */
int name_import(struct msg *m, const void __user *addr, int len);
int name_export(const struct msg *m, void __user *addr, int __user *ulen);

/* ifioctl.c: SIOC* of network interfaces, on any socket. -ENOTTY: another. */
long netdev_ioctl(struct socket *s, u32 cmd, void __user *arg);

/* sockopt.c has get- and setsockopt(2), and defaults for socket_ops. */
int socket_no_error(struct socket *s);
int socket_no_peercred(struct socket *s, struct ucred *uc); /* nobody's */
bool socket_not_listening(struct socket *s);
int socket_no_setsockopt(struct socket *s, int level, int name,
			 const void __user *value, int len);
int socket_no_getsockopt(struct socket *s, int level, int name,
			 void __user *value, int __user *len);
/* Give an option's value, cut to the room that *@ulen says. */
int export_option(const void *v, size_t size, void __user *value,
		  int __user *ulen);
struct file *socket_get(int fd); /* counted; ERR_PTR(-EBADF, -ENOTSOCK) */

/* scm.c */
/* One control message for who receives @m; MSG_CTRUNC if it does not fit. */
void cmsg_put(struct msg *m, int level, int type, const void *data, size_t n);
void cmsg_put_time(struct msg *m, u64 ns); /* SO_TIMESTAMP */
/* Parse the control data of sendmsg: -EINVAL, -EBADF, -EPERM, -EFAULT,
 * -ETOOMANYREFS. */
int scm_send(struct scm *scm, const void __user *control, size_t len);
void scm_set_creds(struct scm *scm); /* current's, if none are there yet */
/* Give @m's scm to the receiver, as far as there is room; frees it. */
void scm_recv(struct socket *s, struct msg *m);
void scm_free(struct scm *scm);
/* A copy for MSG_PEEK. -ENOMEM. */
int scm_copy(struct scm *to, const struct scm *from);

#endif
