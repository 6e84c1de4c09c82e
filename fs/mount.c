// SPDX-License-Identifier: MIT
/*
 * One mount: how it is made, found and put, and the boot's first two.
 *
 * Who counts what. A mount in a tree is held by the tree (the reference that
 * mount_new() returns), by its children, and by every path that stands in
 * it. The last mnt_put() frees it; it is out of every tree then, as a tree's
 * reference goes only with tree_umount(). What still hangs on it then was taken
 * down with it, does not count on it, and is held by it: see umount_tree.c.
 *
 * Every mount that hangs on another one is in two hash tables: by (parent,
 * mountpoint), for the walk downwards, and by mountpoint alone, for the
 * question whether a dentry is a mountpoint anywhere (D_MOUNTED says so).
 */
#include "fs/context.h"
#include "fs/fs_struct.h"
#include "fs/light.h"
#include "fs/mount_tree.h"
#include "fs/seq.h"
#include "fs/tmpfs.h"
#include "kernel/lib/ida.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define MOUNT_HASH_BITS 10
#define MOUNT_HASH_SIZE (1u << MOUNT_HASH_BITS)

DEFINE_MUTEX(namespace_sem);
DEFINE_SPINLOCK(mount_lock);
struct list all_mounts = LIST_INIT(all_mounts);

static struct hlist_head mount_hash[MOUNT_HASH_SIZE];
static struct hlist_head mp_hash[MOUNT_HASH_SIZE];
static struct slab *mount_slab;
DEFINE_SPINLOCK(mounts_lock); /* the list of all, and what follows */
static struct ida mnt_ids = IDA_INIT, group_ids = IDA_INIT;
static u64 next_unique_id = 1ULL << 32; /* never in the range of small ids */

static u32 hash_index(const void *a, const void *b)
{
	u64 h = ((u64)a >> 4) * 0x9e3779b97f4a7c15ULL + ((u64)b >> 4);

	h *= 0x9e3779b97f4a7c15ULL;
	return (u32)(h >> (64 - MOUNT_HASH_BITS));
}

/* ---- all mounts, and ids ------------------------------------------------ */

/* Into the list of all, with the two ids: 0 or -ENOMEM. */
static int mount_register(struct mount *m)
{
	int id;

	spin_lock(&mounts_lock);
	id = ida_alloc(&mnt_ids);
	if (id >= 0) {
		m->id = (u32)id + 1;
		m->unique_id = next_unique_id++;
		list_add_tail(&m->all_link, &all_mounts);
	}
	spin_unlock(&mounts_lock);
	return min(id, 0);
}

static void mount_unregister(struct mount *m)
{
	spin_lock(&mounts_lock);
	list_del(&m->all_link);
	ida_free(&mnt_ids, m->id - 1);
	spin_unlock(&mounts_lock);
}

/* Give @m a peer group of its own: 0 or -ENOMEM. */
int group_id_new(struct mount *m)
{
	int id;

	spin_lock(&mounts_lock);
	id = ida_alloc(&group_ids);
	spin_unlock(&mounts_lock);
	if (id < 0)
		return id;
	m->group_id = (u32)id + 1;
	return 0;
}

