// SPDX-License-Identifier: MIT
/*
 * Names of kernel functions: a table that tools/link makes from the linked
 * kernel itself, sorted by address. It is read from its beginning: few ask, and a
 * table that could be searched faster would be larger.
 *
 * In a name a byte that no name has by itself stands for a pair of bytes, either
 * of which may stand for a pair again. That more than halves the names.
 */
#include "kernel/debug/printk.h"
#include "kernel/lib/string.h"

extern const u64 ksym_start;
extern const u8 ksym_sizes[]; /* from one function to the next; then 0 */
extern const u8 ksym_pairs[256][2]; /* 0, 0: the byte is itself */
extern const u8 ksym_names[];

/* Append what @c stands for; the place behind it. One is kept for the end. */
static char *expand(char *to, const char *end, u8 c)
{
	if (ksym_pairs[c][0]) {
		to = expand(to, end, ksym_pairs[c][0]);
		return expand(to, end, ksym_pairs[c][1]);
	}
	if (to < end - 1)
		*to++ = (char)c;
	return to;
}

/* One byte; from 128 on two, the first with its highest bit set. */
static u32 size_next(const u8 **sizes)
{
	u32 n = *(*sizes)++;

	return n < 128 ? n : (n & 127) << 8 | *(*sizes)++;
}

/**
 * ksym_name - the function that an address is in
 * @pc: kernel address
 * @name: becomes its name; "?" outside the kernel's text
 *
 * Return: how far @pc is behind the function's start; 0 outside.
 */
u64 ksym_name(u64 pc, char name[KSYM_SIZE])
{
	const u8 *packed = ksym_names, *sizes = ksym_sizes;
	u64 start = ksym_start;
	u32 size;
	char *to = name;

	strlcpy(name, "?", KSYM_SIZE);
	if (pc < (u64)kernel_text_start || pc >= (u64)kernel_text_end ||
	    pc < start || !*packed)
		return 0;
	while ((size = size_next(&sizes)) && pc >= start + size) {
		start += size;
		packed += strlen((const char *)packed) + 1;
	}
	while (*packed)
		to = expand(to, name + KSYM_SIZE, *packed++);
	*to = 0;
	return pc - start;
}
