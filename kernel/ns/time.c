// SPDX-License-Identifier: MIT
/*
 * The time namespace as a type: monotonic and boot time that begin elsewhere, so
 * that a container which moves to another machine finds its clocks going on.
 *
 * A clock must not jump under a running program. So unshare(2) moves nobody: the
 * new namespace is for children (and for the task itself when it execs), and its
 * offsets can be written, in /proc/PID/timens_offsets, until the first task
 * enters. setns(2) does move at once, and therefore only a process of one
 * thread.
 *
 * Lock: offsets_lock, a leaf: the offsets as long as they can change.
 */
#include <linux/sched.h>

#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"
#include "kernel/time/time_ns.h"
#include "kernel/time/vdso.h"

#define CLOCK_SEC_MAX ((s64)(KTIME_MAX / NSEC_PER_SEC / 2))

struct time_ns init_time_ns = {
	.ns = {
		.ops = &time_ns_ops,
		.inum = TIME_NS_INIT_INO,
		.owner = &init_user_ns,
		.refs = REFCOUNT_INIT(1),
		.pins = { [PIN_BOOT] = 1 },
		.link = LIST_INIT(init_time_ns.ns.link),
	},
	.frozen = true,
};

static DEFINE_SPINLOCK(offsets_lock);
static struct slab *time_ns_slab;

void time_ns_module_init(void)
{
	time_ns_slab = slab_create("time_ns", sizeof(struct time_ns), 8);
}

/* ---- offsets ------------------------------------------------------------- */

void time_ns_enter(struct ns *ns)
{
	struct time_ns *time = to_time_ns(ns);

	vdso_forget_offsets(current->mm);
	if (READ_ONCE(time->frozen))
		return;
	spin_lock(&offsets_lock);
	time->frozen = true;
	spin_unlock(&offsets_lock);
}

/* Half of what a time can be is for what clocks will count, half for offsets. */
static int change_check(const struct time_ns_change *c)
{
	s64 now = (s64)ktime_get(), at;

	if (c->sec < -CLOCK_SEC_MAX || c->sec > CLOCK_SEC_MAX)
		return -ERANGE;
	at = now / (s64)NSEC_PER_SEC + c->sec;
	at += (now % (s64)NSEC_PER_SEC + c->nsec) / (s64)NSEC_PER_SEC;
	return at < 0 || at > CLOCK_SEC_MAX ? -ERANGE : 0;
}

int time_ns_change(struct time_ns *ns, const struct time_ns_change *changes,
		   u32 n)
{
	bool frozen;

	for (u32 i = 0; i < n; i++)
		if (change_check(&changes[i]))
			return why(-ERANGE, "timens_offsets: no clock can show "
					    "that");
	spin_lock(&offsets_lock);
	frozen = ns->frozen;
	for (u32 i = 0; i < n && !frozen; i++)
		ns->offset[changes[i].line] =
			changes[i].sec * (s64)NSEC_PER_SEC + changes[i].nsec;
	spin_unlock(&offsets_lock);
	if (frozen)
		return why(-EACCES, "timens_offsets: a task has been in "
				    "time:[%u]", ns->ns.inum);
	return 0;
}

/* ---- the type ------------------------------------------------------------ */

/* It begins with the offsets of the one that children would be in so far. */
static struct ns *time_ns_clone(struct ns *old, struct user_ns *owner,
				struct nsset *set)
{
	struct time_ns *time = slab_alloc(time_ns_slab);
	int err;

	(void)set;
	if (!time)
		return ERR_PTR(-ENOMEM);
	spin_lock(&offsets_lock);
	memcpy(time->offset, to_time_ns(old)->offset, sizeof(time->offset));
	spin_unlock(&offsets_lock);
	time->frozen = false;
	time->vvar = NULL;
	err = ns_init(&time->ns, &time_ns_ops, owner, PIN_CHILDREN);
	if (err) {
		slab_free(time_ns_slab, time);
		return ERR_PTR(err);
	}
	return &time->ns;
}

static void time_ns_free(struct ns *ns)
{
	struct time_ns *time = to_time_ns(ns);

	if (time->vvar)
		page_put(time->vvar);
	slab_free(time_ns_slab, time);
}

static int time_ns_install(struct nsset *set, struct ns *ns)
{
	if (READ_ONCE(current->signal->nr_threads) != 1)
		return why(-EUSERS, "setns: time while the process has other "
				    "threads");
	return nsset_may_admin(set, ns);
}

const struct ns_ops time_ns_ops = {
	.name = "time",
	.type = CLONE_NEWTIME,
	.slot = NS_TIME_CHILDREN,
	.clone = time_ns_clone,
	.free = time_ns_free,
	.install = time_ns_install,
	.parent = ns_no_parent,
	.leave = ns_no_leave,
};
