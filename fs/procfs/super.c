// SPDX-License-Identifier: MIT
/*
 * procfs as a file system: one instance a pid namespace, whose numbers it shows.
 * It holds that namespace (PIN_SUPER) as long as it is mounted.
 */
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/stat.h>

#include "fs/procfs/procfs.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"

#define PROC_ROOT_INO 1
#define PROC_INO_FIRST 0xf0000000 /* of inodes that no table numbers */

static struct slab *proc_inode_slab;

static void proc_evict(struct inode *inode)
{
	struct proc_inode *pi = proc_inode(inode);

	pid_put(pi->pid);
	if (pi->ns)
		ns_put(pi->ns, PIN_FILE);
	slab_free(proc_inode_slab, pi);
}

static void proc_put_super(struct super *sb)
{
	ns_put(&proc_pid_ns(sb)->ns, PIN_SUPER);
	kfree(sb->private);
}

static const struct super_ops proc_sops = {
	SUPER_OPS_DEFAULTS,
	.shrink = proc_flush_super,
	.evict = proc_evict,
	.put_super = proc_put_super,
	.show_options = proc_show_options,
	.reconfigure = proc_reconfigure,
};

struct inode *proc_inode_new(struct super *sb, umode_t mode)
{
	struct proc_inode *pi = slab_zalloc(proc_inode_slab);
	struct inode *inode;

	if (!pi)
		return ERR_PTR(-ENOMEM);
	inode = inode_new(sb, mode);
	if (IS_ERR(inode)) {
		slab_free(proc_inode_slab, pi);
		return inode;
	}
	inode->private = pi;
	inode->ino = PROC_INO_FIRST + super_next_ino(sb);
	if (S_ISDIR(mode))
		inode->nlink = 2;
	return inode;
}

static int root_make(struct super *sb)
{
	struct inode *root = proc_inode_new(sb, S_IFDIR | 0555);

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	root->ino = PROC_ROOT_INO;
	root->op = &proc_root_iops;
	root->fop = &proc_root_fops;
	sb->root = d_alloc_root(root);
	if (!sb->root)
		return -ENOMEM;
	sb->root->op = &proc_dops;
	return 0;
}

static struct super *proc_get_super(struct fs_context *fc)
{
	struct proc_super *ps = kzalloc(sizeof(*ps));
	struct super *sb;
	int err;

	if (!ps)
		return ERR_PTR(-ENOMEM);
	sb = super_new(fc->type, &proc_sops, fc->sb_flags | MS_NOEXEC);
	if (IS_ERR(sb)) {
		kfree(ps);
		return sb;
	}
	sb->magic = PROC_SUPER_MAGIC;
	sb->blksize = 1024;
	sb->private = ps;
	ps->ns = task_active_pid_ns(current);
	ns_get(&ps->ns->ns, PIN_SUPER);
	proc_options_apply(sb, fc);
	err = root_make(sb);
	if (!err)
		return sb;
	super_put(sb);
	return ERR_PTR(err);
}

const struct fs_type proc_fs_type = {
	.name = "proc",
	.shows = CLONE_NEWPID,
	.flags = FS_NODEV | FS_USERNS_MOUNT | FS_WHOLE,
	.get_super = proc_get_super,
	.params = proc_params,
	.options_size = sizeof(struct proc_options),
};

void procfs_module_init(void)
{
	proc_inode_slab = slab_create("proc_inode", sizeof(struct proc_inode),
				      8);
}
