// SPDX-License-Identifier: MIT
/*
 * The light walk: as far along a name as everything is known, without a lock or
 * a reference. light.h says why that is allowed.
 *
 * Most walks go through directories and links that were walked through a moment
 * ago. What it takes to go through one of them is: may current search here, the
 * chain of the hash, is it still valid, is something mounted there, is it a
 * link. All of that can be read. What cannot (a name that is not in the hash, a
 * permission that must ask more, a link within a link, most magic links) ends the
 * light walk, and the walk with references (namei.c) goes on from there. All
 * errors are found, and explained, by that one.
 *
 * Two kinds of links know a short way, without a text or a jump (link_short).
 * /proc/self leads to a neighbour in its directory. /proc/self/ns/uts, at the end
 * of a name, leads to what current holds itself: the walk is over, and nobody needs
 * the link any more.
 *
 * The walk remembers where it last stood outside of a link's body (mark): the
 * text of a link can be read only as long as the light walk lasts, so the other
 * one has to begin with that link again.
 *
 * This file only saves time: walk_light() may always answer NULL.
 */
#include "fs/fs_struct.h"
#include "fs/light.h"
#include "fs/mount_tree.h"
#include "fs/protected.h"
#include "fs/walk.h"
#include "kernel/debug/trace.h"
#include "kernel/task/task.h"

/* Whose hands nothing leaves: no path in here is counted. */
struct light {
	struct path at;	  /* where the walk stands */
	struct path root; /* what "/" is; mnt NULL: not asked yet */
	const char *after; /* in a link's body: what comes after it; or NULL */
	struct path mark; /* then: where the link is, */
	const char *mark_name; /* and what was to be walked from there */
	const char *rest; /* AT_MAGIC: what comes after the link */
	u32 flags;	  /* LOOKUP_* */
	u32 links;	  /* followed */
	enum { ON_THE_WAY, AT_MAGIC, AT_OWN, ABSENT } end;
	struct short_way way; /* AT_OWN: where it leads */
	char text[LINK_TEXT_SIZE]; /* of a link that has none of its own */
};

/* ---- one step ------------------------------------------------------------------ */

static bool may_search(struct inode *dir)
{
	return inode_lets_all(dir, MAY_EXEC) ||
	       !dir->op->permission(dir, MAY_EXEC | MAY_NOT_BLOCK);
}

static bool is_valid(struct dentry *d, u32 flags)
{
	return !(READ_ONCE(d->flags) & D_REVALIDATE) ||
	       d->op->revalidate(d, flags) > 0;
}

/* Something is mounted on @d, maybe not in @mnt. */
static struct path into_mounts(struct mount *mnt, struct dentry *d)
{
	struct mount *m;

	do {
		m = mount_hash_find(mnt, d);
		if (!m)
			break;
		mnt = m;
		d = m->root;
	} while (READ_ONCE(d->flags) & D_MOUNTED);
	return (struct path){ mnt, d };
}

static void need_root(struct light *l)
{
	if (!l->root.mnt)
		fs_peek(current->fs, &current->fs->root, &l->root);
}

/* "..", as walk_dotdot() does it. */
static __noinline bool step_up(struct light *l)
{
	struct path p = l->at;

	need_root(l);
	while (p.dentry == p.mnt->root) {
		const struct mount *m = p.mnt;

		if (path_equal(&p, &l->root) || !mnt_has_parent(m))
			return true;
		p.mnt = m->parent;
		p.dentry = m->mountpoint;
	}
	if (path_equal(&p, &l->root))
		return true;
	p.dentry = p.dentry->parent;
	if (p.mnt->root != p.mnt->sb->root &&
	    !d_is_ancestor(p.mnt->root, p.dentry))
		return false;
	if (READ_ONCE(p.dentry->flags) & D_MOUNTED)
		p = into_mounts(p.mnt, p.dentry);
	l->at = p;
	return true;
}

