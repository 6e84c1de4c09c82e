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

/*
 * linux_dirent64 of getdents64(2), and linux_dirent of getdents(2): both have
 * three numbers, a byte for the type and the name with a NUL. In the new one the
 * type stands before the name, in the old one it is the last byte of the record.
 */
struct dirent {
	u64 d_ino;
	s64 d_off;
	u16 d_reclen; /* multiple of eight */
	char d_rest[];
};

/*
 * Records are put together in .stage and given to the user some at a time. If
 * that fails, the directory goes on from the first of them the next time: no
 * name is lost.
 */
struct buffer {
	struct dir_context ctx; /* first: an actor gets its address */
	char __user *at;
	size_t left;  /* room in the user's buffer beyond the stage's records */
	size_t given; /* bytes */
	size_t used;  /* bytes of .stage */
	int error;
	bool old; /* getdents(2) */
	char stage[512] __aligned(sizeof(u64));
};

static bool refuse(struct buffer *b, int error)
{
	b->error = error;
	return false;
}

/* Give the user what is in the stage; false: his memory is not there. */
static __noinline bool flush(struct buffer *b)
{
	const struct dirent *first = (const struct dirent *)b->stage;
	size_t n = b->used;

	b->used = 0;
	if (!n)
		return true;
	if (copy_to_user(b->at, b->stage, n)) {
		b->ctx.pos = first->d_off - 1;
		return refuse(b, -EFAULT);
	}
	b->at += n;
	b->given += n;
	return true;
}

/*
 * The actor: one more record. d_off says where to go on after the entry at @pos:
 * positions rise, and each means "at or after".
 */
static bool fill(struct dir_context *ctx, const char *name, int len, loff_t pos,
		 ino_t ino, unsigned int type)
{
	struct buffer *b = container_of(ctx, struct buffer, ctx);
	size_t size = ALIGN_UP(offsetof(struct dirent, d_rest) + (size_t)len +
				       2, 8UL);
	struct dirent *e;

	if (size > b->left)
		return refuse(b, -EINVAL);
	if (unlikely(b->used + size > sizeof(b->stage))) {
		if (len > NAME_MAX)
			return refuse(b, -EIO);
		if (!flush(b))
			return false;
	}
	e = (struct dirent *)(b->stage + b->used);
	b->used += size;
	b->left -= size;
	*(u64 *)((char *)e + size - 8) = 0; /* what is behind the name */
	e->d_ino = ino;
	e->d_off = pos + 1;
	e->d_reclen = (u16)size;
	*(b->old ? (char *)e + size - 1 : e->d_rest) = (char)type;
	memcpy(e->d_rest + !b->old, name, (size_t)len);
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
	flush(b);
	f->pos = b->ctx.pos;
	file_accessed(f);
	mutex_unlock(&dir->lock);
	mutex_unlock(&f->pos_lock);
	if (!err)
		notify_dentry(f->path.dentry, IN_ACCESS);
	return err;
}

/* Bytes written; an error only if nothing was. */
static long getdents(int fd, void __user *dirp, unsigned int size, bool old)
{
	struct fdref ref = fd_borrow(fd);
	struct buffer b;
	long n;

	if (!ref.file)
		return -EBADF;
	b.ctx.actor = fill;
	b.at = dirp;
	b.left = size;
	b.given = b.used = 0;
	b.error = 0;
	b.old = old;
	n = iterate(ref.file, &b);
	if (n >= 0)
		n = b.error;
	if (b.given)
		n = (long)b.given;
	fd_return(ref);
	return n;
}

long sys_getdents64(int fd, void __user *dirp, unsigned int count)
{
	return getdents(fd, dirp, count, false);
}

long sys_getdents(int fd, void __user *dirp, unsigned int count)
{
	return getdents(fd, dirp, count, true);
}
