// SPDX-License-Identifier: MIT
/*
 * Files without a name: pipes, sockets, epoll and their like. They live on an
 * internal mount that no tree contains; what /proc/PID/fd shows of them is made
 * up from what they are: "pipe:[17]", "anon_inode:[eventfd]".
 */
#include <linux/magic.h>

#include "fs/file.h"
#include "fs/mount.h"
#include "fs/pipe.h"
#include "kernel/lib/printf.h"
#include "kernel/mm/slab.h"

static const struct fs_type anon_type = {
	.name = "anon_inodefs",
	.flags = FS_NODEV | FS_INTERNAL,
};
/* Names that mount(2) knows, to refuse them. */
const struct fs_type pipefs_type = {
	.name = "pipefs",
	.flags = FS_NODEV | FS_NOUSER,
};
const struct fs_type sockfs_type = {
	.name = "sockfs",
	.flags = FS_NODEV | FS_NOUSER,
};
static const struct super_ops anon_sops = { SUPER_OPS_DEFAULTS };
static const struct inode_ops anon_iops = { INODE_OPS_DEFAULTS };
static const struct file_ops blank_fops = { FILE_OPS_DEFAULTS };

static struct mount *anon_mnt;	 /* [I] */
static struct inode *anon_inode; /* [I] that all "anon_inode:" files share */

/* Dentry->private: a string of the kernel's text, never freed. */
static int anon_dname(struct dentry *d, char *buf, size_t size)
{
	return snprintf(buf, size, "anon_inode:%s", (const char *)d->private);
}

static int numbered_dname(struct dentry *d, char *buf, size_t size)
{
	return snprintf(buf, size, "%s:[%llu]", (const char *)d->private,
			(unsigned long long)d->inode->ino);
}

static const struct dentry_ops anon_dops = {
	.revalidate = d_always_valid,
	.prune = d_prune_nothing,
	.dname = anon_dname,
};
static const struct dentry_ops numbered_dops = {
	.revalidate = d_always_valid,
	.prune = d_prune_nothing,
	.dname = numbered_dname,
};

void anon_module_init(void)
{
	struct super *sb = super_new(&anon_type, &anon_sops, 0);
	struct inode *root = IS_ERR(sb) ? NULL : inode_new(sb, S_IFDIR | 0755);

	if (!root || IS_ERR(root))
		panic("anon: no memory for the file system of nameless files");
	sb->magic = ANON_INODE_FS_MAGIC;
	root->op = &anon_iops;
	root->fop = &simple_dir_fops;
	sb->root = d_alloc_root(root);
	anon_mnt = sb->root ? mnt_internal(sb) : ERR_PTR(-ENOMEM);
	if (IS_ERR(anon_mnt))
		panic("anon: no memory for the mount of nameless files");
	anon_inode = anon_inode_new(0600);
	if (IS_ERR(anon_inode))
		panic("anon: no memory for the shared inode");
}

/*
 * A new inode for anon_inode_file(); @mode with its type, or without. Of those
 * that /proc/PID/fd shows only a pipe can be opened a second time.
 */
struct inode *anon_inode_new(umode_t mode)
{
	struct inode *inode = inode_new(anon_mnt->sb, mode);

	if (IS_ERR(inode))
		return inode;
	inode_init_owner(inode, NULL, mode);
	inode->op = &anon_iops;
	if (S_ISFIFO(mode))
		inode->fop = &pipe_inode_fops;
	return inode;
}

/* Takes over @inode, also on error. */
static struct file *file_on(struct inode *inode, const char *text,
			    const struct dentry_ops *dops,
			    const struct file_ops *fop, u32 flags)
{
	struct path path = { .mnt = anon_mnt };
	struct file *f;

	path.dentry = d_alloc_anon(anon_mnt->sb, inode, dops);
	if (IS_ERR(path.dentry))
		return ERR_PTR(PTR_ERR(path.dentry));
	path.dentry->private = (void *)text;
	f = file_new_on(&path, flags, fop);
	d_put(path.dentry);
	return f;
}

/* See inode.h. @name is kept, not copied. */
struct file *anon_file_new(const char *name, const struct file_ops *fop,
			   void *private, u32 open_flags)
{
	struct file *f;

	f = file_on(inode_get(anon_inode), name, &anon_dops, fop, open_flags);
	if (IS_ERR(f))
		return f;
	f->private = private;
	f->mode &= ~(u32)(FMODE_LSEEK | FMODE_PREAD);
	return f;
}

struct file *anon_inode_file(struct inode *inode, const char *prefix,
			     u32 open_flags)
{
	return file_on(inode, prefix, &numbered_dops, &blank_fops, open_flags);
}
