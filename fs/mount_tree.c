// SPDX-License-Identifier: MIT
/*
 * Trees of mounts: hanging one up, and copying one. Taking one down is in
 * umount_tree.c.
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

/* Put the mountpoint that @m had before this change, and the parent, if it
 * counted that. */
void released_put(struct mount *m)
{
	struct path up = m->released;

	m->released.mnt = NULL;
	m->released.dentry = NULL;
	if (up.dentry)
		d_put(up.dentry);
	if (up.mnt)
		mnt_put(up.mnt);
}

/* The same for a mount that was taken down, and the tree's reference. */
static void doomed_put(struct mount *m)
{
	released_put(m);
	mnt_put(m);
}

/* End of a change: drop namespace_sem, then put the mounts in @doomed (may be
 * NULL). Context: may sleep. */
void tree_unlock(struct list *doomed)
{
	mutex_unlock(&namespace_sem);
	while (doomed && !list_empty(doomed)) {
		struct mount *m = list_first(doomed, struct mount, todo);

		list_del(&m->todo);
		doomed_put(m);
		cond_resched();
	}
}

/* Readers that poll(2) their mounts file learn that it changed. */
void mnt_ns_touch(struct mnt_ns *ns)
{
	if (!ns)
		return;
	atomic_add(&ns->event, 1);
	wake_up_poll(&ns->poll, EPOLLERR | EPOLLPRI);
}

/* ---- walking a tree: parents before children -------------------------- */

/* The mount after @m and everything under it, below @root; NULL: the end. */
static struct mount *tree_climb(struct mount *m, const struct mount *root)
{
	while (m != root) {
		struct mount *parent = m->parent;

		if (m->child.next != &parent->mounts)
			return list_next(m, child);
		m = parent;
	}
	return NULL;
}

/* The mount after @m in the tree under @root; NULL: @m was the last. */
struct mount *tree_next(struct mount *m, const struct mount *root)
{
	if (!list_empty(&m->mounts))
		return list_first(&m->mounts, struct mount, child);
	return tree_climb(m, root);
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

static void child_add(struct mount *m, struct mount *parent, struct dentry *mp)
{
	m->parent = mnt_get(parent);
	m->mountpoint = d_get(mp);
	list_add_tail(&m->child, &parent->mounts);
}

/* Within a change. */
void attach_locked(struct mount *m, struct mount *parent, struct dentry *mp)
{
	child_add(m, parent, mp);
	mount_hash_add(m);
}

/* Within a change: take @m off its parent; what it held of it is left in
 * .released. */
void detach_locked(struct mount *m)
{
	if (!mnt_has_parent(m))
		return;
	mount_hash_del(m);
	list_del(&m->child);
	m->released.mnt = m->parent;
	m->released.dentry = m->mountpoint;
	m->parent = m;
	m->mountpoint = m->root;
}

/*
 * Hang @m at (@parent, @mp). If something hangs there already (a change that
 * propagated comes to a place where the receiver has mounted more), then it
 * hangs on top of @m afterwards: what was visible stays so.
 */
void tree_attach(struct mount *m, struct mount *parent, struct dentry *mp)
{
	struct mount *above, *top = m;

	mounts_change_begin();
	above = mount_hash_find(parent, mp);
	attach_locked(m, parent, mp);
	if (above) {
		struct mount *over;

		while ((over = mount_hash_find(top, top->root)))
			top = over;
		detach_locked(above);
		attach_locked(above, top, top->root);
	}
	mounts_change_end();
	if (above) /* not the last references: @m has its own */
		released_put(above);
}

/* Take the tree under @m off its place; it stays whole. What it held there is
 * in .released: the caller puts it when all is done. */
void tree_detach(struct mount *m)
{
	mounts_change_begin();
	detach_locked(m);
	mounts_change_end();
}

static void adopt_locked(struct mount *m, struct mnt_ns *ns)
{
	struct list *before = &ns->list;

	/* In the order of the ids, which is most often the end. */
	while (before->prev != &ns->list &&
	       list_entry(before->prev, struct mount, ns_link)->unique_id >
		       m->unique_id)
		before = before->prev;
	m->ns = ns;
	list_add_tail(&m->ns_link, before);
	ns->nr_mounts++;
}

/* The tree under @root belongs to @ns now; NULL: it is part of a detached one. */
void tree_adopt(struct mount *root, struct mnt_ns *ns)
{
	struct mount *m;

	if (!ns)
		return;
	spin_lock(&mount_lock);
	for (m = root; m; m = tree_next(m, root))
		adopt_locked(m, ns);
	spin_unlock(&mount_lock);
	mnt_ns_touch(ns);
}

/* ---- copies -------------------------------------------------------------- */

/**
 * mount_clone - one mount like @old, of the subtree at @root
 * @how: COPY_* flags: what its propagation is to be
 *
 * Return: a mount in no tree and no namespace; ERR_PTR(-ENOMEM).
 */
struct mount *mount_clone(struct mount *old, struct dentry *root, u32 how)
{
	struct mount *m = mount_like(old, root);
	int err;

