/* SPDX-License-Identifier: MIT */
/* What the files of System V semaphores share. All under ns->lock. */
#ifndef WARREN_KERNEL_IPC_SEM_IMPL_H
#define WARREN_KERNEL_IPC_SEM_IMPL_H

#include "kernel/ipc/sem.h"
#include "kernel/ipc/task.h"
#include "kernel/lib/err.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

struct semaphore {
	int val;	 /* 0 .. SEMVMX */
	struct pid *pid; /* counted, or NULL: whose operation was the last */
};

struct sem_array {
	struct ipc_obj obj;
	struct ipc_ns *ns; /* [I] it is in its table */
	u64 otime;
	struct list waiters; /* struct sem_wait, in the order of arrival */
	struct list undos;   /* struct sem_undo */
	u32 n;		     /* [I] */
	struct semaphore sem[];
};

/* What one list of adjustments says about one array. */
struct sem_undo {
	struct list list_link;	/* in list->undos */
	struct list array_link; /* in array->undos */
	struct sem_array *array;
	s16 adj[]; /* to be added when the list ends */
};

/* One operation on an array: of current, or of a sleeper. */
struct sem_wait {
	struct ipc_wait wait;
	const struct sembuf *ops;
	u32 n;
	bool alters;
	struct sem_undo *undo; /* NULL: nothing is to be undone */
	struct pid *pid;
	const struct sembuf *blocking; /* what it waits for */
};

static inline struct sem_array *to_sem(struct ipc_obj *obj)
{
	return container_of(obj, struct sem_array, obj);
}

/* ERR_PTR(-EINVAL). */
struct sem_array *sem_find(struct ipc_ns *ns, int id);
/* semctl(2), for sem_type. */
void sem_stat(struct ipc_obj *obj, union ipc_ds *out);
u32 sem_info(struct ipc_ns *ns, bool usage, union ipc_info *out);
/* Values have changed: let sleepers that can go on. Sets otime. */
void sem_changed(struct sem_array *a);

/* sem_undo.c */
void sem_undo_module_init(void);
/* Current's entry for @a; ERR_PTR(-ENOMEM). */
struct sem_undo *sem_undo_get(struct sem_array *a);
/* The array goes. */
void sem_undo_forget(struct sem_array *a);
/* SETVAL, SETALL: semaphore @i, or all if @i is @a->n, has no history. */
void sem_undo_clear(struct sem_array *a, u32 i);

#endif
