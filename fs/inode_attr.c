// SPDX-License-Identifier: MIT
/*
 * Who may do what with an inode (path_resolution(7), capabilities(7)), and the
 * changes that chmod(2), chown(2), utimensat(2) and truncate(2) make.
 */
#include <linux/resource.h>
#include <linux/stat.h>
#include <linux/xattr.h>

#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/notify.h"
#include "kernel/debug/why.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/**
 * inode_capable - has current the capability @cap over what is @inode's?
 *
 * The capabilities of a user namespace reach as far as its ids do: a file whose
 * owner or group it does not know belongs to others.
 */
bool inode_capable(const struct inode *inode, int cap)
{
	const struct user_ns *ns = current_user_ns();

	return kuid_is_mapped(ns, inode->uid) &&
	       kgid_is_mapped(ns, inode->gid) && ns_capable(ns, cap);
}

/* The three bits of the mode that apply to current. */
static u32 mode_bits(const struct inode *inode)
{
	const struct cred *c = current->cred;

	if (c->fsuid == inode->uid)
		return inode->mode >> 6 & 7;
	if (((inode->mode >> 3) & 7) != (inode->mode & 7) &&
	    cred_in_group(c, inode->gid))
		return inode->mode >> 3 & 7;
	return inode->mode & 7;
}

/* What not everybody may: current? */
static __noinline int permission_of_current(struct inode *inode, u32 want)
{
	if (!(want & ~mode_bits(inode)))
		return 0;
	if (S_ISDIR(inode->mode)) {
		if (!(want & MAY_WRITE) &&
		    inode_capable(inode, CAP_DAC_READ_SEARCH))
			return 0;
		return inode_capable(inode, CAP_DAC_OVERRIDE) ? 0 : -EACCES;
	}
	if (want == MAY_READ && inode_capable(inode, CAP_DAC_READ_SEARCH))
		return 0;
	if ((!(want & MAY_EXEC) || (inode->mode & 0111)) &&
	    inode_capable(inode, CAP_DAC_OVERRIDE))
		return 0;
	return -EACCES;
}

/**
 * generic_permission - the mode bits, and the capabilities that override them
 * @inode: asked about
 * @mask: MAY_READ, MAY_WRITE, MAY_EXEC
 *
 * Return: 0 or -EACCES.
 */
int generic_permission(struct inode *inode, int mask)
{
	u32 want = (u32)mask & (MAY_READ | MAY_WRITE | MAY_EXEC);
	umode_t mode = inode->mode;

	if (likely(!(want & ~(mode & mode >> 3 & mode >> 6))))
		return 0;
	return permission_of_current(inode, want);
}

static __noinline int node_permission(struct inode *inode, int mask)
{
	int err = inode->op->permission(inode, mask);

	if (err)
		return err;
	return device_permission(inode->mode, inode->rdev,
				 (mask & MAY_READ ? DEVICE_READ : 0) |
					 (mask & MAY_WRITE ? DEVICE_WRITE : 0));
}

int inode_permission(struct inode *inode, int mask)
{
	if (mask & MAY_WRITE) {
		if ((inode->sb->flags & MS_RDONLY) &&
		    (S_ISREG(inode->mode) || S_ISDIR(inode->mode) ||
		     S_ISLNK(inode->mode)))
			return -EROFS;
		if (inode->flags & I_IMMUTABLE)
			return -EPERM;
	}
	if (unlikely(S_ISCHR(inode->mode) || S_ISBLK(inode->mode)))
		return node_permission(inode, mask);
	return inode->op->permission(inode, mask);
}

bool inode_owner_or_capable(const struct inode *inode)
{
	const struct user_ns *ns = current_user_ns();

	return current->cred->fsuid == inode->uid ||
	       (kuid_is_mapped(ns, inode->uid) && ns_capable(ns, CAP_FOWNER));
}

