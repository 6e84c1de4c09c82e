// SPDX-License-Identifier: MIT
/*
 * Making a mapping larger or smaller, and moving it (mremap(2)). Pages are
 * never copied: their page-table entries move.
 */
#include <linux/mman.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/vma.h"

#define MREMAP_VALID (MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)

struct remap {
	struct mm *mm;
	u64 old, old_len, new, new_len;
	u32 flags;
	struct list gone; /* areas to be freed without the lock */
};

static bool ranges_meet(const struct remap *r)
{
	return r->old < r->new + r->new_len && r->new < r->old + r->old_len;
}

static int check_arguments(struct remap *r)
{
	if ((r->flags & ~(u32)MREMAP_VALID) || (r->old & ~PAGE_MASK))
		return -EINVAL;
	r->old_len = ALIGN_UP(r->old_len, PAGE_SIZE);
	r->new_len = ALIGN_UP(r->new_len, PAGE_SIZE);
	if (!r->new_len || r->new_len > USER_END || r->old_len > USER_END)
		return -EINVAL;
	if ((r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) &&
	    !(r->flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if ((r->flags & MREMAP_DONTUNMAP) && r->old_len != r->new_len)
		return -EINVAL;
	if (!(r->flags & MREMAP_FIXED))
		return 0;
	if ((r->new & ~PAGE_MASK) || r->new > USER_END - r->new_len ||
	    ranges_meet(r))
		return -EINVAL;
	return r->new < USER_MIN ? -EPERM : 0;
}

/* The area that has the whole old range. ERR_PTR. */
static struct vma *old_area(const struct remap *r)
{
	struct vma *v = vma_find(r->mm, r->old);

	if (!v || v->start > r->old || r->old_len > v->end - r->old)
		return ERR_PTR(-EFAULT);
	/* An old length of 0 maps shared pages a second time. */
	if (!r->old_len && !(v->flags & VM_SHARED))
		return ERR_PTR(-EINVAL);
	if ((r->flags & MREMAP_DONTUNMAP) && (v->file || v->special))
		return ERR_PTR(-EINVAL);
	if (v->special && r->new_len > r->old_len)
		return ERR_PTR(-EFAULT);
	return v;
}

static int check_growth(const struct remap *r, const struct vma *v)
{
	u64 more;

	if (r->new_len <= r->old_len)
		return 0;
	more = (r->new_len - r->old_len) >> PAGE_SHIFT;
	if (!mm_may_grow(r->mm, more))
		return why(-ENOMEM, "mremap: RLIMIT_AS");
	if ((v->flags & VM_LOCKED) && !mm_may_lock(r->mm, more))
		return -EAGAIN;
	return 0;
}

/* The area ends with the old range: can it become longer where it is? */
static bool grow_in_place(const struct remap *r, struct vma *v)
{
	u64 end = r->old + r->new_len, more = r->new_len - r->old_len;

	if (v->end != r->old + r->old_len || end < r->old || end > USER_END ||
	    !vma_range_free(r->mm, v->end, end))
		return false;
	vma_file_lock(v);
	v->end = end;
	vma_file_unlock(v);
	r->mm->total_vm += more >> PAGE_SHIFT;
	if (v->flags & VM_LOCKED)
		r->mm->locked_vm += more >> PAGE_SHIFT;
	vma_merge(v);
	return true;
}

/* The area at the new place, in the tree, without pages. ERR_PTR. */
static struct vma *area_at_new(const struct remap *r, const struct vma *old)
{
	struct vma *v = vma_dup(r->mm, old);

	if (!v)
		return ERR_PTR(-ENOMEM);
	v->start = r->new;
	v->end = r->new + r->new_len;
	if (v->file)
		v->pgoff += (r->old - old->start) >> PAGE_SHIFT;
	vma_insert(v);
	return v;
}

/* Move to r->new, where nothing is. */
static s64 move_area(struct remap *r, struct vma *old)
{
	u64 len = min(r->old_len, r->new_len);
	struct vma *v;
	int err;

	if (r->mm->nr_vmas >= MAX_AREAS - 2)
		return -ENOMEM;
	if (r->old_len && !(r->flags & MREMAP_DONTUNMAP)) {
		err = vma_isolate(r->mm, r->old, r->old + r->old_len);
		if (err)
			return err;
		old = vma_find(r->mm, r->old);
	}
	v = area_at_new(r, old);
	if (IS_ERR(v))
		return PTR_ERR(v);
	err = pt_move(r->mm, r->old, r->new, len);
	if (err) {
		areas_detach(r->mm, v->start, v->end, &r->gone);
		return err;
	}
	if (r->old_len && !(r->flags & MREMAP_DONTUNMAP))
		areas_detach(r->mm, r->old, r->old + r->old_len, &r->gone);
	vma_merge(v);
	return (s64)r->new;
}

/* Cut the old range to the new length. */
static int shrink(struct remap *r)
{
	int err = 0;

	if (r->new_len < r->old_len) {
		err = unmap_locked(r->mm, r->old + r->new_len,
				   r->old + r->old_len, &r->gone);
		if (!err)
			r->old_len = r->new_len;
	}
	return err;
}

static s64 remap_fixed(struct remap *r, struct vma *v)
{
	int err = check_growth(r, v);

	if (!err)
		err = unmap_locked(r->mm, r->new, r->new + r->new_len,
				   &r->gone);
	if (!err)
		err = shrink(r);
	return err ? err : move_area(r, vma_find(r->mm, r->old));
}

static s64 remap_locked(struct remap *r)
{
	struct vma *v = old_area(r);
	s64 addr;
	int err;

	if (IS_ERR(v))
		return PTR_ERR(v);
	if (r->flags & MREMAP_FIXED)
		return remap_fixed(r, v);
	if (r->new_len <= r->old_len && !(r->flags & MREMAP_DONTUNMAP)) {
		err = shrink(r);
		return err ? err : (s64)r->old;
	}
	err = check_growth(r, v);
	if (err)
		return err;
	if (r->old_len && !(r->flags & MREMAP_DONTUNMAP) &&
	    grow_in_place(r, v))
		return (s64)r->old;
	if (!(r->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	addr = vma_gap(r->mm, r->new_len);
	if (addr < 0)
		return addr;
	r->new = (u64)addr;
	return move_area(r, v);
}

/**
 * mm_mremap - give the mapping at @old another length, or another place
 * @flags: MREMAP_*
 * @new_addr: where to, with MREMAP_FIXED
 *
 * Return: the new address; -EINVAL, -EFAULT (no mapping has the old range),
 * -ENOMEM, -EAGAIN (RLIMIT_MEMLOCK).
 */
s64 mm_mremap(struct mm *mm, u64 old, u64 old_len, u64 new_len, u32 flags,
	      u64 new_addr)
{
	struct remap r = { .mm = mm, .old = old, .old_len = old_len,
			   .new = new_addr, .new_len = new_len,
			   .flags = flags, .gone = LIST_INIT(r.gone) };
	s64 ret = check_arguments(&r);

	if (ret)
		return ret;
	mutex_lock(&mm->lock);
	ret = remap_locked(&r);
	mutex_unlock(&mm->lock);
	areas_free(&r.gone);
	return ret;
}
