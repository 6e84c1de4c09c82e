// SPDX-License-Identifier: MIT
/*
 * struct kernel_siginfo and the ABI's siginfo_t. Which members of the latter
 * mean something follows from si_code and, for codes of the kernel, from the
 * signal (sigaction(2), "The siginfo_t argument"). User ids in the former are the
 * kernel's; here, at the border, they are translated.
 */
#include "kernel/lib/string.h"
#include "kernel/task/cred.h"
#include "kernel/task/signal.h"

enum layout { LAYOUT_KILL, LAYOUT_RT, LAYOUT_TIMER, LAYOUT_CHILD, LAYOUT_FAULT,
	      LAYOUT_POLL, LAYOUT_SYS };

static enum layout layout_of(int sig, int code)
{
	if (code > SI_USER && code < SI_KERNEL) {
		switch (sig) {
		case SIGILL:
		case SIGFPE:
		case SIGSEGV:
		case SIGBUS:
		case SIGTRAP:
			return LAYOUT_FAULT;
		case SIGCHLD:
			return LAYOUT_CHILD;
		case SIGPOLL:
			return LAYOUT_POLL;
		case SIGSYS:
			return LAYOUT_SYS;
		default:
			return LAYOUT_KILL;
		}
	}
	if (code == SI_TIMER)
		return LAYOUT_TIMER;
	return code < 0 && code != SI_TKILL ? LAYOUT_RT : LAYOUT_KILL;
}

/* How the receiver calls the sender. He is current when he takes the signal: so
 * nobody has to look into another task's credentials under the signal locks. */
static uid_t shown_uid(const struct kernel_siginfo *info)
{
	if (info->si_code == SI_KERNEL)
		return info->uid;
	return from_kuid_munged(current_user_ns(), info->uid);
}

void siginfo_to_user_layout(siginfo_t *to, const struct kernel_siginfo *from)
{
	memset(to, 0, sizeof(*to));
	to->si_signo = from->si_signo;
	to->si_errno = from->si_errno;
	to->si_code = from->si_code;
	switch (layout_of(from->si_signo, from->si_code)) {
	case LAYOUT_RT:
		to->si_ptr = (void *)from->addr;
		/* fall through */
	case LAYOUT_KILL:
		to->si_pid = from->pid;
		to->si_uid = shown_uid(from);
		break;
	case LAYOUT_TIMER:
		to->si_tid = from->timer_id;
		to->si_overrun = from->status;
		to->si_ptr = (void *)from->addr;
		break;
	case LAYOUT_CHILD:
		to->si_pid = from->pid;
		to->si_uid = shown_uid(from);
		to->si_status = from->status;
		to->si_utime = (__kernel_clock_t)from->utime;
		to->si_stime = (__kernel_clock_t)from->stime;
		break;
	case LAYOUT_POLL:
		to->si_band = (long)from->addr;
		to->si_fd = from->status;
		break;
	case LAYOUT_FAULT:
		to->si_addr = (void *)from->addr;
		break;
	case LAYOUT_SYS:
		to->si_call_addr = (void *)from->addr;
		to->si_syscall = from->status;
		to->si_arch = (unsigned int)from->utime;
		break;
	}
}

/* From rt_sigqueueinfo(2) and its like: the code is the sender's own. */
void siginfo_from_user_layout(struct kernel_siginfo *to, const siginfo_t *from)
{
	memset(to, 0, sizeof(*to));
	to->si_signo = from->si_signo;
	to->si_errno = from->si_errno;
	to->si_code = from->si_code;
	switch (layout_of(from->si_signo, from->si_code)) {
	case LAYOUT_TIMER:
		to->timer_id = from->si_tid;
		to->status = from->si_overrun;
		to->addr = (u64)from->si_ptr;
		break;
	case LAYOUT_CHILD:
		to->pid = from->si_pid;
		to->uid = make_kuid(current_user_ns(), from->si_uid);
		to->status = from->si_status;
		to->utime = (u64)from->si_utime;
		to->stime = (u64)from->si_stime;
		break;
	case LAYOUT_SYS:
		to->addr = (u64)from->si_call_addr;
		to->status = from->si_syscall;
		to->utime = from->si_arch;
		break;
	case LAYOUT_FAULT:
	case LAYOUT_POLL:
		to->addr = (u64)from->si_addr;
		break;
	case LAYOUT_RT:
	case LAYOUT_KILL:
		to->addr = (u64)from->si_ptr;
		to->pid = from->si_pid;
		to->uid = make_kuid(current_user_ns(), from->si_uid);
		break;
	}
}
