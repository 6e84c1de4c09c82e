// SPDX-License-Identifier: MIT
/*
 * System V message queues: msgsnd(2) and msgrcv(2).
 *
 * A message that somebody waits for goes to him at once, not through the queue. A
 * sender that finds no room sleeps with its message; whoever makes room puts
 * it into the queue and wakes the sender.
 */
#include "kernel/debug/why.h"
#include "kernel/ipc/msg_impl.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

struct msg_receiver {
	struct ipc_wait wait;
	long type;
	int flags;
	size_t size;
	struct pid *pid;
	struct message *m; /* what was handed over */
};

struct msg_sender {
	struct ipc_wait wait;
	struct message *m;
	struct pid *pid;
};

struct message *message_new(size_t size)
{
	struct message *m = kmalloc(sizeof(*m) + size);

	if (m)
		m->size = size;
	return m;
}

/* ---- a queue's beginning and end ---------------------------------------------------- */

static struct ipc_obj *msq_create(struct ipc_ns *ns, const struct ipc_request *r)
{
	struct msg_queue *q = kzalloc(sizeof(*q));

	(void)r;
	if (!q)
		return ERR_PTR(-ENOMEM);
	q->max_bytes = ns->msgmnb;
	list_init(&q->messages);
	list_init(&q->receivers);
	list_init(&q->senders);
	return &q->obj;
}

static void msq_destroy(struct ipc_ns *ns, struct ipc_obj *obj)
{
	struct msg_queue *q = to_msq(obj);

	ipc_wait_end_all(&q->receivers, -EIDRM);
	ipc_wait_end_all(&q->senders, -EIDRM);
	ns->msg_bytes -= q->bytes;
	ns->msg_count -= q->n;
	while (!list_empty(&q->messages)) {
		struct message *m = list_first(&q->messages, struct message,
					       link);

		list_del(&m->link);
		kfree(m);
	}
	pid_put(q->lspid);
	pid_put(q->lrpid);
	kfree(q);
}

static u32 msq_limit(const struct ipc_ns *ns)
{
	return ns->msgmni;
}

static int msq_fits(const struct ipc_obj *obj, const struct ipc_request *req)
{
	(void)obj, (void)req;
	return 0;
}

static void msq_remove(struct ipc_ns *ns, struct ipc_obj *obj)
{
	ipc_unlink(ns, IPC_KIND_MSG, obj);
	msq_destroy(ns, obj);
}

const struct ipc_type msg_type = {
	.kind = IPC_KIND_MSG,
	.limit = msq_limit,
	.create = msq_create,
	.destroy = msq_destroy,
	.fits = msq_fits,
	.stat_cmd = MSG_STAT,
	.ds_size = sizeof(struct msqid64_ds),
	.stat = msq_stat,
	.set = msq_set,
	.remove = msq_remove,
	.info = msq_info,
};

struct msg_queue *msq_find(struct ipc_ns *ns, int id)
{
	struct ipc_obj *obj = ipc_find(ns, IPC_KIND_MSG, id);

	return IS_ERR(obj) ? ERR_PTR(PTR_ERR(obj)) : to_msq(obj);
}

/* ---- sending -------------------------------------------------------------------------- */

/* msgrcv(2): 0 is any type, below 0 all up to the absolute value. */
static bool type_matches(const struct message *m, long type, int flags)
{
	if (!type)
		return true;
	if (type < 0) /* no negation: LONG_MIN has none */
		return type + m->type <= 0;
	return (m->type == type) != !!(flags & MSG_EXCEPT);
}

static bool has_room(const struct msg_queue *q, const struct message *m)
{
	return m->size + q->bytes <= q->max_bytes && q->n + 1 <= q->max_bytes;
}

/* To a receiver that waits for it. One whose buffer is too small hears so. */
static bool hand_over(struct msg_queue *q, struct message *m)
{
	struct ipc_wait *at, *next;

	list_for_each_entry_safe(at, next, &q->receivers, link) {
		struct msg_receiver *r =
			container_of(at, struct msg_receiver, wait);

		if (!type_matches(m, r->type, r->flags))
			continue;
		if (m->size > r->size && !(r->flags & MSG_NOERROR)) {
			ipc_wait_done(at, -E2BIG);
			continue;
		}
		r->m = m;
		q->rtime = ipc_now();
		ipc_pid_set(&q->lrpid, r->pid);
		ipc_wait_done(at, 0);
		return true;
	}
	return false;
}

static void put_in(struct ipc_ns *ns, struct msg_queue *q, struct message *m,
		   struct pid *sender)
{
	q->stime = ipc_now();
	ipc_pid_set(&q->lspid, sender);
	if (hand_over(q, m))
		return;
	list_add_tail(&m->link, &q->messages);
	q->bytes += m->size;
	q->n++;
	ns->msg_bytes += m->size;
	ns->msg_count++;
}

void msq_senders_try(struct ipc_ns *ns, struct msg_queue *q)
{
	struct ipc_wait *at, *next;

	list_for_each_entry_safe(at, next, &q->senders, link) {
		struct msg_sender *s =
			container_of(at, struct msg_sender, wait);

		if (!has_room(q, s->m))
			continue;
		put_in(ns, q, s->m, s->pid);
		ipc_wait_done(at, 0);
	}
}

