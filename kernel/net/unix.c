// SPDX-License-Identifier: MIT
/*
 * AF_UNIX sockets (unix(7)): stream, datagram and sequenced packets.
 *
 * A unix_sock has a queue of messages that others sent to it. Two connected
 * sockets point at each other and each counts the other; a listening one
 * has a backlog of sockets that connect(2) made and accept(2) will take.
 *
 * unix_lock (a spinlock, one for the family) protects states, peers, names,
 * backlogs and queue links. Bytes are copied from and to user space
 * outside of it: a message is filled before it is queued, and a reader
 * holds recv_mutex while it works on the head of its queue.
 * Nothing is freed under unix_lock.
 *
 * A socket belongs to a network for two things: its abstract name is looked up
 * in that network alone, and /proc/net/unix of that network lists it.
 */
#include <linux/eventpoll.h>
#include <linux/un.h>

#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/net/unix.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

DEFINE_SPINLOCK(unix_lock);
static struct slab *unix_slab;

void unix_put(struct unix_sock *u)
{
	if (!u || !refcount_dec_and_test(&u->refs))
		return;
	unix_addr_put(u->addr);
	pid_put(u->peer_pid);
	net_put(u->net);
	slab_free(unix_slab, u);
}

static struct unix_sock *unix_new(int type, struct net *net)
{
	struct unix_sock *u = slab_zalloc(unix_slab);

	if (!u)
		return NULL;
	refcount_set(&u->refs, 1);
	u->type = type;
	u->net = net_get(net);
	list_init(&u->queue);
	list_init(&u->backlog);
	list_init(&u->backlog_link);
	list_init(&u->flight_link);
	mutex_init(&u->recv_mutex, "unix recv");
	waitq_init(&u->wait);
	spin_lock(&unix_lock);
	list_add_tail(&u->link, &net->unix_socks);
	spin_unlock(&unix_lock);
	return u;
}

/* @s gets its sk. */
static void unix_attach(struct socket *s, struct unix_sock *u)
{
	s->sk = u;
	s->net = u->net;
	spin_lock(&unix_lock);
	u->socket = s;
	spin_unlock(&unix_lock);
}

static void unix_note_creds(struct unix_sock *u)
{
	pid_put(u->peer_pid);
	u->peer_pid = pid_get(current->signal->pids[PIDTYPE_TGID]);
	u->peer_uid = current->cred->euid;
	u->peer_gid = current->cred->egid;
}

/* ---- release ------------------------------------------------------------- */

/*
 * The socket's file is gone (or: it was never accepted). Its peer sees the end,
 * what waits to be accepted is refused.
 */
static void unix_close(struct unix_sock *u)
{
	struct list messages = LIST_INIT(messages), backlog = LIST_INIT(backlog);
	struct unix_sock *peer, *child, *tmp;
	struct unix_msg *m;

	spin_lock(&unix_lock);
	u->dead = true;
	u->socket = NULL;
	list_del(&u->link);
	unix_name_drop(u);
	list_for_each_entry (m, &u->queue, link)
		unix_flight_del(&m->scm);
	list_splice_tail(&u->queue, &messages);
	list_splice_tail(&u->backlog, &backlog);
	peer = u->peer;
	u->peer = NULL;
	if (peer && peer->peer == u && u->type != SOCK_DGRAM) {
		peer->shutdown = UNIX_SHUT_RD | UNIX_SHUT_WR;
		peer->reset = !list_empty(&messages);
	}
	spin_unlock(&unix_lock);
	unix_messages_free(&messages);
	list_for_each_entry_safe (child, tmp, &backlog, backlog_link) {
		list_del(&child->backlog_link);
		unix_close(child);
		unix_put(child);
	}
	wake_up_all(&u->wait);
	if (peer)
		wake_up_poll(&peer->wait, EPOLLIN | EPOLLHUP | EPOLLRDHUP);
	if (peer)
		wake_up_all(&peer->wait);
	unix_put(peer);
}

static void unix_release(struct socket *s)
{
	unix_close(s->sk);
	unix_put(s->sk);
	unix_gc();
}

/* ---- connections -------------------------------------------------------------- */

