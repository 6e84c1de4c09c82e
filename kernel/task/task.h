/* SPDX-License-Identifier: MIT */
/*
 * The task: one thread of execution, and what it shares with its thread
 * group (struct signal). "Process" in user space is a thread group here.
 *
 * Who owns what: a task holds one reference on each of mm, files, fs,
 * sighand, signal, cred, nsproxy and pid. All but cred, signal and pid are
 * given up in do_exit(); a zombie keeps those three (so that its status and
 * its ns/pid and ns/user links still work) until it is reaped.
 *
 * Locks: letters behind the fields.
 *   [I] immutable after creation        [c] current only
 *   [T] tasklist_lock                   [a] atomic
 *   [t] task->lock; the task itself may read without
 *   [s] sighand->lock                   [r] the run queue's lock
 */
#ifndef WARREN_KERNEL_TASK_TASK_H
#define WARREN_KERNEL_TASK_TASK_H

#include "arch/x86_64/arch.h"
#include "kernel/debug/checks.h"
#include "kernel/lib/refcount.h"
#include "kernel/task/pid.h"
#include "kernel/task/signal.h"
#include "kernel/task/waitq.h"
#include "kernel/time/time.h"

struct mm;
struct files;
struct fs;
struct cred;
struct cgroup;
struct pids;
struct nsproxy;
struct seccomp_filter;
struct tty;

#define TASK_COMM_LEN 16

/* task->work: non-zero means "look before you return to user space". */
enum task_work {
	WORK_RESCHED = 1, /* the scheduler wants the CPU */
	WORK_SIGNAL = 2,  /* maybe a signal to deliver */
	WORK_TRACE = 4,	  /* this task's system calls are traced */
	WORK_IRET = 8,	  /* a call changed all registers: no SYSRET */
};

enum task_state {
	TASK_RUNNING = 0,	  /* on a run queue or on a CPU */
	TASK_INTERRUPTIBLE = 1,	  /* sleeping; any signal wakes it */
	TASK_UNINTERRUPTIBLE = 2, /* sleeping; nothing but its event does */
	TASK_KILLABLE = 4,	  /* sleeping; SIGKILL wakes it */
	TASK_STOPPED = 8,	  /* job control */
	TASK_ZOMBIE = 16,	  /* exited, to be reaped */
	TASK_DEAD = 32,		  /* reaped, waiting for its last reference */
};

/* How restart_syscall(2) goes on with a call that a signal interrupted. */
struct restart_block {
	long (*fn)(struct restart_block *rb);
	u64 arg[4];
};

struct sched_entity {
	struct rb_node node;
	u64 vruntime;	/* [r] weighted ns of CPU time */
	u64 exec_start; /* [r] ktime of the last accounting */
	u64 runtime;	/* [r] ns on a CPU, ever */
	u64 slice_end;	/* [r] vruntime at which others may go first */
	u32 weight;	/* [r] from nice */
	u32 cpu;	/* [r] run queue it belongs to */
	bool queued;	/* [r] in the tree (a running task is not) */
	bool on_cpu;	/* [r] running, or still switching away */
};

struct task {
	/* First what entry.asm knows the place of: see below. */
	u32 work;	 /* [a] enum task_work: to do before user code runs on */
	u32 state;	 /* [r] enum task_state; set by the task itself or a waker */
	u64 plain_calls; /* [c] system calls below it need no look */
	u32 last_call;	 /* [c] how many there were */
	struct {
		u16 nr;
		u16 pad;
		s32 result;
	} last_calls[8]; /* [c] a ring, for panics */
	struct arch_task arch;
	/* task_new() returns one: the tree's, given up when it is reaped.
	 * Before sched_new_task() a second is taken for the scheduler, which
	 * drops it after the last switch away from a ZOMBIE or DEAD task. */
	struct refcount refs;
	struct spinlock lock; /* protects the [t] pointers */
	char comm[TASK_COMM_LEN]; /* [t] */
	struct sched_entity se;
	s8 nice;	 /* [r] */
	u8 policy;	 /* [r] SCHED_NORMAL, SCHED_BATCH, SCHED_IDLE */
	bool reset_on_fork; /* [r] children are ordinary */
	u64 cpus_allowed; /* [r] mask */

	struct pid *pid;      /* [I] counted; of this thread */
	struct hlist_node pid_links[PIDTYPE_MAX]; /* [T] in pid->tasks[type] */
	struct signal *signal;	 /* [I] counted; the thread group */
	struct sighand *sighand; /* [T] NULL when dead */
	struct list thread_link; /* [T] in signal->threads */
	struct list all_link;	 /* [T] in task_list (every thread) */

