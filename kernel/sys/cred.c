// SPDX-License-Identifier: MIT
/*
 * User and group ids (credentials(7)). Each call copies current's cred, changes
 * the copy by its rules, and commits it; or drops it. How capabilities follow a
 * change of user ids is capabilities(7), "Effect of user ID changes".
 *
 * Numbers of user space are those of current's user namespace: what comes in is
 * translated first (-EINVAL: nobody there), what goes out last; between, all ids
 * are the kernel's, and root is the one whom the namespace calls 0.
 */
#include <linux/resource.h>
#include <linux/securebits.h>

#include "kernel/debug/why.h"
#include "kernel/lib/alloc.h"
#include "kernel/lib/err.h"
#include "kernel/ns/ucount.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"

#define NO_ID ((u32)-1) /* "leave it as it is" */

/* What root may do with files, and loses with fsuid (setfsuid(2)). */
#define CAP_BIT(cap) (1ULL << (cap))
#define CAPS_OF_FILES                                         \
	(CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_DAC_OVERRIDE) |     \
	 CAP_BIT(CAP_DAC_READ_SEARCH) | CAP_BIT(CAP_FOWNER) | \
	 CAP_BIT(CAP_FSETID) | CAP_BIT(CAP_LINUX_IMMUTABLE) | \
	 CAP_BIT(CAP_MKNOD) | CAP_BIT(CAP_MAC_OVERRIDE))

static bool may(int cap)
{
	return ns_capable(current_user_ns(), cap);
}

/* What current calls them. */
static uid_t shown_uid(kuid_t uid)
{
	return from_kuid_munged(current_user_ns(), uid);
}

static gid_t shown_gid(kgid_t gid)
{
	return from_kgid_munged(current_user_ns(), gid);
}

/* Whom current means; NO_ID stays. False: it knows no such user, group. */
static bool uid_known(uid_t *uid)
{
	bool none = *uid == NO_ID;

	*uid = make_kuid(current_user_ns(), *uid);
	return none || *uid != INVALID_ID;
}

static bool gid_known(gid_t *gid)
{
	bool none = *gid == NO_ID;

	*gid = make_kgid(current_user_ns(), *gid);
	return none || *gid != INVALID_ID;
}

long sys_getuid(void)
{
	return shown_uid(current->cred->uid);
}

long sys_geteuid(void)
{
	return shown_uid(current->cred->euid);
}

long sys_getgid(void)
{
	return shown_gid(current->cred->gid);
}

long sys_getegid(void)
{
	return shown_gid(current->cred->egid);
}

long sys_getresuid(uid_t __user *ruid, uid_t __user *euid, uid_t __user *suid)
{
	const struct cred *c = current->cred;

	if (put_user(shown_uid(c->uid), ruid) ||
	    put_user(shown_uid(c->euid), euid) ||
	    put_user(shown_uid(c->suid), suid))
		return -EFAULT;
	return 0;
}

long sys_getresgid(gid_t __user *rgid, gid_t __user *egid, gid_t __user *sgid)
{
	const struct cred *c = current->cred;

	if (put_user(shown_gid(c->gid), rgid) ||
	    put_user(shown_gid(c->egid), egid) ||
	    put_user(shown_gid(c->sgid), sgid))
		return -EFAULT;
	return 0;
}

/* ---- user ids ---- */

static bool any_is(const struct cred *c, kuid_t root)
{
	return c->uid == root || c->euid == root || c->suid == root;
}

