/* SPDX-License-Identifier: MIT */
/* What the life of a task has to do with System V objects. */
#ifndef WARREN_KERNEL_IPC_TASK_H
#define WARREN_KERNEL_IPC_TASK_H

#include "kernel/task/task.h"

/* clone(2): with CLONE_SYSVSEM the child shares current's list of semaphore
 * adjustments. 0 or -ENOMEM. Undone by sem_task_exit(@child). */
int sem_task_fork(u64 flags, struct task *child);
/* exit(2), unshare(CLONE_SYSVSEM): give up the list; the last one to do so
 * undoes what is on it. Context: may sleep; does not fail or allocate. */
void sem_task_exit(struct task *t);
void shm_task_exit(struct task *t);

/* Current leaves its ipc namespace, or altogether: semaphore adjustments and the
 * role of a segment's maker end. Most tasks have neither, and nobody else gives them
 * to it meanwhile. */
static inline void ipc_task_leave(void)
{
	if (unlikely(current->sysvsem))
		sem_task_exit(current);
	if (unlikely(!list_empty_careful(&current->shm_created)))
		shm_task_exit(current);
}

#endif
