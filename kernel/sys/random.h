/* SPDX-License-Identifier: MIT */
/* Random bytes for getrandom(2), /dev/urandom and exec's AT_RANDOM. */
#ifndef WARREN_KERNEL_SYS_RANDOM_H
#define WARREN_KERNEL_SYS_RANDOM_H

#include "kernel/lib/types.h"

/* Any context but interrupts; does not sleep. */
void random_bytes(void *buf, size_t n);

#endif
