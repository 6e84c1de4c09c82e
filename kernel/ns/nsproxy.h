/* SPDX-License-Identifier: MIT */
/*
 * struct nsproxy: the set of namespaces that tasks share. Its count is the
 * tasks that use it; it holds one reference on each namespace in it. Who shares
 * a set never sees it change: a task that goes elsewhere makes a new one. Only
 * if it has its set for itself does it exchange what is in it. Both is done, and
 * read by other tasks, under task->lock; and only the task itself can give its
 * set to another one (fork), so that what is not shared stays so meanwhile.
 *
 * struct nsset: the scratch on which setns(2), unshare(2) and clone(2) work.
 * Prepare, clone and install may fail and change only the nsset; commit cannot
 * fail.
 */
#ifndef WARREN_KERNEL_NS_NSPROXY_H
#define WARREN_KERNEL_NS_NSPROXY_H

#include "kernel/ns/ns.h"

struct fs;

struct nsproxy {
	struct refcount refs;
	struct ns *ns[NR_NS_SLOTS]; /* counted, never NULL; see above */
};
extern struct nsproxy init_nsproxy;

struct nsset {
	u32 flags;		    /* CLONE_NEW* asked for */
	u32 own;		    /* slots, as bits, that are to change */
	struct ns *ns[NR_NS_SLOTS]; /* what will be in these, counted here; what
				       is not in own is as in current's set */
	struct nsproxy *spare;	    /* room for it, if current shares its own */
	struct cred *cred;	    /* setns: current's, not counted; or a copy,
				       which enters a user namespace */
	struct fs *fs;		    /* clone, unshare: whose root and cwd go
				       along into a new mount namespace */
};

void nsproxy_module_init(void);
struct nsproxy *nsproxy_get(struct nsproxy *np);
void nsproxy_put(struct nsproxy *np); /* may sleep */
/* Current exits: it has no set any more. May sleep. */
void nsproxy_exit(void);

/* The scratch, from current's set, for the types in @flags: 0, -ENOMEM. The
 * caller fills in cred and fs, and ends it with nsset_end() in any case. */
int nsset_begin(struct nsset *set, u32 flags);
/* New namespaces for the types in set->flags, owned by @owner. 0 or -errno. */
int nsset_clone(struct nsset *set, struct user_ns *owner);
void nsset_commit(struct nsset *set); /* current goes there */
/* Put what the scratch holds: what was not committed, or what current had. */
void nsset_end(struct nsset *set);
/* Counted namespace of @t in @slot (PIN_TEMP), or NULL if it has none. */
struct ns *task_ns_get(struct task *t, enum ns_slot slot);
/* What @e says of @t, if current may look into that: counted (PIN_TEMP); NULL:
 * it has none; ERR_PTR(-EACCES). */
struct ns *task_ns_checked(struct task *t, const struct ns_entry *e);

/* clone(2): child gets the parent's nsproxy, or a new one. 0 or -errno:
 * -EPERM without CAP_SYS_ADMIN. Called before the child runs. */
int nsproxy_fork(u32 flags, struct task *child);

/* exec: current moves into what was made for its children. 0 or -ENOMEM. */
int nsproxy_exec(void);

/* The install of a type that asks for nothing else: -EPERM without CAP_SYS_ADMIN
 * over the owner of @ns, and in the user namespace where current will be. */
int nsset_may_admin(struct nsset *set, struct ns *ns);
/* @ns will be in @slot; takes over a reference of the slot's kind. */
static inline void nsset_fill(struct nsset *set, enum ns_slot slot, struct ns *ns)
{
	set->ns[slot] = ns;
	set->own |= 1u << slot;
}
/* Forget what was filled in. May sleep. */
void nsset_clear(struct nsset *set);
/* What goes to some of the slots that change goes on, to the task itself. */
void nsset_enter_own(struct nsset *set);

/* uts ---------------------------------------------------------------- */
#include <linux/utsname.h>
struct uts_ns {
	struct ns ns;
	u32 version; /* odd: a name is being changed (uts_lock) */
	/* uts_lock, or see uts_read_begin(). What is behind a name is zeroes. */
	char nodename[__NEW_UTS_LEN + 1], domainname[__NEW_UTS_LEN + 1];
};
extern struct uts_ns init_uts_ns;
extern const struct new_utsname uts_kernel; /* the names of all; the two: "" */
static inline struct uts_ns *to_uts_ns(struct ns *ns)
{
	return container_of(ns, struct uts_ns, ns);
}
/* Copy the name / replace nodename or domainname, whole under the lock. */
void uts_read(struct uts_ns *uts, struct new_utsname *out);
/* Read the names in place, without the lock, which may sleep: what was read between
 * these two is whole, unless the second says that it must be read again. (If a
 * change has begun already, the version is none that it will ever have again.) */
static inline u32 uts_read_begin(const struct uts_ns *uts)
{
	u32 version = READ_ONCE(uts->version) & ~1u;

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return version;
}
static inline bool uts_read_again(const struct uts_ns *uts, u32 version)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return READ_ONCE(uts->version) != version;
}
void uts_set_nodename(struct uts_ns *uts, const char *name, size_t len);
void uts_set_domainname(struct uts_ns *uts, const char *name, size_t len);
static inline struct uts_ns *current_uts_ns(struct nsproxy *np)
{
	return to_uts_ns(np->ns[NS_UTS]);
}

/* Called by nsproxy_module_init(). */
void nsproxy_slab_init(void);
void uts_ns_module_init(void);
void pid_ns_module_init(void);
void net_ns_module_init(void);
void ipc_ns_module_init(void);
void time_ns_module_init(void);
void cgroup_ns_module_init(void);

extern const struct ns_ops uts_ns_ops, pid_ns_ops, mnt_ns_ops, user_ns_ops,
	net_ns_ops, ipc_ns_ops, time_ns_ops,
	cgroup_ns_ops;

#endif
