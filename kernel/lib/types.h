/* SPDX-License-Identifier: MIT */
/*
 * Basic types and compiler helpers. Included by every file, depends on none
 * of ours. Compiles on the host as well (tests/unit).
 */
#ifndef WARREN_KERNEL_LIB_TYPES_H
#define WARREN_KERNEL_LIB_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#ifndef WARREN_HOST
typedef s64 ssize_t;
typedef s64 loff_t;
typedef int pid_t;
typedef u32 uid_t;
typedef u32 gid_t;
typedef u32 mode_t; /* file type and permission bits */
typedef u64 dev_t;  /* in Linux's st_dev encoding, see fs/inode.h MKDEV */
typedef u64 ino_t;
typedef u32 umode_t;
#else
#include <sys/types.h>
typedef u32 umode_t;
#endif

/* A pointer into user memory: only kernel/uaccess (arch.h) dereferences it. */
#ifdef WARREN_CHECK_USER /* clang: make check */
#define __user __attribute__((noderef, address_space(1)))
#else
#define __user
#endif

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define __packed __attribute__((packed))
#define __aligned(n) __attribute__((aligned(n)))
#define __noreturn __attribute__((noreturn))
#define __printf(fmt, first) __attribute__((format(printf, fmt, first)))
#define __must_check __attribute__((warn_unused_result))
#define __maybe_unused __attribute__((unused))
#define __weak __attribute__((weak))
#define __noinline __attribute__((noinline))
/* Where a call would be as large, and would cost more. */
#define __forced_inline inline __attribute__((always_inline))
/* Seldom called: the way to such a call is made small, and out of the others'. */
#define __cold __attribute__((cold))
#define __section(s) __attribute__((section(s)))

/* Documentation for the reader and for clang's -Wthread-safety. */
#define __must_hold(lock)
#define __acquires(lock)
#define __releases(lock)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BUILD_ASSERT(cond) _Static_assert(cond, #cond)
#define container_of(ptr, type, member)                                        \
	((type *)((char *)(ptr)-offsetof(type, member)))

#define min(a, b)                                                              \
	({                                                                     \
		__typeof__(a) min_a = (a);                                     \
		__typeof__(b) min_b = (b);                                     \
		min_a < min_b ? min_a : min_b;                                 \
	})
#define max(a, b)                                                              \
	({                                                                     \
		__typeof__(a) max_a = (a);                                     \
		__typeof__(b) max_b = (b);                                     \
		max_a > max_b ? max_a : max_b;                                 \
	})

/* n must be a power of two. */
#define ALIGN_UP(x, n) (((x) + ((n)-1)) & ~((__typeof__(x))(n)-1))
#define ALIGN_DOWN(x, n) ((x) & ~((__typeof__(x))(n)-1))
#define DIV_ROUND_UP(x, n) (((x) + (n)-1) / (n))

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define barrier() __asm__ volatile("" ::: "memory")

/*
 * Atomics are the compiler's own __atomic builtins; these are the three
 * shapes that the kernel uses, so that a reader meets one spelling.
 */
#define atomic_load(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define atomic_store(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define atomic_add(p, n) __atomic_add_fetch((p), (n), __ATOMIC_ACQ_REL)
#define atomic_sub(p, n) __atomic_sub_fetch((p), (n), __ATOMIC_ACQ_REL)
#define atomic_xchg(p, v) __atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL)
/* Store @new in *@p if it holds *@old; otherwise load *@p into *@old. */
#define atomic_cas(p, old, new)                                                \
	__atomic_compare_exchange_n((p), (old), (new), false, __ATOMIC_ACQ_REL,\
				    __ATOMIC_ACQUIRE)

#define NSEC_PER_SEC 1000000000ULL
#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_USEC 1000ULL

#endif