	if (IS_ERR(m))
		return m;
	m->flags = old->flags;
	m->internal = old->internal & MNT_UNBINDABLE;
	m->sealed = old->sealed;
	if (how & COPY_DEMOTE && mnt_shared(old))
		how |= COPY_SLAVE;
	if (how & COPY_SHARE) {
		err = group_id_new(m);
		if (err) {
			mnt_put(m);
			return ERR_PTR(err);
		}
	}
	if (how || mnt_propagates(old))
		propagation_clone(m, old, how);
	return m;
}

/* Does tree_copy() leave out @m and what is under it? */
static bool copy_skips(const struct mount *m, u32 how)
{
	if (!(how & COPY_UNBINDABLE) && m->internal & MNT_UNBINDABLE)
		return true;
	return !(how & COPY_MNT_NS) && dentry_mnt_ns(m->root);
}

static void track(struct copy_track *t, const struct mount *old,
		  struct mount *copy)
{
	if (!t)
		return;
	for (u32 i = 0; i < ARRAY_SIZE(t->from); i++)
		if (t->from[i] == old)
			t->to[i] = copy;
}

/*
 * Copy what hangs under @s (a child of the copied root). @copy is the copy of
 * @s->parent. Two pointers go through the two trees side by side. No walk comes
 * to the copies before tree_publish(), so no lock is needed here.
 */
static int copy_branch(struct mount *s, struct mount *copy, u32 how,
		       struct copy_track *t)
{
	struct mount *m, *at = s->parent, *q;

	for (m = s; m; m = tree_next(m, s)) {
		if (copy_skips(m, how)) {
			if (m->internal & MNT_UNBINDABLE &&
			    m->internal & MNT_LOCKED)
				return why(-EPERM, "bind: an unbindable mount "
						   "in it is locked");
			m = tree_skip(m);
			continue;
		}
		while (at != m->parent) {
			at = at->parent;
			copy = copy->parent;
		}
		q = mount_clone(m, m->root, how);
		if (IS_ERR(q))
			return (int)PTR_ERR(q);
		q->internal |= m->internal & MNT_LOCKED;
		child_add(q, copy, m->mountpoint);
		track(t, m, q);
		at = m;
		copy = q;
	}
	return 0;
}

/* What was copied under @root can be found from now on, all of it at once. */
static void tree_publish(struct mount *root)
{
	struct mount *m = root;

	spin_lock(&mount_lock);
	while ((m = tree_next(m, root)))
		mount_hash_add(m);
	spin_unlock(&mount_lock);
}

/**
 * tree_copy - copy the tree of mounts under (@old, @root)
 * @how: COPY_* flags
 * @t: who wants to know which copy a mount got; may be NULL
 *
 * Return: the copy's root, in no namespace; ERR_PTR(-ENOMEM), or
 * ERR_PTR(-EINVAL) if @old itself may not be copied.
 */
struct mount *tree_copy(struct mount *old, struct dentry *root, u32 how,
			struct copy_track *t)
{
	struct mount *copy, *m;
	int err = 0;

	if (copy_skips(old, how))
		return ERR_PTR(-EINVAL);
	copy = mount_clone(old, root, how);
	if (IS_ERR(copy))
		return copy;
	track(t, old, copy);
	list_for_each_entry(m, &old->mounts, child) {
		if (!dentry_within(root, m->mountpoint))
			continue;
		err = copy_branch(m, copy, how, t);
		if (err)
			break;
	}
	if (err) {
		struct list doomed = LIST_INIT(doomed);

		/* Under the lock, but never the last of a file system. */
		tree_umount(copy, UMOUNT_APART, &doomed);
		list_for_each_entry_safe(copy, m, &doomed, todo) {
			list_del(&copy->todo);
			doomed_put(copy);
		}
		return ERR_PTR(err);
	}
	tree_publish(copy);
	return copy;
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
 * @moving: the tree is in the namespace already and leaves its old place
 * @doomed: gets the copies if it fails; @tree itself stays the caller's
 *
 * Context: namespace_sem held; @dest is in a namespace, or in a detached tree.
 * Return: 0; -ENOTDIR, -ENOSPC, -ENOMEM, and -EINVAL if a mount of a mount
 * namespace would propagate.
 */
int tree_graft(struct mount *tree, const struct path *dest, bool moving,
	       struct list *doomed)
{
	struct list set = LIST_INIT(set);
	struct mnt_ns *ns = dest->mnt->ns;
	int err;

	if (d_is_dir(tree->root) != d_is_dir(dest->dentry))
		return why(moving ? -EINVAL : -ENOTDIR,
			   "mount: one of source and target is a directory");
	if (d_unlinked(tree->root))
		return why(-ENOENT, "mount: the source was removed");
	err = graft_prepare(tree, dest, moving, &set);
	if (ns)
		ns->pending = 0;
	if (err)
		propagate_abort(dest->mnt, &set, doomed);
	peer_groups_settle(tree, err);
	if (err)
		return err;
	/* Before it may get what it goes beneath. */
	if (moving)
		tree_detach(tree);
	else
		tree_adopt(tree, ns);
	tree_attach(tree, dest->mnt, dest->dentry);
	mnt_ns_touch(ns);
	propagate_commit(dest->mnt, dest->dentry, &set);
	return 0;
}
