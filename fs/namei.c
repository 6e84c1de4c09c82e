// SPDX-License-Identifier: MIT
/*
 * The walk: from a name to a path.
 *
 * The walk stands in a directory (nd->path), takes the next component of the
 * name, looks it up there, steps down into what is mounted on it (walk.c), and
 * follows it if it is a link (link.c). The last component is special: a
 * creator stops before it (walk_parent()), an opener decides what to do about
 * it (open.c).
 *
 * Locks: none is held between components.
 */
#include "fs/fs_struct.h"
#include "fs/walk.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

/* ---- names from user space --------------------------------------------- */

/**
 * getname - copy a path from user space
 *
 * Return: a buffer for putname(), or ERR_PTR: -EFAULT, -ENAMETOOLONG (no NUL
 * in PATH_MAX bytes), -ENOENT ("" without LOOKUP_EMPTY), -ENOMEM.
 */
char *getname(const char __user *path, u32 lookup_flags)
{
	char *name = kmalloc(PATH_MAX);
	ssize_t len;

	if (!name)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(name, path, PATH_MAX);
	if (len == PATH_MAX)
		len = -ENAMETOOLONG;
	else if (len == 0 && !(lookup_flags & LOOKUP_EMPTY))
		len = -ENOENT;
	if (len >= 0)
		return name;
	kfree(name);
	return ERR_PTR(len);
}

void putname(char *name)
{
	kfree(name);
}

/* ---- beginning and end --------------------------------------------------- */

/* Now nd->root must be known. A scoped walk has set it at its start. */
void walk_root(struct nameidata *nd)
{
	if (!nd->root.mnt)
		fs_get_root(current->fs, &nd->root);
}

static int start_at_fd(struct nameidata *nd, int dirfd, const char *name)
{
	struct file *f;
	int err = 0;

	if (dirfd == AT_FDCWD) {
		fs_get_cwd(current->fs, &nd->path);
		return 0;
	}
	f = fd_get_raw(dirfd);
	if (!f)
		return -EBADF;
	if (*name && !d_is_dir(f->path.dentry)) {
		err = -ENOTDIR;
	} else {
		nd->path = f->path;
		path_get(&nd->path);
	}
	file_put(f);
	return err;
}

/*
 * Stand where @name begins. nd->flags and nd->resolve are set; nd->root too if
 * the caller wants another root than current's.
 * Return: 0, -EBADF, -ENOTDIR, -EXDEV (absolute, with RESOLVE_BENEATH).
 */
static int walk_start(struct nameidata *nd, int dirfd, const char *name)
{
	bool absolute = *name == '/' && !(nd->resolve & RESOLVE_IN_ROOT);
	int err;

	if (nd->root.mnt) {
		nd->path = nd->root;
		path_get(&nd->path);
		return 0;
	}
	if (absolute)
		return nd_jump_root(nd);
	err = start_at_fd(nd, dirfd, name);
	if (!err && nd->resolve & RESOLVE_SCOPED) {
		nd->root = nd->path;
		path_get(&nd->root);
	}
	return err;
}

/*
 * What walk_begin() does where the light walk does not: stand at the beginning of
 * @name, or (it came to @rest) follow the magic link before which it stopped.
 */
const char *walk_begin_rest(struct nameidata *nd, int dirfd, const char *name,
			    const char *rest)
{
	int err;

	if (!rest) {
		err = walk_start(nd, dirfd, name);
		return err ? ERR_PTR(err) : name;
	}
	err = link_leave(nd);
	if (!err && *rest && !d_is_dir(nd->path.dentry))
		err = -ENOTDIR;
	return err ? ERR_PTR(err) : rest;
}

/* Give up everything that the walk holds. */
void walk_release(struct nameidata *nd)
{
	while (nd->depth)
		link_done(nd);
	if (nd->path.mnt)
		path_put(&nd->path);
	if (nd->root.mnt)
		path_put(&nd->root);
	nd->path.mnt = nd->root.mnt = NULL;
}

/* Is @path at or below @root, going up through mounts? */
static bool path_is_under(const struct path *path, const struct path *root)
{
	struct path p = *path;
	bool under;

	path_get(&p);
	while (p.mnt != root->mnt && follow_up(&p))
		;
	mutex_lock(&rename_mutex);
	under = p.mnt == root->mnt && d_is_ancestor(root->dentry, p.dentry);
	mutex_unlock(&rename_mutex);
	path_put(&p);
	return under;
}

/* The walk has arrived: did someone move its floor out of the scope? */
int walk_done(struct nameidata *nd)
{
	if (nd->resolve & RESOLVE_SCOPED &&
	    !path_is_under(&nd->path, &nd->root))
		return why(-EXDEV, "openat2: the walk left its root");
	return 0;
}

/* ---- whole names ------------------------------------------------------------ */

static enum last_type component_type(const struct qstr *c)
{
	if (is_dot(c))
		return LAST_DOT;
	if (is_dotdot(c))
		return LAST_DOTDOT;
	return LAST_NORM;
}

/*
 * Walk all of @name but its last component, which is left in nd->last.
 * Return: 0, -EACCES (search), -ENOENT, -ENOTDIR, -ELOOP, -EXDEV, ...
 */
