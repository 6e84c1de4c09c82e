// SPDX-License-Identifier: MIT
/*
 * The pid namespace as a type. Numbers are given out by kernel/task/pid.c;
 * its init, and its end when init dies, are the process's (kernel/process).
 *
 * A task never leaves the namespace in which its pid was made. So unshare(2)
 * and setns(2) change only which one its children are born in, and that is
 * always the task's own or a descendant of it: nobody can get out.
 */
#include <linux/sched.h>

#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/ns/user.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

struct pid_ns init_pid_ns = {
	.ns = {
		.ops = &pid_ns_ops,
		.inum = PID_NS_INIT_INO,
		.owner = &init_user_ns,
		.refs = REFCOUNT_INIT(1),
		.pins = { [PIN_BOOT] = 1 },
		.link = LIST_INIT(init_pid_ns.ns.link),
	},
	.pid_max = PID_MAX_DEFAULT,
	.adding = true,
	.had_init = true, /* the initial set is always shown */
	.empty_wait = WAITQ_INIT(init_pid_ns.empty_wait),
};

static struct slab *pid_ns_slab;

void pid_ns_module_init(void)
{
	pid_ns_slab = slab_create("pid_ns", sizeof(struct pid_ns), 8);
}

static int clone_check(const struct pid_ns *parent, const struct user_ns *owner)
{
	if (parent != task_active_pid_ns(current))
		return why(-EINVAL, "clone: pid_for_children is already another"
				    ", pid:[%u]", parent->ns.inum);
	if (!user_ns_within(owner, parent->ns.owner))
		return why(-EINVAL, "clone: pid:[%u] belongs to a user "
				    "namespace that is no ancestor",
			   parent->ns.inum);
	if (parent->level >= MAX_PID_NS_LEVEL)
		return why(-ENOSPC, "clone: pid namespaces nest %d deep at "
				    "most", MAX_PID_NS_LEVEL);
	return 0;
}

/* A child of @old, empty until a task is born in it. */
static struct ns *pid_ns_clone(struct ns *old, struct user_ns *owner,
			       struct nsset *set)
{
	struct pid_ns *parent = to_pid_ns(old), *ns;
	int err = clone_check(parent, owner);

	(void)set;
	if (err)
		return ERR_PTR(err);
	ns = slab_alloc(pid_ns_slab);
	if (!ns)
		return ERR_PTR(-ENOMEM);
	/* the common part is ns_init()'s */
	memset(&ns->parent, 0, sizeof(*ns) - offsetof(struct pid_ns, parent));
	ns->parent = parent;
	ns->level = parent->level + 1;
	ns->pid_max = PID_MAX_LIMIT;
	ns->adding = true;
	waitq_init(&ns->empty_wait);
	err = ns_init(&ns->ns, &pid_ns_ops, owner, PIN_CHILDREN);
	if (err) {
		slab_free(pid_ns_slab, ns);
		return ERR_PTR(err);
	}
	ns_get(&parent->ns, PIN_CHILD_NS);
	return &ns->ns;
}

static void pid_ns_free(struct ns *ns)
{
	assert(!to_pid_ns(ns)->nr_pids);
	slab_free(pid_ns_slab, to_pid_ns(ns));
}

static bool pid_ns_within(const struct pid_ns *ns, const struct pid_ns *of)
{
	while (ns && ns->level > of->level)
		ns = ns->parent;
	return ns == of;
}

/* That current may not do it at all is said first. */
static __noinline int install_outside(struct nsset *set, struct ns *ns)
{
	int err = nsset_may_admin(set, ns);

	return err ? err : why(-EINVAL,
			       "setns: pid:[%u] is neither the task's own pid "
			       "namespace, pid:[%u], nor within it", ns->inum,
			       pid_ns_of(current->pid)->ns.inum);
}

static int pid_ns_install(struct nsset *set, struct ns *ns)
{
	if (unlikely(!pid_ns_within(to_pid_ns(ns), pid_ns_of(current->pid))))
		return install_outside(set, ns);
	return nsset_may_admin(set, ns);
}

static struct ns *pid_ns_parent(struct ns *ns)
{
	struct pid_ns *parent = to_pid_ns(ns)->parent;

	return parent ? &parent->ns : NULL;
}

const struct ns_ops pid_ns_ops = {
	.name = "pid",
	.type = CLONE_NEWPID,
	.slot = NS_PID_CHILDREN,
	.clone = pid_ns_clone,
	.free = pid_ns_free,
	.install = pid_ns_install,
	.parent = pid_ns_parent,
	.leave = ns_no_leave,
};
