// SPDX-License-Identifier: MIT
/*
 * Propagation: which mounts see a mount or an umount too (Linux's shared
 * subtrees, mount_namespaces(7)).
 *
 * Terms. Shared mounts with the same group id are peers; the ring .share
 * joins them. A slave is in .slave_list of one peer of its master group, and
 * .master points to that peer; all peers of a group have the same .master. A
 * mount can be shared and slave at once: it receives and passes on. All this is
 * in struct peer, which a mount gets when it first takes part.
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

/* ---- the set that a change propagates to ------------------------------ */

/* Add @p and its peers, unless they are in the set. */
static void collect_group(struct peer *p, struct list *set)
{
	struct peer *q;

	if (!list_empty(&p->prop_link))
		return;
	list_add_tail(&p->prop_link, set);
	list_for_each_entry(q, &p->share, share)
		list_add_tail(&q->prop_link, set);
}

/* @from, a shared one, first; then all that get what is mounted below @from. */
static void propagation_collect(struct mount *from, struct list *set)
{
	struct peer *p, *s;

	collect_group(from->peer, set);
	list_for_each_entry(p, set, prop_link) /* it grows as we go */
		list_for_each_entry(s, &p->slave_list, slave)
			collect_group(s, set);
}

static void propagation_done(struct list *set)
{
	while (!list_empty(set))
		list_del(set->next);
}

/* ---- mount -------------------------------------------------------------- */

/* A copy that a peer of @p (or @p) got, or NULL. The set lists peers in the
 * order of the ring, so the one before @p is asked first. */
static struct mount *group_copy(struct peer *p)
{
	struct list *l;

	if (p->copy)
		return p->copy;
	for (l = p->share.prev; l != &p->share; l = l->prev) {
		struct peer *q = list_entry(l, struct peer, share);

		if (q->copy)
			return q->copy;
	}
	return NULL;
}

/* Of which copy is the one for @p a peer or a slave? */
static struct mount *copy_origin(struct peer *p, u32 *how)
{
	struct mount *origin = group_copy(p);

	*how = 0;
	if (origin)
		return origin;
	*how = COPY_SLAVE | (p->group_id ? COPY_SHARE : 0);
	for (p = p->master; p && !origin; p = p->master)
		origin = group_copy(p);
	return origin;
}

static int copy_for(struct peer *p, u32 count)
{
	struct mnt_ns *ns = p->mnt->ns;
	struct mount *origin, *copy;
	u32 how;

	ns->pending += count;
	if (ns->nr_mounts + ns->pending > READ_ONCE(mounts_max))
		return -ENOSPC;
	origin = copy_origin(p, &how);
	assert(origin);
	copy = tree_copy(origin, origin->root, how, NULL);
	if (IS_ERR(copy))
		return (int)PTR_ERR(copy);
	p->copy = copy;
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
	struct peer *p;
	int err = 0;

	propagation_collect(dest, set);
	dest->peer->copy = tree;
	list_for_each_entry(p, set, prop_link) {
		const struct mount *m = p->mnt;

		if (m == dest || !m->ns || !dentry_within(m->root, mp))
			continue;
		err = copy_for(p, count);
		if (err)
			break;
	}
	return err;
}

/* Take the next receiver and its copy (NULL: none) out of @set. */
static struct mount *receiver_take(struct mount *dest, struct list *set,
				   struct mount **copy)
{
	struct peer *p = list_first(set, struct peer, prop_link);
	struct mount *m = p->mnt;

	list_del(&p->prop_link);
	*copy = m == dest ? NULL : p->copy;
	p->copy = NULL;
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
	struct mount *c;
	struct peer *r;

	if (!mnt_has_parent(m) || !mnt_shared(m->parent))
		return;
	propagation_collect(m->parent, &set);
	list_for_each_entry(r, &set, prop_link) {
		c = mount_hash_find(r->mnt, m->mountpoint);
		if (r->mnt == m->parent || !c)
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
		c->internal &= (u16)~MNT_MARKED;
		c->internal |= MNT_DOOMED;
		list_move_tail(&c->todo, going);
		found = true;
	}
	return found;
}

/* Add to @going the mounts that go because of those in it. Were there any? */
bool propagate_umount(struct list *going)
{
	struct list candidates = LIST_INIT(candidates);
	bool any = false;
	struct mount *m;

	list_for_each_entry(m, going, todo)
		candidates_add(m, &candidates);
	if (list_empty(&candidates))
		return false;
	while (candidates_doom(&candidates, going))
		any = true;
	while (!list_empty(&candidates)) {
		m = list_first(&candidates, struct mount, todo);
		m->internal &= (u16)~MNT_MARKED;
		list_del(&m->todo);
	}
	return any;
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
	struct mount *c;
	struct peer *r;
	bool busy = !list_empty(&m->mounts) || in_use(m, refs);

	if (busy || !mnt_shared(m->parent))
		return busy;
	propagation_collect(m->parent, &set);
	list_for_each_entry(r, &set, prop_link) {
		u32 known = 1;

		c = mount_hash_find(r->mnt, m->mountpoint);
		if (r->mnt == m->parent || !c)
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
