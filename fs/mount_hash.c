// SPDX-License-Identifier: MIT
/*
 * Mounts that hang on another one are in two hash tables: by (parent,
 * mountpoint), for the walk downwards, and by mountpoint alone, for the
 * question whether a dentry is a mountpoint anywhere (D_MOUNTED says so).
 *
 * And each mount is in one list: of its namespace, or of the loose ones, which
 * are in none. So all that there are can be gone through without a list more.
 *
 * Lock: mount_lock. What hangs in a tree does not change under namespace_sem either;
 * light walks find without both.
 */
#include "fs/mount_tree.h"

#define MOUNT_HASH_BITS 10
#define MOUNT_HASH_SIZE (1u << MOUNT_HASH_BITS)

struct list mnt_namespaces = LIST_INIT(mnt_namespaces);
struct list loose_mounts = LIST_INIT(loose_mounts);

static struct hlist_head mount_hash[MOUNT_HASH_SIZE];
static struct hlist_head mp_hash[MOUNT_HASH_SIZE];

/* The second hash goes on from where the first, of the mountpoint, is. */
static u64 hash_step(u64 hash, const void *ptr)
{
	return (hash + ((u64)ptr >> 4)) * 0x9e3779b97f4a7c15ULL;
}

static struct hlist_head *bucket(struct hlist_head *table, u64 hash)
{
	return &table[hash >> (64 - MOUNT_HASH_BITS)];
}

/* The mount that hangs at (@parent, @mp), not counted, or NULL. Context:
 * mount_lock or namespace_sem, or a light walk. */
struct mount *mount_hash_find(const struct mount *parent,
			      const struct dentry *mp)
{
	u64 hash = hash_step(hash_step(0, mp), parent);
	struct mount *m;

	hlist_for_each_entry(m, bucket(mount_hash, hash), hash)
		if (m->parent == parent && m->mountpoint == mp)
			return m;
	return NULL;
}

struct mount *mount_on_dentry(const struct dentry *d, struct mount *prev)
{
	struct hlist_head *head = bucket(mp_hash, hash_step(0, d));
	bool found = !prev;
	struct mount *m;

	hlist_for_each_entry(m, head, mp_hash) {
		if (found && m->mountpoint == d)
			return m;
		if (m == prev)
			found = true;
	}
	return NULL;
}

static void dentry_set_mounted(struct dentry *d, bool mounted)
{
	if (mounted && READ_ONCE(d->flags) & D_MOUNTED)
		return; /* mount_lock: nobody takes it away meanwhile */
	spin_lock(&d->d_lock);
	if (mounted)
		d->flags |= D_MOUNTED;
	else
		d->flags &= ~(u32)D_MOUNTED;
	spin_unlock(&d->d_lock);
}

/* Parent and mountpoint are set. */
void mount_hash_add(struct mount *m)
{
	struct dentry *mp = m->mountpoint;
	u64 hash = hash_step(0, mp);

	assert_held(&mount_lock);
	hlist_add(&m->mp_hash, bucket(mp_hash, hash));
	hlist_add(&m->hash, bucket(mount_hash, hash_step(hash, m->parent)));
	dentry_set_mounted(mp, true);
}

/* Does the next in its chain hang on the same dentry as @m? For copies of a tree
 * that is so most often. */
static bool next_is_there_too(const struct mount *m)
{
	const struct hlist_node *next = m->mp_hash.next;

	return next && container_of(next, struct mount, mp_hash)->mountpoint ==
			       m->mountpoint;
}

void mount_hash_del(struct mount *m)
{
	struct dentry *mp = m->mountpoint;
	bool more;

	assert_held(&mount_lock);
	if (hlist_unhashed(&m->hash))
		return;
	more = next_is_there_too(m);
	hlist_del(&m->hash);
	hlist_del(&m->mp_hash);
	if (!more && !mount_on_dentry(mp, NULL))
		dentry_set_mounted(mp, false);
}

/* ---- all of them ----------------------------------------------------------- */

/* First the loose ones, then namespace after namespace. */
struct mount *mount_next(const struct mount *m)
{
	const struct mnt_ns *ns = m ? m->ns : NULL;
	const struct list *head = ns ? &ns->list : &loose_mounts;
	const struct list *next = m ? m->link.next : head->next;

	assert_held(&mount_lock);
	if (next == head) {
		next = ns ? ns->all_link.next : mnt_namespaces.next;
		if (next == &mnt_namespaces)
			return NULL;
		next = list_entry(next, struct mnt_ns, all_link)->list.next;
	}
	return list_entry(next, struct mount, link);
}
