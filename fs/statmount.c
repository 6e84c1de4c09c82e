// SPDX-License-Identifier: MIT
/*
 * statmount(2) and listmount(2): the mounts of a namespace by their unique ids,
 * in which order the namespace lists them. Who is not allowed to see a mount
 * (it is not below his root) needs power over the namespace.
 *
 * Lock: namespace_sem.
 */
#include "fs/fs_struct.h"
#include "fs/mount_tree.h"
#include "fs/namei.h"
#include "fs/seq.h"
#include "kernel/debug/why.h"
#include "kernel/lib/newer.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

#define SB_FLAGS_SHOWN                                                         \
	(MS_RDONLY | MS_SYNCHRONOUS | MS_DIRSYNC | MS_LAZYTIME)
#define SUPPORTED                                                              \
	(STATMOUNT_SB_BASIC | STATMOUNT_MNT_BASIC |                            \
	 STATMOUNT_PROPAGATE_FROM | STATMOUNT_MNT_ROOT |                       \
	 STATMOUNT_MNT_POINT | STATMOUNT_FS_TYPE | STATMOUNT_MNT_NS_ID |       \
	 STATMOUNT_MNT_OPTS | STATMOUNT_SB_SOURCE | STATMOUNT_SUPPORTED_MASK)

struct query {
	struct mnt_ns *ns; /* counted (PIN_TEMP) */
	struct path root;  /* counted: what the caller sees */
	char *buf;	   /* of PATH_MAX */
};

/* ---- which namespace, which mount ------------------------------------------- */

/* Counted (PIN_TEMP) or NULL: none, or none that current may look into. */
static struct mnt_ns *ns_by_id(u64 id)
{
	struct ns *ns, *found = NULL;

	if (!id || id == current_mnt_ns()->ns.id)
		return to_mnt_ns(ns_get(&current_mnt_ns()->ns, PIN_TEMP));
	spin_lock(&ns_lock);
	list_for_each_entry(ns, &ns_list, link)
		if (ns->id == id && ns->ops == &mnt_ns_ops &&
		    ns_capable(ns->owner, CAP_SYS_ADMIN) &&
		    ns_get_not_zero(ns, PIN_TEMP))
			found = ns;
	spin_unlock(&ns_lock);
	return found ? to_mnt_ns(found) : NULL;
}

static int query_begin(struct query *q, u64 ns_id)
{
	q->buf = kmalloc(PATH_MAX);
	if (!q->buf)
		return -ENOMEM;
	q->ns = ns_by_id(ns_id);
	if (!q->ns) {
		kfree(q->buf);
		return why(-ENOENT, "statmount: no such mount namespace");
	}
	if (q->ns == current_mnt_ns())
		fs_get_root(current->fs, &q->root);
	else
		mnt_ns_root_path(q->ns, &q->root);
	return 0;
}

static void query_end(struct query *q)
{
	path_put(&q->root);
	ns_put(&q->ns->ns, PIN_TEMP);
	kfree(q->buf);
}

static bool may_see(const struct query *q, const struct mount *m)
{
	return path_reachable(m, m->root, &q->root) ||
	       ns_capable(q->ns->ns.owner, CAP_SYS_ADMIN);
}

static struct mount *mount_by_id(const struct query *q, u64 id)
{
	struct mount *m;

	list_for_each_entry(m, &q->ns->list, link)
		if (m->unique_id == id)
			return m;
	return NULL;
}

/* ---- statmount ------------------------------------------------------------------ */

static void stat_super(struct statmount *out, const struct super *sb)
{
	out->sb_dev_major = MAJOR(sb->dev);
	out->sb_dev_minor = MINOR(sb->dev);
	out->sb_magic = sb->magic;
	out->sb_flags = sb->flags & SB_FLAGS_SHOWN;
}

static u64 propagation_of(const struct mount *m)
{
	u64 p = 0;

	if (mnt_shared(m))
		p |= MS_SHARED;
	if (mnt_master(m))
		p |= MS_SLAVE;
	if (m->internal & MNT_UNBINDABLE)
		p |= MS_UNBINDABLE;
	return p ? p : MS_PRIVATE;
}

static void stat_basic(struct statmount *out, const struct mount *m)
{
	out->mnt_id = m->unique_id;
	out->mnt_parent_id = m->parent->unique_id;
	out->mnt_id_old = m->id;
	out->mnt_parent_id_old = m->parent->id;
	out->mnt_attr = mount_attr_of(m->flags);
	out->mnt_propagation = propagation_of(m);
	out->mnt_peer_group = mnt_group(m);
	out->mnt_master = mnt_master(m) ? mnt_master(m)->group_id : 0;
}

/* Where the mount is, as the caller sees it; nothing if he does not. */
static void show_point(const struct query *q, struct mount *m, struct seq *s)
{
	bool reachable;
	char *text = mnt_point_from(m, &q->root, q->buf, PATH_MAX, &reachable);

	if (!IS_ERR(text) && reachable)
		seq_puts(s, text);
}

/* The options without the comma that they begin with. */
static void show_options(struct mount *m, struct seq *s)
{
	size_t start = s->len;

	m->sb->sop->show_options(s, m->sb);
	if (s->len > start && s->buf[start] == ',') {
		memmove(s->buf + start, s->buf + start + 1,
			s->len - start - 1);
		s->len--;
	}
}

