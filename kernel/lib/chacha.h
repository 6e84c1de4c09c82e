/* SPDX-License-Identifier: MIT */
/* The ChaCha20 block function of RFC 8439, section 2.3. */
#ifndef WARREN_KERNEL_LIB_CHACHA_H
#define WARREN_KERNEL_LIB_CHACHA_H

#include "kernel/lib/types.h"

#define CHACHA_BLOCK 64
#define CHACHA_KEY_WORDS 8

/* @state: constants, key (words 4 to 11), counter (12), nonce (13 to 15). */
void chacha20_init(u32 state[16], const u32 key[CHACHA_KEY_WORDS], u32 counter,
		   const u32 nonce[3]);
/* One block of key stream. */
void chacha20_block(const u32 state[16], u8 out[CHACHA_BLOCK]);

#endif
