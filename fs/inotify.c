// SPDX-License-Identifier: MIT
/*
 * inotify(7): a file that tells what happens to the inodes that it watches.
 *
 * An instance has watches, which are marks (notify.h), and a queue of events.
 * Where there is no memory for one, or the queue is full, the event that says so
 * is queued: it is part of the instance. A watch goes when it is taken away, with
 * the instance, with its inode, or after its only event (IN_ONESHOT); a last
 * event, IN_IGNORED, says so.
 *
 * Locks: notify_mutex for watches; inotify.lock, a spinlock within, for the
 * queue. Owners: a watch belongs to its instance and is charged to whoever made
 * the instance; the instance belongs to its file.
 */
#include <linux/eventpoll.h>
#include <asm/ioctls.h>

#include "fs/inotify.h"
#include "fs/namei.h"
#include "fs/notify.h"
#include "fs/seq.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/ucount.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

u32 inotify_max_queued = 16384;

struct event_head { /* struct inotify_event without the name */
	s32 wd;
	u32 mask, cookie, len;
};
BUILD_ASSERT(sizeof(struct event_head) == sizeof(struct inotify_event));

/* Behind it the name: e.len bytes, ended and filled up with NUL. */
struct queued {
	struct list link;
	struct event_head e; /* as the reader gets it */
};

static char *name_of(const struct queued *q)
{
	return (char *)(q + 1);
}

struct inotify {
	struct spinlock lock;
	struct list queue;     /* lock: of queued */
	u32 nr_queued;	       /* lock */
	u32 bytes;	       /* lock: what reading all would give */
	u32 max_queued;	       /* [I] */
	struct queued overflow; /* lock: in the queue or not */
	struct waitq wait;
	struct list watches;   /* notify_mutex */
	int last_wd;	       /* notify_mutex */
	struct ucount *ucount; /* [I] counted, charged */
};

struct watch {
	struct notify_mark mark;
	struct inotify *owner; /* [I] */
	struct list link;      /* owner->watches; notify_mutex */
	int wd;		       /* [I] */
	u32 flags;	       /* notify_mutex: IN_ONESHOT, IN_EXCL_UNLINK */
};

static struct slab *inotify_slab, *watch_slab;

void inotify_module_init(void)
{
	inotify_slab = slab_create("inotify", sizeof(struct inotify), 8);
	watch_slab = slab_create("inotify_watch", sizeof(struct watch), 8);
}

static struct watch *to_watch(struct notify_mark *m)
{
	return container_of(m, struct watch, mark);
}

/* ---- the queue ------------------------------------------------------------------ */

static u32 size_of(const struct queued *q)
{
	return (u32)sizeof(q->e) + q->e.len;
}

/* The same as the one before says nothing new. */
static bool is_repeated(const struct inotify *in, const struct queued *q)
{
	const struct queued *last;

	if (list_empty(&in->queue))
		return false;
	last = list_last(&in->queue, struct queued, link);
	return last->e.mask == q->e.mask && last->e.wd == q->e.wd &&
	       !(q->e.mask & IN_IGNORED) && last->e.len == q->e.len &&
	       !memcmp(name_of(last), name_of(q), q->e.len);
}

static void enqueue(struct inotify *in, struct queued *q)
{
	list_add_tail(&q->link, &in->queue);
	in->nr_queued++;
	in->bytes += size_of(q);
}

/* Take over @q (NULL: there was no memory for it). */
static void queue_add(struct inotify *in, struct queued *q)
{
	bool full, drop;

	spin_lock(&in->lock);
	full = !q || in->nr_queued >= in->max_queued;
	drop = full || is_repeated(in, q);
	if (!drop)
		enqueue(in, q);
	else if (full && list_empty(&in->overflow.link))
		enqueue(in, &in->overflow);
	spin_unlock(&in->lock);
	if (drop)
		kfree(q);
	wake_up_poll(&in->wait, EPOLLIN | EPOLLRDNORM);
}

