/* SPDX-License-Identifier: MIT */
/*
 * "Which check refused?" A failing check leaves its reason behind:
 *
 *	return why(-EINVAL, "setns: fd is a %s namespace, asked for %s", ...);
 *
 * `ns why` prints the last one of the caller's process group, read from
 * /sys/kernel/debug/warren/why. The path that succeeds pays nothing.
 */
#ifndef WARREN_KERNEL_DEBUG_WHY_H
#define WARREN_KERNEL_DEBUG_WHY_H

#include "kernel/lib/types.h"

/* A refusal, and who met it; numbers are those of the initial pid namespace. */
struct why {
	int error; /* -errno; 0: an empty place */
	pid_t pid, pgrp, session;
	char comm[16];
	char text[100];
};

/* Note the reason for current, return @error. Any context but interrupts. */
int why(int error, const char *fmt, ...) __cold __printf(2, 3);

/*
 * The newest refusal in current's process group into @out. A job of an
 * interactive shell is a group of its own, `ns why` is one too: where the
 * group has met none, it is the newest of the session. False: there is none.
 */
bool why_last(struct why *out);

#endif
