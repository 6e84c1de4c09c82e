// SPDX-License-Identifier: MIT
/*
 * The end of a kernel that found itself wrong: say what was expected and what
 * was found, the registers, who called whom, which task in which namespaces, its
 * last system calls; then end the machine with an exit code of its own.
 */
#include "kernel/debug/printk.h"
#include "kernel/debug/trace.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"

#define FRAMES_MAX 24

static u32 panicking; /* [a] the CPU that came first, + 1 */

static void print_pc(u64 pc)
{
	char name[KSYM_SIZE];
	u64 offset = ksym_name(pc, name);

	printk("  %016llx %s+%#llx\n", (unsigned long long)pc, name,
	       (unsigned long long)offset);
}

/* Print the call chain from @from on the stack: see arch_backtrace(). */
void dump_backtrace(u64 from, u64 pc)
{
	/* the stack in use, or, on an exception's own stack, the task's */
	u64 pcs[FRAMES_MAX], lo = from & ~(KSTACK_SIZE - 1);
	u32 n;

	if (from < DIRECT_MAP)
		return;
	n = arch_backtrace(from, pc, lo, lo + KSTACK_SIZE, pcs, FRAMES_MAX);
	printk("backtrace:\n");
	for (u32 i = 0; i < n; i++)
		print_pc(pcs[i]);
}

static void dump_namespaces(const struct nsproxy *np)
{
	printk("namespaces:");
	for (u32 i = 0; np && i < NR_NS_SLOTS; i++)
		printk(" %s:[%u]", np->ns[i]->ops->name, np->ns[i]->inum);
	printk("%s\n", np ? "" : " none (any more)");
}

static void dump_calls(const struct task *t)
{
	const u32 n = ARRAY_SIZE(t->last_calls);

	printk("last system calls, newest first:\n");
	for (u32 i = 0; i < n && i < t->last_call; i++) {
		u32 at = (t->last_call - 1 - i) % n;
		const char *name = syscall_name(t->last_calls[at].nr);

		printk("  %s = %d\n", name ? name : "?",
		       t->last_calls[at].result);
	}
}

/* Print who @t is; takes no lock, as the machine is stopped. */
void dump_task(struct task *t)
{
	printk("task: %s, pid %d, CPU %u\n", t->comm,
	       t->pid ? t->pid->numbers[0].nr : 0, this_cpu()->id);
	dump_namespaces(t->nsproxy);
	dump_calls(t);
}

/* One CPU panics; one that comes later only stops. A panic in a panic ends. */
static void panic_begin(void)
{
	u32 none = 0, me = this_cpu()->id + 1;

	irq_disable();
	if (!atomic_cas(&panicking, &none, me)) {
		if (none == me)
			arch_exit(EXIT_PANIC);
		for (;;)
			cpu_relax();
	}
	arch_halt_others();
	printk_bust();
}

static void __noreturn panic_end(u64 from, u64 pc)
{
	dump_backtrace(from, pc);
	if (current)
		dump_task(current);
	printk("panic: the end\n");
	arch_exit(EXIT_PANIC);
}

void panic(const char *fmt, ...)
{
	va_list ap;

	panic_begin();
	printk("\npanic: ");
	va_start(ap, fmt);
	vprintk(fmt, ap);
	va_end(ap);
	printk("\n");
	panic_end((u64)__builtin_frame_address(0), 0);
}

void panic_regs(const struct regs *regs, const char *fmt, ...)
{
	char name[KSYM_SIZE];
	u64 offset = ksym_name(regs->ip, name);
	va_list ap;

	panic_begin();
	printk("\npanic: ");
	va_start(ap, fmt);
	vprintk(fmt, ap);
	va_end(ap);
	printk("\nin %s+%#llx\n", name, (unsigned long long)offset);
	arch_dump_regs(regs);
	panic_end(arch_frame(regs), regs->ip);
}
