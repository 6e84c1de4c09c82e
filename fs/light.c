// SPDX-License-Identifier: MIT
/* Waiting for light walks: see light.h. */
#include "fs/light.h"
#include "kernel/debug/checks.h"

struct tree_changes tree_changes;

/**
 * light_wait - let the light walks end that go on on other CPUs
 *
 * Context: the caller has taken what it will free out of the hash and off its
 * parent. No spinlock is held: a walk could be waiting for it.
 */
void light_wait(void)
{
	const struct cpu *me = this_cpu();
	struct cpu *c;

	if (nr_cpus == 1)
		return;
	if (DEBUG_CHECKS)
		lock_check_sleep();
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* unhashed first, then look */
	for_each_cpu(c) {
		u32 walks = atomic_load(&c->walks);

		while (c != me && walks & 1 && atomic_load(&c->walks) == walks)
			cpu_relax();
	}
}
