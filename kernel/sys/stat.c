// SPDX-License-Identifier: MIT
/*
 * What a file is (stat and statx), and what a file system is (statfs).
 */
#include "fs/mount.h"
#include "fs/namei.h"
#include "kernel/lib/string.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"

#define SYNC_FLAGS (AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC)
#define STAT_FLAGS                                                             \
	((u32)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT |         \
	       SYNC_FLAGS))
#define MNT_ID_UNIQUE 0x4000u /* STATX_MNT_ID_UNIQUE, newer than the headers */

static u32 stat_lookup_flags(unsigned int flags)
{
	u32 lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	if (flags & AT_NO_AUTOMOUNT)
		lookup |= LOOKUP_NO_AUTOMOUNT;
	return lookup;
}

/* What (@dirfd, @upath, @flags) names; counted. */
static int stat_path(int dirfd, const char __user *upath, unsigned int flags,
		     struct path *path)
{
	if (flags & ~STAT_FLAGS)
		return -EINVAL;
	return user_path_at(dirfd, upath, stat_lookup_flags(flags), path);
}

/* ---- struct stat ------------------------------------------------------------------- */

/* Divides once. */
static inline void time_split(u64 ns, unsigned long *sec, unsigned long *nsec)
{
	*sec = ns / NSEC_PER_SEC;
	*nsec = ns - *sec * NSEC_PER_SEC;
}

/* The ids may have other names for current, or it may not know of the file. */
static __noinline int stat_ask(const struct inode *i, struct stat *out)
{
	out->st_uid = from_kuid_munged(current_user_ns(), i->uid);
	out->st_gid = from_kgid_munged(current_user_ns(), i->gid);
	return i->op->may_stat(i);
}

/* Straight from the inode, field by field: it is much of what stat(2) costs. */
static inline int stat_fill(const struct inode *i, struct stat *out)
{
	out->st_dev = dev_encode(i->sb->dev);
	out->st_ino = i->ino;
	out->st_nlink = i->nlink;
	out->st_mode = i->mode;
	out->st_uid = i->uid;
	out->st_gid = i->gid;
	out->__pad0 = 0;
	out->st_rdev = dev_encode(i->rdev);
	out->st_size = i->size;
	out->st_blksize = i->sb->blksize;
	out->st_blocks = (long)i->blocks;
	time_split(i->atime, &out->st_atime, &out->st_atime_nsec);
	time_split(i->mtime, &out->st_mtime, &out->st_mtime_nsec);
	time_split(i->ctime, &out->st_ctime, &out->st_ctime_nsec);
	for (u32 n = 0; n < ARRAY_SIZE(out->__unused); n++)
		out->__unused[n] = 0;
	if (unlikely(current_user_ns() != &init_user_ns ||
		     i->op->may_stat != all_may_stat))
		return stat_ask(i, out);
	return 0;
}

static long stat_give(const struct inode *i, struct stat __user *ust)
{
	struct stat out;
	int err = stat_fill(i, &out);

	return err ? err : copy_to_user(ust, &out, sizeof(out));
}

/* Others could close the descriptor meanwhile. */
static __noinline long stat_fd_shared(int fd, struct stat __user *ust)
{
	struct file *f = fd_get_raw(fd);
	long err;

	if (!f)
		return -EBADF;
	err = stat_give(f->inode, ust);
	file_put(f);
	return err;
}

/* The common way ends with a jump, and so saves no registers: a tenth less. */
static inline long stat_fd(int fd, struct stat __user *ust)
{
	const struct files *fs = current->files;
	const struct file *f;

	if (!fd_table_alone(fs))
		return stat_fd_shared(fd, ust);
	f = fd_peek(fs, fd);
	return f ? stat_give(f->inode, ust) : -EBADF;
}

long sys_newfstatat(int dirfd, const char __user *upath,
		    struct stat __user *ust, int flags)
{
	struct path path;
	long err;

	if (flags == AT_EMPTY_PATH && dirfd >= 0 &&
	    path_is_empty(upath, (u32)flags))
		return stat_fd(dirfd, ust);
	err = stat_path(dirfd, upath, (u32)flags, &path);
	if (err)
		return err;
	err = stat_give(path.dentry->inode, ust);
	path_put(&path);
	return err;
}

long sys_stat(const char __user *path, struct stat __user *st)
{
	return sys_newfstatat(AT_FDCWD, path, st, 0);
}

