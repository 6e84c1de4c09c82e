// SPDX-License-Identifier: MIT
/*
 * Device nodes: which driver a number belongs to, the memory devices of
 * null(4) and random(4), and "devtmpfs": one tmpfs with a node for each.
 */
#include <linux/major.h>

#include "fs/context.h"
#include "fs/devfs.h"
#include "fs/file.h"
#include "fs/namei.h"
#include "fs/pty.h"
#include "fs/tmpfs.h"
#include "fs/tty.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/sys/random.h"
#include "kernel/task/task.h"

static ssize_t null_read(struct file *f, struct iter *it, loff_t *pos)
{
	(void)f, (void)it, (void)pos;
	return 0;
}

static ssize_t null_write(struct file *f, struct iter *it, loff_t *pos)
{
	size_t n = it->count;

	(void)f, (void)pos;
	iter_advance(it, n);
	return (ssize_t)n;
}

static ssize_t zero_read(struct file *f, struct iter *it, loff_t *pos)
{
	size_t n = it->count, done;

	(void)f, (void)pos;
	done = iter_zero(n, it);
	return done || !n ? (ssize_t)done : -EFAULT;
}

static ssize_t full_write(struct file *f, struct iter *it, loff_t *pos)
{
	(void)f, (void)it, (void)pos;
	return -ENOSPC;
}

/* mmap(2): private is plain anonymous memory, shared is shared memory. */
static int zero_mmap(struct file *f, struct vma *vma)
{
	struct file *shm = NULL;

	if (vma->flags & VM_SHARED) {
		shm = shmem_file_new("dev/zero", vma->end - vma->start,
				     O_RDWR);
		if (IS_ERR(shm))
			return (int)PTR_ERR(shm);
	}
	vma->file = shm;
	vma->pgoff = 0;
	file_put(f);
	return 0;
}

