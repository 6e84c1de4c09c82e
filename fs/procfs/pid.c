// SPDX-License-Identifier: MIT
/*
 * /proc/PID and /proc/PID/task/TID: one table of names for both, and the task/
 * directory between them.
 */
#include <linux/stat.h>

#include "fs/procfs/procfs.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

static const struct file_ops pid_text_fops;
static const struct inode_ops pid_text_iops;

#define DIR(n, m, d, w)                                                        \
	{ .name = n, .mode = S_IFDIR | (m), .iop = &proc_##d##_dir_iops,       \
	  .fop = &proc_##d##_dir_fops, .where = w }
#define TEXT(n, m, s) { .name = n, .mode = S_IFREG | (m), .show = s }
#define MEMORY(n, m, s)                                                        \
	{ .name = n, .mode = S_IFREG | (m), .show = s, .memory = true }
#define STACK(n, m, s)                                                         \
	{ .name = n, .mode = S_IFREG | (m), .show = s, .memory = true,         \
	  .needs_mm = true }
#define TEXT_W(n, m, s, w)                                                     \
	{ .name = n, .mode = S_IFREG | (m), .show = s, .write = w }
#define LINK(n, i) { .name = n, .mode = S_IFLNK | 0777, .iop = i }
#define FILE_(n, m, f) { .name = n, .mode = S_IFREG | (m), .fop = f }

/* The order is that of Linux's readdir. */
static const struct pid_entry entries[] = {
	DIR("task", 0555, task, IN_PROCESS),
	DIR("fd", 0500, fd, IN_BOTH),
	DIR("fdinfo", 0555, fdinfo, IN_BOTH),
	DIR("ns", 0511, ns, IN_BOTH),
	DIR("net", 0555, net, IN_BOTH),
	STACK("environ", 0400, proc_show_environ),
	STACK("auxv", 0400, proc_show_auxv),
	TEXT("status", 0444, proc_show_status),
	TEXT("personality", 0400, proc_show_personality),
	TEXT("limits", 0444, proc_show_limits),
	TEXT("cgroup", 0444, proc_show_cgroup),
	{ .name = "timens_offsets", .mode = S_IFREG | 0644,
	  .fop = &proc_timens_fops, .where = IN_PROCESS },
	TEXT_W("comm", 0644, proc_show_comm, proc_write_comm),
	TEXT("cmdline", 0444, proc_show_cmdline),
	TEXT("stat", 0444, proc_show_stat),
	TEXT("statm", 0444, proc_show_statm),
	MEMORY("maps", 0444, proc_show_maps),
	LINK("cwd", &proc_cwd_iops),
	LINK("root", &proc_root_link_iops),
	LINK("exe", &proc_exe_iops),
	FILE_("mounts", 0444, &proc_mounts_fops),
	FILE_("mountinfo", 0444, &proc_mountinfo_fops),
	FILE_("mountstats", 0400, &proc_mountstats_fops),
	TEXT("oom_score", 0444, proc_show_oom_score),
	TEXT_W("oom_score_adj", 0644, proc_show_oom_score_adj,
	       proc_write_oom_score_adj),
	FILE_("loginuid", 0644, &proc_loginuid_fops),
	FILE_("sessionid", 0444, &proc_sessionid_fops),
	FILE_("uid_map", 0644, &proc_uid_map_fops),
	FILE_("gid_map", 0644, &proc_gid_map_fops),
	FILE_("projid_map", 0644, &proc_projid_map_fops),
	FILE_("setgroups", 0644, &proc_setgroups_fops),
};

struct task *proc_task_get(const struct inode *inode)
{
	struct pid *pid = proc_inode(inode)->pid;

	if (pid && pid == current->pid)
		return task_get(current);
	return pid ? pid_task_get(pid, PIDTYPE_PID) : NULL;
}

ino_t proc_ino(const struct pid *pid, u32 index)
{
	return ((u64)pid >> 5 & 0xfffffff) * 64 + index + 64;
}

/* ---- inodes ---------------------------------------------------------------------- */

/* Root of the user namespace that the memory belongs to; of all, if that has
 * none. */
static __noinline void owner_set_root(struct inode *inode, const struct mm *mm)
{
	const struct user_ns *ns = mm && mm->user_ns ? mm->user_ns :
						       &init_user_ns;

	inode->uid = make_kuid(ns, 0);
	inode->gid = make_kgid(ns, 0);
	if (inode->uid == INVALID_ID)
		inode->uid = 0;
	if (inode->gid == INVALID_ID)
		inode->gid = 0;
}

/* The task's; root's, if it has no memory, or none that may be looked into
 * (proc(5), /proc/PID). Plain directories tell nothing. */
static inline void owner_read(struct inode *inode, const struct task *t)
{
	bool plain_dir = inode->mode == (S_IFDIR | 0555);

	if (plain_dir || (t->mm && READ_ONCE(t->mm->dumpable) == 1)) {
		inode->uid = t->cred->euid;
		inode->gid = t->cred->egid;
	} else {
		owner_set_root(inode, t->mm);
	}
}

/* The same, to be known until owner_changes is no longer @seen; releases t->lock,
 * which keeps what cred and mm point to. */
static void owner_read_unlock(struct inode *inode, struct task *t, u64 seen)
{
	owner_read(inode, t);
	atomic_store(&proc_inode(inode)->owner_seen, seen);
	spin_unlock(&t->lock);
}

static void owner_set(struct inode *inode, struct task *t)
{
	u64 seen = atomic_load(&owner_changes);

	spin_lock(&t->lock);
	owner_read_unlock(inode, t, seen);
}

struct inode *proc_pid_inode(struct super *sb, struct pid *pid, bool thread,
			     umode_t mode)
{
	struct task *t = pid_task_get(pid, PIDTYPE_PID);
	struct inode *inode;

	if (!t)
		return ERR_PTR(-ENOENT);
	inode = proc_inode_new(sb, mode);
	if (!IS_ERR(inode)) {
		proc_inode(inode)->pid = pid_get(pid);
		proc_inode(inode)->thread = thread;
		owner_set(inode, t);
	}
	task_put(t);
	return inode;
}

/*
 * Is the task there still? Then @inode is its. Under tasklist_lock nobody frees
 * it. Waiting there for task->lock, though, could be for ever: its holder may be
 * interrupted by who waits for tasklist_lock.
 */
static __noinline bool pid_lives(struct inode *inode, const struct pid *pid)
{
	struct task *t;
	bool done;
	u64 irq, seen = atomic_load(&owner_changes);

	/* most often: nobody's owner has changed since it was read */
	if (atomic_load(&proc_inode(inode)->owner_seen) == seen &&
	    READ_ONCE(pid->tasks[PIDTYPE_PID].first))
		return true;
	do {
		irq = spin_lock_irqsave(&tasklist_lock);
		t = pid_task(pid, PIDTYPE_PID);
		done = !t || spin_trylock(&t->lock);
		if (t && done)
			owner_read_unlock(inode, t, seen);
		spin_unlock_irqrestore(&tasklist_lock, irq);
	} while (!done);
	return t;
}

/* Each walk through /proc/PID asks. Names that are not there do not come here. */
static int pid_revalidate(struct dentry *d, u32 flags __maybe_unused)
{
	struct inode *inode = d->inode;
	const struct pid *pid = proc_inode(inode)->pid;

	if (unlikely(pid != current->pid))
		return !pid || pid_lives(inode, pid);
	owner_read(inode, current); /* it lives, and changes its own alone */
	return 1;
}

/* Whoever comes to @d by pid->proc_dir is in a light walk, and is waited for. */
static void proc_prune(struct dentry *d)
{
	struct pid *pid = d->inode ? proc_inode(d->inode)->pid : NULL;
	struct dentry *expected = d;

	if (pid)
		atomic_cas(&pid->proc_dir, &expected, NULL);
}

const struct dentry_ops proc_dops = {
	.revalidate = pid_revalidate,
	.prune = proc_prune,
	.dname = d_no_name,
};

/* ---- text files ------------------------------------------------------------------ */

static int pid_show(struct seq *s, struct file *f)
{
	struct task *t = proc_task_get(f->inode);
	int err;

	if (!t)
		return -ESRCH;
	err = proc_inode(f->inode)->pid_entry->show(s, t);
	task_put(t);
	return err;
}

bool proc_memory_power(void)
{
	return capable(CAP_PERFMON) || capable(CAP_SYS_ADMIN);
}

static int memory_check(struct task *t)
{
	if (!ptrace_may_access(t, PTRACE_MODE_READ | PTRACE_MODE_FSCREDS) ||
	    proc_memory_power())
		return 0;
	return -EACCES;
}

static int pid_open(struct inode *inode, struct file *f)
{
	struct task *t;
	int err = 0;

	if (proc_inode(inode)->pid_entry->memory) {
		t = proc_task_get(inode);
		if (!t)
			return -ESRCH;
		err = memory_check(t);
		if (!err && proc_inode(inode)->pid_entry->needs_mm &&
		    !READ_ONCE(t->mm))
			err = -ESRCH;
		task_put(t);
	}
	return err ? err : seq_open(f, pid_show);
}

static ssize_t pid_write(struct file *f, struct iter *it, loff_t *pos)
{
	const struct pid_entry *e = proc_inode(f->inode)->pid_entry;
	size_t all = it->count;
	struct task *t;
	char text[128];
	ssize_t n;

	if (!e->write)
		return -EINVAL;
	n = proc_take_text(it, text, sizeof(text));
	if (n < 0)
		return n;
	t = proc_task_get(f->inode);
	if (!t)
		return -ESRCH;
	n = e->write(t, text, (size_t)n);
	task_put(t);
	if (n)
		return n;
	*pos += (loff_t)all;
	return (ssize_t)all;
}

static const struct file_ops pid_text_fops = {
	FILE_OPS_DEFAULTS,
	.open = pid_open,
	.read = seq_read,
	.write = pid_write,
	.llseek = seq_llseek,
	.release = seq_release,
};

static int pid_setattr(struct dentry *d, const struct iattr *attr)
{
	if (attr->valid & (ATTR_MODE | ATTR_UID | ATTR_GID))
		return -EPERM;
	return simple_setattr(d, attr);
}

static const struct inode_ops pid_text_iops = {
	INODE_OPS_DEFAULTS,
	.setattr = pid_setattr,
};

/* ---- the directory --------------------------------------------------------------- */

static bool is_here(const struct pid_entry *e, bool thread)
{
	return e->where != (thread ? IN_PROCESS : IN_THREAD);
}

static int pid_dir_lookup(struct inode *dir, struct dentry *d,
			  u32 flags __maybe_unused)
{
	struct proc_inode *pi = proc_inode(dir);

	for (u32 i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct pid_entry *e = &entries[i];
		struct inode *inode;

		if (strlen(e->name) != d->name.len || !is_here(e, pi->thread) ||
		    memcmp(e->name, d->name.name, d->name.len) != 0)
			continue;
		inode = proc_pid_inode(dir->sb, pi->pid, pi->thread, e->mode);
		if (IS_ERR(inode))
			return (int)PTR_ERR(inode);
		proc_inode(inode)->pid_entry = e;
		inode->ino = proc_ino(pi->pid, i + 1);
		inode->op = e->iop ? e->iop : &pid_text_iops;
		inode->fop = e->fop ? e->fop : &pid_text_fops;
		d_add(d, inode);
		proc_keep(d);
		return 0;
	}
	return -ENOENT;
}

static int pid_dir_iterate(struct file *f, struct dir_context *ctx)
{
	struct proc_inode *pi = proc_inode(f->inode);
	struct task *t = proc_task_get(f->inode);
	loff_t at = 2;

	if (!t)
		return -ENOENT;
	task_put(t);
	if (!dir_emit_dots(f, ctx))
		return 0;
	for (u32 i = 0; i < ARRAY_SIZE(entries); i++, at++) {
		const struct pid_entry *e = &entries[i];

		if (at < ctx->pos || !is_here(e, pi->thread))
			continue;
		ctx->pos = at;
		if (!dir_emit(ctx, e->name, (int)strlen(e->name),
			      proc_ino(pi->pid, i + 1), e->mode >> 12))
			return 0;
		ctx->pos = at + 1;
	}
	return 0;
}

static int pid_dir_permission(struct inode *inode, int mask)
{
	int err = 0;

	if (unlikely(READ_ONCE(proc_super(inode->sb)->options.hide)))
		err = proc_hides(inode, HIDE_CONTENT, mask);
	return err ? err : generic_permission(inode, mask);
}

static int pid_dir_may_stat(const struct inode *inode)
{
	return proc_hides(inode, HIDE_ALL, 0);
}

static const struct inode_ops pid_dir_iops = {
	INODE_OPS_DEFAULTS,
	.permission = pid_dir_permission,
	.may_stat = pid_dir_may_stat,
	.lookup = pid_dir_lookup,
	.setattr = pid_setattr,
};
static const struct file_ops pid_dir_fops = {
	FILE_OPS_DEFAULTS,
	.iterate = pid_dir_iterate,
	.llseek = generic_llseek,
};

struct inode *proc_pid_dir_inode(struct super *sb, struct pid *pid, bool thread)
{
	struct inode *inode = proc_pid_inode(sb, pid, thread, S_IFDIR | 0555);

	if (IS_ERR(inode))
		return inode;
	inode->ino = proc_ino(pid, 0);
	inode->flags = I_IMMUTABLE; /* root's too: -EPERM, not a matter of mode */
	inode->op = &pid_dir_iops;
	inode->fop = &pid_dir_fops;
	return inode;
}

/* ---- task/ -------------------------------------------------------------------------- */

static int task_dir_lookup(struct inode *dir, struct dentry *d,
			   u32 flags __maybe_unused)
{
	struct pid_ns *ns = proc_pid_ns(dir->sb);
	struct task *leader = proc_task_get(dir), *t = NULL;
	struct inode *inode = ERR_PTR(-ENOENT);
	char name[16];
	u64 nr;

	if (leader && d->name.len < sizeof(name)) {
		strlcpy(name, d->name.name, sizeof(name));
		name[d->name.len] = '\0';
		if (!parse_u64(name, 10, &nr) && nr && nr <= PID_MAX_LIMIT)
			t = task_find_get(ns, (pid_t)nr);
	}
	if (t && same_thread_group(t, leader))
		inode = proc_pid_dir_inode(dir->sb, t->pid, true);
	if (t)
		task_put(t);
	if (leader)
		task_put(leader);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	d_add(d, inode);
	return 0;
}

/* The least thread number >= @nr of @leader's process; 0: none. */
static pid_t next_thread(struct task *leader, struct pid_ns *ns, pid_t nr)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct task *t;
	pid_t best = 0;

	for_each_thread(leader, t) {
		pid_t tid = task_pid_nr_ns(t, ns);

		if (tid >= nr && (!best || tid < best))
			best = tid;
	}
	spin_unlock_irqrestore(&tasklist_lock, irq);
	return best;
}

static int task_dir_iterate(struct file *f, struct dir_context *ctx)
{
	struct pid_ns *ns = proc_pid_ns(f->inode->sb);
	struct task *leader = proc_task_get(f->inode);
	char name[DECIMAL_SIZE];
	pid_t nr;

	if (!leader)
		return -ENOENT;
	if (dir_emit_dots(f, ctx)) {
		while ((nr = next_thread(leader, ns, (pid_t)ctx->pos - 1))) {
			ctx->pos = nr + 1;
			if (!dir_emit(ctx, name,
				      decimal(name, (u32)nr),
				      (ino_t)nr + 64, S_IFDIR >> 12))
				break;
			ctx->pos++;
		}
	}
	task_put(leader);
	return 0;
}

const struct inode_ops proc_task_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = task_dir_lookup,
	.setattr = pid_setattr,
};
const struct file_ops proc_task_dir_fops = {
	FILE_OPS_DEFAULTS,
	.iterate = task_dir_iterate,
	.llseek = generic_llseek,
};
