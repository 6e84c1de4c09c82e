// SPDX-License-Identifier: MIT
/*
 * Signal frames: what a handler finds on its stack, and rt_sigreturn(2). The
 * layout is ABI (asm/ucontext.h, asm/sigcontext.h; sigreturn(2)):
 *
 *	| FPU state, 64-byte aligned | above it MAGIC2
 *	| struct rt_frame            | sp at the handler's entry + 0
 *
 * The restored flags, segments and FPU state come from user memory: only what
 * user code may set is taken.
 */
#include <asm/sigcontext.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/ucontext.h>
#include <linux/signal.h>

#include "arch/x86_64/cpu.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/task/signal.h"
#include "kernel/task/task.h"

#define RED_ZONE 128 /* System V x86-64 ABI, 3.2.2 */
#define FPU_ALIGN 64
#define FXSAVE_SIZE 512
#define SW_BYTES_AT 464 /* software's part of the FXSAVE region */
#define MXCSR_AT 24

struct rt_frame {
	u64 pretcode; /* the handler's return address: sa_restorer */
	struct ucontext uc;
	siginfo_t info;
};

/* Flags that a handler or sigreturn may change. */
#define FLAGS_USER                                                             \
	(1UL << 0 | 1UL << 2 | 1UL << 4 | 1UL << 6 | 1UL << 7 | FLAGS_TF |     \
	 FLAGS_DF | 1UL << 11 | FLAGS_RF | FLAGS_AC)

static bool on_altstack(u64 sp)
{
	return sp > current->sas_sp && sp - current->sas_sp <= current->sas_size;
}

static u32 altstack_flags(u64 sp)
{
	if (!current->sas_size)
		return SS_DISABLE;
	return on_altstack(sp) ? SS_ONSTACK : 0;
}

/* Where the frame's FPU state ends: the alternate stack's top if wanted. */
static u64 frame_top(const struct regs *regs, const struct k_sigaction *ka)
{
	if ((ka->flags & SA_ONSTACK) && current->sas_size &&
	    !on_altstack(regs->sp))
		return current->sas_sp + current->sas_size;
	return regs->sp - RED_ZONE;
}

static u32 fpu_frame_size(void)
{
	return cpu_features.fpu_size +
	       (cpu_features.xsave ? FP_XSTATE_MAGIC2_SIZE : 0);
}

/* What XSAVE leaves to software: how much follows, and a mark behind it. */
static int fpu_frame_marks(u64 to)
{
	struct _fpx_sw_bytes sw = { 0 };
	u32 magic2 = FP_XSTATE_MAGIC2;

	if (cpu_features.xsave) {
		sw.magic1 = FP_XSTATE_MAGIC1;
		sw.extended_size = fpu_frame_size();
		sw.xfeatures = cpu_features.xcr0;
		sw.xstate_size = cpu_features.fpu_size;
		if (copy_to_user((void __user *)(to + cpu_features.fpu_size),
				 &magic2, sizeof(magic2)))
			return -EFAULT;
	}
	return copy_to_user((void __user *)(to + SW_BYTES_AT), &sw, sizeof(sw));
}

/* Save current's FPU state at user address @to, straight from the registers.
 * XSAVE writes one word of its header; the others must be 0. */
static int fpu_to_user(u64 to)
{
	if (cpu_features.xsave &&
	    clear_user((void __user *)(to + XSTATE_HEADER_AT), XSTATE_HEADER_SIZE))
		return -EFAULT;
	if (fpu_save_user((void __user *)to))
		return -EFAULT;
	return fpu_frame_marks(to);
}

static void context_fill(struct sigcontext *sc, const struct regs *r, u64 mask)
{
	const struct arch_task *at = &current->arch;

	*sc = (struct sigcontext){
		.r8 = r->r8, .r9 = r->r9, .r10 = r->r10, .r11 = r->r11,
		.r12 = r->r12, .r13 = r->r13, .r14 = r->r14, .r15 = r->r15,
		.rdi = r->di, .rsi = r->si, .rbp = r->bp, .rbx = r->bx,
		.rdx = r->dx, .rax = r->ax, .rcx = r->cx, .rsp = r->sp,
		.rip = r->ip, .eflags = r->flags,
		.cs = (u16)r->cs, .ss = (u16)r->ss,
		.err = at->trap_error, .trapno = at->trap_nr,
		.cr2 = at->trap_cr2, .oldmask = mask,
	};
}

static void frame_fill(struct rt_frame *f, const struct regs *regs,
		       const struct k_sigaction *ka,
		       const struct kernel_siginfo *info, u64 mask)
{
	f->pretcode = (u64)ka->restorer;
	f->uc.uc_flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS |
			 (cpu_features.xsave ? UC_FP_XSTATE : 0);
	f->uc.uc_link = NULL;
	memset(&f->uc.uc_stack, 0, sizeof(f->uc.uc_stack)); /* its padding */
	f->uc.uc_stack.ss_sp = (void *)current->sas_sp;
	f->uc.uc_stack.ss_size = current->sas_size;
	f->uc.uc_stack.ss_flags =
		(int)(altstack_flags(regs->sp) | current->sas_flags);
	context_fill(&f->uc.uc_mcontext, regs, mask);
	f->uc.uc_sigmask = mask;
	siginfo_to_user_layout(&f->info, info);
}

static void enter_handler(struct regs *regs, const struct k_sigaction *ka,
			  int sig, u64 frame)
{
	regs->sp = frame;
	regs->ip = (u64)ka->handler;
	regs->di = (u64)sig;
	regs->si = frame + offsetof(struct rt_frame, info);
	regs->dx = frame + offsetof(struct rt_frame, uc);
	regs->ax = 0;
	regs->flags &= ~(FLAGS_DF | FLAGS_RF | FLAGS_TF);
	regs->cs = USER_CS;
	regs->ss = USER_DS;
}

