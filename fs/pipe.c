// SPDX-License-Identifier: MIT
/*
 * Pipes and FIFOs (pipe(7)): a ring of bytes between writers and readers.
 *
 * The ring is .nr_slots pages; head and tail count bytes ever written and
 * read, so head - tail is what is in it, and page (pos / PAGE_SIZE) % nr_slots
 * holds byte pos. Pages come when they are written and go when they have been
 * read, but for one that is kept, and the one in use when the ring runs empty. A write of at most PIPE_BUF bytes is never
 * mixed with others: it waits until all of it fits.
 *
 * splice(2) writes what it reads without the lock. Until it says how much of that
 * it has written, the pipe is claimed: other readers wait.
 *
 * pipe.lock protects everything; user memory is copied with it held. inode->pipe
 * is under inode->lock, which is taken first.
 */
#include <linux/limits.h>
#include <asm/ioctls.h>
#include <linux/eventpoll.h>

#include "fs/pipe.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define PIPE_SLOTS 16
#define PIPE_MAX_SLOTS 256 /* 1 MiB: Linux's pipe-max-size */

struct pipe {
	struct mutex lock;
	struct waitq rd_wait; /* readers; they sleep while it is empty */
	struct waitq wr_wait; /* writers; they sleep while it is full */
	u64 head, tail;	      /* bytes written and read, ever */
	u32 nr_slots;
	struct page **slot;
	struct page *spare;   /* one page kept back, or NULL */
	u32 readers, writers; /* open ends */
	u32 rd_opens, wr_opens; /* ever opened: FIFO opens wait on these */
	u32 files;	      /* open files; at 0 the pipe is freed */
	bool claimed;	      /* from pipe_claim() to pipe_consume() */
};

static struct slab *pipe_slab;

static struct pipe *pipe_new(void)
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

void pipe_free(struct pipe *p)
{
	for (u32 i = 0; i < p->nr_slots; i++)
		if (p->slot[i])
			page_put(p->slot[i]);
	if (p->spare)
		page_put(p->spare);
	kfree(p->slot);
	slab_free(pipe_slab, p);
}

static u64 pipe_used(const struct pipe *p)
{
	return p->head - p->tail;
}

static u64 pipe_room(const struct pipe *p)
{
	/* The page of tail is occupied whole until it has been read. */
	return p->nr_slots * PAGE_SIZE + ALIGN_DOWN(p->tail, PAGE_SIZE) -
	       p->head;
}

/* The page that holds byte @pos; made if it is not there. NULL: no memory. */
static struct page *pipe_page(struct pipe *p, u64 pos)
{
	struct page **slot = &p->slot[(pos >> PAGE_SHIFT) % p->nr_slots];

	if (!*slot) {
		*slot = p->spare ? p->spare : page_alloc(0);
		p->spare = NULL;
	}
	return *slot;
}

/* Everything before tail has been read: give up the page if it is done. */
static void pipe_page_done(struct pipe *p, u64 pos)
{
	struct page **slot = &p->slot[(pos >> PAGE_SHIFT) % p->nr_slots];

	if (!p->spare)
		p->spare = *slot;
	else
		page_put(*slot);
	*slot = NULL;
}

/* Move up to iter.count bytes out. Bytes moved; 0 and *fault at a bad buffer. */
static size_t pipe_take(struct pipe *p, struct iter *it, bool *fault)
{
	size_t done = 0;

	while (it->count && pipe_used(p)) {
		size_t off = p->tail & (PAGE_SIZE - 1);
		size_t n = min(PAGE_SIZE - off, (size_t)pipe_used(p));
		char *from = page_address(pipe_page(p, p->tail));
		size_t copied;

		n = min(n, it->count);
		copied = copy_to_iter(from + off, n, it);
		p->tail += copied;
		done += copied;
		if (copied && !(p->tail & (PAGE_SIZE - 1)))
			pipe_page_done(p, p->tail - 1);
		if (copied < n) {
			*fault = true;
			break;
		}
	}
	if (!pipe_used(p)) /* empty: the page from its beginning again */
		p->tail = p->head = ALIGN_DOWN(p->tail, PAGE_SIZE);
	return done;
}

