// SPDX-License-Identifier: MIT
/*
 * Extended attributes (xattr(7)): the calls, and who may. The first part of a
 * name says whose it is: "user." belongs to who may read and write the file,
 * "trusted." to the administrator of the machine, "security." to that of the
 * file system. What a file system keeps is its own business: fs/xattr.h.
 */
#include <linux/limits.h>

#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/notify.h"
#include "fs/xattr.h"
#include "kernel/debug/why.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/string.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"

/* What is asked of a file; which of it is used is the call's matter. */
struct xattr_args {
	char name[XATTR_NAME_MAX + 1];
	const void __user *value; /* NULL in a set: remove */
	void __user *out;
	size_t size;
	int flags;
	ssize_t (*fn)(const struct path *path, const struct xattr_args *a);
};

static int name_take(struct xattr_args *a, const char __user *uname)
{
	ssize_t len = strncpy_from_user(a->name, uname, sizeof(a->name));

	if (len < 0)
		return (int)len;
	return len == 0 || len == sizeof(a->name) ? -ERANGE : 0;
}

/* ---- who may --------------------------------------------------------------- */

static bool has_prefix(const struct xattr_args *a, const char *prefix)
{
	return !strncmp(a->name, prefix, strlen(prefix));
}

static bool is_caps(const struct xattr_args *a)
{
	return !strcmp(a->name, XATTR_NAME_CAPS);
}

/* "user." is for files and directories; in a directory where everybody may
 * write, only for its owner. A reader who may not is told that there is none. */
static int may_user(struct inode *inode, bool set)
{
	if (!S_ISREG(inode->mode) && !S_ISDIR(inode->mode))
		return set ? -EPERM : -ENODATA;
	if (S_ISDIR(inode->mode) && inode->mode & S_ISVTX && set &&
	    !inode_owner_or_capable(inode))
		return -EPERM;
	return inode_permission(inode, set ? MAY_WRITE : MAY_READ);
}

static int xattr_permission(struct inode *inode, const struct xattr_args *a,
			    bool set)
{
	if (set && inode->flags & I_IMMUTABLE)
		return -EPERM;
	if (has_prefix(a, XATTR_SECURITY_PREFIX) ||
	    has_prefix(a, XATTR_SYSTEM_PREFIX))
		return 0;
	if (has_prefix(a, XATTR_TRUSTED_PREFIX)) {
		if (capable(CAP_SYS_ADMIN))
			return 0;
		return set ? why(-EPERM, "setxattr: \"trusted.\" is the "
					 "administrator's") : -ENODATA;
	}
	if (has_prefix(a, XATTR_USER_PREFIX))
		return may_user(inode, set);
	return inode_permission(inode, set ? MAY_WRITE : MAY_READ);
}

/* "security." but its capabilities, which have a rule of their own. */
static int may_set_security(const struct inode *inode,
			    const struct xattr_args *a)
{
	if (!has_prefix(a, XATTR_SECURITY_PREFIX) || is_caps(a) ||
	    ns_capable(inode->sb->user_ns, CAP_SYS_ADMIN))
		return 0;
	return why(-EPERM, "setxattr: no CAP_SYS_ADMIN in user:[%u], which "
			   "owns the file system", inode->sb->user_ns->ns.inum);
}

/* Does a file system keep attributes of that kind, and is there a name? */
static int kind_check(const struct xattr_args *a)
{
	static const char *const kinds[] = { XATTR_USER_PREFIX,
					     XATTR_TRUSTED_PREFIX,
					     XATTR_SECURITY_PREFIX };

	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++)
		if (has_prefix(a, kinds[i]))
			return a->name[strlen(kinds[i])] ? 0 : -EINVAL;
	return -EOPNOTSUPP;
}

/* ---- set, remove -------------------------------------------------------------- */

