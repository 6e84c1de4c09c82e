// SPDX-License-Identifier: MIT
/* /proc/sysvipc, and the sysctls of ipc namespaces: see kernel/ipc/limits.h. */
#include "fs/procfs/procfs.h"
#include "kernel/ipc/limits.h"

static const void *data_of(const struct file *f)
{
	return proc_inode(f->inode)->entry->data;
}

int proc_show_ipc_limit(struct seq *s, struct file *f)
{
	ipc_limit_show(s, data_of(f));
	return 0;
}

ssize_t proc_write_ipc_limit(struct file *f, char *text,
			     size_t len __maybe_unused)
{
	return ipc_limit_write(data_of(f), text);
}

int proc_show_sem_limits(struct seq *s, struct file *f __maybe_unused)
{
	ipc_sem_limits_show(s);
	return 0;
}

ssize_t proc_write_sem_limits(struct file *f __maybe_unused, char *text,
			      size_t len __maybe_unused)
{
	return ipc_sem_limits_write(text);
}

static int show_shm(struct seq *s, struct file *f __maybe_unused)
{
	ipc_shm_list(s);
	return 0;
}

static int show_sem(struct seq *s, struct file *f __maybe_unused)
{
	ipc_sem_list(s);
	return 0;
}

static int show_msg(struct seq *s, struct file *f __maybe_unused)
{
	ipc_msg_list(s);
	return 0;
}

const struct proc_entry proc_sysvipc[] = {
	{ .name = "msg", .mode = S_IFREG | 0444, .show = show_msg },
	{ .name = "sem", .mode = S_IFREG | 0444, .show = show_sem },
	{ .name = "shm", .mode = S_IFREG | 0444, .show = show_shm },
	{ 0 },
};
