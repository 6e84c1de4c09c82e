/* SPDX-License-Identifier: MIT */
/* Moving current between namespaces: setns(2) and unshare(2). See nsset.c. */
#ifndef WARREN_KERNEL_PROCESS_NSSET_H
#define WARREN_KERNEL_PROCESS_NSSET_H

#include "kernel/lib/types.h"

struct ns;
struct pid;

/* Into @ns. @type: CLONE_NEW* that it must be, or 0. */
int setns_ns(struct ns *ns, u32 type);
/* Into those namespaces of @pid's task that @flags names (CLONE_NEW*). */
int setns_pid(struct pid *pid, u32 flags);
/* unshare(2). */
int unshare(u64 flags);

#endif
