/* SPDX-License-Identifier: MIT */
/*
 * The limits of an ipc namespace as sysctls: files of /proc/sys/kernel and
 * /proc/sys/fs/mqueue, which are the reader's namespace's; and the lists of /proc/sysvipc.
 */
#ifndef WARREN_KERNEL_IPC_LIMITS_H
#define WARREN_KERNEL_IPC_LIMITS_H

#include "kernel/lib/types.h"

struct seq;

/* One limit; a table of them is below. */
struct ipc_limit {
	u32 offset, size; /* in struct ipc_ns; 4 or 8 bytes */
	u64 min, max;
};
extern const struct ipc_limit ipc_limit_msgmax, ipc_limit_msgmnb,
	ipc_limit_msgmni, ipc_limit_shmmax, ipc_limit_shmall, ipc_limit_shmmni,
	ipc_limit_rmid_forced, ipc_limit_queues_max, ipc_limit_msg_max,
	ipc_limit_msgsize_max, ipc_limit_msg_default, ipc_limit_msgsize_default;

void ipc_limit_show(struct seq *s, const struct ipc_limit *l);
int ipc_limit_write(const struct ipc_limit *l, char *text);
void ipc_sem_limits_show(struct seq *s); /* kernel.sem: four in one */
int ipc_sem_limits_write(char *text);

/* /proc/sysvipc/{shm,sem,msg}: of the namespace that @s is about. */
void ipc_shm_list(struct seq *s);
void ipc_sem_list(struct seq *s);
void ipc_msg_list(struct seq *s);

#endif
