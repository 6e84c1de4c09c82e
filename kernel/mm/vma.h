/* SPDX-License-Identifier: MIT */
/*
 * What the files of kernel/mm share about areas and page tables; mm.h is what
 * everybody else sees. All of it under mm->lock unless it says otherwise.
 *
 * A page-table entry is 0 (nothing there) or has a frame. An entry of an area
 * that may not be accessed at all (PROT_NONE) keeps its frame without PTE_P.
 * PTE_FILE tells frames of a page cache from anonymous ones, PTE_SPECIAL the
 * zero page. PTE_COW: other address spaces may have the frame too.
 */
#ifndef WARREN_KERNEL_MM_VMA_H
#define WARREN_KERNEL_MM_VMA_H

#include <linux/resource.h>

#include "kernel/mm/mm.h"
#include "kernel/mm/page.h"
#include "kernel/task/task.h"

#define MAX_AREAS 65530 /* Linux's vm.max_map_count */
#define STACK_GUARD (256 * PAGE_SIZE)
#define VM_ACCESS (VM_READ | VM_WRITE | VM_EXEC)
#define VM_MAYALL (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)

static inline u64 rlimit(u32 resource)
{
	return READ_ONCE(current->signal->rlim[resource].cur);
}

static inline u64 vma_pages(const struct vma *v)
{
	return (v->end - v->start) >> PAGE_SHIFT;
}

/* ---- vma.c -------------------------------------------------------------- */

extern struct slab *vma_slab;
void vma_module_init(void);
/* An area in no tree, without a file; NULL: no memory. */
struct vma *vma_new(struct mm *mm, u64 start, u64 end, u32 flags);
/* A copy of @v for @mm, in no tree; its file is counted. NULL: no memory. */
struct vma *vma_dup(struct mm *mm, const struct vma *v);
void vma_free(struct vma *v); /* in no tree; puts the file: may sleep */
void vma_insert(struct vma *v);
void vma_remove(struct vma *v);
struct vma *vma_prev(struct vma *v);
struct vma *vma_next(struct vma *v);
/* @v keeps what is below @addr. 0, or with nothing changed -ENOMEM, or
 * -EINVAL: a special mapping. */
int vma_split(struct vma *v, u64 addr);
/* Split at both ends of the range, so that areas are in or out. */
int vma_isolate(struct mm *mm, u64 start, u64 end);
/* Join @v with its neighbours where they differ in nothing; what @v is now. */
struct vma *vma_merge(struct vma *v);
/* Lower the start of a stack to @addr's page. False: it may not grow. */
bool vma_expand_down(struct vma *v, u64 addr);
/* An unused range of @len bytes, the highest below mmap_base; -ENOMEM. */
s64 vma_gap(struct mm *mm, u64 len);
/* No area meets [start, end). */
bool vma_range_free(struct mm *mm, u64 start, u64 end);
/* Take every area inside the range out of the tree and onto @gone, their pages
 * unmapped. The caller has isolated the range; areas_free() after unlock. */
void areas_detach(struct mm *mm, u64 start, u64 end, struct list *gone);
void areas_free(struct list *gone); /* mm->lock not held */
/* May @pages more be mapped (RLIMIT_AS)? */
bool mm_may_grow(const struct mm *mm, u64 pages);

/* ---- ptrange.c: ranges of page tables ----------------------------------- */

/* The next leaf entries at or after *@va and below @end that have a table:
 * *@n of them, the first for *@va. NULL: there are no more. @last: what was
 * returned for those that end at *@va, or NULL. */
u64 *pt_run(struct pagetable *pt, u64 *last, u64 *va, u64 end, u32 *n);
/* The entry for frame @pa in @v, with PTE_W, PTE_FILE... of @bits as well. */
static inline u64 pte_make(const struct vma *v, phys_t pa, u64 bits)
{
	u64 entry = pa | bits | PTE_U | PTE_A;

	if (v->flags & VM_ACCESS)
		entry |= PTE_P;
	if (!(v->flags & VM_EXEC))
		entry |= PTE_NX;
	return bits & PTE_W ? entry | PTE_D : entry;
}
void pte_put(u64 entry); /* drop the frame's reference */
void rss_add(struct vma *v, u64 entry, s64 n);
void pt_zap(struct vma *v, u64 start, u64 end); /* and flush the TLBs */
void pt_protect(struct vma *v, u64 start, u64 end); /* after v->flags changed */
int pt_copy(struct vma *to, struct vma *from); /* fork; -ENOMEM */
/* Move the entries of a range to @to, whose tables it makes. -ENOMEM. */
int pt_move(struct mm *mm, u64 from, u64 to, u64 len);

/* ---- fault.c ------------------------------------------------------------ */

enum fault { FAULT_OK, FAULT_MAPERR, FAULT_ACCERR, FAULT_BUS, FAULT_OOM };
void fault_module_init(void);
/* Make @addr accessible for @access: VM_READ, VM_WRITE or VM_EXEC. */
enum fault mm_fault(struct mm *mm, u64 addr, u32 access);
int fault_errno(enum fault f); /* 0, -EFAULT, -ENOMEM */
/* Fault in a range; takes mm->lock. 0, -EFAULT, -ENOMEM, -EINTR. */
int mm_populate(struct mm *mm, u64 start, u64 end, bool write);

/* ---- filemap.c: the files behind areas ---------------------------------- */

struct file *mm_file_get(struct file *f); /* NULL stays NULL */
void mm_file_put(struct file *f);	  /* may sleep; NULL ignored */
/* A copy of an area has a file as well; an area goes. */
void vma_file_open(struct vma *v);
void vma_file_close(struct vma *v); /* may sleep */
struct file *mm_exe_get(struct file *f);  /* also denies writing */
void mm_exe_put(struct file *f);
/* May @f be mapped so? Takes what is not allowed off *@vm_flags.
 * -EACCES, -EPERM, -ENODEV. */
int mmap_file_check(struct file *f, u32 prot, bool shared, u32 *vm_flags);
int vma_file_mmap(struct vma *v); /* op->mmap; -errno */
int vma_make_shared(struct vma *v); /* anonymous: shmem gets behind it */
bool vma_is_shmem(const struct vma *v);
/* Lock and unlock what mm_unmap_inode() reads; nothing if @v has no file. */
void vma_file_lock(struct vma *v);
void vma_file_unlock(struct vma *v);
void vma_file_link(struct vma *v); /* both with vma_file_lock() */
void vma_file_unlink(struct vma *v);
/* The counted frame at @addr: as inode->op->get_page. */
struct page *vma_get_page(struct vma *v, u64 addr, bool create);
/* The frame of index @i if the cache has it, counted; vma_file_lock() held. */
struct page *vma_cached_page(struct vma *v, u64 i);
struct inode *vma_inode(const struct vma *v);
/* Punch a hole into what @f has at these bytes: MADV_REMOVE. */
int mm_file_punch(struct file *f, u64 offset, u64 len);

/* ---- mmap.c ------------------------------------------------------------- */

u32 prot_to_vm(u32 prot); /* PROT_* to VM_READ, VM_WRITE, VM_EXEC */
/* May @pages more be locked (RLIMIT_MEMLOCK, CAP_IPC_LOCK)? mlock.c */
bool mm_may_lock(const struct mm *mm, u64 pages);
/* Unmap under mm->lock; areas come to @gone. 0 or -ENOMEM. */
int unmap_locked(struct mm *mm, u64 start, u64 end, struct list *gone);

#endif