long sys_lstat(const char __user *path, struct stat __user *st)
{
	return sys_newfstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

long sys_fstat(int fd, struct stat __user *ust)
{
	return stat_fd(fd, ust);
}

/* ---- struct statx ------------------------------------------------------------------ */

static struct statx_timestamp statx_time(u64 ns)
{
	return (struct statx_timestamp){
		.tv_sec = (s64)(ns / NSEC_PER_SEC),
		.tv_nsec = (u32)(ns % NSEC_PER_SEC),
	};
}

static void statx_times(struct statx *out, const struct inode *i)
{
	out->stx_atime = statx_time(i->atime);
	out->stx_mtime = statx_time(i->mtime);
	out->stx_ctime = statx_time(i->ctime);
	if (i->btime) {
		out->stx_btime = statx_time(i->btime);
		out->stx_mask |= STATX_BTIME;
	}
}

static void statx_mount(struct statx *out, const struct path *path,
			unsigned int mask)
{
	bool want_unique = mask & MNT_ID_UNIQUE;

	out->stx_mnt_id = want_unique ? path->mnt->unique_id : path->mnt->id;
	out->stx_mask |= want_unique ? MNT_ID_UNIQUE : STATX_MNT_ID;
	out->stx_attributes_mask = STATX_ATTR_MOUNT_ROOT;
	if (path->dentry == path->mnt->root)
		out->stx_attributes = STATX_ATTR_MOUNT_ROOT;
}

static int statx_fill(const struct path *path, unsigned int mask,
		      struct statx *out)
{
	const struct inode *i = path->dentry->inode;

	memset(out, 0, sizeof(*out));
	out->stx_mask = STATX_BASIC_STATS;
	out->stx_blksize = i->sb->blksize;
	out->stx_nlink = i->nlink;
	out->stx_uid = from_kuid_munged(current_user_ns(), i->uid);
	out->stx_gid = from_kgid_munged(current_user_ns(), i->gid);
	out->stx_mode = (u16)i->mode;
	out->stx_ino = i->ino;
	out->stx_size = (u64)i->size;
	out->stx_blocks = i->blocks;
	out->stx_rdev_major = MAJOR(i->rdev);
	out->stx_rdev_minor = MINOR(i->rdev);
	out->stx_dev_major = MAJOR(i->sb->dev);
	out->stx_dev_minor = MINOR(i->sb->dev);
	statx_times(out, i);
	statx_mount(out, path, mask);
	return i->op->may_stat(i);
}

long sys_statx(int dirfd, const char __user *upath, unsigned int flags,
	       unsigned int mask, struct statx __user *stx)
{
	struct statx out;
	struct path path;
	int err;

	if (mask & STATX__RESERVED || (flags & SYNC_FLAGS) == SYNC_FLAGS)
		return -EINVAL;
	err = stat_path(dirfd, upath, flags, &path);
	if (err)
		return err;
	err = statx_fill(&path, mask, &out);
	path_put(&path);
	return err ? err : copy_to_user(stx, &out, sizeof(out));
}

/* ---- struct statfs ------------------------------------------------------------------ */

#define ST_VALID 0x20 /* f_flags is filled */
#define ST_RELATIME 0x1000
#define ST_NOSYMFOLLOW 0x2000

/* Flags that have the same number in mount(2) and in f_flags. */
#define ST_SAME                                                                \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_SYNCHRONOUS |       \
	 MS_MANDLOCK | MS_NOATIME | MS_NODIRATIME)

static long statfs_flags(const struct mount *m)
{
	u32 mnt = READ_ONCE(m->flags), sb = READ_ONCE(m->sb->flags);
	long flags = ST_VALID | (mnt & ST_SAME);

	flags |= sb & (MS_RDONLY | MS_SYNCHRONOUS | MS_MANDLOCK);
	if (mnt & MS_RELATIME)
		flags |= ST_RELATIME;
	if (mnt & MS_NOSYMFOLLOW)
		flags |= ST_NOSYMFOLLOW;
	return flags;
}

static int path_statfs(const struct path *path, struct statfs __user *ust)
{
	struct super *sb = path->dentry->sb;
	struct statfs st;
	int err;

	memset(&st, 0, sizeof(st));
	err = sb->sop->statfs(path->dentry, &st);
	if (err)
		return err;
	st.f_flags = statfs_flags(path->mnt);
	if (!st.f_frsize)
		st.f_frsize = st.f_bsize;
	return copy_to_user(ust, &st, sizeof(st));
}

long sys_statfs(const char __user *upath, struct statfs __user *st)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, upath, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	err = path_statfs(&path, st);
	path_put(&path);
	return err;
}

long sys_fstatfs(int fd, struct statfs __user *st)
{
	struct file *f = fd_get_raw(fd);
	int err;

	if (!f)
		return -EBADF;
	err = path_statfs(&f->path, st);
	file_put(f);
	return err;
}
