// SPDX-License-Identifier: MIT
/*
 * Sharing the work among CPUs, and telling how much there is.
 *
 * A task starts on the CPU with least to do, and wakes where it slept unless
 * that CPU is busy and another one idle. A CPU with nothing to do takes a
 * waiting task from the busiest; the tick of a busy CPU wakes an idle one to do
 * so. Queue lengths are read without locks: a wrong guess costs time only.
 */
#include "kernel/task/sched_impl.h"

static u32 busy(u32 cpu)
{
	return READ_ONCE(runqueues[cpu].nr);
}

/* Any CPU that @t may use; affinity masks always have one that is online. */
static u32 cpu_allowed(const struct task *t, u32 home)
{
	u32 cpu;

	if (task_may_use(t, home))
		return home;
	for (cpu = 0; cpu < nr_cpus; cpu++)
		if (task_may_use(t, cpu))
			return cpu;
	return home;
}

u32 sched_select_other(const struct task *t, u32 home)
{
	u32 cpu;

	home = cpu_allowed(t, home);
	if (nr_cpus == 1 || !busy(home))
		return home;
	for (cpu = 0; cpu < nr_cpus; cpu++)
		if (!busy(cpu) && task_may_use(t, cpu))
			return cpu;
	return home;
}

/* This CPU if it is as good as any: its caches know the parent's data. */
u32 sched_idlest_cpu(const struct task *t)
{
	u32 cpu, best = cpu_allowed(t, this_cpu()->id);

	for (cpu = 0; cpu < nr_cpus; cpu++)
		if (task_may_use(t, cpu) && busy(cpu) < busy(best))
			best = cpu;
	return best;
}

static struct rq *busiest_but(const struct rq *rq)
{
	struct rq *best = NULL;
	u32 cpu, most = rq->nr + 1;

	for (cpu = 0; cpu < nr_cpus; cpu++) {
		if (cpu == rq->cpu || busy(cpu) <= most)
			continue;
		most = busy(cpu);
		best = &runqueues[cpu];
	}
	return best;
}

/* Take one task that waits on @from. Both locks are held. */
static void task_steal(struct rq *from, struct rq *to)
{
	struct task *t = rq_first(from);

	while (t && !task_may_use(t, to->cpu))
		t = rq_after(from, t);
	if (!t)
		return;
	rq_remove(from, t);
	WRITE_ONCE(from->nr, from->nr - 1);
	rq_move(from, to, t);
	rq_insert(to, t);
	WRITE_ONCE(to->nr, to->nr + 1);
}

/*
 * The other lock is only tried, as the order of the two is by CPU. prev, put on
 * this queue but still on its stack, is safe: rq->lock is held until it is off.
 */
void sched_pull(struct rq *rq)
{
	struct rq *from = busiest_but(rq);

	assert_held(&rq->lock);
	if (!from || !spin_trylock(&from->lock))
		return;
	task_steal(from, rq);
	spin_unlock(&from->lock);
}

/* Someone waits here: let an idle CPU come and take him. */
static void idle_cpu_kick(const struct rq *rq)
{
	struct rq *other;
	u32 cpu;

	for (cpu = 0; cpu < nr_cpus; cpu++) {
		other = &runqueues[cpu];
		if (other == rq || !rq_is_idle(other))
			continue;
		spin_lock(&other->lock);
		rq_resched(other);
		spin_unlock(&other->lock);
		return;
	}
}

void sched_balance_tick(struct rq *rq)
{
	if (nr_cpus == 1)
		return;
	if (READ_ONCE(rq->nr) > 1) {
		idle_cpu_kick(rq);
		return;
	}
	if (rq->ticks % 16)
		return;
	spin_lock(&rq->lock);
	sched_pull(rq);
	spin_unlock(&rq->lock);
}

/* ---- how much is there to do ---- */

u32 sched_nr_running(void)
{
	u32 cpu, n = 0;

	for (cpu = 0; cpu < nr_cpus; cpu++)
		n += busy(cpu);
	return n;
}

u64 sched_ctxt_switches(void)
{
	u64 n = 0;
	u32 cpu;

	for (cpu = 0; cpu < nr_cpus; cpu++)
		n += READ_ONCE(runqueues[cpu].switches);
	return n;
}

u64 sched_idle_ns(u32 cpu)
{
	struct rq *rq = &runqueues[cpu];

	return rq->idle ? sched_task_runtime(rq->idle) : 0;
}

/*
 * The load average: every 5 s each of three averages moves towards the number
 * of tasks that run or sleep uninterruptibly. 11 bits are the fraction. Without a
 * tick nothing runs, so what ticks have missed counts as nothing to do.
 */
#define LOAD_PERIOD (5 * NSEC_PER_SEC)
#define LOAD_ONE 2048u
#define LOAD_MISSED_MAX 2000u /* then everything has decayed */

static const u32 load_decay[3] = {1884, 2014, 2037}; /* 1, 5, 15 minutes */
static DEFINE_SPINLOCK(load_lock); /* irqsave, leaf */
static u64 load_next = LOAD_PERIOD; /* load_lock */
static u32 load_avg[3]; /* load_lock */

static u32 load_active(void)
{
	s64 n = 0;
	u32 cpu;

	for (cpu = 0; cpu < nr_cpus; cpu++)
		n += busy(cpu) + READ_ONCE(runqueues[cpu].nr_blocked);
	return n < 0 ? 0 : (u32)n;
}

static void load_step(u32 active)
{
	u32 i;

	for (i = 0; i < 3; i++) {
		u64 load = (u64)load_avg[i] * load_decay[i] +
			   (u64)active * LOAD_ONE * (LOAD_ONE - load_decay[i]);

		/* Round up while it rises, or it would never arrive. */
		if (active * LOAD_ONE >= load_avg[i])
			load += LOAD_ONE - 1;
		load_avg[i] = (u32)(load / LOAD_ONE);
	}
}

static void load_catch_up(u64 now, u32 active) __must_hold(load_lock)
{
	u64 missed;

	if (now < load_next)
		return;
	missed = (now - load_next) / LOAD_PERIOD;
	load_next += (missed + 1) * LOAD_PERIOD;
	for (missed = min(missed, (u64)LOAD_MISSED_MAX); missed; missed--)
		load_step(0);
	load_step(active);
}

void sched_load_tick(u64 now)
{
	if (now < READ_ONCE(load_next) || !spin_trylock(&load_lock))
		return;
	load_catch_up(now, load_active());
	spin_unlock(&load_lock);
}

void sched_loadavg(u32 avg[3])
{
	u64 irq = spin_lock_irqsave(&load_lock);
	u32 i;

	load_catch_up(ktime_get(), load_active());
	for (i = 0; i < 3; i++)
		avg[i] = load_avg[i];
	spin_unlock_irqrestore(&load_lock, irq);
}
