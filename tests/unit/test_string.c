// SPDX-License-Identifier: MIT
/* kernel/lib/string.c against the C library, on every small size and offset. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *w_memcpy(void *dst, const void *src, size_t n);
void *w_memmove(void *dst, const void *src, size_t n);
void *w_memset(void *dst, int c, size_t n);
int w_memcmp(const void *a, const void *b, size_t n);
char *w_strstr(const char *haystack, const char *needle);
size_t w_strnlen(const char *s, size_t max);
int parse_u64(const char *s, unsigned int base, uint64_t *out);
int parse_s64(const char *s, unsigned int base, int64_t *out);

static int bad, total;

static void verdict(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++total, what);
	bad += !ok;
}

/* Exact blocks from malloc, so that ASan sees a byte too many. */
static int copies_agree(void)
{
	for (size_t n = 0; n < 100; n++) {
		char *src = malloc(n + 1), *a = malloc(n + 1), *b = malloc(n + 1);

		for (size_t i = 0; i < n; i++)
			src[i] = (char)rand();
		w_memcpy(a, src, n);
		w_memset(b, 0x5a, n);
		for (size_t i = 0; i < n; i++)
			if (a[i] != src[i] || b[i] != 0x5a)
				return 0;
		if (w_memcmp(a, src, n))
			return 0;
		if (n && (a[n - 1]++, !w_memcmp(a, src, n)))
			return 0;
		free(src);
		free(a);
		free(b);
	}
	return 1;
}

static int moves_agree(void)
{
	for (int from = 0; from < 40; from++)
		for (int to = 0; to < 40; to++)
			for (size_t n = 0; n < 80; n++) {
				char a[128], b[128];

				for (int i = 0; i < 128; i++)
					a[i] = b[i] = (char)i;
				memmove(a + to, a + from, n);
				w_memmove(b + to, b + from, n);
				if (memcmp(a, b, sizeof(a)))
					return 0;
			}
	return 1;
}

static int u64_is(const char *s, unsigned int base, int err, uint64_t want)
{
	uint64_t v = 0;

	return parse_u64(s, base, &v) == err && (err || v == want);
}

int main(void)
{
	int64_t v;

	verdict(copies_agree(), "memcpy, memset, memcmp of 0 to 99 bytes");
	verdict(moves_agree(), "memmove with every overlap");
	verdict(!strcmp(w_strstr("a,bc,d", "bc"), "bc,d") &&
			!w_strstr("abc", "abd") && *w_strstr("x", "") == 'x',
		"strstr");
	verdict(w_strnlen("abc", 2) == 2 && w_strnlen("abc", 9) == 3, "strnlen");
	verdict(u64_is("0", 10, 0, 0) && u64_is("0x1F", 0, 0, 31) &&
			u64_is("010", 0, 0, 8) && u64_is("010", 10, 0, 10) &&
			u64_is("18446744073709551615", 10, 0, UINT64_MAX),
		"parse_u64 of good numbers");
	verdict(u64_is("", 10, -EINVAL, 0) && u64_is("0x", 0, -EINVAL, 0) &&
			u64_is("12a", 10, -EINVAL, 0) &&
			u64_is("-1", 10, -EINVAL, 0) &&
			u64_is(" 1", 10, -EINVAL, 0) &&
			u64_is("18446744073709551616", 10, -ERANGE, 0),
		"parse_u64 of bad ones");
	verdict(!parse_s64("-9223372036854775808", 10, &v) && v == INT64_MIN &&
			parse_s64("9223372036854775808", 10, &v) == -ERANGE &&
			parse_s64("--1", 10, &v) == -EINVAL,
		"parse_s64 at its limits");
	printf("1..%d\n", total);
	return bad != 0;
}
