// SPDX-License-Identifier: MIT
/*
 * Interrupt controllers: the local APIC of each CPU (timer, IPIs) and the I/O
 * APIC (the serial line). Intel SDM volume 3, chapter 11; 82093AA data sheet.
 */
#include "arch/x86_64/cpu.h"

enum lapic_reg {
	LAPIC_ID = 0x20,
	LAPIC_TPR = 0x80,
	LAPIC_EOI = 0xb0,
	LAPIC_SVR = 0xf0,
	LAPIC_ICR_LOW = 0x300,
	LAPIC_ICR_HIGH = 0x310,
	LAPIC_LVT_TIMER = 0x320,
	LAPIC_LVT_LINT0 = 0x350,
	LAPIC_LVT_LINT1 = 0x360,
	LAPIC_LVT_ERROR = 0x370,
	LAPIC_TIMER_INIT = 0x380,
	LAPIC_TIMER_NOW = 0x390,
	LAPIC_TIMER_DIV = 0x3e0,
};

#define SVR_ENABLE 0x100
#define LVT_MASKED 0x10000
#define LVT_NMI 0x400
#define ICR_PENDING 0x1000
#define ICR_ASSERT 0x4000
#define ICR_NMI 0x400
#define ICR_INIT 0x500
#define ICR_STARTUP 0x600
#define ICR_OTHERS 0xc0000
#define DIV_BY_16 3

#define IOAPIC_VERSION 1
#define IOAPIC_REDIR 0x10
#define REDIR_MASKED 0x10000

static volatile u32 *lapic_reg(enum lapic_reg reg)
{
	return (volatile u32 *)((char *)phys_to_virt(acpi_info.lapic) + reg);
}

static void lapic_write(enum lapic_reg reg, u32 v)
{
	*lapic_reg(reg) = v;
}

u32 lapic_id(void)
{
	return *lapic_reg(LAPIC_ID) >> 24;
}

void lapic_eoi(void)
{
	lapic_write(LAPIC_EOI, 0);
}

/* IPIs may be sent by an interrupt handler between our two writes. */
static void icr_write(u32 high, u32 low)
{
	u64 flags = irq_save();

	while (*lapic_reg(LAPIC_ICR_LOW) & ICR_PENDING)
		cpu_relax();
	lapic_write(LAPIC_ICR_HIGH, high);
	lapic_write(LAPIC_ICR_LOW, low);
	irq_restore(flags);
}

void lapic_ipi(u32 apic_id, u32 vector)
{
	icr_write(apic_id << 24, vector | ICR_ASSERT);
}

void lapic_ipi_others_nmi(void)
{
	icr_write(0, ICR_OTHERS | ICR_NMI | ICR_ASSERT);
}

/* INIT, then STARTUP twice, at physical @page * 4096; SDM 9.4.4.1. */
void lapic_start_cpu(u32 apic_id, u32 page)
{
	icr_write(apic_id << 24, ICR_INIT | ICR_ASSERT);
	clock_delay_us(200);
	for (int i = 0; i < 2; i++) {
		icr_write(apic_id << 24, ICR_STARTUP | ICR_ASSERT | page);
		clock_delay_us(50);
	}
}

void arch_ipi_resched(u32 cpu)
{
	lapic_ipi(cpus[cpu].apic_id, VEC_RESCHED);
}

void lapic_timer_set(u32 count)
{
	lapic_write(LAPIC_TIMER_INIT, count);
}

u32 lapic_timer_left(void)
{
	return *lapic_reg(LAPIC_TIMER_NOW);
}

/* Let the timer count down from the highest value, silently. */
void lapic_timer_calibrating(void)
{
	lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VEC_TIMER);
	lapic_timer_set(0xffffffff);
}

void lapic_init(void)
{
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | 1 << 11);
	lapic_write(LAPIC_SVR, SVR_ENABLE | VEC_SPURIOUS);
	lapic_write(LAPIC_TPR, 0);
	lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
	lapic_write(LAPIC_LVT_LINT1, LVT_NMI);
	lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);
	lapic_write(LAPIC_TIMER_DIV, DIV_BY_16);
	lapic_write(LAPIC_TIMER_INIT, 0);
	lapic_write(LAPIC_LVT_TIMER, VEC_TIMER);
	this_cpu()->apic_id = lapic_id();
}

/* The I/O APIC: an index register and a data register. */
static void ioapic_write(u32 reg, u32 v)
{
	volatile u32 *io = phys_to_virt(acpi_info.ioapic);

	io[0] = reg;
	io[4] = v;
}

static u32 ioapic_read(u32 reg)
{
	volatile u32 *io = phys_to_virt(acpi_info.ioapic);

	io[0] = reg;
	return io[4];
}

/* Global interrupt @gsi (ISA: rising edge) becomes @vector on one CPU. */
void ioapic_route(u32 gsi, u32 vector, u32 apic_id)
{
	u32 pin = gsi - acpi_info.ioapic_base;

	ioapic_write(IOAPIC_REDIR + 2 * pin + 1, apic_id << 24);
	ioapic_write(IOAPIC_REDIR + 2 * pin, vector);
}

static void pic_off(void)
{
	outb(0x21, 0xff);
	outb(0xa1, 0xff);
}

void apic_init(void)
{
	u32 pins = (ioapic_read(IOAPIC_VERSION) >> 16 & 0xff) + 1;

	pic_off();
	for (u32 i = 0; i < pins; i++)
		ioapic_write(IOAPIC_REDIR + 2 * i, REDIR_MASKED);
	lapic_init();
}
