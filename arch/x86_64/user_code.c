// SPDX-License-Identifier: MIT
/*
 * Calling a library that was compiled for user space. Its code differs from
 * ours in four ways, each of which is answered here:
 *
 *   it uses SSE registers	only a task that was never in user space may call:
 *				exec will clear its registers;
 *   it keeps data below its	interrupts are off: they would push over the red
 *   stack pointer		zone;
 *   it reads a canary at	FS points to one.
 *   FS:0x28
 *   its stack is aligned to	the file that calls it aligns its frames (see the
 *   16 bytes, for SSE		Makefile); our own code keeps to 8.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/task/task.h"

#define CANARY_AT 0x28

static const u64 canary[CANARY_AT / sizeof(u64) + 1] = {
	[CANARY_AT / sizeof(u64)] = 0x5741525245000aff,
};

int arch_call_user_code(int (*fn)(void *), void *arg)
{
	int result;

	assert(!current->mm && irq_enabled());
	irq_disable();
	wrmsr(MSR_FS_BASE, (u64)canary);
	result = fn(arg);
	wrmsr(MSR_FS_BASE, current->arch.fs_base);
	irq_enable();
	return result;
}

/* A call ends the use of the red zone and of all SSE registers. */
int arch_call_back(int (*fn)(void *), void *arg)
{
	int result;

	wrmsr(MSR_FS_BASE, current->arch.fs_base);
	irq_enable();
	result = fn(arg);
	irq_disable();
	wrmsr(MSR_FS_BASE, (u64)canary);
	return result;
}

/* What such code calls when the canary on its stack has changed. */
void __stack_chk_fail(void) __noreturn;
void __stack_chk_fail(void)
{
	panic("stack: a canary was overwritten");
}
