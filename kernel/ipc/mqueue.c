// SPDX-License-Identifier: MIT
/*
 * POSIX message queues: what happens in one. A message goes to the first receiver
 * that waits, else into the queue, by priority and age. A sender that finds no
 * room sleeps with its message; whoever takes one puts it in. Waiters are in
 * order of their nice value when they came, the oldest first among equals.
 *
 * Lock: mqueue.lock. A sleeper's file keeps the queue alive.
 */
#include <linux/eventpoll.h>
#include <linux/fcntl.h>

#include "fs/seq.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/mqueue_impl.h"
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

struct mq_waiter {
	struct ipc_wait wait;
	struct message *m; /* to be sent, or what was received */
	int nice;
};

static struct slab *mqueue_slab;

void mqueue_module_init(void)
{
	mqueue_slab = slab_create("mqueue", sizeof(struct mqueue), 8);
}

struct mqueue *mqueue_new(const struct mq_attr *attr)
{
	struct mqueue *mq = slab_zalloc(mqueue_slab);

	if (!mq)
		return ERR_PTR(-ENOMEM);
	mutex_init(&mq->lock, "mqueue");
	mq->max_messages = (u32)attr->mq_maxmsg;
	mq->max_size = (u32)attr->mq_msgsize;
	list_init(&mq->messages);
	list_init(&mq->receivers);
	list_init(&mq->senders);
	waitq_init(&mq->poll);
	return mq;
}

/* Nobody has it open. */
void mqueue_free(struct mqueue *mq)
{
	assert(list_empty(&mq->receivers) && list_empty(&mq->senders));
	while (!list_empty(&mq->messages)) {
		struct message *m = list_first(&mq->messages, struct message,
					       link);

		list_del(&m->link);
		kfree(m);
	}
	mqueue_notify_drop(mq, NOTIFY_REMOVED);
	slab_free(mqueue_slab, mq);
}

struct mqueue *mqueue_of(const struct file *f)
{
	return f->op == &mqueue_fops ? f->inode->private : NULL;
}

static void inode_touch(struct inode *inode)
{
	inode->atime = inode->mtime = inode->ctime = inode_now();
}

/* ---- sending ---------------------------------------------------------------------- */

static void insert(struct mqueue *mq, struct message *m)
{
	struct list *at = mq->messages.prev;

	while (at != &mq->messages &&
	       list_entry(at, struct message, link)->type < m->type)
		at = at->prev;
	list_add(&m->link, at);
	mq->bytes += m->size;
	mq->n++;
}

static void put_in(struct mqueue *mq, struct message *m)
{
	struct mq_waiter *r;

	if (!list_empty(&mq->receivers)) {
		r = list_first(&mq->receivers, struct mq_waiter, wait.link);
		r->m = m;
		ipc_wait_done(&r->wait, 0);
		return;
	}
	insert(mq, m);
	if (mq->n == 1)
		mqueue_notify(mq);
	wake_up_poll(&mq->poll, EPOLLIN | EPOLLRDNORM);
}

int mq_send_check(struct file *f, size_t size)
{
	const struct mqueue *mq = mqueue_of(f);

	if (!mq || !(f->mode & FMODE_WRITE))
		return why(-EBADF, "mq_timedsend: not a message queue that is "
				   "open for writing");
	if (size > mq->max_size)
		return why(-EMSGSIZE, "mq_timedsend: %zu bytes; at most %u",
			   size, mq->max_size);
	return 0;
}

static void line_up(struct mq_waiter *w, struct list *on)
{
	struct list *before;

	ipc_wait_init(&w->wait, on);
	w->nice = current->nice;
	for (before = w->wait.link.prev; before != on; before = before->prev)
		if (list_entry(before, struct mq_waiter, wait.link)->nice <=
		    w->nice)
			break;
	list_move(&w->wait.link, before);
}

static int sleep(struct mqueue *mq, struct mq_waiter *w, struct list *on,
		 const struct file *f, s64 timeout)
{
	if (READ_ONCE(f->flags) & O_NONBLOCK)
		return -EAGAIN;
	line_up(w, on);
	return ipc_wait_sleep(&w->wait, &mq->lock, timeout);
}

int mq_send(struct file *f, struct message *m, s64 timeout_ns)
{
	int err = mq_send_check(f, m->size);
	struct mq_waiter w = { .m = m };
	struct mqueue *mq;

	if (err)
		return err;
	mq = mqueue_of(f);
	mutex_lock(&mq->lock);
	if (mq->n < mq->max_messages)
		put_in(mq, m);
	else
		err = sleep(mq, &w, &mq->senders, f, timeout_ns);
	if (!err)
		inode_touch(f->inode);
	mutex_unlock(&mq->lock);
	return err;
}

