/* SPDX-License-Identifier: MIT */
/*
 * What the light walk (walk_light.c) and those who change or free what it reads
 * owe each other.
 *
 * A light walk goes from dentry to dentry and from mount to mount without a
 * lock and without counting anything; only where it ends it takes references.
 * It rests on three promises.
 *
 *   It is short. Between light_enter() and light_leave() it neither sleeps nor
 *   waits for anybody who could wait for it, nor puts anything. The kernel is
 *   not preemptible, so a CPU is in at most one light walk, and all the walk has
 *   to say is that its CPU is in one: cpu->walks is odd.
 *
 *   Nothing goes away under it. Who frees a dentry, and with it inode and name,
 *   or a mount, first takes it out of the hash and off its parent, so that walks
 *   which begin from now on cannot come to it, and then calls light_wait(): until
 *   each other CPU has left the walk in which it was. Nothing is freed by itself
 *   in a walk, so with one CPU there is nobody to wait for. Then the memory goes
 *   at once: there is no worker and no list of what is to be freed later.
 *   Fields of what is alive still (d->inode, d->parent, m->parent) may change
 *   meanwhile, but are always valid pointers or NULL. The name of a dentry that
 *   is hashed never changes: d_move() unhashes it and waits before.
 *
 *   It knows when it may have seen half of a change. A rename, and each change of
 *   the tree of mounts, stands between tree_change_begin() and
 *   tree_change_end(). A walk that began during one, or during which one began,
 *   is worth nothing: the walk with references, which has locks, does it anew.
 *   A single name that comes or goes is no such change: it was found, or it was
 *   not, at one moment of the walk.
 *
 * A miss is not an answer either: a chain that changes under the walk may seem
 * to end early.
 */
#ifndef WARREN_FS_LIGHT_H
#define WARREN_FS_LIGHT_H

#include "arch/x86_64/arch.h"
#include "kernel/lib/types.h"

extern struct tree_changes {
	u32 begun, ended; /* [a] */
} tree_changes;

/* The addition is also a fence: what is read from now on is as new as what
 * light_wait() sees of cpu->walks. */
static inline void light_enter(void)
{
	atomic_add(&this_cpu()->walks, 1);
}

static inline void light_leave(void)
{
	struct cpu *c = this_cpu();

	atomic_store(&c->walks, c->walks + 1);
}

/* What cannot be found any more is about to be freed. No spinlock is held. */
void light_wait(void);

static inline void tree_change_begin(void)
{
	atomic_add(&tree_changes.begun, 1);
}

static inline void tree_change_end(void)
{
	atomic_add(&tree_changes.ended, 1);
}

/* A change is under way? If not, *@seen says at which one we are. .ended is read
 * first: it never overtakes .begun, so at the second look they were equal. */
static inline bool tree_is_changing(u32 *seen)
{
	u32 ended = atomic_load(&tree_changes.ended);

	*seen = atomic_load(&tree_changes.begun);
	return *seen != ended;
}

static inline bool tree_has_changed(u32 seen)
{
	return atomic_load(&tree_changes.begun) != seen;
}

#endif
