/* SPDX-License-Identifier: MIT */
/*
 * What the signal*.c files and kernel/process share about signals; signal.h
 * is what everybody else sees.
 */
#ifndef WARREN_KERNEL_TASK_SIGNAL_IMPL_H
#define WARREN_KERNEL_TASK_SIGNAL_IMPL_H

#include "kernel/task/task.h"

/* The first signal of which every instance is queued (signal(7)). */
#define SIG_QUEUED_FROM 32

#define SIGNALS_STOP                                                           \
	(SIGMASK(SIGSTOP) | SIGMASK(SIGTSTP) | SIGMASK(SIGTTIN) |              \
	 SIGMASK(SIGTTOU))
#define SIGNALS_IGNORED                                                        \
	(SIGMASK(SIGCONT) | SIGMASK(SIGCHLD) | SIGMASK(SIGWINCH) |             \
	 SIGMASK(SIGURG))
/* Faults of the running code, delivered before anything else. */
#define SIGNALS_SYNC                                                           \
	(SIGMASK(SIGSEGV) | SIGMASK(SIGBUS) | SIGMASK(SIGILL) |                \
	 SIGMASK(SIGTRAP) | SIGMASK(SIGFPE) | SIGMASK(SIGSYS))

/* Those whose taker dumps core: he ends the others when he takes it, not who
 * sends it. (There are no core files here.) */
#define SIGNALS_CORE                                                           \
	(SIGNALS_SYNC | SIGMASK(SIGQUIT) | SIGMASK(SIGABRT) |                  \
	 SIGMASK(SIGXCPU) | SIGMASK(SIGXFSZ))

enum jobctl {
	JOBCTL_STOP_PENDING = 1,  /* has still to stop for the group */
	JOBCTL_STOP_DEQUEUED = 2, /* took a stop signal; SIGCONT clears it */
	JOBCTL_STOPPED = 4,	  /* has stopped and been counted */
	JOBCTL_FREEZE = 8,	  /* its control group is freezing */
};

static inline bool handler_is_default(const struct k_sigaction *ka)
{
	return (u64)ka->handler == (u64)SIG_DFL;
}
static inline bool handler_is_ignore(const struct k_sigaction *ka)
{
	return (u64)ka->handler == (u64)SIG_IGN;
}

/* signal_queue.c */
void signal_queue_init(void);
/* An entry for @t, charged to its user; NULL: no memory, or the limit. */
struct sigqueue *sigqueue_new(struct task *t, bool limited);
struct sigqueue *sigqueue_new_plain(void); /* not charged */
void sigqueue_free(struct sigqueue *q);	   /* no lock held; NULL ignored */
void sigqueue_bury(struct sigqueue *q);	   /* any context: freed later */
void sigqueue_drain(void);		   /* no lock held: free the buried */

/* signal.c */
/* As sighand_lock(current): nobody takes a running task's sighand away. */
static inline u64 sighand_lock_own(void)
{
	return spin_lock_irqsave(&current->sighand->lock);
}
static inline void sighand_unlock_own(u64 irq)
{
	spin_unlock_irqrestore(&current->sighand->lock, irq);
}
u64 signal_waiting(const struct task *t); /* pending and not blocked */
void signal_recalc_locked(struct task *t);
void signal_retarget(struct task *t, u64 which);
void signal_wake(struct task *t, u32 states); /* besides INTERRUPTIBLE */
void signal_flush_group(struct task *t, u64 set);
/* Replace current's sighand (exec); the old one is put. */
void sighand_replace(struct sighand *sh);
/* A reaped task has none; the caller holds tasklist_lock. The old one. */
struct sighand *sighand_detach(struct task *t);
void sighand_detach_wait(struct task *t); /* no lock held */
/* rt_sigaction(2); @act, @old may be NULL. -EINVAL. */
int signal_action(int sig, const struct k_sigaction *act,
		  struct k_sigaction *old);

/* signal_send.c */
/* sighand->lock held. *@q is set to NULL if it was used. 0 or -EAGAIN. */
int signal_post(struct task *t, int sig, const struct kernel_siginfo *info,
		struct sigqueue **q, bool group);
/* sighand->lock held: SIGKILL for every thread but @but; their number. */
u32 signal_zap_threads(struct task *t, const struct task *but);
/* Does this process belong to those that are meant? tasklist_lock held. */
typedef bool (*signal_want_fn)(const struct task *leader, const void *arg);
/* Send to every process that @want picks; with @check, only where current
 * may. 0 if any could be sent, else the last error, or -ESRCH. */
int signal_send_many(signal_want_fn want, const void *arg, int sig,
		     const struct kernel_siginfo *info, bool check);

/* signal_parent.c. tasklist_lock held. */
bool pgrp_is_orphaned_without(struct pid *pgrp, const struct task *ignored);
/* Tell the parent that @t has died. True: nobody will wait for it. */
bool signal_notify_exit(struct task *t, int sig);
/* Current's group has stopped or continued: no lock held. */
void signal_notify_job(int code);

/* signal_stop.c. sighand->lock held unless it says otherwise. */
void signal_cont_prepare(struct task *t); /* SIGCONT was sent */
/* Current, dying, counts as stopped. True: the group has stopped by that. */
bool signal_stop_leave(void);
/*
 * Take part in a stop of the group, which @sig begins (0: has begun). True: it
 * stopped, goes on again, and sighand->lock is not held any more.
 */
bool signal_stop(int sig, u64 irq);
/* Stop as long as JOBCTL_FREEZE says so; sighand->lock is held, and given back.
 * The caller looks again at everything. */
void signal_freeze_obey(u64 irq);
/* Did the group stop or continue without telling the parent? CLD_*, or 0. */
int signal_stop_news(void);

/* signal_group.c */
void signal_group_init(void);
struct signal *signal_new(void); /* ERR_PTR(-ENOMEM) */
void signal_put(struct signal *sig);

#endif
