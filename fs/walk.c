// SPDX-License-Identifier: MIT
/*
 * One step of the walk: the lookup of a component, "." and "..", and mounts
 * on the way down and up.
 *
 * Names are not limited here: a file system refuses what it finds too long
 * (-ENAMETOOLONG from ramfs, -ENOENT from procfs, as in Linux).
 *
 * Locks: a lookup that misses the hash takes the directory's inode.lock;
 * `..` reads the parent under d_lock.
 */
#include "fs/walk.h"
#include "kernel/debug/trace.h"
#include "kernel/debug/why.h"

/*
 * The child @name of @dir, whose lock is held and for which @name is hashed;
 * maybe negative.
 * Return: counted; ERR_PTR(-ENOENT) in a directory that was removed, or what
 * the file system says.
 */
struct dentry *dir_lookup_locked(struct dentry *dir, struct qstr *name,
				 u32 flags)
{
	return lookup_one(dir, name, flags);
}

/* The same without the lock: first the hash, which is the usual case. What is
 * no longer valid (a process that is gone) takes mounts on it along. */
static struct dentry *dir_lookup(struct dentry *dir, struct qstr *name,
				 u32 flags)
{
	struct dentry *d;

	d = d_lookup(dir, name);
	if (d && d->op->revalidate(d, flags) > 0)
		return d;
	if (d) {
		mnt_detach_dentry(d);
		d_put(d);
	}
	mutex_lock(&dir->inode->lock);
	d = dir_lookup_locked(dir, name, flags);
	mutex_unlock(&dir->inode->lock);
	return d;
}

/* The parent of @d, counted. */
static struct dentry *parent_get(struct dentry *d)
{
	struct dentry *parent;

	spin_lock(&d->d_lock);
	parent = d_get(d->parent);
	spin_unlock(&d->d_lock);
	return parent;
}

/*
 * A bind mount shows a part of a file system. If a directory of that part is
 * renamed out of it, `..` from there must not lead into the rest.
 */
static bool below_mount_root(const struct mount *m, const struct dentry *d)
{
	bool below;

	if (m->root == m->sb->root)
		return true;
	mutex_lock(&rename_mutex);
	below = d_is_ancestor(m->root, d);
	mutex_unlock(&rename_mutex);
	return below;
}

/*
 * From the root of a mount to where it is mounted, past mounts that are
 * mounted on roots. False: @root or the root of the tree is reached first.
 */
static bool climb_mounts(struct path *path, const struct path *root)
{
	struct path p = *path;

	path_get(&p);
	while (p.dentry == p.mnt->root) {
		if (path_equal(&p, root) || !follow_up(&p)) {
			path_put(&p);
			return false;
		}
	}
	if (path_equal(&p, root)) {
		path_put(&p);
		return false;
	}
	path_put(path);
	*path = p;
	return true;
}

/* The walk may not go there. Asked with RESOLVE_CACHED the answer is "try again
 * without", as Linux's lockless walk does not decide such things. */
static int refuse(const struct nameidata *nd, const char *what)
{
	if (nd->resolve & RESOLVE_CACHED)
		return -EAGAIN;
	return why(-EXDEV, "openat2: %s", what);
}

static const char *stay_at_root(struct nameidata *nd)
{
	if (nd->resolve & RESOLVE_BENEATH)
		return ERR_PTR(refuse(nd, "`..` at the root of "
					  "RESOLVE_BENEATH"));
	return NULL;
}

static const char *walk_dotdot(struct nameidata *nd)
{
	struct dentry *parent;

	walk_root(nd);
	if (path_equal(&nd->path, &nd->root))
		return stay_at_root(nd);
	if (nd->path.dentry == nd->path.mnt->root) {
		if (!climb_mounts(&nd->path, &nd->root))
			return stay_at_root(nd);
		trace(TRACE_WALK, "walk: `..` up into mount %u",
		      nd->path.mnt->id);
		if (nd->resolve & RESOLVE_NO_XDEV)
			return ERR_PTR(refuse(nd, "`..` out of a mount with "
						  "RESOLVE_NO_XDEV"));
	}
	parent = parent_get(nd->path.dentry);
	if (!below_mount_root(nd->path.mnt, parent)) {
		d_put(parent);
		return ERR_PTR(-ENOENT);
	}
	return walk_into(nd, parent, false, NULL);
}

/* "." and "..", and no component at all. Links cannot come of it. */
const char *walk_dots(struct nameidata *nd)
{
	return nd->last_type == LAST_DOTDOT ? walk_dotdot(nd) : NULL;
}

/* Step from *@path, which is counted, into what is mounted on it: 0 or -EXDEV. */
static int cross_mounts(struct nameidata *nd, struct path *path)
{
	if (!follow_mounts(path))
		return 0;
	trace(TRACE_WALK, "walk: down into mount %u", path->mnt->id);
	if (nd->resolve & RESOLVE_NO_XDEV)
		return refuse(nd, "a mount with RESOLVE_NO_XDEV");
	return 0;
}

/* walk_into() when something is mounted on @d. */
static __noinline const char *walk_into_mount(struct nameidata *nd,
					      struct dentry *d, bool follow,
					      const char *rest)
{
	struct path path = { .mnt = mnt_get(nd->path.mnt), .dentry = d };
	int err = cross_mounts(nd, &path);
	const char *body;

	if (err) {
		path_put(&path);
		return ERR_PTR(err);
	}
	if (follow && d_is_symlink(path.dentry)) {
		body = link_follow(nd, &path, rest);
		path_put(&path);
		return body;
	}
	path_put(&nd->path);
	nd->path = path;
	return NULL;
}

/*
 * The walk goes to @d, a child of where it stands (the reference is taken
 * over), and to what is mounted there. If that is a link and @follow, then
 * after it comes @rest. Within a mount the walk's one reference on it goes along.
 * Return: NULL: it stands there; the body of a link to walk first; ERR_PTR.
 */
const char *walk_into(struct nameidata *nd, struct dentry *d, bool follow,
		      const char *rest)
{
	struct path path = { .mnt = nd->path.mnt, .dentry = d };
	struct dentry *from = nd->path.dentry;
	const char *body;

	if (unlikely(READ_ONCE(d->flags) & D_MOUNTED))
		return walk_into_mount(nd, d, follow, rest);
	if (unlikely(!d->inode)) {
		d_put(d);
		return ERR_PTR(nd->resolve & RESOLVE_CACHED ? -EAGAIN :
							      -ENOENT);
	}
	if (follow && d_is_symlink(d)) {
		body = link_follow(nd, &path, rest);
		d_put(d);
		return body;
	}
	nd->path.dentry = d;
	d_put(from);
	return NULL;
}

/* Take nd->last; @ends: it was the last one of a link's body. */
const char *walk_component(struct nameidata *nd, bool follow, bool ends,
			   const char *rest)
{
	struct dentry *d = NULL;

	if (nd->last_type == LAST_NORM) {
		trace(TRACE_WALK, "walk: %.*s in mount %u", (int)nd->last.len,
		      nd->last.name, nd->path.mnt->id);
		d = dir_lookup(nd->path.dentry, &nd->last, nd->flags);
	}
	if (ends)
		link_done(nd);
	if (IS_ERR(d))
		return ERR_PTR(PTR_ERR(d));
	return d ? walk_into(nd, d, follow, rest) : walk_dots(nd);
}
