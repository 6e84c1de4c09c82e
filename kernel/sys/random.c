// SPDX-License-Identifier: MIT
/*
 * Random bytes: ChaCha20 keyed at boot from the CPU's generator. After each
 * request the first half of a fresh block replaces the key ("fast key erasure",
 * Bernstein 2017), so that what was given out cannot be computed later.
 */
#include "kernel/sys/random.h"
#include "kernel/lib/chacha.h"
#include "kernel/lib/string.h"
#include "kernel/lock/spinlock.h"

static u32 key[CHACHA_KEY_WORDS]; /* random_lock */
static bool seeded;
static DEFINE_SPINLOCK(random_lock);

static void seed(void)
{
	for (u32 i = 0; i < CHACHA_KEY_WORDS; i += 2) {
		u64 v = arch_random() ^ arch_clock_ns() << 32;

		memcpy(&key[i], &v, sizeof(v));
	}
	seeded = true;
}

/* A key of the caller's own, and a new one for those who come after. */
static void key_take(u32 out[CHACHA_KEY_WORDS])
{
	static const u32 nonce[3];
	u8 block[CHACHA_BLOCK];
	u32 state[16];

	spin_lock(&random_lock);
	if (!seeded)
		seed();
	chacha20_init(state, key, 0, nonce);
	chacha20_block(state, block);
	memcpy(key, block, sizeof(key));
	memcpy(out, block + sizeof(key), sizeof(key));
	spin_unlock(&random_lock);
	memset(block, 0, sizeof(block));
}

void random_bytes(void *buf, size_t n)
{
	static const u32 nonce[3];
	u32 mine[CHACHA_KEY_WORDS], state[16];
	u8 block[CHACHA_BLOCK], *out = buf;

	key_take(mine);
	chacha20_init(state, mine, 0, nonce);
	while (n) {
		size_t chunk = min(n, sizeof(block));

		chacha20_block(state, block);
		state[12]++;
		memcpy(out, block, chunk);
		out += chunk;
		n -= chunk;
	}
	memset(block, 0, sizeof(block));
	memset(state, 0, sizeof(state));
	memset(mine, 0, sizeof(mine));
}
