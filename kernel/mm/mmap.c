// SPDX-License-Identifier: MIT
/*
 * Mapping, unmapping, and the break (mmap(2), munmap(2), brk(2)).
 *
 * All that can fail comes before the first change. Areas that go away are
 * collected and freed after mm->lock is dropped, since the last reference to
 * a file may take other locks.
 */
#include <linux/mman.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/vma.h"

/* What is asked for. */
struct mmap_request {
	struct mm *mm;
	u64 addr, len;
	u32 prot, flags;
	struct file *file; /* the caller's reference */
	u64 pgoff;
};

u32 prot_to_vm(u32 prot)
{
	return (prot & PROT_READ ? VM_READ : 0u) |
	       (prot & PROT_WRITE ? VM_WRITE : 0u) |
	       (prot & PROT_EXEC ? VM_EXEC : 0u);
}

int unmap_locked(struct mm *mm, u64 start, u64 end, struct list *gone)
{
	int err = vma_isolate(mm, start, end);

	if (!err)
		areas_detach(mm, start, end, gone);
	return err;
}

/* ---- is it allowed? ----------------------------------------------------- */

static bool is_shared(const struct mmap_request *r)
{
	return r->flags & MAP_SHARED; /* also a bit of MAP_SHARED_VALIDATE */
}

static int check_arguments(struct mmap_request *r)
{
	u32 type = r->flags & MAP_TYPE;

	if (!r->len)
		return -EINVAL;
	if (r->flags & MAP_FIXED_NOREPLACE)
		r->flags |= MAP_FIXED;
	r->len = ALIGN_UP(r->len, PAGE_SIZE);
	if (!r->len || r->len > USER_END)
		return -ENOMEM;
	if (r->pgoff + (r->len >> PAGE_SHIFT) < r->pgoff)
		return -EOVERFLOW;
	if (type != MAP_PRIVATE && type != MAP_SHARED &&
	    (type != MAP_SHARED_VALIDATE || !r->file))
		return -EINVAL;
	return 0;
}

static int check_fixed(const struct mmap_request *r)
{
	if (r->len > USER_END || r->addr > USER_END - r->len)
		return -ENOMEM;
	if (r->addr & ~PAGE_MASK)
		return -EINVAL;
	if (r->addr < USER_MIN)
		return why(-EPERM, "mmap: the page at address 0 stays free");
	if ((r->flags & MAP_FIXED_NOREPLACE) &&
	    !vma_range_free(r->mm, r->addr, r->addr + r->len))
		return -EEXIST;
	return 0;
}

/* Where it goes: the address, or -errno. */
static s64 choose_address(const struct mmap_request *r)
{
	u64 hint = ALIGN_UP(r->addr, PAGE_SIZE);
	int err;

	if (r->flags & MAP_FIXED) {
		err = check_fixed(r);
		return err ? err : (s64)r->addr;
	}
	if (hint >= USER_MIN && hint <= USER_END - r->len &&
	    vma_range_free(r->mm, hint, hint + r->len))
		return (s64)hint;
	return vma_gap(r->mm, r->len);
}

/* Pages of areas inside [start, end), which a fixed mapping replaces. */
static u64 pages_inside(struct mm *mm, u64 start, u64 end)
{
	struct vma *v = vma_find(mm, start);
	u64 sum = 0;

	for (; v && v->start < end; v = vma_next(v))
		sum += min(v->end, end) - max(v->start, start);
	return sum >> PAGE_SHIFT;
}

/* Linux's heuristic: more at once than there is memory is a mistake. */
static bool obvious_overcommit(const struct mmap_request *r, u32 vm_flags)
{
	if ((vm_flags & (VM_SHARED | VM_NORESERVE)) || !(vm_flags & VM_WRITE))
		return false;
	return r->len >> PAGE_SHIFT > mem_total();
}

static int check_limits(const struct mmap_request *r, u64 addr, u32 vm_flags)
{
	u64 pages = r->len >> PAGE_SHIFT;
	u64 replaced = pages_inside(r->mm, addr, addr + r->len);

	if (r->mm->nr_vmas >= MAX_AREAS)
		return -ENOMEM;
	if (pages > replaced && !mm_may_grow(r->mm, pages - replaced))
		return why(-ENOMEM, "mmap: RLIMIT_AS");
	if (obvious_overcommit(r, vm_flags))
		return why(-ENOMEM, "mmap: larger than all memory");
	if ((vm_flags & VM_LOCKED) && !mm_may_lock(r->mm, pages))
		return why(-EAGAIN, "mmap: RLIMIT_MEMLOCK");
	return 0;
}

/* VM_* of the area, or -errno. */
static s64 request_flags(const struct mmap_request *r)
{
	u32 vm = prot_to_vm(r->prot) | VM_MAYALL | r->mm->def_flags;
	int err;

	if (is_shared(r))
		vm |= VM_SHARED;
	if (r->flags & MAP_NORESERVE)
		vm |= VM_NORESERVE;
	if (r->flags & MAP_LOCKED)
		vm |= VM_LOCKED;
	if (r->flags & MAP_GROWSDOWN) {
		if (is_shared(r) || r->file)
			return -EINVAL;
		vm |= VM_GROWSDOWN;
	}
	if (r->file) {
		err = mmap_file_check(r->file, r->prot, is_shared(r), &vm);
		if (err)
			return err;
	}
	return vm;
}

/* ---- doing it ----------------------------------------------------------- */

