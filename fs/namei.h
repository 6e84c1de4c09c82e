/* SPDX-License-Identifier: MIT */
/*
 * From a name to a path: the walk, and the jump.
 *
 * A walk holds references to where it stands. Links are followed without
 * recursion, 40 in all. A text link is walked like the rest of the name; a
 * magic link jumps: nd_jump() is the only place that knows what openat2(2)'s
 * RESOLVE_ flags say about it.
 */
#ifndef WARREN_FS_NAMEI_H
#define WARREN_FS_NAMEI_H

#include <linux/fs.h>
#include <linux/openat2.h>

#include "fs/dentry.h"
#include "fs/file.h"

#define PATH_MAX 4096
#define MAXSYMLINKS 40

enum lookup_flags {
	LOOKUP_FOLLOW = 1,	/* a link in the last component too */
	LOOKUP_DIRECTORY = 2,	/* the result must be a directory */
	LOOKUP_EMPTY = 4,	/* "" is dirfd itself (AT_EMPTY_PATH) */
	LOOKUP_PARENT = 8,	/* stop before the last component */
	LOOKUP_CREATE = 16,	/* intent: lookups of the last component */
	LOOKUP_EXCL = 32,
	LOOKUP_RENAME_TARGET = 64,
	LOOKUP_OPEN = 128,
	LOOKUP_NO_AUTOMOUNT = 256,
};

struct nameidata; /* namei.c; on the stack of the walk, passed explicitly */

/* Copy from user space: -ENOENT ("" without LOOKUP_EMPTY), -EFAULT,
 * -ENAMETOOLONG, -ENOMEM. */
char *getname(const char __user *path, u32 lookup_flags); /* ERR_PTR */
void putname(char *name);
/* The same for who has room on his stack for a name of usual length: @small, of
 * SMALL_NAME bytes, is used if it suffices. */
#define SMALL_NAME 96
static inline char *getname_small(const char __user *path, u32 lookup_flags,
				  char *small)
{
	ssize_t len = strncpy_from_user(small, path, SMALL_NAME);

	if (likely(len > 0 && len < SMALL_NAME))
		return small;
	return getname(path, lookup_flags); /* too long, or wrong */
}
static inline void putname_small(char *name, const char *small)
{
	if (unlikely(name != small))
		putname(name);
}

/* Counted path of @name relative to @dirfd (AT_FDCWD: cwd). 0 or -errno. */
int path_lookup(int dirfd, const char *name, u32 lookup_flags,
		struct path *out);
/* The same with openat2's @resolve flags (RESOLVE_*). */
int path_lookup_resolve(int dirfd, const char *name, u32 lookup_flags,
			u64 resolve, struct path *out);
int user_path_at(int dirfd, const char __user *name, u32 lookup_flags,
		 struct path *out);
/* From @base (also the root): for mounting in a given tree. */
int path_lookup_from(const struct path *base, const char *name,
		     u32 lookup_flags, struct path *out);
/*
 * The parent directory of the last component, locked (inode.lock), and the
 * dentry of that component (maybe negative). For create-like calls:
 * -EEXIST if it is there, -ENOENT for a trailing slash on a non-directory.
 * Done by path_create_end(), which unlocks and puts. mnt_want_write is taken.
 */
struct dentry *path_create_start(int dirfd, const char *name, u32 lookup_flags,
				 bool is_dir, struct path *parent);
void path_create_end(struct path *parent, struct dentry *dentry);

/* open(2) and openat2(2): flags, mode and resolve are already validated. */
struct file *do_file_open(int dirfd, const char *name,
			  const struct open_how *how);

/* Permission checked, mount writable: 0, -ETXTBSY, what the fs says. */
int vfs_truncate(struct dentry *d, loff_t length);

/* Called by a magic link's link_jump: the walk continues at @path, whose
 * references are taken over. 0, -ELOOP (RESOLVE_NO_MAGICLINKS, nosymfollow),
 * -EXDEV (RESOLVE_BENEATH, IN_ROOT, NO_XDEV). */
int nd_jump(struct nameidata *nd, struct path *path);

int vfs_create(struct inode *dir, struct dentry *d, umode_t mode);
int vfs_mkdir(struct inode *dir, struct dentry *d, umode_t mode);
int vfs_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t dev);
int vfs_symlink(struct inode *dir, struct dentry *d, const char *target);
int vfs_link(struct dentry *old, struct inode *dir, struct dentry *d);
int vfs_unlink(struct inode *dir, struct dentry *d);
int vfs_rmdir(struct inode *dir, struct dentry *d);
int vfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
	       struct dentry *new, u32 flags);
/* The calls on whole names; mode and flags as the system calls have them,
 * the umask is already applied. */
int do_mkdir(int dirfd, const char *name, umode_t mode);
int do_mknod(int dirfd, const char *name, umode_t mode, dev_t dev);
int do_symlink(const char *target, int dirfd, const char *name);
int do_link(int old_dirfd, const char *old, u32 lookup_flags, int dirfd,
	    const char *name);
int do_unlink(int dirfd, const char *name);
int do_rmdir(int dirfd, const char *name);
int do_rename(int old_dirfd, const char *old, int new_dirfd, const char *new,
	      u32 flags);
/* In-kernel creation for initramfs and devfs; absolute or cwd-relative. */
int kern_mkdir(const char *name, umode_t mode);
int kern_mknod(const char *name, umode_t mode, dev_t dev);
int kern_symlink(const char *target, const char *name);
int kern_link(const char *old, const char *name);

#endif
