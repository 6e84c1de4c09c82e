// SPDX-License-Identifier: MIT
/* The interrupt descriptor table: one for all CPUs. */
#include "arch/x86_64/cpu.h"

struct gate {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_mid;
	u32 offset_high, reserved;
} __packed;

#define GATE_INTERRUPT 0x8e	 /* present, ring 0, interrupts off */
#define GATE_INTERRUPT_USER 0xee /* INT from ring 3 allowed */

static struct gate idt[256] __aligned(16);

static void gate_set(u32 vec, enum ist ist, u8 type)
{
	u64 stub = (u64)(vec < 32 ? trap_stubs[vec] : irq_stubs[vec - 32]);

	idt[vec] = (struct gate){
		.offset_low = (u16)stub,
		.selector = KERNEL_CS,
		.ist = (u8)ist,
		.type = type,
		.offset_mid = (u16)(stub >> 16),
		.offset_high = (u32)(stub >> 32),
	};
}

void idt_init(void)
{
	for (u32 v = 0; v < 256; v++)
		gate_set(v, IST_NONE, GATE_INTERRUPT);
	gate_set(VEC_DOUBLE_FAULT, IST_DOUBLE_FAULT, GATE_INTERRUPT);
	gate_set(VEC_NMI, IST_NMI, GATE_INTERRUPT);
	gate_set(VEC_MCE, IST_MCE, GATE_INTERRUPT);
	gate_set(VEC_BREAKPOINT, IST_NONE, GATE_INTERRUPT_USER);
	gate_set(VEC_OVERFLOW, IST_NONE, GATE_INTERRUPT_USER);
}

void idt_load(void)
{
	struct {
		u16 limit;
		u64 base;
	} __packed idtr = { sizeof(idt) - 1, (u64)idt };

	__asm__ volatile("lidt %0" ::"m"(idtr));
}
