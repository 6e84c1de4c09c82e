/* SPDX-License-Identifier: MIT */
/*
 * POSIX message queues (mq_overview(7)) for current: names in its ipc namespace,
 * files of a file system of their own, "mqueue".
 */
#ifndef WARREN_KERNEL_IPC_MQUEUE_H
#define WARREN_KERNEL_IPC_MQUEUE_H

#include <linux/mqueue.h>

#include "kernel/ipc/msg.h"

struct file;
struct fs_type;
struct packet;

#define MQ_PRIO_MAX 32768 /* priorities are below */
/* What even those with CAP_SYS_RESOURCE cannot go beyond. */
#define MQ_HARD_MSG_MAX 65536
#define MQ_HARD_MSGSIZE_MAX (16u << 20)
#define MQ_MIN_MSGSIZE_MAX 128

extern const struct fs_type mqueue_fs_type;
void mqueue_module_init(void);
/* @ns ends: its queues go with their last file and mount. */
void mqueue_ns_exit(struct ipc_ns *ns);

/*
 * mq_open(2), the umask applied. @attr NULL: the defaults. ERR_PTR: -ENOENT,
 * -EEXIST, -EACCES, -EINVAL, -ENOSPC (queues_max), -EMFILE (RLIMIT_MSGQUEUE),
 * -ENAMETOOLONG, -ENOMEM.
 */
struct file *mq_file_open(const char *name, u32 flags, umode_t mode,
			  const struct mq_attr *attr);
int mq_remove(const char *name); /* mq_unlink(2) */

/* All of these: -EBADF: @f is no message queue, or not open for that.
 * @timeout_ns < 0: no limit. mq_send() takes over @m if it returns 0.
 * -EMSGSIZE, -EAGAIN, -ETIMEDOUT, -ERESTARTSYS. */
int mq_send(struct file *f, struct message *m, s64 timeout_ns);
struct message *mq_receive(struct file *f, size_t size, s64 timeout_ns);
/* May @f be used so, and is a message of @size right for it? For the caller, who
 * has to make room for the message first. */
int mq_send_check(struct file *f, size_t size);
/* mq_getsetattr(2): @new may be NULL. -EINVAL: other flags than O_NONBLOCK. */
int mq_attributes(struct file *f, const struct mq_attr *new,
		  struct mq_attr *old);

/* mq_notify(2): who is told when a message comes into an empty queue. */
struct mq_notification {
	int how; /* SIGEV_NONE, SIGEV_SIGNAL or SIGEV_THREAD */
	int signo;
	u64 value;
	struct file *socket;   /* SIGEV_THREAD: counted, a netlink socket, */
	struct packet *cookie; /* and what it gets: NOTIFY_COOKIE_LEN bytes */
};
/* @n NULL: no more. Takes over what is in @n if it returns 0. -EBUSY: somebody
 * else is. */
int mq_notify_set(struct file *f, const struct mq_notification *n);

#endif
