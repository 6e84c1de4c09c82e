// SPDX-License-Identifier: MIT
/*
 * Pipes and FIFOs (pipe(7)): a ring of bytes between writers and readers. This
 * file is the ring, and what an open file of it can do; pipe_open.c is how one is
 * opened, pipe_splice.c what splice(2) does with it.
 *
 * The ring is .nr_slots pages; head and tail count bytes ever written and
 * read, so head - tail is what is in it, and page (pos / PAGE_SIZE) % nr_slots
 * holds byte pos. Pages come when they are written and go when they have been
 * read, but for one that is kept, and the one in use when the ring runs empty. A
 * write of at most PIPE_BUF bytes is never mixed with others: it waits until all
 * of it fits.
 *
 * splice(2) writes what it reads without the lock. Until it says how much of that
 * it has written, the pipe is claimed: other readers wait.
 *
 * Locks: pipe.lock protects everything; user memory is copied with it held.
 * inode->pipe is under inode->lock, which is taken first. Who sleeps on one of the
 * queues, and who wakes somebody there, has a file of the pipe open, or the lock:
 * so neither has to see to it that the other is done with the queue
 * (wait_event_kept()).
 */
#include <linux/limits.h>
#include <asm/ioctls.h>
#include <linux/eventpoll.h>

#include "fs/pipe_impl.h"
#include "kernel/mm/slab.h"
#include "kernel/task/signal.h"

static struct slab *pipe_slab;

void pipe_module_init(void)
{
	pipe_slab = slab_create("pipe", sizeof(struct pipe), 8);
}

struct pipe *pipe_new(void)
{
	struct pipe *p = slab_zalloc(pipe_slab);

	if (!p)
		return NULL;
	p->slot = kzalloc(PIPE_SLOTS * sizeof(*p->slot));
	if (!p->slot) {
		slab_free(pipe_slab, p);
		return NULL;
	}
	p->nr_slots = PIPE_SLOTS;
	mutex_init(&p->lock, "pipe");
	waitq_init(&p->rd_wait);
	waitq_init(&p->wr_wait);
	return p;
}

static void slot_put(char *at)
{
	if (at)
		page_put(virt_to_page(at));
}

void pipe_free(struct pipe *p)
{
	for (u32 i = 0; i < p->nr_slots; i++)
		slot_put(p->slot[i]);
	slot_put(p->spare);
	kfree(p->slot);
	slab_free(pipe_slab, p);
}

/* ---- out --------------------------------------------------------------------- */

/* All of the page that held byte @pos has been read. */
static __noinline void page_done(struct pipe *p, u64 pos)
{
	char **slot = pipe_slot(p, pos);

	if (!p->spare)
		p->spare = *slot;
	else
		slot_put(*slot);
	*slot = NULL;
}

/* @n bytes have been read, all of one page. */
static void piece_done(struct pipe *p, size_t n)
{
	u64 tail = p->tail + n;

	p->tail = tail;
	if (unlikely(!(tail & (PAGE_SIZE - 1))))
		page_done(p, tail - 1);
	if (tail == p->head) /* empty: the page from its beginning again */
		p->tail = p->head = ALIGN_DOWN(tail, PAGE_SIZE);
}

void pipe_drop(struct pipe *p, size_t n)
{
	while (n) {
		size_t left = PAGE_SIZE - (p->tail & (PAGE_SIZE - 1));
		size_t piece = min(left, n);

		piece_done(p, piece);
		n -= piece;
	}
}

/* Move up to iter.count bytes out; how many; -EFAULT: none, for a bad buffer. */
static ssize_t pipe_take(struct pipe *p, struct iter *it)
{
	size_t done = 0;

	do {
		size_t off = p->tail & (PAGE_SIZE - 1);
		size_t n = min(it->count, pipe_used(p)), copied;

		n = min(n, PAGE_SIZE - off);
		copied = copy_to_iter(*pipe_slot(p, p->tail) + off, n, it);
		if (copied)
			piece_done(p, copied);
		done += copied;
		if (unlikely(copied < n))
			return done ? (ssize_t)done : -EFAULT;
	} while (it->count && pipe_used(p));
	return (ssize_t)done;
}

