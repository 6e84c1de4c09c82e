/* SPDX-License-Identifier: MIT */
/*
 * The mount tree. Each mount namespace owns one tree of struct mount; a mount
 * shows the subtree at .root of a super block on .mountpoint of .parent.
 * Propagation (Linux's shared subtrees, mount_namespaces(7)) is part of the tree:
 * peers share a group (ring .share), slaves hang on a master (.slave_list); a
 * private mount has no struct peer.
 *
 * Locks: namespace_sem (mutex) for every change of the topology, propagation
 * or of a namespace's list; mount_lock (spinlock) for the hash and for
 * what a walk reads (parent, mountpoint, root of mounts). Changes take both.
 * Mounts and paths that a change releases are put after namespace_sem is
 * dropped: never the last put under a lock.
 */
#ifndef WARREN_FS_MOUNT_H
#define WARREN_FS_MOUNT_H

#include <linux/mount.h>

#include "fs/dentry.h"
#include "kernel/ns/ns.h"

struct seq;
struct fs;

enum mnt_internal {
	MNT_UMOUNTED = 1,  /* out of its tree (lazy umount) */
	MNT_LOCKED = 2,	   /* cannot be umounted alone (from a parent ns) */
	MNT_INTERNAL = 4,  /* nsfs, pipes: in no namespace */
	MNT_UNBINDABLE = 8,
	MNT_DOOMED = 16,
	MNT_NEW_GROUP = 32, /* became shared in the change that is going on */
	MNT_NEW_RDONLY = 64, /* the same, read-only */
	MNT_MARKED = 128, /* locked: goes if its parent does (propagate_umount) */
};

/* The first field of /proc/mounts, which a mount shares with its copies. */
struct mount_source {
	struct refcount refs; /* mounts */
	char text[];	      /* [I] */
};

/* What a mount has as long as it takes part in propagation. namespace_sem. */
struct peer {
	struct mount *mnt;	/* [I] whose it is */
	struct list share;	/* ring of peers */
	struct list slave_list; /* of slaves */
	struct list slave;	/* in master->slave_list */
	struct peer *master;	/* NULL: no slave */
	u32 group_id;		/* 0: not shared */
	struct list prop_link;	/* in the set that a change propagates to */
	struct mount *copy;	/* the copy of the new tree made for .mnt */
};

struct mount {
	struct refcount refs;	/* paths; the tree (1), or what it was umounted
				   with and hangs on still; children in a tree */
	u32 id;			/* [I] shown in mountinfo: small, reused */
	u64 unique_id;		/* [I] */
	u32 flags;		/* MS_RDONLY NOSUID NODEV NOEXEC NOATIME
				   NODIRATIME RELATIME NOSYMFOLLOW */
	u32 sealed;		/* namespace_sem: flags that stay (mount_seal.c) */
	u32 writers;		/* [a] mnt_want_write holders */
	u16 internal;		/* mount_lock: enum mnt_internal */
	u8 expire_mark;		/* [a] umount2(MNT_EXPIRE) came; use clears it */
	struct mount *parent;	/* both; itself at a root; counted, unless
				   umounted: then mount_lock alone */
	struct dentry *mountpoint; /* both; counted */
	struct dentry *root;	/* [I] counted */
	struct super *sb;	/* [I] counted */
	struct mnt_ns *ns;	/* both; NULL: in no namespace */
	struct hlist_node hash; /* mount_lock: by (parent, mountpoint) */
	struct hlist_node mp_hash; /* mount_lock: by mountpoint alone */
	struct list mounts;	/* both: children */
	union {
		struct list child;    /* both: in parent->mounts */
		struct path released; /* umounted, and on no parent any more:
					 where it hung, to be put */
	};
	struct list link;	/* mount_lock: in ns->list, by unique_id (then
				   namespace_sem too), or in loose_mounts; in
				   none while its tree is being copied */
	struct mount_source *source; /* [I] counted; NULL: none */
	struct peer *peer;	/* namespace_sem; owned; NULL: private */
	/* Scratch of the change that is going on, under namespace_sem; for
	 * umounted ones of who umounted them, until they are put. */
	struct list todo;
	u64 origin;		/* namespace_sem: root of a detached tree: id of
				   the mnt_ns that it is from; 0: made anew */
};

struct mnt_ns {
	struct ns ns;		/* ns.id is the sequence of the loop check */
	struct mount *root;	/* namespace_sem; counted by the tree */
	struct list list;	/* both: every mount, by unique_id */
	struct list all_link;	/* mount_lock: in mnt_namespaces while it has
				   mounts */
	u32 nr_mounts;		/* both */
	u32 pending;		/* namespace_sem: mounts about to be added */
	u64 event;		/* [a] rises with each change */
	struct waitq poll;	/* poll on /proc/PID/mounts */
};
extern struct mnt_ns init_mnt_ns;
extern struct mutex namespace_sem;
extern struct spinlock mount_lock;
#define MOUNTS_MAX 100000
extern u32 mounts_max; /* [a] sysctl: mounts in a namespace */

