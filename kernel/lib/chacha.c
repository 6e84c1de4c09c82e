// SPDX-License-Identifier: MIT
/* ChaCha20: see chacha.h. */
#include "kernel/lib/chacha.h"
#include "kernel/lib/string.h"

static u32 rotl(u32 v, u32 n)
{
	return v << n | v >> (32 - n);
}

static void quarter_round(u32 *s, u32 a, u32 b, u32 c, u32 d)
{
	s[a] += s[b], s[d] = rotl(s[d] ^ s[a], 16);
	s[c] += s[d], s[b] = rotl(s[b] ^ s[c], 12);
	s[a] += s[b], s[d] = rotl(s[d] ^ s[a], 8);
	s[c] += s[d], s[b] = rotl(s[b] ^ s[c], 7);
}

void chacha20_init(u32 state[16], const u32 key[CHACHA_KEY_WORDS], u32 counter,
		   const u32 nonce[3])
{
	/* "expand 32-byte k" */
	state[0] = 0x61707865, state[1] = 0x3320646e;
	state[2] = 0x79622d32, state[3] = 0x6b206574;
	memcpy(state + 4, key, CHACHA_KEY_WORDS * sizeof(u32));
	state[12] = counter;
	memcpy(state + 13, nonce, 3 * sizeof(u32));
}

void chacha20_block(const u32 state[16], u8 out[CHACHA_BLOCK])
{
	u32 s[16];

	memcpy(s, state, sizeof(s));
	for (int i = 0; i < 10; i++) {
		quarter_round(s, 0, 4, 8, 12);
		quarter_round(s, 1, 5, 9, 13);
		quarter_round(s, 2, 6, 10, 14);
		quarter_round(s, 3, 7, 11, 15);
		quarter_round(s, 0, 5, 10, 15);
		quarter_round(s, 1, 6, 11, 12);
		quarter_round(s, 2, 7, 8, 13);
		quarter_round(s, 3, 4, 9, 14);
	}
	for (int i = 0; i < 16; i++)
		s[i] += state[i];
	memcpy(out, s, CHACHA_BLOCK);
}
