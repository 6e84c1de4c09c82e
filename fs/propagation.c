// SPDX-License-Identifier: MIT
/*
 * Propagation: which mounts see a mount or an umount too (Linux's shared
 * subtrees, mount_namespaces(7)).
 *
 * Terms. Shared mounts with the same group id are peers; the ring .share
 * joins them. A slave is in .slave_list of one peer of its master group, and
 * .master points to that peer; all peers of a group have the same .master. A
 * mount can be shared and slave at once: it receives and passes on.
 *
 *   group 1: A <-> B          what is mounted below A appears below B, C, D
 *                 |           what is mounted below C appears below D
 *   group 2:      C <-> D     (C, D: "shared:2 master:1")
 *
 * So a mount on X propagates to the peers of X, to the slaves of all of them,
 * to the slaves' peers, and so on: propagation_collect() makes this set,
 * masters before slaves, each mount once, so it always ends.
 *
 * Everything is under namespace_sem.
 */
#include "fs/mount_tree.h"

/* ---- groups ----------------------------------------------------------- */

/* The peer that inherits what @m leaves: best one that shows the same. */
static struct mount *heir_of(struct mount *m)
{
	struct mount *p;

	list_for_each_entry(p, &m->share, share)
		if (p->root == m->root)
			return p;
	return list_empty(&m->share) ?
		       NULL :
		       list_first(&m->share, struct mount, share);
}

static void slaves_move(struct mount *from, struct mount *to)
{
	struct mount *s, *next;

	list_for_each_entry_safe(s, next, &from->slave_list, slave) {
		list_del(&s->slave);
		s->master = to;
		if (to)
			list_add_tail(&s->slave, &to->slave_list);
	}
}

/* @m is no longer shared. Its slaves go to a peer or else to its master.
 * Returns who that is: the master @m has if it becomes a slave. */
static struct mount *group_leave(struct mount *m)
{
	struct mount *heir = m->master;

	if (mnt_shared(m)) {
		if (list_empty(&m->share))
			group_id_free(m->group_id);
		else
			heir = heir_of(m);
		list_del(&m->share);
		m->group_id = 0;
	}
	slaves_move(m, heir);
	return heir;
}

static void master_set(struct mount *m, struct mount *master)
{
	list_del(&m->slave);
	m->master = master;
	if (master)
		list_add_tail(&m->slave, &master->slave_list);
}

/**
 * propagation_set - make @m what mount(2) with @type makes it
 * @type: MS_SHARED (peer_groups_new() gave it a group), MS_SLAVE, MS_PRIVATE or
 *	MS_UNBINDABLE
 */
void propagation_set(struct mount *m, u32 type)
{
	struct mount *master;

	if (type == MS_SHARED) {
		m->internal &= ~(u32)MNT_UNBINDABLE;
		return;
	}
	master = group_leave(m);
	master_set(m, type == MS_SLAVE ? master : NULL);
	if (type == MS_UNBINDABLE)
		m->internal |= MNT_UNBINDABLE;
	else if (type == MS_PRIVATE)
		m->internal &= ~(u32)MNT_UNBINDABLE;
}

/* A new copy @m of @old: COPY_* says how they are related. */
void propagation_clone(struct mount *m, struct mount *old, u32 how)
{
	if (how & COPY_PRIVATE)
		return;
	if (how & COPY_SLAVE) {
		master_set(m, old);
		return;
	}
	if (mnt_shared(old)) {
		m->group_id = old->group_id;
		list_add(&m->share, &old->share);
	}
	if (old->master) {
		m->master = old->master;
		list_add(&m->slave, &old->slave);
	}
}

/* Make @tree (all of it, or its root only) shared: 0 or -ENOMEM. Then
 * peer_groups_settle() keeps the new groups or takes them back. */
int peer_groups_new(struct mount *tree, bool recurse)
{
	struct mount *m;
	int err = 0;

	for (m = tree; m && !err; m = recurse ? tree_next(m, tree) : NULL) {
		if (mnt_shared(m))
			continue;
		err = group_id_new(m);
		if (!err)
			m->internal |= MNT_NEW_GROUP;
	}
	return err;
}

