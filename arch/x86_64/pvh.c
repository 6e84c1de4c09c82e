// SPDX-License-Identifier: MIT
/*
 * What QEMU's -kernel tells: struct hvm_start_info of the PVH boot protocol
 * (Xen, public/arch-x86/hvm/start_info.h).
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/string.h"

#define PVH_MAGIC 0x336ec578
#define MMAP_RAM 1
#define MAPPED (1UL << 30)

struct pvh_start_info {
	u32 magic, version, flags, nr_modules;
	u64 modules, cmdline, rsdp;
	u64 memmap; /* version 1 and later */
	u32 memmap_entries, reserved;
};

struct pvh_module {
	u64 start, size, cmdline, reserved;
};

struct pvh_memmap {
	u64 addr, size;
	u32 type, reserved;
};

static void *reach(u64 pa, u64 bytes)
{
	return pa && pa < MAPPED && bytes <= MAPPED - pa ? phys_to_virt(pa) :
							   NULL;
}

static bool take_memmap(const struct pvh_start_info *si)
{
	const struct pvh_memmap *m =
		reach(si->memmap, si->memmap_entries * sizeof(*m));

	if (si->version < 1 || !m) {
		printk("pvh: no memory map (version %u)\n", si->version);
		return false;
	}
	for (u32 i = 0; i < si->memmap_entries; i++) {
		if (m[i].type == MMAP_RAM && m[i].addr + m[i].size > m[i].addr)
			boot_add_ram(m[i].addr, m[i].addr + m[i].size);
	}
	return true;
}

bool pvh_parse(phys_t info)
{
	const struct pvh_start_info *si = reach(info, sizeof(*si));
	const struct pvh_module *mod;
	const char *cmdline;

	if (!si || si->magic != PVH_MAGIC) {
		printk("pvh: no start info at %#llx\n",
		       (unsigned long long)info);
		return false;
	}
	boot_info.loader = "pvh";
	boot_info.rsdp = si->rsdp;
	cmdline = reach(si->cmdline, 1);
	if (cmdline)
		boot_set_cmdline(cmdline, MAPPED - si->cmdline);
	mod = reach(si->modules, sizeof(*mod));
	if (si->nr_modules && mod)
		boot_info.initrd = (struct boot_module){
			mod->start, mod->start + mod->size };
	return take_memmap(si);
}
