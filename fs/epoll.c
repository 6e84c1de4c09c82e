// SPDX-License-Identifier: MIT
/*
 * epoll(7): a set of files that is itself a file.
 *
 * Each watched file has an epitem with waiters on the file's queues. A
 * wake-up puts the item on the ready list; epoll_wait() asks each ready item
 * anew and, unless it is edge-triggered, keeps it on the list. An item
 * does not count its file: the file's last put removes the item.
 *
 * Locks: epoll_mutex (all sets: links between files and items, nesting) >
 * ep->mutex (items, scanning) > a file's waitq.lock > ep->lock (ready list).
 */
#include <linux/fcntl.h>
#include <linux/eventpoll.h>

#include "fs/epoll.h"
#include "fs/file.h"
#include "kernel/lib/rbtree.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

#define EP_MAX_NESTS 4
#define EP_MAX_QUEUES 2 /* wait queues that a file's poll registers with */
#define EP_PRIVATE_BITS (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)

struct eventpoll {
	struct mutex mutex;
	struct list items;     /* mutex */
	struct spinlock lock;  /* irqsave: ready list */
	struct list ready;     /* items that may have something */
	struct waitq waitq;    /* epoll_wait() */
	struct waitq poll_wait; /* this set being polled */
};

struct epitem {
	struct list ep_link;	/* ep->items */
	struct list ready_link; /* ep->ready; empty: not on it */
	struct list file_link;	/* file->epitems, epoll_mutex */
	struct eventpoll *ep;	/* [I] */
	struct file *file;	/* [I] not counted */
	int fd;			/* [I] */
	struct epoll_event event; /* ep->mutex */
	struct ep_wait {
		struct waiter waiter;
		struct waitq *queue;
		struct epitem *item;
	} wait[EP_MAX_QUEUES];
	u32 nr_waits;
};

struct ep_table {
	struct poll_table table;
	struct epitem *item;
};

static struct slab *epitem_slab;
static DEFINE_MUTEX(epoll_mutex);
static const struct file_ops epoll_fops;

static void ep_make_ready(struct epitem *item)
{
	struct eventpoll *ep = item->ep;
	u64 irq = spin_lock_irqsave(&ep->lock);

	if (list_empty(&item->ready_link))
		list_add_tail(&item->ready_link, &ep->ready);
	spin_unlock_irqrestore(&ep->lock, irq);
}

/* A queue of the file was woken, maybe from an interrupt. */
static void ep_wake(struct waiter *w, u32 events)
{
	struct epitem *item = container_of(w, struct ep_wait, waiter)->item;
	u32 wanted = READ_ONCE(item->event.events);

	if (!(wanted & ~EP_PRIVATE_BITS) || (events && !(events & wanted)))
		return;
	ep_make_ready(item);
	wake_up(&item->ep->waitq);
	wake_up_poll(&item->ep->poll_wait, EPOLLIN);
}

static void ep_queue(struct poll_table *pt, struct file *f, struct waitq *q)
{
	struct epitem *item = container_of(pt, struct ep_table, table)->item;
	struct ep_wait *w;

	(void)f;
	assert(item->nr_waits < EP_MAX_QUEUES);
	w = &item->wait[item->nr_waits++];
	waiter_init(&w->waiter);
	w->waiter.wake = ep_wake;
	w->queue = q;
	w->item = item;
	waitq_add(q, &w->waiter);
}

/* What the item has to tell now. */
static u32 ep_item_poll(struct epitem *item, struct poll_table *pt)
{
	return file_poll(item->file, pt) & item->event.events;
}

/* epoll_mutex and ep->mutex are held. */
static void ep_remove(struct epitem *item)
{
	struct eventpoll *ep = item->ep;
	u64 irq;

	for (u32 i = 0; i < item->nr_waits; i++)
		waitq_remove(item->wait[i].queue, &item->wait[i].waiter);
	irq = spin_lock_irqsave(&ep->lock);
	list_del(&item->ready_link);
	spin_unlock_irqrestore(&ep->lock, irq);
	list_del(&item->ep_link);
	list_del(&item->file_link);
	slab_free(epitem_slab, item);
}

