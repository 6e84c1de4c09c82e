// SPDX-License-Identifier: MIT
/*
 * The size and the content of open files: fsync and its kind, truncate,
 * fallocate, fadvise; files without a name: memfd_create.
 */
#include <linux/fadvise.h>
#include <linux/falloc.h>
#include <linux/memfd.h>

#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/tmpfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/string.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"

/* ---- sync: all our file systems are memory --------------------------------- */

long sys_fsync(int fd)
{
	struct file *f = fd_get(fd);
	int err;

	if (!f)
		return -EBADF;
	err = f->op->fsync(f);
	file_put(f);
	return err;
}

long sys_fdatasync(int fd)
{
	return sys_fsync(fd);
}

long sys_sync(void)
{
	return 0;
}

long sys_syncfs(int fd)
{
	struct file *f = fd_get(fd);

	if (!f)
		return -EBADF;
	file_put(f);
	return 0;
}

/* ---- truncate ------------------------------------------------------------------ */

long sys_ftruncate(int fd, loff_t length)
{
	struct file *f;
	int err = -EINVAL;

	if (length < 0)
		return -EINVAL;
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	if (S_ISREG(f->inode->mode) && f->mode & FMODE_WRITE)
		err = vfs_truncate(f->path.dentry, length);
	file_put(f);
	return err;
}

static int path_truncate(const struct path *path, loff_t length)
{
	struct inode *inode = path->dentry->inode;
	int err;

	if (S_ISDIR(inode->mode))
		return -EISDIR;
	if (!S_ISREG(inode->mode))
		return -EINVAL;
	err = mnt_want_write(path->mnt);
	if (err)
		return err;
	err = inode_permission(inode, MAY_WRITE);
	if (!err && inode->flags & I_IMMUTABLE)
		err = -EPERM;
	if (!err)
		err = vfs_truncate(path->dentry, length);
	mnt_drop_write(path->mnt);
	return err;
}

long sys_truncate(const char __user *upath, loff_t length)
{
	struct path path;
	int err;

	if (length < 0)
		return -EINVAL;
	err = user_path_at(AT_FDCWD, upath, LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	err = path_truncate(&path, length);
	path_put(&path);
	return err;
}

/* ---- fallocate, fadvise ---------------------------------------------------------- */

#define FALLOC_KNOWN                                                           \
	(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE |                          \
	 FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_ZERO_RANGE |                     \
	 FALLOC_FL_INSERT_RANGE | FALLOC_FL_UNSHARE_RANGE)

static int fallocate_type(const struct file *f)
{
	umode_t mode = f->inode->mode;

	if (!(f->mode & FMODE_WRITE))
		return -EBADF;
	if (S_ISFIFO(mode))
		return -ESPIPE;
	if (S_ISDIR(mode))
		return -EISDIR;
	return S_ISREG(mode) ? 0 : -ENODEV;
}

static int fallocate_run(struct file *f, int mode, loff_t offset, loff_t len)
{
	int err;

	if (offset < 0 || len <= 0)
		return -EINVAL;
	if (mode & ~FALLOC_KNOWN ||
	    (mode & FALLOC_FL_PUNCH_HOLE && !(mode & FALLOC_FL_KEEP_SIZE)))
		return -EOPNOTSUPP;
	err = fallocate_type(f);
	if (err)
		return err;
	if (offset > INT64_MAX - len)
		return -EFBIG;
	return f->op->fallocate(f, mode, offset, len);
}

long sys_fallocate(int fd, int mode, loff_t offset, loff_t len)
{
	struct file *f = fd_get(fd);
	int err;

	if (!f)
		return -EBADF;
	err = fallocate_run(f, mode, offset, len);
	file_put(f);
	return err;
}

/* Advice that a file system in memory has no use for, but checks. */
long sys_fadvise64(int fd, loff_t offset, size_t len, int advice)
{
	struct file *f = fd_get(fd);
	int err = 0;

	(void)offset;
	if (!f)
		return -EBADF;
	if (S_ISFIFO(f->inode->mode))
		err = -ESPIPE;
	else if ((ssize_t)len < 0 || advice < POSIX_FADV_NORMAL ||
		 advice > POSIX_FADV_NOREUSE)
		err = -EINVAL;
	file_put(f);
	return err;
}

/* Nothing is read from a disk, so nothing ahead; but it checks. */
long sys_readahead(int fd, loff_t offset, size_t count)
{
	struct file *f = fd_get(fd);
	int err = 0;

	(void)offset, (void)count;
	if (!f || !(f->mode & FMODE_READ))
		err = -EBADF;
	else if (!S_ISREG(f->inode->mode))
		err = -EINVAL;
	file_put(f);
	return err;
}

/* ---- memfd_create --------------------------------------------------------------- */

#define MEMFD_PREFIX "memfd:"
/* Newer than the headers (Linux 6.3): executable, as memfds always were. */
#define MFD_EXEC_FLAG 0x10u
#define MEMFD_NAME_MAX (NAME_MAX - (sizeof(MEMFD_PREFIX) - 1))

/* "memfd:NAME" in @buf. 0, -EFAULT, -EINVAL (too long). */
static int memfd_name(char buf[NAME_MAX + 1], const char __user *uname)
{
	const size_t at = sizeof(MEMFD_PREFIX) - 1;
	ssize_t len;

	memcpy(buf, MEMFD_PREFIX, at);
	len = strncpy_from_user(buf + at, uname, MEMFD_NAME_MAX + 1);
	if (len < 0)
		return (int)len;
	return (size_t)len > MEMFD_NAME_MAX ? -EINVAL : 0;
}

/* Sealing against execution is not there: F_SEAL_EXEC is refused as well. */
long sys_memfd_create(const char __user *uname, unsigned int flags)
{
	char name[NAME_MAX + 1];
	struct file *f;
	int err;

	if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC_FLAG))
		return why(-EINVAL, "memfd_create: flags that are not there");
	err = memfd_name(name, uname);
	if (err)
		return err;
	f = shmem_file_new(name, 0, O_RDWR | O_LARGEFILE);
	if (IS_ERR(f))
		return PTR_ERR(f);
	if (flags & MFD_ALLOW_SEALING)
		shmem_allow_sealing(f);
	return fd_install_new(f, flags & MFD_CLOEXEC ? O_CLOEXEC : 0);
}
