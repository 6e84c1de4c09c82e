// SPDX-License-Identifier: MIT
/*
 * The buddy allocator (Knuth, "The Art of Computer Programming", 2.5).
 *
 * Free memory is blocks of 2^order frames, each aligned to its size; a list
 * for each order. A block is split until it fits; a freed block merges with
 * its buddy (the frame number with one bit flipped) as long as that is free.
 * Only the head frame of a free block has PG_BUDDY and .order.
 *
 * Single frames, nearly all there is to allocate, come from a small stack of
 * each CPU, without a lock: the kernel is not preemptible, and interrupt
 * handlers do not allocate. The stack is filled and emptied in batches.
 *
 * page_lock protects the lists, the free counts, and flags and order of free
 * blocks.
 */
#include "kernel/lib/assert.h"
#include "kernel/lib/string.h"
#include "kernel/lock/spinlock.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"

#define CPU_FRAMES 32	     /* most frames on a CPU's stack */
#define BATCH_ORDER 4
#define CPU_BATCH (1u << BATCH_ORDER) /* moved at once to and from the lists */
#define LOW_RESERVED 0x10000 /* the BIOS, and the door of the other CPUs */

struct frame_stack {
	u32 n;
	struct page *page[CPU_FRAMES];
};

struct page *mem_map;
u64 nr_frames;

static DEFINE_SPINLOCK(page_lock);
static struct list free_lists[MAX_ORDER + 1];
static u64 nr_total, nr_buddy; /* frames: ever given to us, on the lists */
static struct frame_stack frame_stacks[NR_CPUS];
static s64 mem_kinds[NR_CPUS][NR_MEM_KINDS];
static s64 slab_frames; /* [a] */

static void free_list_add(struct page *p, u32 order)
{
	p->flags |= PG_BUDDY;
	p->order = (u8)order;
	list_add(&p->link, &free_lists[order]);
}

static void free_list_del(struct page *p)
{
	p->flags &= (u8)~PG_BUDDY;
	list_del(&p->link);
}

/* The free buddy of the block at frame @pfn, or NULL. */
static struct page *free_buddy(u64 pfn, u32 order)
{
	u64 other = pfn ^ (1UL << order);
	struct page *p = mem_map + other;

	if (other >= nr_frames || !(p->flags & PG_BUDDY) || p->order != order)
		return NULL;
	return p;
}

static void buddy_free(struct page *p, u32 order) __must_hold(page_lock)
{
	u64 pfn = (u64)(p - mem_map);
	struct page *buddy;

	assert(!(p->flags & (PG_BUDDY | PG_RESERVED)));
	nr_buddy += 1UL << order;
	for (; order < MAX_ORDER; order++) {
		buddy = free_buddy(pfn, order);
		if (!buddy)
			break;
		free_list_del(buddy);
		pfn &= ~(1UL << order);
	}
	free_list_add(mem_map + pfn, order);
}

static struct page *buddy_alloc(u32 order) __must_hold(page_lock)
{
	struct page *p;
	u32 o = order;

	while (o <= MAX_ORDER && list_empty(&free_lists[o]))
		o++;
	if (o > MAX_ORDER)
		return NULL;
	p = list_first(&free_lists[o], struct page, link);
	free_list_del(p);
	while (o > order) { /* keep the lower half */
		o--;
		free_list_add(p + (1UL << o), o);
	}
	p->order = (u8)order;
	nr_buddy -= 1UL << order;
	return p;
}

/* The largest block up to @order that there is, and its order. */
static struct page *buddy_alloc_most(u32 *order) __must_hold(page_lock)
{
	struct page *p = buddy_alloc(*order);

	while (!p && *order)
		p = buddy_alloc(--*order);
	return p;
}

/* A block whole, if there is one: it is not split by halves. */
static __noinline struct page *stack_refill(struct frame_stack *fs)
{
	u32 order = BATCH_ORDER;
	struct page *p;

	spin_lock(&page_lock);
	p = buddy_alloc_most(&order);
	spin_unlock(&page_lock);
	if (!p)
		return NULL;
	for (u32 i = 1u << order; --i;) { /* the lowest is taken first */
		p[i].order = 0;
		fs->page[fs->n++] = p + i;
	}
	p->order = 0;
	p->refs = 1;
	return p;
}

