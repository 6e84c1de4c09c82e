// SPDX-License-Identifier: MIT
/* Where names begin: working directory and root of current; and its umask. */
#include "fs/fs_struct.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/string.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* The text with its NUL to the user: its length, -ERANGE, -EFAULT. */
static long cwd_give(const char *text, char __user *buf, size_t size)
{
	size_t len;

	if (IS_ERR(text))
		return PTR_ERR(text);
	len = strlen(text) + 1;
	if (len > size)
		return -ERANGE;
	return copy_to_user(buf, text, len) ? -EFAULT : (long)len;
}

/* Most are short; if not, once more in a page. */
long sys_getcwd(char __user *buf, size_t size)
{
	char small[SMALL_NAME], *page;
	char *text = cwd_path(small, sizeof(small));
	long err;

	if (likely(text != ERR_PTR(-ENAMETOOLONG)))
		return cwd_give(text, buf, size);
	page = kmalloc(PATH_MAX);
	if (!page)
		return -ENOMEM;
	err = cwd_give(cwd_path(page, PATH_MAX), buf, size);
	kfree(page);
	return err;
}

long sys_chdir(const char __user *upath)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, upath,
			       LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (err)
		return err;
	err = inode_permission(path.dentry->inode, MAY_EXEC);
	if (!err)
		fs_set_cwd(current->fs, &path);
	path_put(&path);
	return err;
}

long sys_fchdir(int fd)
{
	struct file *f = fd_get_raw(fd);
	int err = -ENOTDIR;

	if (!f)
		return -EBADF;
	if (d_is_dir(f->path.dentry))
		err = inode_permission(f->inode, MAY_EXEC);
	if (!err)
		fs_set_cwd(current->fs, &f->path);
	file_put(f);
	return err;
}

long sys_chroot(const char __user *upath)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, upath,
			       LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (err)
		return err;
	err = inode_permission(path.dentry->inode, MAY_EXEC);
	if (!err && !ns_capable(current->cred->user_ns, CAP_SYS_CHROOT))
		err = why(-EPERM, "chroot: no CAP_SYS_CHROOT");
	if (!err)
		fs_set_root(current->fs, &path);
	path_put(&path);
	return err;
}

long sys_umask(int mask)
{
	struct fs *fs = current->fs;
	umode_t old;

	spin_lock(&fs->lock);
	old = fs->umask;
	fs->umask = (umode_t)mask & 0777;
	spin_unlock(&fs->lock);
	return (long)old;
}
