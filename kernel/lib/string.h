/* SPDX-License-Identifier: MIT */
/* The C string functions that the kernel uses; string.c defines them. */
#ifndef WARREN_KERNEL_LIB_STRING_H
#define WARREN_KERNEL_LIB_STRING_H

#include "kernel/lib/types.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *haystack, const char *needle);

/*
 * The compiler knows these functions, and writes a few moves where a size is
 * constant and small (-ffreestanding alone would make it call them). string.c,
 * which defines them, has the plain names.
 */
#if !defined(WARREN_HOST) && !defined(WARREN_STRING_C)
#define memcpy(dst, src, n) __builtin_memcpy(dst, src, n)
#define memset(dst, c, n) __builtin_memset(dst, c, n)
#define memcmp(a, b, n) __builtin_memcmp(a, b, n)
#define strlen(s) __builtin_strlen(s)
#endif

#ifndef WARREN_HOST
/* Copy at most @size - 1 bytes and end with NUL; the length of @src. */
size_t strlcpy(char *dst, const char *src, size_t size);
#endif

/*
 * Parse a whole decimal, 0x hex or 0 octal number (@base 0), or a number in
 * @base. 0, -EINVAL (no digits, or junk after them) or -ERANGE.
 */
int parse_u64(const char *s, unsigned int base, u64 *out);
int parse_s64(const char *s, unsigned int base, s64 *out);

#endif