void epoll_file_release(struct file *f)
{
	struct epitem *item, *tmp;
	struct eventpoll *ep;

	mutex_lock(&epoll_mutex);
	list_for_each_entry_safe (item, tmp, &f->epitems, file_link) {
		ep = item->ep;
		mutex_lock(&ep->mutex);
		ep_remove(item);
		mutex_unlock(&ep->mutex);
	}
	mutex_unlock(&epoll_mutex);
}

static void ep_release(struct file *f)
{
	struct eventpoll *ep = f->private;
	struct epitem *item, *tmp;

	mutex_lock(&epoll_mutex);
	mutex_lock(&ep->mutex);
	list_for_each_entry_safe (item, tmp, &ep->items, ep_link)
		ep_remove(item);
	mutex_unlock(&ep->mutex);
	mutex_unlock(&epoll_mutex);
	kfree(ep);
}

/* A set is readable when one of its ready items really is. */
static u32 ep_poll(struct file *f, struct poll_table *pt)
{
	struct eventpoll *ep = f->private;
	struct epitem *item;
	u32 mask = 0;

	poll_wait(f, &ep->poll_wait, pt);
	if (list_empty(&ep->ready))
		return 0;
	mutex_lock(&ep->mutex);
	list_for_each_entry (item, &ep->items, ep_link)
		if (!list_empty(&item->ready_link) && ep_item_poll(item, NULL))
			mask = EPOLLIN | EPOLLRDNORM;
	mutex_unlock(&ep->mutex);
	return mask;
}

static const struct file_ops epoll_fops = {
	FILE_OPS_DEFAULTS,
	.poll = ep_poll,
	.release = ep_release,
};

long sys_epoll_create1(int flags)
{
	struct eventpoll *ep;
	struct file *f;

	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	ep = kzalloc(sizeof(*ep));
	if (!ep)
		return -ENOMEM;
	mutex_init(&ep->mutex, "epoll items");
	spin_init(&ep->lock, "epoll");
	list_init(&ep->items);
	list_init(&ep->ready);
	waitq_init(&ep->waitq);
	waitq_init(&ep->poll_wait);
	f = anon_file_new("[eventpoll]", &epoll_fops, ep, O_RDWR);
	if (IS_ERR(f)) {
		kfree(ep);
		return PTR_ERR(f);
	}
	return fd_install_new(f, (u32)flags);
}

long sys_epoll_create(int size)
{
	return size <= 0 ? -EINVAL : sys_epoll_create1(0);
}

/* ---- epoll_ctl ----------------------------------------------------------- */

static struct epitem *ep_find(struct eventpoll *ep, struct file *f, int fd)
{
	struct epitem *item;

	list_for_each_entry (item, &ep->items, ep_link)
		if (item->file == f && item->fd == fd)
			return item;
	return NULL;
}

/*
 * Would watching @f close a circle, or nest too deep? Follows sets in sets,
 * at most EP_MAX_NESTS + 1 deep. epoll_mutex is held, so no link changes.
 */
static bool ep_loops(struct eventpoll *ep, struct file *f, u32 depth)
{
	struct eventpoll *inner = f->private;
	struct epitem *item;

	if (f->op != &epoll_fops)
		return false;
	if (inner == ep || depth > EP_MAX_NESTS)
		return true;
	list_for_each_entry (item, &inner->items, ep_link)
		if (ep_loops(ep, item->file, depth + 1))
			return true;
	return false;
}

/* Ask the item; put it on the ready list if there is something. */
static void ep_check(struct epitem *item, struct poll_table *pt)
{
	if (!ep_item_poll(item, pt))
		return;
	ep_make_ready(item);
	wake_up(&item->ep->waitq);
	wake_up_poll(&item->ep->poll_wait, EPOLLIN);
}

