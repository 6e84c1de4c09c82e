// SPDX-License-Identifier: MIT
/* open_tree(2), move_mount(2), mount_setattr(2): copy the arguments, check the
 * flags, call down (fs/mount.h). */
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/nsfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/sys/common.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"

#define AT_LOOKUP_FLAGS \
	((u32)(AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW))
#define OPEN_TREE_FLAGS    \
	(AT_LOOKUP_FLAGS | \
	 (u32)(AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC))
#define MOVE_MOUNT_FLAGS ((u32)(MOVE_MOUNT__MASK | MOVE_MOUNT_BENEATH))
#define PROPAGATION_FLAGS \
	((u64)(MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))

static int no_right(const char *call)
{
	return why(-EPERM,
		   "%s: no CAP_SYS_ADMIN over the owner of the mount "
		   "namespace",
		   call);
}

/* ---- open_tree ------------------------------------------------------------------ */

static struct file *open_tree(int dirfd, const char __user *path, u32 flags)
{
	struct file *f;
	char *name;

	if (flags & ~OPEN_TREE_FLAGS)
		return ERR_PTR(-EINVAL);
	if ((flags & (AT_RECURSIVE | OPEN_TREE_CLONE)) == AT_RECURSIVE)
		return ERR_PTR(why(-EINVAL, "open_tree: AT_RECURSIVE without "
					    "OPEN_TREE_CLONE"));
	if (flags & OPEN_TREE_CLONE && !may_mount())
		return ERR_PTR(no_right("open_tree"));
	name = getname(path, flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	if (IS_ERR(name))
		return ERR_PTR(PTR_ERR(name));
	f = do_open_tree(dirfd, name, flags);
	putname(name);
	return f;
}

long sys_open_tree(int dirfd, const char __user *path, unsigned int flags)
{
	struct file *f = open_tree(dirfd, path, flags);

	if (IS_ERR(f))
		return PTR_ERR(f);
	return fd_install_new(f, flags & OPEN_TREE_CLOEXEC);
}

/* ---- move_mount ------------------------------------------------------------------ */

long sys_move_mount(int from_fd, const char __user *from_name, int to_fd,
		    const char __user *to_name, unsigned int flags)
{
	u32 from_flags = 0, to_flags = 0;
	struct path from, to;
	int err;

	if (!may_mount())
		return no_right("move_mount");
	if (flags & ~MOVE_MOUNT_FLAGS ||
	    (flags & MOVE_MOUNT_BENEATH && flags & MOVE_MOUNT_SET_GROUP))
		return -EINVAL;
	if (flags & MOVE_MOUNT_F_SYMLINKS)
		from_flags |= LOOKUP_FOLLOW;
	if (flags & MOVE_MOUNT_F_EMPTY_PATH)
		from_flags |= LOOKUP_EMPTY;
	if (flags & MOVE_MOUNT_T_SYMLINKS)
		to_flags |= LOOKUP_FOLLOW;
	if (flags & MOVE_MOUNT_T_EMPTY_PATH)
		to_flags |= LOOKUP_EMPTY;
	err = user_path_at(to_fd, to_name, to_flags, &to);
	if (err)
		return err;
	err = user_path_at(from_fd, from_name, from_flags, &from);
	if (!err) {
		err = do_move_mount(&from, &to, flags);
		path_put(&from);
	}
	path_put(&to);
	return err;
}

/* ---- mount_setattr ---------------------------------------------------------------- */

/* An id-mapped mount: no file system here can be one, but who asks for it wrongly
 * is told so as on Linux. */
static int idmap_check(const struct mount_attr *a)
{
	struct file *f;
	struct ns *ns;
	int err;

	if (a->attr_clr & MOUNT_ATTR_IDMAP || a->userns_fd >> 31)
		return -EINVAL;
	f = fd_get((int)a->userns_fd);
	if (!f)
		return -EBADF;
	ns = file_ns(f);
	if (!ns || ns->ops != &user_ns_ops)
		err = why(-EINVAL, "mount_setattr: userns_fd is no user "
				   "namespace");
	else if (ns == &init_user_ns.ns)
		err = why(-EPERM, "mount_setattr: the initial user namespace");
	else
		err = why(-EINVAL, "mount_setattr: no file system here can be "
				   "id-mapped");
	file_put(f);
	return err;
}

static int change_decode(struct mount_change *c, const struct mount_attr *a)
{
	u64 type = a->propagation;

	if (type & ~PROPAGATION_FLAGS || type & (type - 1))
		return why(-EINVAL, "mount_setattr: one propagation type");
	c->propagation = (u32)type;
	return mount_change_decode(c, a->attr_set & ~(u64)MOUNT_ATTR_IDMAP,
				   a->attr_clr & ~(u64)MOUNT_ATTR_IDMAP);
}

/* 1: there is something to do. */
static int attr_get(struct mount_change *c, const void __user *uattr,
		    size_t size)
{
	struct mount_attr a;
	int err;

	BUILD_ASSERT(sizeof(a) == MOUNT_ATTR_SIZE_VER0);
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < MOUNT_ATTR_SIZE_VER0)
		return -EINVAL;
	if (!may_mount())
		return no_right("mount_setattr");
	err = copy_struct_from_user(&a, sizeof(a), uattr, size);
	if (err)
		return err;
	if (!a.attr_set && !a.attr_clr && !a.propagation)
		return 0;
	err = change_decode(c, &a);
	if (!err && (a.attr_set | a.attr_clr) & MOUNT_ATTR_IDMAP)
		err = idmap_check(&a);
	return err ? err : 1;
}

long sys_mount_setattr(int dirfd, const char __user *name, unsigned int flags,
		       const void __user *uattr, size_t size)
{
	u32 lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct mount_change c = { .recurse = flags & AT_RECURSIVE };
	struct path path;
	int err;

	if (flags & ~(AT_LOOKUP_FLAGS | AT_RECURSIVE))
		return -EINVAL;
	err = attr_get(&c, uattr, size);
	if (err <= 0)
		return err;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at(dirfd, name, lookup, &path);
	if (err)
		return err;
	err = do_mount_setattr(&path, &c);
	path_put(&path);
	return err;
}

/* Both in one: nobody sees the clone without its attributes. */
long sys_open_tree_attr(int dirfd, const char __user *name, unsigned int flags,
			const void __user *uattr, size_t size)
{
	struct mount_change c = { .recurse = flags & AT_RECURSIVE };
	struct file *f;
	int err = 0;

	if (!uattr && size)
		return -EINVAL;
	f = open_tree(dirfd, name, flags);
	if (IS_ERR(f))
		return PTR_ERR(f);
	if (uattr)
		err = attr_get(&c, uattr, size);
	if (err > 0)
		err = do_mount_setattr(&f->path, &c);
	if (!err)
		return fd_install_new(f, flags & OPEN_TREE_CLOEXEC);
	file_put(f);
	return err;
}
