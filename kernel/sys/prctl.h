/* SPDX-License-Identifier: MIT */
/* Options of prctl(2) about privileges (prctl_caps.c), for prctl.c. All work
 * on current; they return what prctl(2) returns. */
#ifndef WARREN_KERNEL_SYS_PRCTL_H
#define WARREN_KERNEL_SYS_PRCTL_H

#include "kernel/lib/types.h"

long prctl_no_new_privs_set(void);
long prctl_no_new_privs(void);
long prctl_keepcaps_set(u64 on);
long prctl_keepcaps(void);
long prctl_securebits_set(u64 bits);
long prctl_securebits(void);
long prctl_capbset_read(u64 cap);
long prctl_capbset_drop(u64 cap);
long prctl_cap_ambient(u64 op, u64 cap, u64 arg4, u64 arg5);

/* seccomp.c */
long prctl_seccomp_set(unsigned long mode, void __user *arg);

#endif
