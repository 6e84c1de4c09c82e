// SPDX-License-Identifier: MIT
/*
 * /proc/PID/uid_map, gid_map, projid_map and setgroups (user_namespaces(7)): how
 * the user namespace of a task gets its ids.
 *
 * A file is about the namespace that the task was in when the file was opened,
 * and holds it. A map is written once, by a process in the namespace or in its
 * parent. It must not give power to anybody: so what counts is both who writes
 * and who opened the file (a program with privileges may be tricked into writing
 * to a descriptor it was handed), and either
 *
 *   - it maps one id, the opener's own, and the opener made the namespace. For a
 *     group only after setgroups(2) has been ruled out: leaving a group that is
 *     denied something would be a gain; or
 *   - both have CAP_SETUID (CAP_SETGID) over the parent, and so could become
 *     whoever is mapped.
 *
 * In any case the parent's root is mapped only by who could give files
 * capabilities there: a file made by it in the namespace would have them outside.
 *
 * Lock: id_map_mutex.
 */
#include "fs/procfs/procfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* An open map: which one, and the text of the last read. */
struct map_file {
	struct user_ns *ns; /* counted (PIN_TEMP) */
	enum id_kind kind;
	struct seq text;
	struct mutex lock; /* text */
};

/* Counted (PIN_TEMP), or NULL: the task is gone. */
static struct user_ns *task_user_ns_get(const struct inode *inode)
{
	struct task *t = proc_task_get(inode);
	struct user_ns *ns;
	struct cred *c;

	if (!t)
		return NULL;
	c = task_cred_get(t);
	task_put(t);
	ns = to_user_ns(ns_get(&c->user_ns->ns, PIN_TEMP));
	cred_put(c);
	return ns;
}

static int map_open(struct inode *inode, struct file *f, enum id_kind kind)
{
	struct user_ns *ns = task_user_ns_get(inode);
	struct map_file *m;

	if (!ns)
		return -EINVAL;
	m = kzalloc(sizeof(*m));
	if (!m) {
		ns_put(&ns->ns, PIN_TEMP);
		return -ENOMEM;
	}
	m->ns = ns;
	m->kind = kind;
	m->text.file = f;
	mutex_init(&m->lock, "id map");
	f->private = m;
	f->mode |= FMODE_NO_PWRITE;
	return 0;
}

static void map_release(struct file *f)
{
	struct map_file *m = f->private;

	ns_put(&m->ns->ns, PIN_TEMP);
	kfree(m->text.buf);
	kfree(m);
}

/* ---- reading --------------------------------------------------------------- */

/* The second column is what the opener calls those ids; one who is in the
 * namespace itself would only see the first column again, so: its parent. */
static void map_show(struct map_file *m, struct seq *s, const struct cred *opener)
{
	const struct id_map *map = &m->ns->map[m->kind];
	const struct user_ns *below = opener->user_ns;
	u32 nr = __atomic_load_n(&map->nr, __ATOMIC_ACQUIRE);

	if (below == m->ns && below->parent)
		below = below->parent;
	s->len = 0;
	s->error = 0;
	for (u32 i = 0; i < nr; i++) {
		const struct id_extent *e = &map->by_id[i];

		seq_printf(s, "%10u %10u %10u\n", e->first,
			   from_id(below, m->kind, e->kernel), e->count);
	}
}

static ssize_t map_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct map_file *m = f->private;
	struct seq *s = &m->text;
	ssize_t n = 0;

	mutex_lock(&m->lock);
	if (!*pos || !s->buf)
		map_show(m, s, f->cred);
	if (s->error)
		n = s->error;
	else if (*pos < (loff_t)s->len)
		n = (ssize_t)copy_to_iter(s->buf + *pos,
					  min(it->count, s->len - (size_t)*pos),
					  it);
	mutex_unlock(&m->lock);
	if (n > 0)
		*pos += n;
	return n;
}

/* ---- writing --------------------------------------------------------------- */

/* What the writer must be able to do in the parent; -1: nothing. */
static const int map_cap[NR_ID_KINDS] = {
	[ID_USER] = CAP_SETUID, [ID_GROUP] = CAP_SETGID, [ID_PROJECT] = -1,
};

static bool maps_parents_root(const struct id_extent *e, u32 nr)
{
	for (; nr--; e++)
		if (!e->kernel)
			return true;
	return false;
}

