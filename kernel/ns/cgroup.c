// SPDX-License-Identifier: MIT
/*
 * The cgroup namespace: which group looks like the root. It is the one that its
 * maker was in. Nobody is kept in by it: it changes what paths say
 * (/proc/PID/cgroup, mountinfo) and what a new mount of cgroup2 shows; with the
 * mount option nsdelegate it is a border for moving processes, too.
 */
#include <linux/sched.h>

#include "kernel/cgroup/cgroup.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"

struct cgroup_ns init_cgroup_ns = {
	.ns = {
		.ops = &cgroup_ns_ops,
		.inum = CGROUP_NS_INIT_INO,
		.owner = &init_user_ns,
		.refs = REFCOUNT_INIT(1),
		.pins = { [PIN_BOOT] = 1 },
		.link = LIST_INIT(init_cgroup_ns.ns.link),
	},
	.root = &cgroup_root,
};

static struct slab *cgroup_ns_slab;

void cgroup_ns_module_init(void)
{
	cgroup_ns_slab = slab_create("cgroup_ns", sizeof(struct cgroup_ns), 8);
}

struct cgroup *current_cgroup_root(void)
{
	return to_cgroup_ns(current->nsproxy->ns[NS_CGROUP])->root;
}

static struct ns *cgroup_ns_clone(struct ns *old, struct user_ns *owner,
				  struct nsset *set)
{
	struct cgroup_ns *ns = slab_alloc(cgroup_ns_slab);
	int err;

	(void)old, (void)set;
	if (!ns)
		return ERR_PTR(-ENOMEM);
	err = ns_init(&ns->ns, &cgroup_ns_ops, owner, PIN_TASK);
	if (err) {
		slab_free(cgroup_ns_slab, ns);
		return ERR_PTR(err);
	}
	ns->root = task_cgroup_get(current);
	return &ns->ns;
}

static void cgroup_ns_free(struct ns *ns)
{
	cgroup_put(to_cgroup_ns(ns)->root);
	slab_free(cgroup_ns_slab, to_cgroup_ns(ns));
}

const struct ns_ops cgroup_ns_ops = {
	.name = "cgroup",
	.type = CLONE_NEWCGROUP,
	.slot = NS_CGROUP,
	.clone = cgroup_ns_clone,
	.free = cgroup_ns_free,
	.install = nsset_may_admin,
	.parent = ns_no_parent,
	.leave = ns_no_leave,
};
