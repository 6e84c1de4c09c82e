// SPDX-License-Identifier: MIT
/*
 * open(2) and openat2(2) below the system call: the walk, then creating,
 * checking and truncating what it found.
 *
 * O_CREAT decides in the parent directory, under its lock, whether the last
 * component is there; a link there is followed and the decision made again at
 * its end, 40 links in all. O_PATH opens a name: neither the file's
 * permission nor its file system's open is asked.
 */
#include "fs/fs_struct.h"
#include "fs/protected.h"
#include "fs/walk.h"
#include "kernel/debug/trace.h"
#include "kernel/debug/why.h"
#include "kernel/lib/printf.h"
#include "kernel/task/task.h"

/* ---- may current open what was found? ------------------------------------ */

/* MAY_* that the access mode of @flags asks for. Mode 3 (ioctl only) asks for
 * both. */
static int access_mask(u32 flags)
{
	static const u8 mask[] = { [O_RDONLY] = MAY_READ,
				   [O_WRONLY] = MAY_WRITE,
				   [O_RDWR] = MAY_READ | MAY_WRITE,
				   [O_ACCMODE] = MAY_READ | MAY_WRITE };
	int mode = mask[flags & O_ACCMODE];

	if (flags & O_TRUNC)
		mode |= MAY_WRITE;
	if (flags & O_APPEND)
		mode |= MAY_APPEND;
	return mode;
}

static int type_check(const struct path *path, int mask)
{
	switch (path->dentry->inode->mode & S_IFMT) {
	case S_IFLNK:
		return why(-ELOOP, "open: a link, with O_NOFOLLOW");
	case S_IFDIR:
		return mask & MAY_WRITE ? -EISDIR :
		       mask & MAY_EXEC	? -EACCES :
					  0;
	case S_IFCHR:
	case S_IFBLK:
		if (READ_ONCE(path->mnt->flags) & MS_NODEV ||
		    super_nodev(path->mnt->sb))
			return why(-EACCES, "open: a device on a nodev mount");
		return mask & MAY_EXEC ? -EACCES : 0;
	case S_IFIFO:
	case S_IFSOCK:
		return mask & MAY_EXEC ? -EACCES : 0;
	default:
		if (mask & MAY_EXEC &&
		    (path->mnt->flags | path->mnt->sb->flags) & MS_NOEXEC)
			return why(-EACCES, "exec: a noexec mount");
		return 0;
	}
}

static __noinline int open_check(const struct path *path, int mask)
{
	struct inode *inode = path->dentry->inode;
	int err = type_check(path, mask);

	if (err)
		return err;
	if (mask & MAY_WRITE && inode->flags & I_IMMUTABLE)
		return why(-EPERM, "open: this file can never be written");
	return inode_permission(inode, MAY_OPEN | mask);
}

static __forced_inline int open_permission(const struct path *path, int mask,
					   u32 flags)
{
	struct inode *inode = path->dentry->inode;
	int err = 0;

	/* most often: a regular file, to be read, and that all may read */
	if (!S_ISREG(inode->mode) || mask & (MAY_WRITE | MAY_EXEC) ||
	    !inode_lets_all(inode, MAY_READ))
		err = open_check(path, mask);
	if (!err && unlikely(flags & O_NOATIME) &&
	    !inode_owner_or_capable(inode))
		err = -EPERM;
	return err;
}

/* @mask: MAY_*; what @flags mean beyond it is checked here too. */
int may_open(const struct path *path, int mask, u32 flags)
{
	return open_permission(path, mask, flags);
}

/* ---- the last component ----------------------------------------------------- */

/*
 * In the locked parent: the dentry of nd->last, made if it is not there.
 * @want: mnt_want_write's answer. *@created is set if it was.
 */
static struct dentry *find_or_create(struct nameidata *nd, umode_t mode,
				     int want, bool *created)
{
	struct dentry *dir = nd->path.dentry;
	struct dentry *d = dir_lookup_locked(dir, &nd->last, nd->flags);
	int err = want;

	if (IS_ERR(d) || d->inode)
		return d;
	if (!err)
		err = vfs_create(dir->inode, d, mode & ~current->fs->umask);
	if (!err) {
		*created = true;
		return d;
	}
	d_put(d);
	return ERR_PTR(err);
}

/* The last component with O_CREAT. Returns as walk_into(). */
static const char *last_create(struct nameidata *nd, umode_t mode,
			       bool *created)
{
	struct inode *dir = nd->path.dentry->inode;
	struct mount *m = nd->path.mnt;
	struct dentry *d;
	int want;

	if (slash_after(&nd->last))
		return ERR_PTR(-EISDIR);
	trace(TRACE_WALK, "walk: %.*s in mount %u, to create",
	      (int)nd->last.len, nd->last.name, m->id);
	nd->dir_mode = dir->mode;
	nd->dir_uid = dir->uid;
	want = mnt_want_write(m);
	mutex_lock(&dir->lock);
	d = find_or_create(nd, mode, want, created);
	mutex_unlock(&dir->lock);
	if (!want)
		mnt_drop_write(m);
	if (nd->depth)
		link_done(nd);
	if (IS_ERR(d))
		return ERR_PTR(PTR_ERR(d));
	return walk_into(nd, d, nd->flags & LOOKUP_FOLLOW, NULL);
}

