// SPDX-License-Identifier: MIT
/*
 * The slow way of spin_lock(): someone holds the lock. Waiting does not go on
 * for ever: a lock that this CPU holds itself, or that nobody gives back, is a
 * bug that is reported with the lock and its holder.
 */
#include "kernel/lock/spinlock.h"

extern inline void spin_lock(struct spinlock *l);
extern inline u64 spin_lock_irqsave(struct spinlock *l);
extern inline void spin_unlock_irqrestore(struct spinlock *l, u64 flags);

#define SPIN_LIMIT (60 * NSEC_PER_SEC) /* a loaded host may stop a vCPU */
#define SPINS_A_LOOK 4096	       /* between two looks at the clock */

/* Rounds of waiting that it took; what one costs is in spinlock.h. */
static u32 wait_until_free(struct spinlock *l)
{
	u32 i;

	for (i = 0; i < SPINS_A_LOOK && READ_ONCE(l->holder); i++)
		cpu_relax();
	return i;
}

/**
 * spin_lock_slow - wait for a lock and take it
 * @l: the lock
 *
 * Context: any. Panics if this CPU holds @l, or after SPIN_LIMIT.
 */
void spin_lock_slow(struct spinlock *l)
{
	u64 start = arch_clock_ns(), rounds = 0;
	struct cpu *me = this_cpu();
	u32 holder = 0;

	while (!atomic_cas(&l->holder, &holder, me->lock_tag)) {
		if (holder == me->lock_tag)
			panic("spinlock: CPU %u takes %s (%p), which it holds",
			      me->id, LOCK_NAME(l), (void *)l);
		rounds += wait_until_free(l);
		if (holder && arch_clock_ns() - start > SPIN_LIMIT)
			panic("spinlock: CPU %u waits for %s (%p), held by "
			      "CPU %u", me->id, LOCK_NAME(l), (void *)l,
			      holder - 1);
		holder = 0;
	}
	me->lock_waits++;
	me->lock_rounds += rounds;
	if (DEBUG_CHECKS)
		lock_check_waited(LOCK_NAME(l), false, rounds);
}
