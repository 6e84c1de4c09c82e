// SPDX-License-Identifier: MIT
/* Scheduler, mutexes, wait queues and timers, with kernel threads. */
#include "kernel/debug/kunit.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/mutex.h"
#include "kernel/task/task.h"

#define THREADS 8
#define ROUNDS 2000

static struct completion finished[THREADS];
static u32 arrived[THREADS]; /* thread numbers */

static bool threads_start(void (*fn)(void *))
{
	u32 i;

	for (i = 0; i < THREADS; i++) {
		arrived[i] = i;
		completion_init(&finished[i]);
	}
	for (i = 0; i < THREADS; i++)
		if (IS_ERR(kthread_run(fn, &arrived[i], "kunit")))
			return false;
	return true;
}

static void threads_join(void)
{
	u32 i;

	for (i = 0; i < THREADS; i++)
		wait_for_completion(&finished[i]);
}

/* ---- mutexes ---- */

static DEFINE_MUTEX(counter_mutex);
static u64 counter;

static void count_under_mutex(void *arg)
{
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		mutex_lock(&counter_mutex);
		counter++;
		if (i % 8 == 0)
			sched_yield_current();
		mutex_unlock(&counter_mutex);
	}
	complete(&finished[*(u32 *)arg]);
}

KUNIT(mutex_excludes)
{
	counter = 0;
	KUNIT_EXPECT(threads_start(count_under_mutex));
	threads_join();
	KUNIT_EXPECT(counter == THREADS * ROUNDS);
	KUNIT_EXPECT(mutex_trylock(&counter_mutex));
	KUNIT_EXPECT(!mutex_trylock(&counter_mutex));
	mutex_unlock(&counter_mutex);
}

/* ---- wait queues ---- */

static struct waitq ball_waitq = WAITQ_INIT(ball_waitq);
static u32 ball;

/* Each thread waits for its number, then passes the ball on. */
static void pass_ball(void *arg)
{
	u32 me = *(u32 *)arg, i;

	for (i = 0; i < ROUNDS; i++) {
		wait_event(&ball_waitq, atomic_load(&ball) % THREADS == me);
		atomic_add(&ball, 1);
		wake_up_all(&ball_waitq);
	}
	complete(&finished[me]);
}

KUNIT(waitq_loses_no_wakeup)
{
	ball = 0;
	KUNIT_EXPECT(threads_start(pass_ball));
	threads_join();
	KUNIT_EXPECT(ball == THREADS * ROUNDS);
}

static u32 tokens;

static void take_token(void *arg)
{
	struct waiter w;

	waiter_init(&w);
	w.exclusive = true;
	for (;;) {
		u32 n = atomic_load(&tokens);

		wait_prepare(&ball_waitq, &w, TASK_UNINTERRUPTIBLE);
		if (n && atomic_cas(&tokens, &n, n - 1))
			break;
		if (!atomic_load(&tokens))
			schedule();
	}
	wait_finish(&ball_waitq, &w);
	complete(&finished[*(u32 *)arg]);
}

KUNIT(waitq_exclusive_wakes_one_each)
{
	u32 i;

	tokens = 0;
	KUNIT_EXPECT(threads_start(take_token));
	for (i = 0; i < THREADS; i++) {
		atomic_add(&tokens, 1);
		wake_up(&ball_waitq);
	}
	threads_join();
	KUNIT_EXPECT(!tokens);
}

/* ---- time ---- */

static s64 nap(s64 ns)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(ns);
}

static void nap_often(void *arg)
{
	u32 me = *(u32 *)arg, i;

	for (i = 0; i < 50; i++)
		nap((s64)((me + 1) * 100 * NSEC_PER_USEC));
	complete(&finished[me]);
}

KUNIT(timers_fire_not_early)
{
	u64 start = ktime_get();

	KUNIT_EXPECT(nap(5 * NSEC_PER_MSEC) == 0);
	KUNIT_EXPECT(ktime_get() - start >= 5 * NSEC_PER_MSEC);
	start = ktime_get();
	KUNIT_EXPECT(threads_start(nap_often));
	threads_join();
	KUNIT_EXPECT(ktime_get() - start >= 50 * THREADS * 100 * NSEC_PER_USEC);
}

static void count_fires(struct timer *t);
static struct timer fire_timer = {.fn = count_fires};
static u32 fires;

static void count_fires(struct timer *t)
{
	atomic_add(&fires, 1);
	timer_start(t, ktime_get() + 50 * NSEC_PER_USEC);
}

KUNIT(timer_cancel_is_final)
{
	u32 i, seen;

	for (i = 0; i < 50; i++) {
		timer_start(&fire_timer, ktime_get());
		nap(NSEC_PER_MSEC / 4);
		timer_cancel(&fire_timer);
		seen = fires;
		nap(NSEC_PER_MSEC / 4);
		if (timer_pending(&fire_timer) || fires != seen)
			break;
	}
	KUNIT_EXPECT(i == 50);
	KUNIT_EXPECT(fires >= 50);
}

/* ---- sharing the CPUs ---- */

static u64 spent[THREADS];

static void spin_a_while(void *arg)
{
	u32 me = *(u32 *)arg;
	u64 end = ktime_get() + 80 * NSEC_PER_MSEC;

	while (ktime_get() < end)
		cond_resched();
	spent[me] = sched_task_runtime(current);
	complete(&finished[me]);
}

KUNIT(sched_is_fair)
{
	u64 least = ~0ULL, most = 0;
	u32 i;

	KUNIT_EXPECT(threads_start(spin_a_while));
	threads_join();
	for (i = 0; i < THREADS; i++) {
		least = min(least, spent[i]);
		most = max(most, spent[i]);
	}
	KUNIT_EXPECT(least > 0);
	KUNIT_EXPECT(nr_cpus > 1 || most < 3 * least);
}

static void hop(void *arg)
{
	u32 cpu, i;

	for (i = 0; i < 20; i++) {
		for (cpu = 0; cpu < nr_cpus; cpu++) {
			sched_set_affinity(current, 1ULL << cpu);
			if (this_cpu()->id != cpu)
				return; /* never completes: the test hangs */
		}
	}
	complete(&finished[*(u32 *)arg]);
}

KUNIT(sched_affinity_moves_at_once)
{
	KUNIT_EXPECT(sched_set_affinity(current, 0) == -EINVAL);
	KUNIT_EXPECT(threads_start(hop));
	threads_join();
}

/* ---- the end of threads ---- */

static void task_slab_count(const struct slab *s, void *arg)
{
	if (!strcmp(s->name, "task"))
		*(s64 *)arg = slab_live(s);
}

static s64 tasks_live(void)
{
	s64 n = -1;

	slab_for_each(task_slab_count, &n);
	return n;
}

static void end_at_once(void *arg)
{
	complete(&finished[*(u32 *)arg]);
}

KUNIT(threads_are_freed)
{
	s64 before;
	u32 i;

	nap(5 * NSEC_PER_MSEC); /* those of other tests end */
	before = tasks_live();
	for (i = 0; i < 50; i++) {
		KUNIT_EXPECT(threads_start(end_at_once));
		threads_join();
	}
	nap(5 * NSEC_PER_MSEC);
	KUNIT_EXPECT(before > 0);
	KUNIT_EXPECT(tasks_live() == before);
}