/* A new file is current's: has the file system's owner a name for him? */
static bool ids_fit(const struct super *sb, kuid_t uid, kgid_t gid)
{
	return kuid_is_mapped(sb->user_ns, uid) &&
	       kgid_is_mapped(sb->user_ns, gid);
}

int inode_may_own(const struct inode *dir)
{
	const struct cred *c = current->cred;

	if (likely(ids_fit(dir->sb, c->fsuid, c->fsgid)))
		return 0;
	return why(-EOVERFLOW, "create: user:[%u], which owns the file system, "
			       "has no user %u or no group %u",
		   dir->sb->user_ns->ns.inum, c->fsuid, c->fsgid);
}

/* ---- changes ------------------------------------------------------------ */

static bool may_chown(const struct inode *inode, const struct iattr *a)
{
	const struct cred *c = current->cred;
	bool owner = c->fsuid == inode->uid;

	if (inode_capable(inode, CAP_CHOWN))
		return true;
	if ((a->valid & ATTR_UID) && (!owner || a->uid != inode->uid))
		return false;
	if ((a->valid & ATTR_GID) &&
	    (!owner || (!cred_in_group(c, a->gid) && a->gid != inode->gid)))
		return false;
	return true;
}

/* Is @gid a group that current, not in it, may not make a file set-gid for? */
static bool is_foreign_sgid(const struct inode *inode, kgid_t gid)
{
	return !cred_in_group(current->cred, gid) &&
	       !inode_capable(inode, CAP_FSETID);
}

/* A member of another group must not make a file set-gid for it. */
static void drop_foreign_sgid(const struct inode *inode, struct iattr *a)
{
	if (is_foreign_sgid(inode, a->valid & ATTR_GID ? a->gid : inode->gid))
		a->mode &= ~(umode_t)S_ISGID;
}

/* The bits that vouch for a file as it is, and go when it changes: set-gid where it
 * makes programs of the group, and where current could not set it. */
umode_t inode_setid_bits(const struct inode *inode)
{
	umode_t mode = inode->mode;

	if (!(mode & S_ISGID) ||
	    (!(mode & S_IXGRP) && !is_foreign_sgid(inode, inode->gid)))
		return mode & S_ISUID;
	return mode & (S_ISUID | S_ISGID);
}

/* Would chown(2) take set-id bits away? That is a change of the mode, whoever may
 * change the owner, also if it changes none. */
static bool chown_ends_setid(const struct inode *inode)
{
	return !S_ISDIR(inode->mode) && inode_setid_bits(inode);
}

/* May a file grow to @size? The limit's signal goes with -EFBIG. */
static int size_check(const struct inode *inode, loff_t size)
{
	if (size <= inode->size ||
	    (u64)size <= READ_ONCE(current->signal->rlim[RLIMIT_FSIZE].cur))
		return 0;
	signal_send(current, SIGXFSZ, NULL, false);
	return -EFBIG;
}

/**
 * setattr_prepare - may current apply @a?
 *
 * Context: inode->lock held.
 * Return: 0, -EPERM, -EFBIG (RLIMIT_FSIZE). S_ISGID that current may not set is
 * taken out of a->mode.
 */
int setattr_prepare(struct inode *inode, struct iattr *a)
{
	int err = a->valid & ATTR_SIZE ? size_check(inode, a->size) : 0;

	if (err || a->valid & ATTR_FORCE)
		return err;
	if ((a->valid & (ATTR_UID | ATTR_GID)) && !may_chown(inode, a))
		return -EPERM;
	if (a->valid & ATTR_KILL_SETID && chown_ends_setid(inode) &&
	    !inode_owner_or_capable(inode))
		return -EPERM;
	if (a->valid & ATTR_MODE) {
		if (!inode_owner_or_capable(inode))
			return -EPERM;
		drop_foreign_sgid(inode, a);
	}
	if ((a->valid & (ATTR_ATIME_SET | ATTR_MTIME_SET)) &&
	    !inode_owner_or_capable(inode))
		return -EPERM;
	return 0;
}

