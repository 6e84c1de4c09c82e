// SPDX-License-Identifier: MIT
/*
 * Futexes: sleeping on a 32-bit word of user memory.
 *
 * Sleepers hang in hash buckets by key (what memory it is, not at which address
 * it is seen). "Compare the word, then sleep" must be one step for whoever
 * changes the word and then wakes: the sleeper compares while it holds the
 * bucket's lock. As nothing may fault under a spinlock, it first makes the word
 * present and keeps it so by holding mm->lock, and reads it through the direct
 * map.
 *
 * Locks: mm->lock > bucket (two of them: lower address first) > run queue.
 * A waiter is on its sleeper's stack; it is touched under its bucket's lock
 * only, which the sleeper takes once more before it leaves.
 */
#include <linux/futex.h>

#include "kernel/lib/err.h"
#include "kernel/mm/vma.h"
#include "kernel/task/futex.h"
#include "kernel/task/futex_impl.h"

#define NR_BUCKETS 256u

struct bucket {
	struct spinlock lock;
	struct list waiters; /* first come, first woken */
};

struct futex_waiter {
	struct list link;
	struct bucket *bucket; /* written under the locks of old and new */
	struct futex_key key;
	struct task *task;
	u32 bitset;
	bool woken;
};

static struct bucket buckets[NR_BUCKETS];

void futex_module_init(void)
{
	struct bucket *b;

	for (b = buckets; b < buckets + NR_BUCKETS; b++) {
		spin_init(&b->lock, "futex bucket");
		list_init(&b->waiters);
	}
}

/* ---- keys and buckets --------------------------------------------------- */

static bool key_equal(const struct futex_key *x, const struct futex_key *y)
{
	return x->a == y->a && x->b == y->b && x->offset == y->offset;
}

static struct bucket *bucket_of(const struct futex_key *key)
{
	u64 h = (key->a >> 4) + (key->b >> PAGE_SHIFT) * 31 +
		(key->offset >> 2);

	h *= 0x9e3779b97f4a7c15ULL; /* 2^64 / golden ratio */
	return &buckets[h >> 56];
}

static int key_get(u32 __user *uaddr, bool private, struct futex_key *key)
{
	return mm_futex_key(current->mm, (u64)uaddr, private, key);
}

static void bucket_lock_two(struct bucket *x, struct bucket *y)
{
	spin_lock(&min(x, y)->lock);
	if (x != y)
		spin_lock(&max(x, y)->lock);
}

static void bucket_unlock_two(struct bucket *x, struct bucket *y)
{
	spin_unlock(&x->lock);
	if (x != y)
		spin_unlock(&y->lock);
}

/* ---- the word ----------------------------------------------------------- */

/*
 * Where the word is in the direct map, present for reading or writing, until
 * word_release(). ERR_PTR(-EFAULT), ERR_PTR(-ENOMEM).
 */
static u32 *word_hold(u32 __user *uaddr, bool write)
{
	u64 addr = (u64)uaddr, need = write ? PTE_P | PTE_W : PTE_P, *e;
	struct mm *mm = current->mm;
	enum fault f = FAULT_OK;

	mutex_lock(&mm->lock);
	e = pt_entry(&mm->pt, addr & PAGE_MASK, false);
	if (!e || (*e & need) != need) {
		f = mm_fault(mm, addr, write ? VM_WRITE : VM_READ);
		e = pt_entry(&mm->pt, addr & PAGE_MASK, false);
	}
	if (f != FAULT_OK) {
		mutex_unlock(&mm->lock);
		return ERR_PTR(fault_errno(f));
	}
	return (u32 *)phys_to_virt((*e & PTE_ADDR) + (addr & ~PAGE_MASK));
}

static void word_release(void)
{
	mutex_unlock(&current->mm->lock);
}

/* ---- waking ------------------------------------------------------------- */

/* The bucket is locked, so that the sleeper is still there. */
static void waiter_wake(struct futex_waiter *w)
{
	list_del(&w->link);
	WRITE_ONCE(w->woken, true);
	wake_up_task(w->task);
}

/* Wake at least one, as Linux does even for @nr <= 0. How many. */
static int bucket_wake(struct bucket *b, const struct futex_key *key, int nr,
		       u32 bitset)
{
	struct futex_waiter *w, *next;
	int woken = 0;

	list_for_each_entry_safe(w, next, &b->waiters, link) {
		if (!key_equal(&w->key, key) || !(w->bitset & bitset))
			continue;
		waiter_wake(w);
		if (++woken >= nr)
			break;
	}
	return woken;
}

int futex_wake(u32 __user *uaddr, bool private, int nr, u32 bitset)
{
	struct futex_key key;
	struct bucket *b;
	int ret;

	if (!bitset)
		return -EINVAL;
	ret = key_get(uaddr, private, &key);
	if (ret)
		return ret;
	b = bucket_of(&key);
	spin_lock(&b->lock);
	ret = bucket_wake(b, &key, nr, bitset);
	spin_unlock(&b->lock);
	return ret;
}

/* ---- waiting ------------------------------------------------------------ */

