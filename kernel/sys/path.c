// SPDX-License-Identifier: MIT
/*
 * Making, removing, renaming names, and reading links: copy the names, call
 * down (fs/create.c, remove.c, rename.c).
 */
#include "fs/fs_struct.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/lib/alloc.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* ---- make ----------------------------------------------------------------------- */

/* @mode without what the umask takes away; the type stays. */
static umode_t umask_apply(umode_t mode)
{
	return mode & ~(READ_ONCE(current->fs->umask) & 0777);
}

long sys_mkdirat(int dirfd, const char __user *path, umode_t mode)
{
	char small[SMALL_NAME];
	char *name = getname_small(path, 0, small);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_mkdir(dirfd, name, umask_apply(mode & 01777));
	putname_small(name, small);
	return err;
}

long sys_mkdir(const char __user *path, umode_t mode)
{
	return sys_mkdirat(AT_FDCWD, path, mode);
}

long sys_mknodat(int dirfd, const char __user *path, umode_t mode,
		 unsigned int dev)
{
	char *name = getname(path, 0);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_mknod(dirfd, name, umask_apply(mode & (S_IFMT | 07777)),
		       dev_decode(dev));
	putname(name);
	return err;
}

long sys_mknod(const char __user *path, umode_t mode, unsigned int dev)
{
	return sys_mknodat(AT_FDCWD, path, mode, dev);
}

/* Two names from user space, both or none. */
static int getname_pair(const char __user *a, u32 a_flags, char **ka,
			const char __user *b, char **kb)
{
	*ka = *kb = NULL;
	*ka = getname(a, a_flags);
	if (IS_ERR(*ka))
		return (int)PTR_ERR(*ka);
	*kb = getname(b, 0);
	if (!IS_ERR(*kb))
		return 0;
	putname(*ka);
	return PTR_ERR_OR_ZERO(*kb);
}

long sys_symlinkat(const char __user *target, int dirfd,
		   const char __user *path)
{
	char *ktarget, *name;
	int err = getname_pair(target, 0, &ktarget, path, &name);

	if (err)
		return err;
	err = do_symlink(ktarget, dirfd, name);
	putname(name);
	putname(ktarget);
	return err;
}

long sys_symlink(const char __user *target, const char __user *path)
{
	return sys_symlinkat(target, AT_FDCWD, path);
}

/* linkat(AT_EMPTY_PATH) gives a name to what only a descriptor names. Who did
 * not open that itself needs the right to read everything. */
static int empty_link_check(int dirfd, const char *name)
{
	bool own;
	struct file *f;

	if (*name)
		return 0;
	f = fd_get_raw(dirfd);
	own = f && f->cred == current->cred;
	file_put(f);
	if (own || capable(CAP_DAC_READ_SEARCH))
		return 0;
	return why(-ENOENT, "linkat: AT_EMPTY_PATH without "
			    "CAP_DAC_READ_SEARCH");
}

long sys_linkat(int olddir, const char __user *old, int newdir,
		const char __user *new, int flags)
{
	u32 lookup = flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0;
	char *kold, *knew;
	int err;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = getname_pair(old, lookup, &kold, new, &knew);
	if (err)
		return err;
	err = empty_link_check(olddir, kold);
	if (!err)
		err = do_link(olddir, kold, lookup, newdir, knew);
	putname(knew);
	putname(kold);
	return err;
}

long sys_link(const char __user *old, const char __user *new)
{
	return sys_linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* ---- remove, rename ---------------------------------------------------------------- */

long sys_unlinkat(int dirfd, const char __user *path, int flags)
{
	char small[SMALL_NAME], *name;
	int err;

	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	name = getname_small(path, 0, small);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = flags & AT_REMOVEDIR ? do_rmdir(dirfd, name) :
				     do_unlink(dirfd, name);
	putname_small(name, small);
	return err;
}

long sys_unlink(const char __user *path)
{
	return sys_unlinkat(AT_FDCWD, path, 0);
}

long sys_rmdir(const char __user *path)
{
	return sys_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

long sys_renameat2(int olddir, const char __user *old, int newdir,
		   const char __user *new, unsigned int flags)
{
	char *kold, *knew;
	int err = getname_pair(old, 0, &kold, new, &knew);

	if (err)
		return err;
	err = do_rename(olddir, kold, newdir, knew, flags);
	putname(knew);
	putname(kold);
	return err;
}

long sys_renameat(int olddir, const char __user *old, int newdir,
		  const char __user *new)
{
	return sys_renameat2(olddir, old, newdir, new, 0);
}

long sys_rename(const char __user *old, const char __user *new)
{
	return sys_renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* ---- readlink ------------------------------------------------------------------------ */

/* The text of the link @d in @text, cut at the user's @size without a word, and
 * without NUL. */
static long link_give(struct dentry *d, char *text, size_t room,
		      char __user *buf, size_t size)
{
	ssize_t len = d->inode->op->readlink(d, text, room);

	if (len >= (ssize_t)room && room < PATH_MAX && size > room)
		return -ENAMETOOLONG;
	if (len > (ssize_t)size)
		len = (ssize_t)size;
	if (len > 0 && copy_to_user(buf, text, (size_t)len))
		len = -EFAULT;
	return len;
}

/* Most texts are short; if not, once more in a page. */
static long link_read(struct dentry *d, char __user *buf, size_t size)
{
	char small[SMALL_NAME], *page;
	long len = link_give(d, small, sizeof(small), buf, size);

	if (likely(len != -ENAMETOOLONG))
		return len;
	page = kmalloc(PATH_MAX);
	if (!page)
		return -ENOMEM;
	len = link_give(d, page, PATH_MAX, buf, size);
	kfree(page);
	return len;
}

long sys_readlinkat(int dirfd, const char __user *path, char __user *buf,
		    int size)
{
	struct path link;
	char small[SMALL_NAME], *name;
	long err;

	if (size <= 0)
		return -EINVAL;
	name = getname_small(path, LOOKUP_EMPTY, small);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = path_lookup(dirfd, name, LOOKUP_EMPTY, &link);
	if (!err) {
		err = *name ? -EINVAL : -ENOENT;
		if (d_is_symlink(link.dentry))
			err = link_read(link.dentry, buf, (size_t)size);
		path_put(&link);
	}
	putname_small(name, small);
	return err;
}

long sys_readlink(const char __user *path, char __user *buf, int size)
{
	return sys_readlinkat(AT_FDCWD, path, buf, size);
}
