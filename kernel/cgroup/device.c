// SPDX-License-Identifier: MIT
/* The programs that say which devices a group may use: theory in device.h. */
#include "fs/inode.h"
#include "kernel/cgroup/device.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"

#define MODES ((u32)(BPF_F_ALLOW_OVERRIDE | BPF_F_ALLOW_MULTI))

const struct ebpf_kind device_kind = {
	.size = sizeof(struct bpf_cgroup_dev_ctx),
	.narrow = sizeof(__u32), /* access_type: the type, and what is asked */
	.result_max = 1,
};
BUILD_ASSERT(DEVICE_MKNOD == BPF_DEVCG_ACC_MKNOD);
BUILD_ASSERT(DEVICE_READ == BPF_DEVCG_ACC_READ);
BUILD_ASSERT(DEVICE_WRITE == BPF_DEVCG_ACC_WRITE);

static DEFINE_MUTEX(devices_lock);
static u32 nr_rules; /* [a] of all groups; written under devices_lock */

/* ---- who is asked ----------------------------------------------------------- */

/* The next group above @cg, or @cg itself, whose programs count if there were
 * some below it (@below) or not. NULL: none. */
static const struct cgroup *asked_from(const struct cgroup *cg, bool below)
	__must_hold(devices_lock)
{
	for (; cg; cg = cg->parent)
		if (cg->devices &&
		    (!below || cg->devices_mode & BPF_F_ALLOW_MULTI))
			return cg;
	return NULL;
}

static bool all_allow(const struct cgroup *cg,
		      const struct bpf_cgroup_dev_ctx *ctx)
	__must_hold(devices_lock)
{
	bool yes = true;

	for (cg = asked_from(cg, false); cg; cg = asked_from(cg->parent, true))
		for (const struct device_rule *r = cg->devices; r; r = r->next)
			yes &= ebpf_run(r->prog, ctx) == 1;
	return yes;
}

/* fs/inode.h's upcall. */
int device_permission(umode_t mode, dev_t dev, u32 access)
{
	struct bpf_cgroup_dev_ctx ctx = {
		.access_type = access << 16 | (S_ISBLK(mode) ?
						       BPF_DEVCG_DEV_BLOCK :
						       BPF_DEVCG_DEV_CHAR),
		.major = MAJOR(dev),
		.minor = MINOR(dev),
	};
	struct cgroup *cg;
	bool yes;

	if (likely(!READ_ONCE(nr_rules)))
		return 0;
	cg = task_cgroup_get(current);
	mutex_lock(&devices_lock);
	yes = all_allow(cg, &ctx);
	mutex_unlock(&devices_lock);
	cgroup_put(cg);
	return yes ? 0 :
		     why(-EPERM, "device %u:%u: a program of the cgroup says "
				 "no", ctx.major, ctx.minor);
}

/* ---- attach, detach --------------------------------------------------------- */

static u32 count(const struct cgroup *cg) __must_hold(devices_lock)
{
	u32 n = 0;

	for (const struct device_rule *r = cg->devices; r; r = r->next)
		n++;
	return n;
}

/* Where the pointer to the attachment of @prog is; the end: to NULL. */
static struct device_rule **find(struct cgroup *cg,
				 const struct ebpf_prog *prog)
	__must_hold(devices_lock)
{
	struct device_rule **at = &cg->devices;

	while (*at && (*at)->prog != prog)
		at = &(*at)->next;
	return at;
}

/* Do those above leave anything to say? */
static bool above_allow(const struct cgroup *cg) __must_hold(devices_lock)
{
	for (cg = cg->parent; cg; cg = cg->parent)
		if (cg->devices)
			return cg->devices_mode & MODES;
	return true;
}

