// SPDX-License-Identifier: MIT
/*
 * Trees of mounts: copying one, for bind mounts, propagation, open_tree(2), and for
 * each new mount namespace, where it is most of the work.
 *
 * A mount of the copy has a parent, numbers and a place in the peer groups of its
 * own: so each is made, none is shared with the original. But nobody comes to
 * the copies before tree_adopt(), so all that needs mount_lock is left to that,
 * and the numbers are taken many at once.
 *
 * Lock: namespace_sem.
 */
#include "fs/mount_tree.h"
#include "kernel/debug/why.h"

/* One copy that is going on. */
struct tree_copy {
	u32 how;		  /* COPY_* */
	struct copy_track *track; /* may be NULL */
	struct ida_run ids;
};

/* The copy @m of @old is its peer, its slave, or in a group of its own. */
static __noinline int clone_propagation(struct mount *m, struct mount *old,
					u32 how)
{
	int err = 0;

	if (how & COPY_DEMOTE && mnt_shared(old))
		how |= COPY_SLAVE;
	if (how & COPY_SHARE)
		err = peer_group_new(m);
	return err ? err : propagation_clone(m, old, how);
}

/* One mount like @old, of the subtree at @root, in no tree and no namespace; ids
 * as of mount_alloc(). ERR_PTR(-ENOMEM). */
static struct mount *clone_one(struct mount *old, struct dentry *root, u32 how,
			       struct ida_run *ids)
{
	struct mount *m = mount_alloc(old->sb, root, ids);
	int err;

	if (!m)
		return ERR_PTR(-ENOMEM);
	m->source = mount_source_get(old->source);
	m->flags = old->flags;
	m->internal = old->internal & MNT_UNBINDABLE;
	m->sealed = old->sealed;
	if (how & (COPY_SLAVE | COPY_SHARE) || old->peer) {
		err = clone_propagation(m, old, how);
		if (err) {
			propagation_set(m, MS_PRIVATE);
			mnt_put(m);
			return ERR_PTR(err);
		}
	}
	return m;
}

/**
 * mount_clone - one mount like @old, of the subtree at @root
 *
 * Return: a mount in no tree and no namespace, a peer of @old if that is shared;
 * ERR_PTR(-ENOMEM).
 */
struct mount *mount_clone(struct mount *old, struct dentry *root)
{
	struct ida_run id = { 0 };
	struct mount *m;
	int err = mount_id_take(&id);

	if (err)
		return ERR_PTR(err);
	m = clone_one(old, root, 0, &id);
	mount_ids_give(&id); /* if it failed */
	return m;
}

/* Does tree_copy() leave out @m and what is under it? */
static inline bool copy_skips(const struct mount *m, u32 how)
{
	if (unlikely(m->internal & MNT_UNBINDABLE) && !(how & COPY_UNBINDABLE))
		return true;
	/* The files of namespaces have no place in a tree of names. */
	return unlikely(READ_ONCE(m->root->flags) & D_DISCONNECTED) &&
	       !(how & COPY_MNT_NS) && dentry_mnt_ns(m->root);
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

/* @m gets a copy, which hangs on @parent, the copy of its parent. */
static struct mount *copy_child(struct tree_copy *c, struct mount *m,
				struct mount *parent)
{
	struct mount *copy = clone_one(m, m->root, c->how, &c->ids);

	if (IS_ERR(copy))
		return copy;
	copy->internal |= m->internal & MNT_LOCKED;
	mount_child_add(copy, parent, m->mountpoint);
	track(c->track, m, copy);
	return copy;
}

static int skip_check(const struct mount *m)
{
	if (m->internal & MNT_UNBINDABLE && m->internal & MNT_LOCKED)
		return why(-EPERM, "bind: an unbindable mount in it is locked");
	return 0;
}

/*
 * Copy what hangs under @s (a child of the copied root). @copy is the copy of
 * @s->parent. Two pointers go through the two trees side by side.
 */
static int copy_branch(struct tree_copy *c, struct mount *s, struct mount *copy)
{
	struct mount *m, *at = s->parent;

	for (m = s; m; m = tree_step(m, s)) {
		if (copy_skips(m, c->how)) {
			int err = skip_check(m);

			if (err)
				return err;
			m = tree_skip(m);
			continue;
		}
		while (at != m->parent) {
			at = at->parent;
			copy = copy->parent;
		}
		copy = copy_child(c, m, copy);
		if (IS_ERR(copy))
			return (int)PTR_ERR(copy);
		at = m;
	}
	return 0;
}

static int copy_branches(struct tree_copy *c, struct mount *old,
			 const struct dentry *root, struct mount *copy)
{
	struct mount *m;
	int err = 0;

	list_for_each_entry(m, &old->mounts, child) {
		if (dentry_within(root, m->mountpoint))
			err = copy_branch(c, m, copy);
		if (err)
			break;
	}
	return err;
}

/* Of a copy that cannot be completed. Under the lock, but never the last of a file
 * system. */
static __noinline __cold void copy_undo(struct mount *copy)
{
	struct list doomed = LIST_INIT(doomed);

	tree_umount(copy, UMOUNT_APART, &doomed);
	doomed_put(&doomed);
}

/**
 * tree_copy - copy the tree of mounts under (@old, @root)
 * @how: COPY_* flags
 * @t: who wants to know which copy a mount got; may be NULL
 *
 * Return: the copy's root, in no namespace: tree_adopt() makes it seen;
 * ERR_PTR(-ENOMEM), or ERR_PTR(-EINVAL) if @old itself may not be copied.
 */
struct mount *tree_copy(struct mount *old, struct dentry *root, u32 how,
			struct copy_track *t)
{
	struct tree_copy c = { .how = how, .track = t };
	struct mount *copy;
	int err;

	if (copy_skips(old, how))
		return ERR_PTR(-EINVAL);
	copy = clone_one(old, root, how, &c.ids);
	if (IS_ERR(copy))
		goto out;
	track(t, old, copy);
	err = copy_branches(&c, old, root, copy);
	if (err) {
		copy_undo(copy);
		copy = ERR_PTR(err);
	}
out:
	mount_ids_give(&c.ids);
	return copy;
}
