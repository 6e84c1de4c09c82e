// SPDX-License-Identifier: MIT
/*
 * gzip: its header and its check sum are read here; what is between them is
 * for zlib's inflateBack(), from Debian's libz.a, which is half the size of
 * inflate() as it keeps no window of its own: it writes into ours and hands out
 * what is ready.
 *
 * That library was compiled for user space. It runs inside
 * arch_call_user_code(), and what it calls back inside arch_call_back().
 */
#define Z_SOLO /* the part of zlib.h that needs no libc */
#include <zlib.h>

#include "arch/x86_64/arch.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/gunzip.h"

#define WINDOW (1 << MAX_WBITS) /* how far back a match may be */
#define HEADER_SIZE 10
#define TRAILER_SIZE 8

enum header_flags {
	FHCRC = 2, /* a check sum of the header */
	FEXTRA = 4,
	FNAME = 8,
	FCOMMENT = 16,
	FRESERVED = 0xe0,
};

struct gunzip {
	z_stream z;
	gunzip_sink sink;
	void *arg;
	int err;	 /* the sink's */
	const u8 *piece; /* the output that is on its way to the sink */
	u32 len;
	u32 crc, total; /* of the output until now */
	u8 window[WINDOW];
};

/* CRC-32, four bits at a time; @crc: 0, or that of what came before. */
static u32 crc32_of(u32 crc, const u8 *p, size_t n)
{
	static const u32 by_nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	crc = ~crc;
	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		crc = crc >> 4 ^ by_nibble[crc & 15];
		crc = crc >> 4 ^ by_nibble[crc & 15];
	}
	return ~crc;
}

static u32 le16(const u8 *p)
{
	return p[0] | (u32)p[1] << 8;
}

static u32 le32(const u8 *p)
{
	return le16(p) | le16(p + 2) << 16;
}

/* ---- what zlib calls ------------------------------------------------------- */

static voidpf z_alloc(voidpf opaque, uInt items, uInt size)
{
	(void)opaque;
	return kzalloc((size_t)items * size);
}

static void z_free(voidpf opaque, voidpf p)
{
	(void)opaque;
	kfree(p);
}

/* More input: there is none, all was there at the beginning. */
static unsigned int z_in(void *desc, z_const unsigned char **buf)
{
	(void)desc;
	(void)buf;
	return 0;
}

static int to_sink(void *arg)
{
	struct gunzip *g = arg;

	g->crc = crc32_of(g->crc, g->piece, g->len);
	g->total += g->len;
	g->err = g->sink(g->arg, g->piece, g->len);
	return g->err;
}

static int z_out(void *arg, unsigned char *p, unsigned int n)
{
	struct gunzip *g = arg;

	g->piece = p;
	g->len = n;
	return arch_call_back(to_sink, g);
}

static int z_inflate(void *arg)
{
	struct gunzip *g = arg;
	int z = inflateBackInit(&g->z, MAX_WBITS, g->window);

	if (z == Z_OK) {
		z = inflateBack(&g->z, z_in, NULL, z_out, g);
		inflateBackEnd(&g->z);
	}
	return z;
}

/* ---- a member -------------------------------------------------------------- */

/* Behind the string at *@at, which ends with 0. */
static bool skip_string(const u8 *in, size_t n, size_t *at)
{
	while (*at < n)
		if (!in[(*at)++])
			return true;
	return false;
}

/* *@at: behind the header's optional parts, or where the input ends. */
static int header_skip(const u8 *in, size_t n, size_t *at)
{
	u8 flags;

	*at = n;
	if (n < HEADER_SIZE)
		return GUNZIP_TRUNCATED;
	flags = in[3];
	*at = HEADER_SIZE;
	if (!is_gzip(in, n) || in[2] != Z_DEFLATED || flags & FRESERVED)
		return GUNZIP_CORRUPT;
	if (flags & FEXTRA)
		*at += n - *at < 2 ? n : 2 + le16(in + *at);
	if (flags & FNAME && !skip_string(in, n, at))
		return GUNZIP_TRUNCATED;
	if (flags & FCOMMENT && !skip_string(in, n, at))
		return GUNZIP_TRUNCATED;
	if (flags & FHCRC) {
		*at += 2;
		if (*at <= n && le16(in + *at - 2) !=
					(crc32_of(0, in, *at - 2) & 0xffff))
			return GUNZIP_CORRUPT;
	}
	return *at <= n ? GUNZIP_OK : GUNZIP_TRUNCATED;
}

static int trailer_check(const struct gunzip *g)
{
	const u8 *p = g->z.next_in;

	if (g->z.avail_in < TRAILER_SIZE)
		return GUNZIP_TRUNCATED;
	return le32(p) == g->crc && le32(p + 4) == g->total ? GUNZIP_OK :
							      GUNZIP_CORRUPT;
}

static int member(struct gunzip *g)
{
	switch (arch_call_user_code(z_inflate, g)) {
	case Z_STREAM_END:
		return trailer_check(g);
	case Z_BUF_ERROR: /* from z_out() or from z_in() */
		return g->err ? g->err : GUNZIP_TRUNCATED;
	case Z_MEM_ERROR:
		return GUNZIP_NOMEM;
	default:
		return GUNZIP_CORRUPT;
	}
}

int gunzip(const u8 *in, size_t n, size_t *used, gunzip_sink sink, void *arg)
{
	size_t at;
	int err = header_skip(in, n, &at);
	struct gunzip *g;

	*used = min(at, n);
	if (err)
		return err;
	g = kzalloc(sizeof(*g));
	if (!g)
		return GUNZIP_NOMEM;
	g->z.zalloc = z_alloc;
	g->z.zfree = z_free;
	g->z.next_in = (u8 *)in + at;
	g->z.avail_in = (uInt)min(n - at, (size_t)(uInt)-1);
	g->sink = sink;
	g->arg = arg;
	err = member(g);
	/* NULL: z_in() was asked in vain */
	*used = g->z.next_in ? (size_t)(g->z.next_in - in) : n;
	if (err == GUNZIP_OK)
		*used += TRAILER_SIZE;
	kfree(g);
	return err;
}
