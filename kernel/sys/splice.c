// SPDX-License-Identifier: MIT
/*
 * splice, tee, vmsplice: between a pipe and something else, without the detour
 * through the program's memory. Bytes are copied here, once; pages do not move.
 *
 * From a pipe: bytes are looked at, written, and then taken away, as many as were
 * written; so no lock is held over the write, and a write that fails loses
 * nothing. Meanwhile the pipe is claimed: others who read wait, or they would get
 * the same bytes. Into a pipe: first wait for room, then read no more than that;
 * who fills the room meanwhile makes the write wait. But who has claimed a pipe
 * does not wait for another: two could wait for each other.
 */
#include "fs/pipe.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/string.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

/* fcntl.h of the C library; linux-libc-dev of 6.1 has no header for them. */
#define SPLICE_F_MOVE 1
#define SPLICE_F_NONBLOCK 2
#define SPLICE_F_MORE 4
#define SPLICE_F_GIFT 8
#define SPLICE_F_ALL                                                           \
	(SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT)

#define FAST_IOV 8
#define TEE_MAX (64UL << 10) /* from pipe to pipe at once */

struct splicing {
	struct file *in, *out;
	loff_t pos; /* in what is not a pipe */
	bool nonblock;
};

/* ---- out of a pipe ----------------------------------------------------------- */

/* Until @n, or the pipe is empty; only the first page is waited for. */
static ssize_t to_file(struct splicing *s, size_t n)
{
	char *page = kmalloc(PAGE_SIZE);
	ssize_t got = 0, put = 0;
	size_t done = 0;

	if (!page)
		return -ENOMEM;
	while (done < n) {
		got = pipe_claim(s->in, page, min(n - done, PAGE_SIZE),
				 s->nonblock || done);
		if (got <= 0)
			break;
		put = file_write_kernel(s->out, page, (size_t)got, &s->pos);
		pipe_consume(s->in, (size_t)max(put, (ssize_t)0));
		if (put <= 0)
			break;
		done += (size_t)put;
		if (put < got)
			break;
	}
	kfree(page);
	return done ? (ssize_t)done : got > 0 ? put : got;
}

/* ---- into a pipe ------------------------------------------------------------- */

static bool can_splice_from(const struct file *f)
{
	umode_t mode = f->inode->mode;

	return S_ISREG(mode) || S_ISCHR(mode) || S_ISSOCK(mode);
}

/* A page at a time. Bytes; an error only if there are none. */
static ssize_t from_file(struct splicing *s, size_t n)
{
	ssize_t room, got = 0;
	size_t done = 0;
	char *page;

	if (!can_splice_from(s->in))
		return -EINVAL;
	room = pipe_wait_room(s->out, s->nonblock);
	if (room < 0)
		return room;
	page = kmalloc(PAGE_SIZE);
	if (!page)
		return -ENOMEM;
	n = min(n, (size_t)room);
	while (done < n) {
		size_t want = min(n - done, PAGE_SIZE);
		loff_t unused = 0;

		got = file_read_kernel(s->in, page, want, s->pos);
		if (got > 0)
			got = file_write_kernel(s->out, page, (size_t)got,
						&unused);
		if (got <= 0)
			break;
		s->pos += got;
		done += (size_t)got;
		if ((size_t)got < want)
			break;
	}
	kfree(page);
	return done ? (ssize_t)done : got;
}

/* ---- from pipe to pipe --------------------------------------------------------- */

#define ROOM_GONE (-4095) /* others have filled it: wait again */

/* What is there into the room that is there: bytes; 0: none, and no writer. */
static ssize_t pipe_move(struct splicing *s, char *buf, size_t n, bool keep)
{
	ssize_t got, put;

	if (keep)
		got = pipe_peek(s->in, buf, n, s->nonblock);
	else
		got = pipe_claim(s->in, buf, n, s->nonblock);
	if (got <= 0)
		return got;
	put = pipe_fill(s->out, buf, (size_t)got);
	if (!keep)
		pipe_consume(s->in, (size_t)max(put, (ssize_t)0));
	return put ? put : ROOM_GONE;
}

/* As many bytes as there are and as there is room for. @keep: tee(2). */
static ssize_t pipe_to_pipe(struct splicing *s, size_t n, bool keep)
{
	ssize_t room, done;
	char *buf;

	n = min(n, TEE_MAX);
	buf = kmalloc(n);
	if (!buf)
		return -ENOMEM;
	do {
		room = pipe_wait_room(s->out, s->nonblock);
		done = room < 0 ? room :
				  pipe_move(s, buf, min(n, (size_t)room), keep);
	} while (done == ROOM_GONE);
	kfree(buf);
	return done;
}

/* ---- both ends ------------------------------------------------------------------- */

/* -EBADF: one is not open, or not for that. */
static int splicing_start(struct splicing *s, int in, int out, u32 flags)
{
	*s = (struct splicing){ .in = fd_get(in), .out = fd_get(out),
				.nonblock = flags & SPLICE_F_NONBLOCK };
	if (s->in && s->out && s->in->mode & FMODE_READ &&
	    s->out->mode & FMODE_WRITE)
		return 0;
	file_put(s->in);
	file_put(s->out);
	return -EBADF;
}

