/* SPDX-License-Identifier: MIT */
/*
 * Dentries: names in the tree, and the hash that finds them.
 *
 * A dentry lives as long as someone holds it: a path, a child, or (in
 * ramfs, where dentries are the directory) the file system itself. There
 * is no cache of unreferenced dentries: what shall stay a little longer is held
 * by a ring of names (absent.h, procfs/kept.c). A dentry holds its parent and its
 * inode; inode == NULL is a negative dentry ("known not to be there").
 *
 * Locks: each hash bucket has a spinlock; d_lock protects name, parent,
 * children list and the unhashing. rename_mutex (one for all) is held while
 * a directory changes its parent; readers that climb (d_path, `..`) rely on it
 * or on d_lock.
 */
#ifndef WARREN_FS_DENTRY_H
#define WARREN_FS_DENTRY_H

#include "fs/inode.h"
#include "kernel/lib/string.h"
#include "kernel/lib/word.h"

#define DNAME_INLINE 32
#define NAME_MAX 255

struct qstr {
	const char *name; /* not NUL-terminated during a walk */
	u64 word;	  /* its first eight characters: kernel/lib/word.h */
	u32 len;
	u32 hash;
};

enum dentry_flags {
	D_MOUNTED = 1,	     /* something is mounted on it, in some namespace */
	D_CANT_MOUNT = 2,    /* unlinked */
	D_UNHASHED = 4,
	D_PINNED = 8,	     /* ramfs: one reference is the directory's */
	D_DISCONNECTED = 16, /* nsfs, pipes: no place in a tree */
	D_IN_INODE = 64,     /* its memory is its inode's, and goes with that;
				D_DISCONNECTED, and .inline_name is not there */
	D_REVALIDATE = 32,   /* op->revalidate has something to say */
};

struct dentry_ops {
	/* Before a cached dentry is used: 1 good, 0 drop it and look up. A
	 * light walk asks too: does not sleep, nor put anything. */
	int (*revalidate)(struct dentry *d, u32 lookup_flags);
	/* The last reference is going, and @d with it: weak pointers to it
	 * end here. */
	void (*prune)(struct dentry *d);
	/* Text for d_path of a disconnected dentry ("uts:[4026531838]"). */
	int (*dname)(struct dentry *d, char *buf, size_t size);
};
extern const struct dentry_ops dentry_default_ops;
int d_always_valid(struct dentry *d, u32 lookup_flags);
void d_prune_nothing(struct dentry *d);
int d_no_name(struct dentry *d, char *buf, size_t size); /* "" */

struct dentry {
	struct refcount d_count;
	u32 flags;		   /* d_lock; D_MOUNTED under mount_lock */
	struct dentry *parent;	   /* d_lock; counted; itself at a root */
	struct inode *inode;	   /* counted; NULL: negative */
	struct qstr name;	   /* d_lock */
	struct hlist_node hash;	   /* bucket lock */
	struct list children;	   /* d_lock: of child.sibling */
	struct list sibling;	   /* parent->d_lock */
	const struct dentry_ops *op; /* [I] */
	struct super *sb;	   /* [I] */
	void *private;		   /* the file system's own */
	u64 cookie;		   /* place in the parent: later ones are higher */
	struct spinlock d_lock;
	u32 absent;		   /* absent_lock: slot + 1 in the ring of absent.c */
	char inline_name[DNAME_INLINE];
};

#define DENTRY_BUCKET_BITS 13
#define DENTRY_BUCKETS (1u << DENTRY_BUCKET_BITS)
extern struct dentry_bucket {
	struct spinlock lock;
	struct hlist_head head; /* lock; read without by light walks */
} dentry_buckets[DENTRY_BUCKETS];

extern struct mutex rename_mutex;
/* d_move() changes names and parents under it too: for readers that cannot
 * sleep. mount_lock > dentry_move_lock > bucket > d_lock. */
extern struct spinlock dentry_move_lock;

void dentry_module_init(void);
/*
 * The hash of a name in @dir takes eight characters at a time. A product is mixed
 * best in its highest bits, so these choose the bucket.
 */
static inline u64 name_hash_begin(const struct dentry *dir)
{
	return (u64)dir >> 6;
}
static inline u64 name_hash_add(u64 hash, u64 word)
{
	return (hash ^ word) * 0x9e3779b97f4a7c15UL; /* 2^64 / golden ratio */
}
static inline u32 name_hash_end(u64 hash)
{
	return (u32)(hash >> 32);
}
/* Where the first component of a name ends: it has no more than @word of it. */
static inline u64 name_stop(u64 word)
{
	return word_find(word, '\0') | word_find(word, '/');
}
const char *qstr_take_long(struct qstr *c, const struct dentry *dir,
			   const char *name);
/* Cut the first component off @name, into @c, hashed for @dir: its end. */
static inline const char *qstr_take(struct qstr *c, const struct dentry *dir,
				    const char *name)
{
	u64 word = word_at(name), stop = name_stop(word);

	if (unlikely(!stop)) {
		struct qstr q; /* only this must be in memory */

		name = qstr_take_long(&q, dir, name);
		*c = q;
		return name;
	}
	c->name = name;
	c->len = word_bytes_before(stop);
	c->word = word_cut(word, stop);
	c->hash = name_hash_end(name_hash_add(name_hash_begin(dir), c->word));
	return name + c->len;
}
/* The whole of @name, in which there is no slash. */
struct qstr qstr_of(const struct dentry *dir, const char *name);
/* A new dentry under @parent (counted), neither hashed nor with an inode.
 * ERR_PTR(-ENOMEM). */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name);
