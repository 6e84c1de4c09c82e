// SPDX-License-Identifier: MIT
/*
 * Interval timers of a process: alarm(2), getitimer(2), setitimer(2).
 *
 * ITIMER_REAL is a struct timer whose function sends SIGALRM from the timer
 * interrupt; it finds the group's leader under tasklist_lock, as exec by
 * another thread changes it. The other two count CPU time: sched_tick() advances them.
 */
#include "kernel/lib/err.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

#define REARM_MIN (20 * NSEC_PER_USEC) /* a shorter interval leaves no CPU */

struct itimer_value {
	u64 interval, left; /* ns */
};

/* ---- ITIMER_REAL ---- */

static void real_timer_fire(struct timer *timer)
{
	struct signal *sig = container_of(timer, struct signal, real_timer);
	u64 interval = READ_ONCE(sig->real_interval), now, next;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	if (sig->leader)
		signal_send(sig->leader, SIGALRM, NULL, true);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	if (!interval)
		return;
	now = ktime_get();
	next = timer->deadline + interval;
	if (next <= now) /* keep the beat, skip what is missed */
		next += (now - next) / interval * interval + interval;
	timer_start(timer, max(next, now + REARM_MIN));
}

static void real_get(struct itimer_value *v)
{
	struct signal *sig = current->signal;
	u64 now = ktime_get(), deadline = READ_ONCE(sig->real_timer.deadline);

	v->interval = READ_ONCE(sig->real_interval);
	v->left = 0;
	if (timer_pending(&sig->real_timer)) /* 0 would mean "off" */
		v->left = deadline > now ? deadline - now : NSEC_PER_USEC;
}

/* The interval goes first, so that a running function does not arm again. */
static void real_set(const struct itimer_value *v)
{
	struct signal *sig = current->signal;
	u64 now = ktime_get();

	WRITE_ONCE(sig->real_interval, 0);
	timer_cancel(&sig->real_timer);
	if (!v->left)
		return;
	if (!sig->real_timer.fn)
		timer_init(&sig->real_timer, real_timer_fire);
	WRITE_ONCE(sig->real_interval, v->interval);
	timer_start(&sig->real_timer,
		    v->left > KTIME_MAX - now ? KTIME_MAX : now + v->left);
}

/* ---- CPU time ---- */

static void cpu_get(const struct itimer *it, struct itimer_value *v)
{
	u64 irq;
	struct sighand *sh = sighand_lock(current, &irq);

	v->interval = it->interval;
	v->left = it->left;
	spin_unlock_irqrestore(&sh->lock, irq);
}

static void cpu_set(struct itimer *it, const struct itimer_value *v)
{
	u64 irq;
	struct sighand *sh = sighand_lock(current, &irq);

	it->interval = v->interval;
	it->left = v->left;
	spin_unlock_irqrestore(&sh->lock, irq);
}

/* ---- the calls ---- */

static int itimer_get(int which, struct itimer_value *v)
{
	switch (which) {
	case ITIMER_REAL:
		real_get(v);
		return 0;
	case ITIMER_VIRTUAL:
		cpu_get(&current->signal->it_virt, v);
		return 0;
	case ITIMER_PROF:
		cpu_get(&current->signal->it_prof, v);
		return 0;
	default:
		return -EINVAL;
	}
}

static void itimer_set(int which, const struct itimer_value *v)
{
	if (which == ITIMER_REAL)
		real_set(v);
	else if (which == ITIMER_VIRTUAL)
		cpu_set(&current->signal->it_virt, v);
	else
		cpu_set(&current->signal->it_prof, v);
}

static int timeval_to_ns(const struct __kernel_old_timeval *tv, u64 *ns)
{
	struct __kernel_timespec ts = {
		.tv_sec = tv->tv_sec,
		.tv_nsec = tv->tv_usec * (s64)NSEC_PER_USEC,
	};

	if (tv->tv_usec < 0 || tv->tv_usec >= 1000000)
		return -EINVAL;
	return timespec_to_ns(&ts, ns);
}

static void ns_to_timeval(u64 ns, struct __kernel_old_timeval *tv)
{
	tv->tv_sec = (s64)(ns / NSEC_PER_SEC);
	tv->tv_usec = (s64)(ns % NSEC_PER_SEC / NSEC_PER_USEC);
}

static int itimer_to_user(void __user *to, const struct itimer_value *v)
{
	struct __kernel_old_itimerval it;

	ns_to_timeval(v->interval, &it.it_interval);
	ns_to_timeval(v->left, &it.it_value);
	return copy_to_user(to, &it, sizeof(it));
}

static int itimer_from_user(struct itimer_value *v, const void __user *from)
{
	struct __kernel_old_itimerval it;

	if (copy_from_user(&it, from, sizeof(it)))
		return -EFAULT;
	if (timeval_to_ns(&it.it_interval, &v->interval) ||
	    timeval_to_ns(&it.it_value, &v->left))
		return -EINVAL;
	return 0;
}

long sys_getitimer(int which, void __user *value)
{
	struct itimer_value v;
	int err = itimer_get(which, &v);

	return err ? err : itimer_to_user(value, &v);
}

/* A NULL @value stops the timer, as on Linux. */
long sys_setitimer(int which, const void __user *value, void __user *old)
{
	struct itimer_value new = {0}, was;
	int err = value ? itimer_from_user(&new, value) : 0;

	if (!err)
		err = itimer_get(which, &was);
	if (err)
		return err;
	itimer_set(which, &new);
	return old ? itimer_to_user(old, &was) : 0;
}

/* The seconds that the old alarm had left, rounded, but not down to 0. */
long sys_alarm(unsigned int seconds)
{
	struct itimer_value was, new = {.left = seconds * NSEC_PER_SEC};
	u64 left;

	real_get(&was);
	real_set(&new);
	left = (was.left + NSEC_PER_SEC / 2) / NSEC_PER_SEC;
	return (long)(was.left && !left ? 1 : left);
}

/* Declared in task.h: nothing of @sig fires after this. */
void itimers_exit(struct signal *sig)
{
	WRITE_ONCE(sig->real_interval, 0);
	timer_cancel(&sig->real_timer);
	posix_timers_exit(sig);
}
