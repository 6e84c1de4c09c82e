// SPDX-License-Identifier: MIT
/*
 * pidfds (pidfd_open(2)): a file that names a process and goes on naming it
 * when its number is used again. The file holds the struct pid, not the
 * process, so it never keeps a zombie.
 */
#include <linux/eventpoll.h>
#include <linux/pidfd.h>

#include "fs/inode.h"
#include "fs/seq.h"
#include "kernel/debug/why.h"
#include "kernel/sys/kill.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* ---- the file ----------------------------------------------------------- */

static struct pid *pidfd_private(const struct file *f)
{
	return f->private;
}

/* Has the whole process ended? A zombie leader of living threads has not. */
static bool process_has_exited(struct pid *pid)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t = pid_task(pid, PIDTYPE_PID);
	bool exited = !t || ((t->state & (TASK_ZOMBIE | TASK_DEAD)) &&
			     t->signal->nr_threads == 1);

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return exited;
}

static u32 pidfd_poll(struct file *f, struct poll_table *pt)
{
	struct pid *pid = pidfd_private(f);

	poll_wait(f, &pid->pidfd_wait, pt);
	return process_has_exited(pid) ? EPOLLIN | EPOLLRDNORM : 0;
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

static const struct file_ops pidfd_fops = {
	FILE_OPS_DEFAULTS,
	.poll = pidfd_poll,
	.show_fdinfo = pidfd_show_fdinfo,
	.release = pidfd_release,
};

struct pid *pidfd_pid(const struct file *f)
{
	return f->op == &pidfd_fops ? pidfd_private(f) : NULL;
}

struct file *pidfd_file_new(struct pid *pid, u32 flags)
{
	struct file *f = anon_file_new("[pidfd]", &pidfd_fops, pid,
				       O_RDWR | (flags & O_NONBLOCK));

	if (!IS_ERR(f))
		pid_get(pid); /* only now: release would have put it */
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

	if (!pid_leads_process(pid))
		return why(-EINVAL, "pidfd_open: a thread, not a process");
	f = pidfd_file_new(pid, flags);
	return IS_ERR(f) ? PTR_ERR(f) : fd_install_new(f, O_CLOEXEC);
}

long sys_pidfd_open(int nr, unsigned int flags)
{
	struct pid *pid;
	long fd;

	if ((flags & ~PIDFD_NONBLOCK) || nr <= 0)
		return -EINVAL;
	pid = pid_find_get(task_active_pid_ns(current), nr);
	if (!pid)
		return -ESRCH;
	fd = pidfd_open_pid(pid, flags);
	pid_put(pid);
	return fd;
}

/* ---- pidfd_send_signal -------------------------------------------------- */

/* Counted pid of the descriptor @fd, ERR_PTR(-EBADF). */
static struct pid *pidfd_get_pid(int fd)
{
	struct file *f = fd_get(fd);
	struct pid *pid = f ? pidfd_pid(f) : NULL;

	pid = pid ? pid_get(pid) : ERR_PTR(-EBADF);
	file_put(f);
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
			  const siginfo_t __user *uinfo)
{
	siginfo_t abi;

	if (!uinfo) {
		siginfo_plain(info, sig, SI_USER);
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

long sys_pidfd_send_signal(int pidfd, int sig, siginfo_t __user *uinfo,
			   unsigned int flags)
{
	struct kernel_siginfo info;
	struct pid *pid;
	int err;

	if (flags)
		return -EINVAL;
	pid = pidfd_get_pid(pidfd);
	if (IS_ERR(pid))
		return PTR_ERR(pid);
	if (pid_within_mine(pid))
		err = siginfo_import(&info, pid, sig, uinfo);
	else
		err = why(-EINVAL, "pidfd_send_signal: the process is not in "
				   "the caller's pid namespace");
	if (!err)
		err = signal_send_pid(pid, sig, &info);
	pid_put(pid);
	return err;
}

/* ---- pidfd_getfd -------------------------------------------------------- */

/* Counted; ERR_PTR(-EPERM), ERR_PTR(-EBADF). */
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
		return ERR_PTR(-EBADF);
	f = fd_get_of(files, (u32)fd);
	files_put(files);
	return f ? f : ERR_PTR(-EBADF);
}

long sys_pidfd_getfd(int pidfd, int fd, unsigned int flags)
{
	struct task *t;
	struct pid *pid;
	struct file *f;

	if (flags)
		return -EINVAL;
	pid = pidfd_get_pid(pidfd);
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
