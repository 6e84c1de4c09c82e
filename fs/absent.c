// SPDX-License-Identifier: MIT
/*
 * The ring of negative dentries: see absent.h. A dentry knows its slot (->absent,
 * 0: it is in none), so that it is found there at once.
 *
 * absent_lock, a leaf, protects ring and slots. Dentries are put without it.
 */
#include "fs/absent.h"

#define KEPT 64

static DEFINE_SPINLOCK(absent_lock);
static struct dentry *ring[KEPT];
static u32 next;

/* Empty slot @i; what was in it, with the ring's reference. */
static struct dentry *slot_take(u32 i) __must_hold(absent_lock)
{
	struct dentry *d = ring[i];

	ring[i] = NULL;
	if (d)
		d->absent = 0;
	return d;
}

void absent_keep(struct dentry *d)
{
	struct dentry *old;

	spin_lock(&absent_lock);
	next = (next + 1) % KEPT;
	old = slot_take(next);
	ring[next] = d_get(d);
	d->absent = next + 1;
	spin_unlock(&absent_lock);
	d_put(old);
}

/* The ring's reference on @d, if it has one, is the caller's: true. */
static bool take(const struct dentry *d)
{
	bool taken;

	spin_lock(&absent_lock);
	taken = d->absent && slot_take(d->absent - 1);
	spin_unlock(&absent_lock);
	return taken;
}

void absent_drop(struct dentry *d)
{
	if (READ_ONCE(d->absent) && take(d))
		d_put(d);
}

/* A child of @dir that is kept, with the ring's reference; NULL: none. */
static struct dentry *take_below(struct dentry *dir)
{
	struct dentry *child, *found = NULL;

	spin_lock(&dir->d_lock);
	list_for_each_entry(child, &dir->children, sibling) {
		if (READ_ONCE(child->absent) && take(child)) {
			found = child;
			break;
		}
	}
	spin_unlock(&dir->d_lock);
	return found;
}

void absent_drop_below(struct dentry *dir)
{
	struct dentry *d;

	while ((d = take_below(dir)))
		d_put(d);
}

void absent_flush(const struct super *sb)
{
	for (u32 i = 0; i < KEPT; i++) {
		struct dentry *d = NULL;

		spin_lock(&absent_lock);
		if (ring[i] && (!sb || ring[i]->sb == sb))
			d = slot_take(i);
		spin_unlock(&absent_lock);
		d_put(d);
	}
}
