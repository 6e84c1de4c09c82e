// SPDX-License-Identifier: MIT
/*
 * pivot_root(2): the caller's root mount and another mount change places, and
 * every task whose root or working directory was the old root moves along.
 */
#include "fs/fs_struct.h"
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/task/task.h"

struct pivot {
	struct path new, old; /* the arguments */
	struct path root;     /* the caller's */
};

static int check_shared(const struct pivot *p)
{
	if (mnt_shared(p->old.mnt))
		return why(-EINVAL, "pivot_root: put_old is on a shared mount");
	if (mnt_shared(p->new.mnt->parent))
		return why(-EINVAL, "pivot_root: new_root's parent is shared");
	if (mnt_shared(p->root.mnt->parent))
		return why(-EINVAL, "pivot_root: the root's parent is shared");
	return 0;
}

static int check_places(const struct pivot *p)
{
	const struct mount *new = p->new.mnt, *root = p->root.mnt;

	if (d_unlinked(p->new.dentry))
		return why(-ENOENT, "pivot_root: new_root was removed");
	if (new == root || p->old.mnt == root)
		return why(-EBUSY, "pivot_root: new_root or put_old is on the "
				   "current root mount");
	if (!path_is_mount_root(&p->root))
		return why(-EINVAL, "pivot_root: / is not a mount point");
	if (!mnt_has_parent(root))
		return why(-EINVAL, "pivot_root: / is the namespace's root");
	if (!path_is_mount_root(&p->new) || !mnt_has_parent(new))
		return why(-EINVAL, "pivot_root: new_root is not a mount point");
	if (!path_reachable(p->old.mnt, p->old.dentry, &p->new))
		return why(-EINVAL, "pivot_root: put_old is not under new_root");
	if (!path_reachable(new, p->new.dentry, &p->root))
		return why(-EINVAL, "pivot_root: new_root is not under /");
	return 0;
}

static int pivot_check(const struct pivot *p)
{
	int err;

	if (!mnt_in_current_ns(p->root.mnt) || !mnt_in_current_ns(p->new.mnt))
		return why(-EINVAL, "pivot_root: mount of another namespace");
	err = check_shared(p);
	if (err)
		return err;
	if (p->new.mnt->internal & MNT_LOCKED)
		return why(-EINVAL, "pivot_root: new_root is locked");
	return check_places(p);
}

/* Cannot fail. What both held at their old places comes to @free. */
static void pivot_commit(const struct pivot *p, struct path free[2])
{
	struct mount *root = p->root.mnt, *new = p->new.mnt;

	free[0] = tree_detach(new);
	free[1] = tree_detach(root);
	tree_attach(new, free[1].mnt, free[1].dentry);
	tree_attach(root, p->old.mnt, p->old.dentry);
	if (root->internal & MNT_LOCKED) { /* what was under it stays hidden */
		new->internal |= MNT_LOCKED;
		root->internal &= (u16)~MNT_LOCKED;
	}
	WRITE_ONCE(new->expire_mark, 0);
	mnt_ns_touch(root->ns);
}

/* If @at is @from, make it @to. The number of references that @from lost. */
static u32 path_replace(struct path *at, const struct path *from,
			const struct path *to)
{
	if (!path_equal(at, from))
		return 0;
	path_get(to);
	*at = *to;
	return 1;
}

/* Every task at @from moves to @to: "chroot_fs_refs" in Linux. */
static void tasks_move(const struct path *from, const struct path *to)
{
	struct task *t;
	u32 drop = 0;
	u64 flags;

	flags = spin_lock_irqsave(&tasklist_lock);
	list_for_each_entry(t, &task_list, all_link) {
		spin_lock(&t->lock);
		if (t->fs) {
			spin_lock(&t->fs->lock);
			drop += path_replace(&t->fs->root, from, to);
			drop += path_replace(&t->fs->cwd, from, to);
			spin_unlock(&t->fs->lock);
		}
		spin_unlock(&t->lock);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	while (drop--)
		path_put(from);
}

/* Under namespace_sem until it returns; then puts what has been let go. */
static int pivot(struct pivot *p)
{
	struct path free[2];
	int err = mount_dest_lock(&p->old);

	if (err)
		return err;
	err = pivot_check(p);
	if (!err)
		pivot_commit(p, free);
	tree_unlock(NULL);
	if (err)
		return err;
	tasks_move(&p->root, &p->new);
	path_put(&free[0]);
	path_put(&free[1]);
	return 0;
}

/**
 * do_pivot_root - pivot_root(2)
 *
 * Context: may sleep.
 * Return: 0; -EPERM, -EINVAL, -EBUSY as the checks above say; -ENOTDIR,
 * -ENOENT and others of the walk.
 */
int do_pivot_root(const char *new_root, const char *put_old)
{
	const u32 lookup = LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
	struct pivot p;
	int err;

	if (!may_mount())
		return why(-EPERM, "pivot_root: no CAP_SYS_ADMIN over the owner "
				   "of the mount namespace");
	err = path_lookup(AT_FDCWD, new_root, lookup, &p.new);
	if (err)
		return err;
	err = path_lookup(AT_FDCWD, put_old, lookup, &p.old);
	if (err)
		goto put_new;
	fs_get_root(current->fs, &p.root);
	err = pivot(&p);
	path_put(&p.root);
	path_put(&p.old);
put_new:
	path_put(&p.new);
	return err;
}
