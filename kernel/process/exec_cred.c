// SPDX-License-Identifier: MIT
/*
 * Who a process is after execve(2): capabilities(7), "Transformation of
 * capabilities during execve()", and credentials(7), set-id programs.
 *
 * A set-id bit counts only where its owner is somebody: both ids of the file are
 * mapped in the process's user namespace, the mount is one of its own mount
 * namespace (a stranger's tree, seen through a file descriptor, gives nothing) and
 * belongs to its user namespace or one above.
 *
 * A program may have capabilities (fs/xattr_caps.c), under the same conditions. Root,
 * whom the user namespace calls 0, gets its bounding set; who gets nothing from
 * either keeps the ambient set.
 */
#include <linux/resource.h>
#include <linux/securebits.h>

#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "fs/xattr.h"
#include "kernel/debug/why.h"
#include "kernel/ns/ucount.h"
#include "kernel/process/exec.h"

static bool securebit(const struct cred *c, u32 bit)
{
	return c->securebits & (1u << bit);
}

/* ---- ids ------------------------------------------------------------------- */

static bool mount_may_setid(const struct mount *m)
{
	return !(READ_ONCE(m->flags) & MS_NOSUID) && mnt_in_current_ns(m) &&
	       user_ns_within(current_user_ns(), m->sb->user_ns);
}

static void take_setid(const struct exec *x, struct cred *c)
{
	const struct inode *i = x->file->inode;

	if (!(i->mode & (S_ISUID | S_ISGID)) || c->no_new_privs ||
	    !mount_may_setid(x->file->path.mnt))
		return;
	if (!kuid_is_mapped(c->user_ns, i->uid) ||
	    !kgid_is_mapped(c->user_ns, i->gid))
		return;
	if (i->mode & S_ISUID)
		c->euid = i->uid;
	if ((i->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		c->egid = i->gid;
}

/* ---- capabilities ------------------------------------------------------------ */

/* Might others decide what the program sees, or was it ruled out that it gets
 * more than it has? */
static bool unsafe(const struct cred *c)
{
	return c->no_new_privs || refcount_read(&current->fs->refs) >
					  READ_ONCE(current->signal->nr_threads);
}

/* Privileges that it is not safe to give are not given. */
static void downgrade(const struct cred *old, struct cred *c)
{
	if (!ns_capable(c->user_ns, CAP_SETUID) || c->no_new_privs) {
		c->euid = c->uid;
		c->egid = c->gid;
	}
	c->cap_permitted &= old->cap_permitted;
}

/* What the program's file gives; false: nothing. */
static bool from_file(const struct exec *x, const struct cred *old,
		      struct cred *c, struct file_caps *caps)
{
	*caps = (struct file_caps){ 0 };
	c->cap_permitted = 0;
	if (!mount_may_setid(x->file->path.mnt) ||
	    !file_caps_get(x->file->inode, caps))
		return false;
	c->cap_permitted = (caps->permitted & old->cap_bset) |
			   (caps->inheritable & old->cap_inheritable);
	return true;
}

/* A program that does not know of capabilities counts on all that it has. */
static int all_or_nothing(const struct file_caps *caps, const struct cred *c)
{
	if (!caps->effective || !(caps->permitted & ~c->cap_permitted))
		return 0;
	return why(-EPERM, "execve: the bounding set lacks a capability of the "
			   "file's");
}

/* Does the program make somebody else of who executes it? Who had different real
 * and effective ids before stays who he is (since Linux 6.17). */
static bool ids_changed(const struct cred *old, const struct cred *c)
{
	return c->euid != old->euid || !cred_in_group(old, c->egid);
}

/* The new sets of @c, whose cap_permitted is the file's. Returns: do they say
 * AT_SECURE? */
static bool take_caps(const struct cred *old, struct cred *c, bool has_file,
		      bool effective)
{
	kuid_t root = make_kuid(c->user_ns, 0);
	bool privileged = !securebit(c, SECURE_NOROOT);
	bool changed = ids_changed(old, c);

	/* a set-id root program with capabilities gets those alone */
	if (has_file && c->uid != root && c->euid == root)
		privileged = false;
	if (privileged && (c->euid == root || c->uid == root))
		c->cap_permitted = old->cap_bset | old->cap_inheritable;
	effective |= privileged && c->euid == root;
	if ((changed || c->cap_permitted & ~old->cap_permitted) && unsafe(c))
		downgrade(old, c);
	if (changed || has_file)
		c->cap_ambient = 0;
	c->cap_permitted |= c->cap_ambient;
	c->cap_effective = effective ? c->cap_permitted : c->cap_ambient;
	return changed || c->euid != c->uid || c->egid != c->gid ||
	       (c->uid != root &&
		(effective || c->cap_permitted & ~c->cap_ambient));
}

int exec_cred(struct exec *x)
{
	const struct cred *old = current->cred;
	struct cred *c = cred_copy(old);
	struct file_caps caps;
	bool has_file;
	int err;

	if (IS_ERR(c))
		return (int)PTR_ERR(c);
	take_setid(x, c);
	has_file = from_file(x, old, c, &caps);
	err = all_or_nothing(&caps, c);
	if (err) {
		cred_put(c);
		return err;
	}
	x->secure = take_caps(old, c, has_file, caps.effective);
	c->suid = c->fsuid = c->euid;
	c->sgid = c->fsgid = c->egid;
	c->securebits &= ~(1u << SECURE_KEEP_CAPS);
	x->cred = c;
	return 0;
}

/* ---- what goes with it --------------------------------------------------------- */

/*
 * The memory belongs to current's user namespace, whose root may look into it.
 * But a program that current may execute and not read is not to be read in this
 * way: it then belongs to a namespace above that knows the file's owner.
 */
void exec_mm_owner(struct exec *x)
{
	const struct inode *i = x->file->inode;
	struct user_ns *old = x->mm->user_ns, *ns = old;

	x->readable = !inode_permission(x->file->inode, MAY_READ);
	if (x->readable)
		return;
	while (ns->parent && (!kuid_is_mapped(ns, i->uid) ||
			      !kgid_is_mapped(ns, i->gid)))
		ns = ns->parent;
	ns_get(&ns->ns, PIN_CRED);
	x->mm->user_ns = ns;
	ns_put(&old->ns, PIN_CRED);
}

int exec_nproc_check(void)
{
	u64 limit = READ_ONCE(current->signal->rlim[RLIMIT_NPROC].cur);

	if (!(current->flags & PF_NPROC_EXCEEDED))
		return 0;
	if (ucount_over(current->cred->ucount, UCOUNT_NPROC, limit))
		return why(-EAGAIN, "execve: user %u has more tasks than "
				    "RLIMIT_NPROC", current->cred->uid);
	current->flags &= ~(u32)PF_NPROC_EXCEEDED;
	return 0;
}
