// SPDX-License-Identifier: MIT
/*
 * The end: QEMU's isa-debug-exit device makes an exit code of what is written to
 * its port; a machine without it is reset.
 */
#include "arch/x86_64/cpu.h"

#define DEBUG_EXIT_PORT 0xf4
#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_RESET 0xfe

static u32 stopping; /* [a] 1: a CPU panics, the others are to stop */

void arch_exit(int code)
{
	outb(DEBUG_EXIT_PORT, (u8)code);
	arch_reboot();
}

void arch_reboot(void)
{
	struct {
		u16 limit;
		u64 base;
	} __packed none = { 0, 0 };

	outb(KEYBOARD_COMMAND, KEYBOARD_RESET);
	for (u32 i = 0; i < 1000000; i++)
		cpu_relax();
	__asm__ volatile("lidt %0; int3" ::"m"(none)); /* triple fault */
	for (;;)
		__asm__ volatile("cli; hlt");
}

void arch_halt_others(void)
{
	atomic_store(&stopping, 1);
	if (nr_cpus > 1)
		lapic_ipi_others_nmi();
}

/* An NMI that is not ours (QEMU's monitor can send one) is ignored. */
void nmi_stop(void)
{
	while (atomic_load(&stopping))
		__asm__ volatile("cli; hlt");
}
