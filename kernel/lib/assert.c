// SPDX-License-Identifier: MIT
/* Where a failed assert() ends. */
#include "arch/x86_64/arch.h"
#include "kernel/lib/assert.h"

void assert_failed(const char *expr, const char *file, int line)
{
	panic("%s:%d: expected %s, found it false", file, line, expr);
}
