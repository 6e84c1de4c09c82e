// SPDX-License-Identifier: MIT
/*
 * The types of namespaces: which there are, what /proc/PID/ns shows, and the
 * initial set. A new type is one file beside this one and a line in each table
 * here.
 */
#include <linux/sched.h>

#include "fs/mount.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/ipc/ipc.h"
#include "kernel/net/net.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/ns/user.h"
#include "kernel/task/cred.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"
#include "kernel/time/time_ns.h"

/* The namespace that the task itself is in: a zombie still is. (exec may
 * exchange the struct pid of a thread; its namespace stays.) */
static struct ns *active_pid_of(struct task *t,
				enum ns_slot slot __maybe_unused)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct ns *ns = ns_get(&task_active_pid_ns(t)->ns, PIN_TEMP);

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return ns;
}

/* A zombie keeps its cred, and with it this. */
static struct ns *user_of(struct task *t, enum ns_slot slot __maybe_unused)
{
	struct cred *c = task_cred_get(t);
	struct ns *ns = ns_get(&c->user_ns->ns, PIN_TEMP);

	cred_put(c);
	return ns;
}

/* Not shown until its init is born: nothing could be done in it. */
static struct ns *children_pid_of(struct task *t,
				  enum ns_slot slot __maybe_unused)
{
	struct ns *ns = task_ns_get(t, NS_PID_CHILDREN);
	bool shown;
	u64 irq;

	if (!ns)
		return NULL;
	irq = spin_lock_irqsave(&tasklist_lock);
	shown = to_pid_ns(ns)->had_init;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	if (shown)
		return ns;
	ns_put(ns, PIN_TEMP);
	return NULL;
}

/* The order is ABI: readdir shows it. */
const struct ns_entry ns_entries[] = {
	{ "net", &net_ns_ops, task_ns_get, NS_NET },
	{ "uts", &uts_ns_ops, task_ns_get, NS_UTS },
	{ "ipc", &ipc_ns_ops, task_ns_get, NS_IPC },
	{ "pid", &pid_ns_ops, active_pid_of, NS_NO_SLOT },
	{ "pid_for_children", &pid_ns_ops, children_pid_of, NS_NO_SLOT },
	{ "user", &user_ns_ops, user_of, NS_NO_SLOT },
	{ "mnt", &mnt_ns_ops, task_ns_get, NS_MNT },
	{ "cgroup", &cgroup_ns_ops, task_ns_get, NS_CGROUP },
	{ "time", &time_ns_ops, task_ns_get, NS_TIME },
	{ "time_for_children", &time_ns_ops, task_ns_get, NS_TIME_CHILDREN },
	{ NULL, NULL, NULL, NS_NO_SLOT },
};

const u32 ns_all_types = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
			 CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWNET |
			 CLONE_NEWCGROUP | CLONE_NEWTIME;

/* Where a task's children are born is their struct pid's affair, not a slot's:
 * nothing enters it. */
const struct ns_slot_facts ns_slots[NR_NS_SLOTS] = {
	[0 ... NR_NS_SLOTS - 1] = { NS_NO_SLOT, NULL },
	[NS_TIME_CHILDREN] = { NS_TIME, time_ns_enter },
};

const u32 ns_slot_types[NR_NS_SLOTS] = {
	[NS_MNT] = CLONE_NEWNS,
	[NS_UTS] = CLONE_NEWUTS,
	[NS_IPC] = CLONE_NEWIPC,
	[NS_PID_CHILDREN] = CLONE_NEWPID,
	[NS_CGROUP] = CLONE_NEWCGROUP,
	[NS_NET] = CLONE_NEWNET,
	[NS_TIME_CHILDREN] = CLONE_NEWTIME,
};
const u32 ns_slots_entering = 1u << NS_TIME_CHILDREN;
const u32 ns_slots_leaving = 1u << NS_IPC;

const struct ns_ops *ns_ops_of_type(u32 type)
{
	for (const struct ns_entry *e = ns_entries; e->name; e++)
		if (e->ops->type == type)
			return e->ops;
	return NULL;
}

struct nsproxy init_nsproxy = {
	.refs = REFCOUNT_INIT(1),
	.ns = {
		[NS_MNT] = &init_mnt_ns.ns,
		[NS_UTS] = &init_uts_ns.ns,
		[NS_IPC] = &init_ipc_ns.ns,
		[NS_PID_CHILDREN] = &init_pid_ns.ns,
		[NS_CGROUP] = &init_cgroup_ns.ns,
		[NS_NET] = &init_net.ns,
		[NS_TIME] = &init_time_ns.ns,
		[NS_TIME_CHILDREN] = &init_time_ns.ns,
	},
};

/**
 * nsproxy_module_init - publish the initial namespaces
 *
 * Their references are counted like all others: of the initial set, and of
 * the initial struct pid.
 * Context: boot, one CPU, before the first task is made.
 */
void nsproxy_module_init(void)
{
	nsproxy_slab_init();
	uts_ns_module_init();
	ipc_ns_module_init();
	pid_ns_module_init();
	user_ns_module_init();
	net_ns_module_init();
	time_ns_module_init();
	cgroup_ns_module_init();
	for (u32 i = 0; i < NR_NS_SLOTS; i++) {
		struct ns *ns = init_nsproxy.ns[i];

		assert(!(ns_slots_leaving & 1u << i) ==
		       (ns->ops->leave == ns_no_leave));
		if (ns_slot_types[i]) {
			assert(ns->ops->slot == (enum ns_slot)i &&
			       ns->ops->type == ns_slot_types[i]);
			ns_init_boot(ns);
		}
		ns_get(ns, slot_pin(i));
	}
	ns_get(&init_pid_ns.ns, PIN_PID);
}
