// SPDX-License-Identifier: MIT
/* What light walks and those who free rely on: fs/light.h. */
#include "fs/light.h"
#include "kernel/debug/kunit.h"
#include "kernel/lib/err.h"
#include "kernel/task/task.h"

#define ROUNDS 50

static u32 inside, left; /* the last walk that began, and that ended */
static u32 seen;	 /* by who waited */
static struct completion walked;

static void walk_often(void *unused)
{
	(void)unused;
	for (u32 i = 1; i <= ROUNDS; i++) {
		u64 end = ktime_get() + 100 * NSEC_PER_USEC;

		light_enter();
		atomic_store(&inside, i);
		while (ktime_get() < end)
			cpu_relax();
		atomic_store(&left, i);
		light_leave();
		while (atomic_load(&seen) < i)
			sched_yield_current();
	}
	complete(&walked);
}

KUNIT(light_wait_outlasts_the_walk)
{
	completion_init(&walked);
	inside = left = seen = 0;
	KUNIT_EXPECT(!IS_ERR(kthread_run(walk_often, NULL, "kunit")));
	for (u32 i = 1; i <= ROUNDS; i++) {
		while (atomic_load(&inside) < i)
			sched_yield_current();
		light_wait();
		KUNIT_EXPECT(atomic_load(&left) == i);
		atomic_store(&seen, i);
	}
	wait_for_completion(&walked);
}

KUNIT(tree_changes_are_seen)
{
	u32 before, during, after;

	KUNIT_EXPECT(!tree_is_changing(&before));
	KUNIT_EXPECT(!tree_has_changed(before));
	tree_change_begin();
	KUNIT_EXPECT(tree_is_changing(&during));
	KUNIT_EXPECT(tree_has_changed(before));
	tree_change_begin(); /* another CPU's */
	tree_change_end();
	KUNIT_EXPECT(tree_is_changing(&during));
	tree_change_end();
	KUNIT_EXPECT(!tree_is_changing(&after));
	KUNIT_EXPECT(tree_has_changed(before) && !tree_has_changed(after));
}
