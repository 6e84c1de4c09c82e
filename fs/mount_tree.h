/* SPDX-License-Identifier: MIT */
/*
 * What the files of the mount tree tell each other; nobody else includes it.
 *
 *   mount.c        one mount: making and putting
 *   mount_hash.c   finding: by place, by mountpoint, all there are
 *   mount_tree.c   trees: hang up, take off
 *   graft.c        trees: hang up wherever that propagates
 *   tree_copy.c    trees: copy
 *   umount_tree.c  trees: take down
 *   peer.c         peer groups and slaves
 *   propagation.c  who gets a change too
 *   mount_ops.c    mount(2): decoding, new file systems, remount
 *   mount_seal.c   what a less privileged namespace may not undo
 *   bind.c         mount(2): bind, change of propagation
 *   move.c         mount(2)'s move and move_mount(2)
 *   open_tree.c    trees in no namespace
 *   mount_attr.c   mount_setattr(2)
 *   umount.c       umount2(2)
 *   pivot_root.c   pivot_root(2)
 *   mnt_ns.c       a namespace's tree: copy, death, the first one
 *   mounts_show.c  the text files of procfs
 *
 * A change goes: look up paths; tree_lock(); check; prepare (what can fail);
 * commit (what cannot); tree_unlock(&doomed), which drops the lock and only
 * then puts the mounts that the change took down.
 */
#ifndef WARREN_FS_MOUNT_TREE_H
#define WARREN_FS_MOUNT_TREE_H

#include "fs/light.h"
#include "fs/mount.h"
#include "kernel/lib/ida.h"

/* How tree_copy() sets the copy's propagation. Without
 * SLAVE it is what the original is: its peer, slave of the same. */
enum copy_flags {
	COPY_SLAVE = 1,	     /* a slave of the original */
	COPY_SHARE = 2,	     /* and shared, in a group of its own */
	COPY_UNBINDABLE = 8, /* also mounts that refuse to be bound */
	COPY_MNT_NS = 16,    /* also binds of mount namespaces */
	COPY_DEMOTE = 32,    /* shared ones become slaves: for another owner */
};

/* How tree_umount() takes a tree down. A mount that hangs on another one that goes
 * too stays there if it is locked, so that what it covers stays covered. */
enum umount_how {
	UMOUNT_PROPAGATE = 1, /* also where mounts on its parent propagate to */
	UMOUNT_APART = 2,     /* no mount stays on another one */
	UMOUNT_WHOLE = 4,     /* each one does */
};

/* Which copy a mount got: for translating root and cwd. */
struct copy_track {
	struct mount *from[2];
	struct mount *to[2];
};

static inline bool mnt_shared(const struct mount *m)
{
	return m->peer && m->peer->group_id;
}
static inline u32 mnt_group(const struct mount *m)
{
	return m->peer ? m->peer->group_id : 0;
}
/* Whose slave it is; NULL: nobody's. */
static inline struct peer *mnt_master(const struct mount *m)
{
	return m->peer ? m->peer->master : NULL;
}
static inline bool mnt_has_parent(const struct mount *m)
{
	return m->parent != m;
}
/* In a tree that hangs nowhere: see open_tree.c. */
static inline bool mnt_detached(const struct mount *m)
{
	return !m->ns && !(m->internal & (MNT_UMOUNTED | MNT_INTERNAL));
}
/* The mount after @m in the tree under @root, parents before children; NULL: @m was
 * the last. For the loops that are most of a copy and of its end; others have it
 * as a function, tree_next(). */
static inline struct mount *tree_step(struct mount *m, const struct mount *root)
{
	if (!list_empty(&m->mounts))
		return list_first(&m->mounts, struct mount, child);
	for (; m != root; m = m->parent)
		if (m->child.next != &m->parent->mounts)
			return list_next(m, child);
	return NULL;
}
static inline bool path_is_mount_root(const struct path *p)
{
	return p->dentry == p->mnt->root;
}

/* mount.c */
struct mount *mount_new(struct super *sb, struct dentry *root,
			const char *source);
/* @ids: numbers to take from; all of a word are got when there are none. The
 * caller sets .source and the flags. NULL: no memory. */
struct mount *mount_alloc(struct super *sb, struct dentry *root,
			  struct ida_run *ids);
int mount_id_take(struct ida_run *ids); /* just one, for one mount; -ENOMEM */
void mount_ids_give(struct ida_run *ids); /* what was not needed */
/* @none: what to say if the mount has no source. */
static inline const char *mount_source(const struct mount *m, const char *none)
{
	return m->source ? m->source->text : none;
}
/* @s may be NULL, as a mount may have no source. */
static inline struct mount_source *mount_source_get(struct mount_source *s)
{
	if (s)
		refcount_inc(&s->refs);
	return s;
}
/* The last references of those in @dead (linked by .todo) have gone. May sleep. */
void mounts_end(struct list *dead);
void mnt_put_no_use(struct mount *m); /* mnt_put() that is no use (EXPIRE) */
struct mnt_ns *current_mnt_ns(void);
bool mnt_is_current_root(const struct mount *m);

/* mount_hash.c */
extern struct list mnt_namespaces; /* mount_lock: those that have mounts */
extern struct list loose_mounts; /* mount_lock: mounts that are in none */
struct mount *mount_hash_find(const struct mount *parent,
			      const struct dentry *mp);
