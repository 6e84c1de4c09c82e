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

/* From ida->first_free on. Not inlined: where that has room, as in most cases, no
 * registers need be saved for the search. */
static __noinline u64 *word_search(struct ida *ida, u32 *w)
{
	u64 *word;

	for (*w = ida->first_free; (word = word_at(ida, *w)) != NULL; ++*w) {
		if (*word != ~0ULL) {
			ida->first_free = *w;
			break;
		}
	}
	return word;
}

/* The first word with room, which is *@w; NULL: no memory. */
static inline u64 *word_with_room(struct ida *ida, u32 *w)
{
	u32 i = ida->first_free / CHUNK_WORDS;
	u64 *word;

	if (unlikely(i >= ida->nr_chunks || !ida->chunks[i]))
		return word_search(ida, w);
	*w = ida->first_free;
	word = &ida->chunks[i][*w % CHUNK_WORDS];
	return *word == ~0ULL ? word_search(ida, w) : word;
}

int ida_alloc(struct ida *ida)
{
	u32 w;
	u64 *word = word_with_room(ida, &w);
	int bit;

	if (!word)
		return -ENOMEM;
	bit = __builtin_ctzll(~*word);
	*word |= 1ULL << bit;
	return (int)(w * 64) + bit;
}

int ida_take(struct ida *ida, struct ida_run *run)
{
	u32 w;
	u64 *word = word_with_room(ida, &w);

	if (!word)
		return -ENOMEM;
	run->first = w * 64;
	run->bits = ~*word;
	*word = ~0ULL;
	return 0;
}

/* Not inlined, for the same reason. */
static __noinline void chunk_drop_if_empty(struct ida *ida, u32 i)
{
	u64 *chunk = ida->chunks[i], any = 0;

	for (int w = 0; w < CHUNK_WORDS; w++)
		any |= chunk[w];
	if (any)
		return;
	kfree(chunk);
	ida->chunks[i] = NULL;
}

/* The numbers of word @w whose bits are set. */
static inline void bits_give(struct ida *ida, u32 w, u64 bits)
{
	u32 i = w / CHUNK_WORDS;
	u64 *word;

	assert(i < ida->nr_chunks && ida->chunks[i]);
	word = &ida->chunks[i][w % CHUNK_WORDS];
	assert((*word & bits) == bits);
	*word &= ~bits;
	if (w < ida->first_free)
		ida->first_free = w;
	if (!*word && i)
		chunk_drop_if_empty(ida, i);
}

void ida_free(struct ida *ida, u32 id)
{
	bits_give(ida, id / 64, 1ULL << (id % 64));
}

void ida_give(struct ida *ida, struct ida_run *run)
{
	bits_give(ida, run->first / 64, run->bits);
	run->bits = 0;
}

void ida_destroy(struct ida *ida)
{
	for (u32 i = 0; i < ida->nr_chunks; i++)
		kfree(ida->chunks[i]);
	kfree(ida->chunks);
}
