/* SPDX-License-Identifier: MIT */
/* shmctl(2), semctl(2), msgctl(2): the commands that all three have. */
#ifndef WARREN_KERNEL_IPC_CTL_H
#define WARREN_KERNEL_IPC_CTL_H

#include "kernel/ipc/msg.h"
#include "kernel/ipc/sem.h"
#include "kernel/ipc/shm.h"

/* What is known about an object; the perm is first in all of them. */
union ipc_ds {
	struct ipc64_perm perm;
	struct shmid64_ds shm;
	struct semid64_ds sem;
	struct msqid64_ds msg;
};

/* The limits of a kind; usage of shared memory has a form of its own. */
union ipc_info {
	struct shminfo64 shm_limits;
	struct shm_info shm;
	struct seminfo sem;
	struct msginfo msg;
};

/* For current, in its namespace. All may sleep. */

/* By which number an object is found, and whether it must be readable. */
enum ipc_stat_way { IPC_BY_ID, IPC_BY_INDEX, IPC_BY_INDEX_ANY };
/* By id: 0. By index: the id. -EINVAL: no such object; -EACCES. */
int ipc_stat(const struct ipc_type *type, int id, enum ipc_stat_way way,
	     union ipc_ds *out);
/* -EINVAL: no such object, or nobody has such an id; -EPERM. */
int ipc_set(const struct ipc_type *type, int id, const union ipc_ds *in);
int ipc_remove(const struct ipc_type *type, int id); /* -EINVAL, -EPERM */
/* The highest index in use; @out and *@size: the limits, or the usage. */
int ipc_info(const struct ipc_type *type, bool usage, union ipc_info *out,
	     u32 *size);

#endif
