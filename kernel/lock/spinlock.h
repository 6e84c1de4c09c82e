/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks. A lock knows its holder's CPU, so that a deadlock is reported and not
 * suffered: taking a lock that this CPU holds, or waiting for one longer than
 * SPIN_LIMIT, is a panic. A lock is four bytes, as each file and each name has
 * some; in the debug build it has a name too, which panics and lock_stat show.
 *
 * Waiting is counted, in rounds of LOCK_ROUND_INSNS instructions, on each CPU;
 * /sys/kernel/debug/warren/lock_stat shows the sum, and the debug build each name.
 *
 * What is used everywhere is inline but not static: where the compiler does not
 * put it in line, it calls the one copy, which is in spinlock.c.
 *
 * spin_lock() leaves interrupts alone; a lock that an interrupt handler takes
 * must everywhere be taken with spin_lock_irqsave().
 *
 * Order, outermost first (a lock may be taken while holding any above it):
 *   mutexes: super.umount > namespace_sem > rename_mutex > inode.lock >
 *            mm.lock > pipe/socket locks
 *   spinlocks: tasklist_lock > sighand.lock > mount_lock > dcache bucket >
 *            dentry.lock > task.lock (alloc_lock) > files.lock > fs.lock >
 *            nsfs stash > pid hash > timer base > waitq.lock > rq.lock >
 *            slab > page
 */
#ifndef WARREN_KERNEL_LOCK_SPINLOCK_H
#define WARREN_KERNEL_LOCK_SPINLOCK_H

#include "arch/x86_64/arch.h"
#include "kernel/debug/checks.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/types.h"

struct spinlock {
	u32 holder; /* [a] struct cpu.lock_tag; 0: free */
#if DEBUG_CHECKS
	const char *name; /* [I] */
#endif
};

#if DEBUG_CHECKS
#define SPINLOCK_INIT(n) { .name = (n) }
#define LOCK_NAME(l) ((l)->name)
#define lock_name_set(l, n) ((l)->name = (n))
#else
#define SPINLOCK_INIT(n) { 0 }
#define LOCK_NAME(l) ((void)(l), "a lock")
#define lock_name_set(l, n) ((void)(n))
#endif
#define DEFINE_SPINLOCK(l) struct spinlock l = SPINLOCK_INIT(#l)

static inline void spin_init(struct spinlock *l, const char *name)
{
	l->holder = 0;
	lock_name_set(l, name);
}

void spin_lock_slow(struct spinlock *l) __cold; /* spinlock.c: waits or panics */
/* Load, test, count, compare, pause and jumps: wait_until_free(). */
#define LOCK_ROUND_INSNS 7

inline void spin_lock(struct spinlock *l)
{
	u32 none = 0;

	if (unlikely(!atomic_cas(&l->holder, &none, this_lock_tag())))
		spin_lock_slow(l);
	if (DEBUG_CHECKS)
		lock_check_taken(LOCK_NAME(l), false, false);
}

static inline bool spin_trylock(struct spinlock *l)
{
	u32 none = 0;

	if (!atomic_cas(&l->holder, &none, this_lock_tag()))
		return false;
	if (DEBUG_CHECKS)
		lock_check_taken(LOCK_NAME(l), false, true);
	return true;
}

__forced_inline void spin_unlock(struct spinlock *l)
{
	if (DEBUG_CHECKS)
		lock_check_given(LOCK_NAME(l), false);
	atomic_store(&l->holder, 0);
}

inline u64 spin_lock_irqsave(struct spinlock *l)
{
	u64 flags = irq_save();

	spin_lock(l);
	return flags;
}

inline void spin_unlock_irqrestore(struct spinlock *l, u64 flags)
{
	spin_unlock(l);
	irq_restore(flags);
}

static inline bool spin_held(const struct spinlock *l)
{
	return READ_ONCE(l->holder) == this_lock_tag();
}
#define assert_held(l) assert(spin_held(l))

#endif