/* May the opener give out the parent's root? */
static bool root_permitted(const struct user_ns *ns, const struct cred *opener)
{
	if (opener->user_ns == ns)
		return ns->maker_had_setfcap;
	return cred_capable(opener, ns->parent, CAP_SETFCAP);
}

/* Only the opener himself, who made the namespace? */
static bool is_own_id(const struct user_ns *ns, enum id_kind kind,
		      const struct cred *opener, const struct id_extent *e)
{
	u32 id = make_id(ns->parent, kind, e->kernel);

	if (e->count != 1 || ns->owner_uid != opener->euid)
		return false;
	if (kind == ID_USER)
		return id == opener->euid;
	return kind == ID_GROUP && !ns->setgroups_allowed &&
	       id == opener->egid;
}

static int map_permitted(const struct map_file *m, const struct cred *opener,
			 const struct id_extent *e, u32 nr)
{
	const struct user_ns *ns = m->ns;
	int cap = map_cap[m->kind];

	if (m->kind == ID_USER && maps_parents_root(e, nr) &&
	    !root_permitted(ns, opener))
		return why(-EPERM, "uid_map: the parent's root is mapped by "
				   "one without CAP_SETFCAP");
	if (nr == 1 && is_own_id(ns, m->kind, opener, e))
		return 0;
	if (cap < 0 || (ns_capable(ns->parent, cap) &&
			cred_capable(opener, ns->parent, cap)))
		return 0;
	return why(-EPERM, "id map: more than the opener's own id, without "
			   "capability %d over user:[%u]", cap,
		   ns->parent->ns.inum);
}

/* Second column to kernel ids: each range within one of the parent's. */
static int map_translate(const struct map_file *m, struct id_extent *e, u32 nr)
{
	const struct user_ns *parent = m->ns->parent;

	for (u32 i = 0; i < nr; i++) {
		u32 id = id_map_range(&parent->map[m->kind], e[i].kernel,
				      e[i].count);

		if (id == INVALID_ID)
			return why(-EPERM, "id map: %u and the %u that follow "
					   "are not mapped in user:[%u]",
				   e[i].kernel, e[i].count - 1,
				   parent->ns.inum);
		e[i].kernel = id;
	}
	return 0;
}

/* @e: room for the longest map. */
static int map_set(struct map_file *m, const struct cred *opener, char *text,
		   struct id_extent *e) __must_hold(id_map_mutex)
{
	struct id_map *map = &m->ns->map[m->kind];
	int nr, err;

	if (map->nr)
		return why(-EPERM, "id map: it is written already");
	if (map_cap[m->kind] >= 0 &&
	    !cred_capable(opener, m->ns, CAP_SYS_ADMIN))
		return why(-EPERM, "id map: the opener has no CAP_SYS_ADMIN "
				   "over user:[%u]", m->ns->ns.inum);
	nr = id_map_parse(text, e);
	if (nr < 0)
		return why(-EINVAL, "id map: not lines of three numbers, or "
				    "ranges that overlap");
	err = map_permitted(m, opener, e, (u32)nr);
	if (!err)
		err = map_translate(m, e, (u32)nr);
	return err ? err : id_map_publish(map, e, (u32)nr);
}

static int writer_check(const struct map_file *m, const struct cred *opener)
{
	if (!m->ns->parent)
		return why(-EPERM, "id map: that of the initial user namespace");
	if (opener->user_ns != m->ns && opener->user_ns != m->ns->parent)
		return why(-EPERM, "id map: opened neither in user:[%u] nor "
				   "in its parent", m->ns->ns.inum);
	return 0;
}

/* Text from user space, NUL-terminated; kmalloc'ed. ERR_PTR. */
static char *text_from(struct iter *it)
{
	size_t n = it->count;
	char *text = kmalloc(n + 1);

	if (!text)
		return ERR_PTR(-ENOMEM);
	if (copy_from_iter(text, n, it) != n) {
		kfree(text);
		return ERR_PTR(-EFAULT);
	}
	text[n] = '\0';
	return text;
}

