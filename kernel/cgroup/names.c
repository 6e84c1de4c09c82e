// SPDX-License-Identifier: MIT
/*
 * The names in a group's directory: which files it has, how they come to be
 * there, how those of a controller come later and go again.
 *
 * Locks: the directory's inode->lock for whatever comes or goes in it.
 */
#include <linux/stat.h>

#include "fs/dentry.h"
#include "kernel/cgroup/files.h"
#include "kernel/cgroup/pids.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

static const struct inode_ops cgroup_file_iops = {INODE_OPS_DEFAULTS};

struct inode *cgroup_inode_new(struct super *sb, struct cgroup *cg,
			       const struct cgroup_file *file, umode_t mode)
{
	struct node *n = kzalloc(sizeof(*n));
	struct inode *inode;

	if (!n)
		return ERR_PTR(-ENOMEM);
	inode = inode_new(sb, mode);
	if (IS_ERR(inode)) {
		kfree(n);
		return inode;
	}
	n->cg = cgroup_get(cg);
	n->file = file;
	inode->private = n;
	inode->ino = super_next_ino(sb);
	inode->op = file ? &cgroup_file_iops : &cgroup_dir_iops;
	inode->fop = file ? &cgroup_file_fops : &simple_dir_fops;
	inode->nlink = file ? 1 : 2;
	return inode;
}

void cgroup_inode_evict(struct inode *inode)
{
	struct node *n = node_of(inode);

	if (!n)
		return;
	cgroup_put(n->cg);
	kfree(n);
}

void cgroup_dentry_pin(struct dentry *d)
{
	spin_lock(&d->d_lock);
	d->flags |= D_PINNED;
	spin_unlock(&d->d_lock);
}

static struct qstr file_name(const struct dentry *dir,
			     const struct cgroup_file *file)
{
	return qstr_of(dir, file->name);
}

static struct inode *file_inode_new(const struct dentry *dir, struct cgroup *cg,
				    const struct cgroup_file *file)
{
	struct inode *inode =
		cgroup_inode_new(dir->sb, cg, file, S_IFREG | file->mode);

	if (!IS_ERR(inode)) {
		inode->uid = dir->inode->uid;
		inode->gid = dir->inode->gid;
	}
	return inode;
}

static int file_add(struct dentry *dir, struct cgroup *cg,
		    const struct cgroup_file *file)
{
	struct qstr q = file_name(dir, file);
	struct inode *inode = file_inode_new(dir, cg, file);
	struct dentry *d;

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	d = d_alloc(dir, &q);
	if (IS_ERR(d)) {
		inode_put(inode);
		return (int)PTR_ERR(d);
	}
	if (!cg->procs)
		cg->procs = inode; /* the table's first */
	d_add(d, inode);
	cgroup_dentry_pin(d); /* the reference of d_alloc() */
	return 0;
}

static bool has_file(const struct cgroup *cg, const struct cgroup_file *f)
{
	if (f->flags & FILE_PIDS)
		return cgroup_owns_pids(cg);
	return cg->parent || !(f->flags & FILE_NOT_ROOT);
}

/* @dir has its inode. On error some may be there. */
int cgroup_files_add(struct dentry *dir, struct cgroup *cg)
{
	int err = 0;

	for (const struct cgroup_file *f = cgroup_files; f->name && !err; f++)
		if (has_file(cg, f))
			err = file_add(dir, cg, f);
	return err;
}

void cgroup_files_remove(struct dentry *dir)
{
	d_get(dir);
	simple_kill_tree(dir); /* gives that back */
}

/* ---- files that come and go ---------------------------------------------- */

struct dentry *cgroup_dir_lock(struct cgroup *cg)
{
	struct dentry *dir = NULL;

	mutex_lock(&cgroup_mutex);
	if (!cg->dead)
		dir = d_get(cg->dir);
	mutex_unlock(&cgroup_mutex);
	if (dir)
		mutex_lock(&dir->inode->lock);
	return dir;
}

void cgroup_dir_unlock(struct dentry *dir)
{
	mutex_unlock(&dir->inode->lock);
	d_put(dir);
}

/* Into a directory that others look into: the name may be known as missing. */
static int file_add_late(struct dentry *dir, struct cgroup *cg,
			 const struct cgroup_file *file)
{
	struct qstr q = file_name(dir, file);
	struct dentry *d = lookup_one(dir, &q, 0);
	struct inode *inode;

	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	inode = file_inode_new(dir, cg, file);
	if (IS_ERR(inode)) {
		d_put(d);
		return (int)PTR_ERR(inode);
	}
	d_instantiate(d, inode);
	cgroup_dentry_pin(d); /* the reference of lookup_one() */
	return 0;
}

static void file_remove(struct dentry *dir, const struct cgroup_file *file)
{
	struct qstr q = file_name(dir, file);
	struct dentry *d = d_lookup(dir, &q);

	if (!d)
		return;
	if (d->inode) {
		simple_unlink(dir->inode, d);
		d_drop(d);
	}
	d_put(d);
}

int cgroup_files_pids_add(struct cgroup *cg)
{
	struct dentry *dir = cgroup_dir_lock(cg);
	int err = 0;

	for (const struct cgroup_file *f = cgroup_files; f->name && !err; f++)
		if (f->flags & FILE_PIDS)
			err = file_add_late(dir, cg, f);
	cgroup_dir_unlock(dir);
	return err;
}

void cgroup_files_pids_remove(struct cgroup *cg)
{
	struct dentry *dir = cgroup_dir_lock(cg);

	for (const struct cgroup_file *f = cgroup_files; f->name; f++)
		if (f->flags & FILE_PIDS)
			file_remove(dir, f);
	cgroup_dir_unlock(dir);
}
