// SPDX-License-Identifier: MIT
/*
 * /proc/PID/cwd, root and exe: magic links. Following one jumps to the path
 * itself; reading it gives a name that may be out of date. Who may do either:
 * who may read the task as ptrace(2) says.
 */
#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/procfs/procfs.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* The text of @path as current sees it. What current cannot reach is shown from
 * the top of its own tree of mounts, without getcwd(2)'s "(unreachable)". */
ssize_t proc_readlink_path(const struct path *path, char *buf, size_t size)
{
	char *tmp = kmalloc(PAGE_SIZE), *text;
	struct path root;
	bool reachable;
	ssize_t n;

	if (!tmp)
		return -ENOMEM;
	fs_get_root(current->fs, &root);
	text = d_path_from(path, &root, tmp, PAGE_SIZE, &reachable);
	path_put(&root);
	if (IS_ERR(text)) {
		n = PTR_ERR(text);
	} else {
		n = (ssize_t)min(strlen(text), size);
		memcpy(buf, text, (size_t)n);
	}
	kfree(tmp);
	return n;
}

static int exe_get(struct task *t, struct path *out)
{
	struct mm *mm = task_mm_get(t);
	int err = -ENOENT;

	if (!mm)
		return err;
	if (mm->exe_file) {
		*out = mm->exe_file->path;
		path_get(out);
		err = 0;
	}
	mm_put(mm);
	return err;
}

typedef int (*path_fn)(struct task *t, struct path *out);

struct path_wish {
	path_fn get;
	struct path *out;
};

static void *path_take(struct task *t, void *wish)
{
	const struct path_wish *w = wish;
	int err = w->get(t, w->out);

	return err ? ERR_PTR(err) : w->out;
}

static void path_give(void *path)
{
	path_put(path);
}

static int task_path(struct task *t, path_fn get, struct path *out)
{
	struct path_wish w = { get, out };
	int err = PTR_ERR_OR_ZERO(
		task_take(t, PTRACE_MODE_READ | PTRACE_MODE_FSCREDS, path_take,
			  path_give, &w));

	return err == -EPERM ? -EACCES : err;
}

static int link_path(struct inode *inode, path_fn get, struct path *out)
{
	struct task *t = proc_task_get(inode);
	int err;

	if (!t)
		return -EACCES; /* held, and the task is gone */
	err = task_path(t, get, out);
	task_put(t);
	return err;
}

static int follow(struct inode *inode, struct nameidata *nd, path_fn get)
{
	struct path path;
	int err = link_path(inode, get, &path);

	return err ? err : nd_jump(nd, &path);
}

static ssize_t text(struct dentry *d, char *buf, size_t size, path_fn get)
{
	struct path path;
	ssize_t n = link_path(d->inode, get, &path);

	if (n)
		return n;
	n = proc_readlink_path(&path, buf, size);
	path_put(&path);
	return n;
}

#define MAGIC_LINK(name, get)                                                  \
	static int name##_follow(struct inode *inode, struct nameidata *nd)    \
	{                                                                      \
		return follow(inode, nd, get);                                 \
	}                                                                      \
	static ssize_t name##_text(struct dentry *d, char *buf, size_t size)   \
	{                                                                      \
		return text(d, buf, size, get);                                \
	}                                                                      \
	const struct inode_ops proc_##name##_iops = {                          \
		INODE_OPS_DEFAULTS,                                            \
		.link_jump = name##_follow,                                    \
		.readlink = name##_text,                                       \
	}

MAGIC_LINK(cwd, task_cwd_get);
MAGIC_LINK(root_link, task_root_get);
MAGIC_LINK(exe, exe_get);
