// SPDX-License-Identifier: MIT
/*
 * Unpacking the initramfs: what the entries of a cpio archive become. The
 * format is kernel/lib/cpio.c's, compression kernel/lib/gunzip.c's.
 *
 * Hard links: entries of one file share dev and ino; one of them, usually the
 * last, has the data. Each entry after the first becomes a link to it.
 * Directories get their time when an archive ends, as files made in them
 * change it.
 *
 * Runs once, at boot, before there is a second task: no locks of its own.
 */
#include <linux/stat.h>

#include "fs/file.h"
#include "fs/initramfs.h"
#include "fs/namei.h"
#include "kernel/debug/printk.h"
#include "kernel/lib/cpio.h"
#include "kernel/lib/gunzip.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

/* A name to come back to: a file with links, or a directory. */
struct seen {
	struct list link;
	u32 dev_major, dev_minor, ino; /* files */
	u32 mtime;		       /* directories */
	char path[];
};

struct unpack {
	struct cpio cpio;
	struct list files, dirs; /* struct seen of this archive */
	struct cpio_entry entry;
	char path[CPIO_NAME_MAX + 1]; /* "/" and the entry's name */
	char target[PATH_MAX];	      /* of a symbolic link */
	struct file *file;	      /* being written; or NULL */
	loff_t pos;
	u32 nr_entries;
};

static int refuse(struct unpack *u, int err, const char *reason)
{
	printk("initramfs: /%s: %s (error %d)\n", u->entry.name, reason, -err);
	return err;
}

/* ---- attributes --------------------------------------------------------------- */

static void inode_set(struct inode *inode, const struct cpio_entry *e)
{
	mutex_lock(&inode->lock);
	inode->mode = (inode->mode & S_IFMT) | (e->mode & 07777);
	inode->uid = e->uid;
	inode->gid = e->gid;
	inode->atime = inode->mtime = (u64)e->mtime * NSEC_PER_SEC;
	mutex_unlock(&inode->lock);
}

static int path_set(struct unpack *u)
{
	struct path path;
	int err = path_lookup(AT_FDCWD, u->path, 0, &path);

	if (err)
		return refuse(u, err, "cannot be found again");
	if ((path.dentry->inode->mode ^ u->entry.mode) & S_IFMT)
		err = refuse(u, -EEXIST, "exists as something else");
	else
		inode_set(path.dentry->inode, &u->entry);
	path_put(&path);
	return err;
}

/* ---- what was seen ------------------------------------------------------------ */

static int seen_add(struct unpack *u, struct list *list)
{
	size_t size = strlen(u->path) + 1;
	struct seen *s = kmalloc(sizeof(*s) + size);

	if (!s)
		return refuse(u, -ENOMEM, "no memory");
	s->dev_major = u->entry.dev_major;
	s->dev_minor = u->entry.dev_minor;
	s->ino = u->entry.ino;
	s->mtime = u->entry.mtime;
	memcpy(s->path, u->path, size);
	list_add(&s->link, list);
	return 0;
}

static struct seen *seen_file(struct unpack *u)
{
	struct seen *s;

	list_for_each_entry(s, &u->files, link)
		if (s->ino == u->entry.ino &&
		    s->dev_major == u->entry.dev_major &&
		    s->dev_minor == u->entry.dev_minor)
			return s;
	return NULL;
}

static void seen_free(struct list *list)
{
	while (!list_empty(list)) {
		struct seen *s = list_first(list, struct seen, link);

		list_del(&s->link);
		kfree(s);
	}
}

static void dir_time_set(const struct seen *s)
{
	struct path path;

	if (path_lookup(AT_FDCWD, s->path, 0, &path))
		return; /* replaced since, which is no error */
	path.dentry->inode->mtime = (u64)s->mtime * NSEC_PER_SEC;
	path_put(&path);
}

/* ---- entries ------------------------------------------------------------------- */

/* True: the entry is one more name of a file, and is linked. *@err. */
static bool linked(struct unpack *u, int *err)
{
	struct seen *s;

	*err = 0;
	if (u->entry.nlink < 2)
		return false;
	s = seen_file(u);
	if (!s) {
		*err = seen_add(u, &u->files);
		return false;
	}
	*err = kern_link(s->path, u->path);
	if (*err)
		refuse(u, *err, "cannot be linked");
	return true;
}

static int begin_file(struct unpack *u)
{
	const u32 flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
			  O_LARGEFILE;
	int err;

	if (linked(u, &err) && !u->entry.size)
		return err; /* no data: it must not be truncated */
	if (err)
		return err;
	u->file = file_open(u->path, flags, u->entry.mode & 07777);
	if (!IS_ERR(u->file))
		return 0;
	err = (int)PTR_ERR(u->file);
	u->file = NULL;
	return refuse(u, err, "cannot be made");
}

static int begin_dir(struct unpack *u)
{
	int err = kern_mkdir(u->path, u->entry.mode & 07777);

	if (err && err != -EEXIST)
		return refuse(u, err, "cannot be made");
	return seen_add(u, &u->dirs);
}

static int begin_node(struct unpack *u)
{
	const struct cpio_entry *e = &u->entry;
	int err;

	if (linked(u, &err) || err)
		return err;
	err = kern_mknod(u->path, e->mode,
			 MKDEV(e->rdev_major, e->rdev_minor));
	return err ? refuse(u, err, "cannot be made") : 0;
}

