// SPDX-License-Identifier: MIT
/*
 * The controller "pids": counters, and who gives it to whom. Theory and locks in
 * pids.h; how tasks are charged is member.c.
 *
 * To give it: the files first, which may fail, and which say ENODEV until the
 * group owns a counter; then the counters, all at once under cgroup_mutex. To
 * take it: the same backwards.
 */
#include "kernel/cgroup/pids.h"
#include "kernel/cgroup/threaded.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

static struct slab *pids_slab;

void pids_module_init(void)
{
	pids_slab = slab_create("pids", sizeof(struct pids), 8);
}

/* ---- counters ------------------------------------------------------------ */

struct pids *pids_new(struct pids *parent)
{
	struct pids *p = slab_alloc(pids_slab);

	if (!p)
		return NULL;
	*p = (struct pids){.parent = pids_get(parent), .limit = PIDS_MAX};
	refcount_set(&p->refs, 1);
	return p;
}

void pids_put(struct pids *p)
{
	while (p && refcount_dec_and_test(&p->refs)) {
		struct pids *parent = p->parent;

		assert(!p->count);
		slab_free(pids_slab, p);
		p = parent;
	}
}

void pids_charge(struct pids *p)
{
	for (; p; p = p->parent) {
		p->count++;
		p->peak = max(p->peak, p->count);
	}
}

void pids_uncharge(struct pids *p)
{
	for (; p; p = p->parent) {
		assert(p->count);
		p->count--;
	}
}

int pids_try_charge(struct pids *p)
{
	for (const struct pids *up = p; up; up = up->parent)
		if (up->count >= up->limit)
			return -EAGAIN;
	pids_charge(p);
	return 0;
}

/* ---- cgroup.subtree_control ---------------------------------------------- */

/* *@on: 1 give, 0 take, -1 neither; the last word counts. */
static int control_parse(char *text, int *on)
{
	*on = -1;
	while (*text) {
		size_t len = 0;

		while (text[len] && text[len] != ' ')
			len++;
		if (len && (len != 5 || (*text != '+' && *text != '-') ||
			    memcmp(text + 1, "pids", 4)))
			return -EINVAL;
		if (len)
			*on = *text == '+';
		text += len + (text[len] == ' ');
	}
	return 0;
}

static int give_check(struct cgroup *cg) __must_hold(cgroup_mutex)
{
	if (cg->parent && !cgroup_owns_pids(cg))
		return why(-ENOENT, "cgroup: pids is not given to %s",
			   cg->name);
	return cgroup_vet_give(cg);
}

static int take_check(const struct cgroup *cg) __must_hold(cgroup_mutex)
{
	struct cgroup *child;

	list_for_each_entry (child, &cg->children, sibling)
		if (child->gives_pids)
			return why(-EBUSY, "cgroup: pids is given by %s",
				   child->name);
	return 0;
}

/* 0; 1: nothing to do; -errno. */
static int control_check(struct cgroup *cg, bool on) __must_hold(cgroup_mutex)
{
	if (cg->dead)
		return -ENODEV;
	if (cg->gives_pids == on)
		return 1;
	return on ? give_check(cg) : take_check(cg);
}

/* Every child of @cg owns a counter from now on, or none. 0; -ENOMEM. */
static int give_counters(struct cgroup *cg) __must_hold(cgroup_mutex)
{
	struct cgroup *child;

	list_for_each_entry (child, &cg->children, sibling) {
		child->fresh = pids_new(cg->pids);
		if (!child->fresh)
			goto undo;
	}
	cg->gives_pids = true;
	list_for_each_entry (child, &cg->children, sibling) {
		cgroup_switch_pids(child, child->fresh);
		child->fresh = NULL;
	}
	return 0;
undo:
	list_for_each_entry (child, &cg->children, sibling) {
		pids_put(child->fresh);
		child->fresh = NULL;
	}
	return -ENOMEM;
}

static void take_counters(struct cgroup *cg) __must_hold(cgroup_mutex)
{
	struct cgroup *child;

	cg->gives_pids = false;
	list_for_each_entry (child, &cg->children, sibling)
		cgroup_switch_pids(child, pids_get(cg->pids));
}

/* Children neither come nor go: their directory is locked. */
static int give(struct cgroup *cg)
{
	struct cgroup *child;
	int err = 0;

	list_for_each_entry (child, &cg->children, sibling)
		if (!err)
			err = cgroup_files_pids_add(child);
	mutex_lock(&cgroup_mutex);
	if (!err)
		err = control_check(cg, true);
	if (!err)
		err = give_counters(cg);
	mutex_unlock(&cgroup_mutex);
	if (err)
		list_for_each_entry (child, &cg->children, sibling)
			cgroup_files_pids_remove(child);
	return err;
}

static int take(struct cgroup *cg)
{
	struct cgroup *child;
	int err;

	mutex_lock(&cgroup_mutex);
	err = control_check(cg, false);
	if (!err)
		take_counters(cg);
	mutex_unlock(&cgroup_mutex);
	if (!err)
		list_for_each_entry (child, &cg->children, sibling)
			cgroup_files_pids_remove(child);
	return err;
}

int pids_control(struct cgroup *cg, char *text)
{
	struct dentry *dir;
	int on, err = control_parse(text, &on);

	if (err)
		return err;
	dir = cgroup_dir_lock(cg);
	if (!dir)
		return -ENODEV;
	mutex_lock(&cgroup_mutex);
	err = on < 0 ? 1 : control_check(cg, on);
	mutex_unlock(&cgroup_mutex);
	if (!err)
		err = on ? give(cg) : take(cg);
	cgroup_dir_unlock(dir);
	return err > 0 ? 0 : err;
}
