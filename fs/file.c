// SPDX-License-Identifier: MIT
/*
 * Open files: from a path (whose permissions namei has checked) to a struct
 * file, reading and writing through it, and its end.
 *
 * While a file is open for writing it holds its mount writable
 * (mnt_want_write) and counts in inode->writers, which is negative while
 * the file is executed.
 */
#include <linux/fs.h>

#include "fs/epoll.h"
#include "fs/file.h"
#include "fs/locks.h"
#include "fs/mount.h"
#include "fs/notify.h"
#include "kernel/debug/why.h"
#include "kernel/lib/assert.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

u32 files_sent;

static struct slab *file_slab;

/* Flags of open(2) that F_GETFL does not show. */
#define O_OPEN_ONLY (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)

static const struct file_ops path_fops = { FILE_OPS_DEFAULTS };

void file_module_init(void)
{
	file_slab = slab_create("file", sizeof(struct file), 8);
}

/* ---- opening ----------------------------------------------------------------- */

/* Content undefined: file_blank() sets each field, as a file is made so often that
 * clearing all of it first would be felt. */
struct file *file_reserve(void)
{
	return slab_alloc(file_slab);
}

void file_unreserve(struct file *room)
{
	if (room)
		slab_free(file_slab, room);
}

/* Takes over the references of @path, also on error. */
static __forced_inline struct file *
file_blank(struct file *room, const struct path *path, u32 flags)
{
	struct file *f = room ? room : file_reserve();

	if (!f) {
		path_put(path);
		return NULL;
	}
	refcount_set(&f->refs, 1);
	f->path = *path;
	f->inode = path->dentry->inode;
	f->flags = flags & ~(u32)O_OPEN_ONLY;
	f->pos = 0;
	mutex_init(&f->pos_lock, "file_pos");
	spin_init(&f->lock, "file");
	f->cred = cred_get(current->cred);
	f->private = NULL;
	list_init(&f->epitems);
	f->in_flight = 0;
	f->owner_pid = 0;
	f->seals = 0;
	return f;
}

static void file_free(struct file *f)
{
	path_put(&f->path);
	cred_put(f->cred);
	slab_free(file_slab, f);
}

static u32 access_mode(u32 flags)
{
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		return FMODE_READ;
	case O_WRONLY:
		return FMODE_WRITE;
	case O_RDWR:
		return FMODE_READ | FMODE_WRITE;
	default:
		return 0; /* 3: for ioctls alone */
	}
}

/* One more who writes; -ETXTBSY while the file is executed. */
static int writer_add(struct inode *inode)
{
	s32 n = READ_ONCE(inode->writers);

	do {
		if (n < 0)
			return -ETXTBSY;
	} while (!atomic_cas(&inode->writers, &n, n + 1));
	return 0;
}

static bool counts_as_writer(const struct file *f)
{
	return (f->mode & FMODE_WRITE) && S_ISREG(f->inode->mode) &&
	       !(f->path.mnt->internal & MNT_INTERNAL);
}

static int take_write(struct file *f)
{
	int err = mnt_want_write(f->path.mnt);

	if (err)
		return err;
	err = writer_add(f->inode);
	if (err)
		mnt_drop_write(f->path.mnt);
	return err;
}

static void drop_write(struct file *f)
{
	atomic_sub(&f->inode->writers, 1);
	mnt_drop_write(f->path.mnt);
}

/* What the driver can do; its open may take it back. */
static u32 mode_of_ops(const struct file_ops *op)
{
	u32 mode = FMODE_PREAD;

	if (op->llseek != no_llseek)
		mode |= FMODE_LSEEK;
	if (op->poll != always_ready_poll)
		mode |= FMODE_CAN_POLL;
	return mode;
}

static int open_inode(struct file *f)
{
	const struct file_ops *op = f->inode->fop;
	bool writer;
	int err = 0;

	f->op = op;
	f->mode = access_mode(f->flags) | mode_of_ops(op);
	writer = counts_as_writer(f);
	if (writer)
		err = take_write(f);
	if (err)
		return err;
	err = op->open(f->inode, f);
	if (unlikely(f->flags & O_DIRECT) && !err && !f->op->direct) {
		f->op->release(f);
		err = why(-EINVAL, "open: O_DIRECT means nothing here");
	}
	if (err && writer)
		drop_write(f);
	return err;
}

/**
 * file_open_room - a file on the path to which a walk has come
 * @path: references are taken over, also on error
 * @flags: O_*
 * @room: of file_reserve(): used up, also on error. NULL: it is made here
 *
 * Context: may sleep (a FIFO's open).
 * Return: refs 1; ERR_PTR: -ENOMEM, -EROFS, -ETXTBSY, or the driver's.
 */
struct file *file_open_room(const struct path *path, u32 flags,
			    struct file *room)
{
	struct file *f = file_blank(room, path, flags);
	int err = 0;

	if (!f)
		return ERR_PTR(-ENOMEM);
	if (unlikely(flags & O_PATH)) {
		f->op = &path_fops;
		f->mode = FMODE_PATH;
		f->flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW;
	} else {
		err = open_inode(f);
		if (!err)
			notify_dentry(f->path.dentry, IN_OPEN);
	}
	if (likely(!err))
		return f;
	file_free(f);
	return ERR_PTR(err);
}

struct file *file_open_path(const struct path *path, u32 flags)
{
	path_get(path);
	return file_open_room(path, flags, NULL);
}

