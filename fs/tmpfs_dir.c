// SPDX-License-Identifier: MIT
/*
 * Names of tmpfs. The dentries are the directory: each name holds one more
 * reference on its dentry (D_PINNED), which unlink gives back. What a name leads
 * to is made here too: inodes of every kind.
 *
 * Locks: inode->lock of the directories involved, held by the caller.
 */
#include <linux/fs.h>

#include "fs/absent.h"
#include "fs/devfs.h"
#include "fs/namei.h"
#include "fs/pipe.h"
#include "fs/tmpfs_impl.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

#define NO_DEVICE ((dev_t)-1)
#define WHITEOUT_MODE (S_IFCHR | 0)

static const struct inode_ops tmpfs_dir_iops, tmpfs_link_iops,
	tmpfs_special_iops;

/* ---- inodes --------------------------------------------------------------- */

/* Who serves an open of a device, a FIFO or a socket's name. No block device
 * exists, and a socket cannot be opened: -ENXIO. */
static const struct file_ops *special_fops(umode_t mode, dev_t dev)
{
	if (S_ISFIFO(mode))
		return &fifo_fops;
	return chrdev_fops(S_ISCHR(mode) ? dev : NO_DEVICE);
}

static void inode_set_ops(struct inode *inode, dev_t dev)
{
	umode_t mode = inode->mode;

	if (S_ISDIR(mode)) {
		inode->op = &tmpfs_dir_iops;
		inode->fop = &simple_dir_fops;
		inode->nlink = 2;
		inode->size = 2 * to_tmpfs(inode->sb)->entry_size;
	} else if (S_ISREG(mode)) {
		inode->op = &tmpfs_file_iops;
		inode->fop = &tmpfs_file_fops;
		tmpfs_set_seals(inode, F_SEAL_SEAL);
	} else if (S_ISLNK(mode)) {
		inode->op = &tmpfs_link_iops;
		inode->fop = special_fops(S_IFSOCK, 0);
	} else {
		inode->op = &tmpfs_special_iops;
		inode->fop = special_fops(mode, dev);
		inode->rdev = S_ISCHR(mode) || S_ISBLK(mode) ? dev : 0;
	}
}

struct inode *tmpfs_inode_new(struct super *sb, const struct inode *dir,
			      umode_t mode, dev_t dev)
{
	struct inode *inode;
	int err = tmpfs_charge_inode(to_tmpfs(sb));

	if (err)
		return ERR_PTR(err);
	inode = inode_new(sb, mode);
	if (IS_ERR(inode)) {
		tmpfs_uncharge_inode(to_tmpfs(sb));
		return inode;
	}
	inode->ino = super_next_ino(sb);
	if (dir)
		inode_init_owner(inode, dir, mode);
	inode_set_ops(inode, dev);
	return inode;
}

/* ---- names ------------------------------------------------------------------ */

static void dir_changed(struct inode *dir, int entries)
{
	dir->size += entries * (loff_t)to_tmpfs(dir->sb)->entry_size;
	dir->mtime = dir->ctime = inode_now();
}

/* @d becomes a name of @inode (reference taken over) in @dir. */
static void name_add(struct inode *dir, struct dentry *d, struct inode *inode)
{
	simple_add(d, inode);
	dir_changed(dir, 1);
}

/* The name goes; the caller still holds @d. */
static void name_remove(struct inode *dir, struct dentry *d)
{
	struct inode *inode = d->inode;

	if (inode->nlink > 1 && !S_ISDIR(inode->mode))
		tmpfs_uncharge_inode(to_tmpfs(dir->sb));
	dir_changed(dir, -1);
	inode->ctime = dir->ctime;
	inode->nlink--;
	spin_lock(&d->d_lock);
	d->flags &= ~(u32)D_PINNED;
	spin_unlock(&d->d_lock);
	d_put(d);
}

static int tmpfs_mknod(struct inode *dir, struct dentry *d, umode_t mode,
		       dev_t dev)
{
	struct inode *inode = tmpfs_inode_new(dir->sb, dir, mode, dev);

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	name_add(dir, d, inode);
	return 0;
}

static int tmpfs_create(struct inode *dir, struct dentry *d, umode_t mode)
{
	return tmpfs_mknod(dir, d, (mode & ~(umode_t)S_IFMT) | S_IFREG, 0);
}

static int tmpfs_mkdir(struct inode *dir, struct dentry *d, umode_t mode)
{
	int err = tmpfs_mknod(dir, d, (mode & ~(umode_t)S_IFMT) | S_IFDIR, 0);

	if (!err)
		dir->nlink++; /* its ".." */
	return err;
}

static int tmpfs_symlink(struct inode *dir, struct dentry *d,
			 const char *target)
{
	struct inode *inode;

	inode = tmpfs_inode_new(dir->sb, dir, S_IFLNK | 0777, 0);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	inode->private = kstrdup(target);
	if (!inode->private) {
		inode_put(inode);
		return -ENOMEM;
	}
	inode->size = (loff_t)strlen(target);
	name_add(dir, d, inode);
	return 0;
}

