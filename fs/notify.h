/* SPDX-License-Identifier: MIT */
/*
 * Who wants to know what happens to an inode (inotify(7)). Whoever watches has
 * a mark on the inode; the places where things happen call the hooks below,
 * which cost one load as long as there is no mark in the whole system.
 *
 * A mark counts its inode. When the inode has lost its last name and user, or
 * its file system its last mount, the mark is told and goes.
 *
 * Lock: notify_mutex for everything here; it is the innermost of the mutexes
 * (hooks are called with directories locked). Marks' op->event is called with
 * it held.
 */
#ifndef WARREN_FS_NOTIFY_H
#define WARREN_FS_NOTIFY_H

#include <linux/inotify.h>

#include "fs/dentry.h"
#include "kernel/lib/list.h"
#include "kernel/task/mutex.h"

struct notify_mark;

/* What happened. */
struct notify_event {
	u32 mask; /* IN_* */
	u32 cookie; /* of the two halves of a rename; 0 */
	const struct qstr *name; /* in the watched directory; NULL: itself */
	bool unlinked; /* by way of a name that is gone */
};

struct notify_ops {
	/* True: that was all it wanted to know; it is off the inode. */
	bool (*event)(struct notify_mark *m, const struct notify_event *e);
	/* The mark is off the inode, which goes after this. */
	void (*gone)(struct notify_mark *m);
};

struct notify_mark {
	struct inode *inode; /* counted; NULL: on none (any more) */
	struct hlist_node on_inode;
	struct list all;
	u32 mask; /* what it wants to know */
	const struct notify_ops *op; /* [I] */
};

extern struct mutex notify_mutex;
extern u32 notify_marks; /* [a] how many marks there are */

/* Put @m on @inode, or change its mask, and take it off. Its inode, which the
 * caller puts when it has dropped the mutex, is what remove returns. */
void notify_mark_add(struct notify_mark *m, struct inode *inode, u32 mask)
	__must_hold(notify_mutex);
void notify_mark_change(struct notify_mark *m, u32 mask)
	__must_hold(notify_mutex);
struct inode *notify_mark_remove(struct notify_mark *m)
	__must_hold(notify_mutex);

void notify_dentry_slow(struct dentry *d, u32 mask);
void notify_inode_slow(struct inode *inode, u32 mask);
void notify_name_slow(struct inode *dir, const struct dentry *d, u32 mask);
/* A name as it was before a rename; len 0: nobody wants to know. */
struct notify_name {
	struct qstr q;
	char text[NAME_MAX + 1];
};
void notify_keep_slow(struct notify_name *name, const struct dentry *d);
void notify_move_slow(struct inode *old_dir, const struct notify_name *name,
		      struct inode *new_dir, struct dentry *d,
		      struct inode *victim);
void notify_gone_slow(struct inode *inode);
void notify_umount_slow(const struct super *sb);

static inline bool notify_on(void)
{
	return unlikely(READ_ONCE(notify_marks));
}
/* Something happened to what @d names: its directory is told too. */
static inline void notify_dentry(struct dentry *d, u32 mask)
{
	if (notify_on())
		notify_dentry_slow(d, mask);
}
/* The same, but the directory has nothing to do with it. */
static inline void notify_inode(struct inode *inode, u32 mask)
{
	if (notify_on())
		notify_inode_slow(inode, mask);
}
/* The name @d of @dir was made or taken away. */
static inline void notify_name(struct inode *dir, const struct dentry *d,
			       u32 mask)
{
	if (notify_on())
		notify_name_slow(dir, d, mask);
}
/* Around a rename: before it, and then: @d, which was called @name in @old_dir,
 * is in @new_dir; @victim (or NULL) has lost that name. */
static inline void notify_keep(struct notify_name *name, const struct dentry *d)
{
	name->q.len = 0;
	if (notify_on())
		notify_keep_slow(name, d);
}
static inline void notify_move(struct inode *old_dir,
			       const struct notify_name *name,
			       struct inode *new_dir, struct dentry *d,
			       struct inode *victim)
{
	if (notify_on() && name->q.len)
		notify_move_slow(old_dir, name, new_dir, d, victim);
}
/* The last dentry of @inode is freed, after its last name. */
static inline void notify_gone(struct inode *inode)
{
	if (notify_on() && !inode->nlink)
		notify_gone_slow(inode);
}
static inline void notify_umount(const struct super *sb)
{
	if (notify_on())
		notify_umount_slow(sb);
}

#endif
