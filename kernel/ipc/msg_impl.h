/* SPDX-License-Identifier: MIT */
/* What the files of System V message queues share. All under ns->lock. */
#ifndef WARREN_KERNEL_IPC_MSG_IMPL_H
#define WARREN_KERNEL_IPC_MSG_IMPL_H

#include "kernel/ipc/msg.h"
#include "kernel/lib/err.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

struct msg_queue {
	struct ipc_obj obj;
	u64 stime, rtime;
	u64 bytes, max_bytes; /* of text in it; IPC_SET changes the limit */
	u32 n;
	struct pid *lspid, *lrpid; /* counted, or NULL: who was the last */
	struct list messages;
	struct list receivers; /* struct msg_receiver, as they came */
	struct list senders;   /* struct msg_sender, as they came */
};

/* Waiter results beside 0 and -errno: look again, all may be different. */
#define LOOK_AGAIN 1

static inline struct msg_queue *to_msq(struct ipc_obj *obj)
{
	return container_of(obj, struct msg_queue, obj);
}

/* ERR_PTR(-EINVAL). */
struct msg_queue *msq_find(struct ipc_ns *ns, int id);
/* msgctl(2), for msg_type. */
void msq_stat(struct ipc_obj *obj, union ipc_ds *out);
int msq_set(struct ipc_ns *ns, struct ipc_obj *obj, const union ipc_ds *in);
u32 msq_info(struct ipc_ns *ns, bool usage, union ipc_info *out);
/* There is more room: senders that fit in now are done. */
void msq_senders_try(struct ipc_ns *ns, struct msg_queue *q);

#endif
