// SPDX-License-Identifier: MIT
/*
 * A tree of mounts goes to another place: mount(2)'s MS_MOVE, and move_mount(2),
 * which also hangs up what was detached, goes beneath what is there, and puts a
 * mount into the peer group of another.
 */
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/task/cred.h"

/* ---- what may go where ------------------------------------------------------ */

static bool tree_has_unbindable(struct mount *root)
{
	struct mount *m;

	for (m = root; m; m = tree_next(m, root))
		if (m->internal & MNT_UNBINDABLE)
			return true;
	return false;
}

static bool tree_has_mnt_ns_loop(struct mount *root)
{
	struct mount *m;

	for (m = root; m; m = tree_next(m, root))
		if (mnt_ns_loop(m->root, current_mnt_ns()))
			return true;
	return false;
}

/* @root is in a tree. */
static bool mount_is_under(const struct mount *m, const struct mount *root)
{
	if (m->internal & MNT_UMOUNTED)
		return false; /* no way up that namespace_sem keeps */
	while (m != root && mnt_has_parent(m))
		m = m->parent;
	return m == root;
}

/* Can @m leave the place where it is? */
static int leave_check(const struct mount *m)
{
	if (mnt_detached(m))
		return mnt_has_parent(m)
			       ? why(-EINVAL, "move: a part of a detached tree")
			       : 0;
	if (!mnt_in_current_ns(m))
		return why(-EINVAL, "move: a mount of another namespace");
	if (!mnt_has_parent(m))
		return why(-EINVAL, "move: the root of the namespace");
	if (m->internal & MNT_LOCKED)
		return why(-EINVAL, "move: mount is locked");
	if (mnt_shared(m->parent))
		return why(-EINVAL, "move: source's parent mount is shared");
	return 0;
}

static int move_check(const struct path *from, const struct path *dest)
{
	struct mount *m = from->mnt;
	int err;

	if (!mnt_in_current_ns(dest->mnt) && !mnt_detached(dest->mnt))
		return why(-EINVAL, "move: target is in another namespace");
	if (!path_is_mount_root(from))
		return why(-EINVAL, "move: source is not a mount point");
	err = leave_check(m);
	if (err)
		return err;
	if (d_is_dir(from->dentry) != d_is_dir(dest->dentry))
		return why(-EINVAL, "move: only one of both is a directory");
	if (mnt_shared(dest->mnt) && tree_has_unbindable(m))
		return why(-EINVAL, "move: unbindable mounts to a shared one");
	if (tree_has_mnt_ns_loop(m))
		return why(-ELOOP, "move: a mount namespace into itself");
	if (mount_is_under(dest->mnt, m))
		return why(mnt_detached(m) ? -EINVAL : -ELOOP,
			   "move: a mount below itself");
	return 0;
}

/* *@dest, the root of a mount, becomes the place where that one hangs. */
static int go_beneath(const struct path *from, struct path *dest)
{
	struct mount *top = dest->mnt;
	struct path below;

	if (!path_is_mount_root(dest) || !mnt_has_parent(top))
		return why(-EINVAL,
			   "move: beneath what is no mount, or a root");
	if (mnt_is_current_root(top))
		return why(-EINVAL, "move: beneath the caller's root");
	if (top->internal & MNT_LOCKED)
		return why(-EINVAL, "move: beneath a locked mount");
	if (mount_is_under(from->mnt, top))
		return why(-EINVAL, "move: a mount beneath its own parent");
	below.mnt = top->parent;
	below.dentry = top->mountpoint;
	path_get(&below);
	path_put(dest); /* the tree holds @top */
	*dest = below;
	return 0;
}

/* ---- the move ------------------------------------------------------------------ */

/* @old: gets the place that the tree leaves, if it has one. */
static int move_locked(const struct path *from, struct path *dest, bool beneath,
		       struct path *old, struct list *doomed)
{
	bool moving = !mnt_detached(from->mnt);
	int err = beneath ? go_beneath(from, dest) : 0;

	if (!err)
		err = move_check(from, dest);
	if (!err)
		err = tree_graft(from->mnt, dest, moving ? old : NULL, doomed);
	return err;
}

static int tree_move(const struct path *from, struct path *dest, bool beneath)
{
	struct list doomed = LIST_INIT(doomed);
	struct path old = { NULL, NULL };
	int err = mount_dest_lock(dest);

	if (err)
		return err;
	err = move_locked(from, dest, beneath, &old, &doomed);
	if (!err)
		WRITE_ONCE(from->mnt->expire_mark, 0);
	tree_unlock(&doomed);
	place_put(&old);
	return err;
}

/* MS_MOVE: the mount at @name, with all below it, goes to @dest. */
int do_move(struct path *dest, const char *name)
{
	struct path from;
	int err;

	if (!name || !*name)
		return why(-EINVAL, "move: no source given");
	err = path_lookup(AT_FDCWD, name, LOOKUP_FOLLOW, &from);
	if (err)
		return err;
	err = tree_move(&from, dest, false);
	path_put(&from);
	return err;
}

/* ---- MOVE_MOUNT_SET_GROUP ------------------------------------------------------- */

static int may_change_group(const struct path *path)
{
	const struct mnt_ns *ns = path->mnt->ns;

	if (!ns && !mnt_detached(path->mnt))
		return why(-EINVAL, "move_mount: not mounted");
	if (ns ? !ns_capable(ns->ns.owner, CAP_SYS_ADMIN) : !may_mount())
		return why(-EPERM, "move_mount: no CAP_SYS_ADMIN over the "
				   "owner of the mount's namespace");
	return 0;
}

static int group_check(const struct path *from, const struct path *to)
{
	const struct mount *f = from->mnt, *t = to->mnt;
	int err = may_change_group(from);

	if (!err)
		err = may_change_group(to);
	if (err)
		return err;
	if (!path_is_mount_root(from) || !path_is_mount_root(to))
		return why(-EINVAL, "move_mount: no mount point");
	if (f->sb != t->sb || !dentry_within(f->root, t->root))
		return why(-EINVAL, "move_mount: one shows not what the other "
				    "does");
	if (mnt_shared(t) || mnt_master(t))
		return why(-EINVAL, "move_mount: target is in a group");
	if (!mnt_shared(f) && !mnt_master(f))
		return why(-EINVAL, "move_mount: source is in no group");
	return 0;
}

static int set_group(const struct path *from, const struct path *to)
{
	int err;

	tree_lock();
	err = group_check(from, to);
	if (!err)
		err = propagation_clone(to->mnt, from->mnt, 0);
	if (!err)
		mnt_ns_touch(to->mnt->ns);
	tree_unlock(NULL);
	return err;
}

/**
 * do_move_mount - move_mount(2)
 * @to: the caller puts it; what it names may change
 *
 * Context: may sleep.
 * Return: 0; -EINVAL, -ELOOP, -ENOENT, -EPERM as the checks say; -ENOSPC,
 * -ENOMEM.
 */
int do_move_mount(struct path *from, struct path *to, u32 flags)
{
	if (flags & MOVE_MOUNT_SET_GROUP)
		return set_group(from, to);
	return tree_move(from, to, flags & MOVE_MOUNT_BENEATH);
}
