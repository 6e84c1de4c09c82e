/* SPDX-License-Identifier: MIT */
/*
 * A map from a u64 index to a pointer, sparse and growing with the largest
 * index: the pages of a file. No locks; nodes come from a slab cache.
 */
#ifndef WARREN_KERNEL_LIB_RADIX_H
#define WARREN_KERNEL_LIB_RADIX_H

#include "kernel/lib/types.h"

struct radix {
	void *root;  /* node, or the item itself when height is 0 */
	u32 height;  /* levels of 64-way nodes */
	u32 count;   /* items in the map: 16 TiB of pages */
};

void radix_module_init(void);
void *radix_lookup(const struct radix *r, u64 index);
int radix_insert(struct radix *r, u64 index, void *item); /* -ENOMEM, -EEXIST */
void *radix_remove(struct radix *r, u64 index);	/* the item, or NULL */
/* The first item at or after *@index; sets *@index to where it is. */
void *radix_next(const struct radix *r, u64 *index);

#endif
