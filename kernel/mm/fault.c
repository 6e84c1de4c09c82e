// SPDX-License-Identifier: MIT
/*
 * Page faults: demand paging and copy-on-write.
 *
 * mm_fault() makes one address accessible and is all there is to it; the CPU's
 * fault, mm_read() and MAP_POPULATE all call it with mm->lock held. It only
 * ever adds rights to an entry or replaces a frame; the second needs a flush.
 * Reads of anonymous memory that was never written see the one zero page.
 */
#include <asm/siginfo.h>

#include "kernel/lib/assert.h"
#include "kernel/lib/err.h"
#include "kernel/mm/vma.h"
#include "kernel/task/signal.h"

/* Bits of the CPU's error code (Intel SDM volume 3, 4.7). */
enum { PF_PRESENT = 1, PF_WRITE = 2, PF_USER = 4, PF_RESERVED = 8,
       PF_FETCH = 16 };
#define FLAGS_IF 0x200
#define AROUND 16UL /* pages of a file that are mapped at once, if cached */

static struct page *zero_page;

void fault_module_init(void)
{
	zero_page = page_alloc_zeroed();
	assert(zero_page); /* boot */
}

/* ---- anonymous memory --------------------------------------------------- */

/* Map a new anonymous frame at *@e; @p's reference is taken over. */
static void map_anon(struct vma *v, u64 *e, struct page *p)
{
	u64 entry = pte_make(v, page_to_phys(p),
			     v->flags & VM_WRITE ? PTE_W : 0);

	mem_account(MEM_ANON, 1);
	rss_add(v, entry, 1);
	atomic_store(e, entry);
}

static enum fault fault_anon(struct vma *v, u64 *e, u32 access)
{
	struct page *p;

	if (access != VM_WRITE) {
		*e = pte_make(v, page_to_phys(zero_page), PTE_SPECIAL);
		return FAULT_OK;
	}
	p = page_alloc_zeroed();
	if (!p)
		return FAULT_OOM;
	map_anon(v, e, p);
	return FAULT_OK;
}

/* ---- files -------------------------------------------------------------- */

static enum fault file_error(const struct page *p)
{
	return PTR_ERR(p) == -ENOMEM ? FAULT_OOM : FAULT_BUS;
}

/* The frame goes into the entry with its reference. */
static void map_file(struct vma *v, u64 *e, struct page *p)
{
	bool writable = (v->flags & VM_SHARED) && (v->flags & VM_WRITE);
	u64 entry = pte_make(v, page_to_phys(p),
			     writable ? PTE_FILE | PTE_W : PTE_FILE);

	rss_add(v, entry, 1);
	*e = entry;
}

/* A first write to a private page of a file: no way over the shared frame. */
static enum fault fault_file_copy(struct vma *v, u64 *e, u64 addr)
{
	struct page *src = vma_get_page(v, addr, false), *p;

	if (IS_ERR(src))
		return file_error(src);
	p = src ? page_alloc(0) : page_alloc_zeroed();
	if (p && src)
		copy_page(page_address(p), page_address(src));
	if (src)
		page_put(src);
	if (!p)
		return FAULT_OOM;
	map_anon(v, e, p);
	return FAULT_OK;
}

/* Map what the cache has around @addr, in the same table. */
static void fault_around(struct vma *v, u64 *e, u64 addr)
{
	u64 start = max(ALIGN_DOWN(addr, AROUND * PAGE_SIZE), v->start);
	u64 end = min(ALIGN_DOWN(addr, AROUND * PAGE_SIZE) + AROUND * PAGE_SIZE,
		      v->end);
	u64 index = v->pgoff + ((start - v->start) >> PAGE_SHIFT);
	struct page *p;

	e -= (addr - start) >> PAGE_SHIFT;
	vma_file_lock(v);
	for (; start < end; start += PAGE_SIZE, e++, index++) {
		if (*e)
			continue;
		p = vma_cached_page(v, index);
		if (!p)
			continue;
		table_use(e);
		map_file(v, e, p);
	}
	vma_file_unlock(v);
}

