/* SPDX-License-Identifier: MIT */
/*
 * eBPF, as bpf(2) loads it: programs of user space over a context, eleven
 * registers of 64 bits. Classic BPF, which seccomp has, is bpf.h.
 *
 * There are the instructions that a decision needs: arithmetic, jumps forward,
 * loads from the context. Not here, and refused when a program is loaded: the
 * stack, calls, maps, jumps backward, constants of 64 bits. A program that was
 * checked (ebpf_check.c) ends, reads nothing but its context, and returns
 * what its kind may return.
 */
#ifndef WARREN_KERNEL_TASK_EBPF_H
#define WARREN_KERNEL_TASK_EBPF_H

#include <linux/bpf.h>

#include "kernel/lib/list.h"
#include "kernel/lib/refcount.h"

/* What the programs of one kind see, and may say. */
struct ebpf_kind {
	u32 size;	/* of the context, in bytes; it has u32 fields */
	u32 narrow;	/* bytes at its begin that may be read in parts */
	u64 result_max; /* what r0 is at most, at the end */
};

struct ebpf_prog {
	struct refcount refs; /* files, attachments */
	struct list link;     /* of all, by id */
	u32 id;		      /* [I] */
	u32 len;	      /* [I] instructions */
	struct bpf_insn insns[]; /* [I] */
};

/* A program of @len instructions, for insns[] to be filled, then checked: not
 * yet to be found. Freed by ebpf_put(). NULL: no memory. */
struct ebpf_prog *ebpf_new(u32 len);
void ebpf_publish(struct ebpf_prog *p); /* from now on it has an id */
static inline struct ebpf_prog *ebpf_get(struct ebpf_prog *p)
{
	refcount_inc(&p->refs);
	return p;
}
void ebpf_put(struct ebpf_prog *p); /* NULL ignored; no spinlock held */
/* Counted; NULL: there is none (any more). */
struct ebpf_prog *ebpf_find(u32 id);
u32 ebpf_next_id(u32 id); /* the lowest above @id; 0: none */

/* 0; -EINVAL: not a program; -EACCES: reads what it may not; -ENOMEM. */
int ebpf_check(const struct ebpf_prog *p, const struct ebpf_kind *kind);
/* Run a checked one: r0 at its end. Never sleeps. */
u64 ebpf_run(const struct ebpf_prog *p, const void *ctx);

/* What an instruction of class ALU computes; if not @wide, of values of 32 bits, and
 * the low 32 bits are the result. The count of a shift is taken modulo the width,
 * a / 0 is 0. */
u64 ebpf_alu(u8 op, u64 a, u64 b, bool wide);
/* Does a jump's condition hold? */
bool ebpf_holds(u8 op, u64 a, u64 b);

#endif
