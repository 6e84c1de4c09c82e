// SPDX-License-Identifier: MIT
/*
 * Classic BPF as seccomp(2) has it: which instructions there are, the check
 * before a program is taken, and the machine. Jumps go forward only, so each
 * instruction runs at most once. What an instruction computes is eBPF's (ebpf.c),
 * but that a division by zero ends the program.
 */
#include "kernel/lib/alloc.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/task/bpf.h"
#include "kernel/task/ebpf.h"

/* ---- check ---------------------------------------------------------------- */

/* Every instruction that there is. */
static bool is_known(u16 code)
{
	switch (code) {
	case BPF_LD | BPF_W | BPF_ABS:
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_ALU | BPF_NEG:
	case BPF_JMP | BPF_JA:
		return true;
	default:
		break;
	}
	if (BPF_CLASS(code) == BPF_ALU)
		return !(code & ~(0xf0 | BPF_X | BPF_ALU)) &&
		       (BPF_OP(code) <= BPF_RSH || BPF_OP(code) == BPF_XOR);
	if (BPF_CLASS(code) == BPF_JMP)
		return !(code & ~(0xf0 | BPF_X | BPF_JMP)) &&
		       BPF_OP(code) >= BPF_JEQ && BPF_OP(code) <= BPF_JSET;
	return false;
}

static bool is_mem(u16 code)
{
	return code == (BPF_LD | BPF_MEM) || code == (BPF_LDX | BPF_MEM) ||
	       code == BPF_ST || code == BPF_STX;
}

/* Does @in, with @left instructions behind it, stay within bounds? */
static bool in_bounds(const struct sock_filter *in, u32 left, u32 size)
{
	u16 code = in->code;

	if (code == (BPF_LD | BPF_W | BPF_ABS))
		return in->k < size && !(in->k & 3);
	if (is_mem(code))
		return in->k < BPF_MEMWORDS;
	if (code == (BPF_ALU | BPF_DIV | BPF_K))
		return in->k;
	if (code == (BPF_ALU | BPF_LSH | BPF_K) ||
	    code == (BPF_ALU | BPF_RSH | BPF_K))
		return in->k < 32;
	if (code == (BPF_JMP | BPF_JA))
		return in->k < left;
	if (BPF_CLASS(code) == BPF_JMP)
		return in->jt < left && in->jf < left;
	return true;
}

/* What has been stored on every way to @to: bits of memory words. */
static void meet(u16 *masks, u32 to, u16 stored)
{
	masks[to] &= stored;
}

static void jump_meets(const struct sock_filter *in, u16 *masks, u32 pc,
		       u16 stored)
{
	if (in->code == (BPF_JMP | BPF_JA)) {
		meet(masks, pc + 1 + in->k, stored);
		return;
	}
	meet(masks, pc + 1 + in->jt, stored);
	meet(masks, pc + 1 + in->jf, stored);
}

/* No word is read that was not written before. */
static int stores_check(const struct sock_filter *prog, u32 len)
{
	u16 *masks = kmalloc(len * sizeof(*masks)), stored = 0;
	int err = 0;

	if (!masks)
		return -ENOMEM;
	memset(masks, 0xff, len * sizeof(*masks));
	for (u32 pc = 0; pc < len && !err; pc++) {
		const struct sock_filter *in = &prog[pc];

		stored &= masks[pc];
		if (in->code == BPF_ST || in->code == BPF_STX) {
			stored |= (u16)(1u << in->k);
		} else if (is_mem(in->code)) {
			if (!(stored & 1u << in->k))
				err = -EINVAL;
		} else if (BPF_CLASS(in->code) == BPF_JMP) {
			jump_meets(in, masks, pc, stored);
			stored = 0xffff; /* nobody comes from here */
		}
	}
	kfree(masks);
	return err;
}

int bpf_check(const struct sock_filter *prog, u32 len, u32 size)
{
	for (u32 pc = 0; pc < len; pc++)
		if (!is_known(prog[pc].code) ||
		    !in_bounds(&prog[pc], len - pc - 1, size))
			return -EINVAL;
	if (BPF_CLASS(prog[len - 1].code) != BPF_RET)
		return -EINVAL;
	return stores_check(prog, len);
}

/* ---- run -------------------------------------------------------------------- */

struct machine {
	u32 a, x, mem[BPF_MEMWORDS];
};

/* Loads, stores, and moves between registers. */
static void move(struct machine *m, const struct sock_filter *in,
		 const void *data, u32 size)
{
	switch (in->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		memcpy(&m->a, (const char *)data + in->k, sizeof(m->a));
		break;
	case BPF_LD | BPF_W | BPF_LEN:
		m->a = size;
		break;
	case BPF_LDX | BPF_W | BPF_LEN:
		m->x = size;
		break;
	case BPF_LD | BPF_IMM:
		m->a = in->k;
		break;
	case BPF_LDX | BPF_IMM:
		m->x = in->k;
		break;
	case BPF_LD | BPF_MEM:
		m->a = m->mem[in->k];
		break;
	case BPF_LDX | BPF_MEM:
		m->x = m->mem[in->k];
		break;
	case BPF_ST:
		m->mem[in->k] = m->a;
		break;
	case BPF_STX:
		m->mem[in->k] = m->x;
		break;
	case BPF_MISC | BPF_TAX:
		m->x = m->a;
		break;
	case BPF_MISC | BPF_TXA:
		m->a = m->x;
		break;
	}
}

u32 bpf_run(const struct sock_filter *prog, const void *data, u32 size)
{
	struct machine m = { 0 };

	for (const struct sock_filter *in = prog;; in++) {
		u32 v = in->code & BPF_X ? m.x : in->k;

		switch (BPF_CLASS(in->code)) {
		case BPF_RET:
			return in->code & BPF_A ? m.a : in->k;
		case BPF_ALU:
			if (BPF_OP(in->code) == BPF_DIV && !v)
				return 0;
			m.a = (u32)ebpf_alu(BPF_OP(in->code), m.a, v, false);
			break;
		case BPF_JMP:
			if (BPF_OP(in->code) == BPF_JA)
				in += in->k;
			else
				in += ebpf_holds(BPF_OP(in->code), m.a, v) ?
					      in->jt :
					      in->jf;
			break;
		default:
			move(&m, in, data, size);
		}
	}
}
