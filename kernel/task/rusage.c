// SPDX-License-Identifier: MIT
/*
 * What processes have used. Threads that are gone have left their sums in
 * struct signal, reaped children in its c... members; live threads are asked.
 * All under tasklist_lock, so that no thread is counted twice or not at all.
 */
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/task/rusage.h"
#include "kernel/task/task.h"

struct usage {
	u64 utime, stime, min_flt, maj_flt, nvcsw, nivcsw;
};

static void add_thread(struct usage *u, struct task *t)
{
	u64 utime, stime;

	task_cputime(t, &utime, &stime);
	u->utime += utime;
	u->stime += stime;
	u->min_flt += t->min_flt;
	u->maj_flt += t->maj_flt;
	u->nvcsw += READ_ONCE(t->nvcsw);
	u->nivcsw += READ_ONCE(t->nivcsw);
}

static void add_group(struct usage *u, struct task *t)
{
	const struct signal *sig = t->signal;
	struct task *thread;

	u->utime += sig->utime;
	u->stime += sig->stime;
	u->min_flt += sig->min_flt;
	u->maj_flt += sig->maj_flt;
	u->nvcsw += sig->nvcsw;
	u->nivcsw += sig->nivcsw;
	for_each_thread(t, thread)
		add_thread(u, thread);
}

static void add_children(struct usage *u, const struct signal *sig)
{
	u->utime += sig->cutime;
	u->stime += sig->cstime;
	u->min_flt += sig->cmin_flt;
	u->maj_flt += sig->cmaj_flt;
}

static struct __kernel_old_timeval timeval_of(u64 ns)
{
	struct __kernel_old_timeval tv = {
		.tv_sec = (__kernel_long_t)(ns / NSEC_PER_SEC),
		.tv_usec = (__kernel_long_t)(ns % NSEC_PER_SEC /
					     NSEC_PER_USEC),
	};

	return tv;
}

/* The most memory that it had, in KiB; of a zombie it is not known any more.
 * task.lock is not taken inside tasklist_lock: the latter is an interrupt's. */
static long max_rss(struct task *t)
{
	u64 pages = 0;

	spin_lock(&t->lock);
	if (t->mm)
		pages = t->mm->hiwater_rss;
	spin_unlock(&t->lock);
	return (long)(pages * PAGE_SIZE / 1024);
}

void task_rusage(struct task *t, int who, struct rusage *ru)
{
	bool held = spin_held(&tasklist_lock);
	u64 irq = held ? 0 : spin_lock_irqsave(&tasklist_lock);
	struct usage u = { 0 };

	if (who == RUSAGE_THREAD)
		add_thread(&u, t);
	if (who == RUSAGE_SELF || who == RUSAGE_OF_BOTH)
		add_group(&u, t);
	if (who == RUSAGE_CHILDREN || who == RUSAGE_OF_BOTH)
		add_children(&u, t->signal);
	if (!held)
		spin_unlock_irqrestore(&tasklist_lock, irq);
	memset(ru, 0, sizeof(*ru));
	ru->ru_utime = timeval_of(u.utime);
	ru->ru_stime = timeval_of(u.stime);
	ru->ru_minflt = (long)u.min_flt;
	ru->ru_majflt = (long)u.maj_flt;
	ru->ru_nvcsw = (long)u.nvcsw;
	ru->ru_nivcsw = (long)u.nivcsw;
	if (!held && who != RUSAGE_CHILDREN)
		ru->ru_maxrss = max_rss(t);
}
