/* SPDX-License-Identifier: MIT */
/* debugfs: what Linux hides. See debugfs.c. */
#ifndef WARREN_FS_DEBUGFS_H
#define WARREN_FS_DEBUGFS_H

#include "fs/inode.h"

extern const struct fs_type debugfs_type;

#endif
