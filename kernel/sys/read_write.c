// SPDX-License-Identifier: MIT
/*
 * read, write and their vector and positioned forms, lseek.
 *
 * The position of a regular file or directory is locked over the whole call,
 * so that two writers that share a file never write over each other; a file that
 * is current's alone needs no lock. Other files may sleep for ever in read, so theirs is not.
 */
#include "fs/namei.h"
#include "kernel/lib/alloc.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

#define FAST_IOV 8

typedef ssize_t transfer_fn(struct file *f, struct iter *it, loff_t *pos);

/* ---- the position ------------------------------------------------------------ */

static bool pos_is_locked(const struct file *f)
{
	umode_t mode = f->inode->mode;

	return S_ISREG(mode) || S_ISDIR(mode);
}

/* At the file's own position, which moves along. */
static inline ssize_t transfer_here(struct fdref ref, struct iter *it,
				    transfer_fn *fn)
{
	struct file *f = ref.file;
	loff_t pos;
	bool locked;
	ssize_t n;

	if (f->mode & FMODE_STREAM) { /* it has none */
		pos = 0;
		return fn(f, it, &pos);
	}
	locked = !fd_alone(ref) && pos_is_locked(f);
	if (locked)
		mutex_lock(&f->pos_lock);
	pos = f->pos;
	n = fn(f, it, &pos);
	if (n >= 0)
		f->pos = pos;
	if (locked)
		mutex_unlock(&f->pos_lock);
	return n;
}

/* ---- the buffer ----------------------------------------------------------------- */

/* One user buffer. 0; -EINVAL: more than a ssize_t; -EFAULT: not in user space. */
static int buffer_check(const void __user *buf, size_t count)
{
	u64 start = (u64)buf;

	if (start > USER_END || (count <= INT64_MAX && count > USER_END - start))
		return -EFAULT;
	return (ssize_t)count < 0 ? -EINVAL : 0;
}

/* Does it make sense to tell @f a position? */
static bool takes_pos(const struct file *f, transfer_fn *fn)
{
	if (fn == file_write && f->mode & FMODE_NO_PWRITE)
		return false;
	return f->mode & FMODE_PREAD;
}

/* With the buffer wrong, too, what is wrong with the file is said first. */
static __noinline ssize_t buffer_refuse(const struct file *f, transfer_fn *fn,
					int err)
{
	return f->mode & (fn == file_write ? FMODE_WRITE : FMODE_READ) ?
		       err : -EBADF;
}

static inline ssize_t buffer_begin(struct iter *it, const void __user *buf,
				   size_t count, const struct file *f,
				   transfer_fn *fn)
{
	int err = buffer_check(buf, count);

	if (unlikely(err))
		return buffer_refuse(f, fn, err);
	iter_user(it, (void __user *)buf, count);
	return 0;
}

static ssize_t transfer(int fd, const void __user *buf, size_t count,
			transfer_fn *fn)
{
	struct fdref ref = fd_borrow(fd);
	struct iter it;
	ssize_t n;

	if (!ref.file)
		return -EBADF;
	n = buffer_begin(&it, buf, count, ref.file, fn);
	if (!n)
		n = transfer_here(ref, &it, fn);
	fd_return(ref);
	return n;
}

static ssize_t transfer_at(int fd, const void __user *buf, size_t count,
			   loff_t pos, transfer_fn *fn)
{
	struct file *f;
	struct iter it;
	ssize_t n;

	if (pos < 0)
		return -EINVAL;
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	n = takes_pos(f, fn) ? buffer_begin(&it, buf, count, f, fn) : -ESPIPE;
	if (!n)
		n = fn(f, &it, &pos);
	file_put(f);
	return n;
}

static ssize_t transfer_vector(int fd, const struct iovec __user *iov,
			       unsigned long n_iov, loff_t *pos,
			       transfer_fn *fn)
{
	struct iovec fast[FAST_IOV], *vec = NULL;
	struct fdref ref = fd_borrow(fd);
	struct file *f = ref.file;
	struct iter it;
	ssize_t n;

	if (!f)
		return -EBADF;
	n = pos && !takes_pos(f, fn) ? -ESPIPE : 0;
	if (!n)
		n = iter_import(&it, iov, n_iov, fast, FAST_IOV, &vec);
	if (!n) {
		n = pos ? fn(f, &it, pos) : transfer_here(ref, &it, fn);
		if (vec != fast)
			kfree(vec);
	}
	fd_return(ref);
	return n;
}

/* ---- the calls ------------------------------------------------------------------- */

long sys_read(int fd, void __user *buf, size_t count)
{
	return transfer(fd, buf, count, file_read);
}

long sys_write(int fd, const void __user *buf, size_t count)
{
	return transfer(fd, buf, count, file_write);
}

long sys_pread64(int fd, void __user *buf, size_t count, loff_t pos)
{
	return transfer_at(fd, buf, count, pos, file_read);
}

long sys_pwrite64(int fd, const void __user *buf, size_t count, loff_t pos)
{
	return transfer_at(fd, buf, count, pos, file_write);
}

long sys_readv(int fd, const struct iovec __user *iov, unsigned long n)
{
	return transfer_vector(fd, iov, n, NULL, file_read);
}

long sys_writev(int fd, const struct iovec __user *iov, unsigned long n)
{
	return transfer_vector(fd, iov, n, NULL, file_write);
}

/* With registers of 64 bits all of the position is in @pos_l. */
long sys_preadv(int fd, const struct iovec __user *iov, unsigned long n,
		unsigned long pos_l, unsigned long pos_h)
{
	loff_t pos = (loff_t)pos_l;

	(void)pos_h;
	if (pos < 0)
		return -EINVAL;
	return transfer_vector(fd, iov, n, &pos, file_read);
}

long sys_pwritev(int fd, const struct iovec __user *iov, unsigned long n,
		 unsigned long pos_l, unsigned long pos_h)
{
	loff_t pos = (loff_t)pos_l;

	(void)pos_h;
	if (pos < 0)
		return -EINVAL;
	return transfer_vector(fd, iov, n, &pos, file_write);
}

static loff_t seek_locked(struct fdref ref, loff_t offset, int whence)
{
	struct file *f = ref.file;
	bool locked = pos_is_locked(f) && !fd_alone(ref);
	loff_t pos;

	if (locked)
		mutex_lock(&f->pos_lock);
	pos = f->op->llseek(f, offset, whence);
	if (locked)
		mutex_unlock(&f->pos_lock);
	return pos;
}

long sys_lseek(int fd, loff_t offset, int whence)
{
	struct fdref ref = fd_borrow(fd);
	loff_t pos;

	if (!ref.file)
		return -EBADF;
	if (whence < 0 || whence > SEEK_HOLE)
		pos = -EINVAL;
	else if (!(ref.file->mode & FMODE_LSEEK))
		pos = -ESPIPE;
	else
		pos = seek_locked(ref, offset, whence);
	fd_return(ref);
	return pos;
}