static ssize_t random_read(struct file *f, struct iter *it, loff_t *pos)
{
	char chunk[128];
	ssize_t done = 0;

	(void)f, (void)pos;
	while (it->count) {
		size_t n = min(sizeof(chunk), it->count), copied;

		random_bytes(chunk, n);
		copied = copy_to_iter(chunk, n, it);
		done += (ssize_t)copied;
		if (copied < n)
			return done ? done : -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static loff_t null_llseek(struct file *f, loff_t offset, int whence)
{
	(void)offset, (void)whence;
	return f->pos = 0;
}

static const struct file_ops null_fops = {
	FILE_OPS_DEFAULTS,
	.read = null_read,
	.write = null_write,
	.llseek = null_llseek,
};
static const struct file_ops zero_fops = {
	FILE_OPS_DEFAULTS,
	.read = zero_read,
	.write = null_write,
	.llseek = null_llseek,
	.mmap = zero_mmap,
};
static const struct file_ops full_fops = {
	FILE_OPS_DEFAULTS,
	.read = zero_read,
	.write = full_write,
	.llseek = null_llseek,
};
static const struct file_ops random_fops = {
	FILE_OPS_DEFAULTS,
	.read = random_read,
	.write = null_write,
	.llseek = null_llseek,
};

/* Every device that exists. Numbers: Linux's devices.txt. */
static const struct device {
	const char *name;
	u32 major, minor;
	umode_t mode;
	const struct file_ops *fop;
} devices[] = {
	{ "null", MEM_MAJOR, 3, 0666, &null_fops },
	{ "zero", MEM_MAJOR, 5, 0666, &zero_fops },
	{ "full", MEM_MAJOR, 7, 0666, &full_fops },
	{ "random", MEM_MAJOR, 8, 0666, &random_fops },
	{ "urandom", MEM_MAJOR, 9, 0666, &random_fops },
	{ "ttyS0", TTY_MAJOR, 64, 0620, &tty_fops },
	{ "tty", TTYAUX_MAJOR, 0, 0666, &tty_current_fops },
	{ "console", TTYAUX_MAJOR, 1, 0600, &tty_fops },
	{ "ptmx", TTYAUX_MAJOR, 2, 0666, &ptmx_fops },
};

static int chrdev_no_open(struct inode *inode, struct file *f)
{
	(void)inode, (void)f;
	return -ENXIO;
}

/* The number of a slave leads nowhere: only its name in devpts does. */
static int pts_no_open(struct inode *inode, struct file *f)
{
	(void)inode, (void)f;
	return -EIO;
}

static const struct file_ops no_pts_fops = {
	FILE_OPS_DEFAULTS,
	.open = pts_no_open,
};

static const struct file_ops no_device_fops = {
	FILE_OPS_DEFAULTS,
	.open = chrdev_no_open,
};

const struct file_ops *chrdev_fops(dev_t dev)
{
	for (u32 i = 0; i < ARRAY_SIZE(devices); i++)
		if (dev == MKDEV(devices[i].major, devices[i].minor))
			return devices[i].fop;
	return MAJOR(dev) == PTS_MAJOR ? &no_pts_fops : &no_device_fops;
}

/* ---- devtmpfs ------------------------------------------------------------ */

static struct super *devfs_super; /* the one instance; made at boot */

/* @name in the root of @sb: a node, a link to @target, or a directory. */
static int devfs_add(struct super *sb, const char *name, umode_t mode,
		     dev_t dev, const char *target)
{
	struct inode *dir = sb->root->inode;
	struct qstr q = qstr_of(sb->root, name);
	struct dentry *d;
	int err;

	mutex_lock(&dir->lock);
	d = lookup_one(sb->root, &q, LOOKUP_CREATE);
	err = PTR_ERR_OR_ZERO(d);
	if (err)
		goto unlock;
	if (target)
		err = dir->op->symlink(dir, d, target);
	else if (S_ISDIR(mode))
		err = dir->op->mkdir(dir, d, mode);
	else
		err = dir->op->mknod(dir, d, mode, dev);
	/* mknod's mode went through no umask, but set it exactly. */
	if (!err && !target)
		d->inode->mode = mode;
	d_put(d);
unlock:
	mutex_unlock(&dir->lock);
	return err;
}

static int devfs_populate(struct super *sb)
{
	int err = 0;

	for (u32 i = 0; i < ARRAY_SIZE(devices) && !err; i++)
		err = devfs_add(sb, devices[i].name, S_IFCHR | devices[i].mode,
				MKDEV(devices[i].major, devices[i].minor),
				NULL);
	if (!err)
		err = devfs_add(sb, "fd", 0, 0, "/proc/self/fd");
	if (!err)
		err = devfs_add(sb, "stdin", 0, 0, "/proc/self/fd/0");
	if (!err)
		err = devfs_add(sb, "stdout", 0, 0, "/proc/self/fd/1");
	if (!err)
		err = devfs_add(sb, "stderr", 0, 0, "/proc/self/fd/2");
	if (!err)
		err = devfs_add(sb, "shm", S_IFDIR | 01777, 0, NULL);
	if (!err)
		err = devfs_add(sb, "pts", S_IFDIR | 0755, 0, NULL);
	return err;
}

/* A tmpfs under the name devtmpfs; the first mount makes it. */
static struct super *devfs_get_super(struct fs_context *fc)
{
	static DEFINE_MUTEX(once);
	struct super *sb;
	int err;

	mutex_lock(&once);
	sb = devfs_super;
	if (!sb) {
		tmpfs_default_mode(fc, 0755);
		sb = tmpfs_type.get_super(fc);
		if (IS_ERR(sb))
			goto out;
		sb->type = fc->type;
		err = devfs_populate(sb);
		if (err) {
			super_put(sb);
			sb = ERR_PTR(err);
			goto out;
		}
		devfs_super = sb;
	}
	super_get(sb);
out:
	mutex_unlock(&once);
	return sb;
}

const struct fs_type devtmpfs_type = {
	.name = "devtmpfs",
	.flags = FS_NODEV,
	.get_super = devfs_get_super,
	.params = tmpfs_params,
	.options_size = sizeof(struct tmpfs_options),
};
