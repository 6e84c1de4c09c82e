// SPDX-License-Identifier: MIT
/*
 * Advisory locks. One list an inode (inode->flocks), one lock for all of them
 * (they are rare). An owner is an open file (flock, OFD locks) or a descriptor
 * table (POSIX locks, which belong to the process): an opaque pointer here.
 *
 * A range that is set replaces what its owner has there; neighbours of the same
 * kind merge. Two spare locks are allocated before locks_lock is taken: a change
 * splits one lock into three at most.
 *
 * Processes that wait for each other's locks would wait for ever: a process that
 * is about to wait follows who waits for whom, and gets -EDEADLK if that leads
 * back to itself. Only F_SETLKW is looked at, as on Linux.
 */
#include <linux/fs.h>

#include "fs/locks.h"
#include "kernel/mm/slab.h"
#include "kernel/task/task.h"

#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8
#define RANGE_MAX 0x7fffffffffffffffLL

enum lock_class { LOCK_FLOCK, LOCK_POSIX };

struct file_lock {
	struct list link; /* in inode->flocks */
	enum lock_class class;
	const void *owner;
	pid_t pid; /* of a POSIX lock, in the initial pid namespace */
	short type; /* F_RDLCK, F_WRLCK */
	loff_t start, end; /* end is the last byte */
};

/* A process in F_SETLKW; on the stack of its task. */
struct lock_wait {
	struct list link; /* in lock_waits */
	const void *owner; /* NULL: a wait that is not looked at */
	const void *holder; /* of the lock that is in the way */
};

static DEFINE_SPINLOCK(locks_lock);
static struct list lock_waits = LIST_INIT(lock_waits); /* by locks_lock */
static struct waitq locks_wait = WAITQ_INIT(locks_wait);

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

static bool conflicts(const struct file_lock *a, const struct file_lock *b)
{
	return a->class == b->class && a->owner != b->owner && overlap(a, b) &&
	       (a->type == F_WRLCK || b->type == F_WRLCK);
}

static struct file_lock *find_conflict(struct inode *inode,
				       const struct file_lock *want)
{
	struct file_lock *l;

	list_for_each_entry(l, &inode->flocks, link)
		if (conflicts(l, want))
			return l;
	return NULL;
}

static void lock_drop(struct file_lock *l)
{
	list_del(&l->link);
	kfree(l);
}

/* Take [from, to] out of @l; a second piece goes to *@spare. */
static void cut(struct file_lock *l, loff_t from, loff_t to,
		struct file_lock **spare)
{
	if (from > l->start && to < l->end) {
		**spare = *l;
		(*spare)->start = to + 1;
		list_add(&(*spare)->link, &l->link);
		*spare = NULL;
		l->end = from - 1;
	} else if (from > l->start) {
		l->end = from - 1;
	} else if (to < l->end) {
		l->start = to + 1;
	} else {
		lock_drop(l);
	}
}

static bool same_kind(const struct file_lock *a, const struct file_lock *b)
{
	return a->class == b->class && a->owner == b->owner &&
	       a->type == b->type;
}

/* Grow @add over neighbours of its kind, which go. */
static void merge(struct inode *inode, struct file_lock *add)
{
	struct file_lock *l, *tmp;

	list_for_each_entry_safe(l, tmp, &inode->flocks, link) {
		if (l == add || !same_kind(l, add) ||
		    l->start > (add->end == RANGE_MAX ? RANGE_MAX :
							add->end + 1) ||
		    add->start > (l->end == RANGE_MAX ? RANGE_MAX : l->end + 1))
			continue;
		add->start = min(add->start, l->start);
		add->end = max(add->end, l->end);
		lock_drop(l);
	}
}

/* The owner's range becomes @want (F_UNLCK: nothing). Cannot fail. */
static void apply(struct inode *inode, const struct file_lock *want,
		  struct file_lock *add, struct file_lock **spare)
{
	struct file_lock *l, *tmp;

