/* SPDX-License-Identifier: MIT */
/* tmpfs and its simpler relatives: see tmpfs.c. */
#ifndef WARREN_FS_TMPFS_H
#define WARREN_FS_TMPFS_H

#include "fs/inode.h"

#define TMPFS_MAGIC 0x01021994
#define RAMFS_MAGIC 0x858458f6

extern const struct fs_type tmpfs_type, ramfs_type, rootfs_type;

void tmpfs_module_init(void);

#endif