struct dentry *d_alloc_root(struct inode *inode); /* takes over @inode; NULL: no memory */
/* A nameless dentry outside any tree; takes over @inode, also on error.
 * ERR_PTR(-ENOMEM). */
struct dentry *d_alloc_anon(struct super *sb, struct inode *inode,
			    const struct dentry_ops *op);
/* The same for one of D_IN_INODE, in memory that is all zeroes. */
void d_init_anon(struct dentry *d, struct inode *inode,
		 const struct dentry_ops *op);
static inline void d_init_lists(struct dentry *d)
{
	list_init(&d->children);
	list_init(&d->sibling);
}
static inline struct dentry *d_get(struct dentry *d)
{
	refcount_inc(&d->d_count);
	return d;
}
void d_put(struct dentry *d); /* may sleep */
/* Give it an inode (reference taken over; NULL: negative) and hash it. */
void d_add(struct dentry *d, struct inode *inode);
void d_instantiate(struct dentry *d, struct inode *inode); /* no hashing */
void d_drop(struct dentry *d);	/* unhash: the next lookup asks the fs */
/* Counted child @name of @parent from the hash, or NULL. */
struct dentry *d_lookup(struct dentry *parent, const struct qstr *name);
static inline struct dentry_bucket *dentry_bucket_of(u32 hash)
{
	return &dentry_buckets[hash >> (32 - DENTRY_BUCKET_BITS)];
}
static inline bool d_is_called(const struct dentry *d,
			       const struct dentry *parent,
			       const struct qstr *name)
{
	return d->name.word == name->word && d->parent == parent &&
	       (likely(word_is_all(name->word)) ||
		(d->name.len == name->len &&
		 !memcmp(d->name.name, name->name, name->len)));
}
/* d_lookup() without lock and count: for the light walk alone (light.h). */
static inline struct dentry *d_find(const struct dentry *parent,
				    const struct qstr *name)
{
	struct dentry *d;

	hlist_for_each_entry(d, &dentry_bucket_of(name->hash)->head, hash)
		if (d_is_called(d, parent, name))
			break;
	return d;
}
/* Find or make by op->lookup; parent's inode lock held. Counted, maybe
 * negative. ERR_PTR. */
struct dentry *lookup_one(struct dentry *parent, const struct qstr *name,
			  u32 flags);
/* unlink, rmdir, rename: the name is gone; inode stays while used. */
void d_delete(struct dentry *d);
void d_move(struct dentry *d, struct dentry *target, bool exchange)
	__must_hold(rename_mutex);
bool d_is_ancestor(const struct dentry *a, const struct dentry *d);
static inline bool d_is_dir(const struct dentry *d)
{
	return d->inode && S_ISDIR(d->inode->mode);
}
static inline bool d_is_symlink(const struct dentry *d)
{
	return d->inode && S_ISLNK(d->inode->mode);
}
static inline bool d_unhashed(const struct dentry *d)
{
	return READ_ONCE(d->flags) & D_UNHASHED;
}
/* Its name was removed; a root, and what never had a place, has none. */
static inline bool d_unlinked(const struct dentry *d)
{
	return d_unhashed(d) && d->parent != d;
}

/*
 * The text of @path as seen from @root: in the end of @buf, returns its start.
 * Ends with " (deleted)" if unlinked. ERR_PTR(-ENAMETOOLONG). If @root cannot
 * be reached the path is what Linux shows (from its mount's root) and
 * *@reachable is false.
 */
char *d_path_from(const struct path *path, const struct path *root, char *buf,
		  size_t size, bool *reachable);
/* Where @m hangs; without that end. */
char *mnt_point_from(struct mount *m, const struct path *root, char *buf,
		     size_t size, bool *reachable);
/* As seen from current's root, "(unreachable)" prefix as getcwd(2). */
char *d_path(const struct path *path, char *buf, size_t size);
/* The same of current's working directory; ERR_PTR(-ENOENT): it was removed. */
char *cwd_path(char *buf, size_t size);

/* ---- ramfs helpers for directories made of dentries (libfs.c) -------- */
int simple_lookup(struct inode *dir, struct dentry *d, u32 flags);
/* @d, a new name or one that was known as missing, is pinned and leads to @inode,
 * whose reference is taken over. */
void simple_add(struct dentry *d, struct inode *inode);
int simple_link(struct dentry *old, struct inode *dir, struct dentry *d);
int simple_unlink(struct inode *dir, struct dentry *d);
int simple_rmdir(struct inode *dir, struct dentry *d);
int simple_rename(struct inode *old_dir, struct dentry *old,
		  struct inode *new_dir, struct dentry *new, u32 flags);
bool simple_empty(struct dentry *d);
extern const struct file_ops simple_dir_fops; /* getdents over d->children */
/* Drop every pinned dentry below and including @root (umount). */
void simple_kill_tree(struct dentry *root);

#endif
