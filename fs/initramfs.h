/* SPDX-License-Identifier: MIT */
/* The first root file system: unpacking the archive that came with boot. */
#ifndef WARREN_FS_INITRAMFS_H
#define WARREN_FS_INITRAMFS_H

#include "kernel/lib/types.h"

/*
 * Unpack cpio archives, plain or gzip'ed, one after the other, below current's
 * root. Says on the console what is wrong and where. 0; -EINVAL: malformed or
 * cut off; -ENOMEM, -ENOSPC and what creating files says.
 */
int initramfs_unpack(const void *data, size_t len);

#endif
