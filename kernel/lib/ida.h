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

/* Many at once: numbers of one word, .first and up, by the bits that are set. */
struct ida_run {
	u64 bits;
	u32 first;
};

/* All free numbers of the first word that has any, for an empty @run: 0, -ENOMEM. */
int ida_take(struct ida *ida, struct ida_run *run);
void ida_give(struct ida *ida, struct ida_run *run); /* back; @run is empty */

/* The lowest number of @run, which has one, leaves it. */
static inline u32 ida_run_pop(struct ida_run *run)
{
	u32 bit = (u32)__builtin_ctzll(run->bits);

	run->bits &= run->bits - 1;
	return run->first + bit;
}

/* @id joins @run. False: what is in it is of another word. */
static inline bool ida_run_push(struct ida_run *run, u32 id)
{
	u32 first = id & ~63u;

	if (run->bits && run->first != first)
		return false;
	run->first = first;
	run->bits |= 1ULL << (id % 64);
	return true;
}

#endif
