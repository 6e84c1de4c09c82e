/* SPDX-License-Identifier: MIT */
/*
 * The debug build (make DEBUG=1): checks that cost too much to be always on.
 * Each is called as
 *
 *	if (DEBUG_CHECKS)
 *		lock_check_taken(...);
 *
 * so that the other build has not a trace of it. What they find is a panic.
 *
 *   lock order	 kernel/debug/checks/lock.c: a lock that is taken in one order
 *		 here and in the other there, or in interrupts and with
 *		 interrupts on; sleeping, or returning to user space, with a lock
 *   contention	 the same file: how often each lock was taken and waited for,
 *		 in /sys/kernel/debug/warren/lock_stat
 *   objects	 kernel/debug/checks/object.c: freed memory is filled and looked
 *		 at, a zone behind each object is too
 *   undefined	 kernel/debug/checks/ubsan.c: what -fsanitize=undefined finds
 */
#ifndef WARREN_KERNEL_DEBUG_CHECKS_H
#define WARREN_KERNEL_DEBUG_CHECKS_H

#include "kernel/lib/types.h"

#ifndef DEBUG_CHECKS
#define DEBUG_CHECKS 0
#endif

/* The mutexes that a task holds; nothing in the other build. */
struct held_mutexes {
	u8 class[DEBUG_CHECKS * 16]; /* [0]: how many follow */
};

/* A lock of the name @name has been taken by this CPU, or by current
 * (@mutex). @tried: by trylock, which waits for nobody. */
void lock_check_taken(const char *name, bool mutex, bool tried);
void lock_check_given(const char *name, bool mutex);
/* It had to be waited for: @rounds of spinning, or asleep. */
void lock_check_waited(const char *name, bool mutex, u64 rounds);
struct lock_stat {
	const char *name;
	bool mutex;
	u64 taken, waits, rounds;
};
/* What is known of the locks of class @i. False: there are not so many. */
bool lock_check_stat(u32 i, struct lock_stat *out);
/* current is about to sleep: no spinlock is held. */
void lock_check_sleep(void);
/* current returns to user space: no lock at all is held. */
void lock_check_user(u32 nr);

/* Room behind an object for the zone. */
#define OBJECT_ZONE (DEBUG_CHECKS * 8)
void object_check_new(void *obj, size_t size);	 /* a block is cut */
void object_check_alloc(void *obj, size_t size); /* @size: with the zone */
void object_check_free(void *obj, size_t size, const char *name);

#endif
