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
 *   miss   take the spare inode and dentry, or make some and look again; who
 *          comes second uses the first's
 *   end    the dentry's last reference goes: nsfs_prune() clears the stash,
 *          but only if the stash is still this dentry and not a successor
 *
 * The file system is mounted once, by the kernel, in no namespace; it is not in
 * the list of types. Its files can be bind-mounted. What they answer to ioctl(2) is
 * in nsfs_ioctl.c.
 */
#include <linux/magic.h>

#include "arch/x86_64/arch.h"
#include "fs/mount.h"
#include "fs/nsfs.h"
#include "kernel/debug/why.h"
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
/* The last node that went, by CPU. It is as good as new but for what node_begin()
 * sets; to free it and to make another would be a tenth of what it costs to open and
 * close a namespace that nobody else looks at. */
static struct nsfs_node *spares[NR_CPUS]; /* [a] */

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

static void spare_replace(u32 cpu, struct nsfs_node *n)
{
	n = atomic_xchg(&spares[cpu], n);
	if (n)
		slab_free(node_slab, n);
}

/* The root, which never goes, is the only one that is no node. */
static void nsfs_free(struct inode *inode)
{
	spare_replace(this_cpu()->id,
		      container_of(inode, struct nsfs_node, inode));
}

void nsfs_drop_spares(void)
{
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		spare_replace(cpu, NULL);
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

static __noinline struct nsfs_node *node_new(void)
{
	struct nsfs_node *n = slab_alloc(node_slab);

	if (!n)
		return NULL;
	memcpy(n, &pattern, NODE_SIZE);
	inode_init_lists(&n->inode);
	d_init_lists(&n->dentry);
	n->dentry.inode = &n->inode;
	n->dentry.parent = &n->dentry;
	return n;
}

/* The life of @n, new or spare, as the file of @ns begins. */
static struct dentry *node_begin(struct nsfs_node *n, struct ns *ns)
{
	struct inode *inode = &n->inode;

	refcount_set(&inode->i_count, 1);
	refcount_set(&n->dentry.d_count, 1);
	inode->ino = ns->inum;
	inode->private = ns_get(ns, PIN_NSFS);
	inode->atime = inode->mtime = inode->ctime = inode->btime = inode_now();
	return &n->dentry;
}

/* There was no spare node. Who made one first wins; the others keep theirs as a
 * spare. NULL: no memory. */
static __noinline struct dentry *dentry_make(struct ns *ns)
{
	struct nsfs_node *n = node_new();
	struct dentry *d;

	if (!n)
		return NULL;
	spin_lock(&ns_lock);
	d = stash_get(ns);
	if (!d) {
		d = ns->stash = node_begin(n, ns);
		n = NULL;
	}
	spin_unlock(&ns_lock);
	if (n)
		spare_replace(this_cpu()->id, n);
	return d;
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
	struct nsfs_node *n;
	struct dentry *d;

	spin_lock(&ns_lock);
	d = stash_get(ns);
	if (!d) {
		n = atomic_xchg(&spares[this_cpu()->id], NULL);
		if (likely(n))
			d = ns->stash = node_begin(n, ns);
	}
	spin_unlock(&ns_lock);
	if (unlikely(!d)) {
		d = dentry_make(ns);
		if (!d)
			return -ENOMEM;
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
