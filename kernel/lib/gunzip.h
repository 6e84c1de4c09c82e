/* SPDX-License-Identifier: MIT */
/*
 * Decompression of gzip members (RFC 1952), by zlib: a stream in memory,
 * output in pieces to a callback.
 */
#ifndef WARREN_KERNEL_LIB_GUNZIP_H
#define WARREN_KERNEL_LIB_GUNZIP_H

#include "kernel/lib/types.h"

/* Takes the next @n bytes of output; other than 0 stops and is returned. */
typedef int (*gunzip_sink)(void *arg, const u8 *data, size_t n);

enum gunzip_error {
	GUNZIP_OK = 0,
	GUNZIP_TRUNCATED = -1, /* the input ends in the middle */
	GUNZIP_CORRUPT = -2,   /* not gzip, or a check sum is wrong */
	GUNZIP_NOMEM = -3,
};

/*
 * One gzip member at @in. *@used: bytes of input that were looked at; after
 * GUNZIP_OK the length of the member. A positive or other negative result is
 * the sink's.
 *
 * Context: a kernel thread without user state (arch_call_user_code()).
 */
int gunzip(const u8 *in, size_t n, size_t *used, gunzip_sink sink, void *arg);
static inline bool is_gzip(const u8 *in, size_t n)
{
	return n >= 2 && in[0] == 0x1f && in[1] == 0x8b;
}

#endif
