// SPDX-License-Identifier: MIT
/*
 * The UTS namespace: of the six names that uname(2) gives the two that
 * sethostname(2) and setdomainname(2) change. The other four are the kernel's,
 * and the same everywhere. A new namespace begins with a copy.
 *
 * Lock: uts_lock, a leaf, for the names of all: nobody reads half a name. Without
 * it reads uname(2), which may fault while it copies: uts->version counts the
 * beginnings and ends of changes, and it copies again if one came between.
 */
#include <linux/sched.h>

#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"

/* What programs ask for before they use a system call. */
#define UTS_RELEASE "6.18.0-warren"

struct uts_ns init_uts_ns = {
	.ns = {
		.ops = &uts_ns_ops,
		.inum = UTS_NS_INIT_INO,
		.owner = &init_user_ns,
		.refs = REFCOUNT_INIT(1),
		.pins = { [PIN_BOOT] = 1 },
		.link = LIST_INIT(init_uts_ns.ns.link),
	},
	.nodename = "(none)",
	.domainname = "(none)",
};

const struct new_utsname uts_kernel = {
	.sysname = "Linux",
	.release = UTS_RELEASE,
	.version = "#1 SMP Warren",
	.machine = "x86_64",
};

static DEFINE_SPINLOCK(uts_lock);
static struct slab *uts_ns_slab;

void uts_ns_module_init(void)
{
	uts_ns_slab = slab_create("uts_ns", sizeof(struct uts_ns), 8);
}

static void names_copy(const struct uts_ns *uts, char *nodename,
		       char *domainname)
{
	spin_lock(&uts_lock);
	memcpy(nodename, uts->nodename, sizeof(uts->nodename));
	memcpy(domainname, uts->domainname, sizeof(uts->domainname));
	spin_unlock(&uts_lock);
}

void uts_read(struct uts_ns *uts, struct new_utsname *out)
{
	memcpy(out->sysname, uts_kernel.sysname, sizeof(out->sysname));
	memcpy(out->release, uts_kernel.release,
	       offsetof(struct new_utsname, domainname) -
		       offsetof(struct new_utsname, release));
	names_copy(uts, out->nodename, out->domainname);
}

/* The rest of the field is zeros: nothing of a longer old name is left. */
static void name_set(struct uts_ns *uts, char *field, const char *name,
		     size_t len)
{
	assert(len <= __NEW_UTS_LEN);
	spin_lock(&uts_lock);
	atomic_add(&uts->version, 1);
	memset(field, 0, __NEW_UTS_LEN + 1);
	memcpy(field, name, len);
	atomic_add(&uts->version, 1);
	spin_unlock(&uts_lock);
}

void uts_set_nodename(struct uts_ns *uts, const char *name, size_t len)
{
	name_set(uts, uts->nodename, name, len);
}

void uts_set_domainname(struct uts_ns *uts, const char *name, size_t len)
{
	name_set(uts, uts->domainname, name, len);
}

static struct ns *uts_ns_clone(struct ns *old, struct user_ns *owner,
			       struct nsset *set)
{
	struct uts_ns *uts = slab_alloc(uts_ns_slab);
	int err;

	(void)set;
	if (!uts)
		return ERR_PTR(-ENOMEM);
	uts->version = 0;
	names_copy(to_uts_ns(old), uts->nodename, uts->domainname);
	err = ns_init(&uts->ns, &uts_ns_ops, owner, PIN_TASK);
	if (err) {
		slab_free(uts_ns_slab, uts);
		return ERR_PTR(err);
	}
	return &uts->ns;
}

static void uts_ns_free(struct ns *ns)
{
	slab_free(uts_ns_slab, to_uts_ns(ns));
}

const struct ns_ops uts_ns_ops = {
	.name = "uts",
	.type = CLONE_NEWUTS,
	.slot = NS_UTS,
	.clone = uts_ns_clone,
	.free = uts_ns_free,
	.install = nsset_may_admin,
	.parent = ns_no_parent,
	.leave = ns_no_leave,
};
