// SPDX-License-Identifier: MIT
/*
 * eBPF: the programs there are, and the machine that runs one. See ebpf.h; what
 * may run is ebpf_check.c.
 *
 * Locks: progs_lock: the list of programs. Its members are not counted by it: the
 * last ebpf_put() takes a program off under the lock.
 */
#include "kernel/lib/string.h"
#include "kernel/lock/spinlock.h"
#include "kernel/mm/slab.h"
#include "kernel/task/ebpf.h"

static DEFINE_SPINLOCK(progs_lock);
static struct list progs = LIST_INIT(progs); /* progs_lock: the lowest id first */
static u32 last_id;	 /* progs_lock */

/* ---- the programs ----------------------------------------------------------- */

struct ebpf_prog *ebpf_new(u32 len)
{
	struct ebpf_prog *p =
		kmalloc(sizeof(*p) + len * sizeof(struct bpf_insn));

	if (!p)
		return NULL;
	refcount_set(&p->refs, 1);
	list_init(&p->link);
	p->id = 0;
	p->len = len;
	return p;
}

void ebpf_publish(struct ebpf_prog *p)
{
	spin_lock(&progs_lock);
	p->id = ++last_id;
	list_add_tail(&p->link, &progs);
	spin_unlock(&progs_lock);
}

void ebpf_put(struct ebpf_prog *p)
{
	if (!p || !refcount_dec_and_test(&p->refs))
		return;
	spin_lock(&progs_lock);
	list_del(&p->link);
	spin_unlock(&progs_lock);
	kfree(p);
}

struct ebpf_prog *ebpf_find(u32 id)
{
	struct ebpf_prog *p, *found = NULL;

	spin_lock(&progs_lock);
	list_for_each_entry(p, &progs, link)
		if (p->id == id && refcount_inc_not_zero(&p->refs)) {
			found = p;
			break;
		}
	spin_unlock(&progs_lock);
	return found;
}

u32 ebpf_next_id(u32 id)
{
	struct ebpf_prog *p;
	u32 next = 0;

	spin_lock(&progs_lock);
	list_for_each_entry(p, &progs, link)
		if (p->id > id) {
			next = p->id;
			break;
		}
	spin_unlock(&progs_lock);
	return next;
}

/* ---- the machine ------------------------------------------------------------ */

u64 ebpf_alu(u8 op, u64 a, u64 b, bool wide)
{
	u8 count = (u8)(b & (wide ? 63 : 31));

	switch (op) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return b ? a / b : 0;
	case BPF_MOD:
		return b ? a % b : a;
	case BPF_OR:
		return a | b;
	case BPF_AND:
		return a & b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << count;
	case BPF_RSH:
		return a >> count;
	case BPF_ARSH:
		return wide ? (u64)((s64)a >> count) :
			      (u64)((s32)a >> count);
	case BPF_NEG:
		return -a;
	default: /* BPF_MOV */
		return b;
	}
}

bool ebpf_holds(u8 op, u64 a, u64 b)
{
	s64 sa = (s64)a, sb = (s64)b;

	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSGT:
		return sa > sb;
	case BPF_JSGE:
		return sa >= sb;
	case BPF_JSLT:
		return sa < sb;
	case BPF_JSLE:
		return sa <= sb;
	default: /* BPF_JSET */
		return a & b;
	}
}

static u64 load(u8 size, const void *from)
{
	switch (size) {
	case BPF_B:
		return *(const u8 *)from;
	case BPF_H:
		return *(const u16 *)from;
	default: /* BPF_W */
		return *(const u32 *)from;
	}
}

/* How many instructions are jumped over. Sign extension keeps every order of words
 * of 32 bits, and which bits they share. */
static s16 jump(const struct bpf_insn *in, u64 a, u64 b)
{
	if (BPF_OP(in->code) == BPF_JA)
		return in->off;
	if (BPF_CLASS(in->code) == BPF_JMP32) {
		a = (u64)(s32)a;
		b = (u64)(s32)b;
	}
	return ebpf_holds(BPF_OP(in->code), a, b) ? in->off : 0;
}

u64 ebpf_run(const struct ebpf_prog *p, const void *ctx)
{
	u64 r[MAX_BPF_REG] = { [BPF_REG_1] = (u64)(uintptr_t)ctx };

	for (const struct bpf_insn *in = p->insns;; in++) {
		u64 *dst = &r[in->dst_reg];
		u64 b = in->code & BPF_X ? r[in->src_reg] : (u64)(s64)in->imm;

		switch (BPF_CLASS(in->code)) {
		case BPF_ALU64:
			*dst = ebpf_alu(BPF_OP(in->code), *dst, b, true);
			break;
		case BPF_ALU:
			*dst = (u32)ebpf_alu(BPF_OP(in->code), (u32)*dst, (u32)b,
					false);
			break;
		case BPF_LDX:
			*dst = load(BPF_SIZE(in->code),
				    (const char *)(uintptr_t)r[in->src_reg] +
					    in->off);
			break;
		default: /* BPF_JMP, BPF_JMP32 */
			if (in->code == (BPF_JMP | BPF_EXIT))
				return r[BPF_REG_0];
			in += jump(in, *dst, b);
		}
	}
}
