/* SPDX-License-Identifier: MIT */
/*
 * What the groups of operations share: system calls without a libc between
 * them and the kernel, the clock, and the loop that measures.
 *
 * The clock is the TSC. Under `qemu -icount shift=0` it counts guest
 * instructions, exactly; else it is the host's time. Each sample is one
 * operation, between rdtsc and rdtsc; what those two cost is subtracted.
 */
#ifndef WARREN_TESTS_BENCH_BENCH_H
#define WARREN_TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

#define MAX_SAMPLES 1024

/*
 * A long NOP with a tag in its displacement, which tests/bench/count.c sees
 * and a CPU does not: profiles count what lies between BEGIN and END.
 */
#define TAG_START 0x4e530001 /* main() */
#define TAG_BEGIN 0x4e530020
#define TAG_END 0x4e530021
#define TAG_FIRST 0x4e530022 /* after the warm-up: forget what was counted */
#define MARK(tag)                                                          \
	__asm__ volatile(".byte 0x0f,0x1f,0x84,0x00\n.long %c0" ::"i"(tag) \
			 : "memory")

static inline uint64_t tsc(void)
{
	uint64_t t;

	__asm__ volatile("rdtsc; shl $32, %%rdx; or %%rdx, %%rax"
			 : "=a"(t)::"rdx", "memory");
	return t;
}

static inline long call3(long nr, long a, long b, long c)
{
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return r;
}

static inline long call6(long nr, long a, long b, long c, long d, long e,
			 long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return r;
}

#define SYS0(n) call3(SYS_##n, 0, 0, 0)
#define SYS1(n, a) call3(SYS_##n, (long)(a), 0, 0)
#define SYS2(n, a, b) call3(SYS_##n, (long)(a), (long)(b), 0)
#define SYS3(n, a, b, c) call3(SYS_##n, (long)(a), (long)(b), (long)(c))
#define SYS4(n, a, b, c, d) \
	call6(SYS_##n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS6(n, a, b, c, d, e, f)                                             \
	call6(SYS_##n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), \
	      (long)(f))

/* ---- measuring: bench.c ----------------------------------------------------- */

bool measure_wanted(
	const char *name); /* only=NAME may have asked for another */
void measure_sample(uint64_t ticks);
/* Print and forget the samples; or the error, if @r is one. */
void measure_end(const char *name, long r);
void say_value(const char *name, long long value);
void say_error(const char *name, long err);
const char *name_of(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * @n samples of @what after a warm-up; @before and @after are not measured.
 * An error ends it and is what is reported.
 */
#define MEASURE_WITH(name, n, before, what, after)                 \
	do {                                                       \
		const char *m_name = (name);                       \
		long m_r = 0;                                      \
		uint64_t m_a, m_b;                                 \
		if (!measure_wanted(m_name))                       \
			break;                                     \
		for (int m_i = -((n) / 8 + 2); m_i < (n); m_i++) { \
			before;                                    \
			if (!m_i)                                  \
				MARK(TAG_FIRST);                   \
			m_a = tsc();                               \
			MARK(TAG_BEGIN);                           \
			m_r = (what);                              \
			MARK(TAG_END);                             \
			m_b = tsc();                               \
			after;                                     \
			if (m_r < 0)                               \
				break;                             \
			if (m_i >= 0)                              \
				measure_sample(m_b - m_a);         \
		}                                                  \
		measure_end(m_name, m_r);                          \
	} while (0)
#define MEASURE(name, n, what) MEASURE_WITH(name, n, , what, )

/* @n samples of fn(@arg), each the first thing that a new child does. */
void measure_in_child(const char *name, int n, long (*fn)(long), long arg);

/* ---- the types -------------------------------------------------------------- */

struct ns_type {
	const char *name;
	unsigned long flag;
};
enum { UTS, IPC, MNT, PID, NET, USER, CGROUP, TIME, NR_TYPES };
extern const struct ns_type types[NR_TYPES];
#define ALL_BUT_TIME                                                \
	(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWPID | \
	 CLONE_NEWNET | CLONE_NEWUSER | CLONE_NEWCGROUP)

/* ---- children: bench.c ------------------------------------------------------ */

void wait_for(long pid);
void exit_now(int status) __attribute__((noreturn));
void sleep_ms(long ms);

/* A child that waits in namespaces of its own until it is told to end. */
struct burrow {
	long pid; /* -errno: it could not make them */
	int pipe;
};
struct burrow burrow_open(unsigned long flags);
void burrow_close(struct burrow *b);
long open_ns(const char *who, const char *type); /* /proc/WHO/ns/TYPE */
/* A namespace of type @t of somebody else. */
long burrow_ns(const struct burrow *b, int t);

/* ---- the groups ------------------------------------------------------------- */

void group_cpu(void); /* ops_cpu.c: the way in and out, little calls */
void group_ns(void); /* ops_ns.c: the files of namespaces */
void group_setns(void); /* ops_ns.c */
void group_unshare(void); /* ops_life.c */
void group_proc(void); /* ops_life.c: fork, exec, exit, pipes */
void group_fs(void); /* ops_fs.c */
void group_mm(void); /* ops_mm.c */
void group_scale(void); /* ops_mem.c: growth with live namespaces */
void group_bind(void); /* ops_mem.c: and with mounts */
void group_smp(void); /* ops_smp.c: sixteen tasks at once */
/* ops_mem.c: bytes of each live thing of kind @kind, a fresh boot for each */
bool group_mem(const char *kind);

#endif
