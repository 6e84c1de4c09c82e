// SPDX-License-Identifier: MIT
/*
 * nsfs: the files that magic links like /proc/PID/ns/uts lead to.
 *
 * A namespace that someone looks at gets one inode and one dentry, which are
 * shared by all who look while anyone does: two descriptors are the same file
 * exactly if they are the same namespace (lock and inode identity, not only
 * equal numbers). The inode holds the namespace (PIN_NSFS), so an open file, a
 * bind mount or a descriptor in flight keeps it alive.
 *
 * The namespace finds the dentry again by its stash, which does not count.
 *   hit    under ns_lock take the dentry, unless its count is already 0
 *   miss   make inode and dentry, look again under ns_lock; who comes
 *          second uses the first's and drops his own
 *   end    the dentry's last reference goes: nsfs_prune() clears the stash,
 *          but only if the stash is still this dentry and not a successor
 *
 * The file system is mounted once, by the kernel, in no namespace; it is not in
 * the list of types. Its files can be bind-mounted.
 */
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <linux/sched.h>

#include "arch/x86_64/arch.h"
#include "fs/mount.h"
#include "fs/nsfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

/* What an open namespace costs: both in one piece, which goes with the inode. */
struct nsfs_node {
	struct inode inode;
	struct dentry dentry; /* without room for a name: D_IN_INODE */
};
#define NODE_SIZE offsetof(struct nsfs_node, dentry.inline_name)

static struct mount *nsfs_mnt;	 /* [I] */
static struct nsfs_node pattern; /* [I] what each new one begins as */
static struct slab *node_slab;

/* "%s:[%u]" without printf: every readlink(2) of a link asks for it. The numbers
 * begin where they have ten digits: NS_INUM_FIRST. */
int ns_name(const struct ns *ns, const char *name, char *buf)
{
	char *at = buf;

	while (*name)
		*at++ = *name++;
	*at++ = ':';
	*at++ = '[';
	at += NS_INUM_DIGITS;
	decimal_before(at, ns->inum);
	*at++ = ']';
	*at = '\0';
	return (int)(at - buf);
}

/* ---- dentry and inode ----------------------------------------------------- */

static int nsfs_dname(struct dentry *d, char *buf, size_t size)
{
	struct ns *ns = d->inode->private;

	if (size < NS_NAME_SIZE)
		return -ENAMETOOLONG;
	return ns_name(ns, ns->ops->name, buf);
}

static void nsfs_prune(struct dentry *d)
{
	struct ns *ns = d->inode->private;

	spin_lock(&ns_lock);
	if (ns->stash == d)
		ns->stash = NULL;
	spin_unlock(&ns_lock);
}

static const struct dentry_ops nsfs_dentry_ops = {
	.revalidate = d_always_valid,
	.prune = nsfs_prune,
	.dname = nsfs_dname,
};

static int nsfs_setattr(struct dentry *d, const struct iattr *attr)
{
	(void)d, (void)attr;
	return why(-EPERM, "nsfs: files of namespaces are immutable");
}

static const struct inode_ops nsfs_inode_ops = {
	INODE_OPS_DEFAULTS,
	.setattr = nsfs_setattr,
};

static void nsfs_evict(struct inode *inode)
{
	if (inode->private)
		ns_put(inode->private, PIN_NSFS);
}

/* The root, which never goes, is the only one that is no node. */
static void nsfs_free(struct inode *inode)
{
	slab_free(node_slab, container_of(inode, struct nsfs_node, inode));
}

static const struct super_ops nsfs_super_ops = {
	SUPER_OPS_DEFAULTS,
	.evict = nsfs_evict,
	.free = nsfs_free,
};

struct ns *dentry_ns(const struct dentry *d)
{
	return d->inode && d->inode->op == &nsfs_inode_ops ?
		       d->inode->private : NULL;
}

struct ns *file_ns(const struct file *f)
{
	return f->inode->op == &nsfs_inode_ops ? f->inode->private : NULL;
}

/* ---- ioctls ------------------------------------------------------------------ */

/* NS_GET_USERNS: only the caller's own user namespace or one within it. */
static long ioctl_userns(struct ns *ns)
{
	const struct user_ns *own = current->cred->user_ns;

	if (!ns->owner || !user_ns_within(ns->owner, own))
		return why(-EPERM, "NS_GET_USERNS: the owner of %s:[%u] is "
				   "outside the own user namespace",
			   ns->ops->name, ns->inum);
	return ns_open_fd(ns_get(&ns->owner->ns, PIN_TEMP));
}

/* The caller's namespace of that type: what may be seen is below it. Not
 * counted; current cannot leave it meanwhile. */
static const struct ns *own_ns(const struct ns_ops *ops)
{
	return ops == &pid_ns_ops ? &task_active_pid_ns(current)->ns :
				    &current->cred->user_ns->ns;
}

