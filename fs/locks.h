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
void locks_release_posix_slow(struct file *f, struct files *owner);
void locks_release_file_slow(struct file *f);

/* close(2): POSIX locks of the table's owner on this inode go. What the caller has
 * locked himself he sees. */
static inline void locks_release_posix(struct file *f, struct files *owner)
{
	if (unlikely(!list_empty(&f->inode->flocks)))
		locks_release_posix_slow(f, owner);
}

/* The last reference to an open file goes. */
static inline void locks_release_file(struct file *f)
{
	if (unlikely(!list_empty(&f->inode->flocks)))
		locks_release_file_slow(f);
}

#endif
