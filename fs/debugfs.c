// SPDX-License-Identifier: MIT
/*
 * debugfs: warren/, with what Linux does not show. Files for a person and for
 * `ns` (user/ns.c); /proc stays exactly Linux's.
 *
 *	pins	 every live namespace, its holders by kind and by name
 *	why	 the last refused check of the caller's process group
 *	objects	 live objects of each kind: to find leaks
 *	lock_stat how often a lock had to be waited for, and how long
 *	trace, trace_on	 the tracer (kernel/debug/trace.h)
 *	fail	 fault injection: the Nth allocation of the writer fails
 *	exit	 end the machine with this exit code
 */
#include <linux/magic.h>

#include "fs/context.h"
#include "fs/debugfs.h"
#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/nsfs.h"
#include "fs/seq.h"
#include "kernel/debug/trace.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"

struct debug_file {
	const char *name;
	umode_t mode;
	seq_show_fn show;
	int (*write)(char *text); /* NULL: cannot be written */
};

/* ---- pins --------------------------------------------------------------------------------- */

/* The least namespace with an id above @id, with a PIN_TEMP; NULL. */
static struct ns *ns_after(u64 id)
{
	struct ns *ns, *found = NULL;

	spin_lock(&ns_lock);
	list_for_each_entry(ns, &ns_list, link) {
		if (ns->id > id && ns_get_not_zero(ns, PIN_TEMP)) {
			found = ns;
			break;
		}
	}
	spin_unlock(&ns_lock);
	return found;
}

/* Without the PIN_TEMP by which we look at it. */
static void show_counts(struct seq *s, struct ns *ns)
{
	seq_printf(s, "%s:[%u] refs %u:", ns->ops->name, ns->inum,
		   refcount_read(&ns->refs) - 1);
	for (u32 i = 0; i < NR_NS_PINS; i++) {
		u32 n = READ_ONCE(ns->pins[i]) - (i == PIN_TEMP);

		if (n)
			seq_printf(s, " %s %u", ns_pin_names[i], n);
	}
	seq_putc(s, '\n');
}

static bool task_holds(struct task *t, const struct ns *ns)
{
	bool holds = false;

	spin_lock(&t->lock);
	for (u32 i = 0; t->nsproxy && i < NR_NS_SLOTS; i++)
		holds |= t->nsproxy->ns[i] == ns;
	spin_unlock(&t->lock);
	return holds || &task_active_pid_ns(t)->ns == ns;
}

static void show_tasks(struct seq *s, struct ns *ns)
{
	struct pid *pid;
	pid_t nr = 1;

	while ((pid = pid_next_get(&init_pid_ns, nr))) {
		struct task *t = pid_task_get(pid, PIDTYPE_PID);

		nr = pid_nr(pid, &init_pid_ns) + 1;
		if (t && task_holds(t, ns))
			seq_printf(s, "  task %d (%s)\n", nr - 1, t->comm);
		if (t)
			task_put(t);
		pid_put(pid);
	}
}

/* Open files and mounts are found through the nsfs dentry: what holds it and is
 * neither a mount nor we is an open file, in a table or in flight. (No list of
 * all files is kept for this: every open would write to it.) */
static void show_nsfs(struct seq *s, struct ns *ns)
{
	struct dentry *d;
	s32 open;

	spin_lock(&ns_lock);
	d = ns->stash && refcount_inc_not_zero(&ns->stash->d_count) ?
		    ns->stash : NULL;
	spin_unlock(&ns_lock);
	if (!d)
		return;
	open = (s32)(refcount_read(&d->d_count) - 1 - mounts_holding(d));
	if (open > 0)
		seq_printf(s, "  open files %d\n", open);
	mounts_of_dentry(s, d);
	d_put(d);
}

static int show_pins(struct seq *s, struct file *f __maybe_unused)
{
	struct ns *ns;
	u64 id = 0;

	while ((ns = ns_after(id))) {
		id = ns->id;
		show_counts(s, ns);
		show_tasks(s, ns);
		show_nsfs(s, ns);
		ns_put(ns, PIN_TEMP);
	}
	return 0;
}

