// SPDX-License-Identifier: MIT
/*
 * The ipc namespace as a type: see kernel/ipc/ipc.h for what is in it. A new one
 * is empty and has the limits that a machine begins with, whatever the
 * creator's are. It is nothing but those until something is made in it.
 */
#include <linux/sched.h>

#include "kernel/ipc/ipc.h"
#include "kernel/ipc/mqueue.h"
#include "kernel/ipc/task.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

struct ipc_ns init_ipc_ns = {
	.ns = {
		.ops = &ipc_ns_ops,
		.inum = IPC_NS_INIT_INO,
		.owner = &init_user_ns,
		.refs = REFCOUNT_INIT(1),
		.pins = { [PIN_BOOT] = 1 },
		.link = LIST_INIT(init_ipc_ns.ns.link),
	},
	.lock = MUTEX_INIT(init_ipc_ns.lock, "ipc_ns"),
};

static struct slab *ipc_ns_slab;

void ipc_ns_module_init(void)
{
	ipc_ns_slab = slab_create("ipc_ns", sizeof(struct ipc_ns), 8);
	ipc_limits_init(&init_ipc_ns);
	ipc_module_init();
}

static struct ns *ipc_ns_clone(struct ns *old, struct user_ns *owner,
			       struct nsset *set)
{
	struct ipc_ns *ipc = slab_zalloc(ipc_ns_slab);
	int err;

	(void)old, (void)set;
	if (!ipc)
		return ERR_PTR(-ENOMEM);
	mutex_init(&ipc->lock, "ipc_ns");
	ipc_limits_init(ipc);
	err = ns_init(&ipc->ns, &ipc_ns_ops, owner, PIN_TASK);
	if (err) {
		slab_free(ipc_ns_slab, ipc);
		return ERR_PTR(err);
	}
	return &ipc->ns;
}

static void ipc_ns_free(struct ns *ns)
{
	struct ipc_ns *ipc = to_ipc_ns(ns);

	mqueue_ns_exit(ipc);
	ipc_ns_empty(ipc);
	slab_free(ipc_ns_slab, ipc);
}

const struct ns_ops ipc_ns_ops = {
	.name = "ipc",
	.type = CLONE_NEWIPC,
	.slot = NS_IPC,
	.clone = ipc_ns_clone,
	.free = ipc_ns_free,
	.install = nsset_may_admin,
	.parent = ns_no_parent,
	.leave = ipc_task_leave,
};