	list_for_each_entry_safe(l, tmp, &inode->flocks, link)
		if (l->class == want->class && l->owner == want->owner &&
		    overlap(l, want))
			cut(l, want->start, want->end, spare);
	if (add) {
		*add = *want;
		list_add_tail(&add->link, &inode->flocks);
		merge(inode, add);
	}
	wake_up_all(&locks_wait);
}

static void release_locked(struct inode *inode, enum lock_class class,
			   const void *owner)
{
	struct file_lock *l, *tmp;

	list_for_each_entry_safe(l, tmp, &inode->flocks, link)
		if (l->class == class && l->owner == owner)
			lock_drop(l);
	wake_up_all(&locks_wait);
}

static const void *waits_for(const void *owner)
{
	struct lock_wait *w;

	list_for_each_entry(w, &lock_waits, link)
		if (w->owner == owner)
			return w->holder;
	return NULL;
}

/* @w's owner is to wait for @holder: notes it, or says that it may not. The
 * notes have no circle, since each was refused that would have closed one. */
static int wait_note_locked(struct lock_wait *w, const void *holder)
{
	if (!w->owner)
		return -EAGAIN;
	if (!list_empty(&w->link))
		list_del(&w->link);
	for (const void *o = holder; o; o = waits_for(o))
		if (o == w->owner)
			return -EDEADLK;
	w->holder = holder;
	list_add(&w->link, &lock_waits);
	return -EAGAIN;
}

static void wait_forget(struct lock_wait *w)
{
	spin_lock(&locks_lock);
	if (!list_empty(&w->link))
		list_del(&w->link);
	spin_unlock(&locks_lock);
}

/* Who changes the kind of a flock(2) lock gives the old one up first, so that
 * two readers who both want to write do not wait for each other. */
static int try_set(struct inode *inode, const struct file_lock *want,
		   struct file_lock **add, struct file_lock **spare,
		   struct lock_wait *w)
{
	struct file_lock *other = NULL;
	int err = 0;

	spin_lock(&locks_lock);
	if (want->type != F_UNLCK)
		other = find_conflict(inode, want);
	if (!other) {
		apply(inode, want, want->type == F_UNLCK ? NULL : *add, spare);
		if (want->type != F_UNLCK)
			*add = NULL;
	} else {
		err = wait_note_locked(w, other->owner);
		if (want->class == LOCK_FLOCK)
			release_locked(inode, want->class, want->owner);
	}
	spin_unlock(&locks_lock);
	return err;
}

/* @waiter: who waits for ever if the wait goes round, or NULL. */
static int set_lock(struct inode *inode, const struct file_lock *want,
		    bool wait, const void *waiter)
{
	struct lock_wait w = { .owner = waiter };
	struct file_lock *add = kmalloc(sizeof(*add));
	struct file_lock *spare = kmalloc(sizeof(*spare));
	int err = -ENOLCK, sig = 0;

	list_init(&w.link);
	if (add && spare && wait)
		sig = wait_event_interruptible(
			&locks_wait,
			(err = try_set(inode, want, &add, &spare, &w)) !=
				-EAGAIN);
	else if (add && spare)
		err = try_set(inode, want, &add, &spare, &w);
	wait_forget(&w);
	kfree(add);
	kfree(spare);
	return sig ? sig : err;
}

int locks_flock(struct file *f, unsigned int op)
{
	struct file_lock want = { .class = LOCK_FLOCK, .owner = f,
				  .end = RANGE_MAX };

	switch (op & ~LOCK_NB) {
	case LOCK_SH:
		want.type = F_RDLCK;
		break;
	case LOCK_EX:
		want.type = F_WRLCK;
		break;
	case LOCK_UN:
		want.type = F_UNLCK;
		break;
	default:
		return -EINVAL;
	}
	return set_lock(f->inode, &want, !(op & LOCK_NB), NULL);
}

