// SPDX-License-Identifier: MIT
/*
 * The file system "cgroup2": a directory for each group, with the files of
 * cgroup_files[] in it. There is one super block, made at boot; a mount shows it
 * from the root of the mounter's cgroup namespace on.
 *
 * Names (names.c) are pinned dentries, so that owners and modes stay as they are
 * set: that is how a part of the tree is given to somebody. mkdir makes a group with its
 * directory and files, rmdir removes them all. Every inode holds the group.
 *
 * Locks: inode->lock of the parent directory > cgroup_mutex.
 */
#include <linux/magic.h>
#include <linux/sched.h>
#include <linux/stat.h>

#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/seq.h"
#include "kernel/cgroup/files.h"
#include "kernel/cgroup/pids.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

static struct super *hierarchy;

/* ---- groups -------------------------------------------------------------- */

static int dir_fill(struct inode *dir, struct dentry *d, struct cgroup *cg,
		    umode_t mode)
{
	struct inode *inode =
		cgroup_inode_new(dir->sb, cg, NULL, S_IFDIR | mode);
	int err;

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	inode_init_owner(inode, dir, S_IFDIR | mode);
	if (d_unhashed(d))
		d_add(d, inode);
	else
		d_instantiate(d, inode);
	cg->dir = d;
	err = cgroup_files_add(d, cg);
	if (!err) {
		d_get(d);
		cgroup_dentry_pin(d);
		dir->nlink++;
		return 0;
	}
	cgroup_files_remove(d);
	d_drop(d); /* it has an inode, but is no name: nobody finds it */
	return err;
}

static int cgroup_mkdir(struct inode *dir, struct dentry *d, umode_t mode)
{
	struct cgroup *cg;
	int err;

	if (memchr(d->name.name, '\n', d->name.len))
		return why(-EINVAL, "cgroup: a newline in a name");
	mutex_lock(&cgroup_mutex);
	cg = cgroup_new(node_of(dir)->cg, d->name.name, d->name.len);
	err = IS_ERR(cg) ? (int)PTR_ERR(cg) : 0;
	if (!err) {
		err = dir_fill(dir, d, cg, mode & 07777);
		if (err)
			cgroup_remove(cg); /* nobody is in it: it works */
	}
	mutex_unlock(&cgroup_mutex);
	return err;
}

static int cgroup_rmdir(struct inode *dir, struct dentry *d)
{
	int err;

	mutex_lock(&cgroup_mutex);
	err = cgroup_remove(node_of(d->inode)->cg);
	mutex_unlock(&cgroup_mutex);
	if (err)
		return err;
	cgroup_files_remove(d);
	return simple_rmdir(dir, d);
}

const struct inode_ops cgroup_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = simple_lookup,
	.mkdir = cgroup_mkdir,
	.rmdir = cgroup_rmdir,
};

struct cgroup *cgroup_of_file(const struct file *f)
{
	const struct node *n;

	if (f->inode->sb != hierarchy || !S_ISDIR(f->inode->mode))
		return ERR_PTR(-EBADF);
	n = node_of(f->inode);
	if (READ_ONCE(n->cg->dead))
		return ERR_PTR(-ENOENT);
	return cgroup_get(n->cg);
}

/* ---- the file system ----------------------------------------------------- */

static bool cgroup_show_root(struct seq *s, struct dentry *root)
{
	cgroup_show_path(s, node_of(root->inode)->cg, current_cgroup_root());
	return true;
}

static void cgroup_show_options(struct seq *s, struct super *sb __maybe_unused)
{
	if (cgroup_ns_delegate)
		seq_puts(s, ",nsdelegate");
}

/* Options are the hierarchy's, so they are for the initial namespace to say. */
static void options_apply(struct fs_context *fc)
{
	if (current_cgroup_root() == &cgroup_root)
		cgroup_ns_delegate = *(bool *)fc->options;
}

static int cgroup_reconfigure(struct super *sb __maybe_unused,
			      struct fs_context *fc)
{
	options_apply(fc);
	return 0;
}

static const struct super_ops cgroup_sops = {
	SUPER_OPS_DEFAULTS,
	.evict = cgroup_inode_evict,
	.show_root = cgroup_show_root,
	.show_options = cgroup_show_options,
	.reconfigure = cgroup_reconfigure,
};

static int delegate_set(struct fs_context *fc,
			const struct fs_value *v __maybe_unused)
{
	*(bool *)fc->options = true;
	return 0;
}

static const struct fs_param cgroup_params[] = {
	{"nsdelegate", FS_FLAG, delegate_set},
	{NULL, FS_FLAG, NULL},
};

static struct super *cgroup_get_super(struct fs_context *fc)
{
	struct cgroup *root = current_cgroup_root();

	mutex_lock(&cgroup_mutex);
	if (!root->dead)
		fc->root = d_get(root->dir);
	mutex_unlock(&cgroup_mutex);
	if (!fc->root)
		return ERR_PTR(why(-ENOENT, "mount: the root of the cgroup "
					    "namespace was removed"));
	options_apply(fc);
	return super_get(hierarchy);
}

const struct fs_type cgroup2_fs_type = {
	.name = "cgroup2",
	.flags = FS_NODEV | FS_USERNS_MOUNT,
	.shows = CLONE_NEWCGROUP,
	.get_super = cgroup_get_super,
	.params = cgroup_params,
	.options_size = sizeof(bool),
};

void cgroup_module_init(void)
{
	struct super *sb = super_new(&cgroup2_fs_type, &cgroup_sops, 0);
	struct inode *root;
	int err;

	pids_module_init();
	assert(!IS_ERR(sb));
	sb->magic = CGROUP2_SUPER_MAGIC;
	sb->blksize = 4096;
	root = cgroup_inode_new(sb, &cgroup_root, NULL, S_IFDIR | 0555);
	assert(!IS_ERR(root));
	sb->root = d_alloc_root(root);
	assert(sb->root);
	cgroup_root.dir = sb->root;
	err = cgroup_files_add(sb->root, &cgroup_root);
	assert(!err);
	hierarchy = sb;
}
