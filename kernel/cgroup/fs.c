// SPDX-License-Identifier: MIT
/*
 * The file system "cgroup2": a directory for each group, with the files of
 * cgroup_files[] in it. There is one super block, made at boot; a mount shows it
 * from the root of the mounter's cgroup namespace on.
 *
 * Names are pinned dentries, so that owners and modes stay as they are set: that
 * is how a part of the tree is given to somebody. mkdir makes a group with its
 * directory and files, rmdir removes them all. Every inode holds the group.
 *
 * Locks: inode->lock of the parent directory > cgroup_mutex.
 */
#include <linux/eventpoll.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <linux/stat.h>

#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/seq.h"
#include "kernel/cgroup/files.h"
#include "kernel/cgroup/pids.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

#define WRITE_MAX 256

/* inode->private: of a directory (file NULL) or a file. */
struct node {
	struct cgroup *cg; /* counted */
	const struct cgroup_file *file;
};

static const struct inode_ops cgroup_dir_iops, cgroup_file_iops;
static const struct file_ops cgroup_file_fops;
static struct super *hierarchy;

static struct node *node_of(const struct inode *inode)
{
	return inode->private;
}

/* ---- open files ---------------------------------------------------------- */

/* What @n tells those who poll: how often that has changed. */
static u32 changes_of(const struct node *n)
{
	if (n->file->flags & FILE_POPULATED)
		return READ_ONCE(n->cg->changes);
	if (n->file->flags & FILE_REFUSED)
		return READ_ONCE(n->cg->refused);
	return 0;
}

/* The group was removed, or the file was taken from it. */
static bool is_gone(const struct file *f)
{
	return READ_ONCE(node_of(f->inode)->cg->dead) ||
	       !READ_ONCE(f->inode->nlink);
}

static int file_open_(struct inode *inode, struct file *f)
{
	struct cgroup_opened *o = kzalloc(sizeof(*o));

	if (!o)
		return -ENOMEM;
	o->ns = to_cgroup_ns(task_ns_get(current, NS_CGROUP));
	o->changes = changes_of(node_of(inode));
	f->private = o;
	return 0;
}

static void file_release_(struct file *f)
{
	ns_put(&cgroup_opened(f)->ns->ns, PIN_TEMP);
	kfree(f->private);
}

