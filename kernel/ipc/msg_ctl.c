// SPDX-License-Identifier: MIT
/* msgctl(2): what is special about message queues. */
#include "kernel/debug/why.h"
#include "kernel/ipc/ctl.h"
#include "kernel/ipc/msg_impl.h"
#include "kernel/task/cred.h"

void msq_stat(struct ipc_obj *obj, union ipc_ds *out)
{
	const struct msg_queue *q = to_msq(obj);

	out->msg.msg_stime = (long)q->stime;
	out->msg.msg_rtime = (long)q->rtime;
	out->msg.msg_ctime = (long)obj->ctime;
	out->msg.msg_cbytes = q->bytes;
	out->msg.msg_qnum = q->n;
	out->msg.msg_qbytes = q->max_bytes;
	out->msg.msg_lspid = ipc_pid_nr(q->lspid);
	out->msg.msg_lrpid = ipc_pid_nr(q->lrpid);
}

/* Sleepers may have lost the right to be there, or found room. */
int msq_set(struct ipc_ns *ns, struct ipc_obj *obj, const union ipc_ds *in)
{
	struct msg_queue *q = to_msq(obj);
	int err;

	if (in->msg.msg_qbytes > ns->msgmnb && !capable(CAP_SYS_RESOURCE))
		return why(-EPERM, "msgctl: above msgmnb, and no "
				   "CAP_SYS_RESOURCE");
	err = ipc_perm_set(obj, &in->perm);
	if (err)
		return err;
	q->max_bytes = in->msg.msg_qbytes;
	ipc_wait_end_all(&q->receivers, LOOK_AGAIN);
	ipc_wait_end_all(&q->senders, LOOK_AGAIN);
	return 0;
}

u32 msq_info(struct ipc_ns *ns, bool usage, union ipc_info *out)
{
	out->msg = (struct msginfo){
		.msgpool = MSGPOOL,
		.msgmap = MSGMAP,
		.msgmax = (int)ns->msgmax,
		.msgmnb = (int)ns->msgmnb,
		.msgmni = (int)ns->msgmni,
		.msgssz = MSGSSZ,
		.msgtql = MSGTQL,
		.msgseg = MSGSEG,
	};
	if (usage) {
		out->msg.msgpool = (int)ipc_in_use(ns, IPC_KIND_MSG);
		out->msg.msgmap = (int)ns->msg_count;
		out->msg.msgtql = (int)ns->msg_bytes;
	}
	return sizeof(out->msg);
}
