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
#include "kernel/task/task.h"

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

/* Within a change. (Never in line, and the next one neither: they are half of what
 * calls them.) */
__noinline void attach_locked(struct mount *m, struct mount *parent, struct dentry *mp)
{
	mount_child_add(m, parent, mp);
	mount_hash_add(m);
}

/* Within a change: take @m off its parent. Where it hung, which the caller is to
 * put when all is done; a root hung nowhere. */
__noinline struct path detach_locked(struct mount *m)
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
