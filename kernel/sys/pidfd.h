/* SPDX-License-Identifier: MIT */
/* What the two files of pidfds tell each other, and the boot. */
#ifndef WARREN_KERNEL_SYS_PIDFD_H
#define WARREN_KERNEL_SYS_PIDFD_H

#include "kernel/task/pid.h"

void pidfs_init(void);
/* ioctl_pidfd(2) of a pidfd on @pid. */
long pid_ioctl(struct pid *pid, u32 cmd, unsigned long arg);

#endif
