// SPDX-License-Identifier: MIT
/*
 * The common part of every namespace: identity, list, references by kind.
 *
 * Identity. The inum is what users see (st_ino of the nsfs file): the lowest
 * free number, so that numbers are reused after a namespace has ended. The id
 * is never reused and rises in the order of creation; ns_list is sorted by it.
 *
 * The end. ns_put() that drops the last reference frees the namespace before
 * it returns, its charges given back last (ucount.h). A namespace that has a
 * parent holds one PIN_CHILD_NS reference on it, which ns_put() gives back here,
 * in a loop: a chain of 32 namespaces whose ends cause each other does not use 32
 * times the stack. (A user namespace is also owned by its parent, and charged to
 * somebody there; neither of these references is then the parent's last.)
 *
 * The stash (ns->stash) is weak: the nsfs inode holds the namespace, so a
 * counted pointer back would be a circle and nothing would ever end. A dentry
 * takes itself out of the stash when its last reference goes (fs/nsfs.c).
 *
 * Locks: ns_lock, a leaf: list, inums, ids, stashes.
 */
#include "kernel/lib/err.h"
#include "kernel/lib/ida.h"
#include "kernel/lib/string.h"
#include "kernel/ns/ucount.h"

DEFINE_SPINLOCK(ns_lock);
struct list ns_list = LIST_INIT(ns_list);
static struct ida inums = IDA_INIT; /* ns_lock; offset from NS_INUM_FIRST */
static u64 last_id;		    /* ns_lock */

const char *const ns_pin_names[NR_NS_PINS] = {
	[PIN_TASK] = "task",	     [PIN_CHILDREN] = "children",
	[PIN_PID] = "pid",	     [PIN_CRED] = "cred",
	[PIN_CHILD_NS] = "child-ns", [PIN_OWNER] = "owner",
	[PIN_UCOUNT] = "ucount",     [PIN_NSFS] = "nsfs",
	[PIN_SUPER] = "super",	     [PIN_SOCKET] = "socket",
	[PIN_FILE] = "file",
	[PIN_SHM] = "shm",	     [PIN_TEMP] = "temp",
	[PIN_BOOT] = "boot",
};

static void ns_publish(struct ns *ns) __must_hold(ns_lock)
{
	ns->id = ++last_id;
	list_add_tail(&ns->link, &ns_list);
}

/* An inum and a place in the list. 0, -ENOMEM. */
static int ns_number(struct ns *ns)
{
	int n;

	spin_lock(&ns_lock);
	n = ida_alloc(&inums);
	if (n >= 0) {
		ns->inum = NS_INUM_FIRST + (u32)n;
		ns_publish(ns);
	}
	spin_unlock(&ns_lock);
	return min(n, 0);
}

static void ns_unpublish(struct ns *ns)
{
	spin_lock(&ns_lock);
	list_del(&ns->link);
	if (ns->inum >= NS_INUM_FIRST)
		ida_free(&inums, ns->inum - NS_INUM_FIRST);
	spin_unlock(&ns_lock);
}

/**
 * ns_init - fill the common part of a new namespace
 * @owner: the user namespace that it belongs to (a user namespace: its
 *	parent); one reference is taken
 * @pin: what kind the one reference is that the caller now has
 *
 * It is charged to current's effective user in @owner, and upwards from there
 * (ucount.h). Until it is published nobody sees it.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM; -ENOSPC: a limit of /proc/sys/user. Then nothing was
 * taken.
 */
int ns_init(struct ns *ns, const struct ns_ops *ops, struct user_ns *owner,
	    enum ns_pin pin)
{
	struct ucount *ucount = ucount_charge(owner, ns_kind(ops->type));
	int err;

	if (unlikely(IS_ERR(ucount)))
		return (int)PTR_ERR(ucount);
	ns->ops = ops;
	ns->owner = owner;
	ns->ucount = ucount;
	ns->stash = NULL;
#pragma GCC unroll 14 /* so few that memset() would take longer to begin */
	for (u32 i = 0; i < NR_NS_PINS; i++)
		ns->pins[i] = 0;
	ns->pins[pin] = 1;
	refcount_set(&ns->refs, 1);
	err = ns_number(ns);
	if (err) {
		ucount_uncharge(ucount, ns_kind(ops->type));
		return err;
	}
	ns_get(&owner->ns, PIN_OWNER);
	trace(TRACE_NS, "ns %s:[%u] new, id %llu", ops->name, ns->inum,
	      (unsigned long long)ns->id);
	return 0;
}

