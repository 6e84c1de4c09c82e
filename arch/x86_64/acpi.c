// SPDX-License-Identifier: MIT
/*
 * Which CPUs and interrupt controllers there are: the MADT (ACPI Specification
 * 6.5, section 5.2.12). Without one the machine is taken for a PC with one CPU.
 * Tables come from firmware: lengths and checksums are checked.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/string.h"

struct rsdp {
	char signature[8];
	u8 checksum;
	char oem[6];
	u8 revision;
	u32 rsdt;
	u32 length;
	u64 xsdt;
} __packed;
#define RSDP_V1_SIZE 20

struct table {
	char signature[4];
	u32 length;
	u8 revision, checksum;
	char oem[6], oem_table[8];
	u32 oem_revision, creator, creator_revision;
} __packed;

struct madt {
	struct table header;
	u32 lapic, flags;
	u8 entries[];
} __packed;

enum { MADT_LAPIC = 0, MADT_IOAPIC = 1, MADT_OVERRIDE = 2 };

#define LAPIC_ENABLED 1
#define SERIAL_IRQ 4
#define TABLE_MAX 65536 /* longer: taken for nonsense */

struct acpi_info acpi_info = {
	.lapic = 0xfee00000,
	.ioapic = 0xfec00000,
	.serial_gsi = SERIAL_IRQ,
};

static bool sum_is_zero(const void *p, size_t n)
{
	const u8 *bytes = p;
	u8 sum = 0;

	while (n--)
		sum = (u8)(sum + *bytes++);
	return sum == 0;
}

static bool mapped(phys_t pa)
{
	return pa && pa < 0xfec00000;
}

static const struct rsdp *rsdp_scan(phys_t from, phys_t to)
{
	for (; from < to; from += 16) {
		const struct rsdp *r = phys_to_virt(from);

		if (!memcmp(r->signature, "RSD PTR ", 8) &&
		    sum_is_zero(r, RSDP_V1_SIZE))
			return r;
	}
	return NULL;
}

static const struct rsdp *rsdp_find(void)
{
	const struct rsdp *r;

	if (mapped(boot_info.rsdp)) {
		r = phys_to_virt(boot_info.rsdp);
		if (!memcmp(r->signature, "RSD PTR ", 8))
			return r;
	}
	return rsdp_scan(0xe0000, 0x100000);
}

static const struct table *table_at(phys_t pa)
{
	const struct table *t = mapped(pa) ? phys_to_virt(pa) : NULL;

	if (!t || t->length < sizeof(*t) || t->length > TABLE_MAX ||
	    !sum_is_zero(t, t->length))
		return NULL;
	return t;
}

static const struct table *table_find(const struct rsdp *r, const char *name)
{
	bool wide = r->revision >= 2 && r->xsdt;
	const struct table *root = table_at(wide ? r->xsdt : r->rsdt);
	size_t size = wide ? 8 : 4;

	if (!root)
		return NULL;
	for (size_t at = sizeof(*root); at + size <= root->length; at += size) {
		const struct table *t;
		u64 pa = 0;

		memcpy(&pa, (const u8 *)root + at, size);
		t = table_at(pa);
		if (t && !memcmp(t->signature, name, 4))
			return t;
	}
	return NULL;
}

static void take_cpu(u8 apic_id, u32 flags)
{
	struct acpi_info *a = &acpi_info;

	if (!(flags & LAPIC_ENABLED))
		return;
	if (a->nr_cpus < NR_CPUS)
		a->apic_id[a->nr_cpus++] = apic_id;
	a->nr_present++;
}

static void take_entry(const u8 *e)
{
	u32 v;

	switch (e[0]) {
	case MADT_LAPIC:
		memcpy(&v, e + 4, sizeof(v));
		take_cpu(e[3], v);
		break;
	case MADT_IOAPIC:
		memcpy(&v, e + 4, sizeof(v));
		acpi_info.ioapic = v;
		memcpy(&v, e + 8, sizeof(v));
		acpi_info.ioapic_base = v;
		break;
	case MADT_OVERRIDE:
		memcpy(&v, e + 4, sizeof(v));
		if (e[3] == SERIAL_IRQ)
			acpi_info.serial_gsi = v;
		break;
	}
}

static bool entry_fits(const u8 *e, size_t room)
{
	static const u8 need[] = { [MADT_LAPIC] = 8, [MADT_IOAPIC] = 12,
				   [MADT_OVERRIDE] = 10 };

	return room >= 2 && e[1] >= 2 && e[1] <= room &&
	       (e[0] >= ARRAY_SIZE(need) || e[1] >= need[e[0]]);
}

void acpi_init(void)
{
	const struct rsdp *r = rsdp_find();
	const struct table *t = r ? table_find(r, "APIC") : NULL;
	const struct madt *m = (const struct madt *)t;
	size_t room;

	if (!m || m->header.length < sizeof(*m)) {
		printk("acpi: no MADT: one CPU, PC interrupt controllers\n");
		return;
	}
	acpi_info.lapic = m->lapic;
	room = m->header.length - sizeof(*m);
	for (const u8 *e = m->entries; entry_fits(e, room); e += e[1]) {
		take_entry(e);
		room -= e[1];
	}
	if (acpi_info.nr_present > NR_CPUS)
		printk("acpi: %u CPUs, %d are used\n", acpi_info.nr_present,
		       NR_CPUS);
}
