// SPDX-License-Identifier: MIT
/*
 * Inflate: written from RFC 1951 and RFC 1952.
 *
 * A deflate stream is a row of blocks: stored bytes, or symbols in a prefix
 * code. A symbol is a byte, the end of the block, or a length that is followed
 * by a distance: repeat what was put out that far back, 32 KiB at most. So the
 * last 32 KiB of output are kept in a window; each time it is full it goes to
 * the sink. Nothing needs memory for the whole output.
 *
 * A prefix code is known by the lengths of its words alone: words of one length
 * are consecutive numbers, in the order of their symbols, and shorter ones come
 * first. Decoding reads a word bit by bit until it is below the first word that
 * is longer; words of up to FAST_BITS bits are looked up at once.
 *
 * Errors: z->error is set once and stays; after it all input is zeros, so that
 * every loop, which is bounded by input or looks at error, comes to an end.
 */
#include "kernel/lib/alloc.h"
#include "kernel/lib/inflate.h"
#include "kernel/lib/string.h"

#define WINDOW 32768u
#define MAX_BITS 15
#define FAST_BITS 9
#define NR_LITERALS 288
#define NR_DISTANCES 32
#define NR_LENGTH_CODES 19
#define END_OF_BLOCK 256

struct prefix_code {
	u16 count[MAX_BITS + 1]; /* words of each length */
	u16 symbol[NR_LITERALS]; /* in the order of their words */
	u16 fast[1 << FAST_BITS]; /* by the next bits: symbol << 4 | length */
};

struct inflate {
	const u8 *in;
	size_t n, pos;
	u64 bits; /* read but not used, the first in bit 0 */
	u32 nr_bits;
	int error;

	inflate_sink sink;
	void *arg;
	u32 crc;   /* of what went to the sink */
	u64 total; /* bytes put out */
	struct prefix_code literals, distances;
	u8 lengths[NR_LITERALS + NR_DISTANCES];
	u8 window[WINDOW];
};

static void fail(struct inflate *z, int error)
{
	if (!z->error)
		z->error = error;
}

/* ---- output ----------------------------------------------------------------- */