static __noinline void stack_drain(struct frame_stack *fs)
{
	spin_lock(&page_lock);
	while (fs->n > CPU_FRAMES - CPU_BATCH)
		buddy_free(fs->page[--fs->n], 0);
	spin_unlock(&page_lock);
}

static __noinline struct page *frames_take(u32 order)
{
	struct page *p;

	if (order > MAX_ORDER)
		return NULL;
	spin_lock(&page_lock);
	p = buddy_alloc(order);
	spin_unlock(&page_lock);
	if (p)
		p->refs = 1;
	return p;
}

static inline struct page *frame_take(u32 order)
{
	struct frame_stack *fs = &frame_stacks[this_cpu()->id];
	struct page *p;

	if (unlikely(order))
		return frames_take(order);
	if (unlikely(!fs->n))
		return stack_refill(fs);
	p = fs->page[--fs->n];
	p->refs = 1;
	return p;
}

/* Noinline, so that page_alloc() has no call to save registers for. */
static __noinline struct page *frame_take_or_fail(u32 order)
{
	return alloc_should_fail() ? NULL : frame_take(order);
}

/**
 * page_alloc - 2^order frames that lie together
 * @order: 0 to MAX_ORDER
 *
 * The content is undefined. The caller owns the one reference.
 *
 * Context: any but interrupts. Never waits.
 * Return: the first frame, or NULL if there is no such block.
 */
struct page *page_alloc(u32 order)
{
	if (unlikely(alloc_fail_on))
		return frame_take_or_fail(order);
	return frame_take(order);
}

/* One frame of zeros; otherwise as page_alloc(0). */
struct page *page_alloc_zeroed(void)
{
	struct page *p = page_alloc(0);

	if (likely(p))
		clear_page(page_address(p));
	return p;
}

static __noinline void frames_give(struct page *p, u32 order)
{
	spin_lock(&page_lock);
	buddy_free(p, order);
	spin_unlock(&page_lock);
}

/**
 * page_free - give back what page_alloc() gave
 * @p: the first frame
 * @order: as it was allocated
 *
 * Context: any but interrupts.
 */
void page_free(struct page *p, u32 order)
{
	struct frame_stack *fs = &frame_stacks[this_cpu()->id];

	assert(!(p->flags & (PG_BUDDY | PG_RESERVED | PG_SLAB)));
	p->refs = 0;
	if (unlikely(order)) {
		frames_give(p, order);
		return;
	}
	fs->page[fs->n++] = p;
	if (unlikely(fs->n == CPU_FRAMES))
		stack_drain(fs);
}

/* The largest block that begins at frame @pfn and ends before @last. */
static u32 order_at(u64 pfn, u64 last)
{
	u32 order = pfn ? (u32)__builtin_ctzl(pfn) : MAX_ORDER;

	order = min(order, (u32)MAX_ORDER);
	while (pfn + (1UL << order) > last)
		order--;
	return order;
}

static void frames_free(u64 pfn, u64 last)
{
	u32 order;

	spin_lock(&page_lock);
	for (; pfn < last; pfn += 1UL << order) {
		order = order_at(pfn, last);
		nr_total += 1UL << order;
		buddy_free(mem_map + pfn, order);
	}
	spin_unlock(&page_lock);
}

/**
 * page_release_range - give reserved boot memory to the allocator
 * @start: first byte
 * @end: first byte after it; frames that are not wholly inside stay reserved
 */
void page_release_range(phys_t start, phys_t end)
{
	u64 pfn = (start + PAGE_SIZE - 1) >> PAGE_SHIFT;
	u64 last = min(end >> PAGE_SHIFT, nr_frames);

	for (struct page *p = mem_map + pfn; p < mem_map + last; p++) {
		assert(p->flags == PG_RESERVED);
		p->flags = 0;
	}
	frames_free(pfn, last);
}

