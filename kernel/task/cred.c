// SPDX-License-Identifier: MIT
/*
 * Credentials: copies, commits, and the one question "may he?".
 *
 * A struct cred is immutable once a task has it. task->cred is replaced by the
 * task itself only, under task->lock; others read it under that lock and take
 * a reference (task_cred_get()).
 *
 * Invariant: ->ucount is the one of ->uid in ->user_ns. A task counts there, from
 * its birth until it is reaped; cred_commit() moves it.
 */
#include "kernel/task/cred.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/ucount.h"

static struct slab *cred_slab;

static struct group_info init_groups = {.refs = REFCOUNT_INIT(1)};

struct cred init_cred = {
	.refs = REFCOUNT_INIT(1),
	.cap_permitted = CAP_FULL_SET,
	.cap_effective = CAP_FULL_SET,
	.cap_bset = CAP_FULL_SET,
	.groups = &init_groups,
	.user_ns = &init_user_ns,
	.ucount = &init_ucount,
};

void cred_module_init(void)
{
	cred_slab = slab_create("cred", sizeof(struct cred), 8);
}

/* ---- groups ---- */

struct group_info *groups_new(u32 n)
{
	struct group_info *gi = kmalloc(sizeof(*gi) + n * sizeof(kgid_t));

	if (!gi)
		return ERR_PTR(-ENOMEM);
	refcount_set(&gi->refs, 1);
	gi->n = n;
	return gi;
}

static void groups_put(struct group_info *gi)
{
	if (refcount_dec_and_test(&gi->refs))
		kfree(gi);
}

static void sift_down(kgid_t *heap, u32 root, u32 n)
{
	u32 child;
	kgid_t tmp;

	while ((child = 2 * root + 1) < n) {
		if (child + 1 < n && heap[child + 1] > heap[child])
			child++;
		if (heap[root] >= heap[child])
			return;
		tmp = heap[root];
		heap[root] = heap[child];
		heap[child] = tmp;
		root = child;
	}
}

/* Heap sort: cred_in_group() searches a sorted list. */
static void groups_sort(struct group_info *gi)
{
	u32 i;
	kgid_t tmp;

	for (i = gi->n / 2; i-- > 0;)
		sift_down(gi->gid, i, gi->n);
	for (i = gi->n; i-- > 1;) {
		tmp = gi->gid[0];
		gi->gid[0] = gi->gid[i];
		gi->gid[i] = tmp;
		sift_down(gi->gid, 0, i);
	}
}

/* @c, a copy that nobody has seen, gets @gi; the reference is taken over. */
void cred_set_groups(struct cred *c, struct group_info *gi)
{
	groups_sort(gi);
	groups_put(c->groups);
	c->groups = gi;
}

bool cred_in_group(const struct cred *c, kgid_t gid)
{
	const struct group_info *gi = c->groups;
	u32 low = 0, high = gi->n, mid;

	if (gid == c->fsgid)
		return true;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (gi->gid[mid] == gid)
			return true;
		if (gi->gid[mid] < gid)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* ---- copies and commits ---- */

static __noinline void cred_free(struct cred *c)
{
	groups_put(c->groups);
	ucount_put(c->ucount);
	ns_put(&c->user_ns->ns, PIN_CRED);
	slab_free(cred_slab, c);
}

void cred_put(const struct cred *cred)
{
	struct cred *c = (struct cred *)cred;

	if (c && refcount_dec_and_test(&c->refs))
		cred_free(c);
}

struct cred *cred_copy(const struct cred *old)
{
	struct cred *c = slab_alloc(cred_slab);

	if (!c)
		return ERR_PTR(-ENOMEM);
	*c = *old;
	refcount_set(&c->refs, 1);
	c->dumpable_reset = false;
	refcount_inc(&c->groups->refs);
	ucount_get(c->ucount);
	ns_get(&c->user_ns->ns, PIN_CRED);
	return c;
}

int cred_recount(struct cred *c)
{
	struct ucount *u = c->ucount;

	if (u->ns == c->user_ns && u->uid == c->uid)
		return 0;
	u = ucount_find(c->user_ns, c->uid);
	if (!u)
		return -EAGAIN;
	ucount_put(c->ucount);
	c->ucount = u;
	return 0;
}

/* Can @old do all that @new can? Whoever made a user namespace can do all in
 * it, and all below. */
static bool caps_within(const struct cred *new, const struct cred *old)
{
	const struct user_ns *ns = new->user_ns;

	if (ns == old->user_ns)
		return !(new->cap_permitted & ~old->cap_permitted);
	for (; ns->parent; ns = ns->parent)
		if (ns->parent == old->user_ns && ns->owner_uid == old->euid)
			return true;
	return false;
}

/* Does @new let the process do, or see, what @old did not? Then what it had in
 * memory before is not for those who may trace it now. */
static bool secrets_change(const struct cred *old, const struct cred *new)
{
	return old->euid != new->euid || old->egid != new->egid ||
	       old->fsuid != new->fsuid || old->fsgid != new->fsgid ||
	       !caps_within(new, old);
}

/* Current counts as @new's from now on. */
static void task_recount(const struct cred *old, const struct cred *new)
{
	if (old->ucount == new->ucount)
		return;
	ucount_add(new->ucount, UCOUNT_NPROC, 1);
	ucount_sub(old->ucount, UCOUNT_NPROC, 1);
}

u64 owner_changes;

struct cred *cred_swap(struct cred *c)
{
	struct cred *old;

	spin_lock(&current->lock);
	old = current->cred;
	current->cred = c;
	spin_unlock(&current->lock);
	owner_changed();
	return old;
}

/**
 * cred_commit - current is @c from now on
 * @c: the caller's reference is taken over
 *
 * When ids change or capabilities are gained, the process is not dumpable any
 * more and loses its parent-death signal; @c->dumpable_reset tells execve(2).
 */
void cred_commit(struct cred *c)
{
	struct task *t = current;
	struct cred *old = t->cred;

	if (secrets_change(old, c)) {
		c->dumpable_reset = true;
		if (t->mm)
			WRITE_ONCE(t->mm->dumpable, 0);
		WRITE_ONCE(t->pdeath_signal, 0);
	}
	task_recount(old, c);
	cred_put(cred_swap(c));
}

struct cred *task_cred_get(struct task *t)
{
	struct cred *c;

	spin_lock(&t->lock);
	c = cred_get(t->cred);
	spin_unlock(&t->lock);
	return c;
}

/* ---- capabilities ---- */

/**
 * cred_capable_over - has @c the capability @cap over @ns?
 * @ns: NULL: the initial user namespace
 *
 * user_namespaces(7): a capability holds in its own user namespace and in all
 * below. Who made a namespace, and is in its parent, has all of them in it.
 */
bool cred_capable_over(const struct cred *c, const struct user_ns *ns, int cap)
{
	if (!ns)
		ns = &init_user_ns;
	for (;;) {
		if (ns == c->user_ns)
			return c->cap_effective & (1ULL << cap);
		if (ns->level <= c->user_ns->level)
			return false;
		if (ns->parent == c->user_ns && ns->owner_uid == c->euid)
			return true;
		ns = ns->parent;
	}
}

bool capable(int cap)
{
	return ns_capable(&init_user_ns, cap);
}
