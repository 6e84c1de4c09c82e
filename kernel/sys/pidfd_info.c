// SPDX-License-Identifier: MIT
/*
 * ioctl_pidfd(2): what a pidfd tells about its process: the namespaces, as
 * descriptors, and PIDFD_GET_INFO. A process that has been reaped has nothing
 * left but the way it ended.
 */
#include "arch/x86_64/arch.h"
#include "fs/nsfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/lib/string.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/ns/user.h"
#include "kernel/sys/pidfd.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define PIDFD_MAGIC 0xff
#define IOC_TYPE(cmd) (((cmd) >> 8) & 0xff)
#define IOC_NR(cmd) ((cmd)&0xff)
#define IOC_SIZE(cmd) (((cmd) >> 16) & 0x3fff)

/* ---- namespaces ----------------------------------------------------------- */

/* By the ioctl's number: a name in /proc/PID/ns. */
static const char *const ns_names[] = {
	NULL,	"cgroup",	     "ipc",  "mnt",		  "net", "pid",
	"pid_for_children", "time", "time_for_children", "user", "uts",
};

static const struct ns_entry *entry_of(u32 nr)
{
	for (const struct ns_entry *e = ns_entries; e->name; e++)
		if (!strcmp(e->name, ns_names[nr]))
			return e;
	return NULL;
}

/* Of a zombie too, some links of /proc say something. */
static bool has_namespaces(struct task *t)
{
	struct ns *any = task_ns_get(t, NS_UTS);

	if (any)
		ns_put(any, PIN_TEMP);
	return any;
}

/* Counted (PIN_TEMP); ERR_PTR: -EACCES, -ESRCH. The one for children can be had
 * here before its init is born, which the link in /proc hides. */
static struct ns *ns_of(struct task *t, const struct ns_entry *link)
{
	struct ns_entry e = *link;
	struct ns *ns;

	if (!strcmp(e.name, "pid_for_children")) {
		e.get = task_ns_get;
		e.slot = NS_PID_CHILDREN;
	}
	ns = task_ns_checked(t, &e);
	if (ns && !IS_ERR(ns) && !has_namespaces(t)) {
		ns_put(ns, PIN_TEMP);
		ns = NULL;
	}
	return ns ? ns : ERR_PTR(-ESRCH);
}

static long open_ns(struct pid *pid, u32 nr)
{
	const struct ns_entry *e = entry_of(nr);
	struct task *t = pid_task_get(pid, PIDTYPE_PID);
	struct ns *ns;

	if (!t)
		return -ESRCH;
	ns = e ? ns_of(t, e) : ERR_PTR(-EOPNOTSUPP);
	task_put(t);
	return IS_ERR(ns) ? PTR_ERR(ns) : ns_open_fd(ns);
}

/* ---- PIDFD_GET_INFO ------------------------------------------------------- */

static void info_ids(struct pidfd_info *info, struct task *t)
{
	const struct pid_ns *own = task_active_pid_ns(current);
	const struct user_ns *ns = current_user_ns();
	struct cred *c = task_cred_get(t);

	info->ruid = from_kuid_munged(ns, c->uid);
	info->rgid = from_kgid_munged(ns, c->gid);
	info->euid = from_kuid_munged(ns, c->euid);
	info->egid = from_kgid_munged(ns, c->egid);
	info->suid = from_kuid_munged(ns, c->suid);
	info->sgid = from_kgid_munged(ns, c->sgid);
	info->fsuid = from_kuid_munged(ns, c->fsuid);
	info->fsgid = from_kgid_munged(ns, c->fsgid);
	cred_put(c);
	info->pid = (u32)task_pid_nr_ns(t, own);
	info->tgid = (u32)task_tgid_nr_ns(t, own);
	info->ppid = (u32)task_ppid_nr_ns(t, own);
	info->mask |= PIDFD_INFO_PID | PIDFD_INFO_CREDS;
}

static void info_exit(struct pidfd_info *info, struct pid *pid)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);

	if (pid->reaped) {
		info->mask |= PIDFD_INFO_EXIT;
		info->exit_code = pid->exit_code;
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
}

/* The struct grows with time: @size is what the caller knows of it. */
static long get_info(struct pid *pid, void __user *uinfo, size_t size)
{
	struct pidfd_info info;
	struct task *t;
	u64 wanted;

	if (!uinfo || size < PIDFD_INFO_SIZE_VER0)
		return -EINVAL;
	if (copy_from_user(&wanted, uinfo, sizeof(wanted)))
		return -EFAULT;
	memset(&info, 0, sizeof(info));
	if (wanted & PIDFD_INFO_EXIT)
		info_exit(&info, pid);
	t = pid_task_get(pid, PIDTYPE_PID);
	if (t) {
		info_ids(&info, t);
		task_put(t);
	}
	if (!info.mask)
		return why(-ESRCH, "PIDFD_GET_INFO: the process was reaped");
	return copy_to_user(uinfo, &info, size < sizeof(info) ? size :
								sizeof(info));
}

/**
 * pid_ioctl - ioctl_pidfd(2)
 *
 * Context: may sleep.
 * Return: a descriptor or 0; -ENOTTY; -EINVAL: a namespace with an argument,
 * or no room for an answer; -ESRCH: gone; -EACCES: ptrace_may_access() says
 * no; -EOPNOTSUPP: no such type of namespace; -EFAULT, -ENOMEM, -EMFILE.
 */
long pid_ioctl(struct pid *pid, u32 cmd, unsigned long arg)
{
	u32 nr = IOC_NR(cmd);

	if (IOC_TYPE(cmd) != PIDFD_MAGIC)
		return -ENOTTY;
	if (nr == IOC_NR(PIDFD_GET_INFO) && cmd >> 30 == 3)
		return IOC_SIZE(cmd) < PIDFD_INFO_SIZE_VER0 ?
			       -ENOTTY :
			       get_info(pid, (void __user *)arg, IOC_SIZE(cmd));
	if (cmd != _IO(PIDFD_MAGIC, nr) || !nr || nr >= ARRAY_SIZE(ns_names))
		return -ENOTTY;
	return arg ? -EINVAL : open_ns(pid, nr);
}
