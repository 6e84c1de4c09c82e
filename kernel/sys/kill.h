/* SPDX-License-Identifier: MIT */
/* What the system calls that send signals share: kill.c and pidfd.c. */
#ifndef WARREN_KERNEL_SYS_KILL_H
#define WARREN_KERNEL_SYS_KILL_H

#include "kernel/sys/syscall.h"
#include "kernel/task/pid.h"
#include "kernel/task/signal.h"

/* The sender is current and says no more than that: @code SI_USER, SI_TKILL. */
void siginfo_plain(struct kernel_siginfo *info, int sig, int code);
/* May current claim to send @info to somebody else? Codes >= 0 and SI_TKILL
 * belong to the kernel. */
bool siginfo_is_forged(const struct kernel_siginfo *info);
/* Send @sig (0: ask only) to the process of @pid. 0, -ESRCH, -EINVAL, -EPERM,
 * -EAGAIN. */
int signal_send_pid(struct pid *pid, int sig,
		    const struct kernel_siginfo *info);
/* The same to the thread of @pid alone, and to the process group that it leads. */
int signal_send_thread(struct pid *pid, int sig,
		       const struct kernel_siginfo *info);
int signal_send_group(struct pid *pid, int sig,
		      const struct kernel_siginfo *info);

#endif