static int attach_check(struct cgroup *cg, const struct ebpf_prog *prog,
			u32 mode, const struct ebpf_prog *old)
	__must_hold(devices_lock)
{
	if (!above_allow(cg))
		return why(-EPERM, "cgroup: programs above allow none below");
	if (cg->devices && cg->devices_mode != mode)
		return why(-EPERM, "cgroup: it has programs of another mode");
	if (count(cg) >= DEVICE_PROGS_MAX)
		return -E2BIG;
	if (!(mode & BPF_F_ALLOW_MULTI))
		return 0;
	if (*find(cg, prog))
		return why(-EINVAL, "cgroup: the program is attached already");
	if (old && !*find(cg, old))
		return -ENOENT;
	return 0;
}

/* The attachment that gives way: the only one, or @old's; NULL: none. */
static struct device_rule *replaced(struct cgroup *cg, u32 mode,
				    const struct ebpf_prog *old)
	__must_hold(devices_lock)
{
	if (!(mode & BPF_F_ALLOW_MULTI))
		return cg->devices;
	return old ? *find(cg, old) : NULL;
}

/* Checked. @fresh, or NULL, is used if nothing is replaced: true. */
static bool attach(struct cgroup *cg, struct ebpf_prog *prog, u32 mode,
		   const struct ebpf_prog *old, struct device_rule *fresh)
	__must_hold(devices_lock)
{
	struct device_rule *r = replaced(cg, mode, old);

	cg->devices_mode = (u8)mode;
	if (r) {
		ebpf_put(r->prog);
		r->prog = ebpf_get(prog);
		return false;
	}
	*fresh = (struct device_rule){ .prog = ebpf_get(prog) };
	*find(cg, NULL) = fresh;
	WRITE_ONCE(nr_rules, nr_rules + 1);
	return true;
}

int device_attach(struct cgroup *cg, struct ebpf_prog *prog, u32 flags,
		  const struct ebpf_prog *old)
{
	struct device_rule *fresh;
	bool used = false;
	int err;

	if ((flags & MODES) == MODES ||
	    (flags & BPF_F_REPLACE && !(flags & BPF_F_ALLOW_MULTI)))
		return -EINVAL;
	fresh = kmalloc(sizeof(*fresh));
	if (!fresh)
		return -ENOMEM;
	mutex_lock(&devices_lock);
	err = attach_check(cg, prog, flags & MODES, old);
	if (!err)
		used = attach(cg, prog, flags & MODES, old, fresh);
	mutex_unlock(&devices_lock);
	if (!used)
		kfree(fresh);
	return err;
}

static struct device_rule *unlink(struct device_rule **at)
	__must_hold(devices_lock)
{
	struct device_rule *r = *at;

	*at = r->next;
	WRITE_ONCE(nr_rules, nr_rules - 1);
	return r;
}

static void rule_free(struct device_rule *r)
{
	ebpf_put(r->prog);
	kfree(r);
}

int device_detach(struct cgroup *cg, const struct ebpf_prog *prog)
{
	struct device_rule **at = &cg->devices, *r = NULL;
	int err = 0;

	mutex_lock(&devices_lock);
	if (cg->devices_mode & BPF_F_ALLOW_MULTI) {
		at = find(cg, prog);
		err = prog ? 0 : -EINVAL;
	}
	if (!err && !*at)
		err = -ENOENT;
	if (!err)
		r = unlink(at);
	if (!cg->devices)
		cg->devices_mode = 0;
	mutex_unlock(&devices_lock);
	if (r)
		rule_free(r);
	return err;
}

u32 device_query(const struct cgroup *cg, bool effective, u32 *ids, u32 n,
		 u32 *flags)
{
	u32 found = 0;

	mutex_lock(&devices_lock);
	*flags = effective ? 0 : cg->devices_mode;
	if (effective)
		cg = asked_from(cg, false);
	while (cg) {
		for (const struct device_rule *r = cg->devices; r;
		     r = r->next, found++)
			if (found < n)
				ids[found] = r->prog->id;
		cg = effective ? asked_from(cg->parent, true) : NULL;
	}
	mutex_unlock(&devices_lock);
	return found;
}

void device_rules_free(struct cgroup *cg)
{
	while (cg->devices) {
		struct device_rule *r;

		mutex_lock(&devices_lock);
		r = unlink(&cg->devices);
		mutex_unlock(&devices_lock);
		rule_free(r);
	}
}
