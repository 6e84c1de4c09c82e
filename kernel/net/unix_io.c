// SPDX-License-Identifier: MIT
/* AF_UNIX: sending and receiving messages. See unix.c for the locks. */
#include <linux/eventpoll.h>

#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/net/unix.h"
#include "kernel/task/task.h"

#define CHUNK_MAX 32768UL  /* bytes of a stream kept in one message */
#define DGRAM_QUEUE_MAX 10 /* net.unix.max_dgram_qlen */

bool unix_has_room(const struct unix_sock *to, u32 limit)
{
	if (to->type == SOCK_DGRAM)
		return to->nr_queued <= DGRAM_QUEUE_MAX;
	return to->queued < limit;
}

/* A message of the next @n bytes of @m. ERR_PTR(-ENOMEM, -EFAULT). */
static struct unix_msg *message_new(struct unix_sock *u, struct msg *m, size_t n)
{
	struct unix_msg *um = kmalloc(sizeof(*um) + n);

	if (!um)
		return ERR_PTR(-ENOMEM);
	memset(um, 0, sizeof(*um));
	um->len = n;
	if (copy_from_iter(um->data, n, &m->it) != n) {
		kfree(um);
		return ERR_PTR(-EFAULT);
	}
	if (u->addr) {
		refcount_inc(&u->addr->refs);
		um->from = u->addr;
	}
	um->scm = m->scm; /* the first message takes it all */
	memset(&m->scm, 0, sizeof(m->scm));
	scm_set_creds(&um->scm);
	return um;
}

/* Queue @um at @to. 0, -EAGAIN (full), -EPIPE or -ECONNREFUSED (closed). */
static int message_queue(struct unix_sock *u, struct unix_sock *to,
			 struct unix_msg *um, u32 limit)
{
	bool lost = false;
	int err = 0;

	spin_lock(&unix_lock);
	if (u->shutdown & UNIX_SHUT_WR)
		err = -EPIPE;
	else if (to->dead)
		err = u->type == SOCK_DGRAM ? -ECONNREFUSED : -EPIPE;
	else if (to->shutdown & UNIX_SHUT_RD)
		err = -EPIPE;
	else if (u->type == SOCK_DGRAM && !unix_may_send(u, to))
		err = -EPERM;
	else if (!unix_has_room(to, limit))
		err = -EAGAIN;
	if (!err) {
		list_add_tail(&um->link, &to->queue);
		lost = unix_flight_add(&um->scm);
		to->queued += um->len;
		to->nr_queued++;
	}
	spin_unlock(&unix_lock);
	if (unlikely(lost))
		unix_gc();
	return err;
}

/* A datagram socket's partner is gone: it has none any more. */
static void partner_forget(struct unix_sock *u, struct unix_sock *gone)
{
	bool was = false;

	spin_lock(&unix_lock);
	if (u->peer == gone) {
		u->peer = NULL;
		was = true;
	}
	spin_unlock(&unix_lock);
	if (was)
		unix_put(gone);
}

/* Queue it, waiting for room unless @nonblock. */
static int message_send(struct socket *s, struct unix_sock *to,
			struct unix_msg *um, bool nonblock)
{
	struct unix_sock *u = s->sk;
	int err;

	for (;;) {
		err = message_queue(u, to, um, s->sndbuf);
		if (err == -ECONNREFUSED)
			partner_forget(u, to);
		if (err != -EAGAIN || nonblock)
			return err;
		err = wait_event_interruptible_timeout(
			&to->wait,
			unix_has_room(to, s->sndbuf) || to->dead ||
				(u->shutdown & UNIX_SHUT_WR) ||
				(to->shutdown & UNIX_SHUT_RD),
			s->sndtimeo);
		if (err)
			return err == -ETIMEDOUT ? -EAGAIN : err;
	}
}

/* All of @m to @to: one message, or as many as a stream needs. */
static ssize_t send_all(struct socket *s, struct unix_sock *to, struct msg *m)
{
	bool stream = s->type == SOCK_STREAM;
	struct unix_msg *um;
	ssize_t done = 0;
	int err = 0;

	do {
		size_t n = m->it.count;

		if (stream && n > CHUNK_MAX)
			n = CHUNK_MAX;
		if (stream && !n)
			break;
		um = message_new(s->sk, m, n);
		err = PTR_ERR_OR_ZERO(um);
		if (err)
			break;
		err = message_send(s, to, um, m->nonblock);
		if (err) {
			unix_msg_free(um);
			break;
		}
		done += (ssize_t)n;
		wake_up_poll(&to->wait, EPOLLIN | EPOLLRDNORM);
	} while (m->it.count);
	return done ? done : err;
}

ssize_t unix_sendmsg(struct socket *s, struct msg *m)
{
	struct unix_sock *u = s->sk;
	struct unix_sock *to;
	ssize_t ret;

	if (m->name_len && u->type != SOCK_DGRAM)
		return u->peer ? -EISCONN : -EOPNOTSUPP;
	if (u->type != SOCK_STREAM && m->it.count > s->sndbuf)
		return -EMSGSIZE;
	ret = unix_name_sender(s);
	if (ret)
		return ret;
	to = unix_peer_get(u, m);
	if (IS_ERR(to))
		return PTR_ERR(to);
	ret = to->type == u->type ? send_all(s, to, m) : -EPROTOTYPE;
	unix_put(to);
	return ret;
}

/* ---- receiving ------------------------------------------------------------ */