void mount_hash_add(struct mount *m);
void mount_hash_del(struct mount *m);
/* The first mount (after @prev) on dentry @d anywhere. mount_lock held. */
struct mount *mount_on_dentry(const struct dentry *d, struct mount *prev);
/* The mount after @m of all that there are; NULL for the first, and at the end.
 * mount_lock held. */
struct mount *mount_next(const struct mount *m);

/* mount_tree.c */
/* One change of what a walk sees, under namespace_sem or of what is in no tree. */
static inline void mounts_change_begin(void)
{
	spin_lock(&mount_lock);
	tree_change_begin();
}
static inline void mounts_change_end(void)
{
	tree_change_end();
	spin_unlock(&mount_lock);
}
/* @m hangs at (@parent, @mp), where nobody finds it before mount_hash_add(). */
static inline void mount_child_add(struct mount *m, struct mount *parent,
				   struct dentry *mp)
{
	m->parent = mnt_get(parent);
	m->mountpoint = d_get(mp);
	list_add_tail(&m->child, &parent->mounts);
}
void attach_locked(struct mount *m, struct mount *parent, struct dentry *mp);
struct path detach_locked(struct mount *m);
void tree_lock(void);
void tree_unlock(struct list *doomed);
void doomed_put(struct list *doomed);
void place_put(const struct path *at);
void released_put(struct mount *m);
struct mount *tree_next(struct mount *m, const struct mount *root);
struct mount *tree_skip(struct mount *m);
u32 tree_count(struct mount *root);
bool dentry_within(const struct dentry *root, const struct dentry *d);
bool path_reachable(const struct mount *m, const struct dentry *d,
		    const struct path *root);
void tree_attach(struct mount *m, struct mount *parent, struct dentry *mp);
struct path tree_detach(struct mount *m);
void tree_adopt(struct mount *root, struct mnt_ns *ns);
void mnt_ns_touch(struct mnt_ns *ns);

/* graft.c */
int tree_graft(struct mount *tree, const struct path *dest,
	       struct path *moved_from, struct list *doomed);
int mount_dest_lock(struct path *dest);

/* tree_copy.c; tree_adopt() is to follow */
struct mount *mount_clone(struct mount *old, struct dentry *root);
struct mount *tree_copy(struct mount *old, struct dentry *root, u32 how,
			struct copy_track *track);

/* umount_tree.c */
void tree_umount(struct mount *root, u32 how, struct list *doomed);
void umounted_take_off(struct mount *m, struct list *orphans);
void umounted_children_take(struct mount *m, struct list *orphans);

/* peer.c */
void peer_module_init(void);
int peer_group_new(struct mount *m);
int peer_groups_new(struct mount *tree, bool recurse);
void peer_groups_settle(struct mount *tree, bool undo);
void propagation_set(struct mount *m, u32 type);
int propagation_clone(struct mount *m, struct mount *old, u32 how);

/* propagation.c */
int propagate_mount(struct mount *tree, struct mount *dest, struct dentry *mp,
		    struct list *set);
void propagate_commit(struct mount *dest, struct dentry *mp, struct list *set);
void propagate_abort(struct mount *dest, struct list *set,
		     struct list *doomed);
bool propagate_umount(struct list *doomed);
bool umount_busy(struct mount *m, u32 refs);

/* open_tree.c */
int tree_open_fd(struct mount *root, bool cloexec);
int tree_copy_check(const struct path *path, bool recurse, const char *call);
struct mount *tree_copy_path(const struct path *path, bool recurse);

/* move.c */
int do_move(struct path *dest, const char *from);

/* bind.c */
int do_bind(struct path *dest, const char *from, bool recurse);
int do_change_type(struct path *path, u64 flags);
int change_propagation(struct mount *root, u32 type, bool recurse);

/* mounts_show.c, for statmount.c too */
void mount_show_options(struct seq *s, struct super *sb);
int mount_show_root(struct seq *s, struct dentry *root, char *buf, size_t size);
u32 mount_dominating_group(const struct mount *slave, const struct mnt_ns *ns,
			   const struct path *root);

/* mount_attr.c */
u64 mount_attr_of(u32 flags);

/* mount_ops.c */
int super_set_flags(struct super *sb, u32 sb_flags, struct fs_context *fc);
int super_reconfigure(struct fs_context *fc);
struct mount *mount_of_context(struct fs_context *fc, u32 mnt_flags);

/* mount_seal.c; namespace_sem held, but for mount_may_show() */
void tree_seal(struct mount *root);
bool mount_seal_allows(const struct mount *m, u32 flags);
bool mount_hides_below(const struct mount *m, const struct dentry *d);
int mount_may_show(const struct fs_type *type, u32 flags, u32 *sealed);

/* mnt_ns.c */
void mnt_ns_module_init(void);
void mnt_ns_release(struct mnt_ns *ns); /* take down the tree, free */

/* Upcalls, kernel/ns/mnt.c: is @d the nsfs file of a namespace; and which
 * mount namespace is it, or NULL? */
bool dentry_is_ns(const struct dentry *d);
struct mnt_ns *dentry_mnt_ns(const struct dentry *d);

/* Could a mount of @d in @where close a circle? Only a namespace that is
 * younger than @where may be mounted there. */
static inline bool mnt_ns_loop(const struct dentry *d,
			       const struct mnt_ns *where)
{
	const struct mnt_ns *ns = dentry_mnt_ns(d);

	return ns && ns->ns.id <= where->ns.id;
}

#endif
