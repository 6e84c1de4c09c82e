// SPDX-License-Identifier: MIT
/*
 * The text of /proc/PID/mounts, mountinfo and mountstats, exactly as Linux
 * composes it (proc(5)). Paths are as seen from a root; mounts that cannot
 * be reached from there are left out.
 */
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "fs/seq.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

struct flag_name {
	u32 flag;
	const char *text;
};

static const struct flag_name mnt_flag_names[] = {
	{ MS_NOSUID, ",nosuid" },	  { MS_NODEV, ",nodev" },
	{ MS_NOEXEC, ",noexec" },	  { MS_NOATIME, ",noatime" },
	{ MS_NODIRATIME, ",nodiratime" }, { MS_RELATIME, ",relatime" },
	{ MS_NOSYMFOLLOW, ",nosymfollow" }, { 0, NULL },
};

static const struct flag_name sb_flag_names[] = {
	{ MS_SYNCHRONOUS, ",sync" },
	{ MS_DIRSYNC, ",dirsync" },
	{ MS_MANDLOCK, ",mand" },
	{ MS_LAZYTIME, ",lazytime" },
	{ 0, NULL },
};

static void show_flags(struct seq *s, u32 flags, const struct flag_name *names)
{
	for (; names->text; names++)
		if (flags & names->flag)
			seq_puts(s, names->text);
}

void mount_show_options(struct seq *s, struct super *sb)
{
	show_flags(s, sb->flags, sb_flag_names);
	sb->sop->show_options(s, sb);
}

static void show_source(struct seq *s, const struct mount *m)
{
	seq_escape(s, mount_source(m, "none"), "#");
}

/* ---- which part of its file system a mount shows ----------------------- */

/* The names from the file system's root down to @d, in the end of @buf. */
static char *dentry_text(const struct dentry *d, char *buf, size_t size)
{
	char *p = buf + size;

	*--p = '\0';
	mutex_lock(&rename_mutex);
	for (; d->parent != d; d = d->parent) {
		size_t len = d->name.len;

		if ((size_t)(p - buf) < len + 1) {
			p = NULL;
			break;
		}
		p -= len;
		memcpy(p, d->name.name, len);
		*--p = '/';
	}
	mutex_unlock(&rename_mutex);
	if (p && !*p)
		*--p = '/';
	return p;
}

/* Like "/", "/sub/dir", "/gone//deleted", or "uts:[4026531838]". */
int mount_show_root(struct seq *s, struct dentry *root, char *buf, size_t size)
{
	char *text;

	if (READ_ONCE(root->flags) & D_DISCONNECTED) {
		root->op->dname(root, buf, size);
		seq_escape(s, buf, "");
		return 0;
	}
	if (root->sb->sop->show_root(s, root))
		return 0;
	text = dentry_text(root, buf, size);
	if (!text)
		return -ENAMETOOLONG;
	seq_escape(s, text, "");
	if (d_unlinked(root))
		seq_puts(s, "//deleted");
	return 0;
}

/* ---- propagation ----------------------------------------------------------- */

static bool peer_visible(const struct peer *p, const struct mnt_ns *ns,
			 const struct path *root)
{
	return p->mnt->ns == ns && path_reachable(p->mnt, p->mnt->root, root);
}

/* The nearest master group that has a member that @root can see; 0: none. */
u32 mount_dominating_group(const struct mount *slave, const struct mnt_ns *ns,
			    const struct path *root)
{
	const struct peer *m, *p;

	for (m = mnt_master(slave); m; m = m->master) {
		if (peer_visible(m, ns, root))
			return m->group_id;
		list_for_each_entry(p, &m->share, share)
			if (peer_visible(p, ns, root))
				return p->group_id;
	}
	return 0;
}

static void show_propagation(struct seq *s, const struct mount *m,
			     const struct path *root)
{
	if (mnt_shared(m))
		seq_printf(s, " shared:%u", mnt_group(m));
	if (mnt_master(m)) {
		u32 of = mnt_master(m)->group_id;
		u32 dom = mount_dominating_group(m, m->ns, root);

		seq_printf(s, " master:%u", of);
		if (dom && dom != of)
			seq_printf(s, " propagate_from:%u", dom);
	}
	if (m->internal & MNT_UNBINDABLE)
		seq_puts(s, " unbindable");
}

/* ---- the three formats ------------------------------------------------------ */