static int ep_add(struct eventpoll *ep, struct file *f, int fd,
		  const struct epoll_event *event)
{
	struct ep_table pt = { .table.queue = ep_queue };
	struct epitem *item = slab_zalloc(epitem_slab);

	if (!item)
		return -ENOMEM;
	item->ep = ep;
	item->file = f;
	item->fd = fd;
	item->event = *event;
	item->event.events |= EPOLLERR | EPOLLHUP;
	list_init(&item->ready_link);
	list_add(&item->file_link, &f->epitems);
	list_add_tail(&item->ep_link, &ep->items);
	pt.item = item;
	ep_check(item, &pt.table);
	return 0;
}

static int ep_ctl_locked(struct eventpoll *ep, int op, struct file *f, int fd,
			 const struct epoll_event *event)
{
	struct epitem *item = ep_find(ep, f, fd);

	switch (op) {
	case EPOLL_CTL_ADD:
		return item ? -EEXIST : ep_add(ep, f, fd, event);
	case EPOLL_CTL_DEL:
		if (item)
			ep_remove(item);
		return item ? 0 : -ENOENT;
	case EPOLL_CTL_MOD:
		if (!item)
			return -ENOENT;
		if (item->event.events & EPOLLEXCLUSIVE)
			return -EINVAL;
		item->event = *event;
		item->event.events |= EPOLLERR | EPOLLHUP;
		ep_check(item, NULL);
		return 0;
	default:
		return -EINVAL;
	}
}

static int ep_ctl(struct file *epf, int op, struct file *f, int fd,
		  const struct epoll_event *event)
{
	struct eventpoll *ep = epf->private;
	int err;

	if (!(f->mode & FMODE_CAN_POLL) && f->op->poll == always_ready_poll)
		return -EPERM;
	if (f == epf || epf->op != &epoll_fops)
		return -EINVAL;
	mutex_lock(&epoll_mutex);
	if (op == EPOLL_CTL_ADD && ep_loops(ep, f, 0)) {
		err = -ELOOP;
	} else {
		mutex_lock(&ep->mutex);
		err = ep_ctl_locked(ep, op, f, fd, event);
		mutex_unlock(&ep->mutex);
	}
	mutex_unlock(&epoll_mutex);
	return err;
}

long sys_epoll_ctl(int epfd, int op, int fd, struct epoll_event __user *uevent)
{
	struct epoll_event event = { 0 };
	struct file *epf, *f;
	int err = -EBADF;

	if (op != EPOLL_CTL_DEL &&
	    copy_from_user(&event, uevent, sizeof(event)))
		return -EFAULT;
	epf = fd_get(epfd);
	f = fd_get(fd);
	if (epf && f)
		err = ep_ctl(epf, op, f, fd, &event);
	file_put(f);
	file_put(epf);
	return err;
}

/* ---- epoll_wait ------------------------------------------------------------ */

static struct epitem *ep_pop_ready(struct eventpoll *ep)
{
	u64 irq = spin_lock_irqsave(&ep->lock);
	struct epitem *item = NULL;

	if (!list_empty(&ep->ready)) {
		item = list_first(&ep->ready, struct epitem, ready_link);
		list_del(&item->ready_link);
	}
	spin_unlock_irqrestore(&ep->lock, irq);
	return item;
}

static int ep_report(struct epitem *item, u32 mask,
		     struct epoll_event __user *out)
{
	struct epoll_event event = { .events = mask, .data = item->event.data };

	if (copy_to_user(out, &event, sizeof(event)))
		return -EFAULT;
	if (item->event.events & EPOLLONESHOT)
		item->event.events &= EP_PRIVATE_BITS;
	else if (!(item->event.events & EPOLLET))
		ep_make_ready(item);
	return 0;
}

/*
 * Report what is ready, at most @max. Level-triggered items go back to the
 * end of the list; the first of these that comes by again ends the round.
 */
