// SPDX-License-Identifier: MIT
/*
 * Robust futexes (get_robust_list(2)): what a thread that dies leaves locked is
 * marked, and one waiter is told. The list is user memory: it is followed with
 * care, at most ROBUST_LIST_LIMIT steps, and ends at the first fault.
 */
#include <linux/futex.h>

#include "kernel/lib/err.h"
#include "kernel/task/futex.h"
#include "kernel/task/task.h"

/* Entries mark in their lowest bit that the lock inherits priorities. */
#define ENTRY_PI 1UL

/* The lock at @uaddr is on the dying thread's list, or (@pending) was about to
 * be. 0, or -EFAULT: do not go on. */
static int lock_owner_died(u32 __user *uaddr, u32 tid, bool pi, bool pending)
{
	u32 old, seen;

	if ((u64)uaddr % sizeof(u32) || user_load_u32(uaddr, &old))
		return -EFAULT;
	for (;;) {
		/* Unlocked already, but did the wake-up still happen? */
		if (pending && !pi && !old) {
			futex_wake(uaddr, false, 1, FUTEX_ANY);
			return 0;
		}
		if ((old & FUTEX_TID_MASK) != tid)
			return 0;
		if (user_cmpxchg_u32(uaddr, old,
				     (old & FUTEX_WAITERS) | FUTEX_OWNER_DIED,
				     &seen))
			return -EFAULT;
		if (seen == old)
			break;
		old = seen;
	}
	if (!pi && (old & FUTEX_WAITERS))
		futex_wake(uaddr, false, 1, FUTEX_ANY);
	return 0;
}

static u32 __user *entry_lock(u64 entry, s64 offset)
{
	return (u32 __user *)((entry & ~ENTRY_PI) + (u64)offset);
}

static void list_walk(u64 head, const struct robust_list_head *h, u32 tid)
{
	u64 entry = (u64)h->list.next, pending = (u64)h->list_op_pending, next;
	u32 limit = ROBUST_LIST_LIMIT;
	int fault;

	while ((entry & ~ENTRY_PI) != head && limit--) {
		/* Before the lock is given up: its memory may then go. */
		fault = copy_from_user(&next,
				       (void __user *)(entry & ~ENTRY_PI),
				       sizeof(next));
		if ((entry & ~ENTRY_PI) != (pending & ~ENTRY_PI) &&
		    lock_owner_died(entry_lock(entry, h->futex_offset), tid,
				    entry & ENTRY_PI, false))
			return;
		if (fault)
			return;
		entry = next;
		cond_resched();
	}
	if (pending & ~ENTRY_PI)
		lock_owner_died(entry_lock(pending, h->futex_offset), tid,
				pending & ENTRY_PI, true);
}

void futex_exit_robust(struct task *t)
{
	void __user *head = t->robust_list;
	struct robust_list_head h;

	t->robust_list = NULL;
	if (!head || copy_from_user(&h, head, sizeof(h)))
		return;
	list_walk((u64)head, &h, (u32)task_pid_nr_ns(t, task_active_pid_ns(t)));
}
