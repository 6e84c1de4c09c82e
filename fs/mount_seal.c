// SPDX-License-Identifier: MIT
/*
 * What a less privileged mount namespace may not undo (mount_namespaces(7),
 * "Restrictions on mount namespaces").
 *
 * When a tree comes to a namespace of another owner, by a copy or by propagation,
 * the mounts in it are sealed: together, so that none can be taken away, or bound
 * alone, to reveal what lies below it; and each with those of its flags that
 * protect somebody (read-only, no devices, no set-id, no execution, no access
 * times). The mounts that the new owner makes himself are his.
 *
 * In the same spirit a new instance of procfs or sysfs is refused, if there is
 * none in the namespace that can be seen whole: what is covered in all others
 * would lie open in it.
 *
 * Lock: namespace_sem.
 */
#include "fs/mount_tree.h"
#include "kernel/debug/why.h"
#include "kernel/task/cred.h"

#define SEAL_FLAGS (MS_RDONLY | MS_NODEV | MS_NOSUID | MS_NOEXEC)
#define ATIME_FLAGS (MS_NOATIME | MS_NODIRATIME | MS_RELATIME)
#define SEAL_ATIME MS_RELATIME /* in ->sealed: all of ATIME_FLAGS stay */

/* Everything from @root down, which is in no namespace yet, or in one with less
 * power than its own. The top stays free to go. */
void tree_seal(struct mount *root)
{
	struct mount *m;

	for (m = root; m; m = tree_next(m, root)) {
		m->sealed |= (m->flags & SEAL_FLAGS) | SEAL_ATIME;
		if (m != root)
			m->internal |= MNT_LOCKED;
	}
}

/* May the flags of @m become @flags? */
bool mount_seal_allows(const struct mount *m, u32 flags)
{
	if (m->sealed & SEAL_FLAGS & ~flags)
		return false;
	return !(m->sealed & SEAL_ATIME) ||
	       !((m->flags ^ flags) & ATIME_FLAGS);
}

/* Would a mount of @d alone show what is covered in @m? */
bool mount_hides_below(const struct mount *m, const struct dentry *d)
{
	struct mount *child;

	list_for_each_entry(child, &m->mounts, child)
		if (child->internal & MNT_LOCKED &&
		    dentry_within(d, child->mountpoint))
			return true;
	return false;
}

/* ---- a new procfs, a new sysfs --------------------------------------------- */

/* Nothing is hidden in @m: what is locked covers only places made for it. */
static bool mount_is_whole(const struct mount *m)
{
	struct mount *child;

	if (m->root != m->sb->root)
		return false;
	list_for_each_entry(child, &m->mounts, child)
		if (child->internal & MNT_LOCKED &&
		    !(child->mountpoint->inode->flags & I_MOUNTPOINT))
			return false;
	return true;
}

static bool flags_reach(const struct mount *m, u32 flags)
{
	u32 locked = m->sealed & MS_RDONLY;

	if (m->sb->flags & MS_RDONLY)
		locked |= MS_RDONLY;
	if (locked & ~flags)
		return false;
	return !(m->sealed & SEAL_ATIME) ||
	       !((m->flags ^ flags) & ATIME_FLAGS);
}

/**
 * mount_may_show - may current's mount namespace get a new mount of @type?
 * @flags: of the new mount
 * @sealed: out: which of them are to stay
 *
 * Context: takes namespace_sem.
 * Return: 0; -EPERM: all that there are of the type are covered in part, or have
 * stricter flags.
 */
int mount_may_show(const struct fs_type *type, u32 flags, u32 *sealed)
{
	struct mnt_ns *ns = current_mnt_ns();
	struct mount *m;
	bool found = false;

	*sealed = 0;
	if (ns->ns.owner == &init_user_ns || !(type->flags & FS_WHOLE))
		return 0;
	tree_lock();
	list_for_each_entry(m, &ns->list, link) {
		if (m->sb->type != type || !mount_is_whole(m) ||
		    !flags_reach(m, flags))
			continue;
		*sealed = m->sealed & (MS_RDONLY | SEAL_ATIME);
		found = true;
		break;
	}
	tree_unlock(NULL);
	return found ? 0 : why(-EPERM, "mount: no %s in this namespace can be "
				       "seen whole", type->name);
}
