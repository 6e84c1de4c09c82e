// SPDX-License-Identifier: MIT
/*
 * Options of prctl(2) about privileges: the bounding and the ambient set,
 * security bits, no_new_privs (capabilities(7)). Each copies the credentials,
 * changes the copy and commits it.
 */
#include <linux/prctl.h>
#include <linux/securebits.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/sys/prctl.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

static u64 cap_bit(u64 cap)
{
	return 1ULL << cap;
}

static bool cap_known(u64 cap)
{
	return cap <= CAP_LAST_CAP;
}

static bool secure(u32 bit)
{
	return current->cred->securebits & bit;
}

/* Ambient set and security bits change together with nothing else. */
static long cred_change(u32 securebits, u64 ambient)
{
	struct cred *c = cred_copy(current->cred);

	if (IS_ERR(c))
		return PTR_ERR(c);
	c->securebits = securebits;
	c->cap_ambient = ambient;
	cred_commit(c);
	return 0;
}

/* ---- no_new_privs ------------------------------------------------------- */

long prctl_no_new_privs_set(void)
{
	struct cred *c = cred_copy(current->cred);

	if (IS_ERR(c))
		return PTR_ERR(c);
	c->no_new_privs = true;
	cred_commit(c);
	return 0;
}

long prctl_no_new_privs(void)
{
	return current->cred->no_new_privs;
}

/* ---- security bits ------------------------------------------------------ */

long prctl_keepcaps_set(u64 on)
{
	const struct cred *c = current->cred;
	u32 bit = issecure_mask(SECURE_KEEP_CAPS);

	if (on > 1)
		return -EINVAL;
	if (secure(issecure_mask(SECURE_KEEP_CAPS_LOCKED)))
		return -EPERM;
	return cred_change(on ? c->securebits | bit : c->securebits & ~bit,
			   c->cap_ambient);
}

long prctl_keepcaps(void)
{
	return secure(issecure_mask(SECURE_KEEP_CAPS));
}

/* Each bit's lock is the next higher bit; a lock is for ever. */
long prctl_securebits_set(u64 bits)
{
	const struct cred *c = current->cred;
	u32 locks = c->securebits & SECURE_ALL_LOCKS;
	u32 locked = locks >> 1;

	if ((bits ^ c->securebits) & locked)
		return why(-EPERM, "prctl: a locked security bit would change");
	if (locks & ~bits)
		return why(-EPERM, "prctl: locks of security bits stay");
	if (bits & ~(u64)(SECURE_ALL_LOCKS | SECURE_ALL_BITS))
		return why(-EPERM, "prctl: unknown security bits");
	if (!ns_capable(c->user_ns, CAP_SETPCAP))
		return why(-EPERM, "prctl: security bits need CAP_SETPCAP");
	return cred_change((u32)bits, c->cap_ambient);
}

long prctl_securebits(void)
{
	return current->cred->securebits;
}

/* ---- the bounding set --------------------------------------------------- */

long prctl_capbset_read(u64 cap)
{
	if (!cap_known(cap))
		return -EINVAL;
	return (current->cred->cap_bset & cap_bit(cap)) != 0;
}

long prctl_capbset_drop(u64 cap)
{
	struct cred *c;

	if (!ns_capable(current->cred->user_ns, CAP_SETPCAP))
		return why(-EPERM, "prctl: dropping from the bounding set "
				   "needs CAP_SETPCAP");
	if (!cap_known(cap))
		return -EINVAL;
	c = cred_copy(current->cred);
	if (IS_ERR(c))
		return PTR_ERR(c);
	c->cap_bset &= ~cap_bit(cap);
	cred_commit(c);
	return 0;
}

/* ---- the ambient set ---------------------------------------------------- */

static long ambient_raise(u64 cap)
{
	const struct cred *c = current->cred;

	if (!(c->cap_permitted & c->cap_inheritable & cap_bit(cap)))
		return why(-EPERM, "prctl: an ambient capability must be "
				   "permitted and inheritable");
	if (secure(issecure_mask(SECURE_NO_CAP_AMBIENT_RAISE)))
		return why(-EPERM, "prctl: SECBIT_NO_CAP_AMBIENT_RAISE is set");
	return cred_change(c->securebits, c->cap_ambient | cap_bit(cap));
}

long prctl_cap_ambient(u64 op, u64 cap, u64 arg4, u64 arg5)
{
	const struct cred *c = current->cred;

	if (op == PR_CAP_AMBIENT_CLEAR_ALL)
		return cap || arg4 || arg5 ? -EINVAL :
					     cred_change(c->securebits, 0);
	if (!cap_known(cap) || arg4 || arg5)
		return -EINVAL;
	switch (op) {
	case PR_CAP_AMBIENT_IS_SET:
		return (c->cap_ambient & cap_bit(cap)) != 0;
	case PR_CAP_AMBIENT_RAISE:
		return ambient_raise(cap);
	case PR_CAP_AMBIENT_LOWER:
		return cred_change(c->securebits,
				   c->cap_ambient & ~cap_bit(cap));
	default:
		return -EINVAL;
	}
}
