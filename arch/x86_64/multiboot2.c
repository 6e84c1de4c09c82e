// SPDX-License-Identifier: MIT
/*
 * What GRUB tells: a list of tags (Multiboot2 Specification 2.0, section 3.6).
 * The list comes from outside: every length is checked.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/string.h"

enum {
	TAG_END = 0,
	TAG_CMDLINE = 1,
	TAG_MODULE = 3,
	TAG_MMAP = 6,
	TAG_ACPI_OLD = 14,
	TAG_ACPI_NEW = 15,
};

#define MMAP_AVAILABLE 1
#define MAPPED (1UL << 30) /* boot.asm maps the first GiB */

struct mb2_info {
	u32 total_size, reserved;
};

struct mb2_tag {
	u32 type, size;
	u8 data[];
};

struct mb2_module {
	u32 start, end;
	char cmdline[];
};

struct mb2_mmap {
	u32 entry_size, entry_version;
};

struct mb2_mmap_entry {
	u64 base, length;
	u32 type, reserved;
};

static void take_module(const struct mb2_tag *tag, size_t len)
{
	const struct mb2_module *m = (const void *)tag->data;

	if (len < sizeof(*m) || m->end < m->start) {
		printk("multiboot2: module tag of %zu bytes is malformed\n", len);
		return;
	}
	if (boot_info.initrd.end) {
		printk("multiboot2: more than one module: only the first is used\n");
		return;
	}
	boot_info.initrd = (struct boot_module){ m->start, m->end };
}

static void take_mmap(const struct mb2_tag *tag, size_t len)
{
	const struct mb2_mmap *mm = (const void *)tag->data;
	const struct mb2_mmap_entry *e;
	size_t at = sizeof(*mm);

	if (len < sizeof(*mm) || mm->entry_size < sizeof(*e)) {
		printk("multiboot2: memory map tag of %zu bytes is malformed\n",
		       len);
		return;
	}
	for (; at + sizeof(*e) <= len; at += mm->entry_size) {
		e = (const void *)(tag->data + at);
		if (e->type == MMAP_AVAILABLE && e->base + e->length > e->base)
			boot_add_ram(e->base, e->base + e->length);
	}
}

static void take_tag(const struct mb2_tag *tag)
{
	size_t len = tag->size - sizeof(*tag);

	switch (tag->type) {
	case TAG_CMDLINE:
		boot_set_cmdline((const char *)tag->data, len);
		break;
	case TAG_MODULE:
		take_module(tag, len);
		break;
	case TAG_MMAP:
		take_mmap(tag, len);
		break;
	case TAG_ACPI_OLD:
	case TAG_ACPI_NEW: /* the tag holds a copy of the RSDP */
		boot_info.rsdp = virt_to_phys(tag->data);
		break;
	}
}

bool multiboot2_parse(phys_t info)
{
	const struct mb2_info *mb = phys_to_virt(info);
	const struct mb2_tag *tag;
	u32 at = sizeof(*mb);

	if (info >= MAPPED - PAGE_SIZE || mb->total_size > MAPPED - info) {
		printk("multiboot2: information at %#llx is out of reach\n",
		       (unsigned long long)info);
		return false;
	}
	boot_info.loader = "multiboot2";
	while (at + sizeof(*tag) <= mb->total_size) {
		tag = (const void *)((const char *)mb + at);
		if (tag->type == TAG_END)
			return true;
		if (tag->size < sizeof(*tag) ||
		    tag->size > mb->total_size - at) {
			printk("multiboot2: tag %u has size %u: ignored, with all after it\n",
			       tag->type, tag->size);
			return true;
		}
		take_tag(tag);
		at += ALIGN_UP(tag->size, 8U);
	}
	printk("multiboot2: no end tag\n");
	return true;
}
