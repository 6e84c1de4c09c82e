// SPDX-License-Identifier: MIT
/*
 * The types of groups: who may have processes, and where threads may live apart.
 *
 * A group is a domain: whole processes are in it; or threaded, which it becomes
 * by a write to cgroup.type and stays: then it belongs to the domain above it
 * (cgroup_domain), and threads of one process may be in different groups of one
 * domain. The domain of threaded groups is the root of that thread subtree
 * ("domain threaded"); so is, as the controllers here can all be used between
 * threads, a group that has processes and gives a controller. The hierarchy's
 * root may be that without being called so.
 *
 * A domain below a threaded group, or below the root of a thread subtree, has no
 * place in it: it is invalid, nobody can be in it, and all that can be done with
 * it is to make it threaded.
 *
 * Locks: cgroup_mutex for "threaded" and its count, and gives_pids.
 */
#include "fs/seq.h"
#include "kernel/cgroup/pids.h"
#include "kernel/cgroup/threaded.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"

struct cgroup *cgroup_domain(struct cgroup *cg)
{
	while (cg->threaded)
		cg = cg->parent;
	return cg;
}

static bool is_thread_root(const struct cgroup *cg)
{
	return cg->parent && !cg->threaded &&
	       (cg->nr_threaded || (cg->gives_pids && READ_ONCE(cg->nr_tasks)));
}

static bool is_valid_domain(const struct cgroup *cg)
{
	if (cg->threaded)
		return false;
	while ((cg = cg->parent))
		if (cg->threaded || is_thread_root(cg))
			return false;
	return true;
}

/* Is it one, or could it be one from now on? */
static bool may_be_thread_root(const struct cgroup *cg)
{
	return !cg->parent || !READ_ONCE(cg->nr_populated_domains);
}

static int invalid(const struct cgroup *cg)
{
	return why(-EOPNOTSUPP,
		   "cgroup: %s is below a thread subtree, but not "
		   "threaded",
		   cg->name);
}

int cgroup_vet_enter(struct cgroup *cg)
{
	if (!is_valid_domain(cgroup_domain(cg)))
		return invalid(cg);
	if (cg->gives_pids && !cg->threaded && !may_be_thread_root(cg))
		return why(-EBUSY,
			   "cgroup: %s gives a controller to groups "
			   "that have processes",
			   cg->name);
	return 0;
}

int cgroup_vet_give(struct cgroup *cg)
{
	if (!is_valid_domain(cgroup_domain(cg)))
		return invalid(cg);
	if (READ_ONCE(cg->nr_tasks) && !cg->threaded && !may_be_thread_root(cg))
		return why(-EBUSY,
			   "cgroup: %s has processes, and so have "
			   "groups below it",
			   cg->name);
	return 0;
}

int cgroup_make_threaded(struct cgroup *cg)
{
	struct cgroup *domain = cgroup_domain(cg->parent);

	if (cg->threaded)
		return 0;
	if (cgroup_populated(cg))
		return why(-EOPNOTSUPP, "cgroup: %s has processes", cg->name);
	if (!is_valid_domain(domain))
		return invalid(domain);
	if (!may_be_thread_root(domain))
		return why(-EOPNOTSUPP,
			   "cgroup: groups with processes are below "
			   "%s",
			   domain->name);
	cg->threaded = true;
	cg->parent->nr_threaded++;
	return 0;
}

const char *cgroup_type(const struct cgroup *cg)
{
	if (cg->threaded)
		return "threaded";
	if (!is_valid_domain(cg))
		return "domain invalid";
	return is_thread_root(cg) ? "domain threaded" : "domain";
}