/**
 * ns_init_boot - publish one of the initial namespaces
 *
 * Its static definition has the inum, the owner and one PIN_BOOT reference.
 * Context: boot, one CPU.
 */
void ns_init_boot(struct ns *ns)
{
	spin_lock(&ns_lock);
	ns_publish(ns);
	spin_unlock(&ns_lock);
	if (ns->owner)
		ns_get(&ns->owner->ns, PIN_OWNER);
}

/**
 * ns_uninit - undo ns_init(): the constructor failed after it
 *
 * Nobody else has seen the namespace. The caller frees the memory.
 * Context: may sleep.
 */
void ns_uninit(struct ns *ns)
{
	assert(refcount_read(&ns->refs) == 1);
	ns_unpublish(ns);
	ucount_uncharge(ns->ucount, ns_kind(ns->ops->type));
	ns_put(&ns->owner->ns, PIN_OWNER);
}

/* The end of ns_get(), which is everywhere. */
struct ns *ns_get_traced(struct ns *ns, enum ns_pin pin)
{
	trace_line(TRACE_NS, "ns %s:[%u] get %s", ns->ops->name, ns->inum,
		   ns_pin_names[pin]);
	return ns;
}

/* Take one if @ns is not ending. Its memory must be sure to be there, as
 * under ns_lock for what is on ns_list. */
bool ns_get_not_zero(struct ns *ns, enum ns_pin pin)
{
	if (!refcount_inc_not_zero(&ns->refs))
		return false;
	atomic_add(&ns->pins[pin], 1);
	return true;
}

/* A reference changes hands. */
void ns_pin_move(struct ns *ns, enum ns_pin from, enum ns_pin to)
{
	atomic_add(&ns->pins[to], 1);
	atomic_sub(&ns->pins[from], 1);
}

/* One reference less. True for the last. */
static inline bool pin_drop(struct ns *ns, enum ns_pin pin)
{
	s32 left = (s32)atomic_sub(&ns->pins[pin], 1);

	assert(left >= 0);
	return refcount_dec_and_test(&ns->refs);
}

/* The last reference is gone. Returns the parent, whose one is due. */
static struct ns *ns_end(struct ns *ns)
{
	struct ns *parent = ns->ops->parent(ns);
	struct user_ns *owner = ns->owner;
	struct ucount *ucount = ns->ucount;
	u32 kind = ns_kind(ns->ops->type);

	trace(TRACE_NS, "ns %s:[%u] ends", ns->ops->name, ns->inum);
	assert(!ns->stash);
	ns_unpublish(ns);
	ns->ops->free(ns);
	ucount_uncharge(ucount, kind);
	ns_put(&owner->ns, PIN_OWNER);
	return parent;
}

/* Not inlined: a put that is not the last would save registers for it. */
static __noinline void ns_end_chain(struct ns *ns)
{
	do {
		ns = ns_end(ns);
	} while (ns && pin_drop(ns, PIN_CHILD_NS));
}

/* Not inlined: who is not traced saves no registers. */
static __noinline void ns_put_traced(struct ns *ns, enum ns_pin pin)
{
	trace_line(TRACE_NS, "ns %s:[%u] put %s", ns->ops->name, ns->inum,
		   ns_pin_names[pin]);
	if (pin_drop(ns, pin))
		ns_end_chain(ns);
}

/**
 * ns_put - drop a reference of kind @pin; the last one ends the namespace
 *
 * Context: may sleep; no spinlock held. Does not allocate.
 */
void ns_put(struct ns *ns, enum ns_pin pin)
{
	if (!ns)
		return;
	if (unlikely(trace_on & TRACE_NS))
		ns_put_traced(ns, pin);
	else if (pin_drop(ns, pin))
		ns_end_chain(ns);
}

struct ns *ns_no_parent(struct ns *ns)
{
	(void)ns;
	return NULL;
}

void ns_no_leave(void)
{
}
