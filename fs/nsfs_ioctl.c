// SPDX-License-Identifier: MIT
/*
 * What the file of a namespace answers to ioctl(2): its type, its owner, its parent,
 * numbers of tasks as another pid namespace has them, and one mount namespace after
 * the other.
 */
#include <linux/nsfs.h>
#include <linux/sched.h>

#include "fs/mount.h"
#include "fs/nsfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

/* NS_GET_USERNS: only the caller's own user namespace or one within it. */
static long ioctl_userns(struct ns *ns)
{
	const struct user_ns *own = current->cred->user_ns;

	if (!ns->owner || !user_ns_within(ns->owner, own))
		return why(-EPERM, "NS_GET_USERNS: the owner of %s:[%u] is "
				   "outside the own user namespace",
			   ns->ops->name, ns->inum);
	return ns_open_fd(ns_get(&ns->owner->ns, PIN_TEMP));
}

/* The caller's namespace of that type: what may be seen is below it. Not
 * counted; current cannot leave it meanwhile. */
static const struct ns *own_ns(const struct ns_ops *ops)
{
	return ops == &pid_ns_ops ? &task_active_pid_ns(current)->ns :
				    &current->cred->user_ns->ns;
}

static long ioctl_parent(struct ns *ns)
{
	struct ns *parent, *p;

	if (ns->ops->parent == ns_no_parent)
		return why(-EINVAL, "NS_GET_PARENT: %s namespaces have none",
			   ns->ops->name);
	parent = ns->ops->parent(ns);
	for (p = parent; p; p = p->ops->parent(p))
		if (p == own_ns(ns->ops))
			return ns_open_fd(ns_get(parent, PIN_TEMP));
	return why(-EPERM, "NS_GET_PARENT: the parent of %s:[%u] is outside "
			   "the own namespace", ns->ops->name, ns->inum);
}

static long ioctl_owner_uid(struct ns *ns, uid_t __user *uid)
{
	if (ns->ops != &user_ns_ops)
		return why(-EINVAL, "NS_GET_OWNER_UID: %s:[%u] is no user "
				    "namespace", ns->ops->name, ns->inum);
	return put_user(from_kuid_munged(current->cred->user_ns,
					 to_user_ns(ns)->owner_uid),
			uid);
}

static long ioctl_id(struct ns *ns, u32 cmd, u64 __user *id)
{
	if (cmd == NS_GET_MNTNS_ID && ns->ops != &mnt_ns_ops)
		return why(-EINVAL, "NS_GET_MNTNS_ID: %s:[%u] is no mount "
				    "namespace", ns->ops->name, ns->inum);
	return put_user(ns->id, id);
}

/* A number in @ns to the caller's own, or (..._IN_PIDNS) back. */
static long ioctl_translate(struct ns *ns, u32 cmd, pid_t nr)
{
	bool in = cmd == NS_GET_PID_IN_PIDNS || cmd == NS_GET_TGID_IN_PIDNS;
	bool tgid = cmd == NS_GET_TGID_IN_PIDNS ||
		    cmd == NS_GET_TGID_FROM_PIDNS;
	struct pid_ns *own = task_active_pid_ns(current);
	struct pid_ns *from = in ? own : to_pid_ns(ns);
	struct pid_ns *to = in ? to_pid_ns(ns) : own;
	struct task *t;

	if (ns->ops != &pid_ns_ops)
		return why(-EINVAL, "nsfs: %s:[%u] is no pid namespace",
			   ns->ops->name, ns->inum);
	t = task_find_get(from, nr);
	if (!t)
		return -ESRCH;
	nr = tgid ? task_tgid_nr_ns(t, to) : task_pid_nr_ns(t, to);
	task_put(t);
	return nr ? nr : -ESRCH;
}

/* ---- mount namespaces one after the other ------------------------------------- */

/* The next (or previous) one by id, counted (PIN_TEMP); NULL: there is none. */
static struct ns *mnt_ns_neighbour(struct ns *ns, bool next)
{
	struct ns *found = NULL;
	struct list *l;

	spin_lock(&ns_lock);
	for (l = next ? ns->link.next : ns->link.prev; l != &ns_list && !found;
	     l = next ? l->next : l->prev) {
		struct ns *p = list_entry(l, struct ns, link);

		if (p->ops == &mnt_ns_ops && ns_get_not_zero(p, PIN_TEMP))
			found = p;
	}
	spin_unlock(&ns_lock);
	return found;
}

static int mnt_ns_tell(struct ns *ns, void __user *uinfo)
{
	struct mnt_ns_info info = {
		.size = sizeof(info),
		.nr_mounts = READ_ONCE(to_mnt_ns(ns)->nr_mounts),
		.mnt_ns_id = ns->id,
	};

	return copy_to_user(uinfo, &info, sizeof(info));
}

/* Who may go from one namespace to the next: power over some is not enough. */
static bool may_list(void)
{
	return capable(CAP_SYS_ADMIN) &&
	       task_active_pid_ns(current) == &init_pid_ns;
}

static long ioctl_mnt(struct ns *ns, u32 cmd, void __user *uinfo)
{
	struct ns *other;
	int err;

	if (ns->ops != &mnt_ns_ops)
		return why(-EINVAL, "NS_MNT_*: %s:[%u] is no mount namespace",
			   ns->ops->name, ns->inum);
	if (cmd == NS_MNT_GET_INFO)
		return uinfo ? mnt_ns_tell(ns, uinfo) : -EINVAL;
	if (!may_list())
		return why(-EPERM, "NS_MNT_*: all namespaces are listed by the "
				   "machine's root, in the first pid namespace");
	other = mnt_ns_neighbour(ns, cmd == NS_MNT_GET_NEXT);
	if (!other)
		return -ENOENT;
	err = uinfo ? mnt_ns_tell(other, uinfo) : 0;
	if (!err)
		return ns_open_fd(other);
	ns_put(other, PIN_TEMP);
	return err;
}

static __noinline long ioctl_rest(struct ns *ns, u32 cmd, unsigned long arg)
{
	switch (cmd) {
	case NS_GET_USERNS:
		return ioctl_userns(ns);
	case NS_GET_PARENT:
		return ioctl_parent(ns);
	case NS_GET_OWNER_UID:
		return ioctl_owner_uid(ns, (uid_t __user *)arg);
	case NS_GET_MNTNS_ID:
	case NS_GET_ID:
		return ioctl_id(ns, cmd, (u64 __user *)arg);
	case NS_GET_PID_FROM_PIDNS:
	case NS_GET_TGID_FROM_PIDNS:
	case NS_GET_PID_IN_PIDNS:
	case NS_GET_TGID_IN_PIDNS:
		return ioctl_translate(ns, cmd, (pid_t)arg);
	case NS_MNT_GET_INFO:
	case NS_MNT_GET_NEXT:
	case NS_MNT_GET_PREV:
		return ioctl_mnt(ns, cmd, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

long nsfs_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	struct ns *ns = f->inode->private;

	if (cmd == NS_GET_NSTYPE)
		return ns->ops->type;
	return ioctl_rest(ns, cmd, arg);
}
