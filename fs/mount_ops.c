// SPDX-License-Identifier: MIT
/*
 * mount(2): what its flags ask for, new file systems and remounts. The
 * cases that work on the tree alone are in bind.c.
 *
 * Flags come in two kinds: of the mount (struct mount.flags) and of the
 * super block (struct super.flags); MS_RDONLY is both.
 */
#include "fs/context.h"
#include "fs/fs_struct.h"
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define MNT_ATIME_FLAGS (MS_NOATIME | MS_NODIRATIME | MS_RELATIME)
#define MNT_FLAGS                                                              \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOSYMFOLLOW |       \
	 MNT_ATIME_FLAGS)
#define SB_FLAGS                                                               \
	(MS_RDONLY | MS_SYNCHRONOUS | MS_MANDLOCK | MS_DIRSYNC |               \
	 MS_POSIXACL | MS_LAZYTIME)
#define SB_REMOUNT_FLAGS                                                       \
	(MS_RDONLY | MS_SYNCHRONOUS | MS_MANDLOCK | MS_LAZYTIME)
#define TYPE_FLAGS (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

/* The mount's own flags, with the default (relatime) filled in. */
static u32 mount_flags(u64 flags, const struct mount *old)
{
	const u64 atime = MNT_ATIME_FLAGS | MS_STRICTATIME;
	u32 mnt_flags = (u32)flags & MNT_FLAGS & ~(u32)MS_RELATIME;

	/* A remount that says nothing about atime leaves it. */
	if (flags & MS_REMOUNT && !(flags & atime))
		return mnt_flags | (old->flags & MNT_ATIME_FLAGS);
	if (flags & MS_STRICTATIME)
		return mnt_flags & ~(u32)MS_NOATIME;
	return mnt_flags & MS_NOATIME ? mnt_flags : mnt_flags | MS_RELATIME;
}

/* ---- remount ---------------------------------------------------------- */

/* Is someone writing through @only, or (NULL) through any mount of @sb? */
static bool has_writers(struct super *sb, struct mount *only)
{
	struct mount *m;
	bool found = false;

	if (only)
		return atomic_load(&only->writers) != 0;
	spin_lock(&mount_lock);
	for (m = mount_next(NULL); m && !found; m = mount_next(m))
		found = m->sb == sb && atomic_load(&m->writers);
	spin_unlock(&mount_lock);
	return found;
}

/* Set @m's flags. -EBUSY: it is to become read-only but is written to. */
static int mount_set_flags(struct mount *m, u32 flags)
{
	u32 old = m->flags;

	/* First the flag, then the count: see mnt_want_write(). */
	atomic_xchg(&m->flags, flags);
	if (flags & MS_RDONLY && !(old & MS_RDONLY) && has_writers(NULL, m)) {
		atomic_xchg(&m->flags, old);
		return why(-EBUSY, "mount: files are open for writing");
	}
	mnt_ns_touch(m->ns);
	return 0;
}

/**
 * super_set_flags - change a super block's flags and options
 * @fc: the options, or NULL
 *
 * Context: may sleep; not under namespace_sem.
 * Return: 0; -EBUSY: files are open for writing; what the file system says
 * of @fc.
 */
int super_set_flags(struct super *sb, u32 sb_flags, struct fs_context *fc)
{
	u32 old;
	int err = 0;

	mutex_lock(&sb->lock);
	old = sb->flags;
	if (sb_flags & MS_RDONLY && !(old & MS_RDONLY)) {
		atomic_xchg(&sb->flags, old | MS_RDONLY);
		if (has_writers(sb, NULL))
			err = why(-EBUSY, "mount: files are open for writing");
	}
	if (!err && fc)
		err = sb->sop->reconfigure(sb, fc);
	atomic_xchg(&sb->flags, err ? old : sb_flags);
	mutex_unlock(&sb->lock);
	return err;
}

/* Change fc->sb as @fc says: for remount and fsconfig(CMD_RECONFIGURE). */
int super_reconfigure(struct fs_context *fc)
{
	u32 mask = fc->sb_flags_mask;

	if (!ns_capable(fc->sb->user_ns, CAP_SYS_ADMIN))
		return why(-EPERM, "remount: no CAP_SYS_ADMIN over its owner");
	return super_set_flags(fc->sb,
			       (fc->sb->flags & ~mask) | (fc->sb_flags & mask),
			       fc);
}

/* What both forms of remount check. */
static int remount_check(const struct path *path, u32 mnt_flags)
{
	if (!mnt_in_current_ns(path->mnt))
		return why(-EINVAL, "remount: mount of another namespace");
	if (!path_is_mount_root(path))
		return why(-EINVAL, "remount: not a mount point");
	if (!mount_seal_allows(path->mnt, mnt_flags))
		return why(-EPERM, "remount: flags of a mount from a more "
				   "privileged namespace stay");
	return 0;
}

/* MS_REMOUNT | MS_BIND: this mount's flags and nothing else. */
static int do_remount_bind(struct path *path, u32 mnt_flags)
{
	int err;

	tree_lock();
	err = remount_check(path, mnt_flags);
	if (!err)
		err = mount_set_flags(path->mnt, mnt_flags);
	tree_unlock(NULL);
	return err;
}

static int remount_super(struct super *sb, u32 sb_flags, char *data)
{
	struct fs_context *fc = fs_context_of(sb);
	int err;

	if (IS_ERR(fc))
		return (int)PTR_ERR(fc);
	fc->sb_flags = sb_flags;
	fc->sb_flags_mask = SB_REMOUNT_FLAGS;
	err = fs_context_parse(fc, data);
	if (!err)
		err = super_reconfigure(fc);
	fs_context_free(fc);
	return err;
}

