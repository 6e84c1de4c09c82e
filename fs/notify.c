// SPDX-License-Identifier: MIT
/* Marks on inodes, and the events that they are told: see notify.h. */
#include "fs/notify.h"
#include "kernel/lib/string.h"

DEFINE_MUTEX(notify_mutex);
u32 notify_marks;
static struct list all_marks = LIST_INIT(all_marks); /* newest first */

/* ---- marks ------------------------------------------------------------------ */

/* Which events anybody wants of @inode. */
static void mask_update(struct inode *inode)
{
	struct notify_mark *m;
	u32 mask = 0;

	hlist_for_each_entry (m, &inode->marks, on_inode)
		mask |= m->mask;
	WRITE_ONCE(inode->marked, mask);
}

void notify_mark_add(struct notify_mark *m, struct inode *inode, u32 mask)
{
	m->inode = inode_get(inode);
	m->mask = mask;
	hlist_add(&m->on_inode, &inode->marks);
	list_add(&m->all, &all_marks);
	mask_update(inode);
	atomic_add(&notify_marks, 1);
}

void notify_mark_change(struct notify_mark *m, u32 mask)
{
	m->mask = mask;
	mask_update(m->inode);
}

struct inode *notify_mark_remove(struct notify_mark *m)
{
	struct inode *inode = m->inode;

	m->inode = NULL;
	hlist_del(&m->on_inode);
	list_del(&m->all);
	mask_update(inode);
	atomic_sub(&notify_marks, 1);
	return inode;
}

/* ---- events ------------------------------------------------------------------ */

#define KINDS (IN_ALL_EVENTS | IN_UNMOUNT)

static u32 with_type(const struct inode *inode, u32 mask)
{
	return S_ISDIR(inode->mode) ? mask | IN_ISDIR : mask;
}

/* Tell the marks on @inode. A mark may go while it is told. */
static void tell(struct inode *inode, const struct notify_event *e)
{
	struct hlist_node *at, *next;

	if (!(READ_ONCE(inode->marked) & e->mask & KINDS))
		return;
	mutex_lock(&notify_mutex);
	for (at = inode->marks.first; at; at = next) {
		struct notify_mark *m =
			container_of(at, struct notify_mark, on_inode);

		next = at->next;
		if (m->mask & e->mask & KINDS)
			m->op->event(m, e);
	}
	mutex_unlock(&notify_mutex);
}

/* The directory that @d is in, or was when it still had a name, counted; NULL:
 * none. */
static struct dentry *parent_get(struct dentry *d)
{
	struct dentry *parent = NULL;

	spin_lock(&d->d_lock);
	if (d->parent != d)
		parent = d_get(d->parent);
	spin_unlock(&d->d_lock);
	return parent;
}

/* @parent is told with the name, which a rename may change meanwhile. */
static void tell_parent(struct inode *dir, struct dentry *d,
			struct notify_event *e)
{
	char text[NAME_MAX + 1];
	struct qstr name = { .name = text };

	if (!(READ_ONCE(dir->marked) & e->mask & KINDS))
		return;
	spin_lock(&d->d_lock);
	name.len = min(d->name.len, (u32)NAME_MAX);
	memcpy(text, d->name.name, name.len);
	spin_unlock(&d->d_lock);
	e->name = &name;
	tell(dir, e);
	e->name = NULL;
}

void notify_dentry_slow(struct dentry *d, u32 mask)
{
	struct notify_event e = { .mask = with_type(d->inode, mask),
				  .unlinked = d_unhashed(d) };
	struct dentry *parent = parent_get(d);

	if (parent) {
		tell_parent(parent->inode, d, &e);
		d_put(parent);
	}
	tell(d->inode, &e);
}

void notify_inode_slow(struct inode *inode, u32 mask)
{
	struct notify_event e = { .mask = with_type(inode, mask) };

	tell(inode, &e);
}

void notify_name_slow(struct inode *dir, const struct dentry *d, u32 mask)
{
	struct notify_event e = { .mask = with_type(d->inode, mask),
				  .name = &d->name };

	tell(dir, &e);
}

/* rename_mutex is held, so names stay. */
void notify_keep_slow(struct notify_name *name, const struct dentry *d)
{
	name->q = (struct qstr){ .name = name->text, .len = d->name.len };
	memcpy(name->text, d->name.name, d->name.len);
}

void notify_move_slow(struct inode *old_dir, const struct notify_name *name,
		      struct inode *new_dir, struct dentry *d,
		      struct inode *victim)
{
	static u32 last_cookie; /* [a] */
	struct notify_event e = { .mask = with_type(d->inode, IN_MOVED_FROM),
				  .name = &name->q };

	e.cookie = atomic_add(&last_cookie, 1);
	tell(old_dir, &e);
	e.mask = with_type(d->inode, IN_MOVED_TO);
	e.name = &d->name;
	tell(new_dir, &e);
	if (victim)
		notify_inode_slow(victim, IN_ATTRIB);
	notify_inode_slow(d->inode, IN_MOVE_SELF);
}

/* Tell @m why, and take it off. */
static void mark_end(struct notify_mark *m, u32 mask)
{
	struct notify_event e = { .mask = mask };
	struct inode *inode = inode_get(m->inode);

	if (!(m->mask & mask & KINDS) || !m->op->event(m, &e)) {
		inode_put(notify_mark_remove(m));
		m->op->gone(m);
	}
	mutex_unlock(&notify_mutex);
	inode_put(inode);
	mutex_lock(&notify_mutex);
}

void notify_gone_slow(struct inode *inode)
{
	mutex_lock(&notify_mutex);
	while (inode->marks.first)
		mark_end(container_of(inode->marks.first, struct notify_mark,
				      on_inode), IN_DELETE_SELF);
	mutex_unlock(&notify_mutex);
}

static struct notify_mark *mark_of_super(const struct super *sb)
{
	struct notify_mark *m;

	list_for_each_entry (m, &all_marks, all)
		if (m->inode->sb == sb)
			return m;
	return NULL;
}

void notify_umount_slow(const struct super *sb)
{
	struct notify_mark *m;

	mutex_lock(&notify_mutex);
	while ((m = mark_of_super(sb)))
		mark_end(m, with_type(m->inode, IN_UNMOUNT));
	mutex_unlock(&notify_mutex);
}
