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

/* Noinline: most want no other machine. */
static __noinline int uname_32bit(struct new_utsname __user *name)
{
	static const char machine[sizeof(name->machine)] = "i686";

	return copy_to_user(name->machine, machine, sizeof(machine));
}

/* Four of the names are the kernel's, two the namespace's: not put together
 * first, and copied again if one of the two has changed meanwhile. */
long sys_uname(struct new_utsname __user *name)
{
	const struct uts_ns *uts = current_uts_ns(current->nsproxy);
	const struct new_utsname *k = &uts_kernel;
	const struct {
		struct piece piece[4];
	} names = { {
		PIECE(k->sysname, sizeof(k->sysname)),
		PIECE(uts->nodename, sizeof(uts->nodename)),
		PIECE(k->release, offsetof(struct new_utsname, domainname) -
					  offsetof(struct new_utsname, release)),
		PIECE(uts->domainname, sizeof(uts->domainname)),
	} };
	u32 version;
	int err;

	do {
		version = uts_read_begin(uts);
		err = copy_pieces_to_user(name, names.piece, names.piece + 4,
					  sizeof(*name));
	} while (uts_read_again(uts, version));
	if (unlikely((current->personality & PER_MASK) == PER_LINUX32) && !err)
		err = uname_32bit(name);
	return err;
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
