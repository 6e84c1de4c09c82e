// SPDX-License-Identifier: MIT
/*
 * The user namespace: only the initial one. It owns every other namespace,
 * and NS_GET_USERNS gives a file on it; it can be neither made nor entered
 * (which on Linux, too, is -EINVAL for the one that a task is in).
 */
#include <linux/sched.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/ns/nsproxy.h"

struct user_ns init_user_ns = {
	.ns = {
		.ops = &user_ns_ops,
		.inum = USER_NS_INIT_INO,
		.refs = REFCOUNT_INIT(1),
		.pins = { [PIN_BOOT] = 1 },
		.link = LIST_INIT(init_user_ns.ns.link),
	},
};

static struct ns *user_ns_clone(struct ns *old, struct user_ns *owner,
				struct nsset *set)
{
	(void)old, (void)owner, (void)set;
	return ERR_PTR(why(-EINVAL, "clone: user namespaces are not built in"));
}

/* The initial one holds its PIN_BOOT reference for ever. */
static void user_ns_free(struct ns *ns)
{
	assert(ns != &init_user_ns.ns);
}

static int user_ns_install(struct nsset *set, struct ns *ns)
{
	(void)set;
	return why(-EINVAL, "setns: user:[%u] is the task's own", ns->inum);
}

static struct ns *user_ns_parent(struct ns *ns)
{
	struct user_ns *user = container_of(ns, struct user_ns, ns);

	return user->parent ? &user->parent->ns : NULL;
}

const struct ns_ops user_ns_ops = {
	.name = "user",
	.type = CLONE_NEWUSER,
	.slot = NS_NO_SLOT,
	.slot_pin = PIN_CRED,
	.clone = user_ns_clone,
	.free = user_ns_free,
	.install = user_ns_install,
	.parent = user_ns_parent,
};
