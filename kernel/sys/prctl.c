// SPDX-License-Identifier: MIT
/*
 * prctl(2), personality(2), arch_prctl(2). Options about capabilities and
 * security bits are in prctl_caps.c; what is not known here or there is
 * -EINVAL, as for an option that the kernel was built without.
 */
#include <linux/prctl.h>

#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/sys/prctl.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define TIMER_SLACK_DEFAULT 50000 /* ns; what PR_SET_TIMERSLACK, 0 means */
#define PERSONALITY_ASK 0xffffffffu

static long name_set(const char __user *uname)
{
	char name[TASK_COMM_LEN] = { 0 };

	if (strncpy_from_user(name, uname, sizeof(name) - 1) < 0)
		return -EFAULT;
	task_set_comm(current, name);
	return 0;
}

static long name_get(char __user *uname)
{
	char name[TASK_COMM_LEN];

	spin_lock(&current->lock);
	memcpy(name, current->comm, sizeof(name));
	spin_unlock(&current->lock);
	return copy_to_user(uname, name, sizeof(name));
}

static long pdeath_signal_set(u64 sig)
{
	u64 irq;

	if (sig > _NSIG)
		return -EINVAL;
	irq = spin_lock_irqsave(&tasklist_lock);
	current->pdeath_signal = (int)sig;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return 0;
}

/* 2, "root only", is for the kernel to set. */
static long dumpable_set(u64 value)
{
	if (value > 1)
		return -EINVAL;
	WRITE_ONCE(current->mm->dumpable, (u32)value);
	owner_changed();
	return 0;
}

static long timer_slack_set(u64 ns)
{
	current->timer_slack = (s64)ns > 0 ? ns : TIMER_SLACK_DEFAULT;
	return 0;
}

/* ---- subreapers --------------------------------------------------------- */

/* Would orphans of @t be looked for a reaper among @ancestor's threads? Not
 * beyond the init of a pid namespace, which is the reaper in there. */
static bool descends_from(const struct task *t, const struct signal *ancestor)
{
	while (t->parent != t && t->signal != ancestor) {
		if (pid_is_init(t->signal->leader->pid))
			return false;
		t = t->parent;
	}
	return t->signal == ancestor;
}

/*
 * Children born from now on inherit the mark; those that are there get it here.
 * It is only a hint that there is somebody to look for: never taken back.
 */
static long child_subreaper_set(bool on)
{
	struct signal *mine = current->signal;
	struct task *t;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	mine->is_child_subreaper = on;
	if (on)
		for_each_process (t)
			if (t->signal != mine && descends_from(t, mine))
				t->signal->has_child_subreaper = true;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return 0;
}

/* ---- the calls ---------------------------------------------------------- */

/* Options with one argument at most. */
static long prctl_plain(int option, unsigned long arg)
{
	struct task *t = current;

	switch (option) {
	case PR_SET_NAME:
		return name_set((const char __user *)arg);
	case PR_GET_NAME:
		return name_get((char __user *)arg);
	case PR_SET_PDEATHSIG:
		return pdeath_signal_set(arg);
	case PR_GET_PDEATHSIG:
		return put_user(t->pdeath_signal, (int __user *)arg);
	case PR_SET_DUMPABLE:
		return dumpable_set(arg);
	case PR_GET_DUMPABLE:
		return READ_ONCE(t->mm->dumpable);
	case PR_SET_CHILD_SUBREAPER:
		return child_subreaper_set(arg);
	case PR_GET_CHILD_SUBREAPER:
		return put_user(t->signal->is_child_subreaper,
				(int __user *)arg);
	case PR_SET_TIMERSLACK:
		return timer_slack_set(arg);
	case PR_GET_TIMERSLACK:
		return (long)t->timer_slack;
	case PR_GET_TID_ADDRESS:
		return put_user(t->clear_child_tid, (u32 __user *__user *)arg);
	case PR_GET_TIMING:
		return PR_TIMING_STATISTICAL;
	case PR_SET_TIMING:
		return arg == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

long sys_prctl(int option, unsigned long arg2, unsigned long arg3,
	       unsigned long arg4, unsigned long arg5)
{
	switch (option) {
	case PR_SET_NO_NEW_PRIVS:
		return arg2 != 1 || arg3 || arg4 || arg5 ?
			       -EINVAL :
			       prctl_no_new_privs_set();
	case PR_GET_NO_NEW_PRIVS:
		return arg2 || arg3 || arg4 || arg5 ? -EINVAL :
						      prctl_no_new_privs();
	case PR_GET_SECCOMP:
		return current->seccomp_mode;
	case PR_SET_SECCOMP:
		return prctl_seccomp_set(arg2, (void __user *)arg3);
	case PR_CAP_AMBIENT:
		return prctl_cap_ambient(arg2, arg3, arg4, arg5);
	case PR_CAPBSET_READ:
		return prctl_capbset_read(arg2);
	case PR_CAPBSET_DROP:
		return prctl_capbset_drop(arg2);
	case PR_SET_SECUREBITS:
		return prctl_securebits_set(arg2);
	case PR_GET_SECUREBITS:
		return prctl_securebits();
	case PR_SET_KEEPCAPS:
		return prctl_keepcaps_set(arg2);
	case PR_GET_KEEPCAPS:
		return prctl_keepcaps();
	default:
		return prctl_plain(option, arg2);
	}
}

/* It is kept and inherited; no flag of it changes what this kernel does. */
long sys_personality(unsigned int persona)
{
	u32 old = current->personality;

	if (persona != PERSONALITY_ASK)
		current->personality = persona;
	return old;
}

long sys_arch_prctl(int code, unsigned long addr)
{
	return arch_prctl(code, addr);
}
