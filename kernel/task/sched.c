// SPDX-License-Identifier: MIT
/*
 * The scheduler: who runs next, switching, waking.
 *
 * Theory. Each CPU has a run queue (struct rq). A runnable task waits in its
 * queue, or it is the queue's curr; se.cpu names the queue. Each CPU
 * runs the task with the least vruntime (sched_rq.c); when there is none it
 * pulls one from another CPU (sched_load.c), or runs its idle task.
 *
 * Sleeping and waking. A task sets its own state, then tests what it waits for,
 * then calls schedule(). schedule() looks at the state under the queue's lock,
 * and wakers change it under the same lock only: so either schedule() finds it
 * RUNNING again and goes on, or the waker finds the task gone from its CPU and
 * queues it. A state is changed by compare-and-swap, since the task itself
 * writes it without the lock.
 *
 * Switching. The lock of the queue is held over arch_switch(), interrupts off:
 * the task that was switched to gives it back, in switch_finish(), called from
 * schedule() behind its arch_switch() or, for a new task, from
 * sched_task_started(). Until then prev's stack is in use and se.on_cpu set,
 * and a waker who wants prev waits for the lock. Then the scheduler's reference
 * of a prev that is dead is dropped; one that may not run here any more goes to
 * another CPU.
 *
 * Idle tasks are never queued. When code run by one waits (a mutex while it
 * frees a dead task), schedule() comes back at once if nothing else can run, so
 * that the wait is a busy one.
 */
#include <linux/sched.h>

#include "kernel/task/sched_impl.h"

#define BLOCKED (TASK_UNINTERRUPTIBLE | TASK_KILLABLE)
#define SLEEPING (TASK_INTERRUPTIBLE | BLOCKED)
#define GONE (TASK_ZOMBIE | TASK_DEAD)

u32 nr_leaving;

/* ---- queueing ---- */

/* Has @t had so much less than the running task that it goes before it? */
static __noinline void preempt_check(struct rq *rq, const struct task *t)
{
	struct task *curr = rq->curr;
	s64 lead;

	if (curr != rq->idle) {
		rq_update(rq, ktime_get());
		lead = (s64)(curr->se.vruntime - t->se.vruntime);
		if (lead <= (s64)weighted(SCHED_WAKE_GRAN, t->se.weight))
			return;
	}
	rq_resched(rq);
}

/* Does the running task wake others? Then they do not go before it: it is about to
 * sleep more often than not (one who writes into a pipe and then reads the answer),
 * and if it is not, the tick takes the CPU from it. */
static inline bool is_waking(const struct rq *rq)
{
	return rq->curr == current && rq->curr != rq->idle &&
	       !this_cpu_get(irq_depth);
}

static inline void task_enqueue(struct rq *from, struct rq *to, struct task *t)
{
	u64 floor;

	rq_move(from, to, t);
	floor = to->min_vruntime - SCHED_CREDIT;
	if ((s64)(t->se.vruntime - floor) < 0)
		t->se.vruntime = floor;
	rq_insert(to, t);
	WRITE_ONCE(to->nr, to->nr + 1);
	if (!is_waking(to))
		preempt_check(to, t);
}

/* The same for those who are not in a hurry. */
static __noinline void task_enqueue_far(struct rq *from, struct rq *to,
					struct task *t)
{
	task_enqueue(from, to, t);
}

/* Put @t, which is runnable and nowhere, on a queue; @cpu: the first choice. */
static void task_place(struct task *t, u32 cpu)
{
	u64 irq = irq_save();
	struct rq *from, *to;

	for (;;) {
		from = &runqueues[READ_ONCE(t->se.cpu)];
		to = &runqueues[cpu];
		rq_lock_pair(from, to);
		if (from->cpu == t->se.cpu && task_may_use(t, cpu))
			break;
		rq_unlock_pair(from, to);
		cpu = sched_select_cpu(t, t->se.cpu);
	}
	task_enqueue_far(from, to, t);
	rq_unlock_pair(from, to);
	irq_restore(irq);
}

/* ---- switching ---- */

/* The other half of a switch: what was switched away from may need care. */
static struct task *switch_finish(bool *dead)
{
	struct rq *rq = this_rq();
	struct task *prev = rq->prev;
	bool homeless;

