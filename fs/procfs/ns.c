// SPDX-License-Identifier: MIT
/*
 * /proc/PID/ns: one magic link for each namespace of a task. This is the chapter
 * that Warren is about.
 *
 * Reading a link gives text for people, "uts:[4026531838]"; nothing is made for
 * it. Following it jumps to the one nsfs file of the namespace, which then keeps
 * it alive, whatever becomes of the task. Both are for those who may read the
 * task as ptrace(2) says; listing the directory is for everyone.
 */
#include "fs/namei.h"
#include "fs/nsfs.h"
#include "fs/procfs/procfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"

/* The namespace that @inode is a link to, with a PIN_TEMP reference. ERR_PTR:
 * -ENOENT (the task has none), -EACCES (it may not be read, or is gone). */
static struct ns *link_ns(const struct inode *inode)
{
	struct task *t = proc_task_get(inode);
	struct ns *ns;

	if (!t)
		return ERR_PTR(-EACCES);
	ns = task_ns_checked(t, proc_inode(inode)->what);
	task_put(t);
	return ns ? ns : ERR_PTR(-ENOENT);
}

static int ns_follow(struct inode *inode, struct nameidata *nd)
{
	struct ns *ns = link_ns(inode);
	struct path path;
	int err;

	if (IS_ERR(ns))
		return (int)PTR_ERR(ns);
	err = ns_path(ns, &path);
	ns_put(ns, PIN_TEMP);
	return err ? err : nd_jump(nd, &path);
}

/* The same, if it is in current's own set: not counted, as it stays there until
 * current itself changes that. Nobody is asked, as current may always look into
 * itself. NULL: it is not. */
static inline struct ns *own_ns(const struct inode *inode)
{
	const struct ns_entry *e = proc_inode(inode)->what;

	if (proc_inode(inode)->pid != current->pid || e->slot == NS_NO_SLOT)
		return NULL;
	return current->nsproxy->ns[e->slot];
}

static int own_path(void *ns, struct path *out)
{
	return ns_path(ns, out);
}

static bool ns_short(const struct inode *inode, struct short_way *way)
{
	way->sibling = NULL;
	way->own = own_ns(inode);
	way->path = own_path;
	return way->own;
}

static ssize_t ns_text(struct dentry *d, char *buf, size_t size)
{
	const struct ns_entry *e = proc_inode(d->inode)->what;
	struct ns *own = own_ns(d->inode), *ns = own ? own : link_ns(d->inode);
	char text[NS_NAME_SIZE];
	ssize_t n;

	if (IS_ERR(ns))
		return PTR_ERR(ns);
	n = ns_name(ns, e->ops->name, size < sizeof(text) ? text : buf);
	if (!own)
		ns_put(ns, PIN_TEMP);
	if (size < sizeof(text)) {
		n = min(n, (ssize_t)size);
		memcpy(buf, text, (size_t)n);
	}
	return n;
}

static const struct inode_ops ns_link_iops = {
	INODE_OPS_DEFAULTS,
	.link_jump = ns_follow,
	.link_short = ns_short,
	.readlink = ns_text,
};
static const struct file_ops ns_link_fops = { FILE_OPS_DEFAULTS };

static int ns_dir_lookup(struct inode *dir, struct dentry *d,
			 u32 flags __maybe_unused)
{
	struct proc_inode *pi = proc_inode(dir);

	for (const struct ns_entry *e = ns_entries; e->name; e++) {
		struct inode *inode;

		if (strlen(e->name) != d->name.len ||
		    memcmp(e->name, d->name.name, d->name.len) != 0)
			continue;
		inode = proc_pid_inode(dir->sb, pi->pid, pi->thread,
				       S_IFLNK | 0777);
		if (IS_ERR(inode))
			return (int)PTR_ERR(inode);
		proc_inode(inode)->what = e;
		inode->ino = proc_ino(pi->pid, 40 + (u32)(e - ns_entries));
		inode->op = &ns_link_iops;
		inode->fop = &ns_link_fops;
		d_add(d, inode);
		proc_keep(d);
		return 0;
	}
	return -ENOENT;
}

static int ns_dir_iterate(struct file *f, struct dir_context *ctx)
{
	struct task *t = proc_task_get(f->inode);
	loff_t at = 2;

	if (!t)
		return -ENOENT;
	task_put(t);
	if (!dir_emit_dots(f, ctx))
		return 0;
	for (const struct ns_entry *e = ns_entries; e->name; e++, at++) {
		if (at < ctx->pos)
			continue;
		ctx->pos = at;
		if (!dir_emit(ctx, e->name, (int)strlen(e->name),
			      proc_ino(proc_inode(f->inode)->pid,
				       40 + (u32)(e - ns_entries)),
			      S_IFLNK >> 12))
			return 0;
		ctx->pos = at + 1;
	}
	return 0;
}

/* The mode is fixed. An owner can be set, until the next lookup: it is the
 * task's. */
static int ns_setattr(struct dentry *d, const struct iattr *attr)
{
	return attr->valid & ATTR_MODE ? -EPERM : simple_setattr(d, attr);
}

const struct inode_ops proc_ns_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = ns_dir_lookup,
	.setattr = ns_setattr,
};
const struct file_ops proc_ns_dir_fops = {
	FILE_OPS_DEFAULTS,
	.iterate = ns_dir_iterate,
	.llseek = generic_llseek,
};
