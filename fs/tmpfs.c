// SPDX-License-Identifier: MIT
/*
 * tmpfs(5): a file system that is memory. Three types: "tmpfs" with limits,
 * "ramfs" without, and "rootfs", what a machine begins with.
 *
 * Nothing is behind a name but dentry, inode and frames: names are in
 * tmpfs_dir.c, content in tmpfs_file.c, options in tmpfs_options.c. Here: limits,
 * statfs, super blocks.
 *
 * Locks: tmpfs.lock, a leaf, for the counters.
 */
#include <asm/statfs.h>
#include <linux/mount.h>
#include <linux/stat.h>

#include "fs/context.h"
#include "fs/seq.h"
#include "fs/tmpfs_impl.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define TMPFS_MODE (S_ISVTX | 0777)
#define RAMFS_MODE 0755
#define TMPFS_ENTRY_SIZE 20 /* what Linux adds to st_size for a name */

/* ---- limits ----------------------------------------------------------------- */

u64 tmpfs_frames(void)
{
	struct mem_stats stats;

	mem_stats(&stats);
	return stats.total;
}

static int charge(struct tmpfs *fs, u64 *used, const u64 *maximum, u64 n)
{
	int err = 0;

	spin_lock(&fs->lock);
	if (*maximum && *used + n > *maximum)
		err = -ENOSPC;
	else
		*used += n;
	spin_unlock(&fs->lock);
	return err;
}

static void uncharge(struct tmpfs *fs, u64 *used, u64 n)
{
	spin_lock(&fs->lock);
	assert(*used >= n);
	*used -= n;
	spin_unlock(&fs->lock);
}

int tmpfs_charge_blocks(struct tmpfs *fs, u64 n)
{
	return charge(fs, &fs->blocks, &fs->max_blocks, n);
}

void tmpfs_uncharge_blocks(struct tmpfs *fs, u64 n)
{
	uncharge(fs, &fs->blocks, n);
}

int tmpfs_charge_inode(struct tmpfs *fs)
{
	return charge(fs, &fs->inodes, &fs->max_inodes, 1);
}

void tmpfs_uncharge_inode(struct tmpfs *fs)
{
	uncharge(fs, &fs->inodes, 1);
}

/* ---- extended attributes ---------------------------------------------------- */

#define INODE_ROOM 1024 /* bytes of attributes that count as an inode */

static u64 xattr_room(u64 bytes)
{
	return (bytes + INODE_ROOM - 1) / INODE_ROOM;
}

static bool has_xattrs(const struct inode *inode)
{
	return inode->sb->type != &ramfs_type;
}

int tmpfs_xattr_set(struct inode *inode, const char *name, const void *value,
		    size_t size, int flags)
{
	bool user = !strncmp(name, XATTR_USER_PREFIX, XATTR_USER_PREFIX_LEN);
	struct tmpfs *fs = to_tmpfs(inode->sb);
	u64 old = xattr_room(memory_xattr_user_bytes(inode)), more = 0;
	int err;

	if (!has_xattrs(inode))
		return -EOPNOTSUPP;
	if (user && value) /* at most */
		more = xattr_room(size + 2 * XATTR_NAME_MAX);
	err = charge(fs, &fs->inodes, &fs->max_inodes, more);
	if (err)
		return err;
	err = memory_xattr_set(inode, name, value, size, flags);
	uncharge(fs, &fs->inodes,
		 old + more - xattr_room(memory_xattr_user_bytes(inode)));
	return err;
}

ssize_t tmpfs_xattr_get(struct inode *inode, const char *name, void *buf,
			size_t size)
{
	return has_xattrs(inode) ? memory_xattr_get(inode, name, buf, size) :
				   -EOPNOTSUPP;
}

/* The inode ends. */
static void xattrs_evict(struct inode *inode)
{
	struct tmpfs *fs = to_tmpfs(inode->sb);

	if (!inode->xattrs)
		return;
	uncharge(fs, &fs->inodes, xattr_room(memory_xattr_user_bytes(inode)));
	memory_xattr_free(inode);
}

/* ---- super blocks --------------------------------------------------------------- */

