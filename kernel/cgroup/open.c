// SPDX-License-Identifier: MIT
/*
 * An open file of a group: its text is made at each read, a write is one line
 * that is stripped of blanks, and poll tells when what it says has changed. It
 * remembers the cgroup namespace of who opened it. After the group was removed,
 * or the file was taken from it, everything is ENODEV.
 */
#include <linux/eventpoll.h>

#include "fs/seq.h"
#include "kernel/cgroup/files.h"
#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/slab.h"

#define WRITE_MAX 256

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
	struct seq s = {.file = f};
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
		return why(-EPERM,
			   "cgroup: nsdelegate: %s of the root of "
			   "cgroup:[%u]",
			   n->file->name, ns->ns.inum);
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

const struct file_ops cgroup_file_fops = {
	FILE_OPS_DEFAULTS,	  .open = file_open_,
	.release = file_release_, .read = file_read_,
	.write = file_write_,	  .poll = file_poll_,
	.llseek = generic_llseek,
};
