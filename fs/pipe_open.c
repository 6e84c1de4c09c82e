// SPDX-License-Identifier: MIT
/*
 * How a pipe is opened: FIFOs by their name, pipes by pipe(2) or through
 * /proc/PID/fd; and its size (fcntl(2)). See pipe.c.
 */
#include <linux/fcntl.h>

#include "fs/pipe_impl.h"
#include "kernel/lib/alloc.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"

/* The FIFO's pipe, made at the first open; its lock is held. */
static struct pipe *fifo_pipe_locked(struct inode *inode)
{
	struct pipe *p;

	mutex_lock(&inode->lock);
	p = inode->pipe;
	if (!p) {
		p = pipe_new();
		inode->pipe = p;
	}
	if (p)
		mutex_lock(&p->lock);
	mutex_unlock(&inode->lock);
	return p;
}

/*
 * fifo(7): a reader waits for a writer and the other way round; O_RDWR waits
 * for nobody; O_NONBLOCK reading succeeds at once, writing is ENXIO without a
 * reader.
 */
static int fifo_open(struct inode *inode, struct file *f)
{
	struct pipe *p = fifo_pipe_locked(inode);
	u32 seen_rd, seen_wr;
	bool rd = f->mode & FMODE_READ, wr = f->mode & FMODE_WRITE;
	bool nonblock = f->flags & O_NONBLOCK;
	int err = 0;

	if (!p)
		return -ENOMEM;
	if (wr && !rd && nonblock && !p->readers) {
		mutex_unlock(&p->lock);
		return -ENXIO;
	}
	seen_rd = p->rd_opens;
	seen_wr = p->wr_opens;
	pipe_attach(p, f);
	mutex_unlock(&p->lock);
	wake_up_all(&p->rd_wait);
	wake_up_all(&p->wr_wait);
	if (rd && !wr && !nonblock && !READ_ONCE(p->writers))
		err = wait_event_interruptible(
			&p->rd_wait, READ_ONCE(p->wr_opens) != seen_wr);
	else if (wr && !rd && !READ_ONCE(p->readers))
		err = wait_event_interruptible(
			&p->wr_wait, READ_ONCE(p->rd_opens) != seen_rd);
	if (err)
		pipe_release(f);
	return err;
}

const struct file_ops fifo_fops = {
	FILE_OPS_DEFAULTS,
	.open = fifo_open,
};

/* A pipe of pipe(2) opened again, by /proc/PID/fd: unlike a FIFO's, such an
 * open waits for nobody, since the other end may have come and gone. */
static int pipe_reopen(struct inode *inode, struct file *f)
{
	struct pipe *p = fifo_pipe_locked(inode);

	if (!p)
		return -ENOMEM;
	pipe_attach(p, f);
	mutex_unlock(&p->lock);
	return 0;
}

const struct file_ops pipe_inode_fops = {
	FILE_OPS_DEFAULTS,
	.open = pipe_reopen,
};

long pipe_fcntl(struct file *f, u32 cmd, unsigned long arg)
{
	struct pipe *p = f->private;
	char **slot;
	u32 n;

	if (f->op != &pipe_fops)
		return -EBADF;
	if (cmd == F_GETPIPE_SZ)
		return p->nr_slots * PAGE_SIZE;
	if (arg > PIPE_MAX_SLOTS * PAGE_SIZE)
		return capable(CAP_SYS_RESOURCE) ? -EINVAL : -EPERM;
	for (n = 1; n * PAGE_SIZE < arg; n *= 2)
		;
	slot = kzalloc(n * sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	mutex_lock(&p->lock);
	if (DIV_ROUND_UP(p->head, PAGE_SIZE) - p->tail / PAGE_SIZE > n) {
		mutex_unlock(&p->lock);
		kfree(slot);
		return -EBUSY;
	}
	for (u64 i = p->tail >> PAGE_SHIFT; i << PAGE_SHIFT < p->head; i++)
		slot[i % n] = p->slot[i % p->nr_slots];
	kfree(p->slot);
	p->slot = slot;
	p->nr_slots = n;
	mutex_unlock(&p->lock);
	return n * PAGE_SIZE;
}

/* ---- pipe(2) ------------------------------------------------------------ */

static struct file *pipe_end(struct inode *inode, struct pipe *p, u32 flags)
{
	struct file *f = anon_inode_file(inode_get(inode), "pipe", flags);

	if (!IS_ERR(f))
		pipe_attach(p, f);
	return f;
}

/* Both ends on one inode; *@wr is set only if 0 is returned. */
static int pipe_files(struct file **rd, struct file **wr, u32 flags)
{
	struct inode *inode = anon_inode_new(S_IFIFO | 0600);
	struct pipe *p;

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	p = pipe_new();
	if (!p) {
		inode_put(inode);
		return -ENOMEM;
	}
	inode->pipe = p;
	*rd = pipe_end(inode, p, O_RDONLY | flags);
	if (IS_ERR(*rd)) {
		inode->pipe = NULL;
		pipe_free(p);
		inode_put(inode);
		return (int)PTR_ERR(*rd);
	}
	*wr = pipe_end(inode, p, O_WRONLY | flags);
	inode_put(inode);
	if (IS_ERR(*wr))
		file_put(*rd); /* frees the pipe */
	return PTR_ERR_OR_ZERO(*wr);
}

/* Two descriptors for two files, both or none; the files are put on error. */
int fd_install_pair(struct file *a, struct file *b, u32 flags, int __user *fds)
{
	int fd[2] = { -1, -1 }, err;

	fd[0] = fd_alloc(0, flags & O_CLOEXEC);
	if (fd[0] >= 0)
		fd[1] = fd_alloc(0, flags & O_CLOEXEC);
	err = min(fd[0], fd[1]);
	if (err >= 0)
		err = copy_to_user(fds, fd, sizeof(fd));
	if (err < 0) {
		for (int i = 0; i < 2; i++)
			if (fd[i] >= 0)
				fd_free(fd[i]);
		file_put(a);
		file_put(b);
		return fd[0] < 0 ? fd[0] : err;
	}
	fd_install(fd[0], a);
	fd_install(fd[1], b);
	return 0;
}

long sys_pipe2(int __user *fds, int flags)
{
	struct file *rd = NULL, *wr = NULL;
	int err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	err = pipe_files(&rd, &wr, flags & O_NONBLOCK);
	return err ? err : fd_install_pair(rd, wr, flags, fds);
}

long sys_pipe(int __user *fds)
{
	return sys_pipe2(fds, 0);
}
