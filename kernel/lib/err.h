/* SPDX-License-Identifier: MIT */
/*
 * Errors as values: 0 or -errno for ints, ERR_PTR for makers of objects.
 * A maker returns an object or ERR_PTR and never NULL; a finder returns an
 * object or NULL and never ERR_PTR.
 */
#ifndef WARREN_KERNEL_LIB_ERR_H
#define WARREN_KERNEL_LIB_ERR_H

#include <linux/errno.h>

#include "kernel/lib/types.h"

#define MAX_ERRNO 4095

/*
 * Internal results of an interrupted system call. They never reach user
 * space: signal delivery turns them into a restart or into -EINTR
 * (signal(7), "Interruption of system calls").
 */
#define ERESTARTSYS 512	   /* restart if SA_RESTART, else -EINTR */
#define ERESTARTNOINTR 513 /* always restart */
#define ERESTARTNOHAND 514 /* restart only if no handler ran */
#define ERESTART_RESTARTBLOCK 516 /* restart through restart_syscall(2) */
#define ENOIOCTLCMD 515		  /* no such ioctl: -ENOTTY to user space */

#define IS_ERR_VALUE(x) unlikely((unsigned long)(x) >= (unsigned long)-MAX_ERRNO)

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return IS_ERR_VALUE(ptr);
}

static inline int PTR_ERR_OR_ZERO(const void *ptr)
{
	return IS_ERR(ptr) ? (int)PTR_ERR(ptr) : 0;
}

#endif
