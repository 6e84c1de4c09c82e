// SPDX-License-Identifier: MIT
/*
 * FUTEX_WAKE_OP: an operation and a comparison, encoded in one word as futex(2)
 * describes: op (4 bits, the highest: the operand is a shift), comparison (4),
 * operand (12, signed), what to compare with (12, signed).
 */
#include <linux/futex.h>

#include "kernel/lib/err.h"
#include "kernel/task/futex_impl.h"

struct futex_op {
	u32 op, cmp;
	s32 operand, with;
};

/* The lowest 12 bits of @v, with their sign. */
static s32 signed12(u32 v)
{
	return (s32)(v << 20) >> 20;
}

static void op_decode(struct futex_op *o, u32 encoded)
{
	o->op = encoded >> 28 & 7;
	o->cmp = encoded >> 24 & 15;
	o->operand = signed12(encoded >> 12);
	o->with = signed12(encoded);
	if (encoded >> 28 & FUTEX_OP_OPARG_SHIFT)
		o->operand = (s32)(1u << (o->operand & 31));
}

static u32 op_result(const struct futex_op *o, u32 old)
{
	u32 operand = (u32)o->operand;

	switch (o->op) {
	case FUTEX_OP_ADD:
		return old + operand;
	case FUTEX_OP_OR:
		return old | operand;
	case FUTEX_OP_ANDN:
		return old & ~operand;
	case FUTEX_OP_XOR:
		return old ^ operand;
	default:
		return operand; /* FUTEX_OP_SET */
	}
}

static bool op_compare(const struct futex_op *o, s32 old)
{
	switch (o->cmp) {
	case FUTEX_OP_CMP_EQ:
		return old == o->with;
	case FUTEX_OP_CMP_NE:
		return old != o->with;
	case FUTEX_OP_CMP_LT:
		return old < o->with;
	case FUTEX_OP_CMP_LE:
		return old <= o->with;
	case FUTEX_OP_CMP_GT:
		return old > o->with;
	default:
		return old >= o->with; /* FUTEX_OP_CMP_GE */
	}
}

int futex_op_apply(u32 *word, u32 encoded)
{
	struct futex_op o;
	u32 old = atomic_load(word);

	op_decode(&o, encoded);
	if (o.op > FUTEX_OP_XOR || o.cmp > FUTEX_OP_CMP_GE)
		return -ENOSYS;
	while (!atomic_cas(word, &old, op_result(&o, old)))
		;
	return op_compare(&o, (s32)old);
}
