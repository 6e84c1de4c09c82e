// SPDX-License-Identifier: MIT
/*
 * Trees of mounts in no namespace: open_tree(2) clones one, fsmount(2) makes
 * one, move_mount(2) hangs it up somewhere.
 *
 * A detached tree belongs to the file that was given for it
 * (FMODE_NEED_UMOUNT): the reference that a tree has on its root is held by
 * nobody else. When that file goes, the tree is taken down, unless it has been
 * hung up meanwhile. Its mounts have ns == NULL, so nothing that changes
 * "our" mounts touches them; but they can be walked, bound from, and mounted
 * on by move_mount(2).
 *
 * A copy remembers the namespace that it was made from (.origin of its root): it
 * can be bound from and copied there only, but moved and changed anywhere. Linux
 * gives such a tree an anonymous mount namespace; here it has none.
 */
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"

/* An O_PATH file on @root, whose tree it owns; takes over, also on error. */
static struct file *tree_file(struct mount *root)
{
	struct path path = { .mnt = root, .dentry = root->root };
	struct file *f = file_open_path(&path, O_PATH);

	if (IS_ERR(f))
		mnt_detached_end(root);
	else
		f->mode |= FMODE_NEED_UMOUNT;
	return f;
}

/**
 * tree_open_fd - a descriptor of a new detached tree
 * @root: its reference is taken over, also on error
 *
 * Return: the descriptor; -ENOMEM, -EMFILE.
 */
int tree_open_fd(struct mount *root, bool cloexec)
{
	struct file *f = tree_file(root);

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	return fd_install_new(f, cloexec ? O_CLOEXEC : 0);
}

/* The file of a detached tree is gone, or could not be made. May sleep. */
void mnt_detached_end(struct mount *root)
{
	struct list doomed = LIST_INIT(doomed);

	tree_lock();
	if (mnt_detached(root) && !mnt_has_parent(root))
		tree_umount(root, UMOUNT_WHOLE, &doomed);
	tree_unlock(&doomed);
}

static const struct mount *tree_top(const struct mount *m)
{
	while (mnt_has_parent(m))
		m = m->parent;
	return m;
}

static bool detached_from_here(const struct mount *m)
{
	u64 origin;

	if (!mnt_detached(m))
		return false;
	origin = tree_top(m)->origin;
	return !origin || origin == current_mnt_ns()->ns.id;
}

/* The namespace that a detached copy of @m is from. */
static u64 origin_of_copy(const struct mount *m)
{
	if (m->ns)
		return m->ns->ns.id;
	return mnt_detached(m) ? tree_top(m)->origin : 0;
}

/* May a copy of what is at @path be made, of all that is mounted in it or
 * (not @recurse) of that mount alone? */
int tree_copy_check(const struct path *path, bool recurse, const char *call)
{
	const struct mount *m = path->mnt;

	if (m->internal & MNT_UNBINDABLE)
		return why(-EINVAL, "%s: source is unbindable", call);
	if (!mnt_in_current_ns(m) && !detached_from_here(m) &&
	    !dentry_is_ns(path->dentry))
		return why(-EINVAL, "%s: source is in another namespace", call);
	if (!recurse && mount_hides_below(m, path->dentry))
		return why(-EINVAL, "%s: it would show what a locked mount "
				    "covers; with all that is mounted in it "
				    "it can be had", call);
	return 0;
}

/* The mount at @path alone, or all that is mounted in it. */
struct mount *tree_copy_path(const struct path *path, bool recurse)
{
	return recurse ? tree_copy(path->mnt, path->dentry, COPY_MNT_NS, NULL)
		       : mount_clone(path->mnt, path->dentry);
}

static struct file *tree_clone(const struct path *path, bool recurse)
{
	struct mount *m;
	int err;

	tree_lock();
	err = tree_copy_check(path, recurse, "open_tree");
	m = err ? ERR_PTR(err) : tree_copy_path(path, recurse);
	if (!IS_ERR(m)) {
		m->origin = origin_of_copy(path->mnt);
		tree_adopt(m, NULL);
	}
	tree_unlock(NULL);
	return IS_ERR(m) ? ERR_PTR(PTR_ERR(m)) : tree_file(m);
}

/**
 * do_open_tree - open_tree(2), flags checked
 *
 * Return: an O_PATH file, with OPEN_TREE_CLONE of a detached copy; ERR_PTR:
 * -EINVAL (not ours to copy), -ENOMEM, and what the walk says.
 */
struct file *do_open_tree(int dirfd, const char *name, u32 flags)
{
	u32 lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct file *f;
	struct path path;
	int err;

	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = path_lookup(dirfd, name, lookup, &path);
	if (err)
		return ERR_PTR(err);
	if (flags & OPEN_TREE_CLONE)
		f = tree_clone(&path, flags & AT_RECURSIVE);
	else
		f = file_open_path(&path, O_PATH);
	path_put(&path);
	return f;
}
