/* SPDX-License-Identifier: MIT */
/*
 * seccomp(2): which system calls a task may make. A filter is a program over
 * struct seccomp_data; filters are a chain, the newest first, and a child
 * begins with its parent's. None is ever taken off.
 *
 * The way of a call that nobody filters stays as it is: task.plain_calls, the
 * number below which the dispatcher looks no further, is 0 for who has a mode.
 */
#ifndef WARREN_KERNEL_TASK_SECCOMP_H
#define WARREN_KERNEL_TASK_SECCOMP_H

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "kernel/lib/refcount.h"

struct regs;
struct task;

struct seccomp_filter {
	struct refcount refs; /* tasks, and newer filters */
	struct seccomp_filter *older; /* [I] counted; NULL */
	u32 depth; /* [I] filters in the chain, this one included */
	u32 total; /* [I] instructions of the chain, as CHAIN_MAX counts them */
	u32 len;   /* [I] */
	struct sock_filter prog[];
};

/* Current gets the filter @prog beside those that it has. -ENOMEM: also if the
 * chain becomes too long; -EINVAL: @prog is not a program. */
int seccomp_add(const struct sock_filter *prog, u32 len);
/* From now on read, write, exit and sigreturn alone. -EINVAL: has filters. */
int seccomp_set_strict(void);
void seccomp_fork(struct task *child); /* current's, of a new task */
void seccomp_put(struct seccomp_filter *f); /* NULL ignored */
/* A call of current, which has a mode. False: it is not made, and regs->ax says
 * what it gives. Need not return. */
bool seccomp_allows(struct regs *regs);

#endif
