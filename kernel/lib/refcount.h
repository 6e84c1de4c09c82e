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
	u32 n; /* [a] the references less one, so that the sign which one locked
		  instruction leaves says whether there is anything else to do */
};

/* Far from where counts are, and from where they begin to be taken for it. */
#define REFCOUNT_SATURATED 0xc0000000u
#define REFCOUNT_INIT(v) { (v) - 1u }

/* The seldom ends of the two below. */
void refcount_inc_odd(struct refcount *r) __cold;
bool refcount_dec_odd(struct refcount *r);

static inline void refcount_set(struct refcount *r, u32 n)
{
	atomic_store(&r->n, n - 1);
}

static inline u32 refcount_read(const struct refcount *r)
{
	return __atomic_load_n(&r->n, __ATOMIC_RELAXED) + 1;
}

/* Take one more; the caller already holds one. (What C has for it would load the
 * sum only to look at its sign.) */
inline void refcount_inc(struct refcount *r)
{
	bool odd;

	__asm__ volatile("lock incl %0" : "+m"(r->n), "=@ccle"(odd)::"memory");
	if (unlikely(odd))
		refcount_inc_odd(r);
}

/* Take one if the object is still alive. */
static inline bool __must_check refcount_inc_not_zero(struct refcount *r)
{
	u32 n = __atomic_load_n(&r->n, __ATOMIC_RELAXED);

	do {
		if (n == (u32)-1)
			return false;
		if (unlikely((s32)n < 0))
			return true;
	} while (!atomic_cas(&r->n, &n, n + 1));
	return true;
}

/* Drop one. True for the last: the caller now frees the object. */
inline bool __must_check refcount_dec_and_test(struct refcount *r)
{
	if (likely((s32)atomic_sub(&r->n, 1) >= 0))
		return false;
	return refcount_dec_odd(r);
}

/* Drop one unless it is the last. */
static inline bool __must_check refcount_dec_not_one(struct refcount *r)
{
	u32 n = __atomic_load_n(&r->n, __ATOMIC_RELAXED);

	do {
		if (!n)
			return false;
	} while (!atomic_cas(&r->n, &n, n - 1));
	return true;
}

/* Drop one that cannot be the last. */
static inline void refcount_dec(struct refcount *r)
{
	bool last = refcount_dec_and_test(r);

	assert(!last);
}

#endif
