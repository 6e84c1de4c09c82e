// SPDX-License-Identifier: MIT
/*
 * The kernel's half of every address space: the direct map (never executable),
 * the kernel image (text executable and read-only, constants read-only, data
 * neither executable), and the area of kernel stacks. Its top-level entries
 * (256 to 511) are made once and copied to each user page table, so nothing below
 * them is ever missing anywhere.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"

#define PTE_PWT 0x008UL
#define PTE_PCD 0x010UL
#define PTE_PS 0x080UL
#define PTE_G 0x100UL
#define SIZE_2M (1UL << 21)
#define SIZE_4G (1UL << 32)
#define MMIO_START 0xfec00000UL /* I/O APIC and local APIC */
#define MMIO_END 0xff000000UL
#define KSTACK_AREA 0xffffc90000000000UL

phys_t kernel_root;

extern const char kernel_rodata_start[], kernel_rodata_end[];
extern const char kernel_data_start[];
extern const char kernel_image_start[], kernel_image_end[];

static bool early = true; /* page_init() has not run */

/* A zeroed frame for a table; 0: no memory. */
phys_t pt_frame_alloc(void)
{
	struct page *p;

	if (early)
		return early_alloc(PAGE_SIZE);
	p = page_alloc_zeroed();
	if (!p)
		return 0;
	mem_account(MEM_PAGETABLE, 1);
	return page_to_phys(p);
}

void pt_frame_free(phys_t frame)
{
	mem_account(MEM_PAGETABLE, -1);
	page_free(phys_to_page(frame), 0);
}

static u64 *table_entry(u64 *table, u64 va, u32 level)
{
	return &table[(va >> (PAGE_SHIFT + 9 * level)) & 511];
}

/* The entry for @va at @level (0: 4 KiB, 1: 2 MiB, 2: 1 GiB), tables made. */
static u64 *kernel_entry(u64 va, u32 level, bool alloc)
{
	u64 *e, *table = phys_to_virt(kernel_root);

	for (u32 l = 3; l > level; l--) {
		e = table_entry(table, va, l);
		if (!(*e & PTE_P)) {
			phys_t frame = alloc ? pt_frame_alloc() : 0;

			if (!frame)
				return NULL;
			*e = frame | PTE_P | PTE_W;
		}
		assert(!(*e & PTE_PS));
		table = phys_to_virt(*e & PTE_ADDR);
	}
	return table_entry(table, va, level);
}

/* The kernel's own entry for one page; NULL: no table (or no memory). */
u64 *kernel_pte(u64 va, bool alloc)
{
	return kernel_entry(va, 0, alloc);
}

static void map_small(u64 va, phys_t pa, u64 end, u64 flags)
{
	for (; pa < end; pa += PAGE_SIZE, va += PAGE_SIZE)
		*kernel_entry(va, 0, true) = pa | flags | PTE_P | PTE_G;
}

static u64 nx(void)
{
	return cpu_features.nx ? PTE_NX : 0;
}

/* Rights of a frame of the image in the direct map: not writable where the
 * image is not, or W^X would have a back door. */
static u64 direct_rights(phys_t pa)
{
	u64 va = pa + KERNEL_IMAGE;

	if (va >= (u64)kernel_text_start && va < (u64)kernel_data_start)
		return nx();
	return PTE_W | nx();
}

static bool holds_image(phys_t start, phys_t end)
{
	return start < boot_info.kernel_end && boot_info.kernel_start < end;
}

static void map_direct_2m(phys_t pa)
{
	u64 flags = PTE_P | PTE_W | PTE_PS | PTE_G | nx();

	if (pa >= MMIO_START && pa < MMIO_END)
		flags |= PTE_PCD | PTE_PWT;
	*kernel_entry(pa + DIRECT_MAP, 1, true) = pa | flags;
}

static void map_direct(phys_t top)
{
	for (phys_t pa = 0; pa < top; pa += SIZE_2M) {
		if (!holds_image(pa, pa + SIZE_2M)) {
			map_direct_2m(pa);
			continue;
		}
		for (phys_t p = pa; p < pa + SIZE_2M; p += PAGE_SIZE)
			map_small(p + DIRECT_MAP, p, p + PAGE_SIZE,
				  direct_rights(p));
	}
}

static void map_image_part(const char *from, const char *to, u64 flags)
{
	u64 start = (u64)from & PAGE_MASK, end = ALIGN_UP((u64)to, PAGE_SIZE);

	map_small(start, start - KERNEL_IMAGE, end - KERNEL_IMAGE, flags);
}

static phys_t ram_top(void)
{
	return boot_info.ram[boot_info.nr_ram - 1].end;
}

/* Every top-level entry of the kernel's half that will be used must be there
 * before the first user page table copies them. */
static void make_top_level(void)
{
	kernel_entry(KSTACK_AREA, 2, true);
}

/**
 * paging_init - leave boot.asm's page tables for the final ones
 *
 * Context: boot CPU, after arch_cpu_init(). Tables are early_alloc()ed.
 */
void paging_init(void)
{
	kernel_root = early_alloc(PAGE_SIZE);
	map_direct(max(ALIGN_UP(ram_top(), SIZE_2M), SIZE_4G));
	map_image_part(kernel_text_start, kernel_text_end, 0);
	map_image_part(kernel_rodata_start, kernel_rodata_end, nx());
	map_image_part(kernel_data_start, kernel_image_end, PTE_W | nx());
	make_top_level();
	WRITE_CR(3, kernel_root);
	early = false;
}
