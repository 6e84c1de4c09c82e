// SPDX-License-Identifier: MIT
/*
 * System V semaphores: arrays and the operations on them (semop(2)).
 *
 * An operation is a list of changes of which all happen, or none. One that cannot
 * happen now sleeps on the array. Whoever changes a value tries the sleepers'
 * operations, in the order in which they came and again from the first as
 * long as one changes something, and wakes those that are done: a
 * sleeper that wakes has its semaphores already.
 */
#include "kernel/debug/why.h"
#include "kernel/ipc/sem_impl.h"
#include "kernel/mm/slab.h"

void sem_module_init(void)
{
	sem_undo_module_init();
}

/* ---- an array's beginning and end ----------------------------------------------- */

static struct ipc_obj *sem_create(struct ipc_ns *ns,
				  const struct ipc_request *req)
{
	struct sem_array *a;
	u32 n = (u32)req->size;

	if (!n)
		return ERR_PTR(why(-EINVAL, "semget: an array of nothing"));
	if (ns->sem_count + n > ns->sem[SEM_MNS])
		return ERR_PTR(why(-ENOSPC, "semget: kernel.sem, SEMMNS"));
	a = kzalloc(sizeof(*a) + n * sizeof(a->sem[0]));
	if (!a)
		return ERR_PTR(-ENOMEM);
	a->ns = ns;
	a->n = n;
	list_init(&a->waiters);
	list_init(&a->undos);
	ns->sem_count += n;
	return &a->obj;
}

static void sem_destroy(struct ipc_ns *ns, struct ipc_obj *obj)
{
	struct sem_array *a = to_sem(obj);

	ipc_wait_end_all(&a->waiters, -EIDRM);
	sem_undo_forget(a);
	for (u32 i = 0; i < a->n; i++)
		pid_put(a->sem[i].pid);
	ns->sem_count -= a->n;
	kfree(a);
}

static u32 sem_limit(const struct ipc_ns *ns)
{
	return ns->sem[SEM_MNI];
}

static int sem_fits(const struct ipc_obj *obj, const struct ipc_request *req)
{
	return container_of(obj, struct sem_array, obj)->n < req->size ?
		       -EINVAL : 0;
}

static void sem_remove(struct ipc_ns *ns, struct ipc_obj *obj)
{
	ipc_unlink(ns, IPC_KIND_SEM, obj);
	sem_destroy(ns, obj);
}

const struct ipc_type sem_type = {
	.kind = IPC_KIND_SEM,
	.limit = sem_limit,
	.create = sem_create,
	.destroy = sem_destroy,
	.fits = sem_fits,
	.stat_cmd = SEM_STAT,
	.ds_size = sizeof(struct semid64_ds),
	.stat = sem_stat,
	.remove = sem_remove,
	.info = sem_info,
};

struct sem_array *sem_find(struct ipc_ns *ns, int id)
{
	struct ipc_obj *obj = ipc_find(ns, IPC_KIND_SEM, id);

	return IS_ERR(obj) ? ERR_PTR(PTR_ERR(obj)) : to_sem(obj);
}

/* ---- one operation ------------------------------------------------------------------ */

#define MUST_WAIT 1

/* Change one value: 0, MUST_WAIT, -ERANGE. */
static int change(struct semaphore *s, const struct sembuf *op,
		  struct sem_undo *undo)
{
	int val = s->val + op->sem_op;

	if ((!op->sem_op && s->val) || val < 0)
		return MUST_WAIT;
	if (val > SEMVMX)
		return why(-ERANGE, "semop: above %d", SEMVMX);
	if (op->sem_flg & SEM_UNDO) {
		int adj = undo->adj[op->sem_num] - op->sem_op;

		if (adj < -SEMAEM - 1 || adj > SEMAEM)
			return why(-ERANGE, "semop: too much to undo");
		undo->adj[op->sem_num] = (s16)adj;
	}
	s->val = val;
	return 0;
}

