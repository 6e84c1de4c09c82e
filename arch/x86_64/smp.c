// SPDX-License-Identifier: MIT
/*
 * CPUs: the boot CPU's own setting up, and starting the others, one after the
 * other, each on the stack of its idle task.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/string.h"
#include "kernel/task/task.h"

#define TRAMPOLINE 0x8000UL /* as in trampoline.asm */
#define START_TIMEOUT_US 1000000

#define EFER_LMA (1UL << 10) /* read-only, set by the CPU */

struct trampoline_params {
	u64 efer, cr3, rsp;
};

void ap_start(void) __noreturn;

static struct cpu *starting; /* whose turn it is */

void arch_cpu_init(void)
{
	features_detect();
	smap_patch();
	gdt_load(&cpus[0]);
	idt_init();
	idt_load();
	features_enable();
}

void arch_late_init(void)
{
	fpu_module_init();
	acpi_init();
	apic_init();
	clock_init();
	lapic_init();
	ioapic_route(acpi_info.serial_gsi, VEC_SERIAL, cpus[0].apic_id);
	serial_irq_init();
}

/* A started CPU, on trampoline.asm's page tables. */
void ap_start(void)
{
	struct cpu *c = starting;

	gdt_load(c);
	idt_load();
	features_enable();
	WRITE_CR(3, kernel_root);
	lapic_init();
	tss_set_stack(c, c->idle->arch.kstack + KSTACK_SIZE);
	atomic_store(&c->online, true);
	smp_cpu_main();
}

static void wait_until_online(struct cpu *c)
{
	for (u32 us = 0; us < START_TIMEOUT_US; us += 10) {
		if (atomic_load(&c->online))
			return;
		clock_delay_us(10);
	}
}

/* False: it did not come. */
static bool start_cpu(struct cpu *c, u32 apic_id)
{
	struct trampoline_params *params =
		phys_to_virt(TRAMPOLINE + PAGE_SIZE - sizeof(*params));

	c->id = (u32)(c - cpus);
	c->lock_tag = c->id + 1;
	c->idle = sched_idle_new(c->id);
	if (!c->idle)
		return false;
	c->curr = c->idle;
	params->efer = rdmsr(MSR_EFER) & ~EFER_LMA;
	params->cr3 = (u64)boot_pml4 - KERNEL_IMAGE;
	params->rsp = c->idle->arch.kstack + KSTACK_SIZE;
	starting = c;
	lapic_start_cpu(apic_id, TRAMPOLINE >> PAGE_SHIFT);
	wait_until_online(c);
	return c->online;
}

/* The trampoline runs on boot.asm's tables, which map low memory at its own
 * address, and goes to a stack that only the final tables have. */
static void share_kernel_half(void)
{
	u64 *boot = (u64 *)boot_pml4, *kernel = phys_to_virt(kernel_root);

	memcpy(boot + 256, kernel + 256, 256 * sizeof(u64));
}

void smp_boot(void)
{
	u32 me = cpus[0].apic_id;

	cpus[0].online = true;
	share_kernel_half();
	memcpy(phys_to_virt(TRAMPOLINE), trampoline_start,
	       (size_t)(trampoline_end - trampoline_start));
	for (u32 i = 0; i < acpi_info.nr_cpus; i++) {
		if (acpi_info.apic_id[i] == me)
			continue;
		if (!start_cpu(&cpus[nr_cpus], acpi_info.apic_id[i])) {
			printk("smp: CPU with APIC id %u did not start\n",
			       acpi_info.apic_id[i]);
			return; /* it may yet come: its block is not reused */
		}
		atomic_store(&nr_cpus, nr_cpus + 1);
	}
	if (nr_cpus > 1)
		printk("smp: %u CPUs\n", nr_cpus);
}
