// SPDX-License-Identifier: MIT
/*
 * POSIX timers: timer_create(2) and its family.
 *
 * A timer belongs to a process (signal->posix_timers). It owns the queue entry
 * of its signal, so that expiring, in the timer interrupt, allocates nothing;
 * the entry is queued once at most, what expires meanwhile is an overrun.
 *
 * On a clock of wall time the struct timer is set for the expiry itself. A CPU
 * time clock cannot be waited for: the struct timer looks again when it may be
 * so far at the earliest, that is if all CPUs worked for the process.
 *
 * Locks: posix_timer_mutex serialises the system calls and protects the lists,
 * which change under sighand->lock, too; posix_timer.lock (irqsave) is for what
 * the interrupt shares with the calls. Order: mutex > timer.lock > timer base;
 * signals are sent without timer.lock.
 */
#include "kernel/debug/why.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/err.h"
#include "kernel/sys/posix_timer.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/mutex.h"

#define ID_MAX 0x7fffffff

static DEFINE_MUTEX(posix_timer_mutex);

/* Stop it; afterwards its function does not run. */
static void posix_timer_stop(struct posix_timer *pt)
{
	u64 irq = spin_lock_irqsave(&pt->lock);

	pt->active = false;
	spin_unlock_irqrestore(&pt->lock, irq);
	timer_cancel(&pt->timer);
}

/* ---- making and deleting ---- */

static struct posix_timer *posix_timer_find(int id)
{
	struct posix_timer *pt;

	assert(mutex_held(&posix_timer_mutex));
	list_for_each_entry (pt, &current->signal->posix_timers, link)
		if (pt->id == id)
			return pt;
	return NULL;
}

/* What timer_create() has put together, perhaps in part. Not in a list. */
static void posix_timer_free(struct posix_timer *pt)
{
	pid_put(pt->target);
	if (pt->cpu_task)
		task_put(pt->cpu_task);
	sigqueue_free(pt->q);
	kfree(pt);
}

static void posix_timer_delete(struct posix_timer *pt)
{
	u64 irq;
	struct sighand *sh = sighand_lock(current, &irq);

	list_del(&pt->link);
	if (sh)
		spin_unlock_irqrestore(&sh->lock, irq);
	posix_timer_stop(pt);
	signal_cancel_prealloc(current, pt->q);
	posix_timer_free(pt);
}

/* Is @clockid one that timers take? CPU time: whose, counted, to @pt. */
static int clock_check(struct posix_timer *pt, int clockid)
{
	u64 now;

	switch (clockid) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
		return 0;
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:
		if (capable(CAP_WAKE_ALARM))
			return 0;
		return why(-EPERM, "timer_create: alarm clocks need "
				   "CAP_WAKE_ALARM");
	default:
		if (clock_read(clockid, &now))
			return -EINVAL;
		pt->cpu_task = clock_task_get(clockid, &pt->cpu_thread);
		return pt->cpu_task ? 0 : -EOPNOTSUPP;
	}
}

/* Whom to notify, and how. */
static int event_check(struct posix_timer *pt, const struct sigevent *ev)
{
	struct task *t;

	pt->notify = ev->sigev_notify;
	switch (ev->sigev_notify) {
	case SIGEV_NONE:
		return 0;
	case SIGEV_SIGNAL | SIGEV_THREAD_ID:
		t = task_find_get(task_active_pid_ns(current),
				  ev->_sigev_un._tid);
		if (t && same_thread_group(t, current))
			pt->target = pid_get(t->pid);
		if (t)
			task_put(t);
		if (!pt->target)
			return -EINVAL;
		break;
	case SIGEV_SIGNAL:
	case SIGEV_THREAD: /* libc's own affair: for the kernel a signal */
		break;
	default:
		return -EINVAL;
	}
	return ev->sigev_signo < 1 || ev->sigev_signo > _NSIG ? -EINVAL : 0;
}

static int posix_timer_fill(struct posix_timer *pt, int clockid,
			    const struct sigevent *ev)
{
	int err = clock_check(pt, clockid);

	if (!err)
		err = event_check(pt, ev);
	if (err)
		return err;
	pt->q = sigqueue_new(current, true);
	if (!pt->q)
		return -EAGAIN;
	pt->q->prealloc = true;
	pt->q->info = (struct kernel_siginfo){
		.si_signo = ev->sigev_signo,
		.si_code = SI_TIMER,
		.addr = (u64)ev->sigev_value.sival_ptr,
	};
	pt->clockid = clockid;
	pt->signal = current->signal;
	spin_init(&pt->lock, "posix timer");
	timer_init(&pt->timer, posix_timer_fire);
	return 0;
}

/* The next id that is free; ids are not used again soon. -EAGAIN: none. */
static int id_next(struct signal *sig)
{
	int first = sig->next_timer_id, id;

	do {
		id = sig->next_timer_id;
		sig->next_timer_id = id == ID_MAX ? 0 : id + 1;
		if (!posix_timer_find(id))
			return id;
	} while (sig->next_timer_id != first);
	return -EAGAIN;
}