/* The capabilities of @c after its user ids have changed from those of @old. */
static void caps_follow_uids(struct cred *c, const struct cred *old)
{
	kuid_t root = make_kuid(old->user_ns, 0);

	if (c->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (any_is(old, root) && !any_is(c, root)) {
		if (!(c->securebits & SECBIT_KEEP_CAPS)) {
			c->cap_permitted = 0;
			c->cap_effective = 0;
		}
		c->cap_ambient = 0;
	}
	if (old->euid == root && c->euid != root)
		c->cap_effective = 0;
	if (old->euid != root && c->euid == root)
		c->cap_effective = c->cap_permitted;
}

static void caps_follow_fsuid(struct cred *c, const struct cred *old)
{
	kuid_t root = make_kuid(old->user_ns, 0);

	if (c->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (old->fsuid == root && c->fsuid != root)
		c->cap_effective &= ~CAPS_OF_FILES;
	if (old->fsuid != root && c->fsuid == root)
		c->cap_effective |= c->cap_permitted & CAPS_OF_FILES;
}

/* Somebody with too many tasks becomes himself all the same (a daemon must not
 * stay root); but he executes nothing more: execve(2). */
static void note_nproc(const struct cred *c)
{
	u64 limit = READ_ONCE(current->signal->rlim[RLIMIT_NPROC].cur);

	if (c->ucount == current->cred->ucount)
		return;
	if (ucount_over(c->ucount, UCOUNT_NPROC, limit) && c->uid)
		current->flags |= PF_NPROC_EXCEEDED;
	else
		current->flags &= ~(u32)PF_NPROC_EXCEEDED;
}

/* The end of every call that sets user ids: @c is committed, or dropped. */
static long uids_commit(struct cred *c, int err)
{
	if (!err)
		err = cred_recount(c);
	if (err) {
		cred_put(c);
		return err;
	}
	c->fsuid = c->euid;
	caps_follow_uids(c, current->cred);
	note_nproc(c);
	cred_commit(c);
	return 0;
}

static int uid_refused(const char *call, uid_t uid)
{
	return why(-EPERM,
		   "%s: %u is none of the task's user ids, and no "
		   "CAP_SETUID",
		   call, uid);
}

long sys_setuid(uid_t uid)
{
	const struct cred *old = current->cred;
	struct cred *c;
	int err = 0;

	if (uid == NO_ID || !uid_known(&uid))
		return -EINVAL;
	c = cred_copy(old);
	if (IS_ERR(c))
		return PTR_ERR(c);
	if (may(CAP_SETUID))
		c->uid = c->suid = uid;
	else if (uid != old->uid && uid != old->suid)
		err = uid_refused("setuid", uid);
	c->euid = uid;
	return uids_commit(c, err);
}

long sys_setreuid(uid_t ruid, uid_t euid)
{
	const struct cred *old = current->cred;
	struct cred *c;
	int err = 0;

	if (!uid_known(&ruid) || !uid_known(&euid))
		return -EINVAL;
	c = cred_copy(old);
	if (IS_ERR(c))
		return PTR_ERR(c);
	if (ruid != NO_ID) {
		c->uid = ruid;
		if (ruid != old->uid && ruid != old->euid && !may(CAP_SETUID))
			err = uid_refused("setreuid", ruid);
	}
	if (euid != NO_ID) {
		c->euid = euid;
		if (euid != old->uid && euid != old->euid &&
		    euid != old->suid && !may(CAP_SETUID))
			err = uid_refused("setreuid", euid);
	}
	if (ruid != NO_ID || (euid != NO_ID && euid != old->uid))
		c->suid = c->euid;
	return uids_commit(c, err);
}

static bool uid_is_own(uid_t uid)
{
	const struct cred *c = current->cred;

	return uid == NO_ID || uid == c->uid || uid == c->euid ||
	       uid == c->suid;
}

long sys_setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
	struct cred *c;
	int err = 0;

	if (!uid_known(&ruid) || !uid_known(&euid) || !uid_known(&suid))
		return -EINVAL;
	c = cred_copy(current->cred);
	if (IS_ERR(c))
		return PTR_ERR(c);
	if (!uid_is_own(ruid) || !uid_is_own(euid) || !uid_is_own(suid))
		if (!may(CAP_SETUID))
			err = why(-EPERM,
				  "setresuid: not all of %u %u %u are "
				  "the task's, and no CAP_SETUID",
				  ruid, euid, suid);
	if (ruid != NO_ID)
		c->uid = ruid;
	if (euid != NO_ID)
		c->euid = euid;
	if (suid != NO_ID)
		c->suid = suid;
	return uids_commit(c, err);
}

/* The old fsuid, whether it worked or not. */
long sys_setfsuid(uid_t uid)
{
	uid_t old = shown_uid(current->cred->fsuid);
	struct cred *c;

	if (uid == NO_ID || !uid_known(&uid) || uid == current->cred->fsuid ||
	    (!uid_is_own(uid) && !may(CAP_SETUID)))
		return old;
	c = cred_copy(current->cred);
	if (IS_ERR(c))
		return old;
	c->fsuid = uid;
	caps_follow_fsuid(c, current->cred);
	cred_commit(c);
	return old;
}

/* ---- group ids ---- */

static long gids_commit(struct cred *c, int err)
{
	if (err) {
		cred_put(c);
		return err;
	}
	c->fsgid = c->egid;
	cred_commit(c);
	return 0;
}

static int gid_refused(const char *call, gid_t gid)
{
	return why(-EPERM,
		   "%s: %u is none of the task's group ids, and no "
		   "CAP_SETGID",
		   call, gid);
}

long sys_setgid(gid_t gid)
{
	const struct cred *old = current->cred;
	struct cred *c;
	int err = 0;

	if (gid == NO_ID || !gid_known(&gid))
		return -EINVAL;
	c = cred_copy(old);
	if (IS_ERR(c))
		return PTR_ERR(c);
	if (may(CAP_SETGID))
		c->gid = c->sgid = gid;
	else if (gid != old->gid && gid != old->sgid)
		err = gid_refused("setgid", gid);
	c->egid = gid;
	return gids_commit(c, err);
}

long sys_setregid(gid_t rgid, gid_t egid)
{
	const struct cred *old = current->cred;
	struct cred *c;
	int err = 0;

	if (!gid_known(&rgid) || !gid_known(&egid))
		return -EINVAL;
	c = cred_copy(old);
	if (IS_ERR(c))
		return PTR_ERR(c);
	if (rgid != NO_ID) {
		c->gid = rgid;
		if (rgid != old->gid && rgid != old->egid && !may(CAP_SETGID))
			err = gid_refused("setregid", rgid);
	}
	if (egid != NO_ID) {
		c->egid = egid;
		if (egid != old->gid && egid != old->egid &&
		    egid != old->sgid && !may(CAP_SETGID))
			err = gid_refused("setregid", egid);
	}
	if (rgid != NO_ID || (egid != NO_ID && egid != old->gid))
		c->sgid = c->egid;
	return gids_commit(c, err);
}

static bool gid_is_own(gid_t gid)
{
	const struct cred *c = current->cred;

	return gid == NO_ID || gid == c->gid || gid == c->egid ||
	       gid == c->sgid;
}

long sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
	struct cred *c;
	int err = 0;

	if (!gid_known(&rgid) || !gid_known(&egid) || !gid_known(&sgid))
		return -EINVAL;
	c = cred_copy(current->cred);
	if (IS_ERR(c))
		return PTR_ERR(c);
	if (!gid_is_own(rgid) || !gid_is_own(egid) || !gid_is_own(sgid))
		if (!may(CAP_SETGID))
			err = why(-EPERM,
				  "setresgid: not all of %u %u %u are "
				  "the task's, and no CAP_SETGID",
				  rgid, egid, sgid);
	if (rgid != NO_ID)
		c->gid = rgid;
	if (egid != NO_ID)
		c->egid = egid;
	if (sgid != NO_ID)
		c->sgid = sgid;
	return gids_commit(c, err);
}

