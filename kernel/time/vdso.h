/* SPDX-License-Identifier: MIT */
/*
 * The vDSO in an address space: [vdso], code that tells the time without a
 * system call (arch/x86_64/vdso), and below it [vvar], the pages that it reads.
 * They end where user space ends, above the stack, whose page table they share.
 */
#ifndef WARREN_KERNEL_TIME_VDSO_H
#define WARREN_KERNEL_TIME_VDSO_H

#include "kernel/mm/mm.h"

void vdso_init(void); /* boot, after page_init() */
u64 vdso_start(void);	   /* of the code: AT_SYSINFO_EHDR */
u64 vdso_area_start(void); /* of both: where the stack may end */
int vdso_map(struct mm *mm); /* exec: into @mm, which is empty. -ENOMEM */
/* Who runs on @mm enters a time namespace. May sleep. */
void vdso_forget_offsets(struct mm *mm);

#endif
