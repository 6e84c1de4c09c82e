/* SPDX-License-Identifier: MIT */
/* /sys: see sysfs.c. */
#ifndef WARREN_FS_SYSFS_H
#define WARREN_FS_SYSFS_H

#include "fs/inode.h"

extern const struct fs_type sysfs_type;

#endif
