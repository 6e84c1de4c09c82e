/* SPDX-License-Identifier: MIT */
/* Device nodes: see devfs.c. */
#ifndef WARREN_FS_DEVFS_H
#define WARREN_FS_DEVFS_H

#include "fs/inode.h"

extern const struct fs_type devtmpfs_type;
/* The driver of a character device; one whose open is -ENXIO if unknown. */
const struct file_ops *chrdev_fops(dev_t dev);

#endif
