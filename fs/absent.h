/* SPDX-License-Identifier: MIT */
/*
 * Names that are not there, remembered. A negative dentry goes with the last who
 * uses it, like any other; a shell that looks for a program in one directory after
 * the other would make and free the same ones all the time. So a ring holds a
 * reference on each of the last that were looked up, until others take their
 * place.
 *
 * What is remembered must not be seen from outside, so it is given up at once
 *   when the name comes to be (d_instantiate(): a file may not be held by this),
 *   when it becomes another's (d_move()),
 *   when its directory is removed or its super block ends,
 *   when someone writes to vm.drop_caches: tests count the objects after it.
 * Only a file system whose names come and go through lookups, under the
 * directory's lock, may use it: tmpfs does. Never procfs, where nobody tells us
 * that a task was born.
 */
#ifndef WARREN_FS_ABSENT_H
#define WARREN_FS_ABSENT_H

#include "fs/dentry.h"

/* @d, hashed and negative, was looked up. May sleep; its directory is locked. */
void absent_keep(struct dentry *d);
/* Give up @d, which the caller holds too. */
void absent_drop(struct dentry *d);
/* Directory @dir was removed: nothing is kept below it. May sleep. */
void absent_drop_below(struct dentry *dir);
/* All of @sb; NULL: all there is. May sleep. */
void absent_flush(const struct super *sb);

#endif
