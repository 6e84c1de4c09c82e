// SPDX-License-Identifier: MIT
/*
 * /proc/PID/loginuid and sessionid: who has logged in, whatever he became since.
 *
 * A login program writes its user's id; a task's children have it from it. As long as
 * it is unset the task itself may set it, later that takes CAP_AUDIT_CONTROL: so it
 * tells who is behind a set-id program. Each login gets the next session number.
 * Nothing here is decided by it.
 */
#include <linux/capability.h>

#include "fs/procfs/procfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

static u32 sessions; /* [a] the last number given */

static int show(struct seq *s, struct file *f, bool session)
{
	struct task *t = proc_task_get(f->inode);
	u32 value;

	if (!t)
		return -ESRCH;
	value = session ? READ_ONCE(t->session_id) : READ_ONCE(t->login_uid);
	if (!session && value != LOGIN_UNSET)
		value = from_kuid(f->cred->user_ns, value);
	seq_printf(s, "%u", value);
	task_put(t);
	return 0;
}

static int loginuid_show(struct seq *s, struct file *f)
{
	return show(s, f, false);
}

static int sessionid_show(struct seq *s, struct file *f)
{
	return show(s, f, true);
}

/* Current logs in as @uid, or nobody has (LOGIN_UNSET). */
static int login(kuid_t uid)
{
	if (current->login_uid != LOGIN_UNSET && !capable(CAP_AUDIT_CONTROL))
		return why(-EPERM, "loginuid: set already, no "
				   "CAP_AUDIT_CONTROL in the initial user "
				   "namespace");
	WRITE_ONCE(current->session_id,
		   uid == LOGIN_UNSET ? LOGIN_UNSET : atomic_add(&sessions, 1));
	WRITE_ONCE(current->login_uid, uid);
	return 0;
}

static int parse(const struct file *f, const char *text, kuid_t *uid)
{
	u64 v;
	int err = parse_u64(text, 10, &v);

	if (!err && v > UINT32_MAX)
		err = -ERANGE;
	if (err || v == LOGIN_UNSET) {
		*uid = LOGIN_UNSET;
		return err;
	}
	*uid = make_kuid(f->cred->user_ns, (u32)v);
	return *uid == INVALID_ID ? -EINVAL : 0;
}

/* The position stays: one may write again. */
static ssize_t loginuid_write(struct file *f, struct iter *it, loff_t *pos)
{
	size_t all = it->count;
	char text[16];
	kuid_t uid;
	ssize_t err;

	if (proc_inode(f->inode)->pid != current->pid)
		return why(-EPERM, "loginuid: of another task");
	if (*pos)
		return -EINVAL;
	err = proc_take_text(it, text, sizeof(text));
	if (err >= 0)
		err = parse(f, text, &uid);
	if (!err)
		err = login(uid);
	return err ? err : (ssize_t)all;
}

static int loginuid_open(struct inode *inode __maybe_unused, struct file *f)
{
	return seq_open(f, loginuid_show);
}

static int sessionid_open(struct inode *inode __maybe_unused, struct file *f)
{
	return seq_open(f, sessionid_show);
}

const struct file_ops proc_loginuid_fops = {
	FILE_OPS_DEFAULTS,
	.open = loginuid_open,
	.read = seq_read,
	.write = loginuid_write,
	.llseek = seq_llseek,
	.release = seq_release,
};

const struct file_ops proc_sessionid_fops = {
	FILE_OPS_DEFAULTS,
	.open = sessionid_open,
	.read = seq_read,
	.llseek = seq_llseek,
	.release = seq_release,
};
