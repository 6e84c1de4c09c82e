// SPDX-License-Identifier: MIT
/*
 * mount(2) on what is mounted already: bind, and the change of propagation.
 * Each one looks up, locks, checks, and then grafts.
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
static int bind_check(const struct path *from, const struct path *dest,
		      bool recurse)
{
	if (mnt_ns_loop(from->dentry, current_mnt_ns()))
		return why(-EINVAL, "bind: this mount namespace is not younger "
				    "than the one to bind it in");
	if (!mnt_in_current_ns(dest->mnt))
		return why(-EINVAL, "bind: target is in another namespace");
	return tree_copy_check(from, recurse, "bind");
}

static int bind_locked(const struct path *from, const struct path *dest,
		       bool recurse, struct list *doomed)
{
	struct mount *m;
	int err = bind_check(from, dest, recurse);

	if (err)
		return err;
	m = tree_copy_path(from, recurse);
	if (IS_ERR(m))
		return (int)PTR_ERR(m);
	err = tree_graft(m, dest, NULL, doomed);
	if (err)
		tree_umount(m, UMOUNT_APART, doomed);
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
	if (!ns && !mnt_detached(path->mnt))
		return why(-EINVAL, "mount: the mount is in no namespace");
	if (ns && !ns_capable(ns->ns.owner, CAP_SYS_ADMIN))
		return why(-EPERM, "mount: no CAP_SYS_ADMIN over the owner of "
				   "the mount's namespace");
	return 0;
}

/* The tree under @root, or @root alone, becomes what @type says: 0, -ENOMEM. */
int change_propagation(struct mount *root, u32 type, bool recurse)
{
	struct mount *m;
	int err = 0;

	if (type == MS_SHARED) {
		err = peer_groups_new(root, recurse);
		peer_groups_settle(root, err);
	}
	for (m = root; m && !err; m = recurse ? tree_next(m, root) : NULL)
		propagation_set(m, type);
	return err;
}

/* MS_SHARED and so on: for the mount at @path, or with MS_REC the tree. */
int do_change_type(struct path *path, u64 flags)
{
	u32 type = type_of_flags(flags);
	int err;

	if (!type)
		return why(-EINVAL, "mount: exactly one propagation type, alone");
	tree_lock();
	err = change_type_check(path);
	if (!err)
		err = change_propagation(path->mnt, type, flags & MS_REC);
	if (!err)
		mnt_ns_touch(path->mnt->ns);
	tree_unlock(NULL);
	return err;
}
