// SPDX-License-Identifier: MIT
/*
 * clone(2): a new task, which shares or copies each part of its parent.
 *
 * First everything that can fail, part by part, into a task that nobody knows;
 * then, under tasklist_lock, the child enters the tree and the pids, which cannot
 * fail; then it runs. A child that is not finished is undone by child_undo(),
 * which puts what is there.
 */
#include <linux/capability.h>

#include "fs/file.h"
#include "fs/fs_struct.h"
#include "fs/tty.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/task.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/ns/ucount.h"
#include "kernel/process/process.h"
#include "kernel/task/seccomp.h"
#include "kernel/task/cred.h"
#include "kernel/task/signal_impl.h"

static bool shares(const struct clone_request *r, u64 flag)
{
	return r->flags & flag;
}

/* ---- the rules of clone(2) --------------------------------------------------- */

static int flags_check(const struct clone_request *r)
{
	if (shares(r, CLONE_NEWNS) && shares(r, CLONE_FS))
		return why(-EINVAL, "clone: CLONE_NEWNS with CLONE_FS");
	if (shares(r, CLONE_THREAD) && !shares(r, CLONE_SIGHAND))
		return why(-EINVAL, "clone: CLONE_THREAD without CLONE_SIGHAND");
	if (shares(r, CLONE_SIGHAND) && !shares(r, CLONE_VM))
		return why(-EINVAL, "clone: CLONE_SIGHAND without CLONE_VM");
	if (shares(r, CLONE_SIGHAND) && shares(r, CLONE_CLEAR_SIGHAND))
		return why(-EINVAL,
			   "clone: CLONE_SIGHAND with CLONE_CLEAR_SIGHAND");
	if (shares(r, CLONE_NEWUSER) && shares(r, CLONE_FS))
		return why(-EINVAL, "clone: CLONE_NEWUSER with CLONE_FS");
	if (shares(r, CLONE_THREAD) && shares(r, CLONE_NEWPID | CLONE_NEWUSER))
		return why(-EINVAL, "clone: a thread in a new pid or user "
				    "namespace");
	if (shares(r, CLONE_PARENT) &&
	    pid_is_init(current->signal->pids[PIDTYPE_TGID]))
		return why(-EINVAL, "clone: CLONE_PARENT by init");
	if (shares(r, CLONE_PIDFD) && shares(r, CLONE_DETACHED))
		return why(-EINVAL, "clone: CLONE_PIDFD with CLONE_DETACHED");
	return 0;
}

/* RLIMIT_NPROC binds those without privileges; @c is the child's, counted. */
static int nproc_check(const struct cred *c)
{
	u64 limit = READ_ONCE(current->signal->rlim[RLIMIT_NPROC].cur);

	if (!ucount_over(c->ucount, UCOUNT_NPROC, limit) || !c->uid ||
	    capable(CAP_SYS_RESOURCE) || capable(CAP_SYS_ADMIN))
		return 0;
	return why(-EAGAIN, "clone: RLIMIT_NPROC, of user %u or above", c->uid);
}

/* ---- the parts --------------------------------------------------------------- */

/* The child counts as its user's from here on: child_undo(), task_release(). */
static int copy_cred(const struct clone_request *r, struct task *child)
{
	struct cred *c = cred_get(current->cred);
	int err = 0;

	if (shares(r, CLONE_NEWUSER)) {
		cred_put(c);
		c = cred_copy(current->cred);
		if (IS_ERR(c))
			return (int)PTR_ERR(c);
		err = user_ns_create(c);
	}
	if (err) {
		cred_put(c);
		return err;
	}
	child->cred = c;
	ucount_add(c->ucount, UCOUNT_NPROC, 1);
	return nproc_check(c);
}

static int copy_files(const struct clone_request *r, struct task *child)
{
	struct files *files = current->files;

	if (files && shares(r, CLONE_FILES)) {
		refcount_inc(&files->refs);
		child->files = files;
		return 0;
	}
	files = files ? files_copy(files) : files_new();
	if (IS_ERR(files))
		return (int)PTR_ERR(files);
	child->files = files;
	return 0;
}

