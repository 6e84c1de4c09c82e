// SPDX-License-Identifier: MIT
/*
 * The files of a group: what each shows, and what a write to it does. The lists of
 * members are procs.c; how files come to be in a directory is names.c.
 */
#include "fs/seq.h"
#include "kernel/cgroup/files.h"
#include "kernel/cgroup/pids.h"
#include "kernel/cgroup/threaded.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"

bool cgroup_ns_delegate;

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
	seq_printf(s, "populated %d\nfrozen %d\n", cgroup_populated(cg),
		   READ_ONCE(cg->frozen));
	return 0;
}

static int type_show(struct seq *s, struct cgroup *cg)
{
	mutex_lock(&cgroup_mutex);
	seq_printf(s, "%s\n", cgroup_type(cg));
	mutex_unlock(&cgroup_mutex);
	return 0;
}

static int type_write(struct file *f __maybe_unused, struct cgroup *cg,
		      char *text)
{
	int err;

	if (strcmp(text, "threaded"))
		return -EINVAL;
	mutex_lock(&cgroup_mutex);
	err = cg->dead ? -ENODEV : cgroup_make_threaded(cg);
	mutex_unlock(&cgroup_mutex);
	return err;
}

static int stat_show(struct seq *s, struct cgroup *cg)
{
	seq_printf(s, "nr_descendants %u\nnr_dying_descendants %u\n",
		   READ_ONCE(cg->nr_descendants), READ_ONCE(cg->nr_dying));
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
	int err = 0;
	s64 n;

	if (parse_s64(text, 0, &n))
		return -EINVAL;
	if (n != 1)
		return -ERANGE;
	mutex_lock(&cgroup_mutex);
	if (cg->threaded)
		err = why(-EOPNOTSUPP,
			  "cgroup: processes are killed, and %s "
			  "has only threads",
			  cg->name);
	else
		cgroup_kill(cg);
	mutex_unlock(&cgroup_mutex);
	return err;
}

static int freeze_show(struct seq *s, struct cgroup *cg)
{
	seq_printf(s, "%d\n", READ_ONCE(cg->freeze));
	return 0;
}

static int freeze_write(struct file *f __maybe_unused, struct cgroup *cg,
			char *text)
{
	int err = 0;
	s64 n;

	if (parse_s64(text, 0, &n))
		return -EINVAL;
	if (n < 0 || n > 1)
		return -ERANGE;
	mutex_lock(&cgroup_mutex);
	if (cg->dead)
		err = -ENODEV;
	else
		cgroup_freeze(cg, n);
	mutex_unlock(&cgroup_mutex);
	return err;
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
	{"cgroup.procs", 0644, FILE_DELEGATED, cgroup_procs_show,
	 cgroup_procs_write},
	{"cgroup.threads", 0644, FILE_DELEGATED, cgroup_threads_show,
	 cgroup_threads_write},
	{"cgroup.controllers", 0444, 0, controllers_show, no_write_},
	{"cgroup.subtree_control", 0644, FILE_DELEGATED, control_show,
	 control_write},
	{"cgroup.events", 0444, FILE_NOT_ROOT | FILE_POPULATED, events_show,
	 no_write_},
	{"cgroup.type", 0644, FILE_NOT_ROOT, type_show, type_write},
	{"cgroup.stat", 0444, 0, stat_show, no_write_},
	{"cgroup.max.depth", 0644, 0, depth_show, depth_write},
	{"cgroup.max.descendants", 0644, 0, descendants_show,
	 descendants_write},
	{"cgroup.freeze", 0644, FILE_NOT_ROOT, freeze_show, freeze_write},
	{"cgroup.kill", 0200, FILE_NOT_ROOT, no_show, kill_write},
	{"pids.max", 0644, FILE_PIDS, pids_max_show, pids_max_write},
	{"pids.current", 0444, FILE_PIDS, pids_current_show, no_write_},
	{"pids.peak", 0444, FILE_PIDS, pids_peak_show, no_write_},
	{"pids.events", 0444, FILE_PIDS | FILE_REFUSED, pids_events_show,
	 no_write_},
	{NULL, 0, 0, NULL, NULL},
};
