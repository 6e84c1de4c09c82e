// SPDX-License-Identifier: MIT
/*
 * "sysfs": the directories of /sys that programs expect, all empty. There is
 * no device model; /sys/kernel/debug is where debugfs is mounted, and
 * /sys/fs/cgroup where a cgroup hierarchy would be.
 *
 * One super block, made at the first mount, which all mounts show.
 */
#include <linux/magic.h>
#include <linux/sched.h>
#include <linux/stat.h>

#include "fs/context.h"
#include "fs/file.h"
#include "fs/sysfs.h"
#include "kernel/lib/string.h"

static const struct inode_ops sysfs_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = simple_lookup,
};

static const struct super_ops sysfs_super_ops = {
	SUPER_OPS_DEFAULTS,
};

/* A parent comes before its children: @parent is an index here, or -1. */
static const struct sysfs_dir {
	const char *name;
	int parent;
	umode_t mode;
} sysfs_dirs[] = {
	{ "block", -1, 0755 },	 { "bus", -1, 0755 },	 { "class", -1, 0755 },
	{ "dev", -1, 0755 },	 { "devices", -1, 0755 }, { "fs", -1, 0755 },
	{ "kernel", -1, 0755 },	 { "module", -1, 0755 }, { "power", -1, 0755 },
	{ "cgroup", 5, 0755 },	 { "debug", 6, 0700 },
};

static struct inode *sysfs_inode(struct super *sb, umode_t mode)
{
	struct inode *inode = inode_new(sb, S_IFDIR | mode);

	if (IS_ERR(inode))
		return inode;
	inode->ino = super_next_ino(sb);
	inode->op = &sysfs_dir_iops;
	inode->fop = &simple_dir_fops;
	inode->nlink = 2;
	return inode;
}

/* A directory in @parent, pinned by it. Not counted. ERR_PTR(-ENOMEM). */
static struct dentry *sysfs_mkdir(struct dentry *parent, const char *name,
				  umode_t mode)
{
	struct qstr q = qstr_of(parent, name);
	struct inode *inode;
	struct dentry *d;

	d = d_alloc(parent, &q);
	if (IS_ERR(d))
		return d;
	inode = sysfs_inode(parent->sb, mode);
	if (IS_ERR(inode)) {
		d_put(d);
		return ERR_PTR(PTR_ERR(inode));
	}
	spin_lock(&d->d_lock);
	d->flags |= D_PINNED; /* the reference of d_alloc() */
	spin_unlock(&d->d_lock);
	d_add(d, inode);
	parent->inode->nlink++;
	return d;
}

static int sysfs_fill(struct super *sb)
{
	struct inode *root = sysfs_inode(sb, 0755);
	struct dentry *made[ARRAY_SIZE(sysfs_dirs)];

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	sb->root = d_alloc_root(root);
	if (!sb->root)
		return -ENOMEM;
	for (u32 i = 0; i < ARRAY_SIZE(sysfs_dirs); i++) {
		const struct sysfs_dir *dir = &sysfs_dirs[i];

		made[i] = sysfs_mkdir(dir->parent < 0 ? sb->root :
							made[dir->parent],
				      dir->name, dir->mode);
		if (IS_ERR(made[i]))
			return (int)PTR_ERR(made[i]);
		if (dir->parent >= 0)
			made[i]->inode->flags |= I_MOUNTPOINT;
	}
	return 0;
}

static struct super *sysfs_super_new(const struct fs_type *type, u32 sb_flags)
{
	struct super *sb = super_new(type, &sysfs_super_ops, sb_flags);
	int err;

	if (IS_ERR(sb))
		return sb;
	sb->magic = SYSFS_MAGIC;
	sb->blksize = 4096;
	err = sysfs_fill(sb);
	if (err) {
		super_put(sb);
		return ERR_PTR(err);
	}
	return sb;
}

static struct super *sysfs_get_super(struct fs_context *fc)
{
	static DEFINE_MUTEX(once);
	static struct super *only;
	struct super *sb;

	mutex_lock(&once);
	sb = only;
	if (!sb)
		sb = sysfs_super_new(fc->type, fc->sb_flags);
	if (!IS_ERR(sb)) {
		only = sb; /* its first reference stays */
		super_get(sb);
	}
	mutex_unlock(&once);
	return sb;
}

const struct fs_type sysfs_type = {
	.name = "sysfs",
	.flags = FS_NODEV | FS_USERNS_MOUNT | FS_WHOLE,
	.shows = CLONE_NEWNET,
	.get_super = sysfs_get_super,
};
