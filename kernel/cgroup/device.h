/* SPDX-License-Identifier: MIT */
/*
 * Which devices the members of a group may make, read and write: programs that
 * are attached to groups (bpf(2), BPF_CGROUP_DEVICE) and say yes or no.
 *
 * A program sees a struct bpf_cgroup_dev_ctx. Of the groups from a task's own
 * up to the root, the first that has programs is asked, and all above it whose
 * programs are of the many (BPF_F_ALLOW_MULTI); each must say yes. A task's
 * programs are those of the group it is in at that moment; an open file stays
 * open.
 *
 * Locks: devices_lock, a mutex, below inode->lock: the programs of all groups.
 * As long as no group has one, nothing is locked.
 */
#ifndef WARREN_KERNEL_CGROUP_DEVICE_H
#define WARREN_KERNEL_CGROUP_DEVICE_H

#include "kernel/cgroup/cgroup.h"
#include "kernel/task/ebpf.h"

#define DEVICE_PROGS_MAX 64u

extern const struct ebpf_kind device_kind;

/* An attachment: the group's programs are a chain, the oldest first. */
struct device_rule {
	struct device_rule *next; /* devices_lock */
	struct ebpf_prog *prog;	  /* devices_lock; counted */
};

/* @flags: BPF_F_*. @old, or NULL: with BPF_F_REPLACE, whose place @prog takes.
 * 0; -EINVAL: flags, or it is there; -EPERM: those above, or of the group, are of
 * another mode; -ENOENT: no @old; -E2BIG; -ENOMEM. */
int device_attach(struct cgroup *cg, struct ebpf_prog *prog, u32 flags,
		  const struct ebpf_prog *old);
/* @prog, or NULL: which of many. 0; -EINVAL: one of many must be named; -ENOENT. */
int device_detach(struct cgroup *cg, const struct ebpf_prog *prog);
/* Ids of the programs of @cg, or of all that would be asked for a member
 * (@effective), into ids[@n]; how many there are. *@flags: the group's mode. */
u32 device_query(const struct cgroup *cg, bool effective, u32 *ids, u32 n,
		 u32 *flags);
void device_rules_free(struct cgroup *cg); /* cgroup_put's last */

#endif
