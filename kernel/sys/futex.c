// SPDX-License-Identifier: MIT
/*
 * futex(2) and the robust list. Which operations take a timeout, a second
 * address or a third value is decoded here; kernel/task/futex.c does the work.
 * Locks that inherit priorities are not there: -ENOSYS, as on a kernel that is
 * built without them.
 */
#include <linux/futex.h>

#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/futex.h"
#include "kernel/task/task.h"

/* restart_block of an interrupted wait with a deadline */
enum { ARG_UADDR, ARG_VAL, ARG_DEADLINE, ARG_BITSET_PRIVATE };

static long wait_restart(struct restart_block *rb);

static long wait_until(u32 __user *uaddr, bool private, u32 val, u64 deadline,
		       u32 bitset)
{
	struct restart_block *rb = &current->restart;
	int err = futex_wait(uaddr, private, val, deadline, bitset);

	if (err != -ERESTARTSYS || !deadline)
		return err;
	/* again, but not for the whole time again */
	rb->fn = wait_restart;
	rb->arg[ARG_UADDR] = (u64)uaddr;
	rb->arg[ARG_VAL] = val;
	rb->arg[ARG_DEADLINE] = deadline;
	rb->arg[ARG_BITSET_PRIVATE] = (u64)bitset << 1 | private;
	return -ERESTART_RESTARTBLOCK;
}

static long wait_restart(struct restart_block *rb)
{
	return wait_until((u32 __user *)rb->arg[ARG_UADDR],
			  rb->arg[ARG_BITSET_PRIVATE] & 1,
			  (u32)rb->arg[ARG_VAL], rb->arg[ARG_DEADLINE],
			  (u32)(rb->arg[ARG_BITSET_PRIVATE] >> 1));
}

/* When the wait ends: FUTEX_WAIT says how long, the others until when. */
static int deadline_import(u64 *deadline,
			   const struct __kernel_timespec __user *uts, int cmd,
			   bool realtime)
{
	struct __kernel_timespec ts;
	u64 ns, now = ktime_get();

	*deadline = 0; /* none */
	if (!uts)
		return 0;
	if (get_user(ts, uts))
		return -EFAULT;
	if (timespec_to_ns(&ts, &ns))
		return -EINVAL;
	if (cmd == FUTEX_WAIT) {
		*deadline = ns > KTIME_MAX - now ? KTIME_MAX : now + ns;
		return 0;
	}
	*deadline = clock_to_ktime(realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC,
				   ns);
	return 0;
}

static long futex_op_wait(u32 __user *uaddr, bool private, u32 val,
			  const struct __kernel_timespec __user *uts, int op,
			  u32 bitset)
{
	u64 deadline;
	int cmd = op & FUTEX_CMD_MASK;
	int err = deadline_import(&deadline, uts, cmd,
				  op & FUTEX_CLOCK_REALTIME);

	if (err)
		return err;
	return wait_until(uaddr, private, val, deadline,
			  cmd == FUTEX_WAIT ? FUTEX_ANY : bitset);
}

long sys_futex(u32 __user *uaddr, int op, u32 val,
	       const struct __kernel_timespec __user *timeout,
	       u32 __user *uaddr2, u32 val3)
{
	bool private = op & FUTEX_PRIVATE_FLAG;
	int cmd = op & FUTEX_CMD_MASK, n = (int)val;
	int n2 = (int)(u64)timeout; /* where there is no time to tell */

	if ((op & FUTEX_CLOCK_REALTIME) && cmd != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (cmd) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		return futex_op_wait(uaddr, private, val, timeout, op, val3);
	case FUTEX_WAKE:
		return futex_wake(uaddr, private, n, FUTEX_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, private, n, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, private, n, n2, uaddr2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, private, n, n2, uaddr2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, private, n, uaddr2, n2, val3);
	default:
		return -ENOSYS;
	}
}

/* ---- the robust list ---------------------------------------------------- */

long sys_set_robust_list(void __user *head, size_t len)
{
	if (len != sizeof(struct robust_list_head))
		return -EINVAL;
	current->robust_list = head;
	current->robust_list_len = len;
	return 0;
}

long sys_get_robust_list(int pid, void __user *__user *head,
			 size_t __user *len)
{
	void __user *list;
	struct task *t;
	int err;

	t = pid ? task_find_get(task_active_pid_ns(current), pid) :
		  task_get(current);
	if (!t)
		return -ESRCH;
	err = ptrace_may_access(t, PTRACE_MODE_READ | PTRACE_MODE_REALCREDS);
	list = READ_ONCE(t->robust_list);
	task_put(t);
	if (err)
		return err;
	if (put_user(sizeof(struct robust_list_head), len))
		return -EFAULT;
	return put_user(list, head);
}