	struct task *parent;	 /* [T] who gets SIGCHLD; a group leader's
				    or any thread's, as in Linux real_parent */
	struct list children;	 /* [T] of leaders */
	struct list sibling;	 /* [T] in parent->children */
	int exit_signal;	 /* [T] to the parent at death; -1: thread */
	int exit_code;		 /* [T] as wait status: code << 8 | signal */
	u32 flags;		 /* [c] enum task_flags */
	int pdeath_signal;	 /* [T] PR_SET_PDEATHSIG */

	struct mm *mm;		 /* [t] counted; NULL: kernel thread, zombie */
	struct files *files;	 /* [t] counted */
	struct fs *fs;		 /* [t] counted: root, cwd, umask */
	struct cred *cred;	 /* [t] counted, immutable itself; only the
				    task replaces it: cred_commit() */
	struct nsproxy *nsproxy; /* [t] counted, immutable itself; NULL: dead */
	struct cgroup *cgroup;	 /* [T] counted: kernel/cgroup/cgroup.h */
	struct pids *pids;	 /* [T] counted: kernel/cgroup/pids.h; or NULL */
	struct list cgroup_link; /* in cgroup->members: cgroup_lock */
	bool in_cgroup;		 /* [T] and counts there as alive */
	bool frozen;		 /* cgroup_lock; set by the task: freeze.c */
	struct list *dying_mnt_ns; /* [c] it is taking some down: fs/mnt_ns.c */
	struct sem_undo_list *sysvsem; /* [c] counted: CLONE_SYSVSEM; or NULL */
	struct list shm_created; /* segments it made: kernel/ipc/shm.c */

	/* Signals */
	u32 sighand_users;	 /* [a] CPUs inside sighand_lock(this task) */
	u32 jobctl;		 /* [s] enum jobctl: signal_stop.c */
	u64 blocked;		 /* [s] written by the task itself only */
	u64 saved_mask;		 /* [c] to restore when no handler runs */
	bool restore_mask;	 /* [c] saved_mask is valid: sigsuspend, ppoll */
	struct sigpending pending; /* [s] for this thread alone */
	u64 sas_sp, sas_size;	 /* [c] sigaltstack */
	u32 sas_flags;		 /* [c] */
	struct restart_block restart; /* [c] for restart_syscall(2) */

	/* Threads */
	u32 __user *set_child_tid;   /* [c] CLONE_CHILD_SETTID */
	u32 __user *clear_child_tid; /* [c] set_tid_address(2) */
	void __user *robust_list;    /* [c] */
	size_t robust_list_len;	     /* [c] */
	struct completion *vfork_done; /* [t] parent waits on it */
	struct pid *old_pid; /* [T] counted: before exec made it the leader */
	u32 self_exec_id;    /* [T] task_execs(): a parent that has exec'ed */
	u32 parent_exec_id;  /* [T] gets SIGCHLD, whatever clone asked for */
	u32 personality;     /* [c] personality(2) */
	u32 login_uid;	     /* [c] a kuid_t, or LOGIN_UNSET: */
	u32 session_id;	     /* [c] fs/procfs/login.c */
	u16 ioprio;	     /* [a] ioprio_set(2); kept, there is no disk */
	u64 timer_slack;     /* [c] ns, PR_SET_TIMERSLACK */
	u8 seccomp_mode;     /* [c] SECCOMP_MODE_*: kernel/task/seccomp.h */
	struct seccomp_filter *seccomp; /* [c] counted; NULL */

	/* Accounting */
	u64 utime, stime;	/* [c] ns; ticks are attributed by the timer */
	u64 start_time;		/* [I] ktime */
	u64 min_flt, maj_flt;	/* [c] */
	u64 nvcsw, nivcsw;	/* [r] */

	/* What Linux hides */
	struct held_mutexes held_mutexes; /* [c] in the debug build */
	u64 fail_nth;	    /* [c] fault injection: allocations to go */
	u32 ptrace_flags;   /* reserved, 0 */
};

BUILD_ASSERT(offsetof(struct task, work) == 0 &&
	     offsetof(struct task, plain_calls) == 8 &&
	     offsetof(struct task, last_call) == 16 &&
	     offsetof(struct task, last_calls) == 20);

#define LOGIN_UNSET 0xffffffffu /* nobody has logged in */

