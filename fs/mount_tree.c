// SPDX-License-Identifier: MIT
/*
 * Trees of mounts: walking, and hanging one up. Copying one is in tree_copy.c,
 * taking one down in umount_tree.c.
 *
 * Everything here runs under namespace_sem. What the walk reads is changed
 * under mount_lock too, all of one change at once, so that a walk sees the
 * tree before or after it.
 *
 * Nothing is put for the last time under a lock: tree_umount() collects the
 * mounts it takes down, tree_unlock() drops the lock and then puts them.
 */
#include <linux/eventpoll.h>

#include "fs/light.h"
#include "fs/mount_tree.h"
#include "kernel/debug/why.h"
#include "kernel/task/task.h"

u32 mounts_max = MOUNTS_MAX;

void tree_lock(void)
{
	mutex_lock(&namespace_sem);
}

/* A mount hangs there no longer: what it held (the parent, if it counted that). */
void place_put(const struct path *at)
{
	if (at->dentry)
		d_put(at->dentry);
	if (at->mnt)
		mnt_put(at->mnt);
}

/* The same of one that was taken down. */
void released_put(struct mount *m)
{
	struct path at = m->released;

	m->released = (struct path){ NULL, NULL };
	place_put(&at);
}

/* What was taken down, and in it the references of the tree. Children first: then
 * parents go together with them, not each by its last child. */
void doomed_put(struct list *doomed)
{
	struct list dead = LIST_INIT(dead);

	while (!list_empty(doomed)) {
		struct mount *m = list_last(doomed, struct mount, todo);

		list_del(&m->todo);
		released_put(m);
		if (refcount_dec_and_test(&m->refs))
			list_add_tail(&m->todo, &dead);
	}
	if (!list_empty(&dead))
		mounts_end(&dead);
}

/* End of a change: drop namespace_sem, then put the mounts in @doomed (may be
 * NULL). Context: may sleep. */
void tree_unlock(struct list *doomed)
{
	mutex_unlock(&namespace_sem);
	if (doomed && !list_empty(doomed))
		doomed_put(doomed);
}

/* Readers that poll(2) their mounts file learn that it changed. */
void mnt_ns_touch(struct mnt_ns *ns)
{
	if (!ns)
		return;
	atomic_add(&ns->event, 1);
	wake_up_poll(&ns->poll, EPOLLERR | EPOLLPRI);
}

/* ---- walking a tree ------------------------------------------------------- */

struct mount *tree_next(struct mount *m, const struct mount *root)
{
	return tree_step(m, root);
}

/* The last mount of the tree under @m: tree_next() of it skips them all. */
struct mount *tree_skip(struct mount *m)
{
	while (!list_empty(&m->mounts))
		m = list_last(&m->mounts, struct mount, child);
	return m;
}

u32 tree_count(struct mount *root)
{
	struct mount *m;
	u32 n = 0;

	for (m = root; m; m = tree_next(m, root))
		n++;
	return n;
}

/* Is @d in the subtree of @root (or @root itself)? */
bool dentry_within(const struct dentry *root, const struct dentry *d)
{
	bool within;

	if (root == d)
		return true;
	mutex_lock(&rename_mutex);
	within = d_is_ancestor(root, d);
	mutex_unlock(&rename_mutex);
	return within;
}

/* Can (@m, @d) be reached by going down from @root, which is in a tree? What was
 * taken down cannot, and has no way up that namespace_sem keeps. */
bool path_reachable(const struct mount *m, const struct dentry *d,
		    const struct path *root)
{
	if (m->internal & MNT_UMOUNTED)
		return false;
	while (m != root->mnt && mnt_has_parent(m)) {
		d = m->mountpoint;
		m = m->parent;
	}
	return m == root->mnt && dentry_within(root->dentry, d);
}

/* ---- hanging up and taking off ----------------------------------------- */

/* Within a change. */
void attach_locked(struct mount *m, struct mount *parent, struct dentry *mp)
{
	mount_child_add(m, parent, mp);
	mount_hash_add(m);
}

/* Within a change: take @m off its parent. Where it hung, which the caller is to
 * put when all is done; a root hung nowhere. */
struct path detach_locked(struct mount *m)
{
	struct path at = { m->parent, m->mountpoint };

	if (!mnt_has_parent(m))
		return (struct path){ NULL, NULL };
	mount_hash_del(m);
	list_del(&m->child);
	m->parent = m;
	m->mountpoint = m->root;
	return at;
}

/*
 * Hang @m at (@parent, @mp). If something hangs there already (a change that
 * propagated comes to a place where the receiver has mounted more), then it
 * hangs on top of @m afterwards: what was visible stays so.
 */
void tree_attach(struct mount *m, struct mount *parent, struct dentry *mp)
{
	struct mount *above, *top = m;
	struct path at = { NULL, NULL };

	mounts_change_begin();
	above = mount_hash_find(parent, mp);
	attach_locked(m, parent, mp);
	if (above) {
		struct mount *over;

		while ((over = mount_hash_find(top, top->root)))
			top = over;
		at = detach_locked(above);
		attach_locked(above, top, top->root);
	}
	mounts_change_end();
	place_put(&at); /* not the last references: @m has its own */
}

/* Take the tree under @m off its place, which the caller puts when all is done;
 * it stays whole. */
struct path tree_detach(struct mount *m)
{
	struct path at;

	mounts_change_begin();
	at = detach_locked(m);
	mounts_change_end();
	return at;
}

/* To the list of @ns, in the order of the ids: that is most often the end. */
static void adopt_locked(struct mount *m, struct mnt_ns *ns)
{
	struct list *before = &ns->list;

	while (before->prev != &ns->list &&
	       list_entry(before->prev, struct mount, link)->unique_id >
		       m->unique_id)
		before = before->prev;
	if (!list_empty(&m->link))
		list_del(&m->link);
	list_add_tail(&m->link, before);
	m->ns = ns;
	ns->nr_mounts++;
}

/**
 * tree_adopt - the tree under @root is complete and belongs to @ns now
 * @ns: NULL: it is a detached tree, or part of one
 *
 * What was copied can be found from now on, all of it at once.
 */
void tree_adopt(struct mount *root, struct mnt_ns *ns)
{
	struct mount *m;

	spin_lock(&mount_lock);
	for (m = root; m; m = tree_step(m, root)) {
		if (mnt_has_parent(m) && hlist_unhashed(&m->hash))
			mount_hash_add(m);
		if (ns)
			adopt_locked(m, ns);
		else
			list_move_tail(&m->link, &loose_mounts);
	}
	if (ns && list_empty(&ns->all_link))
		list_add_tail(&ns->all_link, &mnt_namespaces);
	spin_unlock(&mount_lock);
	mnt_ns_touch(ns);
}

/* ---- grafting: what bind, move and new mounts have in common ------------- */

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
