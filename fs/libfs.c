// SPDX-License-Identifier: MIT
/*
 * Directories made of dentries: what ramfs, tmpfs, devfs and other file systems
 * in memory have in common. A name exists as long as its dentry does, so the
 * directory holds one reference on each (D_PINNED). dir->lock is held wherever
 * a directory's names change.
 */
#include <linux/fs.h>

#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/namei.h"
#include "kernel/lib/string.h"

/* All names are in the hash: what is not there does not exist. */
int simple_lookup(struct inode *dir __maybe_unused, struct dentry *d,
		  u32 flags __maybe_unused)
{
	if (d->name.len > NAME_MAX)
		return -ENAMETOOLONG;
	d_add(d, NULL);
	return 0;
}

static void pin(struct dentry *d, bool on)
{
	spin_lock(&d->d_lock);
	d->flags = on ? d->flags | D_PINNED : d->flags & ~(u32)D_PINNED;
	spin_unlock(&d->d_lock);
	if (on)
		d_get(d);
	else
		d_put(d);
}

static void dir_touch(struct inode *dir)
{
	dir->mtime = dir->ctime = inode_now();
}

void simple_add(struct dentry *d, struct inode *inode)
{
	if (d_unhashed(d))
		d_add(d, inode);
	else
		d_instantiate(d, inode);
	pin(d, true);
}

int simple_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
	struct inode *inode = inode_get(old->inode);

	inode->nlink++;
	inode->ctime = inode_now();
	simple_add(d, inode);
	dir_touch(dir);
	return 0;
}

int simple_unlink(struct inode *dir, struct dentry *d)
{
	d->inode->nlink--;
	d->inode->ctime = inode_now();
	dir_touch(dir);
	pin(d, false);
	return 0;
}

static bool is_name(const struct dentry *d)
{
	return d->inode && !d_unhashed(d);
}

bool simple_empty(struct dentry *d)
{
	struct dentry *child;
	bool empty = true;

	spin_lock(&d->d_lock);
	list_for_each_entry(child, &d->children, sibling)
		empty &= !is_name(child);
	spin_unlock(&d->d_lock);
	return empty;
}

int simple_rmdir(struct inode *dir, struct dentry *d)
{
	if (!simple_empty(d))
		return -ENOTEMPTY;
	d->inode->nlink--; /* its own "." */
	dir->nlink--;
	return simple_unlink(dir, d);
}

static int rename_exchange(struct inode *old_dir, struct dentry *old,
			   struct inode *new_dir, struct dentry *new)
{
	if (old_dir != new_dir && d_is_dir(old) != d_is_dir(new)) {
		struct inode *gains = d_is_dir(old) ? new_dir : old_dir;
		struct inode *loses = d_is_dir(old) ? old_dir : new_dir;

		gains->nlink++;
		loses->nlink--;
	}
	old->inode->ctime = new->inode->ctime = inode_now();
	dir_touch(old_dir);
	dir_touch(new_dir);
	return 0;
}

/* What is true of the inodes after a rename; the dentries are d_move()'s. */
int simple_rename(struct inode *old_dir, struct dentry *old,
		  struct inode *new_dir, struct dentry *new, u32 flags)
{
	bool is_dir = d_is_dir(old);

	if (flags & ~(u32)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE)
		return rename_exchange(old_dir, old, new_dir, new);
	if (new->inode) {
		if (d_is_dir(new) && !simple_empty(new))
			return -ENOTEMPTY;
		if (is_dir) {
			new->inode->nlink--;
			old_dir->nlink--;
		}
		simple_unlink(new_dir, new);
	} else if (is_dir) {
		old_dir->nlink--;
		new_dir->nlink++;
	}
	old->inode->ctime = inode_now();
	dir_touch(old_dir);
	dir_touch(new_dir);
	return 0;
}

/* ---- reading a directory ----------------------------------------------------- */

/*
 * Children stand in the order of their cookies, the newest first, as Linux lists
 * them. A position says "below this cookie": names made or removed between two
 * calls disturb nothing.
 */
#define POS_LAST (1LL << 60)
#define POS_FIRST_CHILD 2

static loff_t pos_of(const struct dentry *d)
{
	return POS_LAST - (loff_t)d->cookie;
}

#define BATCH 32

/* What is pinned has an inode. */
static bool is_pinned_name(const struct dentry *d)
{
	return (d->flags & (D_PINNED | D_UNHASHED)) == D_PINNED;
}

static struct dentry *child_of(const struct list *at)
{
	return list_entry(at, struct dentry, sibling);
}

/* The first names at or after @pos that follow @from (NULL: any), at most BATCH;
 * how many. They stay where they are: the directory pins them, and dir->lock,
 * which getdents holds, keeps all names; only dentries without an inode come and
 * go around them. */
static u32 next_names(struct dentry *dir, const struct dentry *from, loff_t pos,
		      struct dentry **names)
{
	s64 newest = POS_LAST - pos; /* cookie at @pos */
	const struct list *at, *end = &dir->children;
	u32 n = 0;

	spin_lock(&dir->d_lock);
	at = from ? from->sibling.next : end->next;
	if (at != end && (s64)child_of(end->prev)->cookie > newest)
		at = end; /* all are: no need to look at each */
	while (at != end && (s64)child_of(at)->cookie > newest)
		at = at->next;
	for (; at != end && n < BATCH; at = at->next)
		if (is_pinned_name(child_of(at)))
			names[n++] = child_of(at);
	spin_unlock(&dir->d_lock);
	return n;
}

static bool emit_name(struct dir_context *ctx, const struct dentry *d)
{
	ctx->pos = pos_of(d);
	if (!dir_emit(ctx, d->name.name, (int)d->name.len, d->inode->ino,
		      d->inode->mode >> 12))
		return false;
	ctx->pos++;
	return true;
}

static int simple_iterate(struct file *f, struct dir_context *ctx)
{
	struct dentry *names[BATCH], *last = NULL;
	u32 n;

	if (!dir_emit_dots(f, ctx))
		return 0;
	while ((n = next_names(f->path.dentry, last, ctx->pos, names))) {
		for (u32 i = 0; i < n; i++)
			if (!emit_name(ctx, names[i]))
				return 0;
		last = names[n - 1];
	}
	return 0;
}

const struct file_ops simple_dir_fops = {
	FILE_OPS_DEFAULTS,
	.iterate = simple_iterate,
	.llseek = generic_llseek,
	.fsync = noop_fsync,
};

/* ---- the end of a tree ------------------------------------------------------- */

/* A pinned child, whose pin is now the caller's; NULL: there is none. */
static struct dentry *unpin_child(struct dentry *dir)
{
	struct dentry *d, *found = NULL;

	spin_lock(&dir->d_lock);
	list_for_each_entry(d, &dir->children, sibling) {
		if (d->flags & D_PINNED) {
			d->flags &= ~(u32)D_PINNED;
			found = d;
			break;
		}
	}
	spin_unlock(&dir->d_lock);
	return found;
}

/* Drop what the file system pins at and below @root: depth first, without
 * recursion; a child holds its parent until it is dropped itself. */
void simple_kill_tree(struct dentry *root)
{
	struct dentry *at = root, *child, *parent;

	for (;;) {
		child = unpin_child(at);
		if (child) {
			at = child;
			continue;
		}
		if (at == root)
			break;
		parent = at->parent;
		d_drop(at);
		d_put(at);
		at = parent;
	}
	d_put(root);
}
