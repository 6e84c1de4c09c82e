// SPDX-License-Identifier: MIT
/*
 * The user namespace as a type: how one is made and entered. What it is: user.h.
 *
 * It is not in a task's set (struct nsproxy) but in its credentials, because it
 * decides what those are worth. So clone(2) and unshare(2) make it first, into a
 * copy of the cred; the other namespaces of the same call are then owned by it
 * and made with the powers of that cred. Who makes or enters one has all
 * capabilities in it, and none outside.
 *
 * Nobody enters the one he is in (it would give back dropped capabilities), and
 * nobody gets out: the way in needs power over it, which reaches down only.
 */
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/securebits.h>

#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/ns/ucount.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define NS_MAX_DEFAULT 0x7fffffffu

static const u8 ucount_rlimits[NR_UCOUNT_RLIMITS] = {
	[UCOUNT_NPROC] = RLIMIT_NPROC,
	[UCOUNT_MSGQUEUE] = RLIMIT_MSGQUEUE,
	[UCOUNT_SIGPENDING] = RLIMIT_SIGPENDING,
	[UCOUNT_MEMLOCK] = RLIMIT_MEMLOCK,
};

struct user_ns init_user_ns = {
	.ns = {
		.ops = &user_ns_ops,
		.inum = USER_NS_INIT_INO,
		.refs = REFCOUNT_INIT(1),
		.pins = { [PIN_BOOT] = 1 },
		.link = LIST_INIT(init_user_ns.ns.link),
	},
	.setgroups_allowed = true,
	.rlimit_max = { RLIM64_INFINITY, RLIM64_INFINITY, RLIM64_INFINITY,
			RLIM64_INFINITY },
};

DEFINE_MUTEX(id_map_mutex);
u32 overflow_uid = OVERFLOW_ID, overflow_gid = OVERFLOW_ID;

static struct slab *user_ns_slab;

/* The initial one maps every id to itself. As many namespaces of a type as there
 * can be tasks, by half: namespaces(7). */
void user_ns_module_init(void)
{
	const struct id_extent all = { .count = INVALID_ID };

	user_ns_slab = slab_create("user_ns", sizeof(struct user_ns), 8);
	for (u32 i = 0; i < NR_ID_KINDS; i++)
		if (id_map_publish(&init_user_ns.map[i], &all, 1))
			panic("user: no memory for the initial id maps");
	for (u32 i = 0; i < NR_NS_KINDS; i++)
		init_user_ns.ns_max[i] =
			(u32)current->signal->rlim[RLIMIT_NPROC].cur;
	init_user_ns.ns_max[UCOUNT_INOTIFY_INSTANCES] = 128;
	init_user_ns.ns_max[UCOUNT_INOTIFY_WATCHES] = 8192;
	ns_init_boot(&init_user_ns.ns);
}

bool user_ns_may_setgroups(const struct user_ns *ns)
{
	return READ_ONCE(ns->setgroups_allowed) &&
	       __atomic_load_n(&ns->map[ID_GROUP].nr, __ATOMIC_ACQUIRE);
}

/* ---- making one ---------------------------------------------------------- */

/* Is current's root not the root of its mount namespace? */
static bool current_is_chrooted(void)
{
	struct path root, top;
	bool chrooted;

	fs_get_root(current->fs, &root);
	mnt_ns_root_path(to_mnt_ns(current->nsproxy->ns[NS_MNT]), &top);
	chrooted = root.mnt != top.mnt || root.dentry != top.dentry;
	path_put(&top);
	path_put(&root);
	return chrooted;
}

/* A root that others chose must not become the whole world of somebody with
 * all capabilities; and whoever is nobody in the parent stays that. */
static int make_check(const struct user_ns *parent)
{
	const struct cred *c = current->cred;

	if (current_is_chrooted())
		return why(-EPERM, "clone: a user namespace from a chroot");
	if (!kuid_is_mapped(parent, c->euid) ||
	    !kgid_is_mapped(parent, c->egid))
		return why(-EPERM, "clone: user %u, group %u are not mapped in "
				   "user:[%u]", c->euid, c->egid,
			   parent->ns.inum);
	return 0;
}

static void user_ns_fill(struct user_ns *ns, struct user_ns *parent)
{
	const struct signal *signal = current->signal;
	const struct cred *c = current->cred;

	ns->parent = parent;
	ns->level = parent->level + 1;
	ns->owner_uid = c->euid;
	ns->owner_gid = c->egid;
	ns->maker_had_setfcap = c->cap_effective & (1ULL << CAP_SETFCAP);
	for (u32 i = 0; i < NR_UCOUNT_RLIMITS; i++)
		ns->rlimit_max[i] =
			READ_ONCE(signal->rlim[ucount_rlimits[i]].cur);
	for (u32 i = 0; i < NR_UCOUNTS; i++)
		ns->ns_max[i] = NS_MAX_DEFAULT;
	mutex_lock(&id_map_mutex);
	ns->setgroups_allowed = parent->setgroups_allowed;
	mutex_unlock(&id_map_mutex);
}

