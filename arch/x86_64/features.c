// SPDX-License-Identifier: MIT
/*
 * What the CPU can do, and switching it on. A protection that the CPU lacks is
 * a line in the log, not a reason not to run.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/string.h"

struct cpu_features cpu_features;

extern u8 *const __stac_start[], *const __stac_end[];
extern u8 *const __clac_start[], *const __clac_end[];

#define XCR0_WANTED 7 /* x87, SSE, AVX */

static void detect_xsave(void)
{
	struct cpuid d = cpuid(0xd, 0);

	cpu_features.xcr0 = d.a & XCR0_WANTED;
	cpu_features.fpu_size = 512 + 64;
	if (cpu_features.xcr0 & 4) {
		struct cpuid avx = cpuid(0xd, 2);

		cpu_features.fpu_size = max(cpu_features.fpu_size,
					    avx.b + avx.a);
	}
}

static void say_missing(bool have, const char *name, const char *what)
{
	if (!have)
		printk("cpu: no %s: %s\n", name, what);
}

void features_detect(void)
{
	struct cpu_features *f = &cpu_features;
	struct cpuid one = cpuid(1, 0), seven = { 0 }, ext = { 0 };

	if (cpuid(0, 0).a >= 7)
		seven = cpuid(7, 0);
	if (cpuid(0x80000000, 0).a >= 0x80000001)
		ext = cpuid(0x80000001, 0);
	f->xsave = one.c & (1u << 26);
	f->rdrand = one.c & (1u << 30);
	f->pge = one.d & (1u << 13);
	f->smep = seven.b & (1u << 7);
	f->smap = seven.b & (1u << 20);
	f->umip = seven.c & (1u << 2);
	f->nx = ext.d & (1u << 20);
	f->gbpages = ext.d & (1u << 26);
	f->fpu_size = 512;
	if (f->xsave)
		detect_xsave();
	say_missing(f->nx, "NX", "data can be executed");
	say_missing(f->smep, "SMEP", "the kernel could run user code");
	say_missing(f->smap, "SMAP", "the kernel could touch user data by mistake");
	say_missing(f->umip, "UMIP", "user code can read descriptor addresses");
}

static void xsetbv(u32 reg, u64 v)
{
	__asm__ volatile("xsetbv" ::"c"(reg), "a"((u32)v), "d"((u32)(v >> 32)));
}

void features_enable(void)
{
	const struct cpu_features *f = &cpu_features;
	u64 cr4 = READ_CR(4);

	WRITE_CR(0, READ_CR(0) | CR0_MP | CR0_NE);

	if (f->nx)
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
	if (f->pge)
		cr4 |= CR4_PGE;
	if (f->smep)
		cr4 |= CR4_SMEP;
	if (f->smap)
		cr4 |= CR4_SMAP;
	if (f->umip)
		cr4 |= CR4_UMIP;
	if (f->xsave)
		cr4 |= CR4_OSXSAVE;
	WRITE_CR(4, cr4);
	if (f->xsave)
		xsetbv(0, f->xcr0);
}

static void patch(u8 *const *from, u8 *const *to, u8 last)
{
	for (; from < to; from++) {
		(*from)[0] = 0x0f;
		(*from)[1] = 0x01;
		(*from)[2] = last;
	}
}

/* Make the places that smap.inc prepared STAC (0F 01 CB) and CLAC (.. CA). */
void smap_patch(void)
{
	if (!cpu_features.smap)
		return;
	patch(__stac_start, __stac_end, 0xcb);
	patch(__clac_start, __clac_end, 0xca);
}
