// SPDX-License-Identifier: MIT
/*
 * Who called: every function keeps a frame pointer, so the frames are a list:
 * [bp] is the caller's bp, [bp + 8] the return address.
 */
#include "arch/x86_64/cpu.h"

struct frame {
	const struct frame *next;
	u64 ip;
};

/**
 * arch_backtrace - the calls that are going on, innermost first
 * @bp: frame pointer to start from; 0: the caller's
 * @stack_lo: lowest address of the stack
 * @stack_hi: first address above it; frames outside are not followed
 * @pcs: the last byte of each call. (A call that does not come back may be the
 *	end of its function: where it would return to is the next one.)
 * @max: room in @pcs
 *
 * Return: how many were stored.
 */
u32 arch_backtrace(u64 bp, u64 stack_lo, u64 stack_hi, u64 *pcs, u32 max)
{
	const struct frame *f = bp ? (const struct frame *)bp :
				     __builtin_frame_address(0);
	u32 n = 0;

	while (n < max && (u64)f >= stack_lo &&
	       (u64)f + sizeof(*f) <= stack_hi && !((u64)f & 7)) {
		if (!f->ip)
			break;
		pcs[n++] = f->ip - 1;
		if (f->next <= f)
			break;
		f = f->next;
	}
	return n;
}

void arch_dump_regs(const struct regs *r)
{
#define P(v) ((unsigned long long)(v))
	printk("ip  %04llx:%016llx  sp %016llx  flags %08llx\n", P(r->cs),
	       P(r->ip), P(r->sp), P(r->flags));
	printk("ax  %016llx  bx  %016llx  cx  %016llx  dx  %016llx\n",
	       P(r->ax), P(r->bx), P(r->cx), P(r->dx));
	printk("si  %016llx  di  %016llx  bp  %016llx  r8  %016llx\n",
	       P(r->si), P(r->di), P(r->bp), P(r->r8));
	printk("r9  %016llx  r10 %016llx  r11 %016llx  r12 %016llx\n",
	       P(r->r9), P(r->r10), P(r->r11), P(r->r12));
	printk("r13 %016llx  r14 %016llx  r15 %016llx  cr2 %016llx\n",
	       P(r->r13), P(r->r14), P(r->r15), P(READ_CR(2)));
#undef P
}
