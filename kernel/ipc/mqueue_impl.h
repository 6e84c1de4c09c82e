/* SPDX-License-Identifier: MIT */
/* What the files of POSIX message queues share. */
#ifndef WARREN_KERNEL_IPC_MQUEUE_IMPL_H
#define WARREN_KERNEL_IPC_MQUEUE_IMPL_H

#include "fs/dentry.h"
#include "fs/file.h"
#include "kernel/ipc/mqueue.h"
#include "kernel/lib/err.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

struct ucount;

/* inode->private. Lock: mqueue.lock, for all that is not [I]. */
struct mqueue {
	struct mutex lock;
	u32 max_messages, max_size; /* [I] */
	u32 n;			    /* messages */
	u64 bytes;		    /* of text */
	struct list messages;	    /* highest priority first, then oldest */
	struct list receivers, senders; /* as they came */
	struct waitq poll;
	struct mq_notification notify;
	struct pid *notify_pid; /* counted: whose notification; or NULL */
	struct ucount *ucount;	/* [I] counted: who is charged for it */
	u64 charged;		/* [I] bytes, for RLIMIT_MSGQUEUE */
};

/* mqueue.c */
extern const struct file_ops mqueue_fops;
struct mqueue *mqueue_new(const struct mq_attr *attr); /* ERR_PTR(-ENOMEM) */
void mqueue_free(struct mqueue *mq);
/* NULL: @f is no message queue. */
struct mqueue *mqueue_of(const struct file *f);

/* mqueue_notify.c; mq->lock held */
void mqueue_notify(struct mqueue *mq); /* a message came, the first */
/* Nobody is told any more; @code, NOTIFY_..., is what a thread's socket gets. */
void mqueue_notify_drop(struct mqueue *mq, u8 code);

#endif
