/* SPDX-License-Identifier: MIT */
/* The types of groups: theory in threaded.c. */
#ifndef WARREN_KERNEL_CGROUP_THREADED_H
#define WARREN_KERNEL_CGROUP_THREADED_H

#include "kernel/cgroup/cgroup.h"

/* The domain to which @cg belongs: itself, or one above. */
struct cgroup *cgroup_domain(struct cgroup *cg) __must_hold(cgroup_mutex);
/* What cgroup.type says. */
const char *cgroup_type(const struct cgroup *cg) __must_hold(cgroup_mutex);
/* 0; -EOPNOTSUPP: @cg or its domain cannot be that. */
int cgroup_make_threaded(struct cgroup *cg) __must_hold(cgroup_mutex);
/* May processes come into @cg? 0; -EOPNOTSUPP: it is invalid; -EBUSY: it gives a
 * controller to groups that have some. */
int cgroup_vet_enter(struct cgroup *cg) __must_hold(cgroup_mutex);
/* May @cg give a controller? The same errors. */
int cgroup_vet_give(struct cgroup *cg) __must_hold(cgroup_mutex);

#endif
