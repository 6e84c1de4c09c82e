/* SPDX-License-Identifier: MIT */
/*
 * "Which check refused?" A failing check leaves its reason with the task:
 *
 *	return why(-EINVAL, "setns: fd is a %s namespace, asked for %s", ...);
 *
 * `ns why` prints the last one of the caller's process group, read from
 * /sys/kernel/debug/warren/why. The path that succeeds pays nothing.
 */
#ifndef WARREN_KERNEL_DEBUG_WHY_H
#define WARREN_KERNEL_DEBUG_WHY_H

#include "kernel/lib/types.h"

/* Note the reason for current, return @error. Any context but interrupts. */
int why(int error, const char *fmt, ...) __printf(2, 3);

#endif
