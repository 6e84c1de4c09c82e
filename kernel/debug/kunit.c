// SPDX-License-Identifier: MIT
/* Runs the tests inside the kernel and says TAP: see kunit.h. */
#include "kernel/debug/kunit.h"
#include "kernel/debug/printk.h"
#include "kernel/mm/slab.h"

extern const struct kunit_case __kunit_start[], __kunit_end[];

void kunit_fail(struct kunit *test, const char *expr, const char *file,
		int line)
{
	test->failed = true;
	printk("# %s:%d: expected %s\n", file, line, expr);
}

/* '*' matches any text, everything else itself. */
static bool glob_match(const char *glob, const char *name)
{
	if (!*glob)
		return !*name;
	if (*glob == '*')
		return glob_match(glob + 1, name) ||
		       (*name && glob_match(glob, name + 1));
	return *glob == *name && glob_match(glob + 1, name + 1);
}

static bool wanted(const char *glob, const struct kunit_case *c)
{
	return !glob || glob_match(glob, c->name);
}

static bool run_one(const struct kunit_case *c, u32 nr)
{
	struct kunit test = { 0 };

	c->run(&test);
	printk("%sok %u %s\n", test.failed ? "not " : "", nr, c->name);
	return !test.failed;
}

void kunit_main(const char *glob)
{
	u32 plan = 0, nr = 0, failed = 0;
	const struct kunit_case *c;

	for (c = __kunit_start; c < __kunit_end; c++)
		plan += wanted(glob, c);
	printk("TAP version 13\n1..%u\n", plan);
	for (c = __kunit_start; c < __kunit_end; c++)
		if (wanted(glob, c))
			failed += !run_one(c, ++nr);
	printk("# kunit: %u run, %u failed\n", nr, failed);
	arch_exit(failed || !plan ? EXIT_FAIL : EXIT_OK);
}
