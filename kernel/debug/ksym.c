// SPDX-License-Identifier: MIT
/*
 * Names of kernel functions: a table that tools/link makes from the linked
 * kernel itself, sorted by address.
 */
#include "kernel/debug/printk.h"

extern const u32 ksym_count, ksym_offsets[], ksym_names[];
extern const char ksym_strings[];

/**
 * ksym_name - the function that an address is in
 * @pc: kernel address
 * @offset: set to how far @pc is behind the function's start
 *
 * Return: the name; "?" outside the kernel's text.
 */
const char *ksym_name(u64 pc, u64 *offset)
{
	u32 lo = 0, hi = ksym_count, at;

	*offset = 0;
	if (pc < (u64)kernel_text_start || pc >= (u64)kernel_text_end || !hi)
		return "?";
	at = (u32)(pc - KERNEL_IMAGE);
	while (hi - lo > 1) {
		u32 mid = (lo + hi) / 2;

		if (ksym_offsets[mid] <= at)
			lo = mid;
		else
			hi = mid;
	}
	if (at < ksym_offsets[lo])
		return "?";
	*offset = at - ksym_offsets[lo];
	return ksym_strings + ksym_names[lo];
}
