// SPDX-License-Identifier: MIT
/*
 * SEM_UNDO: what a task did to semaphores is undone when it ends.
 *
 * A task has at most one list (task->sysvsem), which clone(CLONE_SYSVSEM) lets
 * others share; it ends with the last of them. On it is one entry for each
 * array that was changed with SEM_UNDO, with the sum of what is to be added
 * to each semaphore. The entry is on the array too, which may go first.
 *
 * All tasks that share a list are in one ipc namespace, that of the arrays on
 * it: who goes to another one gives up the list before, and clone(2) refuses
 * CLONE_NEWIPC with CLONE_SYSVSEM. So ns->lock of it protects all entries.
 */
#include <linux/sched.h>

#include "kernel/ipc/sem_impl.h"
#include "kernel/mm/slab.h"

struct sem_undo_list {
	struct refcount refs; /* tasks */
	struct list undos;
};

static struct slab *list_slab;

void sem_undo_module_init(void)
{
	list_slab = slab_create("sem_undo_list", sizeof(struct sem_undo_list),
				8);
}

/* ---- entries ------------------------------------------------------------------------- */

static int list_make(struct task *t)
{
	struct sem_undo_list *l;

	if (t->sysvsem)
		return 0;
	l = slab_alloc(list_slab);
	if (!l)
		return -ENOMEM;
	refcount_set(&l->refs, 1);
	list_init(&l->undos);
	t->sysvsem = l;
	return 0;
}

struct sem_undo *sem_undo_get(struct sem_array *a)
{
	struct sem_undo *u;

	if (list_make(current))
		return ERR_PTR(-ENOMEM);
	list_for_each_entry(u, &current->sysvsem->undos, list_link)
		if (u->array == a)
			return u;
	u = kzalloc(sizeof(*u) + a->n * sizeof(u->adj[0]));
	if (!u)
		return ERR_PTR(-ENOMEM);
	u->array = a;
	list_add_tail(&u->list_link, &current->sysvsem->undos);
	list_add_tail(&u->array_link, &a->undos);
	return u;
}

static void undo_free(struct sem_undo *u)
{
	list_del(&u->list_link);
	list_del(&u->array_link);
	kfree(u);
}

void sem_undo_forget(struct sem_array *a)
{
	while (!list_empty(&a->undos))
		undo_free(list_first(&a->undos, struct sem_undo, array_link));
}

void sem_undo_clear(struct sem_array *a, u32 i)
{
	struct sem_undo *u;

	list_for_each_entry(u, &a->undos, array_link)
		for (u32 k = 0; k < a->n; k++)
			if (i == a->n || i == k)
				u->adj[k] = 0;
}

/* ---- tasks --------------------------------------------------------------------------- */

int sem_task_fork(u64 flags, struct task *child)
{
	child->sysvsem = NULL;
	if (!(flags & CLONE_SYSVSEM))
		return 0;
	if (list_make(current))
		return -ENOMEM;
	refcount_inc(&current->sysvsem->refs);
	child->sysvsem = current->sysvsem;
	return 0;
}

static void undo_apply(struct sem_undo *u)
{
	struct sem_array *a = u->array;

	for (u32 i = 0; i < a->n; i++) {
		int val = a->sem[i].val + u->adj[i];

		if (!u->adj[i])
			continue;
		a->sem[i].val = max(0, min(val, SEMVMX));
		ipc_pid_set(&a->sem[i].pid, current_tgid());
	}
	undo_free(u);
	sem_changed(a);
}

void sem_task_exit(struct task *t)
{
	struct sem_undo_list *l = t->sysvsem;
	struct ipc_ns *ns;

	if (!l)
		return;
	t->sysvsem = NULL;
	if (!refcount_dec_and_test(&l->refs))
		return;
	ns = current_ipc_ns();
	mutex_lock(&ns->lock);
	while (!list_empty(&l->undos))
		undo_apply(list_first(&l->undos, struct sem_undo, list_link));
	mutex_unlock(&ns->lock);
	slab_free(list_slab, l);
}
