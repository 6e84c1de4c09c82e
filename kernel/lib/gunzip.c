// SPDX-License-Identifier: MIT
/*
 * gzip by zlib's inflate(), from Debian's libz.a. That library was compiled for
 * user space, so inflate() runs inside arch_call_user_code(), a piece of output
 * at a time.
 */
#define Z_SOLO /* the part of zlib.h that needs no libc */
#include <zlib.h>

#include "arch/x86_64/arch.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/gunzip.h"

#define GZIP_WINDOW (16 + MAX_WBITS) /* inflateInit2(): with gzip's header */
#define PIECE 16384

struct gunzip {
	z_stream z;
	u8 out[PIECE];
};

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

static int z_begin(void *g)
{
	return inflateInit2(&((struct gunzip *)g)->z, GZIP_WINDOW);
}

static int z_piece(void *g)
{
	return inflate(&((struct gunzip *)g)->z, Z_NO_FLUSH);
}

static int z_end(void *g)
{
	return inflateEnd(&((struct gunzip *)g)->z);
}

/* What zlib said, where it is neither Z_OK nor Z_STREAM_END. */
static int z_error(int z)
{
	switch (z) {
	case Z_BUF_ERROR: /* room for output, but no input left */
		return GUNZIP_TRUNCATED;
	case Z_MEM_ERROR:
		return GUNZIP_NOMEM;
	default:
		return GUNZIP_CORRUPT;
	}
}

static int gunzip_pieces(struct gunzip *g, gunzip_sink sink, void *arg)
{
	for (;;) {
		int z, err;

		g->z.next_out = g->out;
		g->z.avail_out = PIECE;
		z = arch_call_user_code(z_piece, g);
		if (z != Z_OK && z != Z_STREAM_END)
			return z_error(z);
		err = sink(arg, g->out, PIECE - g->z.avail_out);
		if (err || z == Z_STREAM_END)
			return err;
	}
}

int gunzip(const u8 *in, size_t n, size_t *used, gunzip_sink sink, void *arg)
{
	struct gunzip *g = kzalloc(sizeof(*g));
	int err = GUNZIP_NOMEM;

	*used = 0;
	if (!g)
		return err;
	g->z.zalloc = z_alloc;
	g->z.zfree = z_free;
	g->z.next_in = (u8 *)in;
	g->z.avail_in = (uInt)min(n, (size_t)(uInt)-1);
	if (arch_call_user_code(z_begin, g) == Z_OK) {
		err = gunzip_pieces(g, sink, arg);
		*used = (size_t)(g->z.next_in - in);
		arch_call_user_code(z_end, g);
	}
	kfree(g);
	return err;
}
