// SPDX-License-Identifier: MIT
/*
 * Inodes: making, counting, the end. Who may do what with one and its attributes
 * is inode_attr.c.
 */
#include <linux/stat.h>

#include "fs/file.h"
#include "fs/pipe.h"
#include "kernel/lib/assert.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"
#include "kernel/time/time.h"

static struct slab *inode_slab;

/* Until the file system says otherwise: a file that cannot be opened. */
static int plain_open(struct inode *inode, struct file *f)
{
	(void)inode, (void)f;
	return -ENXIO;
}

static const struct inode_ops plain_iops = { INODE_OPS_DEFAULTS };
static const struct file_ops plain_fops = {
	FILE_OPS_DEFAULTS,
	.open = plain_open,
};

void inode_module_init(void)
{
	inode_slab = slab_create("inode", sizeof(struct inode), 8);
}

u64 inode_now(void)
{
	return ktime_get_real();
}

dev_t dev_decode(u64 e)
{
	return MKDEV((e & 0xfff00) >> 8, (e & 0xff) | (e >> 12 & 0xfff00));
}

/**
 * inode_new - a new inode
 * @sb: its file system; not counted, inodes live while it is mounted
 * @mode: file type and permissions
 *
 * Return: i_count 1, nlink 1, times now, owner root, the next number of @sb; its
 * op tables (with which it cannot be opened) and all else are the caller's to
 * set. ERR_PTR(-ENOMEM).
 */
struct inode *inode_new(struct super *sb, umode_t mode)
{
	struct inode *i = slab_zalloc(inode_slab);

	if (!i)
		return ERR_PTR(-ENOMEM);
	inode_init(i, sb, mode);
	i->ino = super_next_ino(sb);
	return i;
}

void inode_init(struct inode *i, struct super *sb, umode_t mode)
{
	refcount_set(&i->i_count, 1);
	spin_init(&i->i_mmap_lock, "i_mmap");
	i->sb = sb;
	i->op = &plain_iops;
	i->fop = &plain_fops;
	i->mode = mode;
	i->nlink = 1;
	i->atime = i->mtime = i->ctime = i->btime = inode_now();
	inode_init_lists(i);
}

void inode_free(struct inode *inode)
{
	slab_free(inode_slab, inode);
}

static void pages_free(struct inode *inode)
{
	u64 index = 0;
	struct page *p;

	while ((p = radix_next(&inode->pages, &index))) {
		radix_remove(&inode->pages, index);
		mem_account(MEM_FILE, -1);
		page_put(p);
		cond_resched();
	}
}

static __noinline void inode_end(struct inode *inode)
{
	assert(list_empty(&inode->i_mmap));
	inode->sb->sop->evict(inode);
	if (inode->pages.count)
		pages_free(inode);
	if (S_ISFIFO(inode->mode) && inode->pipe)
		pipe_free(inode->pipe);
	inode->sb->sop->free(inode);
}

/* Drop a reference; the last frees the content and the inode. May sleep. */
void inode_put(struct inode *inode)
{
	if (inode && refcount_dec_and_test(&inode->i_count))
		inode_end(inode);
}

/* In a set-gid directory: its group, which a stranger's program must not get. */
static umode_t inherit_group(struct inode *inode, const struct inode *dir,
			     umode_t mode)
{
	inode->gid = dir->gid;
	if (S_ISDIR(mode))
		return mode | S_ISGID;
	if (mode & S_ISGID && mode & S_IXGRP &&
	    !cred_in_group(current->cred, dir->gid) &&
	    !inode_capable(dir, CAP_FSETID))
		return mode & ~(umode_t)S_ISGID;
	return mode;
}

/* See inode.h; @dir may be NULL: there is none. */
void inode_init_owner(struct inode *inode, const struct inode *dir,
		      umode_t mode)
{
	inode->uid = current->cred->fsuid;
	inode->gid = current->cred->fsgid;
	if (dir && dir->mode & S_ISGID)
		mode = inherit_group(inode, dir, mode);
	inode->mode = mode;
}