int walk_parent(struct nameidata *nd, const char *name)
{
	const char *rest, *body;
	bool ends;
	int err;

	while (*name == '/')
		name++;
	if (!*name) {
		nd->last = (struct qstr){ .name = name };
		nd->last_type = LAST_ROOT;
		return 0;
	}
	for (;;) {
		err = inode_permission(nd->path.dentry->inode, MAY_EXEC);
		if (err)
			return err;
		rest = component_take(nd->path.dentry, name, &nd->last);
		nd->last_type = component_type(&nd->last);
		ends = !*rest && nd->depth;
		if (ends)
			rest = nd->stack[nd->depth - 1].rest;
		if (!rest || (!*rest && !ends))
			return 0;
		body = walk_component(nd, true, ends, rest);
		if (IS_ERR(body))
			return (int)PTR_ERR(body);
		if (!body && !d_is_dir(nd->path.dentry))
			return -ENOTDIR;
		name = body ? body : rest;
	}
}

/* The last component, as a reader takes it. */
static const char *walk_last(struct nameidata *nd)
{
	if (nd->last_type == LAST_NORM && slash_after(&nd->last))
		nd->flags |= LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
	return walk_component(nd, nd->flags & LOOKUP_FOLLOW, nd->depth > 0,
			      NULL);
}

/* walk_whole(), where there is something to do. */
int walk_rest(struct nameidata *nd, const char *name)
{
	int err;

	if (!*name)
		name = NULL; /* it stands there */
	while (name) {
		err = walk_parent(nd, name);
		if (err)
			return err;
		name = walk_last(nd);
		if (IS_ERR(name))
			return (int)PTR_ERR(name);
	}
	err = walk_done(nd);
	if (!err && nd->flags & LOOKUP_DIRECTORY && !d_is_dir(nd->path.dentry))
		err = -ENOTDIR;
	return err;
}

/*
 * The parent of the last component of @name, and that component, which lies in
 * @name still. path_put(&out->path) is the caller's on success.
 */
__noinline int parent_lookup(int dirfd, const char *name, struct parent *out)
{
	struct nameidata nd;
	int err;

	nd_init(&nd, LOOKUP_PARENT, 0);
	name = walk_begin(&nd, dirfd, name);
	err = IS_ERR(name) ? (int)PTR_ERR(name) : walk_parent(&nd, name);
	if (!err) {
		*out = (struct parent){ .path = nd.path,
					.last = nd.last,
					.last_type = nd.last_type };
		nd.path.mnt = NULL;
	}
	walk_end(&nd);
	return err;
}

static __forced_inline int lookup_run(struct nameidata *nd, int dirfd,
				      const char *name, struct path *out)
{
	int err;

	name = walk_begin(nd, dirfd, name);
	if (IS_ERR(name))
		err = (int)PTR_ERR(name);
	else
		err = nd->flags & LOOKUP_PARENT ? walk_parent(nd, name) :
						  walk_whole(nd, name);
	if (!err) {
		*out = nd->path;
		nd->path.mnt = NULL;
	}
	walk_end(nd);
	return err;
}

/* ---- what others call ----------------------------------------------------- */

/**
 * path_lookup_resolve - path_lookup() under openat2(2)'s rules
 * @resolve: RESOLVE_* flags
 *
 * Context: may sleep; no lock held.
 * Return: 0 and a counted path in @out, or the errno of path_resolution(7),
 * -EXDEV or -ELOOP for @resolve.
 */
int path_lookup_resolve(int dirfd, const char *name, u32 lookup_flags,
			u64 resolve, struct path *out)
{
	struct nameidata nd;

	nd_init(&nd, lookup_flags, resolve);
	return lookup_run(&nd, dirfd, name, out);
}

/**
 * path_lookup - the path that @name names, relative to @dirfd
 *
 * Context: may sleep; no lock held.
 * Return: 0 and a counted path in @out; -EBADF, -ENOENT, -ENOTDIR, -EACCES,
 * -ELOOP, -ENAMETOOLONG, -ENOMEM.
 */
int path_lookup(int dirfd, const char *name, u32 lookup_flags, struct path *out)
{
	return path_lookup_resolve(dirfd, name, lookup_flags, 0, out);
}

/**
 * path_lookup_from - the same, with @base as root and as working directory
 */
int path_lookup_from(const struct path *base, const char *name,
		     u32 lookup_flags, struct path *out)
{
	struct nameidata nd;

	nd_init(&nd, lookup_flags, 0);
	nd.root = *base;
	path_get(base);
	return lookup_run(&nd, AT_FDCWD, name, out);
}

/**
 * user_path_at - path_lookup() of a user's string
 */
int user_path_at(int dirfd, const char __user *name, u32 lookup_flags,
		 struct path *out)
{
	char small[SMALL_NAME];
	char *kname = getname_small(name, lookup_flags, small);
	int err;

	if (IS_ERR(kname))
		return (int)PTR_ERR(kname);
	err = path_lookup(dirfd, kname, lookup_flags, out);
	putname_small(kname, small);
	return err;
}
