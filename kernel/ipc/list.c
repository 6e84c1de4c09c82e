// SPDX-License-Identifier: MIT
/*
 * /proc/sysvipc: every System V object of the ipc namespace in which the file
 * was opened, a line each, with pids as the opener's pid namespace has them and ids
 * as the reader's user namespace has (proc(5); the columns are those of Linux).
 */
#include "fs/file.h"
#include "fs/seq.h"
#include "kernel/ipc/limits.h"
#include "kernel/ipc/msg_impl.h"
#include "kernel/ipc/sem_impl.h"
#include "kernel/ipc/shm_impl.h"
#include "kernel/task/cred.h"

typedef unsigned long long ull;

static int nr_of(const struct seq *s, const struct pid *pid)
{
	return pid ? pid_nr(pid, s->pids) : 0;
}

static void list_all(struct seq *s, enum ipc_kind kind,
		     void (*line)(struct seq *s, const struct ipc_obj *obj,
				  const struct ipc64_perm *p))
{
	struct ipc_ns *ns = to_ipc_ns(s->about);
	struct ipc_obj *obj;
	struct ipc64_perm p;

	mutex_lock(&ns->lock);
	for (u64 i = 0; (obj = ipc_next(ns, kind, &i)); i++) {
		ipc_perm_show(obj, &p);
		line(s, obj, &p);
	}
	mutex_unlock(&ns->lock);
}

static void shm_line(struct seq *s, const struct ipc_obj *obj,
		     const struct ipc64_perm *p)
{
	const struct shm *m = container_of(obj, struct shm, obj);

	seq_printf(s, "%10d %10d  %4o %21llu %5u %5u  %5u %5u %5u %5u %5u "
		      "%10llu %10llu %10llu %21llu %21llu\n",
		   p->key, obj->id, p->mode, (ull)m->size, nr_of(s, m->cpid),
		   nr_of(s, m->lpid), m->nattch, p->uid, p->gid, p->cuid,
		   p->cgid, (ull)m->atime, (ull)m->dtime, (ull)m->obj.ctime,
		   (ull)m->file->inode->pages.count << PAGE_SHIFT, 0ULL);
}

void ipc_shm_list(struct seq *s)
{
	seq_puts(s, "       key      shmid perms                  size  cpid  "
		    "lpid nattch   uid   gid  cuid  cgid      atime      "
		    "dtime      ctime                   rss                  "
		    "swap\n");
	list_all(s, IPC_KIND_SHM, shm_line);
}

static void sem_line(struct seq *s, const struct ipc_obj *obj,
		     const struct ipc64_perm *p)
{
	const struct sem_array *a = container_of(obj, struct sem_array, obj);

	seq_printf(s, "%10d %10d  %4o %10u %5u %5u %5u %5u %10llu %10llu\n",
		   p->key, obj->id, p->mode, a->n, p->uid, p->gid, p->cuid,
		   p->cgid, (ull)a->otime, (ull)a->obj.ctime);
}

void ipc_sem_list(struct seq *s)
{
	seq_puts(s, "       key      semid perms      nsems   uid   gid  cuid  "
		    "cgid      otime      ctime\n");
	list_all(s, IPC_KIND_SEM, sem_line);
}

static void msg_line(struct seq *s, const struct ipc_obj *obj,
		     const struct ipc64_perm *p)
{
	const struct msg_queue *q = container_of(obj, struct msg_queue, obj);

	seq_printf(s, "%10d %10d  %4o  %10llu %10u %5u %5u %5u %5u %5u %5u "
		      "%10llu %10llu %10llu\n",
		   p->key, obj->id, p->mode, (ull)q->bytes, q->n,
		   nr_of(s, q->lspid), nr_of(s, q->lrpid), p->uid, p->gid,
		   p->cuid, p->cgid, (ull)q->stime, (ull)q->rtime,
		   (ull)q->obj.ctime);
}

void ipc_msg_list(struct seq *s)
{
	seq_puts(s, "       key      msqid perms      cbytes       qnum lspid "
		    "lrpid   uid   gid  cuid  cgid      stime      rtime      "
		    "ctime\n");
	list_all(s, IPC_KIND_MSG, msg_line);
}