/* Nothing comes after what comes before @rest. */
static bool is_last(const struct light *l, const char *rest)
{
	return !*rest && (!l->after || !*l->after);
}

/* Follow @link, which @name begins with; @rest comes after it. As step(). */
static const char *step_link(struct light *l, struct path link,
			     const char *name, const char *rest)
{
	const struct inode *inode = link.dentry->inode;
	const char *text;

	if (l->after || READ_ONCE(protected.symlinks))
		return NULL;
	text = inode->op->link_text(inode, l->text);
	if (IS_ERR(text))
		return NULL;
	if (!text) {
		l->at = link;
		l->rest = rest;
		l->end = AT_MAGIC;
		return NULL;
	}
	l->links++;
	l->mark = l->at;
	l->mark_name = name;
	l->after = rest;
	if (*text == '/') {
		need_root(l);
		l->at = l->root;
	}
	return skip_slashes(text);
}

/* May links be followed still, and here? */
static bool may_follow(const struct light *l, const struct mount *m)
{
	return l->links < MAXSYMLINKS && !(READ_ONCE(m->flags) & MS_NOSYMFOLLOW);
}

/* May the walk go from l->at to @d, which a link says is there? */
static bool is_here(const struct light *l, struct dentry *d)
{
	return d->parent == l->at.dentry && !d_unhashed(d) &&
	       is_valid(d, l->flags);
}

/* The last component: is it one to be looked up, and no slash behind it? */
static bool may_be_last(const struct light *l, const char *rest)
{
	return !(l->flags & (LOOKUP_PARENT | LOOKUP_CREATE)) && rest[-1] != '/';
}

/* Go on at @d, which was found, or at what is mounted on it. As step(). */
static const char *step_into(struct light *l, struct dentry *d,
			     const char *name, const char *rest)
{
	struct path p = { l->at.mnt, d };
	struct inode *inode;

	for (;; p.dentry = l->way.sibling) {
		if (READ_ONCE(p.dentry->flags) & D_MOUNTED)
			p = into_mounts(p.mnt, p.dentry);
		inode = atomic_load(&p.dentry->inode);
		if (unlikely(!inode)) {
			l->end = ABSENT;
			return NULL;
		}
		if (!S_ISLNK(inode->mode) ||
		    (is_last(l, rest) && !(l->flags & LOOKUP_FOLLOW)))
			break;
		if (!may_follow(l, p.mnt))
			return NULL;
		if (p.mnt != l->at.mnt || /* mounted on the link */
		    !inode->op->link_short(inode, &l->way))
			return step_link(l, p, name, rest);
		if (!l->way.sibling && is_last(l, rest)) {
			l->end = AT_OWN;
			return NULL;
		}
		if (!l->way.sibling || !is_here(l, l->way.sibling))
			return step_link(l, p, name, rest);
		l->links++;
	}
	if (!S_ISDIR(inode->mode) && !is_last(l, rest))
		return NULL;
	l->at = p;
	return rest;
}

/*
 * Take the first component of @name, which begins with one.
 * Return: what to walk next; NULL: no more, for what l->end says, or because it is
 * not done lightly.
 */
static const char *step(struct light *l, const char *name)
{
	struct dentry *dir = l->at.dentry, *d;
	const char *rest;
	struct qstr c;

	if (!may_search(dir->inode))
		return NULL;
	rest = component_take(dir, name, &c);
	if (!*rest && is_last(l, rest) && !may_be_last(l, rest))
		return NULL;
	if (unlikely(is_dots(&c)))
		return is_dot(&c) || step_up(l) ? rest : NULL;
	d = d_find(dir, &c);
	if (!d || !is_valid(d, l->flags))
		return NULL;
	return step_into(l, d, name, rest);
}

/* ---- the whole ------------------------------------------------------------------- */

