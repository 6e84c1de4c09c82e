/* SPDX-License-Identifier: MIT */
/*
 * Calls at random, for what a person would not think of. A seed gives a sequence of
 * calls; what is seen is a sum over all that they said, so that two kernels of
 * the same behaviour show the same sums. Where they do not, run the program on both
 * with SEED=17 in its environment (SEEDS=100: that many from there on): it says
 * each call, and compare.
 */
#ifndef WARREN_TESTS_USER_RANDOM_H
#define WARREN_TESTS_USER_RANDOM_H

#include "tests/user/case.h"

struct random_walk {
	uint64_t seed, state;
	uint32_t sum; /* FNV-1a of what was noted */
	bool loud;
};

static struct random_walk walk;

static inline unsigned rnd(unsigned n)
{
	walk.state ^= walk.state << 13;
	walk.state ^= walk.state >> 7;
	walk.state ^= walk.state << 17;
	return (unsigned)(walk.state >> 20) % n;
}

/* Part of what the walk observes. */
__attribute__((format(printf, 1, 2))) static inline void note(const char *fmt,
							      ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (const char *s = text; *s; s++)
		walk.sum = (walk.sum ^ (unsigned char)*s) * 16777619u;
	if (walk.loud)
		fputs(text, stdout);
}

/* Each of @n walks in a process of its own, from seed @first on. */
static inline void random_walks(uint64_t first, unsigned n, void (*fn)(void))
{
	const char *seed = getenv("SEED"), *seeds = getenv("SEEDS");

	if (seed) {
		walk.loud = true;
		first = strtoull(seed, NULL, 0);
		n = seeds ? (unsigned)strtoul(seeds, NULL, 0) : 1;
	}
	for (walk.seed = first; walk.seed < first + n; walk.seed++) {
		walk.state = walk.seed * 0x9e3779b97f4a7c15ULL + 1;
		walk.sum = 2166136261u;
		for (int i = 0; i < 10; i++)
			rnd(2);
		if (walk.loud)
			printf("== seed %llu\n", (unsigned long long)walk.seed);
		fflush(stdout);
		CHECK(in_child(fn) == 0);
	}
}

/* At the end of a walk. */
static inline void random_sum(void)
{
	if (!walk.loud)
		SEE("seed", "%3llu %08x", (unsigned long long)walk.seed,
		    walk.sum);
}

#endif