static void event_add(struct inotify *in, int wd, const struct notify_event *e)
{
	u32 len = e->name ? e->name->len : 0;
	u32 room = len ? ALIGN_UP(len + 1, (u32)sizeof(struct event_head)) :
			 0;
	struct queued *q = kzalloc(sizeof(*q) + room);

	if (q) {
		q->e = (struct event_head){ .wd = wd, .mask = e->mask,
					    .cookie = e->cookie, .len = room };
		if (len)
			memcpy(name_of(q), e->name->name, len);
	}
	queue_add(in, q);
}

/* The first, if it fits in @room: it is the caller's. NULL: none. ERR_PTR(-EINVAL):
 * no room. */
static struct queued *take_first(struct inotify *in, size_t room)
{
	struct queued *q = NULL;

	spin_lock(&in->lock);
	if (!list_empty(&in->queue)) {
		q = list_first(&in->queue, struct queued, link);
		if (size_of(q) > room) {
			q = ERR_PTR(-EINVAL);
		} else {
			list_del(&q->link);
			in->nr_queued--;
			in->bytes -= size_of(q);
		}
	}
	spin_unlock(&in->lock);
	return q;
}

/* ---- events come ------------------------------------------------------------------ */

/* @w is off its inode: it ends. */
static void watch_free(struct watch *w)
{
	struct notify_event e = { .mask = IN_IGNORED };

	event_add(w->owner, w->wd, &e);
	list_del(&w->link);
	ucount_uncharge_from(w->owner->ucount, UCOUNT_INOTIFY_WATCHES);
	slab_free(watch_slab, w);
}

static void watch_gone(struct notify_mark *m)
{
	watch_free(to_watch(m));
}

static bool watch_event(struct notify_mark *m, const struct notify_event *e)
{
	struct watch *w = to_watch(m);
	struct notify_event told = *e;

	if (e->unlinked && w->flags & IN_EXCL_UNLINK)
		return false;
	if (e->mask & (IN_DELETE_SELF | IN_MOVE_SELF))
		told.mask &= ~(u32)IN_ISDIR;
	event_add(w->owner, w->wd, &told);
	if (!(w->flags & IN_ONESHOT))
		return false;
	/* never the last: who causes an event holds the inode */
	inode_put(notify_mark_remove(m));
	watch_free(w);
	return true;
}

static const struct notify_ops watch_ops = {
	.event = watch_event,
	.gone = watch_gone,
};

/* ---- the file ----------------------------------------------------------------------- */

static ssize_t copy_event(struct inotify *in, struct queued *q, struct iter *it)
{
	u32 size = size_of(q);
	bool ok = copy_to_iter(&q->e, size, it) == size;

	if (q != &in->overflow)
		kfree(q);
	return ok ? (ssize_t)size : -EFAULT;
}

/* As many events as fit; an event that could not be copied is lost. */
static ssize_t copy_events(struct inotify *in, struct iter *it)
{
	ssize_t done = 0, n;
	struct queued *q;

	while ((q = take_first(in, it->count))) {
		n = IS_ERR(q) ? PTR_ERR(q) : copy_event(in, q, it);
		if (n < 0)
			return done ? done : n;
		done += n;
	}
	return done;
}

static ssize_t inotify_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct inotify *in = f->private;
	ssize_t done;
	int err;

	(void)pos;
	for (;;) {
		done = copy_events(in, it);
		if (done)
			return done;
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(&in->wait,
					       READ_ONCE(in->bytes));
		if (err)
			return err;
	}
}

static u32 inotify_poll(struct file *f, struct poll_table *pt)
{
	struct inotify *in = f->private;

	poll_wait(f, &in->wait, pt);
	return READ_ONCE(in->bytes) ? EPOLLIN | EPOLLRDNORM : 0;
}

static long inotify_ioctl(struct file *f, u32 cmd, unsigned long arg)
{
	struct inotify *in = f->private;

	if (cmd != FIONREAD)
		return -ENOTTY;
	return put_user((int)READ_ONCE(in->bytes), (int __user *)arg);
}

