// SPDX-License-Identifier: MIT
/* Small integers, lowest free first: see ida.h. The owner locks. */
#include "kernel/lib/alloc.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/err.h"
#include "kernel/lib/ida.h"
#include "kernel/lib/string.h"

#define CHUNK_WORDS 8
#define CHUNK_BITS (CHUNK_WORDS * 64)
#define CHUNKS_MAX (0x7fffffff / CHUNK_BITS)

/* Room for twice as many chunks. */
static int grow_table(struct ida *ida)
{
	u32 n = ida->nr_chunks ? ida->nr_chunks * 2 : 4;
	u64 **chunks;

	if (n > CHUNKS_MAX)
		return -ENOMEM;
	chunks = kzalloc(n * sizeof(*chunks));
	if (!chunks)
		return -ENOMEM;
	if (ida->nr_chunks)
		memcpy(chunks, ida->chunks, ida->nr_chunks * sizeof(*chunks));
	kfree(ida->chunks);
	ida->chunks = chunks;
	ida->nr_chunks = n;
	return 0;
}

/* The word @w of the whole, made if need be; NULL: no memory. */
static u64 *word_at(struct ida *ida, u32 w)
{
	u32 i = w / CHUNK_WORDS;

	if (unlikely(i == ida->nr_chunks) && grow_table(ida))
		return NULL;
	if (unlikely(!ida->chunks[i]))
		ida->chunks[i] = kzalloc(CHUNK_WORDS * sizeof(u64));
	return ida->chunks[i] ? &ida->chunks[i][w % CHUNK_WORDS] : NULL;
}

int ida_alloc(struct ida *ida)
{
	for (u32 w = ida->first_free;; w++) {
		u64 *word = word_at(ida, w);
		int bit;

		if (!word)
			return -ENOMEM;
		if (*word == ~0ULL)
			continue;
		bit = __builtin_ctzll(~*word);
		*word |= 1ULL << bit;
		ida->first_free = w;
		return (int)(w * 64) + bit;
	}
}

static bool is_empty(const u64 *chunk)
{
	u64 any = 0;

	for (int w = 0; w < CHUNK_WORDS; w++)
		any |= chunk[w];
	return !any;
}

void ida_free(struct ida *ida, u32 id)
{
	u32 w = id / 64, i = w / CHUNK_WORDS;
	u64 mask = 1ULL << (id % 64), *word;

	assert(i < ida->nr_chunks && ida->chunks[i]);
	word = &ida->chunks[i][w % CHUNK_WORDS];
	assert(*word & mask);
	*word &= ~mask;
	ida->first_free = min(ida->first_free, w);
	if (!*word && i && is_empty(ida->chunks[i])) {
		kfree(ida->chunks[i]);
		ida->chunks[i] = NULL;
	}
}

void ida_destroy(struct ida *ida)
{
	for (u32 i = 0; i < ida->nr_chunks; i++)
		kfree(ida->chunks[i]);
	kfree(ida->chunks);
}
