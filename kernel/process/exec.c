// SPDX-License-Identifier: MIT
/*
 * execve(2): another program in the same process. Everything that can fail is
 * done first, beside the process: arguments, file, credentials (exec_cred.c), a
 * whole new address space. Then exec_commit(), which changes the process and cannot fail.
 */
#include <linux/prctl.h>

#include "fs/mount.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/process/exec.h"
#include "kernel/process/process.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/signal_impl.h"

/* ---- preparing ------------------------------------------------------------------- */

static int exec_header(struct exec *x)
{
	ssize_t n;

	memset(x->header, 0, sizeof(x->header));
	n = file_read_kernel(x->file, x->header, sizeof(x->header), 0);
	return n < 0 ? (int)n : 0;
}

static int exec_mm(struct exec *x)
{
	struct mm *mm = mm_new();

	if (IS_ERR(mm))
		return (int)PTR_ERR(mm);
	x->mm = mm;
	exec_mm_owner(x);
	return elf_load(x);
}

/* Scripts lead to other files; the last one is a program. */
static int exec_load(struct exec *x)
{
	int err;

	do {
		err = exec_header(x);
		if (!err)
			err = script_load(x);
	} while (err == 1);
	if (!err)
		err = exec_cred(x);
	return err ? err : exec_mm(x);
}

static void exec_free(struct exec *x)
{
	strings_free(x->args);
	strings_free(x->envs);
	kfree(x->name);
	kfree(x->interp);
	if (x->mm)
		mm_put(x->mm);
	cred_put(x->cred);
	if (x->file) {
		file_allow_write(x->file);
		file_put(x->file);
	}
	kfree(x);
}

/* ---- the point of no return ---------------------------------------------------- */

static int exec_unshare(void)
{
	struct sighand *sh;
	int err = nsproxy_exec();

	if (!err)
		err = files_unshare();
	if (err || refcount_read(&current->sighand->refs) == 1)
		return err;
	sh = sighand_new();
	if (IS_ERR(sh))
		return (int)PTR_ERR(sh);
	sighand_replace(sh);
	return 0;
}

static void exec_comm(const char *name)
{
	const char *slash = strrchr(name, '/');

	task_set_comm(current, slash ? slash + 1 : name);
}

static void exec_commit(struct exec *x)
{
	struct task *t = current;
	u64 irq;

	x->mm->exe_file = x->file;
	x->mm->dumpable = !x->secure && x->readable;
	x->file = NULL;
	if (t->mm)
		process_mm_release(t);
	mm_switch(x->mm);
	x->mm = NULL;
	cred_commit(x->cred);
	x->cred = NULL;
	signal_exec_reset(t);
	posix_timers_exit(t->signal);
	files_exec_close(t->files);
	exec_comm(x->name);
	t->robust_list = NULL;
	t->clear_child_tid = NULL;
	irq = spin_lock_irqsave(&tasklist_lock);
	t->flags &= ~(u32)(PF_FORKNOEXEC | PF_KTHREAD);
	WRITE_ONCE(t->self_exec_id, t->self_exec_id + 1);
	t->exit_signal = SIGCHLD; /* what clone asked for was of the old one */
	if (x->secure)
		t->pdeath_signal = 0;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	arch_exec_setup(arch_user_regs(&t->arch), x->entry, x->sp);
}

static int exec_run(struct exec *x)
{
	int err = exec_load(x);

	if (!err)
		err = de_thread();
	if (!err)
		err = exec_unshare();
	if (!err)
		exec_commit(x);
	return err;
}

/* ---- the calls ---------------------------------------------------------------------- */

/* AT_EXECFN, and what a script's interpreter gets as the script's name. */
static char *exec_name(int dirfd, const char *path)
{
	if (dirfd == AT_FDCWD || *path == '/')
		return kstrdup(path);
	if (!*path)
		return kasprintf("/dev/fd/%d", dirfd);
	return kasprintf("/dev/fd/%d/%s", dirfd, path);
}

static int exec_strings(struct exec *x, const void *argv, const void *envp,
			bool user)
{
	int err;

	x->args = strings_new();
	x->envs = strings_new();
	if (!x->args || !x->envs)
		return -ENOMEM;
	err = strings_import(x->args, argv, user);
	if (!err)
		err = strings_import(x->envs, envp, user);
	if (!err && !x->args->count) /* argv[0] must be there: Linux 5.18 */
		err = strings_add(x->args, "");
	return err;
}

static int do_exec(int dirfd, const char *path, const void *argv,
		   const void *envp, int flags, bool user)
{
	struct exec *x;
	int err = exec_nproc_check();

	if (err)
		return err;
	x = kzalloc(sizeof(*x));
	if (!x)
		return -ENOMEM;
	x->file = file_open_exec(dirfd, path, flags);
	if (IS_ERR(x->file)) {
		err = (int)PTR_ERR(x->file);
		x->file = NULL;
	}
	if (!err)
		x->name = exec_name(dirfd, path);
	if (!err && !x->name)
		err = -ENOMEM;
	x->name_ends = dirfd != AT_FDCWD && *path != '/' &&
		       fd_cloexec(current->files, (u32)dirfd);
	if (!err)
		err = exec_strings(x, argv, envp, user);
	if (!err)
		err = exec_run(x);
	exec_free(x);
	return err;
}

int kernel_execve(const char *path, const char *const *argv,
		  const char *const *envp)
{
	return do_exec(AT_FDCWD, path, argv, envp, 0, false);
}

long sys_execve(const char __user *path, const char __user *const __user *argv,
		const char __user *const __user *envp)
{
	char *name = getname(path, 0);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_exec(AT_FDCWD, name, argv, envp, 0, true);
	putname(name);
	return err;
}

long sys_execveat(int dirfd, const char __user *path,
		  const char __user *const __user *argv,
		  const char __user *const __user *envp, int flags)
{
	char *name;
	long err;

	if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	name = getname(path, flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_exec(dirfd, name, argv, envp, flags, true);
	putname(name);
	return err;
}
