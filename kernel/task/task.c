// SPDX-License-Identifier: MIT
/*
 * Making and freeing tasks; init_task, which is the boot CPU's idle task and
 * the holder of everything initial; kernel threads.
 *
 * A kernel thread has init_task's identity and shares its struct signal without
 * being in its list of threads; it has no mm, no files and no fs, and is in no
 * tree: only its two references keep it.
 */
#include <linux/resource.h>

#include "kernel/debug/trace.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/sched_impl.h"
#include "kernel/task/signal_impl.h"
#include "kernel/task/seccomp.h"

#define STACK_LIMIT (8ULL << 20)
#define MEMLOCK_LIMIT (8ULL << 20)
#define NOFILE_LIMIT 1024
#define NOFILE_MAX 4096
#define MSGQUEUE_LIMIT 819200
#define TIMER_SLACK_NS 50000

extern struct fs init_fs; /* fs/, opaque here */

DEFINE_SPINLOCK(tasklist_lock);
struct list task_list = LIST_INIT(task_list);

static struct slab *task_slab;

static struct sighand init_sighand = {
	.refs = REFCOUNT_INIT(1),
	.lock = SPINLOCK_INIT("sighand"),
};

static struct signal init_signal = {
	.refs = REFCOUNT_INIT(1),
	.nr_threads = 1,
	.live = 1,
	.threads = LIST_INIT(init_signal.threads),
	.leader = &init_task,
	.shared_pending = {.queue =
				   LIST_INIT(init_signal.shared_pending.queue)},
	.child_wait = WAITQ_INIT(init_signal.child_wait),
	.signalfd_wait = WAITQ_INIT(init_signal.signalfd_wait),
	.posix_timers = LIST_INIT(init_signal.posix_timers),
	.pids = {[PIDTYPE_TGID] = &init_struct_pid,
		 [PIDTYPE_PGID] = &init_struct_pid,
		 [PIDTYPE_SID] = &init_struct_pid},
};

struct task init_task = {
	.refs = REFCOUNT_INIT(2),
	.lock = SPINLOCK_INIT("task"),
	.comm = "swapper/0",
	.se = {.weight = NICE_0_WEIGHT},
	.cpus_allowed = ~0ULL,
	.pid = &init_struct_pid,
	.signal = &init_signal,
	.sighand = &init_sighand,
	.thread_link = LIST_INIT(init_task.thread_link),
	.all_link = LIST_INIT(init_task.all_link),
	.parent = &init_task,
	.children = LIST_INIT(init_task.children),
	.sibling = LIST_INIT(init_task.sibling),
	.flags = PF_KTHREAD | PF_IDLE,
	.fs = &init_fs,
	.cred = &init_cred,
	.nsproxy = &init_nsproxy,
	.shm_created = LIST_INIT(init_task.shm_created),
	.pending = {.queue = LIST_INIT(init_task.pending.queue)},
	.timer_slack = TIMER_SLACK_NS,
	.login_uid = LOGIN_UNSET,
	.session_id = LOGIN_UNSET,
};

/* ---- limits ---- */

static void limit_set(int resource, u64 cur, u64 most)
{
	init_signal.rlim[resource].cur = cur;
	init_signal.rlim[resource].max = most;
}

/* getrlimit(2): what the first process starts with. */
static void limits_init(void)
{
	struct mem_stats mem;
	u64 tasks;
	int i;

	mem_stats(&mem);
	tasks = mem.total * PAGE_SIZE / (8 * KSTACK_SIZE) / 2;
	for (i = 0; i < RLIM_NLIMITS; i++)
		limit_set(i, RLIM64_INFINITY, RLIM64_INFINITY);
	limit_set(RLIMIT_STACK, STACK_LIMIT, RLIM64_INFINITY);
	limit_set(RLIMIT_CORE, 0, RLIM64_INFINITY);
	limit_set(RLIMIT_NPROC, tasks, tasks);
	limit_set(RLIMIT_NOFILE, NOFILE_LIMIT, NOFILE_MAX);
	limit_set(RLIMIT_MEMLOCK, MEMLOCK_LIMIT, MEMLOCK_LIMIT);
	limit_set(RLIMIT_SIGPENDING, tasks, tasks);
	limit_set(RLIMIT_MSGQUEUE, MSGQUEUE_LIMIT, MSGQUEUE_LIMIT);
	limit_set(RLIMIT_NICE, 0, 0);
	limit_set(RLIMIT_RTPRIO, 0, 0);
}

/* ---- life ---- */

void task_init(void)
{
	BUILD_ASSERT(offsetof(struct task, work) == 0);
	BUILD_ASSERT(RLIM_NLIMITS == ARRAY_SIZE(init_signal.rlim));
	this_cpu()->curr = &init_task;
	task_slab = slab_create("task", sizeof(struct task), 64);
	limits_init();
	list_add_tail(&init_task.thread_link, &init_signal.threads);
}

