/* SPDX-License-Identifier: MIT */
/*
 * The common part of every namespace, and what a namespace type is.
 *
 * Theory. A namespace is an object that begins with (or contains) a struct
 * ns. Everything that treats namespaces alike (nsfs, the magic links of
 * procfs, nsproxy, setns, listing, pinning) touches only that. A type is one
 * struct ns_ops: a few facts and a few operations; the table ns_entries[]
 * lists what /proc/PID/ns shows, in its order, which is ABI.
 *
 * Lifetime. Every reference says what kind of holder it is; the sum of the
 * kinds is the count. The last put takes the namespace off the list, frees
 * its inum and calls ops->free, at once and synchronously. References run
 * task -> nsproxy -> ns and file -> nsfs inode -> ns; ns -> nsfs dentry
 * (stash) is weak.
 *
 * Locks: ns_lock (spinlock, leaf) protects the list of all namespaces, inums,
 * and the stash.
 */
#ifndef WARREN_KERNEL_NS_NS_H
#define WARREN_KERNEL_NS_NS_H

#include "kernel/debug/trace.h"
#include "kernel/lib/list.h"
#include "kernel/lib/refcount.h"
#include "kernel/lock/spinlock.h"

struct task;
struct cred;
struct dentry;
struct path;
struct nsset;
struct nsproxy;
struct ucount;
struct user_ns;

/* Slots of struct nsproxy, in the order in which new namespaces are made and
 * entered. */
enum ns_slot { NS_MNT, NS_UTS, NS_IPC, NS_PID_CHILDREN, NS_CGROUP, NS_NET,
	       NS_TIME, NS_TIME_CHILDREN, NR_NS_SLOTS, NS_NO_SLOT = -1 };

/* What kind of holder a reference belongs to. */
enum ns_pin {
	PIN_TASK,     /* a task's nsproxy (counted once an nsproxy) */
	PIN_CHILDREN, /* the same, slot "for children" */
	PIN_PID,      /* a struct pid: the tasks that live in a pid namespace */
	PIN_CRED,     /* credentials */
	PIN_CHILD_NS, /* a child namespace's parent pointer */
	PIN_OWNER,    /* an owned namespace (user namespaces) */
	PIN_UCOUNT,   /* what a user has there, counted (user namespaces) */
	PIN_NSFS,     /* the nsfs inode: open files, bind mounts, in flight */
	PIN_SUPER,    /* a mounted file system (proc) */
	PIN_SOCKET,   /* a socket, open or in flight (net) */
	PIN_FILE,     /* a file in /proc that is about it */
	PIN_SHM,      /* attached shared memory (ipc) */
	PIN_TEMP,     /* a pointer on somebody's stack */
	PIN_BOOT,     /* initial namespaces never die */
	NR_NS_PINS
};
extern const char *const ns_pin_names[NR_NS_PINS];

struct ns {
	const struct ns_ops *ops;    /* [I] */
	u32 inum;		     /* [I] st_ino of its nsfs file */
	struct refcount refs;	     /* sum of pins */
	u64 id;			     /* [I] global, rising, never reused */
	struct user_ns *owner;	     /* [I] counted (PIN_OWNER); NULL:
					the initial user namespace */
	struct ucount *ucount;	     /* [I] counted: who is charged for it;
					NULL: an initial namespace */
	u32 pins[NR_NS_PINS];	     /* [a] */
	struct dentry *stash;	     /* ns_lock: live nsfs dentry, not counted */
	struct list link;	     /* ns_lock: all namespaces, by id */
};

/*
 * One type. All operations are set; what a type lacks is a named default.
 */
struct ns_ops {
	const char *name;      /* "uts" */
	u32 type;	       /* CLONE_NEWUTS */
	enum ns_slot slot;     /* for a new one; NS_NO_SLOT: not in nsproxy */
	/* A new namespace, one reference of the slot's kind held by the
	 * caller. Checks limits. @old is the caller's. ERR_PTR: -ENOMEM,
	 * -ENOSPC, -EINVAL, -EPERM. */
	struct ns *(*clone)(struct ns *old, struct user_ns *owner,
			    struct nsset *set);
	void (*free)(struct ns *ns); /* from the last put; may sleep */
	/* setns: may current enter it, with set->cred? Changes nothing; only the
	 * user namespace's has set->cred enter it. -EPERM, -EINVAL, ... */
	int (*install)(struct nsset *set, struct ns *ns);
	/* Not counted; NULL: no such. A child holds a PIN_CHILD_NS reference
	 * on it, which ns_put() gives back after free(). */
	struct ns *(*parent)(struct ns *ns);
	/* Current is about to go from its namespace of this type to another
	 * (or to the same anew), by setns or unshare. Cannot fail. */
	void (*leave)(void);
};

/* What a slot is. A type can have two: where the task is, and where its children
 * will be; then a new namespace goes to the second. */
