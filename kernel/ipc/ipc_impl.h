/* SPDX-License-Identifier: MIT */
/* Between the files of kernel/ipc alone. */
#ifndef WARREN_KERNEL_IPC_IPC_IMPL_H
#define WARREN_KERNEL_IPC_IPC_IMPL_H

#include "kernel/ipc/ipc.h"

void ids_module_init(void); /* ids.c, from ipc_module_init() */

#endif
