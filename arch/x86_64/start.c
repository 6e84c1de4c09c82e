// SPDX-License-Identifier: MIT
/*
 * The first C code: learn from the loader where memory, the command line and the
 * initramfs are (boot_info), make this CPU's this_cpu() work, go to kmain().
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/string.h"
#include "kernel/task/task.h"

void arch_start(u32 loader, u64 info) __noreturn;

struct boot_info boot_info;
struct cpu cpus[NR_CPUS];
u32 nr_cpus = 1;

extern char kernel_image_start[], kernel_image_end[];

/* Add usable memory; what is not whole pages is left out. Ranges may overlap
 * nothing: loaders give disjoint ones, in rising order. */
void boot_add_ram(phys_t start, phys_t end)
{
	struct boot_info *b = &boot_info;

	start = ALIGN_UP(start, PAGE_SIZE);
	end = ALIGN_DOWN(end, PAGE_SIZE);
	if (start >= end)
		return;
	if (b->nr_ram == ARRAY_SIZE(b->ram)) {
		printk("boot: memory map too long: %#llx-%#llx is not used\n",
		       (unsigned long long)start, (unsigned long long)end);
		return;
	}
	b->ram[b->nr_ram++] = (struct mem_range){ start, end };
}

/* Keep the command line; @max: bytes that may be read. */
void boot_set_cmdline(const char *s, size_t max)
{
	size_t n = strnlen(s, max), room = sizeof(boot_info.cmdline) - 1;

	if (n > room) {
		printk("boot: command line cut to %zu bytes\n", room);
		n = room;
	}
	memcpy(boot_info.cmdline, s, n);
	boot_info.cmdline[n] = '\0';
}

static void sort_ram(void)
{
	struct mem_range *r = boot_info.ram, tmp;

	for (u32 i = 1; i < boot_info.nr_ram; i++) {
		for (u32 k = i; k > 0 && r[k].start < r[k - 1].start; k--) {
			tmp = r[k];
			r[k] = r[k - 1];
			r[k - 1] = tmp;
		}
	}
}

static bool overlaps(phys_t start, phys_t end, phys_t from, phys_t to)
{
	return start < to && from < end;
}

/* Is [start, start + bytes) free of the kernel and the initramfs? */
static bool is_free(phys_t start, phys_t end)
{
	const struct boot_info *b = &boot_info;

	return !overlaps(start, end, b->kernel_start, b->kernel_end) &&
	       !overlaps(start, end, b->initrd.start & PAGE_MASK,
			 ALIGN_UP(b->initrd.end, PAGE_SIZE));
}

#define EARLY_LIMIT (1UL << 30) /* what boot.asm has mapped */
#define LOW_MEMORY 0x100000UL	/* leave the first MiB alone */

/* Take [at, end) out of range @i, where it is the end or in the middle. */
static void ram_take(u32 i, phys_t at, phys_t end)
{
	struct boot_info *b = &boot_info;
	struct mem_range tail = { end, b->ram[i].end };

	b->ram[i].end = at;
	if (tail.start == tail.end)
		return;
	if (b->nr_ram == ARRAY_SIZE(b->ram))
		return; /* the tail is not used */
	memmove(&b->ram[i + 2], &b->ram[i + 1],
		(b->nr_ram - i - 1) * sizeof(tail));
	b->ram[i + 1] = tail;
	b->nr_ram++;
}

/**
 * early_alloc - memory before there is an allocator
 * @bytes: how much; whole pages are taken
 *
 * Takes the highest fitting place below 1 GiB off boot_info.ram.
 *
 * Context: boot. Panics if there is none: nothing can run then.
 * Return: physical address of zeroed memory.
 */
phys_t early_alloc(size_t bytes)
{
	bytes = ALIGN_UP(bytes, PAGE_SIZE);
	for (u32 i = boot_info.nr_ram; i-- > 0;) {
		struct mem_range r = boot_info.ram[i];
		phys_t end = min(r.end, EARLY_LIMIT);

		for (; end >= r.start + bytes && end >= LOW_MEMORY + bytes;
		     end -= PAGE_SIZE) {
			if (!is_free(end - bytes, end))
				continue;
			ram_take(i, end - bytes, end);
			memset(phys_to_virt(end - bytes), 0, bytes);
			return end - bytes;
		}
	}
	panic("boot: no %zu bytes of memory for the kernel's tables", bytes);
}

/**
 * arch_start - from boot.asm
 * @loader: 0 multiboot2, 1 PVH
 * @info: physical address of what the loader says
 */
void arch_start(u32 loader, u64 info)
{
	bool ok = false;

	cpus[0].self = &cpus[0];
	cpus[0].curr = &init_task;
	cpus[0].lock_tag = 1;
	wrmsr(MSR_GS_BASE, (u64)&cpus[0]);
	serial_init();
	boot_info.kernel_start = (phys_t)kernel_image_start - KERNEL_IMAGE;
	boot_info.kernel_end = (phys_t)kernel_image_end - KERNEL_IMAGE;
	if (loader == 0)
		ok = multiboot2_parse(info);
	else if (loader == 1)
		ok = pvh_parse(info);
	else
		printk("boot: started by neither multiboot2 nor PVH\n");
	if (!ok || !boot_info.nr_ram)
		panic("boot: the loader's information is not usable");
	sort_ram();
	kmain();
}
