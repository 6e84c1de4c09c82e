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

/* The lowest clear bit of @chunk, set now; -1: it is full. */
static int take_bit(u64 *chunk)
{
	for (int w = 0; w < CHUNK_WORDS; w++) {
		int bit;

		if (chunk[w] == ~0ULL)
			continue;
		bit = __builtin_ctzll(~chunk[w]);
		chunk[w] |= 1ULL << bit;
		return w * 64 + bit;
	}
	return -1;
}

int ida_alloc(struct ida *ida)
{
	for (u32 i = ida->first_free;; i++) {
		int bit;

		if (i == ida->nr_chunks && grow_table(ida))
			return -ENOMEM;
		if (!ida->chunks[i])
			ida->chunks[i] = kzalloc(CHUNK_WORDS * sizeof(u64));
		if (!ida->chunks[i])
			return -ENOMEM;
		bit = take_bit(ida->chunks[i]);
		ida->first_free = i;
		if (bit >= 0)
			return (int)(i * CHUNK_BITS) + bit;
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
	u32 chunk = id / CHUNK_BITS, bit = id % CHUNK_BITS;
	u64 mask = 1ULL << (bit % 64);

	assert(chunk < ida->nr_chunks && ida->chunks[chunk]);
	assert(ida->chunks[chunk][bit / 64] & mask);
	ida->chunks[chunk][bit / 64] &= ~mask;
	ida->first_free = min(ida->first_free, chunk);
	if (chunk && is_empty(ida->chunks[chunk])) {
		kfree(ida->chunks[chunk]);
		ida->chunks[chunk] = NULL;
	}
}

void ida_destroy(struct ida *ida)
{
	for (u32 i = 0; i < ida->nr_chunks; i++)
		kfree(ida->chunks[i]);
	kfree(ida->chunks);
}
