// SPDX-License-Identifier: MIT
/*
 * The system calls of System V shared memory, semaphores and message queues:
 * copy arguments, call kernel/ipc, copy results.
 */
#include "kernel/debug/why.h"
#include "kernel/ipc/ctl.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

/* A result and what belongs to it. */
static long copy_out(void __user *buf, const void *what, size_t n, long ret)
{
	return ret >= 0 && copy_to_user(buf, what, n) ? -EFAULT : ret;
}

/* ---- the commands that all three have -------------------------------------------------- */

static long control_stat(const struct ipc_type *type, int id,
			 enum ipc_stat_way way, void __user *buf)
{
	union ipc_ds ds;
	int ret = ipc_stat(type, id, way, &ds);

	return copy_out(buf, &ds, type->ds_size, ret);
}

static long control_set(const struct ipc_type *type, int id,
			const void __user *buf)
{
	union ipc_ds ds;

	if (copy_from_user(&ds, buf, type->ds_size))
		return -EFAULT;
	return ipc_set(type, id, &ds);
}

static long control_info(const struct ipc_type *type, bool usage,
			 void __user *buf)
{
	union ipc_info info;
	u32 size;
	int ret = ipc_info(type, usage, &info, &size);

	return copy_out(buf, &info, size, ret);
}

static long control(const struct ipc_type *type, int id, int cmd,
		    void __user *buf)
{
	switch (cmd) {
	case IPC_RMID:
		return ipc_remove(type, id);
	case IPC_SET:
		return control_set(type, id, buf);
	case IPC_STAT:
		return control_stat(type, id, IPC_BY_ID, buf);
	case IPC_INFO:
		return control_info(type, false, buf);
	}
	switch ((u32)cmd - type->stat_cmd) {
	case 0: /* SHM_STAT, SEM_STAT, MSG_STAT */
		return control_stat(type, id, IPC_BY_INDEX, buf);
	case 1: /* ..._INFO */
		return control_info(type, true, buf);
	case 2: /* ..._STAT_ANY */
		return control_stat(type, id, IPC_BY_INDEX_ANY, buf);
	default:
		return -EINVAL;
	}
}

/* ---- shared memory ------------------------------------------------------------------ */

long sys_shmget(int key, size_t size, int flags)
{
	const struct ipc_request req = {
		.key = key,
		.flags = flags,
		.size = size,
	};

	return ipc_get(current_ipc_ns(), &shm_type, &req);
}

long sys_shmat(int id, void __user *addr, int flags)
{
	return shm_attach(id, (u64)addr, flags);
}

long sys_shmdt(void __user *addr)
{
	return shm_detach((u64)addr);
}

long sys_shmctl(int id, int cmd, void __user *buf)
{
	if (cmd < 0 || id < 0)
		return -EINVAL;
	switch (cmd) {
	case SHM_LOCK:
	case SHM_UNLOCK:
		return shm_lock(id, cmd == SHM_LOCK);
	default:
		return control(&shm_type, id, cmd, buf);
	}
}

/* ---- semaphores --------------------------------------------------------------------- */

long sys_semget(int key, int nsems, int flags)
{
	struct ipc_ns *ns = current_ipc_ns();
	const struct ipc_request req = {
		.key = key,
		.flags = flags,
		.size = (u64)nsems,
	};

	if (nsems < 0 || (u32)nsems > ns->sem[SEM_MSL])
		return why(-EINVAL, "semget: %d semaphores; SEMMSL is %u",
			   nsems, ns->sem[SEM_MSL]);
	return ipc_get(ns, &sem_type, &req);
}

