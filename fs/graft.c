// SPDX-License-Identifier: MIT
/*
 * Grafting: what bind, move and new mounts have in common. A tree comes to its
 * place, and copies of it to all the places to which that propagates; or nothing
 * is changed.
 */
#include "fs/mount_tree.h"
#include "kernel/debug/why.h"

u32 mounts_max = MOUNTS_MAX;

/*
 * Where to mount: *@dest becomes the topmost mount there. On success
 * namespace_sem is held. -ENOENT: the directory was removed, or its mount was, or
 * it is a file of the kernel's own (nsfs, pipes) that has no place in a tree.
 */
int mount_dest_lock(struct path *dest)
{
	struct dentry *d;

	tree_lock();
	if (dest->mnt->internal & (MNT_INTERNAL | MNT_UMOUNTED))
		goto refuse;
	follow_mounts(dest); /* puts a parent that its child holds */
	d = dest->dentry;
	if (!(READ_ONCE(d->flags) & D_CANT_MOUNT) && !d_unlinked(d))
		return 0;
refuse:
	tree_unlock(NULL);
	return why(-ENOENT, "mount: target was removed or is not in a tree");
}

static int graft_prepare(struct mount *tree, const struct path *dest,
			 bool moving, struct list *set)
{
	struct mnt_ns *ns = dest->mnt->ns;
	int err;

	if (ns && !moving)
		ns->pending += tree_count(tree);
	if (ns && ns->nr_mounts + ns->pending > READ_ONCE(mounts_max))
		return why(-ENOSPC, "mount: more than %u mounts in a namespace",
			   mounts_max);
	if (!mnt_shared(dest->mnt))
		return 0;
	err = peer_groups_new(tree, true);
	return err ? err : propagate_mount(tree, dest->mnt, dest->dentry, set);
}

/**
 * tree_graft - hang @tree at @dest, and copies wherever that propagates
 * @moved_from: NULL, or the tree is in the namespace already and leaves its old
 *	place: gets that, which is the caller's to put
 * @doomed: gets the copies if it fails; @tree itself stays the caller's
 *
 * Context: namespace_sem held; @dest is in a namespace, or in a detached tree.
 * Return: 0; -ENOTDIR, -ENOSPC, -ENOMEM, and -EINVAL if a mount of a mount
 * namespace would propagate.
 */
int tree_graft(struct mount *tree, const struct path *dest,
	       struct path *moved_from, struct list *doomed)
{
	struct list set = LIST_INIT(set);
	struct mnt_ns *ns = dest->mnt->ns;
	bool shared = mnt_shared(dest->mnt);
	int err;

	if (d_is_dir(tree->root) != d_is_dir(dest->dentry))
		return why(moved_from ? -EINVAL : -ENOTDIR,
			   "mount: one of source and target is a directory");
	if (d_unlinked(tree->root))
		return why(-ENOENT, "mount: the source was removed");
	err = graft_prepare(tree, dest, moved_from, &set);
	if (ns)
		ns->pending = 0;
	if (err)
		propagate_abort(dest->mnt, &set, doomed);
	if (shared)
		peer_groups_settle(tree, err);
	if (err)
		return err;
	/* Before it may get what it goes beneath. */
	if (moved_from)
		*moved_from = tree_detach(tree);
	else
		tree_adopt(tree, ns);
	tree_attach(tree, dest->mnt, dest->dentry);
	mnt_ns_touch(ns);
	if (shared)
		propagate_commit(dest->mnt, dest->dentry, &set);
	return 0;
}
