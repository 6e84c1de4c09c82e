// SPDX-License-Identifier: MIT
/*
 * rename(2) and its kind.
 *
 * Locks: rename_mutex first, so that no other rename moves directories and
 * what is above what stays true; then the two directories, the upper one
 * first; then the victim. mnt_detach_gone() takes namespace_sem, under
 * which others take rename_mutex: so it comes after all locks are dropped.
 */
#include "fs/absent.h"
#include "fs/notify.h"
#include "fs/walk.h"
#include "kernel/debug/why.h"
#include "kernel/task/cred.h"

/* One rename: the two parents, and what is found in them. */
struct renaming {
	struct parent from, to;
	struct dentry *old, *new; /* counted */
	u32 flags;
};

static void dirs_lock(struct dentry *a, struct dentry *b)
{
	mutex_lock(&rename_mutex);
	if (a->inode == b->inode) {
		mutex_lock(&a->inode->lock);
	} else if (d_is_ancestor(b, a)) {
		mutex_lock(&b->inode->lock);
		mutex_lock(&a->inode->lock);
	} else {
		mutex_lock(&a->inode->lock);
		mutex_lock(&b->inode->lock);
	}
}

static void dirs_unlock(struct dentry *a, struct dentry *b)
{
	mutex_unlock(&a->inode->lock);
	if (a->inode != b->inode)
		mutex_unlock(&b->inode->lock);
	mutex_unlock(&rename_mutex);
}

/* ---- in locked directories -------------------------------------------------- */

static int may_rename(struct inode *old_dir, struct dentry *old,
		      struct inode *new_dir, struct dentry *new, u32 flags)
{
	bool is_dir = d_is_dir(old), exchange = flags & RENAME_EXCHANGE;
	int err = may_delete(old_dir, old, is_dir);

	if (err)
		return err;
	if (!new->inode)
		err = may_create(new_dir, new);
	else
		err = may_delete(new_dir, new,
				 exchange ? d_is_dir(new) : is_dir);
	if (err || old_dir == new_dir)
		return err;
	/* A directory that changes its parent changes its "..". */
	if (is_dir)
		err = inode_permission(old->inode, MAY_WRITE);
	if (!err && exchange && d_is_dir(new))
		err = inode_permission(new->inode, MAY_WRITE);
	return err;
}

/* The target, if it is replaced: it loses its name. */
static int rename_over(struct inode *old_dir, struct dentry *old,
		       struct inode *new_dir, struct dentry *new, u32 flags)
{
	struct inode *victim = flags & RENAME_EXCHANGE ? NULL : new->inode;
	int err;

	if (victim)
		mutex_lock(&victim->lock);
	err = old_dir->op->rename(old_dir, old, new_dir, new, flags);
	if (victim && !err && S_ISDIR(victim->mode))
		victim->flags |= I_DEAD;
	if (victim)
		mutex_unlock(&victim->lock);
	if (victim && !err) {
		spin_lock(&new->d_lock);
		new->flags |= D_CANT_MOUNT;
		spin_unlock(&new->d_lock);
		absent_drop_below(new);
	}
	return err;
}

/**
 * vfs_rename - give @old of @old_dir the name @new of @new_dir
 * @flags: RENAME_NOREPLACE (checked by the caller), RENAME_EXCHANGE, or
 *	   RENAME_WHITEOUT, which is the file system's to do
 *
 * Afterwards the dentry @old stands where @new stood. Mounts on a replaced
 * @new are the caller's to detach.
 * Context: rename_mutex and both directories' locks held; neither of the two
 * is above the other one's directory.
 * Return: 0, the errnos of may_create() and may_delete(), -EBUSY (one is a
 * mountpoint), -ENOTEMPTY, -EPERM, -EINVAL.
 */
int vfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
	       struct dentry *new, u32 flags)
{
	bool exchange = flags & RENAME_EXCHANGE;
	struct notify_name was, other;
	int err;

	if (old->inode == new->inode)
		return 0;
	err = may_rename(old_dir, old, new_dir, new, flags);
	if (err)
		return err;
	if (is_local_mountpoint(old) || is_local_mountpoint(new))
		return why(-EBUSY, "rename: a mountpoint in this namespace");
	notify_keep(&was, old);
	notify_keep(&other, new);
	err = rename_over(old_dir, old, new_dir, new, flags);
	if (err)
		return err;
	d_move(old, new, exchange);
	notify_move(old_dir, &was, new_dir, old, exchange ? NULL : new->inode);
	if (exchange)
		notify_move(new_dir, &other, old_dir, new, NULL);
	return 0;
}

