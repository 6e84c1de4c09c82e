// SPDX-License-Identifier: MIT
/* ioctl(2): what every file understands, then the driver's own. */
#include <asm/ioctls.h>

#include "fs/namei.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"

static long set_nonblock(struct file *f, const int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	spin_lock(&f->lock);
	if (on)
		f->flags |= O_NONBLOCK;
	else
		f->flags &= ~(u32)O_NONBLOCK;
	spin_unlock(&f->lock);
	return 0;
}

/* No file of ours sends SIGIO: switching it off is all that works. */
static long set_async(const int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	return on ? -ENOTTY : 0;
}

/* The size of what has one. */
static long tell_size(const struct inode *inode, void __user *arg)
{
	loff_t size = inode->size;

	if (!S_ISREG(inode->mode) && !S_ISDIR(inode->mode) &&
	    !S_ISLNK(inode->mode))
		return -ENOTTY;
	return copy_to_user(arg, &size, sizeof(size));
}

/* How much a regular file has behind the position. */
static long bytes_left(struct file *f, int __user *arg)
{
	return put_user(f->inode->size - READ_ONCE(f->pos), arg);
}

static long driver_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	long err = f->op->ioctl(f, cmd, arg);

	return err == -ENOIOCTLCMD ? -ENOTTY : err;
}

/* Those that are the same for all files; the terminal's are beside them. */
static __noinline long common_ioctl(struct file *f, int fd, unsigned int cmd,
				    unsigned long arg)
{
	switch (cmd) {
	case FIOCLEX:
		return fd_set_cloexec(fd, true);
	case FIONCLEX:
		return fd_set_cloexec(fd, false);
	case FIONBIO:
		return set_nonblock(f, (const int __user *)arg);
	case FIOASYNC:
		return set_async((const int __user *)arg);
	case FIOQSIZE:
		return tell_size(f->inode, (void __user *)arg);
	case FIONREAD:
		if (S_ISREG(f->inode->mode))
			return bytes_left(f, (int __user *)arg);
		return driver_ioctl(f, cmd, arg);
	default:
		return driver_ioctl(f, cmd, arg);
	}
}

static long file_ioctl(struct file *f, int fd, unsigned int cmd,
		       unsigned long arg)
{
	if (cmd >> 8 == 'T')
		return common_ioctl(f, fd, cmd, arg);
	return driver_ioctl(f, cmd, arg);
}

long sys_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	struct fdref ref = fd_borrow(fd);
	long err;

	if (!ref.file)
		return -EBADF;
	err = file_ioctl(ref.file, fd, cmd, arg);
	fd_return(ref);
	return err;
}
