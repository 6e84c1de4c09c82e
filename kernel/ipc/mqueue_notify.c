// SPDX-License-Identifier: MIT
/*
 * mq_notify(2): one process at a time is told, once, when a message comes into an
 * empty queue for which nobody waits. It is told with a signal, or (SIGEV_NONE)
 * only holds the place. SIGEV_THREAD, by which the C library hears through a
 * netlink socket, is refused by the system call.
 */
#include "kernel/debug/why.h"
#include "kernel/ipc/mqueue_impl.h"
#include "kernel/task/cred.h"

void mqueue_notify_drop(struct mqueue *mq)
{
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
	mqueue_notify_drop(mq);
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
			mqueue_notify_drop(mq);
	} else if (mq->notify_pid) {
		err = why(-EBUSY, "mq_notify: somebody is to be notified");
	} else {
		mq->notify = *n;
		mq->notify_pid = pid_get(current_tgid());
	}
	mutex_unlock(&mq->lock);
	return err;
}