static enum fault fault_file(struct vma *v, u64 *e, u64 addr, u32 access)
{
	struct page *p;

	if (access == VM_WRITE && !(v->flags & VM_SHARED))
		return fault_file_copy(v, e, addr);
	p = vma_get_page(v, addr, true);
	if (IS_ERR(p))
		return file_error(p);
	if (!p)
		return FAULT_BUS;
	map_file(v, e, p);
	fault_around(v, e, addr & PAGE_MASK);
	return FAULT_OK;
}

/* ---- copy-on-write ------------------------------------------------------ */

static bool only_ours(u64 entry)
{
	if (entry & (PTE_FILE | PTE_SPECIAL))
		return false;
	return atomic_load(&phys_to_page(entry & PTE_ADDR)->refs) == 1;
}

/* Replace the frame of *@e by a copy that is only ours. */
static enum fault break_cow(struct vma *v, u64 *e, u64 addr)
{
	u64 old = *e;
	struct page *p;

	if (old & PTE_SPECIAL) {
		p = page_alloc_zeroed();
	} else {
		p = page_alloc(0);
		if (p)
			copy_page(page_address(p),
				  phys_to_virt(old & PTE_ADDR));
	}
	if (!p)
		return FAULT_OOM;
	rss_add(v, old, -1);
	map_anon(v, e, p);
	tlb_flush_page(&v->mm->pt, addr);
	pte_put(old);
	return FAULT_OK;
}

/* A write to a page that is there but not writable. */
static enum fault fault_protected(struct vma *v, u64 *e, u64 addr)
{
	if ((v->flags & VM_SHARED) || only_ours(*e)) {
		/* Others may still see it read-only: they fault, and come
		 * to fault_spurious(). */
		*e = (*e & ~PTE_COW) | PTE_W | PTE_D;
		return FAULT_OK;
	}
	return break_cow(v, e, addr & PAGE_MASK);
}

/* The entry allows it: another thread was first, our TLB was behind. */
static enum fault fault_spurious(struct vma *v, u64 addr)
{
	tlb_flush_page(&v->mm->pt, addr & PAGE_MASK);
	return FAULT_OK;
}

/* ---- the kernel's own pages --------------------------------------------- */

static enum fault fault_special(struct vma *v, u64 *e, u64 addr, u32 access)
{
	struct page *p;

	/* What it shows depends on who looks. */
	if ((v->flags & VM_IO) && v->mm != current->mm)
		return FAULT_BUS;
	p = v->special->page((addr - v->start) >> PAGE_SHIFT);
	if (IS_ERR(p))
		return FAULT_OOM;
	map_file(v, e, p);
	return access == VM_WRITE ? fault_protected(v, e, addr) : FAULT_OK;
}

/* ---- all kinds ---------------------------------------------------------- */

/* The area of @addr, a stack that grows included; NULL: none. */
static struct vma *area_at(struct mm *mm, u64 addr)
{
	struct vma *v = vma_find(mm, addr);

	if (v && addr < v->start && !vma_expand_down(v, addr))
		return NULL;
	return v;
}

static bool access_ok(const struct vma *v, u32 access)
{
	if (access == VM_READ) /* the CPU cannot write or fetch without */
		return v->flags & VM_ACCESS;
	return v->flags & access;
}

/* Nothing is there yet. */
static enum fault fault_empty(struct vma *v, u64 *e, u64 addr, u32 access)
{
	if (v->file)
		return fault_file(v, e, addr, access);
	if (v->special)
		return fault_special(v, e, addr, access);
	return fault_anon(v, e, access);
}

/**
 * mm_fault - make @addr accessible
 * @access: VM_READ, VM_WRITE or VM_EXEC
 *
 * Context: mm->lock held.
 */
