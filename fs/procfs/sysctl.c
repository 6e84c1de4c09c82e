// SPDX-License-Identifier: MIT
/*
 * /proc/sys: values of the kernel. Those that belong to a namespace are those of
 * the reader's: hostname of its uts namespace, pid_max of its pid namespace.
 */
#include <linux/capability.h>
#include <linux/resource.h>

#include "fs/absent.h"
#include "fs/file.h"
#include "fs/mount.h"
#include "fs/inotify.h"
#include "fs/nsfs.h"
#include "fs/procfs/procfs.h"
#include "fs/protected.h"
#include "fs/pty.h"
#include "kernel/ipc/limits.h"
#include "kernel/lib/string.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/sys/random.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* Root may, whatever capabilities it has, and nobody else, whatever he has: the
 * machine's values are not for those who are root in a user namespace only. */
static u32 access_by_owner(const struct proc_entry *e)
{
	const struct cred *c = current->cred;

	if (!c->euid)
		return e->mode >> 6 & 7;
	return c->egid && !cred_in_group(c, 0) ? e->mode & 7 : e->mode >> 3 & 7;
}

/* What belongs to a namespace is also its owner's root's. */
static u32 access_of(const struct proc_entry *e, const struct user_ns *owner)
{
	if (current->cred->euid == make_kuid(owner, 0))
		return e->mode >> 6 & 7;
	return access_by_owner(e);
}

static u32 access_of_pid_ns(const struct proc_entry *e)
{
	const struct user_ns *owner = task_active_pid_ns(current)->ns.owner;

	if (ns_capable(owner, CAP_SYS_ADMIN))
		return e->mode >> 6 & 7;
	return access_of(e, owner);
}

static u32 access_of_ipc_ns(const struct proc_entry *e)
{
	return access_of(e, current->nsproxy->ns[NS_IPC]->owner);
}

static struct uts_ns *my_uts(void)
{
	return current_uts_ns(current->nsproxy);
}

/* ---- names -------------------------------------------------------------------------- */

#define SHOW_NAME(field, uts)                                                  \
	static int show_##field(struct seq *s, struct file *f __maybe_unused)  \
	{                                                                      \
		struct new_utsname u;                                          \
		uts_read(uts, &u);                                             \
		seq_printf(s, "%s\n", u.field);                                \
		return 0;                                                      \
	}

SHOW_NAME(nodename, my_uts())
SHOW_NAME(domainname, my_uts())
SHOW_NAME(sysname, my_uts())
SHOW_NAME(release, my_uts())
SHOW_NAME(version, my_uts())

static ssize_t write_nodename(struct file *f __maybe_unused, char *text,
			      size_t len)
{
	uts_set_nodename(my_uts(), text, min(len, (size_t)__NEW_UTS_LEN));
	return 0;
}

static ssize_t write_domainname(struct file *f __maybe_unused, char *text,
				size_t len)
{
	uts_set_domainname(my_uts(), text, min(len, (size_t)__NEW_UTS_LEN));
	return 0;
}

/* ---- pids --------------------------------------------------------------------------- */

static int show_pid_max(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s, "%d\n", task_active_pid_ns(current)->pid_max);
	return 0;
}

static ssize_t write_pid_max(struct file *f __maybe_unused, char *text,
			     size_t len __maybe_unused)
{
	u64 v;

	if (parse_u64(text, 0, &v) || v < RESERVED_PIDS + 1 ||
	    v > PID_MAX_LIMIT)
		return -EINVAL;
	task_active_pid_ns(current)->pid_max = (pid_t)v;
	return 0;
}

static int show_last_pid(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s, "%d\n", task_active_pid_ns(current)->last_pid);
	return 0;
}