struct file *file_new_on(const struct path *path, u32 flags,
			 const struct file_ops *op)
{
	struct file *f;

	path_get(path);
	f = file_blank(NULL, path, flags);
	if (!f)
		return ERR_PTR(-ENOMEM);
	assert(!S_ISREG(f->inode->mode)); /* nobody is counted as a writer */
	f->op = op;
	f->mode = access_mode(f->flags) | mode_of_ops(op);
	return f;
}

/*
 * As refcount_dec_and_test(), of a file that may hold itself: if it is in flight
 * and this was not the last reference, op->lost() must know. Somebody may send it
 * at this moment; he looks whether it is lost after he has counted it in
 * files_sent. So either he sees that our reference is gone, or we see his count.
 */
static bool cycle_unref(struct file *f)
{
	const struct file_ops *op = f->op;
	u32 before = atomic_load(&files_sent);
	bool sent = atomic_load(&f->in_flight);

	if (refcount_dec_and_test(&f->refs))
		return true;
	if (sent || atomic_load(&files_sent) != before) /* f may be gone */
		op->lost();
	return false;
}

static __noinline void notify_closed(struct file *f)
{
	notify_dentry(f->path.dentry, f->mode & FMODE_WRITE ? IN_CLOSE_WRITE :
							      IN_CLOSE_NOWRITE);
}

/* Drop a reference (NULL: none). With the last all that the file held goes. */
void file_put(struct file *f)
{
	if (!f)
		return;
	if (!(f->mode & FMODE_CYCLE ? cycle_unref(f) :
				      refcount_dec_and_test(&f->refs)))
		return;
	if (!list_empty(&f->epitems))
		epoll_file_release(f);
	if (!(f->mode & FMODE_PATH)) {
		if (notify_on())
			notify_closed(f);
		locks_release_file(f);
		f->op->release(f);
		if (counts_as_writer(f))
			drop_write(f);
	}
	if (f->mode & FMODE_NEED_UMOUNT)
		mnt_detached_end(f->path.mnt);
	file_free(f);
}

/* ---- execution against writing ------------------------------------------------ */

void file_deny_write(struct file *f)
{
	atomic_sub(&f->inode->writers, 1);
}

void file_allow_write(struct file *f)
{
	atomic_add(&f->inode->writers, 1);
}

/* ---- the access time -------------------------------------------------------------- */

#define DAY (24 * 3600 * NSEC_PER_SEC)

/* relatime: only if it is older than the last change, or than a day. */
static bool atime_is_old(const struct inode *inode, u64 now)
{
	return inode->atime <= inode->mtime || inode->atime <= inode->ctime ||
	       now >= inode->atime + DAY;
}

/**
 * file_accessed - a file or directory was read
 *
 * Sets the access time, unless the file, the inode, the mount or the super block
 * says that it is not kept.
 */
void file_accessed(struct file *f)
{
	u32 flags = READ_ONCE(f->path.mnt->flags);
	struct inode *inode = f->inode;
	u64 now;

	if (f->flags & O_NOATIME || inode->flags & I_NOATIME ||
	    flags & (MS_NOATIME | MS_RDONLY) || inode->sb->flags & MS_RDONLY)
		return;
	if (flags & MS_NODIRATIME && S_ISDIR(inode->mode))
		return;
	now = inode_now();
	if (!(flags & MS_RELATIME) || atime_is_old(inode, now))
		inode->atime = now;
}

/* ---- reading and writing --------------------------------------------------------- */

/**
 * file_read - read from a file
 * @f: open for reading, or -EBADF
 * @it: where to
 * @pos: position, moved along
 *
 * Return: bytes, 0 at the end; -EBADF, -EISDIR, or what the file says.
 */
ssize_t file_read(struct file *f, struct iter *it, loff_t *pos)
{
	ssize_t n;

	if (!(f->mode & FMODE_READ))
		return -EBADF;
	n = f->op->read(f, it, pos);
	if (n > 0)
		notify_dentry(f->path.dentry, IN_ACCESS);
	else if (n == -EINVAL && S_ISDIR(f->inode->mode))
		n = -EISDIR; /* they all have no_read() */
	return n;
}

ssize_t file_write(struct file *f, struct iter *it, loff_t *pos)
{
	ssize_t n;

	if (!(f->mode & FMODE_WRITE))
		return -EBADF;
	n = f->op->write(f, it, pos);
	if (n > 0)
		notify_dentry(f->path.dentry, IN_MODIFY);
	return n;
}

ssize_t file_read_kernel(struct file *f, void *buf, size_t n, loff_t pos)
{
	struct iter it;

	iter_kernel(&it, buf, n);
	return file_read(f, &it, &pos);
}

ssize_t file_write_kernel(struct file *f, const void *buf, size_t n,
			  loff_t *pos)
{
	struct iter it;

	iter_kernel(&it, (void *)buf, n);
	return file_write(f, &it, pos);
}

u32 file_poll(struct file *f, struct poll_table *pt)
{
	return f->op->poll(f, pt);
}

/* lseek(2) within the size of the inode. */
loff_t generic_llseek(struct file *f, loff_t offset, int whence)
{
	loff_t base = 0;

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		base = f->pos;
		break;
	case SEEK_END:
		base = f->inode->size;
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		/* without knowledge of holes: all is data, the end a hole */
		if (offset < 0 || offset >= f->inode->size)
			return -ENXIO;
		if (whence == SEEK_HOLE)
			offset = f->inode->size;
		break;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, offset, &offset))
		return -EOVERFLOW;
	if (offset < 0)
		return -EINVAL;
	f->pos = offset;
	return offset;
}