static bool pipe_ready(const struct pipe *p)
{
	return !READ_ONCE(p->claimed) &&
	       (READ_ONCE(p->head) != READ_ONCE(p->tail) ||
		!READ_ONCE(p->writers));
}

/* Until there is something to read, with the lock held; 0: nothing, and no
 * writer either. 1, 0, -EAGAIN, -ERESTARTSYS. Who claims it is waited for as if he
 * held the lock. */
static int wait_readable(struct pipe *p, bool nonblock)
{
	int err;

	while (p->claimed || !pipe_used(p)) {
		if (!p->claimed && !p->writers)
			return 0;
		if (!p->claimed && nonblock)
			return -EAGAIN;
		mutex_unlock(&p->lock);
		err = wait_event_interruptible(&p->rd_wait, pipe_ready(p));
		mutex_lock(&p->lock);
		if (err)
			return err;
	}
	return 1;
}

static ssize_t pipe_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct pipe *p = f->private;
	bool fault = false;
	ssize_t done = 1;

	(void)pos;
	if (!it->count)
		return 0;
	mutex_lock(&p->lock);
	if (p->claimed || !pipe_used(p))
		done = wait_readable(p, f->flags & O_NONBLOCK);
	if (done > 0)
		done = (ssize_t)pipe_take(p, it, &fault);
	if (!done && fault)
		done = -EFAULT;
	mutex_unlock(&p->lock);
	if (done > 0)
		wake_up_poll(&p->wr_wait, EPOLLOUT | EPOLLWRNORM);
	return done;
}

/* Move bytes in while there is room. Sets *err at a bad buffer or no memory. */
static size_t pipe_put_bytes(struct pipe *p, struct iter *it, int *err)
{
	size_t done = 0;

	while (it->count && pipe_room(p)) {
		size_t off = p->head & (PAGE_SIZE - 1);
		size_t n = min(PAGE_SIZE - off, it->count);
		struct page *page = pipe_page(p, p->head);
		size_t copied;

		if (!page) {
			*err = -ENOMEM;
			break;
		}
		copied = copy_from_iter((char *)page_address(page) + off, n, it);
		p->head += copied;
		done += copied;
		if (copied < n) {
			*err = -EFAULT;
			break;
		}
	}
	return done;
}

/* Enough room to go on? All of a small write, one byte of a big one. */
static bool pipe_may_write(struct pipe *p, size_t left, bool atomic)
{
	return pipe_room(p) >= (atomic ? left : 1);
}

static ssize_t pipe_write(struct file *f, struct iter *it, loff_t *pos)
{
	struct pipe *p = f->private;
	bool atomic = it->count <= PIPE_BUF;
	ssize_t done = 0;
	int err = 0;

	(void)pos;
	if (!it->count)
		return 0;
	mutex_lock(&p->lock);
	for (;;) {
		if (!p->readers) {
			err = -EPIPE;
			break;
		}
		if (pipe_may_write(p, it->count, atomic)) {
			done += pipe_put_bytes(p, it, &err);
			wake_up_poll(&p->rd_wait, EPOLLIN | EPOLLRDNORM);
			if (err || !it->count)
				break;
			continue;
		}
		err = -EAGAIN;
		if (f->flags & O_NONBLOCK)
			break;
		mutex_unlock(&p->lock);
		err = wait_event_interruptible(
			&p->wr_wait, !READ_ONCE(p->readers) ||
						pipe_may_write(p, it->count, atomic));
		if (err)
			return done ? done : err;
		mutex_lock(&p->lock);
	}
	mutex_unlock(&p->lock);
	if (err == -EPIPE && !done)
		signal_send(current, SIGPIPE, NULL, false);
	return done ? done : err;
}

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
static void pipe_release(struct file *f)
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

