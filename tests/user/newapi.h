/* SPDX-License-Identifier: MIT */
/* System calls that musl does not wrap, for the cases of the newer surface. */
#ifndef WARREN_TESTS_USER_NEWAPI_H
#define WARREN_TESTS_USER_NEWAPI_H

#include "tests/user/case.h"

#include <linux/mount.h>
#include <linux/openat2.h>

#include "kernel/lib/newer.h"

#define NR_open_tree 428
#define NR_move_mount 429
#define NR_fsopen 430
#define NR_fsconfig 431
#define NR_fsmount 432
#define NR_fspick 433
#define NR_openat2 437
#define NR_mount_setattr 442
#define NR_statmount 457
#define NR_listmount 458
#define NR_open_tree_attr 467

static inline int fsopen(const char *type, unsigned flags)
{
	return (int)syscall(NR_fsopen, type, flags);
}

static inline int fsconfig(int fd, unsigned cmd, const char *key,
			   const void *value, int aux)
{
	return (int)syscall(NR_fsconfig, fd, cmd, key, value, aux);
}

static inline int fsmount(int fd, unsigned flags, unsigned attr)
{
	return (int)syscall(NR_fsmount, fd, flags, attr);
}

static inline int fspick(int dirfd, const char *path, unsigned flags)
{
	return (int)syscall(NR_fspick, dirfd, path, flags);
}

static inline int open_tree(int dirfd, const char *path, unsigned flags)
{
	return (int)syscall(NR_open_tree, dirfd, path, flags);
}

static inline int move_mount(int from, const char *path, int to,
			     const char *to_path, unsigned flags)
{
	return (int)syscall(NR_move_mount, from, path, to, to_path, flags);
}

static inline int mount_setattr(int dirfd, const char *path, unsigned flags,
				const struct mount_attr *attr, size_t size)
{
	return (int)syscall(NR_mount_setattr, dirfd, path, flags, attr, size);
}

static inline int openat2(int dirfd, const char *path, uint64_t flags,
			  uint64_t resolve)
{
	struct open_how how = { .flags = flags, .resolve = resolve };

	return (int)syscall(NR_openat2, dirfd, path, &how, sizeof(how));
}

/* A tmpfs on /mnt in a mount namespace of the case's own, nothing shared. */
static inline void own_mounts(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
}

/* Does a file exist? */
static inline int there(const char *path)
{
	return access(path, F_OK) == 0;
}

#endif