static ssize_t file_read_(struct file *f, struct iter *it, loff_t *pos)
{
	const struct node *n = node_of(f->inode);
	struct seq s = { .file = f };
	ssize_t done = 0;
	int err;

	if (is_gone(f))
		return -ENODEV;
	WRITE_ONCE(cgroup_opened(f)->changes, changes_of(n));
	err = n->file->show(&s, n->cg);
	if (!err)
		err = s.error;
	if (!err && *pos < (loff_t)s.len) {
		size_t want = min(it->count, s.len - (size_t)*pos);

		done = (ssize_t)copy_to_iter(s.buf + *pos, want, it);
		if (!done && want)
			err = -EFAULT;
	}
	kfree(s.buf);
	*pos += done;
	return err ? err : done;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char *strip(char *text, size_t len)
{
	while (len && is_blank(text[len - 1]))
		len--;
	text[len] = '\0';
	while (is_blank(*text))
		text++;
	return text;
}

/* With nsdelegate, who is in a cgroup namespace does not set the limits of the
 * group that is its root: they come from outside. */
static int write_check(const struct file *f)
{
	const struct node *n = node_of(f->inode);
	const struct cgroup_ns *ns = cgroup_opened(f)->ns;

	if (is_gone(f))
		return -ENODEV;
	if (cgroup_ns_delegate && ns != &init_cgroup_ns && ns->root == n->cg &&
	    !(n->file->flags & FILE_DELEGATED))
		return why(-EPERM, "cgroup: nsdelegate: %s of the root of "
				   "cgroup:[%u]", n->file->name, ns->ns.inum);
	return 0;
}

static ssize_t file_write_(struct file *f, struct iter *it, loff_t *pos)
{
	const struct node *n = node_of(f->inode);
	size_t len = it->count;
	char text[WRITE_MAX];
	int err = write_check(f);

	if (err || !len)
		return err;
	if (len >= sizeof(text))
		return -E2BIG;
	if (copy_from_iter(text, len, it) != len)
		return -EFAULT;
	err = n->file->write(f, n->cg, strip(text, len));
	if (err)
		return err;
	*pos += (loff_t)len;
	return (ssize_t)len;
}

/* Readable at any time; POLLPRI when what it tells has changed since. */
static u32 file_poll_(struct file *f, struct poll_table *pt)
{
	struct cgroup *cg = node_of(f->inode)->cg;
	u32 mask = EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM;

	poll_wait(f, &cg->events, pt);
	if (changes_of(node_of(f->inode)) !=
	    READ_ONCE(cgroup_opened(f)->changes))
		mask |= EPOLLPRI | EPOLLERR;
	return mask;
}

static const struct file_ops cgroup_file_fops = {
	FILE_OPS_DEFAULTS,
	.open = file_open_,
	.release = file_release_,
	.read = file_read_,
	.write = file_write_,
	.poll = file_poll_,
	.llseek = generic_llseek,
};

static const struct inode_ops cgroup_file_iops = { INODE_OPS_DEFAULTS };

/* ---- names --------------------------------------------------------------- */

static struct inode *node_inode(struct super *sb, struct cgroup *cg,
				const struct cgroup_file *file, umode_t mode)
{
	struct node *n = kzalloc(sizeof(*n));
	struct inode *inode;

	if (!n)
		return ERR_PTR(-ENOMEM);
	inode = inode_new(sb, mode);
	if (IS_ERR(inode)) {
		kfree(n);
		return inode;
	}
	n->cg = cgroup_get(cg);
	n->file = file;
	inode->private = n;
	inode->ino = super_next_ino(sb);
	inode->op = file ? &cgroup_file_iops : &cgroup_dir_iops;
	inode->fop = file ? &cgroup_file_fops : &simple_dir_fops;
	inode->nlink = file ? 1 : 2;
	return inode;
}

static void node_evict(struct inode *inode)
{
	struct node *n = node_of(inode);

	if (!n)
		return;
	cgroup_put(n->cg);
	kfree(n);
}

static void dentry_pin(struct dentry *d)
{
	spin_lock(&d->d_lock);
	d->flags |= D_PINNED;
	spin_unlock(&d->d_lock);
}

static struct qstr file_name(const struct dentry *dir,
			     const struct cgroup_file *file)
{
	struct qstr q = { file->name, (u32)strlen(file->name), 0 };

	q.hash = name_hash(dir, q.name, q.len);
	return q;
}

static struct inode *file_inode_new(const struct dentry *dir,
				    struct cgroup *cg,
				    const struct cgroup_file *file)
{
	struct inode *inode = node_inode(dir->sb, cg, file,
					 S_IFREG | file->mode);

	if (!IS_ERR(inode)) {
		inode->uid = dir->inode->uid;
		inode->gid = dir->inode->gid;
	}
	return inode;
}

static int file_add(struct dentry *dir, struct cgroup *cg,
		    const struct cgroup_file *file)
{
	struct qstr q = file_name(dir, file);
	struct inode *inode = file_inode_new(dir, cg, file);
	struct dentry *d;

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	d = d_alloc(dir, &q);
	if (IS_ERR(d)) {
		inode_put(inode);
		return (int)PTR_ERR(d);
	}
	if (!cg->procs)
		cg->procs = inode; /* the table's first */
	d_add(d, inode);
	dentry_pin(d); /* the reference of d_alloc() */
	return 0;
}

static bool has_file(const struct cgroup *cg, const struct cgroup_file *f)
{
	if (f->flags & FILE_PIDS)
		return cgroup_owns_pids(cg);
	return cg->parent || !(f->flags & FILE_NOT_ROOT);
}

/* @dir has its inode. On error some may be there. */
static int files_add(struct dentry *dir, struct cgroup *cg)
{
	int err = 0;

	for (const struct cgroup_file *f = cgroup_files; f->name && !err; f++)
		if (has_file(cg, f))
			err = file_add(dir, cg, f);
	return err;
}

static void files_remove(struct dentry *dir)
{
	d_get(dir);
	simple_kill_tree(dir); /* gives that back */
}

/* ---- files that come and go ---------------------------------------------- */

struct dentry *cgroup_dir_lock(struct cgroup *cg)
{
	struct dentry *dir = NULL;

	mutex_lock(&cgroup_mutex);
	if (!cg->dead)
		dir = d_get(cg->dir);
	mutex_unlock(&cgroup_mutex);
	if (dir)
		mutex_lock(&dir->inode->lock);
	return dir;
}

void cgroup_dir_unlock(struct dentry *dir)
{
	mutex_unlock(&dir->inode->lock);
	d_put(dir);
}

/* Into a directory that others look into: the name may be known as missing. */
static int file_add_late(struct dentry *dir, struct cgroup *cg,
			 const struct cgroup_file *file)
{
	struct qstr q = file_name(dir, file);
	struct dentry *d = lookup_one(dir, &q, 0);
	struct inode *inode;

	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	inode = file_inode_new(dir, cg, file);
	if (IS_ERR(inode)) {
		d_put(d);
		return (int)PTR_ERR(inode);
	}
	d_instantiate(d, inode);
	dentry_pin(d); /* the reference of lookup_one() */
	return 0;
}

static void file_remove(struct dentry *dir, const struct cgroup_file *file)
{
	struct qstr q = file_name(dir, file);
	struct dentry *d = d_lookup(dir, &q);

	if (!d)
		return;
	if (d->inode) {
		simple_unlink(dir->inode, d);
		d_drop(d);
	}
	d_put(d);
}

int cgroup_files_pids_add(struct cgroup *cg)
{
	struct dentry *dir = cgroup_dir_lock(cg);
	int err = 0;

	for (const struct cgroup_file *f = cgroup_files; f->name && !err; f++)
		if (f->flags & FILE_PIDS)
			err = file_add_late(dir, cg, f);
	cgroup_dir_unlock(dir);
	return err;
}

void cgroup_files_pids_remove(struct cgroup *cg)
{
	struct dentry *dir = cgroup_dir_lock(cg);

	for (const struct cgroup_file *f = cgroup_files; f->name; f++)
		if (f->flags & FILE_PIDS)
			file_remove(dir, f);
	cgroup_dir_unlock(dir);
}

/* ---- groups -------------------------------------------------------------- */

static int dir_fill(struct inode *dir, struct dentry *d, struct cgroup *cg,
		    umode_t mode)
{
	struct inode *inode = node_inode(dir->sb, cg, NULL, S_IFDIR | mode);
	int err;

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	inode_init_owner(inode, dir, S_IFDIR | mode);
	if (d_unhashed(d))
		d_add(d, inode);
	else
		d_instantiate(d, inode);
	cg->dir = d;
	err = files_add(d, cg);
	if (!err) {
		d_get(d);
		dentry_pin(d);
		dir->nlink++;
		return 0;
	}
	files_remove(d);
	d_drop(d); /* it has an inode, but is no name: nobody finds it */
	return err;
}

static int cgroup_mkdir(struct inode *dir, struct dentry *d, umode_t mode)
{
	struct cgroup *cg;
	int err;

	if (memchr(d->name.name, '\n', d->name.len))
		return why(-EINVAL, "cgroup: a newline in a name");
	mutex_lock(&cgroup_mutex);
	cg = cgroup_new(node_of(dir)->cg, d->name.name, d->name.len);
	err = IS_ERR(cg) ? (int)PTR_ERR(cg) : 0;
	if (!err) {
		err = dir_fill(dir, d, cg, mode & 07777);
		if (err)
			cgroup_remove(cg); /* nobody is in it: it works */
	}
	mutex_unlock(&cgroup_mutex);
	return err;
}

static int cgroup_rmdir(struct inode *dir, struct dentry *d)
{
	int err;

	mutex_lock(&cgroup_mutex);
	err = cgroup_remove(node_of(d->inode)->cg);
	mutex_unlock(&cgroup_mutex);
	if (err)
		return err;
	files_remove(d);
	return simple_rmdir(dir, d);
}

static const struct inode_ops cgroup_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = simple_lookup,
	.mkdir = cgroup_mkdir,
	.rmdir = cgroup_rmdir,
};

