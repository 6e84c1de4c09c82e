// SPDX-License-Identifier: MIT
/* Counting what a path stands on: see path.h. */
#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/path.h"

void path_get(const struct path *p)
{
	mnt_get(p->mnt);
	d_get(p->dentry);
}

/* The dentry first: the mount keeps its super block alive. */
void path_put(const struct path *p)
{
	d_put(p->dentry);
	mnt_put(p->mnt);
}