/* Until the pipe has perhaps become ready, without the lock; the caller asks again
 * with it. 0, -ERESTARTSYS. */
static __noinline int sleep_once(struct pipe *p)
{
	struct waiter w;
	int err = 0;

	waiter_init(&w);
	wait_prepare(&p->rd_wait, &w, TASK_INTERRUPTIBLE);
	if (!pipe_ready(p)) {
		err = wait_interrupted(TASK_INTERRUPTIBLE);
		if (!err)
			schedule();
	}
	wait_finish_kept(&p->rd_wait, &w);
	return err;
}

int pipe_wait_readable(struct pipe *p, bool nonblock)
{
	int err;

	while (p->claimed || !pipe_used(p)) {
		if (!p->claimed && !p->writers)
			return 0;
		if (!p->claimed && nonblock)
			return -EAGAIN;
		mutex_unlock(&p->lock);
		err = sleep_once(p);
		mutex_lock(&p->lock);
		if (err)
			return err;
	}
	return 1;
}

/* Who can wait and will have to does not take the lock only to see that. */
static ssize_t pipe_read(struct file *f, struct iter *it,
			 loff_t *pos __maybe_unused)
{
	struct pipe *p = f->private;
	bool nonblock = f->flags & O_NONBLOCK;
	ssize_t done;

	if (!it->count)
		return 0;
	if (!nonblock && !pipe_ready(p)) {
		int err = sleep_once(p);

		if (err)
			return err;
	}
	mutex_lock(&p->lock);
	if (unlikely(p->claimed || !pipe_used(p)))
		done = pipe_wait_readable(p, nonblock);
	else
		done = 1;
	if (done > 0)
		done = pipe_take(p, it);
	mutex_unlock(&p->lock);
	if (done > 0 && waitq_active(&p->wr_wait))
		wake_up_active(&p->wr_wait, EPOLLOUT | EPOLLWRNORM);
	return done;
}

/* ---- in ---------------------------------------------------------------------- */

/* The page for byte @pos, which is not there. NULL: no memory. */
static __noinline char *page_make(struct pipe *p, u64 pos)
{
	char *at = p->spare;

	if (!at) {
		struct page *page = page_alloc(0);

		if (!page)
			return NULL;
		at = page_address(page);
	}
	p->spare = NULL;
	*pipe_slot(p, pos) = at;
	return at;
}

size_t pipe_put_bytes(struct pipe *p, struct iter *it, int *err)
{
	size_t done = 0;

	while (it->count && pipe_room(p)) {
		size_t off = p->head & (PAGE_SIZE - 1);
		size_t n = min(PAGE_SIZE - off, it->count);
		char *to = *pipe_slot(p, p->head);
		size_t copied;

		if (!to)
			to = page_make(p, p->head);
		if (!to) {
			*err = -ENOMEM;
			break;
		}
		copied = copy_from_iter(to + off, n, it);
		p->head += copied;
		done += copied;
		if (unlikely(copied < n)) {
			*err = -EFAULT;
			break;
		}
	}
	return done;
}

/* Enough room to go on? All of a small write, one byte of a big one. */
static bool pipe_may_write(const struct pipe *p, size_t left, bool atomic)
{
	return pipe_room(p) >= (atomic ? left : 1);
}

/* Until there is, with the lock held but while it waits. 0, -EPIPE, -EAGAIN,
 * -ERESTARTSYS. */
static __noinline int wait_writable(struct pipe *p, size_t left, bool atomic,
				    bool nonblock)
{
	int err = 0;

	while (!err && p->readers && !pipe_may_write(p, left, atomic)) {
		if (nonblock)
			return -EAGAIN;
		mutex_unlock(&p->lock);
		err = wait_event_kept(&p->wr_wait,
				      !READ_ONCE(p->readers) ||
					      pipe_may_write(p, left, atomic));
		mutex_lock(&p->lock);
	}
	return err ? err : p->readers ? 0 : -EPIPE;
}

