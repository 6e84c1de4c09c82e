/* SPDX-License-Identifier: MIT */
/*
 * Classic BPF: little programs of user space that the kernel runs (seccomp(2)).
 * Two registers, 16 words of memory, no way back: a checked program ends.
 */
#ifndef WARREN_KERNEL_TASK_BPF_H
#define WARREN_KERNEL_TASK_BPF_H

#include <linux/filter.h>

#include "kernel/lib/types.h"

/* Is @prog of @len instructions one that may run over @size bytes, which it reads
 * word by word? 0, -EINVAL, -ENOMEM. */
int bpf_check(const struct sock_filter *prog, u32 len, u32 size);
/* Run a checked one. What it returns; 0 for a division by zero. */
u32 bpf_run(const struct sock_filter *prog, const void *data, u32 size);

#endif