/* See arch.h. */
int arch_signal_frame(struct regs *regs, const struct k_sigaction *ka, int sig,
		      const struct kernel_siginfo *info, u64 mask)
{
	u64 top = frame_top(regs, ka);
	u64 fpu = ALIGN_DOWN(top - fpu_frame_size(), FPU_ALIGN);
	u64 frame = ALIGN_DOWN(fpu - sizeof(struct rt_frame), 16UL) - 8;
	struct rt_frame f;

	/* running on the alternate stack and out of it: do not overrun */
	if (on_altstack(regs->sp) && !on_altstack(frame))
		return -EFAULT;
	if (!(ka->flags & SA_RESTORER))
		return -EFAULT; /* x86-64 has no other way back */
	frame_fill(&f, regs, ka, info, mask);
	f.uc.uc_mcontext.fpstate = (void *)fpu;
	if (fpu_to_user(fpu) ||
	    copy_to_user((void __user *)frame, &f, sizeof(f)))
		return -EFAULT;
	enter_handler(regs, ka, sig, frame);
	if (current->sas_flags & SS_AUTODISARM)
		current->sas_sp = current->sas_size = current->sas_flags = 0;
	return 0;
}

static void context_restore(struct regs *r, const struct sigcontext *sc)
{
	r->r8 = sc->r8, r->r9 = sc->r9, r->r10 = sc->r10, r->r11 = sc->r11;
	r->r12 = sc->r12, r->r13 = sc->r13, r->r14 = sc->r14, r->r15 = sc->r15;
	r->di = sc->rdi, r->si = sc->rsi, r->bp = sc->rbp, r->bx = sc->rbx;
	r->dx = sc->rdx, r->ax = sc->rax, r->cx = sc->rcx, r->sp = sc->rsp;
	r->ip = sc->rip;
	r->cs = USER_CS;
	r->ss = USER_DS;
	r->flags = (r->flags & ~FLAGS_USER) | (sc->eflags & FLAGS_USER);
	r->orig_ax = (u64)-1;
}

/* Make what user space wrote acceptable to XRSTOR, which would fault on it. */
static void fpu_sanitise(u8 *area, bool extended)
{
	u64 *header = (u64 *)(area + XSTATE_HEADER_AT);
	u32 mxcsr;

	memcpy(&mxcsr, area + MXCSR_AT, sizeof(mxcsr));
	mxcsr &= cpu_features.mxcsr_mask;
	memcpy(area + MXCSR_AT, &mxcsr, sizeof(mxcsr));
	if (!cpu_features.xsave)
		return;
	header[0] = extended ? header[0] & cpu_features.xcr0 : 3;
	for (u32 i = 1; i < 8; i++)
		header[i] = 0;
}

/* Does the frame hold the whole XSAVE area, or the legacy part alone? */
static int frame_is_extended(u64 from, bool *extended)
{
	struct _fpx_sw_bytes sw;

	*extended = false;
	if (!cpu_features.xsave)
		return 0;
	if (copy_from_user(&sw, (void __user *)(from + SW_BYTES_AT),
			   sizeof(sw)))
		return -EFAULT;
	*extended = sw.magic1 == FP_XSTATE_MAGIC1 &&
		    sw.xstate_size == cpu_features.fpu_size;
	return 0;
}

/*
 * Copy @size bytes from user address @from to the registers. The area between
 * is current's own, where a switch of tasks would save the registers: so
 * interrupts are off, and a page that is not there is no reason to sleep but an
 * error (-EAGAIN).
 */
static int fpu_load_atomic(u64 from, u32 size)
{
	u8 *area = current->arch.fpu;
	u64 irq = irq_save();
	int err = copy_from_user(area, (void __user *)from, size) ? -EAGAIN : 0;

	if (!err) {
		fpu_sanitise(area, size > FXSAVE_SIZE);
		fpu_restore(area);
	}
	irq_restore(irq);
	return err;
}

/* Load FPU state from user address @from; 0: the state that exec gives. */
static int fpu_from_user(u64 from)
{
	bool extended = false;
	u32 size;

	if (!from) {
		fpu_start();
		return 0;
	}
	if (frame_is_extended(from, &extended))
		return -EFAULT;
	size = extended ? cpu_features.fpu_size : FXSAVE_SIZE;
	while (fpu_load_atomic(from, size)) {
		if (mm_fault_in(current->mm, from, false) ||
		    mm_fault_in(current->mm, from + size - 1, false))
			return -EFAULT;
	}
	return 0;
}

/* See arch.h. */
int arch_sigreturn(struct regs *regs, u64 *mask)
{
	/* the handler's RET took pretcode off */
	u64 frame = regs->sp - sizeof(u64);
	struct ucontext uc;

	if (copy_from_user(&uc,
			   (void __user *)(frame +
					   offsetof(struct rt_frame, uc)),
			   sizeof(uc)))
		return -EFAULT;
	if (fpu_from_user((u64)uc.uc_mcontext.fpstate))
		return -EFAULT;
	context_restore(regs, &uc.uc_mcontext);
	task_set_work(current, WORK_IRET);
	*mask = uc.uc_sigmask;
	if (uc.uc_stack.ss_flags & SS_AUTODISARM) {
		current->sas_sp = (u64)uc.uc_stack.ss_sp;
		current->sas_size = uc.uc_stack.ss_size;
		current->sas_flags = SS_AUTODISARM;
	}
	return 0;
}
