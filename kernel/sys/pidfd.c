// SPDX-License-Identifier: MIT
/*
 * pidfds (pidfd_open(2)): a file that names a process, or with PIDFD_THREAD a
 * thread, and goes on naming it when its number is used again. The file holds
 * the struct pid, not the process, so it never keeps a zombie. What it tells
 * about the process is in pidfd_info.c.
 *
 * Each is a file of "pidfs", which is mounted nowhere; the inodes of all that
 * name one process have its number there, which is never used again.
 */
#include <linux/eventpoll.h>
#include <linux/pidfd.h>

#include "fs/mount.h"
#include "fs/seq.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/lib/printf.h"
#include "kernel/sys/kill.h"
#include "kernel/sys/pidfd.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define PIDFS_MAGIC 0x50494446
#define SEND_FLAGS                                                             \
	((u32)(PIDFD_SIGNAL_THREAD | PIDFD_SIGNAL_THREAD_GROUP |               \
	       PIDFD_SIGNAL_PROCESS_GROUP))

/* ---- the file ----------------------------------------------------------- */

static struct pid *pidfd_private(const struct file *f)
{
	return f->private;
}

/* Has the thread ended, or (not @thread) the whole process? A zombie leader of
 * living threads is the end of a thread only. */
static bool pid_has_exited(struct pid *pid, bool thread)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t = pid_task(pid, PIDTYPE_PID);
	bool exited = !t || ((t->state & (TASK_ZOMBIE | TASK_DEAD)) &&
			     (thread || t->signal->nr_threads == 1));

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return exited;
}

static u32 pidfd_poll(struct file *f, struct poll_table *pt)
{
	struct pid *pid = pidfd_private(f);

	poll_wait(f, &pid->pidfd_wait, pt);
	return pid_has_exited(pid, f->flags & PIDFD_THREAD) ?
		       EPOLLIN | EPOLLRDNORM :
		       0;
}

static bool pid_is_used(struct pid *pid)
{
	struct task *t = pid_task_get(pid, PIDTYPE_PID);

	if (t)
		task_put(t);
	return t;
}

/* Its number as the reader sees it: 0 invisible, -1 gone; then all numbers
 * further down, to its own namespace. */
static void pidfd_show_fdinfo(struct seq *s, struct file *f)
{
	const struct pid_ns *ns = task_active_pid_ns(current);
	struct pid *pid = pidfd_private(f);
	pid_t nr = pid_is_used(pid) ? pid_nr(pid, ns) : -1;
	u32 level;

	seq_printf(s, "Pid:\t%d\nNSpid:\t%d", nr, nr);
	for (level = ns->level + 1; nr > 0 && level <= pid->level; level++)
		seq_printf(s, "\t%d", pid->numbers[level].nr);
	seq_putc(s, '\n');
}

static void pidfd_release(struct file *f)
{
	pid_put(pidfd_private(f));
}

static long pidfd_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	return pid_ioctl(pidfd_private(f), cmd, arg);
}

static const struct file_ops pidfd_fops = {
	FILE_OPS_DEFAULTS,
	.ioctl = pidfd_ioctl,
	.poll = pidfd_poll,
	.show_fdinfo = pidfd_show_fdinfo,
	.release = pidfd_release,
};

struct pid *pidfd_pid(const struct file *f)
{
	return f->op == &pidfd_fops ? pidfd_private(f) : NULL;
}

/* ---- pidfs --------------------------------------------------------------- */

static const struct fs_type pidfs_type = {
	.name = "pidfs",
	.flags = FS_NODEV | FS_INTERNAL,
};
static const struct super_ops pidfs_sops = { SUPER_OPS_DEFAULTS };
static const struct inode_ops pidfs_iops = { INODE_OPS_DEFAULTS };
static struct mount *pidfs_mnt; /* [I] */

static int pidfs_dname(struct dentry *d __maybe_unused, char *buf, size_t size)
{
	return snprintf(buf, size, "anon_inode:[pidfd]");
}

