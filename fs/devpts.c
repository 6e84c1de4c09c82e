// SPDX-License-Identifier: MIT
/*
 * "devpts": the names of pseudoterminals. Each mount is an instance of its own,
 * with numbers of its own and a ptmx; there is nothing global but a count. So a
 * container has terminals that nobody outside can open, and pts/0 twice is
 * nothing strange.
 *
 * An inode of a slave counts its pty. The pty counts the super block, and has
 * the name, until the master is closed.
 *
 * Locks: devpts.lock (a mutex, as ida allocates) for the numbers; the root
 * directory's inode.lock for the names.
 */
#include <linux/magic.h>
#include <linux/major.h>

#include "fs/context.h"
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "fs/pty.h"
#include "fs/seq.h"
#include "kernel/debug/why.h"
#include "kernel/lib/ida.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define PTS_MODE 0600
#define PTS_LIMIT (1u << 20) /* minors */
#define PTMX_INO 2
#define FIRST_INO 3 /* of pts 0 */

u32 pty_max = 4096, pty_reserve = 1024;
static u32 count; /* [a] pseudoterminals of all instances */

u32 pty_count(void)
{
	return READ_ONCE(count);
}

struct devpts_options {
	bool has_uid, has_gid;
	kuid_t uid; /* of slaves; else the opener's */
	kgid_t gid;
	bool has_mode, has_max;
	umode_t mode, ptmx_mode;
	u32 max;
};

struct devpts {
	struct mutex lock;
	struct ida numbers; /* lock */
	struct devpts_options opts; /* lock */
	struct dentry *ptmx; /* [I] pinned by the root */
	bool may_reserve; /* [I] made in the initial mount namespace */
};

static struct devpts *to_devpts(const struct super *sb)
{
	return sb->private;
}

/* ---- options ------------------------------------------------------------------ */

static struct devpts_options *options_of(struct fs_context *fc)
{
	return fc->options;
}

static int option_uid(struct fs_context *fc, const struct fs_value *v)
{
	options_of(fc)->uid = make_kuid(current_user_ns(), v->number);
	options_of(fc)->has_uid = true;
	return kuid_is_mapped(fc->owner, options_of(fc)->uid) ? 0 : -EINVAL;
}

static int option_gid(struct fs_context *fc, const struct fs_value *v)
{
	options_of(fc)->gid = make_kgid(current_user_ns(), v->number);
	options_of(fc)->has_gid = true;
	return kgid_is_mapped(fc->owner, options_of(fc)->gid) ? 0 : -EINVAL;
}

static int option_mode(struct fs_context *fc, const struct fs_value *v)
{
	options_of(fc)->mode = v->number & 07777;
	options_of(fc)->has_mode = true;
	return 0;
}

static int option_ptmxmode(struct fs_context *fc, const struct fs_value *v)
{
	options_of(fc)->ptmx_mode = v->number & 07777;
	return 0;
}

static int option_max(struct fs_context *fc, const struct fs_value *v)
{
	if (v->number > PTS_LIMIT)
		return -EINVAL;
	options_of(fc)->max = v->number;
	options_of(fc)->has_max = true;
	return 0;
}

/* Every instance is a new one. */
static int option_newinstance(struct fs_context *fc, const struct fs_value *v)
{
	(void)fc, (void)v;
	return 0;
}

static const struct fs_param devpts_params[] = {
	{ "uid", FS_ID, option_uid },
	{ "gid", FS_ID, option_gid },
	{ "mode", FS_OCTAL, option_mode },
	{ "ptmxmode", FS_OCTAL, option_ptmxmode },
	{ "max", FS_U32, option_max },
	{ "newinstance", FS_FLAG, option_newinstance },
	{ NULL, FS_FLAG, NULL },
};

/* What was not named is as it is by default, at a remount too. */
static void options_set(struct devpts *fs, const struct devpts_options *o)
{
	mutex_lock(&fs->lock);
	fs->opts = *o;
	if (!o->has_mode)
		fs->opts.mode = PTS_MODE;
	if (!o->has_max)
		fs->opts.max = PTS_LIMIT;
	mutex_unlock(&fs->lock);
}

