// SPDX-License-Identifier: MIT
/* The part of procfs that is the same for everyone: trees of struct proc_entry. */
#include "fs/procfs/procfs.h"
#include "kernel/lib/string.h"

#define WRITE_MAX 4096

/* Text that was written, without its last newline; its length or -errno. */
ssize_t proc_take_text(struct iter *it, char *buf, size_t size)
{
	size_t n = min(it->count, size - 1);

	if (copy_from_iter(buf, n, it) != n)
		return -EFAULT;
	if (n && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return (ssize_t)n;
}

/* /proc/sys asks again at each use, of whoever uses the file. */
static int entry_may(const struct file *f, u32 want)
{
	const struct proc_entry *e = proc_inode(f->inode)->entry;

	return e->access && want & ~e->access(e) ? -EPERM : 0;
}

static ssize_t entry_read(struct file *f, struct iter *it, loff_t *pos)
{
	int err = entry_may(f, MAY_READ);

	return err ? err : seq_read(f, it, pos);
}

static int entry_open(struct inode *inode, struct file *f)
{
	const struct proc_entry *e = proc_inode(inode)->entry;
	int err = seq_open(f, e->show);

	if (!err && e->about)
		seq_set_about(f, e->about());
	return err;
}

static ssize_t entry_write(struct file *f, struct iter *it, loff_t *pos)
{
	const struct proc_entry *e = proc_inode(f->inode)->entry;
	size_t all = it->count;
	char text[256];
	ssize_t n;

	if (!e->write)
		return -EIO;
	n = entry_may(f, MAY_WRITE);
	if (n)
		return n;
	n = proc_take_text(it, text, sizeof(text));
	if (n < 0)
		return n;
	n = e->write(f, text, (size_t)n);
	if (n)
		return n;
	*pos += (loff_t)all;
	return (ssize_t)all;
}

static const struct file_ops entry_fops = {
	FILE_OPS_DEFAULTS,
	.open = entry_open,
	.read = entry_read,
	.write = entry_write,
	.llseek = seq_llseek,
	.release = seq_release,
};

/* O_TRUNC of a shell's redirection is no change. */
static int entry_setattr(struct dentry *d, const struct iattr *attr)
{
	if (attr->valid & (ATTR_MODE | ATTR_UID | ATTR_GID))
		return -EPERM;
	return simple_setattr(d, attr);
}

static int entry_permission(struct inode *inode, int mask)
{
	const struct proc_entry *e = proc_inode(inode)->entry;
	u32 want = (u32)mask & (MAY_READ | MAY_WRITE | MAY_EXEC);

	if (!e->access)
		return generic_permission(inode, mask);
	return want & ~e->access(e) ? -EACCES : 0;
}

static const struct inode_ops file_iops = {
	INODE_OPS_DEFAULTS,
	.permission = entry_permission,
	.setattr = entry_setattr,
};

static int dir_lookup(struct inode *dir, struct dentry *d,
		      u32 flags __maybe_unused)
{
	return proc_entry_lookup(d, proc_inode(dir)->entry->children);
}

static const struct inode_ops dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = dir_lookup,
};

static int dir_iterate(struct file *f, struct dir_context *ctx)
{
	const struct proc_entry *e = proc_inode(f->inode)->entry;

	if (dir_emit_dots(f, ctx))
		proc_entries_emit(ctx, f->inode->sb, e->children);
	return 0;
}

static const struct file_ops dir_fops = {
	FILE_OPS_DEFAULTS,
	.iterate = dir_iterate,
	.llseek = generic_llseek,
};

static const char *link_text(const struct inode *inode,
			     char *buf __maybe_unused)
{
	return proc_inode(inode)->entry->target;
}

static const struct inode_ops link_iops = {
	INODE_OPS_DEFAULTS,
	.link_text = link_text,
};

static ino_t entry_ino(const struct proc_entry *e)
{
	return 0xf0000000u | (u32)((u64)e >> 4 & 0x0fffffff);
}

struct inode *proc_entry_inode(struct super *sb, const struct proc_entry *e)
{
	struct inode *inode = proc_inode_new(sb, e->mode);

	if (IS_ERR(inode))
		return inode;
	proc_inode(inode)->entry = e;
	inode->ino = entry_ino(e);
	inode->op = S_ISDIR(e->mode) ? &dir_iops :
		    S_ISLNK(e->mode) ? &link_iops : &file_iops;
	inode->fop = S_ISDIR(e->mode) ? &dir_fops : &entry_fops;
	return inode;
}

/* @d, which nobody sees yet, is about no task: no walk has to ask whether it is
 * still true. */
void proc_add_static(struct dentry *d, struct inode *inode)
{
	d->flags &= ~(u32)D_REVALIDATE;
	d_add(d, inode);
	proc_keep(d);
}

/* -ENOENT: not in @table. */
int proc_entry_lookup(struct dentry *d, const struct proc_entry *table)
{
	struct inode *inode;

	for (const struct proc_entry *e = table; e->name; e++) {
		if (strlen(e->name) != d->name.len ||
		    memcmp(e->name, d->name.name, d->name.len) != 0)
			continue;
		inode = proc_entry_inode(d->sb, e);
		if (IS_ERR(inode))
			return (int)PTR_ERR(inode);
		proc_add_static(d, inode);
		return 0;
	}
	return -ENOENT;
}

/* Positions 2, 3, ... are the table's lines. False: no more room. */
bool proc_entries_emit(struct dir_context *ctx,
		       struct super *sb __maybe_unused,
		       const struct proc_entry *table)
{
	loff_t at = 2;

	for (const struct proc_entry *e = table; e->name; e++, at++) {
		if (at < ctx->pos)
			continue;
		ctx->pos = at;
		if (!dir_emit(ctx, e->name, (int)strlen(e->name), entry_ino(e),
			      e->mode >> 12))
			return false;
		ctx->pos = at + 1;
	}
	return true;
}