static ssize_t write_last_pid(struct file *f __maybe_unused, char *text,
			      size_t len __maybe_unused)
{
	struct pid_ns *ns = task_active_pid_ns(current);
	u64 v;

	if (!ns_capable(ns->ns.owner, CAP_CHECKPOINT_RESTORE) &&
	    !ns_capable(ns->ns.owner, CAP_SYS_ADMIN))
		return -EPERM;
	if (parse_u64(text, 0, &v) || v >= (u64)ns->pid_max)
		return -EINVAL;
	WRITE_ONCE(ns->last_pid, (pid_t)v);
	return 0;
}

/* ---- random --------------------------------------------------------------------------- */

static void show_uuid_of(struct seq *s, u8 b[16])
{
	b[6] = (b[6] & 0x0f) | 0x40; /* RFC 4122: version 4, random */
	b[8] = (b[8] & 0x3f) | 0x80;
	for (u32 i = 0; i < 16; i++)
		seq_printf(s, "%s%02x",
			   i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			   b[i]);
	seq_putc(s, '\n');
}

static int show_uuid(struct seq *s, struct file *f __maybe_unused)
{
	u8 b[16];

	random_bytes(b, sizeof(b));
	show_uuid_of(s, b);
	return 0;
}

static int show_boot_id(struct seq *s, struct file *f __maybe_unused)
{
	static u8 id[16];
	static DEFINE_SPINLOCK(id_lock);
	static bool made;

	spin_lock(&id_lock);
	if (!made)
		random_bytes(id, sizeof(id));
	made = true;
	spin_unlock(&id_lock);
	show_uuid_of(s, id);
	return 0;
}

/* ---- constants of this kernel ----------------------------------------------------------- */

#define SHOW_NUMBER(name, value)                                               \
	static int show_##name(struct seq *s, struct file *f __maybe_unused)   \
	{                                                                      \
		seq_printf(s, "%llu\n", (unsigned long long)(value));          \
		return 0;                                                      \
	}

SHOW_NUMBER(cap_last_cap, CAP_LAST_CAP)
SHOW_NUMBER(ngroups_max, NGROUPS_MAX)
SHOW_NUMBER(threads_max, init_task.signal->rlim[RLIMIT_NPROC].cur * 2)
SHOW_NUMBER(file_max, 0x7fffffffffffffffULL)
SHOW_NUMBER(nr_open, READ_ONCE(nr_open))
SHOW_NUMBER(pipe_max_size, 1u << 20)
SHOW_NUMBER(overcommit_memory, 0)
SHOW_NUMBER(max_map_count, 65530)

/* 2 and 3 let go of names that are only kept (proc(5)); of pages there is
 * nothing to drop, since no file system here has a disk below it. */
static ssize_t write_drop_caches(struct file *f __maybe_unused, char *text,
				 size_t len __maybe_unused)
{
	u64 v;

	if (parse_u64(text, 0, &v) || v < 1 || v > 4)
		return -EINVAL;
	if (v & 2) {
		proc_flush_all();
		absent_flush(NULL);
		nsfs_drop_spares();
	}
	return 0;
}

/* Somebody without a name: what stat(2) and its like show. */
static int show_overflow_uid(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s, "%u\n", overflow_uid);
	return 0;
}

static int show_overflow_gid(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s, "%u\n", overflow_gid);
	return 0;
}

static ssize_t write_below(char *text, u64 most, u32 *value)
{
	u64 v;

	if (parse_u64(text, 0, &v) || v > most)
		return -EINVAL;
	WRITE_ONCE(*value, (u32)v);
	return 0;
}

static ssize_t write_overflow_uid(struct file *f __maybe_unused, char *text,
				  size_t len __maybe_unused)
{
	return write_below(text, 65535, &overflow_uid);
}

static ssize_t write_overflow_gid(struct file *f __maybe_unused, char *text,
				  size_t len __maybe_unused)
{
	return write_below(text, 65535, &overflow_gid);
}

static int show_mount_max(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s, "%u\n", mounts_max);
	return 0;
}

