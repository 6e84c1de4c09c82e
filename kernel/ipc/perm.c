// SPDX-License-Identifier: MIT
/*
 * Who may do what with a System V object (svipc(7), "Resource access
 * permissions"). Nine bits as with files, but of the effective ids, for owner
 * and creator alike; over them stand CAP_IPC_OWNER (access) and CAP_SYS_ADMIN
 * (control) in the user namespace that owns the ipc namespace.
 */
#include "kernel/debug/why.h"
#include "kernel/ipc/ipc.h"
#include "kernel/task/cred.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

int ipc_may(const struct ipc_ns *ns, const struct ipc_obj *obj, u32 mode)
{
	const struct cred *c = current->cred;
	u32 wanted = (mode >> 6 | mode >> 3 | mode) & 7, granted = obj->mode;

	if (c->euid == obj->cuid || c->euid == obj->uid)
		granted >>= 6;
	else if (cred_in_group(c, obj->cgid) || cred_in_group(c, obj->gid))
		granted >>= 3;
	if (!(wanted & ~granted) || ns_capable(ns->ns.owner, CAP_IPC_OWNER))
		return 0;
	return why(-EACCES, "ipc: id %d has mode %03o for %u:%u; no "
			    "CAP_IPC_OWNER", obj->id, obj->mode & 0777,
		   obj->uid, obj->gid);
}

int ipc_may_control(const struct ipc_ns *ns, const struct ipc_obj *obj)
{
	kuid_t euid = current->cred->euid;

	if (euid == obj->cuid || euid == obj->uid ||
	    ns_capable(ns->ns.owner, CAP_SYS_ADMIN))
		return 0;
	return why(-EPERM, "ipc: id %d belongs to %u; no CAP_SYS_ADMIN",
		   obj->id, obj->uid);
}

void ipc_perm_show(const struct ipc_obj *obj, struct ipc64_perm *out)
{
	const struct user_ns *user = current_user_ns();

	*out = (struct ipc64_perm){
		.key = obj->key,
		.uid = from_kuid_munged(user, obj->uid),
		.gid = from_kgid_munged(user, obj->gid),
		.cuid = from_kuid_munged(user, obj->cuid),
		.cgid = from_kgid_munged(user, obj->cgid),
		.mode = (__kernel_mode_t)obj->mode,
		.seq = (unsigned short)obj->seq,
	};
}

int ipc_perm_set(struct ipc_obj *obj, const struct ipc64_perm *in)
{
	kuid_t uid = make_kuid(current_user_ns(), in->uid);
	kgid_t gid = make_kgid(current_user_ns(), in->gid);

	if (uid == INVALID_ID || gid == INVALID_ID)
		return -EINVAL;
	obj->uid = uid;
	obj->gid = gid;
	obj->mode = (obj->mode & ~0777u) | (in->mode & 0777u);
	return 0;
}

/* ---- whose process it was ----------------------------------------------------- */

struct pid *current_tgid(void)
{
	return current->signal->pids[PIDTYPE_TGID];
}

int ipc_pid_nr(const struct pid *pid)
{
	return pid ? pid_nr(pid, task_active_pid_ns(current)) : 0;
}

void ipc_pid_set(struct pid **slot, struct pid *pid)
{
	if (*slot == pid)
		return;
	pid_put(*slot);
	*slot = pid_get(pid);
}