long sys_setfsgid(gid_t gid)
{
	gid_t old = shown_gid(current->cred->fsgid);
	struct cred *c;

	if (gid == NO_ID || !gid_known(&gid) || gid == current->cred->fsgid ||
	    (!gid_is_own(gid) && !may(CAP_SETGID)))
		return old;
	c = cred_copy(current->cred);
	if (IS_ERR(c))
		return old;
	c->fsgid = gid;
	cred_commit(c);
	return old;
}

long sys_getgroups(int size, gid_t __user *list)
{
	const struct group_info *gi = current->cred->groups;

	if (size < 0 || (size && (u32)size < gi->n))
		return -EINVAL;
	for (u32 i = 0; size && i < gi->n; i++)
		if (put_user(shown_gid(gi->gid[i]), list + i))
			return -EFAULT;
	return gi->n;
}

static struct group_info *groups_from_user(u32 n, const gid_t __user *list)
{
	struct group_info *gi = groups_new(n);
	int err = 0;
	u32 i;

	if (IS_ERR(gi))
		return gi;
	if (copy_from_user(gi->gid, list, n * sizeof(gid_t)))
		err = -EFAULT;
	for (i = 0; !err && i < n; i++)
		if (gi->gid[i] == NO_ID || !gid_known(&gi->gid[i]))
			err = -EINVAL;
	if (!err)
		return gi;
	kfree(gi);
	return ERR_PTR(err);
}

long sys_setgroups(int size, const gid_t __user *list)
{
	struct group_info *gi;
	struct cred *c;

	if (!may(CAP_SETGID))
		return why(-EPERM, "setgroups: no CAP_SETGID over the task's "
				   "user namespace");
	if (!user_ns_may_setgroups(current_user_ns()))
		return why(-EPERM, "setgroups: gid_map is not written, or "
				   "/proc/PID/setgroups says deny");
	if ((u32)size > NGROUPS_MAX)
		return -EINVAL;
	gi = groups_from_user((u32)size, list);
	if (IS_ERR(gi))
		return PTR_ERR(gi);
	c = cred_copy(current->cred);
	if (IS_ERR(c)) {
		kfree(gi);
		return PTR_ERR(c);
	}
	cred_set_groups(c, gi);
	cred_commit(c);
	return 0;
}