static long ioctl_parent(struct ns *ns)
{
	struct ns *parent, *p;

	if (ns->ops->parent == ns_no_parent)
		return why(-EINVAL, "NS_GET_PARENT: %s namespaces have none",
			   ns->ops->name);
	parent = ns->ops->parent(ns);
	for (p = parent; p; p = p->ops->parent(p))
		if (p == own_ns(ns->ops))
			return ns_open_fd(ns_get(parent, PIN_TEMP));
	return why(-EPERM, "NS_GET_PARENT: the parent of %s:[%u] is outside "
			   "the own namespace", ns->ops->name, ns->inum);
}

static long ioctl_owner_uid(struct ns *ns, uid_t __user *uid)
{
	if (ns->ops != &user_ns_ops)
		return why(-EINVAL, "NS_GET_OWNER_UID: %s:[%u] is no user "
				    "namespace", ns->ops->name, ns->inum);
	return put_user(from_kuid_munged(current->cred->user_ns,
					 to_user_ns(ns)->owner_uid),
			uid);
}

static long ioctl_id(struct ns *ns, u32 cmd, u64 __user *id)
{
	if (cmd == NS_GET_MNTNS_ID && ns->ops != &mnt_ns_ops)
		return why(-EINVAL, "NS_GET_MNTNS_ID: %s:[%u] is no mount "
				    "namespace", ns->ops->name, ns->inum);
	return put_user(ns->id, id);
}

/* A number in @ns to the caller's own, or (..._IN_PIDNS) back. */
static long ioctl_translate(struct ns *ns, u32 cmd, pid_t nr)
{
	bool in = cmd == NS_GET_PID_IN_PIDNS || cmd == NS_GET_TGID_IN_PIDNS;
	bool tgid = cmd == NS_GET_TGID_IN_PIDNS ||
		    cmd == NS_GET_TGID_FROM_PIDNS;
	struct pid_ns *own = task_active_pid_ns(current);
	struct pid_ns *from = in ? own : to_pid_ns(ns);
	struct pid_ns *to = in ? to_pid_ns(ns) : own;
	struct task *t;

	if (ns->ops != &pid_ns_ops)
		return why(-EINVAL, "nsfs: %s:[%u] is no pid namespace",
			   ns->ops->name, ns->inum);
	t = task_find_get(from, nr);
	if (!t)
		return -ESRCH;
	nr = tgid ? task_tgid_nr_ns(t, to) : task_pid_nr_ns(t, to);
	task_put(t);
	return nr ? nr : -ESRCH;
}

/* ---- mount namespaces one after the other ------------------------------------- */

/* The next (or previous) one by id, counted (PIN_TEMP); NULL: there is none. */
static struct ns *mnt_ns_neighbour(struct ns *ns, bool next)
{
	struct ns *found = NULL;
	struct list *l;

	spin_lock(&ns_lock);
	for (l = next ? ns->link.next : ns->link.prev; l != &ns_list && !found;
	     l = next ? l->next : l->prev) {
		struct ns *p = list_entry(l, struct ns, link);

		if (p->ops == &mnt_ns_ops && ns_get_not_zero(p, PIN_TEMP))
			found = p;
	}
	spin_unlock(&ns_lock);
	return found;
}

static int mnt_ns_tell(struct ns *ns, void __user *uinfo)
{
	struct mnt_ns_info info = {
		.size = sizeof(info),
		.nr_mounts = READ_ONCE(to_mnt_ns(ns)->nr_mounts),
		.mnt_ns_id = ns->id,
	};

	return copy_to_user(uinfo, &info, sizeof(info));
}

/* Who may go from one namespace to the next: power over some is not enough. */
static bool may_list(void)
{
	return capable(CAP_SYS_ADMIN) &&
	       task_active_pid_ns(current) == &init_pid_ns;
}

static long ioctl_mnt(struct ns *ns, u32 cmd, void __user *uinfo)
{
	struct ns *other;
	int err;

	if (ns->ops != &mnt_ns_ops)
		return why(-EINVAL, "NS_MNT_*: %s:[%u] is no mount namespace",
			   ns->ops->name, ns->inum);
	if (cmd == NS_MNT_GET_INFO)
		return uinfo ? mnt_ns_tell(ns, uinfo) : -EINVAL;
	if (!may_list())
		return why(-EPERM, "NS_MNT_*: all namespaces are listed by the "
				   "machine's root, in the first pid namespace");
	other = mnt_ns_neighbour(ns, cmd == NS_MNT_GET_NEXT);
	if (!other)
		return -ENOENT;
	err = uinfo ? mnt_ns_tell(other, uinfo) : 0;
	if (!err)
		return ns_open_fd(other);
	ns_put(other, PIN_TEMP);
	return err;
}

