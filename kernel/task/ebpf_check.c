// SPDX-License-Identifier: MIT
/*
 * Which eBPF programs may run: see ebpf.h.
 *
 * First each instruction by itself: is there one, are its unused fields 0, does
 * its jump end inside. Then what registers hold. As jumps go forward only, one
 * pass in the order of the text meets every way to an instruction before the
 * instruction: states[] has for each what is known there, the least that holds
 * on all ways. A register holds nothing, the context's address, or a number of
 * which the greatest value is known.
 */
#include "kernel/debug/why.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/task/ebpf.h"

enum holds { HOLDS_NOTHING, HOLDS_CONTEXT, HOLDS_NUMBER };

struct reg {
	u8 holds; /* enum holds */
	u64 max;  /* of a number */
};

struct state {
	bool reached;
	struct reg r[BPF_REG_10]; /* the eleventh is the stack's */
};

/* ---- an instruction by itself ----------------------------------------------- */

static bool alu_is_known(const struct bpf_insn *in)
{
	u8 op = BPF_OP(in->code), class = BPF_CLASS(in->code);

	if (op > BPF_ARSH || in->off)
		return false;
	if (op == BPF_NEG)
		return !(in->code & BPF_X) && !in->src_reg && !in->imm;
	if (in->code & BPF_X)
		return !in->imm;
	if (in->src_reg)
		return false;
	if (op == BPF_DIV || op == BPF_MOD)
		return in->imm;
	if (op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH)
		return (u32)in->imm < (class == BPF_ALU64 ? 64u : 32u);
	return true;
}

static bool jump_is_known(const struct bpf_insn *in, u32 left)
{
	u8 op = BPF_OP(in->code), class = BPF_CLASS(in->code);

	if (op == BPF_EXIT)
		return in->code == (BPF_JMP | BPF_EXIT) && !in->dst_reg &&
		       !in->src_reg && !in->off && !in->imm;
	if (op == BPF_CALL || op > BPF_JSLE || in->off < 0 ||
	    (u32)in->off >= left)
		return false;
	if (op == BPF_JA)
		return class == BPF_JMP && !(in->code & BPF_X) &&
		       !in->dst_reg && !in->src_reg && !in->imm;
	return in->code & BPF_X ? !in->imm : !in->src_reg;
}

