// SPDX-License-Identifier: MIT
/*
 * Who called. The debug build's functions keep a frame pointer, so the frames are
 * a list: [bp] is the caller's bp, [bp + 8] the return address. It ends at user
 * space's rbp, which is no address on the stack (or leads only upwards on it).
 *
 * Without DEBUG=1 they do not: to set it up and take it down is one instruction
 * in twenty-five. The return addresses are on the stack all the same, each
 * behind a call, and most calls say in their own bytes which function they
 * call: so the stack is looked through for a return address behind a call of
 * the function that we are in; then of the one that called, and so on. What
 * is called through a pointer, or jumped to as the last thing another function
 * does, has none: then the nearest address behind any call is taken, which may
 * be left from a call that is over.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/debug/checks.h"
#include "kernel/debug/printk.h"
#include "kernel/lib/string.h"

#define FRAME_WORDS (1024 / 8 + 8) /* -Wframe-larger-than, saved registers */

struct frame {
	const struct frame *next;
	u64 ip;
};

static u32 by_frames(u64 bp, u64 lo, u64 hi, u64 *pcs, u32 max)
{
	const struct frame *f = (const struct frame *)bp;
	u32 n = 0;

	while (n < max && (u64)f >= lo && (u64)f + sizeof(*f) <= hi &&
	       !((u64)f & 7)) {
		if (!f->ip)
			break;
		pcs[n++] = f->ip - 1;
		if (f->next <= f)
			break;
		f = f->next;
	}
	return n;
}

static bool in_text(u64 pc)
{
	return pc >= (u64)kernel_text_start && pc < (u64)kernel_text_end;
}

/* Is @ip behind a call? @callee is where that goes to, 0 if through a pointer. */
static bool is_behind_call(u64 ip, u64 *callee)
{
	const u8 *p = (const u8 *)ip;
	s32 distance;

	if (!in_text(ip - 1) || !in_text(ip - 7))
		return false;
	memcpy(&distance, p - 4, 4);
	*callee = ip + (u64)(s64)distance;
	if (p[-5] == 0xe8 && in_text(*callee)) /* call rel32 */
		return true;
	*callee = 0;
	for (s32 i = 2; i <= 7; i++)
		if (p[-i] == 0xff && (p[1 - i] & 0x38) == 0x10) /* ff /2 */
			return true;
	return false;
}

/* Where on the stack the return address out of the function of @pc is. */
static const u64 *return_address(const u64 *sp, const u64 *hi, u64 pc)
{
	const u64 *nearest = NULL;
	char name[KSYM_SIZE];
	u64 callee, offset = ksym_name(pc, name);

	if (hi > sp + FRAME_WORDS)
		hi = sp + FRAME_WORDS;
	for (; sp < hi; sp++) {
		if (!is_behind_call(*sp, &callee))
			continue;
		if (!pc || callee == pc - offset)
			return sp;
		if (!nearest)
			nearest = sp;
	}
	return nearest;
}

static u32 by_calls(u64 from, u64 pc, u64 lo, u64 hi, u64 *pcs, u32 max)
{
	const u64 *sp = (const u64 *)((from + 7) & ~7UL);
	u32 n = 0;

	if ((u64)sp < lo)
		return 0;
	while (n < max &&
	       (sp = return_address(sp, (const u64 *)hi, pc)) != NULL) {
		pc = *sp++ - 1;
		pcs[n++] = pc;
	}
	return n;
}

/**
 * arch_backtrace - the calls that are going on, innermost first
 * @from: where to start on the stack: what arch_frame() says of registers, or
 *	a function's __builtin_frame_address(0)
 * @pc: what runs there; 0: that function, of which it is known
 * @lo: lowest address of the stack
 * @hi: first address above it; what is outside is not looked at
 * @pcs: the last byte of each call. (A call that does not come back may be the
 *	end of its function: where it would return to is the next one.)
 * @max: room in @pcs
 *
 * Return: how many were stored.
 */
u32 arch_backtrace(u64 from, u64 pc, u64 lo, u64 hi, u64 *pcs, u32 max)
{
	return DEBUG_CHECKS ? by_frames(from, lo, hi, pcs, max) :
			      by_calls(from, pc, lo, hi, pcs, max);
}

u64 arch_frame(const struct regs *r)
{
	return DEBUG_CHECKS ? r->bp : r->sp;
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
