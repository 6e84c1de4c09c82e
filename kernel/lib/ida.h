/* SPDX-License-Identifier: MIT */
/* Small integers, lowest free first: inums, mount ids, device minors. */
#ifndef WARREN_KERNEL_LIB_IDA_H
#define WARREN_KERNEL_LIB_IDA_H

#include "kernel/lib/types.h"

/* Two levels: chunks of 512 bits, and an array of chunks that grows. The
 * search starts at the first word that may have room. All chunks but the first
 * are freed when they are empty. The owner locks. */
struct ida {
	u64 **chunks;
	u32 nr_chunks;
	u32 first_free; /* word of 64 numbers: none before it has room */
};

#define IDA_INIT { 0 }
int ida_alloc(struct ida *ida); /* lowest free number >= 0, or -ENOMEM */
void ida_free(struct ida *ida, u32 id);
void ida_destroy(struct ida *ida); /* its owner ends; not to be used again */

#endif
