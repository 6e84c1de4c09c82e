// SPDX-License-Identifier: MIT
/*
 * Files in flight, and the end of those that nobody can receive any more.
 *
 * A file is in flight while a message in a queue holds it; file.in_flight counts
 * those references. A socket can be sent to itself, or two into each other's
 * queues; when their descriptors are closed, they hold each other for ever.
 * unix_gc() finds them. It runs when it can have come to that: a socket is
 * released, a reference to a socket in flight goes (file_ops.lost), or a socket
 * comes into flight whose last other reference went at that moment.
 *
 * A socket in flight is a candidate if no reference to it is outside queues. Take
 * from each candidate's count what the queues of candidates hold: if some
 * is left, it can be received from outside, and so can what is in its queue.
 * The other candidates are garbage: their queues are emptied.
 *
 * It is one pass under unix_lock, and that is right although others run: a
 * message enters and leaves a queue, and MSG_PEEK copies one, under unix_lock. So
 * a candidate stays one: no new reference can come but from one that is
 * outside of the queues, and it has none. Who is no candidate now and becomes one
 * does so by a put, after which unix_gc() runs again.
 *
 * Freeing. A message's file may be a socket whose queue has messages with
 * sockets, and so on: to a depth that the user chooses. So messages with
 * files are not freed where they fall, but by a loop, the outermost one of
 * the task; free_mutex also makes others wait until theirs are gone, so that
 * close(2) returns when all is freed.
 */
#include "kernel/mm/slab.h"
#include "kernel/net/unix.h"
#include "kernel/ns/ucount.h"
#include "kernel/task/mutex.h"

static struct list flights = LIST_INIT(flights); /* of unix_sock; unix_lock */
static struct list dead = LIST_INIT(dead);	  /* of unix_msg; unix_lock */
static DEFINE_MUTEX(free_mutex);

struct unix_sock *unix_of_file(const struct file *f)
{
	struct socket *s = socket_of(f);

	return s && s->family == AF_UNIX ? s->sk : NULL;
}

/* ---- in flight ------------------------------------------------------------- */

bool unix_flight_add(const struct scm *scm)
{
	bool lost = false;

	if (scm->sender)
		atomic_add(&scm->sender->in_flight, scm->nr_files);
	for (u32 i = 0; i < scm->nr_files; i++) {
		struct file *f = scm->files[i];
		struct unix_sock *u = unix_of_file(f);

		if (atomic_add(&f->in_flight, 1) == 1 && u) {
			u->file = f;
			list_add_tail(&u->flight_link, &flights);
			atomic_add(&files_sent, 1);
		}
		lost |= u && refcount_read(&f->refs) == f->in_flight;
	}
	return lost;
}

void unix_flight_del(const struct scm *scm)
{
	if (scm->sender)
		atomic_sub(&scm->sender->in_flight, scm->nr_files);
	for (u32 i = 0; i < scm->nr_files; i++) {
		struct file *f = scm->files[i];
		struct unix_sock *u = unix_of_file(f);

		if (atomic_sub(&f->in_flight, 1) == 0 && u) {
			u->file = NULL;
			list_del(&u->flight_link);
		}
	}
}

/* ---- freeing ------------------------------------------------------------------- */

void unix_msg_free(struct unix_msg *m)
{
	scm_free(&m->scm);
	unix_addr_put(m->from);
	kfree(m);
}

static struct unix_msg *dead_pop(void)
{
	struct unix_msg *m = NULL;

	spin_lock(&unix_lock);
	if (!list_empty(&dead)) {
		m = list_first(&dead, struct unix_msg, link);
		list_del(&m->link);
	}
	spin_unlock(&unix_lock);
	return m;
}

