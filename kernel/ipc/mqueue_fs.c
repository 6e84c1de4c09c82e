// SPDX-License-Identifier: MIT
/*
 * The file system of POSIX message queues: one directory of names an ipc
 * namespace. mq_open(2) finds names on a mount of the kernel's own, which is
 * made with the first use; a mount of type "mqueue" shows the same super block.
 *
 * The namespace holds the mount and so the super block; back leads a pointer
 * that does not count (sb->private) and is NULL once the namespace has ended.
 * Then queues still work for who has them open, but none can be made.
 *
 * Locks: mq_lock (mutex) for sb->private, ns->mq_mnt, ns->mq_queues. Directory
 * locks before it.
 */
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/resource.h>
#include <linux/sched.h>

#include "fs/context.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "kernel/debug/why.h"
#include "kernel/ipc/mqueue_impl.h"
#include "kernel/lib/string.h"
#include "kernel/ns/ucount.h"
#include "kernel/task/cred.h"

#define MQUEUE_MAGIC 0x19800202
#define FILE_SIZE 80 /* of the line that a queue's file shows */
#define DIR_ENTRY_SIZE 20
/* What Linux charges for a place in a queue beside the message. */
#define PLACE_SIZE (8 + 48)

static DEFINE_MUTEX(mq_lock);

/* ---- a queue's inode --------------------------------------------------------------- */

/* What no file system offers but this: the attributes for create. */
static int attr_check(const struct ipc_ns *ns, const struct mq_attr *a)
{
	bool may_more = capable(CAP_SYS_RESOURCE);
	long most = may_more ? MQ_HARD_MSG_MAX : (long)ns->mq_msg_max;
	long longest = may_more ? (long)MQ_HARD_MSGSIZE_MAX :
				  (long)ns->mq_msgsize_max;

	if (a->mq_maxmsg <= 0 || a->mq_maxmsg > most || a->mq_msgsize <= 0 ||
	    a->mq_msgsize > longest)
		return why(-EINVAL, "mq_open: %ld messages of %ld bytes; the "
				    "limits are %ld and %ld", a->mq_maxmsg,
			   a->mq_msgsize, most, longest);
	return 0;
}

static int queue_charge(struct mqueue *mq)
{
	struct ucount *u = current->cred->ucount;
	u64 limit = current->signal->rlim[RLIMIT_MSGQUEUE].cur;
	u64 bytes = (u64)mq->max_messages * (PLACE_SIZE + mq->max_size);

	if (!ucount_add_below(u, UCOUNT_MSGQUEUE, bytes, limit))
		return why(-EMFILE, "mq_open: RLIMIT_MSGQUEUE");
	mq->ucount = ucount_get(u);
	mq->charged = bytes;
	return 0;
}

static void queue_uncharge(struct mqueue *mq)
{
	if (!mq->ucount)
		return;
	ucount_sub(mq->ucount, UCOUNT_MSGQUEUE, mq->charged);
	ucount_put(mq->ucount);
}

static const struct inode_ops queue_iops = { INODE_OPS_DEFAULTS };

/* mq->private is set last: evict has nothing to undo before. */
static struct inode *queue_inode(struct inode *dir, umode_t mode,
				 const struct mq_attr *attr)
{
	struct inode *inode = inode_new(dir->sb, mode);
	struct mqueue *mq;
	int err;

	if (IS_ERR(inode))
		return inode;
	inode->ino = super_next_ino(dir->sb);
	inode_init_owner(inode, dir, mode);
	inode->op = &queue_iops;
	inode->fop = &mqueue_fops;
	inode->size = FILE_SIZE;
	mq = mqueue_new(attr);
	err = PTR_ERR_OR_ZERO(mq);
	if (!err) {
		err = queue_charge(mq);
		if (err)
			mqueue_free(mq);
	}
	if (!err) {
		inode->private = mq;
		return inode;
	}
	inode_put(inode);
	return ERR_PTR(err);
}

/* One more queue of the namespace: counted, its limits in *@attr. */
static int queue_allow(const struct super *sb, const struct mq_attr *asked,
		       struct mq_attr *attr)
{
	const struct ipc_ns *ns = sb->private;
	u32 n, size;

	if (!ns)
		return why(-EACCES, "mqueue: its ipc namespace has ended");
	if (ns->mq_queues >= ns->mq_queues_max && !capable(CAP_SYS_RESOURCE))
		return why(-ENOSPC, "mq_open: queues_max is %u",
			   ns->mq_queues_max);
	n = min(ns->mq_msg_max, ns->mq_msg_default);
	size = min(ns->mq_msgsize_max, ns->mq_msgsize_default);
	*attr = (struct mq_attr){ .mq_maxmsg = n, .mq_msgsize = size };
	if (!asked)
		return 0;
	*attr = *asked;
	return attr_check(ns, asked);
}