/* ---- receiving --------------------------------------------------------------------- */

/* The room of one message is free: the first waiting sender's. */
static void sender_go_on(struct mqueue *mq)
{
	struct mq_waiter *s;

	if (list_empty(&mq->senders)) {
		wake_up_poll(&mq->poll, EPOLLOUT | EPOLLWRNORM);
		return;
	}
	s = list_first(&mq->senders, struct mq_waiter, wait.link);
	insert(mq, s->m);
	ipc_wait_done(&s->wait, 0);
}

static struct message *take_out(struct mqueue *mq)
{
	struct message *m = list_first(&mq->messages, struct message, link);

	list_del(&m->link);
	mq->bytes -= m->size;
	mq->n--;
	sender_go_on(mq);
	return m;
}

static struct message *receive_locked(struct mqueue *mq, const struct file *f,
				      s64 timeout)
{
	struct mq_waiter w = { .m = NULL };
	int err;

	if (mq->n)
		return take_out(mq);
	err = sleep(mq, &w, &mq->receivers, f, timeout);
	return err ? ERR_PTR(err) : w.m;
}

struct message *mq_receive(struct file *f, size_t size, s64 timeout_ns)
{
	struct mqueue *mq = mqueue_of(f);
	struct message *m;

	if (!mq || !(f->mode & FMODE_READ))
		return ERR_PTR(why(-EBADF, "mq_timedreceive: not a message "
					   "queue that is open for reading"));
	if (size < mq->max_size)
		return ERR_PTR(why(-EMSGSIZE, "mq_timedreceive: room for %zu "
					      "bytes; a message has up to %u",
				   size, mq->max_size));
	mutex_lock(&mq->lock);
	m = receive_locked(mq, f, timeout_ns);
	if (!IS_ERR(m))
		inode_touch(f->inode);
	mutex_unlock(&mq->lock);
	return m;
}

/* ---- attributes ------------------------------------------------------------------------ */

int mq_attributes(struct file *f, const struct mq_attr *new,
		  struct mq_attr *old)
{
	struct mqueue *mq = mqueue_of(f);

	if (new && new->mq_flags & ~(long)O_NONBLOCK)
		return -EINVAL;
	if (!mq)
		return -EBADF;
	mutex_lock(&mq->lock);
	spin_lock(&f->lock);
	*old = (struct mq_attr){
		.mq_flags = f->flags & O_NONBLOCK,
		.mq_maxmsg = mq->max_messages,
		.mq_msgsize = mq->max_size,
		.mq_curmsgs = mq->n,
	};
	if (new)
		f->flags = (f->flags & ~(u32)O_NONBLOCK) | (u32)new->mq_flags;
	spin_unlock(&f->lock);
	mutex_unlock(&mq->lock);
	return 0;
}

/* ---- its file --------------------------------------------------------------------------- */

static u32 mqueue_poll(struct file *f, struct poll_table *pt)
{
	struct mqueue *mq = f->inode->private;
	u32 n;

	poll_wait(f, &mq->poll, pt);
	n = READ_ONCE(mq->n);
	return (n ? EPOLLIN | EPOLLRDNORM : 0) |
	       (n < mq->max_messages ? EPOLLOUT | EPOLLWRNORM : 0);
}

static int mqueue_show(struct seq *s, struct file *f)
{
	struct mqueue *mq = f->inode->private;
	bool set;

	mutex_lock(&mq->lock);
	set = mq->notify_pid;
	seq_printf(s, "QSIZE:%-10llu NOTIFY:%-5d SIGNO:%-5d NOTIFY_PID:%-6d\n",
		   (unsigned long long)mq->bytes, set ? mq->notify.how : 0,
		   set && mq->notify.how == SIGEV_SIGNAL ? mq->notify.signo : 0,
		   ipc_pid_nr(mq->notify_pid));
	mutex_unlock(&mq->lock);
	return 0;
}

static int mqueue_open(struct inode *inode, struct file *f)
{
	(void)inode;
	return seq_open(f, mqueue_show);
}

/* close(2) by the process that is to be notified ends that. */
static int mqueue_flush(struct file *f)
{
	struct mqueue *mq = f->inode->private;

	mutex_lock(&mq->lock);
	if (mq->notify_pid == current_tgid())
		mqueue_notify_drop(mq, NOTIFY_REMOVED);
	mutex_unlock(&mq->lock);
	return 0;
}

const struct file_ops mqueue_fops = {
	FILE_OPS_DEFAULTS,
	.open = mqueue_open,
	.read = seq_read,
	.llseek = seq_llseek,
	.release = seq_release,
	.flush = mqueue_flush,
	.poll = mqueue_poll,
};
