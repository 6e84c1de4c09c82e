// SPDX-License-Identifier: MIT
/*
 * Filters of system calls: see seccomp.h. All filters of a chain are asked, and
 * the strictest answer counts; of equal ones the newest's. A task's chain is
 * changed by the task itself only.
 */
#include <asm/unistd.h>
#include <linux/audit.h>

#include "arch/x86_64/regs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/bpf.h"
#include "kernel/task/seccomp.h"
#include "kernel/task/signal.h"
#include "kernel/task/task.h"

#define FILTER_COST 4	  /* instructions that a filter counts besides */
#define CHAIN_MAX (1u << 15)
#define ERRNO_MAX 4095u
#define SECCOMP_SIGNAL 1 /* SYS_SECCOMP: si_code of SIGSYS */

void seccomp_put(struct seccomp_filter *f)
{
	struct seccomp_filter *older;

	while (f && refcount_dec_and_test(&f->refs)) {
		older = f->older;
		kfree(f);
		f = older;
	}
}

/* As Linux counts, which makes other instructions of these: two of a return. */
static u32 cost_of(const struct sock_filter *prog, u32 len)
{
	u32 cost = len + FILTER_COST;

	for (u32 i = 0; i < len; i++)
		cost += BPF_CLASS(prog[i].code) == BPF_RET;
	return cost;
}

static void mode_set(u8 mode)
{
	current->seccomp_mode = mode;
	current->plain_calls = 0;
}

int seccomp_add(const struct sock_filter *prog, u32 len)
{
	struct seccomp_filter *older = current->seccomp, *f;
	u32 total = cost_of(prog, len) + (older ? older->total : 0);
	int err = bpf_check(prog, len, sizeof(struct seccomp_data));

	if (err)
		return err == -EINVAL ? why(err, "seccomp: no such program") :
					err;
	if (total > CHAIN_MAX)
		return why(-ENOMEM, "seccomp: the filters are too long");
	f = kmalloc(sizeof(*f) + len * sizeof(*prog));
	if (!f)
		return -ENOMEM;
	refcount_set(&f->refs, 1);
	f->older = older; /* the task's reference is the filter's now */
	f->depth = older ? older->depth + 1 : 1;
	f->total = total;
	f->len = len;
	memcpy(f->prog, prog, len * sizeof(*prog));
	WRITE_ONCE(current->seccomp, f);
	mode_set(SECCOMP_MODE_FILTER);
	return 0;
}

int seccomp_set_strict(void)
{
	if (current->seccomp_mode == SECCOMP_MODE_FILTER)
		return -EINVAL;
	mode_set(SECCOMP_MODE_STRICT);
	return 0;
}

/* Without a mode the child is as task_new() made it. */
void seccomp_fork(struct task *child)
{
	if (!current->seccomp_mode)
		return;
	child->plain_calls = current->plain_calls;
	child->seccomp_mode = current->seccomp_mode;
	child->seccomp = current->seccomp;
	if (child->seccomp)
		refcount_inc(&child->seccomp->refs);
}

/* ---- a call --------------------------------------------------------------------- */

static bool strict_allows(u64 nr)
{
	return nr == __NR_read || nr == __NR_write || nr == __NR_exit ||
	       nr == __NR_rt_sigreturn;
}

/* The strictest answer: actions are ordered as signed numbers. */
static u32 ask(const struct seccomp_data *data)
{
	u32 ret = SECCOMP_RET_ALLOW;

	for (struct seccomp_filter *f = current->seccomp; f; f = f->older) {
		u32 r = bpf_run(f->prog, data, sizeof(*data));

		if ((s32)(r & SECCOMP_RET_ACTION_FULL) <
		    (s32)(ret & SECCOMP_RET_ACTION_FULL))
			ret = r;
	}
	return ret;
}

/* SIGSYS, in the place of the call. */
static void trap(struct regs *regs, u32 data)
{
	struct kernel_siginfo info = {
		.si_signo = SIGSYS,
		.si_errno = (int)data,
		.si_code = SECCOMP_SIGNAL,
		.addr = regs->ip,
		.status = (int)regs->orig_ax,
		.utime = AUDIT_ARCH_X86_64,
	};

	regs->ax = regs->orig_ax;
	signal_force_info(&info);
}

static bool act(struct regs *regs, u32 ret)
{
	u32 data = ret & SECCOMP_RET_DATA;

	switch (ret & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
		return true;
	case SECCOMP_RET_ERRNO:
		regs->ax = -(u64)min(data, ERRNO_MAX);
		why(-(int)min(data, ERRNO_MAX), "seccomp: a filter says so");
		return false;
	case SECCOMP_RET_TRAP:
		trap(regs, data);
		return false;
	case SECCOMP_RET_TRACE: /* nobody traces, */
	case SECCOMP_RET_USER_NOTIF: /* nobody listens */
		regs->ax = (u64)-ENOSYS;
		return false;
	case SECCOMP_RET_KILL_THREAD:
		if (READ_ONCE(current->signal->live) > 1)
			do_exit(SIGSYS);
		do_group_exit(SIGSYS);
	default: /* KILL_PROCESS, and what there is not */
		do_group_exit(SIGSYS);
	}
}

bool seccomp_allows(struct regs *regs)
{
	struct seccomp_data data = {
		.nr = (int)regs->orig_ax,
		.arch = AUDIT_ARCH_X86_64,
		.instruction_pointer = regs->ip,
		.args = { regs->di, regs->si, regs->dx, regs->r10, regs->r8,
			  regs->r9 },
	};

	if (current->seccomp_mode == SECCOMP_MODE_STRICT) {
		if (!strict_allows(regs->orig_ax))
			do_exit(SIGKILL);
		return true;
	}
	return act(regs, ask(&data));
}