/* One attempt: 0, -errno, or LOOK_AGAIN after a sleep. */
static int send_locked(struct ipc_ns *ns, int id, struct message *m, int flags)
{
	struct msg_sender s = { .m = m, .pid = current_tgid() };
	struct msg_queue *q = msq_find(ns, id);
	int err = PTR_ERR_OR_ZERO(q);

	if (!err)
		err = ipc_may(ns, &q->obj, 0222);
	if (err)
		return err;
	if (has_room(q, m)) {
		put_in(ns, q, m, s.pid);
		return 0;
	}
	if (flags & IPC_NOWAIT)
		return why(-EAGAIN, "msgsnd: the queue is full");
	ipc_wait_init(&s.wait, &q->senders);
	err = ipc_wait_sleep(&s.wait, &ns->lock, WAIT_FOREVER);
	return err == -ERESTARTSYS ? -ERESTARTNOHAND : err;
}

int msg_send(int id, struct message *m, int flags)
{
	struct ipc_ns *ns = current_ipc_ns();
	int err;

	if (m->type < 1 || m->size > ns->msgmax)
		return why(-EINVAL, "msgsnd: type %ld, %zu bytes; msgmax is %u",
			   m->type, m->size, ns->msgmax);
	mutex_lock(&ns->lock);
	do
		err = send_locked(ns, id, m, flags);
	while (err == LOOK_AGAIN);
	mutex_unlock(&ns->lock);
	return err;
}

/* ---- receiving --------------------------------------------------------------------------- */

/* The message that is due; NULL: there is none. */
static struct message *message_find(const struct msg_queue *q, long type,
				    int flags)
{
	struct message *m, *best = NULL;

	list_for_each_entry(m, &q->messages, link) {
		if (!type_matches(m, type, flags))
			continue;
		if (type >= 0)
			return m;
		if (!best || m->type < best->type)
			best = m; /* the first of the lowest type */
	}
	return best;
}

static void take_out(struct ipc_ns *ns, struct msg_queue *q, struct message *m)
{
	list_del(&m->link);
	q->bytes -= m->size;
	q->n--;
	ns->msg_bytes -= m->size;
	ns->msg_count--;
	q->rtime = ipc_now();
	ipc_pid_set(&q->lrpid, current_tgid());
	msq_senders_try(ns, q);
}

static struct message *receive_sleep(struct ipc_ns *ns, struct msg_queue *q,
				     struct msg_receiver *r)
{
	int err;

	ipc_wait_init(&r->wait, &q->receivers);
	err = ipc_wait_sleep(&r->wait, &ns->lock, WAIT_FOREVER);
	if (err == LOOK_AGAIN)
		return NULL;
	if (err == -ERESTARTSYS)
		err = -ERESTARTNOHAND;
	return err ? ERR_PTR(err) : r->m;
}

/* MSG_COPY: a copy of the message at place @at, which stays. */
static struct message *message_copy(const struct msg_queue *q, long at,
				    size_t size, int flags)
{
	struct message *m, *copy;

	list_for_each_entry(m, &q->messages, link) {
		if (at--)
			continue;
		if (m->size > size && !(flags & MSG_NOERROR))
			return ERR_PTR(-E2BIG);
		copy = message_new(m->size);
		if (!copy)
			return ERR_PTR(-ENOMEM);
		copy->type = m->type;
		memcpy(copy->text, m->text, m->size);
		return copy;
	}
	return ERR_PTR(-ENOMSG);
}

/* One attempt; NULL: look again. */
static struct message *receive_locked(struct ipc_ns *ns, int id,
				      struct msg_receiver *r)
{
	struct msg_queue *q = msq_find(ns, id);
	int err = PTR_ERR_OR_ZERO(q);
	struct message *m;

	if (!err)
		err = ipc_may(ns, &q->obj, 0444);
	if (err)
		return ERR_PTR(err);
	if (r->flags & MSG_COPY)
		return message_copy(q, r->type, r->size, r->flags);
	m = message_find(q, r->type, r->flags);
	if (!m && r->flags & IPC_NOWAIT)
		return ERR_PTR(-ENOMSG);
	if (!m)
		return receive_sleep(ns, q, r);
	if (m->size > r->size && !(r->flags & MSG_NOERROR))
		return ERR_PTR(why(-E2BIG, "msgrcv: the message has %zu bytes, "
					   "and no MSG_NOERROR", m->size));
	take_out(ns, q, m);
	return m;
}

struct message *msg_receive(int id, size_t size, long type, int flags)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct msg_receiver r = {
		.type = type,
		.flags = flags,
		.size = size,
		.pid = current_tgid(),
	};
	struct message *m;

	if (id < 0 || (ssize_t)size < 0)
		return ERR_PTR(-EINVAL);
	if (flags & MSG_COPY &&
	    (flags & MSG_EXCEPT || !(flags & IPC_NOWAIT)))
		return ERR_PTR(why(-EINVAL, "msgrcv: MSG_COPY is with "
					    "IPC_NOWAIT, without MSG_EXCEPT"));
	mutex_lock(&ns->lock);
	do
		m = receive_locked(ns, id, &r);
	while (!m);
	mutex_unlock(&ns->lock);
	return m;
}
