/* SPDX-License-Identifier: MIT */
/*
 * Credentials: who a task is (credentials(7), capabilities(7)), and in which
 * user namespace. A struct cred never changes once a task has it; a change makes a
 * copy and commits it. Its ids are the kernel's (kernel/ns/user.h): what they are
 * called depends on who asks.
 */
#ifndef WARREN_KERNEL_TASK_CRED_H
#define WARREN_KERNEL_TASK_CRED_H

#include <linux/capability.h>

#include "kernel/ns/user.h"
#include "kernel/task/task.h"

struct ucount;

#define CAP_FULL_SET ((1ULL << (CAP_LAST_CAP + 1)) - 1)
#define NGROUPS_MAX 65536

struct group_info {
	struct refcount refs;
	u32 n;
	kgid_t gid[]; /* sorted */
};

struct cred {
	struct refcount refs; /* tasks, open files (f_cred) */
	kuid_t uid, suid, euid, fsuid;
	kgid_t gid, sgid, egid, fsgid;
	u64 cap_inheritable, cap_permitted, cap_effective, cap_bset,
		cap_ambient;
	u32 securebits;
	bool no_new_privs;
	bool dumpable_reset; /* commit found that dumpability must go */
	struct group_info *groups; /* counted */
	struct user_ns *user_ns;   /* counted (PIN_CRED) */
	struct ucount *ucount;	   /* counted: of uid in user_ns */
};

extern struct cred init_cred;
void cred_module_init(void);
static inline struct cred *cred_get(const struct cred *c)
{
	refcount_inc(&((struct cred *)c)->refs);
	return (struct cred *)c;
}
void cred_put(const struct cred *c); /* NULL ignored */
struct cred *cred_copy(const struct cred *old); /* ERR_PTR(-ENOMEM) */
/* A private copy got another uid or user_ns: let its ucount match again.
 * -EAGAIN: no memory; the copy is of no use, but to be put. */
int cred_recount(struct cred *c);
void cred_commit(struct cred *c); /* current; takes over the reference */
/* Current is @c, and what it was is returned: for a while, or for cred_commit(). No
 * reference is taken or put. */
struct cred *cred_swap(struct cred *c);

/* How often it may have changed, for any task, who its files in /proc belong to: by
 * its credentials, its memory, PR_SET_DUMPABLE, an id map. Who has seen the number and reads the
 * owner after that need not read it again until it changes (fs/procfs/pid.c). */
extern u64 owner_changes; /* [a] */
static inline void owner_changed(void) /* after the change */
{
	atomic_add(&owner_changes, 1);
}
struct cred *task_cred_get(struct task *t); /* counted; t->lock inside */
struct group_info *groups_new(u32 n); /* gid[] unset; ERR_PTR(-ENOMEM) */
/* A private copy @c gets the groups @gi, which are sorted; takes over. */
void cred_set_groups(struct cred *c, struct group_info *gi);
bool cred_in_group(const struct cred *c, kgid_t gid); /* fsgid or groups */
/* The user namespace by which current calls ids. */
static inline struct user_ns *current_user_ns(void)
{
	return current->cred->user_ns;
}

/* Has @c the capability @cap effective over @ns, which is not its own user
 * namespace? NULL: the initial one. */
bool cred_capable_over(const struct cred *c, const struct user_ns *ns, int cap);
/* The same for any @ns. The one question. */
static inline bool cred_capable(const struct cred *c, const struct user_ns *ns,
				int cap)
{
	if (likely(ns == c->user_ns))
		return c->cap_effective & (1ULL << cap);
	return cred_capable_over(c, ns, cap);
}
/* The same for current. Notes a refusal nowhere: callers say why(). */
static inline bool ns_capable(const struct user_ns *ns, int cap)
{
	return cred_capable(current->cred, ns, cap);
}
/* In the initial user namespace: for what is global to the machine. */
bool capable(int cap);

/* ptrace access (ptrace(2), "Ptrace access mode checking"). */
enum ptrace_mode { PTRACE_MODE_READ = 1, PTRACE_MODE_ATTACH = 2,
		   PTRACE_MODE_FSCREDS = 8, PTRACE_MODE_REALCREDS = 16 };
/* 0, or -EPERM. Who then takes something of @t uses task_take() instead. */
int ptrace_may_access(struct task *t, u32 mode);
void *task_take(struct task *t, u32 mode,
		void *(*get)(struct task *t, void *arg), void (*put)(void *got),
		void *arg);

#endif
