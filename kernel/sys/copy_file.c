// SPDX-License-Identifier: MIT
/*
 * From file to file inside the kernel: sendfile, copy_file_range. Both go
 * through one page of kernel memory; what was read but could not be written
 * is read again, so nothing is lost.
 */
#include "fs/namei.h"
#include "kernel/lib/alloc.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/signal.h"
#include "kernel/task/task.h"

/* One copy: files are counted, positions move along. */
struct copying {
	struct file *in, *out;
	loff_t in_pos, out_pos;
};

static ssize_t copy_piece(struct copying *c, char *page, size_t count)
{
	ssize_t n;

	n = file_read_kernel(c->in, page, min(count, PAGE_SIZE), c->in_pos);
	if (n > 0)
		n = file_write_kernel(c->out, page, (size_t)n, &c->out_pos);
	if (n > 0)
		c->in_pos += n;
	return n;
}

/* Bytes copied; an error only if there are none. */
static ssize_t copy_loop(struct copying *c, size_t count)
{
	char *page = kmalloc(PAGE_SIZE);
	size_t done = 0;
	ssize_t n = 0;

	if (!page)
		return -ENOMEM;
	while (done < count) {
		size_t want = min(count - done, PAGE_SIZE);

		if (done && signal_pending(current))
			break;
		n = copy_piece(c, page, want);
		if (n <= 0)
			break;
		done += (size_t)n;
		if ((size_t)n < want)
			break;
		cond_resched();
	}
	kfree(page);
	return done ? (ssize_t)done : n;
}

/* Both descriptors, open for what is to be done with them. */
static int copying_start(struct copying *c, int in, int out)
{
	c->in = fd_get(in);
	c->out = fd_get(out);
	if (c->in && c->out && c->in->mode & FMODE_READ &&
	    c->out->mode & FMODE_WRITE)
		return 0;
	file_put(c->in);
	file_put(c->out);
	return -EBADF;
}

static void copying_end(struct copying *c)
{
	file_put(c->in);
	file_put(c->out);
}

/* ---- offsets: given by the user, or the file's own -------------------------- */

static int offset_take(struct file *f, loff_t __user *uoff, loff_t *pos)
{
	if (!uoff) {
		*pos = READ_ONCE(f->pos);
		return 0;
	}
	if (get_user(*pos, uoff))
		return -EFAULT;
	if (!(f->mode & FMODE_PREAD))
		return -ESPIPE;
	return *pos < 0 ? -EINVAL : 0;
}

static int offset_give(struct file *f, loff_t __user *uoff, loff_t pos)
{
	if (uoff)
		return put_user(pos, uoff);
	if (!(f->mode & FMODE_STREAM))
		WRITE_ONCE(f->pos, pos);
	return 0;
}

/* ---- sendfile ------------------------------------------------------------------ */

static ssize_t sendfile_run(struct copying *c, loff_t __user *offset,
			    size_t count)
{
	ssize_t n;
	int err;

	if (offset && !(c->in->mode & FMODE_LSEEK))
		return -ESPIPE;
	if (!(c->in->mode & FMODE_LSEEK) || c->out->flags & O_APPEND ||
	    (ssize_t)count < 0)
		return -EINVAL;
	err = offset_take(c->in, offset, &c->in_pos);
	if (err)
		return err;
	c->out_pos = READ_ONCE(c->out->pos);
	n = copy_loop(c, min(count, MAX_RW_COUNT));
	if (n <= 0)
		return n;
	offset_give(c->out, NULL, c->out_pos);
	err = offset_give(c->in, offset, c->in_pos);
	return err ? err : n;
}

long sys_sendfile(int out, int in, loff_t __user *offset, size_t count)
{
	struct copying c;
	ssize_t n = copying_start(&c, in, out);

	if (n)
		return n;
	n = sendfile_run(&c, offset, count);
	copying_end(&c);
	return n;
}

/* ---- copy_file_range -------------------------------------------------------------- */

static int range_check(const struct copying *c)
{
	umode_t in = c->in->inode->mode, out = c->out->inode->mode;

	if (S_ISDIR(in) || S_ISDIR(out))
		return -EISDIR;
	if (!S_ISREG(in) || !S_ISREG(out))
		return -EINVAL;
	return c->out->flags & O_APPEND ? -EBADF : 0;
}

static bool ranges_overlap(const struct copying *c, size_t len)
{
	loff_t n = (loff_t)len;

	return c->in->inode == c->out->inode &&
	       c->out_pos < c->in_pos + n && c->in_pos < c->out_pos + n;
}

static ssize_t range_run(struct copying *c, loff_t __user *off_in,
			 loff_t __user *off_out, size_t len)
{
	ssize_t n;
	int err = offset_take(c->out, off_out, &c->out_pos);

	if (!err)
		err = offset_take(c->in, off_in, &c->in_pos);
	if (!err)
		err = range_check(c);
	if (err)
		return err;
	if (c->in_pos > INT64_MAX - (loff_t)min(len, MAX_RW_COUNT) ||
	    c->out_pos > INT64_MAX - (loff_t)min(len, MAX_RW_COUNT))
		return -EOVERFLOW;
	len = min(len, MAX_RW_COUNT);
	if (ranges_overlap(c, len))
		return -EINVAL;
	n = copy_loop(c, len);
	if (n <= 0)
		return n;
	err = offset_give(c->in, off_in, c->in_pos);
	if (!err)
		err = offset_give(c->out, off_out, c->out_pos);
	return err ? err : n;
}

long sys_copy_file_range(int in, loff_t __user *off_in, int out,
			 loff_t __user *off_out, size_t len,
			 unsigned int flags)
{
	struct copying c;
	ssize_t n = copying_start(&c, in, out);

	if (n)
		return n;
	n = flags ? -EINVAL : range_run(&c, off_in, off_out, len);
	copying_end(&c);
	return n;
}