void peer_groups_settle(struct mount *tree, bool undo)
{
	struct mount *m;

	for (m = tree; m; m = tree_next(m, tree)) {
		if (!(m->internal & MNT_NEW_GROUP))
			continue;
		m->internal &= ~(u32)MNT_NEW_GROUP;
		if (undo)
			group_leave(m);
		else
			m->internal &= ~(u32)MNT_UNBINDABLE;
	}
}

/* ---- the set that a change propagates to ------------------------------ */

/* Add @m and its peers, unless they are in the set. */
static void collect_group(struct mount *m, struct list *set)
{
	struct mount *p;

	if (!list_empty(&m->prop_link))
		return;
	list_add_tail(&m->prop_link, set);
	list_for_each_entry(p, &m->share, share)
		list_add_tail(&p->prop_link, set);
}

/* @from first, then everything that gets what is mounted below @from. */
void propagation_collect(struct mount *from, struct list *set)
{
	struct mount *m, *s;

	collect_group(from, set);
	list_for_each_entry(m, set, prop_link) /* it grows as we go */
		list_for_each_entry(s, &m->slave_list, slave)
			collect_group(s, set);
}

void propagation_done(struct list *set)
{
	while (!list_empty(set))
		list_del(set->next);
}

/* ---- mount -------------------------------------------------------------- */

/* A copy that a peer of @m (or @m) got, or NULL. The set lists peers in the
 * order of the ring, so the one before @m is asked first. */
static struct mount *group_copy(struct mount *m)
{
	struct list *l;

	if (m->copy)
		return m->copy;
	for (l = m->share.prev; l != &m->share; l = l->prev) {
		struct mount *p = list_entry(l, struct mount, share);

		if (p->copy)
			return p->copy;
	}
	return NULL;
}

/* Of which copy is the one for @m a peer or a slave? */
static struct mount *copy_origin(struct mount *m, u32 *how)
{
	struct mount *origin = group_copy(m);

	*how = 0;
	if (origin)
		return origin;
	*how = COPY_SLAVE | (mnt_shared(m) ? COPY_SHARE : 0);
	for (m = m->master; m && !origin; m = m->master)
		origin = group_copy(m);
	return origin;
}

static int copy_for(struct mount *m, u32 count)
{
	struct mount *origin, *copy;
	u32 how;

	m->ns->pending += count;
	if (m->ns->nr_mounts + m->ns->pending > READ_ONCE(mounts_max))
		return -ENOSPC;
	origin = copy_origin(m, &how);
	assert(origin);
	copy = tree_copy(origin, origin->root, how, NULL);
	if (IS_ERR(copy))
		return (int)PTR_ERR(copy);
	m->copy = copy;
	return 0;
}

/**
 * propagate_mount - prepare the copies of @tree that a mount at (@dest, @mp)
 * makes appear elsewhere
 * @set: gets the receivers; each has its copy in .copy. The caller goes on
 *	with propagate_commit() or propagate_abort(), also after an error.
 *
 * @tree is shared, all of it. A receiver that does not show @mp, or is not
 * in a namespace (yet), gets none.
 * Return: 0, -ENOMEM, -ENOSPC; -EINVAL: @tree's root cannot be copied.
 */
int propagate_mount(struct mount *tree, struct mount *dest, struct dentry *mp,
		    struct list *set)
{
	u32 count = tree_count(tree);
	struct mount *m;
	int err = 0;

	propagation_collect(dest, set);
	dest->copy = tree;
	list_for_each_entry(m, set, prop_link) {
		if (m == dest || !m->ns || !dentry_within(m->root, mp))
			continue;
		err = copy_for(m, count);
		if (err)
			break;
	}
	return err;
}

/* Take the next receiver and its copy (NULL: none) out of @set. */
static struct mount *receiver_take(struct mount *dest, struct list *set,
				   struct mount **copy)
{
	struct mount *m = list_first(set, struct mount, prop_link);

	list_del(&m->prop_link);
	*copy = m == dest ? NULL : m->copy;
	m->copy = NULL;
	if (m->ns)
		m->ns->pending = 0;
	return m;
}

void propagate_commit(struct mount *dest, struct dentry *mp, struct list *set)
{
	const struct user_ns *owner = current_mnt_ns()->ns.owner;
	struct mount *m, *copy;

	while (!list_empty(set)) {
		m = receiver_take(dest, set, &copy);
		if (!copy)
			continue;
		/* What it covers there must not count as part of it. */
		tree_adopt(copy, m->ns);
		tree_attach(copy, m, mp);
		if (m->ns->ns.owner != owner)
			tree_seal(copy);
	}
}

