// SPDX-License-Identifier: MIT
/* Changing what may be done with mapped memory (mprotect(2)). */
#include <linux/mman.h>

#include "kernel/debug/why.h"
#include "kernel/lib/err.h"
#include "kernel/mm/vma.h"

#define PROT_VALID                                                             \
	(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM | PROT_GROWSDOWN |      \
	 PROT_GROWSUP)

/* VM_MAYREAD is VM_READ << 4, and so on. */
static bool may(const struct vma *v, u32 access)
{
	BUILD_ASSERT(VM_MAYREAD == VM_READ << 4 && VM_MAYEXEC == VM_EXEC << 4);
	return !(access & ~(v->flags >> 4));
}

/* All of @v, which lies wholly inside the range. */
static void area_protect(struct vma *v, u32 access)
{
	v->flags = (v->flags & ~(u32)VM_ACCESS) | access;
	pt_protect(v, v->start, v->end);
	vma_merge(v);
}

/* The part of the range that begins at @at and lies in one area: changed, and
 * its end returned. -ENOMEM: nothing is mapped there; -EACCES. */
static s64 protect_one(struct mm *mm, u64 at, u64 end, u32 access)
{
	struct vma *v = vma_find(mm, at);
	int err;

	if (!v || v->start > at)
		return -ENOMEM;
	if (!may(v, access))
		return why(-EACCES, "mprotect: the mapping's file does not "
				    "allow it");
	end = min(end, v->end);
	if ((v->flags & VM_ACCESS) == access)
		return (s64)end;
	err = vma_isolate(mm, at, end);
	if (err)
		return err;
	area_protect(vma_find(mm, at), access);
	return (s64)end;
}

/* Area by area, as Linux: what comes before an error is changed. */
static int protect_locked(struct mm *mm, u64 start, u64 end, u32 access)
{
	s64 at = (s64)start;

	while (at >= 0 && (u64)at < end)
		at = protect_one(mm, (u64)at, end, access);
	return at < 0 ? (int)at : 0;
}

/* With PROT_GROWSDOWN the change begins at the start of the stack. */
static int stack_start(struct mm *mm, u64 end, u64 *start)
{
	const struct vma *v = vma_find(mm, *start);

	if (!v || v->start >= end)
		return -ENOMEM;
	if (!(v->flags & VM_GROWSDOWN))
		return -EINVAL;
	*start = v->start;
	return 0;
}

/**
 * mm_mprotect - the pages of a range get the rights @prot (PROT_*)
 *
 * Return: 0, -EINVAL, -EACCES (the file was not opened for that), -ENOMEM (a
 * part of the range is not mapped; what comes before it is changed).
 */
int mm_mprotect(struct mm *mm, u64 addr, u64 len, u32 prot)
{
	u64 start = addr, end;
	int err = 0;

	if ((prot & ~(u32)PROT_VALID) || (addr & ~PAGE_MASK))
		return -EINVAL;
	if ((prot & PROT_GROWSDOWN) && (prot & PROT_GROWSUP))
		return -EINVAL;
	if (!len)
		return 0;
	end = addr + ALIGN_UP(len, PAGE_SIZE);
	if (end <= addr || addr >= USER_END)
		return -ENOMEM;
	mutex_lock(&mm->lock);
	if (prot & PROT_GROWSUP)
		err = -EINVAL; /* no area grows upwards */
	else if (prot & PROT_GROWSDOWN)
		err = stack_start(mm, end, &start);
	if (!err)
		err = protect_locked(mm, start, end, prot_to_vm(prot));
	mutex_unlock(&mm->lock);
	return err;
}