/* ---- why ---------------------------------------------------------------------------------- */

static int show_why(struct seq *s, struct file *f __maybe_unused)
{
	struct why w;

	if (why_last(&w))
		seq_printf(s, "%s (pid %d): %s: error %d\n", w.comm, w.pid,
			   w.text, -w.error);
	else
		seq_puts(s, "no check has refused anything\n");
	return 0;
}

/* ---- the others ------------------------------------------------------------------------------ */

static void show_cache(const struct slab *slab, void *arg)
{
	seq_printf(arg, "%-16s %lld\n", slab->name,
		   (long long)slab_live(slab));
}

/* Who was waited for may be on its way off another CPU, with all that is its. */
static void leavers_wait(void)
{
	while (atomic_load(&nr_leaving)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout(NSEC_PER_MSEC);
	}
}

static int show_objects(struct seq *s, struct file *f __maybe_unused)
{
	leavers_wait();
	/* the text's own buffer first: it is not what is looked for */
	s->size = 0;
	kfree(s->buf);
	s->buf = kmalloc(PAGE_SIZE);
	if (!s->buf)
		return -ENOMEM;
	s->size = PAGE_SIZE;
	slab_for_each(show_cache, s);
	return 0;
}

/* All CPUs together; in the debug build each name that was waited for, too. */
static int show_lock_stat(struct seq *s, struct file *f __maybe_unused)
{
	u64 waits = 0, rounds = 0;
	struct lock_stat st;

	for (u32 i = 0; i < nr_cpus; i++) {
		waits += READ_ONCE(cpus[i].lock_waits);
		rounds += READ_ONCE(cpus[i].lock_rounds);
	}
	seq_printf(s, "spinlocks waits %llu instructions %llu\n",
		   (unsigned long long)waits,
		   (unsigned long long)(rounds * LOCK_ROUND_INSNS));
	for (u32 i = 0; DEBUG_CHECKS && lock_check_stat(i, &st); i++) {
		if (!st.waits)
			continue;
		seq_printf(s, "%s %s taken %llu waits %llu instructions %llu\n",
			   st.mutex ? "mutex" : "spinlock", st.name,
			   (unsigned long long)st.taken,
			   (unsigned long long)st.waits,
			   (unsigned long long)(st.rounds * LOCK_ROUND_INSNS));
	}
	return 0;
}

static int show_ring(struct seq *s, size_t (*read)(char *buf, size_t size))
{
	const size_t size = 65536;
	char *buf = kmalloc(size);

	if (!buf)
		return -ENOMEM;
	seq_write(s, buf, read(buf, size));
	kfree(buf);
	return 0;
}

static int show_trace(struct seq *s, struct file *f __maybe_unused)
{
	return show_ring(s, trace_read);
}

static int show_trace_on(struct seq *s, struct file *f __maybe_unused)
{
	return show_ring(s, trace_status);
}

static int write_trace_on(char *text)
{
	return trace_configure(text);
}

static int write_trace(char *text __maybe_unused)
{
	trace_clear();
	return 0;
}

static int show_fail(struct seq *s, struct file *f __maybe_unused)
{
	seq_printf(s, "%llu\n", (unsigned long long)current->fail_nth);
	return 0;
}

static int write_fail(char *text)
{
	u64 n;

	if (parse_u64(text, 0, &n))
		return -EINVAL;
	alloc_fail_at(n);
	return 0;
}

static int show_nothing(struct seq *s __maybe_unused,
			struct file *f __maybe_unused)
{
	return 0;
}

static int write_exit(char *text)
{
	u64 code;

	if (parse_u64(text, 10, &code) || code > 0x7f)
		return -EINVAL;
	arch_exit((int)code);
}

static const struct debug_file files[] = {
	{ "pins", 0444, show_pins, NULL },
	{ "why", 0444, show_why, NULL },
	{ "objects", 0444, show_objects, NULL },
	{ "lock_stat", 0444, show_lock_stat, NULL },
	{ "trace", 0644, show_trace, write_trace },
	{ "trace_on", 0644, show_trace_on, write_trace_on },
	{ "fail", 0644, show_fail, write_fail },
	{ "exit", 0200, show_nothing, write_exit },
};