/* @left: how many follow it. */
static bool is_known(const struct bpf_insn *in, u32 left)
{
	if (in->dst_reg >= BPF_REG_10 || in->src_reg >= BPF_REG_10)
		return false;
	switch (BPF_CLASS(in->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		return alu_is_known(in);
	case BPF_JMP:
	case BPF_JMP32:
		return jump_is_known(in, left);
	case BPF_LDX:
		return BPF_MODE(in->code) == BPF_MEM && !in->imm;
	case BPF_ST:
	case BPF_STX:
		return BPF_MODE(in->code) == BPF_MEM;
	default:
		return false;
	}
}

/* ---- what registers hold ---------------------------------------------------- */

/* A way with @from comes to @to. */
static void meet(struct state *to, const struct state *from)
{
	if (!to->reached) {
		*to = *from;
		return;
	}
	for (u32 i = 0; i < BPF_REG_10; i++) {
		struct reg *r = &to->r[i];

		if (r->holds != from->r[i].holds)
			r->holds = HOLDS_NOTHING;
		r->max = max(r->max, from->r[i].max);
	}
}

static u64 alu_max(const struct bpf_insn *in, u64 a, u64 b)
{
	u64 width = BPF_CLASS(in->code) == BPF_ALU64 ? ~0ULL : 0xffffffffu;

	switch (BPF_OP(in->code)) {
	case BPF_MOV:
		return min(b, width);
	case BPF_AND:
		a = min(a, b);
		return min(a, width);
	case BPF_RSH:
		return in->code & BPF_X ? width : min(a, width) >> in->imm;
	default:
		return width;
	}
}

static int alu_step(struct state *s, const struct bpf_insn *in)
{
	struct reg *dst = &s->r[in->dst_reg], b = { .holds = HOLDS_NUMBER };
	bool move = BPF_OP(in->code) == BPF_MOV;

	b.max = (u64)(s64)in->imm;
	if (in->code & BPF_X)
		b = s->r[in->src_reg];
	if (b.holds == HOLDS_CONTEXT &&
	    in->code == (BPF_ALU64 | BPF_MOV | BPF_X)) {
		*dst = b;
		return 0;
	}
	if (b.holds != HOLDS_NUMBER || (!move && dst->holds != HOLDS_NUMBER))
		return why(-EACCES, "bpf: r%u or r%u holds no number",
			   in->dst_reg, in->src_reg);
	dst->max = alu_max(in, dst->max, b.max);
	dst->holds = HOLDS_NUMBER;
	return 0;
}

static int load_step(struct state *s, const struct bpf_insn *in,
		     const struct ebpf_kind *kind)
{
	static const u8 sizes[] = { 4, 2, 1, 8 }; /* BPF_W, H, B, DW */
	u32 size = sizes[BPF_SIZE(in->code) >> 3];
	u32 off = (u32)(s32)in->off;

	if (s->r[in->src_reg].holds != HOLDS_CONTEXT || off >= kind->size ||
	    size > kind->size - off || off % size || size > 4 ||
	    (size < 4 && off >= kind->narrow))
		return why(-EACCES, "bpf: %u bytes at r%u %+d are not the "
				    "context's", size, in->src_reg, in->off);
	s->r[in->dst_reg] = (struct reg){ HOLDS_NUMBER, (1ULL << 8 * size) - 1 };
	return 0;
}

static int exit_check(const struct reg *r0, const struct ebpf_kind *kind)
{
	if (r0->holds == HOLDS_NOTHING)
		return why(-EACCES, "bpf: r0 holds nothing at the end");
	if (r0->holds == HOLDS_CONTEXT || r0->max > kind->result_max)
		return why(-EINVAL, "bpf: r0 may be more than %llu",
			   (unsigned long long)kind->result_max);
	return 0;
}

static int jump_step(struct state *states, u32 pc, const struct bpf_insn *in,
		     const struct ebpf_kind *kind)
{
	const struct state *s = &states[pc];
	const struct reg *a = &s->r[in->dst_reg], *b = &s->r[in->src_reg];

	if (BPF_OP(in->code) == BPF_EXIT)
		return exit_check(&s->r[BPF_REG_0], kind);
	if (BPF_OP(in->code) != BPF_JA &&
	    (a->holds != HOLDS_NUMBER ||
	     (in->code & BPF_X && b->holds != HOLDS_NUMBER)))
		return why(-EACCES, "bpf: a jump by what is no number");
	meet(&states[pc + 1 + (u32)in->off], s);
	if (BPF_OP(in->code) != BPF_JA)
		meet(&states[pc + 1], s);
	return 0;
}

static int step(struct state *states, u32 pc, const struct bpf_insn *in,
		const struct ebpf_kind *kind)
{
	struct state after = states[pc];
	int err;

	if (!after.reached)
		return why(-EINVAL, "bpf: nothing comes to instruction %u", pc);
	switch (BPF_CLASS(in->code)) {
	case BPF_JMP:
	case BPF_JMP32:
		return jump_step(states, pc, in, kind);
	case BPF_LDX:
		err = load_step(&after, in, kind);
		break;
	case BPF_ST:
	case BPF_STX:
		return why(-EACCES, "bpf: a store, where all is read only");
	default:
		err = alu_step(&after, in);
	}
	if (!err)
		meet(&states[pc + 1], &after);
	return err;
}

int ebpf_check(const struct ebpf_prog *p, const struct ebpf_kind *kind)
{
	struct state *states;
	u8 last = p->insns[p->len - 1].code;
	int err = 0;

	for (u32 pc = 0; pc < p->len; pc++)
		if (!is_known(&p->insns[pc], p->len - pc - 1))
			return why(-EINVAL, "bpf: no such instruction as %u",
				   pc);
	if (last != (BPF_JMP | BPF_EXIT))
		return why(-EINVAL, "bpf: the last instruction is no exit");
	states = kzalloc(p->len * sizeof(*states));
	if (!states)
		return -ENOMEM;
	states[0].reached = true;
	states[0].r[BPF_REG_1].holds = HOLDS_CONTEXT;
	for (u32 pc = 0; pc < p->len && !err; pc++)
		err = step(states, pc, &p->insns[pc], kind);
	kfree(states);
	return err;
}