enum fault mm_fault(struct mm *mm, u64 addr, u32 access)
{
	struct vma *v = area_at(mm, addr);
	u64 *e;

	if (!v)
		return FAULT_MAPERR;
	if (!access_ok(v, access))
		return FAULT_ACCERR;
	e = pt_entry(&mm->pt, addr & PAGE_MASK, true);
	if (!e)
		return FAULT_OOM;
	if (!*e)
		return fault_empty(v, e, addr, access);
	if (access == VM_WRITE && !(*e & PTE_W))
		return fault_protected(v, e, addr);
	return fault_spurious(v, addr);
}

int fault_errno(enum fault f)
{
	if (f == FAULT_OK)
		return 0;
	return f == FAULT_OOM ? -ENOMEM : -EFAULT;
}

/* ---- the CPU's fault ---------------------------------------------------- */

static void out_of_memory(u64 addr)
{
	printk("mm: no memory for %s (%p), which is killed\n", current->comm,
	       (void *)addr);
	signal_force_fatal(current);
}

static void fault_signal(enum fault f, u64 addr)
{
	switch (f) {
	case FAULT_OK:
	case FAULT_OOM: /* out_of_memory() has done it */
		break;
	case FAULT_MAPERR:
		signal_force(SIGSEGV, SEGV_MAPERR, addr);
		break;
	case FAULT_ACCERR:
		signal_force(SIGSEGV, SEGV_ACCERR, addr);
		break;
	case FAULT_BUS:
		signal_force(SIGBUS, BUS_ADRERR, addr);
		break;
	}
}

/*
 * The kernel may fault on user memory while it can sleep. Not a fault to be
 * handled: a read of a page that is there (SMAP says no), and one that
 * mm->lock's holder causes, who would wait for himself.
 */
static bool kernel_may_fault(const struct regs *regs, struct mm *mm, u64 error)
{
	if (!(regs->flags & FLAGS_IF) || (error & PF_FETCH))
		return false;
	if ((error & PF_PRESENT) && !(error & PF_WRITE))
		return false;
	return !mutex_held(&mm->lock);
}

static enum fault fault_handle(struct mm *mm, u64 addr, u64 error)
{
	u32 access = error & PF_WRITE ? VM_WRITE :
		     error & PF_FETCH ? VM_EXEC :
					VM_READ;
	enum fault f;

	if (addr >= USER_END)
		return FAULT_MAPERR;
	current->min_flt++;
	mutex_lock(&mm->lock);
	f = mm_fault(mm, addr, access);
	mutex_unlock(&mm->lock);
	if (f == FAULT_OOM)
		out_of_memory(addr);
	return f;
}

/**
 * page_fault - upcall of arch: the CPU could not translate @addr
 *
 * Context: interrupts are on if they were where the fault came from.
 * Return: true: try again (a signal may be pending). False: in the kernel,
 * and nothing helps: the exception table's turn.
 */
bool page_fault(struct regs *regs, u64 addr, u64 error)
{
	struct mm *mm = current->mm;
	bool user = error & PF_USER;
	enum fault f;

	if (!mm || (error & PF_RESERVED))
		return false;
	if (!user && (addr >= USER_END || !kernel_may_fault(regs, mm, error)))
		return false;
	f = fault_handle(mm, addr, error);
	if (user && unlikely(f != FAULT_OK))
		fault_signal(f, addr);
	return user || f == FAULT_OK;
}

/* ---- populating --------------------------------------------------------- */

int mm_populate(struct mm *mm, u64 start, u64 end, bool write)
{
	enum fault f;

	for (; start < end; start += PAGE_SIZE) {
		mutex_lock(&mm->lock);
		f = mm_fault(mm, start, write ? VM_WRITE : VM_READ);
		mutex_unlock(&mm->lock);
		if (f != FAULT_OK)
			return fault_errno(f);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}