/* The instance ends: its watches, then what nobody has read. */
static void inotify_free(struct inotify *in)
{
	struct watch *w;
	struct inode *inode;
	struct queued *q;

	mutex_lock(&notify_mutex);
	while (!list_empty(&in->watches)) {
		w = list_first(&in->watches, struct watch, link);
		inode = notify_mark_remove(&w->mark);
		watch_free(w);
		mutex_unlock(&notify_mutex);
		inode_put(inode);
		mutex_lock(&notify_mutex);
	}
	mutex_unlock(&notify_mutex);
	while ((q = take_first(in, SIZE_MAX)))
		if (q != &in->overflow)
			kfree(q);
	ucount_uncharge(in->ucount, UCOUNT_INOTIFY_INSTANCES);
	slab_free(inotify_slab, in);
}

static void inotify_release(struct file *f)
{
	inotify_free(f->private);
}

static void inotify_fdinfo(struct seq *seq, struct file *f)
{
	struct inotify *in = f->private;
	struct watch *w;

	mutex_lock(&notify_mutex);
	list_for_each_entry (w, &in->watches, link)
		seq_printf(seq,
			   "inotify wd:%x ino:%llx sdev:%llx mask:%x "
			   "ignored_mask:0\n",
			   (u32)w->wd, (unsigned long long)w->mark.inode->ino,
			   (unsigned long long)w->mark.inode->sb->dev,
			   w->mark.mask & IN_ALL_EVENTS);
	mutex_unlock(&notify_mutex);
}

static const struct file_ops inotify_fops = {
	FILE_OPS_DEFAULTS,
	.read = inotify_read,
	.poll = inotify_poll,
	.ioctl = inotify_ioctl,
	.release = inotify_release,
	.show_fdinfo = inotify_fdinfo,
};

/* ---- system calls ------------------------------------------------------------------- */

/* ERR_PTR(-EMFILE): the user has as many as he may; ERR_PTR(-ENOMEM). */
static struct inotify *inotify_new(void)
{
	struct ucount *u = ucount_charge(current_user_ns(),
					 UCOUNT_INOTIFY_INSTANCES);
	struct inotify *in;

	if (IS_ERR(u))
		return PTR_ERR(u) == -ENOSPC ? ERR_PTR(-EMFILE) :
					       ERR_PTR(PTR_ERR(u));
	in = slab_zalloc(inotify_slab);
	if (!in) {
		ucount_uncharge(u, UCOUNT_INOTIFY_INSTANCES);
		return ERR_PTR(-ENOMEM);
	}
	in->ucount = u;
	spin_init(&in->lock, "inotify");
	list_init(&in->queue);
	list_init(&in->watches);
	list_init(&in->overflow.link);
	in->overflow.e = (struct event_head){ .wd = -1,
					      .mask = IN_Q_OVERFLOW };
	in->max_queued = READ_ONCE(inotify_max_queued);
	waitq_init(&in->wait);
	return in;
}

long sys_inotify_init1(int flags)
{
	struct inotify *in;
	struct file *f;

	if (flags & ~(IN_CLOEXEC | IN_NONBLOCK))
		return -EINVAL;
	in = inotify_new();
	if (IS_ERR(in))
		return PTR_ERR(in);
	f = anon_file_new("inotify", &inotify_fops, in,
			  O_RDONLY | (flags & O_NONBLOCK));
	if (IS_ERR(f)) {
		inotify_free(in);
		return PTR_ERR(f);
	}
	return fd_install_new(f, (u32)flags);
}

long sys_inotify_init(void)
{
	return sys_inotify_init1(0);
}

/* The watch of @in on @inode, or NULL. */
static struct watch *watch_on(struct inotify *in, const struct inode *inode)
{
	struct notify_mark *m;

	hlist_for_each_entry (m, &inode->marks, on_inode)
		if (m->op == &watch_ops && to_watch(m)->owner == in)
			return to_watch(m);
	return NULL;
}