static void tmpfs_evict(struct inode *inode)
{
	if (S_ISREG(inode->mode))
		tmpfs_evict_pages(inode);
	else if (S_ISLNK(inode->mode))
		kfree(inode->private);
	xattrs_evict(inode);
	tmpfs_uncharge_inode(to_tmpfs(inode->sb));
}

static void tmpfs_put_super(struct super *sb)
{
	kfree(sb->private);
}

static int tmpfs_statfs(struct dentry *d, struct statfs *st)
{
	struct tmpfs *fs = to_tmpfs(d->sb);
	int err = simple_statfs(d, st);

	if (err)
		return err;
	spin_lock(&fs->lock);
	if (fs->max_blocks) {
		st->f_blocks = (s64)fs->max_blocks;
		st->f_bfree = st->f_bavail =
			(s64)(fs->max_blocks - fs->blocks);
	}
	if (fs->max_inodes) {
		st->f_files = (s64)fs->max_inodes;
		st->f_ffree = (s64)(fs->max_inodes - fs->inodes);
	}
	spin_unlock(&fs->lock);
	return 0;
}

static void tmpfs_show_options(struct seq *seq, struct super *sb)
{
	const struct tmpfs *fs = to_tmpfs(sb);
	u64 half = tmpfs_frames() / 2;

	if (fs->max_blocks != half)
		seq_printf(seq, ",size=%lluk", (unsigned long long)
			   (fs->max_blocks << (PAGE_SHIFT - 10)));
	if (fs->max_inodes != half)
		seq_printf(seq, ",nr_inodes=%llu",
			   (unsigned long long)fs->max_inodes);
	if (fs->mode != TMPFS_MODE)
		seq_printf(seq, ",mode=%03o", fs->mode);
	if (fs->uid)
		seq_printf(seq, ",uid=%u", fs->uid);
	if (fs->gid)
		seq_printf(seq, ",gid=%u", fs->gid);
	seq_puts(seq, ",inode64");
}

/* What is in use must fit in, and what had no limit cannot get one. */
static int limit_check(u32 seen, u64 wanted, u64 maximum, u64 used)
{
	if (!seen || !wanted)
		return 0;
	if (!maximum)
		return why(-EINVAL, "tmpfs: no limit after it had none");
	if (wanted < used)
		return why(-EINVAL, "tmpfs: more than that is in use");
	return 0;
}

static int limits_change(struct tmpfs *fs, const struct tmpfs_options *o)
{
	int err;

	spin_lock(&fs->lock);
	err = limit_check(o->seen & SEEN_BLOCKS, o->blocks, fs->max_blocks,
			  fs->blocks);
	if (!err)
		err = limit_check(o->seen & SEEN_INODES, o->inodes,
				  fs->max_inodes, fs->inodes);
	if (!err && o->seen & SEEN_BLOCKS)
		fs->max_blocks = o->blocks;
	if (!err && o->seen & SEEN_INODES)
		fs->max_inodes = o->inodes;
	spin_unlock(&fs->lock);
	return err;
}

/* Limits can change; mode, uid and gid are of the first mount only. */
static int tmpfs_reconfigure(struct super *sb, struct fs_context *fc)
{
	return limits_change(to_tmpfs(sb), fc->options);
}

static const struct super_ops tmpfs_super_ops = {
	SUPER_OPS_DEFAULTS,
	.evict = tmpfs_evict,
	.shrink = super_no_shrink,
	.put_super = tmpfs_put_super,
	.statfs = tmpfs_statfs,
	.show_options = tmpfs_show_options,
	.reconfigure = tmpfs_reconfigure,
};

static void ramfs_show_options(struct seq *seq, struct super *sb)
{
	if (to_tmpfs(sb)->mode != RAMFS_MODE)
		seq_printf(seq, ",mode=%o", to_tmpfs(sb)->mode);
}

static const struct super_ops ramfs_super_ops = {
	SUPER_OPS_DEFAULTS,
	.evict = tmpfs_evict,
	.shrink = super_no_shrink,
	.put_super = tmpfs_put_super,
	.statfs = simple_statfs,
	.show_options = ramfs_show_options,
	.reconfigure = super_no_reconfigure,
};