/* Ids as the initial user namespace has them, whoever reads. */
static void devpts_show_options(struct seq *seq, struct super *sb)
{
	const struct devpts_options *o = &to_devpts(sb)->opts;

	if (o->has_uid)
		seq_printf(seq, ",uid=%u", o->uid);
	if (o->has_gid)
		seq_printf(seq, ",gid=%u", o->gid);
	seq_printf(seq, ",mode=%03o,ptmxmode=%03o", o->mode, o->ptmx_mode);
	if (o->max < PTS_LIMIT)
		seq_printf(seq, ",max=%u", o->max);
}

static int devpts_reconfigure(struct super *sb, struct fs_context *fc)
{
	struct devpts *fs = to_devpts(sb);

	options_set(fs, fc->options);
	fs->ptmx->inode->mode = S_IFCHR | fs->opts.ptmx_mode;
	return 0;
}

/* ---- which instance ------------------------------------------------------------ */

/* *@path, a name beside "pts": what is mounted there. */
static int step_to_pts(struct path *path)
{
	struct qstr q;
	struct dentry *dir, *pts;

	spin_lock(&path->dentry->d_lock);
	dir = d_get(path->dentry->parent);
	spin_unlock(&path->dentry->d_lock);
	q = qstr_of(dir, "pts");
	pts = d_lookup(dir, &q);
	d_put(dir);
	if (!pts)
		return -ENOENT;
	d_put(path->dentry);
	path->dentry = pts;
	follow_mounts(path);
	return 0;
}

int devpts_find(const struct path *path, struct path *root)
{
	int err = 0;

	*root = *path;
	path_get(root);
	/* ptmx alone may be mounted somewhere: go to where that is */
	while (root->mnt->root == root->dentry && follow_up(root))
		;
	if (root->mnt->sb->type != &devpts_type)
		err = step_to_pts(root);
	if (!err && root->mnt->sb->type != &devpts_type)
		err = why(-ENODEV, "ptmx: pts beside it is no devpts");
	if (err)
		path_put(root);
	return err;
}

/* ---- numbers --------------------------------------------------------------------- */

int devpts_index_get(struct super *sb, struct pty *pty)
{
	struct devpts *fs = to_devpts(sb);
	u32 most = pty_max - (fs->may_reserve ? 0 : min(pty_reserve, pty_max));
	int nr;

	if (atomic_add(&count, 1) > most) {
		atomic_sub(&count, 1);
		return why(-ENOSPC, "ptmx: kernel.pty.max is %u", most);
	}
	mutex_lock(&fs->lock);
	nr = ida_alloc(&fs->numbers);
	if (nr >= 0 && (u32)nr >= fs->opts.max) {
		ida_free(&fs->numbers, (u32)nr);
		nr = why(-ENOSPC, "ptmx: max=%u of this devpts", fs->opts.max);
	}
	mutex_unlock(&fs->lock);
	if (nr < 0) {
		atomic_sub(&count, 1);
		return nr;
	}
	pty->index = (u32)nr;
	return 0;
}

void devpts_index_put(struct pty *pty)
{
	struct devpts *fs = to_devpts(pty->sb);

	mutex_lock(&fs->lock);
	ida_free(&fs->numbers, pty->index);
	mutex_unlock(&fs->lock);
	atomic_sub(&count, 1);
}

/* ---- names ------------------------------------------------------------------------ */

static const struct inode_ops device_iops = { INODE_OPS_DEFAULTS };

static struct inode *device_inode(struct super *sb, ino_t ino, umode_t mode,
				  dev_t dev)
{
	struct inode *inode = inode_new(sb, S_IFCHR | mode);

	if (IS_ERR(inode))
		return inode;
	inode->ino = ino;
	inode->op = &device_iops;
	inode->fop = &ptmx_fops;
	inode->rdev = dev;
	return inode;
}

/* @name in the root, whose lock is held; takes over @inode. The dentry, counted
 * and pinned. ERR_PTR(-ENOMEM). */
static struct dentry *device_name(struct super *sb, const char *name,
				  struct inode *inode)
{
	struct qstr q = qstr_of(sb->root, name);
	struct dentry *d;

	d = lookup_one(sb->root, &q, LOOKUP_CREATE);
	if (IS_ERR(d)) {
		inode_put(inode);
		return d;
	}
	simple_add(d, inode);
	return d;
}

static struct inode *slave_inode(struct pty *pty)
{
	struct devpts_options o;
	struct inode *inode;

