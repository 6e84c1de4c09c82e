// SPDX-License-Identifier: MIT
/*
 * mount(2) on what is mounted already: bind, move, and the change of
 * propagation. Each one looks up, locks, checks, and then grafts.
 */
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/task/cred.h"

/* ---- bind ---------------------------------------------------------------- */

/*
 * What may be bound: something of our own tree, or the file of a namespace,
 * which lies in no tree. A mount namespace's file only in a namespace that is
 * older than it, else two could keep each other alive for ever.
 */
static int bind_check(const struct path *from, const struct path *dest)
{
	if (mnt_ns_loop(from->dentry, current_mnt_ns()))
		return why(-EINVAL, "bind: this mount namespace is not younger "
				    "than the one to bind it in");
	if (!mnt_in_current_ns(dest->mnt))
		return why(-EINVAL, "bind: target is in another namespace");
	if (from->mnt->internal & MNT_UNBINDABLE)
		return why(-EINVAL, "bind: source is unbindable");
	if (!mnt_in_current_ns(from->mnt) && !dentry_is_ns(from->dentry))
		return why(-EINVAL, "bind: source is in another namespace");
	return 0;
}

static int bind_locked(const struct path *from, const struct path *dest,
		       bool recurse, struct list *doomed)
{
	struct mount *m;
	int err = bind_check(from, dest);

	if (!err && !recurse && mount_hides_below(from->mnt, from->dentry))
		err = why(-EINVAL, "bind: it would show what a locked mount "
				   "covers; MS_REC binds both");
	if (err)
		return err;
	if (recurse)
		m = tree_copy(from->mnt, from->dentry, COPY_MNT_NS, NULL);
	else
		m = mount_clone(from->mnt, from->dentry, 0);
	if (IS_ERR(m))
		return (int)PTR_ERR(m);
	err = tree_graft(m, dest, false, doomed);
	if (err)
		tree_umount(m, false, doomed);
	return err;
}

/* MS_BIND: the tree (@recurse: with what is mounted in it) at @name appears
 * at @dest too. */
int do_bind(struct path *dest, const char *name, bool recurse)
{
	struct list doomed = LIST_INIT(doomed);
	struct path from;
	int err;

	if (!name || !*name)
		return why(-EINVAL, "bind: no source given");
	err = path_lookup(AT_FDCWD, name, LOOKUP_FOLLOW, &from);
	if (err)
		return err;
	err = mount_dest_lock(dest);
	if (!err) {
		err = bind_locked(&from, dest, recurse, &doomed);
		tree_unlock(&doomed);
	}
	path_put(&from);
	return err;
}

/* ---- move ------------------------------------------------------------------ */

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

static bool mount_is_under(const struct mount *m, const struct mount *root)
{
	while (m != root && mnt_has_parent(m))
		m = m->parent;
	return m == root;
}

static int move_check(const struct path *from, const struct path *dest)
{
	struct mount *m = from->mnt;

	if (!mnt_in_current_ns(m) || !mnt_in_current_ns(dest->mnt))
		return why(-EINVAL, "move: a mount of another namespace");
	if (!path_is_mount_root(from))
		return why(-EINVAL, "move: source is not a mount point");
	if (!mnt_has_parent(m))
		return why(-EINVAL, "move: the root of the namespace");
	if (m->internal & MNT_LOCKED)
		return why(-EINVAL, "move: mount is locked");
	if (mnt_shared(m->parent))
		return why(-EINVAL, "move: source's parent mount is shared");
	if (d_is_dir(from->dentry) != d_is_dir(dest->dentry))
		return why(-EINVAL, "move: only one of both is a directory");
	if (mnt_shared(dest->mnt) && tree_has_unbindable(m))
		return why(-EINVAL, "move: unbindable mounts to a shared one");
	if (tree_has_mnt_ns_loop(m))
		return why(-ELOOP, "move: a mount namespace into itself");
	if (mount_is_under(dest->mnt, m))
		return why(-ELOOP, "move: a mount below itself");
	return 0;
}

/* MS_MOVE: the mount at @name, with all below it, goes to @dest. */
int do_move(struct path *dest, const char *name)
{
	struct list doomed = LIST_INIT(doomed);
	struct path from, old = { NULL, NULL };
	int err;

	if (!name || !*name)
		return why(-EINVAL, "move: no source given");
	err = path_lookup(AT_FDCWD, name, LOOKUP_FOLLOW, &from);
	if (err)
		return err;
	err = mount_dest_lock(dest);
	if (err)
		goto put_from;
	err = move_check(&from, dest);
	if (!err)
		err = tree_graft(from.mnt, dest, true, &doomed);
	if (!err) {
		old = from.mnt->released;
		from.mnt->released = (struct path){ NULL, NULL };
		WRITE_ONCE(from.mnt->expire_mark, 0);
	}
	tree_unlock(&doomed);
	if (old.mnt)
		path_put(&old);
put_from:
	path_put(&from);
	return err;
}

/* ---- propagation type ----------------------------------------------------- */

/* The one type that @flags name; 0: none, two, or something else too. */
static u32 type_of_flags(u64 flags)
{
	u64 type = flags & ~(u64)(MS_REC | MS_SILENT);

	if (type & ~(u64)(MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))
		return 0;
	return type & (type - 1) ? 0 : (u32)type;
}

static int change_type_check(const struct path *path)
{
	const struct mnt_ns *ns = path->mnt->ns;

	if (!path_is_mount_root(path))
		return why(-EINVAL, "mount: not a mount point");
	if (!ns)
		return why(-EINVAL, "mount: the mount is in no namespace");
	if (!ns_capable(ns->ns.owner, CAP_SYS_ADMIN))
		return why(-EPERM, "mount: no CAP_SYS_ADMIN over the owner of "
				   "the mount's namespace");
	return 0;
}

/* MS_SHARED and so on: for the mount at @path, or with MS_REC the tree. */
int do_change_type(struct path *path, u64 flags)
{
	u32 type = type_of_flags(flags);
	struct mount *root = path->mnt, *m;
	bool recurse = flags & MS_REC;
	int err;

	if (!type)
		return why(-EINVAL, "mount: exactly one propagation type, alone");
	tree_lock();
	err = change_type_check(path);
	if (!err && type == MS_SHARED) {
		err = peer_groups_new(root, recurse);
		peer_groups_settle(root, err);
	}
	if (!err) {
		for (m = root; m; m = recurse ? tree_next(m, root) : NULL)
			propagation_set(m, type);
		mnt_ns_touch(root->ns);
	}
	tree_unlock(NULL);
	return err;
}
