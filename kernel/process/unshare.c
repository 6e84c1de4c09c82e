// SPDX-License-Identifier: MIT
/*
 * unshare(2): current stops sharing. First everything is checked, then what
 * can fail is made (a new fs, a new table of files, a cred in a new user
 * namespace, new namespaces), then all of it becomes current's at once: an error
 * changes nothing.
 */
#include <linux/sched.h>

#include "fs/file.h"
#include "fs/fs_struct.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/task.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/process/nsset.h"
#include "kernel/task/cred.h"
#include "kernel/task/signal.h"
#include "kernel/task/task.h"

#define UNSHARE_PROCESS (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)
#define UNSHARE_OTHER (CLONE_FS | CLONE_FILES | CLONE_SYSVSEM)

/* What a flag says about others: who leaves the memory leaves the handlers,
 * who leaves the handlers leaves the thread group; a new tree of mounts needs
 * a root and cwd of one's own; and so does a new user namespace, whose powers
 * (chroot) threads must not come by. */
static u64 flags_implied(u64 flags)
{
	if (flags & CLONE_NEWUSER)
		flags |= CLONE_THREAD | CLONE_FS;
	if (flags & CLONE_VM)
		flags |= CLONE_SIGHAND;
	if (flags & CLONE_SIGHAND)
		flags |= CLONE_THREAD;
	if (flags & CLONE_NEWNS)
		flags |= CLONE_FS;
	return flags;
}

/* Does another task run on current's memory (a vfork child, a thread)? */
static bool mm_is_shared(void)
{
	struct task *t;
	bool shared = false;
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	list_for_each_entry(t, &task_list, all_link)
		if (t != current && READ_ONCE(t->mm) == current->mm)
			shared = true;
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return shared;
}

/* Threads cannot be taken apart: allowed only where there is nothing to do. */
static int process_check(u64 flags)
{
	if (flags & UNSHARE_PROCESS &&
	    READ_ONCE(current->signal->nr_threads) > 1)
		return why(-EINVAL, "unshare: the process has other threads");
	if (flags & (CLONE_SIGHAND | CLONE_VM) &&
	    refcount_read(&current->sighand->refs) > 1)
		return why(-EINVAL, "unshare: signal handlers are shared");
	if (flags & CLONE_VM && mm_is_shared())
		return why(-EINVAL, "unshare: memory is shared");
	return 0;
}

static int unshare_check(u64 flags)
{
	const u64 known = UNSHARE_PROCESS | UNSHARE_OTHER | ns_all_types;

	if (flags & ~known)
		return why(-EINVAL, "unshare: unknown flags 0x%llx",
			   (unsigned long long)(flags & ~known));
	return process_check(flags);
}

/* What current will have; NULL: it keeps what it has. */
struct fresh {
	struct cred *cred;
	struct fs *fs;
	struct files *files;
	struct nsset set; /* .flags 0: no new namespaces */
};

/* Root and cwd first: the mounts that they are in can go with their namespace. */
static void fresh_put(struct fresh *f)
{
	if (f->fs)
		fs_put(f->fs);
	if (f->set.flags)
		nsset_end(&f->set);
	if (f->files)
		files_put(f->files);
	cred_put(f->cred);
}

/* A copy even of an unshared one for a new mount namespace: its root and cwd
 * are changed before it is sure that the rest succeeds. */
static int fresh_fs(struct fresh *f, u64 flags)
{
	if (!(flags & CLONE_FS) || (!(flags & CLONE_NEWNS) &&
				    refcount_read(&current->fs->refs) == 1))
		return 0;
	f->fs = fs_copy(current->fs);
	if (!IS_ERR(f->fs))
		return 0;
	f->fs = NULL;
	return -ENOMEM;
}

static int fresh_files(struct fresh *f, u64 flags)
{
	struct files *files;

	if (!(flags & CLONE_FILES) ||
	    refcount_read(&current->files->refs) == 1)
		return 0;
	files = files_copy(current->files);
	if (IS_ERR(files))
		return (int)PTR_ERR(files);
	f->files = files;
	return 0;
}

/* The new user namespace: it will own what is made after it. */
static int fresh_cred(struct fresh *f, u64 flags)
{
	struct cred *c;

	if (!(flags & CLONE_NEWUSER))
		return 0;
	c = cred_copy(current->cred);
	if (IS_ERR(c))
		return (int)PTR_ERR(c);
	f->cred = c;
	return user_ns_create(c);
}

/* New namespaces of @types, owned by @user, in an empty scratch. */
static int fresh_set(struct nsset *set, u32 types, struct user_ns *user,
		     struct fs *fs)
{
	int err;

	set->flags = 0;
	if (!ns_capable(user, CAP_SYS_ADMIN))
		return why(-EPERM, "unshare: a new namespace needs "
				   "CAP_SYS_ADMIN in the user namespace");
	err = nsset_begin(set, types);
	set->fs = fs;
	return err ? err : nsset_clone(set, user);
}

/* The new fs and files; what current had is in @f then. */
static void fresh_exchange(struct fresh *f)
{
	struct fs *fs = current->fs;
	struct files *files = current->files;

	spin_lock(&current->lock);
	if (f->fs) {
		current->fs = f->fs;
		f->fs = fs;
	}
	if (f->files) {
		current->files = f->files;
		f->files = files;
	}
	spin_unlock(&current->lock);
}

/* Afterwards @f holds what current had. */
static void fresh_commit(struct fresh *f, u32 flags)
{
	if (f->fs || f->files)
		fresh_exchange(f);
	if (flags & CLONE_SYSVSEM)
		sem_task_exit(current);
	if (f->set.flags)
		nsset_commit(&f->set);
	if (f->cred) {
		cred_commit(f->cred);
		f->cred = NULL;
	}
}

/* More than namespaces, or one to which more belongs (user, mnt). Not inlined: the
 * others would make room for all that. */
static __noinline int unshare_process(u64 flags)
{
	u32 types = (u32)flags & ns_all_types & ~(u32)CLONE_NEWUSER;
	struct fresh f;
	int err;

	f.cred = NULL;
	f.fs = NULL;
	f.files = NULL;
	f.set.flags = 0;
	err = unshare_check(flags);
	if (!err)
		err = fresh_fs(&f, flags);
	if (!err)
		err = fresh_files(&f, flags);
	if (!err)
		err = fresh_cred(&f, flags);
	if (!err && types)
		err = fresh_set(&f.set, types,
				f.cred ? f.cred->user_ns : current_user_ns(),
				f.fs);
	if (!err)
		fresh_commit(&f, (u32)flags);
	fresh_put(&f);
	return err;
}

static int unshare_types(u32 types)
{
	struct nsset set;
	int err = fresh_set(&set, types, current_user_ns(), NULL);

	if (!err)
		nsset_commit(&set);
	if (set.flags)
		nsset_end(&set);
	return err;
}

/**
 * unshare - unshare(2)
 *
 * Context: may sleep.
 * Return: 0; -EINVAL: unknown flags, other threads, or what a type says (a
 * second new pid namespace); -EPERM without CAP_SYS_ADMIN, or a new user
 * namespace from a chroot or by unmapped ids; -ENOSPC: nested too deep, or a limit
 * of /proc/sys/user; -ENOMEM, -EAGAIN.
 */
int unshare(u64 flags)
{
	const u64 alone = ns_all_types & ~(u32)(CLONE_NEWUSER | CLONE_NEWNS);

	if (flags && !(flags & ~alone))
		return unshare_types((u32)flags);
	return unshare_process(flags_implied(flags));
}