	assert_held(&rq->lock);
	rq->prev = NULL;
	*dead = prev->state & GONE;
	homeless = prev->state == TASK_RUNNING && !prev->se.queued &&
		   prev != rq->idle;
	WRITE_ONCE(prev->se.on_cpu, false);
	spin_unlock(&rq->lock);
	if (homeless)
		task_place(prev, sched_select_cpu(prev, rq->cpu));
	return prev;
}

static void switch_to(struct rq *rq, struct task *prev, struct task *next,
		      u64 now)
{
	rq->switches++;
	rq->prev = prev;
	rq->curr = next;
	next->se.on_cpu = true;
	next->se.exec_start = now;
	next->se.slice_end =
		next->se.vruntime + weighted(SCHED_SLICE, next->se.weight);
	if (next != rq->idle)
		timer_tick_start(now);
	arch_switch(prev, next);
}

/* prev leaves the CPU: into the tree, to sleep, or to another CPU. */
static void prev_put(struct rq *rq, struct task *prev)
{
	if (prev == rq->idle)
		return;
	if (prev->state == TASK_RUNNING && task_may_use(prev, rq->cpu)) {
		rq_insert(rq, prev);
		return;
	}
	WRITE_ONCE(rq->nr, rq->nr - 1);
	if (prev->state & BLOCKED)
		rq->nr_blocked++;
}

static struct task *next_pick(struct rq *rq)
{
	struct task *next = rq_first(rq);

	if (!next && nr_cpus > 1) {
		sched_pull(rq);
		next = rq_first(rq);
	}
	if (!next)
		return rq->idle;
	rq_remove(rq, next);
	return next;
}

/* The scheduler's reference of @t, which has left its CPU for ever. */
static void dead_put(struct task *t)
{
	task_put(t);
	atomic_sub(&nr_leaving, 1);
}

/**
 * schedule - let another task run, if there is a better one
 *
 * With a state other than TASK_RUNNING, current sleeps until it is woken; it is
 * RUNNING when this returns.
 *
 * Context: a task, no spinlock held. Returns perhaps on another CPU.
 */
void schedule(void)
{
	struct task *prev = current, *next;
	u64 irq = irq_save(), now = ktime_get();
	struct rq *rq = this_rq();
	bool dead = false;

	assert(!this_cpu_get(irq_depth));
	if (DEBUG_CHECKS)
		lock_check_sleep();
	spin_lock(&rq->lock);
	rq_update(rq, now);
	if (READ_ONCE(prev->work) & WORK_RESCHED)
		task_clear_work(prev, WORK_RESCHED);
	if (prev->state == TASK_RUNNING)
		prev->nivcsw++;
	else
		prev->nvcsw++;
	prev_put(rq, prev);
	next = next_pick(rq);
	if (next == prev) {
		spin_unlock(&rq->lock);
	} else {
		switch_to(rq, prev, next, now);
		prev = switch_finish(&dead);
	}
	irq_restore(irq);
	if (unlikely(dead))
		dead_put(prev);
}

/* CLONE_CHILD_SETTID. A bad address is the child's own business. */
static void child_tid_write(void)
{
	u32 tid = (u32)task_pid_nr_ns(current, task_active_pid_ns(current));

	if (current->set_child_tid && put_user(tid, current->set_child_tid))
		current->set_child_tid = NULL;
}

/* arch.h: a new task's first code; interrupts are off, and off on return. */
void sched_task_started(void)
{
	bool dead;
	struct task *prev = switch_finish(&dead);

	irq_enable();
	if (dead)
		dead_put(prev);
	child_tid_write();
	irq_disable();
}

/* See arch.h: what matters is WORK_RESCHED, which the sender has set, and that
 * an idle CPU has left its halt. */
void resched_interrupt(void)
{
}

/* ---- waking ---- */

/* @t, which sleeps on @rq (locked), is RUNNING if it was in one of @states. Then
 * *@away: it has left its CPU, and is to be queued. */
static inline bool wake_take(struct rq *rq, struct task *t, u32 states,
			     bool *away)
{
	u32 old = READ_ONCE(t->state);

	*away = false;
	do {
		if (!(old & states))
			return false;
	} while (!atomic_cas(&t->state, &old, TASK_RUNNING));
	if (t->se.on_cpu || t->flags & PF_IDLE)
		return true;
	if (unlikely(old & BLOCKED))
		rq->nr_blocked--;
	*away = true;
	return true;
}

