// SPDX-License-Identifier: MIT
/*
 * System calls that send signals: kill, tkill, tgkill and their forms with a
 * siginfo.
 *
 * Numbers are those of the caller's pid namespace: whom it cannot see it cannot
 * name (-ESRCH). The receiver is told the sender's number in *its* namespace,
 * and init of a namespace only gets what it asked for: signal_send.c.
 */
#include "kernel/lib/string.h"
#include "kernel/sys/kill.h"
#include "kernel/task/cred.h"
#include "kernel/task/signal_impl.h"

static struct pid_ns *my_pid_ns(void)
{
	return task_active_pid_ns(current);
}

void siginfo_plain(struct kernel_siginfo *info, int sig, int code)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
	info->pid = task_tgid_nr_ns(current, my_pid_ns());
	info->uid = current->cred->uid;
}

bool siginfo_is_forged(const struct kernel_siginfo *info)
{
	return info->si_code >= 0 || info->si_code == SI_TKILL;
}

/* ---- one process -------------------------------------------------------- */

static int send_to(struct task *t, int sig, const struct kernel_siginfo *info,
		   bool group)
{
	int err = signal_may_send(t, sig);

	if (err || !sig)
		return err;
	return signal_send(t, sig, info, group);
}

/**
 * signal_send_pid - send to the process that @pid names
 *
 * A process whose thread execs is, for a moment, a task that has just gone: the
 * one that took over its pid is then asked.
 */
int signal_send_pid(struct pid *pid, int sig, const struct kernel_siginfo *info)
{
	struct task *t;
	int err = -ESRCH;

	while (err == -ESRCH) {
		t = pid_task_get(pid, PIDTYPE_PID);
		if (!t)
			break;
		err = send_to(t, sig, info, true);
		task_put(t);
	}
	return err;
}

int signal_send_thread(struct pid *pid, int sig,
		       const struct kernel_siginfo *info)
{
	struct task *t = pid_task_get(pid, PIDTYPE_PID);
	int err;

	if (!t)
		return -ESRCH;
	err = send_to(t, sig, info, false);
	task_put(t);
	return err;
}

static int kill_one(pid_t nr, int sig, const struct kernel_siginfo *info)
{
	struct pid *pid = pid_find_get(my_pid_ns(), nr);
	int err;

	if (!pid)
		return -ESRCH;
	err = signal_send_pid(pid, sig, info);
	pid_put(pid);
	return err;
}

/* ---- many --------------------------------------------------------------- */

/* kill(-1): all that the caller sees, but init and itself. */
static bool want_everyone(const struct task *leader, const void *ns)
{
	return task_pid_nr_ns(leader, ns) > 1 &&
	       !same_thread_group(leader, current);
}

static bool want_pgrp(const struct task *leader, const void *pgrp)
{
	return leader->signal->pids[PIDTYPE_PGID] == pgrp;
}

static int kill_everyone(int sig, const struct kernel_siginfo *info)
{
	int err = signal_send_many(want_everyone, my_pid_ns(), sig, info, true);

	/* as on Linux: nobody may be killed is no error, nobody there is */
	return err == -EPERM ? 0 : err;
}

/* Counted; NULL: no such number. @nr 0: the caller's own group. */
static struct pid *pgrp_get(pid_t nr)
{
	struct pid *pgrp;
	u64 irq;

	if (nr)
		return pid_find_get(my_pid_ns(), nr);
	irq = spin_lock_irqsave(&tasklist_lock);
	pgrp = pid_get(current->signal->pids[PIDTYPE_PGID]);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return pgrp;
}

int signal_send_group(struct pid *pid, int sig,
		      const struct kernel_siginfo *info)
{
	return signal_send_many(want_pgrp, pid, sig, info, true);
}

static int kill_pgrp(pid_t nr, int sig, const struct kernel_siginfo *info)
{
	struct pid *pgrp = pgrp_get(nr);
	int err;

	if (!pgrp)
		return -ESRCH;
	err = signal_send_group(pgrp, sig, info);
	pid_put(pgrp);
	return err;
}

long sys_kill(int pid, int sig)
{
	struct kernel_siginfo info;

	siginfo_plain(&info, sig, SI_USER);
	if (pid > 0)
		return kill_one(pid, sig, &info);
	if (pid == -1)
		return kill_everyone(sig, &info);
	if (pid == (int)0x80000000) /* has no positive counterpart */
		return -ESRCH;
	return kill_pgrp(-pid, sig, &info);
}

/* ---- one thread --------------------------------------------------------- */

/* @tgid 0: of whatever process. */
static int kill_thread(int tgid, int tid, int sig,
		       const struct kernel_siginfo *info)
{
	struct task *t = task_find_get(my_pid_ns(), tid);
	int err = -ESRCH;

	if (!t)
		return -ESRCH;
	if (!tgid || task_tgid_nr_ns(t, my_pid_ns()) == tgid) {
		err = send_to(t, sig, info, false);
		if (err == -ESRCH) /* it was there a moment ago */
			err = 0;
	}
	task_put(t);
	return err;
}

long sys_tkill(int tid, int sig)
{
	struct kernel_siginfo info;

	if (tid <= 0)
		return -EINVAL;
	siginfo_plain(&info, sig, SI_TKILL);
	return kill_thread(0, tid, sig, &info);
}

long sys_tgkill(int tgid, int tid, int sig)
{
	struct kernel_siginfo info;

	if (tid <= 0 || tgid <= 0)
		return -EINVAL;
	siginfo_plain(&info, sig, SI_TKILL);
	return kill_thread(tgid, tid, sig, &info);
}

/* ---- with a siginfo ----------------------------------------------------- */

/* What the sender wants to be told, for the thread or process @nr. */
static int siginfo_import(struct kernel_siginfo *info,
			  const siginfo_t __user *uinfo, int sig, pid_t nr)
{
	siginfo_t abi;

	if (copy_from_user(&abi, uinfo, sizeof(abi)))
		return -EFAULT;
	abi.si_signo = sig;
	siginfo_from_user_layout(info, &abi);
	if (siginfo_is_forged(info) &&
	    task_pid_nr_ns(current, my_pid_ns()) != nr)
		return -EPERM;
	return 0;
}

long sys_rt_sigqueueinfo(int pid, int sig, siginfo_t __user *uinfo)
{
	struct kernel_siginfo info;
	int err = siginfo_import(&info, uinfo, sig, pid);

	return err ? err : kill_one(pid, sig, &info);
}

long sys_rt_tgsigqueueinfo(int tgid, int tid, int sig, siginfo_t __user *uinfo)
{
	struct kernel_siginfo info;
	int err;

	if (tid <= 0 || tgid <= 0)
		return -EINVAL;
	err = siginfo_import(&info, uinfo, sig, tid);
	return err ? err : kill_thread(tgid, tid, sig, &info);
}
