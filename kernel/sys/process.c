// SPDX-License-Identifier: MIT
/*
 * System calls about processes: making, ending, waiting; who is who; groups and
 * sessions.
 */
#include <linux/wait.h>

#include "fs/file.h"
#include "fs/tty.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/process/process.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/signal_impl.h"

/* ---- clone ---------------------------------------------------------------- */

long sys_fork(void)
{
	struct clone_request r = { .exit_signal = SIGCHLD };

	return process_clone(&r);
}

long sys_vfork(void)
{
	struct clone_request r = { .flags = CLONE_VFORK | CLONE_VM,
				   .exit_signal = SIGCHLD };

	return process_clone(&r);
}

long sys_clone(unsigned long flags, unsigned long stack,
	       int __user *parent_tid, int __user *child_tid, unsigned long tls)
{
	struct clone_request r = {
		.flags = (u32)flags & ~(u64)CSIGNAL,
		.exit_signal = flags & CSIGNAL,
		.stack = stack,
		.tls = tls,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
		.pidfd = parent_tid, /* clone(2): the same argument */
	};

	if (r.flags & CLONE_PIDFD && r.flags & CLONE_PARENT_SETTID)
		return -EINVAL;
	return process_clone(&r);
}

/* clone3 has no signal in the flags, so that this bit of it is free. */
#define CLONE3_FLAGS                                                           \
	((~(u64)(CSIGNAL | CLONE_DETACHED) & 0xffffffffULL) | CLONE_NEWTIME)

/* copy_struct_from_user rules: what a newer caller sets and we do not know must
 * be zero. */
