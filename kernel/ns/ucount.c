// SPDX-License-Identifier: MIT
/* Counts of what users have, up the tree of user namespaces: see ucount.h. */
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/ucount.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

static struct slab *ucount_slab;
static DEFINE_SPINLOCK(ucount_lock);

struct ucount init_ucount = {
	.refs = REFCOUNT_INIT(1),
	.ns = &init_user_ns,
};

/* Boot: before there are creds. */
void ucount_module_init(void)
{
	ucount_slab = slab_create("ucount", sizeof(struct ucount), 8);
	rb_insert(&init_user_ns.ucounts, &init_ucount.node, NULL,
		  &init_user_ns.ucounts.node);
}

/* The next count that @u's charges go to as well; NULL at the top. */
static struct ucount *up(const struct ucount *u)
{
	return u->ns->ns.ucount;
}

/* ---- finding ------------------------------------------------------------- */

/* Where @uid is in the tree of @ns, or belongs: @*parent and the link. */
static struct rb_node **place(struct user_ns *ns, kuid_t uid,
			      struct rb_node **parent)
{
	struct rb_node **link = &ns->ucounts.node;

	*parent = NULL;
	while (*link) {
		struct ucount *u = rb_entry(*link, struct ucount, node);

		if (u->uid == uid)
			break;
		*parent = *link;
		link = uid < u->uid ? &(*link)->left : &(*link)->right;
	}
	return link;
}

/* The one in the tree, counted; or NULL, and then @spare (may be NULL) is
 * inserted. */
static struct ucount *find_or_insert(struct user_ns *ns, kuid_t uid,
				     struct ucount *spare)
{
	struct rb_node *parent, **link;
	struct ucount *u = NULL;

	spin_lock(&ucount_lock);
	link = place(ns, uid, &parent);
	if (*link) {
		u = rb_entry(*link, struct ucount, node);
		refcount_inc(&u->refs);
	} else if (spare) {
		rb_insert(&ns->ucounts, &spare->node, parent, link);
	}
	spin_unlock(&ucount_lock);
	return u;
}

struct ucount *ucount_find(struct user_ns *ns, kuid_t uid)
{
	struct ucount *u = find_or_insert(ns, uid, NULL), *fresh;

	if (u)
		return u;
	fresh = slab_zalloc(ucount_slab);
	if (!fresh)
		return NULL;
	refcount_set(&fresh->refs, 1);
	fresh->ns = ns;
	fresh->uid = uid;
	u = find_or_insert(ns, uid, fresh);
	if (u) {
		slab_free(ucount_slab, fresh);
		return u;
	}
	ns_get(&ns->ns, PIN_UCOUNT);
	return fresh;
}

/* The last reference is dropped under the lock, so that what a finder sees in
 * the tree is alive. */
void ucount_put(struct ucount *u)
{
	struct user_ns *ns = u->ns;
	bool last;

	if (refcount_dec_not_one(&u->refs))
		return;
	spin_lock(&ucount_lock);
	last = refcount_dec_and_test(&u->refs);
	if (last)
		rb_erase(&ns->ucounts, &u->node);
	spin_unlock(&ucount_lock);
	if (!last)
		return;
	slab_free(ucount_slab, u);
	ns_put(&ns->ns, PIN_UCOUNT);
}

/* ---- namespaces ---------------------------------------------------------- */

/* One more, unless there are @most. */
static bool add_below(u32 *nr, u32 most)
{
	u32 n = READ_ONCE(*nr);

	do {
		if (n >= most)
			return false;
	} while (!atomic_cas(nr, &n, n + 1));
	return true;
}

static void sub_until(struct ucount *u, const struct ucount *end, u32 kind)
{
	for (; u != end; u = up(u))
		atomic_sub(&u->nr[kind], 1);
}

/* Current's cred has its own count at hand. */
static struct ucount *mine_in(struct user_ns *owner)
{
	const struct cred *c = current->cred;

	if (c->ucount->ns == owner && c->ucount->uid == c->euid)
		return ucount_get(c->ucount);
	return ucount_find(owner, c->euid);
}

int ucount_charge_to(struct ucount *mine, u32 kind)
{
	for (struct ucount *u = mine; u; u = up(u)) {
		u32 most = READ_ONCE(u->ns->ns_max[kind]);

		if (add_below(&u->nr[kind], most))
			continue;
		sub_until(mine, u, kind);
		return why(-ENOSPC, "user %u has %u of the kind in user:[%u], "
				    "all that /proc/sys/user allows", u->uid,
			   most, u->ns->ns.inum);
	}
	return 0;
}

void ucount_uncharge_from(struct ucount *u, u32 kind)
{
	sub_until(u, NULL, kind);
}

struct ucount *ucount_charge(struct user_ns *owner, u32 kind)
{
	struct ucount *mine = mine_in(owner);
	int err;

	if (!mine)
		return ERR_PTR(-ENOMEM);
	err = ucount_charge_to(mine, kind);
	if (!err)
		return mine;
	ucount_put(mine);
	return ERR_PTR(err);
}

void ucount_uncharge(struct ucount *u, u32 kind)
{
	sub_until(u, NULL, kind);
	ucount_put(u);
}

/* ---- resource limits ------------------------------------------------------ */

void ucount_add(struct ucount *u, enum ucount_rlimit what, u64 n)
{
	for (; u; u = up(u))
		atomic_add(&u->used[what], n);
}

void ucount_sub(struct ucount *u, enum ucount_rlimit what, u64 n)
{
	for (; u; u = up(u))
		atomic_sub(&u->used[what], n);
}

bool ucount_over(const struct ucount *u, enum ucount_rlimit what, u64 limit)
{
	for (; u; u = up(u)) {
		if (READ_ONCE(u->used[what]) > limit)
			return true;
		limit = u->ns->rlimit_max[what];
	}
	return false;
}

bool ucount_add_below(struct ucount *u, enum ucount_rlimit what, u64 n,
		      u64 limit)
{
	bool over = false;

	for (struct ucount *at = u; at; at = up(at)) {
		over |= atomic_add(&at->used[what], n) > limit;
		limit = at->ns->rlimit_max[what];
	}
	if (over)
		ucount_sub(u, what, n);
	return !over;
}