static int set_locked(struct dentry *d, const struct xattr_args *a,
		      const void *value, size_t size)
{
	struct inode *inode = d->inode;
	int err = xattr_permission(inode, a, true);

	if (!err)
		err = may_set_security(inode, a);
	if (!err && !value && is_caps(a) && !inode_capable(inode, CAP_SETFCAP))
		err = -EPERM;
	if (!err)
		err = kind_check(a);
	if (err)
		return err;
	mutex_lock(&inode->lock);
	err = inode->op->xattr_set(inode, a->name, value, size,
				   value ? a->flags : 0);
	mutex_unlock(&inode->lock);
	if (!err)
		notify_dentry(d, IN_ATTRIB);
	return err;
}

/* The value in kernel memory, with room for capabilities. ERR_PTR. */
static void *value_copy(const struct xattr_args *a)
{
	void *value = kzalloc(max(a->size, (size_t)XATTR_CAPS_SZ));

	if (!value)
		return ERR_PTR(-ENOMEM);
	if (!copy_from_user(value, a->value, a->size))
		return value;
	kfree(value);
	return ERR_PTR(-EFAULT);
}

static ssize_t xattr_set_at(const struct path *path, const struct xattr_args *a)
{
	void *value = a->flags < 0 ? NULL : value_copy(a);
	ssize_t size = (ssize_t)a->size;
	int err;

	if (IS_ERR(value))
		return PTR_ERR(value);
	err = mnt_want_write(path->mnt);
	if (!err) {
		if (value && is_caps(a))
			size = xattr_caps_in(path->dentry->inode, value,
					     a->size);
		err = size < 0 ? (int)size :
				 set_locked(path->dentry, a, value,
					    (size_t)size);
		mnt_drop_write(path->mnt);
	}
	kfree(value);
	return err;
}

/* ---- get, list ------------------------------------------------------------------ */

static ssize_t get_value(struct inode *inode, const struct xattr_args *a,
			 void *buf, size_t size)
{
	ssize_t n;

	mutex_lock(&inode->lock);
	n = inode->op->xattr_get(inode, a->name, buf, size);
	mutex_unlock(&inode->lock);
	return n;
}

/* Shown as current's user namespace calls it. */
static ssize_t get_caps(struct inode *inode, const struct xattr_args *a)
{
	char buf[XATTR_CAPS_SZ];
	ssize_t n = get_value(inode, a, buf, sizeof(buf));

	if (n >= 0)
		n = xattr_caps_out(inode, buf, (size_t)n);
	if (n < 0 || !a->size)
		return n;
	if ((size_t)n > a->size)
		return -ERANGE;
	return copy_to_user(a->out, buf, (size_t)n) ? -EFAULT : n;
}

static ssize_t copy_out(const struct xattr_args *a, struct inode *inode,
			ssize_t (*fn)(struct inode *inode,
				      const struct xattr_args *a, void *buf,
				      size_t size))
{
	size_t size = min(a->size, (size_t)XATTR_SIZE_MAX);
	void *buf = size ? kmalloc(size) : NULL;
	ssize_t n;

	if (size && !buf)
		return -ENOMEM;
	n = fn(inode, a, buf, size);
	if (n > 0 && size && copy_to_user(a->out, buf, (size_t)n))
		n = -EFAULT;
	kfree(buf);
	return n;
}

static ssize_t xattr_get_at(const struct path *path, const struct xattr_args *a)
{
	struct inode *inode = path->dentry->inode;
	int err = xattr_permission(inode, a, false);

	if (!err)
		err = kind_check(a);
	if (err)
		return err;
	return is_caps(a) ? get_caps(inode, a) : copy_out(a, inode, get_value);
}

static ssize_t get_list(struct inode *inode, const struct xattr_args *a,
			void *buf, size_t size)
{
	ssize_t n;

	(void)a;
	mutex_lock(&inode->lock);
	n = inode->op->xattr_list(inode, buf, size);
	mutex_unlock(&inode->lock);
	return n;
}

static ssize_t xattr_list_at(const struct path *path, const struct xattr_args *a)
{
	return copy_out(a, path->dentry->inode, get_list);
}

/* ---- of a path, of a link, of a descriptor --------------------------------------- */

static ssize_t of_name(const char __user *upath, u32 lookup,
		       const struct xattr_args *a)
{
	struct path path;
	ssize_t n = user_path_at(AT_FDCWD, upath, lookup, &path);

	if (n)
		return n;
	n = a->fn(&path, a);
	path_put(&path);
	return n;
}

