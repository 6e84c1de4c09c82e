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

static int fd_getattr(int fd, struct kstat *st)
{
	struct fdref ref = fd_borrow_raw(fd);
	int err;

	if (!ref.file)
		return -EBADF;
	err = vfs_getattr(&ref.file->path, st);
	fd_return(ref);
	return err;
}

static u32 stat_lookup_flags(unsigned int flags)
{
	u32 lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	if (flags & AT_NO_AUTOMOUNT)
		lookup |= LOOKUP_NO_AUTOMOUNT;
	return lookup;
}

/* The attributes of what (@dirfd, @upath, @flags) names; its mount's unique
 * id into @unique. */
static int path_getattr(int dirfd, const char __user *upath,
			unsigned int flags, struct kstat *st, u64 *unique)
{
	struct path path;
	int err;

	if (flags & ~STAT_FLAGS)
		return -EINVAL;
	err = user_path_at(dirfd, upath, stat_lookup_flags(flags), &path);
	if (err)
		return err;
	err = vfs_getattr(&path, st);
	*unique = path.mnt->unique_id;
	path_put(&path);
	return err;
}

/* ---- struct stat ------------------------------------------------------------------- */

static int stat_give(const struct kstat *st, struct stat __user *ust)
{
	const struct user_ns *ns = current_user_ns();
	struct stat out;

	out.st_dev = dev_encode(st->dev);
	out.st_ino = st->ino;
	out.st_nlink = st->nlink;
	out.st_mode = st->mode;
	out.st_uid = from_kuid_munged(ns, st->uid);
	out.st_gid = from_kgid_munged(ns, st->gid);
	out.__pad0 = 0;
	out.st_rdev = dev_encode(st->rdev);
	out.st_size = st->size;
	out.st_blksize = st->blksize;
	out.st_blocks = (long)st->blocks;
	out.st_atime = st->atime / NSEC_PER_SEC;
	out.st_atime_nsec = st->atime % NSEC_PER_SEC;
	out.st_mtime = st->mtime / NSEC_PER_SEC;
	out.st_mtime_nsec = st->mtime % NSEC_PER_SEC;
	out.st_ctime = st->ctime / NSEC_PER_SEC;
	out.st_ctime_nsec = st->ctime % NSEC_PER_SEC;
	for (u32 i = 0; i < ARRAY_SIZE(out.__unused); i++)
		out.__unused[i] = 0;
	return copy_to_user(ust, &out, sizeof(out));
}

long sys_newfstatat(int dirfd, const char __user *path, struct stat __user *ust,
		    int flags)
{
	struct kstat st;
	u64 unique;
	int err;

	if (flags == AT_EMPTY_PATH && dirfd >= 0 &&
	    path_is_empty(path, (u32)flags))
		err = fd_getattr(dirfd, &st);
	else
		err = path_getattr(dirfd, path, (u32)flags, &st, &unique);
	return err ? err : stat_give(&st, ust);
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
	struct kstat st;
	int err = fd_getattr(fd, &st);

	return err ? err : stat_give(&st, ust);
}

/* ---- struct statx ------------------------------------------------------------------ */

static struct statx_timestamp statx_time(u64 ns)
{
	return (struct statx_timestamp){
		.tv_sec = (s64)(ns / NSEC_PER_SEC),
		.tv_nsec = (u32)(ns % NSEC_PER_SEC),
	};
}

static void statx_times(struct statx *out, const struct kstat *st)
{
	out->stx_atime = statx_time(st->atime);
	out->stx_mtime = statx_time(st->mtime);
	out->stx_ctime = statx_time(st->ctime);
	if (st->btime) {
		out->stx_btime = statx_time(st->btime);
		out->stx_mask |= STATX_BTIME;
	}
}

static void statx_mount(struct statx *out, const struct kstat *st,
			unsigned int mask, u64 unique)
{
	bool want_unique = mask & MNT_ID_UNIQUE;

	out->stx_mnt_id = want_unique ? unique : st->mnt_id;
	out->stx_mask |= want_unique ? MNT_ID_UNIQUE : STATX_MNT_ID;
	out->stx_attributes_mask = STATX_ATTR_MOUNT_ROOT;
	if (st->mount_root)
		out->stx_attributes = STATX_ATTR_MOUNT_ROOT;
}

static int statx_give(const struct kstat *st, unsigned int mask, u64 unique,
		      struct statx __user *ustx)
{
	struct statx out;

	memset(&out, 0, sizeof(out));
	out.stx_mask = STATX_BASIC_STATS;
	out.stx_blksize = st->blksize;
	out.stx_nlink = st->nlink;
	out.stx_uid = from_kuid_munged(current_user_ns(), st->uid);
	out.stx_gid = from_kgid_munged(current_user_ns(), st->gid);
	out.stx_mode = (u16)st->mode;
	out.stx_ino = st->ino;
	out.stx_size = (u64)st->size;
	out.stx_blocks = st->blocks;
	out.stx_rdev_major = MAJOR(st->rdev);
	out.stx_rdev_minor = MINOR(st->rdev);
	out.stx_dev_major = MAJOR(st->dev);
	out.stx_dev_minor = MINOR(st->dev);
	statx_times(&out, st);
	statx_mount(&out, st, mask, unique);
	return copy_to_user(ustx, &out, sizeof(out));
}

long sys_statx(int dirfd, const char __user *path, unsigned int flags,
	       unsigned int mask, struct statx __user *stx)
{
	struct kstat st;
	u64 unique;
	int err;

	if (mask & STATX__RESERVED || (flags & SYNC_FLAGS) == SYNC_FLAGS)
		return -EINVAL;
	err = path_getattr(dirfd, path, flags, &st, &unique);
	return err ? err : statx_give(&st, mask, unique, stx);
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
