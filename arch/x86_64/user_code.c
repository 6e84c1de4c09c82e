// SPDX-License-Identifier: MIT
/*
 * Calling a library that was compiled for user space. Its code differs from
 * ours in three ways, each of which is answered here:
 *
 *   it uses SSE registers	only a task that was never in user space may call:
 *				exec will clear its registers;
 *   it keeps data below its	interrupts are off: they would push over the red
 *   stack pointer		zone;
 *   it reads a canary at	FS points to one.
 *   FS:0x28
 *
 * Its stack is aligned to 16 bytes as SSE wants it: task_entry sees to that.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/task/task.h"

#define CANARY_AT 0x28

static const u64 canary[CANARY_AT / sizeof(u64) + 1] = {
	[CANARY_AT / sizeof(u64)] = 0x5741525245000aff,
};

int arch_call_user_code(int (*fn)(void *), void *arg)
{
	u64 irq = irq_save();
	int result;

	assert(!current->mm);
	wrmsr(MSR_FS_BASE, (u64)canary);
	result = fn(arg);
	wrmsr(MSR_FS_BASE, current->arch.fs_base);
	irq_restore(irq);
	return result;
}

/* What such code calls when the canary on its stack has changed. */
void __stack_chk_fail(void) __noreturn;
void __stack_chk_fail(void)
{
	panic("stack: a canary was overwritten");
}
