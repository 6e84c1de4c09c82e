/* SPDX-License-Identifier: MIT */
/*
 * Inodes and super blocks: the objects of one file system.
 *
 * inode.lock (mutex) serialises changes of a directory's entries, and of a
 * file's size and attributes. i_count: dentries and whoever else holds the
 * inode; the last inode_put() calls sop->evict and frees it.
 * Operations that a file system lacks are the named defaults below
 * (inode_ops are never NULL fields: use INODE_OPS_DEFAULTS first).
 */
#ifndef WARREN_FS_INODE_H
#define WARREN_FS_INODE_H

#include <asm/stat.h>
#include <linux/stat.h>
#include <linux/time_types.h>

#include "fs/path.h"
#include "kernel/lib/err.h"
#include "kernel/lib/list.h"
#include "kernel/lib/radix.h"
#include "kernel/lib/refcount.h"
#include "kernel/ns/user.h"
#include "kernel/task/mutex.h"

struct cred;
struct file;
struct file_ops;
struct fs_context;
struct fs_param;
struct inode;
struct page;
struct super;
struct xattr;
struct nameidata;
struct seq;
struct statfs;

#define MKDEV(major, minor) ((dev_t)(((u64)(major) << 20) | (minor)))
#define MAJOR(dev) ((u32)((dev) >> 20))
#define MINOR(dev) ((u32)((dev)&0xfffff))
/* As st_dev and st_rdev show it: 12 bits of major and 20 of minor, spread over
 * 32. */
static inline u64 dev_encode(dev_t dev)
{
	if (likely(dev < 256)) /* none, or a file system without a device */
		return dev;
	return (MINOR(dev) & 0xff) | MAJOR(dev) << 8 |
	       (u64)(MINOR(dev) & ~0xffu) << 12;
}
dev_t dev_decode(u64 encoded);

/* What chmod, chown, truncate, utimens change. */
enum { ATTR_MODE = 1, ATTR_UID = 2, ATTR_GID = 4, ATTR_SIZE = 8,
       ATTR_ATIME = 16, ATTR_MTIME = 32, ATTR_ATIME_SET = 64,
       ATTR_MTIME_SET = 128, ATTR_CTIME = 256, ATTR_FORCE = 512,
       ATTR_KILL_SETID = 1024 /* chown(2), of whatever */ };
struct iattr {
	u32 valid; /* ATTR_* */
	umode_t mode;
	uid_t uid;
	gid_t gid;
	loff_t size;
	u64 atime, mtime; /* real time in ns */
};

/* Where a link leads, without its text and without a jump. */
struct short_way {
	/* A neighbour in the link's directory, not counted; NULL: it is none, */
	struct dentry *sibling;
	/* but something that current itself holds: it stays, whatever becomes
	 * of the link. @path says where it is, counted; may sleep. */
	void *own;
	int (*path)(void *own, struct path *out);
};

struct inode_ops {
	/* Directories. dir->lock is held. */
	/* Fill @dentry (d_add, with an inode or negative). 0 or -errno
	 * (-ENOENT is said by leaving it negative, except in procfs, where
	 * lookup itself fails: see semantics.md S05). */
	int (*lookup)(struct inode *dir, struct dentry *dentry, u32 flags);
	int (*create)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*link)(struct dentry *old, struct inode *dir, struct dentry *dentry);
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*symlink)(struct inode *dir, struct dentry *dentry,
		       const char *target);
	int (*mkdir)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*rmdir)(struct inode *dir, struct dentry *dentry);
	int (*mknod)(struct inode *dir, struct dentry *dentry, umode_t mode,
		     dev_t dev);
	int (*rename)(struct inode *old_dir, struct dentry *old,
		      struct inode *new_dir, struct dentry *new, u32 flags);
	int (*tmpfile)(struct inode *dir, struct dentry *dentry, umode_t mode);
	/*
	 * Symlinks. A text link says its body, NUL-terminated: its own, or put
	 * together in @buf (LINK_TEXT_SIZE). It neither sleeps nor puts
	 * anything. NULL: it is a magic link; ERR_PTR.
	 */
	const char *(*link_text)(const struct inode *inode, char *buf);
	/* A light walk asks, as it does link_text: is there a short way? */
	bool (*link_short)(const struct inode *inode, struct short_way *way);
	/* A magic link calls nd_jump(nd, &path), which takes over the
	 * references, as the last thing it does. 0 or -errno. */
	int (*link_jump)(struct inode *inode, struct nameidata *nd);
	/* readlink(2) into a kernel buffer: the length, or -errno. The
	 * default is link_text; magic links have their own. */
	ssize_t (*readlink)(struct dentry *dentry, char *buf, size_t size);
	/* All kinds. */
	int (*permission)(struct inode *inode, int mask); /* MAY_* */
	int (*setattr)(struct dentry *dentry, const struct iattr *attr);
	/* stat(2): may current know? 0, or what it is told instead. */
	int (*may_stat)(const struct inode *inode);
	/* Regular files: the counted frame of page @index. Hole: with
	 * @create a new zeroed frame, else NULL. Past the end:
	 * ERR_PTR(-ENXIO), unless @create comes from a write that extends the
	 * file, which holds inode->lock. ERR_PTR(-ENOMEM), ERR_PTR(-ENOSPC). */
	struct page *(*get_page)(struct inode *inode, u64 index, bool create);
	/* The same with @create, of a write that has the whole content in
	 * @page: that one, counted anew, if there was none; else the one that
	 * there is, as it is. */
	struct page *(*put_page)(struct inode *inode, u64 index,
				 struct page *page);
	/*
	 * Extended attributes, inode->lock held; who may has been decided.
	 * set: @value NULL takes it away; XATTR_CREATE, XATTR_REPLACE.
	 * 0, -EEXIST, -ENODATA, -ENOSPC, -ENOMEM, -EOPNOTSUPP. get and list:
	 * bytes, which with @size 0 are only counted; -ENODATA, -ERANGE.
	 */
	int (*xattr_set)(struct inode *inode, const char *name,
			 const void *value, size_t size, int flags);
	ssize_t (*xattr_get)(struct inode *inode, const char *name, void *buf,
			     size_t size);
	ssize_t (*xattr_list)(struct inode *inode, char *buf, size_t size);
};

