// SPDX-License-Identifier: MIT
/* fsopen(2), fsconfig(2), fsmount(2), fspick(2): copy the arguments, check
 * that they fit the command, call down (fs/fsopen.h). */
#include "fs/fsopen.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/syscall.h"

#define STRING_MAX 256
#define BINARY_MAX (1024 * 1024)
#define FSPICK_FLAGS                                      \
	((u32)(FSPICK_CLOEXEC | FSPICK_SYMLINK_NOFOLLOW | \
	       FSPICK_NO_AUTOMOUNT | FSPICK_EMPTY_PATH))

/* At most @size bytes with the NUL: ERR_PTR(-EFAULT), -EINVAL, -ENOMEM. */
static char *string_get(const char __user *ustr, size_t size)
{
	char *s = kmalloc(size);
	ssize_t n;

	if (!s)
		return ERR_PTR(-ENOMEM);
	n = strncpy_from_user(s, ustr, size);
	if (n >= 0 && n < (ssize_t)size)
		return s;
	kfree(s);
	return ERR_PTR(n < 0 ? n : -EINVAL);
}

static int may_call(const char *call)
{
	if (may_mount())
		return 0;
	return why(-EPERM,
		   "%s: no CAP_SYS_ADMIN over the owner of the mount "
		   "namespace",
		   call);
}

long sys_fsopen(const char __user *utype, unsigned int flags)
{
	long fd = may_call("fsopen");
	char *type;

	if (fd)
		return fd;
	if (flags & ~(u32)FSOPEN_CLOEXEC)
		return -EINVAL;
	type = string_get(utype, PAGE_SIZE);
	if (IS_ERR(type))
		return PTR_ERR(type);
	fd = do_fsopen(type, flags);
	kfree(type);
	return fd;
}

long sys_fspick(int dirfd, const char __user *path, unsigned int flags)
{
	long fd = may_call("fspick");
	char *name;

	if (fd)
		return fd;
	if (flags & ~FSPICK_FLAGS)
		return -EINVAL;
	name = getname(path, flags & FSPICK_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = do_fspick(dirfd, name, flags);
	putname(name);
	return fd;
}

long sys_fsmount(int fd, unsigned int flags, unsigned int attr)
{
	int err = may_call("fsmount");

	if (err)
		return err;
	if (flags & ~(u32)FSMOUNT_CLOEXEC)
		return -EINVAL;
	return do_fsmount(fd, flags, attr);
}

/* ---- fsconfig ------------------------------------------------------------------ */

/* Are key, value and aux what @cmd takes? -EINVAL; -EOPNOTSUPP: no such. */
static int config_check(u32 cmd, bool key, bool value, int aux)
{
	bool fits;

	switch (cmd) {
	case FSCONFIG_SET_FLAG:
		fits = key && !value && !aux;
		break;
	case FSCONFIG_SET_STRING:
		fits = key && value && !aux;
		break;
	case FSCONFIG_SET_BINARY:
		fits = key && value && aux > 0 && aux <= BINARY_MAX;
		break;
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY:
		fits = key && value && (aux == AT_FDCWD || aux >= 0);
		break;
	case FSCONFIG_SET_FD:
		fits = key && !value && aux >= 0;
		break;
	case FSCONFIG_CMD_CREATE:
	case FSCONFIG_CMD_CREATE_EXCL:
	case FSCONFIG_CMD_RECONFIGURE:
		fits = !key && !value && !aux;
		break;
	default:
		return -EOPNOTSUPP;
	}
	return fits ? 0
		    : why(-EINVAL, "fsconfig: arguments do not fit the "
				   "command");
}

/* What comes with the key. No option here takes a blob, a path or a file: of
 * these only what is wrong with them is found out. */
static int value_get(struct fs_value *v, u32 cmd, const void __user *uvalue,
		     int aux)
{
	struct file *f;

	v->form = FS_OTHER;
	switch (cmd) {
	case FSCONFIG_SET_FLAG:
		v->form = FS_NO_VALUE;
		return 0;
	case FSCONFIG_SET_STRING:
		v->form = FS_TEXT;
		v->text = string_get(uvalue, STRING_MAX);
		return PTR_ERR_OR_ZERO(v->text);
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY:
		v->text = getname(uvalue,
				  cmd == FSCONFIG_SET_PATH ? 0 : LOOKUP_EMPTY);
		return PTR_ERR_OR_ZERO(v->text);
	case FSCONFIG_SET_FD:
		f = fd_get_raw(aux);
		file_put(f);
		return f ? 0 : -EBADF;
	default:
		return 0;
	}
}

static long config_key(int fd, u32 cmd, const char __user *ukey,
		       const void __user *uvalue, int aux)
{
	struct fs_value v = { .text = NULL };
	char *key = string_get(ukey, STRING_MAX);
	long err;

	if (IS_ERR(key))
		return PTR_ERR(key);
	err = value_get(&v, cmd, uvalue, aux);
	if (!err) {
		err = do_fsconfig(fd, cmd, key, &v);
		kfree(v.text);
	}
	kfree(key);
	return err;
}

long sys_fsconfig(int fd, unsigned int cmd, const char __user *key,
		  const void __user *value, int aux)
{
	int err;

	if (fd < 0)
		return -EINVAL;
	err = config_check(cmd, key, value, aux);
	if (err)
		return err;
	if (!key)
		return do_fsconfig(fd, cmd, NULL, NULL);
	return config_key(fd, cmd, key, value, aux);
}
