// SPDX-License-Identifier: MIT
/* shmctl(2): what is known about segments, and changing it. */
#include <linux/resource.h>

#include "fs/file.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/shm_impl.h"
#include "kernel/mm/vma.h"
#include "kernel/ns/ucount.h"
#include "kernel/task/cred.h"

static void stat_fill(const struct shm *shm, struct shmid64_ds *out)
{
	*out = (struct shmid64_ds){
		.shm_segsz = shm->size,
		.shm_atime = (long)shm->atime,
		.shm_dtime = (long)shm->dtime,
		.shm_ctime = (long)shm->ctime,
		.shm_cpid = ipc_pid_nr(shm->cpid),
		.shm_lpid = ipc_pid_nr(shm->lpid),
		.shm_nattch = shm->nattch,
	};
	ipc_perm_show(&shm->obj, &out->shm_perm);
}

static int stat_locked(struct ipc_ns *ns, int id, int cmd,
		       struct shmid64_ds *out)
{
	struct ipc_obj *obj = ipc_stat_find(ns, IPC_KIND_SHM, id,
					    cmd == IPC_STAT,
					    cmd == SHM_STAT_ANY);

	if (IS_ERR(obj))
		return (int)PTR_ERR(obj);
	stat_fill(to_shm(obj), out);
	return cmd == IPC_STAT ? 0 : obj->id;
}

int shm_stat(int id, int cmd, struct shmid64_ds *out)
{
	struct ipc_ns *ns = current_ipc_ns();
	int ret;

	mutex_lock(&ns->lock);
	ret = stat_locked(ns, id, cmd, out);
	mutex_unlock(&ns->lock);
	return ret;
}

static int remove_locked(struct shm *shm)
{
	shm->obj.mode |= SHM_DEST;
	ipc_forget_key(shm->ns, IPC_KIND_SHM, &shm->obj);
	shm_end_if_unused(shm);
	return 0;
}

static int set_locked(struct shm *shm, const struct shmid64_ds *in)
{
	int err = ipc_perm_set(&shm->obj, &in->shm_perm);

	if (!err)
		shm->ctime = ipc_now();
	return err;
}

/* IPC_SET with what is in @in, or IPC_RMID if it is NULL. */
static int control(int id, const struct shmid64_ds *in)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct ipc_obj *obj;
	int err;

	mutex_lock(&ns->lock);
	obj = ipc_control_find(ns, IPC_KIND_SHM, id);
	err = PTR_ERR_OR_ZERO(obj);
	if (!err)
		err = in ? set_locked(to_shm(obj), in) :
			   remove_locked(to_shm(obj));
	mutex_unlock(&ns->lock);
	return err;
}

int shm_set(int id, const struct shmid64_ds *in)
{
	return control(id, in);
}

int shm_remove(int id)
{
	return control(id, NULL);
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

int shm_limits_show(struct shminfo64 *out)
{
	struct ipc_ns *ns = current_ipc_ns();
	int ret;

	mutex_lock(&ns->lock);
	*out = (struct shminfo64){
		.shmmax = ns->shmmax,
		.shmmin = 1,
		.shmmni = ns->shmmni,
		.shmseg = ns->shmmni,
		.shmall = ns->shmall,
	};
	ret = ipc_max_index(ns, IPC_KIND_SHM);
	mutex_unlock(&ns->lock);
	return ret;
}

int shm_info_show(struct shm_info *out)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct ipc_obj *obj;
	int ret;

	mutex_lock(&ns->lock);
	*out = (struct shm_info){
		.used_ids = (int)ipc_in_use(ns, IPC_KIND_SHM),
		.shm_tot = ns->shm_pages,
	};
	for (u64 i = 0; (obj = ipc_next(ns, IPC_KIND_SHM, &i)); i++)
		out->shm_rss += to_shm(obj)->file->inode->pages.count;
	ret = ipc_max_index(ns, IPC_KIND_SHM);
	mutex_unlock(&ns->lock);
	return ret;
}
