/* SPDX-License-Identifier: MIT */
/*
 * Page frames: the buddy allocator, and struct page, one for each frame.
 *
 * A frame in use has refs >= 1. page_get/page_put count the page-table
 * entries and the page caches that hold it; the last put frees it. Slab
 * and page-table frames are owned by one holder and freed by page_free().
 */
#ifndef WARREN_KERNEL_MM_PAGE_H
#define WARREN_KERNEL_MM_PAGE_H

#include "arch/x86_64/arch.h"
#include "kernel/lib/list.h"
#include "kernel/lib/types.h"

#define MAX_ORDER 11 /* blocks of 1 .. 2048 frames */

enum page_flags {
	PG_RESERVED = 1, /* kernel image, holes: never allocated */
	PG_BUDDY = 2,	 /* free, head of a block of .order */
	PG_SLAB = 4,	 /* .slab is the cache it belongs to */
};

struct page {
	u32 refs; /* [a] holders, see above */
	u8 flags, order;
	u16 inuse; /* slab: objects handed out */
	union {
		struct list link; /* buddy free list, slab's list */
		u64 used; /* page table: see table_use() */
	};
	union {
		struct slab *slab;
		void *owner;
	};
	void *freelist; /* slab: first free object */
};

extern struct page *mem_map; /* frame number -> struct page */
extern u64 nr_frames;	     /* entries of mem_map */

static inline phys_t page_to_phys(const struct page *p)
{
	return (phys_t)(p - mem_map) << PAGE_SHIFT;
}
static inline struct page *phys_to_page(phys_t pa)
{
	return mem_map + (pa >> PAGE_SHIFT);
}
static inline void *page_address(const struct page *p)
{
	return phys_to_virt(page_to_phys(p));
}
static inline struct page *virt_to_page(const void *va)
{
	return phys_to_page(virt_to_phys(va));
}

/*
 * Which entries of a page table may be in use: a bit for each group of eight
 * (one cache line), set with the first entry and kept until the table goes.
 * Most tables hold a few entries, so walks that ask here save most of their work:
 * fork and exit of a small process are walks through seven tables.
 */
#define TABLE_ENTRIES 512u
#define TABLE_GROUP 8u

static inline void table_use(const u64 *entry)
{
	virt_to_page(entry)->used |= 1UL << ((u64)entry / 64 % 64);
}

/* The first index >= @i whose entry may be in use; TABLE_ENTRIES: none. */
static inline u32 table_next(const u64 *table, u32 i)
{
	u64 used;

	if (i >= TABLE_ENTRIES)
		return TABLE_ENTRIES;
	used = virt_to_page(table)->used >> (i / TABLE_GROUP);
	if (!used)
		return TABLE_ENTRIES;
	if (used & 1)
		return i;
	return ((u32)__builtin_ctzl(used) + i / TABLE_GROUP) * TABLE_GROUP;
}

/* How many entries from @i on are in groups in use; @i is in such a group. */
static inline u32 table_stretch(const u64 *table, u32 i)
{
	u64 unused = ~(virt_to_page(table)->used >> (i / TABLE_GROUP));
	u32 groups = unused ? (u32)__builtin_ctzl(unused) : 64;

	return groups * TABLE_GROUP - i % TABLE_GROUP;
}

void page_init(void); /* takes boot_info.ram, after paging_init() */
/* 2^order frames, refs = 1, content undefined; NULL: none left. Any context
 * but interrupts. */
struct page *page_alloc(u32 order);
struct page *page_alloc_zeroed(void); /* one frame of zeros */
void page_free(struct page *p, u32 order);
/* Give a range of reserved boot memory (the initrd) to the allocator. */
void page_release_range(phys_t start, phys_t end);

static inline void page_get(struct page *p)
{
	atomic_add(&p->refs, 1);
}
static inline void page_put(struct page *p)
{
	if (!atomic_sub(&p->refs, 1))
		page_free(p, 0);
}

struct mem_stats {
	u64 total, free, slab, pagetables, file, anon; /* in frames */
};
void mem_stats(struct mem_stats *out);
u64 mem_total(void); /* the first of them, which costs nothing */
enum mem_kind { MEM_PAGETABLE, MEM_FILE, MEM_ANON, NR_MEM_KINDS };
void mem_account(enum mem_kind kind, s64 frames); /* for the statistics */
void page_account_slab(s64 frames); /* slab.c: frames that hold objects */

#endif