	mutex_lock(&to_devpts(pty->sb)->lock);
	o = to_devpts(pty->sb)->opts;
	mutex_unlock(&to_devpts(pty->sb)->lock);
	inode = device_inode(pty->sb, FIRST_INO + pty->index, o.mode,
			     pty->tty.dev);
	if (IS_ERR(inode))
		return inode;
	inode->fop = &pts_fops;
	inode->uid = o.has_uid ? o.uid : current->cred->fsuid;
	inode->gid = o.has_gid ? o.gid : current->cred->fsgid;
	tty_get(&pty->tty);
	inode->private = pty;
	return inode;
}

int devpts_name_make(struct pty *pty)
{
	struct inode *dir = pty->sb->root->inode;
	struct inode *inode = slave_inode(pty);
	char name[12];
	struct dentry *d;

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	snprintf(name, sizeof(name), "%u", pty->index);
	mutex_lock(&dir->lock);
	d = device_name(pty->sb, name, inode);
	mutex_unlock(&dir->lock);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	pty->name = d;
	return 0;
}

void devpts_name_remove(struct pty *pty)
{
	struct inode *dir = pty->sb->root->inode;
	struct dentry *d = pty->name;

	mutex_lock(&dir->lock);
	simple_unlink(dir, d);
	d_delete(d);
	mutex_unlock(&dir->lock);
	pty->name = NULL;
	mnt_detach_gone(d);
	d_put(d);
}

/* ---- the super block ------------------------------------------------------------------ */

static void devpts_evict(struct inode *inode)
{
	struct pty *pty = inode->private;

	if (pty)
		tty_put(&pty->tty);
}

static void devpts_put_super(struct super *sb)
{
	ida_destroy(&to_devpts(sb)->numbers);
	kfree(to_devpts(sb));
}

static const struct super_ops devpts_sops = {
	SUPER_OPS_DEFAULTS,
	.evict = devpts_evict,
	.put_super = devpts_put_super,
	.show_options = devpts_show_options,
	.reconfigure = devpts_reconfigure,
};

static const struct inode_ops dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = simple_lookup,
};

static int make_root(struct super *sb)
{
	struct inode *root = inode_new(sb, S_IFDIR | 0755);

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	root->ino = 1;
	root->op = &dir_iops;
	root->fop = &simple_dir_fops;
	root->nlink = 2;
	sb->root = d_alloc_root(root);
	return sb->root ? 0 : -ENOMEM;
}

static int make_ptmx(struct super *sb)
{
	struct devpts *fs = to_devpts(sb);
	struct inode *inode = device_inode(sb, PTMX_INO, fs->opts.ptmx_mode,
					   MKDEV(TTYAUX_MAJOR, 2));

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	inode->uid = make_kuid(sb->user_ns, 0);
	inode->gid = make_kgid(sb->user_ns, 0);
	mutex_lock(&sb->root->inode->lock);
	fs->ptmx = device_name(sb, "ptmx", inode);
	mutex_unlock(&sb->root->inode->lock);
	if (IS_ERR(fs->ptmx))
		return (int)PTR_ERR(fs->ptmx);
	d_put(fs->ptmx); /* the root pins it */
	return 0;
}

static struct super *devpts_get_super(struct fs_context *fc)
{
	struct devpts *fs = kzalloc(sizeof(*fs));
	struct super *sb;
	int err;

	if (!fs)
		return ERR_PTR(-ENOMEM);
	mutex_init(&fs->lock, "devpts");
	options_set(fs, fc->options);
	fs->may_reserve = current_mnt_ns() == &init_mnt_ns;
	sb = super_new(fc->type, &devpts_sops, fc->sb_flags);
	if (IS_ERR(sb)) {
		kfree(fs);
		return sb;
	}
	sb->private = fs;
	sb->magic = DEVPTS_SUPER_MAGIC;
	sb->blksize = 1024;
	super_set_owner(sb, fc->owner);
	err = make_root(sb);
	if (!err)
		err = make_ptmx(sb);
	if (!err)
		return sb;
	super_put(sb);
	return ERR_PTR(err);
}

const struct fs_type devpts_type = {
	.name = "devpts",
	.flags = FS_NODEV | FS_USERNS_MOUNT | FS_OWN_DEVICES,
	.get_super = devpts_get_super,
	.params = devpts_params,
	.options_size = sizeof(struct devpts_options),
};
