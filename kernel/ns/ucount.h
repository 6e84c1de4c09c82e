/* SPDX-License-Identifier: MIT */
/*
 * What a user has, counted: namespaces of each type, tasks, pending signals.
 *
 * A struct ucount counts for one user in one user namespace. What somebody makes
 * in a nested user namespace is charged to him there, to whoever made that
 * namespace in its parent, and so on to the initial one: a limit set anywhere
 * holds for everything below (namespaces(7), /proc/sys/user). The chain is
 * ucount -> ns -> ns.ucount.
 *
 * Limits of two kinds: those of /proc/sys/user stand in each namespace; resource
 * limits are the process's own for its own count, and above it what the limit of the
 * maker was when he made the namespace below.
 *
 * Counts: creds (of tasks), namespaces, signals, queues, segments charged to it. It
 * holds its user namespace (PIN_UCOUNT).
 * Locks: ucount_lock (spinlock, leaf) for user_ns.ucounts and the last put.
 */
#ifndef WARREN_KERNEL_NS_UCOUNT_H
#define WARREN_KERNEL_NS_UCOUNT_H

#include "kernel/ns/user.h"

struct ucount {
	struct rb_node node;  /* ucount_lock: in ns->ucounts, by uid */
	struct user_ns *ns;   /* [I] counted */
	kuid_t uid;	      /* [I] */
	struct refcount refs;
	u32 nr[NR_UCOUNTS];   /* [a] live namespaces, and so on */
	u32 in_flight;	      /* [a] files sent and not received */
	u64 used[NR_UCOUNT_RLIMITS]; /* [a] tasks; bytes of message queues;
				       signals; pages locked */
};
extern struct ucount init_ucount; /* the initial namespace's root */

void ucount_module_init(void);
/* The count of @uid in @ns, made if need be. NULL: no memory. */
struct ucount *ucount_find(struct user_ns *ns, kuid_t uid);
static inline struct ucount *ucount_get(struct ucount *u)
{
	refcount_inc(&u->refs);
	return u;
}
void ucount_put(struct ucount *u); /* may sleep */

/* One more namespace of @kind for current in @owner. The ucount that it is
 * charged to, counted; ERR_PTR(-ENOSPC): a limit is reached, there or above;
 * ERR_PTR(-ENOMEM). */
struct ucount *ucount_charge(struct user_ns *owner, u32 kind);
/* Undo it; puts. */
void ucount_uncharge(struct ucount *u, u32 kind);
/* The same for a @u that the caller keeps. 0, -ENOSPC. */
int ucount_charge_to(struct ucount *u, u32 kind);
void ucount_uncharge_from(struct ucount *u, u32 kind);

/* Something that a resource limit is about: @n more or less, all the way up. Any
 * context. */
void ucount_add(struct ucount *u, enum ucount_rlimit what, u64 n);
void ucount_sub(struct ucount *u, enum ucount_rlimit what, u64 n);
/* Is there more than @limit, or more than a limit above allows? */
bool ucount_over(const struct ucount *u, enum ucount_rlimit what, u64 limit);
/* @n more, unless that is over. False: nothing is charged. */
bool ucount_add_below(struct ucount *u, enum ucount_rlimit what, u64 n,
		      u64 limit);

#endif