static void readers_wake(struct pipe *p)
{
	if (waitq_active(&p->rd_wait))
		wake_up_active(&p->rd_wait, EPOLLIN | EPOLLRDNORM);
}

static ssize_t pipe_write(struct file *f, struct iter *it,
			  loff_t *pos __maybe_unused)
{
	struct pipe *p = f->private;
	bool atomic = it->count <= PIPE_BUF;
	ssize_t done = 0;
	int err = 0;

	if (!it->count)
		return 0;
	mutex_lock(&p->lock);
	for (;;) {
		if (!p->readers || !pipe_may_write(p, it->count, atomic))
			err = wait_writable(p, it->count, atomic,
					    f->flags & O_NONBLOCK);
		if (!err)
			done += (ssize_t)pipe_put_bytes(p, it, &err);
		if (err || !it->count)
			break;
		readers_wake(p);
	}
	mutex_unlock(&p->lock);
	if (done)
		readers_wake(p);
	if (unlikely(err == -EPIPE) && !done)
		signal_send(current, SIGPIPE, NULL, false);
	return done ? done : err;
}

/* ---- the file ----------------------------------------------------------------- */

static u32 pipe_poll(struct file *f, struct poll_table *pt)
{
	struct pipe *p = f->private;
	u32 mask = 0;

	if (f->mode & FMODE_READ) {
		poll_wait(f, &p->rd_wait, pt);
		if (pipe_used(p))
			mask |= EPOLLIN | EPOLLRDNORM;
		if (!p->writers && p->wr_opens)
			mask |= EPOLLHUP;
	}
	if (f->mode & FMODE_WRITE) {
		poll_wait(f, &p->wr_wait, pt);
		if (pipe_may_write(p, PIPE_BUF, true))
			mask |= EPOLLOUT | EPOLLWRNORM;
		if (!p->readers)
			mask |= EPOLLERR;
	}
	return mask;
}

static long pipe_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	struct pipe *p = f->private;

	if (cmd != FIONREAD)
		return -ENOTTY;
	return put_user(pipe_used(p), (int __user *)arg);
}

/* With inode->lock, as in fifo_pipe_locked(): who opens a FIFO must not wait for
 * the lock of a pipe that its last end frees. */
void pipe_release(struct file *f)
{
	struct inode *inode = f->inode;
	struct pipe *p = f->private;
	bool last;

	mutex_lock(&inode->lock);
	mutex_lock(&p->lock);
	if (f->mode & FMODE_READ)
		p->readers--;
	if (f->mode & FMODE_WRITE)
		p->writers--;
	last = --p->files == 0;
	if (last) {
		inode->pipe = NULL;
	} else { /* with the lock: whoever is last frees the pipe */
		wake_up_poll(&p->rd_wait, EPOLLIN | EPOLLHUP);
		wake_up_poll(&p->wr_wait, EPOLLOUT | EPOLLERR);
		wake_up_all(&p->rd_wait);
		wake_up_all(&p->wr_wait);
	}
	mutex_unlock(&p->lock);
	mutex_unlock(&inode->lock);
	if (last)
		pipe_free(p);
}

void pipe_attach(struct pipe *p, struct file *f)
{
	f->private = p;
	f->op = &pipe_fops;
	f->mode &= ~(FMODE_LSEEK | FMODE_PREAD);
	f->mode |= FMODE_CAN_POLL | FMODE_STREAM;
	p->files++;
	if (f->mode & FMODE_READ) {
		p->readers++;
		p->rd_opens++;
	}
	if (f->mode & FMODE_WRITE) {
		p->writers++;
		p->wr_opens++;
	}
}

bool file_is_pipe(const struct file *f)
{
	return f->op == &pipe_fops;
}

const struct file_ops pipe_fops = {
	FILE_OPS_DEFAULTS,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};