void group_id_free(u32 id)
{
	spin_lock(&mounts_lock);
	ida_free(&group_ids, id - 1);
	spin_unlock(&mounts_lock);
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

/* @s may be NULL, as a mount may have no source. */
static struct mount_source *source_get(struct mount_source *s)
{
	if (s)
		refcount_inc(&s->refs);
	return s;
}

static void source_put(struct mount_source *s)
{
	if (s && refcount_dec_and_test(&s->refs))
		kfree(s);
}

/* ---- making and putting ---------------------------------------------- */

/* Every field that is not set by mount_make(): one by one, since to clear the
 * whole first would cost as much again. */
static void mount_fields_init(struct mount *m)
{
	refcount_set(&m->refs, 1);
	m->flags = m->internal = m->sealed = 0;
	m->parent = m;
	m->ns = NULL;
	m->hash = m->mp_hash = (struct hlist_node){ NULL, NULL };
	list_init(&m->mounts);
	list_init(&m->child);
	list_init(&m->ns_link);
	list_init(&m->share);
	list_init(&m->slave_list);
	list_init(&m->slave);
	m->master = NULL;
	m->group_id = m->writers = m->expire_mark = 0;
	list_init(&m->todo);
	list_init(&m->prop_link);
	m->copy = NULL;
	m->origin = 0;
	m->released = (struct path){ NULL, NULL };
}

/* Takes over the reference on @source, also if it fails. */
static struct mount *mount_make(struct super *sb, struct dentry *root,
				struct mount_source *source)
{
	struct mount *m = slab_alloc(mount_slab);

	if (!m)
		goto put_source;
	mount_fields_init(m);
	if (mount_register(m))
		goto free_mount;
	m->source = source;
	m->sb = super_get(sb);
	m->root = m->mountpoint = d_get(root);
	return m;

free_mount:
	slab_free(mount_slab, m);
put_source:
	source_put(source);
	return ERR_PTR(-ENOMEM);
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

	if (source && !copy)
		return ERR_PTR(-ENOMEM);
	return mount_make(sb, root, copy);
}

/* The same, of @old's file system and with its source. */
struct mount *mount_like(struct mount *old, struct dentry *root)
{
	return mount_make(old->sb, root, source_get(old->source));
}

static void mount_free(struct mount *m)
{
	assert(!m->ns && !mnt_has_parent(m) && list_empty(&m->mounts));
	assert(!mnt_propagates(m));
	mount_unregister(m);
	light_wait();
	d_put(m->root);
	super_put(m->sb);
	source_put(m->source);
	slab_free(mount_slab, m);
}

/* The last reference of @m has gone, and with it maybe that of what hangs on it,
 * and so on: one after the other, however high the tree is. */
static void mount_end(struct mount *m)
{
	struct list orphans = LIST_INIT(orphans);

	for (;;) {
		umounted_children_take(m, &orphans);
		mount_free(m);
		do {
			if (list_empty(&orphans))
				return;
			m = list_first(&orphans, struct mount, todo);
			list_del(&m->todo);
		} while (!refcount_dec_and_test(&m->refs));
		cond_resched();
	}
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

/* ---- the hash --------------------------------------------------------- */

static struct hlist_head *mount_bucket(const struct mount *parent,
				       const struct dentry *mp)
{
	return &mount_hash[hash_index(parent, mp)];
}

/* The mount that hangs at (@parent, @mp), not counted, or NULL. Context:
 * mount_lock or namespace_sem, or a light walk. */
struct mount *mount_hash_find(const struct mount *parent,
			      const struct dentry *mp)
{
	struct mount *m;

	hlist_for_each_entry(m, mount_bucket(parent, mp), hash)
		if (m->parent == parent && m->mountpoint == mp)
			return m;
	return NULL;
}

struct mount *mount_on_dentry(const struct dentry *d, struct mount *prev)
{
	struct hlist_head *head = &mp_hash[hash_index(d, NULL)];
	bool found = !prev;
	struct mount *m;

	hlist_for_each_entry(m, head, mp_hash) {
		if (found && m->mountpoint == d)
			return m;
		if (m == prev)
			found = true;
	}
	return NULL;
}

static void dentry_set_mounted(struct dentry *d, bool mounted)
{
	if (mounted && READ_ONCE(d->flags) & D_MOUNTED)
		return; /* mount_lock: nobody takes it away meanwhile */
	spin_lock(&d->d_lock);
	if (mounted)
		d->flags |= D_MOUNTED;
	else
		d->flags &= ~(u32)D_MOUNTED;
	spin_unlock(&d->d_lock);
}

/* Parent and mountpoint are set. */
void mount_hash_add(struct mount *m)
{
	assert_held(&mount_lock);
	hlist_add(&m->hash, mount_bucket(m->parent, m->mountpoint));
	hlist_add(&m->mp_hash, &mp_hash[hash_index(m->mountpoint, NULL)]);
	dentry_set_mounted(m->mountpoint, true);
}

void mount_hash_del(struct mount *m)
{
	assert_held(&mount_lock);
	hlist_del(&m->hash);
	hlist_del(&m->mp_hash);
	if (!mount_on_dentry(m->mountpoint, NULL))
		dentry_set_mounted(m->mountpoint, false);
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

void mounts_of_dentry(struct seq *seq, struct dentry *d)
{
	struct mount *m;

	spin_lock(&mount_lock);
	spin_lock(&mounts_lock);
	list_for_each_entry(m, &all_mounts, all_link) {
		if (m->root != d || m->internal & MNT_INTERNAL)
			continue;
		if (m->ns)
			seq_printf(seq, "mount %u in mnt:[%u]\n", m->id,
				   m->ns->ns.inum);
		else
			seq_printf(seq, "mount %u detached\n", m->id);
	}
	spin_unlock(&mounts_lock);
	spin_unlock(&mount_lock);
}

u32 mounts_holding(const struct dentry *d)
{
	struct mount *m;
	u32 n = 0;

	spin_lock(&mount_lock);
	spin_lock(&mounts_lock);
	list_for_each_entry(m, &all_mounts, all_link)
		n += (m->root == d) +
		     (mnt_has_parent(m) && m->mountpoint == d) +
		     (m->released.dentry == d);
	spin_unlock(&mounts_lock);
	spin_unlock(&mount_lock);
	return n;
}

/* ---- boot --------------------------------------------------------------- */

void mount_module_init(void)
{
	mount_slab = slab_create("mount", sizeof(struct mount), 8);
	mnt_ns_module_init();
}

static struct mount *boot_rootfs(void)
{
	struct fs_context fc = { .type = &rootfs_type };
	struct super *sb;
	struct mount *m;

	sb = rootfs_type.get_super(&fc);
	if (IS_ERR(sb))
		panic("mount: no rootfs: error %ld", PTR_ERR(sb));
	m = mount_new(sb, sb->root, "rootfs");
	if (IS_ERR(m))
		panic("mount: no root mount: error %ld", PTR_ERR(m));
	super_put(sb);
	return m;
}

/*
 * Two file systems, one over the other: the root of the namespace can never
 * be moved, and so pivot_root(2) needs the root that tasks see to hang on
 * something.
 */
void mount_init_root(void)
{
	struct mnt_ns *ns = &init_mnt_ns;
	struct mount *base = boot_rootfs(), *real = boot_rootfs();
	struct path root = { .mnt = real, .dentry = real->root };

	tree_lock();
	ns->root = base;
	tree_adopt(base, ns);
	tree_attach(real, base, base->root);
	tree_adopt(real, ns);
	tree_unlock(NULL);
	/* Nobody runs yet: one reference each for root and cwd. */
	path_get(&root);
	init_fs.root = init_fs.cwd = root;
	path_get(&root);
}
