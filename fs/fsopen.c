// SPDX-License-Identifier: MIT
/*
 * A file system in small steps: fsopen(2) makes a context, fsconfig(2) fills
 * it key by key and creates, fsmount(2) makes a mount in no namespace, which
 * move_mount(2) then hangs up. fspick(2) makes a context for a live one.
 *
 * The context is in the file that the caller holds, in a phase:
 *
 *	FILLING --create--> CREATED --fsmount--> IDLE <--reconfigure--+
 *	   `--create fails--> FAILED               `--any key--> CHANGING
 *
 * fspick(2) begins in CHANGING. What reads the file gets the messages of the
 * context, one a read.
 *
 * Locks: session.lock for all of a session; the rest is below it.
 */
#include "fs/fsopen.h"
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

enum phase { FILLING, CREATED, IDLE, CHANGING, FAILED };

struct session {
	struct mutex lock;
	enum phase phase;
	struct fs_context *fc; /* owned */
};

/* ---- the file -------------------------------------------------------------- */

static ssize_t session_read(struct file *f, struct iter *it,
			    loff_t *pos __maybe_unused)
{
	struct session *s = f->private;
	struct fs_log *log = s->fc->log;
	char *line = NULL;
	ssize_t n = -ENODATA;

	mutex_lock(&s->lock);
	if (log->tail != log->head) {
		u32 at = log->tail++ % FS_LOG_LINES;

		line = log->line[at];
		log->line[at] = NULL;
	}
	mutex_unlock(&s->lock);
	if (!line)
		return n;
	n = (ssize_t)strlen(line);
	if (it->count < (size_t)n)
		n = -EMSGSIZE;
	else if (copy_to_iter(line, (size_t)n, it) != (size_t)n)
		n = -EFAULT;
	kfree(line);
	return n;
}

static void session_release(struct file *f)
{
	struct session *s = f->private;

	fs_context_free(s->fc);
	kfree(s);
}

static const struct file_ops session_fops = {
	FILE_OPS_DEFAULTS,
	.read = session_read,
	.release = session_release,
};

/* A descriptor on @fc, which is taken over, also on error. */
static int session_open(struct fs_context *fc, enum phase phase, bool cloexec)
{
	struct session *s = kzalloc(sizeof(*s));
	struct file *f = ERR_PTR(-ENOMEM);

	fc->log = kzalloc(sizeof(*fc->log));
	if (s && fc->log) {
		mutex_init(&s->lock, "fscontext");
		s->phase = phase;
		s->fc = fc;
		f = anon_file_new("[fscontext]", &session_fops, s, O_RDWR);
	}
	if (IS_ERR(f)) {
		fs_context_free(fc);
		kfree(s);
		return (int)PTR_ERR(f);
	}
	return fd_install_new(f, cloexec ? O_CLOEXEC : 0);
}

/* The session of @fd; file_put() of *@f ends its use. ERR_PTR: -EBADF, or
 * -EINVAL: another file. */
static struct session *session_get(int fd, struct file **f)
{
	*f = fd_get(fd);
	if (!*f)
		return ERR_PTR(-EBADF);
	if ((*f)->op == &session_fops)
		return (*f)->private;
	file_put(*f);
	return ERR_PTR(-EINVAL);
}

/* ---- fsopen, fspick ------------------------------------------------------- */

/**
 * do_fsopen - fsopen(2)
 *
 * Return: a descriptor; -EPERM; -EINVAL: unknown flags; -ENODEV: no such type;
 * -ENOMEM, -EMFILE.
 */
int do_fsopen(const char *type_name, u32 flags)
{
	const struct fs_type *type = fs_type_find(type_name);
	struct fs_context *fc;

	if (!type || type->flags & FS_INTERNAL)
		return why(-ENODEV, "fsopen: no file system type %.40s",
			   type_name);
	fc = fs_context_new(type, 0);
	if (IS_ERR(fc))
		return (int)PTR_ERR(fc);
	return session_open(fc, FILLING, flags & FSOPEN_CLOEXEC);
}

/**
 * do_fspick - fspick(2)
 *
 * Return: a descriptor; -EPERM; -EINVAL: unknown flags, or not the root of a
 * mount; -ENOMEM, -EMFILE, and what the walk says.
 */
