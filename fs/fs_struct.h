/* SPDX-License-Identifier: MIT */
/* struct fs: a task's root, working directory and umask (CLONE_FS). */
#ifndef WARREN_FS_FS_STRUCT_H
#define WARREN_FS_FS_STRUCT_H

#include "fs/path.h"
#include "kernel/lib/refcount.h"
#include "kernel/lock/spinlock.h"

struct task;

struct fs {
	struct refcount refs; /* tasks that share it */
	struct spinlock lock;
	struct path root, cwd; /* under lock; counted */
	umode_t umask;
};
extern struct fs init_fs;

struct fs *fs_copy(struct fs *old); /* ERR_PTR(-ENOMEM) */
static inline struct fs *fs_get(struct fs *fs)
{
	refcount_inc(&fs->refs);
	return fs;
}
void fs_put(struct fs *fs);
int fs_unshare(void); /* current gets its own; -ENOMEM */
void fs_get_root(struct fs *fs, struct path *out); /* counted */
void fs_get_cwd(struct fs *fs, struct path *out);
/* As they are, not counted: for the light walk (light.h). */
static inline void fs_peek(struct fs *fs, const struct path *which,
			   struct path *out)
{
	spin_lock(&fs->lock);
	*out = *which;
	spin_unlock(&fs->lock);
}
static inline void fs_peek_both(struct fs *fs, struct path *root,
				struct path *cwd)
{
	spin_lock(&fs->lock);
	*root = fs->root;
	*cwd = fs->cwd;
	spin_unlock(&fs->lock);
}
void fs_set_root(struct fs *fs, const struct path *p); /* takes references */
void fs_set_cwd(struct fs *fs, const struct path *p);
/* Both become @p, whose one reference is taken over. */
void fs_move(struct fs *fs, const struct path *p);
/* Root or cwd of another task, counted; -ENOENT if it is a zombie. */
int task_root_get(struct task *t, struct path *out);
int task_cwd_get(struct task *t, struct path *out);

#endif
