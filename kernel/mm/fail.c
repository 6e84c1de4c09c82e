// SPDX-License-Identifier: MIT
/*
 * Fault injection: make the Nth allocation of a task fail, so that a test can
 * walk through every error path of a system call. The countdown is the
 * task's own (task.fail_nth); a task that never asked costs one test of a
 * global.
 */
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

bool alloc_fail_on;

/* The @n-th allocation from now on by current fails, once; 0: none does. */
void alloc_fail_at(u64 n)
{
	current->fail_nth = n;
	if (n)
		WRITE_ONCE(alloc_fail_on, true);
}

/* Is this the one? Counts. */
bool alloc_should_fail(void)
{
	struct task *t = current;

	if (!t || !t->fail_nth)
		return false;
	return --t->fail_nth == 0;
}
