// SPDX-License-Identifier: MIT
/*
 * Exceptions and interrupts, from entry.asm. What user code did wrong becomes a
 * signal; what the kernel did wrong is in the exception table or a panic.
 */
#include <asm/signal.h>
#include <asm/siginfo.h>

#include "arch/x86_64/cpu.h"
#include "kernel/task/task.h"

void trap_entry(struct regs *regs, u32 vec);

struct ex_entry {
	u64 insn, fixup;
};
extern const struct ex_entry __ex_table_start[], __ex_table_end[];

/* Signal and code of an exception of user code; see sigaction(2). */
static const struct trap_info {
	const char *name;
	int sig, code;
} traps[32] = {
	[VEC_DIVIDE] = { "divide error", SIGFPE, FPE_INTDIV },
	[VEC_DEBUG] = { "debug", SIGTRAP, TRAP_TRACE },
	[VEC_NMI] = { "NMI", 0, 0 },
	[VEC_BREAKPOINT] = { "breakpoint", SIGTRAP, SI_KERNEL },
	[VEC_OVERFLOW] = { "overflow", SIGSEGV, SI_KERNEL },
	[VEC_BOUND] = { "bound range", SIGSEGV, SI_KERNEL },
	[VEC_INVALID_OP] = { "invalid opcode", SIGILL, ILL_ILLOPN },
	[VEC_NO_DEVICE] = { "no FPU", SIGILL, ILL_COPROC },
	[VEC_DOUBLE_FAULT] = { "double fault", 0, 0 },
	[VEC_INVALID_TSS] = { "invalid TSS", SIGSEGV, SI_KERNEL },
	[VEC_NO_SEGMENT] = { "segment not present", SIGBUS, SI_KERNEL },
	[VEC_STACK] = { "stack segment", SIGBUS, SI_KERNEL },
	[VEC_PROTECTION] = { "general protection", SIGSEGV, SI_KERNEL },
	[VEC_PAGE_FAULT] = { "page fault", SIGSEGV, SEGV_MAPERR },
	[VEC_FPU] = { "x87 error", SIGFPE, FPE_FLTINV },
	[VEC_ALIGNMENT] = { "alignment check", SIGBUS, BUS_ADRALN },
	[VEC_MCE] = { "machine check", 0, 0 },
	[VEC_SIMD] = { "SIMD error", SIGFPE, FPE_FLTINV },
};

static bool from_user(const struct regs *regs)
{
	return regs->cs & 3;
}

/* May the faulting instruction of the kernel be left for its fixup? */
static bool fixup_exception(struct regs *regs)
{
	for (const struct ex_entry *e = __ex_table_start; e < __ex_table_end;
	     e++) {
		if (e->insn == regs->ip) {
			regs->ip = e->fixup;
			return true;
		}
	}
	return false;
}

static void __noreturn die(const struct regs *regs, u32 vec, u64 error)
{
	const char *name = vec < 32 && traps[vec].name ? traps[vec].name :
							 "exception";

	if (vec == VEC_PAGE_FAULT)
		panic_regs(regs, "page fault: %s of address %#llx (%s), error %#llx",
			   error & 16 ? "execution" :
			   error & 2  ? "write" :
					"read",
			   (unsigned long long)READ_CR(2),
			   error & 1 ? "not allowed" : "not mapped",
			   (unsigned long long)error);
	panic_regs(regs, "%s (vector %u), error %#llx", name, vec,
		   (unsigned long long)error);
}

/* For the signal frame; Linux shows the last exception there. */
static void note_trap(u32 vec, u64 error, u64 cr2)
{
	struct arch_task *at = &current->arch;

	at->trap_nr = vec;
	at->trap_error = error;
	at->trap_cr2 = cr2;
}

static void trap_page_fault(struct regs *regs, u64 error)
{
	u64 addr = READ_CR(2);
	bool handled;

	if (from_user(regs))
		note_trap(VEC_PAGE_FAULT, error, addr);
	if (regs->flags & FLAGS_IF)
		irq_enable();
	handled = page_fault(regs, addr, error);
	irq_disable();
	if (!handled && !fixup_exception(regs))
		die(regs, VEC_PAGE_FAULT, error);
}

static void trap_exception(struct regs *regs, u32 vec, u64 error)
{
	if (!from_user(regs)) {
		if (!fixup_exception(regs))
			die(regs, vec, error);
		return;
	}
	if (vec >= 32 || !traps[vec].sig)
		die(regs, vec, error);
	note_trap(vec, error == (u64)-1 ? 0 : error, 0);
	irq_enable();
	trap_signal(traps[vec].sig, traps[vec].code,
		    vec == VEC_PROTECTION || vec == VEC_BREAKPOINT ? 0 :
								     regs->ip);
	irq_disable();
}

static void interrupt(struct regs *regs, u32 vec)
{
	struct cpu *c = this_cpu();

	c->irq_depth++;
	switch (vec) {
	case VEC_TIMER:
		lapic_eoi();
		timer_interrupt(from_user(regs));
		break;
	case VEC_SERIAL:
		lapic_eoi();
		serial_interrupt();
		break;
	case VEC_RESCHED:
		lapic_eoi();
		resched_interrupt();
		break;
	case VEC_TLB:
		lapic_eoi();
		tlb_interrupt();
		break;
	case VEC_SPURIOUS:
		break;
	default:
		lapic_eoi();
		printk("trap: interrupt %u that nobody asked for\n", vec);
	}
	c->irq_depth--;
}

/**
 * trap_entry - an exception or interrupt
 * @regs: what it interrupted; orig_ax holds the error code on entry
 * @vec: vector
 *
 * Context: interrupts off, on entry and on return.
 */
void trap_entry(struct regs *regs, u32 vec)
{
	u64 error = regs->orig_ax;

	regs->orig_ax = (u64)-1;
	if (vec >= 32)
		interrupt(regs, vec);
	else if (vec == VEC_PAGE_FAULT)
		trap_page_fault(regs, error);
	else if (vec == VEC_NMI)
		nmi_stop();
	else
		trap_exception(regs, vec, error);
}
