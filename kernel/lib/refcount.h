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

/* Far from 0 and from where counts begin to be taken for it: 2^31. */
#define REFCOUNT_SATURATED 0xc0000000u
#define REFCOUNT_INIT(v) { (v) }

/* A count was zero already. (An assert() would be 24 bytes, hundreds of times.) */
void refcount_died(void) __cold __noreturn;

static inline void refcount_set(struct refcount *r, u32 n)
{
	atomic_store(&r->n, n);
}

static inline u32 refcount_read(const struct refcount *r)
{
	return __atomic_load_n(&r->n, __ATOMIC_RELAXED);
}

/* Take one more; the caller already holds one. */
inline void refcount_inc(struct refcount *r)
{
	s32 before = (s32)atomic_add(&r->n, 1) - 1;

	if (unlikely(before <= 0)) {
		if (before == 0)
			refcount_died();
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
		if (unlikely((s32)n < 0))
			return true;
	} while (!atomic_cas(&r->n, &n, n + 1));
	return true;
}

/* Drop one. True for the last: the caller now frees the object. */
inline bool __must_check refcount_dec_and_test(struct refcount *r)
{
	s32 n = (s32)atomic_sub(&r->n, 1);

	if (likely(n > 0))
		return false;
	if (unlikely(n < 0)) {
		if (n == -1)
			refcount_died();
		atomic_store(&r->n, REFCOUNT_SATURATED);
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