int do_fspick(int dirfd, const char *name, u32 flags)
{
	u32 lookup = flags & FSPICK_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct fs_context *fc = ERR_PTR(-EINVAL);
	struct path path;
	int err;

	if (flags & FSPICK_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = path_lookup(dirfd, name, lookup, &path);
	if (err)
		return err;
	if (path_is_mount_root(&path))
		fc = fs_context_of(path.mnt->sb);
	path_put(&path);
	if (IS_ERR(fc))
		return (int)PTR_ERR(fc);
	return session_open(fc, CHANGING, flags & FSPICK_CLOEXEC);
}

/* ---- fsconfig -------------------------------------------------------------- */

/* Something is asked of a session that was done with: a new context for what
 * it made. The messages stay. */
static int session_wake(struct session *s)
{
	struct fs_context *fc;

	if (s->phase != IDLE)
		return 0;
	fc = fs_context_of(s->fc->sb);
	if (IS_ERR(fc))
		return (int)PTR_ERR(fc);
	fc->log = s->fc->log;
	s->fc->log = NULL;
	fs_context_free(s->fc);
	s->fc = fc;
	s->phase = CHANGING;
	return 0;
}

static int session_create(struct session *s, bool exclusive)
{
	int err;

	if (s->phase != FILLING)
		return why(-EBUSY, "fsconfig: created already");
	if (!fs_context_may_mount(s->fc))
		return why(-EPERM, "fsconfig: no CAP_SYS_ADMIN to create");
	s->phase = FAILED;
	err = fs_context_create(s->fc);
	if (!err && exclusive && refcount_read(&s->fc->sb->refs) > 1)
		err = why(-EBUSY, "fsconfig: there was such an instance");
	if (!err)
		s->phase = CREATED;
	return err;
}

static int session_change(struct session *s)
{
	int err;

	if (s->phase != CHANGING)
		return why(-EBUSY, "fsconfig: not created yet");
	err = super_reconfigure(s->fc);
	s->phase = err ? FAILED : IDLE;
	return err;
}

static int session_command(struct session *s, u32 cmd, const char *key,
			   struct fs_value *v)
{
	int err = session_wake(s);

	if (err)
		return err;
	switch (cmd) {
	case FSCONFIG_CMD_CREATE:
		return session_create(s, false);
	case FSCONFIG_CMD_CREATE_EXCL:
		return session_create(s, true);
	case FSCONFIG_CMD_RECONFIGURE:
		return session_change(s);
	default:
		if (s->phase != FILLING && s->phase != CHANGING)
			return why(-EBUSY, "fsconfig: created already");
		return fs_context_set(s->fc, key, v);
	}
}

/**
 * do_fsconfig - fsconfig(2), after its arguments fit its command
 *
 * Return: 0; -EBADF; -EINVAL: not a context, or fs_context_set() says so;
 * -EBUSY: not in this phase; -EPERM, -ENOMEM.
 */
int do_fsconfig(int fd, u32 cmd, const char *key, struct fs_value *v)
{
	struct file *f;
	struct session *s = session_get(fd, &f);
	int err;

	if (IS_ERR(s))
		return (int)PTR_ERR(s);
	mutex_lock(&s->lock);
	err = session_command(s, cmd, key, v);
	mutex_unlock(&s->lock);
	file_put(f);
	return err;
}

/* ---- fsmount --------------------------------------------------------------- */

static struct mount *session_mount(struct session *s, u32 mnt_flags)
{
	struct mount *m;

	if (s->phase != CREATED)
		return ERR_PTR(why(s->fc->sb ? -EBUSY : -EINVAL,
				   "fsmount: not in the phase for it"));
	m = mount_of_context(s->fc, mnt_flags);
	if (!IS_ERR(m))
		s->phase = IDLE;
	return m;
}

/**
 * do_fsmount - fsmount(2)
 *
 * Return: a descriptor of a detached mount; -EBADF; -EINVAL: unknown bits, not
 * a context, nothing created; -EBUSY: mounted already; -ENOMEM, -EMFILE.
 */
int do_fsmount(int fd, u32 flags, u32 attr)
{
	struct mount_change c = { .set = 0 };
	struct session *s;
	struct mount *m;
	struct file *f;
	int err = mount_change_decode(&c, attr, MOUNT_ATTR__ATIME);

	if (err)
		return err;
	s = session_get(fd, &f);
	if (IS_ERR(s))
		return (int)PTR_ERR(s);
	mutex_lock(&s->lock);
	m = session_mount(s, c.set);
	mutex_unlock(&s->lock);
	file_put(f);
	if (IS_ERR(m))
		return (int)PTR_ERR(m);
	return tree_open_fd(m, flags & FSMOUNT_CLOEXEC);
}
