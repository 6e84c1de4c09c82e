// SPDX-License-Identifier: MIT
/* semctl(2): values, and what is special about arrays. */
#include "kernel/debug/why.h"
#include "kernel/ipc/ctl.h"
#include "kernel/ipc/sem_impl.h"
#include "kernel/task/cred.h"

/* @id's array, if current may do with it what the bits of @mode say. Takes
 * ns->lock, which array_put() releases, also after an error. */
static struct sem_array *array_get(int id, u32 mode)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct sem_array *a;
	int err;

	mutex_lock(&ns->lock);
	a = sem_find(ns, id);
	if (IS_ERR(a))
		return a;
	err = ipc_may(ns, &a->obj, mode);
	return err ? ERR_PTR(err) : a;
}

static void array_put(void)
{
	mutex_unlock(&current_ipc_ns()->lock);
}

/* ---- one value ---------------------------------------------------------------------- */

/* Who waits for semaphore @num, to become 0 or to grow? The first change of
 * an operation that cannot be made is what it waits for. */
static int waiting(const struct sem_array *a, u32 num, bool for_zero)
{
	struct ipc_wait *at;
	int n = 0;

	list_for_each_entry(at, &a->waiters, link) {
		const struct sembuf *op =
			container_of(at, struct sem_wait, wait)->blocking;

		n += op->sem_num == num && for_zero == !op->sem_op;
	}
	return n;
}

static int one_read(const struct sem_array *a, u32 num, int cmd)
{
	switch (cmd) {
	case GETVAL:
		return a->sem[num].val;
	case GETPID:
		return ipc_pid_nr(a->sem[num].pid);
	default:
		return waiting(a, num, cmd == GETZCNT);
	}
}

int sem_get_one(int id, int num, int cmd)
{
	struct sem_array *a = array_get(id, 0444);
	int ret = PTR_ERR_OR_ZERO(a);

	if (!ret)
		ret = num < 0 || (u32)num >= a->n ?
			      -EINVAL : one_read(a, (u32)num, cmd);
	array_put();
	return ret;
}

static void one_write(struct sem_array *a, u32 i, int val)
{
	a->sem[i].val = val;
	ipc_pid_set(&a->sem[i].pid, current_tgid());
	a->obj.ctime = ipc_now();
}

/* What sem_changed() does, but semctl(2) is no operation: otime stays. */
static void changed_by_ctl(struct sem_array *a)
{
	u64 otime = a->otime;

	sem_changed(a);
	a->otime = otime;
}

int sem_set_one(int id, int num, int val)
{
	struct sem_array *a;
	int err;

	if (val < 0 || val > SEMVMX)
		return why(-ERANGE, "semctl: a value of %d", val);
	a = array_get(id, 0222);
	err = PTR_ERR_OR_ZERO(a);
	if (!err && (num < 0 || (u32)num >= a->n))
		err = -EINVAL;
	if (!err) {
		sem_undo_clear(a, (u32)num);
		one_write(a, (u32)num, val);
		changed_by_ctl(a);
	}
	array_put();
	return err;
}

/* ---- all values ---------------------------------------------------------------------- */

int sem_count(int id, u32 mode)
{
	struct sem_array *a = array_get(id, mode);
	int ret = IS_ERR(a) ? (int)PTR_ERR(a) : (int)a->n;

	array_put();
	return ret;
}

int sem_get_all(int id, u16 *vals, u32 n)
{
	const struct sem_array *a = array_get(id, 0444);
	int err = PTR_ERR_OR_ZERO(a);

	if (!err && a->n != n)
		err = -EIDRM;
	for (u32 i = 0; !err && i < n; i++)
		vals[i] = (u16)a->sem[i].val;
	array_put();
	return err;
}

int sem_set_all(int id, const u16 *vals, u32 n)
{
	struct sem_array *a;
	int err;

	for (u32 i = 0; i < n; i++)
		if (vals[i] > SEMVMX)
			return why(-ERANGE, "semctl: a value of %u", vals[i]);
	a = array_get(id, 0222);
	err = PTR_ERR_OR_ZERO(a);
	if (!err && a->n != n)
		err = -EIDRM;
	for (u32 i = 0; !err && i < n; i++)
		one_write(a, i, vals[i]);
	if (!err) {
		sem_undo_clear(a, n);
		changed_by_ctl(a);
	}
	array_put();
	return err;
}

/* ---- the array ---------------------------------------------------------------------- */

void sem_stat(struct ipc_obj *obj, union ipc_ds *out)
{
	out->sem.sem_otime = (long)to_sem(obj)->otime;
	out->sem.sem_ctime = (long)obj->ctime;
	out->sem.sem_nsems = to_sem(obj)->n;
}

u32 sem_info(struct ipc_ns *ns, bool usage, union ipc_info *out)
{
	out->sem = (struct seminfo){
		.semmap = SEMMAP,
		.semmni = (int)ns->sem[SEM_MNI],
		.semmns = (int)ns->sem[SEM_MNS],
		.semmnu = SEMMNU,
		.semmsl = (int)ns->sem[SEM_MSL],
		.semopm = (int)ns->sem[SEM_OPM],
		.semume = SEMUME,
		.semusz = SEMUSZ,
		.semvmx = SEMVMX,
		.semaem = SEMAEM,
	};
	if (usage) {
		out->sem.semusz = (int)ipc_in_use(ns, IPC_KIND_SEM);
		out->sem.semaem = (int)ns->sem_count;
	}
	return sizeof(out->sem);
}