/**
 * task_new - a blank task: a kernel stack, empty lists, nothing shared
 * @user: it shall run user code, and needs room for the FPU
 *
 * Return: the task with one reference; ERR_PTR(-ENOMEM).
 */
struct task *task_new(bool user)
{
	struct task *t = slab_zalloc(task_slab);

	if (!t)
		return ERR_PTR(-ENOMEM);
	if (arch_task_alloc(&t->arch, user)) {
		slab_free(task_slab, t);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&t->refs, 1);
	spin_init(&t->lock, "task");
	list_init(&t->thread_link);
	list_init(&t->all_link);
	list_init(&t->children);
	list_init(&t->shm_created);
	list_init(&t->sibling);
	sigpending_init(&t->pending);
	t->se.weight = NICE_0_WEIGHT;
	t->cpus_allowed = ~0ULL;
	t->start_time = ktime_get();
	t->timer_slack = TIMER_SLACK_NS;
	t->login_uid = t->session_id = LOGIN_UNSET;
	t->plain_calls = DEBUG_CHECKS ? 0 : NR_SYSCALLS;
	return t;
}

/* What a zombie keeps goes here: pid, signal, cred. All may be NULL. */
static void task_free(struct task *t)
{
	assert(!t->se.queued && !t->se.on_cpu);
	sigpending_flush(&t->pending, ~0ULL);
	pid_put(t->old_pid);
	pid_put(t->pid);
	if (t->signal)
		signal_put(t->signal);
	cred_put(t->cred);
	seccomp_put(t->seccomp);
	arch_task_free(&t->arch);
	slab_free(task_slab, t);
	sigqueue_drain();
}

void task_put(struct task *t)
{
	if (refcount_dec_and_test(&t->refs))
		task_free(t);
}

void task_set_comm(struct task *t, const char *name)
{
	spin_lock(&t->lock);
	memset(t->comm, 0, sizeof(t->comm));
	strlcpy(t->comm, name, sizeof(t->comm));
	spin_unlock(&t->lock);
}

/* ---- kernel threads ---- */

/**
 * task_new_kernel - a task with init_task's identity, for use in the kernel
 *
 * Return: the task with one reference; ERR_PTR(-ENOMEM).
 */
struct task *task_new_kernel(const char *name)
{
	struct task *t = task_new(false);

	if (IS_ERR(t))
		return t;
	t->flags = PF_KTHREAD;
	t->pid = pid_get(&init_struct_pid);
	t->signal = &init_signal;
	refcount_inc(&init_signal.refs);
	t->sighand = &init_sighand;
	refcount_inc(&init_sighand.refs);
	t->cred = cred_get(&init_cred);
	t->nsproxy = nsproxy_get(&init_nsproxy);
	t->parent = &init_task;
	t->exit_signal = -1;
	task_set_comm(t, name);
	return t;
}

struct kthread_start {
	void (*fn)(void *);
	void *arg;
};

/* Give up what task_free() does not. */
static void kthread_exit(void)
{
	struct task *t = current;
	struct nsproxy *np = t->nsproxy;
	struct sighand *sh = t->sighand;

	spin_lock(&t->lock);
	t->nsproxy = NULL;
	spin_unlock(&t->lock);
	nsproxy_put(np);
	t->sighand = NULL;
	sighand_put(sh);
	task_leaves();
	set_current_state(TASK_DEAD);
	task_put(t); /* kthread_run()'s; the scheduler has the other */
	schedule();
	panic("task: kernel thread %s runs after its end", t->comm);
}

static void kthread_main(void *arg)
{
	struct kthread_start start = *(struct kthread_start *)arg;

	kfree(arg);
	start.fn(start.arg);
	kthread_exit();
}

/**
 * kthread_run - start a kernel thread
 *
 * Return: the task, valid as long as @fn does not return; ERR_PTR(-ENOMEM).
 */
struct task *kthread_run(void (*fn)(void *), void *arg, const char *name)
{
	struct kthread_start *start = kmalloc(sizeof(*start));
	struct task *t;

	if (!start)
		return ERR_PTR(-ENOMEM);
	t = task_new_kernel(name);
	if (IS_ERR(t)) {
		kfree(start);
		return t;
	}
	*start = (struct kthread_start){.fn = fn, .arg = arg};
	sched_fork(t);
	t->nice = 0;
	t->se.weight = NICE_0_WEIGHT;
	t->cpus_allowed = ~0ULL;
	arch_kthread_setup(&t->arch, kthread_main, start);
	task_get(t);
	sched_new_task(t);
	return t;
}