/* ---- as a file system ------------------------------------------------------------------------ */

static const struct debug_file *file_of(const struct inode *inode)
{
	return inode->private;
}

static int debug_open(struct inode *inode, struct file *f)
{
	return seq_open(f, file_of(inode)->show);
}

static ssize_t debug_write(struct file *f, struct iter *it, loff_t *pos)
{
	size_t n = it->count;
	char text[256];
	int err;

	if (!file_of(f->inode)->write || n >= sizeof(text))
		return -EINVAL;
	if (copy_from_iter(text, n, it) != n)
		return -EFAULT;
	text[n] = '\0';
	if (n && text[n - 1] == '\n')
		text[n - 1] = '\0';
	err = file_of(f->inode)->write(text);
	if (err)
		return err;
	*pos += (loff_t)n;
	return (ssize_t)n;
}

static const struct file_ops debug_fops = {
	FILE_OPS_DEFAULTS,
	.open = debug_open,
	.read = seq_read,
	.write = debug_write,
	.llseek = seq_llseek,
	.release = seq_release,
};
static const struct inode_ops debug_iops = { INODE_OPS_DEFAULTS };
static const struct inode_ops debug_dir_iops = {
	INODE_OPS_DEFAULTS,
	.lookup = simple_lookup,
};
static const struct super_ops debug_sops = { SUPER_OPS_DEFAULTS };

static struct inode *debug_inode(struct super *sb, umode_t mode,
				 const struct debug_file *f)
{
	struct inode *inode = inode_new(sb, mode);

	if (IS_ERR(inode))
		return inode;
	inode->ino = super_next_ino(sb);
	inode->op = f ? &debug_iops : &debug_dir_iops;
	inode->fop = f ? &debug_fops : &simple_dir_fops;
	inode->private = (void *)f;
	if (!f)
		inode->nlink = 2;
	return inode;
}

/* A name that stays: the directory pins it. */
static struct dentry *debug_add(struct dentry *dir, const char *name,
				umode_t mode, const struct debug_file *f)
{
	struct qstr q = qstr_of(dir, name);
	struct inode *inode = debug_inode(dir->sb, mode, f);
	struct dentry *d;

	if (IS_ERR(inode))
		return ERR_PTR(PTR_ERR(inode));
	d = d_alloc(dir, &q);
	if (IS_ERR(d)) {
		inode_put(inode);
		return d;
	}
	d_add(d, inode);
	spin_lock(&d->d_lock);
	d->flags |= D_PINNED;
	spin_unlock(&d->d_lock);
	return d;
}

static int debug_fill(struct super *sb)
{
	struct inode *root = debug_inode(sb, S_IFDIR | 0700, NULL);
	struct dentry *dir;

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	sb->root = d_alloc_root(root);
	if (!sb->root)
		return -ENOMEM;
	dir = debug_add(sb->root, "warren", S_IFDIR | 0755, NULL);
	for (u32 i = 0; i < ARRAY_SIZE(files) && !IS_ERR(dir); i++) {
		struct dentry *d = debug_add(dir, files[i].name,
					     S_IFREG | files[i].mode,
					     &files[i]);
		if (IS_ERR(d))
			return (int)PTR_ERR(d);
	}
	return PTR_ERR_OR_ZERO(dir);
}

static struct super *debug_get_super(struct fs_context *fc)
{
	struct super *sb = super_new(fc->type, &debug_sops, fc->sb_flags);
	int err;

	if (IS_ERR(sb))
		return sb;
	sb->magic = DEBUGFS_MAGIC;
	err = debug_fill(sb);
	if (!err)
		return sb;
	super_put(sb);
	return ERR_PTR(err);
}

const struct fs_type debugfs_type = {
	.name = "debugfs",
	.flags = FS_NODEV | FS_ANY_OPTION,
	.get_super = debug_get_super,
};
