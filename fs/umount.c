// SPDX-License-Identifier: MIT
/*
 * umount2(2), and the umount that comes with removing a mountpoint.
 *
 * A plain umount refuses while anything but the tree (and the call itself)
 * holds the mount; MNT_DETACH takes the tree down at once, and each mount
 * lives on until its last user leaves.
 */
#include "fs/fs_struct.h"
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* <linux/fs.h> does not export these to user space; umount2(2) */
#define MNT_FORCE 1
#define MNT_DETACH 2
#define MNT_EXPIRE 4
#define UMOUNT_NOFOLLOW 8
#define UMOUNT_FLAGS (MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)

/* The tree's reference, and that of the path that umount2() walked. */
#define REFS_UNUSED 2

/* What another change of the tree can make different. */
static int umount_place_check(const struct mount *m)
{
	if (!mnt_in_current_ns(m))
		return why(-EINVAL, "umount: mount of another namespace");
	if (!mnt_has_parent(m))
		return why(-EINVAL, "umount: the root of the namespace");
	if (m->internal & MNT_LOCKED)
		return why(-EINVAL, "umount: mount is locked");
	return 0;
}

static int umount_check(const struct path *path, int flags)
{
	int err;

	if (!may_mount())
		return why(-EPERM, "umount: no CAP_SYS_ADMIN over the owner "
				   "of the mount namespace");
	if (!path_is_mount_root(path))
		return why(-EINVAL, "umount: not a mount point");
	err = umount_place_check(path->mnt);
	if (!err && flags & MNT_FORCE && !capable(CAP_SYS_ADMIN))
		err = why(-EPERM, "umount: MNT_FORCE needs CAP_SYS_ADMIN");
	return err;
}

/* MNT_EXPIRE: mark at the first time, umount at the second if unused since. */
static int umount_expire(struct mount *m, bool is_root, int flags)
{
	if (is_root || flags & (MNT_FORCE | MNT_DETACH))
		return why(-EINVAL, "umount: MNT_EXPIRE with FORCE, DETACH or /");
	if (refcount_read(&m->refs) > REFS_UNUSED)
		return why(-EBUSY, "umount: in use");
	return atomic_xchg(&m->expire_mark, 1) ? 0 : -EAGAIN;
}

/* The root directory cannot go; as on Linux it becomes read-only instead. */
static int umount_root(struct super *sb)
{
	if (!ns_capable(sb->user_ns, CAP_SYS_ADMIN))
		return why(-EPERM, "umount: / is not owned");
	return super_set_flags(sb, sb->flags | MS_RDONLY, NULL);
}

static int umount_path(const struct path *path, int flags)
{
	bool is_root = mnt_is_current_root(path->mnt);
	struct list doomed = LIST_INIT(doomed);
	int err;

	if (flags & MNT_EXPIRE) {
		err = umount_expire(path->mnt, is_root, flags);
		if (err)
			return err;
	}
	if (is_root && !(flags & MNT_DETACH))
		return umount_root(path->mnt->sb);
	tree_lock();
	err = umount_place_check(path->mnt);
	if (!err && !(flags & MNT_DETACH) &&
	    umount_busy(path->mnt, REFS_UNUSED))
		err = why(-EBUSY, "umount: %s",
			  list_empty(&path->mnt->mounts) ?
				  "the mount or a copy of it is in use" :
				  "something is mounted in it");
	if (!err)
		tree_umount(path->mnt,
			    UMOUNT_PROPAGATE |
				    (flags & MNT_DETACH ? 0 : UMOUNT_APART),
			    &doomed);
	tree_unlock(&doomed);
	return err;
}

/**
 * do_umount - umount2(2)
 *
 * Context: may sleep.
 * Return: 0; -EINVAL: unknown flags, not a mount point, of another
 * namespace; -EPERM; -EBUSY; -EAGAIN (MNT_EXPIRE, first call); what the walk
 * says.
 */
int do_umount(const char *dir, int flags)
{
	u32 lookup = flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int err;

	if (flags & ~UMOUNT_FLAGS)
		return why(-EINVAL, "umount: unknown flags %#x",
			   (u32)(flags & ~UMOUNT_FLAGS));
	err = path_lookup(AT_FDCWD, dir, lookup, &path);
	if (err)
		return err;
	follow_mounts(&path); /* "." of a covered directory is what covers */
	err = umount_check(&path, flags);
	if (!err)
		err = umount_path(&path, flags);
	d_put(path.dentry);
	mnt_put_no_use(path.mnt);
	return err;
}

/* Take down the first mount on @d, and its tree; one in a tree that was taken
 * down before goes alone. False: there is none. */
static bool detach_first(struct dentry *d, struct list *doomed)
{
	struct mount *m;
	bool umounted;

	mounts_change_begin();
	m = mount_on_dentry(d, NULL);
	umounted = m && m->internal & MNT_UMOUNTED;
	if (umounted)
		umounted_take_off(m, doomed);
	mounts_change_end();
	if (m && !umounted)
		tree_umount(m, UMOUNT_WHOLE, doomed);
	return m != NULL;
}

void mnt_detach_dentry(struct dentry *d)
{
	struct list doomed = LIST_INIT(doomed);

	if (likely(!(READ_ONCE(d->flags) & D_MOUNTED)))
		return;
	tree_lock();
	while (detach_first(d, &doomed))
		;
	tree_unlock(&doomed);
}

void mnt_detach_gone(struct dentry *d)
{
	if (READ_ONCE(d->flags) & D_CANT_MOUNT)
		mnt_detach_dentry(d);
}
