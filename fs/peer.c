// SPDX-License-Identifier: MIT
/*
 * Peer groups and slaves: what a mount that takes part in propagation has for
 * it, how it comes in and how it leaves. Who gets which change because of it is
 * in propagation.c, where the terms are explained.
 *
 * A private mount has nothing. So whoever makes one take part may fail for want of
 * memory; leaving cannot.
 *
 * Lock: namespace_sem.
 */
#include "fs/mount_tree.h"
#include "kernel/mm/slab.h"

static struct slab *peer_slab;
static struct ida group_ids = IDA_INIT;

void peer_module_init(void)
{
	peer_slab = slab_create("mount_peer", sizeof(struct peer), 8);
}

/* What @m has for its part in propagation, made if need be; NULL: no memory. */
static struct peer *peer_of(struct mount *m)
{
	struct peer *p = m->peer;

	if (p)
		return p;
	p = slab_zalloc(peer_slab);
	if (!p)
		return NULL;
	p->mnt = m;
	list_init(&p->share);
	list_init(&p->slave_list);
	list_init(&p->slave);
	list_init(&p->prop_link);
	m->peer = p;
	return p;
}

/* If @m takes no part any more, it needs nothing for it. */
static void peer_settle(struct mount *m)
{
	const struct peer *p = m->peer;

	if (p->group_id || p->master || !list_empty(&p->slave_list))
		return;
	slab_free(peer_slab, m->peer);
	m->peer = NULL;
}

/* Give @m a peer group of its own: 0 or -ENOMEM. */
int peer_group_new(struct mount *m)
{
	struct peer *p = peer_of(m);
	int id;

	if (!p)
		return -ENOMEM;
	id = ida_alloc(&group_ids);
	if (id >= 0)
		p->group_id = (u32)id + 1;
	else
		peer_settle(m);
	return min(id, 0);
}

/* The peer that inherits what @p leaves: best one that shows the same. */
static struct peer *heir_of(struct peer *p)
{
	struct peer *q;

	list_for_each_entry(q, &p->share, share)
		if (q->mnt->root == p->mnt->root)
			return q;
	return list_empty(&p->share) ?
		       NULL :
		       list_first(&p->share, struct peer, share);
}

static void slaves_move(struct peer *from, struct peer *to)
{
	struct peer *s, *next;

	list_for_each_entry_safe(s, next, &from->slave_list, slave) {
		list_del(&s->slave);
		s->master = to;
		if (to)
			list_add_tail(&s->slave, &to->slave_list);
	}
}

/* @p is no longer shared. Its slaves go to a peer or else to its master.
 * Returns who that is: the master @p has if it becomes a slave. */
static struct peer *group_leave(struct peer *p)
{
	struct peer *heir = p->master;

	if (p->group_id) {
		if (list_empty(&p->share))
			ida_free(&group_ids, p->group_id - 1);
		else
			heir = heir_of(p);
		list_del(&p->share);
		p->group_id = 0;
	}
	slaves_move(p, heir);
	return heir;
}

static void master_set(struct peer *p, struct peer *master)
{
	list_del(&p->slave);
	p->master = master;
	if (master)
		list_add_tail(&p->slave, &master->slave_list);
}

/**
 * propagation_set - make @m what mount(2) with @type makes it
 * @type: MS_SHARED (peer_groups_new() gave it a group), MS_SLAVE, MS_PRIVATE or
 *	MS_UNBINDABLE
 */
void propagation_set(struct mount *m, u32 type)
{
	struct peer *master;

	if (type != MS_SHARED && m->peer) {
		master = group_leave(m->peer);
		master_set(m->peer, type == MS_SLAVE ? master : NULL);
		peer_settle(m);
	}
	if (type == MS_UNBINDABLE)
		m->internal |= MNT_UNBINDABLE;
	else if (type == MS_PRIVATE || type == MS_SHARED)
		m->internal &= (u16)~MNT_UNBINDABLE;
}

/* A new copy @m of @old: COPY_* says how they are related. 0 or -ENOMEM. */
int propagation_clone(struct mount *m, struct mount *old, u32 how)
{
	struct peer *p = peer_of(m), *from = old->peer;

	if (!p)
		return -ENOMEM;
	assert(from); /* no slave of a private one */
	if (how & COPY_SLAVE) {
		master_set(p, from);
		return 0;
	}
	if (from->group_id) {
		p->group_id = from->group_id;
		list_add(&p->share, &from->share);
	}
	if (from->master) {
		p->master = from->master;
		list_add(&p->slave, &from->slave);
	}
	return 0;
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
		err = peer_group_new(m);
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
		m->internal &= (u16)~MNT_NEW_GROUP;
		if (undo) {
			group_leave(m->peer);
			peer_settle(m);
		} else {
			m->internal &= (u16)~MNT_UNBINDABLE;
		}
	}
}
