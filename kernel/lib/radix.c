// SPDX-License-Identifier: MIT
/*
 * A sparse map from a u64 index to a pointer: a tree of 64-way nodes, as high
 * as the largest index needs. Height 0 holds the item of index 0 in the root
 * itself. The owner locks. A node without items is freed at once.
 */
#include "kernel/lib/alloc.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/err.h"
#include "kernel/lib/radix.h"

#define BITS 6
#define SLOTS (1u << BITS)

struct radix_node {
	void *slot[SLOTS]; /* nodes, or items in the lowest level */
	u32 used;	   /* slots that are not NULL */
};

void radix_module_init(void)
{
}

/* Is @index below what a tree of @height can hold? */
static bool fits(u64 index, u32 height)
{
	return height * BITS >= 64 || !(index >> (height * BITS));
}

/* Which slot of a node at @level (1: lowest) leads to @index. */
static u32 slot_of(u64 index, u32 level)
{
	return (index >> ((level - 1) * BITS)) & (SLOTS - 1);
}

void *radix_lookup(const struct radix *r, u64 index)
{
	const void *p = r->root;
	u32 shift = r->height * BITS;

	if (!fits(index, r->height))
		return NULL;
	while (shift && p) {
		shift -= BITS;
		p = ((const struct radix_node *)p)
			    ->slot[index >> shift & (SLOTS - 1)];
	}
	return (void *)p;
}

/* One level more on top. An empty tree only becomes higher. */
static int grow(struct radix *r)
{
	struct radix_node *n;

	if (r->root) {
		n = kzalloc(sizeof(*n));
		if (!n)
			return -ENOMEM;
		n->slot[0] = r->root;
		n->used = 1;
		r->root = n;
	}
	r->height++;
	return 0;
}

/* Free what has become empty on the way to @index. */
static void prune(struct radix *r, u64 index)
{
	while (r->root) {
		void **link = &r->root;
		struct radix_node *n = NULL, *parent = NULL;

		for (u32 level = r->height; level; level--) {
			void **next;

			n = *link;
			next = &n->slot[slot_of(index, level)];
			if (!n->used || level == 1 || !*next)
				break;
			parent = n;
			link = next;
		}
		if (!n || n->used)
			return;
		*link = NULL;
		kfree(n);
		if (parent)
			parent->used--;
	}
	r->height = 0;
}

int radix_insert(struct radix *r, u64 index, void *item)
{
	struct radix_node *parent = NULL;
	void **link;

	assert(item);
	while (!fits(index, r->height))
		if (grow(r))
			return -ENOMEM;
	link = &r->root;
	for (u32 level = r->height; level; level--) {
		if (!*link) {
			*link = kzalloc(sizeof(struct radix_node));
			if (!*link) {
				prune(r, index);
				return -ENOMEM;
			}
			if (parent)
				parent->used++;
		}
		parent = *link;
		link = &parent->slot[slot_of(index, level)];
	}
	if (*link)
		return -EEXIST;
	*link = item;
	if (parent)
		parent->used++;
	r->count++;
	return 0;
}

void *radix_remove(struct radix *r, u64 index)
{
	struct radix_node *n = NULL;
	void **link = &r->root, *item;

	if (!fits(index, r->height))
		return NULL;
	for (u32 level = r->height; level && *link; level--) {
		n = *link;
		link = &n->slot[slot_of(index, level)];
	}
	item = *link;
	if (!item)
		return NULL;
	*link = NULL;
	if (n)
		n->used--;
	r->count--;
	prune(r, index);
	return item;
}

/* The number of indices that a slot at @level spans, minus one. */
static u64 span_mask(u32 level)
{
	u32 bits = (level - 1) * BITS;

	return bits >= 64 ? ~0ULL : (1ULL << bits) - 1;
}

void *radix_next(const struct radix *r, u64 *index)
{
	u64 at = *index;

	while (fits(at, r->height) && r->root) {
		void *p = r->root;
		u32 level = r->height;
		u64 after;

		while (level && p) {
			p = ((struct radix_node *)p)->slot[slot_of(at, level)];
			level--;
		}
		if (p) {
			*index = at;
			return p;
		}
		/* Nothing under this slot of level + 1: go behind it. */
		after = (at | span_mask(level + 1)) + 1;
		if (after <= at)
			break;
		at = after;
	}
	return NULL;
}
