/* SPDX-License-Identifier: MIT */
/* What a process has used: getrusage(2), times(2), wait4(2), /proc. */
#ifndef WARREN_KERNEL_TASK_RUSAGE_H
#define WARREN_KERNEL_TASK_RUSAGE_H

#include <linux/resource.h>
#include <linux/time.h>

struct task;

#define RUSAGE_OF_BOTH (-2) /* itself and its reaped children: wait4(2) */

/*
 * Of @t's process (RUSAGE_SELF), thread (RUSAGE_THREAD), reaped children
 * (RUSAGE_CHILDREN), or RUSAGE_OF_BOTH. Takes tasklist_lock, or is called with
 * it held. @t may be a zombie.
 */
void task_rusage(struct task *t, int who, struct rusage *ru);

#endif