static struct dentry_ops pidfs_dops; /* the defaults, with a name */

void pidfs_init(void)
{
	struct super *sb = super_new(&pidfs_type, &pidfs_sops, 0);
	struct inode *root = IS_ERR(sb) ? NULL : inode_new(sb, S_IFDIR | 0755);

	if (!root || IS_ERR(root))
		panic("pidfs: no memory for the file system of pidfds");
	pidfs_dops = dentry_default_ops;
	pidfs_dops.dname = pidfs_dname;
	sb->magic = PIDFS_MAGIC;
	root->op = &pidfs_iops;
	root->fop = &simple_dir_fops;
	sb->root = d_alloc_root(root);
	pidfs_mnt = sb->root ? mnt_internal(sb) : ERR_PTR(-ENOMEM);
	if (IS_ERR(pidfs_mnt))
		panic("pidfs: no memory for the mount of pidfds");
	super_put(sb); /* the mount has its own reference */
}

static int pidfs_path(const struct pid *pid, struct path *path)
{
	struct inode *inode = inode_new(pidfs_mnt->sb, 0700);

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	inode->ino = pid->id;
	inode->op = &pidfs_iops;
	inode->fop = &pidfd_fops;
	path->mnt = pidfs_mnt;
	path->dentry = d_alloc_anon(pidfs_mnt->sb, inode, &pidfs_dops);
	return PTR_ERR_OR_ZERO(path->dentry);
}

struct file *pidfd_file_new(struct pid *pid, u32 flags)
{
	struct path path;
	int err = pidfs_path(pid, &path);
	struct file *f;

	if (err)
		return ERR_PTR(err);
	f = file_new_on(&path, O_RDWR | (flags & O_NONBLOCK), &pidfd_fops);
	d_put(path.dentry);
	if (IS_ERR(f))
		return f;
	f->private = pid_get(pid);
	f->flags |= flags & PIDFD_THREAD;
	f->mode &= ~(u32)(FMODE_LSEEK | FMODE_PREAD);
	return f;
}

/* ---- pidfd_open --------------------------------------------------------- */

static bool pid_leads_process(struct pid *pid)
{
	struct task *t = pid_task_get(pid, PIDTYPE_TGID);

	if (t)
		task_put(t);
	return t;
}

static long pidfd_open_pid(struct pid *pid, u32 flags)
{
	struct file *f;

	if (!(flags & PIDFD_THREAD) && !pid_leads_process(pid))
		return why(-ENOENT, "pidfd_open: a thread, not a process");
	f = pidfd_file_new(pid, flags);
	return IS_ERR(f) ? PTR_ERR(f) : fd_install_new(f, O_CLOEXEC);
}

long sys_pidfd_open(int nr, unsigned int flags)
{
	struct pid *pid;
	long fd;

	if ((flags & ~(u32)(PIDFD_NONBLOCK | PIDFD_THREAD)) || nr <= 0)
		return -EINVAL;
	pid = pid_find_get(task_active_pid_ns(current), nr);
	if (!pid)
		return -ESRCH;
	fd = pidfd_open_pid(pid, flags);
	pid_put(pid);
	return fd;
}

/* ---- pidfd_send_signal -------------------------------------------------- */

/* Counted pid of the descriptor @fd; does it name a @thread? ERR_PTR(-EBADF). */
static struct pid *pidfd_get_pid(int fd, bool *thread)
{
	struct file *f = fd_get(fd);
	struct pid *pid = f ? pidfd_pid(f) : NULL;

	*thread = f && f->flags & PIDFD_THREAD;
	pid = pid ? pid_get(pid) : ERR_PTR(-EBADF);
	file_put(f);
	return pid;
}

/* The same, or the caller itself by a number that is no descriptor. */
static struct pid *pidfd_or_self(int fd, bool *thread)
{
	struct pid *pid;
	u64 irq;

