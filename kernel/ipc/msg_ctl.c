// SPDX-License-Identifier: MIT
/* msgctl(2): what is known about message queues, and changing it. */
#include "kernel/debug/why.h"
#include "kernel/ipc/msg_impl.h"
#include "kernel/task/cred.h"

static void stat_fill(const struct msg_queue *q, struct msqid64_ds *out)
{
	*out = (struct msqid64_ds){
		.msg_stime = (long)q->stime,
		.msg_rtime = (long)q->rtime,
		.msg_ctime = (long)q->ctime,
		.msg_cbytes = q->bytes,
		.msg_qnum = q->n,
		.msg_qbytes = q->max_bytes,
		.msg_lspid = ipc_pid_nr(q->lspid),
		.msg_lrpid = ipc_pid_nr(q->lrpid),
	};
	ipc_perm_show(&q->obj, &out->msg_perm);
}

static int stat_locked(struct ipc_ns *ns, int id, int cmd,
		       struct msqid64_ds *out)
{
	struct ipc_obj *obj = ipc_stat_find(ns, IPC_KIND_MSG, id,
					    cmd == IPC_STAT,
					    cmd == MSG_STAT_ANY);

	if (IS_ERR(obj))
		return (int)PTR_ERR(obj);
	stat_fill(to_msq(obj), out);
	return cmd == IPC_STAT ? 0 : obj->id;
}

int msg_stat(int id, int cmd, struct msqid64_ds *out)
{
	struct ipc_ns *ns = current_ipc_ns();
	int ret;

	mutex_lock(&ns->lock);
	ret = stat_locked(ns, id, cmd, out);
	mutex_unlock(&ns->lock);
	return ret;
}

/* Sleepers may have lost the right to be there, or found room. */
static int set_locked(struct ipc_ns *ns, struct msg_queue *q,
		      const struct msqid64_ds *in)
{
	int err;

	if (in->msg_qbytes > ns->msgmnb && !capable(CAP_SYS_RESOURCE))
		return why(-EPERM, "msgctl: above msgmnb, and no "
				   "CAP_SYS_RESOURCE");
	err = ipc_perm_set(&q->obj, &in->msg_perm);
	if (err)
		return err;
	q->max_bytes = in->msg_qbytes;
	q->ctime = ipc_now();
	ipc_wait_end_all(&q->receivers, LOOK_AGAIN);
	ipc_wait_end_all(&q->senders, LOOK_AGAIN);
	return 0;
}

/* IPC_SET with what is in @in, or IPC_RMID if it is NULL. */
static int control(int id, const struct msqid64_ds *in)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct ipc_obj *obj;
	int err;

	mutex_lock(&ns->lock);
	obj = ipc_control_find(ns, IPC_KIND_MSG, id);
	err = PTR_ERR_OR_ZERO(obj);
	if (!err && in) {
		err = set_locked(ns, to_msq(obj), in);
	} else if (!err) {
		ipc_unlink(ns, IPC_KIND_MSG, obj);
		msg_type.destroy(ns, obj);
	}
	mutex_unlock(&ns->lock);
	return err;
}

int msg_set(int id, const struct msqid64_ds *in)
{
	return control(id, in);
}

int msg_remove(int id)
{
	return control(id, NULL);
}

int msg_info_show(int cmd, struct msginfo *out)
{
	struct ipc_ns *ns = current_ipc_ns();
	int ret;

	mutex_lock(&ns->lock);
	*out = (struct msginfo){
		.msgpool = MSGPOOL,
		.msgmap = MSGMAP,
		.msgmax = (int)ns->msgmax,
		.msgmnb = (int)ns->msgmnb,
		.msgmni = (int)ns->msgmni,
		.msgssz = MSGSSZ,
		.msgtql = MSGTQL,
		.msgseg = MSGSEG,
	};
	if (cmd == MSG_INFO) {
		out->msgpool = (int)ipc_in_use(ns, IPC_KIND_MSG);
		out->msgmap = (int)ns->msg_count;
		out->msgtql = (int)ns->msg_bytes;
	}
	ret = ipc_max_index(ns, IPC_KIND_MSG);
	mutex_unlock(&ns->lock);
	return ret;
}
