/* SPDX-License-Identifier: MIT */
/*
 * The three allocator calls that lib may make: a declared upcall. In the
 * kernel mm/slab.c defines them; in unit tests they are malloc(3).
 */
#ifndef WARREN_KERNEL_LIB_ALLOC_H
#define WARREN_KERNEL_LIB_ALLOC_H

#include "kernel/lib/types.h"

/* Sizes that are known only at run time; up to 8 MiB. NULL: no memory. */
void *kmalloc(size_t size);
void *kzalloc(size_t size);
void kfree(const void *p); /* NULL is ignored */

#endif