/* Into the process's list; its id, or an error. */
static int posix_timer_publish(struct posix_timer *pt, bool value_is_id,
			       int __user *uid)
{
	struct sighand *sh;
	u64 irq;

	mutex_lock(&posix_timer_mutex);
	pt->id = id_next(current->signal);
	if (pt->id >= 0 && put_user(pt->id, uid))
		pt->id = -EFAULT;
	if (pt->id >= 0) {
		pt->q->info.timer_id = pt->id;
		if (value_is_id)
			pt->q->info.addr = (u64)pt->id;
		sh = sighand_lock(current, &irq);
		list_add_tail(&pt->link, &current->signal->posix_timers);
		spin_unlock_irqrestore(&sh->lock, irq);
	}
	mutex_unlock(&posix_timer_mutex);
	return pt->id;
}

long sys_timer_create(int clockid, void __user *event, int __user *uid)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGALRM};
	struct posix_timer *pt;
	int err;

	if (event && copy_from_user(&ev, event, sizeof(ev)))
		return -EFAULT;
	pt = kzalloc(sizeof(*pt));
	if (!pt)
		return -EAGAIN;
	err = posix_timer_fill(pt, clockid, &ev);
	if (!err)
		err = posix_timer_publish(pt, !event, uid);
	if (err < 0)
		posix_timer_free(pt);
	return min(err, 0);
}

long sys_timer_delete(int id)
{
	struct posix_timer *pt;

	mutex_lock(&posix_timer_mutex);
	pt = posix_timer_find(id);
	if (pt)
		posix_timer_delete(pt);
	mutex_unlock(&posix_timer_mutex);
	return pt ? 0 : -EINVAL;
}

/* Declared in task.h: exec, or the end of the process. */
void posix_timers_exit(struct signal *sig)
{
	mutex_lock(&posix_timer_mutex);
	while (!list_empty(&sig->posix_timers))
		posix_timer_delete(list_first(&sig->posix_timers,
					      struct posix_timer, link));
	mutex_unlock(&posix_timer_mutex);
}

/* ---- setting and reading ---- */

static void posix_timer_read(struct posix_timer *pt,
			     struct __kernel_itimerspec *its)
{
	u64 irq = spin_lock_irqsave(&pt->lock), now = posix_timer_now(pt),
	    left = 0;

	if (pt->active) /* 0 would mean "not armed" */
		left = pt->deadline > now ? pt->deadline - now : 1;
	its->it_interval = ns_to_timespec(pt->interval);
	its->it_value = ns_to_timespec(left);
	spin_unlock_irqrestore(&pt->lock, irq);
}

static void posix_timer_set(struct posix_timer *pt, u64 value, u64 interval,
			    bool absolute)
{
	u64 irq;

	posix_timer_stop(pt);
	irq = spin_lock_irqsave(&pt->lock);
	pt->interval = interval;
	if (value && absolute)
		pt->deadline = clock_to_ktime(pt->clockid, value);
	else
		pt->deadline = ktime_add(posix_timer_now(pt), value);
	if (value) {
		pt->active = true;
		posix_timer_arm(pt);
	}
	spin_unlock_irqrestore(&pt->lock, irq);
}

static int itimerspec_from_user(u64 *value, u64 *interval,
				const struct __kernel_itimerspec __user *from)
{
	struct __kernel_itimerspec its;

	if (copy_from_user(&its, from, sizeof(its)))
		return -EFAULT;
	if (timespec_to_ns(&its.it_interval, interval) ||
	    timespec_to_ns(&its.it_value, value))
		return -EINVAL;
	return 0;
}

long sys_timer_settime(int id, int flags,
		       const struct __kernel_itimerspec __user *new,
		       struct __kernel_itimerspec __user *old)
{
	struct __kernel_itimerspec was;
	struct posix_timer *pt;
	u64 value, interval;
	int err;

	if (!new)
		return -EINVAL;
	err = itimerspec_from_user(&value, &interval, new);
	if (err)
		return err;
	mutex_lock(&posix_timer_mutex);
	pt = posix_timer_find(id);
	if (pt) {
		posix_timer_read(pt, &was);
		posix_timer_set(pt, value, interval, flags & TIMER_ABSTIME);
	}
	mutex_unlock(&posix_timer_mutex);
	if (!pt)
		return -EINVAL;
	return old ? copy_to_user(old, &was, sizeof(was)) : 0;
}

long sys_timer_gettime(int id, struct __kernel_itimerspec __user *cur)
{
	struct __kernel_itimerspec its;
	struct posix_timer *pt;

	mutex_lock(&posix_timer_mutex);
	pt = posix_timer_find(id);
	if (pt)
		posix_timer_read(pt, &its);
	mutex_unlock(&posix_timer_mutex);
	if (!pt)
		return -EINVAL;
	return copy_to_user(cur, &its, sizeof(its));
}

/* Of the signal delivered last: the queued one is not delivered yet. */
long sys_timer_getoverrun(int id)
{
	struct posix_timer *pt;
	long overrun = -EINVAL;

	mutex_lock(&posix_timer_mutex);
	pt = posix_timer_find(id);
	if (pt)
		overrun = list_empty(&pt->q->link) ? pt->q->info.status
						   : pt->overrun_last;
	mutex_unlock(&posix_timer_mutex);
	return overrun;
}