/* The area in no tree yet, its file behind it. ERR_PTR. */
static struct vma *area_make(const struct mmap_request *r, u64 addr,
			     u32 vm_flags)
{
	struct vma *v = vma_new(r->mm, addr, addr + r->len, vm_flags);
	int err = 0;

	if (!v)
		return ERR_PTR(-ENOMEM);
	if (r->file) {
		v->file = mm_file_get(r->file);
		v->pgoff = r->pgoff;
		err = vma_file_mmap(v);
	} else if (is_shared(r)) {
		err = vma_make_shared(v);
	}
	if (err) {
		vma_free(v);
		return ERR_PTR(err);
	}
	return v;
}

static s64 mmap_locked(struct mmap_request *r, struct list *gone)
{
	s64 addr = choose_address(r), vm;
	struct vma *v;
	int err;

	if (addr < 0)
		return addr;
	vm = request_flags(r);
	if (vm < 0)
		return vm;
	err = check_limits(r, (u64)addr, (u32)vm);
	if (err)
		return err;
	v = area_make(r, (u64)addr, (u32)vm);
	if (IS_ERR(v))
		return PTR_ERR(v);
	err = unmap_locked(r->mm, v->start, v->end, gone);
	if (err) {
		list_add(&v->link, gone); /* freed with the others */
		return err;
	}
	vma_insert(v);
	vma_merge(v);
	return addr;
}

/**
 * mm_mmap - map @file, or anonymous memory if it is NULL
 * @prot: PROT_*
 * @flags: MAP_*
 * @pgoff: first page of the file
 *
 * The area takes its own reference on @file.
 *
 * Context: may sleep; takes mm->lock.
 * Return: the address; -EINVAL, -ENOMEM (no room, RLIMIT_AS), -EACCES (the
 * file is not open for that), -EPERM (noexec), -EEXIST, -EOVERFLOW, -ENODEV.
 */
s64 mm_mmap(struct mm *mm, u64 addr, u64 len, u32 prot, u32 flags,
	    struct file *file, u64 pgoff)
{
	struct mmap_request r = { .mm = mm, .addr = addr, .len = len,
				  .prot = prot, .flags = flags, .file = file,
				  .pgoff = pgoff };
	struct list gone = LIST_INIT(gone);
	bool locked;
	s64 ret = check_arguments(&r);

	if (ret)
		return ret;
	mutex_lock(&mm->lock);
	ret = mmap_locked(&r, &gone);
	locked = mm->def_flags & VM_LOCKED;
	mutex_unlock(&mm->lock);
	areas_free(&gone);
	if (ret > 0 && (locked || (flags & (MAP_LOCKED | MAP_POPULATE))))
		mm_populate(mm, (u64)ret, (u64)ret + r.len,
			    (prot & PROT_WRITE) && !is_shared(&r));
	return ret;
}

/**
 * mm_munmap - no page of [@addr, @addr + @len) is mapped any more
 *
 * Return: 0, -EINVAL, or -ENOMEM: an area had to be split.
 */
int mm_munmap(struct mm *mm, u64 addr, u64 len)
{
	struct list gone = LIST_INIT(gone);
	int err;

	if ((addr & ~PAGE_MASK) || addr > USER_END || len > USER_END - addr)
		return -EINVAL;
	len = ALIGN_UP(len, PAGE_SIZE);
	if (!len)
		return -EINVAL;
	mutex_lock(&mm->lock);
	err = unmap_locked(mm, addr, addr + len, &gone);
	mutex_unlock(&mm->lock);
	areas_free(&gone);
	return err;
}

/* ---- the break ---------------------------------------------------------- */

static bool brk_allowed(const struct mm *mm, u64 brk)
{
	u64 data = mm->end_data - mm->start_data, limit = rlimit(RLIMIT_DATA);

	if (brk < mm->start_brk || brk >= USER_END)
		return false;
	return limit == RLIM_INFINITY || brk - mm->start_brk + data <= limit;
}

static bool brk_grow(struct mm *mm, u64 old, u64 new)
{
	u32 flags = VM_READ | VM_WRITE | VM_MAYALL | VM_HEAP | mm->def_flags;
	struct vma *v = vma_find(mm, old), *heap;

	if (v && (v->start < new || ((v->flags & VM_GROWSDOWN) &&
				     v->start - new < STACK_GUARD)))
		return false;
	if (!mm_may_grow(mm, (new - old) >> PAGE_SHIFT) ||
	    (new - old) >> PAGE_SHIFT > mem_total() ||
	    mm->nr_vmas >= MAX_AREAS)
		return false;
	heap = vma_new(mm, old, new, flags);
	if (!heap)
		return false;
	vma_insert(heap);
	vma_merge(heap);
	return true;
}

/**
 * mm_brk - move the end of the heap to @brk
 *
 * Return: the break that holds now: @brk, or the old one if that cannot be.
 */
u64 mm_brk(struct mm *mm, u64 brk)
{
	struct list gone = LIST_INIT(gone);
	u64 old_end, new_end, result;
	bool ok = true, grown = false;

	mutex_lock(&mm->lock);
	old_end = ALIGN_UP(mm->brk, PAGE_SIZE);
	new_end = ALIGN_UP(brk, PAGE_SIZE);
	if (!brk_allowed(mm, brk))
		ok = false;
	else if (new_end < old_end)
		ok = !unmap_locked(mm, new_end, old_end, &gone);
	else if (new_end > old_end)
		ok = grown = brk_grow(mm, old_end, new_end);
	if (ok)
		mm->brk = brk;
	result = mm->brk;
	grown = grown && (mm->def_flags & VM_LOCKED);
	mutex_unlock(&mm->lock);
	areas_free(&gone);
	if (grown)
		mm_populate(mm, old_end, new_end, true);
	return result;
}
