// SPDX-License-Identifier: MIT
/* What of refcount.h the compiler does not put inline. */
#include "arch/x86_64/arch.h"
#include "kernel/lib/refcount.h"

extern inline void refcount_inc(struct refcount *r);
extern inline bool refcount_dec_and_test(struct refcount *r);

static void died(void)
{
	panic("refcount: one more or less of a count that is zero");
}

/* There was none, or it is saturated, or about to be. */
void refcount_inc_odd(struct refcount *r)
{
	if (refcount_read(r) == 1)
		died();
	atomic_store(&r->n, REFCOUNT_SATURATED);
}

/* It was the last; or there was none, or it is saturated. Nobody else changes
 * the count of an object whose last reference is gone. */
bool refcount_dec_odd(struct refcount *r)
{
	u32 left = refcount_read(r);

	if (likely(!left))
		return true;
	if (left == (u32)-1)
		died();
	atomic_store(&r->n, REFCOUNT_SATURATED);
	return false;
}
