/* SPDX-License-Identifier: MIT */
/*
 * A reference count that cannot be revived once it is zero, and that
 * saturates instead of wrapping: an object is then leaked, never freed
 * while in use.
 */
#ifndef WARREN_KERNEL_LIB_REFCOUNT_H
#define WARREN_KERNEL_LIB_REFCOUNT_H

#include "kernel/lib/assert.h"
#include "kernel/lib/types.h"

struct refcount {
	u32 n;
};

#define REFCOUNT_SATURATED 0xc0000000u
#define REFCOUNT_INIT(v) { (v) }

static inline void refcount_set(struct refcount *r, u32 n)
{
	atomic_store(&r->n, n);
}

static inline u32 refcount_read(const struct refcount *r)
{
	return __atomic_load_n(&r->n, __ATOMIC_RELAXED);
}

/* Take one more; the caller already holds one. */
static inline void refcount_inc(struct refcount *r)
{
	u32 n = atomic_add(&r->n, 1);

	if (unlikely(n <= 1 || n >= REFCOUNT_SATURATED)) {
		assert(n > 1);
		atomic_store(&r->n, REFCOUNT_SATURATED);
	}
}

/* Take one if the object is still alive. */
static inline bool __must_check refcount_inc_not_zero(struct refcount *r)
{
	u32 n = refcount_read(r);

	do {
		if (!n)
			return false;
		if (unlikely(n >= REFCOUNT_SATURATED))
			return true;
	} while (!atomic_cas(&r->n, &n, n + 1));
	return true;
}

/* Drop one. True for the last: the caller now frees the object. */
static inline bool __must_check refcount_dec_and_test(struct refcount *r)
{
	u32 n = atomic_sub(&r->n, 1);

	if (unlikely(n >= REFCOUNT_SATURATED - 1)) {
		assert(n != (u32)-1);
		atomic_store(&r->n, REFCOUNT_SATURATED);
		return false;
	}
	return n == 0;
}

/* Drop one that cannot be the last. */
static inline void refcount_dec(struct refcount *r)
{
	bool last = refcount_dec_and_test(r);

	assert(!last);
}

#endif
