/* SPDX-License-Identifier: MIT */
/*
 * Signals (signal(7)): what is pending, who handles it, how it is delivered.
 *
 * sighand->lock (interrupts off) protects the actions, both pending sets,
 * the group's exit and stop state. A signal that an interrupt handler sends
 * (timer, tty) is a bit without a queue entry: nothing is allocated.
 */
#ifndef WARREN_KERNEL_TASK_SIGNAL_H
#define WARREN_KERNEL_TASK_SIGNAL_H

#include <asm/signal.h>
#include <asm/siginfo.h>

#include "kernel/lib/list.h"
#include "kernel/lib/refcount.h"
#include "kernel/lock/spinlock.h"
#include "kernel/task/waitq.h"

struct task;
struct pid;
struct regs;

#define _NSIG 64 /* signals 1 .. 64; action[sig - 1] */
#define SIGMASK(sig) (1ULL << ((sig)-1))
#define SIGNALS_UNBLOCKABLE (SIGMASK(SIGKILL) | SIGMASK(SIGSTOP))

/* The kernel's copy of a siginfo_t: exactly the ABI's 128 bytes would waste
 * memory in the queue, so only what is used is kept. */
struct kernel_siginfo {
	int si_signo, si_errno, si_code;
	pid_t pid;   /* sender, as the receiver's pid namespace numbers it */
	uid_t uid;
	int status;  /* SIGCHLD: si_status; timers: overrun */
	u64 addr;    /* faults: si_addr; sigqueue, timers: si_value */
	u64 utime, stime; /* SIGCHLD; SIGSYS: utime is si_arch, status the call */
	int timer_id;
};

struct sigqueue {
	struct list link;
	struct kernel_siginfo info;
	bool prealloc; /* belongs to a POSIX timer: not freed by delivery */
	struct ucount *ucount; /* counted, or NULL: who is charged for it */
};

struct sigpending {
	u64 set;	   /* which are pending */
	struct list queue; /* of sigqueue, for those with more to tell */
};

struct k_sigaction {
	void __user *handler; /* SIG_DFL, SIG_IGN or an address */
	u64 flags;
	void __user *restorer;
	u64 mask;
};

struct sighand {
	struct refcount refs; /* tasks that share it (CLONE_SIGHAND) */
	struct spinlock lock; /* irqsave */
	struct k_sigaction action[_NSIG];
};

void signal_module_init(void);
struct sighand *sighand_new(void); /* ERR_PTR(-ENOMEM); all SIG_DFL */
void sighand_put(struct sighand *sh);
/* @t's sighand locked, or NULL if it is gone (reaped). */
struct sighand *sighand_lock(struct task *t, u64 *irqflags);

/* Senders. @info NULL: from the kernel (SI_KERNEL), no allocation, also from
 * interrupts. No permission checks here. 0 or -ESRCH / -EAGAIN. */
int signal_send(struct task *t, int sig, const struct kernel_siginfo *info,
		bool group);
/* For POSIX timers, any context: queue @q (prealloc, info filled), which the
 * caller owns. 0; 1 if it is still queued from the last time (an overrun); -ESRCH;
 * 2 if the signal is ignored. */
int signal_send_prealloc(struct task *t, struct sigqueue *q, bool group);
/* Take @q off whatever queue it is on; afterwards its owner may free it. */
void signal_cancel_prealloc(struct task *t, struct sigqueue *q);
int signal_send_pgrp(struct pid *pgrp, int sig,
		     const struct kernel_siginfo *info); /* tasklist_lock NOT held */
int signal_send_pgrp_locked(struct pid *pgrp, int sig,
			    const struct kernel_siginfo *info);
/* A fault of current: cannot be blocked or ignored (kills then). */
void signal_force(int sig, int code, u64 addr);
void signal_force_info(const struct kernel_siginfo *info);
void signal_force_fatal(struct task *t); /* SIGKILL, from anywhere */
/* tasklist_lock held: @t stops before it takes a signal or goes to user space, or
 * goes on again. @child, which is not in the tree yet, begins so. */
void signal_freeze(struct task *t, bool freeze);
void signal_freeze_born(struct task *child);
/* May current send @sig to @t (kill(2))? 0 or -EPERM. */
int signal_may_send(struct task *t, int sig);

bool signal_pending(const struct task *t);
bool fatal_signal_pending(const struct task *t);
void signal_recalc(void); /* current: set or clear WORK_SIGNAL */
/* Change current's blocked mask (KILL and STOP are taken out). */
void signal_set_blocked(u64 mask);
/* For ppoll, sigsuspend...: block @mask until the call returns. */
void signal_set_temporary_mask(u64 mask);
/* Take the next pending signal not in @mask; 0: none. sighand->lock held. */
int signal_dequeue(struct task *t, u64 mask, struct kernel_siginfo *info);
bool signal_ignored(struct task *t, int sig);
void sigpending_init(struct sigpending *p);
void sigpending_flush(struct sigpending *p, u64 set); /* drop these signals */
/* Kernel form to the ABI's siginfo_t. */
void siginfo_to_user_layout(siginfo_t *to, const struct kernel_siginfo *from);
void siginfo_from_user_layout(struct kernel_siginfo *to, const siginfo_t *from);
void signal_exec_reset(struct task *t); /* exec: handlers to SIG_DFL */
bool pgrp_is_orphaned(struct pid *pgrp) ; /* tasklist_lock held */
/* Queue entries of @t's user (RLIMIT_SIGPENDING): SigQ of /proc/PID/status. */
u64 signal_queued(struct task *t);

#endif