/* Which events @mask asks for; of an unmount everybody is told. */
static u32 events_of(u32 mask)
{
	return (mask & IN_ALL_EVENTS) | IN_UNMOUNT;
}

static long watch_change(struct watch *w, u32 mask)
{
	u32 events = events_of(mask), flags = mask & (IN_ONESHOT |
						      IN_EXCL_UNLINK);

	if (mask & IN_MASK_CREATE)
		return why(-EEXIST, "inotify: there is a watch already");
	if (mask & IN_MASK_ADD) {
		events |= w->mark.mask;
		flags |= w->flags;
	}
	w->flags = flags;
	notify_mark_change(&w->mark, events);
	return w->wd;
}

static long watch_new(struct inotify *in, struct inode *inode, u32 mask)
{
	struct watch *w;
	int err;

	if (in->last_wd == INT32_MAX)
		return -ENOSPC;
	err = ucount_charge_to(in->ucount, UCOUNT_INOTIFY_WATCHES);
	if (err)
		return err;
	w = slab_zalloc(watch_slab);
	if (!w) {
		ucount_uncharge_from(in->ucount, UCOUNT_INOTIFY_WATCHES);
		return -ENOMEM;
	}
	w->owner = in;
	w->wd = ++in->last_wd;
	w->flags = mask & (IN_ONESHOT | IN_EXCL_UNLINK);
	w->mark.op = &watch_ops;
	list_add_tail(&w->link, &in->watches);
	notify_mark_add(&w->mark, inode, events_of(mask));
	return w->wd;
}

static long watch_path(struct inotify *in, const struct path *path, u32 mask)
{
	struct inode *inode = path->dentry->inode;
	struct watch *w;
	long wd = inode_permission(inode, MAY_READ);

	if (wd)
		return wd;
	mutex_lock(&notify_mutex);
	w = watch_on(in, inode);
	wd = w ? watch_change(w, mask) : watch_new(in, inode, mask);
	mutex_unlock(&notify_mutex);
	return wd;
}

#define MASK_BITS                                                              \
	(IN_ALL_EVENTS | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK |        \
	 IN_MASK_CREATE | IN_MASK_ADD | IN_ISDIR | IN_ONESHOT)

static int mask_check(u32 mask)
{
	if (!(mask & MASK_BITS))
		return -EINVAL;
	return mask & IN_MASK_ADD && mask & IN_MASK_CREATE ? -EINVAL : 0;
}

long sys_inotify_add_watch(int fd, const char __user *name, u32 mask)
{
	u32 lookup = (mask & IN_DONT_FOLLOW ? 0 : LOOKUP_FOLLOW) |
		     (mask & IN_ONLYDIR ? LOOKUP_DIRECTORY : 0);
	struct fdref ref;
	struct path path;
	long ret = mask_check(mask);

	if (ret)
		return ret;
	ref = fd_borrow(fd);
	if (!ref.file)
		return -EBADF;
	ret = -EINVAL;
	if (ref.file->op == &inotify_fops)
		ret = user_path_at(AT_FDCWD, name, lookup, &path);
	if (!ret) {
		ret = watch_path(ref.file->private, &path, mask);
		path_put(&path);
	}
	fd_return(ref);
	return ret;
}

static long watch_remove(struct inotify *in, int wd)
{
	struct inode *inode = NULL;
	struct watch *w;

	mutex_lock(&notify_mutex);
	list_for_each_entry (w, &in->watches, link) {
		if (w->wd != wd)
			continue;
		inode = notify_mark_remove(&w->mark);
		watch_free(w);
		break;
	}
	mutex_unlock(&notify_mutex);
	inode_put(inode);
	return inode ? 0 : -EINVAL;
}

long sys_inotify_rm_watch(int fd, int wd)
{
	struct fdref ref = fd_borrow(fd);
	long ret = -EINVAL;

	if (!ref.file)
		return -EBADF;
	if (ref.file->op == &inotify_fops)
		ret = watch_remove(ref.file->private, wd);
	fd_return(ref);
	return ret;
}
