/* SPDX-License-Identifier: MIT */
/* Advisory locks on files: flock(2), fcntl(2)'s F_SETLK and F_OFD_SETLK. */
#ifndef WARREN_FS_LOCKS_H
#define WARREN_FS_LOCKS_H

#include <linux/fcntl.h>

#include "fs/file.h"

struct files;

/* flock(2)'s @op: LOCK_SH, LOCK_EX, LOCK_UN, LOCK_NB. -EWOULDBLOCK, -EINVAL,
 * -ERESTARTSYS, -ENOLCK. */
int locks_flock(struct file *f, unsigned int op);
/* F_GETLK, F_SETLK, F_SETLKW and their F_OFD_ brothers, on a kernel copy. */
int locks_fcntl(struct file *f, unsigned int cmd, struct flock *l);
/* close(2): POSIX locks of the table's owner on this inode go. */
void locks_release_posix(struct file *f, struct files *owner);
/* The last reference to an open file goes. */
void locks_release_file(struct file *f);

#endif
