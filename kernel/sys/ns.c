// SPDX-License-Identifier: MIT
/* The system calls of namespaces and of the names in the UTS namespace. */
#include <linux/personality.h>
#include <linux/utsname.h>

#include "fs/file.h"
#include "fs/nsfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/process/nsset.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

long sys_unshare(unsigned long flags)
{
	return unshare(flags);
}

/* A namespace file, or a pidfd and types: whatever else is refused. */
static int setns_file(struct file *f, int nstype)
{
	struct ns *ns = file_ns(f);
	struct pid *pid;

	if (ns)
		return setns_ns(ns, (u32)nstype);
	pid = pidfd_pid(f);
	if (pid)
		return setns_pid(pid, (u32)nstype);
	return why(-EINVAL, "setns: fd is neither a namespace nor a pidfd");
}

long sys_setns(int fd, int nstype)
{
	struct fdref ref = fd_borrow(fd);
	int err;

	if (!ref.file)
		return -EBADF;
	err = setns_file(ref.file, nstype);
	fd_return(ref);
	return err;
}

long sys_uname(struct new_utsname __user *name)
{
	struct new_utsname copy;

	uts_read(current_uts_ns(current->nsproxy), &copy);
	if ((current->personality & PER_MASK) == PER_LINUX32)
		strlcpy(copy.machine, "i686", sizeof(copy.machine));
	return copy_to_user(name, &copy, sizeof(copy));
}

/* Copy in first: nothing changes if it faults. */
static int uts_name_set(const char __user *name, int len, const char *call,
			void (*set)(struct uts_ns *uts, const char *name,
				    size_t len))
{
	struct uts_ns *uts = current_uts_ns(current->nsproxy);
	char copy[__NEW_UTS_LEN];

	if (!ns_capable(uts->ns.owner, CAP_SYS_ADMIN))
		return why(-EPERM, "%s: no CAP_SYS_ADMIN over the owner of "
				   "uts:[%u]", call, uts->ns.inum);
	if (len < 0 || len > __NEW_UTS_LEN)
		return why(-EINVAL, "%s: %d is not in 0..%d", call, len,
			   __NEW_UTS_LEN);
	if (copy_from_user(copy, name, (size_t)len))
		return -EFAULT;
	set(uts, copy, (size_t)len);
	return 0;
}

long sys_sethostname(const char __user *name, int len)
{
	return uts_name_set(name, len, "sethostname", uts_set_nodename);
}

long sys_setdomainname(const char __user *name, int len)
{
	return uts_name_set(name, len, "setdomainname", uts_set_domainname);
}
