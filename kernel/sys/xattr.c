// SPDX-License-Identifier: MIT
/*
 * Extended attributes: none of our file systems keeps any, as many of
 * Linux's do not. So the calls check what they are asked as Linux does; then
 * a list is empty, and all else is -EOPNOTSUPP.
 */
#include <linux/limits.h>
#include <linux/xattr.h>

#include "fs/mount.h"
#include "fs/namei.h"
#include "kernel/lib/string.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"

/* The name and, for set, what goes with it. Only checked. */
struct xattr_args {
	char name[XATTR_NAME_MAX + 1];
	bool set;
};

static int name_take(struct xattr_args *a, const char __user *uname)
{
	ssize_t len = strncpy_from_user(a->name, uname, sizeof(a->name));

	if (len < 0)
		return (int)len;
	return len == 0 || len == sizeof(a->name) ? -ERANGE : 0;
}

/* Is every byte of the value there? */
static int value_check(const char __user *value, size_t size)
{
	char buf[64];

	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	for (size_t i = 0; i < size; i += sizeof(buf))
		if (copy_from_user(buf, value + i, min(size - i, sizeof(buf))))
			return -EFAULT;
	return 0;
}

static int set_take(struct xattr_args *a, const char __user *name,
		    const void __user *value, size_t size, int flags)
{
	int err;

	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	a->set = true;
	err = name_take(a, name);
	return err ? err : value_check(value, size);
}

static bool has_prefix(const struct xattr_args *a, const char *prefix)
{
	return !strncmp(a->name, prefix, strlen(prefix));
}

/* xattr(7): "trusted." is the administrator's, "user." is for files and
 * directories; a reader who may not is told that there is none. */
static int xattr_permission(struct inode *inode, const struct xattr_args *a)
{
	int mask = a->set ? MAY_WRITE : MAY_READ;
	int hidden = a->set ? -EPERM : -ENODATA;

	if (a->set && inode->flags & I_IMMUTABLE)
		return -EPERM;
	if (has_prefix(a, "security.") || has_prefix(a, "system."))
		return 0;
	if (has_prefix(a, "trusted."))
		return capable(CAP_SYS_ADMIN) ? 0 : hidden;
	if (has_prefix(a, "user.") && !S_ISREG(inode->mode) &&
	    !S_ISDIR(inode->mode))
		return hidden;
	return inode_permission(inode, mask);
}

static int path_xattr(const struct path *path, const struct xattr_args *a)
{
	int err = a->set ? mnt_want_write(path->mnt) : 0;

	if (err)
		return err;
	err = xattr_permission(path->dentry->inode, a);
	if (a->set)
		mnt_drop_write(path->mnt);
	return err ? err : -EOPNOTSUPP;
}

/* ---- of a path, of a link, of a descriptor --------------------------------------- */

static int name_xattr(const char __user *upath, u32 lookup,
		      const struct xattr_args *a)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, upath, lookup, &path);

	if (err)
		return err;
	err = path_xattr(&path, a);
	path_put(&path);
	return err;
}

static int fd_xattr(int fd, const struct xattr_args *a)
{
	struct file *f = fd_get(fd);
	int err;

	if (!f)
		return -EBADF;
	err = path_xattr(&f->path, a);
	file_put(f);
	return err;
}

/* ---- the calls ----------------------------------------------------------------------- */

long sys_setxattr(const char __user *path, const char __user *name,
		  const void __user *value, size_t size, int flags)
{
	struct xattr_args a;
	int err = set_take(&a, name, value, size, flags);

	return err ? err : name_xattr(path, LOOKUP_FOLLOW, &a);
}

long sys_lsetxattr(const char __user *path, const char __user *name,
		   const void __user *value, size_t size, int flags)
{
	struct xattr_args a;
	int err = set_take(&a, name, value, size, flags);

	return err ? err : name_xattr(path, 0, &a);
}

long sys_fsetxattr(int fd, const char __user *name, const void __user *value,
		   size_t size, int flags)
{
	struct xattr_args a;
	int err = set_take(&a, name, value, size, flags);

	return err ? err : fd_xattr(fd, &a);
}

/* Removing asks the same as setting. */
static int remove_take(struct xattr_args *a, const char __user *name)
{
	a->set = true;
	return name_take(a, name);
}

long sys_removexattr(const char __user *path, const char __user *name)
{
	struct xattr_args a;
	int err = remove_take(&a, name);

	return err ? err : name_xattr(path, LOOKUP_FOLLOW, &a);
}

long sys_lremovexattr(const char __user *path, const char __user *name)
{
	struct xattr_args a;
	int err = remove_take(&a, name);

	return err ? err : name_xattr(path, 0, &a);
}

long sys_fremovexattr(int fd, const char __user *name)
{
	struct xattr_args a;
	int err = remove_take(&a, name);

	return err ? err : fd_xattr(fd, &a);
}

static int get_take(struct xattr_args *a, const char __user *name)
{
	a->set = false;
	return name_take(a, name);
}

long sys_getxattr(const char __user *path, const char __user *name,
		  void __user *value, size_t size)
{
	struct xattr_args a;
	int err = get_take(&a, name);

	(void)value, (void)size;
	return err ? err : name_xattr(path, LOOKUP_FOLLOW, &a);
}

long sys_lgetxattr(const char __user *path, const char __user *name,
		   void __user *value, size_t size)
{
	struct xattr_args a;
	int err = get_take(&a, name);

	(void)value, (void)size;
	return err ? err : name_xattr(path, 0, &a);
}

long sys_fgetxattr(int fd, const char __user *name, void __user *value,
		   size_t size)
{
	struct xattr_args a;
	int err = get_take(&a, name);

	(void)value, (void)size;
	return err ? err : fd_xattr(fd, &a);
}

/* The list of nothing: 0 bytes. */
static long name_list(const char __user *upath, u32 lookup)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, upath, lookup, &path);

	if (!err)
		path_put(&path);
	return err;
}

long sys_listxattr(const char __user *path, char __user *list, size_t size)
{
	(void)list, (void)size;
	return name_list(path, LOOKUP_FOLLOW);
}

long sys_llistxattr(const char __user *path, char __user *list, size_t size)
{
	(void)list, (void)size;
	return name_list(path, 0);
}

long sys_flistxattr(int fd, char __user *list, size_t size)
{
	struct file *f = fd_get(fd);

	(void)list, (void)size;
	if (!f)
		return -EBADF;
	file_put(f);
	return 0;
}
