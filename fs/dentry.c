// SPDX-License-Identifier: MIT
/*
 * Dentries and their hash: see dentry.h.
 *
 * A dentry whose count has come to zero is never found again: d_lookup() takes
 * a reference only if there still is one. It is unhashed, taken off its parent
 * and freed at once (when no light walk can be looking at it: light.h); then its
 * parent loses a reference, and so on upwards, in a loop.
 */
#include "fs/absent.h"
#include "fs/light.h"
#include "fs/notify.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

DEFINE_MUTEX(rename_mutex);
DEFINE_SPINLOCK(dentry_move_lock);

struct dentry_bucket dentry_buckets[DENTRY_BUCKETS];
static struct slab *dentry_slab;
static u64 next_cookie; /* [a] */

int d_always_valid(struct dentry *d __maybe_unused, u32 flags __maybe_unused)
{
	return 1;
}

void d_prune_nothing(struct dentry *d __maybe_unused)
{
}

int d_no_name(struct dentry *d __maybe_unused, char *buf, size_t size)
{
	return (int)strlcpy(buf, "", size);
}

const struct dentry_ops dentry_default_ops = {
	.revalidate = d_always_valid,
	.prune = d_prune_nothing,
	.dname = d_no_name,
};

void dentry_module_init(void)
{
	dentry_slab = slab_create("dentry", sizeof(struct dentry), 8);
	for (u32 i = 0; i < DENTRY_BUCKETS; i++)
		spin_init(&dentry_buckets[i].lock, "dentry_bucket");
}

/* As qstr_take(), of a name that has a second word, even if nothing is in it. */
const char *qstr_take_long(struct qstr *c, const struct dentry *dir,
			   const char *name)
{
	u64 hash = name_hash_begin(dir), word, stop;
	const char *at = name;

	c->word = word_at(name);
	for (;; at += WORD_BYTES) {
		word = word_at(at);
		stop = name_stop(word);
		if (stop)
			break;
		hash = name_hash_add(hash, word);
	}
	c->hash = name_hash_end(name_hash_add(hash, word_cut(word, stop)));
	at += word_bytes_before(stop);
	c->name = name;
	c->len = (u32)(at - name);
	return at;
}

struct qstr qstr_of(const struct dentry *dir, const char *name)
{
	struct qstr q;

	qstr_take(&q, dir, name);
	return q;
}

/* ---- names: short ones lie in the dentry ----------------------------------- */

/* A long name. Two dentries share it after a rename, which cannot allocate. */
struct long_name {
	struct refcount refs; /* dentries */
	char text[];
};

static bool name_is_long(const struct dentry *d)
{
	return d->name.name != d->inline_name;
}

static struct long_name *long_name_of(const struct dentry *d)
{
	return container_of(d->name.name, struct long_name, text[0]);
}

static bool name_set(struct dentry *d, const struct qstr *name)
{
	char *to = d->inline_name;

	if (name->len >= DNAME_INLINE) {
		struct long_name *ln = kmalloc(sizeof(*ln) + name->len + 1);

		if (!ln)
			return false;
		refcount_set(&ln->refs, 1);
		to = ln->text;
	}
	memcpy(to, name->name, name->len);
	to[name->len] = '\0';
	d->name = *name;
	d->name.name = to;
	return true;
}

static void name_free(struct dentry *d)
{
	if (name_is_long(d) && refcount_dec_and_test(&long_name_of(d)->refs))
		kfree(long_name_of(d));
}

/* ---- making ---------------------------------------------------------- */

static void dentry_init(struct dentry *d, struct super *sb,
			const struct dentry_ops *op)
{
	refcount_set(&d->d_count, 1);
	d_init_lists(d);
	spin_init(&d->d_lock, "dentry");
	d->parent = d;
	d->sb = sb;
	d->op = op;
	if (op->revalidate != d_always_valid)
		d->flags = D_REVALIDATE;
	d->name.name = d->inline_name;
}

static struct dentry *dentry_blank(struct super *sb,
				   const struct dentry_ops *op)
{
	struct dentry *d = slab_zalloc(dentry_slab);

	if (d)
		dentry_init(d, sb, op);
	return d;
}

/* The newest stands first. d->parent is @parent. */
static void child_link(struct dentry *d, struct dentry *parent)
{
	spin_lock(&parent->d_lock);
	d->cookie = atomic_add(&next_cookie, 1);
	list_add(&d->sibling, &parent->children);
	spin_unlock(&parent->d_lock);
}