/* ---- the whole call ------------------------------------------------------------- */

static int slashes_check(const struct renaming *r)
{
	bool exchange = r->flags & RENAME_EXCHANGE;

	if (exchange && !d_is_dir(r->new) && slash_after(&r->to.last))
		return -ENOTDIR;
	if (d_is_dir(r->old))
		return 0;
	if (slash_after(&r->from.last) ||
	    (!exchange && slash_after(&r->to.last)))
		return -ENOTDIR;
	return 0;
}

static int renaming_check(const struct renaming *r)
{
	bool exchange = r->flags & RENAME_EXCHANGE;
	int err;

	if (r->flags & RENAME_NOREPLACE && r->new->inode)
		return -EEXIST;
	if (exchange && !r->new->inode)
		return -ENOENT;
	err = slashes_check(r);
	if (err)
		return err;
	if (d_is_ancestor(r->old, r->to.path.dentry))
		return why(-EINVAL, "rename: a directory into itself");
	if (d_is_ancestor(r->new, r->from.path.dentry))
		return exchange ? -EINVAL : -ENOTEMPTY;
	return 0;
}

/* Both directories are locked: look up the two names, and do it. */
static int renaming_run(struct renaming *r)
{
	u32 flags = r->flags & RENAME_EXCHANGE ? 0 : LOOKUP_RENAME_TARGET;
	struct dentry *old_dir = r->from.path.dentry;
	struct dentry *new_dir = r->to.path.dentry;
	int err;

	r->old = dir_lookup_locked(old_dir, &r->from.last, 0);
	if (IS_ERR(r->old))
		return (int)PTR_ERR(r->old);
	if (!r->old->inode)
		return -ENOENT;
	r->new = dir_lookup_locked(new_dir, &r->to.last, flags);
	if (IS_ERR(r->new))
		return (int)PTR_ERR(r->new);
	err = renaming_check(r);
	if (err)
		return err;
	return vfs_rename(old_dir->inode, r->old, new_dir->inode, r->new,
			  r->flags);
}

static void renaming_end(struct renaming *r)
{
	if (r->new && !IS_ERR(r->new)) {
		mnt_detach_gone(r->new);
		d_put(r->new);
	}
	if (r->old && !IS_ERR(r->old))
		d_put(r->old);
}

static int parents_check(const struct renaming *r)
{
	if (r->from.path.mnt != r->to.path.mnt)
		return -EXDEV;
	if (r->from.last_type != LAST_NORM)
		return -EBUSY;
	if (r->to.last_type != LAST_NORM)
		return r->flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	return 0;
}

static int parents_rename(struct renaming *r)
{
	struct path *from = &r->from.path, *to = &r->to.path;
	int err = parents_check(r);

	if (!err)
		err = mnt_want_write(from->mnt);
	if (err)
		return err;
	dirs_lock(from->dentry, to->dentry);
	err = renaming_run(r);
	dirs_unlock(from->dentry, to->dentry);
	renaming_end(r);
	mnt_drop_write(from->mnt);
	return err;
}

static int flags_check(u32 flags)
{
	if (flags & ~(u32)(RENAME_NOREPLACE | RENAME_EXCHANGE |
			   RENAME_WHITEOUT))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE && flags != RENAME_EXCHANGE)
		return -EINVAL;
	return 0;
}

/**
 * do_rename - renameat2(2)
 *
 * Context: may sleep; no lock held.
 * Return: 0, -EINVAL (flags; a directory into itself), -EXDEV, -EBUSY,
 * -EEXIST, -ENOENT, -ENOTDIR, -EISDIR, -ENOTEMPTY, -EROFS, -EPERM, -EACCES.
 */
int do_rename(int old_dirfd, const char *old, int new_dirfd, const char *new,
	      u32 flags)
{
	struct renaming r = { .flags = flags };
	int err;

	err = flags_check(flags);
	if (err)
		return err;
	err = parent_lookup(old_dirfd, old, &r.from);
	if (err)
		return err;
	err = parent_lookup(new_dirfd, new, &r.to);
	if (!err) {
		err = parents_rename(&r);
		path_put(&r.to.path);
	}
	path_put(&r.from.path);
	return err;
}
