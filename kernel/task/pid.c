// SPDX-License-Identifier: MIT
/*
 * Process identifiers: making, finding and giving back numbers.
 *
 * Each pid namespace keeps its numbers in a tree, ns->pids, so that one
 * structure answers "who is 17?", "what is free after 17?" and "who comes
 * next in /proc?". A struct pid has a number, and a node, at each level from
 * the initial namespace to its own.
 *
 * Locks: pid_lock (interrupts off, inside tasklist_lock) protects all trees
 * and the counters of struct pid_ns. Which tasks use a pid, and in which role,
 * is tasklist_lock's. A pid's numbers are given back when the last task leaves
 * it; the struct lives on while pidfds or /proc refer to it.
 */
#include "kernel/debug/why.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

static DEFINE_SPINLOCK(pid_lock);
static u64 last_id;	      /* pid_lock: of struct pid */
static struct slab *pid_slab; /* of level 0; deeper ones are kmalloc'ed */

struct pid init_struct_pid = {
	.refs = REFCOUNT_INIT(1),
	.pidfd_wait = WAITQ_INIT(init_struct_pid.pidfd_wait),
	.numbers = { { .nr = 0, .ns = &init_pid_ns } },
};

static size_t pid_size(u32 level)
{
	return sizeof(struct pid) + (level + 1) * sizeof(struct upid);
}

void pid_init(void)
{
	pid_slab = slab_create("pid", pid_size(0), 8);
}

/* ---- the tree of numbers -------------------------------------------------- */

static struct upid *upid_of(struct rb_node *node)
{
	return node ? rb_entry(node, struct upid, node) : NULL;
}

static struct pid *pid_of(struct upid *u)
{
	return container_of(u, struct pid, numbers[u->ns->level]);
}

/* The first number >= @nr in use, or NULL. */
static struct upid *upid_at_or_after(struct pid_ns *ns, pid_t nr)
	__must_hold(pid_lock)
{
	struct rb_node *n = ns->pids.node;
	struct upid *best = NULL;

	while (n) {
		struct upid *u = upid_of(n);

		if (u->nr >= nr) {
			best = u;
			n = n->left;
		} else {
			n = n->right;
		}
	}
	return best;
}

static void upid_insert(struct pid_ns *ns, struct upid *u)
	__must_hold(pid_lock)
{
	struct rb_node **link = &ns->pids.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = u->nr < upid_of(parent)->nr ? &parent->left :
						     &parent->right;
	}
	rb_insert(&ns->pids, &u->node, parent, link);
	ns->nr_pids++;
}

static void upid_remove(struct upid *u) __must_hold(pid_lock)
{
	struct pid_ns *ns = u->ns;

	rb_erase(&ns->pids, &u->node);
	ns->nr_pids--;
	/* A first process that could not be born leaves its number 1. */
	if (!ns->nr_pids && !ns->child_reaper)
		ns->last_pid = 0;
	/* A dying init waits until it (and its leader) are alone. */
	if (ns->nr_pids <= 2)
		wake_up_all(&ns->empty_wait);
}

/* The least free number in [from, to), or 0. */
static pid_t nr_find_free(struct pid_ns *ns, pid_t from, pid_t to)
	__must_hold(pid_lock)
{
	struct upid *u = upid_at_or_after(ns, from);
	pid_t nr = from;

	while (nr < to && u && u->nr == nr) {
		nr++;
		u = upid_of(rb_next(&u->node));
	}
	return nr < to ? nr : 0;
}

/* Numbers rise; after pid_max they begin again above the reserved ones. */
static int nr_next(struct pid_ns *ns, pid_t *out) __must_hold(pid_lock)
{
	pid_t end = READ_ONCE(ns->pid_max), next = ns->last_pid + 1;
	pid_t low = next > RESERVED_PIDS ? RESERVED_PIDS : 1;
	pid_t nr = nr_find_free(ns, max(next, low), end);

	if (!nr)
		nr = nr_find_free(ns, low, min(next, end));
	if (!nr)
		return -EAGAIN;
	ns->last_pid = nr;
	*out = nr;
	return 0;
}

