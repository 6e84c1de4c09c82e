// SPDX-License-Identifier: MIT
/* The rare case of word.h: a text that ends with its page. */
#include "kernel/lib/word.h"

u64 word_gather(const char *s)
{
	u64 word = 0;

	for (u32 i = 0; i < WORD_BYTES && s[i]; i++)
		word |= (u64)(u8)s[i] << 8 * i;
	return word;
}
