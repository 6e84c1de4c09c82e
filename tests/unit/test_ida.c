// SPDX-License-Identifier: MIT
/* kernel/lib/ida.c: lowest free first, and each allocation failing in turn. */
#include <errno.h>

#include "kernel/lib/ida.h"
#include "tests/unit/host.h"

static void release(struct ida *ida)
{
	for (u32 i = 0; i < ida->nr_chunks; i++)
		kfree(ida->chunks[i]);
	kfree(ida->chunks);
}

static int in_order(struct ida *ida, int n)
{
	for (int i = 0; i < n; i++)
		if (ida_alloc(ida) != i)
			return 0;
	return 1;
}

/* Numbers by the run: what is free in one word, given back in another order. */
static int runs(void)
{
	struct ida ida = IDA_INIT;
	struct ida_run run = { 0 }, back = { 0 };
	int ok = in_order(&ida, 70);

	ida_free(&ida, 3);
	ida_free(&ida, 66);
	ok &= !ida_take(&ida, &run) && ida_run_pop(&run) == 3 && !run.bits;
	ok &= !ida_take(&ida, &run) && ida_run_pop(&run) == 66;
	ok &= ida_run_pop(&run) == 70 && ida_alloc(&ida) == 128;
	ida_give(&ida, &run); /* 71 to 127 */
	ok &= !run.bits && ida_alloc(&ida) == 71;
	ok &= ida_run_push(&back, 70) && ida_run_push(&back, 66);
	ok &= !ida_run_push(&back, 3);
	ida_give(&ida, &back);
	ok &= ida_alloc(&ida) == 66 && ida_alloc(&ida) == 70;
	release(&ida);
	return ok;
}

int main(void)
{
	struct ida ida = IDA_INIT;
	int ok = 1;

	verdict(in_order(&ida, 5000), "5000 numbers come in order");
	ida_free(&ida, 4000);
	ida_free(&ida, 7);
	ida_free(&ida, 1200);
	verdict(ida_alloc(&ida) == 7 && ida_alloc(&ida) == 1200 &&
			ida_alloc(&ida) == 4000 && ida_alloc(&ida) == 5000,
		"freed ones come back, lowest first");
	release(&ida);
	verdict(runs(), "a word of numbers is taken and given back at once");
	for (long nth = 0; nth < 8; nth++) {
		struct ida small = IDA_INIT;
		int n = 0, id;

		fail_after = nth;
		while ((id = ida_alloc(&small)) >= 0 && n < 20000)
			ok &= id == n++;
		ok &= n == 20000 || id == -ENOMEM;
		fail_after = -1;
		ok &= ida_alloc(&small) == n; /* nothing was lost */
		release(&small);
	}
	verdict(ok, "a failed allocation is -ENOMEM and loses no number");
	printf("1..%d\n", total);
	return bad != 0;
}