/* clone3's set_tid: exactly number @nr. */
static int nr_wanted(struct pid_ns *ns, pid_t nr) __must_hold(pid_lock)
{
	struct upid *u = upid_at_or_after(ns, nr);

	if (nr < 1 || nr >= READ_ONCE(ns->pid_max))
		return why(-EINVAL, "clone3: set_tid %d is not in 1..%d", nr,
			   ns->pid_max - 1);
	if (nr != 1 && !ns->child_reaper)
		return why(-EINVAL, "clone3: set_tid %d, but pid 1 of the "
				    "namespace is not born yet", nr);
	if (!ns_capable(ns->ns.owner, CAP_CHECKPOINT_RESTORE) &&
	    !ns_capable(ns->ns.owner, CAP_SYS_ADMIN))
		return why(-EPERM, "clone3: set_tid needs "
				   "CAP_CHECKPOINT_RESTORE over the owner of "
				   "each pid namespace");
	return u && u->nr == nr ? -EEXIST : 0;
}

/* ---- making and giving back -------------------------------------------- */

static struct pid *pid_blank(struct pid_ns *ns)
{
	struct pid *pid = ns->level ? kzalloc(pid_size(ns->level)) :
				      slab_zalloc(pid_slab);
	struct pid_ns *level;

	if (!pid)
		return NULL;
	refcount_set(&pid->refs, 1);
	pid->level = ns->level;
	waitq_init(&pid->pidfd_wait);
	for (level = ns; level; level = level->parent)
		pid->numbers[level->level].ns = level;
	ns_get(&ns->ns, PIN_PID);
	return pid;
}

static void pid_free(struct pid *pid)
{
	struct ns *ns = &pid_ns_of(pid)->ns;

	if (pid->level)
		kfree(pid);
	else
		slab_free(pid_slab, pid);
	ns_put(ns, PIN_PID);
}

/* Take a number at every level, the innermost first. */
static int pid_number(struct pid *pid, const pid_t *set_tid, size_t n)
	__must_hold(pid_lock)
{
	s32 level;
	int err = 0;

	if (!pid_ns_of(pid)->adding)
		return why(-ENOMEM, "fork: init of the pid namespace has died");
	for (level = (s32)pid->level; level >= 0; level--) {
		struct upid *u = &pid->numbers[level];

		if (n) {
			u->nr = *set_tid++;
			n--;
			err = nr_wanted(u->ns, u->nr);
		} else {
			err = nr_next(u->ns, &u->nr);
		}
		if (err)
			break;
		upid_insert(u->ns, u);
	}
	if (err)
		while (++level <= (s32)pid->level)
			upid_remove(&pid->numbers[level]);
	return err;
}

/**
 * pid_new - a new identity in @ns and in all its ancestors
 * @set_tid: wanted numbers, innermost first (clone3), @n of them
 *
 * Return: the pid with one reference, the caller's; findable at once.
 * ERR_PTR: -ENOMEM (no memory, or init of @ns has died), -EAGAIN (no number
 * is free), -EINVAL, -EPERM, -EEXIST (set_tid).
 */
struct pid *pid_new(struct pid_ns *ns, const pid_t *set_tid, size_t n)
{
	struct pid *pid;
	int err;
	u64 irq;

	if (n > ns->level + 1)
		return ERR_PTR(why(-EINVAL, "clone3: %d set_tid for %u levels",
				   (int)n, ns->level + 1));
	pid = pid_blank(ns);
	if (!pid)
		return ERR_PTR(-ENOMEM);
	irq = spin_lock_irqsave(&pid_lock);
	err = pid_number(pid, set_tid, n);
	pid->id = ++last_id;
	spin_unlock_irqrestore(&pid_lock, irq);
	if (err) {
		pid_free(pid);
		return ERR_PTR(err);
	}
	return pid;
}

void pid_release(struct pid *pid)
{
	u64 irq = spin_lock_irqsave(&pid_lock);
	u32 level;

	for (level = 0; level <= pid->level; level++)
		upid_remove(&pid->numbers[level]);
	spin_unlock_irqrestore(&pid_lock, irq);
}

void pid_put(struct pid *pid)
{
	if (pid && refcount_dec_and_test(&pid->refs))
		pid_free(pid);
}

void pid_ns_close(struct pid_ns *ns)
{
	u64 irq = spin_lock_irqsave(&pid_lock);

	ns->adding = false;
	spin_unlock_irqrestore(&pid_lock, irq);
}

/* ---- finding ------------------------------------------------------------ */

struct pid *pid_find_get(struct pid_ns *ns, pid_t nr)
{
	struct pid *pid = NULL;
	struct upid *u;
	u64 irq = spin_lock_irqsave(&pid_lock);

	u = upid_at_or_after(ns, nr);
	if (u && u->nr == nr)
		pid = pid_get(pid_of(u));
	spin_unlock_irqrestore(&pid_lock, irq);
	return pid;
}

