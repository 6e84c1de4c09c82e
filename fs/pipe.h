/* SPDX-License-Identifier: MIT */
/* Pipes and FIFOs: see pipe.c. */
#ifndef WARREN_FS_PIPE_H
#define WARREN_FS_PIPE_H

#include "fs/file.h"

struct pipe;

extern const struct file_ops fifo_fops; /* opens block for the other end */
extern const struct file_ops pipe_inode_fops; /* opens do not */
void pipe_module_init(void);
void pipe_free(struct pipe *pipe); /* inode eviction */
/* pipe(2), socketpair(2): descriptors for @a and @b into @fds, both or none;
 * takes over the files. -EMFILE, -EFAULT. */
int fd_install_pair(struct file *a, struct file *b, u32 flags, int __user *fds);
bool file_is_pipe(const struct file *f);
/* For splice(2). Do two files belong to one pipe? */
bool pipe_same(const struct file *a, const struct file *b);
/* Wait for bytes, unless @nonblock, and copy at most @n, which stay in the pipe.
 * How many; 0: there is no writer either. -EAGAIN, -ERESTARTSYS. */
ssize_t pipe_peek(struct file *f, void *buf, size_t n, bool nonblock);
/* The same, and nobody else reads until pipe_consume(), if it is > 0. */
ssize_t pipe_claim(struct file *f, void *buf, size_t n, bool nonblock);
/* Take away the first @n bytes of those, and let others read. */
void pipe_consume(struct file *f, size_t n);
/* Write as much as there is room for, which may be 0, and do not wait. -EPIPE
 * (and the signal), -ENOMEM. */
ssize_t pipe_fill(struct file *f, const void *buf, size_t n);
/* Wait for room, unless @nonblock: how many bytes there are. -EPIPE (and the
 * signal), -EAGAIN, -ERESTARTSYS. */
ssize_t pipe_wait_room(struct file *f, bool nonblock);
/* fcntl(F_GETPIPE_SZ, F_SETPIPE_SZ); -EBADF if @f is no pipe. */
long pipe_fcntl(struct file *f, u32 cmd, unsigned long arg);

#endif
