// SPDX-License-Identifier: MIT
/*
 * poll(2), ppoll(2), select(2), pselect6(2).
 *
 * All wait in one way: every file is asked for its state once with a table
 * that puts a waiter on each of the file's queues; a wake-up of any sets
 * .triggered, and the files are asked again (without queueing twice). The
 * waiters live in a kmalloc'ed chain, since a kernel stack is small.
 */
#include <linux/eventpoll.h>
#include <linux/poll.h>

#include "fs/file.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

struct poll_entry {
	struct waiter waiter;
	struct waitq *queue;
	struct poll_wait_set *set;
	struct file *file; /* counted: keeps the queue alive */
	struct poll_entry *next;
};

struct poll_wait_set {
	struct poll_table table;
	struct task *task;
	struct poll_entry *entries;
	bool triggered; /* set by a wake-up */
	int error;	/* -ENOMEM: not all are queued */
};

static void poll_wake(struct waiter *w, u32 events)
{
	struct poll_entry *e = container_of(w, struct poll_entry, waiter);

	(void)events;
	WRITE_ONCE(e->set->triggered, true);
	wake_up_task(e->set->task);
}

static void poll_queue(struct poll_table *pt, struct file *f, struct waitq *q)
{
	struct poll_wait_set *set =
		container_of(pt, struct poll_wait_set, table);
	struct poll_entry *e = kzalloc(sizeof(*e));

	if (!e) {
		set->error = -ENOMEM;
		return;
	}
	waiter_init(&e->waiter);
	e->waiter.wake = poll_wake;
	e->queue = q;
	e->set = set;
	e->file = file_get(f);
	e->next = set->entries;
	set->entries = e;
	waitq_add(q, &e->waiter);
}

static void poll_set_init(struct poll_wait_set *set)
{
	memset(set, 0, sizeof(*set));
	set->table.queue = poll_queue;
	set->task = current;
}

static void poll_set_free(struct poll_wait_set *set)
{
	struct poll_entry *e, *next;

	for (e = set->entries; e; e = next) {
		next = e->next;
		waitq_remove(e->queue, &e->waiter);
		file_put(e->file);
		kfree(e);
	}
}

/*
 * Sleep until something is triggered, the time is over or a signal comes.
 * Return: 1 ask again, 0 time is over, -ERESTARTNOHAND.
 */
static int poll_set_wait(struct poll_wait_set *set, s64 *left)
{
	int err;

	set->table.queue = NULL; /* all are queued after the first round */
	if (set->error)
		return set->error;
	set_current_state(TASK_INTERRUPTIBLE);
	err = wait_interrupted(TASK_INTERRUPTIBLE);
	if (err || *left == 0 || READ_ONCE(set->triggered))
		set_current_state(TASK_RUNNING);
	else
		*left = schedule_timeout(*left);
	if (err)
		return -ERESTARTNOHAND;
	if (!atomic_xchg(&set->triggered, false) && *left == 0)
		return 0;
	return 1;
}

/* ---- poll ------------------------------------------------------------- */

static u32 poll_one(struct pollfd *p, struct poll_table *pt)
{
	struct file *f;
	u32 mask;

	p->revents = 0;
	if (p->fd < 0)
		return 0;
	f = fd_get(p->fd);
	if (!f) {
		mask = (u32)POLLNVAL;
	} else {
		mask = file_poll(f, pt);
		mask &= (u16)p->events | EPOLLERR | EPOLLHUP;
		file_put(f);
	}
	p->revents = (short)mask;
	return mask;
}

/* The number of fds with something to tell, or -errno. @ns < 0: no limit. */
static long poll_loop(struct pollfd *fds, u32 n, s64 ns)
{
	struct poll_wait_set set;
	long ready;
	int more = 1;

	poll_set_init(&set);
	for (;;) {
		ready = 0;
		for (u32 i = 0; i < n; i++)
			if (poll_one(&fds[i], &set.table)) {
				set.table.queue = NULL;
				ready++;
			}
		if (ready || more <= 0)
			break;
		more = poll_set_wait(&set, &ns);
		if (more < 0) {
			ready = more;
			break;
		}
	}
	poll_set_free(&set);
	return ready;
}

