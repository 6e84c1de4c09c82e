// SPDX-License-Identifier: MIT
/*
 * open, openat, openat2, creat, close, close_range: decode the flags, call
 * down (fs/namei.h, fs/file.h).
 *
 * open(2) ignores what it does not know; openat2(2) refuses it. So the flags
 * of open(2) are cut down to what openat2(2) would take, and then both go one
 * way.
 */
#include <linux/close_range.h>

#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

#define OPEN_HOW_SIZE_VER0 24
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)
#define MODE_BITS 07777
#define PATH_FLAGS (O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)
#define OPEN_FLAGS                                                             \
	((u64)(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND |  \
	       O_NONBLOCK | O_SYNC | O_DSYNC | FASYNC | O_DIRECT |             \
	       O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME |            \
	       O_CLOEXEC | O_PATH | TMPFILE_BIT))
/* With these alone, and no mode, there is nothing to check or to change. */
#define PLAIN_FLAGS                                                            \
	((u64)(O_ACCMODE | O_NOCTTY | O_APPEND | O_NONBLOCK | O_LARGEFILE |    \
	       O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
#define RESOLVE_FLAGS                                                          \
	(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |       \
	 RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_CACHED)

/* ---- openat2's rules ------------------------------------------------------- */

static bool will_create(u64 flags)
{
	return flags & (O_CREAT | TMPFILE_BIT);
}

static int resolve_check(const struct open_how *how)
{
	if (how->resolve & ~(u64)RESOLVE_FLAGS)
		return why(-EINVAL, "openat2: unknown bits in resolve");
	if (how->resolve & RESOLVE_BENEATH && how->resolve & RESOLVE_IN_ROOT)
		return why(-EINVAL, "openat2: both BENEATH and IN_ROOT");
	return 0;
}

static int tmpfile_check(u64 flags)
{
	if (!(flags & O_DIRECTORY))
		return why(-EINVAL, "open: O_TMPFILE without O_DIRECTORY");
	if ((flags & O_ACCMODE) == O_RDONLY)
		return why(-EINVAL, "open: O_TMPFILE that nobody can write");
	return 0;
}

/* Is @how one that an open may ask for? 0, -EINVAL, -EAGAIN. */
static int how_check(const struct open_how *how)
{
	u64 flags = how->flags;
	int err;

	if (flags & ~OPEN_FLAGS)
		return why(-EINVAL, "openat2: unknown bits in flags");
	err = resolve_check(how);
	if (err)
		return err;
	if (how->mode & ~(u64)(will_create(flags) ? MODE_BITS : 0))
		return why(-EINVAL, "openat2: mode has bits that mean nothing");
	if (flags & O_DIRECTORY && flags & O_CREAT)
		return why(-EINVAL, "open: O_DIRECTORY with O_CREAT");
	if (flags & TMPFILE_BIT) {
		err = tmpfile_check(flags);
		if (err)
			return err;
	}
	if (flags & O_PATH && flags & ~(u64)PATH_FLAGS)
		return why(-EINVAL, "openat2: O_PATH with other flags");
	if (how->resolve & RESOLVE_CACHED &&
	    (flags & O_TRUNC || will_create(flags)))
		return -EAGAIN;
	return 0;
}

/* The same as open(2) means it: what is unknown or senseless is not there. */
static struct open_how how_of_open(int flags, umode_t mode)
{
	struct open_how how = { .flags = (u32)flags & OPEN_FLAGS };

	if (how.flags & O_PATH)
		how.flags &= PATH_FLAGS;
	if (will_create(how.flags))
		how.mode = mode & MODE_BITS;
	return how;
}

/* ---- open --------------------------------------------------------------------- */

static inline long open_name(int dirfd, const char *name, struct open_how *how)
{
	int fd = fd_alloc_lowest(how->flags & O_CLOEXEC);
	struct file *f;

	if (fd < 0)
		return fd;
	f = do_file_open(dirfd, name, how);
	if (IS_ERR(f)) {
		fd_free(fd);
		return PTR_ERR(f);
	}
	fd_install(fd, f);
	return fd;
}

static long open_checked(int dirfd, const char __user *path,
			 struct open_how *how)
{
	char small[SMALL_NAME], *name = getname_small(path, 0, small);
	long fd;

	if (IS_ERR(name))
		return PTR_ERR(name);
	if (likely(!(how->flags & O_PATH)))
		how->flags |= O_LARGEFILE;
	fd = open_name(dirfd, name, how);
	putname_small(name, small);
	return fd;
}

static __noinline long open_how(int dirfd, const char __user *path,
				struct open_how *how)
{
	int err = how_check(how);

	if (err)
		return err;
	if ((how->flags & O_SYNC) == (O_SYNC & ~O_DSYNC))
		how->flags |= O_DSYNC;
	return open_checked(dirfd, path, how);
}

long sys_openat(int dirfd, const char __user *path, int flags, umode_t mode)
{
	struct open_how how = { .flags = (u32)flags & OPEN_FLAGS };

	if (likely(!(how.flags & ~PLAIN_FLAGS)))
		return open_checked(dirfd, path, &how);
	how = how_of_open(flags, mode);
	return open_how(dirfd, path, &how);
}

long sys_open(const char __user *path, int flags, umode_t mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

long sys_creat(const char __user *path, umode_t mode)
{
	return sys_openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

long sys_openat2(int dirfd, const char __user *path,
		 struct open_how __user *uhow, size_t size)
{
	struct open_how how;
	int err;

	BUILD_ASSERT(sizeof(how) == OPEN_HOW_SIZE_VER0);
	if (size < OPEN_HOW_SIZE_VER0)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(&how, sizeof(how), uhow, size);
	return err ? err : open_how(dirfd, path, &how);
}

/* ---- close ------------------------------------------------------------------- */

/* A close is never restarted: the descriptor is gone. */
long sys_close(int fd)
{
	int err = fd_close(fd);

	return err <= -ERESTARTSYS && err >= -ERESTART_RESTARTBLOCK ? -EINTR :
								       err;
}

long sys_close_range(unsigned int first, unsigned int last, unsigned int flags)
{
	int fd, err;

	if (flags & ~(u32)(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) ||
	    first > last)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE) {
		err = files_unshare();
		if (err)
			return err;
	}
	for (fd = fd_next(current->files, first); fd >= 0 && (u32)fd <= last;
	     fd = fd_next(current->files, (u32)fd + 1)) {
		if (flags & CLOSE_RANGE_CLOEXEC)
			fd_set_cloexec(fd, true);
		else
			fd_close(fd);
		cond_resched();
	}
	return 0;
}
