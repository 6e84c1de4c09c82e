// SPDX-License-Identifier: MIT
/*
 * Mode and owner of files, and what they allow: chmod, chown, access and
 * their kind.
 */
#include "fs/mount.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define KEEP_CAPS_ON_SETUID 4 /* SECBIT_NO_SETUID_FIXUP */

static u32 at_lookup_flags(unsigned int flags)
{
	u32 lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	return flags & AT_EMPTY_PATH ? lookup | LOOKUP_EMPTY : lookup;
}

/* ---- chmod ----------------------------------------------------------------------- */

static int path_chmod(const struct path *path, umode_t mode)
{
	struct inode *inode = path->dentry->inode;
	struct iattr attr = {
		.valid = ATTR_MODE | ATTR_CTIME,
		.mode = (mode & 07777) | (inode->mode & S_IFMT),
	};
	int err = mnt_want_write(path->mnt);

	if (err)
		return err;
	err = S_ISLNK(inode->mode) ? -EOPNOTSUPP :
				     notify_change(path->dentry, &attr);
	mnt_drop_write(path->mnt);
	return err;
}

long sys_fchmodat2(int dirfd, const char __user *upath, umode_t mode,
		   unsigned int flags)
{
	struct path path;
	int err;

	if (flags & ~(u32)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_at(dirfd, upath, at_lookup_flags(flags), &path);
	if (err)
		return err;
	err = path_chmod(&path, mode);
	path_put(&path);
	return err;
}

long sys_fchmodat(int dirfd, const char __user *path, umode_t mode)
{
	return sys_fchmodat2(dirfd, path, mode, 0);
}

long sys_chmod(const char __user *path, umode_t mode)
{
	return sys_fchmodat2(AT_FDCWD, path, mode, 0);
}

long sys_fchmod(int fd, umode_t mode)
{
	struct file *f = fd_get(fd);
	int err;

	if (!f)
		return -EBADF;
	err = path_chmod(&f->path, mode);
	file_put(f);
	return err;
}

/* ---- chown: an id of -1 stays what it is -------------------------------------- */

static int path_chown(const struct path *path, uid_t uid, gid_t gid)
{
	struct iattr attr = {
		.valid = ATTR_CTIME | ATTR_KILL_SETID,
		.uid = make_kuid(current_user_ns(), uid),
		.gid = make_kgid(current_user_ns(), gid),
	};
	int err = mnt_want_write(path->mnt);

	if (err)
		return err;
	if (uid != (uid_t)-1)
		attr.valid |= ATTR_UID;
	if (gid != (gid_t)-1)
		attr.valid |= ATTR_GID;
	if ((attr.valid & ATTR_UID && attr.uid == INVALID_ID) ||
	    (attr.valid & ATTR_GID && attr.gid == INVALID_ID))
		err = why(-EINVAL, "chown: user:[%u] has no user %u or no "
				   "group %u", current_user_ns()->ns.inum, uid,
			  gid);
	if (!err)
		err = notify_change(path->dentry, &attr);
	mnt_drop_write(path->mnt);
	return err;
}

long sys_fchownat(int dirfd, const char __user *upath, uid_t uid, gid_t gid,
		  int flags)
{
	struct path path;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_at(dirfd, upath, at_lookup_flags((u32)flags), &path);
	if (err)
		return err;
	err = path_chown(&path, uid, gid);
	path_put(&path);
	return err;
}

long sys_chown(const char __user *path, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, path, uid, gid, 0);
}

long sys_lchown(const char __user *path, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown(int fd, uid_t uid, gid_t gid)
{
	struct file *f = fd_get(fd);
	int err;

	if (!f)
		return -EBADF;
	err = path_chown(&f->path, uid, gid);
	file_put(f);
	return err;
}

/* ---- access(2): with the real ids --------------------------------------------- */

/* What @c may do as its real user: capabilities as after setuid(2). */
static u64 real_caps(const struct cred *c)
{
	if (c->securebits & KEEP_CAPS_ON_SETUID)
		return c->cap_effective;
	return c->uid == make_kuid(c->user_ns, 0) ? c->cap_permitted : 0;
}

/*
 * Let current be its real user for a while. *@old: what it was, for
 * real_ids_end(), or NULL if there is no difference. 0, -ENOMEM.
 */
static int real_ids_start(struct cred **old)
{
	const struct cred *c = current->cred;
	struct cred *real;

	*old = NULL;
	if (c->fsuid == c->uid && c->fsgid == c->gid &&
	    c->cap_effective == real_caps(c))
		return 0;
	real = cred_copy(c);
	if (IS_ERR(real))
		return (int)PTR_ERR(real);
	real->fsuid = c->uid;
	real->fsgid = c->gid;
	real->cap_effective = real_caps(c);
	*old = cred_swap(real);
	return 0;
}

static void real_ids_end(struct cred *old)
{
	if (old)
		cred_put(cred_swap(old));
}

static bool mode_is_special(umode_t mode)
{
	return S_ISCHR(mode) || S_ISBLK(mode) || S_ISFIFO(mode) ||
	       S_ISSOCK(mode);
}

static int path_access(const struct path *path, int mode)
{
	struct inode *inode = path->dentry->inode;
	int err;

	if (mode & MAY_EXEC && S_ISREG(inode->mode) &&
	    READ_ONCE(path->mnt->flags) & MS_NOEXEC)
		return why(-EACCES, "access: a noexec mount");
	if (mode & MAY_WRITE && inode->flags & I_IMMUTABLE)
		return -EPERM;
	err = inode_permission(inode, mode | MAY_ACCESS);
	if (err || !(mode & MAY_WRITE) || mode_is_special(inode->mode))
		return err;
	err = mnt_want_write(path->mnt);
	if (!err)
		mnt_drop_write(path->mnt);
	return err;
}

static long access_lookup(int dirfd, const char __user *upath, int mode,
			  unsigned int flags)
{
	struct path path;
	int err = user_path_at(dirfd, upath, at_lookup_flags(flags), &path);

	if (err)
		return err;
	err = path_access(&path, mode);
	path_put(&path);
	return err;
}

long sys_faccessat2(int dirfd, const char __user *path, int mode, int flags)
{
	struct cred *old = NULL;
	long err;

	if (mode & ~(MAY_READ | MAY_WRITE | MAY_EXEC) ||
	    flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = flags & AT_EACCESS ? 0 : real_ids_start(&old);
	if (err)
		return err;
	err = access_lookup(dirfd, path, mode, (u32)flags);
	real_ids_end(old);
	return err;
}

long sys_faccessat(int dirfd, const char __user *path, int mode)
{
	return sys_faccessat2(dirfd, path, mode, 0);
}

long sys_access(const char __user *path, int mode)
{
	return sys_faccessat2(AT_FDCWD, path, mode, 0);
}
