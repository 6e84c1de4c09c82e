/* SPDX-License-Identifier: MIT */
/*
 * What an ipc namespace isolates: System V shared memory, semaphores and
 * message queues (svipc(7)), and POSIX message queues (mq_overview(7)).
 *
 * Theory. The objects of System V are found in two ways: by a key, which
 * programs agree on, and by an id, which the kernel gives. Each namespace has
 * one table a kind, made with the first object: an idle namespace is nothing
 * but its limits. An id is sequence * 32768 + index; the sequence rises when
 * the indexes begin anew, so that an id of a removed object does not soon mean
 * another one.
 *
 * Who owns what. A table owns its objects: there is no count. A removed object
 * is out of the table and freed at once, after those who slept on it have
 * been told (-EIDRM). The exception is shared memory, which lives on while it
 * is attached (shm.c). A semaphore array also owns the adjustments that tasks
 * will undo (sem_undo.c).
 *
 * Locks: ipc_ns.lock (mutex), one a namespace, for its tables and all that is
 * in them. It nests in mm->lock (fork and munmap count attachments), so that
 * user memory is never touched under it. Nobody sleeps on an object with it
 * held: see ipc_wait_sleep().
 *
 * A task that sleeps here stays in its namespace: that keeps the namespace, and
 * with it the lock, alive. The object may be gone when it wakes; then
 * its waiter is marked as done.
 */
#ifndef WARREN_KERNEL_IPC_IPC_H
#define WARREN_KERNEL_IPC_IPC_H

#include <linux/ipc.h>

#include "kernel/lib/radix.h"
#include "kernel/lib/rbtree.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/ns/user.h"
#include "kernel/task/mutex.h"

struct mount;
struct pid;
union ipc_ds;
union ipc_info;

enum ipc_kind { IPC_KIND_SHM, IPC_KIND_SEM, IPC_KIND_MSG, NR_IPC_KINDS };

#define IPC_INDEX_MAX 32768 /* objects of one kind in one namespace */
#define IPC_SEQ_MAX 65536

struct ipc_table {
	struct radix objects; /* struct ipc_obj by index */
	struct rb_root keys;  /* those with a key */
	u32 in_use;
	u32 seq;
	int last; /* index given last, or -1 */
};

/* sysctl kernel.sem, in its order. */
enum { SEM_MSL, SEM_MNS, SEM_OPM, SEM_MNI, NR_SEM_LIMITS };

struct ipc_ns {
	struct ns ns;
	struct mutex lock;
	struct ipc_table *table[NR_IPC_KINDS]; /* NULL: never had one */
	/* Limits, as the sysctls of the same names have them. */
	u64 shmmax, shmall;
	u32 shmmni, shm_rmid_forced;
	u32 msgmax, msgmnb, msgmni;
	u32 sem[NR_SEM_LIMITS];
	u32 mq_queues_max, mq_msg_max, mq_msgsize_max, mq_msg_default,
		mq_msgsize_default;
	/* What is in use. */
	u64 shm_pages;
	u64 msg_bytes;
	u32 msg_count;
	u32 sem_count;
	u32 mq_queues;	      /* mqueue.c: mq_lock */
	struct mount *mq_mnt; /* the same; counted; NULL: not used yet */
};
extern struct ipc_ns init_ipc_ns;

static inline struct ipc_ns *to_ipc_ns(struct ns *ns)
{
	return container_of(ns, struct ipc_ns, ns);
}
struct ipc_ns *current_ipc_ns(void); /* not counted: current is in it */

/* What every System V object begins with. */
struct ipc_obj {
	s32 key; /* IPC_PRIVATE also when it was removed, but lives on */
	int id;	 /* [I] */
	u32 seq; /* [I] */
	u32 mode;
	kuid_t uid, cuid;
	kgid_t gid, cgid;
	u64 ctime; /* ipc_now() when it was made, or IPC_SET changed it */
	struct rb_node node; /* table->keys */
};

/* shmget, semget, msgget: what is asked for. */
struct ipc_request {
	s32 key;
	int flags;
	u64 size; /* bytes, or semaphores */
};