static u32 crc32(u32 crc, const u8 *data, size_t n)
{
	static const u32 nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	crc = ~crc;
	while (n--) {
		crc ^= *data++;
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return ~crc;
}

/* The part of the window since it was full last. */
static void flush(struct inflate *z, size_t n)
{
	int err;

	if (z->error || !n)
		return;
	z->crc = crc32(z->crc, z->window, n);
	err = z->sink(z->arg, z->window, n);
	if (err)
		fail(z, err);
}

static void put_byte(struct inflate *z, u8 byte)
{
	z->window[z->total++ % WINDOW] = byte;
	if (z->total % WINDOW == 0)
		flush(z, WINDOW);
}

static void repeat(struct inflate *z, u32 length, u32 distance)
{
	if (distance > z->total || distance > WINDOW) {
		fail(z, INFLATE_CORRUPT);
		return;
	}
	while (length--)
		put_byte(z, z->window[(z->total - distance) % WINDOW]);
}

/* ---- input -------------------------------------------------------------------- */

/* At least @n <= 32 bits in z->bits; zeros behind the end. */
static void fill(struct inflate *z, u32 n)
{
	while (z->nr_bits < n) {
		if (z->pos < z->n)
			z->bits |= (u64)z->in[z->pos] << z->nr_bits;
		z->pos++; /* past the end: noticed when such bits are used */
		z->nr_bits += 8;
	}
}

static void drop(struct inflate *z, u32 n)
{
	z->bits >>= n;
	z->nr_bits -= n;
	if (unlikely(z->pos > z->n && (z->pos - z->n) * 8 > z->nr_bits))
		fail(z, INFLATE_TRUNCATED);
}

static u32 get_bits(struct inflate *z, u32 n)
{
	u32 value;

	fill(z, n);
	value = (u32)(z->bits & (((u64)1 << n) - 1));
	drop(z, n);
	return z->error ? 0 : value;
}

/* To the next whole byte of input; whole bytes read ahead are given back. */
static void align_to_byte(struct inflate *z)
{
	drop(z, z->nr_bits % 8);
	z->pos -= z->nr_bits / 8;
	z->bits = 0;
	z->nr_bits = 0;
}

/* ---- prefix codes ------------------------------------------------------------ */

static u32 reversed(u32 word, u32 length)
{
	u32 r = 0;

	while (length--) {
		r = r << 1 | (word & 1);
		word >>= 1;
	}
	return r;
}

/* Words come with their first bit lowest. */
static void fast_add(struct prefix_code *code, u32 word, u32 length, u32 symbol)
{
	u32 step = 1u << length;

	for (u32 i = reversed(word, length); i < 1 << FAST_BITS; i += step)
		code->fast[i] = (u16)(symbol << 4 | length);
}

/* Fill in count and the first index and word of each length. False: more words
 * than fit, or fewer (which only a code of one word may have). */
static bool code_measure(struct prefix_code *code, const u8 *lengths, u32 n,
			 u16 *index, u32 *word)
{
	u32 space = 1, words = 0;

	memset(code->count, 0, sizeof(code->count));
	for (u32 i = 0; i < n; i++)
		code->count[lengths[i]]++;
	code->count[0] = 0;
	index[0] = 0;
	word[0] = 0;
	for (u32 len = 1; len <= MAX_BITS; len++) {
		index[len] = index[len - 1] + code->count[len - 1];
		word[len] = (word[len - 1] + code->count[len - 1]) << 1;
		space <<= 1;
		if (code->count[len] > space)
			return false;
		space -= code->count[len];
		words += code->count[len];
	}
	return !space || words <= 1;
}

static void code_build(struct inflate *z, struct prefix_code *code,
		       const u8 *lengths, u32 n)
{
	u16 index[MAX_BITS + 1];
	u32 word[MAX_BITS + 1];

	memset(code->fast, 0, sizeof(code->fast));
	if (!code_measure(code, lengths, n, index, word)) {
		fail(z, INFLATE_CORRUPT);
		return;
	}
	for (u32 i = 0; i < n; i++) {
		u32 len = lengths[i];

		if (!len)
			continue;
		code->symbol[index[len]++] = (u16)i;
		if (len <= FAST_BITS)
			fast_add(code, word[len], len, i);
		word[len]++;
	}
}

/* One by one: @first is the first word of that length, @index its symbol. */
static u32 decode_slowly(struct inflate *z, const struct prefix_code *code)
{
	u32 word = 0, first = 0, index = 0;
	u64 bits = z->bits;

	for (u32 len = 1; len <= MAX_BITS; len++) {
		word |= bits & 1;
		bits >>= 1;
		if (word - first < code->count[len]) {
			drop(z, len);
			return code->symbol[index + word - first];
		}
		index += code->count[len];
		first = (first + code->count[len]) << 1;
		word <<= 1;
	}
	fail(z, INFLATE_CORRUPT);
	return END_OF_BLOCK;
}

static u32 decode(struct inflate *z, const struct prefix_code *code)
{
	u32 fast;

	fill(z, MAX_BITS);
	fast = code->fast[z->bits & ((1 << FAST_BITS) - 1)];
	if (unlikely(!fast))
		return decode_slowly(z, code);
	drop(z, fast & 15);
	return fast >> 4;
}

/* ---- blocks -------------------------------------------------------------------- */

static void block_stored(struct inflate *z)
{
	u32 len, check;

	align_to_byte(z);
	len = get_bits(z, 16);
	check = get_bits(z, 16);
	if (len != (check ^ 0xffff))
		fail(z, INFLATE_CORRUPT);
	while (len-- && !z->error)
		put_byte(z, (u8)get_bits(z, 8));
}

/* A length or distance symbol: @extra bits are added to @base. */
static u32 length_of(struct inflate *z, u32 symbol)
{
	u32 extra, i = symbol - 257;

	if (i < 8)
		return 3 + i;
	if (i == 28)
		return 258;
	if (i > 28) {
		fail(z, INFLATE_CORRUPT);
		return 0;
	}
	extra = (i - 4) / 4;
	return 3 + ((4 + i % 4) << extra) + get_bits(z, extra);
}

static u32 distance_of(struct inflate *z, u32 symbol)
{
	u32 extra;

	if (symbol < 4)
		return 1 + symbol;
	if (symbol > 29) {
		fail(z, INFLATE_CORRUPT);
		return 1;
	}
	extra = (symbol - 2) / 2;
	return 1 + ((2 + symbol % 2) << extra) + get_bits(z, extra);
}

static void block_symbols(struct inflate *z)
{
	while (!z->error) {
		u32 symbol = decode(z, &z->literals), length;

		if (symbol < END_OF_BLOCK) {
			put_byte(z, (u8)symbol);
			continue;
		}
		if (symbol == END_OF_BLOCK)
			return;
		length = length_of(z, symbol);
		symbol = decode(z, &z->distances);
		if (!z->error)
			repeat(z, length, distance_of(z, symbol));
	}
}

static void codes_fixed(struct inflate *z)
{
	memset(z->lengths, 8, 144);
	memset(z->lengths + 144, 9, 256 - 144);
	memset(z->lengths + 256, 7, 280 - 256);
	memset(z->lengths + 280, 8, NR_LITERALS - 280);
	code_build(z, &z->literals, z->lengths, NR_LITERALS);
	memset(z->lengths, 5, NR_DISTANCES);
	code_build(z, &z->distances, z->lengths, NR_DISTANCES);
}

/* The lengths of @n words, themselves in a code (in z->literals), with
 * repetitions of the last one or of zeros. */
static void lengths_read(struct inflate *z, u32 n)
{
	u32 i = 0;

	while (i < n && !z->error) {
		u32 symbol = decode(z, &z->literals), times = 1;
		u8 length = (u8)symbol;

		if (symbol == 16) {
			if (!i)
				fail(z, INFLATE_CORRUPT);
			length = i ? z->lengths[i - 1] : 0;
			times = 3 + get_bits(z, 2);
		} else if (symbol > 16) {
			length = 0;
			times = symbol == 17 ? 3 + get_bits(z, 3) :
					       11 + get_bits(z, 7);
		}
		if (times > n - i) {
			fail(z, INFLATE_CORRUPT);
			return;
		}
		memset(z->lengths + i, length, times);
		i += times;
	}
}

static void codes_read(struct inflate *z)
{
	static const u8 order[NR_LENGTH_CODES] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
	};
	u32 literals = 257 + get_bits(z, 5), distances = 1 + get_bits(z, 5);
	u32 n = 4 + get_bits(z, 4);

	if (literals > 286 || distances > 30)
		fail(z, INFLATE_CORRUPT);
	if (z->error)
		return;
	memset(z->lengths, 0, NR_LENGTH_CODES);
	for (u32 i = 0; i < n; i++)
		z->lengths[order[i]] = (u8)get_bits(z, 3);
	code_build(z, &z->literals, z->lengths, NR_LENGTH_CODES);
	lengths_read(z, literals + distances);
	if (!z->error && !z->lengths[END_OF_BLOCK])
		fail(z, INFLATE_CORRUPT);
	if (z->error)
		return;
	code_build(z, &z->distances, z->lengths + literals, distances);
	code_build(z, &z->literals, z->lengths, literals);
}