static __noinline long ioctl_rest(struct ns *ns, u32 cmd, unsigned long arg)
{
	switch (cmd) {
	case NS_GET_USERNS:
		return ioctl_userns(ns);
	case NS_GET_PARENT:
		return ioctl_parent(ns);
	case NS_GET_OWNER_UID:
		return ioctl_owner_uid(ns, (uid_t __user *)arg);
	case NS_GET_MNTNS_ID:
	case NS_GET_ID:
		return ioctl_id(ns, cmd, (u64 __user *)arg);
	case NS_GET_PID_FROM_PIDNS:
	case NS_GET_TGID_FROM_PIDNS:
	case NS_GET_PID_IN_PIDNS:
	case NS_GET_TGID_IN_PIDNS:
		return ioctl_translate(ns, cmd, (pid_t)arg);
	case NS_MNT_GET_INFO:
	case NS_MNT_GET_NEXT:
	case NS_MNT_GET_PREV:
		return ioctl_mnt(ns, cmd, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static long nsfs_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	struct ns *ns = f->inode->private;

	if (cmd == NS_GET_NSTYPE)
		return ns->ops->type;
	return ioctl_rest(ns, cmd, arg);
}

static const struct file_ops nsfs_fops = {
	FILE_OPS_DEFAULTS,
	.ioctl = nsfs_ioctl,
};

/* ---- from a namespace to its file ------------------------------------------ */

/* The live dentry of @ns, counted, or NULL. */
static struct dentry *stash_get(struct ns *ns) __must_hold(ns_lock)
{
	struct dentry *d = ns->stash;

	return d && refcount_inc_not_zero(&d->d_count) ? d : NULL;
}

/* A new inode and dentry. NULL: no memory. */
static inline struct dentry *nsfs_dentry_new(struct ns *ns)
{
	struct nsfs_node *n = slab_alloc(node_slab);
	struct inode *inode = &n->inode;

	if (!n)
		return NULL;
	memcpy(n, &pattern, NODE_SIZE);
	inode_init_lists(inode);
	d_init_lists(&n->dentry);
	inode->ino = ns->inum;
	inode->private = ns_get(ns, PIN_NSFS);
	inode->atime = inode->mtime = inode->ctime = inode->btime = inode_now();
	n->dentry.inode = inode;
	n->dentry.parent = &n->dentry;
	return &n->dentry;
}

/* The first of those who missed wins; the others drop theirs. */
static struct dentry *nsfs_dentry_publish(struct ns *ns, struct dentry *mine)
{
	struct dentry *other;

	spin_lock(&ns_lock);
	other = stash_get(ns);
	if (!other)
		ns->stash = mine;
	spin_unlock(&ns_lock);
	if (!other)
		return mine;
	d_put(mine);
	return other;
}

/**
 * ns_path - the path of a namespace's file
 * @ns: held by the caller
 * @out: counted
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ns_path(struct ns *ns, struct path *out)
{
	struct dentry *d;

	spin_lock(&ns_lock);
	d = stash_get(ns);
	spin_unlock(&ns_lock);
	if (!d) {
		d = nsfs_dentry_new(ns);
		if (!d)
			return -ENOMEM;
		d = nsfs_dentry_publish(ns, d);
	}
	out->mnt = mnt_get(nsfs_mnt);
	out->dentry = d;
	return 0;
}

/**
 * ns_open_fd - a new descriptor on a namespace, close-on-exec
 * @ns: the caller's PIN_TEMP reference is taken over, also on error
 *
 * Return: the descriptor; -ENOMEM, -EMFILE.
 */
int ns_open_fd(struct ns *ns)
{
	struct path path;
	struct file *f;
	int err = ns_path(ns, &path);

	ns_put(ns, PIN_TEMP);
	if (err)
		return err;
	f = file_open_room(&path, O_RDONLY, NULL);
	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	return fd_install_new(f, O_CLOEXEC);
}

/* ---- the file system ----------------------------------------------------------- */

static const struct fs_type nsfs_type = {
	.name = "nsfs",
	.flags = FS_INTERNAL,
};

/* In no directory: nothing keeps it when nobody has it open. */
static void pattern_init(struct super *sb)
{
	struct inode *inode = &pattern.inode;

	inode_init(inode, sb, S_IFREG | 0444);
	inode->op = &nsfs_inode_ops;
	inode->fop = &nsfs_fops;
	inode->flags = I_IMMUTABLE;
	d_init_anon(&pattern.dentry, inode, &nsfs_dentry_ops);
}

/* Boot: without it there is nothing to teach, so a failure is a panic. */
void nsfs_init(void)
{
	struct super *sb = super_new(&nsfs_type, &nsfs_super_ops,
				     MS_NOEXEC | MS_NODEV);
	struct inode *root;

	if (IS_ERR(sb))
		panic("nsfs: no memory for the super block");
	sb->magic = NSFS_MAGIC;
	sb->blksize = PAGE_SIZE;
	root = inode_new(sb, S_IFDIR | 0555);
	if (IS_ERR(root))
		panic("nsfs: no memory for the root");
	root->ino = super_next_ino(sb);
	sb->root = d_alloc_root(root);
	if (!sb->root)
		panic("nsfs: no memory for the root");
	nsfs_mnt = mnt_internal(sb);
	if (IS_ERR(nsfs_mnt))
		panic("nsfs: no memory for the mount");
	super_put(sb); /* the mount has its own reference */
	node_slab = slab_create("nsfs", NODE_SIZE, 8);
	pattern_init(sb);
}
