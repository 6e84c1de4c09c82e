/* SPDX-License-Identifier: MIT */
/*
 * What the code in [vdso] may know: the pages of [vvar], which the kernel
 * writes and every process can read. Each value is one word that is written at
 * once, and none depends on another, so readers need no lock.
 */
#ifndef WARREN_ARCH_X86_64_VDSO_VVAR_H
#define WARREN_ARCH_X86_64_VDSO_VVAR_H

#include "kernel/lib/types.h"

/* The first page, the same for everybody: how the TSC becomes time. */
struct vvar_clock {
	u64 tsc_start; /* [I] after boot: the TSC when time began */
	u64 tsc_mult;  /* [I] after boot: ns = ticks * tsc_mult >> 32 */
	s64 real;      /* [a] ns that wall time is ahead */
} __aligned(4096);

/* The second page, one for each time namespace: what its clocks are ahead. */
struct vvar_offsets {
	s64 monotonic, boottime; /* [I] ns */
} __aligned(4096);

#define VVAR_PAGES 2

/* This CPU's number is the limit of a segment that nobody uses as a segment. */
#define CPU_SEL 0x3b

#endif
