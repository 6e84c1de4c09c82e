// SPDX-License-Identifier: MIT
/*
 * What happens where a file system or a driver has no operation of its own: the
 * errors that Linux gives. Tables begin with INODE_OPS_DEFAULTS and its
 * brothers, so that no caller asks whether an operation is there.
 */
#include <asm/statfs.h>

#include "fs/file.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/string.h"

#define UNUSED __maybe_unused

/* ---- inode_ops ------------------------------------------------------------ */

int no_lookup(struct inode *dir UNUSED, struct dentry *d UNUSED,
	      u32 flags UNUSED)
{
	return -ENOTDIR;
}

int no_create(struct inode *dir UNUSED, struct dentry *d UNUSED,
	      umode_t mode UNUSED)
{
	return -EACCES;
}

int no_link(struct dentry *old UNUSED, struct inode *dir UNUSED,
	    struct dentry *d UNUSED)
{
	return -EPERM;
}

int no_unlink(struct inode *dir UNUSED, struct dentry *d UNUSED)
{
	return -EPERM;
}

int no_symlink(struct inode *dir UNUSED, struct dentry *d UNUSED,
	       const char *target UNUSED)
{
	return -EPERM;
}

int no_mkdir(struct inode *dir UNUSED, struct dentry *d UNUSED,
	     umode_t mode UNUSED)
{
	return -EPERM;
}

int no_mknod(struct inode *dir UNUSED, struct dentry *d UNUSED,
	     umode_t mode UNUSED, dev_t dev UNUSED)
{
	return -EPERM;
}

int no_rename(struct inode *odir UNUSED, struct dentry *old UNUSED,
	      struct inode *ndir UNUSED, struct dentry *new UNUSED,
	      u32 flags UNUSED)
{
	return -EPERM;
}

int no_tmpfile(struct inode *dir UNUSED, struct dentry *d UNUSED,
	       umode_t mode UNUSED)
{
	return -EOPNOTSUPP;
}

const char *no_link_text(const struct inode *i UNUSED, char *buf UNUSED)
{
	return NULL;
}

bool no_link_short(const struct inode *i UNUSED, struct short_way *way UNUSED)
{
	return false;
}

int no_link_jump(struct inode *i UNUSED, struct nameidata *nd UNUSED)
{
	return -EINVAL;
}

ssize_t generic_readlink(struct dentry *d, char *buf, size_t size)
{
	char text[LINK_TEXT_SIZE];
	const char *body = d->inode->op->link_text(d->inode, text);
	size_t n;

	if (IS_ERR(body))
		return PTR_ERR(body);
	if (!body) /* a magic link, which has a readlink of its own */
		return -EINVAL;
	n = min(strlen(body), size);
	memcpy(buf, body, n);
	return (ssize_t)n;
}

struct page *no_get_page(struct inode *inode UNUSED, u64 index UNUSED,
			 bool create UNUSED)
{
	return ERR_PTR(-ENODEV);
}

struct page *no_put_page(struct inode *inode UNUSED, u64 index UNUSED,
			 struct page *page UNUSED)
{
	return ERR_PTR(-ENODEV);
}

int no_xattr_set(struct inode *inode UNUSED, const char *name UNUSED,
		 const void *value UNUSED, size_t size UNUSED, int flags UNUSED)
{
	return -EOPNOTSUPP;
}

ssize_t no_xattr_get(struct inode *inode UNUSED, const char *name UNUSED,
		     void *buf UNUSED, size_t size UNUSED)
{
	return -EOPNOTSUPP;
}

ssize_t no_xattr_list(struct inode *inode UNUSED, char *buf UNUSED,
		      size_t size UNUSED)
{
	return 0;
}

/* ---- super_ops ---------------------------------------------------------------- */

void super_no_evict(struct inode *inode UNUSED)
{
}

void super_no_shrink(struct super *sb UNUSED)
{
}

void super_no_put(struct super *sb UNUSED)
{
}

int simple_statfs(struct dentry *d, struct statfs *st)
{
	*st = (struct statfs){
		.f_type = (long)d->sb->magic,
		.f_bsize = PAGE_SIZE, /* st_blksize may be another */
		.f_frsize = PAGE_SIZE,
		.f_namelen = NAME_MAX,
	};
	return 0;
}

bool super_plain_root(struct seq *seq UNUSED, struct dentry *root UNUSED)
{
	return false;
}

void super_no_options(struct seq *seq UNUSED, struct super *sb UNUSED)
{
}

/* MS_RDONLY and its like change, options do not. */
int super_no_reconfigure(struct super *sb UNUSED, struct fs_context *fc UNUSED)
{
	return 0;
}

/* ---- file_ops -------------------------------------------------------------------- */

ssize_t no_read(struct file *f UNUSED, struct iter *it UNUSED,
		loff_t *pos UNUSED)
{
	return -EINVAL;
}

ssize_t no_write(struct file *f UNUSED, struct iter *it UNUSED,
		 loff_t *pos UNUSED)
{
	return -EINVAL;
}

loff_t no_llseek(struct file *f UNUSED, loff_t offset UNUSED, int whence UNUSED)
{
	return -ESPIPE;
}

int no_iterate(struct file *f UNUSED, struct dir_context *ctx UNUSED)
{
	return -ENOTDIR;
}

u32 always_ready_poll(struct file *f UNUSED, struct poll_table *pt UNUSED)
{
	return 0x145; /* EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM */
}

long no_ioctl(struct file *f UNUSED, u32 cmd UNUSED, unsigned long arg UNUSED)
{
	return -ENOTTY;
}

void no_vma_event(struct vma *vma UNUSED)
{
}

int no_mmap(struct file *f UNUSED, struct vma *vma UNUSED)
{
	return -ENODEV;
}

int no_open(struct inode *inode UNUSED, struct file *f UNUSED)
{
	return 0;
}

void no_release(struct file *f UNUSED)
{
}

void no_lost(void)
{
}

int no_flush(struct file *f UNUSED)
{
	return 0;
}

int no_fsync(struct file *f UNUSED)
{
	return -EINVAL;
}

int noop_fsync(struct file *f UNUSED)
{
	return 0;
}

int no_fallocate(struct file *f UNUSED, int mode UNUSED, loff_t off UNUSED,
		 loff_t len UNUSED)
{
	return -EOPNOTSUPP;
}

void no_fdinfo(struct seq *seq UNUSED, struct file *f UNUSED)
{
}

int all_may_stat(const struct inode *inode)
{
	(void)inode;
	return 0;
}