/* The defaults; each returns what Linux returns where the op is missing. */
int no_lookup(struct inode *dir, struct dentry *dentry, u32 flags);
int no_create(struct inode *dir, struct dentry *d, umode_t mode);
int no_link(struct dentry *old, struct inode *dir, struct dentry *d);
int no_unlink(struct inode *dir, struct dentry *d);
int no_symlink(struct inode *dir, struct dentry *d, const char *target);
int no_mkdir(struct inode *dir, struct dentry *d, umode_t mode);
int no_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t dev);
int no_rename(struct inode *odir, struct dentry *old, struct inode *ndir,
	      struct dentry *new, u32 flags);
int no_tmpfile(struct inode *dir, struct dentry *d, umode_t mode);
const char *no_link_text(const struct inode *i, char *buf);
bool no_link_short(const struct inode *i, struct short_way *way);
int no_link_jump(struct inode *i, struct nameidata *nd);
ssize_t generic_readlink(struct dentry *d, char *buf, size_t size);
int generic_permission(struct inode *inode, int mask);
int simple_setattr(struct dentry *dentry, const struct iattr *attr);
int all_may_stat(const struct inode *inode); /* 0 */
struct page *no_get_page(struct inode *inode, u64 index, bool create);
struct page *no_put_page(struct inode *inode, u64 index, struct page *page);
int no_xattr_set(struct inode *inode, const char *name, const void *value,
		 size_t size, int flags);
ssize_t no_xattr_get(struct inode *inode, const char *name, void *buf,
		     size_t size);
ssize_t no_xattr_list(struct inode *inode, char *buf, size_t size);

/* First line of every inode_ops table; later designators override. */
#define INODE_OPS_DEFAULTS                                                     \
	.lookup = no_lookup, .create = no_create, .link = no_link,             \
	.unlink = no_unlink, .symlink = no_symlink, .mkdir = no_mkdir,         \
	.rmdir = no_unlink, .mknod = no_mknod, .rename = no_rename,            \
	.tmpfile = no_tmpfile, .link_text = no_link_text,                      \
	.link_short = no_link_short, .link_jump = no_link_jump,                \
	.readlink = generic_readlink, .permission = generic_permission,        \
	.setattr = simple_setattr, .may_stat = all_may_stat,                    \
	.get_page = no_get_page, .put_page = no_put_page,                      \
	.xattr_set = no_xattr_set, .xattr_get = no_xattr_get,                  \
	.xattr_list = no_xattr_list

/* MAY_NOT_BLOCK: a light walk asks; -ECHILD if the answer takes more than a look
 * at the inode and at current. */
enum { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4, MAY_APPEND = 8,
       MAY_ACCESS = 16, MAY_OPEN = 32, MAY_NOT_BLOCK = 64 };
#define LINK_TEXT_SIZE 32

enum inode_flags {
	I_IMMUTABLE = 1, /* nsfs, /proc/PID: whoever would write: -EPERM */
	I_NOATIME = 2,
	I_NOEXEC = 4,
	I_DEAD = 8, /* a removed directory: nothing is found or made in it */
	I_LINKABLE = 16, /* O_TMPFILE: link(2) may give it its first name */
	I_CAPS = 64, /* has security.capability */
	I_MOUNTPOINT = 32, /* an empty directory that is there to be covered */
};

