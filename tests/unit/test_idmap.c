// SPDX-License-Identifier: MIT
/* kernel/lib/idmap.c: every id goes down and comes back up,
 * with 1 to 340 extents; texts good and bad; allocations that fail. */
#include <errno.h>
#include <string.h>

#include "kernel/lib/idmap.h"
#include "tests/unit/host.h"

static struct id_extent e[ID_MAP_MAX];
static char text[ID_MAP_MAX * 40];

static u32 next(void)
{
	static u32 state = 12345;

	state = state * 1664525 + 1013904223;
	return state >> 8;
}

/* @nr extents that do not overlap, in an order of chance. */
static void extents(u32 nr)
{
	u32 first = next() % 100, kernel = 1000000 + next() % 100;

	for (u32 i = 0; i < nr; i++) {
		e[i].count = 1 + next() % 20;
		e[i].first = first;
		first += e[i].count + next() % 3;
	}
	for (u32 i = nr; i-- > 0;) {
		e[i].kernel = kernel;
		kernel += e[i].count + next() % 3;
	}
	for (u32 i = nr; i > 1; i--) {
		u32 j = next() % i;
		struct id_extent x = e[j];

		e[j] = e[i - 1];
		e[i - 1] = x;
	}
}

/* What the extents say, one by one. */
static u32 expect_down(u32 nr, u32 id)
{
	for (u32 i = 0; i < nr; i++)
		if (id >= e[i].first && id - e[i].first < e[i].count)
			return e[i].kernel + (id - e[i].first);
	return INVALID_ID;
}

static int round_trip(u32 nr)
{
	struct id_map map = { 0 };
	int ok = 1;

	extents(nr);
	if (id_map_publish(&map, e, nr))
		return 0;
	for (u32 id = 0; id < 9000; id++) {
		u32 down = id_map_range(&map, id, 1);

		ok &= down == expect_down(nr, id);
		ok &= down == INVALID_ID || id_map_up(&map, down) == id;
	}
	ok &= id_map_range(&map, e[0].first, e[0].count) == e[0].kernel;
	ok &= id_map_range(&map, e[0].first, e[0].count + 1) == INVALID_ID;
	ok &= id_map_up(&map, 5) == INVALID_ID;
	ok &= id_map_range(&map, INVALID_ID, 2) == INVALID_ID;
	id_map_free(&map);
	return ok;
}

static int round_trips(void)
{
	for (u32 nr = 1; nr <= ID_MAP_MAX; nr++)
		if (!round_trip(nr))
			return 0;
	return 1;
}

static int parse(const char *s)
{
	strcpy(text, s);
	return id_map_parse(text, e);
}

static int good_texts(void)
{
	return parse("0 0 1") == 1 && parse("0 0 4294967295") == 1 &&
	       parse("\t1\t 2  3 \r\n4 5 6\n") == 2 && e[1].kernel == 5 &&
	       parse("0 0 4294967297") == 1 && e[0].count == 1;
}

static int bad_texts(void)
{
	static const char *const bad_ones[] = {
		"", "\n", "0", "0 0", "0 0 0", "0 0 1 1", "a 0 1", "0x0 0 1",
		"-1 0 1", "0 0 1\n\n", "4294967295 0 1", "0 4294967295 1",
		"4294967290 0 10", "0 0 10\n5 100 1", "0 0 10\n50 9 1",
	};

	for (size_t i = 0; i < sizeof(bad_ones) / sizeof(*bad_ones); i++)
		if (parse(bad_ones[i]) != -EINVAL)
			return 0;
	return 1;
}

static int lines(int n)
{
	char *at = text;

	for (int i = 0; i < n; i++)
		at += sprintf(at, "%d %d 1\n", 2 * i, 3 * i);
	return id_map_parse(text, e);
}

static int no_memory(void)
{
	struct id_map map = { 0 };
	int ok = 1;

	extents(100);
	for (fail_after = 0; fail_after < 2;) {
		long n = fail_after;

		ok &= id_map_publish(&map, e, 100) == -ENOMEM && !map.nr;
		fail_after = n + 1;
	}
	fail_after = -1;
	return ok;
}

int main(void)
{
	verdict(round_trips(), "down and up, with 1 to 340 extents");
	verdict(good_texts(), "texts that are maps");
	verdict(bad_texts(), "texts that are not");
	verdict(lines(340) == 340 && lines(341) == -EINVAL, "340 lines");
	verdict(no_memory(), "no memory: nothing has changed");
	verdict(live == 0, "nothing is left");
	printf("1..%d\n", total);
	return bad != 0;
}
