// SPDX-License-Identifier: MIT
/*
 * FPU, SSE and AVX registers: saved when a task leaves the CPU, loaded when it
 * comes back. The kernel itself does not use them.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

#define AREA_MAX 1024
#define AREA_ALIGN 64
#define MXCSR_MASK_AT 28 /* in the legacy region; 0 means 0xffbf */
#define MXCSR_MASK_DEFAULT 0xffbf

static u8 initial[AREA_MAX] __aligned(AREA_ALIGN);
static struct slab *fpu_slab;

void fpu_module_init(void)
{
	u32 mask;

	__asm__ volatile("fninit");
	fpu_save(initial);
	memcpy(&mask, initial + MXCSR_MASK_AT, sizeof(mask));
	cpu_features.mxcsr_mask = mask ? mask : MXCSR_MASK_DEFAULT;
	fpu_slab = slab_create("fpu", cpu_features.fpu_size, AREA_ALIGN);
}

void fpu_reset(void *area)
{
	memcpy(area, initial, cpu_features.fpu_size);
}

/* The registers that exec gives. */
void fpu_start(void)
{
	fpu_restore(initial);
}

/* To be filled by fpu_save() or fpu_reset(). XSAVE writes one word of its
 * header and XRSTOR wants 0 in the others. */
void *fpu_area_new(void)
{
	u8 *area = slab_alloc(fpu_slab);

	if (area && cpu_features.xsave)
		memset(area + XSTATE_HEADER_AT, 0, XSTATE_HEADER_SIZE);
	return area;
}

void fpu_area_free(void *area)
{
	if (area)
		slab_free(fpu_slab, area);
}
