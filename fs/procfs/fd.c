// SPDX-License-Identifier: MIT
/* /proc/PID/fd and fdinfo: the open files of a task, as magic links to them and
 * as text about them. */
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/procfs/procfs.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

static void *files_take(struct task *t, void *arg __maybe_unused)
{
	return task_files_get(t);
}

static void files_give(void *files)
{
	files_put(files);
}

/* The table of the task, counted; ERR_PTR: -ENOENT, -EACCES. */
static struct files *dir_files(const struct inode *dir)
{
	struct task *t = proc_task_get(dir);
	struct files *fs;

	if (!t)
		return ERR_PTR(-ENOENT);
	if (same_thread_group(t, current))
		fs = task_files_get(t);
	else
		fs = task_take(t, PTRACE_MODE_READ | PTRACE_MODE_FSCREDS,
			       files_take, files_give, NULL);
	task_put(t);
	if (IS_ERR(fs))
		return ERR_PTR(-EACCES);
	return fs ? fs : ERR_PTR(-ENOENT);
}

/* The open file behind a link of fd/, counted; NULL. */
static struct file *link_file(const struct inode *inode)
{
	struct files *fs = dir_files(inode);
	struct file *f;

	if (IS_ERR(fs))
		return NULL;
	f = fd_get_of(fs, proc_inode(inode)->fd);
	files_put(fs);
	return f;
}

static int fd_follow(struct inode *inode, struct nameidata *nd)
{
	struct file *f = link_file(inode);
	struct path path;

	if (!f)
		return -ENOENT;
	path = f->path;
	path_get(&path);
	file_put(f);
	return nd_jump(nd, &path);
}

static ssize_t fd_text(struct dentry *d, char *buf, size_t size)
{
	struct file *f = link_file(d->inode);
	ssize_t n;

	if (!f)
		return -ENOENT;
	n = proc_readlink_path(&f->path, buf, size);
	file_put(f);
	return n;
}

static const struct inode_ops fd_link_iops = {
	INODE_OPS_DEFAULTS,
	.link_jump = fd_follow,
	.readlink = fd_text,
};
static const struct file_ops fd_link_fops = { FILE_OPS_DEFAULTS };

/* ---- fdinfo ------------------------------------------------------------------------ */

static void show_file(struct seq *s, struct file *f, bool cloexec)
{
	u32 flags = f->flags | (cloexec ? O_CLOEXEC : 0) |
		    (f->mode & FMODE_PATH ? 0 : 0100000); /* O_LARGEFILE */

	seq_printf(s, "pos:\t%lld\nflags:\t0%o\nmnt_id:\t%u\nino:\t%llu\n",
		   (long long)f->pos, flags, f->path.mnt->id,
		   (unsigned long long)f->inode->ino);
	if (!(f->mode & FMODE_PATH))
		f->op->show_fdinfo(s, f);
}

static int fdinfo_show(struct seq *s, struct file *info)
{
	struct files *fs = dir_files(info->inode);
	u32 fd = proc_inode(info->inode)->fd;
	struct file *f;

	if (IS_ERR(fs))
		return (int)PTR_ERR(fs);
	f = fd_get_of(fs, fd);
	if (f) {
		show_file(s, f, fd_cloexec(fs, fd));
		file_put(f);
	}
	files_put(fs);
	return f ? 0 : -ENOENT;
}

static int fdinfo_open(struct inode *inode __maybe_unused, struct file *f)
{
	return seq_open(f, fdinfo_show);
}

static const struct file_ops fdinfo_fops = {
	FILE_OPS_DEFAULTS,
	.open = fdinfo_open,
	.read = seq_read,
	.llseek = seq_llseek,
	.release = seq_release,
};
static const struct inode_ops fdinfo_iops = { INODE_OPS_DEFAULTS };

/* ---- the directories ------------------------------------------------------------------ */

static bool name_to_fd(const struct qstr *name, u32 *fd)
{
	char text[12];
	u64 nr;

	if (!name->len || name->len >= sizeof(text) ||
	    (name->name[0] == '0' && name->len > 1))
		return false;
	memcpy(text, name->name, name->len);
	text[name->len] = '\0';
	if (parse_u64(text, 10, &nr) || nr > 0x7fffffff)
		return false;
	*fd = (u32)nr;
	return true;
}

