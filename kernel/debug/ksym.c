// SPDX-License-Identifier: MIT
/*
 * Names of kernel functions: a table that tools/link makes from the linked
 * kernel itself, sorted by address. It is read from its beginning: few ask, and a
 * table that could be searched faster would be larger.
 */
#include "kernel/debug/printk.h"
#include "kernel/lib/string.h"

extern const u64 ksym_start;
extern const u16 ksym_sizes[]; /* from one function to the next; then 0 */
extern const char ksym_names[];

/**
 * ksym_name - the function that an address is in
 * @pc: kernel address
 * @offset: set to how far @pc is behind the function's start
 *
 * Return: the name; "?" outside the kernel's text.
 */
const char *ksym_name(u64 pc, u64 *offset)
{
	const char *name = ksym_names;
	u64 start = ksym_start;

	*offset = 0;
	if (pc < (u64)kernel_text_start || pc >= (u64)kernel_text_end ||
	    pc < start)
		return "?";
	for (u32 i = 0; ksym_sizes[i] && pc >= start + ksym_sizes[i]; i++) {
		start += ksym_sizes[i];
		name += strlen(name) + 1;
	}
	*offset = pc - start;
	return *name ? name : "?";
}
