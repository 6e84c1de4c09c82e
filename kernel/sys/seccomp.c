// SPDX-License-Identifier: MIT
/*
 * seccomp(2), and prctl(2)'s PR_SET_SECCOMP: see kernel/task/seccomp.h. Not here:
 * a listener (SECCOMP_FILTER_FLAG_NEW_LISTENER) and other threads
 * (SECCOMP_FILTER_FLAG_TSYNC), which are unknown flags.
 */
#include "kernel/debug/why.h"
#include "kernel/lib/alloc.h"
#include "kernel/mm/mm.h"
#include "kernel/sys/prctl.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/seccomp.h"

#define FLAGS (SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW)

/* Who filters must not mislead a set-id program. */
static int may_filter(void)
{
	if (current->cred->no_new_privs ||
	    ns_capable(current_user_ns(), CAP_SYS_ADMIN))
		return 0;
	return why(-EACCES, "seccomp: neither no_new_privs nor CAP_SYS_ADMIN");
}

static long filter_take(const struct sock_fprog *fprog)
{
	size_t size = fprog->len * sizeof(struct sock_filter);
	struct sock_filter *prog = kmalloc(size);
	long err = -ENOMEM;

	if (prog)
		err = copy_from_user(prog, (const void __user *)fprog->filter,
				     size);
	if (!err)
		err = seccomp_add(prog, fprog->len);
	kfree(prog);
	return err;
}

static long filter_set(u32 flags, const void __user *arg)
{
	struct sock_fprog fprog;
	long err;

	if (flags & ~(u32)FLAGS)
		return -EINVAL;
	if (copy_from_user(&fprog, arg, sizeof(fprog)))
		return -EFAULT;
	if (!fprog.len || fprog.len > BPF_MAXINSNS)
		return -EINVAL;
	err = may_filter();
	return err ? err : filter_take(&fprog);
}

/* Is there an action of that number? */
static long action_avail(const u32 __user *arg)
{
	static const u32 actions[] = {
		SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD,
		SECCOMP_RET_TRAP,	  SECCOMP_RET_ERRNO,
		SECCOMP_RET_TRACE,	  SECCOMP_RET_LOG,
		SECCOMP_RET_ALLOW,
	};
	u32 action;

	if (copy_from_user(&action, arg, sizeof(action)))
		return -EFAULT;
	for (u32 i = 0; i < ARRAY_SIZE(actions); i++)
		if (actions[i] == action)
			return 0;
	return -EOPNOTSUPP;
}

long sys_seccomp(unsigned int op, unsigned int flags, void __user *arg)
{
	switch (op) {
	case SECCOMP_SET_MODE_STRICT:
		return flags || arg ? -EINVAL : seccomp_set_strict();
	case SECCOMP_SET_MODE_FILTER:
		return filter_set(flags, arg);
	case SECCOMP_GET_ACTION_AVAIL:
		return flags ? -EINVAL : action_avail(arg);
	default:
		return -EINVAL;
	}
}

long prctl_seccomp_set(unsigned long mode, void __user *arg)
{
	switch (mode) {
	case SECCOMP_MODE_STRICT:
		return seccomp_set_strict();
	case SECCOMP_MODE_FILTER:
		return filter_set(0, arg);
	default:
		return -EINVAL;
	}
}
