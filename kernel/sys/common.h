/* SPDX-License-Identifier: MIT */
/* What several files of system calls need; nobody outside kernel/sys does. */
#ifndef WARREN_KERNEL_SYS_COMMON_H
#define WARREN_KERNEL_SYS_COMMON_H

#include "fs/file.h"

struct path;
struct task;

/* Is current, as its effective user, the user of @t? */
bool sched_is_owner(struct task *t);
/* Has @t capabilities that current lacks, and no CAP_SYS_NICE over it? How it is
 * scheduled is not current's to say then, also if the user is the same. */
bool sched_is_beyond(struct task *t);

/*
 * A struct whose size the caller tells and which grows with time: copy it in
 * (openat2(2), "Extensibility"). Missing bytes are zero; bytes that we do not
 * know must be: -E2BIG. -EFAULT.
 */
int copy_struct_from_user(void *dst, size_t ksize, const void __user *src,
			  size_t usize);
/* A task by what current calls it, 0: itself; counted. NULL: there is none. */
struct task *task_by_number(pid_t nr);
/* Close-on-exec of current's descriptor @fd: 0, -EBADF. */
int fd_set_cloexec(int fd, bool cloexec);
/* Is a path "" there, and do the AT_ flags allow that? Then dirfd is meant. */
bool path_is_empty(const char __user *path, unsigned int flags);

#endif
