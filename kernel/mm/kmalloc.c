// SPDX-License-Identifier: MIT
/*
 * kmalloc(): memory of a size that is known only at run time. Up to 4 KiB it
 * comes from a cache for each power of two, above from whole frames (up to
 * 8 MiB), counted in a cache that is never asked for objects.
 *
 * struct page says which of the two an address is: PG_SLAB is set or not.
 */
#include "kernel/lib/assert.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"

#define MIN_SHIFT 3
#define NR_CLASSES 10 /* 8 .. 4096 */
#define MAX_SMALL (1UL << (MIN_SHIFT + NR_CLASSES - 1))

static struct slab *classes[NR_CLASSES];
static struct slab *large; /* only its .live */

static u32 class_of(size_t size)
{
	if (size <= 1UL << MIN_SHIFT)
		return 0;
	return 64 - (u32)__builtin_clzl(size - 1) - MIN_SHIFT;
}

static u32 page_order(size_t size)
{
	u32 order = 0;

	while (order <= MAX_ORDER && (PAGE_SIZE << order) < size)
		order++;
	return order;
}

static void *kmalloc_frames(size_t size)
{
	u32 order = page_order(size);
	struct page *p;

	if (order > MAX_ORDER)
		return NULL;
	p = page_alloc(order);
	if (!p)
		return NULL;
	p->order = (u8)order;
	page_account_slab((s64)(1UL << order));
	this_cpu()->slab[large->index].live++;
	return page_address(p);
}

static void kfree_frames(struct page *p)
{
	this_cpu()->slab[large->index].live--;
	page_account_slab(-(s64)(1UL << p->order));
	page_free(p, p->order);
}

/**
 * kmalloc - @size bytes, content undefined
 *
 * The memory is aligned to its size rounded up to a power of two. A size of 0
 * gives a pointer like any other.
 *
 * Context: any but interrupts. Never waits.
 * Return: the memory, or NULL: there is none, or @size is above 8 MiB.
 */
void *kmalloc(size_t size)
{
	if (likely(size <= MAX_SMALL))
		return slab_alloc(classes[class_of(size)]);
	return kmalloc_frames(size);
}

/* The same, filled with zeros. */
void *kzalloc(size_t size)
{
	void *p = kmalloc(size);

	if (likely(p))
		memset(p, 0, size);
	return p;
}

/* Give back what kmalloc() or a slab cache gave; NULL is ignored. */
void kfree(const void *ptr)
{
	struct page *p;

	if (!ptr)
		return;
	p = virt_to_page(ptr);
	if (likely(p->flags & PG_SLAB))
		slab_free(p->slab, (void *)ptr);
	else
		kfree_frames(p);
}

/* A copy of the string @s, to be freed with kfree(); NULL: no memory. */
char *kstrdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = kmalloc(n);

	if (copy)
		memcpy(copy, s, n);
	return copy;
}

/* A string as sprintf would make it, to be freed with kfree(), or NULL. */
char *kasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	s = kmalloc((size_t)n + 1);
	if (!s)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

/* Boot: the caches of kmalloc(); after page_init(). */
void slab_init(void)
{
	static const char *const names[NR_CLASSES] = {
		"kmalloc-8",   "kmalloc-16",   "kmalloc-32",   "kmalloc-64",
		"kmalloc-128", "kmalloc-256",  "kmalloc-512",  "kmalloc-1024",
		"kmalloc-2048", "kmalloc-4096",
	};

	for (u32 i = 0; i < NR_CLASSES; i++)
		classes[i] = slab_create(names[i], 1UL << (MIN_SHIFT + i),
					 1UL << (MIN_SHIFT + i));
	large = slab_create("kmalloc-frames", PAGE_SIZE, PAGE_SIZE);
}
