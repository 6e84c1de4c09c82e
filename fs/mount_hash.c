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

static u32 hash_index(const void *a, const void *b)
{
	u64 h = ((u64)a >> 4) * 0x9e3779b97f4a7c15ULL + ((u64)b >> 4);

	h *= 0x9e3779b97f4a7c15ULL;
	return (u32)(h >> (64 - MOUNT_HASH_BITS));
}

static struct hlist_head *mount_bucket(const struct mount *parent,
				       const struct dentry *mp)
{
	return &mount_hash[hash_index(parent, mp)];
}

/* The mount that hangs at (@parent, @mp), not counted, or NULL. Context:
 * mount_lock or namespace_sem, or a light walk. */
struct mount *mount_hash_find(const struct mount *parent,
			      const struct dentry *mp)
{
	struct mount *m;

	hlist_for_each_entry(m, mount_bucket(parent, mp), hash)
		if (m->parent == parent && m->mountpoint == mp)
			return m;
	return NULL;
}

struct mount *mount_on_dentry(const struct dentry *d, struct mount *prev)
{
	struct hlist_head *head = &mp_hash[hash_index(d, NULL)];
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
	assert_held(&mount_lock);
	hlist_add(&m->hash, mount_bucket(m->parent, m->mountpoint));
	hlist_add(&m->mp_hash, &mp_hash[hash_index(m->mountpoint, NULL)]);
	dentry_set_mounted(m->mountpoint, true);
}

void mount_hash_del(struct mount *m)
{
	assert_held(&mount_lock);
	hlist_del(&m->hash);
	hlist_del(&m->mp_hash);
	if (!mount_on_dentry(m->mountpoint, NULL))
		dentry_set_mounted(m->mountpoint, false);
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