/**
 * d_alloc - a new dentry
 * @parent: its directory; a reference is taken
 * @name: copied; of qstr_of(@parent)
 *
 * Return: counted, not hashed, without inode; ERR_PTR(-ENOMEM).
 */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)
{
	struct dentry *d = dentry_blank(parent->sb, parent->op);

	if (!d)
		return ERR_PTR(-ENOMEM);
	if (!name_set(d, name)) {
		slab_free(dentry_slab, d);
		return ERR_PTR(-ENOMEM);
	}
	d->flags |= D_UNHASHED;
	d->parent = d_get(parent);
	child_link(d, parent);
	return d;
}

struct dentry *d_alloc_root(struct inode *inode)
{
	static const struct qstr slash = { .name = "/", .len = 1 };
	struct dentry *d = dentry_blank(inode->sb, &dentry_default_ops);

	if (!d) {
		inode_put(inode);
		return NULL;
	}
	name_set(d, &slash);
	d->inode = inode;
	return d;
}

struct dentry *d_alloc_anon(struct super *sb, struct inode *inode,
			    const struct dentry_ops *op)
{
	struct dentry *d = dentry_blank(sb, op);

	if (!d) {
		inode_put(inode);
		return ERR_PTR(-ENOMEM);
	}
	d->flags = D_DISCONNECTED;
	d->inode = inode;
	return d;
}

void d_init_anon(struct dentry *d, struct inode *inode,
		 const struct dentry_ops *op)
{
	dentry_init(d, inode->sb, op);
	d->name.name = "";
	d->flags = D_DISCONNECTED | D_IN_INODE;
	d->inode = inode;
}

/* ---- the hash ----------------------------------------------------------- */

/* Nothing hashes or renames @d meanwhile: it is new, or its directory is
 * locked, or nobody else has it. */
static void hash_add(struct dentry *d)
{
	struct dentry_bucket *b = dentry_bucket_of(d->name.hash);

	spin_lock(&b->lock);
	hlist_add(&d->hash, &b->head);
	spin_unlock(&b->lock);
}

static void hash_del(struct dentry *d)
{
	struct dentry_bucket *b = dentry_bucket_of(d->name.hash);

	spin_lock(&b->lock);
	hlist_del(&d->hash);
	spin_unlock(&b->lock);
}

static void flag_set(struct dentry *d, u32 flag, bool on)
{
	spin_lock(&d->d_lock);
	d->flags = on ? d->flags | flag : d->flags & ~flag;
	spin_unlock(&d->d_lock);
}

struct dentry *d_lookup(struct dentry *parent, const struct qstr *name)
{
	struct dentry_bucket *b = dentry_bucket_of(name->hash);
	struct dentry *d;

	if (!READ_ONCE(b->head.first))
		return NULL;
	spin_lock(&b->lock);
	hlist_for_each_entry(d, &b->head, hash)
		if (d_is_called(d, parent, name) &&
		    refcount_inc_not_zero(&d->d_count))
			break;
	spin_unlock(&b->lock);
	return d;
}

void d_instantiate(struct dentry *d, struct inode *inode)
{
	assert(!d->inode);
	atomic_store(&d->inode, inode);
	absent_drop(d);
}

void d_add(struct dentry *d, struct inode *inode)
{
	d_instantiate(d, inode);
	flag_set(d, D_UNHASHED, false);
	hash_add(d);
}

void d_drop(struct dentry *d)
{
	if (d_unhashed(d) || (d->flags & D_DISCONNECTED))
		return;
	hash_del(d);
	flag_set(d, D_UNHASHED, true);
}

/* The name is gone; whoever has the dentry keeps the inode. */
void d_delete(struct dentry *d)
{
	hash_del(d);
	flag_set(d, D_UNHASHED | D_CANT_MOUNT, true);
}

/**
 * lookup_one - a name in a directory
 * @parent: the directory; its inode's lock is held
 * @name: of qstr_of(@parent)
 * @flags: LOOKUP_*, for the file system
 *
 * Return: counted, maybe negative; ERR_PTR.
 */
struct dentry *lookup_one(struct dentry *parent, const struct qstr *name,
			  u32 flags)
{
	struct dentry *d = d_lookup(parent, name);
	int err;

	if (d) {
		if (d->op->revalidate(d, flags) > 0)
			return d;
		d_drop(d);
		d_put(d);
	}
	if (parent->inode->flags & I_DEAD)
		return ERR_PTR(-ENOENT);
	d = d_alloc(parent, name);
	if (IS_ERR(d))
		return d;
	err = parent->inode->op->lookup(parent->inode, d, flags);
	if (!err)
		return d;
	d_put(d);
	return ERR_PTR(err);
}

/* ---- the end --------------------------------------------------------------- */

static void child_unlink(struct dentry *d)
{
	struct dentry *parent = d->parent;

	spin_lock(&parent->d_lock);
	list_del(&d->sibling);
	spin_unlock(&parent->d_lock);
}

/* The last reference is gone. The parent, whose reference is the caller's
 * now; NULL at a root. */
