// SPDX-License-Identifier: MIT
/*
 * The machine's part of tasks: making, switching, what clone(2) and execve(2)
 * do to registers. FS and GS bases of user space change only through
 * arch_prctl(2) and clone, so the kernel's copy is always right.
 */
#include <asm/prctl.h>

#include "arch/x86_64/cpu.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/task/task.h"

/* What switch_stacks() pops. */
struct switch_frame {
	u64 r15, r14, r13, r12, bx, bp, ip;
};

int arch_task_alloc(struct arch_task *at, bool user)
{
	*at = (struct arch_task){ .kstack = kstack_new() };
	if (!at->kstack)
		return -ENOMEM;
	if (!user)
		return 0;
	at->fpu = fpu_area_new();
	if (at->fpu)
		return 0;
	kstack_free(at->kstack);
	return -ENOMEM;
}

int arch_task_make_user(struct arch_task *at)
{
	if (at->fpu)
		return 0;
	at->fpu = fpu_area_new();
	if (!at->fpu)
		return -ENOMEM;
	fpu_reset(at->fpu); /* a switch may load it before exec does */
	return 0;
}

void arch_task_free(struct arch_task *at)
{
	fpu_area_free(at->fpu);
	kstack_free(at->kstack);
}

void arch_kthread_setup(struct arch_task *at, void (*fn)(void *), void *arg)
{
	struct switch_frame *f = (void *)arch_user_regs(at);

	f--;
	*f = (struct switch_frame){ .bx = (u64)fn,
				    .r12 = (u64)arg,
				    .ip = (u64)task_entry };
	at->ksp = (u64)f;
}

void arch_fork_setup(struct arch_task *at, const struct regs *regs, u64 user_sp)
{
	struct regs *child = arch_user_regs(at);
	struct switch_frame *f = (struct switch_frame *)child - 1;

	*child = *regs;
	child->ax = 0;
	if (user_sp)
		child->sp = user_sp;
	*f = (struct switch_frame){ .ip = (u64)fork_entry };
	at->ksp = (u64)f;
	at->fs_base = current->arch.fs_base;
	at->gs_base = current->arch.gs_base;
	if (current->arch.fpu)
		fpu_save(at->fpu); /* the registers are current's */
	else
		fpu_reset(at->fpu);
}

static void load_bases(const struct arch_task *from, const struct arch_task *to)
{
	if (from->fs_base != to->fs_base)
		wrmsr(MSR_FS_BASE, to->fs_base);
	if (from->gs_base != to->gs_base)
		wrmsr(MSR_KERNEL_GS_BASE, to->gs_base);
}

/**
 * arch_switch - leave @prev for @next
 *
 * Returns when somebody switches back to @prev, maybe on another CPU.
 *
 * Context: interrupts off.
 */
void arch_switch(struct task *prev, struct task *next)
{
	struct cpu *c = this_cpu();

	if (prev->arch.fpu)
		fpu_save(prev->arch.fpu);
	if (next->mm)
		pt_activate(&next->mm->pt);
	tss_set_stack(c, next->arch.kstack + KSTACK_SIZE);
	load_bases(&prev->arch, &next->arch);
	c->curr = next;
	if (next->arch.fpu)
		fpu_restore(next->arch.fpu);
	switch_stacks(&prev->arch.ksp, next->arch.ksp);
}

void arch_exec_setup(struct regs *regs, u64 ip, u64 sp)
{
	*regs = (struct regs){ .orig_ax = (u64)-1, .ip = ip, .sp = sp,
			       .cs = USER_CS, .ss = USER_DS,
			       .flags = FLAGS_IF | 2 };
	task_set_work(current, WORK_IRET);
	arch_set_fs_base(0);
	arch_set_gs_base(0);
	fpu_start();
}

void arch_set_fs_base(u64 base)
{
	current->arch.fs_base = base;
	wrmsr(MSR_FS_BASE, base);
}

void arch_set_gs_base(u64 base)
{
	current->arch.gs_base = base;
	wrmsr(MSR_KERNEL_GS_BASE, base);
}

u64 arch_get_fs_base(void)
{
	return current->arch.fs_base;
}

u64 arch_get_gs_base(void)
{
	return current->arch.gs_base;
}

long arch_prctl(int code, u64 addr)
{
	u64 __user *out = (u64 __user *)addr;

	switch (code) {
	case ARCH_SET_FS:
	case ARCH_SET_GS:
		if (addr >= USER_END)
			return -EPERM;
		if (code == ARCH_SET_FS)
			arch_set_fs_base(addr);
		else
			arch_set_gs_base(addr);
		return 0;
	case ARCH_GET_FS:
		return put_user(arch_get_fs_base(), out);
	case ARCH_GET_GS:
		return put_user(arch_get_gs_base(), out);
	default:
		return -EINVAL;
	}
}
