/* SPDX-License-Identifier: MIT */
/*
 * A place in the tree of mounts: which mount, and which dentry in it.
 * path_get/path_put count both.
 */
#ifndef WARREN_FS_PATH_H
#define WARREN_FS_PATH_H

#include "kernel/lib/types.h"

struct mount;
struct dentry;

struct path {
	struct mount *mnt;
	struct dentry *dentry;
};

void path_get(const struct path *p);
void path_put(const struct path *p); /* may sleep */
static inline bool path_equal(const struct path *a, const struct path *b)
{
	return a->mnt == b->mnt && a->dentry == b->dentry;
}

#endif
