// SPDX-License-Identifier: MIT
/*
 * From a path back to text, for getcwd(2), readlink of /proc/PID/cwd,
 * mountinfo: names are put together from the end to the front, over the roots of
 * mounts to their mountpoints.
 *
 * mount_lock keeps the tree of mounts still, dentry_move_lock that of names: no
 * mutex, since who holds mm->lock asks too.
 */
#include "fs/fs_struct.h"
#include "fs/light.h"
#include "fs/mount.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/string.h"
#include "kernel/task/task.h"

/* Text that grows from the end of a buffer to its start. */
struct tail {
	char *start, *at;
	bool overflow;
};

#define UNREACHABLE "(unreachable)"

static void prepend(struct tail *t, const char *s, size_t n)
{
	if ((size_t)(t->at - t->start) < n) {
		t->overflow = true;
		return;
	}
	t->at -= n;
	memcpy(t->at, s, n);
}

static void prepend_name(struct tail *t, const struct dentry *d)
{
	prepend(t, d->name.name, d->name.len);
	prepend(t, "/", 1);
}

/* One step up, or over a mount's root; false: the top, which is not @root. */
static bool climb(struct path *p, struct tail *t)
{
	if (p->dentry == p->mnt->root) {
		if (p->mnt->parent == p->mnt)
			return false;
		p->dentry = p->mnt->mountpoint;
		p->mnt = p->mnt->parent;
		return true;
	}
	if (p->dentry->parent == p->dentry)
		return false; /* a bind mount's root was moved away */
	prepend_name(t, p->dentry);
	p->dentry = p->dentry->parent;
	return true;
}

static char *text_of_nameless(const struct path *path, char *buf, size_t size)
{
	int n = path->dentry->op->dname(path->dentry, buf, size);

	return n < 0 || (size_t)n >= size ? ERR_PTR(-ENAMETOOLONG) : buf;
}

/* All the way. False: @root is not above @p. */
static bool climb_to(struct path *p, const struct path *root, struct tail *t)
{
	while (!path_equal(p, root))
		if (!climb(p, t))
			return false;
	return true;
}

/* The text of @p as seen from @root, followed by @suffix. */
static char *path_text(struct path p, const struct path *root,
		       const char *suffix, char *buf, size_t size,
		       bool *reachable)
{
	struct tail t = { buf, buf + size - 1, false };

	*t.at = '\0';
	prepend(&t, suffix, strlen(suffix));
	spin_lock(&mount_lock);
	spin_lock(&dentry_move_lock);
	*reachable = climb_to(&p, root, &t);
	spin_unlock(&dentry_move_lock);
	spin_unlock(&mount_lock);
	if (*t.at != '/')
		prepend(&t, "/", 1);
	return t.overflow ? ERR_PTR(-ENAMETOOLONG) : t.at;
}

/**
 * d_path_from - the text of a path
 * @path: counted by the caller
 * @root: what "/" is
 * @buf: @size bytes; the text is at its end, or (dname) at its start
 * @reachable: false: @path is not below @root; the text then begins at the top of
 *	the tree of mounts that it is in
 *
 * Context: any but interrupts; takes mount_lock.
 * Return: the text, in @buf; ERR_PTR(-ENAMETOOLONG).
 */
char *d_path_from(const struct path *path, const struct path *root, char *buf,
		  size_t size, bool *reachable)
{
	const struct dentry *d = path->dentry;

	*reachable = true;
	if (d->flags & D_DISCONNECTED && d != path->mnt->root)
		return text_of_nameless(path, buf, size);
	return path_text(*path, root, d_unlinked(d) ? " (deleted)" : "", buf,
			 size, reachable);
}

/* The same of the place where @m hangs: it is there also if what @m shows there
 * was removed. */
char *mnt_point_from(struct mount *m, const struct path *root, char *buf,
		     size_t size, bool *reachable)
{
	struct path at = { .mnt = m, .dentry = m->root };

	return path_text(at, root, "", buf, size, reachable);
}

/* "(unreachable)" before the @text in @buf. */
static char *say_unreachable(char *text, char *buf)
{
	if ((size_t)(text - buf) < strlen(UNREACHABLE))
		return ERR_PTR(-ENAMETOOLONG);
	text -= strlen(UNREACHABLE);
	memcpy(text, UNREACHABLE, strlen(UNREACHABLE));
	return text;
}

char *d_path(const struct path *path, char *buf, size_t size)
{
	struct path root;
	bool reachable;
	char *text;

	fs_get_root(current->fs, &root);
	text = d_path_from(path, &root, buf, size, &reachable);
	path_put(&root);
	return reachable || IS_ERR(text) ? text : say_unreachable(text, buf);
}

/* Where current is; nothing is counted for it, as in a light walk (light.h). */
char *cwd_path(char *buf, size_t size)
{
	char *text = ERR_PTR(-ENOENT);
	struct path root, cwd;
	bool reachable = true;

	light_enter();
	fs_peek_both(current->fs, &root, &cwd);
	if (!d_unlinked(cwd.dentry))
		text = d_path_from(&cwd, &root, buf, size, &reachable);
	light_leave();
	return reachable || IS_ERR(text) ? text : say_unreachable(text, buf);
}
