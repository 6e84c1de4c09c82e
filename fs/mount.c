// SPDX-License-Identifier: MIT
/*
 * One mount: how it is made and put.
 *
 * Who counts what. A mount in a tree is held by the tree (the reference that
 * mount_new() returns), by its children, and by every path that stands in
 * it. The last mnt_put() frees it; it is out of every tree then, as a tree's
 * reference goes only with tree_umount(). What still hangs on it then was taken
 * down with it, does not count on it, and is held by it: see umount_tree.c.
 *
 * Trees are copied and taken down whole, so what can be done once for many mounts
 * is: numbers come and go by the word (struct ida_run), locks are taken once, walks
 * are waited for once.
 */
#include "fs/fs_struct.h"
#include "fs/light.h"
#include "fs/mount_tree.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

DEFINE_MUTEX(namespace_sem);
DEFINE_SPINLOCK(mount_lock);

static struct slab *mount_slab;
static DEFINE_SPINLOCK(mount_ids_lock);
static struct ida mnt_ids = IDA_INIT;
/* [a] the next; never in the range of small ids */
static u64 next_unique_id = 1ULL << 32;

/* ---- ids ------------------------------------------------------------------ */

/* One for @ids, which has none: 0 or -ENOMEM. */
int mount_id_take(struct ida_run *ids)
{
	int id;

	spin_lock(&mount_ids_lock);
	id = ida_alloc(&mnt_ids);
	spin_unlock(&mount_ids_lock);
	if (id < 0)
		return id;
	ida_run_push(ids, (u32)id);
	return 0;
}

/* The same, of many: all that are free in a word. */
static __noinline int mount_ids_take(struct ida_run *ids)
{
	int err;

	spin_lock(&mount_ids_lock);
	err = ida_take(&mnt_ids, ids);
	spin_unlock(&mount_ids_lock);
	return err;
}

void mount_ids_give(struct ida_run *ids)
{
	if (!ids->bits)
		return;
	spin_lock(&mount_ids_lock);
	ida_give(&mnt_ids, ids);
	spin_unlock(&mount_ids_lock);
}

/* ---- the source ---------------------------------------------------------- */

static struct mount_source *source_new(const char *text)
{
	size_t size = strlen(text) + 1;
	struct mount_source *s = kmalloc(sizeof(*s) + size);

	if (!s)
		return NULL;
	refcount_set(&s->refs, 1);
	memcpy(s->text, text, size);
	return s;
}

static void source_put(struct mount_source *s)
{
	if (s && refcount_dec_and_test(&s->refs))
		kfree(s);
}

/* ---- making and putting ---------------------------------------------- */

/* Every field that mount_alloc() and who calls it do not set, and that says something
 * of a mount in no tree: one by one, since to clear the whole first would cost as
 * much again. */
static void mount_fields_init(struct mount *m)
{
	refcount_set(&m->refs, 1);
	m->writers = m->expire_mark = 0;
	m->parent = m;
	m->ns = NULL;
	m->hash.pprev = m->mp_hash.pprev = NULL; /* not hashed */
	list_init(&m->mounts);
	list_init(&m->link);
	m->peer = NULL;
	list_init(&m->todo);
	m->origin = 0;
}

struct mount *mount_alloc(struct super *sb, struct dentry *root,
			  struct ida_run *ids)
{
	struct mount *m;

	if (unlikely(!ids->bits) && mount_ids_take(ids))
		return NULL;
	m = slab_alloc(mount_slab);
	if (!m)
		return NULL;
	mount_fields_init(m);
	m->id = ida_run_pop(ids) + 1;
	m->unique_id = atomic_add(&next_unique_id, 1) - 1;
	m->sb = super_get(sb);
	m->root = m->mountpoint = d_get(root);
	return m;
}

/**
 * mount_new - a mount of the subtree at @root of @sb, in no tree
 *
 * Takes its own references on @sb and @root; copies @source (may be NULL).
 * Return: the mount with one reference, or ERR_PTR(-ENOMEM).
 */
struct mount *mount_new(struct super *sb, struct dentry *root,
			const char *source)
{
	struct mount_source *copy = source ? source_new(source) : NULL;
	struct ida_run id = { 0 };
	struct mount *m = NULL;

	if (source && !copy)
		return ERR_PTR(-ENOMEM);
	if (!mount_id_take(&id))
		m = mount_alloc(sb, root, &id);
	if (!m) {
		mount_ids_give(&id);
		source_put(copy);
		return ERR_PTR(-ENOMEM);
	}
	m->source = copy;
	m->flags = m->internal = m->sealed = 0;
	spin_lock(&mount_lock);
	list_add_tail(&m->link, &loose_mounts);
	spin_unlock(&mount_lock);
	return m;
}

/* Nobody comes to those in @dead any more: take them off the lists, and give
 * their numbers back. */
static void mounts_forget(struct list *dead)
{
	struct ida_run ids = { 0 };
	struct mount *m;

	spin_lock(&mount_lock);
	list_for_each_entry(m, dead, todo) {
		assert(!m->ns && !mnt_has_parent(m) && !m->peer);
		list_del(&m->link);
		if (!ida_run_push(&ids, m->id - 1)) {
			mount_ids_give(&ids);
			ida_run_push(&ids, m->id - 1);
		}
	}
	spin_unlock(&mount_lock);
	mount_ids_give(&ids);
}

