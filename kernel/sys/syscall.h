/* SPDX-License-Identifier: MIT */
/*
 * The system calls. syscalls.def is the only list: from it come the
 * prototypes here, the table and its trampolines in table.c, the names and
 * argument types of the tracer, and the README's table.
 *
 * A sys_ function gets its arguments in their own types, copies what they
 * point to once, and calls down. It returns a value >= 0, -errno, or one of
 * the ERESTART codes of kernel/lib/err.h.
 */
#ifndef WARREN_KERNEL_SYS_SYSCALL_H
#define WARREN_KERNEL_SYS_SYSCALL_H

#include <asm/signal.h>
#include <asm/siginfo.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/capability.h>
#include <linux/eventpoll.h>
#include <linux/openat2.h>
#include <linux/poll.h>
#include <linux/posix_types.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/sysinfo.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/times.h>
#include <linux/uio.h>
#include <linux/utsname.h>

#include "arch/x86_64/arch.h"
#include "kernel/lib/err.h"

union bpf_attr;
struct mq_attr;
struct sched_attr;
struct msgbuf;
struct sembuf;
struct user_msghdr; /* kernel/net/socket.h */

#define SYSCALL0(nr, name) long sys_##name(void);
#define SYSCALL1(nr, name, t1, n1) long sys_##name(t1 n1);
#define SYSCALL2(nr, name, t1, n1, t2, n2) long sys_##name(t1 n1, t2 n2);
#define SYSCALL3(nr, name, t1, n1, t2, n2, t3, n3)                             \
	long sys_##name(t1 n1, t2 n2, t3 n3);
#define SYSCALL4(nr, name, t1, n1, t2, n2, t3, n3, t4, n4)                     \
	long sys_##name(t1 n1, t2 n2, t3 n3, t4 n4);
#define SYSCALL5(nr, name, t1, n1, t2, n2, t3, n3, t4, n4, t5, n5)             \
	long sys_##name(t1 n1, t2 n2, t3 n3, t4 n4, t5 n5);
#define SYSCALL6(nr, name, t1, n1, t2, n2, t3, n3, t4, n4, t5, n5, t6, n6)     \
	long sys_##name(t1 n1, t2 n2, t3 n3, t4 n4, t5 n5, t6 n6);
#include "kernel/sys/syscalls.def"
#include "kernel/sys/syscall_undef.h"

#endif
