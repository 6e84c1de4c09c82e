// SPDX-License-Identifier: MIT
/*
 * madvise(2). Advice that is about swapping, huge pages or core dumps is
 * accepted where Linux accepts it and has nothing to change here.
 */
#include <linux/mman.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/vma.h"

/* One area (or a part of it, where only pages are concerned). */
typedef int (*advise_fn)(struct vma *v, u64 start, u64 end, int advice);

static int advise_nothing(struct vma *v, u64 start, u64 end, int advice)
{
	(void)v, (void)start, (void)end, (void)advice;
	return 0;
}

static int advise_drop(struct vma *v, u64 start, u64 end, int advice)
{
	if ((v->flags & VM_LOCKED) && advice != MADV_DONTNEED_LOCKED)
		return -EINVAL;
	if (v->flags & VM_IO)
		return why(-EINVAL, "madvise: these pages are the kernel's");
	if (advice == MADV_FREE && (v->file || v->special))
		return why(-EINVAL, "madvise: MADV_FREE of a file's pages");
	pt_zap(v, start, end);
	return 0;
}

/* What changes the flags of areas: which to set, which to clear. */
static int flags_of(const struct vma *v, int advice, u32 *set, u32 *clear)
{
	*set = *clear = 0;
	switch (advice) {
	case MADV_DONTFORK:
		*set = VM_DONTCOPY;
		return 0;
	case MADV_DOFORK:
		if (v->flags & VM_IO)
			return -EINVAL;
		*clear = VM_DONTCOPY;
		return 0;
	case MADV_WIPEONFORK:
		if (v->file || v->special || (v->flags & VM_SHARED))
			return -EINVAL;
		*set = VM_WIPEONFORK;
		return 0;
	default: /* MADV_KEEPONFORK */
		*clear = VM_WIPEONFORK;
		return 0;
	}
}

static int advise_flags(struct vma *v, u64 start, u64 end, int advice)
{
	u32 set, clear, flags;
	int err = flags_of(v, advice, &set, &clear);

	if (err)
		return err;
	flags = (v->flags | set) & ~clear;
	if (flags == v->flags)
		return 0;
	err = vma_isolate(v->mm, start, end);
	if (err)
		return err;
	v = vma_find(v->mm, start);
	v->flags = flags;
	vma_merge(v);
	return 0;
}

static advise_fn fn_of(int advice)
{
	switch (advice) {
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
		return advise_drop;
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
		return advise_flags;
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_WILLNEED:
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_COLD:
	case MADV_PAGEOUT:
		return advise_nothing;
	default:
		return NULL;
	}
}

/* Area by area; a hole makes it -ENOMEM in the end, what is mapped is done. */
static int advise_range(struct mm *mm, u64 start, u64 end, int advice,
			advise_fn fn)
{
	int err = 0, hole = 0;
	struct vma *v;
	u64 stop;

	while (start < end && !err) {
		v = vma_find(mm, start);
		if (!v || v->start > start)
			hole = -ENOMEM;
		if (!v || v->start >= end)
			break;
		start = max(start, v->start);
		stop = min(v->end, end);
		err = fn(v, start, stop, advice);
		start = stop;
	}
	return err ? err : hole;
}

/* MADV_REMOVE: punch a hole into the file, without mm->lock. */
static int remove_range(struct mm *mm, u64 start, u64 end)
{
	struct file *f = NULL;
	struct vma *v;
	int err = -EINVAL;
	u64 offset = 0;

	mutex_lock(&mm->lock);
	v = vma_find(mm, start);
	if (!v || v->start > start || v->end < end)
		err = -ENOMEM;
	else if (v->file && (v->flags & VM_SHARED) && (v->flags & VM_MAYWRITE))
		f = mm_file_get(v->file);
	if (f)
		offset = (v->pgoff << PAGE_SHIFT) + (start - v->start);
	mutex_unlock(&mm->lock);
	if (!f)
		return err;
	err = mm_file_punch(f, offset, end - start);
	mm_file_put(f);
	return err;
}

static int check_range(u64 addr, u64 len, u64 *end)
{
	*end = addr + ALIGN_UP(len, PAGE_SIZE);
	if ((addr & ~PAGE_MASK) || (len && *end == addr) || *end < addr)
		return -EINVAL;
	return 0;
}

/**
 * mm_madvise - what the process says about the use of a range
 *
 * Return: 0; -EINVAL (unknown advice, not fit for that area), -ENOMEM (a part
 * is not mapped; the rest is done).
 */
int mm_madvise(struct mm *mm, u64 addr, u64 len, int advice)
{
	advise_fn fn = fn_of(advice);
	bool populate = advice == MADV_POPULATE_READ ||
			advice == MADV_POPULATE_WRITE;
	u64 end;
	int err;

	if (!fn && !populate && advice != MADV_REMOVE)
		return why(-EINVAL, "madvise: advice %d is not known", advice);
	err = check_range(addr, len, &end);
	if (err || end == addr)
		return err;
	if (advice == MADV_REMOVE)
		return remove_range(mm, addr, end);
	if (populate) {
		if (!mm_range_mapped(mm, addr, end))
			return -ENOMEM;
		return mm_populate(mm, addr, end,
				   advice == MADV_POPULATE_WRITE);
	}
	mutex_lock(&mm->lock);
	err = advise_range(mm, addr, end, advice, fn);
	mutex_unlock(&mm->lock);
	return err;
}
