// SPDX-License-Identifier: MIT
/*
 * From a path back to text, for getcwd(2), readlink of /proc/PID/cwd,
 * mountinfo: names are put together from the end to the front, over the roots of
 * mounts to their mountpoints.
 *
 * rename_mutex keeps the tree of names still, mount_lock the tree of mounts.
 */
#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "kernel/lib/assert.h"
#include "kernel/lib/string.h"
#include "kernel/task/task.h"

/* Text that grows from the end of a buffer to its start. */
struct tail {
	char *start, *at;
	bool overflow;
};

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

static bool is_deleted(const struct dentry *d)
{
	return d_unhashed(d) && d->parent != d;
}

/* See dentry.h. */
char *d_path_from(const struct path *path, const struct path *root, char *buf,
		  size_t size, bool *reachable)
{
	struct tail t = { buf, buf + size - 1, false };
	struct path p = *path;

	*reachable = true;
	if (p.dentry->flags & D_DISCONNECTED && p.mnt->internal & MNT_INTERNAL)
		return text_of_nameless(path, buf, size);
	*t.at = '\0';
	if (is_deleted(p.dentry))
		prepend(&t, " (deleted)", strlen(" (deleted)"));
	mutex_lock(&rename_mutex);
	spin_lock(&mount_lock);
	while (!path_equal(&p, root)) {
		if (!climb(&p, &t)) {
			*reachable = false;
			break;
		}
	}
	spin_unlock(&mount_lock);
	mutex_unlock(&rename_mutex);
	if (!*t.at || *t.at == ' ')
		prepend(&t, "/", 1);
	return t.overflow ? ERR_PTR(-ENAMETOOLONG) : t.at;
}

char *d_path(const struct path *path, char *buf, size_t size)
{
	struct path root;
	bool reachable;
	char *text;

	fs_get_root(current->fs, &root);
	text = d_path_from(path, &root, buf, size, &reachable);
	path_put(&root);
	return text;
}