static ssize_t of_fd(int fd, const struct xattr_args *a)
{
	struct fdref ref = fd_borrow(fd);
	ssize_t n;

	if (!ref.file)
		return -EBADF;
	n = a->fn(&ref.file->path, a);
	fd_return(ref);
	return n;
}

/* ---- the calls ----------------------------------------------------------------------- */

static int set_take(struct xattr_args *a, const char __user *name,
		    const void __user *value, size_t size, int flags)
{
	int err;

	a->value = value;
	a->size = size;
	a->flags = flags;
	a->fn = xattr_set_at;
	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	err = name_take(a, name);
	if (err)
		return err;
	return size > XATTR_SIZE_MAX ? -E2BIG : 0;
}

long sys_setxattr(const char __user *path, const char __user *name,
		  const void __user *value, size_t size, int flags)
{
	struct xattr_args a;
	int err = set_take(&a, name, value, size, flags);

	return err ? err : of_name(path, LOOKUP_FOLLOW, &a);
}

long sys_lsetxattr(const char __user *path, const char __user *name,
		   const void __user *value, size_t size, int flags)
{
	struct xattr_args a;
	int err = set_take(&a, name, value, size, flags);

	return err ? err : of_name(path, 0, &a);
}

long sys_fsetxattr(int fd, const char __user *name, const void __user *value,
		   size_t size, int flags)
{
	struct xattr_args a;
	int err = set_take(&a, name, value, size, flags);

	return err ? err : of_fd(fd, &a);
}

#define REMOVE (-1) /* flags of a set without a value */

static int remove_take(struct xattr_args *a, const char __user *name)
{
	a->size = 0;
	a->flags = REMOVE;
	a->fn = xattr_set_at;
	return name_take(a, name);
}

long sys_removexattr(const char __user *path, const char __user *name)
{
	struct xattr_args a;
	int err = remove_take(&a, name);

	return err ? err : of_name(path, LOOKUP_FOLLOW, &a);
}

long sys_lremovexattr(const char __user *path, const char __user *name)
{
	struct xattr_args a;
	int err = remove_take(&a, name);

	return err ? err : of_name(path, 0, &a);
}

long sys_fremovexattr(int fd, const char __user *name)
{
	struct xattr_args a;
	int err = remove_take(&a, name);

	return err ? err : of_fd(fd, &a);
}

static int get_take(struct xattr_args *a, const char __user *name,
		    void __user *value, size_t size)
{
	a->out = value;
	a->size = size;
	a->fn = xattr_get_at;
	return name_take(a, name);
}

long sys_getxattr(const char __user *path, const char __user *name,
		  void __user *value, size_t size)
{
	struct xattr_args a;
	int err = get_take(&a, name, value, size);

	return err ? err : of_name(path, LOOKUP_FOLLOW, &a);
}

long sys_lgetxattr(const char __user *path, const char __user *name,
		   void __user *value, size_t size)
{
	struct xattr_args a;
	int err = get_take(&a, name, value, size);

	return err ? err : of_name(path, 0, &a);
}

long sys_fgetxattr(int fd, const char __user *name, void __user *value,
		   size_t size)
{
	struct xattr_args a;
	int err = get_take(&a, name, value, size);

	return err ? err : of_fd(fd, &a);
}

static void list_take(struct xattr_args *a, char __user *list, size_t size)
{
	a->out = list;
	a->size = size;
	a->fn = xattr_list_at;
}

long sys_listxattr(const char __user *path, char __user *list, size_t size)
{
	struct xattr_args a;

	list_take(&a, list, size);
	return of_name(path, LOOKUP_FOLLOW, &a);
}

long sys_llistxattr(const char __user *path, char __user *list, size_t size)
{
	struct xattr_args a;

	list_take(&a, list, size);
	return of_name(path, 0, &a);
}

long sys_flistxattr(int fd, char __user *list, size_t size)
{
	struct xattr_args a;

	list_take(&a, list, size);
	return of_fd(fd, &a);
}
