/* SPDX-License-Identifier: MIT */
/* System V semaphores (semget(2), semop(2), semctl(2)), for current. */
#ifndef WARREN_KERNEL_IPC_SEM_H
#define WARREN_KERNEL_IPC_SEM_H

#include <linux/sem.h>

#include "kernel/ipc/ipc.h"

void sem_module_init(void);
/*
 * semtimedop(2): all of @ops or none. @timeout_ns < 0: no limit. 0; -EINVAL,
 * -EFBIG (no such semaphore), -EACCES, -ERANGE, -EAGAIN (IPC_NOWAIT, or the time
 * is over), -EINTR, -EIDRM, -ENOMEM.
 */
int sem_operate(int id, const struct sembuf *ops, u32 n, s64 timeout_ns);
/* GETVAL, GETPID, GETNCNT, GETZCNT. */
int sem_get_one(int id, int num, int cmd);
int sem_set_one(int id, int num, int val);
/* How many there are, so that the caller can make room; -EACCES of @mode. */
int sem_count(int id, u32 mode);
/* GETALL, SETALL: @n values; -EIDRM: that many are not there any more. */
int sem_get_all(int id, u16 *vals, u32 n);
int sem_set_all(int id, const u16 *vals, u32 n);

#endif
