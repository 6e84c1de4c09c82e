// SPDX-License-Identifier: MIT
/*
 * mount_setattr(2): flags and propagation of a mount or of a whole tree of
 * mounts, all or nothing.
 *
 * What is refused last, after the checks that change nothing, is that a mount
 * becomes read-only which is being written to. So that flag goes first, on
 * every mount, with MNT_NEW_RDONLY to know which had not had it; then the
 * writers are counted (see mnt_want_write()); then everything else.
 */
#include "fs/mount_tree.h"
#include "kernel/debug/why.h"
#include "kernel/task/cred.h"

#define MS_ATIME_FLAGS (MS_NOATIME | MS_RELATIME)

static const struct {
	u64 attr;
	u32 flag;
} attr_flags[] = {
	{ MOUNT_ATTR_RDONLY, MS_RDONLY },
	{ MOUNT_ATTR_NOSUID, MS_NOSUID },
	{ MOUNT_ATTR_NODEV, MS_NODEV },
	{ MOUNT_ATTR_NOEXEC, MS_NOEXEC },
	{ MOUNT_ATTR_NODIRATIME, MS_NODIRATIME },
	{ MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW },
};

#define ATTR_FLAGS                                                            \
	(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |           \
	 MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW | \
	 MOUNT_ATTR__ATIME)

static u32 flags_of_attr(u64 attr)
{
	u32 flags = 0;

	for (u32 i = 0; i < ARRAY_SIZE(attr_flags); i++)
		if (attr & attr_flags[i].attr)
			flags |= attr_flags[i].flag;
	return flags;
}

/* MOUNT_ATTR_* of a mount's flags: for statmount(2). */
u64 mount_attr_of(u32 flags)
{
	u64 attr = 0;

	for (u32 i = 0; i < ARRAY_SIZE(attr_flags); i++)
		if (flags & attr_flags[i].flag)
			attr |= attr_flags[i].attr;
	if (flags & MS_NOATIME)
		attr |= MOUNT_ATTR_NOATIME;
	else if (!(flags & MS_RELATIME))
		attr |= MOUNT_ATTR_STRICTATIME;
	return attr;
}

/* The access time is one choice of three, and must be cleared as a whole. */
static int atime_decode(struct mount_change *c, u64 set, u64 clr)
{
	if (!(clr & MOUNT_ATTR__ATIME))
		return set & MOUNT_ATTR__ATIME ? -EINVAL : 0;
	if ((clr & MOUNT_ATTR__ATIME) != MOUNT_ATTR__ATIME)
		return -EINVAL;
	c->clear |= MS_ATIME_FLAGS;
	switch (set & MOUNT_ATTR__ATIME) {
	case MOUNT_ATTR_RELATIME:
		c->set |= MS_RELATIME;
		return 0;
	case MOUNT_ATTR_NOATIME:
		c->set |= MS_NOATIME;
		return 0;
	case MOUNT_ATTR_STRICTATIME:
		return 0;
	default:
		return -EINVAL;
	}
}

int mount_change_decode(struct mount_change *c, u64 attr_set, u64 attr_clr)
{
	if ((attr_set | attr_clr) & ~(u64)ATTR_FLAGS)
		return why(-EINVAL, "mount: unknown attributes");
	c->set = flags_of_attr(attr_set);
	c->clear = flags_of_attr(attr_clr);
	if (atime_decode(c, attr_set, attr_clr))
		return why(-EINVAL, "mount: attributes of the access time");
	return 0;
}

/* ---- the change ---------------------------------------------------------------- */

static int setattr_check(const struct path *path)
{
	const struct mount *m = path->mnt;

	if (!path_is_mount_root(path))
		return why(-EINVAL, "mount_setattr: not a mount point");
	if (!mnt_in_current_ns(m) && !(mnt_detached(m) && !mnt_has_parent(m)))
		return why(-EINVAL, "mount_setattr: a mount of another "
				    "namespace");
	return 0;
}

static struct mount *change_next(struct mount *m, struct mount *root,
				 const struct mount_change *c)
{
	return c->recurse ? tree_next(m, root) : NULL;
}

static u32 changed_flags(const struct mount *m, const struct mount_change *c)
{
	return (m->flags & ~c->clear) | c->set;
}

/* What a more privileged namespace has set, stays. */
static int seals_check(struct mount *root, const struct mount_change *c)
{
	struct mount *m;

	for (m = root; m; m = change_next(m, root, c))
		if (!mount_seal_allows(m, changed_flags(m, c)))
			return why(-EPERM, "mount_setattr: a flag is locked");
	return 0;
}

/* Keep new writers out of what becomes read-only; are there old ones? */
static int rdonly_begin(struct mount *root, const struct mount_change *c)
{
	struct mount *m;

	for (m = root; m; m = change_next(m, root, c)) {
		if (m->flags & MS_RDONLY || !(changed_flags(m, c) & MS_RDONLY))
			continue;
		m->internal |= MNT_NEW_RDONLY;
		atomic_xchg(&m->flags, m->flags | MS_RDONLY);
		if (atomic_load(&m->writers))
			return why(-EBUSY, "mount_setattr: files are open for "
					   "writing");
	}
	return 0;
}

static void rdonly_end(struct mount *root, const struct mount_change *c,
		       bool undo)
{
	struct mount *m;

	for (m = root; m; m = change_next(m, root, c)) {
		if (m->internal & MNT_NEW_RDONLY && undo)
			atomic_xchg(&m->flags, m->flags & ~(u32)MS_RDONLY);
		m->internal &= (u16)~MNT_NEW_RDONLY;
	}
}

static int setattr_locked(const struct path *path, const struct mount_change *c)
{
	struct mount *root = path->mnt, *m;
	int err = setattr_check(path);

	if (!err)
		err = seals_check(root, c);
	if (err)
		return err;
	err = rdonly_begin(root, c);
	if (!err && c->propagation)
		err = change_propagation(root, c->propagation, c->recurse);
	for (m = root; m && !err; m = change_next(m, root, c))
		atomic_xchg(&m->flags, changed_flags(m, c));
	rdonly_end(root, c, err);
	if (!err)
		mnt_ns_touch(root->ns);
	return err;
}

/**
 * do_mount_setattr - change the mount at @path, or with c->recurse its tree
 *
 * Context: may sleep.
 * Return: 0; -EINVAL: not a mount, not ours; -EPERM: a locked flag; -EBUSY: would become read-only
 * and is written to; -ENOMEM.
 */
int do_mount_setattr(const struct path *path, const struct mount_change *c)
{
	int err;

	tree_lock();
	err = setattr_locked(path, c);
	tree_unlock(NULL);
	return err;
}
