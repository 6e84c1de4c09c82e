// SPDX-License-Identifier: MIT
/*
 * Files of tmpfs without a name: shared anonymous memory and memfd_create(2),
 * with its seals. They live in a tmpfs of the kernel's own that has no limit;
 * what /proc shows as their name is only text, kept with the dentry.
 */
#include <linux/fcntl.h>

#include "fs/mount.h"
#include "fs/tmpfs_impl.h"
#include "kernel/debug/why.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/slab.h"

#define SEALS                                                                  \
	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE |            \
	 F_SEAL_FUTURE_WRITE)

static struct mount *shmem_mnt;

static int shmem_dname(struct dentry *d, char *buf, size_t size)
{
	return scnprintf(buf, size, "/%s (deleted)", (char *)d->private);
}

static void shmem_prune(struct dentry *d)
{
	kfree(d->private);
	d->private = NULL;
}

static const struct dentry_ops shmem_dentry_ops = {
	.revalidate = d_always_valid,
	.prune = shmem_prune,
	.dname = shmem_dname,
};

static struct dentry *shmem_dentry_new(const char *name, u64 size)
{
	struct super *sb = shmem_mnt->sb;
	char *text = kstrdup(name);
	struct inode *inode;
	struct dentry *d;

	if (!text)
		return ERR_PTR(-ENOMEM);
	inode = tmpfs_inode_new(sb, sb->root->inode, S_IFREG | 0777, 0);
	if (IS_ERR(inode)) {
		kfree(text);
		return ERR_PTR(PTR_ERR(inode));
	}
	inode->nlink = 0;
	inode->size = (loff_t)size;
	d = d_alloc_anon(sb, inode, &shmem_dentry_ops);
	if (IS_ERR(d)) {
		kfree(text);
		return ERR_PTR(-ENOMEM);
	}
	d->private = text;
	return d;
}

/**
 * shmem_file_new - a file that no directory names
 * @name: for /proc: shown as "/NAME (deleted)"
 *
 * Context: may sleep.
 * Return: the file, @size bytes of zeros; ERR_PTR(-ENOMEM), ERR_PTR(-EINVAL):
 * the size is too big.
 */
struct file *shmem_file_new(const char *name, u64 size, u32 open_flags)
{
	struct path path;
	struct file *f;

	if (size > (u64)INT64_MAX)
		return ERR_PTR(-EINVAL);
	path.dentry = shmem_dentry_new(name, size);
	if (IS_ERR(path.dentry))
		return ERR_PTR(PTR_ERR(path.dentry));
	path.mnt = mnt_get(shmem_mnt);
	f = file_open_path(&path, open_flags);
	path_put(&path);
	return f;
}

/* ---- seals --------------------------------------------------------------------- */

int shmem_seals(const struct file *f)
{
	if (f->inode->op != &tmpfs_file_iops)
		return -EINVAL;
	return (int)tmpfs_seals(f->inode);
}

void shmem_allow_sealing(struct file *f)
{
	mutex_lock(&f->inode->lock);
	tmpfs_set_seals(f->inode, tmpfs_seals(f->inode) & ~(u32)F_SEAL_SEAL);
	mutex_unlock(&f->inode->lock);
}

static bool writable_mapping(struct inode *inode)
{
	struct vma *v;
	bool found = false;

	spin_lock(&inode->i_mmap_lock);
	list_for_each_entry(v, &inode->i_mmap, inode_link)
		if (v->flags & VM_SHARED && v->flags & VM_MAYWRITE)
			found = true;
	spin_unlock(&inode->i_mmap_lock);
	return found;
}

static int seals_add(struct inode *inode, u32 seals)
{
	u32 old = tmpfs_seals(inode);

	if (old & F_SEAL_SEAL)
		return why(-EPERM, "F_ADD_SEALS: the file is sealed against "
				   "more seals");
	if (seals & F_SEAL_WRITE && !(old & F_SEAL_WRITE) &&
	    writable_mapping(inode))
		return why(-EBUSY, "F_ADD_SEALS: mapped shared and writable");
	tmpfs_set_seals(inode, old | seals);
	return 0;
}

int shmem_add_seals(struct file *f, u32 seals)
{
	int err;

	if (!(f->mode & FMODE_WRITE))
		return why(-EPERM, "F_ADD_SEALS: not open for writing");
	if (seals & ~(u32)SEALS || f->inode->op != &tmpfs_file_iops)
		return -EINVAL;
	mutex_lock(&f->inode->lock);
	err = seals_add(f->inode, seals);
	mutex_unlock(&f->inode->lock);
	return err;
}

/* Boot. */
void tmpfs_module_init(void)
{
	struct tmpfs *fs = kzalloc(sizeof(*fs));
	struct super *sb;

	if (!fs)
		panic("tmpfs: no memory");
	fs->mode = S_ISVTX | 0777;
	sb = tmpfs_super_new(&tmpfs_type, 0, fs);
	if (IS_ERR(sb))
		panic("tmpfs: no memory for shared memory");
	shmem_mnt = mnt_internal(sb);
	if (IS_ERR(shmem_mnt))
		panic("tmpfs: no memory for shared memory");
	super_put(sb);
}
