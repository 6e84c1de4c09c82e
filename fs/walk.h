/* SPDX-License-Identifier: MIT */
/*
 * The walk's own notes, for namei.c (whole names), walk_light.c (the part of one
 * that is known), walk.c (one step), link.c (links and jumps) and open.c,
 * create.c, remove.c, rename.c (what is done with the last component). Nobody
 * else includes it: for all others struct nameidata has no inside.
 *
 * A walk goes through names, not through a recursion. Where a text link
 * interrupts a name, the rest of that name goes on a stack together with the
 * body of the link, and the body is walked first. At most MAXSYMLINKS links
 * are followed in one walk, so a stack of that size never overflows.
 */
#ifndef WARREN_FS_WALK_H
#define WARREN_FS_WALK_H

#include "fs/mount.h"
#include "fs/namei.h"

enum last_type {
	LAST_NORM,   /* a name */
	LAST_ROOT,   /* none: "", "/" */
	LAST_DOT,    /* "." */
	LAST_DOTDOT, /* ".." */
};

/* A text link whose body is being walked. */
struct pending {
	const char *rest; /* what comes after it; NULL: it was the end */
	char *body;	  /* kmalloc'ed, or NULL: the link owns its text */
};

struct nameidata {
	struct path path; /* where the walk stands; counted */
	struct path root; /* what "/" is; counted; mnt NULL: not asked yet */
	struct qstr last; /* the component at hand, in a name or a body */
	enum last_type last_type;
	u32 flags;   /* LOOKUP_* */
	u64 resolve; /* RESOLVE_* of openat2(2) */
	u32 links;   /* followed so far */
	u32 depth;   /* used part of the stack */
	umode_t dir_mode; /* O_CREAT: of the directory that last was found in */
	kuid_t dir_uid;
	bool at_link; /* path is a magic link, which is to be followed */
	struct pending stack[MAXSYMLINKS];
};

/* The stack is not touched: it is larger than all else, and seldom used. */
static inline void nd_init(struct nameidata *nd, u32 flags, u64 resolve)
{
	nd->path.mnt = nd->root.mnt = NULL;
	nd->last_type = LAST_ROOT;
	nd->flags = flags;
	nd->resolve = resolve;
	nd->links = nd->depth = 0;
	nd->at_link = false;
}

/* What a creator or remover needs of a walk that is over. */
struct parent {
	struct path path; /* counted */
	struct qstr last; /* in the caller's name */
	enum last_type last_type;
};

/* namei.c: below are walk_begin(), walk_whole() and walk_end(). */
const char *walk_begin_rest(struct nameidata *nd, int dirfd, const char *name,
			    const char *rest);
int walk_rest(struct nameidata *nd, const char *name);
void walk_release(struct nameidata *nd);
int walk_parent(struct nameidata *nd, const char *name);
int walk_done(struct nameidata *nd);
void walk_root(struct nameidata *nd);
int parent_lookup(int dirfd, const char *name, struct parent *out);

/* walk.c */
const char *walk_component(struct nameidata *nd, bool follow, bool ends,
			   const char *rest);
const char *walk_dots(struct nameidata *nd);
const char *walk_into(struct nameidata *nd, struct dentry *d, bool follow,
		      const char *rest);
struct dentry *dir_lookup_locked(struct dentry *dir, struct qstr *name,
				 u32 flags);

/* walk_light.c */
const char *walk_light(struct nameidata *nd, int dirfd, const char *name);

/*
 * Begin to walk @name: stand at its beginning, or as far along it as the light
 * walk came, which is most often the end. Needs walk_end(), also after an error.
 * Return: what is to be walked still, in @name; ERR_PTR.
 */
static inline const char *walk_begin(struct nameidata *nd, int dirfd,
				     const char *name)
{
	const char *rest = walk_light(nd, dirfd, name);

	if (likely(rest && !nd->at_link))
		return rest;
	return walk_begin_rest(nd, dirfd, name, rest);
}

/* Walk @name, what walk_begin() left of it, to its end. 0 or -errno. */
static inline int walk_whole(struct nameidata *nd, const char *name)
{
	if (likely(!(*name || nd->resolve || nd->flags & LOOKUP_DIRECTORY)))
		return 0;
	return walk_rest(nd, name);
}

static inline void walk_end(struct nameidata *nd)
{
	if (unlikely(nd->path.mnt || nd->root.mnt || nd->depth))
		walk_release(nd);
}

/* link.c */
int link_leave(struct nameidata *nd);
const char *link_follow(struct nameidata *nd, const struct path *link,
			const char *rest);
void link_done(struct nameidata *nd);
int nd_jump_root(struct nameidata *nd);

/* open.c: for open_exec.c */
int may_open(const struct path *path, int mask, u32 flags);

/* create.c, remove.c: the checks that rename.c needs too. */
int may_create(struct inode *dir, const struct dentry *d);
int may_delete(struct inode *dir, const struct dentry *d, bool is_dir);

static inline const char *skip_slashes(const char *name)
{
	while (*name == '/')
		name++;
	return name;
}

/* As qstr_take(), but what comes after the slashes behind it. */
static inline const char *component_take(const struct dentry *dir,
					 const char *name, struct qstr *c)
{
	return skip_slashes(qstr_take(c, dir, name));
}

static inline bool is_dot(const struct qstr *c)
{
	return c->word == '.';
}

static inline bool is_dotdot(const struct qstr *c)
{
	return c->word == ('.' | '.' << 8);
}

static inline bool is_dots(const struct qstr *c)
{
	return (u8)c->word == '.' && (is_dot(c) || is_dotdot(c));
}

/* Does a slash follow the last component? Then it must be a directory. */
static inline bool slash_after(const struct qstr *last)
{
	return last->name[last->len] != '\0';
}

#define RESOLVE_SCOPED (RESOLVE_BENEATH | RESOLVE_IN_ROOT)

#endif
