/* SPDX-License-Identifier: MIT */
/*
 * struct nsproxy: the set of namespaces that tasks share. Its count is the
 * tasks that use it; it holds one reference on each namespace in it. It is
 * never changed after it is published in a task: every change makes a new
 * one. task->nsproxy is read and replaced under task->lock.
 *
 * struct nsset: the scratch on which setns(2) and unshare(2) work. Prepare
 * and install may fail and change only the nsset; commit cannot fail.
 */
#ifndef WARREN_KERNEL_NS_NSPROXY_H
#define WARREN_KERNEL_NS_NSPROXY_H

#include "kernel/ns/ns.h"

struct fs;

struct nsproxy {
	struct refcount refs;
	u32 borrowed; /* while it is prepared: slots that live by the
			 reference of current's set, as bits; then 0 */
	struct ns *ns[NR_NS_SLOTS]; /* [I] counted, never NULL */
};
extern struct nsproxy init_nsproxy;

struct nsset {
	u32 flags;		 /* CLONE_NEW* asked for */
	struct nsproxy *nsproxy; /* private copy */
	struct cred *cred;	 /* the caller's; with NEWUSER a private copy,
				    in the new user namespace */
	struct fs *fs;		 /* current->fs, or a private copy (see
				    semantics.md C06) */
	bool fs_private, cred_private;
};

void nsproxy_module_init(void);
struct nsproxy *nsproxy_get(struct nsproxy *np);
void nsproxy_put(struct nsproxy *np); /* may sleep */
/*
 * A copy of current's set with new namespaces for the types in @flags, owned by
 * @owner; fs: whose root and cwd a new mount namespace translates (may be
 * NULL). ERR_PTR; everything made is put again on error.
 */
struct nsproxy *nsproxy_copy(u32 flags, struct user_ns *owner, struct fs *fs);
/* Replace current's nsproxy (NULL when exiting); drops the old one. */
void nsproxy_switch(struct nsproxy *np);
/* Counted namespace of @t in @slot (PIN_TEMP), or NULL if it has none. */
struct ns *task_ns_get(struct task *t, enum ns_slot slot);

/* clone(2): child gets the parent's nsproxy, or a new one. 0 or -errno:
 * -EPERM without CAP_SYS_ADMIN. Called before the child runs. */
int nsproxy_fork(u32 flags, struct task *child);

/* exec: current moves into what was made for its children. 0 or -ENOMEM. */
int nsproxy_exec(void);

/* setns: -EPERM without CAP_SYS_ADMIN over the owner of @ns and over the
 * caller's own (or new) user namespace. */
int nsset_may_admin(const struct nsset *set, const struct ns *ns);
/* setns: @ns (a reference is taken) into its slot of the scratch. */
void nsset_replace(struct nsset *set, struct ns *ns);

/* uts ---------------------------------------------------------------- */
#include <linux/utsname.h>
struct uts_ns {
	struct ns ns;
	struct new_utsname name; /* uts_lock */
};
extern struct uts_ns init_uts_ns;
static inline struct uts_ns *to_uts_ns(struct ns *ns)
{
	return container_of(ns, struct uts_ns, ns);
}
/* Copy the name / replace nodename or domainname, whole under the lock. */
void uts_read(struct uts_ns *uts, struct new_utsname *out);
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
