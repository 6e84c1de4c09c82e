/* SPDX-License-Identifier: MIT */
/* What the life of a task has to do with System V objects. */
#ifndef WARREN_KERNEL_IPC_TASK_H
#define WARREN_KERNEL_IPC_TASK_H

#include "kernel/lib/types.h"

struct task;

/* clone(2): with CLONE_SYSVSEM the child shares current's list of semaphore
 * adjustments. 0 or -ENOMEM. Undone by sem_task_exit(@child). */
int sem_task_fork(u64 flags, struct task *child);
/* exit(2), unshare(CLONE_SYSVSEM): give up the list; the last one to do so
 * undoes what is on it. Context: may sleep; does not fail or allocate. */
void sem_task_exit(struct task *t);
void shm_task_exit(struct task *t);

#endif
