// SPDX-License-Identifier: MIT
/*
 * Objects of the slab caches, in the debug build. A free one is filled with
 * POISON from its second word on (the first is the link of the list of free
 * ones); who takes it sees whether somebody has written to it since. Behind
 * each object is a zone of eight bytes, which nobody may write. What is handed
 * out is filled with FRESH, which no code can take for zeros.
 */
#include "kernel/debug/checks.h"
#include "kernel/debug/printk.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/string.h"

#define POISON 0x6b
#define FRESH 0xa5
#define ZONE 0x21656e6f5a646552ULL /* "RedZone!" */
#define LINK sizeof(void *)

static u64 *zone_of(void *obj, size_t size)
{
	return (u64 *)((char *)obj + size - OBJECT_ZONE);
}

static void poison(void *obj, size_t size)
{
	if (size - OBJECT_ZONE > LINK)
		memset((char *)obj + LINK, POISON, size - OBJECT_ZONE - LINK);
}

void object_check_new(void *obj, size_t size)
{
	*zone_of(obj, size) = ZONE;
	poison(obj, size);
}

static void check_zone(void *obj, size_t size, const char *what)
{
	u64 zone = *zone_of(obj, size);

	if (zone != ZONE)
		panic("slab: %s %p of %zu bytes: expected %#llx behind it, "
		      "found %#llx", what, obj, size - OBJECT_ZONE, ZONE,
		      (unsigned long long)zone);
}

void object_check_alloc(void *obj, size_t size)
{
	const u8 *p = obj;

	check_zone(obj, size, "free object");
	for (size_t i = LINK; i < size - OBJECT_ZONE; i++)
		if (p[i] != POISON)
			panic("slab: free object %p of %zu bytes was written "
			      "to at %zu: found %#x", obj, size - OBJECT_ZONE,
			      i, p[i]);
	memset(obj, FRESH, size - OBJECT_ZONE);
}

void object_check_free(void *obj, size_t size, const char *name)
{
	check_zone(obj, size, name);
	poison(obj, size);
}
