// SPDX-License-Identifier: MIT
/* kernel/lib/radix.c against a plain list, and each allocation failing. */
#include <errno.h>

#include "kernel/lib/radix.h"
#include "tests/unit/host.h"

static const u64 indices[] = {
	0, 1, 63, 64, 65, 4095, 4096, 1ULL << 20, (1ULL << 36) + 7,
	1ULL << 60, ~0ULL - 1, ~0ULL,
};
#define N ((int)(sizeof(indices) / sizeof(indices[0])))

static int found(const struct radix *r, const int *in)
{
	u64 at = 0;
	int count = 0;

	for (int i = 0; i < N; i++) {
		void *want = in[i] ? (void *)&indices[i] : NULL;

		count += in[i];
		if (radix_lookup(r, indices[i]) != want)
			return 0;
		if (!in[i])
			continue;
		if (radix_next(r, &at) != want || at != indices[i])
			return 0;
		at++;
	}
	return r->count == (u64)count && (at == 0 || !radix_next(r, &at));
}

int main(void)
{
	struct radix r = { 0 };
	int in[N] = { 0 }, ok = 1;

	srand(2);
	for (int step = 0; step < 5000 && ok; step++) {
		int i = rand() % N;

		if (in[i])
			ok = radix_remove(&r, indices[i]) == &indices[i];
		else
			ok = !radix_insert(&r, indices[i], (void *)&indices[i]);
		in[i] = !in[i];
		ok = ok && found(&r, in);
	}
	verdict(ok, "5000 random changes: lookup and next agree with a list");
	for (int i = 0; i < N; i++)
		if (in[i])
			radix_remove(&r, indices[i]);
	verdict(!r.root && !live, "empty, it holds no node");
	for (long nth = 0; nth < 16; nth++) {
		int err1, err2;

		fail_after = nth;
		err1 = radix_insert(&r, 5, &r);
		err2 = radix_insert(&r, ~0ULL, &r);
		fail_after = -1;
		ok &= (!err1 || err1 == -ENOMEM) && (!err2 || err2 == -ENOMEM);
		ok &= !!radix_remove(&r, 5) == !err1;
		ok &= !!radix_remove(&r, ~0ULL) == !err2;
		ok &= !live;
	}
	verdict(ok, "a failed allocation is -ENOMEM and leaves no node");
	printf("1..%d\n", total);
	return bad != 0;
}