static int unix_listen(struct socket *s, int backlog)
{
	struct unix_sock *u = s->sk;
	int err = 0;

	if (u->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	spin_lock(&unix_lock);
	if (!u->addr || u->peer)
		err = -EINVAL;
	else {
		u->listening = true;
		u->backlog_max = backlog < 0 ? 4096 : min((u32)backlog, 4096u);
	}
	spin_unlock(&unix_lock);
	if (!err)
		unix_note_creds(u);
	return err;
}

static void unix_join(struct unix_sock *a, struct unix_sock *b)
{
	a->peer = unix_get(b);
	b->peer = unix_get(a);
}

/* Hang @child, connected to @u, on @to's backlog. -EAGAIN: it is full. */
static int unix_queue_connect(struct unix_sock *u, struct unix_sock *to,
			      struct unix_sock *child)
{
	int err = 0;

	spin_lock(&unix_lock);
	if (u->peer)
		err = -EISCONN;
	else if (u->listening)
		err = -EINVAL;
	else if (to->dead || !to->listening || to->type != u->type)
		err = to->type != u->type ? -EPROTOTYPE : -ECONNREFUSED;
	else if (to->backlog_len > to->backlog_max)
		err = -EAGAIN;
	if (!err) {
		unix_join(u, child);
		child->addr = to->addr;
		refcount_inc(&to->addr->refs);
		list_add_tail(&child->backlog_link, &to->backlog);
		to->backlog_len++;
	}
	spin_unlock(&unix_lock);
	return err;
}

/* The credentials that SO_PEERCRED shows on either side. */
static void unix_exchange_creds(struct unix_sock *u, struct unix_sock *to,
				struct unix_sock *child)
{
	unix_note_creds(child);
	pid_put(u->peer_pid);
	u->peer_pid = to->peer_pid ? pid_get(to->peer_pid) : NULL;
	u->peer_uid = to->peer_uid;
	u->peer_gid = to->peer_gid;
}

static int unix_connect_stream(struct unix_sock *u, struct unix_sock *to,
			       bool nonblock)
{
	struct unix_sock *child = unix_new(u->type, u->net);
	int err;

	if (!child)
		return -ENOMEM;
	for (;;) {
		err = unix_queue_connect(u, to, child);
		if (err != -EAGAIN || nonblock)
			break;
		err = wait_event_interruptible(
			&to->wait,
			READ_ONCE(to->backlog_len) <= to->backlog_max ||
				to->dead || !to->listening);
		if (err)
			break;
	}
	if (err) {
		unix_close(child);
		unix_put(child);
		return err;
	}
	unix_exchange_creds(u, to, child);
	wake_up_poll(&to->wait, EPOLLIN);
	return 0;
}

bool unix_may_send(const struct unix_sock *u, const struct unix_sock *to)
{
	return !to->peer || to->peer == u;
}

/* Datagram: only remember where to send; AF_UNSPEC forgets it. */
static int unix_connect_dgram(struct unix_sock *u, struct unix_sock *to)
{
	struct unix_sock *old = NULL;
	int err = 0;

	if (to && to->type != u->type)
		return -EPROTOTYPE;
	spin_lock(&unix_lock);
	if (to && !unix_may_send(u, to)) {
		err = -EPERM;
	} else {
		old = u->peer;
		u->peer = to ? unix_get(to) : NULL;
	}
	spin_unlock(&unix_lock);
	unix_put(old);
	return err;
}

static int unix_connect(struct socket *s, const struct msg *m, bool nonblock)
{
	struct unix_sock *u = s->sk, *to;
	int err;

	if (m->name_len >= sizeof(u16) && u->type == SOCK_DGRAM &&
	    m->name.ss_family == 0)
		return unix_connect_dgram(u, NULL);
	to = unix_find(u, m);
	if (IS_ERR(to))
		return (int)PTR_ERR(to);
	if (u->type == SOCK_DGRAM)
		err = unix_connect_dgram(u, to);
	else
		err = unix_connect_stream(u, to, nonblock);
	unix_put(to);
	return err;
}

static struct unix_sock *backlog_pop(struct unix_sock *u)
{
	struct unix_sock *child = NULL;

	spin_lock(&unix_lock);
	if (!list_empty(&u->backlog)) {
		child = list_first(&u->backlog, struct unix_sock, backlog_link);
		list_del(&child->backlog_link);
		u->backlog_len--;
	}
	spin_unlock(&unix_lock);
	return child;
}

static const struct socket_ops unix_socket_ops;

static int unix_accept(struct socket *s, struct socket *new, bool nonblock)
{
	struct unix_sock *u = s->sk, *child;
	int err;

	if (u->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	if (!u->listening)
		return -EINVAL;
	while (!(child = backlog_pop(u))) {
		if (u->shutdown & UNIX_SHUT_RD)
			return -EINVAL;
		if (nonblock)
			return -EAGAIN;
		err = wait_event_interruptible(
			&u->wait, READ_ONCE(u->backlog_len) ||
					  (u->shutdown & UNIX_SHUT_RD));
		if (err)
			return err;
	}
	wake_up_all(&u->wait); /* who waits for room in the backlog */
	unix_attach(new, child);
	new->op = &unix_socket_ops;
	return 0;
}

static int unix_shutdown(struct socket *s, int how)
{
	static const u8 bits[] = { UNIX_SHUT_RD, UNIX_SHUT_WR,
				   UNIX_SHUT_RD | UNIX_SHUT_WR };
	struct unix_sock *u = s->sk, *peer;
	u8 mine = bits[how];
	u8 other = (u8)((mine & UNIX_SHUT_RD ? UNIX_SHUT_WR : 0) |
			(mine & UNIX_SHUT_WR ? UNIX_SHUT_RD : 0));

	spin_lock(&unix_lock);
	peer = u->peer ? unix_get(u->peer) : NULL;
	if (!peer && !u->listening && u->type != SOCK_DGRAM) {
		spin_unlock(&unix_lock);
		return -ENOTCONN;
	}
	u->shutdown |= mine;
	if (peer && u->type != SOCK_DGRAM)
		peer->shutdown |= other;
	spin_unlock(&unix_lock);
	wake_up_all(&u->wait);
	if (peer) {
		wake_up_poll(&peer->wait, EPOLLIN | EPOLLRDHUP);
		wake_up_all(&peer->wait);
	}
	unix_put(peer);
	return 0;
}

static int unix_peercred(struct socket *s, struct ucred *uc)
{
	struct unix_sock *u = s->sk;

	uc->pid = u->peer_pid ? (u32)pid_nr(u->peer_pid,
					    task_active_pid_ns(current)) :
				0;
	uc->uid = u->peer_pid ?
			  from_kuid_munged(current_user_ns(), u->peer_uid) :
			  (uid_t)-1;
	uc->gid = u->peer_pid ?
			  from_kgid_munged(current_user_ns(), u->peer_gid) :
			  (gid_t)-1;
	return 0;
}

static bool unix_listening(struct socket *s)
{
	return ((struct unix_sock *)s->sk)->listening;
}

static size_t unix_readable(struct socket *s)
{
	struct unix_sock *u = s->sk;
	size_t n = 0;

	spin_lock(&unix_lock);
	if (u->type == SOCK_STREAM)
		n = u->queued;
	else if (!list_empty(&u->queue))
		n = list_first(&u->queue, struct unix_msg, link)->len;
	spin_unlock(&unix_lock);
	return n;
}

static u32 unix_poll(struct socket *s, struct file *f, struct poll_table *pt)
{
	struct unix_sock *u = s->sk;
	u32 mask = 0;

	poll_wait(f, &u->wait, pt);
	spin_lock(&unix_lock);
	if (!list_empty(&u->queue) || !list_empty(&u->backlog))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (u->shutdown & UNIX_SHUT_RD)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (u->reset)
		mask |= EPOLLERR;
	if (u->shutdown == (UNIX_SHUT_RD | UNIX_SHUT_WR) ||
	    (u->type != SOCK_DGRAM && !u->peer && !u->listening))
		mask |= EPOLLHUP;
	if (!u->listening && (!u->peer || unix_has_room(u->peer, s->sndbuf)))
		mask |= EPOLLOUT | EPOLLWRNORM;
	spin_unlock(&unix_lock);
	return mask;
}

/* The peer closed with something unread: said once, here or to a reader. */
static int unix_error(struct socket *s)
{
	struct unix_sock *u = s->sk;

	return atomic_xchg(&u->reset, false) ? -ECONNRESET : 0;
}

static const struct socket_ops unix_socket_ops = {
	.bind = unix_bind,
	.connect = unix_connect,
	.listen = unix_listen,
	.accept = unix_accept,
	.getname = unix_getname,
	.sendmsg = unix_sendmsg,
	.recvmsg = unix_recvmsg,
	.shutdown = unix_shutdown,
	.poll = unix_poll,
	.peercred = unix_peercred,
	.listening = unix_listening,
	.readable = unix_readable,
	.error = unix_error,
	.setsockopt = socket_no_setsockopt,
	.getsockopt = socket_no_getsockopt,
	.release = unix_release,
};

int unix_create(struct socket *s, struct net *net)
{
	struct unix_sock *u;

	if (s->protocol && s->protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	if (s->type == SOCK_RAW) /* unix(7): taken for a datagram socket */
		s->type = SOCK_DGRAM;
	if (s->type != SOCK_STREAM && s->type != SOCK_DGRAM &&
	    s->type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	u = unix_new(s->type, net);
	if (!u)
		return -ENOMEM;
	unix_attach(s, u);
	s->op = &unix_socket_ops;
	return 0;
}

int unix_pair(struct socket *a, struct socket *b, struct net *net)
{
	int err = unix_create(a, net);

	if (err)
		return err;
	err = unix_create(b, net);
	if (err) {
		unix_release(a);
		return err;
	}
	unix_join(a->sk, b->sk);
	unix_note_creds(a->sk);
	unix_note_creds(b->sk);
	return 0;
}

/* For unix_io.c. */
struct unix_sock *unix_peer_get(struct unix_sock *u, const struct msg *m)
{
	struct unix_sock *peer;

	if (m->name_len && u->type == SOCK_DGRAM)
		return unix_find(u, m);
	spin_lock(&unix_lock);
	peer = u->peer ? unix_get(u->peer) : NULL;
	spin_unlock(&unix_lock);
	return peer ? peer : ERR_PTR(-ENOTCONN);
}

void unix_module_init(void)
{
	unix_slab = slab_create("unix_sock", sizeof(struct unix_sock), 8);
}
