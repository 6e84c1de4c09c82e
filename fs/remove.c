// SPDX-License-Identifier: MIT
/*
 * Taking names away: unlink and rmdir.
 *
 * A name that is a mountpoint in current's namespace is busy. If something is
 * mounted on it in another namespace only, that mount goes with the name.
 *
 * Locks: the directory's inode.lock, then the victim's. What was mounted on the
 * victim goes when both are dropped (mnt_detach_gone()), as that takes
 * namespace_sem, which comes before them.
 */
#include "fs/absent.h"
#include "fs/notify.h"
#include "fs/walk.h"
#include "kernel/debug/why.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* In a sticky directory only the owner of the file, the owner of the
 * directory and CAP_FOWNER take a name away. */
static bool sticky_forbids(const struct inode *dir, const struct inode *inode)
{
	kuid_t me = current->cred->fsuid;

	if (!(dir->mode & S_ISVTX) || inode->uid == me || dir->uid == me)
		return false;
	return !inode_capable(inode, CAP_FOWNER);
}

/*
 * May current take the name @d out of @dir, which is locked?
 * Return: 0, -ENOENT, -EACCES, -EPERM, -ENOTDIR, -EISDIR, -EBUSY.
 */
int may_delete(struct inode *dir, const struct dentry *d, bool is_dir)
{
	int err;

	if (!d->inode)
		return -ENOENT;
	err = inode_permission(dir, MAY_WRITE | MAY_EXEC);
	if (err)
		return err;
	if (sticky_forbids(dir, d->inode))
		return why(-EPERM, "unlink: sticky directory, not the owner");
	if (d->inode->flags & I_IMMUTABLE)
		return -EPERM;
	if (is_dir && !d_is_dir(d))
		return -ENOTDIR;
	if (is_dir && d->parent == d)
		return -EBUSY;
	if (!is_dir && d_is_dir(d))
		return -EISDIR;
	return dir->flags & I_DEAD ? -ENOENT : 0;
}

/* The name of @d is gone: no more mounts on it. The victim is not locked. */
static void name_gone(struct dentry *d)
{
	spin_lock(&d->d_lock);
	d->flags |= D_CANT_MOUNT;
	spin_unlock(&d->d_lock);
	d_delete(d);
}

static int busy(struct dentry *d)
{
	if (is_local_mountpoint(d))
		return why(-EBUSY, "unlink: a mountpoint in this namespace");
	return 0;
}

/**
 * vfs_unlink - take the name @d, not a directory, out of @dir
 * vfs_rmdir - the same for an empty directory
 *
 * Context: dir->lock held, mnt_want_write() done; takes the victim's lock. When
 * the caller has dropped dir->lock it calls mnt_detach_gone().
 * Return: 0, the errnos of may_delete(), -EBUSY (a mountpoint), -ENOTEMPTY,
 * -EPERM (the file system's names are fixed).
 */
int vfs_unlink(struct inode *dir, struct dentry *d)
{
	int err = may_delete(dir, d, false);
	struct inode *inode = d->inode;

	if (err)
		return err;
	mutex_lock(&inode->lock);
	err = busy(d);
	if (!err)
		err = dir->op->unlink(dir, d);
	mutex_unlock(&inode->lock);
	if (err)
		return err;
	name_gone(d);
	notify_inode(inode, IN_ATTRIB); /* it has a name less */
	notify_name(dir, d, IN_DELETE);
	return 0;
}

int vfs_rmdir(struct inode *dir, struct dentry *d)
{
	int err = may_delete(dir, d, true);
	struct inode *inode = d->inode;

	if (err)
		return err;
	mutex_lock(&inode->lock);
	err = busy(d);
	if (!err)
		err = dir->op->rmdir(dir, d);
	if (!err)
		inode->flags |= I_DEAD;
	mutex_unlock(&inode->lock);
	if (err)
		return err;
	absent_drop_below(d);
	name_gone(d);
	notify_name(dir, d, IN_DELETE);
	return 0;
}

/* ---- whole calls ----------------------------------------------------------- */

static int last_unlink(struct parent *p, struct dentry *d)
{
	if (!d->inode)
		return -ENOENT;
	if (slash_after(&p->last))
		return d_is_dir(d) ? -EISDIR : -ENOTDIR;
	return vfs_unlink(p->path.dentry->inode, d);
}

static int last_rmdir(struct parent *p, struct dentry *d)
{
	return d->inode ? vfs_rmdir(p->path.dentry->inode, d) : -ENOENT;
}

/* Lock the parent, look the victim up, let @remove do it. The victim's last
 * reference goes outside the lock, as that may free a big file. */
static int last_remove(struct parent *p,
		       int (*remove)(struct parent *p, struct dentry *d))
{
	struct inode *dir = p->path.dentry->inode;
	struct dentry *d;
	int err = mnt_want_write(p->path.mnt);

	if (err)
		return err;
	mutex_lock(&dir->lock);
	d = dir_lookup_locked(p->path.dentry, &p->last, 0);
	err = IS_ERR(d) ? (int)PTR_ERR(d) : remove(p, d);
	mutex_unlock(&dir->lock);
	if (!IS_ERR(d)) {
		mnt_detach_gone(d);
		d_put(d);
	}
	mnt_drop_write(p->path.mnt);
	return err;
}

/**
 * do_unlink - unlink(2)
 *
 * Context: may sleep; no lock held.
 */
int do_unlink(int dirfd, const char *name)
{
	struct parent p;
	int err = parent_lookup(dirfd, name, &p);

	if (err)
		return err;
	err = p.last_type == LAST_NORM ? last_remove(&p, last_unlink) : -EISDIR;
	path_put(&p.path);
	return err;
}

/**
 * do_rmdir - rmdir(2)
 *
 * Context: may sleep; no lock held.
 */
int do_rmdir(int dirfd, const char *name)
{
	static const int refused[] = { [LAST_ROOT] = -EBUSY,
				       [LAST_DOT] = -EINVAL,
				       [LAST_DOTDOT] = -ENOTEMPTY };
	struct parent p;
	int err = parent_lookup(dirfd, name, &p);

	if (err)
		return err;
	err = p.last_type == LAST_NORM ? last_remove(&p, last_rmdir) :
					 refused[p.last_type];
	path_put(&p.path);
	return err;
}
