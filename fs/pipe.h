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
/* fcntl(F_GETPIPE_SZ, F_SETPIPE_SZ); -EBADF if @f is no pipe. */
long pipe_fcntl(struct file *f, u32 cmd, unsigned long arg);

#endif
