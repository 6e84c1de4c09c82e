/* SPDX-License-Identifier: MIT */
/* What the files of tmpfs tell each other; nobody else includes it. */
#ifndef WARREN_FS_TMPFS_IMPL_H
#define WARREN_FS_TMPFS_IMPL_H

#include <linux/fcntl.h>

#include "fs/file.h"
#include "fs/tmpfs.h"
#include "fs/xattr.h"

/* Of a super block: sb->private. Linux counts each name of a file as an inode,
 * as each pins a dentry. */
struct tmpfs {
	struct spinlock lock;
	u64 max_blocks, blocks; /* lock; frames; a maximum of 0 is none */
	u64 max_inodes, inodes; /* lock */
	umode_t mode;		/* [I] of the root, as the option says */
	uid_t uid;		/* [I] */
	gid_t gid;		/* [I] */
	u32 entry_size;		/* [I] bytes of st_size for each name */
};

static inline struct tmpfs *to_tmpfs(const struct super *sb)
{
	return sb->private;
}

/* tmpfs_options.c */
enum { SEEN_BLOCKS = 1, SEEN_INODES = 2, SEEN_MODE = 4, SEEN_UID = 8,
       SEEN_GID = 16 };
extern const struct fs_param ramfs_params[];
u64 tmpfs_frames(void); /* of the machine: what limits are parts of */

/* tmpfs.c: -ENOSPC if that is more than the maximum. */
int tmpfs_charge_blocks(struct tmpfs *fs, u64 n);
void tmpfs_uncharge_blocks(struct tmpfs *fs, u64 n);
int tmpfs_charge_inode(struct tmpfs *fs);
void tmpfs_uncharge_inode(struct tmpfs *fs);
struct super *tmpfs_super_new(const struct fs_type *type, u32 sb_flags,
			      struct tmpfs *fs);

/* tmpfs.c: attributes; ramfs has none, and "user." takes inodes' room. */
int tmpfs_xattr_set(struct inode *inode, const char *name, const void *value,
		    size_t size, int flags);
ssize_t tmpfs_xattr_get(struct inode *inode, const char *name, void *buf,
			size_t size);

/* tmpfs_dir.c: an inode of any kind, with its operations set. ERR_PTR:
 * -ENOMEM, -ENOSPC. @dir: for owner and group; NULL: the caller sets them. */
struct inode *tmpfs_inode_new(struct super *sb, const struct inode *dir,
			      umode_t mode, dev_t dev);

/* tmpfs_file.c */
extern const struct inode_ops tmpfs_file_iops;
extern const struct file_ops tmpfs_file_fops;
void tmpfs_evict_pages(struct inode *inode);
int tmpfs_setattr(struct dentry *d, const struct iattr *attr);

/* A regular file's private is its set of seals; inode->lock. */
static inline u32 tmpfs_seals(const struct inode *inode)
{
	return (u32)(uintptr_t)READ_ONCE(inode->private);
}
static inline void tmpfs_set_seals(struct inode *inode, u32 seals)
{
	WRITE_ONCE(inode->private, (void *)(uintptr_t)seals);
}

#endif
