// SPDX-License-Identifier: MIT
/*
 * cgroup.procs and cgroup.threads: who is in a group, and moving them.
 *
 * A list is in the order in which they came. Numbers are the reader's: 0 is
 * somebody whom his pid namespace does not know. cgroup.threads lists threads,
 * cgroup.procs the processes of a domain: those whose leader is in it or in one
 * of its threaded groups. A leader that has exited before its threads still stands
 * for them.
 *
 * Who may move a process is asked of who opened the file, not of who writes: an
 * open file handed to somebody else gives him just that power. He must be able to
 * write cgroup.procs of the group that is above both, the old and the new.
 */
#include "fs/seq.h"
#include "kernel/cgroup/files.h"
#include "kernel/cgroup/impl.h"
#include "kernel/cgroup/threaded.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"

/* ---- lists of members ---------------------------------------------------- */

struct listing {
	pid_t *nr;
	size_t n, room; /* n may be more */
	bool procs;
};

static bool is_listed(const struct task *t, bool procs)
{
	if (!procs)
		return t->in_cgroup;
	return READ_ONCE(t->signal->leader) == t &&
	       (t->in_cgroup || READ_ONCE(t->signal->live));
}

static void list_group(const struct cgroup *cg, struct listing *l)
{
	struct pid_ns *ns = task_active_pid_ns(current);
	u64 irq = spin_lock_irqsave(&cgroup_lock);
	struct task *t;

	list_for_each_entry (t, &cg->members, cgroup_link) {
		if (!is_listed(t, l->procs))
			continue;
		if (l->n < l->room)
			l->nr[l->n] = pid_nr(t->pid, ns);
		l->n++;
	}
	spin_unlock_irqrestore(&cgroup_lock, irq);
}

static void list_all(struct cgroup *cg, struct listing *l)
	__must_hold(cgroup_mutex)
{
	struct cgroup *at;

	l->n = 0;
	if (!l->procs) {
		list_group(cg, l);
		return;
	}
	for (at = cg; at; at = cgroup_next_below(at, cg))
		if (cgroup_domain(at) == cg)
			list_group(at, l);
}

static int show_members(struct seq *s, struct cgroup *cg, bool procs)
{
	struct listing l = {.procs = procs};
	int err = 0;

	mutex_lock(&cgroup_mutex);
	list_all(cg, &l);
	while (!err && l.n > l.room) {
		kfree(l.nr);
		l.room = l.n + 16; /* some may come meanwhile */
		l.nr = kmalloc(l.room * sizeof(*l.nr));
		if (l.nr)
			list_all(cg, &l);
		else
			err = -ENOMEM;
	}
	mutex_unlock(&cgroup_mutex);
	for (size_t i = 0; !err && i < l.n; i++)
		seq_printf(s, "%d\n", l.nr[i]);
	kfree(l.nr);
	return err;
}

int cgroup_procs_show(struct seq *s, struct cgroup *cg)
{
	if (READ_ONCE(cg->threaded))
		return why(-EOPNOTSUPP, "cgroup: %s has threads, not processes",
			   cg->name);
	return show_members(s, cg, true);
}

int cgroup_threads_show(struct seq *s, struct cgroup *cg)
{
	return show_members(s, cg, false);
}

/* ---- moving -------------------------------------------------------------- */

/* The task that @text names, counted. ERR_PTR(-EINVAL), ERR_PTR(-ESRCH). */
static struct task *named_task(const char *text)
{
	struct task *t;
	s64 nr;

	if (parse_s64(text, 10, &nr) || nr < 0 || nr > CGROUP_MAX)
		return ERR_PTR(-EINVAL);
	t = nr ? task_find_get(task_active_pid_ns(current), (pid_t)nr)
	       : task_get(current);
	if (!t)
		return ERR_PTR(-ESRCH);
	if (t->flags & PF_KTHREAD) {
		task_put(t);
		return ERR_PTR(-EINVAL);
	}
	return t;
}

/* May who opened @f write @inode? */
static int opener_may_write(const struct file *f, struct inode *inode)
{
	/* the file keeps its own */
	struct cred *mine = cred_swap((struct cred *)f->cred);
	int err;

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
		return why(-EACCES,
			   "cgroup: cgroup.procs of %s, above both "
			   "groups, is not the opener's to write",
			   above->parent ? above->name : "the root");
	if (cgroup_ns_delegate &&
	    (!cgroup_is_within(from, border) || !cgroup_is_within(to, border)))
		return why(-ENOENT, "cgroup: nsdelegate: out of the opener's "
				    "cgroup namespace");
	return 0;
}

/* May what comes from @from come into @to? @thread: it leaves the rest of its
 * process. */
static int vet_move(struct cgroup *from, struct cgroup *to, bool thread)
	__must_hold(cgroup_mutex)
{
	int err = cgroup_vet_enter(to);

	if (!err && thread && cgroup_domain(from) != cgroup_domain(to))
		err = why(-EOPNOTSUPP, "cgroup: a thread alone does not leave "
				       "its domain");
	return err;
}

/* Where @t's process counts as being, which is where its leader is; counted. */
static struct cgroup *process_cgroup_get(struct task *t)
{
	u64 irq = spin_lock_irqsave(&tasklist_lock);
	struct cgroup *cg = task_cgroup_get(t->sighand ? t->signal->leader : t);

	spin_unlock_irqrestore(&tasklist_lock, irq);
	return cg;
}

static int members_write(struct file *f, struct cgroup *cg, const char *text,
			 bool procs)
{
	struct task *t = named_task(text);
	struct cgroup *from;
	int err;

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	mutex_lock(&cgroup_mutex); /* the groups above @cg stay */
	from = procs ? process_cgroup_get(t) : task_cgroup_get(t);
	err = cg->dead ? -ENODEV : move_check(f, from, cg);
	if (!err)
		err = vet_move(from, cg, !procs);
	if (!err)
		err = cgroup_move(t, cg, procs);
	mutex_unlock(&cgroup_mutex);
	cgroup_put(from);
	task_put(t);
	return err;
}

int cgroup_procs_write(struct file *f, struct cgroup *cg, char *text)
{
	return members_write(f, cg, text, true);
}

int cgroup_threads_write(struct file *f, struct cgroup *cg, char *text)
{
	return members_write(f, cg, text, false);
}

int cgroup_may_enter(struct cgroup *to, bool thread)
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
		err = vet_move(from, to, thread);
	mutex_unlock(&cgroup_mutex);
	cgroup_put(from);
	return err;
}