static const struct file_ops pipe_fops = {
	FILE_OPS_DEFAULTS,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};

/* ---- splice(2): see pipe.h ------------------------------------------------- */

bool file_is_pipe(const struct file *f)
{
	return f->op == &pipe_fops;
}

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

		memcpy(buf + done, (char *)page_address(pipe_page(p, at)) + off,
		       piece);
		done += piece;
	}
}

static ssize_t pipe_look(struct pipe *p, void *buf, size_t n, bool nonblock,
			 bool claim)
{
	ssize_t ret;

	mutex_lock(&p->lock);
	ret = wait_readable(p, nonblock);
	if (ret > 0) {
		ret = (ssize_t)min(n, (size_t)pipe_used(p));
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
	while (n) {
		size_t off = p->tail & (PAGE_SIZE - 1);
		size_t piece = min(PAGE_SIZE - off, n);

		p->tail += piece;
		n -= piece;
		if (!(p->tail & (PAGE_SIZE - 1)))
			pipe_page_done(p, p->tail - 1);
	}
	if (!pipe_used(p))
		p->tail = p->head = ALIGN_DOWN(p->tail, PAGE_SIZE);
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

/* Count @f as an end of @p. p->lock held or @p private. */
static void pipe_attach(struct pipe *p, struct file *f)
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

/* The FIFO's pipe, made at the first open; its lock is held. */
static struct pipe *fifo_pipe_locked(struct inode *inode)
{
	struct pipe *p;

	mutex_lock(&inode->lock);
	p = inode->pipe;
	if (!p) {
		p = pipe_new();
		inode->pipe = p;
	}
	if (p)
		mutex_lock(&p->lock);
	mutex_unlock(&inode->lock);
	return p;
}

/*
 * fifo(7): a reader waits for a writer and the other way round; O_RDWR waits
 * for nobody; O_NONBLOCK reading succeeds at once, writing is ENXIO without a
 * reader.
 */
static int fifo_open(struct inode *inode, struct file *f)
{
	struct pipe *p = fifo_pipe_locked(inode);
	u32 seen_rd, seen_wr;
	bool rd = f->mode & FMODE_READ, wr = f->mode & FMODE_WRITE;
	bool nonblock = f->flags & O_NONBLOCK;
	int err = 0;

	if (!p)
		return -ENOMEM;
	if (wr && !rd && nonblock && !p->readers) {
		mutex_unlock(&p->lock);
		return -ENXIO;
	}
	seen_rd = p->rd_opens;
	seen_wr = p->wr_opens;
	pipe_attach(p, f);
	mutex_unlock(&p->lock);
	wake_up_all(&p->rd_wait);
	wake_up_all(&p->wr_wait);
	if (rd && !wr && !nonblock && !READ_ONCE(p->writers))
		err = wait_event_interruptible(
			&p->rd_wait, READ_ONCE(p->wr_opens) != seen_wr);
	else if (wr && !rd && !READ_ONCE(p->readers))
		err = wait_event_interruptible(
			&p->wr_wait, READ_ONCE(p->rd_opens) != seen_rd);
	if (err)
		pipe_release(f);
	return err;
}

const struct file_ops fifo_fops = {
	FILE_OPS_DEFAULTS,
	.open = fifo_open,
};

/* A pipe of pipe(2) opened again, by /proc/PID/fd: unlike a FIFO's, such an
 * open waits for nobody, since the other end may have come and gone. */
static int pipe_reopen(struct inode *inode, struct file *f)
{
	struct pipe *p = fifo_pipe_locked(inode);

	if (!p)
		return -ENOMEM;
	pipe_attach(p, f);
	mutex_unlock(&p->lock);
	return 0;
}

const struct file_ops pipe_inode_fops = {
	FILE_OPS_DEFAULTS,
	.open = pipe_reopen,
};

long pipe_fcntl(struct file *f, u32 cmd, unsigned long arg)
{
	struct pipe *p = f->private;
	struct page **slot;
	u32 n;

	if (f->op != &pipe_fops)
		return -EBADF;
	if (cmd == F_GETPIPE_SZ)
		return p->nr_slots * PAGE_SIZE;
	if (arg > PIPE_MAX_SLOTS * PAGE_SIZE)
		return capable(CAP_SYS_RESOURCE) ? -EINVAL : -EPERM;
	for (n = 1; n * PAGE_SIZE < arg; n *= 2)
		;
	slot = kzalloc(n * sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	mutex_lock(&p->lock);
	if (DIV_ROUND_UP(p->head, PAGE_SIZE) - p->tail / PAGE_SIZE > n) {
		mutex_unlock(&p->lock);
		kfree(slot);
		return -EBUSY;
	}
	for (u64 i = p->tail >> PAGE_SHIFT; i << PAGE_SHIFT < p->head; i++)
		slot[i % n] = p->slot[i % p->nr_slots];
	kfree(p->slot);
	p->slot = slot;
	p->nr_slots = n;
	mutex_unlock(&p->lock);
	return n * PAGE_SIZE;
}

/* ---- pipe(2) ------------------------------------------------------------ */

static struct file *pipe_end(struct inode *inode, struct pipe *p, u32 flags)
{
	struct file *f = anon_inode_file(inode_get(inode), "pipe", flags);

	if (!IS_ERR(f))
		pipe_attach(p, f);
	return f;
}

/* Both ends on one inode; *@wr is set only if 0 is returned. */
static int pipe_files(struct file **rd, struct file **wr, u32 flags)
{
	struct inode *inode = anon_inode_new(S_IFIFO | 0600);
	struct pipe *p;

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	p = pipe_new();
	if (!p) {
		inode_put(inode);
		return -ENOMEM;
	}
	inode->pipe = p;
	*rd = pipe_end(inode, p, O_RDONLY | flags);
	if (IS_ERR(*rd)) {
		inode->pipe = NULL;
		pipe_free(p);
		inode_put(inode);
		return (int)PTR_ERR(*rd);
	}
	*wr = pipe_end(inode, p, O_WRONLY | flags);
	inode_put(inode);
	if (IS_ERR(*wr))
		file_put(*rd); /* frees the pipe */
	return PTR_ERR_OR_ZERO(*wr);
}

/* Two descriptors for two files, both or none; the files are put on error. */
int fd_install_pair(struct file *a, struct file *b, u32 flags, int __user *fds)
{
	int fd[2] = { -1, -1 }, err;

	fd[0] = fd_alloc(0, flags & O_CLOEXEC);
	if (fd[0] >= 0)
		fd[1] = fd_alloc(0, flags & O_CLOEXEC);
	err = min(fd[0], fd[1]);
	if (err >= 0)
		err = copy_to_user(fds, fd, sizeof(fd));
	if (err < 0) {
		for (int i = 0; i < 2; i++)
			if (fd[i] >= 0)
				fd_free(fd[i]);
		file_put(a);
		file_put(b);
		return fd[0] < 0 ? fd[0] : err;
	}
	fd_install(fd[0], a);
	fd_install(fd[1], b);
	return 0;
}

long sys_pipe2(int __user *fds, int flags)
{
	struct file *rd = NULL, *wr = NULL;
	int err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	err = pipe_files(&rd, &wr, flags & O_NONBLOCK);
	return err ? err : fd_install_pair(rd, wr, flags, fds);
}

long sys_pipe(int __user *fds)
{
	return sys_pipe2(fds, 0);
}

void pipe_module_init(void)
{
	pipe_slab = slab_create("pipe", sizeof(struct pipe), 8);
}
