// SPDX-License-Identifier: MIT
/*
 * /proc/PID/mounts, mountinfo and mountstats: the mount namespace of the task as
 * seen from its root, both as they are when the file is opened. A poll tells
 * when the namespace has changed since the last read.
 */
#include <linux/eventpoll.h>

#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "fs/procfs/procfs.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"

struct mounts_file {
	struct mnt_ns *ns; /* PIN_TEMP while the file is open */
	struct path root;
	enum mounts_format format;
	u64 event; /* of the namespace when last told */
	struct seq text;
	struct mutex lock;
};

static int open_as(struct inode *inode, struct file *f,
		       enum mounts_format format)
{
	struct task *t = proc_task_get(inode);
	struct mounts_file *m = kzalloc(sizeof(*m));
	struct ns *ns = t ? task_ns_get(t, NS_MNT) : NULL;
	int err = !m ? -ENOMEM : !ns ? -EINVAL : 0;

	if (!err)
		err = task_root_get(t, &m->root);
	if (t)
		task_put(t);
	if (err) {
		if (ns)
			ns_put(ns, PIN_TEMP);
		kfree(m);
		return err;
	}
	m->ns = to_mnt_ns(ns);
	m->format = format;
	m->event = atomic_load(&m->ns->event);
	mutex_init(&m->lock, "mounts");
	f->private = m;
	return 0;
}

static void mounts_release(struct file *f)
{
	struct mounts_file *m = f->private;

	path_put(&m->root);
	ns_put(&m->ns->ns, PIN_TEMP);
	kfree(m->text.buf);
	kfree(m);
}

static int mounts_make(struct mounts_file *m, struct file *f)
{
	m->text.len = 0;
	m->text.error = 0;
	m->text.file = f;
	return mounts_show(&m->text, m->ns, &m->root, m->format) ?:
	       m->text.error;
}

static ssize_t mounts_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct mounts_file *m = f->private;
	ssize_t n = 0;

	mutex_lock(&m->lock);
	if (!*pos)
		n = mounts_make(m, f);
	if (!n && *pos < (loff_t)m->text.len)
		n = (ssize_t)copy_to_iter(m->text.buf + *pos,
					  min(it->count,
					      m->text.len - (size_t)*pos), it);
	mutex_unlock(&m->lock);
	if (n > 0)
		*pos += n;
	return n;
}

static u32 mounts_poll(struct file *f, struct poll_table *pt)
{
	struct mounts_file *m = f->private;
	u32 events = EPOLLIN | EPOLLRDNORM;
	u64 now;

	poll_wait(f, &m->ns->poll, pt);
	now = atomic_load(&m->ns->event);
	if (m->event != now) {
		m->event = now;
		events |= EPOLLERR | EPOLLPRI;
	}
	return events;
}

#define MOUNTS_FILE(name, format)                                              \
	static int name##_open(struct inode *inode, struct file *f)            \
	{                                                                      \
		return open_as(inode, f, format);                              \
	}                                                                      \
	const struct file_ops proc_##name##_fops = {                           \
		FILE_OPS_DEFAULTS,                                             \
		.open = name##_open,                                           \
		.read = mounts_read,                                           \
		.llseek = seq_llseek,                                          \
		.poll = mounts_poll,                                           \
		.release = mounts_release,                                     \
	}

MOUNTS_FILE(mounts, MOUNTS_MOUNTS);
MOUNTS_FILE(mountinfo, MOUNTS_INFO);
MOUNTS_FILE(mountstats, MOUNTS_STATS);