u32 pids_next_get(struct pid_ns *ns, pid_t nr, struct pid **pids, u32 max)
{
	struct upid *u;
	u64 irq = spin_lock_irqsave(&pid_lock);
	u32 n = 0;

	u = upid_at_or_after(ns, nr);
	for (; u && n < max; u = upid_of(rb_next(&u->node)))
		pids[n++] = pid_get(pid_of(u));
	spin_unlock_irqrestore(&pid_lock, irq);
	return n;
}

pid_t pid_nr(const struct pid *pid, const struct pid_ns *ns)
{
	const struct upid *u;

	if (!pid || ns->level > pid->level)
		return 0;
	u = &pid->numbers[ns->level];
	return u->ns == ns ? u->nr : 0;
}

struct task *pid_task(const struct pid *pid, enum pid_type type)
{
	return hlist_entry_or_null(pid->tasks[type].first, struct task,
				   pid_links[type]);
}

struct task *pid_task_get(struct pid *pid, enum pid_type type)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t = pid_task(pid, type);

	if (t)
		task_get(t);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return t;
}

struct task *task_find_get(struct pid_ns *ns, pid_t nr)
{
	struct pid *pid = pid_find_get(ns, nr);
	struct task *t;

	if (!pid)
		return NULL;
	t = pid_task_get(pid, PIDTYPE_PID);
	pid_put(pid);
	return t;
}

/* ---- the roles of tasks ----------------------------------------------------- */

static struct pid *task_role(const struct task *t, enum pid_type type)
{
	return type == PIDTYPE_PID ? t->pid : t->signal->pids[type];
}

void pid_attach(struct task *t, enum pid_type type)
{
	struct pid *pid = task_role(t, type);

	assert_held(&tasklist_lock);
	hlist_add(&t->pid_links[type], &pid->tasks[type]);
	if (type != PIDTYPE_PID)
		WRITE_ONCE(t->signal->global_nr[type], pid->numbers[0].nr);
}

void pid_detach(struct task *t, enum pid_type type)
{
	struct pid *pid = task_role(t, type);
	enum pid_type i;

	assert_held(&tasklist_lock);
	if (hlist_unhashed(&t->pid_links[type]))
		return;
	hlist_del(&t->pid_links[type]);
	for (i = PIDTYPE_PID; i < PIDTYPE_MAX; i++)
		if (pid->tasks[i].first)
			return;
	if (pid != &init_struct_pid)
		pid_release(pid);
}

struct pid *pid_change(struct task *t, enum pid_type type, struct pid *pid)
{
	struct pid *old = task_role(t, type);

	pid_get(pid);
	pid_detach(t, type);
	t->signal->pids[type] = pid;
	pid_attach(t, type);
	return old;
}

/* ---- numbers of tasks ------------------------------------------------------- */

pid_t task_pid_nr_ns(const struct task *t, const struct pid_ns *ns)
{
	return pid_nr(READ_ONCE(t->pid), ns);
}

pid_t task_tgid_nr_ns(const struct task *t, const struct pid_ns *ns)
{
	return pid_nr(READ_ONCE(t->signal->pids[PIDTYPE_TGID]), ns);
}

static pid_t task_role_nr_ns(const struct task *t, enum pid_type type,
			     const struct pid_ns *ns)
{
	bool held = spin_held(&tasklist_lock);
	u64 irq = held ? 0 : spin_lock_irqsave(&tasklist_lock);
	pid_t nr = pid_nr(t->signal->pids[type], ns);

	if (!held)
		spin_unlock_irqrestore(&tasklist_lock, irq);
	return nr;
}

pid_t task_pgrp_nr_ns(const struct task *t, const struct pid_ns *ns)
{
	return task_role_nr_ns(t, PIDTYPE_PGID, ns);
}

pid_t task_session_nr_ns(const struct task *t, const struct pid_ns *ns)
{
	return task_role_nr_ns(t, PIDTYPE_SID, ns);
}

/* The parent's number; 0 also for a task that has been reaped. */
pid_t task_ppid_nr_ns(const struct task *t, const struct pid_ns *ns)
{
	bool held = spin_held(&tasklist_lock);
	u64 irq = held ? 0 : spin_lock_irqsave(&tasklist_lock);
	pid_t nr = 0;

	if (t->sighand)
		nr = pid_nr(t->parent->signal->pids[PIDTYPE_TGID], ns);
	if (!held)
		spin_unlock_irqrestore(&tasklist_lock, irq);
	return nr;
}

struct pid_ns *task_active_pid_ns(const struct task *t)
{
	return pid_ns_of(READ_ONCE(t->pid));
}