/* What is wanted for something else, in the order of its addresses. */
struct reserved {
	phys_t start, end;
};

/* [start, end) is free; what is between it and *@next, the end of the piece
 * before, is not. */
static void boot_free(phys_t start, phys_t end, u64 *next)
{
	u64 pfn = start >> PAGE_SHIFT;

	while (*next < pfn)
		mem_map[(*next)++].flags = PG_RESERVED;
	*next = end >> PAGE_SHIFT;
	frames_free(pfn, *next);
}

static void release_ram(const struct mem_range *r, const struct reserved *list,
			u32 n, u64 *next)
{
	phys_t at = r->start;

	for (u32 i = 0; i < n && at < r->end; i++) {
		if (list[i].end <= at || list[i].start >= r->end)
			continue;
		if (list[i].start > at)
			boot_free(at, list[i].start, next);
		at = list[i].end;
	}
	if (at < r->end)
		boot_free(at, r->end, next);
}

static struct reserved reserve(phys_t start, phys_t end)
{
	return (struct reserved){ start & PAGE_MASK,
				  ALIGN_UP(end, PAGE_SIZE) };
}

/**
 * page_init - take all usable memory
 *
 * Makes mem_map for all frames below the end of RAM and frees what
 * boot_info.ram has, but for the kernel, the initrd and the lowest 64 KiB.
 * early_alloc() takes what it gives off boot_info.ram.
 *
 * Context: boot, after paging_init().
 */
void page_init(void)
{
	struct reserved kernel = reserve(boot_info.kernel_start,
					 boot_info.kernel_end);
	struct reserved initrd = reserve(boot_info.initrd.start,
					 boot_info.initrd.end);
	bool first = kernel.start < initrd.start; /* the loader decides */
	struct reserved list[3] = { reserve(0, LOW_RESERVED),
				    first ? kernel : initrd,
				    first ? initrd : kernel };
	phys_t map, top = 0;
	u64 next = 0; /* frame that nothing is known about yet */

	for (u32 i = 0; i < boot_info.nr_ram; i++)
		top = max(top, boot_info.ram[i].end);
	nr_frames = top >> PAGE_SHIFT;
	for (u32 o = 0; o <= MAX_ORDER; o++)
		list_init(&free_lists[o]);
	map = early_alloc(nr_frames * sizeof(struct page));
	mem_map = phys_to_virt(map);
	for (u32 i = 0; i < boot_info.nr_ram; i++) {
		const struct mem_range *r = &boot_info.ram[i];

		assert(map < r->start || map >= r->end);
		release_ram(r, list, ARRAY_SIZE(list), &next);
	}
	boot_free(top, top, &next); /* what early_alloc() took off the end */
}

/* For slab.c alone: @frames more (or fewer) belong to objects. */
void page_account_slab(s64 frames)
{
	atomic_add(&slab_frames, frames);
}

/* Count @frames more (or fewer) of @kind, for the statistics. */
void mem_account(enum mem_kind kind, s64 frames)
{
	mem_kinds[this_cpu()->id][kind] += frames;
}

static u64 kind_sum(enum mem_kind kind)
{
	s64 sum = 0;

	for (u32 i = 0; i < NR_CPUS; i++)
		sum += READ_ONCE(mem_kinds[i][kind]);
	return sum > 0 ? (u64)sum : 0;
}

u64 mem_total(void)
{
	return READ_ONCE(nr_total);
}

/* How much memory there is and what it is used for, in frames. */
void mem_stats(struct mem_stats *out)
{
	*out = (struct mem_stats){
		.total = READ_ONCE(nr_total),
		.free = READ_ONCE(nr_buddy),
		.slab = (u64)READ_ONCE(slab_frames),
		.pagetables = kind_sum(MEM_PAGETABLE),
		.file = kind_sum(MEM_FILE),
		.anon = kind_sum(MEM_ANON),
	};
	for (u32 i = 0; i < NR_CPUS; i++)
		out->free += READ_ONCE(frame_stacks[i].n);
}
