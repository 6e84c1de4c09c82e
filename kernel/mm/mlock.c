// SPDX-License-Identifier: MIT
/*
 * mlock(2) and mincore(2). Nothing is ever swapped out, so locking means to
 * fault in and to count against RLIMIT_MEMLOCK.
 */
#include <linux/mman.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/vma.h"
#include "kernel/task/cred.h"

bool mm_may_lock(const struct mm *mm, u64 pages)
{
	return mm->locked_vm + pages <= rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT ||
	       capable(CAP_IPC_LOCK);
}

static int may_lock_at_all(void)
{
	if (rlimit(RLIMIT_MEMLOCK) || capable(CAP_IPC_LOCK))
		return 0;
	return why(-EPERM, "mlock: RLIMIT_MEMLOCK is 0, no CAP_IPC_LOCK");
}

/* ---- ranges ------------------------------------------------------------- */

static bool range_mapped(struct mm *mm, u64 start, u64 end)
{
	const struct vma *v = vma_find(mm, start);

	for (; start < end; v = vma_next((struct vma *)v)) {
		if (!v || v->start > start)
			return false;
		start = v->end;
	}
	return true;
}

bool mm_range_mapped(struct mm *mm, u64 start, u64 end)
{
	bool mapped;

	mutex_lock(&mm->lock);
	mapped = range_mapped(mm, start, end);
	mutex_unlock(&mm->lock);
	return mapped;
}

static void area_set_locked(struct vma *v, bool lock)
{
	struct mm *mm = v->mm;

	if (lock == !!(v->flags & VM_LOCKED))
		return;
	if (lock) {
		v->flags |= VM_LOCKED;
		mm->locked_vm += vma_pages(v);
	} else {
		v->flags &= ~(u32)VM_LOCKED;
		mm->locked_vm -= vma_pages(v);
	}
}

/* The whole range is mapped. */
static int range_set_locked(struct mm *mm, u64 start, u64 end, bool lock)
{
	struct vma *v;
	int err = vma_isolate(mm, start, end);

	if (err)
		return err;
	for (v = vma_find(mm, start); v && v->start < end; v = vma_next(v)) {
		area_set_locked(v, lock);
		v = vma_merge(v);
	}
	return 0;
}

static int page_range(u64 *addr, u64 *len)
{
	*len = ALIGN_UP(*len + (*addr & ~PAGE_MASK), PAGE_SIZE);
	*addr &= PAGE_MASK;
	return *addr + *len < *addr ? -EINVAL : 0;
}

int mm_mlock(struct mm *mm, u64 addr, u64 len, bool on_fault)
{
	int err = may_lock_at_all();

	if (!err)
		err = page_range(&addr, &len);
	if (err || !len)
		return err;
	mutex_lock(&mm->lock);
	if (!range_mapped(mm, addr, addr + len))
		err = -ENOMEM;
	else if (!mm_may_lock(mm, len >> PAGE_SHIFT))
		err = why(-ENOMEM, "mlock: RLIMIT_MEMLOCK");
	else
		err = range_set_locked(mm, addr, addr + len, true);
	mutex_unlock(&mm->lock);
	if (!err && !on_fault)
		err = mm_populate(mm, addr, addr + len, false);
	return err == -EFAULT ? -ENOMEM : err;
}

int mm_munlock(struct mm *mm, u64 addr, u64 len)
{
	int err = page_range(&addr, &len);

	if (err || !len)
		return err;
	mutex_lock(&mm->lock);
	if (!range_mapped(mm, addr, addr + len))
		err = -ENOMEM;
	else
		err = range_set_locked(mm, addr, addr + len, false);
	mutex_unlock(&mm->lock);
	return err;
}

/* Every area; what cannot be faulted in is left. */
static void populate_all(struct mm *mm)
{
	u64 start = 0, end;
	struct vma *v;

	for (;;) {
		mutex_lock(&mm->lock);
		v = vma_find(mm, start);
		start = v ? max(start, v->start) : 0;
		end = v ? v->end : 0;
		mutex_unlock(&mm->lock);
		if (!v || mm_populate(mm, start, end, false) == -EINTR)
			return;
		start = end;
	}
}

int mm_mlockall(struct mm *mm, int flags)
{
	struct vma *v;
	int err = flags ? may_lock_at_all() : 0;

	if (err)
		return err;
	mutex_lock(&mm->lock);
	if ((flags & MCL_CURRENT) &&
	    !mm_may_lock(mm, mm->total_vm - min(mm->total_vm, mm->locked_vm))) {
		mutex_unlock(&mm->lock);
		return why(-ENOMEM, "mlockall: RLIMIT_MEMLOCK");
	}
	mm->def_flags = flags & MCL_FUTURE ? VM_LOCKED : 0;
	if (!flags || (flags & MCL_CURRENT)) {
		list_for_each_entry(v, &mm->vma_list, link)
			area_set_locked(v, flags);
	}
	mutex_unlock(&mm->lock);
	if ((flags & MCL_CURRENT) && !(flags & MCL_ONFAULT))
		populate_all(mm);
	return 0;
}

/* ---- mincore ------------------------------------------------------------ */

static bool page_resident(struct vma *v, u64 addr)
{
	const u64 *e = pt_entry(&v->mm->pt, addr, false);
	struct page *p = NULL;

	if (e && *e)
		return true;
	if (!v->file)
		return false;
	vma_file_lock(v);
	p = vma_cached_page(v, v->pgoff + ((addr - v->start) >> PAGE_SHIFT));
	vma_file_unlock(v);
	if (p)
		page_put(p);
	return p;
}

int mm_resident(struct mm *mm, u64 addr, u64 n, u8 *vec)
{
	struct vma *v;
	int err = 0;

	mutex_lock(&mm->lock);
	for (u64 i = 0; i < n; i++, addr += PAGE_SIZE) {
		v = vma_find(mm, addr);
		if (!v || v->start > addr) {
			err = -ENOMEM;
			break;
		}
		vec[i] = page_resident(v, addr);
	}
	mutex_unlock(&mm->lock);
	return err;
}
