// SPDX-License-Identifier: MIT
/*
 * Making names: mkdir, mknod, symlink, link, and what open(2) makes.
 *
 * Each call walks to the parent, locks it (inode.lock), looks the last
 * component up there, and lets the file system fill the negative dentry.
 * The order of the checks is Linux's: a name that exists is -EEXIST even on a
 * read-only mount; a file system may say -ENOENT before anything is
 * forbidden (procfs does).
 *
 * Locks: the directory's inode.lock; link(2) then takes the file's.
 */
#include "fs/notify.h"
#include "fs/protected.h"
#include "fs/walk.h"
#include "kernel/debug/why.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* ---- the parent, locked ------------------------------------------------- */

/* The negative dentry to be filled; the parent is locked. @want: mnt_want_write's
 * answer, told only when nothing else is wrong. */
static struct dentry *negative_lookup(struct parent *p, bool is_dir, int want)
{
	bool create = is_dir || !slash_after(&p->last);
	u32 flags = LOOKUP_EXCL | (create ? LOOKUP_CREATE : 0);
	struct dentry *d = dir_lookup_locked(p->path.dentry, &p->last, flags);
	int err = want;

	if (IS_ERR(d))
		return d;
	if (d->inode)
		err = -EEXIST;
	else if (!create)
		err = -ENOENT;
	if (!err)
		return d;
	d_put(d);
	return ERR_PTR(err);
}

/**
 * path_create_start - begin to make @name: its parent locked, its dentry
 * @lookup_flags: none is needed so far
 * @is_dir: a directory is to be made, so a trailing slash is allowed
 * @parent: filled on success
 *
 * Ends with path_create_end().
 * Return: the negative dentry; ERR_PTR: -EEXIST (also for "." and ".."),
 * -ENOENT, -EROFS, and what the walk says.
 */
struct dentry *path_create_start(int dirfd, const char *name, u32 lookup_flags,
				 bool is_dir, struct path *parent)
{
	struct dentry *d = ERR_PTR(-EEXIST);
	struct parent p;
	int err, want;

	(void)lookup_flags;
	err = parent_lookup(dirfd, name, &p);
	if (err)
		return ERR_PTR(err);
	if (p.last_type != LAST_NORM)
		goto put_path;
	want = mnt_want_write(p.path.mnt);
	mutex_lock(&p.path.dentry->inode->lock);
	d = negative_lookup(&p, is_dir, want);
	if (!IS_ERR(d)) {
		*parent = p.path;
		return d;
	}
	mutex_unlock(&p.path.dentry->inode->lock);
	if (!want)
		mnt_drop_write(p.path.mnt);
put_path:
	path_put(&p.path);
	return d;
}

void path_create_end(struct path *parent, struct dentry *d)
{
	d_put(d);
	mutex_unlock(&parent->dentry->inode->lock);
	mnt_drop_write(parent->mnt);
	path_put(parent);
}

/* ---- one operation, in a locked directory ---------------------------------- */

/* May current make the name @d in @dir? 0, -EEXIST, -ENOENT, -EOVERFLOW,
 * -EACCES. */
int may_create(struct inode *dir, const struct dentry *d)
{
	int err;

	if (d->inode)
		return -EEXIST;
	if (dir->flags & I_DEAD)
		return -ENOENT;
	err = inode_may_own(dir);
	return err ? err : inode_permission(dir, MAY_WRITE | MAY_EXEC);
}

/**
 * vfs_create - make a regular file
 * vfs_mkdir - make a directory
 * vfs_mknod - make a FIFO, socket, device or regular file
 * vfs_symlink - make a text link
 *
 * Context: dir->lock held, mnt_want_write() done; @d is negative. The umask is
 * the caller's to apply.
 * Return: 0, -EEXIST, -ENOENT, -EACCES, -EPERM (the file system does not have
 * it; a device without CAP_MKNOD, or that its cgroup may not make), -ENOSPC,
 * -ENOMEM.
 */
int vfs_create(struct inode *dir, struct dentry *d, umode_t mode)
{
	int err = may_create(dir, d);

	if (!err)
		err = dir->op->create(dir, d, (mode & 07777) | S_IFREG);
	if (!err)
		notify_name(dir, d, IN_CREATE);
	return err;
}

int vfs_mkdir(struct inode *dir, struct dentry *d, umode_t mode)
{
	int err = may_create(dir, d);

	if (!err)
		err = dir->op->mkdir(dir, d, (mode & 01777) | S_IFDIR);
	if (!err)
		notify_name(dir, d, IN_CREATE);
	return err;
}