static int copy_fs(const struct clone_request *r, struct task *child)
{
	struct fs *fs = shares(r, CLONE_FS) ? fs_get(current->fs) :
					      fs_copy(current->fs);

	if (IS_ERR(fs))
		return (int)PTR_ERR(fs);
	child->fs = fs;
	return 0;
}

static int copy_sighand(const struct clone_request *r, struct task *child)
{
	struct sighand *old = current->sighand, *sh;
	u64 irq;

	if (shares(r, CLONE_SIGHAND)) {
		refcount_inc(&old->refs);
		child->sighand = old;
		return 0;
	}
	sh = sighand_new();
	if (IS_ERR(sh))
		return (int)PTR_ERR(sh);
	irq = spin_lock_irqsave(&old->lock);
	memcpy(sh->action, old->action, sizeof(sh->action));
	spin_unlock_irqrestore(&old->lock, irq);
	for (u32 i = 0; shares(r, CLONE_CLEAR_SIGHAND) && i < _NSIG; i++)
		if (!handler_is_ignore(&sh->action[i]))
			sh->action[i] = (struct k_sigaction){ 0 };
	child->sighand = sh;
	return 0;
}

static int copy_signal(const struct clone_request *r, struct task *child)
{
	struct signal *old = current->signal, *sig;

	if (shares(r, CLONE_THREAD)) {
		refcount_inc(&old->refs);
		child->signal = old;
		return 0;
	}
	sig = signal_new();
	if (IS_ERR(sig))
		return (int)PTR_ERR(sig);
	memcpy(sig->rlim, old->rlim, sizeof(sig->rlim));
	sig->oom_score_adj = old->oom_score_adj;
	sig->leader = child;
	child->signal = sig;
	return 0;
}

static int copy_mm(const struct clone_request *r, struct task *child)
{
	struct mm *mm = current->mm;

	if (!mm)
		return 0;
	mm = shares(r, CLONE_VM) ? mm_get(mm) : mm_copy(mm);
	if (IS_ERR(mm))
		return (int)PTR_ERR(mm);
	child->mm = mm;
	return 0;
}

static int copy_pid(const struct clone_request *r, struct task *child)
{
	struct pid_ns *ns = to_pid_ns(child->nsproxy->ns[NS_PID_CHILDREN]);
	struct pid *pid = pid_new(ns, r->set_tid, r->set_tid_size);

	if (IS_ERR(pid))
		return (int)PTR_ERR(pid);
	child->pid = pid;
	return 0;
}

/* What needs no allocation. */
static void copy_plain(const struct clone_request *r, struct task *child)
{
	const struct task *p = current;

	task_set_comm(child, p->comm);
	child->flags = PF_FORKNOEXEC;
	child->blocked = p->blocked;
	child->personality = p->personality;
	child->login_uid = p->login_uid;
	child->session_id = p->session_id;
	child->ioprio = p->ioprio;
	child->timer_slack = p->timer_slack;
	seccomp_fork(child);
	child->self_exec_id = p->self_exec_id;
	if (!shares(r, CLONE_VM) || shares(r, CLONE_VFORK)) {
		child->sas_sp = p->sas_sp;
		child->sas_size = p->sas_size;
		child->sas_flags = p->sas_flags;
	}
	if (shares(r, CLONE_CHILD_SETTID))
		child->set_child_tid = (u32 __user *)r->child_tid;
	if (shares(r, CLONE_CHILD_CLEARTID))
		child->clear_child_tid = (u32 __user *)r->child_tid;
}

static void copy_arch(const struct clone_request *r, struct task *child)
{
	if (r->kernel_fn) {
		arch_kthread_setup(&child->arch, r->kernel_fn, r->kernel_arg);
		return;
	}
	arch_fork_setup(&child->arch, arch_user_regs(&current->arch),
			r->stack);
	if (shares(r, CLONE_SETTLS))
		child->arch.fs_base = r->tls;
}

