/* SPDX-License-Identifier: MIT */
/*
 * assert() states what is proved always true; never a check of user input.
 * It is on in every build: a kernel that teaches should stop where it is
 * wrong, and the cost is a compare and a branch.
 */
#ifndef WARREN_KERNEL_LIB_ASSERT_H
#define WARREN_KERNEL_LIB_ASSERT_H

#include "kernel/lib/types.h"

void assert_failed(const char *expr, const char *file, int line)
	__cold __noreturn;

#define assert(expr)                                                           \
	do {                                                                   \
		if (unlikely(!(expr)))                                         \
			assert_failed(#expr, __FILE__, __LINE__);              \
	} while (0)

#endif
