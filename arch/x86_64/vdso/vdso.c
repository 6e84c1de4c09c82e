// SPDX-License-Identifier: MIT
/*
 * System calls without the system call: a small shared library that the kernel
 * maps into each process (vdso(7)), and which tells the time from the TSC and
 * the pages of [vvar]. It is user code: it may be called by anybody, at any time,
 * and what it cannot answer it asks the kernel.
 */
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/unistd.h>

#include "arch/x86_64/vdso/vvar.h"

#define USEC_PER_SEC 1000000ULL
#define HIDDEN __attribute__((visibility("hidden")))
#define BIT_OF(clock) (1u << (clock))
#define REAL_CLOCKS                                               \
	(BIT_OF(CLOCK_REALTIME) | BIT_OF(CLOCK_REALTIME_COARSE) | \
	 BIT_OF(CLOCK_REALTIME_ALARM) | BIT_OF(CLOCK_TAI))
#define MONOTONIC_CLOCKS                                         \
	(BIT_OF(CLOCK_MONOTONIC) | BIT_OF(CLOCK_MONOTONIC_RAW) | \
	 BIT_OF(CLOCK_MONOTONIC_COARSE))
#define BOOT_CLOCKS (BIT_OF(CLOCK_BOOTTIME) | BIT_OF(CLOCK_BOOTTIME_ALARM))

/* vdso.lds says where they are: below the code. */
extern const volatile struct vvar_clock vvar_clock HIDDEN;
extern const volatile struct vvar_offsets vvar_offsets HIDDEN;

struct getcpu_cache;
int __vdso_clock_gettime(int clock, struct __kernel_timespec *ts);
int __vdso_gettimeofday(struct __kernel_old_timeval *tv, struct timezone *tz);
s64 __vdso_time(s64 *t);
long __vdso_getcpu(u32 *cpu, u32 *node, struct getcpu_cache *unused);

static long ask_kernel(long nr, long a, long b)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b)
			 : "rcx", "r11", "memory");
	return ret;
}

/* As arch_clock_ns(). The fence: not before what the program did until now. */
static u64 since_boot(void)
{
	u32 lo, hi;

	__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return (u64)(((unsigned __int128)((u64)hi << 32 | lo) -
		      vvar_clock.tsc_start) *
			     vvar_clock.tsc_mult >>
		     32);
}

int __vdso_clock_gettime(int clock, struct __kernel_timespec *ts)
{
	u32 bit = (u32)clock < 32 ? BIT_OF(clock) : 0;
	u64 ns;

	if (bit & MONOTONIC_CLOCKS)
		ns = (u64)vvar_offsets.monotonic;
	else if (bit & REAL_CLOCKS)
		ns = (u64)vvar_clock.real;
	else if (bit & BOOT_CLOCKS)
		ns = (u64)vvar_offsets.boottime;
	else
		return (int)ask_kernel(__NR_clock_gettime, clock, (long)ts);
	ns += since_boot();
	ts->tv_sec = (s64)(ns / NSEC_PER_SEC);
	ts->tv_nsec = (s64)(ns % NSEC_PER_SEC);
	return 0;
}

/* The zone is the kernel's: few ask for it. */
int __vdso_gettimeofday(struct __kernel_old_timeval *tv, struct timezone *tz)
{
	u64 us = (since_boot() + (u64)vvar_clock.real) / NSEC_PER_USEC;

	if (tz)
		return (int)ask_kernel(__NR_gettimeofday, (long)tv, (long)tz);
	if (tv) {
		tv->tv_sec = (s64)(us / USEC_PER_SEC);
		tv->tv_usec = (s64)(us % USEC_PER_SEC);
	}
	return 0;
}

s64 __vdso_time(s64 *t)
{
	u64 now = (since_boot() + (u64)vvar_clock.real) / NSEC_PER_SEC;

	if (t)
		*t = (s64)now;
	return (s64)now;
}

/* All memory is as near to one CPU as to another: there is one node. */
long __vdso_getcpu(u32 *cpu, u32 *node, struct getcpu_cache *unused)
{
	u32 limit;

	(void)unused;
	__asm__ volatile("lsll %1, %0" : "=r"(limit) : "r"((u32)CPU_SEL));
	if (cpu)
		*cpu = limit;
	if (node)
		*node = 0;
	return 0;
}

#define ALIAS(name) __attribute__((weak, alias("__vdso_" #name)))

int clock_gettime(int clock, struct __kernel_timespec *ts) ALIAS(clock_gettime);
int gettimeofday(struct __kernel_old_timeval *tv, struct timezone *tz)
	ALIAS(gettimeofday);
s64 time(s64 *t) ALIAS(time);
long getcpu(u32 *cpu, u32 *node, struct getcpu_cache *unused) ALIAS(getcpu);
