// SPDX-License-Identifier: MIT
/* /proc/sysvipc, and the sysctls of ipc namespaces: see kernel/ipc/limits.h. */
#include "fs/procfs/procfs.h"
#include "kernel/ipc/ipc.h"
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

/* Whoever reads it, and wherever the opener goes later. */
static struct ns *ipc_ns_of_opener(void)
{
	return ns_get(&current_ipc_ns()->ns, PIN_FILE);
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

#define LIST(what) \
	{ .name = #what, .mode = S_IFREG | 0444, .show = show_##what, \
	  .about = ipc_ns_of_opener }

const struct proc_entry proc_sysvipc[] = {
	LIST(msg),
	LIST(sem),
	LIST(shm),
	{ 0 },
};
