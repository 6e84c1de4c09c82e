/* SPDX-License-Identifier: MIT */
/* What the futex files share: the arithmetic of FUTEX_WAKE_OP. */
#ifndef WARREN_KERNEL_TASK_FUTEX_IMPL_H
#define WARREN_KERNEL_TASK_FUTEX_IMPL_H

#include "kernel/lib/types.h"

/* Change *@word (kernel address) as the encoded @op says. What its comparison
 * says about the old value, 0 or 1; -ENOSYS: no such operation. */
int futex_op_apply(u32 *word, u32 op);

#endif
