/* SPDX-License-Identifier: MIT */
/* System V shared memory (shmget(2), shmop(2), shmctl(2)), for current. */
#ifndef WARREN_KERNEL_IPC_SHM_H
#define WARREN_KERNEL_IPC_SHM_H

#include "kernel/ipc/ipc.h"

#include <asm/shmbuf.h>

/* What <linux/shm.h> has besides, but it wants a C library. */
#define SHM_HUGETLB 04000
#define SHM_RDONLY 010000
#define SHM_RND 020000
#define SHM_REMAP 040000
#define SHM_EXEC 0100000
#define SHM_LOCK 11
#define SHM_UNLOCK 12
#define SHM_STAT 13
#define SHM_INFO 14
#define SHM_STAT_ANY 15
struct shm_info {
	int used_ids;
	u64 shm_tot, shm_rss, shm_swp; /* pages */
	u64 swap_attempts, swap_successes;
};

void shm_module_init(void);
/* The address. -EINVAL: no such segment, or no such place; -EACCES; -ENOMEM. */
s64 shm_attach(int id, u64 addr, int flags);
int shm_detach(u64 addr); /* 0; -EINVAL: nothing is attached there */
int shm_lock(int id, bool on); /* -EPERM; -ENOMEM: RLIMIT_MEMLOCK */
/* sysctl kernel.shm_rmid_forced was set: what nobody needs goes at once. */
void shm_destroy_orphans(struct ipc_ns *ns);

#endif
