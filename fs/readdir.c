// SPDX-License-Identifier: MIT
/*
 * Reading directories: getdents64(2) and its predecessor. The file system's
 * iterate() hands out names, the actors here write the records that user space
 * reads. dir->lock is held meanwhile, so no name comes or goes in one call.
 */
#include "fs/file.h"
#include "fs/notify.h"
#include "kernel/lib/string.h"
#include "kernel/lib/word.h"
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
	size_t left;  /* of the user's buffer, from .at on */
	size_t given; /* bytes */
	size_t used;  /* bytes of .stage */
	size_t room;  /* of .stage, and not more than .left */
	int error;
	/* name_put() may write a word where less would do. */
	char stage[512 + WORD_BYTES] __aligned(sizeof(u64));
};

static bool refuse(struct buffer *b, int error)
{
	b->error = error;
	return false;
}

static void stage_begin(struct buffer *b)
{
	b->used = 0;
	b->room = min(b->left, sizeof(b->stage) - WORD_BYTES);
}

/* Give the user what is in the stage; false: his memory is not there. */
static __noinline bool flush(struct buffer *b)
{
	const struct dirent *first = (const struct dirent *)b->stage;
	size_t n = b->used;

	if (!n)
		return true;
	if (copy_to_user(b->at, b->stage, n)) {
		b->used = 0;
		b->ctx.pos = first->d_off - 1;
		return refuse(b, -EFAULT);
	}
	b->at += n;
	b->left -= n;
	b->given += n;
	stage_begin(b);
	return true;
}

/* The stage is full, or the user's buffer: room for @size bytes more? */
static __noinline bool more_room(struct buffer *b, size_t size, int len)
{
	if (b->used + size > b->left)
		return refuse(b, -EINVAL);
	if (len > NAME_MAX)
		return refuse(b, -EIO);
	return flush(b);
}

/*
 * One more record, without type and name, which are zeroes at its end. d_off says
 * where to go on after the entry at @pos: positions rise, and each means "at or
 * after". NULL: no room.
 */
static struct dirent *record(struct buffer *b, int len, loff_t pos, ino_t ino)
{
	size_t size = ALIGN_UP(offsetof(struct dirent, d_rest) + (size_t)len +
				       2, 8UL);
	struct dirent *e;

	if (unlikely(b->used + size > b->room) && !more_room(b, size, len))
		return NULL;
	e = (struct dirent *)(b->stage + b->used);
	b->used += size;
	*(u64 *)((char *)e + size - 8) = 0; /* what is behind the name */
	e->d_ino = ino;
	e->d_off = pos + 1;
	e->d_reclen = (u16)size;
	return e;
}

/* Most names fit in a word: then no copy in a loop. */
static void name_put(char *to, const char *name, int len)
{
	u64 word;

	if (likely((u32)len < WORD_BYTES)) {
		word = word_at(name) & ((1UL << 8 * len) - 1);
		__builtin_memcpy(to, &word, WORD_BYTES);
	} else {
		memcpy(to, name, (size_t)len);
	}
}

/* The actors: one name more, of getdents64(2), and of getdents(2). */
static bool fill(struct dir_context *ctx, const char *name, int len, loff_t pos,
		 ino_t ino, unsigned int type)
{
	struct buffer *b = container_of(ctx, struct buffer, ctx);
	struct dirent *e = record(b, len, pos, ino);

	if (unlikely(!e))
		return false;
	e->d_rest[0] = (char)type;
	name_put(e->d_rest + 1, name, len);
	return true;
}

static bool fill_old(struct dir_context *ctx, const char *name, int len,
		     loff_t pos, ino_t ino, unsigned int type)
{
	struct buffer *b = container_of(ctx, struct buffer, ctx);
	struct dirent *e = record(b, len, pos, ino);

	if (!e)
		return false;
	name_put(e->d_rest, name, len);
	((char *)e)[e->d_reclen - 1] = (char)type;
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
static long getdents(int fd, void __user *dirp, unsigned int size,
		     __typeof__(fill) *actor)
{
	struct fdref ref = fd_borrow(fd);
	struct buffer b;
	long n;

	if (!ref.file)
		return -EBADF;
	b.ctx.actor = actor;
	b.at = dirp;
	b.left = size;
	b.given = 0;
	b.error = 0;
	stage_begin(&b);
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
	return getdents(fd, dirp, count, fill);
}

long sys_getdents(int fd, void __user *dirp, unsigned int count)
{
	return getdents(fd, dirp, count, fill_old);
}
