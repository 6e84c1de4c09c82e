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

/* Costs one test of a global when tracing is off. */
#define trace(kind, ...)                                                       \
	do {                                                                   \
		if (unlikely(trace_on & (kind)))                               \
			trace_line((kind), __VA_ARGS__);                       \
	} while (0)

#endif
