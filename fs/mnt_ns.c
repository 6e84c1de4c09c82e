// SPDX-License-Identifier: MIT
/*
 * A mount namespace's tree: its copy (clone, unshare), where setns(2) puts
 * root and cwd, its end, and the first one. The type is kernel/ns/mnt.c.
 *
 * End: the last put takes the whole tree down at once. A mount in it may hold
 * the last reference on another mount namespace (a bind of its nsfs file),
 * that one on a third... So a task that is at it already only notes the next
 * one, and works them off one by one: no recursion, however long the chain.
 */
#include "fs/context.h"
#include "fs/fs_struct.h"
#include "fs/mount_tree.h"
#include "fs/tmpfs.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"

struct mnt_ns init_mnt_ns = {
	.ns = {
		.ops = &mnt_ns_ops,
		.inum = MNT_NS_INIT_INO,
		.owner = &init_user_ns,
		.refs = REFCOUNT_INIT(1),
		.pins = { [PIN_BOOT] = 1 },
		.link = LIST_INIT(init_mnt_ns.ns.link),
	},
	.list = LIST_INIT(init_mnt_ns.list),
	.all_link = LIST_INIT(init_mnt_ns.all_link),
	.poll = WAITQ_INIT(init_mnt_ns.poll),
};

static struct slab *mnt_ns_slab;

void mnt_ns_module_init(void)
{
	mnt_ns_slab = slab_create("mnt_ns", sizeof(struct mnt_ns), 8);
}

static struct mnt_ns *mnt_ns_new(struct user_ns *owner)
{
	struct mnt_ns *ns = slab_zalloc(mnt_ns_slab);
	int err;

	if (!ns)
		return ERR_PTR(-ENOMEM);
	list_init(&ns->list);
	list_init(&ns->all_link);
	waitq_init(&ns->poll);
	err = ns_init(&ns->ns, &mnt_ns_ops, owner, PIN_TASK);
	if (err) {
		slab_free(mnt_ns_slab, ns);
		return ERR_PTR(err);
	}
	return ns;
}

/* The mount that @path is in was copied: it stands at the same place of the copy
 * from now on. The tree holds the old one, so this is not the last put. */
static void path_follow(struct path *path, struct mount *from, struct mount *to)
{
	if (!to || path->mnt != from)
		return;
	path->mnt = mnt_get(to);
	mnt_put(from);
}

static void fs_follow(struct fs *fs, const struct copy_track *t)
{
	spin_lock(&fs->lock);
	path_follow(&fs->root, t->from[0], t->to[0]);
	path_follow(&fs->cwd, t->from[1], t->to[1]);
	spin_unlock(&fs->lock);
}

/* Fill @ns with a copy of @old's tree, to which @fs (may be NULL) moves along.
 * Binds of mount namespaces stay behind: they could hold each other alive. For
 * another owner: what happens in the copy stays in it, and it is sealed. */
static int mnt_ns_fill(struct mnt_ns *ns, struct mnt_ns *old, struct fs *fs)
{
	bool demote = ns->ns.owner != old->ns.owner;
	u32 how = demote ? COPY_UNBINDABLE | COPY_DEMOTE : COPY_UNBINDABLE;
	struct copy_track t = { { NULL, NULL }, { NULL, NULL } };
	struct mount *root;

	tree_lock();
	if (fs) { /* pivot_root(2) may move it meanwhile: see path_follow() */
		t.from[0] = READ_ONCE(fs->root.mnt);
		t.from[1] = READ_ONCE(fs->cwd.mnt);
	}
	root = tree_copy(old->root, old->root->root, how, &t);
	if (!IS_ERR(root)) {
		if (demote)
			tree_seal(root);
		ns->root = root;
		tree_adopt(root, ns);
		if (fs)
			fs_follow(fs, &t);
	}
	tree_unlock(NULL);
	return PTR_ERR_OR_ZERO(root);
}

/**
 * mnt_ns_clone - a new mount namespace with a copy of @old's tree
 * @set: ->fs (may be NULL) has root and cwd moved to the copy; it is not
 *	touched if this fails
 *
 * Context: may sleep. @set->fs is the caller's own.
 * Return: the namespace with one PIN_TASK reference; ERR_PTR(-ENOMEM).
 */
struct ns *mnt_ns_clone(struct ns *old, struct user_ns *owner,
			struct nsset *set)
{
	struct mnt_ns *ns = mnt_ns_new(owner);
	int err;

	if (IS_ERR(ns))
		return ERR_PTR(PTR_ERR(ns));
	err = mnt_ns_fill(ns, to_mnt_ns(old), set ? set->fs : NULL);
	if (!err)
		return &ns->ns;
	ns_uninit(&ns->ns);
	slab_free(mnt_ns_slab, ns);
	return ERR_PTR(err);
}

/* Counted path of the topmost mount on the root of @ns. */
void mnt_ns_root_path(struct mnt_ns *ns, struct path *out)
{
	struct mount *m = ns->root, *over;

	spin_lock(&mount_lock);
	while ((over = mount_hash_find(m, m->root)))
		m = over;
	out->mnt = mnt_get(m);
	out->dentry = d_get(m->root);
	spin_unlock(&mount_lock);
}

/* ---- boot ----------------------------------------------------------------- */

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

/* ---- the end ------------------------------------------------------------- */

static void mnt_ns_take_down(struct mnt_ns *ns)
{
	struct list doomed = LIST_INIT(doomed);

	tree_lock();
	tree_umount(ns->root, 0, &doomed);
	tree_unlock(&doomed);
	assert(list_empty(&ns->list) && !ns->nr_mounts);
	slab_free(mnt_ns_slab, ns);
}

/* From the last put of @ns: umount everything and free. It is in no list of
 * namespaces any more, so its link there serves here. May sleep. */
void mnt_ns_release(struct mnt_ns *ns)
{
	struct list dying = LIST_INIT(dying);

	if (current->dying_mnt_ns) {
		list_add_tail(&ns->ns.link, current->dying_mnt_ns);
		return;
	}
	current->dying_mnt_ns = &dying;
	mnt_ns_take_down(ns);
	while (!list_empty(&dying)) {
		ns = list_first(&dying, struct mnt_ns, ns.link);
		list_del(&ns->ns.link);
		mnt_ns_take_down(ns);
	}
	current->dying_mnt_ns = NULL;
}
