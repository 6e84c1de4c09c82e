// SPDX-License-Identifier: MIT
/*
 * Page tables of user address spaces: four levels, 4 KiB leaves in the lower
 * half; the upper half is the kernel's own entries (paging.c). The mm's lock
 * protects them.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"

#define USER_ENTRIES 256 /* of the top level */
#define TABLE_BITS 9
#define TABLE (PTE_P | PTE_W | PTE_U)

int pt_new(struct pagetable *pt)
{
	u64 *top, *kernel = phys_to_virt(kernel_root);

	pt->root = pt_frame_alloc();
	pt->cpus = 0;
	if (!pt->root)
		return -ENOMEM;
	top = phys_to_virt(pt->root);
	memcpy(top + USER_ENTRIES, kernel + USER_ENTRIES,
	       USER_ENTRIES * sizeof(u64));
	return 0;
}

static void free_tables(u64 *table, u32 level, u32 entries)
{
	for (u32 i = 0; i < entries; i++) {
		if (!(table[i] & PTE_P))
			continue;
		if (level > 1)
			free_tables(phys_to_virt(table[i] & PTE_ADDR),
				    level - 1, 512);
		pt_frame_free(table[i] & PTE_ADDR);
	}
}

/* Free the tables of an address space in which nothing is mapped. */
void pt_free(struct pagetable *pt)
{
	tlb_leave(pt);
	free_tables(phys_to_virt(pt->root), 3, USER_ENTRIES);
	pt_frame_free(pt->root);
	pt->root = 0;
}

static u32 index_at(u64 va, u32 level)
{
	return (va >> (PAGE_SHIFT + TABLE_BITS * level)) & 511;
}

/* The leaf entry of @va; see arch.h. */
u64 *pt_entry(struct pagetable *pt, u64 va, bool alloc)
{
	u64 *table = phys_to_virt(pt->root);

	for (u32 level = 3; level > 0; level--) {
		u64 *e = &table[index_at(va, level)];

		if (!(*e & PTE_P)) {
			phys_t frame = alloc ? pt_frame_alloc() : 0;

			if (!frame)
				return NULL;
			*e = frame | TABLE;
		}
		table = phys_to_virt(*e & PTE_ADDR);
	}
	return &table[index_at(va, 0)];
}

/* Free what lies wholly inside [start, end) below @table. True: some did. */
static bool prune(u64 *table, u32 level, u64 base, u64 start, u64 end)
{
	u64 span = 1UL << (PAGE_SHIFT + TABLE_BITS * level);
	bool freed = false;

	for (u32 i = 0; i < (level == 3 ? USER_ENTRIES : 512); i++) {
		u64 from = base + i * span;

		if (!(table[i] & PTE_P) || from >= end || from + span <= start)
			continue;
		if (level > 1)
			freed |= prune(phys_to_virt(table[i] & PTE_ADDR),
				       level - 1, from, start, end);
		if (from < start || from + span > end)
			continue;
		pt_frame_free(table[i] & PTE_ADDR);
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
