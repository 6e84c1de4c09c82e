// SPDX-License-Identifier: MIT
/*
 * Slab caches (Bonwick, "The Slab Allocator", 1994, and "Magazines and
 * Vmem", 2001): objects of one size, cut from blocks of 2^order frames.
 *
 * Three levels. A CPU's magazine is a list of free objects, linked through
 * their first word; it needs no lock, as the kernel is not preemptible and
 * interrupt handlers do not allocate. Below it, the partial list of the cache
 * has the blocks with free objects; slab.lock protects it and the blocks'
 * .freelist and .inuse. Objects move between these two in batches. Below
 * that are whole blocks: one without objects in use goes back at once.
 *
 * An object in a magazine counts as in use for its block, but not as live.
 */
#include "kernel/debug/checks.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"

#define MAX_CACHES ARRAY_SIZE(cpus[0].slab)
#define MAX_SLAB_ORDER 3
#define BATCH_BYTES 4096 /* moved at once between magazine and blocks, */
#define BATCH_MAX 16	 /* but not more objects than this */

static struct slab caches[MAX_CACHES];
static u32 nr_caches;
static struct list cache_list = LIST_INIT(cache_list);

/* ---- blocks ------------------------------------------------------------- */

static u32 block_bytes(const struct slab *s)
{
	return (u32)PAGE_SIZE << s->order;
}

/* The first frame of the block that @obj is in. */
static struct page *block_of(const struct slab *s, const void *obj)
{
	return virt_to_page((void *)((u64)obj & ~(u64)(block_bytes(s) - 1)));
}

static void block_init(struct slab *s, struct page *p)
{
	char *base = page_address(p);
	void **link = &p->freelist;

	for (u32 i = 0; i < s->per_page; i++) {
		*link = base + (size_t)i * s->size;
		link = *link;
		if (DEBUG_CHECKS)
			object_check_new(link, s->size);
	}
	*link = NULL;
	for (u32 i = 0; i < 1u << s->order; i++) {
		p[i].flags |= PG_SLAB;
		p[i].slab = s;
	}
	p->inuse = 0;
	list_init(&p->link);
}

static void block_free(struct slab *s, struct page *p)
{
	for (u32 i = 0; i < 1u << s->order; i++) {
		p[i].flags &= (u8)~PG_SLAB;
		p[i].slab = NULL;
	}
	list_del(&p->link);
	page_account_slab(-(s64)(1u << s->order));
	page_free(p, s->order);
}

static struct page *block_new(struct slab *s)
{
	struct page *p = page_alloc(s->order);

	if (!p)
		return NULL;
	block_init(s, p);
	page_account_slab(1u << s->order);
	return p;
}

/* Another block for the partial list: false if there is no memory. */
static bool block_add(struct slab *s) __must_hold(s->lock)
{
	struct page *p = block_new(s);

	if (p)
		list_add(&p->link, &s->partial);
	return p;
}

/* One object from the partial blocks. */
static void *block_take(struct slab *s) __must_hold(s->lock)
{
	struct page *p = list_first(&s->partial, struct page, link);
	void *obj = p->freelist;

	p->freelist = *(void **)obj;
	p->inuse++;
	if (!p->freelist)
		list_del(&p->link);
	return obj;
}

static void block_give(struct slab *s, void *obj) __must_hold(s->lock)
{
	struct page *p = block_of(s, obj);

	assert(p->inuse);
	if (!p->freelist)
		list_add(&p->link, &s->partial);
	*(void **)obj = p->freelist;
	p->freelist = obj;
	if (!--p->inuse)
		block_free(s, p);
}

/* ---- magazines ---------------------------------------------------------- */

static u32 batch_for(u32 size)
{
	u32 n = BATCH_BYTES / size;

	return n > BATCH_MAX ? BATCH_MAX : n ? n : 1;
}

static void magazine_push(struct magazine *m, void *obj)
{
	*(void **)obj = m->first;
	m->first = obj;
	m->n++;
}

static void *magazine_pop(struct magazine *m)
{
	void *obj = m->first;

	if (likely(obj)) {
		m->first = *(void **)obj;
		m->n--;
	}
	return obj;
}

/* All that is free in block @p, for the empty magazine @m and (the first one) for
 * the caller: both are lists of the same make, so none is touched one by one. */
static void *block_take_all(struct slab *s, struct page *p, struct magazine *m)
	__must_hold(s->lock)
{
	void *first = p->freelist;

	m->first = *(void **)first;
	m->n = s->per_page - p->inuse - 1;
	p->freelist = NULL;
	p->inuse = (typeof(p->inuse))s->per_page;
	list_del(&p->link);
	return first;
}