static void show_mounts(struct seq *s, const struct mount *m, const char *mp)
{
	bool ro = (m->flags | m->sb->flags) & MS_RDONLY;

	show_source(s, m);
	seq_putc(s, ' ');
	seq_escape(s, mp, "");
	seq_printf(s, " %s %s", m->sb->type->name, ro ? "ro" : "rw");
	show_flags(s, m->sb->flags, sb_flag_names);
	show_flags(s, m->flags, mnt_flag_names);
	m->sb->sop->show_options(s, m->sb);
	seq_puts(s, " 0 0\n");
}

static int show_info(struct seq *s, const struct mount *m, const char *mp,
		     const struct path *root, char *buf, size_t size)
{
	seq_printf(s, "%u %u %u:%u ", m->id, m->parent->id, MAJOR(m->sb->dev),
		   MINOR(m->sb->dev));
	if (mount_show_root(s, m->root, buf, size))
		return -ENAMETOOLONG;
	seq_putc(s, ' ');
	seq_escape(s, mp, "");
	seq_puts(s, m->flags & MS_RDONLY ? " ro" : " rw");
	show_flags(s, m->flags, mnt_flag_names);
	show_propagation(s, m, root);
	seq_printf(s, " - %s ", m->sb->type->name);
	show_source(s, m);
	seq_puts(s, m->sb->flags & MS_RDONLY ? " ro" : " rw");
	mount_show_options(s, m->sb);
	seq_putc(s, '\n');
	return 0;
}

static void show_stats(struct seq *s, const struct mount *m, const char *mp)
{
	seq_puts(s, "device ");
	show_source(s, m);
	seq_puts(s, " mounted on ");
	seq_escape(s, mp, "");
	seq_printf(s, " with fstype %s\n", m->sb->type->name);
}

/* @bufs: two of @size bytes. -ENAMETOOLONG: that is too little. */
static int show_one(struct seq *s, struct mount *m, const struct path *root,
		    enum mounts_format format, char *bufs, size_t size)
{
	bool reachable;
	char *mp = mnt_point_from(m, root, bufs, size, &reachable);

	if (IS_ERR(mp))
		return (int)PTR_ERR(mp);
	if (!reachable)
		return 0;
	if (format == MOUNTS_INFO)
		return show_info(s, m, mp, root, bufs + size, size);
	if (format == MOUNTS_MOUNTS)
		show_mounts(s, m, mp);
	else
		show_stats(s, m, mp);
	return 0;
}

static int show_all(struct seq *s, struct mnt_ns *ns, const struct path *root,
		    enum mounts_format format, size_t size)
{
	char *bufs = kmalloc(2 * size);
	struct mount *m;
	int err = 0;

	if (!bufs)
		return -ENOMEM;
	tree_lock();
	list_for_each_entry(m, &ns->list, link) {
		err = show_one(s, m, root, format, bufs, size);
		if (err)
			break;
	}
	tree_unlock(NULL);
	kfree(bufs);
	return err;
}

/**
 * mounts_show - append a line for each mount of @ns that @root can see
 *
 * A path can be longer than PATH_MAX, which bounds only what a call takes:
 * then again with more room.
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int mounts_show(struct seq *seq, struct mnt_ns *ns, const struct path *root,
		enum mounts_format format)
{
	size_t start = seq->len;

	for (size_t size = PATH_MAX;; size *= 2) {
		int err = show_all(seq, ns, root, format, size);

		if (err != -ENAMETOOLONG)
			return err;
		seq->len = start;
	}
}

/* ---- `ns pins` ------------------------------------------------------------- */

void mounts_of_dentry(struct seq *seq, struct dentry *d)
{
	struct mount *m;

	spin_lock(&mount_lock);
	for (m = mount_next(NULL); m; m = mount_next(m)) {
		if (m->root != d || m->internal & MNT_INTERNAL)
			continue;
		if (m->ns)
			seq_printf(seq, "mount %u in mnt:[%u]\n", m->id,
				   m->ns->ns.inum);
		else
			seq_printf(seq, "mount %u detached\n", m->id);
	}
	spin_unlock(&mount_lock);
}

/* Where @m hung that was umounted, as long as that is counted. */
static const struct dentry *mount_was_at(const struct mount *m)
{
	if (!(m->internal & MNT_UMOUNTED) || mnt_has_parent(m))
		return NULL;
	return m->released.dentry;
}

u32 mounts_holding(const struct dentry *d)
{
	struct mount *m;
	u32 n = 0;

	spin_lock(&mount_lock);
	for (m = mount_next(NULL); m; m = mount_next(m))
		n += (m->root == d) +
		     (mnt_has_parent(m) && m->mountpoint == d) +
		     (mount_was_at(m) == d);
	spin_unlock(&mount_lock);
	return n;
}
