// SPDX-License-Identifier: MIT
/*
 * The text of /proc/PID/uid_map: lines of three decimal numbers, "first lower
 * count". Only what can be seen in the text is checked here.
 *
 * As in Linux: blanks are any white space but newlines; a line may end in blanks
 * (so "\r\n" is fine); the last newline may be missing; and a number is taken
 * modulo 2^32.
 */
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/ns/user.h"

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
