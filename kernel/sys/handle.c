// SPDX-License-Identifier: MIT
/*
 * File handles: name_to_handle_at(2), open_by_handle_at(2). Only nsfs gives
 * them here: id, type and number of a namespace, by which it is found again as
 * long as it lives, whether its file is open or not. The id is never used
 * again, so an old handle never means another namespace.
 */
#include "arch/x86_64/arch.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/nsfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/lib/string.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/ns/user.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

#define HANDLE_BYTES_MAX 128
#define NAME_FLAGS                                                             \
	((u32)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH | AT_HANDLE_FID |             \
	       AT_HANDLE_MNT_ID_UNIQUE | AT_HANDLE_CONNECTABLE))

/* What user space calls struct file_handle, with room for ours. */
struct handle {
	u32 bytes;
	s32 type;
	struct nsfs_file_handle ns;
};
#define HANDLE_HEAD __builtin_offsetof(struct handle, ns)

/* ---- name_to_handle_at ---------------------------------------------------- */

static int mount_id_give(void __user *uid, const struct mount *m, u32 flags)
{
	int id = (int)m->id;

	if (flags & AT_HANDLE_MNT_ID_UNIQUE)
		return copy_to_user(uid, &m->unique_id, sizeof(m->unique_id));
	return copy_to_user(uid, &id, sizeof(id));
}

static int handle_give(const struct path *path, void __user *uhandle,
		       void __user *mount_id, u32 flags)
{
	struct ns *ns = dentry_ns(path->dentry);
	struct handle h;
	u32 room;

	if (!ns)
		return why(-EOPNOTSUPP, "name_to_handle_at: %s gives no handles",
			   path->mnt->sb->type->name);
	if (copy_from_user(&room, uhandle, sizeof(room)))
		return -EFAULT;
	if (room > HANDLE_BYTES_MAX)
		return -EINVAL;
	h.bytes = sizeof(h.ns);
	h.type = FILEID_NSFS;
	h.ns.ns_id = ns->id;
	h.ns.ns_type = ns->ops->type;
	h.ns.ns_inum = ns->inum;
	if (mount_id_give(mount_id, path->mnt, flags))
		return -EFAULT;
	if (room < h.bytes)
		return copy_to_user(uhandle, &h.bytes, sizeof(h.bytes)) ?
			       -EFAULT :
			       -EOVERFLOW;
	return copy_to_user(uhandle, &h, sizeof(h));
}

long sys_name_to_handle_at(int dirfd, const char __user *name,
			   void __user *handle, void __user *mount_id,
			   int flags)
{
	u32 lookup = flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0;
	struct path path;
	int err;

	if ((u32)flags & ~NAME_FLAGS)
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at(dirfd, name, lookup, &path);
	if (err)
		return err;
	err = handle_give(&path, handle, mount_id, (u32)flags);
	path_put(&path);
	return err;
}

/* ---- open_by_handle_at ---------------------------------------------------- */

/* Is current in @ns, or has it power over it? */
static bool may_find(struct ns *ns)
{
	const struct ns_entry *e;
	bool own = false;

	if (ns->owner && ns_capable(ns->owner, CAP_SYS_ADMIN))
		return true;
	for (e = ns_entries; e->name && !own; e++) {
		struct ns *mine = e->ops == ns->ops ? e->get(current, e->slot) :
						       NULL;

		own = mine == ns;
		if (mine)
			ns_put(mine, PIN_TEMP);
	}
	return own;
}

/* Counted (PIN_TEMP) or NULL. */
static struct ns *ns_by_handle(const struct nsfs_file_handle *h)
{
	struct ns *ns, *found = NULL;

	spin_lock(&ns_lock);
	list_for_each_entry(ns, &ns_list, link) {
		if (ns->id != h->ns_id)
			continue;
		if (ns->inum == h->ns_inum && ns->ops->type == h->ns_type &&
		    ns_get_not_zero(ns, PIN_TEMP))
			found = ns;
		break;
	}
	spin_unlock(&ns_lock);
	if (found && !may_find(found)) {
		ns_put(found, PIN_TEMP);
		found = NULL;
	}
	return found;
}

/* Whose handles are meant: 0: nsfs; -EBADF; others have none to open. */
static int anchor_check(int fd)
{
	struct file *f;
	bool nsfs;

	if (fd == FD_NSFS_ROOT)
		return 0;
	f = fd_get_raw(fd);
	if (!f)
		return -EBADF;
	nsfs = file_ns(f);
	file_put(f);
	if (nsfs)
		return 0;
	return capable(CAP_DAC_READ_SEARCH) ?
		       -ESTALE :
		       why(-EPERM, "open_by_handle_at: no CAP_DAC_READ_SEARCH");
}

static struct file *ns_open(struct ns *ns, u32 flags)
{
	struct path path;
	struct file *f;
	int err = ns_path(ns, &path);

	ns_put(ns, PIN_TEMP);
	if (err)
		return ERR_PTR(err);
	err = inode_permission(path.dentry->inode,
			       flags & (O_ACCMODE | O_TRUNC) ? MAY_WRITE :
								MAY_READ);
	f = err ? ERR_PTR(err) : file_open_path(&path, flags & ~O_CLOEXEC);
	path_put(&path);
	return f;
}

static int handle_take(struct handle *h, const void __user *uhandle)
{
	if (copy_from_user(h, uhandle, HANDLE_HEAD))
		return -EFAULT;
	if (!h->bytes || h->bytes > HANDLE_BYTES_MAX)
		return -EINVAL;
	if (h->type != FILEID_NSFS || h->bytes < sizeof(h->ns))
		return -ESTALE;
	return copy_from_user(&h->ns, (const char __user *)uhandle + HANDLE_HEAD,
			      sizeof(h->ns));
}

long sys_open_by_handle_at(int fd, const void __user *uhandle, int flags)
{
	struct handle h;
	struct ns *ns;
	struct file *f;
	int err = handle_take(&h, uhandle);

	if (err && err != -ESTALE)
		return err;
	if (!err)
		err = anchor_check(fd);
	if (err)
		return err;
	ns = ns_by_handle(&h.ns);
	if (!ns)
		return why(-ESTALE, "open_by_handle_at: no such namespace (any "
				    "more), or no right to find it");
	f = ns_open(ns, (u32)flags);
	if (IS_ERR(f))
		return PTR_ERR(f);
	return fd_install_new(f, (u32)flags & O_CLOEXEC);
}
