/* SPDX-License-Identifier: MIT */
/* fsopen(2) and what goes with it; see fsopen.c. Each returns a descriptor
 * or 0, or -errno; arguments are in the kernel, their bits unchecked. */
#ifndef WARREN_FS_FSOPEN_H
#define WARREN_FS_FSOPEN_H

#include "fs/context.h"

int do_fsopen(const char *type_name, u32 flags);
int do_fspick(int dirfd, const char *name, u32 flags);
/* @key and @v (its text) may be cut up. */
int do_fsconfig(int fd, u32 cmd, const char *key, struct fs_value *v);
int do_fsmount(int fd, u32 flags, u32 attr);

#endif
