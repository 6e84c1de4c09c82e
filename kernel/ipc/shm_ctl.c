// SPDX-License-Identifier: MIT
/* shmctl(2): what is special about segments. */
#include <linux/resource.h>

#include "fs/file.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/ctl.h"
#include "kernel/ipc/shm_impl.h"
#include "kernel/mm/vma.h"
#include "kernel/ns/ucount.h"
#include "kernel/task/cred.h"

void shm_stat(struct ipc_obj *obj, union ipc_ds *out)
{
	const struct shm *shm = to_shm(obj);

	out->shm.shm_segsz = shm->size;
	out->shm.shm_atime = (long)shm->atime;
	out->shm.shm_dtime = (long)shm->dtime;
	out->shm.shm_ctime = (long)obj->ctime;
	out->shm.shm_cpid = ipc_pid_nr(shm->cpid);
	out->shm.shm_lpid = ipc_pid_nr(shm->lpid);
	out->shm.shm_nattch = shm->nattch;
}

void shm_remove(struct ipc_ns *ns, struct ipc_obj *obj)
{
	obj->mode |= SHM_DEST;
	ipc_forget_key(ns, IPC_KIND_SHM, obj);
	shm_end_if_unused(to_shm(obj));
}

/* ---- SHM_LOCK, SHM_UNLOCK -------------------------------------------------------- */

static int lock_check(const struct ipc_ns *ns, const struct ipc_obj *obj,
		      bool on)
{
	kuid_t euid = current->cred->euid;

	if (ns_capable(ns->ns.owner, CAP_IPC_LOCK))
		return 0;
	if (euid != obj->uid && euid != obj->cuid)
		return why(-EPERM, "shmctl: id %d belongs to %u; no "
				   "CAP_IPC_LOCK", obj->id, obj->uid);
	if (on && !rlimit(RLIMIT_MEMLOCK))
		return why(-EPERM, "shmctl: RLIMIT_MEMLOCK is 0");
	return 0;
}

/* There is no swap: memory of segments stays as it is, but it counts. The limit is
 * of pages for who locks, while above him the bytes of a namespace's maker are
 * taken for pages, as by Linux. */
static int shm_charge(struct shm *shm)
{
	struct ucount *u = current->cred->ucount;
	u64 pages = shm_pages(shm->size);

	if (capable(CAP_IPC_LOCK))
		ucount_add(u, UCOUNT_MEMLOCK, pages);
	else if (!ucount_add_below(u, UCOUNT_MEMLOCK, pages,
				   rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT))
		return why(-ENOMEM, "shmctl: id %d: RLIMIT_MEMLOCK of user %u "
				    "or above", shm->obj.id, u->uid);
	shm->locker = ucount_get(u);
	shm->obj.mode |= SHM_LOCKED;
	return 0;
}

void shm_unlock(struct shm *shm)
{
	if (!shm->locker)
		return;
	ucount_sub(shm->locker, UCOUNT_MEMLOCK, shm_pages(shm->size));
	ucount_put(shm->locker);
	shm->locker = NULL;
	shm->obj.mode &= ~(u32)SHM_LOCKED;
}

int shm_lock(int id, bool on)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct shm *shm;
	int err;

	mutex_lock(&ns->lock);
	shm = shm_find(ns, id);
	err = PTR_ERR_OR_ZERO(shm);
	if (!err)
		err = lock_check(ns, &shm->obj, on);
	if (!err && !on)
		shm_unlock(shm);
	else if (!err && !shm->locker)
		err = shm_charge(shm);
	mutex_unlock(&ns->lock);
	return err;
}

/* ---- IPC_INFO, SHM_INFO ------------------------------------------------------------- */

static u32 limits(const struct ipc_ns *ns, struct shminfo64 *out)
{
	*out = (struct shminfo64){
		.shmmax = ns->shmmax,
		.shmmin = 1,
		.shmmni = ns->shmmni,
		.shmseg = ns->shmmni,
		.shmall = ns->shmall,
	};
	return sizeof(*out);
}

u32 shm_info(struct ipc_ns *ns, bool usage, union ipc_info *out)
{
	struct ipc_obj *obj;

	if (!usage)
		return limits(ns, &out->shm_limits);
	out->shm = (struct shm_info){
		.used_ids = (int)ipc_in_use(ns, IPC_KIND_SHM),
		.shm_tot = ns->shm_pages,
	};
	for (u64 i = 0; (obj = ipc_next(ns, IPC_KIND_SHM, &i)); i++)
		out->shm.shm_rss += to_shm(obj)->file->inode->pages.count;
	return sizeof(out->shm);
}