/* struct flock to a range; -EINVAL, -EOVERFLOW. */
static int range_of(struct file *f, const struct flock *l,
		    struct file_lock *out)
{
	loff_t base = 0, start, end;

	if (l->l_whence == SEEK_CUR)
		base = f->pos;
	else if (l->l_whence == SEEK_END)
		base = f->inode->size;
	else if (l->l_whence != SEEK_SET)
		return -EINVAL;
	if (__builtin_add_overflow(base, l->l_start, &start))
		return -EOVERFLOW;
	if (start < 0)
		return -EINVAL;
	end = RANGE_MAX;
	if (l->l_len > 0 &&
	    __builtin_add_overflow(start, l->l_len - 1, &end))
		return -EOVERFLOW;
	if (l->l_len < 0) {
		end = start - 1;
		start += l->l_len;
		if (start < 0)
			return -EINVAL;
	}
	out->start = start;
	out->end = end;
	return 0;
}

static int type_of(struct file *f, const struct flock *l, bool set)
{
	if (l->l_type != F_RDLCK && l->l_type != F_WRLCK &&
	    !(set && l->l_type == F_UNLCK))
		return -EINVAL;
	if (set && ((l->l_type == F_RDLCK && !(f->mode & FMODE_READ)) ||
		    (l->l_type == F_WRLCK && !(f->mode & FMODE_WRITE))))
		return -EBADF;
	return 0;
}

/* A number of the initial pid namespace as current's numbers it; 0: not. */
static pid_t pid_seen_by_current(pid_t nr)
{
	struct pid *pid = pid_find_get(&init_pid_ns, nr);
	pid_t seen = pid ? pid_nr(pid, task_active_pid_ns(current)) : 0;

	pid_put(pid);
	return seen;
}

static void get_lock(struct file *f, const struct file_lock *want,
		     struct flock *l)
{
	const struct file_lock *c;

	spin_lock(&locks_lock);
	c = find_conflict(f->inode, want);
	if (c) {
		l->l_type = c->type;
		l->l_whence = SEEK_SET;
		l->l_start = c->start;
		l->l_len = c->end == RANGE_MAX ? 0 : c->end - c->start + 1;
		l->l_pid = c->pid;
	} else {
		l->l_type = F_UNLCK;
	}
	spin_unlock(&locks_lock);
	if (l->l_type != F_UNLCK && l->l_pid > 0)
		l->l_pid = pid_seen_by_current(l->l_pid);
}

int locks_fcntl(struct file *f, unsigned int cmd, struct flock *l)
{
	bool ofd = cmd == F_OFD_GETLK || cmd == F_OFD_SETLK ||
		   cmd == F_OFD_SETLKW;
	bool set = cmd != F_GETLK && cmd != F_OFD_GETLK;
	struct file_lock want = {
		.class = LOCK_POSIX,
		.owner = ofd ? (const void *)f : (const void *)current->files,
		.pid = ofd ? -1 : task_tgid_nr_ns(current, &init_pid_ns),
		.type = l->l_type,
	};
	int err = type_of(f, l, set);

	if (!err && ofd && l->l_pid)
		err = -EINVAL;
	if (!err)
		err = range_of(f, l, &want);
	if (err)
		return err;
	if (set)
		return set_lock(f->inode, &want,
				cmd == F_SETLKW || cmd == F_OFD_SETLKW,
				cmd == F_SETLKW ? want.owner : NULL);
	get_lock(f, &want, l);
	return 0;
}

static void release(struct inode *inode, enum lock_class class,
		    const void *owner)
{
	if (list_empty(&inode->flocks))
		return;
	spin_lock(&locks_lock);
	release_locked(inode, class, owner);
	spin_unlock(&locks_lock);
}

void locks_release_posix_slow(struct file *f, struct files *owner)
{
	release(f->inode, LOCK_POSIX, owner);
}

void locks_release_file_slow(struct file *f)
{
	release(f->inode, LOCK_FLOCK, f);
	release(f->inode, LOCK_POSIX, f);
}