struct cgroup *cgroup_of_file(const struct file *f)
{
	const struct node *n;

	if (f->inode->sb != hierarchy || !S_ISDIR(f->inode->mode))
		return ERR_PTR(-EBADF);
	n = node_of(f->inode);
	if (READ_ONCE(n->cg->dead))
		return ERR_PTR(-ENOENT);
	return cgroup_get(n->cg);
}

/* ---- the file system ----------------------------------------------------- */

static bool cgroup_show_root(struct seq *s, struct dentry *root)
{
	cgroup_show_path(s, node_of(root->inode)->cg, current_cgroup_root());
	return true;
}

static void cgroup_show_options(struct seq *s,
				struct super *sb __maybe_unused)
{
	if (cgroup_ns_delegate)
		seq_puts(s, ",nsdelegate");
}

/* Options are the hierarchy's, so they are for the initial namespace to say. */
static void options_apply(struct fs_context *fc)
{
	if (current_cgroup_root() == &cgroup_root)
		cgroup_ns_delegate = *(bool *)fc->options;
}

static int cgroup_reconfigure(struct super *sb __maybe_unused,
			      struct fs_context *fc)
{
	options_apply(fc);
	return 0;
}

static const struct super_ops cgroup_sops = {
	SUPER_OPS_DEFAULTS,
	.evict = node_evict,
	.show_root = cgroup_show_root,
	.show_options = cgroup_show_options,
	.reconfigure = cgroup_reconfigure,
};