/* The first message; it stays on the queue (recv_mutex keeps it there). */
static struct unix_msg *queue_head(struct unix_sock *u)
{
	struct unix_msg *um = NULL;

	spin_lock(&unix_lock);
	if (!list_empty(&u->queue))
		um = list_first(&u->queue, struct unix_msg, link);
	spin_unlock(&unix_lock);
	return um;
}

static void queue_pop(struct unix_sock *u, struct unix_msg *um)
{
	spin_lock(&unix_lock);
	list_del(&um->link);
	u->nr_queued--;
	u->queued -= um->len - um->off;
	spin_unlock(&unix_lock);
	unix_msg_free(um);
}

static void queue_consume(struct unix_sock *u, struct unix_msg *um, size_t n)
{
	spin_lock(&unix_lock);
	um->off += n;
	u->queued -= n;
	spin_unlock(&unix_lock);
	if (um->off == um->len)
		queue_pop(u, um);
}

/* Wait until there is a message. 1: there is; 0: the end; or -errno. */
static int wait_message(struct socket *s, struct msg *m)
{
	struct unix_sock *u = s->sk;
	int err;

	while (!queue_head(u)) {
		if (u->reset) {
			u->reset = false;
			return -ECONNRESET;
		}
		if (u->shutdown & UNIX_SHUT_RD)
			return 0;
		if (u->type != SOCK_DGRAM && !u->peer)
			return u->type == SOCK_STREAM ? -EINVAL : -ENOTCONN;
		if (m->nonblock)
			return -EAGAIN;
		mutex_unlock(&u->recv_mutex);
		err = wait_event_interruptible_timeout(
			&u->wait,
			!list_empty(&u->queue) || (u->shutdown & UNIX_SHUT_RD),
			s->rcvtimeo);
		mutex_lock(&u->recv_mutex);
		if (err)
			return err == -ETIMEDOUT ? -EAGAIN : err;
	}
	return 1;
}

static void take_name(struct msg *m, const struct unix_msg *um)
{
	m->name_len = um->from ? um->from->len : 0;
	if (um->from)
		memcpy(&m->name, um->from->sun, um->from->len);
}

/* The ancillary data of @um for @m: moved, or copied for MSG_PEEK. */
static int take_scm(struct msg *m, struct unix_msg *um)
{
	if (m->flags & MSG_PEEK)
		return scm_copy(&m->scm, &um->scm);
	spin_lock(&unix_lock);
	unix_flight_del(&um->scm);
	m->scm = um->scm;
	memset(&um->scm, 0, sizeof(um->scm));
	spin_unlock(&unix_lock);
	return 0;
}

/* One whole message; what does not fit is lost (MSG_TRUNC). */
static ssize_t recv_packet(struct socket *s, struct msg *m)
{
	struct unix_sock *u = s->sk;
	bool want_len = m->flags & MSG_TRUNC;
	struct unix_msg *um;
	size_t n;
	int ret = wait_message(s, m);

	m->flags &= ~(u32)MSG_TRUNC;
	if (ret <= 0)
		return ret;
	um = queue_head(u);
	n = min(um->len, m->it.count);
	if (copy_to_iter(um->data, n, &m->it) != n)
		return -EFAULT;
	if (n < um->len)
		m->flags |= MSG_TRUNC;
	if (want_len)
		n = um->len;
	take_name(m, um);
	ret = take_scm(m, um);
	if (ret)
		return ret;
	if (!(m->flags & MSG_PEEK))
		queue_pop(u, um);
	return (ssize_t)n;
}

/* May bytes of @um follow those of a message with @scm in one read? */
static bool same_origin(struct socket *s, const struct scm *scm,
			const struct unix_msg *um)
{
	if (scm->nr_files || um->scm.nr_files)
		return false;
	return !s->passcred ||
	       (scm->pid == um->scm.pid && scm->uid == um->scm.uid);
}

static ssize_t recv_stream(struct socket *s, struct msg *m)
{
	struct unix_sock *u = s->sk;
	struct unix_msg *um;
	ssize_t done = 0;
	int ret = 1;

	while (m->it.count) {
		size_t n, copied;

		um = queue_head(u);
		if (!um) {
			if (done && !(m->flags & MSG_WAITALL))
				break;
			ret = wait_message(s, m);
			if (ret <= 0)
				break;
			um = queue_head(u);
		}
		if (done && !same_origin(s, &m->scm, um))
			break;
		n = min(um->len - um->off, m->it.count);
		copied = copy_to_iter(um->data + um->off, n, &m->it);
		if (!copied)
			return done ? done : -EFAULT;
		if (!done) {
			ret = take_scm(m, um);
			if (ret)
				return ret;
		}
		done += (ssize_t)copied;
		if (m->flags & MSG_PEEK)
			break;
		queue_consume(u, um, copied);
	}
	return done ? done : ret < 0 ? ret : 0;
}

ssize_t unix_recvmsg(struct socket *s, struct msg *m)
{
	struct unix_sock *u = s->sk;
	ssize_t ret;

	if (u->listening)
		return -EINVAL;
	mutex_lock(&u->recv_mutex);
	if (u->type == SOCK_STREAM)
		ret = recv_stream(s, m);
	else
		ret = recv_packet(s, m);
	mutex_unlock(&u->recv_mutex);
	if (ret >= 0 && !(m->flags & MSG_PEEK))
		wake_up_poll(&u->wait, EPOLLOUT | EPOLLWRNORM);
	if (ret >= 0)
		wake_up_all(&u->wait);
	return ret;
}