/* A file of O_TMPFILE has no name yet, and was counted as it was made. */
static int tmpfs_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
	struct inode *inode = old->inode;
	int err = inode->nlink ? tmpfs_charge_inode(to_tmpfs(dir->sb)) : 0;

	if (err)
		return err;
	inode->nlink++;
	name_add(dir, d, inode_get(inode));
	inode->ctime = dir->ctime;
	return 0;
}

static int tmpfs_unlink(struct inode *dir, struct dentry *d)
{
	name_remove(dir, d);
	return 0;
}

static int tmpfs_rmdir(struct inode *dir, struct dentry *d)
{
	if (!simple_empty(d))
		return -ENOTEMPTY;
	d->inode->nlink--; /* its "." */
	dir->nlink--;
	name_remove(dir, d);
	return 0;
}

static int tmpfs_tmpfile(struct inode *dir, struct dentry *d, umode_t mode)
{
	struct inode *inode;

	mode = (mode & ~(umode_t)S_IFMT) | S_IFREG;
	inode = tmpfs_inode_new(dir->sb, dir, mode, 0);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	inode->nlink = 0;
	d_instantiate(d, inode);
	return 0;
}

/* ---- rename(2). The caller moves the dentries (d_move) ---------------------- */

static void rename_exchange(struct inode *old_dir, struct dentry *old,
			    struct inode *new_dir, struct dentry *new)
{
	if (old_dir != new_dir && d_is_dir(old) != d_is_dir(new)) {
		struct inode *loses = d_is_dir(old) ? old_dir : new_dir;
		struct inode *gains = d_is_dir(old) ? new_dir : old_dir;

		loses->nlink--;
		gains->nlink++;
	}
	dir_changed(old_dir, 0);
	dir_changed(new_dir, 0);
	old->inode->ctime = new->inode->ctime = inode_now();
}

/* RENAME_WHITEOUT: a character device 0:0 under the old name. Hashed beside
 * @old, which d_move takes away at once. */
static int whiteout_add(struct inode *dir, struct dentry *old)
{
	struct dentry *d = d_alloc(old->parent, &old->name);
	int err;

	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	err = tmpfs_mknod(dir, d, WHITEOUT_MODE, 0);
	d_put(d);
	return err;
}

/* Cannot fail. What @new was goes. */
static void rename_commit(struct inode *old_dir, struct dentry *old,
			  struct inode *new_dir, struct dentry *new)
{
	bool dir = d_is_dir(old);

	if (new->inode) {
		if (dir) {
			new->inode->nlink--;
			new_dir->nlink--;
		}
		name_remove(new_dir, new);
	}
	if (dir) {
		old_dir->nlink--;
		new_dir->nlink++;
	}
	dir_changed(old_dir, -1);
	dir_changed(new_dir, 1);
	old->inode->ctime = new_dir->ctime;
}

static int tmpfs_rename(struct inode *old_dir, struct dentry *old,
			struct inode *new_dir, struct dentry *new, u32 flags)
{
	int err = 0;

	if (flags & ~(u32)(RENAME_NOREPLACE | RENAME_EXCHANGE |
			   RENAME_WHITEOUT))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE) {
		rename_exchange(old_dir, old, new_dir, new);
		return 0;
	}
	if (d_is_dir(new) && !simple_empty(new))
		return -ENOTEMPTY;
	if (flags & RENAME_WHITEOUT)
		err = whiteout_add(old_dir, old);
	if (!err)
		rename_commit(old_dir, old, new_dir, new);
	return err;
}

static const char *tmpfs_link_text(const struct inode *inode, char *buf)
{
	(void)buf;
	return inode->private;
}

/* That a name is not there is remembered, unless it is about to come. */
static int tmpfs_lookup(struct inode *dir, struct dentry *d, u32 flags)
{
	int err = simple_lookup(dir, d, flags);

	if (!err && !(flags & (LOOKUP_CREATE | LOOKUP_EXCL |
			       LOOKUP_RENAME_TARGET)))
		absent_keep(d);
	return err;
}

static const struct inode_ops tmpfs_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = tmpfs_lookup,
	.create = tmpfs_create,
	.link = tmpfs_link,
	.unlink = tmpfs_unlink,
	.symlink = tmpfs_symlink,
	.mkdir = tmpfs_mkdir,
	.rmdir = tmpfs_rmdir,
	.mknod = tmpfs_mknod,
	.rename = tmpfs_rename,
	.tmpfile = tmpfs_tmpfile,
	.setattr = tmpfs_setattr,
	.xattr_set = tmpfs_xattr_set,
	.xattr_get = tmpfs_xattr_get,
	.xattr_list = memory_xattr_list,
};

static const struct inode_ops tmpfs_link_iops = {
	INODE_OPS_DEFAULTS,
	.link_text = tmpfs_link_text,
	.setattr = tmpfs_setattr,
	.xattr_set = tmpfs_xattr_set,
	.xattr_get = tmpfs_xattr_get,
	.xattr_list = memory_xattr_list,
};

static const struct inode_ops tmpfs_special_iops = {
	INODE_OPS_DEFAULTS,
	.setattr = tmpfs_setattr,
	.xattr_set = tmpfs_xattr_set,
	.xattr_get = tmpfs_xattr_get,
	.xattr_list = memory_xattr_list,
};
