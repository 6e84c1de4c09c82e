// SPDX-License-Identifier: MIT
/*
 * Maps of ids: look-ups, how a map comes to be, and its text. See idmap.h.
 *
 * A look-up takes no lock: a map is published whole, its count last, and never
 * changes afterwards. Up to FEW extents are searched from the start (so the file
 * shows them as they were written, as on Linux); more are kept sorted, once by
 * the ids inside and once by the kernel's, and are searched by halves.
 */
#include "kernel/lib/alloc.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/err.h"
#include "kernel/lib/idmap.h"
#include "kernel/lib/string.h"

#define FEW 5

static u32 extent_start(const struct id_extent *e, bool kernel)
{
	return kernel ? e->kernel : e->first;
}

/* Does @e contain all of @id .. @id + @n - 1 (which may wrap, and then does
 * not fit)? */
static bool extent_has(const struct id_extent *e, bool kernel, u32 id, u32 n)
{
	u64 start = extent_start(e, kernel);

	return id >= start && (u64)id + n <= start + e->count;
}

static const struct id_extent *find_few(const struct id_extent *e, u32 nr,
					bool kernel, u32 id, u32 n)
{
	for (; nr--; e++)
		if (extent_has(e, kernel, id, n))
			return e;
	return NULL;
}

/* The last extent that does not begin after @id is the only candidate. */
static const struct id_extent *find_many(const struct id_extent *e, u32 nr,
					 bool kernel, u32 id, u32 n)
{
	u32 low = 0, high = nr;

	while (high - low > 1) {
		u32 mid = low + (high - low) / 2;

		if (extent_start(&e[mid], kernel) <= id)
			low = mid;
		else
			high = mid;
	}
	return extent_has(&e[low], kernel, id, n) ? &e[low] : NULL;
}

static const struct id_extent *find(const struct id_map *map, bool kernel,
				    u32 id, u32 n)
{
	u32 nr = __atomic_load_n(&map->nr, __ATOMIC_ACQUIRE);
	const struct id_extent *e = kernel ? map->by_kernel : map->by_id;

	if (!nr)
		return NULL;
	return nr <= FEW ? find_few(e, nr, kernel, id, n) :
			   find_many(e, nr, kernel, id, n);
}

u32 id_map_range(const struct id_map *map, u32 id, u32 n)
{
	const struct id_extent *e = find(map, false, id, n);

	return e ? e->kernel + (id - e->first) : INVALID_ID;
}

u32 id_map_up(const struct id_map *map, u32 kernel)
{
	const struct id_extent *e = find(map, true, kernel, 1);

	return e ? e->first + (kernel - e->kernel) : INVALID_ID;
}

/* By insertion: 340 extents at most, once in the life of a namespace. */
static void extents_sort(struct id_extent *e, u32 nr, bool kernel)
{
	for (u32 i = 1; i < nr; i++) {
		struct id_extent x = e[i];
		u32 j = i;

		for (; j && extent_start(&e[j - 1], kernel) >
				    extent_start(&x, kernel);
		     j--)
			e[j] = e[j - 1];
		e[j] = x;
	}
}

static struct id_extent *extents_copy(const struct id_extent *e, u32 nr)
{
	struct id_extent *copy = kmalloc(nr * sizeof(*e));

	if (copy)
		memcpy(copy, e, nr * sizeof(*e));
	return copy;
}

int id_map_publish(struct id_map *map, const struct id_extent *e, u32 nr)
{
	struct id_extent *by_id = extents_copy(e, nr), *by_kernel = by_id;

	assert(!map->nr && nr);
	if (by_id && nr > FEW)
		by_kernel = extents_copy(e, nr);
	if (!by_id || !by_kernel) {
		kfree(by_id);
		return -ENOMEM;
	}
	if (nr > FEW) {
		extents_sort(by_id, nr, false);
		extents_sort(by_kernel, nr, true);
	}
	map->by_id = by_id;
	map->by_kernel = by_kernel;
	__atomic_store_n(&map->nr, nr, __ATOMIC_RELEASE);
	return 0;
}

void id_map_free(struct id_map *map)
{
	if (map->by_kernel != map->by_id)
		kfree(map->by_kernel);
	kfree(map->by_id);
}

/* ---- the text of a map ----------------------------------------------------
 *
 * Lines of three decimal numbers, "first lower count"; only what can be seen in
 * them is checked. As in Linux: blanks are any white space but newlines; a line
 * may end in blanks (so "\r\n" is fine); the last newline may be missing; and a
 * number is taken modulo 2^32.
 */

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char *skip_blanks(char *s)
{
	while (is_blank(*s))
		s++;
	return s;
}

/* The number at *@at, which is moved behind it; none at all is 0. */
static u32 number(char **at)
{
	u64 n = 0;

	for (; **at >= '0' && **at <= '9'; ++*at)
		n = n * 10 + (u64)(**at - '0');
	return (u32)n;
}

/* One line without its newline. 0, -EINVAL. */
static int parse_line(char *s, struct id_extent *e)
{
	u32 *const field[] = { &e->first, &e->kernel, &e->count };

	for (u32 i = 0; i < ARRAY_SIZE(field); i++) {
		s = skip_blanks(s);
		*field[i] = number(&s);
		if (!is_blank(*s) && (i < 2 || *s))
			return -EINVAL;
	}
	return *skip_blanks(s) ? -EINVAL : 0;
}

/* Not empty, does not wrap, and does not contain the id that is none. */
static bool is_range(u32 first, u32 count)
{
	return first != INVALID_ID && (u32)(first + count) > first;
}

static bool overlap(u32 a, u32 na, u32 b, u32 nb)
{
	return a < (u64)b + nb && b < (u64)a + na;
}

static int check_line(const struct id_extent *all, u32 nr,
		      const struct id_extent *e)
{
	if (!is_range(e->first, e->count) || !is_range(e->kernel, e->count))
		return -EINVAL;
	for (; nr--; all++)
		if (overlap(all->first, all->count, e->first, e->count) ||
		    overlap(all->kernel, all->count, e->kernel, e->count))
			return -EINVAL;
	return 0;
}

/**
 * id_map_parse - the extents that @text lists
 * @text: NUL-terminated; is cut up
 * @e: room for ID_MAP_MAX of them; ->kernel gets the second column as it is
 *
 * Return: how many, at least 1; -EINVAL: too many, a bad line, overlapping ranges.
 */
int id_map_parse(char *text, struct id_extent *e)
{
	u32 nr = 0;

	do {
		char *end = strchr(text, '\n');

		if (end)
			*end++ = '\0';
		if (nr == ID_MAP_MAX || parse_line(text, &e[nr]) ||
		    check_line(e, nr, &e[nr]))
			return -EINVAL;
		nr++;
		text = end;
	} while (text && *text);
	return (int)nr;
}
