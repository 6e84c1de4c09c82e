// SPDX-License-Identifier: MIT
/* kernel/lib/printf.c against the C library's own printf. */
#include <stdio.h>
#include <string.h>

int w_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int w_snprintf(char *buf, size_t size, const char *fmt, ...);
int w_scnprintf(char *buf, size_t size, const char *fmt, ...);

static int bad, total;

#define SAME(...)                                                              \
	do {                                                                   \
		char a[64], b[64];                                             \
		int n = snprintf(a, sizeof(a), __VA_ARGS__);                   \
		int m = w_snprintf(b, sizeof(b), __VA_ARGS__);                 \
		int ok = n == m && !strcmp(a, b);                              \
		printf("%sok %d - printf '%s'\n", ok ? "" : "not ", ++total,   \
		       a);                                                     \
		if (!ok)                                                       \
			printf("# got '%s' (%d)\n", b, m);                     \
		bad += !ok;                                                    \
	} while (0)

int main(void)
{
	char small[4];
	int n;

	SAME("%d %i %u", -5, 7, 4000000000u);
	SAME("%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42);
	SAME("%x %X %#x %o %#o", 255, 255, 255, 8, 8);
	SAME("%.3d %8.3d %-8.3d|", 7, 7, 7);
	SAME("%.0d|%.0d", 0, 1);
	SAME("%ld %lu %lld", -1L, ~0UL, (long long)-9e18);
	SAME("%zu %hhd %hu", (size_t)1 << 40, (char)-1, (unsigned short)65535);
	SAME("%s|%10s|%-10s|%.2s|%*s", "abc", "abc", "abc", "abc", 5, "x");
	SAME("%c%c%%", 'a', 'b');
	SAME("%011lu %10u", 12345UL, 4294967295u);
	SAME("%-*d|%.*s", 6, 1, 2, "xyz");
	n = w_snprintf(small, sizeof(small), "%s", "abcdef");
	printf("%sok %d - cut text keeps its length and its NUL\n",
	       n == 6 && !strcmp(small, "abc") ? "" : (bad++, "not "), ++total);
	n = w_scnprintf(small, sizeof(small), "%s", "abcdef");
	printf("%sok %d - scnprintf says what is in the buffer\n",
	       n == 3 ? "" : (bad++, "not "), ++total);
	printf("1..%d\n", total);
	return bad != 0;
}