static int delegate_set(struct fs_context *fc,
			const struct fs_value *v __maybe_unused)
{
	*(bool *)fc->options = true;
	return 0;
}

static const struct fs_param cgroup_params[] = {
	{ "nsdelegate", FS_FLAG, delegate_set },
	{ NULL, FS_FLAG, NULL },
};

static struct super *cgroup_get_super(struct fs_context *fc)
{
	struct cgroup *root = current_cgroup_root();

	mutex_lock(&cgroup_mutex);
	if (!root->dead)
		fc->root = d_get(root->dir);
	mutex_unlock(&cgroup_mutex);
	if (!fc->root)
		return ERR_PTR(why(-ENOENT, "mount: the root of the cgroup "
					    "namespace was removed"));
	options_apply(fc);
	return super_get(hierarchy);
}

const struct fs_type cgroup2_fs_type = {
	.name = "cgroup2",
	.flags = FS_NODEV | FS_USERNS_MOUNT,
	.shows = CLONE_NEWCGROUP,
	.get_super = cgroup_get_super,
	.params = cgroup_params,
	.options_size = sizeof(bool),
};

void cgroup_module_init(void)
{
	struct super *sb = super_new(&cgroup2_fs_type, &cgroup_sops, 0);
	struct inode *root;
	int err;

	pids_module_init();
	assert(!IS_ERR(sb));
	sb->magic = CGROUP2_SUPER_MAGIC;
	sb->blksize = 4096;
	root = node_inode(sb, &cgroup_root, NULL, S_IFDIR | 0555);
	assert(!IS_ERR(root));
	sb->root = d_alloc_root(root);
	assert(sb->root);
	cgroup_root.dir = sb->root;
	err = files_add(sb->root, &cgroup_root);
	assert(!err);
	hierarchy = sb;
}