/* Those with files go the long way, see above; the list is empty then. */
void unix_messages_free(struct list *messages)
{
	struct unix_msg *m, *tmp;

	list_for_each_entry_safe (m, tmp, messages, link) {
		if (m->scm.nr_files)
			continue;
		list_del(&m->link);
		unix_msg_free(m);
	}
	if (list_empty(messages))
		return;
	spin_lock(&unix_lock);
	list_splice_tail(messages, &dead);
	spin_unlock(&unix_lock);
	if (mutex_held(&free_mutex))
		return; /* the loop is further up on this stack */
	mutex_lock(&free_mutex);
	while ((m = dead_pop()))
		unix_msg_free(m);
	mutex_unlock(&free_mutex);
}

/* ---- collecting ---------------------------------------------------------------- */

typedef void (*sent_fn)(struct unix_sock *sent, struct list *arg);

static void queue_for_each_sent(const struct unix_sock *u, sent_fn fn,
				struct list *arg)
{
	struct unix_msg *m;

	list_for_each_entry (m, &u->queue, link) {
		for (u32 i = 0; i < m->scm.nr_files; i++) {
			struct unix_sock *v = unix_of_file(m->scm.files[i]);

			if (v && v->gc_candidate)
				fn(v, arg);
		}
	}
}

/* Call @fn for each candidate that whoever has @u can receive: also from
 * connections that wait to be accepted. */
static void for_each_sent(const struct unix_sock *u, sent_fn fn,
			  struct list *arg)
{
	struct unix_sock *child;

	queue_for_each_sent(u, fn, arg);
	list_for_each_entry (child, &u->backlog, backlog_link)
		queue_for_each_sent(child, fn, arg);
}

static void is_held_inside(struct unix_sock *v, struct list *unused)
{
	(void)unused;
	assert(v->gc_refs);
	v->gc_refs--;
}

static void is_reached(struct unix_sock *v, struct list *reached)
{
	v->gc_candidate = false;
	list_move_tail(&v->flight_link, reached);
}

static void find_candidates(void)
{
	struct unix_sock *u;

	list_for_each_entry (u, &flights, flight_link) {
		u->gc_refs = READ_ONCE(u->file->in_flight);
		u->gc_candidate = refcount_read(&u->file->refs) == u->gc_refs;
	}
	list_for_each_entry (u, &flights, flight_link)
		if (u->gc_candidate)
			for_each_sent(u, is_held_inside, NULL);
}

/* Whatever is still a candidate afterwards is garbage. */
static void spare_reached(void)
{
	struct list reached = LIST_INIT(reached);
	struct unix_sock *u, *tmp;

	list_for_each_entry_safe (u, tmp, &flights, flight_link)
		if (!u->gc_candidate || u->gc_refs)
			is_reached(u, &reached);
	/* the list grows at its end while it is walked */
	list_for_each_entry (u, &reached, flight_link)
		for_each_sent(u, is_reached, &reached);
	list_splice_tail(&reached, &flights);
}

static void take_files(struct unix_sock *u, struct list *garbage)
{
	struct unix_msg *m, *tmp;

	list_for_each_entry_safe (m, tmp, &u->queue, link) {
		if (!m->scm.nr_files)
			continue;
		list_move_tail(&m->link, garbage);
		u->nr_queued--;
		u->queued -= m->len - m->off;
	}
}

static void take_garbage(struct list *garbage)
{
	struct unix_sock *u, *child;
	struct unix_msg *m;

	list_for_each_entry (u, &flights, flight_link) {
		if (!u->gc_candidate)
			continue;
		take_files(u, garbage);
		list_for_each_entry (child, &u->backlog, backlog_link)
			take_files(child, garbage);
	}
	list_for_each_entry (m, garbage, link)
		unix_flight_del(&m->scm);
}

/**
 * unix_gc - free the sockets that only queues of each other hold
 *
 * Context: may sleep; no spinlock held. Cannot fail, allocates nothing.
 */
void unix_gc(void)
{
	struct list garbage = LIST_INIT(garbage);

	if (list_empty(&flights))
		return;
	spin_lock(&unix_lock);
	find_candidates();
	spare_reached();
	take_garbage(&garbage);
	spin_unlock(&unix_lock);
	if (!list_empty(&garbage))
		unix_messages_free(&garbage);
}
