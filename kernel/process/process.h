/* SPDX-License-Identifier: MIT */
/*
 * The life of a process: fork.c makes it, exec.c gives it a program, exit.c ends
 * it, wait.c buries it.
 */
#ifndef WARREN_KERNEL_PROCESS_PROCESS_H
#define WARREN_KERNEL_PROCESS_PROCESS_H

#include <linux/resource.h>
#include <linux/sched.h>

#include "kernel/task/task.h"

/* What clone(2) and clone3(2) ask for. */
struct clone_request {
	u64 flags; /* CLONE_*, without the exit signal */
	int exit_signal;
	u64 stack; /* top of the child's stack; 0: the parent's, copied */
	u64 tls;
	int __user *pidfd, *parent_tid, *child_tid;
	const pid_t *set_tid; /* innermost first */
	size_t set_tid_size;
	struct cgroup *cgroup; /* CLONE_INTO_CGROUP; NULL: current's */
	/* instead of returning to user space: a task that starts in here */
	void (*kernel_fn)(void *arg);
	void *kernel_arg;
};

/* The child's number as the caller sees it, or -errno. */
long process_clone(const struct clone_request *req);
/* Boot: the first process, which begins with @fn. ERR_PTR(-ENOMEM). */
struct task *process_spawn_init(void (*fn)(void *arg), void *arg);

/* execve(2) of a kernel thread that is a process: PID 1. 0 or -errno. */
int kernel_execve(const char *path, const char *const *argv,
		  const char *const *envp);

/* exit.c. @t is dead and nobody will wait for it (any more). */
void task_release(struct task *t);
/* The address space, with what was promised about its end. */
void process_mm_release(struct task *t);

/* reparent.c; tasklist_lock held. Tasks to release are put on @dead by their
 * sibling link. */
void children_reparent(struct task *t, struct list *dead);
void pgrp_kill_orphaned(struct task *t, const struct task *parent);
/* Current is the last thread of init of a pid namespace: end everyone in it. */
void pid_ns_kill(struct pid_ns *ns);

/* wait.c */
struct wait_request {
	enum pid_type type; /* PIDTYPE_MAX: any child */
	struct pid *pid;
	int options; /* W*, __W* */
	/* the answer */
	struct kernel_siginfo info;
	int status; /* as wait4(2) tells it */
	struct rusage ru;
	pid_t found; /* number in the caller's pid namespace; 0: none */
};
/* 0 (see .found), -ECHILD, -ERESTARTSYS. */
int process_wait(struct wait_request *w);

#endif
