// SPDX-License-Identifier: MIT
/*
 * Memory and string functions. The bulk moves go eight bytes at a time,
 * unrolled: under QEMU that beats the rep instructions, which count one guest
 * instruction a step. Unaligned access is cheap on x86-64.
 *
 * A barrier() in a loop keeps the compiler from making the loop a call of the
 * very function that it implements.
 */
#define WARREN_STRING_C
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"

typedef u64 __attribute__((may_alias, aligned(1))) word;
typedef u32 __attribute__((may_alias, aligned(1))) half;

/* Less than eight bytes: all is loaded before anything is stored. */
static void copy_few(char *d, const char *s, size_t n)
{
	if (n >= 4) {
		half first = *(const half *)s;
		half last = *(const half *)(s + n - 4);

		*(half *)d = first;
		*(half *)(d + n - 4) = last;
	} else if (n) {
		char first = s[0], middle = s[n / 2], last = s[n - 1];

		d[0] = first;
		d[n / 2] = middle;
		d[n - 1] = last;
	}
}

/* The last eight bytes are one more word, part of which has been copied before: no
 * loop over single bytes. Ranges may overlap, if @dst stands before @src. */
void *memcpy(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;
	word last;

	if (n < 8) {
		copy_few(d, s, n);
		return dst;
	}
	last = *(const word *)(s + n - 8);
	for (; n >= 64; n -= 64, d += 64, s += 64) {
		((word *)d)[0] = ((const word *)s)[0];
		((word *)d)[1] = ((const word *)s)[1];
		((word *)d)[2] = ((const word *)s)[2];
		((word *)d)[3] = ((const word *)s)[3];
		((word *)d)[4] = ((const word *)s)[4];
		((word *)d)[5] = ((const word *)s)[5];
		((word *)d)[6] = ((const word *)s)[6];
		((word *)d)[7] = ((const word *)s)[7];
	}
	for (; n >= 8; n -= 8, d += 8, s += 8)
		*(word *)d = *(const word *)s;
	*(word *)(d + n - 8) = last;
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	char *d = (char *)dst + n;
	const char *s = (const char *)src + n;

	if ((uintptr_t)dst - (uintptr_t)src >= n)
		return memcpy(dst, src, n);
	/* dst lies behind src inside it: backwards. */
	for (; n >= 8; n -= 8) {
		d -= 8;
		s -= 8;
		*(word *)d = *(const word *)s;
	}
	while (n--) {
		*--d = *--s;
		barrier();
	}
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	word v = (u8)c * 0x0101010101010101ULL;
	char *d = dst;

	for (; n >= 64; n -= 64, d += 64) {
		((word *)d)[0] = v;
		((word *)d)[1] = v;
		((word *)d)[2] = v;
		((word *)d)[3] = v;
		((word *)d)[4] = v;
		((word *)d)[5] = v;
		((word *)d)[6] = v;
		((word *)d)[7] = v;
		barrier();
	}
	for (; n >= 8; n -= 8, d += 8) {
		*(word *)d = v;
		barrier();
	}
	while (n--) {
		*d++ = (char)c;
		barrier();
	}
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	for (; n >= 8 && *(const word *)x == *(const word *)y; n -= 8) {
		x += 8;
		y += 8;
	}
	if (n >= 4 && *(const half *)x == *(const half *)y) {
		n -= 4;
		x += 4;
		y += 4;
	}
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p) {
		p++;
		barrier();
	}
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	while (n && *a && *a == *b) {
		a++;
		b++;
		n--;
	}
	return n ? (u8)*a - (u8)*b : 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	for (;; s++) {
		if (*s == (char)c)
			found = s;
		if (!*s)
			return (char *)found;
	}
}

char *strstr(const char *haystack, const char *needle)
{
	size_t n = strlen(needle);

	for (;; haystack++) {
		if (!strncmp(haystack, needle, n))
			return (char *)haystack;
		if (!*haystack)
			return NULL;
	}
}

#ifndef WARREN_HOST
size_t strlcpy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src);

	if (size) {
		size_t n = min(len, size - 1);

		memcpy(dst, src, n);
		dst[n] = 0;
	}
	return len;
}
#endif

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

int parse_u64(const char *s, unsigned int base, u64 *out)
{
	u64 v = 0;
	bool overflow = false;

	if (!base && s[0] == '0' && (s[1] | 0x20) == 'x') {
		base = 16;
		s += 2;
	} else if (!base) {
		base = s[0] == '0' ? 8 : 10;
	}
	if (digit_value(*s) >= (int)base)
		return -EINVAL;
	for (; digit_value(*s) < (int)base; s++) {
		overflow |= __builtin_mul_overflow(v, (u64)base, &v);
		overflow |= __builtin_add_overflow(v, (u64)digit_value(*s), &v);
	}
	if (*s)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	*out = v;
	return 0;
}

int parse_s64(const char *s, unsigned int base, s64 *out)
{
	bool negative = *s == '-';
	u64 v = 0, limit = (u64)INT64_MAX + negative;
	int err = parse_u64(s + negative, base, &v);

	if (err)
		return err;
	if (v > limit)
		return -ERANGE;
	*out = negative ? (s64)(0 - v) : (s64)v;
	return 0;
}
