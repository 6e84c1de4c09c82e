/* SPDX-License-Identifier: MIT */
/*
 * Tests that run inside the kernel, before there is a user space:
 *
 *	KUNIT(mutex_is_fair)
 *	{
 *		KUNIT_EXPECT(mutex_trylock(&m));
 *	}
 *
 * The linker gathers the descriptors (section .kunit). "kunit" on the command
 * line runs them all, "kunit=GLOB" those whose names match; the verdict is TAP
 * on the serial line and the machine's exit code.
 */
#ifndef WARREN_KERNEL_DEBUG_KUNIT_H
#define WARREN_KERNEL_DEBUG_KUNIT_H

#include "kernel/lib/types.h"

struct kunit {
	bool failed; /* an expectation was not met */
};

struct kunit_case {
	const char *name;
	void (*run)(struct kunit *test);
};

#define KUNIT(name_)                                                           \
	static void kunit_##name_(struct kunit *test);                         \
	static const struct kunit_case kunit_case_##name_ __section(".kunit")  \
		__attribute__((used, aligned(8))) = { #name_, kunit_##name_ }; \
	static void kunit_##name_(struct kunit *test __maybe_unused)

#define KUNIT_EXPECT(cond)                                                     \
	do {                                                                   \
		if (!(cond))                                                   \
			kunit_fail(test, #cond, __FILE__, __LINE__);           \
	} while (0)

void kunit_fail(struct kunit *test, const char *expr, const char *file,
		int line);
/* A kernel thread calls this, may sleep. @glob: NULL for all. Ends the
 * machine: EXIT_OK, or EXIT_FAIL. */
void kunit_main(const char *glob) __noreturn;

#endif