static struct dentry *dentry_free(struct dentry *d)
{
	struct dentry *parent = d->parent != d ? d->parent : NULL;
	struct inode *inode = d->inode;

	d->op->prune(d);
	assert(list_empty(&d->children));
	if (!hlist_unhashed(&d->hash))
		hash_del(d);
	light_wait();
	if (parent)
		child_unlink(d);
	name_free(d);
	slab_free(dentry_slab, d);
	if (inode) {
		notify_gone(inode);
		inode_put(inode);
	}
	return parent;
}

/* @d and those above it that it was the last to hold. */
static __noinline void dentries_free(struct dentry *d)
{
	do
		d = dentry_free(d);
	while (d && refcount_dec_and_test(&d->d_count));
}

/* @d is part of its inode, and neither hashed nor in a tree: no walk comes to it. */
static __noinline void dentry_in_inode_end(struct dentry *d)
{
	struct inode *inode = d->inode;

	d->op->prune(d);
	assert(list_empty(&d->children));
	notify_gone(inode);
	inode_put(inode);
}

void d_put(struct dentry *d)
{
	if (!d || !refcount_dec_and_test(&d->d_count))
		return;
	if (d->flags & D_IN_INODE)
		dentry_in_inode_end(d);
	else
		dentries_free(d);
}

/* ---- rename ------------------------------------------------------------------- */

/* Names of up to DNAME_INLINE are in the dentry: exchange what they say. */
static void names_swap(struct dentry *a, struct dentry *b)
{
	struct qstr an = a->name, bn = b->name;
	bool a_long = name_is_long(a), b_long = name_is_long(b);
	char tmp[DNAME_INLINE];

	memcpy(tmp, a->inline_name, sizeof(tmp));
	memcpy(a->inline_name, b->inline_name, sizeof(tmp));
	memcpy(b->inline_name, tmp, sizeof(tmp));
	a->name = bn;
	b->name = an;
	if (!b_long)
		a->name.name = a->inline_name;
	if (!a_long)
		b->name.name = b->inline_name;
}

/* @d is called as @from is, which keeps its name: an open file that was
 * replaced is shown as what it was, "(deleted)". */
static void name_copy(struct dentry *d, const struct dentry *from)
{
	name_free(d);
	d->name = from->name;
	if (name_is_long(from)) {
		refcount_inc(&long_name_of(from)->refs);
		return;
	}
	memcpy(d->inline_name, from->inline_name, DNAME_INLINE);
	d->name.name = d->inline_name;
}

/* @d moves to the front of @parent's children; its reference on the old parent
 * becomes one on @parent, or the other way round with who comes the other way. */
static __cold void child_move(struct dentry *d, struct dentry *parent)
{
	child_unlink(d);
	spin_lock(&d->d_lock);
	d->parent = parent;
	spin_unlock(&d->d_lock);
	child_link(d, parent);
}

static __cold void names_move(struct dentry *d, struct dentry *target, bool exchange)
{
	struct dentry *first = d < target ? d : target;
	struct dentry *second = d < target ? target : d;

	spin_lock(&first->d_lock);
	spin_lock(&second->d_lock);
	if (exchange)
		names_swap(d, target);
	else
		name_copy(d, target);
	spin_unlock(&second->d_lock);
	spin_unlock(&first->d_lock);
}

/**
 * d_move - @d takes the name and the place of @target
 * @d: what is renamed
 * @target: in the directory where it goes: unhashed afterwards, or, with
 *	@exchange, at @d's old place
 *
 * Context: rename_mutex and both directories' inode locks are held; may sleep.
 */
__cold void d_move(struct dentry *d, struct dentry *target, bool exchange)
{
	struct dentry *from = d->parent, *to = target->parent;

	tree_change_begin();
	hash_del(d);
	hash_del(target);
	light_wait(); /* from here on nobody compares the names */
	spin_lock(&dentry_move_lock);
	names_move(d, target, exchange);
	if (from != to) {
		if (!exchange)
			d_get(to); /* @target keeps its own */
		child_move(d, to);
		if (exchange)
			child_move(target, from);
	}
	spin_unlock(&dentry_move_lock);
	flag_set(d, D_UNHASHED, false);
	hash_add(d);
	if (exchange)
		hash_add(target);
	else
		flag_set(target, D_UNHASHED, true);
	tree_change_end();
	absent_drop(target);
	if (from != to && !exchange)
		d_put(from);
}

/* Is @a the same as @d or above it? rename_mutex is held, or the answer may
 * be old. */
bool d_is_ancestor(const struct dentry *a, const struct dentry *d)
{
	for (;;) {
		if (a == d)
			return true;
		if (d->parent == d)
			return false;
		d = d->parent;
	}
}
