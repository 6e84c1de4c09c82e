// SPDX-License-Identifier: MIT
/*
 * The scheduler's tick: who had the CPU, is it somebody else's turn, and the
 * interval timers that count CPU time (setitimer(2)).
 *
 * How much CPU time a task had is known exactly (se.runtime); whether it was
 * user or system time is a sample: at each tick all that is not attributed yet goes
 * where the tick found the task. So utime + stime never exceed se.runtime.
 */
#include <linux/resource.h>

#include "kernel/task/sched_impl.h"

u64 sched_task_runtime(struct task *t)
{
	u64 irq, ns;
	struct rq *rq = task_rq_lock(t, &irq);

	if (rq->curr == t)
		rq_update(rq, ktime_get());
	ns = t->se.runtime;
	spin_unlock_irqrestore(&rq->lock, irq);
	return ns;
}

/* ---- interval timers ---- */

/* @ns have passed. True: it has expired. sighand->lock held. */
static bool itimer_advance(struct itimer *it, u64 ns)
{
	if (!it->left)
		return false;
	if (it->left > ns) {
		it->left -= ns;
		return false;
	}
	ns -= it->left;
	it->left = it->interval ? it->interval - ns % it->interval : 0;
	return true;
}

static void itimers_advance(struct task *t, u64 ns, bool from_user)
{
	struct signal *sig = t->signal;
	bool virt, prof;
	struct sighand *sh;
	u64 irq;

	if (!READ_ONCE(sig->it_virt.left) && !READ_ONCE(sig->it_prof.left))
		return;
	sh = sighand_lock(t, &irq);
	if (!sh)
		return;
	virt = from_user && itimer_advance(&sig->it_virt, ns);
	prof = itimer_advance(&sig->it_prof, ns);
	spin_unlock_irqrestore(&sh->lock, irq);
	if (virt)
		signal_send(t, SIGVTALRM, NULL, true);
	if (prof)
		signal_send(t, SIGPROF, NULL, true);
}

/* RLIMIT_CPU, in seconds: SIGXCPU each second above the soft limit, SIGKILL at
 * the hard one. Looked at when a whole second of this thread is full. */
static void cpu_limit_check(struct task *t, u64 ns)
{
	struct signal *sig = t->signal;
	u64 soft = READ_ONCE(sig->rlim[RLIMIT_CPU].cur), total;
	u64 own = t->utime + t->stime;

	if (soft == RLIM64_INFINITY ||
	    own / NSEC_PER_SEC == (own - ns) / NSEC_PER_SEC)
		return;
	total = task_group_runtime(t) / NSEC_PER_SEC;
	if (total >= READ_ONCE(sig->rlim[RLIMIT_CPU].max))
		signal_send(t, SIGKILL, NULL, true);
	else if (total >= soft)
		signal_send(t, SIGXCPU, NULL, true);
}

/* ---- accounting ---- */

static u64 unattributed(const struct task *t)
{
	u64 known = t->utime + t->stime;

	return t->se.runtime > known ? t->se.runtime - known : 0;
}

static void task_attribute(struct task *t, u64 ns, bool from_user)
{
	u64 *time = from_user ? &t->utime : &t->stime;

	WRITE_ONCE(*time, *time + ns);
}

/*
 * Of a task that never saw a tick nothing is known: user time, as on Linux.
 * Otherwise the rest goes where most of it went before.
 */
void sched_account_exit(void)
{
	struct task *t = current;
	u64 irq;

	sched_task_runtime(t); /* brings se.runtime up to date */
	irq = irq_save();
	task_attribute(t, unattributed(t), t->utime >= t->stime);
	irq_restore(irq);
}

void task_cputime(struct task *t, u64 *utime, u64 *stime)
{
	u64 user = READ_ONCE(t->utime), system = READ_ONCE(t->stime);
	u64 all = sched_task_runtime(t), rest;

	rest = all > user + system ? all - user - system : 0;
	*utime = user + (user >= system ? rest : 0);
	*stime = system + (user >= system ? 0 : rest);
}

u64 task_group_runtime(struct task *t)
{
	bool held = spin_held(&tasklist_lock);
	u64 irq = held ? 0 : spin_lock_irqsave(&tasklist_lock);
	u64 ns = t->signal->utime + t->signal->stime;
	struct task *thread;

	for_each_thread (t, thread)
		ns += sched_task_runtime(thread);
	if (!held)
		spin_unlock_irqrestore(&tasklist_lock, irq);
	return ns;
}

/* ---- the tick ---- */

/* Has curr used up its slice while somebody waits who had less? */
static bool slice_is_over(struct rq *rq)
{
	struct task *curr = rq->curr, *first = rq_first(rq);

	if (!first || (s64)(curr->se.vruntime - curr->se.slice_end) < 0)
		return false;
	return (s64)(first->se.vruntime - curr->se.vruntime) < 0;
}

/**
 * sched_tick - TICK_NS have passed, more or less, and current runs
 * @from_user: the interrupt found user code
 *
 * Context: timer interrupt.
 */
void sched_tick(bool from_user)
{
	struct rq *rq = this_rq();
	struct task *t = current;
	u64 now = ktime_get(), ns;

	if (t == rq->idle)
		return;
	spin_lock(&rq->lock);
	rq_update(rq, now);
	ns = unattributed(t);
	rq->ticks++;
	if (slice_is_over(rq))
		rq_resched(rq);
	spin_unlock(&rq->lock);
	task_attribute(t, ns, from_user);
	itimers_advance(t, ns, from_user);
	cpu_limit_check(t, ns);
	sched_balance_tick(rq);
	sched_load_tick(now);
}