void propagate_abort(struct mount *dest, struct list *set, struct list *doomed)
{
	struct mount *copy;

	while (!list_empty(set)) {
		receiver_take(dest, set, &copy);
		if (copy)
			tree_umount(copy, UMOUNT_APART, doomed);
	}
}

/* ---- umount --------------------------------------------------------------- */

/* What hangs at the place of @m below the receivers of its parent is a
 * candidate for going with it. */
static void candidates_add(struct mount *m, struct list *candidates)
{
	struct list set = LIST_INIT(set);
	struct mount *r, *c;

	if (!mnt_has_parent(m) || !mnt_shared(m->parent))
		return;
	propagation_collect(m->parent, &set);
	list_for_each_entry(r, &set, prop_link) {
		c = mount_hash_find(r, m->mountpoint);
		if (r == m->parent || !c)
			continue;
		if (!(c->internal & MNT_DOOMED) && list_empty(&c->todo))
			list_add(&c->todo, candidates); /* children first */
	}
	propagation_done(&set);
}

/* Is nothing left of @c once the doomed are gone? */
static bool leaves_nothing(struct mount *c)
{
	const struct mount *over = mount_hash_find(c, c->root);

	return c->internal & (MNT_DOOMED | MNT_MARKED) &&
	       (!over || over->internal & (MNT_DOOMED | MNT_MARKED));
}

/* @c may go if all that is mounted on it goes too. What covers it whole may
 * stay: it then hangs where @c was. */
static bool may_go(struct mount *c)
{
	struct mount *m;

	list_for_each_entry(m, &c->mounts, child)
		if (m->mountpoint != c->root && !leaves_nothing(m))
			return false;
	return true;
}

/* One round: doom the candidates that may go. A locked one goes with its parent
 * only: it is marked, and then does not keep the parent. True if there was one. */
static bool candidates_doom(struct list *candidates, struct list *going)
{
	struct mount *c, *next;
	bool found = false;

	list_for_each_entry_safe(c, next, candidates, todo) {
		if (c->internal & MNT_MARKED) {
			if (!(c->parent->internal & MNT_DOOMED))
				continue;
		} else if (!may_go(c)) {
			continue;
		}
		if (c->internal & MNT_LOCKED &&
		    !(c->parent->internal & MNT_DOOMED)) {
			c->internal |= MNT_MARKED;
			found = true;
			continue;
		}
		c->internal &= ~(u32)MNT_MARKED;
		c->internal |= MNT_DOOMED;
		list_move_tail(&c->todo, going);
		found = true;
	}
	return found;
}

/* Add to @going the mounts that go because of those in it. */
void propagate_umount(struct list *going)
{
	struct list candidates = LIST_INIT(candidates);
	struct mount *m;

	list_for_each_entry(m, going, todo)
		candidates_add(m, &candidates);
	while (candidates_doom(&candidates, going))
		;
	while (!list_empty(&candidates)) {
		m = list_first(&candidates, struct mount, todo);
		m->internal &= ~(u32)MNT_MARKED;
		list_del(&m->todo);
	}
}

/* More references than its tree's, its cover's and @refs others? */
static bool in_use(struct mount *m, u32 refs)
{
	return refcount_read(&m->refs) > refs;
}

/* Does an umount of @m that is not lazy have to refuse? @refs: those that are
 * known, the tree's and the caller's. */
bool umount_busy(struct mount *m, u32 refs)
{
	struct list set = LIST_INIT(set);
	struct mount *r, *c;
	bool busy = !list_empty(&m->mounts) || in_use(m, refs);

	if (busy || !mnt_shared(m->parent))
		return busy;
	propagation_collect(m->parent, &set);
	list_for_each_entry(r, &set, prop_link) {
		u32 known = 1;

		c = mount_hash_find(r, m->mountpoint);
		if (r == m->parent || !c)
			continue;
		if (mount_hash_find(c, c->root))
			known++; /* the one that covers it */
		if (!list_empty(&c->mounts) &&
		    (known == 1 || c->mounts.next != c->mounts.prev))
			continue; /* other children: it will stay anyway */
		busy = busy || in_use(c, known);
	}
	propagation_done(&set);
	return busy;
}