static void count_queue(const struct super *sb, int n)
{
	struct ipc_ns *ns;

	mutex_lock(&mq_lock);
	ns = sb->private;
	if (ns)
		ns->mq_queues += (u32)n;
	mutex_unlock(&mq_lock);
}

static void dir_changed(struct inode *dir, int entries)
{
	dir->size += entries * DIR_ENTRY_SIZE;
	dir->mtime = dir->ctime = dir->atime = inode_now();
}

/* dir->lock is held. */
static int queue_make(struct inode *dir, struct dentry *d, umode_t mode,
		      const struct mq_attr *asked)
{
	struct mq_attr attr;
	struct inode *inode;
	int err;

	mutex_lock(&mq_lock);
	err = queue_allow(dir->sb, asked, &attr);
	mutex_unlock(&mq_lock);
	if (err)
		return err;
	inode = queue_inode(dir, (mode & 07777) | S_IFREG, &attr);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	count_queue(dir->sb, 1);
	simple_add(d, inode);
	dir_changed(dir, 1);
	return 0;
}

/* ---- the directory ------------------------------------------------------------------ */

static int mqueue_create(struct inode *dir, struct dentry *d, umode_t mode)
{
	return queue_make(dir, d, mode, NULL);
}

static int mqueue_unlink(struct inode *dir, struct dentry *d)
{
	dir_changed(dir, -1);
	return simple_unlink(dir, d);
}

static const struct inode_ops dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = simple_lookup,
	.create = mqueue_create,
	.unlink = mqueue_unlink,
};

/* ---- the super block ------------------------------------------------------------------ */

static void mqueue_evict(struct inode *inode)
{
	struct mqueue *mq = inode->private;

	if (!mq || S_ISDIR(inode->mode))
		return;
	count_queue(inode->sb, -1);
	queue_uncharge(mq);
	mqueue_free(mq);
}

static const struct super_ops mqueue_sops = {
	SUPER_OPS_DEFAULTS,
	.evict = mqueue_evict,
};

static int root_make(struct super *sb)
{
	struct inode *root = inode_new(sb, S_IFDIR | S_ISVTX | 0777);

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	root->ino = super_next_ino(sb);
	root->op = &dir_iops;
	root->fop = &simple_dir_fops;
	root->nlink = 2;
	root->size = 2 * DIR_ENTRY_SIZE;
	sb->root = d_alloc_root(root);
	return sb->root ? 0 : -ENOMEM;
}

static struct super *mqueue_super_new(struct ipc_ns *ns)
{
	struct super *sb = super_new(&mqueue_fs_type, &mqueue_sops, 0);
	int err;

	if (IS_ERR(sb))
		return sb;
	sb->magic = MQUEUE_MAGIC;
	super_set_owner(sb, ns->ns.owner);
	err = root_make(sb);
	if (err) {
		super_put(sb);
		return ERR_PTR(err);
	}
	return sb;
}

/* The kernel's mount, made if need be; mq_lock held. Not counted. ERR_PTR. */
static struct mount *ns_mount(struct ipc_ns *ns)
{
	struct super *sb;
	struct mount *m;

	if (ns->mq_mnt)
		return ns->mq_mnt;
	sb = mqueue_super_new(ns);
	if (IS_ERR(sb))
		return ERR_PTR(PTR_ERR(sb));
	m = mnt_internal(sb);
	if (!IS_ERR(m)) {
		ns->mq_mnt = m;
		sb->private = ns;
	}
	super_put(sb); /* the mount has its own reference */
	return m;
}

static struct super *mqueue_get_super(struct fs_context *fc)
{
	struct ipc_ns *ns = current_ipc_ns();
	struct super *sb;
	struct mount *m;

	(void)fc;
	mutex_lock(&mq_lock);
	m = ns_mount(ns);
	sb = IS_ERR(m) ? ERR_PTR(PTR_ERR(m)) : super_get(m->sb);
	mutex_unlock(&mq_lock);
	return sb;
}

const struct fs_type mqueue_fs_type = {
	.name = "mqueue",
	.flags = FS_NODEV | FS_USERNS_MOUNT,
	.shows = CLONE_NEWIPC,
	.get_super = mqueue_get_super,
};

