// SPDX-License-Identifier: MIT
/*
 * Descriptors and what is kept with open files: dup and its kind, fcntl,
 * flock.
 */
#include "fs/locks.h"
#include "fs/namei.h"
#include "fs/pipe.h"
#include "fs/tmpfs.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

#define SETFL_FLAGS (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

static u64 fd_limit(void)
{
	return current->signal->rlim[RLIMIT_NOFILE].cur;
}

/* ---- dup ------------------------------------------------------------------------- */

/* One more descriptor for @f, at least @min; the caller keeps its reference. */
static long file_dup(struct file *f, u32 min, bool cloexec)
{
	int fd = fd_alloc(min, cloexec);

	if (fd >= 0)
		fd_install(fd, file_get(f));
	return fd;
}

long sys_dup(int fd)
{
	struct file *f = fd_get_raw(fd);
	long ret;

	if (!f)
		return -EBADF;
	ret = file_dup(f, 0, false);
	file_put(f);
	return ret;
}

long sys_dup3(int oldfd, int newfd, int flags)
{
	struct file *f;
	int err;

	if (flags & ~O_CLOEXEC || oldfd == newfd)
		return -EINVAL;
	if (newfd < 0 || (u64)newfd >= fd_limit())
		return -EBADF;
	f = fd_get_raw(oldfd);
	if (!f)
		return -EBADF;
	err = fd_replace(newfd, f, flags & O_CLOEXEC);
	return err < 0 ? err : newfd;
}

long sys_dup2(int oldfd, int newfd)
{
	struct file *f;

	if (oldfd != newfd)
		return sys_dup3(oldfd, newfd, 0);
	f = fd_get_raw(oldfd);
	if (!f)
		return -EBADF;
	file_put(f);
	return newfd;
}

/* ---- flags of the file ------------------------------------------------------------ */

static long file_setfl(struct file *f, u32 flags)
{
	if (flags & O_NOATIME && !(f->flags & O_NOATIME) &&
	    !inode_owner_or_capable(f->inode))
		return -EPERM;
	spin_lock(&f->lock);
	f->flags = (f->flags & ~(u32)SETFL_FLAGS) | (flags & SETFL_FLAGS);
	spin_unlock(&f->lock);
	return 0;
}

/* ---- the owner, whom SIGIO would tell ------------------------------------------ */

/* Is there a process (@who > 0) or a group (< 0, as in kill(2)) of that
 * number? 0 is nobody. */
static long owner_set(struct file *f, int who)
{
	enum pid_type type = who < 0 ? PIDTYPE_PGID : PIDTYPE_TGID;
	struct task *t = NULL;
	struct pid *pid;

	if (who == INT32_MIN)
		return -EINVAL;
	if (who) {
		pid = pid_find_get(task_active_pid_ns(current),
				   who < 0 ? -who : who);
		if (pid)
			t = pid_task_get(pid, type);
		pid_put(pid);
		if (!t)
			return -ESRCH;
		task_put(t);
	}
	WRITE_ONCE(f->owner_pid, who);
	return 0;
}

/* ---- locks ------------------------------------------------------------------------ */

static long fcntl_lock(struct file *f, unsigned int cmd,
		       struct flock __user *ulock)
{
	struct flock l;
	int err;

	if (copy_from_user(&l, ulock, sizeof(l)))
		return -EFAULT;
	err = locks_fcntl(f, cmd, &l);
	if (!err && (cmd == F_GETLK || cmd == F_OFD_GETLK))
		err = copy_to_user(ulock, &l, sizeof(l));
	return err;
}

long sys_flock(int fd, unsigned int cmd)
{
	struct file *f = fd_get(fd);
	int err;

	if (!f)
		return -EBADF;
	err = locks_flock(f, cmd);
	file_put(f);
	return err;
}

/* ---- fcntl --------------------------------------------------------------------------- */

static long fcntl_dup(struct file *f, unsigned long min, bool cloexec)
{
	if (min >= fd_limit())
		return -EINVAL;
	return file_dup(f, (u32)min, cloexec);
}

/* What an O_PATH descriptor takes too. -ENOIOCTLCMD: not one of these. */
static long fcntl_fd(struct file *f, int fd, unsigned int cmd,
		     unsigned long arg)
{
	switch (cmd) {
	case F_DUPFD:
		return fcntl_dup(f, arg, false);
	case F_DUPFD_CLOEXEC:
		return fcntl_dup(f, arg, true);
	case F_GETFD:
		return fd_cloexec(current->files, (u32)fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		return fd_set_cloexec(fd, arg & FD_CLOEXEC);
	case F_GETFL:
		return (long)READ_ONCE(f->flags);
	default:
		return -ENOIOCTLCMD;
	}
}

static long fcntl_file(struct file *f, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_SETFL:
		return file_setfl(f, (u32)arg);
	case F_SETOWN:
		return owner_set(f, (int)arg);
	case F_GETOWN:
		return READ_ONCE(f->owner_pid);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return fcntl_lock(f, cmd, (struct flock __user *)arg);
	case F_SETPIPE_SZ:
	case F_GETPIPE_SZ:
		return pipe_fcntl(f, cmd, arg);
	case F_GET_SEALS:
		return shmem_seals(f);
	case F_ADD_SEALS:
		return arg >> 32 ? -EINVAL : shmem_add_seals(f, (u32)arg);
	default:
		return -EINVAL;
	}
}

long sys_fcntl(int fd, unsigned int cmd, unsigned long arg)
{
	struct file *f = fd_get_raw(fd);
	long ret;

	if (!f)
		return -EBADF;
	ret = fcntl_fd(f, fd, cmd, arg);
	if (ret == -ENOIOCTLCMD)
		ret = f->mode & FMODE_PATH ? -EBADF : fcntl_file(f, cmd, arg);
	file_put(f);
	return ret;
}