static int clone_args_read(struct clone_args *a, struct clone_args __user *ua,
			   size_t size)
{
	const char __user *rest = (const char __user *)ua + sizeof(*a);
	char byte;

	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	memset(a, 0, sizeof(*a));
	for (size_t i = sizeof(*a); i < size; i++) {
		if (copy_from_user(&byte, rest++, 1))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return copy_from_user(a, ua, min(size, sizeof(*a)));
}

static int clone_args_check(const struct clone_args *a, size_t size)
{
	if (a->flags & ~(CLONE3_FLAGS | CLONE_CLEAR_SIGHAND |
			 CLONE_INTO_CGROUP))
		return -EINVAL;
	if (a->flags & CLONE_INTO_CGROUP &&
	    (a->cgroup > 0x7fffffff || size < CLONE_ARGS_SIZE_VER2))
		return why(-EINVAL, "clone3: no place for a cgroup's fd");
	if (a->exit_signal > CSIGNAL || a->exit_signal > _NSIG)
		return -EINVAL;
	if (a->flags & (CLONE_THREAD | CLONE_PARENT) && a->exit_signal)
		return -EINVAL;
	if (!a->stack != !a->stack_size)
		return -EINVAL;
	if (!a->set_tid != !a->set_tid_size ||
	    a->set_tid_size > MAX_PID_NS_LEVEL)
		return -EINVAL;
	return 0;
}

/* Where the child is to be born, counted. NULL: where current is. ERR_PTR:
 * -EBADF, -ENOENT, and what cgroup_may_enter() says. */
static struct cgroup *clone_cgroup(const struct clone_args *a)
{
	struct cgroup *cg;
	struct file *f;
	int err;

	if (!(a->flags & CLONE_INTO_CGROUP))
		return NULL;
	f = fd_get_raw((int)a->cgroup);
	if (!f)
		return ERR_PTR(-EBADF);
	cg = cgroup_of_file(f);
	file_put(f);
	if (IS_ERR(cg))
		return cg;
	err = cgroup_may_enter(cg, a->flags & CLONE_THREAD);
	if (!err)
		return cg;
	cgroup_put(cg);
	return ERR_PTR(err);
}

long sys_clone3(struct clone_args __user *uargs, size_t size)
{
	struct clone_args a;
	pid_t set_tid[MAX_PID_NS_LEVEL];
	struct clone_request r;
	struct cgroup *cgroup;
	long ret;
	int err = clone_args_read(&a, uargs, size);

	if (!err)
		err = clone_args_check(&a, size);
	if (!err && a.set_tid_size)
		err = copy_from_user(set_tid, (void __user *)a.set_tid,
				     a.set_tid_size * sizeof(set_tid[0]));
	if (err)
		return err;
	cgroup = clone_cgroup(&a);
	if (IS_ERR(cgroup))
		return PTR_ERR(cgroup);
	r = (struct clone_request){
		.flags = a.flags,
		.exit_signal = (int)a.exit_signal,
		.cgroup = cgroup,
		.stack = a.stack + a.stack_size,
		.tls = a.tls,
		.pidfd = (int __user *)a.pidfd,
		.parent_tid = (int __user *)a.parent_tid,
		.child_tid = (int __user *)a.child_tid,
		.set_tid = set_tid,
		.set_tid_size = a.set_tid_size,
	};
	ret = process_clone(&r);
	cgroup_put(cgroup);
	return ret;
}

/* ---- the end ------------------------------------------------------------------ */

long sys_exit(int code)
{
	do_exit((code & 0xff) << 8);
}

long sys_exit_group(int code)
{
	do_group_exit((code & 0xff) << 8);
}

/* ---- wait ---------------------------------------------------------------------- */

#define WAIT4_OPTIONS                                                          \
	(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL)

/* wait4(2)'s way to say who: fills .type and .pid (counted). */
static void wait4_who(struct wait_request *w, int pid)
{
	struct pid_ns *ns = task_active_pid_ns(current);

	if (pid == -1)
		return;
	w->type = pid > 0 ? PIDTYPE_PID : PIDTYPE_PGID;
	if (pid)
		w->pid = pid_find_get(ns, pid > 0 ? pid : -pid);
	else
		w->pid = pid_get(current->signal->pids[PIDTYPE_PGID]);
}

long sys_wait4(int pid, int __user *status, int options,
	       struct rusage __user *ru)
{
	struct wait_request w = { .type = PIDTYPE_MAX };
	int err = -ECHILD;

	if (options & ~WAIT4_OPTIONS)
		return -EINVAL;
	if (pid == (int)0x80000000)
		return -ESRCH;
	w.options = options | WEXITED;
	wait4_who(&w, pid);
	if (w.type == PIDTYPE_MAX || w.pid)
		err = process_wait(&w);
	pid_put(w.pid);
	if (err)
		return err;
	if (w.found && status && put_user(w.status, status))
		return -EFAULT;
	if (w.found && ru && copy_to_user(ru, &w.ru, sizeof(w.ru)))
		return -EFAULT;
	return w.found;
}

#define WAITID_OPTIONS                                                         \
	(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD |    \
	 __WCLONE | __WALL)

static int waitid_pidfd(struct wait_request *w, int fd)
{
	struct file *f = fd_get_raw(fd);
	struct pid *pid = f ? pidfd_pid(f) : NULL;

	if (pid)
		w->pid = pid_get(pid);
	if (f && f->flags & O_NONBLOCK)
		w->options |= WNOHANG;
	if (f)
		file_put(f);
	return pid ? 0 : -EBADF;
}

static int waitid_who(struct wait_request *w, int which, int id)
{
	struct pid_ns *ns = task_active_pid_ns(current);

	switch (which) {
	case P_ALL:
		w->type = PIDTYPE_MAX;
		return 0;
	case P_PID:
		w->type = PIDTYPE_PID;
		if (id <= 0)
			return -EINVAL;
		w->pid = pid_find_get(ns, id);
		break;
	case P_PGID:
		w->type = PIDTYPE_PGID;
		if (id < 0)
			return -EINVAL;
		w->pid = id ? pid_find_get(ns, id) :
			      pid_get(current->signal->pids[PIDTYPE_PGID]);
		break;
	case P_PIDFD:
		w->type = PIDTYPE_PID;
		return id < 0 ? -EINVAL : waitid_pidfd(w, id);
	default:
		return -EINVAL;
	}
	return w->pid ? 0 : -ECHILD;
}

long sys_waitid(int which, int id, siginfo_t __user *info, int options,
		struct rusage __user *ru)
{
	struct wait_request w = { .options = options };
	bool nonblock;
	siginfo_t si;
	int err;

	if (options & ~WAITID_OPTIONS ||
	    !(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	err = waitid_who(&w, which, id);
	nonblock = w.options & WNOHANG && !(options & WNOHANG);
	if (!err)
		err = process_wait(&w);
	pid_put(w.pid);
	if (!err && nonblock && !w.found)
		err = -EAGAIN;
	if (err)
		return err;
	if (w.found && ru && copy_to_user(ru, &w.ru, sizeof(w.ru)))
		return -EFAULT;
	if (!info)
		return 0;
	memset(&si, 0, sizeof(si));
	if (w.found)
		siginfo_to_user_layout(&si, &w.info);
	return copy_to_user(info, &si, sizeof(si));
}

/* ---- who is who ------------------------------------------------------------------ */

static struct pid_ns *my_ns(void)
{
	return task_active_pid_ns(current);
}

/* The numbers that current's own pid namespace gives: the innermost ones. */
static pid_t own_nr(const struct pid *pid)
{
	return pid->numbers[pid->level].nr;
}

long sys_getpid(void)
{
	return own_nr(current->signal->pids[PIDTYPE_TGID]);
}

long sys_gettid(void)
{
	return own_nr(current->pid);
}

long sys_getppid(void)
{
	return task_ppid_nr_ns(current, my_ns());
}

long sys_set_tid_address(int __user *tidptr)
{
	current->clear_child_tid = (u32 __user *)tidptr;
	return sys_gettid();
}

long sys_getpgrp(void)
{
	return task_pgrp_nr_ns(current, my_ns());
}

/* Of task number @nr, 0 for current: a role's number, or -ESRCH. */
static long role_of(int nr, pid_t (*role)(const struct task *t,
					  const struct pid_ns *ns))
{
	struct task *t;
	long ret;

	if (!nr)
		return role(current, my_ns());
	t = task_find_get(my_ns(), nr);
	if (!t)
		return -ESRCH;
	ret = role(t, my_ns());
	task_put(t);
	return ret;
}

long sys_getpgid(int pid)
{
	return role_of(pid, task_pgrp_nr_ns);
}

long sys_getsid(int pid)
{
	return role_of(pid, task_session_nr_ns);
}

/* ---- groups and sessions -------------------------------------------------------- */

static bool is_my_child(const struct task *t)
{
	return same_thread_group(t->parent, current);
}

/* setpgid(2)'s rules for moving process @t. */
static int may_move(const struct task *t)
{
	if (is_my_child(t) && !same_thread_group(t, current)) {
		if (t->signal->pids[PIDTYPE_SID] !=
		    current->signal->pids[PIDTYPE_SID])
			return why(-EPERM, "setpgid: a child in another session");
		if (!(t->flags & PF_FORKNOEXEC))
			return why(-EACCES, "setpgid: the child has exec'ed");
	} else if (!same_thread_group(t, current)) {
		return why(-ESRCH, "setpgid: neither this process nor a child");
	}
	if (t->signal->leader_of_session)
		return why(-EPERM, "setpgid: a session leader");
	return 0;
}

/* tasklist_lock held. *@old is to be put. */
static int group_move(struct task *t, struct pid *pgrp, struct pid **old)
{
	struct task *member;
	int err = thread_group_leader(t) ? may_move(t) : -EINVAL;

	if (err)
		return err;
	if (pgrp != t->signal->pids[PIDTYPE_TGID]) {
		member = pid_task(pgrp, PIDTYPE_PGID);
		if (!member || member->signal->pids[PIDTYPE_SID] !=
				       current->signal->pids[PIDTYPE_SID])
			return why(-EPERM, "setpgid: no such group in the session");
	}
	if (t->signal->pids[PIDTYPE_PGID] != pgrp)
		*old = pid_change(t, PIDTYPE_PGID, pgrp);
	return 0;
}

long sys_setpgid(int pid, int pgid)
{
	struct pid_ns *ns = my_ns();
	struct pid *pgrp, *old = NULL;
	struct task *t;
	int err;
	u64 irq;

	if (!pid)
		pid = task_tgid_nr_ns(current, ns);
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	t = task_find_get(ns, pid);
	if (!t)
		return -ESRCH;
	pgrp = pid_find_get(ns, pgid);
	irq = spin_lock_irqsave(&tasklist_lock);
	err = pgrp ? group_move(t, pgrp, &old) : -EPERM;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	pid_put(pgrp);
	pid_put(old);
	task_put(t);
	return err;
}

/* tasklist_lock held. Current's process leads a session and group of its own. */
static int session_new(struct pid **old_pgrp, struct pid **old_sid,
		       struct tty **tty)
{
	struct task *leader = current->signal->leader;
	struct signal *sig = current->signal;
	struct pid *pid = sig->pids[PIDTYPE_TGID];

	if (sig->leader_of_session || pid_task(pid, PIDTYPE_PGID))
		return why(-EPERM, "setsid: leads a process group already");
	*old_pgrp = pid_change(leader, PIDTYPE_PGID, pid);
	*old_sid = pid_change(leader, PIDTYPE_SID, pid);
	sig->leader_of_session = true;
	*tty = sig->tty;
	sig->tty = NULL;
	return 0;
}

long sys_setsid(void)
{
	struct pid *old_pgrp = NULL, *old_sid = NULL;
	struct tty *tty = NULL;
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	int err = session_new(&old_pgrp, &old_sid, &tty);

	spin_unlock_irqrestore(&tasklist_lock, irq);
	pid_put(old_pgrp);
	pid_put(old_sid);
	if (tty)
		tty_put(tty);
	return err ? err : task_session_nr_ns(current, my_ns());
}