void setattr_copy(struct inode *inode, const struct iattr *a)
{
	if (a->valid & ATTR_UID)
		inode->uid = a->uid;
	if (a->valid & ATTR_GID)
		inode->gid = a->gid;
	if (a->valid & ATTR_MODE)
		inode->mode = (inode->mode & S_IFMT) | (a->mode & 07777);
	inode->ctime = inode_now();
	if (a->valid & ATTR_ATIME)
		inode->atime = a->valid & ATTR_ATIME_SET ? a->atime :
							   inode->ctime;
	if (a->valid & ATTR_MTIME)
		inode->mtime = a->valid & ATTR_MTIME_SET ? a->mtime :
							   inode->ctime;
}

int simple_setattr(struct dentry *dentry, const struct iattr *a)
{
	setattr_copy(dentry->inode, a);
	return 0;
}

/* Does the change end what set-id bits vouch for? Every chown(2) of a file
 * does; truncate(2) does without CAP_FSETID, as write(2). */
static bool ends_setid(const struct inode *inode, const struct iattr *a)
{
	if (S_ISDIR(inode->mode))
		return false;
	return a->valid & ATTR_KILL_SETID ||
	       (a->valid & ATTR_SIZE && !capable(CAP_FSETID));
}

/* Take the set-id bits away. Permission has been checked. */
static void drop_setid(const struct inode *inode, struct iattr *a)
{
	umode_t bits = ends_setid(inode, a) ? inode_setid_bits(inode) : 0;

	if (!bits)
		return;
	if (!(a->valid & ATTR_MODE)) {
		a->mode = inode->mode;
		a->valid |= ATTR_MODE;
	}
	a->mode &= ~bits;
}

/* A file that changes vouches for no capabilities any more. */
static void drop_caps(struct inode *inode)
{
	if (inode->flags & I_CAPS)
		inode->op->xattr_set(inode, XATTR_NAME_CAPS, NULL, 0, 0);
}

/* What inotify(7) calls it. */
static u32 change_events(u32 valid)
{
	u32 events = valid & (ATTR_UID | ATTR_GID | ATTR_MODE) ? IN_ATTRIB : 0;

	if (valid & ATTR_SIZE)
		events |= IN_MODIFY;
	if ((valid & (ATTR_ATIME | ATTR_MTIME)) == (ATTR_ATIME | ATTR_MTIME))
		events |= IN_ATTRIB;
	else if (valid & ATTR_ATIME)
		events |= IN_ACCESS;
	else if (valid & ATTR_MTIME)
		events |= IN_MODIFY;
	return events;
}

/**
 * notify_change - apply @attr
 * @dentry: of the inode
 * @a: what to change
 *
 * Context: takes inode->lock. The mount is known to be writable.
 * Return: 0, -EPERM, -EROFS, -EFBIG, -EOVERFLOW (the owner of the file system has
 * no name for the new owner), or what the file system says.
 */
int notify_change(struct dentry *dentry, struct iattr *a)
{
	struct inode *inode = dentry->inode;
	int err = 0;

	if (inode->flags & I_IMMUTABLE)
		return -EPERM;
	mutex_lock(&inode->lock);
	if (inode->sb->flags & MS_RDONLY)
		err = -EROFS;
	if (!err && !ids_fit(inode->sb,
			     a->valid & ATTR_UID ? a->uid : inode->uid,
			     a->valid & ATTR_GID ? a->gid : inode->gid))
		err = -EOVERFLOW;
	if (!err)
		err = setattr_prepare(inode, a);
	if (!err) {
		drop_setid(inode, a);
		if (a->valid & (ATTR_UID | ATTR_GID | ATTR_SIZE |
				ATTR_KILL_SETID))
			drop_caps(inode);
		err = inode->op->setattr(dentry, a);
	}
	mutex_unlock(&inode->lock);
	if (!err)
		notify_dentry(dentry, change_events(a->valid));
	return err;
}