/* From partial blocks, of which there are some: no new one to fill a magazine. */
static void *blocks_take(struct slab *s, struct magazine *m)
	__must_hold(s->lock)
{
	struct page *p = list_first(&s->partial, struct page, link);
	void *first;

	if (s->per_page - p->inuse <= 2 * s->batch)
		return block_take_all(s, p, m);
	first = block_take(s);
	for (u32 i = 1; i < s->batch && !list_empty(&s->partial); i++)
		magazine_push(m, block_take(s));
	return first;
}

/* One object for the caller, the rest of a batch for the magazine. Noinline and
 * the last thing slab_alloc() does: so that needs no frame of its own. */
static __noinline void *magazine_refill(struct slab *s, struct magazine *m)
{
	void *first = NULL;

	spin_lock(&s->lock);
	if (!list_empty(&s->partial) || block_add(s))
		first = blocks_take(s, m);
	spin_unlock(&s->lock);
	if (first)
		m->live++;
	if (DEBUG_CHECKS && first)
		object_check_alloc(first, s->size);
	return first;
}

/* The same for slab_free(): a batch back to its blocks. */
static __noinline void magazine_drain(struct slab *s, struct magazine *m)
{
	spin_lock(&s->lock);
	for (u32 i = 0; i < s->batch; i++)
		block_give(s, magazine_pop(m));
	spin_unlock(&s->lock);
}

/* ---- objects ------------------------------------------------------------ */

static inline void *object_take(struct slab *s)
{
	struct magazine *m = &this_cpu()->slab[s->index];
	void *obj = magazine_pop(m);

	if (unlikely(!obj))
		return magazine_refill(s, m);
	m->live++;
	if (DEBUG_CHECKS)
		object_check_alloc(obj, s->size);
	return obj;
}

/* Noinline, so that slab_alloc() has no call to save registers for. */
static __noinline void *object_take_or_fail(struct slab *s)
{
	return alloc_should_fail() ? NULL : object_take(s);
}

/**
 * slab_alloc - an object of cache @s, content undefined
 *
 * Context: any but interrupts. Never waits.
 * Return: the object, which the caller owns, or NULL if there is no memory.
 */
void *slab_alloc(struct slab *s)
{
	if (unlikely(alloc_fail_on))
		return object_take_or_fail(s);
	return object_take(s);
}

/* The same, filled with zeros. */
void *slab_zalloc(struct slab *s)
{
	void *obj = slab_alloc(s);

	if (likely(obj))
		memset(obj, 0, s->size - OBJECT_ZONE);
	return obj;
}

/**
 * slab_free - give @obj back to the cache it came from
 *
 * Context: any but interrupts.
 */
void slab_free(struct slab *s, void *obj)
{
	struct magazine *m = &this_cpu()->slab[s->index];

	assert(virt_to_page(obj)->slab == s);
	assert(obj != m->first); /* freed twice */
	if (DEBUG_CHECKS)
		object_check_free(obj, s->size, s->name);
	magazine_push(m, obj);
	m->live--;
	if (unlikely(m->n > 2 * s->batch))
		magazine_drain(s, m);
}

/* How many objects are handed out; exact while nobody allocates. */
s64 slab_live(const struct slab *s)
{
	s64 sum = 0;

	for (u32 i = 0; i < NR_CPUS; i++)
		sum += READ_ONCE(cpus[i].slab[s->index].live);
	return sum;
}

/* ---- caches ------------------------------------------------------------- */

/* The smallest block that wastes at most an eighth of itself. */
static u8 order_for(u32 size)
{
	u8 order = 0;

	while ((PAGE_SIZE << order) < size)
		order++;
	while (order < MAX_SLAB_ORDER &&
	       (PAGE_SIZE << order) % size > (PAGE_SIZE << order) / 8)
		order++;
	return order;
}

/**
 * slab_create - a cache of objects of @size bytes
 * @name: as debugfs shows it; stays the caller's, must live for ever
 * @size: of an object
 * @align: of an object, a power of two; 0: eight
 *
 * Context: boot only. There is room for 64 caches, more is a panic.
 */
struct slab *slab_create(const char *name, size_t size, size_t align)
{
	struct slab *s = &caches[nr_caches];

	assert(nr_caches < MAX_CACHES);
	align = max(align, sizeof(void *));
	assert(!(align & (align - 1)) && align <= PAGE_SIZE);
	s->name = name;
	s->align = (u32)align;
	s->size = (u32)ALIGN_UP(max(size, sizeof(void *)) + OBJECT_ZONE, align);
	s->index = nr_caches++;
	s->order = order_for(s->size);
	assert(s->order <= MAX_ORDER);
	s->batch = batch_for(s->size);
	s->per_page = block_bytes(s) / s->size;
	spin_init(&s->lock, "slab");
	list_init(&s->partial);
	list_add_tail(&s->link, &cache_list);
	return s;
}

/* Call @fn for each cache, in the order of their creation. */
void slab_for_each(void (*fn)(const struct slab *s, void *arg), void *arg)
{
	struct slab *s;

	list_for_each_entry(s, &cache_list, link)
		fn(s, arg);
}