static void splicing_end(struct splicing *s)
{
	file_put(s->in);
	file_put(s->out);
}

/* The position in @f, the end that is no pipe. */
static int pos_take(struct splicing *s, struct file *f, loff_t __user *off)
{
	s->pos = READ_ONCE(f->pos);
	if (!off)
		return 0;
	if (!(f->mode & FMODE_PREAD))
		return -EINVAL;
	if (get_user(s->pos, off))
		return -EFAULT;
	return s->pos < 0 ? -EINVAL : 0;
}

static int pos_give(const struct splicing *s, struct file *f,
		    loff_t __user *off)
{
	if (off)
		return put_user(s->pos, off);
	if (!(f->mode & FMODE_STREAM))
		WRITE_ONCE(f->pos, s->pos);
	return 0;
}

/* One end is a pipe, the other is @f. */
static ssize_t pipe_and_file(struct splicing *s, struct file *f,
			     loff_t __user *off, size_t n)
{
	ssize_t done = pos_take(s, f, off);
	int err;

	if (done)
		return done;
	if (f == s->out && f->flags & O_APPEND)
		return -EINVAL;
	done = f == s->out ? to_file(s, n) : from_file(s, n);
	err = done > 0 ? pos_give(s, f, off) : 0;
	return err ? err : done;
}

static ssize_t splice_run(struct splicing *s, loff_t __user *off_in,
			  loff_t __user *off_out, size_t n)
{
	bool in = file_is_pipe(s->in), out = file_is_pipe(s->out);

	if ((in && off_in) || (out && off_out))
		return -ESPIPE;
	if (!in && !out)
		return -EINVAL;
	if (out && s->out->flags & O_NONBLOCK)
		s->nonblock = true;
	if (!in || !out)
		return pipe_and_file(s, in ? s->out : s->in,
				     in ? off_out : off_in, n);
	if (pipe_same(s->in, s->out))
		return -EINVAL;
	s->nonblock |= s->in->flags & O_NONBLOCK;
	return pipe_to_pipe(s, n, false);
}

long sys_splice(int in, loff_t __user *off_in, int out, loff_t __user *off_out,
		size_t n, unsigned int flags)
{
	struct splicing s;
	ssize_t ret;

	if (!n)
		return 0;
	if (flags & ~(u32)SPLICE_F_ALL)
		return -EINVAL;
	ret = splicing_start(&s, in, out, flags);
	if (ret)
		return ret;
	ret = splice_run(&s, off_in, off_out, min(n, MAX_RW_COUNT));
	splicing_end(&s);
	return ret;
}

long sys_tee(int in, int out, size_t n, unsigned int flags)
{
	struct splicing s;
	ssize_t ret;

	if (flags & ~(u32)SPLICE_F_ALL)
		return -EINVAL;
	if (!n)
		return 0;
	ret = splicing_start(&s, in, out, flags);
	if (ret)
		return ret;
	s.nonblock |= (s.in->flags | s.out->flags) & O_NONBLOCK;
	if (!file_is_pipe(s.in) || !file_is_pipe(s.out) ||
	    pipe_same(s.in, s.out))
		ret = -EINVAL;
	else
		ret = pipe_to_pipe(&s, n, true);
	splicing_end(&s);
	return ret;
}

/* ---- vmsplice ---------------------------------------------------------------------- */

/* Into the pipe as much as there is room for now. */
static ssize_t memory_to_pipe(struct file *f, struct iter *it, bool nonblock)
{
	ssize_t room = pipe_wait_room(f, nonblock || f->flags & O_NONBLOCK);
	size_t all = it->count;
	loff_t unused = 0;
	ssize_t n;

	if (room < 0)
		return room;
	it->count = min(all, (size_t)room);
	n = file_write(f, it, &unused);
	return n;
}

/* @it ends where the room ends; bytes behind are not touched. */
static ssize_t vmsplice_file(struct file *f, struct iter *it, bool nonblock)
{
	loff_t unused = 0;

	if (!file_is_pipe(f))
		return -EBADF;
	if (!it->count)
		return 0;
	return f->mode & FMODE_WRITE ? memory_to_pipe(f, it, nonblock) :
				       file_read(f, it, &unused);
}

long sys_vmsplice(int fd, const struct iovec __user *iov, unsigned long n_iov,
		  unsigned int flags)
{
	struct iovec fast[FAST_IOV], *vec = NULL;
	struct file *f;
	struct iter it;
	ssize_t n;

	if (flags & ~(u32)SPLICE_F_ALL)
		return -EINVAL;
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	n = file_is_pipe(f) ? 0 : -EBADF;
	if (!n)
		n = iter_import(&it, iov, n_iov, fast, FAST_IOV, &vec);
	if (!n) {
		n = vmsplice_file(f, &it, flags & SPLICE_F_NONBLOCK);
		if (vec != fast)
			kfree(vec);
	}
	file_put(f);
	return n;
}
