// SPDX-License-Identifier: MIT
/*
 * The files of a group: what each shows, and what a write to it does. How files
 * come to be in a directory is fs.c.
 *
 * Who may move a process is asked of who opened cgroup.procs, not of who writes:
 * an open file handed to somebody else gives him just that power. He must be able
 * to write cgroup.procs of the group that is above both, the old and the new.
 */
#include "fs/seq.h"
#include "kernel/cgroup/files.h"
#include "kernel/cgroup/pids.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/task/cred.h"

bool cgroup_ns_delegate;

/* ---- lists of members ---------------------------------------------------- */

static bool is_member(struct task *t, const struct cgroup *cg)
{
	struct cgroup *in = task_cgroup_get(t);
	bool member = in == cg && READ_ONCE(t->in_cgroup);

	cgroup_put(in);
	return member;
}

/* Numbers as the reader sees them, rising. */
static int show_members(struct seq *s, struct cgroup *cg, enum pid_type type)
{
	struct pid_ns *ns = task_active_pid_ns(current);
	struct pid *pid;
	pid_t nr = 1;

	while ((pid = pid_next_get(ns, nr))) {
		struct task *t = pid_task_get(pid, type);

		nr = pid_nr(pid, ns);
		if (t && is_member(t, cg))
			seq_printf(s, "%d\n", nr);
		if (t)
			task_put(t);
		pid_put(pid);
		nr++;
	}
	return 0;
}

static int procs_show(struct seq *s, struct cgroup *cg)
{
	return show_members(s, cg, PIDTYPE_TGID);
}

static int threads_show(struct seq *s, struct cgroup *cg)
{
	return show_members(s, cg, PIDTYPE_PID);
}

/* ---- moving -------------------------------------------------------------- */

/* The task that @text names, counted. ERR_PTR(-EINVAL), ERR_PTR(-ESRCH). */
static struct task *named_task(const char *text)
{
	struct task *t;
	s64 nr;

	if (parse_s64(text, 10, &nr) || nr < 0 || nr > CGROUP_MAX)
		return ERR_PTR(-EINVAL);
	t = nr ? task_find_get(task_active_pid_ns(current), (pid_t)nr) :
		 task_get(current);
	if (!t)
		return ERR_PTR(-ESRCH);
	if (t->flags & PF_KTHREAD) {
		task_put(t);
		return ERR_PTR(-EINVAL);
	}
	return t;
}

static void cred_swap(const struct cred *c)
{
	spin_lock(&current->lock);
	current->cred = (struct cred *)c;
	spin_unlock(&current->lock);
}

/* May who opened @f write @inode? */
static int opener_may_write(const struct file *f, struct inode *inode)
{
	const struct cred *mine = current->cred;
	int err;

	cred_swap(f->cred); /* the file keeps it */
	err = inode_permission(inode, MAY_WRITE);
	cred_swap(mine);
	return err;
}

static int move_check(const struct file *f, struct cgroup *from,
		      struct cgroup *to)
{
	const struct cgroup *border = cgroup_opened(f)->ns->root;
	struct cgroup *above = cgroup_common(from, to);

	if (opener_may_write(f, above->procs))
		return why(-EACCES, "cgroup: cgroup.procs of %s, above both "
				    "groups, is not the opener's to write",
			   above->parent ? above->name : "the root");
	if (cgroup_ns_delegate && (!cgroup_is_within(from, border) ||
				   !cgroup_is_within(to, border)))
		return why(-ENOENT, "cgroup: nsdelegate: out of the opener's "
				    "cgroup namespace");
	return 0;
}

static int procs_write(struct file *f, struct cgroup *cg, char *text)
{
	struct task *t = named_task(text);
	struct cgroup *from;
	int err;

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	mutex_lock(&cgroup_mutex); /* the groups above @cg stay */
	from = task_cgroup_get(t);
	err = cg->dead ? -ENODEV : move_check(f, from, cg);
	if (!err)
		err = cgroup_vet_enter(cg);
	if (!err)
		err = cgroup_move(t, cg);
	mutex_unlock(&cgroup_mutex);
	cgroup_put(from);
	task_put(t);
	return err;
}