static void stat_strings(const struct query *q, struct mount *m, u64 mask,
			 struct statmount *out, struct seq *s)
{
	static const struct {
		u64 bit;
		size_t field;
	} strings[] = {
		{ STATMOUNT_FS_TYPE, __builtin_offsetof(struct statmount,
							fs_type) },
		{ STATMOUNT_MNT_ROOT, __builtin_offsetof(struct statmount,
							 mnt_root) },
		{ STATMOUNT_MNT_POINT, __builtin_offsetof(struct statmount,
							  mnt_point) },
		{ STATMOUNT_MNT_OPTS, __builtin_offsetof(struct statmount,
							 mnt_opts) },
		{ STATMOUNT_SB_SOURCE, __builtin_offsetof(struct statmount,
							  sb_source) },
	};

	for (u32 i = 0; i < ARRAY_SIZE(strings); i++) {
		size_t start = s->len;
		u64 bit = strings[i].bit & mask;

		if (!bit)
			continue;
		if (bit == STATMOUNT_FS_TYPE)
			seq_puts(s, m->sb->type->name);
		else if (bit == STATMOUNT_MNT_ROOT)
			mount_show_root(s, m->root, q->buf, PATH_MAX);
		else if (bit == STATMOUNT_MNT_POINT)
			show_point(q, m, s);
		else if (bit == STATMOUNT_MNT_OPTS)
			show_options(m, s);
		else
			seq_puts(s, mount_source(m, ""));
		if (s->len == start)
			continue; /* none: its offset stays that of "" */
		seq_putc(s, '\0');
		*(u32 *)((char *)out + strings[i].field) = (u32)start;
		out->mask |= bit;
	}
}

static void stat_fill(const struct query *q, struct mount *m, u64 mask,
		      struct statmount *out, struct seq *text)
{
	if (mask & STATMOUNT_SB_BASIC)
		stat_super(out, m->sb);
	if (mask & STATMOUNT_MNT_BASIC)
		stat_basic(out, m);
	if (mask & STATMOUNT_PROPAGATE_FROM && mnt_master(m))
		out->propagate_from = mount_dominating_group(m, q->ns,
							     &q->root);
	if (mask & STATMOUNT_MNT_NS_ID)
		out->mnt_ns_id = q->ns->ns.id;
	if (mask & STATMOUNT_SUPPORTED_MASK)
		out->supported_mask = SUPPORTED;
	out->mask = mask & (STATMOUNT_SB_BASIC | STATMOUNT_MNT_BASIC |
			    STATMOUNT_PROPAGATE_FROM | STATMOUNT_MNT_NS_ID |
			    STATMOUNT_SUPPORTED_MASK);
	stat_strings(q, m, mask, out, text);
}

/**
 * mount_stat - what statmount(2) tells about the mount @id
 * @ns_id: of which mount namespace; 0: current's
 * @out: zeroed; .size is the caller's to fill
 *
 * Context: may sleep.
 * Return: 0; -ENOENT: no such mount or namespace; -EPERM: it cannot be seen
 * from here; -ENOMEM.
 */
int mount_stat(u64 id, u64 ns_id, u64 mask, struct statmount *out,
	       struct seq *text)
{
	struct query q;
	struct mount *m;
	int err = query_begin(&q, ns_id);

	if (err)
		return err;
	tree_lock();
	m = mount_by_id(&q, id);
	if (!m)
		err = -ENOENT;
	else if (!may_see(&q, m))
		err = why(-EPERM, "statmount: not below the caller's root");
	else
		stat_fill(&q, m, mask, out, text);
	tree_unlock(NULL);
	query_end(&q);
	return err ? err : text->error;
}

/* ---- listmount ------------------------------------------------------------------ */

static long list_below(const struct query *q, const struct path *top, u64 last,
		       bool reverse, u64 *ids, u32 n)
{
	struct list *l = reverse ? q->ns->list.prev : q->ns->list.next;
	long found = 0;

	for (; l != &q->ns->list && found < n;
	     l = reverse ? l->prev : l->next) {
		struct mount *m = list_entry(l, struct mount, link);

		if (last && (reverse ? m->unique_id >= last :
				       m->unique_id <= last))
			continue;
		if (m != top->mnt && path_reachable(m, m->root, top))
			ids[found++] = m->unique_id;
	}
	return found;
}

/**
 * mount_list - the unique ids of the mounts below the mount @id
 * @id: LSMT_ROOT: below the caller's root
 * @last: 0, or where the last call ended
 *
 * Return: how many there are in @ids; errors as mount_stat().
 */
long mount_list(u64 id, u64 ns_id, u64 last, bool reverse, u64 *ids, u32 n)
{
	struct query q;
	struct path top;
	long found = query_begin(&q, ns_id);

	if (found)
		return found;
	tree_lock();
	top = q.root;
	if (id != LSMT_ROOT) {
		top.mnt = mount_by_id(&q, id);
		top.dentry = top.mnt ? top.mnt->root : NULL;
	}
	if (!top.mnt)
		found = -ENOENT;
	else if (!may_see(&q, top.mnt))
		found = why(-EPERM, "listmount: not below the caller's root");
	else
		found = list_below(&q, &top, last, reverse, ids, n);
	tree_unlock(NULL);
	query_end(&q);
	return found;
}