/* Queue @w if the word holds @val. 0, -EAGAIN, -EFAULT, -ENOMEM. */
static int waiter_queue(struct futex_waiter *w, u32 __user *uaddr, u32 val)
{
	struct bucket *b = bucket_of(&w->key);
	u32 *word = word_hold(uaddr, false);
	int err = 0;

	if (IS_ERR(word))
		return (int)PTR_ERR(word);
	w->bucket = b;
	spin_lock(&b->lock);
	if (READ_ONCE(*word) == val)
		list_add_tail(&w->link, &b->waiters);
	else
		err = -EAGAIN;
	spin_unlock(&b->lock);
	word_release();
	return err;
}

/* Off whatever bucket it is on by now. True: it was woken. */
static bool waiter_leave(struct futex_waiter *w)
{
	struct bucket *b;
	bool woken;

	for (;;) {
		b = READ_ONCE(w->bucket);
		spin_lock(&b->lock);
		if (b == READ_ONCE(w->bucket))
			break;
		spin_unlock(&b->lock);
	}
	woken = w->woken;
	if (!woken)
		list_del(&w->link);
	spin_unlock(&b->lock);
	return woken;
}

/* Until woken (0), the @deadline (-ETIMEDOUT), or a signal (-ERESTARTSYS). */
static int waiter_sleep(struct futex_waiter *w, u64 deadline)
{
	s64 left = -1;
	int ret = 0;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(w->woken))
			break;
		if (deadline) {
			left = (s64)(deadline - ktime_get());
			ret = left <= 0 ? -ETIMEDOUT : 0;
		}
		if (!ret)
			ret = wait_interrupted(TASK_INTERRUPTIBLE);
		if (ret)
			break;
		schedule_timeout(left);
	}
	set_current_state(TASK_RUNNING);
	return ret;
}

int futex_wait(u32 __user *uaddr, bool private, u32 val, u64 deadline,
	       u32 bitset)
{
	struct futex_waiter w = { .task = current, .bitset = bitset };
	int err;

	if (!bitset)
		return -EINVAL;
	err = key_get(uaddr, private, &w.key);
	if (!err)
		err = waiter_queue(&w, uaddr, val);
	if (err)
		return err;
	err = waiter_sleep(&w, deadline);
	return waiter_leave(&w) ? 0 : err;
}

/* ---- requeueing --------------------------------------------------------- */

static void waiter_move(struct futex_waiter *w, struct bucket *to,
			const struct futex_key *key)
{
	if (w->bucket != to) {
		list_del(&w->link);
		list_add_tail(&w->link, &to->waiters);
		WRITE_ONCE(w->bucket, to);
	}
	w->key = *key;
}

/* Wake @nr, move @move others. Both buckets are locked. */
static int bucket_requeue(struct bucket *from, const struct futex_key *key,
			  int nr, int move, struct bucket *to,
			  const struct futex_key *to_key)
{
	struct futex_waiter *w, *next;
	int done = 0;

	list_for_each_entry_safe(w, next, &from->waiters, link) {
		if (done - nr >= move)
			break;
		if (!key_equal(&w->key, key))
			continue;
		if (++done <= nr)
			waiter_wake(w);
		else
			waiter_move(w, to, to_key);
	}
	return done;
}

int futex_requeue(u32 __user *uaddr, bool private, int nr, int move,
		  u32 __user *to, const u32 *expect)
{
	struct futex_key key, to_key;
	struct bucket *b, *to_b;
	u32 *word = NULL;
	int ret;

	if (nr < 0 || move < 0)
		return -EINVAL;
	ret = key_get(uaddr, private, &key);
	if (!ret)
		ret = key_get(to, private, &to_key);
	if (ret)
		return ret;
	if (expect)
		word = word_hold(uaddr, false);
	if (IS_ERR(word))
		return (int)PTR_ERR(word);
	b = bucket_of(&key);
	to_b = bucket_of(&to_key);
	bucket_lock_two(b, to_b);
	if (word && READ_ONCE(*word) != *expect)
		ret = -EAGAIN;
	else
		ret = bucket_requeue(b, &key, nr, move, to_b, &to_key);
	bucket_unlock_two(b, to_b);
	if (word)
		word_release();
	return ret;
}

/* ---- FUTEX_WAKE_OP ------------------------------------------------------ */

int futex_wake_op(u32 __user *uaddr, bool private, int nr, u32 __user *to,
		  int nr2, u32 op)
{
	struct futex_key key, to_key;
	struct bucket *b, *to_b;
	u32 *word;
	int ret, cond;

	ret = key_get(uaddr, private, &key);
	if (!ret)
		ret = key_get(to, private, &to_key);
	if (ret)
		return ret;
	word = word_hold(to, true);
	if (IS_ERR(word))
		return (int)PTR_ERR(word);
	b = bucket_of(&key);
	to_b = bucket_of(&to_key);
	bucket_lock_two(b, to_b);
	cond = futex_op_apply(word, op);
	ret = cond;
	if (cond >= 0)
		ret = bucket_wake(b, &key, nr, FUTEX_ANY);
	if (cond > 0)
		ret += bucket_wake(to_b, &to_key, nr2, FUTEX_ANY);
	bucket_unlock_two(b, to_b);
	word_release();
	return ret;
}
