// SPDX-License-Identifier: MIT
/*
 * A pipe as splice(2), tee(2) and vmsplice(2) see it (kernel/sys/splice.c): bytes
 * are looked at, and taken away when they have been written elsewhere; there is
 * room, and then it is filled. See pipe.h; pipe.c for what a claim is.
 */
#include <linux/eventpoll.h>

#include "fs/pipe_impl.h"
#include "kernel/lib/string.h"
#include "kernel/task/signal.h"

bool pipe_same(const struct file *a, const struct file *b)
{
	return file_is_pipe(a) && file_is_pipe(b) && a->private == b->private;
}

/* Copy the first @n bytes, which are there. */
static void copy_first(struct pipe *p, char *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		u64 at = p->tail + done;
		size_t off = at & (PAGE_SIZE - 1);
		size_t piece = min(PAGE_SIZE - off, n - done);

		memcpy(buf + done, *pipe_slot(p, at) + off, piece);
		done += piece;
	}
}

static ssize_t pipe_look(struct pipe *p, void *buf, size_t n, bool nonblock,
			 bool claim)
{
	ssize_t ret;

	mutex_lock(&p->lock);
	ret = pipe_wait_readable(p, nonblock);
	if (ret > 0) {
		ret = (ssize_t)min(n, pipe_used(p));
		copy_first(p, buf, (size_t)ret);
		p->claimed = claim;
	}
	mutex_unlock(&p->lock);
	return ret;
}

ssize_t pipe_peek(struct file *f, void *buf, size_t n, bool nonblock)
{
	return pipe_look(f->private, buf, n, nonblock, false);
}

ssize_t pipe_claim(struct file *f, void *buf, size_t n, bool nonblock)
{
	return pipe_look(f->private, buf, n, nonblock, true);
}

void pipe_consume(struct file *f, size_t n)
{
	struct pipe *p = f->private;

	mutex_lock(&p->lock);
	assert(p->claimed && n <= pipe_used(p));
	p->claimed = false;
	pipe_drop(p, n);
	mutex_unlock(&p->lock);
	wake_up_all(&p->rd_wait);
	wake_up_poll(&p->wr_wait, EPOLLOUT | EPOLLWRNORM);
}

ssize_t pipe_fill(struct file *f, const void *buf, size_t n)
{
	struct pipe *p = f->private;
	struct iter it;
	ssize_t done = -EPIPE;
	int err = 0;

	iter_kernel(&it, (void *)buf, n);
	mutex_lock(&p->lock);
	if (p->readers)
		done = (ssize_t)pipe_put_bytes(p, &it, &err);
	mutex_unlock(&p->lock);
	if (done > 0)
		wake_up_poll(&p->rd_wait, EPOLLIN | EPOLLRDNORM);
	if (done == -EPIPE)
		signal_send(current, SIGPIPE, NULL, false);
	return done ? done : err;
}

ssize_t pipe_wait_room(struct file *f, bool nonblock)
{
	struct pipe *p = f->private;
	ssize_t room = 0;

	mutex_lock(&p->lock);
	while (!room) {
		if (!p->readers)
			room = -EPIPE;
		else if (pipe_room(p))
			room = (ssize_t)pipe_room(p);
		else if (nonblock)
			room = -EAGAIN;
		if (room)
			break;
		mutex_unlock(&p->lock);
		room = wait_event_interruptible(&p->wr_wait,
						!READ_ONCE(p->readers) ||
							pipe_room(p));
		mutex_lock(&p->lock);
	}
	mutex_unlock(&p->lock);
	if (room == -EPIPE)
		signal_send(current, SIGPIPE, NULL, false);
	return room;
}
