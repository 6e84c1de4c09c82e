// SPDX-License-Identifier: MIT
/* A task's root, working directory and umask: see fs_struct.h. */
#include "fs/fs_struct.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

/* Root and cwd come from mount_init_root(). Two: init_task and boot itself. */
struct fs init_fs = {
	.refs = REFCOUNT_INIT(2),
	.lock = SPINLOCK_INIT("fs"),
	.umask = 0022,
};

struct fs *fs_copy(struct fs *old)
{
	struct fs *fs = kzalloc(sizeof(*fs));

	if (!fs)
		return ERR_PTR(-ENOMEM);
	refcount_set(&fs->refs, 1);
	spin_init(&fs->lock, "fs");
	spin_lock(&old->lock);
	fs->root = old->root;
	fs->cwd = old->cwd;
	fs->umask = old->umask;
	path_get(&fs->root);
	path_get(&fs->cwd);
	spin_unlock(&old->lock);
	return fs;
}

void fs_put(struct fs *fs)
{
	if (!fs || !refcount_dec_and_test(&fs->refs))
		return;
	path_put(&fs->root);
	path_put(&fs->cwd);
	kfree(fs);
}

/* Current gets a struct fs that nobody shares. */
int fs_unshare(void)
{
	struct task *t = current;
	struct fs *old = t->fs, *fs;

	if (refcount_read(&old->refs) == 1)
		return 0;
	fs = fs_copy(old);
	if (IS_ERR(fs))
		return (int)PTR_ERR(fs);
	spin_lock(&t->lock);
	t->fs = fs;
	spin_unlock(&t->lock);
	fs_put(old);
	return 0;
}

static void path_read(struct fs *fs, const struct path *from, struct path *out)
{
	spin_lock(&fs->lock);
	*out = *from;
	path_get(out);
	spin_unlock(&fs->lock);
}

void fs_get_root(struct fs *fs, struct path *out)
{
	path_read(fs, &fs->root, out);
}

void fs_get_cwd(struct fs *fs, struct path *out)
{
	path_read(fs, &fs->cwd, out);
}

static void path_replace(struct fs *fs, struct path *where,
			 const struct path *with)
{
	struct path old;

	path_get(with);
	spin_lock(&fs->lock);
	old = *where;
	*where = *with;
	spin_unlock(&fs->lock);
	if (old.dentry) /* boot has none */
		path_put(&old);
}

void fs_set_root(struct fs *fs, const struct path *p)
{
	path_replace(fs, &fs->root, p);
}

void fs_set_cwd(struct fs *fs, const struct path *p)
{
	path_replace(fs, &fs->cwd, p);
}

void fs_move(struct fs *fs, const struct path *p)
{
	struct fs old;

	path_get(p);
	spin_lock(&fs->lock);
	old.root = fs->root;
	old.cwd = fs->cwd;
	fs->root = fs->cwd = *p;
	spin_unlock(&fs->lock);
	path_put(&old.root);
	path_put(&old.cwd);
}

/* fs of another task, counted; NULL: it has given it up. */
static struct fs *task_fs_get(struct task *t)
{
	struct fs *fs;

	spin_lock(&t->lock);
	fs = t->fs ? fs_get(t->fs) : NULL;
	spin_unlock(&t->lock);
	return fs;
}

int task_root_get(struct task *t, struct path *out)
{
	struct fs *fs = task_fs_get(t);

	if (!fs)
		return -ENOENT;
	fs_get_root(fs, out);
	fs_put(fs);
	return 0;
}

int task_cwd_get(struct task *t, struct path *out)
{
	struct fs *fs = task_fs_get(t);

	if (!fs)
		return -ENOENT;
	fs_get_cwd(fs, out);
	fs_put(fs);
	return 0;
}