/* A child of @old, which also owns it. Limits come before permissions. */
static struct ns *user_ns_clone(struct ns *old, struct user_ns *owner,
				struct nsset *set)
{
	struct user_ns *parent = to_user_ns(old), *ns;
	int err;

	(void)owner, (void)set;
	if (parent->level >= USER_NS_MAX_LEVEL)
		return ERR_PTR(why(-ENOSPC, "clone: user namespaces nest %d "
					    "deep at most", USER_NS_MAX_LEVEL));
	ns = slab_zalloc(user_ns_slab);
	if (!ns)
		return ERR_PTR(-ENOMEM);
	err = ns_init(&ns->ns, &user_ns_ops, parent, PIN_CRED);
	if (err)
		goto free;
	err = make_check(parent);
	if (err)
		goto uninit;
	user_ns_fill(ns, parent);
	ns_get(&parent->ns, PIN_CHILD_NS);
	return &ns->ns;

uninit:
	ns_uninit(&ns->ns);
free:
	slab_free(user_ns_slab, ns);
	return ERR_PTR(err);
}

static void user_ns_free(struct ns *ns)
{
	struct user_ns *user = to_user_ns(ns);

	assert(user != &init_user_ns && !user->ucounts.node);
	for (u32 i = 0; i < NR_ID_KINDS; i++)
		id_map_free(&user->map[i]);
	slab_free(user_ns_slab, user);
}

/* ---- credentials in it --------------------------------------------------- */

/* @c, a private copy, is in @ns (the reference is taken over) with all power
 * there. Its ids stay: what they are called in @ns is the maps' business. */
static int cred_enter(struct cred *c, struct user_ns *ns)
{
	struct user_ns *old = c->user_ns;

	c->user_ns = ns;
	ns_put(&old->ns, PIN_CRED);
	c->securebits = SECUREBITS_DEFAULT;
	c->cap_inheritable = 0;
	c->cap_ambient = 0;
	c->cap_permitted = CAP_FULL_SET;
	c->cap_effective = CAP_FULL_SET;
	c->cap_bset = CAP_FULL_SET;
	return cred_recount(c);
}

/**
 * user_ns_create - a new user namespace, and @c in it
 * @c: a private copy of current's cred; if this fails, to be put all the same
 *
 * Context: may sleep.
 * Return: 0; -ENOSPC: nested too deep, or a limit of /proc/sys/user; -EPERM:
 * current is in a chroot, or its ids are not mapped; -ENOMEM, -EAGAIN: no memory.
 */
int user_ns_create(struct cred *c)
{
	struct ns *ns = user_ns_clone(&c->user_ns->ns, c->user_ns, NULL);

	if (IS_ERR(ns))
		return (int)PTR_ERR(ns);
	return cred_enter(c, to_user_ns(ns));
}

static int install_check(struct ns *ns)
{
	if (ns == &current->cred->user_ns->ns)
		return why(-EINVAL, "setns: user:[%u] is the task's own",
			   ns->inum);
	if (READ_ONCE(current->signal->nr_threads) != 1)
		return why(-EINVAL, "setns: user while the process has other "
				    "threads");
	if (refcount_read(&current->fs->refs) != 1)
		return why(-EINVAL, "setns: user while root and cwd are shared "
				    "(CLONE_FS)");
	if (!ns_capable(to_user_ns(ns), CAP_SYS_ADMIN))
		return why(-EPERM, "setns: no CAP_SYS_ADMIN over user:[%u]",
			   ns->inum);
	return 0;
}

static int user_ns_install(struct nsset *set, struct ns *ns)
{
	int err = install_check(ns);

	if (err)
		return err;
	return cred_enter(set->cred, to_user_ns(ns_get(ns, PIN_CRED)));
}

static struct ns *user_ns_parent(struct ns *ns)
{
	struct user_ns *parent = to_user_ns(ns)->parent;

	return parent ? &parent->ns : NULL;
}

const struct ns_ops user_ns_ops = {
	.name = "user",
	.type = CLONE_NEWUSER,
	.slot = NS_NO_SLOT,
	.clone = user_ns_clone,
	.free = user_ns_free,
	.install = user_ns_install,
	.parent = user_ns_parent,
	.leave = ns_no_leave,
};
