// SPDX-License-Identifier: MIT
/*
 * The slow way of spin_lock(): someone holds the lock. Waiting does not go on
 * for ever: a lock that this CPU holds itself, or that nobody gives back, is a
 * bug that is reported with the lock's name and its holder.
 */
#include "kernel/lock/spinlock.h"

#define SPIN_LIMIT (60 * NSEC_PER_SEC) /* a loaded host may stop a vCPU */
#define SPINS_A_LOOK 4096	       /* between two looks at the clock */

static void wait_until_free(struct spinlock *l)
{
	for (u32 i = 0; i < SPINS_A_LOOK && READ_ONCE(l->locked); i++)
		cpu_relax();
}

/**
 * spin_lock_slow - wait for a lock and take it
 * @l: the lock
 *
 * Context: any. Panics if this CPU holds @l, or after SPIN_LIMIT.
 */
void spin_lock_slow(struct spinlock *l)
{
	u32 me = this_cpu()->id + 1, holder = 0;
	u64 start = arch_clock_ns();

	__atomic_fetch_add(&l->spins, 1, __ATOMIC_RELAXED);
	while (!atomic_cas(&l->locked, &holder, me)) {
		if (holder == me)
			panic("spinlock: CPU %u takes %s, which it holds",
			      me - 1, l->name);
		wait_until_free(l);
		if (holder && arch_clock_ns() - start > SPIN_LIMIT)
			panic("spinlock: CPU %u waits for %s, held by CPU %u",
			      me - 1, l->name, holder - 1);
		holder = 0;
	}
}