static long do_poll(struct pollfd __user *ufds, u32 n, s64 ns)
{
	size_t size = n * sizeof(struct pollfd);
	struct pollfd *fds;
	long ret;

	if (n > current->signal->rlim[RLIMIT_NOFILE].cur)
		return -EINVAL;
	fds = kmalloc(size + 1);
	if (!fds)
		return -ENOMEM;
	ret = copy_from_user(fds, ufds, size);
	if (!ret)
		ret = poll_loop(fds, n, ns);
	for (u32 i = 0; ret >= 0 && i < n; i++)
		if (put_user(fds[i].revents, &ufds[i].revents))
			ret = -EFAULT;
	kfree(fds);
	return ret;
}

static long poll_restart(struct restart_block *rb)
{
	s64 ns = -1;
	u64 now = ktime_get();

	if (rb->arg[3])
		ns = rb->arg[2] > now ? (s64)(rb->arg[2] - now) : 0;
	return do_poll((struct pollfd __user *)rb->arg[0], (u32)rb->arg[1], ns);
}

long sys_poll(struct pollfd __user *fds, unsigned int n, int timeout_ms)
{
	s64 ns = timeout_ms < 0 ? -1 : timeout_ms * (s64)NSEC_PER_MSEC;
	u64 deadline = ktime_get() + (u64)ns;
	struct restart_block *rb = &current->restart;
	long ret = do_poll(fds, n, ns);

	if (ret != -ERESTARTNOHAND)
		return ret;
	rb->fn = poll_restart;
	rb->arg[0] = (u64)fds;
	rb->arg[1] = n;
	rb->arg[2] = deadline;
	rb->arg[3] = ns >= 0;
	return -ERESTART_RESTARTBLOCK;
}

/* A timeout in user space, relative; *@deadline is when it ends. */
static int timeout_import(const struct __kernel_timespec __user *uts, s64 *ns,
			  u64 *deadline)
{
	struct __kernel_timespec ts;
	u64 t;

	*ns = -1;
	*deadline = 0;
	if (!uts)
		return 0;
	if (copy_from_user(&ts, uts, sizeof(ts)))
		return -EFAULT;
	if (timespec_to_ns(&ts, &t))
		return -EINVAL;
	*ns = (s64)t;
	*deadline = ktime_get() + t;
	return 0;
}

/* Linux tells how much time was left. Errors are ignored, as there. */
static void timeout_export(struct __kernel_timespec __user *uts, u64 deadline)
{
	u64 now = ktime_get();
	struct __kernel_timespec ts =
		ns_to_timespec(deadline > now ? deadline - now : 0);
	int ignored __maybe_unused;

	if (uts)
		ignored = copy_to_user(uts, &ts, sizeof(ts));
}

/* Install the signal mask of ppoll and pselect6. */
static int mask_import(const u64 __user *umask, size_t size)
{
	u64 mask;

	if (!umask)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (get_user(mask, umask))
		return -EFAULT;
	signal_set_temporary_mask(mask);
	return 0;
}

/* Unless a handler must run first, the temporary mask ends here. */
static void mask_finish(long ret)
{
	if (ret == -ERESTARTNOHAND || !current->restore_mask)
		return;
	current->restore_mask = false;
	signal_set_blocked(current->saved_mask);
}

long sys_ppoll(struct pollfd __user *fds, unsigned int n,
	       struct __kernel_timespec __user *uts, const u64 __user *mask,
	       size_t size)
{
	u64 deadline;
	s64 ns;
	long ret = timeout_import(uts, &ns, &deadline);

	if (!ret)
		ret = mask_import(mask, size);
	if (ret)
		return ret;
	ret = do_poll(fds, n, ns);
	mask_finish(ret);
	timeout_export(uts, deadline);
	return ret;
}

/* ---- select ------------------------------------------------------------ */

/* Which poll events make a descriptor readable, writable, exceptional. */
static const u32 select_events[3] = {
	EPOLLIN | EPOLLRDNORM | EPOLLRDBAND | EPOLLHUP | EPOLLERR,
	EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND | EPOLLERR,
	EPOLLPRI,
};

struct select_sets {
	u32 n;		 /* descriptors 0 .. n - 1 */
	size_t bytes;	 /* of each set */
	u64 *in[3], *out[3]; /* asked, answered; NULL: not wanted */
};

static bool bit_test(const u64 *set, u32 i)
{
	return set && set[i / 64] >> (i % 64) & 1;
}

