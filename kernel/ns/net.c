// SPDX-License-Identifier: MIT
/*
 * The net namespace as a type: making, entering and ending a network. What is
 * in one is kernel/net/net.h's.
 *
 * It ends with its last reference, and sockets are references; so nothing can
 * be on its way through it any more, and all of it is freed at once.
 */
#include <linux/sched.h>

#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/net/net.h"

struct net init_net = {
	.ns = {
		.ops = &net_ns_ops,
		.inum = NET_NS_INIT_INO,
		.owner = &init_user_ns,
		.refs = REFCOUNT_INIT(1),
		.pins = { [PIN_BOOT] = 1 },
		.link = LIST_INIT(init_net.ns.link),
	},
};

static struct slab *net_slab;

void net_ns_module_init(void)
{
	net_slab = slab_create("net", sizeof(struct net), 8);
	net_init(&init_net);
}

/* Nothing of the old one is copied: a new network is empty. */
static struct ns *net_ns_clone(struct ns *old, struct user_ns *owner,
			       struct nsset *set)
{
	struct net *net = slab_zalloc(net_slab);
	int err;

	(void)old, (void)set;
	if (!net)
		return ERR_PTR(-ENOMEM);
	net_init(net);
	err = ns_init(&net->ns, &net_ns_ops, owner, PIN_TASK);
	if (err) {
		slab_free(net_slab, net);
		return ERR_PTR(err);
	}
	return &net->ns;
}

static void net_ns_free(struct ns *ns)
{
	struct net *net = to_net(ns);

	assert(list_empty(&net->unix_socks));
	netdev_exit(&net->lo);
	slab_free(net_slab, net);
}

const struct ns_ops net_ns_ops = {
	.name = "net",
	.type = CLONE_NEWNET,
	.slot = NS_NET,
	.clone = net_ns_clone,
	.free = net_ns_free,
	.install = nsset_may_admin,
	.parent = ns_no_parent,
	.leave = ns_no_leave,
};
