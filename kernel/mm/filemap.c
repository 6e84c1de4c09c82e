// SPDX-License-Identifier: MIT
/*
 * The files behind areas: the one part of kernel/mm that knows what a file
 * and an inode are.
 *
 * The frames of a file are in inode->pages; op->get_page finds or makes one.
 * inode->i_mmap lists the areas that map the file, so that truncation finds
 * the page-table entries that have to go.
 */
#include <linux/falloc.h>
#include <linux/magic.h>
#include <linux/mman.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "kernel/debug/why.h"
#include "kernel/mm/vma.h"

struct file *mm_file_get(struct file *f)
{
	return f ? file_get(f) : NULL;
}

void mm_file_put(struct file *f)
{
	if (f)
		file_put(f);
}

/* What areas have of their files: a reference, and the driver knows of it. */
void vma_file_open(struct vma *v)
{
	if (!v->file)
		return;
	file_get(v->file);
	v->file->op->vma_open(v);
}

void vma_file_close(struct vma *v)
{
	if (!v->file)
		return;
	v->file->op->vma_close(v);
	file_put(v->file);
}

/* The program that an address space runs: nobody may write to it. */
struct file *mm_exe_get(struct file *f)
{
	if (!f)
		return NULL;
	file_deny_write(f);
	return file_get(f);
}

void mm_exe_put(struct file *f)
{
	if (!f)
		return;
	file_allow_write(f);
	file_put(f);
}

struct inode *vma_inode(const struct vma *v)
{
	return v->file ? v->file->inode : NULL;
}

bool vma_is_shmem(const struct vma *v)
{
	return v->file && v->file->inode->sb->magic == TMPFS_MAGIC;
}

/* ---- what mmap(2) asks of a file ---------------------------------------- */

int mmap_file_check(struct file *f, u32 prot, bool shared, u32 *vm_flags)
{
	if (!(f->mode & FMODE_READ))
		return why(-EACCES, "mmap: the file is not open for reading");
	if (shared && !(f->mode & FMODE_WRITE)) {
		if (prot & PROT_WRITE)
			return why(-EACCES,
				   "mmap: shared and writable, but the file "
				   "is not open for writing");
		*vm_flags &= ~(u32)VM_MAYWRITE;
	}
	if (!f->path.mnt ||
	    !((f->path.mnt->flags | f->path.mnt->sb->flags) & MS_NOEXEC))
		return 0;
	if (prot & PROT_EXEC)
		return why(-EPERM, "mmap: PROT_EXEC on a noexec mount");
	*vm_flags &= ~(u32)VM_MAYEXEC;
	return 0;
}

/* The driver's turn; it may put another file behind @v, or none. */
int vma_file_mmap(struct vma *v)
{
	return v->file->op->mmap(v->file, v);
}

/* MAP_SHARED|MAP_ANONYMOUS is a mapping of a file without a name. */
int vma_make_shared(struct vma *v)
{
	struct file *f = shmem_file_new("dev/zero", v->end - v->start, O_RDWR);

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	v->file = f;
	v->pgoff = 0;
	return 0;
}

int mm_file_punch(struct file *f, u64 offset, u64 len)
{
	if (!(f->mode & FMODE_WRITE))
		return -EACCES;
	return f->op->fallocate(f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				(loff_t)offset, (loff_t)len);
}

/* ---- i_mmap ------------------------------------------------------------- */

void vma_file_lock(struct vma *v)
{
	if (v->file)
		spin_lock(&v->file->inode->i_mmap_lock);
}

void vma_file_unlock(struct vma *v)
{
	if (v->file)
		spin_unlock(&v->file->inode->i_mmap_lock);
}

/* At the end of the list: see mm_unmap_inode(). */
void vma_file_link(struct vma *v)
{
	if (v->file)
		list_add_tail(&v->inode_link, &v->file->inode->i_mmap);
}

void vma_file_unlink(struct vma *v)
{
	if (v->file)
		list_del(&v->inode_link);
}

/* ---- frames ------------------------------------------------------------- */

static u64 page_index(const struct vma *v, u64 addr)
{
	return v->pgoff + ((addr - v->start) >> PAGE_SHIFT);
}

struct page *vma_get_page(struct vma *v, u64 addr, bool create)
{
	struct inode *inode = v->file->inode;

	return inode->op->get_page(inode, page_index(v, addr), create);
}

struct page *vma_cached_page(struct vma *v, u64 i)
{
	const struct inode *inode = v->file->inode;
	struct page *p = NULL;

	if (i < (u64)(inode->size + (loff_t)PAGE_SIZE - 1) >> PAGE_SHIFT)
		p = radix_lookup(&inode->pages, i);
	if (p)
		page_get(p);
	return p;
}

/* ---- truncation --------------------------------------------------------- */

/* The part of @v that maps the indexes [first, last]; false: none does. */
static bool vma_part(const struct vma *v, u64 first, u64 last, u64 *start,
		     u64 *end)
{
	u64 vfirst = v->pgoff, vlast = v->pgoff + vma_pages(v) - 1;

	if (first > vlast || last < vfirst)
		return false;
	first = max(first, vfirst);
	last = min(last, vlast);
	*start = v->start + ((first - vfirst) << PAGE_SHIFT);
	*end = v->start + ((last - vfirst + 1) << PAGE_SHIFT);
	return true;
}

/* One pass over the mappings. False: an address space was busy. */
static bool unmap_pass(struct inode *inode, u64 first, u64 last)
{
	bool done = true;
	u64 start, end;
	struct vma *v;

	spin_lock(&inode->i_mmap_lock);
	list_for_each_entry(v, &inode->i_mmap, inode_link) {
		if (!vma_part(v, first, last, &start, &end))
			continue;
		if (!mutex_trylock(&v->mm->lock)) {
			done = false;
			break;
		}
		pt_zap(v, start, end);
		mutex_unlock(&v->mm->lock);
	}
	spin_unlock(&inode->i_mmap_lock);
	return done;
}

/**
 * mm_unmap_inode - no page table maps indexes [@first, @last] any more
 * @inode: whose lock the caller may hold
 *
 * Private copies go as well, as truncate(2) wants. The caller has made sure
 * that get_page finds the old frames no more (by setting the size): a page
 * fault holds mm->lock from get_page to the entry, so it is either done
 * when we have that lock or comes later and sees the new size.
 *
 * The lock of an address space is only tried, as i_mmap_lock is held: that
 * is what keeps area and address space alive, since both leave the list before
 * they are freed. Holders of mm->lock do not sleep for long, so when one is
 * busy all begins anew. Areas are added at the end of the list: a pass
 * that goes through has seen every area that can have old frames.
 *
 * Context: may sleep; no spinlock and no mm->lock held.
 */
void mm_unmap_inode(struct inode *inode, u64 first, u64 last)
{
	if (list_empty(&inode->i_mmap))
		return;
	while (!unmap_pass(inode, first, last))
		sched_yield_current();
}
