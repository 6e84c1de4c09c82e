/* SPDX-License-Identifier: MIT */
/*
 * struct regs: the user registers as entry.asm saves them on the kernel
 * stack. The order is that of Linux's struct pt_regs, which is ABI for
 * signal frames and ptrace.
 */
#ifndef WARREN_ARCH_X86_64_REGS_H
#define WARREN_ARCH_X86_64_REGS_H

#include "kernel/lib/types.h"

struct regs {
	u64 r15, r14, r13, r12, bp, bx; /* callee-saved */
	u64 r11, r10, r9, r8, ax, cx, dx, si, di;
	u64 orig_ax; /* system call number, -1 if not in a system call */
	u64 ip, cs, flags, sp, ss; /* what IRETQ pops */
};

/* System call arguments, in the order of the System V x86-64 ABI, A.2.1. */
#define SYSCALL_ARG0(r) ((r)->di)
#define SYSCALL_ARG1(r) ((r)->si)
#define SYSCALL_ARG2(r) ((r)->dx)
#define SYSCALL_ARG3(r) ((r)->r10)
#define SYSCALL_ARG4(r) ((r)->r8)
#define SYSCALL_ARG5(r) ((r)->r9)

#endif
