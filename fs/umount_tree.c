// SPDX-License-Identifier: MIT
/*
 * Trees of mounts: taking one down.
 *
 * A mount that was taken down lives on while somebody stands in it
 * (MNT_UMOUNTED). It is in no namespace and cannot be mounted on, but what was
 * mounted on it must not always fall off: where a user namespace got a tree whose
 * mounts are locked, to take it down lazily would show what they cover to who
 * stands in it. So a locked mount stays on its parent if that one goes too; and
 * where the user did not ask for the umount (a detached tree loses its
 * descriptor, a mountpoint is removed elsewhere), all of them do.
 *
 * Counting turns round there. In a tree the child holds the parent, and the tree
 * holds each. A tree that was taken down is held by nobody, so a circle must
 * not arise nor a pile be left: now the parent holds the child (by what was
 * the tree's reference), and the child no longer counts on the parent. Who stands in
 * the child alone loses the way up when the parent's last user leaves. To go from
 * such a child to its parent therefore takes mount_lock, or a light walk, and
 * refcount_inc_not_zero().
 */
#include "fs/mount_tree.h"

/* The one child of a mount that is going away which outlives it: what is
 * mounted right on its root. propagate_umount() saw to it. */
static struct mount *survivor(const struct mount *m)
{
	struct mount *c;

	if (list_empty(&m->mounts))
		return NULL;
	c = mount_hash_find(m, m->root);
	return c && !(c->internal & MNT_DOOMED) ? c : NULL;
}

/* It hangs then where the first mount that stays is. What it held is not put for
 * the last time: the doomed ones have it too. */
static void survivor_move(struct mount *s)
{
	struct mount *m = s->parent;
	struct path at;

	while (m->parent->internal & MNT_DOOMED)
		m = m->parent;
	at = detach_locked(s);
	attach_locked(s, m->parent, m->mountpoint);
	refcount_dec(&at.dentry->d_count);
	refcount_dec(&at.mnt->refs);
}

/* Does @m, which goes, stay on its parent? */
static bool stays_on_parent(const struct mount *m, u32 how)
{
	return mnt_has_parent(m) && !(how & UMOUNT_APART) &&
	       m->parent->internal & (MNT_DOOMED | MNT_UMOUNTED) &&
	       (how & UMOUNT_WHOLE || m->internal & MNT_LOCKED);
}

/* A parent goes before its children, or is marked: propagate_umount(). */
static void umount_one(struct mount *m, u32 how)
{
	if (stays_on_parent(m, how)) {
		refcount_dec(&m->parent->refs); /* it has its tree's left, */
		list_del(&m->todo);		/* and holds @m now */
	} else {
		m->released = detach_locked(m);
	}
	m->internal = (m->internal & ~(MNT_DOOMED | MNT_LOCKED)) |
		      MNT_UMOUNTED;
	if (m->peer)
		propagation_set(m, MS_PRIVATE);
	if (m->ns)
		m->ns->nr_mounts--;
	m->ns = NULL;
	list_move_tail(&m->link, &loose_mounts);
}

/* All that go of @ns (or of none) for now have gone. */
static void ns_left(struct mnt_ns *ns)
{
	if (ns && !ns->nr_mounts)
		list_del(&ns->all_link);
	mnt_ns_touch(ns);
}

static void survivors_move(struct list *going)
{
	struct mount *m, *s;

	list_for_each_entry(m, going, todo) {
		s = survivor(m);
		if (s)
			survivor_move(s);
	}
}

static void umount_all(struct list *going, u32 how)
{
	struct mnt_ns *ns = NULL; /* of the mounts before: told once */
	struct mount *m, *next;

	list_for_each_entry_safe(m, next, going, todo) {
		if (m->ns != ns) {
			ns_left(ns);
			ns = m->ns;
		}
		umount_one(m, how);
	}
	ns_left(ns);
}

/**
 * tree_umount - take down the tree under @root
 * @how: UMOUNT_* flags
 * @doomed: gets the mounts that hang on no other one; tree_unlock() puts them
 *
 * Nothing here can fail.
 */
void tree_umount(struct mount *root, u32 how, struct list *doomed)
{
	struct list going = LIST_INIT(going);
	bool others = false;
	struct mount *m;

	for (m = root; m; m = tree_step(m, root)) {
		m->internal |= MNT_DOOMED;
		list_add_tail(&m->todo, &going);
	}
	if (how & UMOUNT_PROPAGATE)
		others = propagate_umount(&going);
	mounts_change_begin();
	if (others) /* else what goes is one tree, as a whole */
		survivors_move(&going);
	umount_all(&going, how);
	mounts_change_end();
	list_splice_tail(&going, doomed);
}

/* ---- afterwards ------------------------------------------------------------- */

/* Within a change: @m, which hangs on another one that was taken down with it, is
 * alone now. @orphans gets it, with the reference that its parent had. */
void umounted_take_off(struct mount *m, struct list *orphans)
{
	m->released = detach_locked(m);
	m->released.mnt = NULL; /* it was not counted */
	list_add_tail(&m->todo, orphans);
}

/* From the last put of @m: what hangs on it is alone now, and goes to @orphans. */
void umounted_children_take(struct mount *m, struct list *orphans)
{
	struct list own = LIST_INIT(own);
	struct mount *c;

	mounts_change_begin();
	while (!list_empty(&m->mounts))
		umounted_take_off(list_first(&m->mounts, struct mount, child),
				  &own);
	mounts_change_end();
	list_for_each_entry(c, &own, todo)
		released_put(c); /* while the file system is there */
	list_splice_tail(&own, orphans);
}