/* Walk to the end with O_CREAT, making the file if it is not there. */
static int walk_create(struct nameidata *nd, const char *name, umode_t mode,
		       bool *created)
{
	int err;

	do {
		err = walk_parent(nd, name);
		if (err)
			return err;
		if (nd->last_type == LAST_NORM) {
			name = last_create(nd, mode, created);
		} else {
			if (nd->depth)
				link_done(nd);
			name = walk_dots(nd);
		}
		if (IS_ERR(name))
			return (int)PTR_ERR(name);
	} while (name);
	return *created ? 0 : walk_done(nd);
}

/* ---- open --------------------------------------------------------------------- */

static u32 open_lookup_flags(u32 flags)
{
	u32 lookup = 0;

	if (likely(!(flags & (O_DIRECTORY | O_NOFOLLOW | O_CREAT | O_PATH))))
		return LOOKUP_FOLLOW | LOOKUP_OPEN;
	if (flags & O_DIRECTORY)
		lookup |= LOOKUP_DIRECTORY;
	if (!(flags & O_NOFOLLOW) &&
	    (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL))
		lookup |= LOOKUP_FOLLOW;
	if (flags & O_PATH)
		return lookup;
	lookup |= LOOKUP_OPEN;
	if (flags & O_CREAT)
		lookup |= LOOKUP_CREATE;
	if (flags & O_CREAT && flags & O_EXCL)
		lookup |= LOOKUP_EXCL;
	return lookup;
}

/* What O_CREAT asks of what is there. */
static int found_check(const struct nameidata *nd, u32 flags)
{
	const struct dentry *d = nd->path.dentry;

	if (flags & O_EXCL)
		return -EEXIST;
	if (d_is_dir(d))
		return -EISDIR;
	return protected_create(nd->dir_mode, nd->dir_uid, d->inode);
}

/**
 * vfs_truncate - cut or extend the regular file @d to @length
 *
 * Counts as a writer for that time: a program that runs is not cut.
 * Context: mnt_want_write() done, permission checked; takes inode->lock.
 * Return: 0, -ETXTBSY, -EPERM (sealed), -EFBIG, -ENOSPC, -ENOMEM.
 */
int vfs_truncate(struct dentry *d, loff_t length)
{
	struct iattr attr = { .valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME,
			      .size = length };
	struct inode *inode = d->inode;
	s32 old = atomic_load(&inode->writers);
	int err;

	do {
		if (old < 0)
			return why(-ETXTBSY, "truncate: a program that runs");
	} while (!atomic_cas(&inode->writers, &old, old + 1));
	attr.atime = attr.mtime = inode_now();
	err = notify_change(d, &attr);
	atomic_sub(&inode->writers, 1);
	return err;
}

/* Open @path and cut it to nothing. Permission has been checked. */
static struct file *open_and_truncate(const struct path *path, u32 flags,
				      struct file *room)
{
	struct file *f;
	int err;

	err = mnt_want_write(path->mnt);
	if (err) {
		file_unreserve(room);
		return ERR_PTR(err);
	}
	path_get(path);
	f = file_open_room(path, flags, room);
	if (!IS_ERR(f)) {
		err = vfs_truncate(path->dentry, 0);
		if (err) {
			file_put(f);
			f = ERR_PTR(err);
		}
	}
	mnt_drop_write(path->mnt);
	return f;
}

/* The file gets the walk's references. @room, or NULL: as for file_open_room(). */
static struct file *open_there(struct nameidata *nd, u32 flags,
			       struct file *room)
{
	struct file *f = file_open_room(&nd->path, flags, room);

	nd->path.mnt = NULL;
	return f;
}

/* Open what was there before. @room: the same. */
static __forced_inline struct file *open_found(struct nameidata *nd, u32 flags,
					       struct file *room)
{
	int err = open_permission(&nd->path, access_mask(flags), flags);

	if (unlikely(err)) {
		file_unreserve(room);
		return ERR_PTR(err);
	}
	if (unlikely(flags & O_TRUNC) && S_ISREG(nd->path.dentry->inode->mode))
		return open_and_truncate(&nd->path, flags, room);
	return open_there(nd, flags, room);
}

/* The memory for the open file comes first: a call that fails for want of it
 * has made nothing. */
