// SPDX-License-Identifier: MIT
/*
 * Kernel stacks. Each stands above unmapped pages, so that an overflow is a
 * double fault and not silent damage. A stack given back stays mapped, for the
 * next task: no other CPU must be told, and memory used is that of the most tasks
 * that ever were at once.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lock/spinlock.h"
#include "kernel/mm/page.h"

#define KSTACK_AREA 0xffffc90000000000UL
#define KSTACK_SLOT (2 * KSTACK_SIZE) /* the lower half is the guard */
#define KSTACK_MAX ((1UL << 30) / KSTACK_SLOT) /* one top-level entry has more */

static DEFINE_SPINLOCK(kstack_lock);
static u64 *free_stacks; /* linked through their lowest words */
static u64 nr_slots;

static void unmap_pages(u64 va, u64 mapped)
{
	for (u64 at = va; at < va + mapped; at += PAGE_SIZE) {
		u64 *pte = kernel_pte(at, false);

		page_free(phys_to_page(*pte & PTE_ADDR), 0);
		*pte = 0;
		invlpg(at);
	}
}

static bool map_page(u64 va)
{
	u64 *pte = kernel_pte(va, true);
	struct page *p = pte ? page_alloc(0) : NULL;

	if (!p)
		return false;
	*pte = page_to_phys(p) | PTE_P | PTE_W |
	       (cpu_features.nx ? PTE_NX : 0);
	return true;
}

/* Nobody has used the addresses before, so no TLB knows them. */
static u64 stack_map(void)
{
	u64 va = KSTACK_AREA + nr_slots * KSTACK_SLOT + KSTACK_SIZE;

	if (nr_slots == KSTACK_MAX)
		return 0;
	for (u64 done = 0; done < KSTACK_SIZE; done += PAGE_SIZE) {
		if (!map_page(va + done)) {
			unmap_pages(va, done);
			return 0;
		}
	}
	nr_slots++;
	return va;
}

u64 kstack_new(void)
{
	u64 stack;

	spin_lock(&kstack_lock);
	stack = (u64)free_stacks;
	if (stack)
		free_stacks = (u64 *)*free_stacks;
	else
		stack = stack_map();
	spin_unlock(&kstack_lock);
	return stack;
}

void kstack_free(u64 stack)
{
	u64 *link = (u64 *)stack;

	spin_lock(&kstack_lock);
	*link = (u64)free_stacks;
	free_stacks = link;
	spin_unlock(&kstack_lock);
}