enum task_flags {
	PF_EXITING = 1,
	PF_KTHREAD = 2,
	PF_FORKNOEXEC = 4,
	PF_IDLE = 8,
	PF_VFORK = 16,	   /* parent sleeps in vfork_done */
	PF_SIGNALED = 32,  /* died of a signal */
	PF_DUMPCORE = 64,
	PF_NPROC_EXCEEDED = 128, /* became a user with too many tasks */
};

struct completion {
	bool done;
	struct waitq waitq;
};

/*
 * What the threads of a process share: Linux's struct signal_struct.
 */
struct signal {
	struct refcount refs; /* one per task of the group */
	u32 nr_threads;	      /* [T] live and zombie threads */
	u32 live;	      /* [a] threads that have not begun to exit */
	struct list threads;  /* [T] tasks, leader first */
	struct task *leader;  /* [T] changes at exec by another thread */
	struct sigqueue *notice; /* [T] the SIGCHLD that exit will send, made
				    at fork because exit cannot allocate */

	struct sigpending shared_pending; /* [s] for any thread */
	struct waitq child_wait; /* wait4() sleeps here */
	struct waitq signalfd_wait; /* poll on signalfd, sigtimedwait */

	/* Exit of the whole group */
	u32 flags;	      /* [s] enum signal_flags */
	int group_exit_code;  /* [s] */
	struct task *group_exec; /* [s] thread that waits to be alone */
	u32 notify_count;	 /* [T] threads group_exec waits for */
	u32 group_stop_count;	 /* [s] threads still to stop */

	/* Job control */
	struct pid *pids[PIDTYPE_MAX]; /* [T] TGID, PGID, SID: counted */
	pid_t global_nr[PIDTYPE_MAX]; /* [a] their numbers at level 0 */
	struct tty *tty;     /* [T] controlling terminal, counted */
	struct pid *tty_old_pgrp; /* [T] a leader's, hung up: the foreground
				     group that there was; counted */
	bool leader_of_session; /* [T] */

	bool is_child_subreaper;  /* [T] PR_SET_CHILD_SUBREAPER */
	bool has_child_subreaper; /* [T] an ancestor is one */
	bool unkillable;  /* [s] init of a pid namespace */

	struct itimer { /* setitimer(2), [s]; ns of CPU time */
		u64 interval, left; /* left 0: off */
	} it_virt, it_prof;
	struct timer real_timer; /* ITIMER_REAL and alarm(2) */
	u64 real_interval;	 /* [s] */
	struct list posix_timers; /* [s] timer_create(2) */
	int next_timer_id;	  /* [s] */

	u64 utime, stime;   /* [T] of threads that are gone */
	u64 cutime, cstime; /* [T] of reaped children */
	u64 min_flt, maj_flt, cmin_flt, cmaj_flt, nvcsw, nivcsw;

	struct {
		u64 cur, max;
	} rlim[16]; /* [t] of the leader; RLIMIT_* */
	s16 oom_score_adj;
};

enum signal_flags {
	SIGNAL_STOP_STOPPED = 1,   /* all threads stopped; wait4 may report */
	SIGNAL_STOP_CONTINUED = 2, /* SIGCONT since the last report */
	SIGNAL_GROUP_EXIT = 4,
	SIGNAL_CLD_STOPPED = 8,	   /* parent not told yet */
	SIGNAL_CLD_CONTINUED = 16,
};

extern struct spinlock tasklist_lock; /* irqsave: the tree of tasks, pids,
					 groups, sessions */
extern struct list task_list;	      /* every task that was published [T] */
extern struct task init_task;	      /* idle of the boot CPU, initial everything */

void task_init(void); /* slab caches, init_task */
/* A blank task with stack and FPU area, refs = 1; ERR_PTR(-ENOMEM). */
struct task *task_new(bool user);
static inline struct task *task_get(struct task *t)
{
	refcount_inc(&t->refs);
	return t;
}
/* The last one frees, and puts pid, signal and cred if they are set. Any
 * context but IRQ, no spinlock held. */
void task_put(struct task *t);
/* Start a kernel thread; it ends when fn returns. ERR_PTR(-errno). */
struct task *kthread_run(void (*fn)(void *), void *arg, const char *name);
/* A task with init_task's identity and no mm, never published. */
struct task *task_new_kernel(const char *name);
void task_set_comm(struct task *t, const char *name);