int cgroup_may_enter(struct cgroup *to)
{
	struct cgroup *from = task_cgroup_get(current);
	int err = -ENODEV;

	mutex_lock(&cgroup_mutex);
	if (!to->dead)
		err = inode_permission(to->procs, MAY_WRITE);
	if (!err)
		err = inode_permission(cgroup_common(from, to)->procs,
				       MAY_WRITE);
	if (!err)
		err = cgroup_vet_enter(to);
	mutex_unlock(&cgroup_mutex);
	cgroup_put(from);
	return err;
}

/* Threads of a process are always in one group: there is no threaded mode. */
static int threads_write(struct file *f __maybe_unused, struct cgroup *cg,
			 char *text)
{
	struct task *t = named_task(text);
	bool there;

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	there = is_member(t, cg);
	task_put(t);
	return there ? 0 : why(-EOPNOTSUPP, "cgroup: a thread alone cannot "
					    "move");
}

/* ---- the others ---------------------------------------------------------- */

static int controllers_show(struct seq *s, struct cgroup *cg)
{
	if (!cg->parent || READ_ONCE(cg->parent->gives_pids))
		seq_puts(s, "pids\n");
	return 0;
}

static int control_show(struct seq *s, struct cgroup *cg)
{
	if (READ_ONCE(cg->gives_pids))
		seq_puts(s, "pids\n");
	return 0;
}

static int control_write(struct file *f __maybe_unused, struct cgroup *cg,
			 char *text)
{
	return pids_control(cg, text);
}

static int events_show(struct seq *s, struct cgroup *cg)
{
	seq_printf(s, "populated %d\nfrozen 0\n", cgroup_populated(cg));
	return 0;
}

static int type_show(struct seq *s, struct cgroup *cg)
{
	if (cgroup_is_invalid(cg))
		seq_puts(s, "domain invalid\n");
	else if (cgroup_is_thread_root(cg))
		seq_puts(s, "domain threaded\n");
	else
		seq_puts(s, "domain\n");
	return 0;
}

static int type_write(struct file *f __maybe_unused,
		      struct cgroup *cg __maybe_unused, char *text)
{
	return strcmp(text, "threaded") ? -EINVAL : -EOPNOTSUPP;
}

static int stat_show(struct seq *s, struct cgroup *cg)
{
	seq_printf(s, "nr_descendants %u\n", READ_ONCE(cg->nr_descendants));
	return 0;
}

static void show_limit(struct seq *s, u32 limit)
{
	if (limit == CGROUP_MAX)
		seq_puts(s, "max\n");
	else
		seq_printf(s, "%u\n", limit);
}

static int limit_write(u32 *limit, const char *text)
{
	s64 n = CGROUP_MAX;

	if (strcmp(text, "max") && parse_s64(text, 0, &n))
		return -EINVAL;
	if (n < 0 || n > CGROUP_MAX)
		return -ERANGE;
	mutex_lock(&cgroup_mutex);
	*limit = (u32)n;
	mutex_unlock(&cgroup_mutex);
	return 0;
}

static int depth_show(struct seq *s, struct cgroup *cg)
{
	show_limit(s, READ_ONCE(cg->max_depth));
	return 0;
}

static int depth_write(struct file *f __maybe_unused, struct cgroup *cg,
		       char *text)
{
	return limit_write(&cg->max_depth, text);
}

static int descendants_show(struct seq *s, struct cgroup *cg)
{
	show_limit(s, READ_ONCE(cg->max_descendants));
	return 0;
}

static int descendants_write(struct file *f __maybe_unused, struct cgroup *cg,
			     char *text)
{
	return limit_write(&cg->max_descendants, text);
}