struct inode {
	struct refcount i_count;
	struct spinlock i_mmap_lock;
	struct super *sb; /* [I] */
	ino_t ino;	  /* [I] */
	const struct inode_ops *op; /* [I] */
	const struct file_ops *fop; /* [I] given to files at open */
	struct mutex lock;
	umode_t mode; /* under lock, read freely */
	u32 flags;    /* enum inode_flags */
	u32 nlink;
	uid_t uid;
	gid_t gid;
	s32 writers;  /* [a] >0 open for writing, <0 being executed */
	u32 rdev;   /* MKDEV() of a device's node */
	u32 marked; /* [a] IN_* that its marks want to know */
	loff_t size;
	u64 blocks; /* of 512 bytes */
	u64 atime, mtime, ctime, btime; /* real time in ns */
	void *private;	       /* the file system's own */
	struct radix pages;    /* frames of a regular file; under i_mmap_lock */
	struct list i_mmap;    /* vma.inode_link */
	struct list flocks;    /* flock(2) and fcntl locks; fs/locks.c */
	union {
		struct pipe *pipe; /* FIFOs: fs/pipe.c */
		void *socket;	   /* S_IFSOCK: the bound AF_UNIX socket */
	};
	struct hlist_head marks; /* fs/notify.h; its mutex */
	struct xattr *xattrs;  /* fs/xattr.c; owned */
};

void inode_module_init(void);
/* A new inode of @sb with i_count 1, nlink 1, times now, the caller's op
 * tables to be set; ERR_PTR(-ENOMEM). */
struct inode *inode_new(struct super *sb, umode_t mode);
/* The same of @inode, which is part of something larger, all zeroes, and is to have
 * another number: its super_ops.free frees that. */
void inode_init(struct inode *inode, struct super *sb, umode_t mode);
static inline void inode_init_lists(struct inode *inode)
{
	list_init(&inode->i_mmap);
	list_init(&inode->flocks);
	mutex_init(&inode->lock, "inode");
}
static inline struct inode *inode_get(struct inode *inode)
{
	refcount_inc(&inode->i_count);
	return inode;
}
void inode_put(struct inode *inode); /* may sleep */
/* Owner and group from current's fsuid and the directory (set-gid rule). */
void inode_init_owner(struct inode *inode, const struct inode *dir,
		      umode_t mode);
u64 inode_now(void); /* real time, for inode times */
/* Does the mode let everybody do @mask, one of MAY_*, and has the file system
 * nothing to say? Then it does not matter who current is. */
static inline bool inode_lets_all(const struct inode *inode, umode_t mask)
{
	return inode->op->permission == generic_permission &&
	       (inode->mode & mask * 0111) == mask * 0111;
}
/* May current do @mask? Asks op->permission, and read-only mounts are the
 * caller's to check (mnt_want_write). 0, -EACCES, -EPERM. */
int inode_permission(struct inode *inode, int mask);
/* cgroup/device.c, upcall: may current make, read or write this device, for its
 * cgroup? @access: DEVICE_*. 0, -EPERM. */
#define DEVICE_MKNOD 1u
#define DEVICE_READ 2u
#define DEVICE_WRITE 4u
int device_permission(umode_t mode, dev_t dev, u32 access);
bool inode_owner_or_capable(const struct inode *inode);
/* Has current @cap over what is the inode's owner's and group's? */
bool inode_capable(const struct inode *inode, int cap);
/* May current own what it makes in @dir? 0, -EOVERFLOW. */
int inode_may_own(const struct inode *dir);
/* The set-id bits of the file that a change by current takes away. */
umode_t inode_setid_bits(const struct inode *inode);
/* May @attr be applied by current (chown, chmod, utimes rules)? */
int setattr_prepare(struct inode *inode, struct iattr *attr);
void setattr_copy(struct inode *inode, const struct iattr *attr);
/* Lock, prepare, op->setattr; also drops set-id bits at chown. */
int notify_change(struct dentry *dentry, struct iattr *attr);

/* ---- super blocks --------------------------------------------------- */

