// SPDX-License-Identifier: MIT
/*
 * Reading directories: getdents64(2) and its predecessor. The file system's
 * iterate() hands out names, the actors here write the records that user space
 * reads. dir->lock is held meanwhile, so no name comes or goes in one call.
 */
#include "fs/file.h"
#include "fs/notify.h"
#include "kernel/lib/string.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

struct dirent64 { /* linux_dirent64 of getdents64(2) */
	u64 d_ino;
	s64 d_off;
	u16 d_reclen;
	u8 d_type;
	char d_name[];
};

struct dirent_old { /* linux_dirent of getdents(2); d_type in the last byte */
	u64 d_ino;
	u64 d_off;
	u16 d_reclen;
	char d_name[];
};

struct buffer {
	struct dir_context ctx; /* first: an actor gets its address */
	char __user *at;
	size_t left;
	int error;
};

/* What d_off says: where to go on after the entry at @pos. Positions rise, and
 * each means "at or after". */
static s64 off_after(loff_t pos)
{
	return pos + 1;
}

static bool refuse(struct buffer *b, int error)
{
	b->error = error;
	return false;
}

static void advance(struct buffer *b, size_t len)
{
	b->at += len;
	b->left -= len;
}

static bool fill64(struct dir_context *ctx, const char *name, int len,
		   loff_t pos, ino_t ino, unsigned int type)
{
	struct buffer *b = container_of(ctx, struct buffer, ctx);
	size_t size = ALIGN_UP(offsetof(struct dirent64, d_name) +
				       (size_t)len + 1, 8UL);
	char rec[offsetof(struct dirent64, d_name) + 256 + 8];
	struct dirent64 *e = (struct dirent64 *)rec;

	if (len <= 0 || len > 255)
		return refuse(b, -EIO);
	if (size > b->left)
		return refuse(b, -EINVAL);
	memset(rec + size - 8, 0, 8); /* what is behind the name */
	e->d_ino = ino;
	e->d_off = off_after(pos);
	e->d_reclen = (u16)size;
	e->d_type = (u8)type;
	memcpy(e->d_name, name, (size_t)len);
	if (copy_to_user(b->at, rec, size))
		return refuse(b, -EFAULT);
	advance(b, size);
	return true;
}

static bool fill_old(struct dir_context *ctx, const char *name, int len,
		     loff_t pos, ino_t ino, unsigned int type)
{
	struct buffer *b = container_of(ctx, struct buffer, ctx);
	size_t size = ALIGN_UP(offsetof(struct dirent_old, d_name) +
				       (size_t)len + 2, 8UL);
	char rec[offsetof(struct dirent_old, d_name) + 256 + 16];
	struct dirent_old *e = (struct dirent_old *)rec;

	if (len <= 0 || len > 255)
		return refuse(b, -EIO);
	if (size > b->left)
		return refuse(b, -EINVAL);
	memset(rec + size - 8, 0, 8); /* what is behind the name */
	e->d_ino = ino;
	e->d_off = (u64)off_after(pos);
	e->d_reclen = (u16)size;
	memcpy(e->d_name, name, (size_t)len);
	rec[size - 1] = (char)type;
	if (copy_to_user(b->at, rec, size))
		return refuse(b, -EFAULT);
	advance(b, size);
	return true;
}

static ino_t parent_ino(struct dentry *d)
{
	ino_t ino;

	spin_lock(&d->d_lock);
	ino = d->parent->inode->ino;
	spin_unlock(&d->d_lock);
	return ino;
}

bool dir_emit_dots(struct file *file, struct dir_context *ctx)
{
	if (ctx->pos == 0) {
		if (!dir_emit(ctx, ".", 1, file->inode->ino, S_IFDIR >> 12))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		if (!dir_emit(ctx, "..", 2, parent_ino(file->path.dentry),
			      S_IFDIR >> 12))
			return false;
		ctx->pos = 2;
	}
	return true;
}

static int iterate(struct file *f, struct buffer *b)
{
	struct inode *dir = f->inode;
	int err;

	if (!S_ISDIR(dir->mode))
		return -ENOTDIR;
	mutex_lock(&f->pos_lock);
	mutex_lock(&dir->lock);
	b->ctx.pos = f->pos;
	err = dir->flags & I_DEAD ? -ENOENT : f->op->iterate(f, &b->ctx);
	f->pos = b->ctx.pos;
	file_accessed(f);
	mutex_unlock(&dir->lock);
	mutex_unlock(&f->pos_lock);
	if (!err)
		notify_dentry(f->path.dentry, IN_ACCESS);
	return err;
}

/* Bytes written; an error only if nothing was. */
static long getdents(int fd, struct buffer *b, unsigned int count)
{
	struct fdref ref = fd_borrow(fd);
	long n;

	if (!ref.file)
		return -EBADF;
	n = iterate(ref.file, b);
	if (n >= 0)
		n = b->error;
	if (b->left != count)
		n = (long)(count - b->left);
	fd_return(ref);
	return n;
}

long sys_getdents64(int fd, void __user *dirp, unsigned int count)
{
	struct buffer b = { .ctx.actor = fill64, .at = dirp, .left = count };

	return getdents(fd, &b, count);
}

long sys_getdents(int fd, void __user *dirp, unsigned int count)
{
	struct buffer b = { .ctx.actor = fill_old, .at = dirp, .left = count };

	return getdents(fd, &b, count);
}
