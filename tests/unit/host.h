/* SPDX-License-Identifier: MIT */
/*
 * What a unit test of kernel/lib needs from below: the allocator, with the
 * Nth allocation failing on request, and the end of a failed assert.
 * Included once by each test.
 */
#ifndef WARREN_TESTS_UNIT_HOST_H
#define WARREN_TESTS_UNIT_HOST_H

#include <stdio.h>
#include <stdlib.h>

static int bad, total;
static long fail_after = -1; /* allocations until all fail; -1: never */
static long live;	     /* blocks handed out and not freed */

void *kmalloc(size_t n)
{
	if (fail_after == 0)
		return NULL;
	fail_after -= fail_after > 0;
	live++;
	return malloc(n);
}

void *kzalloc(size_t n)
{
	char *p = kmalloc(n);

	for (size_t i = 0; p && i < n; i++)
		p[i] = 0;
	return p;
}

void kfree(const void *p)
{
	live -= p != NULL;
	free((void *)p);
}

void assert_failed(const char *expr, const char *file, int line)
{
	printf("# assert %s at %s:%d\n", expr, file, line);
	abort();
}

static void verdict(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++total, what);
	bad += !ok;
}

#endif
