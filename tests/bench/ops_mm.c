// SPDX-License-Identifier: MIT
/* Address spaces: mapping, touching, unmapping; fork of many dirty pages. */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "tests/bench/bench.h"

#define PAGE 4096L

static inline long map(long pages)
{
	return SYS6(mmap, 0, pages * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Small pages on every kernel, so that the counts compare. */
static long map_small(long pages)
{
	long p = map(pages);

	SYS3(madvise, p, pages * PAGE, MADV_NOHUGEPAGE);
	return p;
}

static inline long touch(long p, long pages)
{
	for (long i = 0; i < pages; i++)
		*(volatile char *)(p + i * PAGE) = 1;
	return 0;
}

static inline long unmap(long p, long pages)
{
	return SYS2(munmap, p, pages * PAGE);
}

static inline long map_touch_unmap(void)
{
	long p = map(1);

	*(volatile char *)p = 1;
	return unmap(p, 1);
}

static long fork_wait(void)
{
	long pid = SYS0(fork);

	if (!pid)
		exit_now(0);
	return pid < 0 ? pid : SYS4(wait4, pid, 0, 0, 0);
}

void group_mm(void)
{
	long p = 0, brk = SYS1(brk, 0);

	MEASURE("mmap_4k+munmap_untouched", 100, (p = map(1), unmap(p, 1)));
	MEASURE("mmap_4k+touch+munmap", 100, map_touch_unmap());
	MEASURE_WITH("mmap_4M", 20, , p = map(1000), unmap(p, 1000));
	MEASURE_WITH("touch_1000_pages", 10, p = map_small(1000),
		     touch(p, 1000), unmap(p, 1000));
	MEASURE_WITH("munmap_1000_touched_pages", 10,
		     (p = map_small(1000), touch(p, 1000)), unmap(p, 1000), );
	MEASURE_WITH("mprotect_4k", 100, p = map(1),
		     SYS3(mprotect, p, PAGE, PROT_READ), unmap(p, 1));
	MEASURE("brk_grow+shrink_4k", 100,
		(SYS1(brk, brk + PAGE), SYS1(brk, brk)));
	p = map_small(1000);
	touch(p, 1000);
	MEASURE("fork+exit+wait_1000_dirty_pages", 10, fork_wait());
}