static struct file *open_create(struct nameidata *nd, const char *name,
				u32 flags, umode_t mode)
{
	struct file *room = file_reserve();
	bool created = false;
	int err;

	if (!room)
		return ERR_PTR(-ENOMEM);
	err = walk_create(nd, name, mode, &created);
	if (!err && created)
		return open_there(nd, flags, room);
	if (!err)
		err = found_check(nd, flags);
	if (!err)
		return open_found(nd, flags, room);
	file_unreserve(room);
	return ERR_PTR(err);
}

/* O_PATH: the walk is all there is. */
static struct file *open_path_only(struct nameidata *nd, const char *name,
				   u32 flags)
{
	int err = walk_whole(nd, name);

	return err ? ERR_PTR(err) : file_open_path(&nd->path, flags);
}

/* ---- O_TMPFILE -------------------------------------------------------------- */

/* What d_path shows of it. */
static void tmpfile_name(struct dentry *d)
{
	spin_lock(&d->d_lock);
	d->name.name = d->inline_name;
	d->name.len = (u32)snprintf(d->inline_name, DNAME_INLINE, "#%llu",
				    (unsigned long long)d->inode->ino);
	spin_unlock(&d->d_lock);
}

static struct dentry *tmpfile_make(struct dentry *dir, u32 flags, umode_t mode)
{
	struct qstr name = qstr_of(dir, "#");
	struct inode *inode = dir->inode;
	struct dentry *d;
	int err = inode_permission(inode, MAY_WRITE | MAY_EXEC);

	if (!err)
		err = inode_may_own(inode);
	if (err)
		return ERR_PTR(err);
	d = d_alloc(dir, &name);
	if (IS_ERR(d))
		return d;
	mode = (mode & 07777 & ~current->fs->umask) | S_IFREG;
	mutex_lock(&inode->lock);
	err = inode->op->tmpfile(inode, d, mode);
	mutex_unlock(&inode->lock);
	if (err) {
		d_put(d);
		return ERR_PTR(err);
	}
	if (!(flags & O_EXCL))
		d->inode->flags |= I_LINKABLE;
	tmpfile_name(d);
	return d;
}

/* A file without a name, in the file system of directory @name. */
static __cold __noinline struct file *open_tmpfile(struct nameidata *nd,
						   const char *name, u32 flags,
						   umode_t mode)
{
	struct file *f;
	struct path path;
	int err = walk_whole(nd, name);

	if (!err)
		err = mnt_want_write(nd->path.mnt);
	if (err)
		return ERR_PTR(err);
	path.mnt = nd->path.mnt;
	path.dentry = tmpfile_make(nd->path.dentry, flags, mode);
	f = ERR_PTR(PTR_ERR_OR_ZERO(path.dentry));
	if (!f) {
		f = file_open_path(&path, flags);
		d_put(path.dentry);
	}
	mnt_drop_write(path.mnt);
	return f;
}

/* ---- what others call ----------------------------------------------------- */

/* Make the file, or nothing but a name for it. */
static __noinline struct file *open_specially(struct nameidata *nd,
					      const char *name,
					      const struct open_how *how)
{
	u32 flags = (u32)how->flags;

	if (flags & O_PATH)
		return open_path_only(nd, name, flags);
	if ((flags & O_TMPFILE) == O_TMPFILE)
		return open_tmpfile(nd, name, flags, (umode_t)how->mode);
	return open_create(nd, name, flags, (umode_t)how->mode);
}

static struct file *open_walk(struct nameidata *nd, const char *name,
			      const struct open_how *how)
{
	u32 flags = (u32)how->flags;
	int err;

	if (unlikely(flags & (O_PATH | O_CREAT | (O_TMPFILE & ~O_DIRECTORY))))
		return open_specially(nd, name, how);
	err = walk_whole(nd, name);
	return unlikely(err) ? ERR_PTR(err) : open_found(nd, flags, NULL);
}

/**
 * do_file_open - open a file
 * @how: flags, mode and resolve, validated already
 *
 * Context: may sleep (a FIFO waits for its other end).
 * Return: a file with one reference, or ERR_PTR: what the walk says;
 * -EEXIST, -EISDIR, -ENOTDIR, -ELOOP (O_NOFOLLOW), -EACCES, -EPERM, -EROFS,
 * -ENXIO, -ETXTBSY, -EOPNOTSUPP (O_TMPFILE), -ENFILE, -ENOMEM.
 */
struct file *do_file_open(int dirfd, const char *name,
			  const struct open_how *how)
{
	struct nameidata nd;
	struct file *f;

	nd_init(&nd, open_lookup_flags((u32)how->flags), how->resolve);
	name = walk_begin(&nd, dirfd, name);
	f = IS_ERR(name) ? ERR_PTR(PTR_ERR(name)) : open_walk(&nd, name, how);
	walk_end(&nd);
	return f;
}

struct file *file_open(const char *name, u32 flags, umode_t mode)
{
	struct open_how how = { .flags = flags, .mode = mode };

	return do_file_open(AT_FDCWD, name, &how);
}
