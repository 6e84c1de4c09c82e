/* SPDX-License-Identifier: MIT */
/*
 * Futexes (futex(2)): sleeping on a 32-bit word of user memory. The system
 * call is kernel/sys/futex.c, the mechanism kernel/task/futex.c.
 */
#ifndef WARREN_KERNEL_TASK_FUTEX_H
#define WARREN_KERNEL_TASK_FUTEX_H

#include "kernel/lib/types.h"

struct task;

void futex_module_init(void);
/*
 * Sleep while *@uaddr == @val, until a wake-up whose bits meet @bitset or the
 * @deadline (ktime; 0: none). 0, -EAGAIN (the word differs), -EFAULT, -EINVAL,
 * -ETIMEDOUT, -ERESTARTSYS.
 */
int futex_wait(u32 __user *uaddr, bool private, u32 val, u64 deadline,
	       u32 bitset);
/* Wake at most @nr sleepers; how many, or -EFAULT, -EINVAL. */
int futex_wake(u32 __user *uaddr, bool private, int nr, u32 bitset);
/* Wake @nr and move @move others to @to; @expect: if not NULL, only if the
 * word still holds that (else -EAGAIN). How many, woken and moved. */
int futex_requeue(u32 __user *uaddr, bool private, int nr, int move,
		  u32 __user *to, const u32 *expect);
/* FUTEX_WAKE_OP: see futex(2). */
int futex_wake_op(u32 __user *uaddr, bool private, int nr, u32 __user *to,
		  int nr2, u32 op);
#define FUTEX_ANY 0xffffffffu

/* Exit and exec, with the old mm still current: give up the robust locks that
 * the thread holds. */
void futex_exit_robust(struct task *t);

#endif
