/* SPDX-License-Identifier: MIT */
/* The tasks that getpriority(2), ioprio_get(2) and their like mean: one, those
 * of a process group, or those of a user. */
#ifndef WARREN_KERNEL_SYS_WHO_H
#define WARREN_KERNEL_SYS_WHO_H

struct task;

struct who_walk {
	/* Called for each task, perhaps under a spinlock: may not sleep. */
	void (*visit)(struct who_walk *w, struct task *t);
};

/**
 * who_walk() - visit the tasks that @which and @who name
 * @w: its visit function is called, never if there is no such task
 * @which: PRIO_PROCESS, PRIO_PGRP or PRIO_USER
 * @who: a number of that kind; 0 is the caller's own
 *
 * Context: process context. Takes tasklist_lock.
 * Return: 0, or -EINVAL if @which is none of these.
 */
int who_walk(struct who_walk *w, int which, int who);

#endif