int vfs_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t dev)
{
	bool device = S_ISCHR(mode) || S_ISBLK(mode);
	bool whiteout = S_ISCHR(mode) && dev == 0;
	int err = may_create(dir, d);

	if (err)
		return err;
	if (device && !whiteout && !capable(CAP_MKNOD))
		return why(-EPERM, "mknod: no CAP_MKNOD in the initial user "
				   "namespace");
	if (device && !whiteout)
		err = device_permission(mode, dev, DEVICE_MKNOD);
	if (!err)
		err = dir->op->mknod(dir, d, mode, dev);
	if (!err)
		notify_name(dir, d, IN_CREATE);
	return err;
}

int vfs_symlink(struct inode *dir, struct dentry *d, const char *target)
{
	int err = may_create(dir, d);

	if (!err)
		err = dir->op->symlink(dir, d, target);
	if (!err)
		notify_name(dir, d, IN_CREATE);
	return err;
}

/**
 * vfs_link - one more name for the file of @old
 *
 * Context: as vfs_create(); takes the file's lock.
 * Return: 0, -EXDEV, -EPERM (a directory), -ENOENT (it has no name any more).
 */
int vfs_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
	struct inode *inode = old->inode;
	int err;

	if (!inode)
		return -ENOENT;
	err = may_create(dir, d);
	if (err)
		return err;
	if (dir->sb != inode->sb)
		return -EXDEV;
	if (inode->flags & I_IMMUTABLE || S_ISDIR(inode->mode))
		return -EPERM;
	mutex_lock(&inode->lock);
	if (!inode->nlink && !(inode->flags & I_LINKABLE))
		err = -ENOENT;
	else
		err = dir->op->link(old, dir, d);
	if (!err)
		inode->flags &= ~(u32)I_LINKABLE;
	mutex_unlock(&inode->lock);
	if (!err) {
		notify_inode(inode, IN_ATTRIB);
		notify_name(dir, d, IN_CREATE);
	}
	return err;
}

/* ---- whole calls --------------------------------------------------------------- */

int do_mkdir(int dirfd, const char *name, umode_t mode)
{
	struct path parent;
	struct dentry *d;
	int err;

	d = path_create_start(dirfd, name, 0, true, &parent);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	err = vfs_mkdir(parent.dentry->inode, d, mode);
	path_create_end(&parent, d);
	return err;
}

/* The types that mknod(2) makes: 0 is a regular file, a directory is not. */
static int mknod_check(umode_t mode)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

int do_mknod(int dirfd, const char *name, umode_t mode, dev_t dev)
{
	struct path parent;
	struct dentry *d;
	int err = mknod_check(mode);

	if (err)
		return err;
	d = path_create_start(dirfd, name, 0, false, &parent);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	if (!(mode & S_IFMT) || S_ISREG(mode))
		err = vfs_create(parent.dentry->inode, d, mode);
	else
		err = vfs_mknod(parent.dentry->inode, d, mode,
				S_ISCHR(mode) || S_ISBLK(mode) ? dev : 0);
	path_create_end(&parent, d);
	return err;
}

int do_symlink(const char *target, int dirfd, const char *name)
{
	struct path parent;
	struct dentry *d;
	int err;

	d = path_create_start(dirfd, name, 0, false, &parent);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	err = vfs_symlink(parent.dentry->inode, d, target);
	path_create_end(&parent, d);
	return err;
}

/* @lookup_flags: how @old is looked up. */
int do_link(int old_dirfd, const char *old, u32 lookup_flags, int dirfd,
	    const char *name)
{
	struct path file, parent;
	struct dentry *d;
	int err = path_lookup(old_dirfd, old, lookup_flags, &file);

	if (err)
		return err;
	d = path_create_start(dirfd, name, 0, false, &parent);
	err = PTR_ERR_OR_ZERO(d);
	if (!err) {
		err = -EXDEV;
		if (file.mnt == parent.mnt)
			err = protected_link(file.dentry->inode);
		if (!err)
			err = vfs_link(file.dentry, parent.dentry->inode, d);
		path_create_end(&parent, d);
	}
	path_put(&file);
	return err;
}

/**
 * kern_mkdir, kern_mknod, kern_symlink, kern_link - make a name from inside
 * the kernel, as current; no umask
 */
int kern_mkdir(const char *name, umode_t mode)
{
	return do_mkdir(AT_FDCWD, name, mode);
}

int kern_mknod(const char *name, umode_t mode, dev_t dev)
{
	return do_mknod(AT_FDCWD, name, mode, dev);
}

int kern_symlink(const char *target, const char *name)
{
	return do_symlink(target, AT_FDCWD, name);
}

int kern_link(const char *old, const char *name)
{
	return do_link(AT_FDCWD, old, 0, AT_FDCWD, name);
}
