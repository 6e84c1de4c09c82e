// SPDX-License-Identifier: MIT
/*
 * System V shared memory: segments, which tasks attach (shm_attach.c).
 *
 * A segment is a nameless file of tmpfs and what is known about it. It ends when
 * it was removed and nobody has it attached: each attachment is a file of its
 * own on the same inode, counted in shm->files, and shared by the areas of all
 * that inherited it. nattch, which users see, counts those areas. With the
 * sysctl shm_rmid_forced a segment also ends with its last attachment, or
 * with the task that made it.
 *
 * An attachment holds the ipc namespace (PIN_SHM): its segment is in it.
 *
 * Locks: ns->lock for segments; creators_lock, a leaf, for task->shm_created.
 */
#include "fs/file.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/shm_impl.h"
#include "kernel/mm/slab.h"
#include "kernel/mm/vma.h"
#include "kernel/task/cred.h"

static DEFINE_SPINLOCK(creators_lock);
static struct slab *shm_slab;

void shm_module_init(void)
{
	shm_slab = slab_create("shm", sizeof(struct shm), 8);
}

/* ---- a segment's beginning and end ---------------------------------------------- */

/* 0; -EINVAL: no size for a segment; -ENOSPC: the namespace has too many;
 * -ENOMEM: huge pages, as where none are set aside. */
static int size_check(const struct ipc_ns *ns, const struct ipc_request *req)
{
	u64 pages = shm_pages(req->size);

	if (!req->size || req->size > ns->shmmax)
		return why(-EINVAL, "shmget: a size of %llu; shmmax is %llu",
			   (unsigned long long)req->size,
			   (unsigned long long)ns->shmmax);
	if (req->flags & SHM_HUGETLB)
		return why(-ENOMEM, "shmget: there are no huge pages");
	if (ns->shm_pages + pages > ns->shmall)
		return why(-ENOSPC, "shmget: kernel.shmall");
	return 0;
}

static int file_make(struct shm *shm, const struct ipc_request *req)
{
	char name[16];

	snprintf(name, sizeof(name), "SYSV%08x", (u32)req->key);
	shm->file = shmem_file_new(name, shm_pages(req->size) << PAGE_SHIFT,
				   O_RDWR);
	return PTR_ERR_OR_ZERO(shm->file);
}

static struct ipc_obj *shm_create(struct ipc_ns *ns,
				  const struct ipc_request *req)
{
	int err = size_check(ns, req);
	struct shm *shm = err ? NULL : slab_zalloc(shm_slab);

	if (!shm)
		return ERR_PTR(err ? err : -ENOMEM);
	err = file_make(shm, req);
	if (err) {
		slab_free(shm_slab, shm);
		return ERR_PTR(err);
	}
	shm->ns = ns;
	shm->size = req->size;
	shm->cpid = pid_get(current_tgid());
	ns->shm_pages += shm_pages(shm->size);
	spin_lock(&creators_lock);
	list_add_tail(&shm->created, &current->shm_created);
	spin_unlock(&creators_lock);
	return &shm->obj;
}

static void shm_destroy(struct ipc_ns *ns, struct ipc_obj *obj)
{
	struct shm *shm = to_shm(obj);

	assert(!shm->files);
	spin_lock(&creators_lock);
	list_del(&shm->created);
	spin_unlock(&creators_lock);
	ns->shm_pages -= shm_pages(shm->size);
	shm_unlock(shm);
	file_put(shm->file);
	pid_put(shm->cpid);
	pid_put(shm->lpid);
	slab_free(shm_slab, shm);
}

static u32 shm_limit(const struct ipc_ns *ns)
{
	return ns->shmmni;
}

static int shm_fits(const struct ipc_obj *obj, const struct ipc_request *req)
{
	return container_of(obj, struct shm, obj)->size < req->size ?
		       -EINVAL : 0;
}

const struct ipc_type shm_type = {
	.kind = IPC_KIND_SHM,
	.limit = shm_limit,
	.create = shm_create,
	.destroy = shm_destroy,
	.fits = shm_fits,
	.stat_cmd = SHM_STAT,
	.ds_size = sizeof(struct shmid64_ds),
	.stat = shm_stat,
	.remove = shm_remove,
	.info = shm_info,
};

static void shm_end(struct shm *shm)
{
	struct ipc_ns *ns = shm->ns;

	ipc_unlink(ns, IPC_KIND_SHM, &shm->obj);
	shm_destroy(ns, &shm->obj);
}

void shm_end_if_unused(struct shm *shm)
{
	if (!shm->files &&
	    (shm->obj.mode & SHM_DEST || shm->ns->shm_rmid_forced))
		shm_end(shm);
}

struct shm *shm_find(struct ipc_ns *ns, int id)
{
	struct ipc_obj *obj = ipc_find(ns, IPC_KIND_SHM, id);

	return IS_ERR(obj) ? ERR_PTR(PTR_ERR(obj)) : to_shm(obj);
}

/* ---- the task that made it ------------------------------------------------------- */

/* The namespace of the first segment that @t made, counted; NULL: none is
 * left. Those of a namespace that is ending itself are forgotten. */
static struct ipc_ns *created_ns_get(struct task *t)
{
	struct ipc_ns *ns = NULL;

	spin_lock(&creators_lock);
	while (!ns && !list_empty(&t->shm_created)) {
		struct shm *shm = list_first(&t->shm_created, struct shm,
					     created);

		if (ns_get_not_zero(&shm->ns->ns, PIN_TEMP))
			ns = shm->ns;
		else
			list_del(&shm->created);
	}
	spin_unlock(&creators_lock);
	return ns;
}

/* The first segment that @t made in @ns, taken off its list; or NULL. */
static struct shm *created_take(struct task *t, const struct ipc_ns *ns)
{
	struct shm *shm, *found = NULL;

	spin_lock(&creators_lock);
	list_for_each_entry(shm, &t->shm_created, created)
		if (shm->ns == ns) {
			found = shm;
			list_del(&shm->created);
			break;
		}
	spin_unlock(&creators_lock);
	return found;
}

/**
 * shm_task_exit - current leaves its ipc namespace, or altogether
 *
 * Nobody is the creator of its segments any more; with shm_rmid_forced that is
 * the end of those that are not attached.
 * Context: may sleep. Does not fail or allocate.
 */
void shm_task_exit(struct task *t)
{
	struct ipc_ns *ns;
	struct shm *shm;

	while ((ns = created_ns_get(t))) {
		mutex_lock(&ns->lock);
		while ((shm = created_take(t, ns)))
			if (ns->shm_rmid_forced)
				shm_end_if_unused(shm);
		mutex_unlock(&ns->lock);
		ns_put(&ns->ns, PIN_TEMP);
	}
}

void shm_destroy_orphans(struct ipc_ns *ns)
{
	struct ipc_obj *obj;

	mutex_lock(&ns->lock);
	for (u64 i = 0; (obj = ipc_next(ns, IPC_KIND_SHM, &i)); i++)
		if (list_empty(&to_shm(obj)->created))
			shm_end_if_unused(to_shm(obj));
	mutex_unlock(&ns->lock);
}