static void inflate_blocks(struct inflate *z)
{
	bool last = false;

	while (!last && !z->error) {
		last = get_bits(z, 1);
		switch (get_bits(z, 2)) {
		case 0:
			block_stored(z);
			continue;
		case 1:
			codes_fixed(z);
			break;
		case 2:
			codes_read(z);
			break;
		default:
			fail(z, INFLATE_CORRUPT);
		}
		block_symbols(z);
	}
	align_to_byte(z);
	flush(z, z->total % WINDOW);
}

/* ---- gzip ------------------------------------------------------------------------ */

static void skip_string(struct inflate *z)
{
	while (get_bits(z, 8) && !z->error)
		;
}

static void gzip_header(struct inflate *z)
{
	enum { HEAD_CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16 };
	u32 magic = get_bits(z, 16), method = get_bits(z, 8), flags;

	flags = get_bits(z, 8);
	if (magic != 0x8b1f || method != 8 || flags & 0xe0)
		fail(z, INFLATE_CORRUPT);
	get_bits(z, 32); /* time */
	get_bits(z, 16); /* how it was compressed, and where */
	if (flags & EXTRA)
		for (u32 n = get_bits(z, 16); n && !z->error; n--)
			get_bits(z, 8);
	if (flags & NAME)
		skip_string(z);
	if (flags & COMMENT)
		skip_string(z);
	if (flags & HEAD_CRC)
		get_bits(z, 16);
	align_to_byte(z);
}

int gunzip(const u8 *in, size_t n, size_t *used, inflate_sink sink, void *arg)
{
	struct inflate *z = kzalloc(sizeof(*z));
	int err;

	*used = 0;
	if (!z)
		return INFLATE_NOMEM;
	z->in = in;
	z->n = n;
	z->sink = sink;
	z->arg = arg;
	gzip_header(z);
	inflate_blocks(z);
	if (get_bits(z, 32) != z->crc || get_bits(z, 32) != (u32)z->total)
		fail(z, INFLATE_CORRUPT);
	align_to_byte(z);
	*used = min(z->pos, n);
	err = z->error;
	kfree(z);
	return err;
}
