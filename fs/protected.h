/* SPDX-License-Identifier: MIT */
/*
 * fs.protected_*: traps in directories that everybody shares. See protected.c.
 */
#ifndef WARREN_FS_PROTECTED_H
#define WARREN_FS_PROTECTED_H

#include "fs/inode.h"

/* The sysctls. All are 0, as Linux's kernel has them; Debian's boot sets them. */
struct protected {
	u32 hardlinks; /* [a] 0, 1 */
	u32 symlinks;  /* [a] 0, 1 */
	u32 fifos;     /* [a] 0; 1: where all may write; 2: the group, too */
	u32 regular;   /* [a] the same */
};
extern struct protected protected;

/* May current give the file @inode one more name? 0, -EPERM. */
int protected_link(struct inode *inode);
/* May current follow @link, found in @dir, at the end of a name? 0, -EACCES. */
int protected_follow(const struct inode *dir, const struct inode *link);
/* May it open @inode, which open(O_CREAT) found in a directory of @dir_mode and
 * @dir_uid? 0, -EACCES. */
int protected_create(umode_t dir_mode, kuid_t dir_uid,
		     const struct inode *inode);

#endif
