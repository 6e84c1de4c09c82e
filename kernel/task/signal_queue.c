// SPDX-License-Identifier: MIT
/*
 * Pending signals: the set of bits, and the queue entries that tell more.
 *
 * Entries are allocated before sighand->lock is taken, and freed after it is
 * dropped, because that lock is also taken in interrupts while the slab's are
 * not. What is dequeued under the lock is "buried", on a list of its own, and
 * freed by the next sigqueue_drain().
 *
 * Charges: an entry counts as its receiver's user's (RLIMIT_SIGPENDING, ucount.h)
 * until it leaves the queue; the reference to the count goes with the entry.
 */
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/ucount.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/cred.h"
#include "kernel/task/signal_impl.h"

static struct slab *sigqueue_slab;
static DEFINE_SPINLOCK(grave_lock); /* irqsave, leaf */
static struct list grave = LIST_INIT(grave);

void signal_queue_init(void)
{
	sigqueue_slab = slab_create("sigqueue", sizeof(struct sigqueue), 8);
}

u64 signal_queued(struct task *t)
{
	u64 n;

	spin_lock(&t->lock);
	n = READ_ONCE(t->cred->ucount->used[UCOUNT_SIGPENDING]);
	spin_unlock(&t->lock);
	return n;
}

struct sigqueue *sigqueue_new_plain(void)
{
	struct sigqueue *q = slab_zalloc(sigqueue_slab);

	if (q)
		list_init(&q->link);
	return q;
}

static struct ucount *task_ucount_get(struct task *t)
{
	struct ucount *u;

	if (t == current) /* nobody else changes its cred */
		return ucount_get(t->cred->ucount);
	spin_lock(&t->lock);
	u = ucount_get(t->cred->ucount);
	spin_unlock(&t->lock);
	return u;
}

/* What is charged already, or not charged any more. */
static void sigqueue_release(struct sigqueue *q)
{
	if (q->ucount)
		ucount_put(q->ucount);
	slab_free(sigqueue_slab, q);
}

/**
 * sigqueue_new - a queue entry, charged to the user of @t
 * @limited: RLIMIT_SIGPENDING of @t holds, and the limits above it
 *
 * Context: no spinlock held.
 * Return: the entry, or NULL: no memory, or a limit is reached.
 */
struct sigqueue *sigqueue_new(struct task *t, bool limited)
{
	struct sigqueue *q = sigqueue_new_plain();
	u64 limit = t->signal->rlim[RLIMIT_SIGPENDING].cur;

	if (!q)
		return NULL;
	q->ucount = task_ucount_get(t);
	if (!limited) {
		ucount_add(q->ucount, UCOUNT_SIGPENDING, 1);
	} else if (!ucount_add_below(q->ucount, UCOUNT_SIGPENDING, 1, limit)) {
		sigqueue_release(q);
		return NULL;
	}
	return q;
}

static void sigqueue_uncharge(struct sigqueue *q)
{
	if (q->ucount)
		ucount_sub(q->ucount, UCOUNT_SIGPENDING, 1);
}

void sigqueue_free(struct sigqueue *q)
{
	if (!q)
		return;
	sigqueue_uncharge(q);
	sigqueue_release(q);
}

/* An entry that left its queue. A timer's own entry stays the timer's. */
void sigqueue_bury(struct sigqueue *q)
{
	u64 irq;

	if (q->prealloc)
		return;
	sigqueue_uncharge(q);
	irq = spin_lock_irqsave(&grave_lock);
	list_add_tail(&q->link, &grave);
	spin_unlock_irqrestore(&grave_lock, irq);
}

void sigqueue_drain(void)
{
	struct sigqueue *q, *next;
	struct list dead;
	u64 irq;

	if (list_empty(&grave))
		return;
	list_init(&dead);
	irq = spin_lock_irqsave(&grave_lock);
	list_splice_tail(&grave, &dead);
	spin_unlock_irqrestore(&grave_lock, irq);
	list_for_each_entry_safe(q, next, &dead, link)
		sigqueue_release(q);
}

/* ---- sets --------------------------------------------------------------- */

void sigpending_init(struct sigpending *p)
{
	p->set = 0;
	list_init(&p->queue);
}

/* Drop the signals in @set. Any context; sighand->lock held. */
void sigpending_flush(struct sigpending *p, u64 set)
{
	struct sigqueue *q, *next;

	if (!(p->set & set))
		return;
	p->set &= ~set;
	list_for_each_entry_safe(q, next, &p->queue, link) {
		if (!(SIGMASK(q->info.si_signo) & set))
			continue;
		list_del(&q->link);
		sigqueue_bury(q);
	}
}

/* Take one instance of @sig, which is pending in @p. */
static void sigpending_take(struct sigpending *p, int sig,
			    struct kernel_siginfo *info)
{
	struct sigqueue *q, *next, *first = NULL;
	bool more = false;

	list_for_each_entry_safe(q, next, &p->queue, link) {
		if (q->info.si_signo != sig)
			continue;
		if (first) {
			more = true;
			break;
		}
		first = q;
	}
	if (!more)
		p->set &= ~SIGMASK(sig);
	if (!first) { /* sent by an interrupt, or without memory */
		memset(info, 0, sizeof(*info));
		info->si_signo = sig;
		info->si_code = SI_KERNEL;
		return;
	}
	*info = first->info;
	list_del(&first->link);
	sigqueue_bury(first);
}

/* Faults first, then the lowest number (signal(7)). */
static int signal_choose(u64 set)
{
	if (!set)
		return 0;
	if (set & SIGNALS_SYNC)
		set &= SIGNALS_SYNC;
	return __builtin_ctzll(set) + 1;
}

/**
 * signal_dequeue - take the next pending signal of @t that is not in @mask
 * @info: filled
 *
 * The task's own pending signals come before those of its group. The caller
 * calls signal_recalc() when it has dropped the lock.
 *
 * Context: sighand->lock held.
 * Return: the signal, or 0.
 */
int signal_dequeue(struct task *t, u64 mask, struct kernel_siginfo *info)
{
	struct sigpending *p = &t->pending;
	int sig = signal_choose(p->set & ~mask);

	assert_held(&t->sighand->lock);
	if (!sig) {
		p = &t->signal->shared_pending;
		sig = signal_choose(p->set & ~mask);
	}
	if (!sig)
		return 0;
	sigpending_take(p, sig, info);
	if (SIGNALS_STOP & SIGMASK(sig))
		t->jobctl |= JOBCTL_STOP_DEQUEUED;
	return sig;
}