static int begin_by_type(struct unpack *u)
{
	umode_t type = u->entry.mode & S_IFMT;

	if (type == S_IFREG)
		return begin_file(u);
	if (type == S_IFLNK)
		return u->entry.size - 1 < PATH_MAX - 1 ? 0 :
			refuse(u, -EINVAL, "the link's target has a bad length");
	if (u->entry.size)
		return refuse(u, -EINVAL, "has data but is no file");
	if (type == S_IFDIR)
		return begin_dir(u);
	if (type == S_IFCHR || type == S_IFBLK || type == S_IFIFO ||
	    type == S_IFSOCK)
		return begin_node(u);
	return refuse(u, -EINVAL, "is of an unknown type");
}

static int on_begin(void *arg, const struct cpio_entry *e)
{
	struct unpack *u = arg;
	const char *name = e->name;

	while (*name == '/')
		name++;
	u->entry = *e;
	u->entry.name = name;
	u->path[0] = '/';
	strlcpy(u->path + 1, name, sizeof(u->path) - 1);
	u->pos = 0;
	u->nr_entries++;
	return begin_by_type(u);
}

static int on_data(void *arg, const void *p, size_t n)
{
	struct unpack *u = arg;
	ssize_t done;

	if (!u->file) { /* a symbolic link: its length was checked */
		memcpy(u->target + u->pos, p, n);
		u->pos += (loff_t)n;
		return 0;
	}
	done = file_write_kernel(u->file, p, n, &u->pos);
	if (done == (ssize_t)n)
		return 0;
	return refuse(u, done < 0 ? (int)done : -ENOSPC, "cannot be written");
}

static int end_link(struct unpack *u)
{
	int err;

	if (linked(u, &err) || err)
		return err;
	u->target[u->pos] = '\0';
	if (strlen(u->target) != (size_t)u->pos)
		return refuse(u, -EINVAL, "the link's target has a NUL");
	err = kern_symlink(u->target, u->path);
	return err ? refuse(u, err, "cannot be made") : 0;
}

static int on_end(void *arg)
{
	struct unpack *u = arg;
	int err = S_ISLNK(u->entry.mode) ? end_link(u) : 0;

	if (u->file) {
		file_put(u->file);
		u->file = NULL;
	}
	return err ? err : path_set(u);
}

static int on_trailer(void *arg)
{
	struct unpack *u = arg;
	struct seen *s;

	list_for_each_entry(s, &u->dirs, link)
		dir_time_set(s);
	seen_free(&u->files);
	seen_free(&u->dirs);
	return 0;
}

static const struct cpio_ops unpack_ops = {
	.begin = on_begin,
	.data = on_data,
	.end = on_end,
	.trailer = on_trailer,
};

/* ---- archives ------------------------------------------------------------------ */

/* What cpio_push() said, as an errno and, if nobody has yet, as a message. */
static int push_result(struct unpack *u, int result)
{
	if (result != CPIO_BAD)
		return result;
	printk("initramfs: %s, at byte %llu of the archive\n", u->cpio.reason,
	       (unsigned long long)u->cpio.offset);
	return -EINVAL;
}

static int unpack_plain(struct unpack *u, const u8 *p, size_t n, size_t *used)
{
	int err = push_result(u, cpio_push(&u->cpio, p, n, used));

	if (err || cpio_idle(&u->cpio))
		return err;
	printk("initramfs: the archive is cut off after %llu bytes\n",
	       (unsigned long long)u->cpio.offset);
	return -EINVAL;
}

/* The sink of gunzip(). Its errors are errnos, which are below -1000 here so
 * that they differ from gunzip()'s own. */
#define SINK_ERROR (-1000)
static int unpack_sink(void *arg, const u8 *p, size_t n)
{
	struct unpack *u = arg;
	size_t taken;
	int err = push_result(u, cpio_push(&u->cpio, p, n, &taken));

	if (!err && taken < n) {
		printk("initramfs: no cpio archive in the gzip data\n");
		err = -EINVAL;
	}
	return err ? SINK_ERROR + err : 0;
}

static int unpack_gzip(struct unpack *u, const u8 *p, size_t n, size_t *used)
{
	int err = gunzip(p, n, used, unpack_sink, u);

	if (err < SINK_ERROR)
		return err - SINK_ERROR;
	if (err == GUNZIP_NOMEM) {
		printk("initramfs: no memory to decompress\n");
		return -ENOMEM;
	}
	if (err) {
		printk("initramfs: gzip data is %s after %zu bytes\n",
		       err == GUNZIP_TRUNCATED ? "cut off" : "corrupt", *used);
		return -EINVAL;
	}
	if (!cpio_idle(&u->cpio)) {
		printk("initramfs: the archive in the gzip data is cut off\n");
		return -EINVAL;
	}
	return 0;
}

static int unpack_all(struct unpack *u, const u8 *p, size_t n)
{
	size_t at = 0;

	while (at < n) {
		size_t used;
		int err = is_gzip(p + at, n - at) ?
				  unpack_gzip(u, p + at, n - at, &used) :
				  unpack_plain(u, p + at, n - at, &used);

		if (err)
			return err;
		if (!used) {
			printk("initramfs: neither cpio nor gzip at byte %zu\n",
			       at);
			return -EINVAL;
		}
		at += used;
	}
	if (u->nr_entries)
		return 0;
	printk("initramfs: no entries in %zu bytes\n", n);
	return -EINVAL;
}

int initramfs_unpack(const void *data, size_t len)
{
	struct unpack *u = kzalloc(sizeof(*u));
	int err;

	if (!u)
		return -ENOMEM;
	list_init(&u->files);
	list_init(&u->dirs);
	cpio_init(&u->cpio, &unpack_ops, u);
	err = unpack_all(u, data, len);
	if (u->file)
		file_put(u->file);
	seen_free(&u->files);
	seen_free(&u->dirs);
	kfree(u);
	return err;
}