/* The mode of a link in fd/ says how the file is open. */
static umode_t link_mode(const struct file *f)
{
	return S_IFLNK | (f->mode & FMODE_READ ? 0500 : 0) |
	       (f->mode & FMODE_WRITE ? 0300 : 0);
}

static int lookup(struct inode *dir, struct dentry *d, bool info)
{
	struct proc_inode *pi = proc_inode(dir);
	struct files *fs;
	struct inode *inode;
	struct file *f;
	u32 fd;

	if (!name_to_fd(&d->name, &fd))
		return -ENOENT;
	fs = dir_files(dir);
	if (IS_ERR(fs))
		return (int)PTR_ERR(fs);
	f = fd_get_of(fs, fd);
	files_put(fs);
	if (!f)
		return -ENOENT;
	inode = proc_pid_inode(dir->sb, pi->pid, pi->thread,
			       info ? S_IFREG | 0444 : link_mode(f));
	file_put(f);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	proc_inode(inode)->fd = fd;
	if (!info)
		inode->size = 64;
	inode->op = info ? &fdinfo_iops : &fd_link_iops;
	inode->fop = info ? &fdinfo_fops : &fd_link_fops;
	d_add(d, inode);
	return 0;
}

static int fd_lookup(struct inode *dir, struct dentry *d,
		     u32 flags __maybe_unused)
{
	return lookup(dir, d, false);
}

static int fdinfo_lookup(struct inode *dir, struct dentry *d,
			 u32 flags __maybe_unused)
{
	return lookup(dir, d, true);
}

static int iterate(struct file *f, struct dir_context *ctx, u32 type)
{
	struct files *fs = dir_files(f->inode);
	char name[DECIMAL_SIZE];
	int fd;

	if (IS_ERR(fs))
		return (int)PTR_ERR(fs);
	if (dir_emit_dots(f, ctx)) {
		while ((fd = fd_next(fs, (u32)(ctx->pos - 2))) >= 0) {
			ctx->pos = fd + 2;
			if (!dir_emit(ctx, name,
				      decimal(name, (u32)fd),
				      0xe0000000u + (u32)fd, type))
				break;
			ctx->pos++;
		}
	}
	files_put(fs);
	return 0;
}

static int fd_iterate(struct file *f, struct dir_context *ctx)
{
	return iterate(f, ctx, S_IFLNK >> 12);
}

static int fdinfo_iterate(struct file *f, struct dir_context *ctx)
{
	return iterate(f, ctx, S_IFREG >> 12);
}

/* A process may always look at its own. */
static int fd_permission(struct inode *dir, int mask)
{
	int err = generic_permission(dir, mask);
	struct task *t;

	if (!err)
		return 0;
	if (mask & MAY_NOT_BLOCK)
		return -ECHILD;
	t = proc_task_get(dir);
	if (t && same_thread_group(t, current))
		err = 0;
	if (t)
		task_put(t);
	return err;
}

/* What fdinfo tells is for who may read the task, whatever the mode says. */
static int fdinfo_permission(struct inode *dir, int mask)
{
	struct task *t;
	int err;

	if (mask & MAY_NOT_BLOCK)
		return -ECHILD;
	t = proc_task_get(dir);
	err = t ? 0 : -ESRCH;
	if (t && ptrace_may_access(t, PTRACE_MODE_READ |
					      PTRACE_MODE_FSCREDS))
		err = -EACCES;
	if (t)
		task_put(t);
	return err ? err : generic_permission(dir, mask);
}

const struct inode_ops proc_fd_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = fd_lookup,
	.permission = fd_permission,
};
const struct inode_ops proc_fdinfo_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = fdinfo_lookup,
	.permission = fdinfo_permission,
};
const struct file_ops proc_fd_dir_fops = {
	FILE_OPS_DEFAULTS,
	.iterate = fd_iterate,
	.llseek = generic_llseek,
};
const struct file_ops proc_fdinfo_dir_fops = {
	FILE_OPS_DEFAULTS,
	.iterate = fdinfo_iterate,
	.llseek = generic_llseek,
};
