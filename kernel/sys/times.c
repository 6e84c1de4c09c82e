// SPDX-License-Identifier: MIT
/*
 * The times of files: utimensat and its three older forms. Each form becomes
 * one array of two timespecs (access, modification) or NULL ("now"), and one
 * file.
 */
#include <linux/stat.h>

#include "fs/mount.h"
#include "fs/namei.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"

/* linux/stat.h of newer headers has them. */
#define TIME_NOW 0x3fffffffL
#define TIME_OMIT 0x3ffffffeL

typedef const struct __kernel_timespec timespec_pair[2];

/* ---- the change ---------------------------------------------------------------- */

static bool nsec_valid(const struct __kernel_timespec *ts)
{
	return ts->tv_nsec == TIME_NOW || ts->tv_nsec == TIME_OMIT ||
	       (ts->tv_nsec >= 0 && ts->tv_nsec < (long)NSEC_PER_SEC);
}

/* In ns since 1970; times before it are cut to it. */
static u64 timespec_ns(const struct __kernel_timespec *ts)
{
	if (ts->tv_sec < 0)
		return 0;
	if ((u64)ts->tv_sec >= UINT64_MAX / NSEC_PER_SEC)
		return UINT64_MAX;
	return (u64)ts->tv_sec * NSEC_PER_SEC + (u64)ts->tv_nsec;
}

/* One of the two times into @a: @bit is its ATTR_, @set says "not now". */
static void time_take(struct iattr *a, u64 *to, u32 bit, u32 set,
		      const struct __kernel_timespec *ts)
{
	if (ts->tv_nsec == TIME_OMIT)
		return;
	a->valid |= bit;
	if (ts->tv_nsec == TIME_NOW)
		return;
	a->valid |= set;
	*to = timespec_ns(ts);
}

/* "Now" for both is for everyone who may write; all else for the owner. */
static int times_permission(struct inode *inode, bool touch)
{
	if (inode_owner_or_capable(inode))
		return 0;
	return touch ? inode_permission(inode, MAY_WRITE) : -EPERM;
}

static int path_utimes(const struct path *path, timespec_pair *times)
{
	struct iattr attr = { .valid = ATTR_CTIME };
	struct inode *inode = path->dentry->inode;
	bool touch = !times || ((*times)[0].tv_nsec == TIME_NOW &&
				(*times)[1].tv_nsec == TIME_NOW);
	int err = mnt_want_write(path->mnt);

	if (err)
		return err;
	attr.atime = attr.mtime = inode_now();
	if (touch) {
		attr.valid |= ATTR_ATIME | ATTR_MTIME;
	} else {
		time_take(&attr, &attr.atime, ATTR_ATIME, ATTR_ATIME_SET,
			  &(*times)[0]);
		time_take(&attr, &attr.mtime, ATTR_MTIME, ATTR_MTIME_SET,
			  &(*times)[1]);
	}
	err = inode->flags & I_IMMUTABLE ? -EPERM :
					   times_permission(inode, touch);
	if (!err)
		err = notify_change(path->dentry, &attr);
	mnt_drop_write(path->mnt);
	return err;
}

/* ---- the file -------------------------------------------------------------------- */

static int fd_utimes(int fd, timespec_pair *times, int flags)
{
	struct file *f;
	int err;

	if (flags)
		return -EINVAL;
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	err = path_utimes(&f->path, times);
	file_put(f);
	return err;
}

/* @upath NULL: @dirfd itself, which is Linux's futimens(3). */
static int do_utimes(int dirfd, const char __user *upath, timespec_pair *times,
		     int flags)
{
	u32 lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int err;

	if (times && (!nsec_valid(&(*times)[0]) || !nsec_valid(&(*times)[1])))
		return -EINVAL;
	if (!upath && dirfd != AT_FDCWD)
		return fd_utimes(dirfd, times, flags);
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at(dirfd, upath, lookup, &path);
	if (err)
		return err;
	err = path_utimes(&path, times);
	path_put(&path);
	return err;
}

/* ---- the calls -------------------------------------------------------------------- */

long sys_utimensat(int dirfd, const char __user *path,
		   const struct __kernel_timespec __user *utimes, int flags)
{
	struct __kernel_timespec times[2];

	if (!utimes)
		return do_utimes(dirfd, path, NULL, flags);
	if (copy_from_user(times, utimes, sizeof(times)))
		return -EFAULT;
	if (times[0].tv_nsec == TIME_OMIT && times[1].tv_nsec == TIME_OMIT)
		return 0; /* not even the path is looked at */
	return do_utimes(dirfd, path, (timespec_pair *)&times, flags);
}

long sys_futimesat(int dirfd, const char __user *path,
		   const void __user *utimes)
{
	struct __kernel_old_timeval old[2];
	struct __kernel_timespec times[2];

	if (!utimes)
		return do_utimes(dirfd, path, NULL, 0);
	if (copy_from_user(old, utimes, sizeof(old)))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (old[i].tv_usec < 0 || old[i].tv_usec >= 1000000)
			return -EINVAL;
		times[i].tv_sec = old[i].tv_sec;
		times[i].tv_nsec = old[i].tv_usec * 1000;
	}
	return do_utimes(dirfd, path, (timespec_pair *)&times, 0);
}

long sys_utimes(const char __user *path, const void __user *utimes)
{
	return sys_futimesat(AT_FDCWD, path, utimes);
}

long sys_utime(const char __user *path, const void __user *utimes)
{
	struct __kernel_timespec times[2] = { { 0 } };
	s64 seconds[2];

	if (!utimes)
		return do_utimes(AT_FDCWD, path, NULL, 0);
	if (copy_from_user(seconds, utimes, sizeof(seconds)))
		return -EFAULT;
	times[0].tv_sec = seconds[0];
	times[1].tv_sec = seconds[1];
	return do_utimes(AT_FDCWD, path, (timespec_pair *)&times, 0);
}
