// SPDX-License-Identifier: MIT
/*
 * shmctl(2), semctl(2), msgctl(2): find the object, ask who may, and let its
 * kind do what is its own.
 */
#include "kernel/ipc/ctl.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"

static struct ipc_obj *stat_find(struct ipc_ns *ns, enum ipc_kind kind, int id,
				 enum ipc_stat_way way)
{
	struct ipc_obj *obj = way == IPC_BY_ID ? ipc_find(ns, kind, id) :
						 ipc_find_index(ns, kind, id);
	int err = PTR_ERR_OR_ZERO(obj);

	if (!err && way != IPC_BY_INDEX_ANY)
		err = ipc_may(ns, obj, 0444);
	return err ? ERR_PTR(err) : obj;
}

int ipc_stat(const struct ipc_type *type, int id, enum ipc_stat_way way,
	     union ipc_ds *out)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct ipc_obj *obj;
	int ret;

	memset(out, 0, sizeof(*out));
	mutex_lock(&ns->lock);
	obj = stat_find(ns, type->kind, id, way);
	ret = PTR_ERR_OR_ZERO(obj);
	if (!ret) {
		ipc_perm_show(obj, &out->perm);
		type->stat(obj, out);
		ret = way == IPC_BY_ID ? 0 : obj->id;
	}
	mutex_unlock(&ns->lock);
	return ret;
}

static struct ipc_obj *control_find(struct ipc_ns *ns, enum ipc_kind kind,
				    int id)
{
	struct ipc_obj *obj = ipc_find(ns, kind, id);
	int err = PTR_ERR_OR_ZERO(obj);

	if (!err)
		err = ipc_may_control(ns, obj);
	return err ? ERR_PTR(err) : obj;
}

int ipc_set(const struct ipc_type *type, int id, const union ipc_ds *in)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct ipc_obj *obj;
	int err;

	mutex_lock(&ns->lock);
	obj = control_find(ns, type->kind, id);
	err = PTR_ERR_OR_ZERO(obj);
	if (!err)
		err = type->set ? type->set(ns, obj, in) :
				  ipc_perm_set(obj, &in->perm);
	if (!err)
		obj->ctime = ipc_now();
	mutex_unlock(&ns->lock);
	return err;
}

int ipc_remove(const struct ipc_type *type, int id)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct ipc_obj *obj;
	int err;

	mutex_lock(&ns->lock);
	obj = control_find(ns, type->kind, id);
	err = PTR_ERR_OR_ZERO(obj);
	if (!err)
		type->remove(ns, obj);
	mutex_unlock(&ns->lock);
	return err;
}

int ipc_info(const struct ipc_type *type, bool usage, union ipc_info *out,
	     u32 *size)
{
	struct ipc_ns *ns = current_ipc_ns();
	int ret;

	mutex_lock(&ns->lock);
	*size = type->info(ns, usage, out);
	ret = ipc_max_index(ns, type->kind);
	mutex_unlock(&ns->lock);
	return ret;
}
