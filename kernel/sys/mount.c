// SPDX-License-Identifier: MIT
/* The system calls of mounts: copy the arguments, call down (fs/mount.h). */
#include "fs/mount.h"
#include "fs/namei.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/syscall.h"

/* A string of mount(2): NULL stays NULL. ERR_PTR: -EFAULT, -EINVAL (longer
 * than a path can be), -ENOMEM. */
static char *mount_string(const char __user *ustr)
{
	char *s;
	ssize_t len;

	if (!ustr)
		return NULL;
	s = kmalloc(PATH_MAX);
	if (!s)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(s, ustr, PATH_MAX);
	if (len < 0 || len == PATH_MAX) {
		kfree(s);
		return ERR_PTR(len < 0 ? len : -EINVAL);
	}
	return s;
}

/* The options: at most a page, of which as much as is mapped; ends with NUL. */
static char *mount_data(const void __user *udata)
{
	size_t left;
	char *s;

	if (!udata)
		return NULL;
	s = kzalloc(PAGE_SIZE);
	if (!s)
		return ERR_PTR(-ENOMEM);
	left = copy_from_user_partial(s, udata, PAGE_SIZE);
	if (left == PAGE_SIZE) {
		kfree(s);
		return ERR_PTR(-EFAULT);
	}
	memset(s + PAGE_SIZE - left, 0, left);
	s[PAGE_SIZE - 1] = '\0';
	return s;
}

long sys_mount(const char __user *dev, const char __user *dir,
	       const char __user *type, unsigned long flags,
	       const void __user *data)
{
	char *kdev, *kdir, *ktype, *kdata, small[SMALL_NAME];
	long err;

	ktype = mount_string(type);
	if (IS_ERR(ktype))
		return PTR_ERR(ktype);
	kdev = mount_string(dev);
	err = PTR_ERR_OR_ZERO(kdev);
	if (err)
		goto free_type;
	kdata = mount_data(data);
	err = PTR_ERR_OR_ZERO(kdata);
	if (err)
		goto free_dev;
	kdir = getname_small(dir, 0, small);
	err = PTR_ERR_OR_ZERO(kdir);
	if (err)
		goto free_data;
	err = do_mount(kdev, kdir, ktype, flags, kdata);
	putname_small(kdir, small);
free_data:
	kfree(kdata);
free_dev:
	kfree(kdev);
free_type:
	kfree(ktype);
	return err;
}

long sys_umount2(const char __user *path, int flags)
{
	char small[SMALL_NAME];
	char *name = getname_small(path, 0, small);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_umount(name, flags);
	putname_small(name, small);
	return err;
}

long sys_pivot_root(const char __user *new_root, const char __user *put_old)
{
	char *new = getname(new_root, 0), *old;
	long err;

	if (IS_ERR(new))
		return PTR_ERR(new);
	old = getname(put_old, 0);
	err = PTR_ERR_OR_ZERO(old);
	if (!err) {
		err = do_pivot_root(new, old);
		putname(old);
	}
	putname(new);
	return err;
}