void mqueue_ns_exit(struct ipc_ns *ns)
{
	struct mount *m;

	mutex_lock(&mq_lock);
	m = ns->mq_mnt;
	if (m)
		m->sb->private = NULL;
	ns->mq_mnt = NULL;
	mutex_unlock(&mq_lock);
	if (m)
		mnt_put(m);
}

/* ---- mq_open(2), mq_unlink(2) ---------------------------------------------------------- */

/* Names are one component; what has a slash is refused. */
static int name_check(const char *name)
{
	if (!*name || !strcmp(name, ".") || !strcmp(name, "..") ||
	    strchr(name, '/'))
		return why(-EACCES, "mqueue: no name for a queue");
	return strlen(name) > NAME_MAX ? -ENAMETOOLONG : 0;
}

/* The directory of current's namespace, counted. -ENOMEM. */
static int dir_get(struct path *dir)
{
	struct mount *m;

	mutex_lock(&mq_lock);
	m = ns_mount(current_ipc_ns());
	if (!IS_ERR(m)) {
		dir->mnt = mnt_get(m);
		dir->dentry = d_get(m->sb->root);
	}
	mutex_unlock(&mq_lock);
	return PTR_ERR_OR_ZERO(m);
}

static struct dentry *name_lookup(const struct path *dir, const char *name)
{
	struct qstr q = qstr_of(dir->dentry, name);

	return lookup_one(dir->dentry, &q, 0);
}

static int old_check(const struct dentry *d, u32 flags)
{
	static const int wanted[] = {
		[O_RDONLY] = MAY_READ,
		[O_WRONLY] = MAY_WRITE,
		[O_RDWR] = MAY_READ | MAY_WRITE,
	};

	if (flags & O_CREAT && flags & O_EXCL)
		return why(-EEXIST, "mq_open: the queue exists");
	if ((flags & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	return inode_permission(d->inode, wanted[flags & O_ACCMODE]);
}

static int new_make(struct inode *dir, struct dentry *d, u32 flags,
		    umode_t mode, const struct mq_attr *attr)
{
	int err;

	if (!(flags & O_CREAT))
		return why(-ENOENT, "mq_open: no such queue in this ipc "
				    "namespace, and no O_CREAT");
	err = inode_permission(dir, MAY_WRITE | MAY_EXEC);
	return err ? err : queue_make(dir, d, mode, attr);
}

static struct file *open_locked(const struct path *dir, const char *name,
				u32 flags, umode_t mode,
				const struct mq_attr *attr)
{
	struct path path = { .mnt = dir->mnt };
	struct inode *in = dir->dentry->inode;
	struct file *f;
	bool made;
	int err;

	path.dentry = name_lookup(dir, name);
	if (IS_ERR(path.dentry))
		return ERR_PTR(PTR_ERR(path.dentry));
	made = !path.dentry->inode;
	err = made ? new_make(in, path.dentry, flags, mode, attr) :
		     old_check(path.dentry, flags);
	f = err ? ERR_PTR(err) : file_open_path(&path, flags);
	if (made && !err && IS_ERR(f))
		vfs_unlink(in, path.dentry); /* nobody else has seen it */
	d_put(path.dentry);
	return f;
}

struct file *mq_file_open(const char *name, u32 flags, umode_t mode,
			  const struct mq_attr *attr)
{
	int err = name_check(name);
	struct path dir;
	struct file *f;

	if (!err)
		err = dir_get(&dir);
	if (err)
		return ERR_PTR(err);
	mutex_lock(&dir.dentry->inode->lock);
	f = open_locked(&dir, name, flags, mode, attr);
	mutex_unlock(&dir.dentry->inode->lock);
	path_put(&dir);
	return f;
}

/* *@gone: the name that was taken away, counted; or an ERR_PTR. */
static int remove_locked(const struct path *dir, const char *name,
			 struct dentry **gone)
{
	struct dentry *d = *gone = name_lookup(dir, name);

	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	return d->inode ? vfs_unlink(dir->dentry->inode, d) : -ENOENT;
}

int mq_remove(const char *name)
{
	struct path dir;
	struct dentry *d;
	int err = name_check(name);

	if (!err)
		err = dir_get(&dir);
	if (err)
		return err;
	mutex_lock(&dir.dentry->inode->lock);
	err = remove_locked(&dir, name, &d);
	mutex_unlock(&dir.dentry->inode->lock);
	if (!IS_ERR(d)) {
		mnt_detach_gone(d);
		d_put(d);
	}
	path_put(&dir);
	return err;
}
