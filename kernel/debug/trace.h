/* SPDX-License-Identifier: MIT */
/*
 * The tracer: a ring of text lines about chosen system calls, path-walk
 * steps and namespace references, read from /sys/kernel/debug/warren/trace.
 * Writing words to .../trace_on switches kinds on: "syscalls", "walk", "ns",
 * a system call's name, or "off".
 */
#ifndef WARREN_KERNEL_DEBUG_TRACE_H
#define WARREN_KERNEL_DEBUG_TRACE_H

#include "kernel/lib/types.h"

enum trace_kind { TRACE_SYSCALL = 1, TRACE_WALK = 2, TRACE_NS = 4 };
extern u32 trace_on; /* set of kinds; 0 normally */

void trace_line(enum trace_kind kind, const char *fmt, ...) __printf(2, 3);

/* Switch by words, as written to trace_on: any of "syscalls walk ns", names
 * of system calls, "off". -EINVAL: a word is unknown, nothing changed. */
int trace_configure(const char *words);
size_t trace_status(char *buf, size_t size); /* the words that are on */
/* Copy the last whole lines of the ring that fit in @size, oldest first. */
size_t trace_read(char *buf, size_t size);
void trace_clear(void);
bool trace_syscall_chosen(u32 nr); /* is that system call to be traced? */

/* sys/table.c, upcalls. NULL, -1: there is none. */
const char *syscall_name(u32 nr);
int syscall_number(const char *name);
#define NR_SYSCALLS 512

/* Costs one test of a global when tracing is off. */
#define trace(kind, ...)                                                       \
	do {                                                                   \
		if (unlikely(trace_on & (kind)))                               \
			trace_line((kind), __VA_ARGS__);                       \
	} while (0)

#endif