static void mounts_free(struct list *dead)
{
	struct mount *m, *next;

	mounts_forget(dead);
	light_wait();
	list_for_each_entry_safe(m, next, dead, todo) {
		d_put(m->root);
		super_put(m->sb);
		source_put(m->source);
		slab_free(mount_slab, m);
		cond_resched();
	}
}

/*
 * The last references of those in @dead have gone, and with them maybe that of
 * what hangs on them, and so on, however high the tree is: @dead grows by it. Who
 * removes a mountpoint may be taking off the last that hangs on one; he has let go
 * of it only when both ends of the list are empty.
 */
void mounts_end(struct list *dead)
{
	struct list orphans = LIST_INIT(orphans);
	struct mount *m, *c, *next;

	list_for_each_entry(m, dead, todo) {
		if (likely(list_empty_careful(&m->mounts)))
			continue;
		umounted_children_take(m, &orphans);
		list_for_each_entry_safe(c, next, &orphans, todo) {
			list_del(&c->todo);
			if (refcount_dec_and_test(&c->refs))
				list_add_tail(&c->todo, dead);
		}
	}
	mounts_free(dead);
}

static __noinline void mount_end(struct mount *m)
{
	struct list dead = LIST_INIT(dead);

	list_add(&m->todo, &dead);
	mounts_end(&dead);
}

/* The end of umount2(2): putting the path that names it is not using it. */
void mnt_put_no_use(struct mount *m)
{
	if (refcount_dec_and_test(&m->refs))
		mount_end(m);
}

/**
 * mnt_put - drop a reference; the last one frees the mount
 *
 * Context: may sleep (the file system may go as well); no lock held.
 */
void mnt_put(struct mount *m)
{
	if (unlikely(READ_ONCE(m->expire_mark)))
		WRITE_ONCE(m->expire_mark, 0);
	mnt_put_no_use(m);
}

/**
 * mnt_internal - a mount of @sb that is in no namespace (nsfs, pipefs)
 *
 * Takes its own reference on @sb.
 * Return: the mount, one reference; ERR_PTR(-ENOMEM).
 */
struct mount *mnt_internal(struct super *sb)
{
	struct mount *m = mount_new(sb, sb->root, sb->type->name);

	if (!IS_ERR(m))
		m->internal = MNT_INTERNAL;
	return m;
}

/* ---- for the walk ------------------------------------------------------ */

struct mount *mnt_lookup(const struct path *path)
{
	struct mount *m;

	spin_lock(&mount_lock);
	m = mount_hash_find(path->mnt, path->dentry);
	if (m)
		mnt_get(m);
	spin_unlock(&mount_lock);
	return m;
}

bool follow_mounts(struct path *path)
{
	bool crossed = false;

	while (READ_ONCE(path->dentry->flags) & D_MOUNTED) {
		struct mount *m = mnt_lookup(path);

		if (!m)
			break;
		path_put(path);
		path->mnt = m;
		path->dentry = d_get(m->root);
		crossed = true;
	}
	return crossed;
}

bool follow_up(struct path *path)
{
	struct mount *m = path->mnt;
	struct path up;
	bool found;

	spin_lock(&mount_lock);
	/* A parent that was taken down may be about to let go of it. */
	found = mnt_has_parent(m) && refcount_inc_not_zero(&m->parent->refs);
	if (found) {
		up.mnt = m->parent;
		up.dentry = d_get(m->mountpoint);
	}
	spin_unlock(&mount_lock);
	if (!found)
		return false;
	path_put(path);
	*path = up;
	return true;
}

/*
 * A writer counts itself first and looks at the flags then; who makes a mount
 * read-only sets the flag first and counts then. So one of them sees the
 * other.
 */
int mnt_want_write(struct mount *m)
{
	atomic_add(&m->writers, 1);
	if (likely(!((atomic_load(&m->flags) | atomic_load(&m->sb->flags)) &
		     MS_RDONLY)))
		return 0;
	atomic_sub(&m->writers, 1);
	return -EROFS;
}

void mnt_drop_write(struct mount *m)
{
	atomic_sub(&m->writers, 1);
}

/* ---- which namespace ---------------------------------------------------- */

struct mnt_ns *current_mnt_ns(void)
{
	return to_mnt_ns(current->nsproxy->ns[NS_MNT]);
}

bool mnt_in_current_ns(const struct mount *m)
{
	const struct mnt_ns *ns = READ_ONCE(m->ns);

	return ns && current->nsproxy && ns == current_mnt_ns();
}

/* Does current's root lie in @m? Compared, not followed: no lock. */
bool mnt_is_current_root(const struct mount *m)
{
	return READ_ONCE(current->fs->root.mnt) == m;
}

bool may_mount(void)
{
	return ns_capable(current_mnt_ns()->ns.owner, CAP_SYS_ADMIN);
}

bool is_local_mountpoint(struct dentry *d)
{
	struct mount *m = NULL;
	bool local = false;

	if (likely(!(READ_ONCE(d->flags) & D_MOUNTED)))
		return false;
	spin_lock(&mount_lock);
	while (!local && (m = mount_on_dentry(d, m)))
		local = mnt_in_current_ns(m);
	spin_unlock(&mount_lock);
	return local;
}

void mount_module_init(void)
{
	mount_slab = slab_create("mount", sizeof(struct mount), 8);
	peer_module_init();
	mnt_ns_module_init();
}