struct super_ops {
	void (*evict)(struct inode *inode); /* last reference; free content */
	void (*free)(struct inode *inode); /* after it: the memory */
	void (*shrink)(struct super *sb); /* the end: drop kept dentries */
	void (*put_super)(struct super *sb); /* free sb->private */
	int (*statfs)(struct dentry *d, struct statfs *st);
	/* Mount options for mountinfo: ",size=4k". */
	void (*show_options)(struct seq *seq, struct super *sb);
	/* mountinfo's field "root" of a mount of @root, if it is not just
	 * the names from the super block's root; true: it was shown. */
	bool (*show_root)(struct seq *seq, struct dentry *root);
	/* Options of a live super block: check all, then change. The flags
	 * are not its business. */
	int (*reconfigure)(struct super *sb, struct fs_context *fc);
};
void super_no_evict(struct inode *inode);
void inode_free(struct inode *inode); /* of inode_new() */
void super_no_shrink(struct super *sb);
void super_no_put(struct super *sb);
int simple_statfs(struct dentry *d, struct statfs *st);
void super_no_options(struct seq *seq, struct super *sb);
bool super_plain_root(struct seq *seq, struct dentry *root);
int super_no_reconfigure(struct super *sb, struct fs_context *fc);
#define SUPER_OPS_DEFAULTS                                                     \
	.evict = super_no_evict, .free = inode_free,                           \
	.shrink = super_no_shrink, .put_super = super_no_put,                  \
	.statfs = simple_statfs, .show_options = super_no_options,             \
	.show_root = super_plain_root,                                         \
	.reconfigure = super_no_reconfigure

struct super {
	struct refcount refs;  /* mounts */
	const struct fs_type *type; /* [I] */
	const struct super_ops *sop; /* [I] */
	dev_t dev;	       /* [I] anonymous: 0:N */
	u32 flags;	       /* SB_RDONLY = MS_RDONLY, ... */
	u64 magic;
	u32 blksize;
	struct dentry *root;   /* counted */
	u64 next_ino;	       /* [a] */
	void *private;
	struct user_ns *user_ns; /* [I] owner: counted (PIN_SUPER) */
	struct mutex lock;     /* remount */
};

/* A kind of file system: one line in fs_types[] in kernel/main.c. */
struct fs_type {
	const char *name;
	u32 flags; /* enum fs_type_flags */
	/* CLONE_NEW* of the namespace whose content it shows, which then says
	 * who owns an instance; 0: that is the mounter's user namespace. */
	u32 shows;
	/* A super block to mount (new, or the single one, counted), as @fc
	 * asks for. ERR_PTR. */
	struct super *(*get_super)(struct fs_context *fc);
	/* Its options (fs/context.h); NULL: it has none. */
	const struct fs_param *params;
	size_t options_size; /* of fc->options, which begins as zeroes */
};
enum fs_type_flags {
	FS_NODEV = 1,
	FS_USERNS_MOUNT = 2, /* may be mounted in any user namespace */
	FS_INTERNAL = 4,
	FS_ANY_OPTION = 8, /* takes what it does not know, in silence */
	FS_WHOLE = 16, /* shown to a user namespace whole or not at all */
	FS_NOUSER = 32, /* listed, but mounted by the kernel alone */
	FS_OWN_DEVICES = 64, /* devices of its own making work for everybody */
};
extern const struct fs_type pipefs_type, sockfs_type;
extern const struct fs_type *const fs_types[]; /* NULL-terminated; main.c */

/* A new super block with an anonymous dev, refs = 1. ERR_PTR(-ENOMEM). */
struct super *super_new(const struct fs_type *type, const struct super_ops *sop,
			u32 sb_flags);
/* It belongs to @ns: before anybody else sees it. */
void super_set_owner(struct super *sb, struct user_ns *ns);
/* Nothing in it is a device, however it is mounted. */
static inline bool super_nodev(const struct super *sb)
{
	return sb->user_ns != &init_user_ns &&
	       !(sb->type->flags & FS_OWN_DEVICES);
}
static inline struct super *super_get(struct super *sb)
{
	refcount_inc(&sb->refs);
	return sb;
}
void super_put(struct super *sb); /* the last: shrinks the tree and frees */
static inline ino_t super_next_ino(struct super *sb)
{
	return atomic_add(&sb->next_ino, 1);
}
const struct fs_type *fs_type_find(const char *name);

/* fs/tmpfs.c: an unlinked tmpfs file, for shared memory and memfd. */
struct file *shmem_file_new(const char *name, u64 size, u32 open_flags);
void anon_module_init(void);
/* Make /proc/PID/fd names and anonymous inodes: fs/anon.c. "anon_inode:[x]" */
struct file *anon_file_new(const char *name, const struct file_ops *fop,
			   void *private, u32 open_flags);
/* A file on an inode of an internal file system with a dname "prefix:[ino]"
 * (pipe:[5], socket:[7]). Takes over @inode's reference. */
struct file *anon_inode_file(struct inode *inode, const char *prefix,
			     u32 open_flags);
struct inode *anon_inode_new(umode_t mode); /* of the internal super */

#endif