static int tmpfs_make_root(struct super *sb)
{
	const struct tmpfs *fs = to_tmpfs(sb);
	struct inode *root = tmpfs_inode_new(sb, NULL, S_IFDIR | fs->mode, 0);

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	root->uid = fs->uid;
	root->gid = fs->gid;
	sb->root = d_alloc_root(root);
	return sb->root ? 0 : -ENOMEM;
}

/**
 * tmpfs_super_new - a super block with nothing but its root
 * @fs: kmalloc'ed, filled in but for the counters; taken over, also on error
 *
 * Return: the super block, one reference; ERR_PTR(-ENOMEM).
 */
struct super *tmpfs_super_new(const struct fs_type *type, u32 sb_flags,
			      struct tmpfs *fs)
{
	bool tmpfs = type != &ramfs_type;
	struct super *sb;
	int err;

	spin_init(&fs->lock, "tmpfs");
	fs->entry_size = tmpfs ? TMPFS_ENTRY_SIZE : 0;
	sb = super_new(type, tmpfs ? &tmpfs_super_ops : &ramfs_super_ops,
		       sb_flags);
	if (IS_ERR(sb)) {
		kfree(fs);
		return sb;
	}
	sb->magic = tmpfs ? TMPFS_MAGIC : RAMFS_MAGIC;
	sb->blksize = PAGE_SIZE;
	sb->private = fs;
	err = tmpfs_make_root(sb);
	if (err) {
		super_put(sb);
		return ERR_PTR(err);
	}
	return sb;
}

static struct super *tmpfs_make(const struct fs_context *fc,
				const struct tmpfs_options *o)
{
	struct tmpfs *fs = kzalloc(sizeof(*fs));

	if (!fs)
		return ERR_PTR(-ENOMEM);
	fs->max_blocks = o->blocks;
	fs->max_inodes = o->inodes;
	fs->mode = o->mode;
	fs->uid = o->uid;
	fs->gid = o->gid;
	return tmpfs_super_new(fc->type, fc->sb_flags, fs);
}

void tmpfs_default_mode(struct fs_context *fc, umode_t mode)
{
	struct tmpfs_options *o = fc->options;

	if (!(o->seen & SEEN_MODE))
		o->mode = mode;
	o->seen |= SEEN_MODE;
}

static struct super *tmpfs_get_super(struct fs_context *fc)
{
	struct tmpfs_options o = *(struct tmpfs_options *)fc->options;

	if (!(o.seen & SEEN_BLOCKS))
		o.blocks = tmpfs_frames() / 2;
	if (!(o.seen & SEEN_INODES))
		o.inodes = tmpfs_frames() / 2;
	if (!(o.seen & SEEN_MODE))
		o.mode = TMPFS_MODE;
	if (!(o.seen & SEEN_UID))
		o.uid = fc->cred->fsuid;
	if (!(o.seen & SEEN_GID))
		o.gid = fc->cred->fsgid;
	return tmpfs_make(fc, &o);
}

/* Of all options only the mode. */
static struct super *ramfs_get_super(struct fs_context *fc)
{
	struct tmpfs_options o = *(struct tmpfs_options *)fc->options;

	if (!(o.seen & SEEN_MODE))
		o.mode = RAMFS_MODE;
	return tmpfs_make(fc, &o);
}

/* Before there are tasks and credentials. */
static struct super *rootfs_get_super(struct fs_context *fc)
{
	const struct tmpfs_options o = { .blocks = tmpfs_frames() / 2,
					 .inodes = tmpfs_frames() / 2,
					 .mode = RAMFS_MODE };

	return tmpfs_make(fc, &o);
}

const struct fs_type tmpfs_type = {
	.name = "tmpfs",
	.flags = FS_NODEV | FS_USERNS_MOUNT,
	.get_super = tmpfs_get_super,
	.params = tmpfs_params,
	.options_size = sizeof(struct tmpfs_options),
};

const struct fs_type ramfs_type = {
	.name = "ramfs",
	.flags = FS_NODEV | FS_USERNS_MOUNT | FS_ANY_OPTION,
	.get_super = ramfs_get_super,
	.params = ramfs_params,
	.options_size = sizeof(struct tmpfs_options),
};

const struct fs_type rootfs_type = {
	.name = "rootfs",
	.flags = FS_NODEV | FS_INTERNAL,
	.get_super = rootfs_get_super,
};
