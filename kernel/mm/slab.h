/* SPDX-License-Identifier: MIT */
/*
 * Objects of one size, with a free list on each CPU. Every cache has a name
 * and an exact count of live objects, so that a leak has a name:
 * /sys/kernel/debug/warren/objects prints them, tests compare them.
 *
 * Interrupt handlers neither allocate nor free.
 */
#ifndef WARREN_KERNEL_MM_SLAB_H
#define WARREN_KERNEL_MM_SLAB_H

#include "kernel/lib/alloc.h"
#include "kernel/lib/list.h"
#include "kernel/lock/spinlock.h"

struct slab {
	const char *name; /* [I] */
	u32 size, align;  /* [I] bytes */
	u32 index;	  /* [I] of the per-CPU magazine in struct cpu */
	u32 per_page;	  /* [I] objects in one block of 2^order frames */
	u32 batch;	  /* [I] moved at once between magazine and blocks */
	u8 order;	  /* [I] */
	struct spinlock lock;
	struct list partial; /* pages with free objects, under lock */
	struct list link;  /* of all caches */
};

void slab_init(void); /* boot: the caches of kmalloc */
/* Boot only: cannot fail but by panic, as there is nothing to run yet. */
struct slab *slab_create(const char *name, size_t size, size_t align);
void *slab_alloc(struct slab *s);  /* content undefined; NULL: no memory */
void *slab_zalloc(struct slab *s); /* zeroed */
void slab_free(struct slab *s, void *obj);
s64 slab_live(const struct slab *s);

/* kmalloc, kzalloc and kfree are in kernel/lib/alloc.h. */
char *kstrdup(const char *s);
char *kasprintf(const char *fmt, ...) __printf(1, 2);

/* For debugfs: call @fn for each cache. */
void slab_for_each(void (*fn)(const struct slab *s, void *arg), void *arg);

/*
 * Fault injection: the Nth allocation (frames and objects) from now on by
 * the current task fails, once. 0 switches it off. fail=N on the kernel
 * command line counts from the start of init.
 */
void alloc_fail_at(u64 n);
bool alloc_should_fail(void); /* called by page_alloc, slab_alloc */
extern bool alloc_fail_on; /* someone called alloc_fail_at(n > 0) */

#endif
