/* SPDX-License-Identifier: MIT */
/*
 * Text in words: eight characters that are looked at together, the first of them
 * in the lowest byte. What is shorter than eight has zeroes for the rest, so two
 * short names are the same exactly if their words are.
 */
#ifndef WARREN_KERNEL_LIB_WORD_H
#define WARREN_KERNEL_LIB_WORD_H

#include "kernel/lib/types.h"

#define WORD_BYTES 8u
#define WORD_OF_BYTES(c) (0x0101010101010101UL * (u8)(c))

/* As word_at(), character by character. */
u64 word_gather(const char *s);

/*
 * The word at @s, in a text that ends with a NUL. What stands behind the end is
 * read as well, and means nothing: memory has its limits only between pages, so
 * that is harmless but for the last bytes of a page.
 */
static inline u64 word_at(const char *s)
{
	u64 word;

	if (unlikely(((uintptr_t)s & 4095) > 4096 - WORD_BYTES))
		return word_gather(s);
	__builtin_memcpy(&word, s, WORD_BYTES);
	return word;
}

/*
 * The lowest bit that is set belongs to the first byte of @word that is @c; 0:
 * there is none. (Taking 1 from a byte borrows from its top bit only if it was 0;
 * what the borrow does to the bytes above is why the others say nothing.)
 */
static inline u64 word_find(u64 word, char c)
{
	u64 zero = word ^ WORD_OF_BYTES(c);

	return (zero - WORD_OF_BYTES(1)) & ~zero & WORD_OF_BYTES(0x80);
}

/* How many bytes stand before the one that @found, not 0, says. */
static inline u32 word_bytes_before(u64 found)
{
	return (u32)__builtin_ctzll(found) / 8;
}

/* The text whose first word is @word ends in it. */
static inline bool word_is_all(u64 word)
{
	return !(word >> 56);
}

/* @word with only these bytes. */
static inline u64 word_cut(u64 word, u64 found)
{
	return word & (found ^ (found - 1)) >> 8;
}

#endif