/* Not where it slept, or there too: two queues to lock. */
static __noinline bool wake_elsewhere(struct task *t, u32 states)
{
	struct rq *from, *to;
	bool woken, away;
	u32 cpu;

	for (;;) {
		from = &runqueues[READ_ONCE(t->se.cpu)];
		cpu = sched_select_cpu(t, from->cpu);
		to = &runqueues[cpu];
		rq_lock_pair(from, to);
		if (from->cpu == t->se.cpu && task_may_use(t, cpu))
			break;
		rq_unlock_pair(from, to);
	}
	woken = wake_take(from, t, states, &away);
	if (away)
		task_enqueue_far(from, to, t);
	rq_unlock_pair(from, to);
	return woken;
}

bool wake_up_state(struct task *t, u32 states)
{
	struct rq *rq;
	bool here, away, woken = false;
	u32 cpu;
	u64 irq;

	/* The caller has made true what @t waits for: that comes first. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!(READ_ONCE(t->state) & states))
		return false;
	irq = irq_save();
	cpu = READ_ONCE(t->se.cpu);
	rq = &runqueues[cpu];
	spin_lock(&rq->lock);
	here = t->se.cpu == cpu && sched_may_stay(t, cpu);
	if (likely(here)) {
		woken = wake_take(rq, t, states, &away);
		if (away)
			task_enqueue(rq, rq, t);
	}
	spin_unlock(&rq->lock);
	if (unlikely(!here))
		woken = wake_elsewhere(t, states);
	irq_restore(irq);
	return woken;
}

bool wake_up_task(struct task *t)
{
	return wake_up_state(t, SLEEPING);
}

/* ---- birth ---- */

/* Of a parent with SCHED_RESET_ON_FORK: no child is above the ordinary. */
static void child_reset(struct task *child)
{
	if (child->nice >= 0)
		return;
	child->nice = 0;
	if (child->policy != SCHED_IDLE)
		child->se.weight = NICE_0_WEIGHT;
}

/* @child starts where current is in virtual time. */
void sched_fork(struct task *child)
{
	u64 irq = irq_save();
	struct rq *rq = this_rq();
	u64 vruntime;

	spin_lock(&rq->lock);
	rq_update(rq, ktime_get());
	vruntime = max(current->se.vruntime, rq->min_vruntime);
	child->nice = current->nice;
	child->policy = current->policy;
	child->cpus_allowed = current->cpus_allowed;
	child->se = (struct sched_entity){
		.vruntime = vruntime,
		.weight = current->se.weight,
		.cpu = rq->cpu,
	};
	if (unlikely(current->reset_on_fork))
		child_reset(child);
	spin_unlock(&rq->lock);
	irq_restore(irq);
}

/**
 * sched_new_task - a task that sched_fork() has prepared may run from now on
 *
 * The caller has taken the scheduler's reference before (see task.refs).
 */
void sched_new_task(struct task *t)
{
	assert(t->state == TASK_RUNNING && !t->se.queued);
	task_place(t, sched_idlest_cpu(t));
}

/* ---- idle ---- */

/**
 * sched_idle_new - the idle task of @cpu, which is about to be started
 *
 * Called by the boot CPU; @cpu runs on its stack and calls smp_cpu_main().
 *
 * Return: the task, or NULL: no memory.
 */
struct task *sched_idle_new(u32 cpu)
{
	struct task *t = task_new_kernel("idle");
	struct rq *rq = &runqueues[cpu];

	if (IS_ERR(t))
		return NULL;
	t->flags |= PF_IDLE;
	t->cpus_allowed = 1ULL << cpu;
	t->se.cpu = cpu;
	t->se.on_cpu = true;
	rq->idle = t;
	rq->curr = t;
	return t;
}

/* The rest of an idle task's life. */
void sched_idle(void)
{
	struct rq *rq = this_rq();

	current->se.exec_start = ktime_get();
	for (;;) {
		irq_disable();
		if (need_resched() || !rq_is_idle(rq)) {
			irq_enable();
			schedule();
		} else {
			cpu_idle_wait();
		}
	}
}

void smp_cpu_main(void)
{
	assert(current == this_rq()->idle);
	sched_idle();
}

void sched_init(void)
{
	struct rq *rq;
	u32 cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		rq = &runqueues[cpu];
		spin_init(&rq->lock, "rq");
		rq->cpu = cpu;
		cpus[cpu].rq = rq;
	}
	rq = this_rq();
	rq->idle = &init_task;
	rq->curr = &init_task;
	this_cpu()->idle = &init_task;
	init_task.se.cpu = rq->cpu;
	init_task.se.on_cpu = true;
}