/* Ask one descriptor; the number of sets that it is ready in, or -EBADF. */
static int select_one(struct select_sets *s, u32 fd, struct poll_table *pt)
{
	struct file *f;
	u32 mask;
	int ready = 0;

	if (!bit_test(s->in[0], fd) && !bit_test(s->in[1], fd) &&
	    !bit_test(s->in[2], fd))
		return 0;
	f = fd_get((int)fd);
	if (!f)
		return -EBADF;
	mask = file_poll(f, pt);
	file_put(f);
	for (int i = 0; i < 3; i++)
		if (bit_test(s->in[i], fd) && (mask & select_events[i])) {
			s->out[i][fd / 64] |= 1ULL << (fd % 64);
			ready++;
		}
	return ready;
}

static long select_loop(struct select_sets *s, s64 ns)
{
	struct poll_wait_set set;
	long ready = 0;
	int more = 1;

	poll_set_init(&set);
	for (;;) {
		for (u32 fd = 0; fd < s->n && ready >= 0; fd++) {
			int r = select_one(s, fd, &set.table);

			if (r > 0)
				set.table.queue = NULL;
			ready = r < 0 ? r : ready + r;
		}
		if (ready || more <= 0)
			break;
		more = poll_set_wait(&set, &ns);
		if (more < 0) {
			ready = more;
			break;
		}
	}
	poll_set_free(&set);
	return ready;
}

static long do_select(int n, void __user *const usets[3], s64 ns)
{
	struct select_sets s = { 0 };
	char *mem;
	long ret = 0;

	if (n < 0)
		return -EINVAL;
	s.n = min((u32)n, current->files->nr);
	s.bytes = DIV_ROUND_UP((size_t)n, 64) * 8;
	mem = kzalloc(s.bytes * 6 + 8);
	if (!mem)
		return -ENOMEM;
	for (int i = 0; i < 3 && !ret; i++) {
		if (!usets[i])
			continue;
		s.in[i] = (u64 *)(mem + s.bytes * i);
		s.out[i] = (u64 *)(mem + s.bytes * (3 + i));
		ret = copy_from_user(s.in[i], usets[i], s.bytes);
	}
	if (!ret)
		ret = select_loop(&s, ns);
	for (int i = 0; i < 3 && ret >= 0; i++)
		if (usets[i] && copy_to_user(usets[i], s.out[i], s.bytes))
			ret = -EFAULT;
	kfree(mem);
	return ret;
}

long sys_select(int n, void __user *in, void __user *out, void __user *ex,
		struct __kernel_old_timeval __user *utv)
{
	void __user *sets[3] = { in, out, ex };
	struct __kernel_old_timeval tv;
	s64 ns = -1;
	u64 deadline = 0, now;
	long ret;

	if (utv) {
		if (copy_from_user(&tv, utv, sizeof(tv)))
			return -EFAULT;
		if (tv.tv_sec < 0 || tv.tv_usec < 0)
			return -EINVAL;
		ns = (s64)min((u64)tv.tv_sec, KTIME_MAX / NSEC_PER_SEC / 2) *
			     (s64)NSEC_PER_SEC +
		     tv.tv_usec * (s64)NSEC_PER_USEC;
		deadline = ktime_get() + (u64)ns;
	}
	ret = do_select(n, sets, ns);
	if (utv) {
		now = ktime_get();
		now = deadline > now ? deadline - now : 0;
		tv.tv_sec = (s64)(now / NSEC_PER_SEC);
		tv.tv_usec = (s64)(now % NSEC_PER_SEC / NSEC_PER_USEC);
		if (copy_to_user(utv, &tv, sizeof(tv)))
			return ret; /* as Linux: the result stands */
	}
	return ret;
}

long sys_pselect6(int n, void __user *in, void __user *out, void __user *ex,
		  struct __kernel_timespec __user *uts, const void __user *sig)
{
	void __user *sets[3] = { in, out, ex };
	struct {
		const u64 __user *mask;
		size_t size;
	} arg = { NULL, 0 };
	u64 deadline;
	s64 ns;
	long ret = timeout_import(uts, &ns, &deadline);

	if (!ret && sig)
		ret = copy_from_user(&arg, sig, sizeof(arg));
	if (!ret)
		ret = mask_import(arg.mask, arg.size);
	if (ret)
		return ret;
	ret = do_select(n, sets, ns);
	mask_finish(ret);
	timeout_export(uts, deadline);
	return ret;
}