/* One of the three kinds. Operations are called with ns->lock held. */
struct ipc_type {
	enum ipc_kind kind;
	u32 (*limit)(const struct ipc_ns *ns);
	/* Not in the table yet. ERR_PTR. */
	struct ipc_obj *(*create)(struct ipc_ns *ns,
				  const struct ipc_request *req);
	/* Free what @create made. It is out of the table. */
	void (*destroy)(struct ipc_ns *ns, struct ipc_obj *obj);
	/* Is the found object what is asked for? 0 or -EINVAL. */
	int (*fits)(const struct ipc_obj *obj,
		    const struct ipc_request *req);
	/* What shmctl, semctl and msgctl tell and change: kernel/ipc/ctl.h */
	u32 stat_cmd; /* SHM_STAT, ...: _INFO and _STAT_ANY follow it */
	u32 ds_size;  /* of its struct in union ipc_ds */
	/* Fill @out, but for the perm; it is zeroes. */
	void (*stat)(struct ipc_obj *obj, union ipc_ds *out);
	/* IPC_SET, where it is more than ipc_perm_set(). 0 or -errno. */
	int (*set)(struct ipc_ns *ns, struct ipc_obj *obj,
		   const union ipc_ds *in);
	void (*remove)(struct ipc_ns *ns, struct ipc_obj *obj); /* IPC_RMID */
	/* The limits, or with @usage what is in use: the size of @out. */
	u32 (*info)(struct ipc_ns *ns, bool usage, union ipc_info *out);
};
extern const struct ipc_type shm_type, sem_type, msg_type;

void ipc_module_init(void);
/* The limits of a fresh namespace. */
void ipc_limits_init(struct ipc_ns *ns);
/* The end of a namespace: every object goes. May sleep. */
void ipc_ns_empty(struct ipc_ns *ns);

/* ---- ids.c: all but ipc_get() with ns->lock held ------------------------ */

/* The id. -ENOENT, -EEXIST, -EINVAL, -EACCES, -ENOSPC, -ENOMEM. */
int ipc_get(struct ipc_ns *ns, const struct ipc_type *type,
	    const struct ipc_request *req);
/* ERR_PTR(-EINVAL): there is no such object. */
struct ipc_obj *ipc_find(struct ipc_ns *ns, enum ipc_kind kind, int id);
/* The same by index, for the _STAT commands that list all. */
struct ipc_obj *ipc_find_index(struct ipc_ns *ns, enum ipc_kind kind,
			       int index);
/* The first object at or after *@index, which is set; NULL: no more. */
struct ipc_obj *ipc_next(struct ipc_ns *ns, enum ipc_kind kind, u64 *index);
/* The highest index in use; 0 if there is none. */
int ipc_max_index(struct ipc_ns *ns, enum ipc_kind kind);
u32 ipc_in_use(const struct ipc_ns *ns, enum ipc_kind kind);
/* Out of the table; type->destroy is the caller's to call. */
void ipc_unlink(struct ipc_ns *ns, enum ipc_kind kind, struct ipc_obj *obj);
/* Nobody finds it by its key any more. */
void ipc_forget_key(struct ipc_ns *ns, enum ipc_kind kind,
		    struct ipc_obj *obj);
u64 ipc_now(void); /* seconds since 1970, for the times of objects */

/* ---- perm.c -------------------------------------------------------------- */

/* May current do what the bits of @mode (0444, 0222, ...) say? -EACCES. */
int ipc_may(const struct ipc_ns *ns, const struct ipc_obj *obj, u32 mode);
/* May current change or remove it? -EPERM. */
int ipc_may_control(const struct ipc_ns *ns, const struct ipc_obj *obj);
/* ipc_perm as the ABI has it, for current; and what IPC_SET changes of it.
 * -EINVAL: nobody has such an id. */
void ipc_perm_show(const struct ipc_obj *obj, struct ipc64_perm *out);
int ipc_perm_set(struct ipc_obj *obj, const struct ipc64_perm *in);

/* ---- wait.c: sleeping on an object ---------------------------------------- */

struct ipc_wait {
	struct list link; /* on the object's list, in the order of arrival */
	struct waitq waitq;
	int result;
	bool done; /* off the list, result is set */
};

void ipc_wait_init(struct ipc_wait *w, struct list *on);
/* End the wait of @w, by another task, under the object's lock. */
void ipc_wait_done(struct ipc_wait *w, int result);
/* Sleep, with @lock released. The result; -ERESTARTSYS: a signal; -ETIMEDOUT. */
int ipc_wait_sleep(struct ipc_wait *w, struct mutex *lock, s64 timeout_ns);
/* The same for every waiter on a list: the object goes, or has changed. */
void ipc_wait_end_all(struct list *waiters, int result);

/* Numbers of a pid that may be NULL, in current's pid namespace. */
int ipc_pid_nr(const struct pid *pid);
/* Current becomes what *@slot, counted or NULL, has. */
void ipc_pid_set(struct pid **slot, struct pid *pid);
struct pid *current_tgid(void); /* not counted */

#endif
