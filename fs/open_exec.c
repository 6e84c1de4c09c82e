// SPDX-License-Identifier: MIT
/*
 * Opening a program for execve(2). inode->writers is below zero while images
 * of it run, and above while it is open for writing: never both.
 */
#include "fs/walk.h"
#include "kernel/debug/why.h"

/* No writer from now on, as long as an image of it runs: -ETXTBSY. */
static int deny_write(struct inode *inode)
{
	s32 old = atomic_load(&inode->writers);

	do {
		if (old > 0)
			return why(-ETXTBSY, "exec: open for writing");
	} while (!atomic_cas(&inode->writers, &old, old - 1));
	return 0;
}

static struct file *exec_open(const struct path *path)
{
	struct file *f;
	int err;

	if (!S_ISREG(path->dentry->inode->mode))
		return ERR_PTR(d_is_symlink(path->dentry) ? -ELOOP : -EACCES);
	err = may_open(path, MAY_EXEC, 0);
	if (err)
		return ERR_PTR(err);
	err = deny_write(path->dentry->inode);
	if (err)
		return ERR_PTR(err);
	f = file_open_path(path, O_RDONLY);
	if (IS_ERR(f))
		atomic_add(&path->dentry->inode->writers, 1);
	else
		f->mode |= FMODE_EXEC;
	return f;
}

/**
 * file_open_exec - open a program for execve(2)
 * @at_flags: AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW
 *
 * Writers are denied until file_allow_write().
 * Return: a file, or ERR_PTR: -EACCES (not regular, not executable, noexec
 * mount), -ELOOP (a link with AT_SYMLINK_NOFOLLOW), -ETXTBSY, -EINVAL, and
 * what the walk says.
 */
struct file *file_open_exec(int dirfd, const char *name, int at_flags)
{
	u32 lookup = at_flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	struct file *f;
	int err;

	if (at_flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return ERR_PTR(-EINVAL);
	if (at_flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = *name || at_flags & AT_EMPTY_PATH ?
		      path_lookup(dirfd, name, lookup, &path) :
		      -ENOENT;
	if (err)
		return ERR_PTR(err);
	f = exec_open(&path);
	path_put(&path);
	return f;
}