static void change_back(struct semaphore *s, const struct sembuf *op,
			struct sem_undo *undo)
{
	s->val -= op->sem_op;
	if (op->sem_flg & SEM_UNDO)
		undo->adj[op->sem_num] =
			(s16)(undo->adj[op->sem_num] + op->sem_op);
}

/* All of it or nothing: 0, MUST_WAIT, -EAGAIN, -ERANGE. */
static int operation_try(struct sem_array *a, struct sem_wait *w)
{
	int err = 0;
	u32 i;

	for (i = 0; i < w->n; i++) {
		const struct sembuf *op = &w->ops[i];

		err = change(&a->sem[op->sem_num], op, w->undo);
		if (err)
			break;
	}
	if (!err) {
		for (i = 0; i < w->n; i++)
			ipc_pid_set(&a->sem[w->ops[i].sem_num].pid, w->pid);
		return 0;
	}
	w->blocking = &w->ops[i];
	while (i--)
		change_back(&a->sem[w->ops[i].sem_num], &w->ops[i], w->undo);
	if (err == MUST_WAIT && w->blocking->sem_flg & IPC_NOWAIT)
		err = -EAGAIN;
	return err;
}

/* Try the sleepers once; true: a value has changed. */
static bool sleepers_try(struct sem_array *a)
{
	struct ipc_wait *at, *next;

	list_for_each_entry_safe(at, next, &a->waiters, link) {
		struct sem_wait *w = container_of(at, struct sem_wait, wait);
		int err = operation_try(a, w);

		if (err == MUST_WAIT)
			continue;
		ipc_wait_done(at, err);
		if (!err && w->alters)
			return true;
	}
	return false;
}

void sem_changed(struct sem_array *a)
{
	a->otime = ipc_now();
	while (sleepers_try(a))
		;
}

/* ---- semop(2) ----------------------------------------------------------------------- */

static bool alters(const struct sembuf *ops, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (ops[i].sem_op)
			return true;
	return false;
}

static bool undoes(const struct sembuf *ops, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (ops[i].sem_flg & SEM_UNDO)
			return true;
	return false;
}

static int numbers_check(const struct sem_array *a, const struct sem_wait *w)
{
	for (u32 i = 0; i < w->n; i++)
		if (w->ops[i].sem_num >= a->n)
			return why(-EFBIG, "semop: there is no semaphore %u",
				   w->ops[i].sem_num);
	return 0;
}

static int operate_locked(struct sem_array *a, struct sem_wait *w, s64 timeout)
{
	struct ipc_ns *ns = a->ns;
	int err = operation_try(a, w);

	if (!err && w->alters)
		sem_changed(a);
	else if (!err)
		a->otime = ipc_now();
	if (err != MUST_WAIT)
		return err;
	ipc_wait_init(&w->wait, &a->waiters);
	err = ipc_wait_sleep(&w->wait, &ns->lock, timeout);
	if (err == -ERESTARTSYS)
		return -EINTR; /* never restarted: time may have passed */
	return err == -ETIMEDOUT ? -EAGAIN : err;
}

int sem_operate(int id, const struct sembuf *ops, u32 n, s64 timeout_ns)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct sem_wait w = {
		.ops = ops,
		.n = n,
		.alters = alters(ops, n),
		.pid = current_tgid(),
	};
	struct sem_array *a;
	int err;

	mutex_lock(&ns->lock);
	a = sem_find(ns, id);
	err = PTR_ERR_OR_ZERO(a);
	if (!err)
		err = numbers_check(a, &w);
	if (!err)
		err = ipc_may(ns, &a->obj, w.alters ? 0222 : 0444);
	if (!err && undoes(ops, n)) {
		w.undo = sem_undo_get(a);
		err = PTR_ERR_OR_ZERO(w.undo);
	}
	if (!err)
		err = operate_locked(a, &w, timeout_ns);
	mutex_unlock(&ns->lock);
	return err;
}
