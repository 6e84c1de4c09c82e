// SPDX-License-Identifier: MIT
/*
 * Page tables of user address spaces: four levels, 4 KiB leaves in the lower
 * half; the upper half is the kernel's own entries (paging.c). The mm's lock
 * protects them.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

#define USER_ENTRIES 256 /* of the top level */
#define TABLE_BITS 9
#define TABLE (PTE_P | PTE_W | PTE_U)

/*
 * Tables that are free and need not be cleared: a table is given back when
 * its entries are zero, and a top level with the kernel's half in it, which never
 * changes. A stack of each CPU, no lock: no preemption, no interrupts that
 * allocate. fork and exit of a small process take and give about eight.
 */
#define POOL_SIZE 16

struct table_pool {
	u32 n;
	phys_t frame[POOL_SIZE];
};

static struct table_pool tables[NR_CPUS], tops[NR_CPUS];

static phys_t pool_take(struct table_pool *pool)
{
	phys_t frame;

	if (unlikely(alloc_fail_on) && alloc_should_fail())
		return 0;
	if (!pool->n)
		return 0;
	frame = pool->frame[--pool->n];
	mem_account(MEM_PAGETABLE, 1);
	return frame;
}

static void pool_give(struct table_pool *pool, phys_t frame)
{
	if (pool->n == POOL_SIZE) {
		pt_frame_free(frame);
		return;
	}
	pool->frame[pool->n++] = frame;
	mem_account(MEM_PAGETABLE, -1);
}

/* A table of zeros; 0: no memory. */
static phys_t table_new(void)
{
	phys_t frame = pool_take(&tables[this_cpu()->id]);

	if (!frame)
		frame = pt_frame_alloc();
	if (frame)
		phys_to_page(frame)->used = 0;
	return frame;
}

/* Its entries are zero. */
static void table_free(phys_t frame)
{
	pool_give(&tables[this_cpu()->id], frame);
}

int pt_new(struct pagetable *pt)
{
	u64 *top, *kernel = phys_to_virt(kernel_root);

	pt->cpus = 0;
	pt->root = pool_take(&tops[this_cpu()->id]);
	if (!pt->root) {
		pt->root = pt_frame_alloc();
		if (!pt->root)
			return -ENOMEM;
		top = phys_to_virt(pt->root);
		memcpy(top + USER_ENTRIES, kernel + USER_ENTRIES,
		       USER_ENTRIES * sizeof(u64));
	}
	phys_to_page(pt->root)->used = 0;
	return 0;
}

/* Give every leaf entry below @table to @put and free the tables; it is of zeros
 * then. Level 0 has the leaves. */
static void free_tables(u64 *table, u32 level, void (*put)(u64 entry))
{
	u32 i, end;

	for (i = table_next(table, 0); i < TABLE_ENTRIES;
	     i = table_next(table, i)) {
		for (end = i + table_stretch(table, i); i < end; i++) {
			u64 entry = table[i];

			if (!entry)
				continue;
			table[i] = 0;
			if (!level) {
				put(entry);
				continue;
			}
			free_tables(phys_to_virt(entry & PTE_ADDR), level - 1,
				    put);
			table_free(entry & PTE_ADDR);
		}
	}
	cond_resched();
}

/* The end of an address space: @put gets what was mapped. */
void pt_free(struct pagetable *pt, void (*put)(u64 entry))
{
	tlb_leave(pt);
	free_tables(phys_to_virt(pt->root), 3, put);
	pool_give(&tops[this_cpu()->id], pt->root);
	pt->root = 0;
}

static u32 index_at(u64 va, u32 level)
{
	return (va >> (PAGE_SHIFT + TABLE_BITS * level)) & 511;
}

static bool table_add(u64 *e)
{
	phys_t frame = table_new();

	if (!frame)
		return false;
	*e = frame | TABLE;
	table_use(e);
	return true;
}

/* The entry of the leaf table of @va, found from the top; tables that are missing
 * are made. NULL: no memory. */
static __noinline u64 *entry_make(u64 *table, u64 va)
{
	for (u32 level = 3; level; level--) {
		u64 *e = table + index_at(va, level);

		if (!(*e & PTE_P) && !table_add(e))
			return NULL;
		table = phys_to_virt(*e & PTE_ADDR);
	}
	table += index_at(va, 0);
	table_use(table);
	return table;
}

/* The leaf entry of @va; see arch.h. Each fault comes here, nearly always with
 * all tables there: no loop, and what makes tables is elsewhere. */
u64 *pt_entry(struct pagetable *pt, u64 va, bool alloc)
{
	u64 *top = phys_to_virt(pt->root), e = top[index_at(va, 3)];

	if (likely(e & PTE_P))
		e = ((u64 *)phys_to_virt(e & PTE_ADDR))[index_at(va, 2)];
	if (likely(e & PTE_P))
		e = ((u64 *)phys_to_virt(e & PTE_ADDR))[index_at(va, 1)];
	if (likely(e & PTE_P)) {
		u64 *leaf = (u64 *)phys_to_virt(e & PTE_ADDR) + index_at(va, 0);

		if (alloc)
			table_use(leaf);
		return leaf;
	}
	return alloc ? entry_make(top, va) : NULL;
}

/* Free what lies wholly inside [start, end) below @table. True: some did. */
static bool prune(u64 *table, u32 level, u64 base, u64 start, u64 end)
{
	u64 span = 1UL << (PAGE_SHIFT + TABLE_BITS * level);
	bool freed = false;
	u32 i = start > base ? (u32)((start - base) / span) : 0;

	for (i = table_next(table, i); i < TABLE_ENTRIES;
	     i = table_next(table, i + 1)) {
		u64 from = base + i * span;

		if (from >= end)
			break;
		if (!(table[i] & PTE_P))
			continue;
		if (level > 1)
			freed |= prune(phys_to_virt(table[i] & PTE_ADDR),
				       level - 1, from, start, end);
		if (from < start || from + span > end)
			continue;
		table_free(table[i] & PTE_ADDR);
		table[i] = 0;
		freed = true;
	}
	return freed;
}

/* Free tables that cover only [start, end), where nothing is mapped. */
void pt_prune(struct pagetable *pt, u64 start, u64 end)
{
	const u64 smallest = 1UL << (PAGE_SHIFT + TABLE_BITS);

	if (ALIGN_UP(start, smallest) + smallest > end)
		return;
	if (prune(phys_to_virt(pt->root), 3, 0, start, end))
		tlb_flush_all(pt);
}

/* Whole pages, by words: measured best under QEMU (numbers.md). */
void clear_page(void *va)
{
	u64 n = PAGE_SIZE / 8;

	__asm__ volatile("rep stosq" : "+D"(va), "+c"(n) : "a"(0UL) : "memory");
}

void copy_page(void *dst, const void *src)
{
	u64 n = PAGE_SIZE / 8;

	__asm__ volatile("rep movsq" : "+D"(dst), "+S"(src), "+c"(n)::"memory");
}