static int ep_collect(struct eventpoll *ep, struct epoll_event __user *events,
		      int max)
{
	struct epitem *item, *again = NULL;
	int n = 0, err = 0;
	u32 mask;

	mutex_lock(&ep->mutex);
	while (n < max && !err && (item = ep_pop_ready(ep))) {
		if (item == again) {
			ep_make_ready(item);
			break;
		}
		mask = ep_item_poll(item, NULL);
		if (!mask)
			continue;
		err = ep_report(item, mask, &events[n]);
		if (err)
			ep_make_ready(item);
		else
			n++;
		if (!again && !list_empty(&item->ready_link))
			again = item;
	}
	mutex_unlock(&ep->mutex);
	return n ? n : err;
}

static long ep_wait(struct file *f, struct epoll_event __user *events, int max,
		    s64 ns)
{
	struct eventpoll *ep = f->private;
	u64 deadline = ktime_get() + (u64)ns;
	int n, err;

	for (;;) {
		n = ep_collect(ep, events, max);
		if (n || ns == 0)
			return n;
		err = wait_event_interruptible_timeout(
			&ep->waitq, !list_empty(&ep->ready), ns);
		if (err == -ETIMEDOUT)
			ns = 0; /* one last look */
		else if (err)
			return -EINTR;
		else if (ns > 0)
			ns = max((s64)(deadline - ktime_get()), (s64)0);
	}
}

static long do_epoll_wait(int epfd, struct epoll_event __user *events, int max,
			  s64 ns)
{
	struct file *f;
	long ret = -EINVAL;

	if (max <= 0 || (u32)max > 0x7fffffff / sizeof(*events))
		return -EINVAL;
	f = fd_get(epfd);
	if (!f)
		return -EBADF;
	if (f->op == &epoll_fops)
		ret = ep_wait(f, events, max, ns);
	file_put(f);
	return ret;
}

static s64 ms_to_ns(int ms)
{
	return ms < 0 ? -1 : ms * (s64)NSEC_PER_MSEC;
}

long sys_epoll_wait(int epfd, struct epoll_event __user *events, int max,
		    int timeout_ms)
{
	return do_epoll_wait(epfd, events, max, ms_to_ns(timeout_ms));
}

/* The wait with a signal mask of its own. */
static long epoll_wait_masked(int epfd, struct epoll_event __user *events,
			      int max, s64 ns, const u64 __user *umask,
			      size_t size)
{
	u64 mask;
	long ret;

	if (!umask)
		return do_epoll_wait(epfd, events, max, ns);
	if (size != sizeof(mask))
		return -EINVAL;
	if (get_user(mask, umask))
		return -EFAULT;
	signal_set_temporary_mask(mask);
	ret = do_epoll_wait(epfd, events, max, ns);
	if (ret != -EINTR) {
		current->restore_mask = false;
		signal_set_blocked(current->saved_mask);
	}
	return ret;
}

long sys_epoll_pwait(int epfd, struct epoll_event __user *events, int max,
		     int timeout_ms, const u64 __user *mask, size_t size)
{
	return epoll_wait_masked(epfd, events, max, ms_to_ns(timeout_ms), mask,
				 size);
}

long sys_epoll_pwait2(int epfd, struct epoll_event __user *events, int max,
		      const struct __kernel_timespec __user *uts,
		      const u64 __user *mask, size_t size)
{
	struct __kernel_timespec ts;
	u64 ns;

	if (!uts)
		return epoll_wait_masked(epfd, events, max, -1, mask, size);
	if (copy_from_user(&ts, uts, sizeof(ts)))
		return -EFAULT;
	if (timespec_to_ns(&ts, &ns))
		return -EINVAL;
	return epoll_wait_masked(epfd, events, max, (s64)ns, mask, size);
}

void epoll_module_init(void)
{
	epitem_slab = slab_create("epitem", sizeof(struct epitem), 8);
}
