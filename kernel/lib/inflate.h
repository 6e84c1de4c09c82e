/* SPDX-License-Identifier: MIT */
/*
 * Decompression of the deflate format (RFC 1951) and of gzip members around it
 * (RFC 1952): a stream in memory, output in pieces to a callback.
 */
#ifndef WARREN_KERNEL_LIB_INFLATE_H
#define WARREN_KERNEL_LIB_INFLATE_H

#include "kernel/lib/types.h"

/* Takes the next @n bytes of output; other than 0 stops and is returned. */
typedef int (*inflate_sink)(void *arg, const u8 *data, size_t n);

enum inflate_error {
	INFLATE_OK = 0,
	INFLATE_TRUNCATED = -1, /* the input ends in the middle */
	INFLATE_CORRUPT = -2,	/* not deflate, or a check sum is wrong */
	INFLATE_NOMEM = -3,
};

/*
 * One gzip member at @in. *@used: bytes of input that were looked at; after
 * INFLATE_OK the length of the member. A positive or other negative result is
 * the sink's.
 */
int gunzip(const u8 *in, size_t n, size_t *used, inflate_sink sink, void *arg);
static inline bool is_gzip(const u8 *in, size_t n)
{
	return n >= 2 && in[0] == 0x1f && in[1] == 0x8b;
}

#endif
