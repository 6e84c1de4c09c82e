// SPDX-License-Identifier: MIT
/*
 * /proc itself: the static files, "self" and "thread-self", and a directory for
 * each process of the pid namespace that this instance shows.
 */
#include "fs/procfs/procfs.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

#define POS_PIDS 256 /* position of number n is POS_PIDS + n */

/* ---- self, thread-self ---------------------------------------------------------- */

/* Nearly every walk in /proc asks for this. */
static const char *self_text(const struct inode *inode, char *buf)
{
	pid_t tgid = task_tgid_nr_ns(current, proc_pid_ns(inode->sb));

	if (!tgid)
		return ERR_PTR(-ENOENT); /* not seen from this instance */
	decimal(buf, (u32)tgid);
	return buf;
}

/* The directory of current's process in this instance, if it is known. */
static bool self_short(const struct inode *inode, struct short_way *way)
{
	const struct pid *pid = current->signal->pids[PIDTYPE_TGID];
	struct dentry *d = atomic_load(&pid->proc_dir);

	way->sibling = d;
	return d && d->sb == inode->sb;
}

static const char *thread_self_text(const struct inode *inode, char *buf)
{
	struct pid_ns *ns = proc_pid_ns(inode->sb);
	pid_t tgid = task_tgid_nr_ns(current, ns);

	if (!tgid)
		return ERR_PTR(-ENOENT);
	snprintf(buf, LINK_TEXT_SIZE, "%d/task/%d", tgid,
		 task_pid_nr_ns(current, ns));
	return buf;
}

static const struct inode_ops self_iops = {
	INODE_OPS_DEFAULTS,
	.link_text = self_text,
	.link_short = self_short,
};
static const struct inode_ops thread_self_iops = {
	INODE_OPS_DEFAULTS,
	.link_text = thread_self_text,
};

static const struct {
	const char *name;
	const struct inode_ops *iop;
} selves[] = {
	{ "self", &self_iops },
	{ "thread-self", &thread_self_iops },
};

static const struct file_ops no_fops = { FILE_OPS_DEFAULTS };

static int self_lookup(struct dentry *d)
{
	for (u32 i = 0; i < ARRAY_SIZE(selves); i++) {
		struct inode *inode;

		if (strlen(selves[i].name) != d->name.len ||
		    memcmp(selves[i].name, d->name.name, d->name.len) != 0)
			continue;
		inode = proc_inode_new(d->sb, S_IFLNK | 0777);
		if (IS_ERR(inode))
			return (int)PTR_ERR(inode);
		inode->op = selves[i].iop;
		inode->fop = &no_fops;
		proc_add_static(d, inode);
		return 0;
	}
	return -ENOENT;
}

/* ---- lookup --------------------------------------------------------------------- */

/* The number that a name is, 0 if none: no sign, no leading zero. */
static pid_t name_to_nr(const struct qstr *name)
{
	u64 nr = 0;

	if (!name->len || name->len > 10 || name->name[0] == '0')
		return 0;
	for (u32 i = 0; i < name->len; i++) {
		if (name->name[i] < '0' || name->name[i] > '9')
			return 0;
		nr = nr * 10 + (u64)(name->name[i] - '0');
	}
	return nr <= PID_MAX_LIMIT ? (pid_t)nr : 0;
}

static int pid_lookup(struct dentry *d)
{
	pid_t nr = name_to_nr(&d->name);
	struct pid *pid = nr ? pid_find_get(proc_pid_ns(d->sb), nr) : NULL;
	struct task *t = pid ? pid_task_get(pid, PIDTYPE_PID) : NULL;
	struct inode *inode = ERR_PTR(-ENOENT);

	/* threads are found too, but not listed: proc(5) */
	if (t && proc_may_see(d->sb, t, HIDE_BY_PTRACE))
		inode = proc_pid_dir_inode(d->sb, pid, false);
	if (t)
		task_put(t);
	pid_put(pid);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	d_add(d, inode);
	atomic_store(&proc_inode(inode)->pid->proc_dir, d);
	proc_keep(d);
	return 0;
}

static bool pids_only(const struct super *sb)
{
	return READ_ONCE(proc_super(sb)->options.pids_only);
}

static int root_lookup(struct inode *dir __maybe_unused, struct dentry *d,
		       u32 flags __maybe_unused)
{
	int err = self_lookup(d);

	if (err == -ENOENT && !pids_only(d->sb))
		err = proc_entry_lookup(d, proc_root_files);
	if (err == -ENOENT)
		err = pid_lookup(d);
	return err;
}

const struct inode_ops proc_root_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = root_lookup,
};

/* ---- listing ---------------------------------------------------------------------- */

static bool selves_emit(struct dir_context *ctx)
{
	for (u32 i = 0; i < ARRAY_SIZE(selves); i++) {
		loff_t at = POS_PIDS - (loff_t)ARRAY_SIZE(selves) + i;

		if (at < ctx->pos)
			continue;
		ctx->pos = at;
		if (!dir_emit(ctx, selves[i].name, (int)strlen(selves[i].name),
			      2 + i, S_IFLNK >> 12))
			return false;
		ctx->pos = at + 1;
	}
	return true;
}

/* A process that current may know of? */
static bool is_listed(const struct super *sb, struct pid *pid)
{
	struct task *t;
	bool listed;

	if (!READ_ONCE(proc_super(sb)->options.hide))
		return READ_ONCE(pid->tasks[PIDTYPE_TGID].first);
	t = pid_task_get(pid, PIDTYPE_TGID);
	listed = t && proc_may_see(sb, t, HIDE_ALL);
	if (t)
		task_put(t);
	return listed;
}

static bool pid_emit(struct dir_context *ctx, const struct super *sb,
		     struct pid *pid)
{
	char text[DECIMAL_SIZE], *end = text + sizeof(text);
	pid_t nr = pid_nr(pid, proc_pid_ns(sb));
	int n;

	ctx->pos = POS_PIDS + nr;
	if (is_listed(sb, pid)) {
		n = decimal_before(end, (u32)nr);
		if (!dir_emit(ctx, end - n, n, proc_ino(pid, 0), S_IFDIR >> 12))
			return false;
	}
	ctx->pos++;
	return true;
}

#define BATCH 16

static void pids_emit(struct dir_context *ctx, const struct super *sb)
{
	struct pid_ns *ns = proc_pid_ns(sb);
	struct pid *pids[BATCH];
	bool room = true;
	u32 n;

	do {
		n = pids_next_get(ns, (pid_t)(ctx->pos - POS_PIDS), pids,
				  BATCH);
		for (u32 i = 0; i < n; i++) {
			room = room && pid_emit(ctx, sb, pids[i]);
			pid_put(pids[i]);
		}
	} while (room && n);
}

static int root_iterate(struct file *f, struct dir_context *ctx)
{
	struct super *sb = f->inode->sb;

	if (!dir_emit_dots(f, ctx) ||
	    (!pids_only(sb) && !proc_entries_emit(ctx, sb, proc_root_files)) ||
	    !selves_emit(ctx))
		return 0;
	if (ctx->pos <= POS_PIDS)
		ctx->pos = POS_PIDS + 1;
	pids_emit(ctx, sb);
	return 0;
}

const struct file_ops proc_root_fops = {
	FILE_OPS_DEFAULTS,
	.iterate = root_iterate,
	.llseek = generic_llseek,
};
