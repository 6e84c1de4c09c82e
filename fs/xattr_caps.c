// SPDX-License-Identifier: MIT
/*
 * Capabilities of files (capabilities(7)). A program has a set in its attribute
 * security.capability. Since revision 3 it says for whom: for user namespaces
 * whose root is the user rootid, and those below. Whoever is root of a user
 * namespace alone writes revision 2, and revision 3 with himself as root is
 * what is kept; read in the same place it looks as it was written.
 *
 * rootid as it is kept is an id of the user namespace that owns the file system.
 */
#include "fs/xattr.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/task/cred.h"

#define MAGIC(caps) ((caps)->magic_etc & VFS_CAP_REVISION_MASK)

/* Does @caps have the size that its revision says? */
static bool is_revision(const struct vfs_ns_cap_data *caps, size_t size, u32 rev)
{
	return size == (rev == VFS_CAP_REVISION_2 ? XATTR_CAPS_SZ_2 :
						    XATTR_CAPS_SZ_3) &&
	       MAGIC(caps) == rev;
}

static void set_revision(struct vfs_ns_cap_data *caps, u32 rev)
{
	caps->magic_etc = rev | (caps->magic_etc & VFS_CAP_FLAGS_EFFECTIVE);
}

ssize_t xattr_caps_in(const struct inode *inode, void *value, size_t size)
{
	struct user_ns *owner = inode->sb->user_ns;
	struct vfs_ns_cap_data *caps = value;
	bool plain;
	kuid_t root;

	if (size != XATTR_CAPS_SZ_2 && size != XATTR_CAPS_SZ_3)
		return -EINVAL;
	plain = is_revision(caps, size, VFS_CAP_REVISION_2);
	if (!plain && !is_revision(caps, size, VFS_CAP_REVISION_3))
		return -EINVAL;
	if (!inode_capable(inode, CAP_SETFCAP))
		return why(-EPERM, "setxattr: no CAP_SETFCAP over the file");
	if (plain && ns_capable(owner, CAP_SETFCAP))
		return (ssize_t)size;
	root = make_kuid(current_user_ns(), plain ? 0 : caps->rootid);
	if (root == INVALID_ID || !kuid_is_mapped(owner, root))
		return -EINVAL;
	caps->rootid = from_kuid(owner, root);
	set_revision(caps, VFS_CAP_REVISION_3);
	return XATTR_CAPS_SZ_3;
}

/* Is @root the root of current's user namespace or of one above? */
static bool root_owns_current(kuid_t root)
{
	const struct user_ns *ns = current_user_ns();

	while (ns && from_kuid(ns, root) != 0)
		ns = ns->parent;
	return ns;
}

static kuid_t kept_root(const struct inode *inode,
			const struct vfs_ns_cap_data *caps, size_t size)
{
	bool plain = is_revision(caps, size, VFS_CAP_REVISION_2);

	return make_kuid(inode->sb->user_ns, plain ? 0 : caps->rootid);
}

ssize_t xattr_caps_out(const struct inode *inode, void *value, size_t size)
{
	struct vfs_ns_cap_data *caps = value;
	kuid_t root = kept_root(inode, caps, size);
	uid_t mine = from_kuid(current_user_ns(), root);

	if (mine != INVALID_ID && mine != 0) {
		caps->rootid = mine;
		set_revision(caps, VFS_CAP_REVISION_3);
		return XATTR_CAPS_SZ_3;
	}
	if (!root_owns_current(root))
		return why(-EOVERFLOW, "getxattr: capabilities of a user "
				       "namespace that is not current's");
	set_revision(caps, VFS_CAP_REVISION_2);
	return XATTR_CAPS_SZ_2;
}

/* ---- exec --------------------------------------------------------------------- */

static u64 set_of(u32 low, u32 high)
{
	return (low | (u64)high << 32) & CAP_FULL_SET;
}

bool file_caps_get(struct inode *inode, struct file_caps *out)
{
	struct vfs_ns_cap_data caps = { 0 };
	ssize_t size;

	if (!(READ_ONCE(inode->flags) & I_CAPS))
		return false;
	mutex_lock(&inode->lock);
	size = inode->op->xattr_get(inode, XATTR_NAME_CAPS, &caps,
				    sizeof(caps));
	mutex_unlock(&inode->lock);
	if (size < 0 ||
	    !root_owns_current(kept_root(inode, &caps, (size_t)size)))
		return false;
	out->permitted = set_of(caps.data[0].permitted, caps.data[1].permitted);
	out->inheritable = set_of(caps.data[0].inheritable,
				  caps.data[1].inheritable);
	out->effective = caps.magic_etc & VFS_CAP_FLAGS_EFFECTIVE;
	return true;
}

void file_caps_drop(struct inode *inode)
{
	if (inode->flags & I_CAPS)
		inode->op->xattr_set(inode, XATTR_NAME_CAPS, NULL, 0, 0);
}