static int kill_write(struct file *f __maybe_unused, struct cgroup *cg,
		      char *text)
{
	s64 n;

	if (parse_s64(text, 0, &n))
		return -EINVAL;
	if (n != 1)
		return -ERANGE;
	cgroup_kill(cg);
	return 0;
}

/* ---- pids ---------------------------------------------------------------- */

/* 0; -ENODEV: the group has no counter of its own, or not any more. */
static int pids_copy(struct cgroup *cg, struct pids *copy)
{
	int err = -ENODEV;

	mutex_lock(&cgroup_mutex);
	if (cgroup_owns_pids(cg)) {
		pids_read(cg, copy);
		err = 0;
	}
	mutex_unlock(&cgroup_mutex);
	return err;
}

static int pids_max_show(struct seq *s, struct cgroup *cg)
{
	struct pids p;
	int err = pids_copy(cg, &p);

	if (!err)
		show_limit(s, p.limit == PIDS_MAX ? CGROUP_MAX : p.limit);
	return err;
}

static int pids_max_write(struct file *f __maybe_unused, struct cgroup *cg,
			  char *text)
{
	s64 n = PIDS_MAX;
	int err = 0;

	if (strcmp(text, "max")) {
		err = parse_s64(text, 0, &n);
		if (err)
			return err;
		if (n < 0 || n >= PIDS_MAX)
			return -EINVAL;
	}
	mutex_lock(&cgroup_mutex);
	if (cgroup_owns_pids(cg))
		pids_set_limit(cg, (u32)n);
	else
		err = -ENODEV;
	mutex_unlock(&cgroup_mutex);
	return err;
}

static int pids_current_show(struct seq *s, struct cgroup *cg)
{
	struct pids p;
	int err = pids_copy(cg, &p);

	if (!err)
		seq_printf(s, "%u\n", p.count);
	return err;
}

static int pids_peak_show(struct seq *s, struct cgroup *cg)
{
	struct pids p;
	int err = pids_copy(cg, &p);

	if (!err)
		seq_printf(s, "%u\n", p.peak);
	return err;
}

static int pids_events_show(struct seq *s, struct cgroup *cg)
{
	struct pids p;
	int err = pids_copy(cg, &p);

	if (!err)
		seq_printf(s, "max %u\n", p.events);
	return err;
}

static int no_show(struct seq *s __maybe_unused,
		   struct cgroup *cg __maybe_unused)
{
	return -EINVAL;
}

static int no_write_(struct file *f __maybe_unused,
		     struct cgroup *cg __maybe_unused,
		     char *text __maybe_unused)
{
	return -EINVAL;
}

const struct cgroup_file cgroup_files[] = {
	{ "cgroup.procs", 0644, FILE_DELEGATED, procs_show, procs_write },
	{ "cgroup.threads", 0644, FILE_DELEGATED, threads_show, threads_write },
	{ "cgroup.controllers", 0444, 0, controllers_show, no_write_ },
	{ "cgroup.subtree_control", 0644, FILE_DELEGATED, control_show,
	  control_write },
	{ "cgroup.events", 0444, FILE_NOT_ROOT | FILE_POPULATED, events_show,
	  no_write_ },
	{ "cgroup.type", 0644, FILE_NOT_ROOT, type_show, type_write },
	{ "cgroup.stat", 0444, 0, stat_show, no_write_ },
	{ "cgroup.max.depth", 0644, 0, depth_show, depth_write },
	{ "cgroup.max.descendants", 0644, 0, descendants_show,
	  descendants_write },
	{ "cgroup.kill", 0200, FILE_NOT_ROOT, no_show, kill_write },
	{ "pids.max", 0644, FILE_PIDS, pids_max_show, pids_max_write },
	{ "pids.current", 0444, FILE_PIDS, pids_current_show, no_write_ },
	{ "pids.peak", 0444, FILE_PIDS, pids_peak_show, no_write_ },
	{ "pids.events", 0444, FILE_PIDS | FILE_REFUSED, pids_events_show,
	  no_write_ },
	{ NULL, 0, 0, NULL, NULL },
};
