// SPDX-License-Identifier: MIT
/*
 * mq_notify(2): one process at a time is told, once, when a message comes into an
 * empty queue for which nobody waits. It is told with a signal, or (SIGEV_NONE)
 * only holds the place. For SIGEV_THREAD the C library has a thread that reads
 * from a netlink socket: there comes the cookie that it gave, whose last byte
 * says what has happened. The packet is made when it registers, so that telling
 * cannot fail.
 */
#include "kernel/debug/why.h"
#include "kernel/ipc/mqueue_impl.h"
#include "kernel/net/netlink.h"
#include "kernel/net/packet.h"
#include "kernel/task/cred.h"

static void send_cookie(struct mq_notification *n, u8 code)
{
	n->cookie->data[NOTIFY_COOKIE_LEN - 1] = code;
	netlink_deliver(n->socket, n->cookie);
	file_put(n->socket);
}

void mqueue_notify_drop(struct mqueue *mq, u8 code)
{
	if (!mq->notify_pid)
		return;
	if (mq->notify.how == SIGEV_THREAD)
		send_cookie(&mq->notify, code);
	pid_put(mq->notify_pid);
	mq->notify_pid = NULL;
}

static void send_signal(const struct mqueue *mq)
{
	struct task *t = pid_task_get(mq->notify_pid, PIDTYPE_TGID);
	struct kernel_siginfo info = {
		.si_signo = mq->notify.signo,
		.si_code = SI_MESGQ,
		.addr = mq->notify.value,
	};

	if (!t)
		return;
	info.pid = pid_nr(current_tgid(), pid_ns_of(mq->notify_pid));
	info.uid = current->cred->uid;
	signal_send(t, mq->notify.signo, &info, true);
	task_put(t);
}

void mqueue_notify(struct mqueue *mq)
{
	if (!mq->notify_pid)
		return;
	if (mq->notify.how == SIGEV_SIGNAL)
		send_signal(mq);
	mqueue_notify_drop(mq, NOTIFY_WOKENUP);
}

int mq_notify_set(struct file *f, const struct mq_notification *n)
{
	struct mqueue *mq = mqueue_of(f);
	int err = 0;

	if (!mq)
		return -EBADF;
	mutex_lock(&mq->lock);
	if (!n) {
		if (mq->notify_pid == current_tgid())
			mqueue_notify_drop(mq, NOTIFY_REMOVED);
	} else if (mq->notify_pid) {
		err = why(-EBUSY, "mq_notify: somebody is to be notified");
	} else {
		mq->notify = *n;
		mq->notify_pid = pid_get(current_tgid());
	}
	mutex_unlock(&mq->lock);
	return err;
}
