/* SPDX-License-Identifier: MIT */
/* Words of the kernel command line, split at blanks: "quiet init=/bin/sh". */
#ifndef WARREN_KERNEL_LIB_CMDLINE_H
#define WARREN_KERNEL_LIB_CMDLINE_H

#include "kernel/lib/types.h"

/* Is @word one of the words of @line? */
bool cmdline_has(const char *line, const char *word);
/* The value of the last "@key=value", copied to @buf (cut to @size); false:
 * there is none. */
bool cmdline_value(const char *line, const char *key, char *buf, size_t size);

#endif
