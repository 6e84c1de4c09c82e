/* SPDX-License-Identifier: MIT */
/* What the parts of ns share: a picture of the tasks and their namespaces. */
#ifndef WARREN_USER_NS_H
#define WARREN_USER_NS_H

#include <stddef.h>
#include <sys/types.h>

/* One entry of one task's /proc/PID/ns. */
struct hole {
	pid_t pid;
	char name[24]; /* of the entry: "uts", "pid_for_children" */
	ino_t inum;    /* 0: the entry names nothing (yet, or any more) */
	int error;     /* then: why */
};

struct picture {
	struct hole *holes; /* grouped by task, tasks in rising order */
	size_t nr;
};

/* Look at task @pid, or at every task if it is 0. Ends the program if there
 * is no such task. */
void picture_take(struct picture *p, pid_t pid);
/* The task's name as ps shows it; "?" if it is gone. */
const char *task_name(pid_t pid);
/* Does this entry say what future children get, not what the task is in? */
int hole_for_children(const struct hole *h);

int ns_graph(void); /* the picture as DOT, on stdout */

#endif