	if (fd != PIDFD_SELF_THREAD && fd != PIDFD_SELF_THREAD_GROUP)
		return pidfd_get_pid(fd, thread);
	*thread = fd == PIDFD_SELF_THREAD;
	irq = spin_lock_irqsave(&tasklist_lock);
	pid = pid_get(*thread ? current->pid : current->signal->leader->pid);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return pid;
}

/* Is @pid's own namespace current's, or within it? Who is only seen from
 * further out must not be signalled from in here. */
static bool pid_within_mine(const struct pid *pid)
{
	const struct pid_ns *mine = task_active_pid_ns(current);

	return mine->level <= pid->level &&
	       pid->numbers[mine->level].ns == mine;
}

static int siginfo_import(struct kernel_siginfo *info, struct pid *pid, int sig,
			  const siginfo_t __user *uinfo, bool thread)
{
	siginfo_t abi;

	if (!uinfo) {
		siginfo_plain(info, sig, thread ? SI_TKILL : SI_USER);
		return 0;
	}
	if (copy_from_user(&abi, uinfo, sizeof(abi)))
		return -EFAULT;
	siginfo_from_user_layout(info, &abi);
	if (info->si_signo != sig)
		return -EINVAL;
	if (siginfo_is_forged(info) && current->pid != pid)
		return -EPERM;
	return 0;
}

static int send_as(struct pid *pid, int sig, const struct kernel_siginfo *info,
		   bool thread, u32 flags)
{
	if (flags == PIDFD_SIGNAL_PROCESS_GROUP)
		return signal_send_group(pid, sig, info);
	return thread ? signal_send_thread(pid, sig, info) :
			signal_send_pid(pid, sig, info);
}

long sys_pidfd_send_signal(int pidfd, int sig, siginfo_t __user *uinfo,
			   unsigned int flags)
{
	struct kernel_siginfo info;
	struct pid *pid;
	bool thread;
	int err;

	if (flags & ~SEND_FLAGS || flags & (flags - 1))
		return -EINVAL;
	pid = pidfd_or_self(pidfd, &thread);
	if (IS_ERR(pid))
		return PTR_ERR(pid);
	if (flags)
		thread = flags == PIDFD_SIGNAL_THREAD;
	if (pid_within_mine(pid))
		err = siginfo_import(&info, pid, sig, uinfo, thread);
	else
		err = why(-EINVAL, "pidfd_send_signal: the process is not in "
				   "the caller's pid namespace");
	if (!err)
		err = send_as(pid, sig, &info, thread, flags);
	pid_put(pid);
	return err;
}

/* ---- pidfd_getfd -------------------------------------------------------- */

/* Counted; ERR_PTR(-EPERM), ERR_PTR(-EBADF), ERR_PTR(-ESRCH). */
static struct file *task_file_get(struct task *t, int fd)
{
	int err = ptrace_may_access(t, PTRACE_MODE_ATTACH |
					       PTRACE_MODE_REALCREDS);
	struct files *files;
	struct file *f;

	if (err)
		return ERR_PTR(err);
	files = task_files_get(t);
	if (!files)
		return ERR_PTR(-ESRCH); /* a zombie */
	f = fd_get_of(files, (u32)fd);
	files_put(files);
	return f ? f : ERR_PTR(-EBADF);
}

long sys_pidfd_getfd(int pidfd, int fd, unsigned int flags)
{
	struct task *t;
	struct pid *pid;
	struct file *f;
	bool thread;

	if (flags)
		return -EINVAL;
	pid = pidfd_get_pid(pidfd, &thread);
	if (IS_ERR(pid))
		return PTR_ERR(pid);
	t = pid_task_get(pid, PIDTYPE_PID);
	pid_put(pid);
	if (!t)
		return -ESRCH;
	f = task_file_get(t, fd);
	task_put(t);
	return IS_ERR(f) ? PTR_ERR(f) : fd_install_new(f, O_CLOEXEC);
}