/* Stand where @name begins. @dir: an open directory, or NULL. */
static bool start(struct light *l, struct file *dir, int dirfd,
		  const char *name)
{
	struct fs *fs = current->fs;

	l->root.mnt = NULL;
	if (*name == '/') {
		fs_peek(fs, &fs->root, &l->at);
		l->root = l->at;
	} else if (dirfd == AT_FDCWD) {
		fs_peek(fs, &fs->cwd, &l->at);
	} else {
		if (!dir || !S_ISDIR(dir->inode->mode))
			return false;
		l->at = dir->path;
	}
	return true;
}

/* Go on until the end, or what ends the walk before. What is left, from l->at. */
static const char *run(struct light *l, const char *name)
{
	const char *next = skip_slashes(name);

	while (next) {
		name = next;
		if (*name) {
			next = step(l, name);
		} else {
			if (!l->after)
				return name;
			next = l->after;
			l->after = NULL;
		}
	}
	if (l->end == AT_MAGIC)
		return l->rest;
	if (!l->after)
		return name;
	l->at = l->mark;
	return l->mark_name;
}

/* Take references on @p, if it is alive and the walk was a good one. */
static bool hold(struct nameidata *nd, const struct path *p)
{
	if (!refcount_inc_not_zero(&p->mnt->refs))
		return false;
	nd->path.mnt = p->mnt;
	if (!refcount_inc_not_zero(&p->dentry->d_count))
		return false;
	nd->path.dentry = p->dentry;
	return true;
}

/* What hold() got is not wanted. */
static void unhold(struct nameidata *nd)
{
	if (nd->path.mnt && nd->path.dentry)
		d_put(nd->path.dentry);
	if (nd->path.mnt)
		mnt_put(nd->path.mnt);
	nd->path.mnt = NULL;
}

/* Between light_enter() and light_leave(). As walk_light(). */
static const char *walk(struct light *l, struct nameidata *nd, const char *name)
{
	const char *rest;
	u32 seen;

	if (tree_is_changing(&seen))
		return NULL;
	rest = run(l, name);
	if (l->end == ABSENT)
		rest = ERR_PTR(-ENOENT);
	else if (l->end != AT_OWN && !hold(nd, &l->at))
		return NULL;
	return tree_has_changed(seen) ? NULL : rest;
}

/* The name ended with a link to what current holds itself: go there. */
static const char *go_to_own(struct nameidata *nd, const struct light *l)
{
	int err = l->way.path(l->way.own, &nd->path);

	if (unlikely(err)) {
		nd->path.mnt = NULL;
		return ERR_PTR(err);
	}
	return "";
}

/**
 * walk_light - walk the first part of @name, maybe all of it
 * @nd: new; its flags say what the walk is for
 * @dirfd: where a relative name begins
 *
 * Return: what is left to be walked, from nd->path, which is counted. With
 * nd->at_link that is a magic link, to be followed before the rest. NULL: nothing
 * was walked, nd is as it was. ERR_PTR(-ENOENT): a name on the way is known not to
 * be there.
 */
const char *walk_light(struct nameidata *nd, int dirfd, const char *name)
{
	struct fdref dir = { NULL, false };
	const char *rest = NULL;
	struct light l;

	if (trace_on || nd->resolve || nd->root.mnt || !*name)
		return NULL;
	if (*name != '/' && dirfd != AT_FDCWD)
		dir = fd_borrow_raw(dirfd);
	l.flags = nd->flags;
	l.links = 0;
	l.after = NULL;
	l.end = ON_THE_WAY;
	nd->path.dentry = NULL;
	light_enter();
	if (start(&l, dir.file, dirfd, name))
		rest = walk(&l, nd, name);
	light_leave();
	fd_return(dir);
	if (!rest) {
		unhold(nd);
		return NULL;
	}
	nd->links = l.links;
	nd->at_link = l.end == AT_MAGIC;
	return l.end == AT_OWN ? go_to_own(nd, &l) : rest;
}
