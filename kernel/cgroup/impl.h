/* SPDX-License-Identifier: MIT */
/* What the files of kernel/cgroup share; cgroup.h is what others see. */
#ifndef WARREN_KERNEL_CGROUP_IMPL_H
#define WARREN_KERNEL_CGROUP_IMPL_H

#include "kernel/cgroup/cgroup.h"

extern struct spinlock cgroup_lock;

/* cgroup.c. The group after @cg, from the top down, in the tree of @top; NULL:
 * the end. */
struct cgroup *cgroup_next_below(struct cgroup *cg, const struct cgroup *top)
	__must_hold(cgroup_mutex);
/* member.c: who polls cgroup.events is told. */
void cgroup_tell_change(struct cgroup *cg) __must_hold(cgroup_lock);

/* freeze.c. @cg has come into its parent, or was removed from it. */
void cgroup_freeze_born(struct cgroup *cg) __must_hold(cgroup_lock);
void cgroup_freeze_gone(struct cgroup *cg) __must_hold(cgroup_lock);
/* @t does not count in @cg any more; it counts in @to and not in @from. */
void cgroup_freeze_left(struct task *t, struct cgroup *cg)
	__must_hold(cgroup_lock);
void cgroup_freeze_moved(const struct task *t, struct cgroup *from,
			 struct cgroup *to) __must_hold(cgroup_lock);

#endif