static ssize_t write_mount_max(struct file *f __maybe_unused, char *text,
			       size_t len __maybe_unused)
{
	u64 v;

	if (!parse_u64(text, 0, &v) && !v)
		return -EINVAL;
	return write_below(text, 0x7fffffff, &mounts_max);
}

static ssize_t write_nr_open(struct file *f __maybe_unused, char *text,
			     size_t len __maybe_unused)
{
	u64 v;

	if (!parse_u64(text, 0, &v) && v < NR_OPEN_MIN)
		return -EINVAL;
	return write_below(text, NR_OPEN_MAX, &nr_open);
}

/* ---- traps in shared directories ---------------------------------------------------- */

#define PROTECTED(what, most)                                                  \
	SHOW_NUMBER(protected_##what, protected.what)                          \
	static ssize_t write_protected_##what(struct file *f __maybe_unused,   \
					      char *text,                      \
					      size_t len __maybe_unused)       \
	{                                                                      \
		return write_below(text, most, &protected.what);               \
	}

PROTECTED(fifos, 2)
PROTECTED(hardlinks, 1)
PROTECTED(regular, 2)
PROTECTED(symlinks, 1)

/* ---- pseudoterminals ----------------------------------------------------------------- */

SHOW_NUMBER(pty_max, pty_max)
SHOW_NUMBER(pty_reserve, pty_reserve)
SHOW_NUMBER(pty_nr, pty_count())

static ssize_t write_pty_max(struct file *f __maybe_unused, char *text,
			     size_t len __maybe_unused)
{
	return write_below(text, 1u << 20, &pty_max);
}

static ssize_t write_pty_reserve(struct file *f __maybe_unused, char *text,
				 size_t len __maybe_unused)
{
	return write_below(text, 1u << 20, &pty_reserve);
}

/* ---- inotify ---------------------------------------------------------------------------- */

SHOW_NUMBER(inotify_queued, inotify_max_queued)

static ssize_t write_inotify_queued(struct file *f __maybe_unused, char *text,
				    size_t len __maybe_unused)
{
	return write_below(text, 0x7fffffff, &inotify_max_queued);
}

/* The initial user namespace's limits: the same as in /proc/sys/user. */
SHOW_NUMBER(inotify_instances, init_user_ns.ns_max[UCOUNT_INOTIFY_INSTANCES])
SHOW_NUMBER(inotify_watches, init_user_ns.ns_max[UCOUNT_INOTIFY_WATCHES])

static ssize_t write_inotify_instances(struct file *f __maybe_unused,
				       char *text, size_t len __maybe_unused)
{
	return write_below(text, 0x7fffffff,
			   &init_user_ns.ns_max[UCOUNT_INOTIFY_INSTANCES]);
}

static ssize_t write_inotify_watches(struct file *f __maybe_unused, char *text,
				     size_t len __maybe_unused)
{
	return write_below(text, 0x7fffffff,
			   &init_user_ns.ns_max[UCOUNT_INOTIFY_WATCHES]);
}

#define TEXT(n, fn)                                                            \
	{ .name = n, .mode = S_IFREG | 0444, .show = fn,                       \
	  .access = access_by_owner }
#define TEXT_W(n, fn, w)                                                       \
	{ .name = n, .mode = S_IFREG | 0644, .show = fn, .write = w,           \
	  .access = access_by_owner }
#define IPC_LIMIT(n, limit)                                                    \
	{ .name = n, .mode = S_IFREG | 0644, .show = proc_show_ipc_limit,      \
	  .write = proc_write_ipc_limit, .data = &ipc_limit_##limit,           \
	  .access = access_of_ipc_ns }
#define DIR(n, c) { .name = n, .mode = S_IFDIR | 0555, .children = c }

static const struct proc_entry random_files[] = {
	TEXT("boot_id", show_boot_id),
	TEXT("uuid", show_uuid),
	{ 0 },
};

static const struct proc_entry pty_files[] = {
	TEXT_W("max", show_pty_max, write_pty_max),
	TEXT("nr", show_pty_nr),
	TEXT_W("reserve", show_pty_reserve, write_pty_reserve),
	{ 0 },
};

