// SPDX-License-Identifier: MIT
/*
 * The mount namespace as a type: which mounts a task sees. The tree itself,
 * its copy and its end are fs/mnt_ns.c.
 */
#include <linux/sched.h>

#include "fs/fs_struct.h"
#include "fs/mount_tree.h"
#include "fs/nsfs.h"
#include "kernel/debug/why.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"

/* The rule against circles (see bind.c) asks this of every mount's root. */
struct mnt_ns *dentry_mnt_ns(const struct dentry *d)
{
	struct ns *ns = dentry_ns(d);

	return ns && ns->ops == &mnt_ns_ops ? to_mnt_ns(ns) : NULL;
}

bool dentry_is_ns(const struct dentry *d)
{
	return dentry_ns(d);
}

static void mnt_ns_free(struct ns *ns)
{
	mnt_ns_release(to_mnt_ns(ns));
}

/* Root and cwd go along. Who shares them is refused, but not if other types are
 * entered at once: as Linux has it. */
static int mnt_ns_install(struct nsset *set, struct ns *ns)
{
	const struct user_ns *own = set->cred->user_ns;

	if (!ns_capable(ns->owner, CAP_SYS_ADMIN))
		return why(-EPERM, "setns: no CAP_SYS_ADMIN over the owner of "
				   "mnt:[%u]", ns->inum);
	if (!cred_capable(set->cred, own, CAP_SYS_CHROOT) ||
	    !cred_capable(set->cred, own, CAP_SYS_ADMIN))
		return why(-EPERM, "setns: mnt needs CAP_SYS_ADMIN and "
				   "CAP_SYS_CHROOT in the own user namespace");
	if (set->flags == CLONE_NEWNS && refcount_read(&current->fs->refs) != 1)
		return why(-EINVAL, "setns: mnt while root and cwd are shared "
				    "(CLONE_FS)");
	return 0;
}

const struct ns_ops mnt_ns_ops = {
	.name = "mnt",
	.type = CLONE_NEWNS,
	.slot = NS_MNT,
	.clone = mnt_ns_clone,
	.free = mnt_ns_free,
	.install = mnt_ns_install,
	.parent = ns_no_parent,
	.leave = ns_no_leave,
};
