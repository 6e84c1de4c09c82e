/* SPDX-License-Identifier: MIT */
/* What the files of System V shared memory share. */
#ifndef WARREN_KERNEL_IPC_SHM_IMPL_H
#define WARREN_KERNEL_IPC_SHM_IMPL_H

#include <linux/fcntl.h>

#include "kernel/ipc/shm.h"
#include "kernel/ipc/task.h"
#include "kernel/lib/err.h"
#include "kernel/lib/printf.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

/* Bits of obj.mode that only the kernel sets. */
#define SHM_DEST 01000	 /* removed; ends with the last attachment */
#define SHM_LOCKED 02000 /* all memory is, here; shown as it was asked */

struct shm {
	struct ipc_obj obj;
	struct ipc_ns *ns;	/* [I] it is in its table */
	struct file *file;	/* [I] counted: the memory */
	u64 size;		/* [I] bytes, as asked for */
	u64 atime, dtime;
	struct pid *cpid;	/* [I] counted: who made it */
	struct pid *lpid;	/* counted, or NULL: who attached last */
	u32 files;		/* attachments: files of attach_fops */
	u32 nattch;		/* areas that map one */
	struct ucount *locker;	/* counted, or NULL: is charged while it is
				   locked */
	struct list created;	/* creators_lock: in its maker's shm_created;
				   empty: the maker is gone */
};

static inline struct shm *to_shm(struct ipc_obj *obj)
{
	return container_of(obj, struct shm, obj);
}

static inline u64 shm_pages(u64 size)
{
	return (size >> PAGE_SHIFT) + !!(size & ~PAGE_MASK);
}

/* All with ns->lock held. ERR_PTR(-EINVAL). */
struct shm *shm_find(struct ipc_ns *ns, int id);
void shm_unlock(struct shm *shm);
/* shmctl(2), for shm_type. */
void shm_stat(struct ipc_obj *obj, union ipc_ds *out);
void shm_remove(struct ipc_ns *ns, struct ipc_obj *obj);
u32 shm_info(struct ipc_ns *ns, bool usage, union ipc_info *out);
/* After an attachment has ended, or removal: is this the end? */
void shm_end_if_unused(struct shm *shm);

#endif
