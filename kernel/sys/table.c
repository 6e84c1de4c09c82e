// SPDX-License-Identifier: MIT
/*
 * The system call table, made from syscalls.def: for each call a trampoline
 * that takes its arguments from the registers in their own types, its name and
 * its number of arguments. entry.asm calls through the table.
 */
#include "kernel/debug/trace.h"
#include "kernel/lib/string.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/seccomp.h"
#include "kernel/task/task.h"

#define A0 SYSCALL_ARG0(r)
#define A1 SYSCALL_ARG1(r)
#define A2 SYSCALL_ARG2(r)
#define A3 SYSCALL_ARG3(r)
#define A4 SYSCALL_ARG4(r)
#define A5 SYSCALL_ARG5(r)
#define TRAMPOLINE(name, ...)                                                  \
	static long call_##name(const struct regs *r __maybe_unused)           \
	{                                                                      \
		return sys_##name(__VA_ARGS__);                                \
	}

#define SYSCALL0(nr, name) TRAMPOLINE(name)
#define SYSCALL1(nr, name, t1, n1) TRAMPOLINE(name, (t1)A0)
#define SYSCALL2(nr, name, t1, n1, t2, n2) TRAMPOLINE(name, (t1)A0, (t2)A1)
#define SYSCALL3(nr, name, t1, n1, t2, n2, t3, n3)                             \
	TRAMPOLINE(name, (t1)A0, (t2)A1, (t3)A2)
#define SYSCALL4(nr, name, t1, n1, t2, n2, t3, n3, t4, n4)                     \
	TRAMPOLINE(name, (t1)A0, (t2)A1, (t3)A2, (t4)A3)
#define SYSCALL5(nr, name, t1, n1, t2, n2, t3, n3, t4, n4, t5, n5)             \
	TRAMPOLINE(name, (t1)A0, (t2)A1, (t3)A2, (t4)A3, (t5)A4)
#define SYSCALL6(nr, name, t1, n1, t2, n2, t3, n3, t4, n4, t5, n5, t6, n6)     \
	TRAMPOLINE(name, (t1)A0, (t2)A1, (t3)A2, (t4)A3, (t5)A4, (t6)A5)
#include "kernel/sys/syscalls.def"
#include "kernel/sys/syscall_undef.h"

#define SYSCALL0(nr, name) [nr] = call_##name,
#define SYSCALL1(nr, name, ...) [nr] = call_##name,
#define SYSCALL2(nr, name, ...) [nr] = call_##name,
#define SYSCALL3(nr, name, ...) [nr] = call_##name,
#define SYSCALL4(nr, name, ...) [nr] = call_##name,
#define SYSCALL5(nr, name, ...) [nr] = call_##name,
#define SYSCALL6(nr, name, ...) [nr] = call_##name,
static long call_none(const struct regs *r __maybe_unused)
{
	return -ENOSYS;
}

const syscall_fn syscall_table[NR_SYSCALLS] = {
	[0 ... NR_SYSCALLS - 1] = call_none,
#include "kernel/sys/syscalls.def"
};
#include "kernel/sys/syscall_undef.h"

/* Without a pointer for each: their names are one after the other. */
static const char names[] =
#define SYSCALL0(nr, name) #name "\0"
#define SYSCALL1(nr, name, ...) #name "\0"
#define SYSCALL2(nr, name, ...) #name "\0"
#define SYSCALL3(nr, name, ...) #name "\0"
#define SYSCALL4(nr, name, ...) #name "\0"
#define SYSCALL5(nr, name, ...) #name "\0"
#define SYSCALL6(nr, name, ...) #name "\0"
#include "kernel/sys/syscalls.def"
#include "kernel/sys/syscall_undef.h"
	;

static const struct syscall_info {
	u16 nr, nr_args;
} infos[] = {
#define SYSCALL0(nr, name) { nr, 0 },
#define SYSCALL1(nr, name, ...) { nr, 1 },
#define SYSCALL2(nr, name, ...) { nr, 2 },
#define SYSCALL3(nr, name, ...) { nr, 3 },
#define SYSCALL4(nr, name, ...) { nr, 4 },
#define SYSCALL5(nr, name, ...) { nr, 5 },
#define SYSCALL6(nr, name, ...) { nr, 6 },
#include "kernel/sys/syscalls.def"
#include "kernel/sys/syscall_undef.h"
};

/* The call whose number is @nr or, if that is NULL, whose name is *@name; and
 * its name. NULL: there is none. */
static const struct syscall_info *info_find(const u64 *nr, const char **name)
{
	const char *at = names;

	for (u32 i = 0; i < ARRAY_SIZE(infos); i++) {
		if (nr ? infos[i].nr == *nr : !strcmp(at, *name)) {
			*name = at;
			return &infos[i];
		}
		at += strlen(at) + 1;
	}
	return NULL;
}

const char *syscall_name(u32 nr)
{
	const char *name = NULL;
	u64 wanted = nr;

	return info_find(&wanted, &name) ? name : NULL;
}

int syscall_number(const char *name)
{
	const struct syscall_info *info = info_find(NULL, &name);

	return info ? info->nr : -1;
}

static void trace_call(const struct regs *r, u64 nr, long result)
{
	const char *name = NULL;
	const struct syscall_info *info = info_find(&nr, &name);
	u64 args[6] = { A0, A1, A2, A3, A4, A5 };

	if (!info || !trace_syscall_chosen((u32)nr))
		return;
	/* the arguments beyond the call's own are not its business */
	for (u32 i = info->nr_args; i < 6; i++)
		args[i] = 0;
	trace_line(TRACE_SYSCALL,
		   "%s(%#llx, %#llx, %#llx, %#llx, %#llx, %#llx) = %ld",
		   name, (unsigned long long)args[0],
		   (unsigned long long)args[1], (unsigned long long)args[2],
		   (unsigned long long)args[3], (unsigned long long)args[4],
		   (unsigned long long)args[5], result);
}

/**
 * syscall_trace - from entry.asm: a call that is to be shown, after it
 */
void syscall_trace(const struct regs *regs)
{
	trace_call(regs, regs->orig_ax, (long)regs->ax);
}

/* As entry.asm does it. */
static void note_call(u64 nr, long result)
{
	struct task *t = current;
	u32 at = t->last_call++ % ARRAY_SIZE(t->last_calls);

	t->last_calls[at].nr = (u16)nr;
	t->last_calls[at].result = (s32)result;
}

/* Not inlined: a number that is none saves no registers. */
static __noinline void call_checked(struct regs *regs)
{
	u64 nr = regs->orig_ax;
	long result;

	if (current->seccomp_mode && !seccomp_allows(regs))
		return;
	if (nr >= NR_SYSCALLS) {
		regs->ax = (u64)-ENOSYS;
		return;
	}
	result = syscall_table[nr](regs);
	note_call(nr, result);
	if (DEBUG_CHECKS)
		lock_check_user((u32)nr);
	regs->ax = (u64)result;
	if (trace_on & TRACE_SYSCALL)
		syscall_trace(regs);
}

/**
 * syscall_seldom - from entry.asm: a call that is not below task.plain_calls
 * @regs: the caller's registers; the result goes to ax, where -ENOSYS is
 *
 * Its number is none, or current's calls are filtered (a filter that refuses sets
 * ax). In the debug build all calls come here.
 */
void syscall_seldom(struct regs *regs)
{
	if (regs->orig_ax < NR_SYSCALLS || current->seccomp_mode)
		call_checked(regs);
}
