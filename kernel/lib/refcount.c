// SPDX-License-Identifier: MIT
/* What of refcount.h the compiler does not put inline. */
#include "arch/x86_64/arch.h"
#include "kernel/lib/refcount.h"

extern inline void refcount_inc(struct refcount *r);
extern inline bool refcount_dec_and_test(struct refcount *r);

void refcount_died(void)
{
	panic("refcount: one more or less of a count that is zero");
}
