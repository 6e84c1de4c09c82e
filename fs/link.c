// SPDX-License-Identifier: MIT
/*
 * Links: where the walk goes when it meets one, and who may forbid it.
 *
 * A text link has a body, which is walked in place of the link. The walk
 * keeps a copy of it, since link and file system may be gone before its end
 * is reached. A magic link (of procfs) has no body that means anything: its
 * link_jump calls nd_jump(), and the walk goes on from another path.
 *
 * Here, in walk_start(), walk_dotdot() and cross_mounts() of namei.c are all
 * the rules of openat2(2).
 */
#include "fs/protected.h"
#include "fs/walk.h"
#include "kernel/debug/trace.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

/* The body on top of the stack has been walked. */
void link_done(struct nameidata *nd)
{
	kfree(nd->stack[--nd->depth].body);
}

static void path_replace(struct nameidata *nd, const struct path *path)
{
	if (nd->path.mnt)
		path_put(&nd->path);
	nd->path = *path;
}

/*
 * Go to "/": an absolute name, or the body of a link that begins so. With
 * RESOLVE_NO_XDEV a link may only do it if the walk has met its root already:
 * as in Linux, which compares before it asks for the root.
 */
int nd_jump_root(struct nameidata *nd)
{
	if (nd->resolve & RESOLVE_BENEATH)
		return why(-EXDEV, "openat2: absolute name or link with "
				   "RESOLVE_BENEATH");
	if (nd->resolve & RESOLVE_NO_XDEV && nd->path.mnt &&
	    nd->path.mnt != nd->root.mnt)
		return why(-EXDEV, "openat2: absolute link with "
				   "RESOLVE_NO_XDEV");
	walk_root(nd);
	path_get(&nd->root);
	path_replace(nd, &nd->root);
	return 0;
}

static int jump_check(const struct nameidata *nd, const struct path *path)
{
	if (nd->resolve & RESOLVE_CACHED)
		return -EAGAIN;
	if (nd->resolve & RESOLVE_NO_MAGICLINKS)
		return why(-ELOOP, "openat2: a magic link with "
				   "RESOLVE_NO_MAGICLINKS");
	if (nd->resolve & RESOLVE_NO_XDEV && nd->path.mnt != path->mnt)
		return why(-EXDEV, "openat2: a magic link to another mount "
				   "with RESOLVE_NO_XDEV");
	if (nd->resolve & RESOLVE_SCOPED)
		return why(-EXDEV, "openat2: a magic link with RESOLVE_BENEATH "
				   "or RESOLVE_IN_ROOT");
	return 0;
}

/**
 * nd_jump - a magic link takes the walk to @path
 *
 * Takes over the references of @path, also on error.
 * Context: only from link_jump. May sleep.
 * Return: 0, -ELOOP (RESOLVE_NO_MAGICLINKS), -EXDEV (RESOLVE_BENEATH, IN_ROOT,
 * NO_XDEV), -EAGAIN (RESOLVE_CACHED: a jump is never cached).
 */
int nd_jump(struct nameidata *nd, struct path *path)
{
	int err = jump_check(nd, path);

	if (err) {
		path_put(path);
		return err;
	}
	trace(TRACE_WALK, "walk: jump into mount %u", path->mnt->id);
	path_replace(nd, path);
	return 0;
}

/* @ends: no name comes after it. */
static int follow_check(struct nameidata *nd, const struct path *link,
			bool ends)
{
	int err = 0;

	if (nd->links++ >= MAXSYMLINKS)
		return why(-ELOOP, "walk: more than %d links", MAXSYMLINKS);
	if (unlikely(READ_ONCE(protected.symlinks)) && ends)
		err = protected_follow(nd->path.dentry->inode,
				       link->dentry->inode);
	if (err)
		return nd->resolve & RESOLVE_CACHED ? -EAGAIN : err;
	if (nd->resolve & RESOLVE_NO_SYMLINKS)
		return why(-ELOOP, "openat2: a link with RESOLVE_NO_SYMLINKS");
	if (READ_ONCE(link->mnt->flags) & MS_NOSYMFOLLOW)
		return why(-ELOOP, "walk: a link on a nosymfollow mount");
	return 0;
}

/* Put a body on the stack: a copy, because nothing holds the link while its body
 * is walked. */
static const char *body_push(struct nameidata *nd, const char *body,
			     const char *rest)
{
	char *copy = kstrdup(body);

	if (!copy)
		return ERR_PTR(-ENOMEM);
	nd->stack[nd->depth++] = (struct pending){ .rest = rest, .body = copy };
	return copy;
}

/* The walk stands on a magic link: to where it leads. */
int link_leave(struct nameidata *nd)
{
	struct inode *inode = nd->path.dentry->inode;
	int err = follow_check(nd, &nd->path, false);

	nd->at_link = false;
	return err ? err : inode->op->link_jump(inode, nd);
}

/*
 * Follow @link, a child of where the walk stands; @rest is walked after its
 * body (NULL: it is the end of the whole name).
 * Return: the body, which is now on top of the stack; NULL: the walk has
 * jumped, or the body was just "/"; ERR_PTR.
 */
const char *link_follow(struct nameidata *nd, const struct path *link,
			const char *rest)
{
	struct inode *inode = link->dentry->inode;
	int err = follow_check(nd, link, !rest);
	char text[LINK_TEXT_SIZE];
	const char *body;

	if (err)
		return ERR_PTR(err);
	body = inode->op->link_text(inode, text);
	if (!body)
		return ERR_PTR(inode->op->link_jump(inode, nd));
	if (IS_ERR(body))
		return body; // cppcheck-suppress returnDanglingLifetime
	trace(TRACE_WALK, "walk: link to %s", body);
	if (*body == '/') {
		err = nd_jump_root(nd);
		while (*body == '/')
			body++;
	}
	return err || !*body ? ERR_PTR(err) : body_push(nd, body, rest);
}