struct ns_slot_facts {
	enum ns_slot enters; /* fork and exec put what is here there, too, and
				setns at once; NS_NO_SLOT: they do not */
	void (*entered)(struct ns *ns); /* that happens now */
};
extern const struct ns_slot_facts ns_slots[NR_NS_SLOTS];
/* A set's reference: where the task is, or where its children will be. */
static inline enum ns_pin slot_pin(u32 slot)
{
	const u32 children = 1u << NS_PID_CHILDREN | 1u << NS_TIME_CHILDREN;

	BUILD_ASSERT(PIN_TASK == 0 && PIN_CHILDREN == 1);
	return (enum ns_pin)(children >> slot & 1);
}
/* The type (CLONE_NEW*) whose new namespaces, and what setns enters, go to a slot;
 * 0: only what was in another slot before. */
extern const u32 ns_slot_types[NR_NS_SLOTS];
/* Slots, as bits: those that have an .enters; those whose type has something to
 * do when a task leaves it. */
extern const u32 ns_slots_entering, ns_slots_leaving;

/* One line of /proc/PID/ns. */
struct ns_entry {
	const char *name; /* "pid_for_children" */
	const struct ns_ops *ops;
	/* Counted (PIN_TEMP), or NULL: the task has none (any more, or yet). */
	struct ns *(*get)(struct task *t, enum ns_slot slot);
	enum ns_slot slot; /* it is what is in there; NS_NO_SLOT: it is not */
};
extern const struct ns_entry ns_entries[]; /* ends with name == NULL */

/* Fill the common part; refs = 1 of kind @pin; takes a reference on @owner,
 * an inum and an id, and charges current's user in @owner and above. -ENOMEM,
 * -ENOSPC: /proc/sys/user/max_*_namespaces. */
int ns_init(struct ns *ns, const struct ns_ops *ops, struct user_ns *owner,
	    enum ns_pin pin);
/* Boot: publish an initial namespace (inum, owner, PIN_BOOT are static). */
void ns_init_boot(struct ns *ns);
/* Give back what ns_init() took, when the constructor fails afterwards. */
void ns_uninit(struct ns *ns);
struct ns *ns_get_traced(struct ns *ns, enum ns_pin pin);
/* Take one more reference; the caller knows that @ns is alive. */
static inline struct ns *ns_get_untraced(struct ns *ns, enum ns_pin pin)
{
	refcount_inc(&ns->refs);
	atomic_add(&ns->pins[pin], 1);
	return ns;
}
static inline struct ns *ns_get(struct ns *ns, enum ns_pin pin)
{
	ns_get_untraced(ns, pin);
	if (unlikely(trace_on & TRACE_NS))
		return ns_get_traced(ns, pin);
	return ns;
}
bool ns_get_not_zero(struct ns *ns, enum ns_pin pin);
void ns_put(struct ns *ns, enum ns_pin pin); /* may sleep; no spinlock held */
void ns_pin_move(struct ns *ns, enum ns_pin from, enum ns_pin to);
/* NULL-terminated default: the type has no parent. */
struct ns *ns_no_parent(struct ns *ns);
void ns_no_leave(void); /* default: there is nothing to give up */
/* The type whose CLONE_NEW* bit is @type, or NULL. */
const struct ns_ops *ns_ops_of_type(u32 type);

extern struct spinlock ns_lock;
extern struct list ns_list; /* every live namespace, by id; ns_lock */

#define NS_INUM_FIRST 0xF0000000u
#define NS_INUM_DIGITS 10 /* of all from MNT_NS_INIT_INO on */
#define MNT_NS_INIT_INO 0xEFFFFFF8u
#define NET_NS_INIT_INO 0xEFFFFFF9u
#define TIME_NS_INIT_INO 0xEFFFFFFAu
#define CGROUP_NS_INIT_INO 0xEFFFFFFBu
#define PID_NS_INIT_INO 0xEFFFFFFCu
#define USER_NS_INIT_INO 0xEFFFFFFDu
#define UTS_NS_INIT_INO 0xEFFFFFFEu
#define IPC_NS_INIT_INO 0xEFFFFFFFu
/* All bits that clone and unshare take for namespaces that exist here. */
extern const u32 ns_all_types;

/* Types by number, for what is kept for each: from the bit CLONE_NEW*. In order
 * time, mnt, cgroup, uts, ipc, user, pid, net. */
#define NR_NS_KINDS 8
static inline u32 ns_kind(u32 type)
{
	u32 bit = (u32)__builtin_ctz(type);

	return bit >= 25 ? bit - 23 : bit == 17;
}
/* What a user has a limit of: namespaces of each type, and these. */
enum { UCOUNT_INOTIFY_INSTANCES = NR_NS_KINDS, UCOUNT_INOTIFY_WATCHES,
       NR_UCOUNTS };

extern struct user_ns init_user_ns; /* kernel/ns/user.h */

#endif