static void child_undo(struct task *child)
{
	if (child->pid)
		pid_release(child->pid);
	if (child->nsproxy)
		nsproxy_put(child->nsproxy);
	if (child->mm)
		mm_put(child->mm);
	if (child->sighand)
		sighand_put(child->sighand);
	fs_put(child->fs);
	sem_task_exit(child);
	files_put(child->files);
	if (child->cred)
		ucount_sub(child->cred->ucount, UCOUNT_NPROC, 1);
	task_put(child);
}

/* A child with all its parts, not in the tree; ERR_PTR. */
static struct task *child_new(const struct clone_request *r)
{
	struct task *child = task_new(true);
	int err;

	if (IS_ERR(child))
		return child;
	copy_plain(r, child);
	err = copy_cred(r, child);
	if (!err)
		err = copy_files(r, child);
	if (!err)
		err = sem_task_fork(r->flags, child);
	if (!err)
		err = copy_fs(r, child);
	if (!err)
		err = copy_sighand(r, child);
	if (!err)
		err = copy_signal(r, child);
	if (!err)
		err = copy_mm(r, child);
	if (!err)
		err = nsproxy_fork((u32)r->flags, child);
	if (!err)
		err = copy_pid(r, child);
	if (err) {
		child_undo(child);
		return ERR_PTR(err);
	}
	copy_arch(r, child);
	sched_fork(child);
	return child;
}

/* ---- into the tree ----------------------------------------------------------- */

static void attach_parent(const struct clone_request *r, struct task *child)
{
	struct task *leader = current->signal->leader;

	if (shares(r, CLONE_PARENT | CLONE_THREAD)) {
		child->parent = current->parent;
		child->parent_exec_id = current->parent_exec_id;
		child->exit_signal = shares(r, CLONE_THREAD) ?
					     -1 : leader->exit_signal;
	} else {
		child->parent = current;
		child->parent_exec_id = current->self_exec_id;
		child->exit_signal = r->exit_signal;
	}
}

static void attach_process(struct task *child)
{
	struct signal *sig = child->signal, *mine = current->signal;
	struct pid_ns *ns = pid_ns_of(child->pid);

	sig->nr_threads = sig->live = 1;
	sig->has_child_subreaper =
		child->parent->signal->has_child_subreaper ||
		child->parent->signal->is_child_subreaper;
	if (mine->tty)
		sig->tty = tty_get(mine->tty);
	sig->pids[PIDTYPE_TGID] = pid_get(child->pid);
	sig->pids[PIDTYPE_PGID] = pid_get(mine->pids[PIDTYPE_PGID]);
	sig->pids[PIDTYPE_SID] = pid_get(mine->pids[PIDTYPE_SID]);
	if (pid_is_init(child->pid)) {
		ns->child_reaper = child;
		ns->had_init = true;
		sig->unkillable = true;
	}
	list_add_tail(&child->sibling, &child->parent->children);
	for (enum pid_type t = PIDTYPE_TGID; t < PIDTYPE_MAX; t++)
		pid_attach(child, t);
}

static void attach_thread(struct task *child)
{
	child->signal->nr_threads++;
	atomic_add(&child->signal->live, 1);
}

/* 0; -ERESTARTNOINTR: a signal came, which goes first; -ENOMEM: the pid
 * namespace has closed. */
static int attach_check(const struct task *child)
{
	if (signal_pending(current))
		return -ERESTARTNOINTR;
	if (!pid_ns_of(child->pid)->adding)
		return -ENOMEM;
	return 0;
}

static int child_attach(const struct clone_request *r, struct task *child)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	int err;

	spin_lock(&current->sighand->lock);
	err = attach_check(child);
	if (!err)
		err = cgroup_fork(child, r->cgroup);
	if (!err) {
		attach_parent(r, child);
		if (shares(r, CLONE_THREAD))
			attach_thread(child);
		else
			attach_process(child);
		list_add_tail(&child->thread_link, &child->signal->threads);
		list_add_tail(&child->all_link, &task_list);
		pid_attach(child, PIDTYPE_PID);
	}
	spin_unlock(&current->sighand->lock);
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return err;
}