static long operate(int id, const struct sembuf __user *ops, u32 n, s64 timeout)
{
	struct sembuf *copy;
	long err;

	if (n < 1 || id < 0)
		return -EINVAL;
	if (n > current_ipc_ns()->sem[SEM_OPM])
		return why(-E2BIG, "semop: %u operations; SEMOPM is %u", n,
			   current_ipc_ns()->sem[SEM_OPM]);
	copy = kmalloc(n * sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	err = copy_from_user(copy, ops, n * sizeof(*copy));
	if (!err)
		err = sem_operate(id, copy, n, timeout);
	kfree(copy);
	return err;
}

long sys_semop(int id, struct sembuf __user *ops, unsigned int n)
{
	return operate(id, ops, n, WAIT_FOREVER);
}

long sys_semtimedop(int id, struct sembuf __user *ops, unsigned int n,
		    const struct __kernel_timespec __user *timeout)
{
	struct __kernel_timespec ts;
	u64 ns;

	if (!timeout)
		return operate(id, ops, n, WAIT_FOREVER);
	if (copy_from_user(&ts, timeout, sizeof(ts)))
		return -EFAULT;
	if (timespec_to_ns(&ts, &ns))
		return -EINVAL;
	return operate(id, ops, n, (s64)ns);
}

/* GETALL: room for the values first, then they, then out. */
static long get_all(int id, u16 __user *out)
{
	int n = sem_count(id, 0444);
	u16 *vals;
	long err;

	if (n < 0)
		return n;
	vals = kmalloc((size_t)n * sizeof(*vals));
	if (!vals)
		return -ENOMEM;
	err = sem_get_all(id, vals, (u32)n);
	err = copy_out(out, vals, (size_t)n * sizeof(*vals), err);
	kfree(vals);
	return err;
}

static long set_all(int id, const u16 __user *in)
{
	int n = sem_count(id, 0222);
	u16 *vals;
	long err;

	if (n < 0)
		return n;
	vals = kmalloc((size_t)n * sizeof(*vals));
	if (!vals)
		return -ENOMEM;
	err = copy_from_user(vals, in, (size_t)n * sizeof(*vals));
	if (!err)
		err = sem_set_all(id, vals, (u32)n);
	kfree(vals);
	return err;
}

long sys_semctl(int id, int num, int cmd, unsigned long arg)
{
	if (id < 0)
		return -EINVAL;
	switch (cmd) {
	case GETVAL:
	case GETPID:
	case GETNCNT:
	case GETZCNT:
		return sem_get_one(id, num, cmd);
	case SETVAL:
		return sem_set_one(id, num, (int)arg);
	case GETALL:
		return get_all(id, (u16 __user *)arg);
	case SETALL:
		return set_all(id, (const u16 __user *)arg);
	default:
		return control(&sem_type, id, cmd, (void __user *)arg);
	}
}

/* ---- messages -------------------------------------------------------------------------- */

long sys_msgget(int key, int flags)
{
	const struct ipc_request req = { .key = key, .flags = flags };

	return ipc_get(current_ipc_ns(), &msg_type, &req);
}

/* What is before the text in user memory. */
#define TEXT_OFFSET __builtin_offsetof(struct msgbuf, mtext)

long sys_msgsnd(int id, const struct msgbuf __user *buf, size_t size, int flags)
{
	struct message *m;
	long err;

	if (id < 0 || size > current_ipc_ns()->msgmax)
		return -EINVAL;
	m = message_new(size);
	if (!m)
		return -ENOMEM;
	err = get_user(m->type, &buf->mtype);
	if (!err)
		err = copy_from_user(m->text, (const char __user *)buf +
						      TEXT_OFFSET, size);
	if (!err)
		err = msg_send(id, m, flags);
	if (err)
		kfree(m);
	return err;
}

long sys_msgrcv(int id, struct msgbuf __user *buf, size_t size, long type,
		int flags)
{
	struct message *m = msg_receive(id, size, type, flags);
	long ret;

	if (IS_ERR(m))
		return PTR_ERR(m);
	ret = (long)min(m->size, size);
	if (put_user(m->type, &buf->mtype) ||
	    copy_to_user((char __user *)buf + TEXT_OFFSET, m->text,
			 (size_t)ret))
		ret = -EFAULT;
	kfree(m);
	return ret;
}

long sys_msgctl(int id, int cmd, void __user *buf)
{
	if (id < 0 || cmd < 0)
		return -EINVAL;
	return control(&msg_type, id, cmd, buf);
}
