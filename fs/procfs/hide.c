// SPDX-License-Identifier: MIT
/*
 * The mount options of procfs (proc(5)): whose processes an instance shows to
 * whom.
 *
 * hidepid= says what somebody without ptrace access to a process, and not in the
 * group gid=, sees of it: all (0), only that it is there (1), nothing (2). With 4
 * the group does not count. subset=pid leaves out what is not about processes.
 * They belong to the super block, so that each mount can have its own.
 */
#include "fs/procfs/procfs.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

enum { SEEN_HIDE = 1, SEEN_GID = 2, SEEN_SUBSET = 4 };

static const char *const hide_names[] = {
	[HIDE_OFF] = "off",	[HIDE_CONTENT] = "noaccess",
	[HIDE_ALL] = "invisible", [HIDE_BY_PTRACE] = "ptraceable",
};

/* ---- asking -------------------------------------------------------------- */

/* Does the instance of @sb let current see @t, where only @min or more hides? */
bool proc_may_see(const struct super *sb, struct task *t, u32 min)
{
	const struct proc_options *o = &proc_super(sb)->options;
	u32 hide = READ_ONCE(o->hide);

	if (hide != HIDE_BY_PTRACE &&
	    (hide < min || cred_in_group(current->cred, READ_ONCE(o->gid))))
		return true;
	return !ptrace_may_access(t, PTRACE_MODE_READ | PTRACE_MODE_FSCREDS);
}

/**
 * proc_hides - is what @inode, of a /proc/PID, is about hidden from current?
 *
 * Return: 0; -EPERM: it may know that it is there; -ENOENT: not even that;
 * -ESRCH: the task is gone; -ECHILD: there is more to ask than MAY_NOT_BLOCK in
 * @mask allows.
 */
int proc_hides(const struct inode *inode, u32 min, int mask)
{
	u32 hide = READ_ONCE(proc_super(inode->sb)->options.hide);
	struct task *t;
	bool seen;

	if (likely(!hide))
		return 0;
	if (mask & MAY_NOT_BLOCK)
		return -ECHILD;
	t = proc_task_get(inode);
	if (!t)
		return -ESRCH;
	seen = proc_may_see(inode->sb, t, min);
	task_put(t);
	if (seen)
		return 0;
	return hide >= HIDE_ALL ? -ENOENT : -EPERM;
}

/* ---- options ------------------------------------------------------------- */

static struct proc_options *options_of(struct fs_context *fc)
{
	return fc->options;
}

static int option_hidepid(struct fs_context *fc, const struct fs_value *v)
{
	u64 n;

	options_of(fc)->seen |= SEEN_HIDE;
	for (u32 i = 0; i < ARRAY_SIZE(hide_names); i++) {
		if (!hide_names[i])
			continue;
		if (!strcmp(v->text, hide_names[i]) ||
		    (!parse_u64(v->text, 0, &n) && n == i)) {
			options_of(fc)->hide = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int option_gid(struct fs_context *fc, const struct fs_value *v)
{
	kgid_t gid = make_kgid(current_user_ns(), v->number);

	options_of(fc)->seen |= SEEN_GID;
	options_of(fc)->gid = gid;
	return gid == INVALID_ID ? -EINVAL : 0;
}

static int option_subset(struct fs_context *fc, const struct fs_value *v)
{
	options_of(fc)->seen |= SEEN_SUBSET;
	options_of(fc)->pids_only = true;
	return strcmp(v->text, "pid") ? -EINVAL : 0;
}

const struct fs_param proc_params[] = {
	{ "hidepid", FS_STRING, option_hidepid },
	{ "gid", FS_ID, option_gid },
	{ "subset", FS_STRING, option_subset },
	{ NULL, FS_FLAG, NULL },
};

/* What @fc says, the rest stays. */
void proc_options_apply(struct super *sb, struct fs_context *fc)
{
	const struct proc_options *new = fc->options;
	struct proc_options *o = &proc_super(sb)->options;

	if (new->seen & SEEN_HIDE)
		WRITE_ONCE(o->hide, new->hide);
	if (new->seen & SEEN_GID)
		WRITE_ONCE(o->gid, new->gid);
	if (new->seen & SEEN_SUBSET)
		WRITE_ONCE(o->pids_only, new->pids_only);
}

int proc_reconfigure(struct super *sb, struct fs_context *fc)
{
	proc_options_apply(sb, fc);
	return 0;
}

void proc_show_options(struct seq *s, struct super *sb)
{
	const struct proc_options *o = &proc_super(sb)->options;

	if (o->gid)
		seq_printf(s, ",gid=%u", o->gid);
	if (o->hide)
		seq_printf(s, ",hidepid=%s", hide_names[o->hide]);
	if (o->pids_only)
		seq_puts(s, ",subset=pid");
}
