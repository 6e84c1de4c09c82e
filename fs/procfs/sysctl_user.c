// SPDX-License-Identifier: MIT
/*
 * /proc/sys/user: how many namespaces of each type a user may have (namespaces(7)).
 * The values belong to the user namespace of who opened the file; with
 * CAP_SYS_RESOURCE over it they can be changed, in either direction. The counts
 * are kernel/ns/ucount.c's.
 */
#include <linux/sched.h>

#include "fs/procfs/procfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/task/cred.h"

#define NS_MAX_MAX 0x7fffffffu

static u32 *limit_of(const struct file *f)
{
	const struct proc_entry *e = proc_inode(f->inode)->entry;

	u32 what = *(const u32 *)e->data; /* CLONE_NEW*, or UCOUNT_* */

	if (what >= NR_UCOUNTS)
		what = ns_kind(what);
	return &f->cred->user_ns->ns_max[what];
}

static int show_max(struct seq *s, struct file *f)
{
	seq_printf(s, "%u\n", READ_ONCE(*limit_of(f)));
	return 0;
}

static ssize_t write_max(struct file *f, char *text,
			 size_t len __maybe_unused)
{
	u64 v;

	if (parse_u64(text, 0, &v) || v > NS_MAX_MAX)
		return -EINVAL;
	WRITE_ONCE(*limit_of(f), (u32)v);
	return 0;
}

static u32 access_max(const struct proc_entry *e)
{
	if (ns_capable(current_user_ns(), CAP_SYS_RESOURCE))
		return e->mode >> 6 & 7;
	return e->mode & MAY_READ;
}

#define LIMIT(name_, kind)                                                     \
	{ .name = "max_" name_, .mode = S_IFREG | 0644, .show = show_max,      \
	  .write = write_max, .access = access_max,                            \
	  .data = &(const u32){ kind } }
#define MAX(name_, type) LIMIT(name_ "_namespaces", type)

const struct proc_entry proc_sys_user[] = {
	MAX("cgroup", CLONE_NEWCGROUP),
	LIMIT("inotify_instances", UCOUNT_INOTIFY_INSTANCES),
	LIMIT("inotify_watches", UCOUNT_INOTIFY_WATCHES),
	MAX("ipc", CLONE_NEWIPC),
	MAX("mnt", CLONE_NEWNS),
	MAX("net", CLONE_NEWNET),
	MAX("pid", CLONE_NEWPID),
	MAX("time", CLONE_NEWTIME),
	MAX("user", CLONE_NEWUSER),
	MAX("uts", CLONE_NEWUTS),
	{ 0 },
};