static const struct proc_entry kernel_files[] = {
	TEXT("cap_last_cap", show_cap_last_cap),
	TEXT_W("domainname", show_domainname, write_domainname),
	TEXT_W("hostname", show_nodename, write_nodename),
	IPC_LIMIT("msgmax", msgmax),
	IPC_LIMIT("msgmnb", msgmnb),
	IPC_LIMIT("msgmni", msgmni),
	TEXT("ngroups_max", show_ngroups_max),
	{ .name = "ns_last_pid", .mode = S_IFREG | 0666, .show = show_last_pid,
	  .write = write_last_pid, .access = access_by_owner },
	TEXT("osrelease", show_release),
	TEXT("ostype", show_sysname),
	TEXT_W("overflowgid", show_overflow_gid, write_overflow_gid),
	TEXT_W("overflowuid", show_overflow_uid, write_overflow_uid),
	{ .name = "pid_max", .mode = S_IFREG | 0644, .show = show_pid_max,
	  .write = write_pid_max, .access = access_of_pid_ns },
	DIR("pty", pty_files),
	DIR("random", random_files),
	{ .name = "sem", .mode = S_IFREG | 0644, .show = proc_show_sem_limits,
	  .write = proc_write_sem_limits, .access = access_of_ipc_ns },
	IPC_LIMIT("shm_rmid_forced", rmid_forced),
	IPC_LIMIT("shmall", shmall),
	IPC_LIMIT("shmmax", shmmax),
	IPC_LIMIT("shmmni", shmmni),
	TEXT("threads-max", show_threads_max),
	TEXT("version", show_version),
	{ 0 },
};

static const struct proc_entry mqueue_files[] = {
	IPC_LIMIT("msg_default", msg_default),
	IPC_LIMIT("msg_max", msg_max),
	IPC_LIMIT("msgsize_default", msgsize_default),
	IPC_LIMIT("msgsize_max", msgsize_max),
	IPC_LIMIT("queues_max", queues_max),
	{ 0 },
};

static const struct proc_entry inotify_files[] = {
	TEXT_W("max_queued_events", show_inotify_queued, write_inotify_queued),
	TEXT_W("max_user_instances", show_inotify_instances,
	       write_inotify_instances),
	TEXT_W("max_user_watches", show_inotify_watches, write_inotify_watches),
	{ 0 },
};

static const struct proc_entry fs_files[] = {
	TEXT("file-max", show_file_max),
	DIR("inotify", inotify_files),
	TEXT_W("mount-max", show_mount_max, write_mount_max),
	DIR("mqueue", mqueue_files),
	TEXT_W("nr_open", show_nr_open, write_nr_open),
	TEXT_W("overflowgid", show_overflow_gid, write_overflow_gid),
	TEXT_W("overflowuid", show_overflow_uid, write_overflow_uid),
	TEXT("pipe-max-size", show_pipe_max_size),
	TEXT_W("protected_fifos", show_protected_fifos, write_protected_fifos),
	TEXT_W("protected_hardlinks", show_protected_hardlinks,
	       write_protected_hardlinks),
	TEXT_W("protected_regular", show_protected_regular,
	       write_protected_regular),
	TEXT_W("protected_symlinks", show_protected_symlinks,
	       write_protected_symlinks),
	{ 0 },
};

static const struct proc_entry vm_files[] = {
	{ .name = "drop_caches", .mode = S_IFREG | 0200,
	  .write = write_drop_caches },
	TEXT("max_map_count", show_max_map_count),
	TEXT("overcommit_memory", show_overcommit_memory),
	{ 0 },
};

const struct proc_entry proc_sys_root[] = {
	DIR("fs", fs_files),
	DIR("kernel", kernel_files),
	DIR("net", proc_sys_net),
	DIR("user", proc_sys_user),
	DIR("vm", vm_files),
	{ 0 },
};
