// SPDX-License-Identifier: MIT
/*
 * /proc/PID/net: the network that a task is in. A file here is about the network
 * in which the task was when the file was looked up, and holds it while it is
 * open (PIN_FILE); every look-up asks the task anew. A zombie has no network, so
 * nothing is found.
 */
#include "fs/procfs/procfs.h"
#include "kernel/lib/string.h"
#include "kernel/net/net.h"
#include "kernel/net/show.h"
#include "kernel/task/task.h"

#define INO_FIRST 200 /* above those of ns/ */

static int net_show(struct seq *s, struct file *f)
{
	const struct net_file *file = proc_inode(f->inode)->what;

	return file->show(s, to_net(proc_inode(f->inode)->ns));
}

static int net_open(struct inode *inode __maybe_unused, struct file *f)
{
	return seq_open(f, net_show);
}

static const struct file_ops net_file_fops = {
	FILE_OPS_DEFAULTS,
	.open = net_open,
	.read = seq_read,
	.llseek = seq_llseek,
	.release = seq_release,
};

static int no_setattr(struct dentry *d __maybe_unused,
		      const struct iattr *attr __maybe_unused)
{
	return -EPERM;
}

static const struct inode_ops net_file_iops = {
	INODE_OPS_DEFAULTS,
	.setattr = no_setattr,
};

/* The network of the task that @inode is about (PIN_FILE). NULL: none. */
static struct ns *net_of(const struct inode *inode)
{
	struct task *t = proc_task_get(inode);
	struct ns *ns = t ? task_ns_get(t, NS_NET) : NULL;

	if (ns)
		ns_pin_move(ns, PIN_TEMP, PIN_FILE);
	if (t)
		task_put(t);
	return ns;
}

static struct inode *net_inode(struct inode *dir, const struct net_file *file)
{
	struct ns *ns = net_of(dir);
	struct inode *inode;

	if (!ns)
		return ERR_PTR(-ENOENT);
	inode = proc_inode_new(dir->sb, S_IFREG | 0444);
	if (IS_ERR(inode)) {
		ns_put(ns, PIN_FILE);
		return inode;
	}
	proc_inode(inode)->what = file;
	proc_inode(inode)->ns = ns;
	inode->ino = proc_ino(proc_inode(dir)->pid,
			      INO_FIRST + (u32)(file - net_files));
	inode->op = &net_file_iops;
	inode->fop = &net_file_fops;
	return inode;
}

/* The task may be elsewhere by now. */
static int never_valid(struct dentry *d __maybe_unused,
		       u32 flags __maybe_unused)
{
	return 0;
}

static const struct dentry_ops net_file_dops = {
	.revalidate = never_valid,
	.prune = d_prune_nothing,
	.dname = d_no_name,
};

static int net_dir_lookup(struct inode *dir, struct dentry *d,
			  u32 flags __maybe_unused)
{
	for (const struct net_file *file = net_files; file->name; file++) {
		struct inode *inode;

		if (strlen(file->name) != d->name.len ||
		    memcmp(file->name, d->name.name, d->name.len) != 0)
			continue;
		inode = net_inode(dir, file);
		if (IS_ERR(inode))
			return (int)PTR_ERR(inode);
		d->op = &net_file_dops;
		d_add(d, inode);
		return 0;
	}
	return -ENOENT;
}

static int net_dir_iterate(struct file *f, struct dir_context *ctx)
{
	struct ns *ns = net_of(f->inode);
	loff_t at = 2;

	if (!ns)
		return -ENOENT;
	ns_put(ns, PIN_FILE);
	if (!dir_emit_dots(f, ctx))
		return 0;
	for (const struct net_file *file = net_files; file->name; file++, at++) {
		if (at < ctx->pos)
			continue;
		ctx->pos = at;
		if (!dir_emit(ctx, file->name, (int)strlen(file->name),
			      proc_ino(proc_inode(f->inode)->pid,
				       INO_FIRST + (u32)(file - net_files)),
			      S_IFREG >> 12))
			return 0;
		ctx->pos = at + 1;
	}
	return 0;
}

const struct inode_ops proc_net_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = net_dir_lookup,
	.setattr = no_setattr,
};
const struct file_ops proc_net_dir_fops = {
	FILE_OPS_DEFAULTS,
	.iterate = net_dir_iterate,
	.llseek = generic_llseek,
};