static int do_remount(struct path *path, u32 mnt_flags, u32 sb_flags,
		      char *data)
{
	int err = remount_check(path, mnt_flags);

	if (!err)
		err = remount_super(path->mnt->sb, sb_flags, data);
	if (err)
		return err;
	tree_lock();
	err = mount_set_flags(path->mnt, mnt_flags);
	tree_unlock(NULL);
	return err;
}

/* ---- a new file system --------------------------------------------------- */

/* A mount of fc->sb, in no tree. */
struct mount *mount_of_context(struct fs_context *fc, u32 mnt_flags)
{
	struct mount *m;
	u32 sealed;
	int err = mount_may_show(fc->type, mnt_flags, &sealed);

	if (err)
		return ERR_PTR(err);
	m = mount_new(fc->sb, fc->root ? fc->root : fc->sb->root, fc->source);
	if (!IS_ERR(m)) {
		m->flags = mnt_flags;
		m->sealed = sealed;
	}
	return m;
}

/* What mount(2) says about a new file system, into @fc; then make it. */
static int context_fill(struct fs_context *fc, const char *source, char *data)
{
	int err;

	if (source) {
		fc->source = kstrdup(source);
		if (!fc->source)
			return -ENOMEM;
	}
	err = fs_context_parse(fc, data);
	return err ? err : fs_context_create(fc);
}

/* A mount of a fresh (or the only) super block of @type, in no tree. */
static struct mount *mount_make(const struct fs_type *type, u32 sb_flags,
				u32 mnt_flags, const char *source, char *data)
{
	struct fs_context *fc = fs_context_new(type, sb_flags);
	struct mount *m;
	int err;

	if (IS_ERR(fc))
		return ERR_PTR(PTR_ERR(fc));
	err = context_fill(fc, source, data);
	m = err ? ERR_PTR(err) : mount_of_context(fc, mnt_flags);
	fs_context_free(fc);
	return m;
}

static int new_mount_check(const struct mount *m, const struct path *dest)
{
	if (!mnt_in_current_ns(dest->mnt))
		return why(-EINVAL, "mount: target is in another namespace");
	if (dest->mnt->sb == m->sb && path_is_mount_root(dest))
		return why(-EBUSY, "mount: this file system is there already");
	if (d_is_symlink(m->root))
		return why(-EINVAL, "mount: root is a symbolic link");
	return 0;
}

static int do_new_mount(struct path *dest, const char *type_name, u32 sb_flags,
			u32 mnt_flags, const char *source, char *data)
{
	const struct fs_type *type;
	struct list doomed = LIST_INIT(doomed);
	struct mount *m;
	int err;

	if (!type_name)
		return why(-EINVAL, "mount: no file system type given");
	type = fs_type_find(type_name);
	if (type && type->flags & FS_NOUSER)
		return why(-EINVAL, "mount: %s is for the kernel alone",
			   type_name);
	if (!type || type->flags & FS_INTERNAL)
		return why(-ENODEV, "mount: no file system type %.40s",
			   type_name);
	m = mount_make(type, sb_flags, mnt_flags, source, data);
	if (IS_ERR(m))
		return (int)PTR_ERR(m);
	err = mount_dest_lock(dest);
	if (err) {
		mnt_put(m);
		return err;
	}
	err = new_mount_check(m, dest);
	if (!err)
		err = tree_graft(m, dest, NULL, &doomed);
	tree_unlock(&doomed);
	if (err)
		mnt_put(m);
	return err;
}

int kern_mount_at(const char *type, const char *source, const char *dir,
		  u64 flags, char *data)
{
	struct path dest;
	int err = path_lookup(AT_FDCWD, dir, LOOKUP_FOLLOW, &dest);

	if (err)
		return err;
	err = do_new_mount(&dest, type, (u32)flags & SB_FLAGS,
			   mount_flags(flags, dest.mnt), source, data);
	path_put(&dest);
	return err;
}

/* ---- decoding -------------------------------------------------------------- */

static int mount_case(struct path *path, const char *dev, const char *type,
		      u64 flags, char *data)
{
	u32 mnt_flags = mount_flags(flags, path->mnt);
	u32 sb_flags = (u32)flags & SB_FLAGS;

	if (flags & MS_REMOUNT && flags & MS_BIND)
		return do_remount_bind(path, mnt_flags);
	if (flags & MS_REMOUNT)
		return do_remount(path, mnt_flags, sb_flags, data);
	if (flags & MS_BIND)
		return do_bind(path, dev, flags & MS_REC);
	if (flags & TYPE_FLAGS)
		return do_change_type(path, flags);
	if (flags & MS_MOVE)
		return do_move(path, dev);
	return do_new_mount(path, type, sb_flags, mnt_flags, dev, data);
}

/**
 * do_mount - mount(2)
 * @dev: source, @type: file system type, @data: options; each may be NULL
 * @dir: where
 *
 * Context: may sleep. Strings are in the kernel, NUL-terminated.
 * Return: 0; -EPERM without CAP_SYS_ADMIN over the owner of current's mount
 * namespace; -EINVAL, -ENOENT, -ENOTDIR, -ENODEV, -EBUSY, -ELOOP, -ENOSPC,
 * -ENOMEM and what path walks and file systems say.
 */
int do_mount(const char *dev, const char *dir, const char *type, u64 flags,
	     char *data)
{
	struct path path;
	int err;

	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~(u64)MS_MGC_MSK;
	err = path_lookup(AT_FDCWD, dir, LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	if (flags & (1u << 31)) /* MS_NOUSER */
		err = -EINVAL;
	else if (!may_mount())
		err = why(-EPERM, "mount: no CAP_SYS_ADMIN over the owner of "
				  "the mount namespace");
	else
		err = mount_case(&path, dev, type, flags, data);
	path_put(&path);
	return err;
}