#define for_each_process(t)                                                    \
	list_for_each_entry(t, &task_list, all_link)                           \
		if ((t)->signal->leader == (t))
#define for_each_thread(p, t)                                                  \
	list_for_each_entry(t, &(p)->signal->threads, thread_link)

static inline bool thread_group_leader(const struct task *t)
{
	return t->signal->leader == t;
}
/* How many programs @t has executed: for task_take(). */
static inline u32 task_execs(const struct task *t)
{
	u32 execs;

	barrier();
	execs = READ_ONCE(t->self_exec_id);
	barrier();
	return execs;
}

static inline bool same_thread_group(const struct task *a, const struct task *b)
{
	return a->signal == b->signal;
}

static inline void task_set_work(struct task *t, u32 work)
{
	__atomic_fetch_or(&t->work, work, __ATOMIC_ACQ_REL);
}
static inline void task_clear_work(struct task *t, u32 work)
{
	__atomic_fetch_and(&t->work, ~work, __ATOMIC_ACQ_REL);
}

/* sched.c ------------------------------------------------------------ */
void sched_init(void);
/* Give up the CPU; returns when chosen again. State must be set before. */
void schedule(void);
void sched_yield_current(void); /* sched_yield(2) */
/* Make @t runnable if its state is in @states. True: it was asleep. */
bool wake_up_state(struct task *t, u32 states);
bool wake_up_task(struct task *t); /* INTERRUPTIBLE|UNINTERRUPTIBLE|KILLABLE */
void sched_new_task(struct task *t); /* first time on a run queue */
/* How many have come to their end, but still are what the scheduler runs, or has
 * just run: reaped or not, they are not free yet. Nothing holds them up. */
extern u32 nr_leaving;
static inline void task_leaves(void) /* current, before it says so to anybody */
{
	atomic_add(&nr_leaving, 1);
}
void sched_set_nice(struct task *t, int nice);
void sched_set_policy(struct task *t, u32 policy, int nice, bool reset);
void sched_fork(struct task *child); /* initialise child->se from current */
void sched_tick(bool from_user); /* timer_interrupt(): account, preempt */
void sched_loadavg(u32 avg[3]);	/* fixed point, 11 bits */
u32 sched_nr_running(void);
/* End of boot, and smp_cpu_main(): current is this CPU's idle task. */
void sched_idle(void) __noreturn;
/* arch/smp.c: the idle task of @cpu, before it is started; NULL: no memory. */
struct task *sched_idle_new(u32 cpu);
/* ns of CPU time of @t up to now, even while it runs elsewhere. */
u64 sched_task_runtime(struct task *t);
/* exit: charge current what ran since its last tick, so that utime + stime is
 * all of its CPU time. */
void sched_account_exit(void);
/* User and system time of @t up to now: what no tick has seen is estimated. */
void task_cputime(struct task *t, u64 *utime, u64 *stime);
/* CPU time of the whole group, gone threads too. Any context. */
u64 task_group_runtime(struct task *t);
/* 0, or -EINVAL: @mask has no CPU that is online. Moves a running task. */
int sched_set_affinity(struct task *t, u64 mask);
u64 sched_idle_ns(u32 cpu);
u64 sched_ctxt_switches(void);
static inline bool need_resched(void)
{
	return READ_ONCE(current->work) & WORK_RESCHED;
}
/* In long loops of the kernel: let others run if they wait. */
static inline void cond_resched(void)
{
	if (unlikely(need_resched()))
		schedule();
}
static inline void set_current_state(u32 state)
{
	atomic_xchg(&current->state, state);
}

void completion_init(struct completion *c);
void complete(struct completion *c);
void wait_for_completion(struct completion *c);
int wait_for_completion_killable(struct completion *c);

/* cgroup/freeze.c, upcalls: current does not run from now on, whatever its group
 * is told; it runs again. Any state; no lock but sighand->lock held. */
void task_freeze_enter(void);
void task_freeze_leave(void);
/* sys/itimer.c, upcalls: the last thread of @sig leaves (no spinlock held) /
 * exec drops the POSIX timers and keeps the others. */
void itimers_exit(struct signal *sig);
void posix_timers_exit(struct signal *sig);
/* sys/misc.c, upcall: PID 1 has ended; the machine ends or panics. */
void init_has_exited(int wait_status) __noreturn;

/* process/ ------------------------------------------------------------ */
void do_exit(int code) __noreturn; /* wait status: code << 8 | signal */
void do_group_exit(int code) __noreturn;

#endif