static ssize_t map_write(struct file *f, struct iter *it, loff_t *pos)
{
	struct map_file *m = f->private;
	size_t all = it->count;
	struct id_extent *e;
	char *text;
	int err = writer_check(m, f->cred);

	if (err)
		return err;
	if (*pos || all >= PAGE_SIZE)
		return why(-EINVAL, "id map: not one write, of less than a "
				    "page, at the start");
	text = text_from(it);
	if (IS_ERR(text))
		return PTR_ERR(text);
	e = kmalloc(ID_MAP_MAX * sizeof(*e));
	mutex_lock(&id_map_mutex);
	err = e ? map_set(m, f->cred, text, e) : -ENOMEM;
	mutex_unlock(&id_map_mutex);
	kfree(text);
	kfree(e);
	if (err)
		return err;
	owner_changed(); /* root of @m->ns has an id now */
	*pos = (loff_t)all;
	return (ssize_t)all;
}

#define MAP_FILE(name, kind)                                                   \
	static int name##_open(struct inode *inode, struct file *f)            \
	{                                                                      \
		return map_open(inode, f, kind);                               \
	}                                                                      \
	const struct file_ops proc_##name##_fops = {                           \
		FILE_OPS_DEFAULTS,                                             \
		.open = name##_open,                                           \
		.read = map_read,                                              \
		.write = map_write,                                            \
		.llseek = seq_llseek,                                          \
		.release = map_release,                                        \
	}

MAP_FILE(uid_map, ID_USER);
MAP_FILE(gid_map, ID_GROUP);
MAP_FILE(projid_map, ID_PROJECT);

/* ---- setgroups --------------------------------------------------------------- */

static int setgroups_open(struct inode *inode, struct file *f)
{
	int err = map_open(inode, f, ID_GROUP);
	struct map_file *m = f->private;

	if (err)
		return err == -EINVAL ? -ENOENT : err;
	if (!(f->mode & FMODE_WRITE) || ns_capable(m->ns, CAP_SYS_ADMIN))
		return 0;
	map_release(f);
	return why(-EACCES, "setgroups: no CAP_SYS_ADMIN over the task's user "
			    "namespace");
}

static ssize_t setgroups_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct map_file *m = f->private;
	const char *text = READ_ONCE(m->ns->setgroups_allowed) ? "allow\n" :
								 "deny\n";
	size_t len = strlen(text), n;

	if (*pos >= (loff_t)len)
		return 0;
	n = copy_to_iter(text + *pos, min(it->count, len - (size_t)*pos), it);
	*pos += (loff_t)n;
	return (ssize_t)n;
}

/* "allow" or "deny", and white space. 1, 0, -EINVAL. */
static int parse_setgroups(const char *s)
{
	bool allow = !strncmp(s, "allow", 5);

	if (!allow && strncmp(s, "deny", 4) != 0)
		return -EINVAL;
	for (s += allow ? 5 : 4; *s; s++)
		if (*s != ' ' && (*s < '\t' || *s > '\r'))
			return -EINVAL;
	return allow;
}

/* "deny" is for ever, and must come before there are groups. */
static int setgroups_set(struct user_ns *ns, bool allow)
	__must_hold(id_map_mutex)
{
	if (allow)
		return ns->setgroups_allowed ? 0 :
			       why(-EPERM, "setgroups: denied for ever");
	if (ns->map[ID_GROUP].nr)
		return why(-EPERM, "setgroups: gid_map is written already");
	WRITE_ONCE(ns->setgroups_allowed, false);
	return 0;
}

static ssize_t setgroups_write(struct file *f, struct iter *it, loff_t *pos)
{
	struct map_file *m = f->private;
	size_t all = it->count;
	char text[8] = { 0 };
	int allow, err;

	if (*pos || all >= sizeof(text))
		return -EINVAL;
	if (copy_from_iter(text, all, it) != all)
		return -EFAULT;
	allow = parse_setgroups(text);
	if (allow < 0)
		return allow;
	mutex_lock(&id_map_mutex);
	err = setgroups_set(m->ns, allow);
	mutex_unlock(&id_map_mutex);
	if (err)
		return err;
	*pos = (loff_t)all;
	return (ssize_t)all;
}

const struct file_ops proc_setgroups_fops = {
	FILE_OPS_DEFAULTS,
	.open = setgroups_open,
	.read = setgroups_read,
	.write = setgroups_write,
	.llseek = seq_llseek,
	.release = map_release,
};