static inline struct mnt_ns *to_mnt_ns(struct ns *ns)
{
	return container_of(ns, struct mnt_ns, ns);
}

void mount_module_init(void);
/* Boot: the initial namespace with a tmpfs ("rootfs") as its root mount, under
 * which the real root is mounted so that pivot_root(2) works; init_fs points to it. */
void mount_init_root(void);

static inline struct mount *mnt_get(struct mount *m)
{
	refcount_inc(&m->refs);
	return m;
}
void mnt_put(struct mount *m); /* may sleep */
/* An internal mount of @sb outside any namespace (nsfs, pipefs). */
struct mount *mnt_internal(struct super *sb);

/* The mount on (mnt, dentry), topmost, counted; NULL. For the walk. */
struct mount *mnt_lookup(const struct path *path);
/* Step down into what is mounted at *@path (repeatedly). True if it did. */
bool follow_mounts(struct path *path);
/* Step up from a mount's root to its mountpoint. False at a tree's root. */
bool follow_up(struct path *path);
/* -EROFS if the mount or its super block is read-only; undone by drop. */
int mnt_want_write(struct mount *m);
void mnt_drop_write(struct mount *m);
bool mnt_in_current_ns(const struct mount *m);
/* Is the dentry a mountpoint in current's namespace? (unlink: -EBUSY) */
bool is_local_mountpoint(struct dentry *d);
/* The name is going away: detach mounts on it in every namespace. */
void mnt_detach_dentry(struct dentry *d);
/* The same if the name of @d has gone; no lock of a directory is held. */
void mnt_detach_gone(struct dentry *d);

/* The file that owned a detached tree is gone: take it down, if it still hangs
 * nowhere. May sleep. */
void mnt_detached_end(struct mount *root);

/* May current change the mounts of its namespace at all? */
bool may_mount(void);
/* mount(2)'s cases; user strings are already copied. 0 or -errno. */
int do_mount(const char *dev, const char *dir, const char *type, u64 flags,
	     char *data);
int do_umount(const char *dir, int flags);
/* The newer calls, flags checked: fs/open_tree.c, fs/move.c, fs/mount_attr.c. */
struct file *do_open_tree(int dirfd, const char *name, u32 flags);
int do_move_mount(struct path *from, struct path *to, u32 flags);
struct mount_change {
	u32 set, clear;	 /* MS_* flags of mounts */
	u32 propagation; /* MS_SHARED, ... or 0 */
	bool recurse;
};
/* MOUNT_ATTR_* to set and clear: 0, -EINVAL. */
int mount_change_decode(struct mount_change *c, u64 attr_set, u64 attr_clr);
int do_mount_setattr(const struct path *path, const struct mount_change *c);
int do_pivot_root(const char *new_root, const char *put_old);
/* Mount a fresh file system at an existing directory: boot and debug. */
int kern_mount_at(const char *type, const char *source, const char *dir,
		  u64 flags, char *data);

/* unshare(CLONE_NEWNS): a copy of @old's tree; @fs's root and cwd move along
 * (may be NULL). ERR_PTR. The ns is held by pin. */
struct ns *mnt_ns_clone(struct ns *old, struct user_ns *owner,
			struct nsset *set);
/* The topmost mount on the namespace's root: where setns puts root and cwd. */
void mnt_ns_root_path(struct mnt_ns *ns, struct path *out);

/* /proc/PID/{mounts,mountinfo,mountstats}: one line per mount that is
 * reachable from @root, in tree order. */
enum mounts_format { MOUNTS_MOUNTS, MOUNTS_INFO, MOUNTS_STATS };
int mounts_show(struct seq *seq, struct mnt_ns *ns, const struct path *root,
		enum mounts_format format);
/* statmount(2): @out and its strings (in @text, which begins with a NUL).
 * listmount(2): ids below @id after (@reverse: before) @last; how many. */
struct statmount;
int mount_stat(u64 id, u64 ns_id, u64 mask, struct statmount *out,
	       struct seq *text);
long mount_list(u64 id, u64 ns_id, u64 last, bool reverse, u64 *ids, u32 n);
/* `ns pins`: each mount (with its namespace) whose root is @d; and how many
 * references mounts have on @d. */
void mounts_of_dentry(struct seq *seq, struct dentry *d);
u32 mounts_holding(const struct dentry *d);

#endif