/* ---- the whole ---------------------------------------------------------------- */

/* A reserved descriptor with a pidfd for @child; *@fd < 0: not asked for. */
static int pidfd_prepare(const struct clone_request *r, struct task *child,
			 int *fd, struct file **file)
{
	*fd = -1;
	if (!shares(r, CLONE_PIDFD))
		return 0;
	*fd = fd_alloc(0, true);
	if (*fd < 0)
		return *fd;
	*file = pidfd_file_new(child->pid, O_RDWR);
	if (!IS_ERR(*file)) {
		if (!put_user(*fd, r->pidfd))
			return 0;
		file_put(*file);
		*file = ERR_PTR(-EFAULT);
	}
	fd_free(*fd);
	return (int)PTR_ERR(*file);
}

static void pidfd_undo(int fd, struct file *file)
{
	if (fd < 0)
		return;
	fd_free(fd);
	file_put(file);
}

/* vfork(2): wait until the child has its own address space, or none. Killed
 * meanwhile: the child must not touch our completion any more. */
static void wait_for_vfork(struct task *child, struct completion *done)
{
	current->flags |= PF_VFORK;
	task_freeze_enter(); /* it does not run: it counts as frozen */
	if (wait_for_completion_killable(done)) {
		spin_lock(&child->lock);
		child->vfork_done = NULL;
		spin_unlock(&child->lock);
	}
	task_freeze_leave();
	current->flags &= ~(u32)PF_VFORK;
}

/* A bad address is nobody's error, as on Linux: the child exists by now. */
static void tell_parent(const struct clone_request *r, int nr)
{
	int err __maybe_unused = put_user(nr, r->parent_tid);
}

static void child_run(struct task *child)
{
	task_get(child); /* the scheduler's */
	sched_new_task(child);
}

/**
 * process_clone - clone(2), clone3(2), fork(2), vfork(2)
 * @req: validated as to encoding; flags are checked here
 *
 * Context: current is the parent; may sleep.
 * Return: the child's number in the parent's pid namespace. -EINVAL (flags),
 * -EAGAIN (RLIMIT_NPROC, no number), -ENOMEM, -EPERM, -ENOSPC, -EMFILE,
 * -EFAULT (pidfd), -ERESTARTNOINTR.
 */
long process_clone(const struct clone_request *req)
{
	struct completion vfork;
	struct file *pidfd = NULL;
	struct task *child;
	int fd, err = flags_check(req);
	long nr;

	if (err)
		return err;
	child = child_new(req);
	if (IS_ERR(child))
		return PTR_ERR(child);
	completion_init(&vfork);
	if (shares(req, CLONE_VFORK))
		child->vfork_done = &vfork;
	err = pidfd_prepare(req, child, &fd, &pidfd);
	if (err)
		goto undo_child;
	err = child_attach(req, child);
	if (err)
		goto undo_pidfd;
	nr = pid_nr(child->pid, task_active_pid_ns(current));
	if (fd >= 0)
		fd_install(fd, pidfd);
	if (shares(req, CLONE_PARENT_SETTID))
		tell_parent(req, (int)nr);
	task_get(child);
	child_run(child);
	if (shares(req, CLONE_VFORK))
		wait_for_vfork(child, &vfork);
	task_put(child);
	return nr;

undo_pidfd:
	pidfd_undo(fd, pidfd);
undo_child:
	child_undo(child);
	return err;
}

struct task *process_spawn_init(void (*fn)(void *arg), void *arg)
{
	struct clone_request req = {
		.flags = CLONE_FS,
		.exit_signal = SIGCHLD,
		.kernel_fn = fn,
		.kernel_arg = arg,
	};
	struct task *child = child_new(&req);
	int err;

	if (IS_ERR(child))
		return child;
	err = child_attach(&req, child);
	if (err) {
		child_undo(child);
		return ERR_PTR(err);
	}
	child_run(child);
	return child;
}
