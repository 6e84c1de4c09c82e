// SPDX-License-Identifier: MIT
/*
 * Regular files of tmpfs: their frames are inode->pages and nothing else.
 * Sparse: a frame is made when it is first written to.
 *
 * Locks: inode->lock for size and seals; inode->i_mmap_lock for the map of
 * frames and inode->blocks.
 *
 * To take frames away (truncate, punch a hole): first out of the map, then out
 * of page tables, then put. A page fault looks up and maps under its mm->lock,
 * which the unmapping takes too: so it either finds nothing any more, or has
 * mapped before the unmapping comes.
 */
#include <linux/falloc.h>
#include <linux/fs.h>

#include "fs/tmpfs_impl.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/page.h"
#include "kernel/task/task.h"

#define PAGE_SECTORS (PAGE_SIZE / 512)
#define BATCH 64 /* frames for which a lock is held at once */

static u64 size_pages(const struct inode *inode)
{
	return DIV_ROUND_UP((u64)READ_ONCE(inode->size), PAGE_SIZE);
}

/* ---- frames ------------------------------------------------------------- */

static struct page *page_find(struct inode *inode, u64 index)
	__must_hold(inode->i_mmap_lock)
{
	struct page *page = radix_lookup(&inode->pages, index);

	if (page)
		page_get(page);
	return page;
}

/* Put the new @page into the map, or find the one that came before. @limit:
 * frames at or after it are refused. Counted for the caller. ERR_PTR. */
static struct page *page_insert(struct inode *inode, u64 index,
				struct page *page, u64 limit)
{
	struct page *other;
	int err = -ENXIO;

	spin_lock(&inode->i_mmap_lock);
	other = page_find(inode, index);
	if (!other && index < limit)
		err = radix_insert(&inode->pages, index, page);
	if (!other && !err) {
		inode->blocks += PAGE_SECTORS;
		page_get(page); /* one for the map, one for the caller */
		other = page;
	}
	spin_unlock(&inode->i_mmap_lock);
	return other ? other : ERR_PTR(err);
}

/* @page (taken over, also on error; NULL: no memory) at @index, or the one that
 * someone else made meanwhile. */
static struct page *page_add(struct inode *inode, u64 index, struct page *page,
			     u64 limit)
{
	struct tmpfs *fs = to_tmpfs(inode->sb);
	int err = tmpfs_charge_blocks(fs, 1);
	struct page *got;

	if (err) {
		if (page)
			page_put(page);
		return ERR_PTR(err);
	}
	got = page ? page_insert(inode, index, page, limit) : ERR_PTR(-ENOMEM);
	if (got == page) {
		mem_account(MEM_FILE, 1);
		return page;
	}
	if (page)
		page_put(page);
	tmpfs_uncharge_blocks(fs, 1);
	return got;
}

static struct page *page_look(struct inode *inode, u64 index)
{
	struct page *page;

	spin_lock(&inode->i_mmap_lock);
	page = page_find(inode, index);
	spin_unlock(&inode->i_mmap_lock);
	return page;
}

/* Who asks for a new frame and holds inode->lock is a write that extends the file; a
 * page fault may not reach past the end. */
static struct page *page_look_or_add(struct inode *inode, u64 index)
{
	bool writes = mutex_held(&inode->lock);
	u64 limit = writes ? (u64)-1 : size_pages(inode);
	struct page *page;

	if (index >= limit)
		return ERR_PTR(-ENXIO);
	if (writes && tmpfs_seals(inode) & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return ERR_PTR(-EPERM);
	page = page_look(inode, index);
	return page ? page : page_add(inode, index, page_alloc_zeroed(), limit);
}

/* inode_ops.get_page */
static struct page *tmpfs_get_page(struct inode *inode, u64 index, bool create)
{
	if (create)
		return page_look_or_add(inode, index);
	return index < size_pages(inode) ? page_look(inode, index) :
					   ERR_PTR(-ENXIO);
}

/* inode_ops.put_page; inode->lock is held. */
static struct page *tmpfs_put_page(struct inode *inode, u64 index,
				   struct page *page)
{
	if (tmpfs_seals(inode) & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return ERR_PTR(-EPERM);
	page_get(page);
	return page_add(inode, index, page, (u64)-1);
}

/* Move up to BATCH frames of [*index, last] from the map to @gone. False:
 * there are no more. */
static bool pages_take(struct inode *inode, u64 *index, u64 last,
		       struct list *gone)
{
	struct page *page = NULL;
	u32 n;

	spin_lock(&inode->i_mmap_lock);
	for (n = 0; n < BATCH; n++) {
		page = radix_next(&inode->pages, index);
		if (!page || *index > last)
			break;
		radix_remove(&inode->pages, *index);
		list_add(&page->link, gone);
	}
	inode->blocks -= n * PAGE_SECTORS;
	spin_unlock(&inode->i_mmap_lock);
	mem_account(MEM_FILE, -(s64)n);
	tmpfs_uncharge_blocks(to_tmpfs(inode->sb), n);
	return n == BATCH;
}

static void pages_take_all(struct inode *inode, u64 first, u64 last,
			   struct list *gone)
{
	while (pages_take(inode, &first, last, gone))
		cond_resched();
}

static void pages_put(struct list *gone)
{
	while (!list_empty(gone)) {
		struct page *page = list_first(gone, struct page, link);

		list_del(&page->link);
		page_put(page);
	}
}

/* The frames [first, last] go, everywhere. */
static void pages_drop(struct inode *inode, u64 first, u64 last)
{
	struct list gone = LIST_INIT(gone);

	pages_take_all(inode, first, last, &gone);
	mm_unmap_inode(inode, first, last);
	pages_put(&gone);
}

void tmpfs_evict_pages(struct inode *inode)
{
	struct list gone = LIST_INIT(gone);

	if (!inode->pages.count)
		return;
	pages_take_all(inode, 0, (u64)-1, &gone); /* nobody maps it */
	pages_put(&gone);
}

/* Zero the bytes [from, to) of one frame, if it is there. */
static void page_zero(struct inode *inode, u64 from, u64 to)
{
	struct page *page;

	if (from >= to)
		return;
	spin_lock(&inode->i_mmap_lock);
	page = page_find(inode, from >> PAGE_SHIFT);
	spin_unlock(&inode->i_mmap_lock);
	if (!page)
		return;
	memset((char *)page_address(page) + from % PAGE_SIZE, 0, to - from);
	page_put(page);
}

/* ---- size ------------------------------------------------------------------- */

static int tmpfs_truncate(struct inode *inode, loff_t size)
{
	u32 seals = tmpfs_seals(inode);
	loff_t old = inode->size;

	if (size < old && seals & F_SEAL_SHRINK)
		return -EPERM;
	if (size > old && seals & F_SEAL_GROW)
		return -EPERM;
	WRITE_ONCE(inode->size, size);
	if (size != old)
		inode->mtime = inode->ctime = inode_now();
	if (size < old)
		page_zero(inode, (u64)size, ALIGN_UP((u64)size, PAGE_SIZE));
	if (size <= old) /* frames past the end may have been reserved */
		pages_drop(inode, DIV_ROUND_UP((u64)size, PAGE_SIZE), (u64)-1);
	return 0;
}

/* Of every kind of inode. inode->lock is held. */
int tmpfs_setattr(struct dentry *d, const struct iattr *attr)
{
	int err = 0;

	if (attr->valid & ATTR_SIZE && S_ISREG(d->inode->mode))
		err = tmpfs_truncate(d->inode, attr->size);
	if (!err)
		setattr_copy(d->inode, attr);
	return err;
}

/* ---- fallocate(2) --------------------------------------------------------- */

static int punch_hole(struct inode *inode, u64 from, u64 to)
{
	u64 first = DIV_ROUND_UP(from, PAGE_SIZE), end = to >> PAGE_SHIFT;

	if (tmpfs_seals(inode) & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return -EPERM;
	page_zero(inode, from, min(to, ALIGN_UP(from, PAGE_SIZE)));
	if (to > first << PAGE_SHIFT)
		page_zero(inode, max(from, end << PAGE_SHIFT), to);
	if (first < end)
		pages_drop(inode, first, end - 1);
	inode->mtime = inode->ctime = inode_now();
	return 0;
}

/* Make the frame at @index if it is missing; remember it in @made. */
static int page_reserve(struct inode *inode, u64 index, struct list *made)
{
	struct page *page;

	spin_lock(&inode->i_mmap_lock);
	page = radix_lookup(&inode->pages, index);
	spin_unlock(&inode->i_mmap_lock);
	if (page)
		return 0;
	page = page_add(inode, index, page_alloc_zeroed(), (u64)-1);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	page->owner = (void *)(uintptr_t)index;
	list_add(&page->link, made);
	page_put(page);
	return 0;
}

/* Undo page_reserve(): the frames that nobody has mapped since. */
static void pages_unreserve(struct inode *inode, struct list *made)
{
	struct list gone = LIST_INIT(gone);

	while (!list_empty(made)) {
		struct page *page = list_first(made, struct page, link);
		u64 index = (uintptr_t)page->owner;

		list_del(&page->link);
		if (atomic_load(&page->refs) == 1)
			pages_take(inode, &index, index, &gone);
	}
	pages_put(&gone);
}

static int reserve(struct inode *inode, u64 from, u64 to)
{
	struct list made = LIST_INIT(made), *pos, *next;
	u64 end = DIV_ROUND_UP(to, PAGE_SIZE);
	int err = 0;

	for (u64 i = from >> PAGE_SHIFT; i < end && !err; i++) {
		err = page_reserve(inode, i, &made);
		if (!err && signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	if (err) {
		pages_unreserve(inode, &made);
		return err;
	}
	for (pos = made.next; pos != &made; pos = next) {
		next = pos->next;
		list_del(pos);
	}
	return 0;
}

static int fallocate_locked(struct inode *inode, int mode, u64 from, u64 to)
{
	bool grows = !(mode & FALLOC_FL_KEEP_SIZE) && to > (u64)inode->size;
	int err;

	if (mode & FALLOC_FL_PUNCH_HOLE)
		return punch_hole(inode, from, to);
	if (grows && tmpfs_seals(inode) & F_SEAL_GROW)
		return -EPERM;
	err = reserve(inode, from, to);
	if (err)
		return err;
	if (grows)
		WRITE_ONCE(inode->size, (loff_t)to);
	inode->ctime = inode_now();
	return 0;
}

/* @off >= 0 and @len > 0 and their sum have been checked. */
static int tmpfs_fallocate(struct file *f, int mode, loff_t off, loff_t len)
{
	struct inode *inode = f->inode;
	u64 max_blocks = READ_ONCE(to_tmpfs(inode->sb)->max_blocks);
	u64 pages = DIV_ROUND_UP((u64)len, PAGE_SIZE);
	int err;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE) ||
	    mode == FALLOC_FL_PUNCH_HOLE)
		return -EOPNOTSUPP;
	if (!(mode & FALLOC_FL_PUNCH_HOLE) && max_blocks && pages > max_blocks)
		return -ENOSPC;
	mutex_lock(&inode->lock);
	err = fallocate_locked(inode, mode, (u64)off, (u64)(off + len));
	mutex_unlock(&inode->lock);
	return err;
}

/* ---- the other file operations -------------------------------------------- */

/* A file that may not grow takes the whole frames before its end; a write that
 * would cross the end within a frame is refused, as a write of Linux does. */
static int write_trim(struct file *f, struct iter *it, loff_t pos)
{
	u64 size = (u64)READ_ONCE(f->inode->size);
	u64 at = f->flags & O_APPEND ? size : (u64)pos;
	u64 whole = ALIGN_DOWN(size, PAGE_SIZE);

	if (at + it->count <= size)
		return 0;
	if (at >= whole)
		return -EPERM;
	it->count = whole - at;
	return 0;
}

static ssize_t tmpfs_write(struct file *f, struct iter *it, loff_t *pos)
{
	u32 seals = tmpfs_seals(f->inode);
	int err;

	if (likely(!(seals & ~(u32)F_SEAL_SEAL)) || !it->count)
		return paged_write(f, it, pos);
	if (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return -EPERM;
	err = seals & F_SEAL_GROW ? write_trim(f, it, *pos) : 0;
	return err ? err : paged_write(f, it, pos);
}

static int tmpfs_mmap(struct file *f, struct vma *vma)
{
	u32 seals = tmpfs_seals(f->inode);

	if (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE) &&
	    vma->flags & VM_SHARED) {
		if (vma->flags & VM_WRITE)
			return -EPERM;
		vma->flags &= ~(u32)VM_MAYWRITE;
	}
	return paged_mmap(f, vma);
}

/* The first page >= @index that is there (@data) or is not. */
static u64 page_seek(struct inode *inode, u64 index, u64 end, bool data)
{
	u64 found = index;

	spin_lock(&inode->i_mmap_lock);
	if (data) {
		if (!radix_next(&inode->pages, &found))
			found = end;
	} else {
		while (found < end && radix_lookup(&inode->pages, found))
			found++;
	}
	spin_unlock(&inode->i_mmap_lock);
	return min(found, end);
}

/* SEEK_DATA and SEEK_HOLE; the end of the file is a hole. */
static loff_t seek_sparse(struct file *f, loff_t offset, bool data)
{
	struct inode *inode = f->inode;
	loff_t size, found;
	u64 page;

	mutex_lock(&inode->lock);
	size = inode->size;
	if (offset < 0 || offset >= size) {
		mutex_unlock(&inode->lock);
		return -ENXIO;
	}
	page = page_seek(inode, (u64)offset >> PAGE_SHIFT, size_pages(inode),
			 data);
	mutex_unlock(&inode->lock);
	found = max(offset, (loff_t)(page << PAGE_SHIFT));
	if (found >= size) {
		if (data)
			return -ENXIO;
		found = size;
	}
	return f->pos = found;
}

static loff_t tmpfs_llseek(struct file *f, loff_t offset, int whence)
{
	if (whence == SEEK_DATA || whence == SEEK_HOLE)
		return seek_sparse(f, offset, whence == SEEK_DATA);
	return generic_llseek(f, offset, whence);
}

const struct inode_ops tmpfs_file_iops = {
	INODE_OPS_DEFAULTS,
	.setattr = tmpfs_setattr,
	.xattr_set = tmpfs_xattr_set,
	.xattr_get = tmpfs_xattr_get,
	.xattr_list = memory_xattr_list,
	.get_page = tmpfs_get_page,
	.put_page = tmpfs_put_page,
};

const struct file_ops tmpfs_file_fops = {
	FILE_OPS_DEFAULTS,
	.direct = true, /* it is in memory either way */
	.read = paged_read,
	.write = tmpfs_write,
	.llseek = tmpfs_llseek,
	.mmap = tmpfs_mmap,
	.fsync = noop_fsync,
	.fallocate = tmpfs_fallocate,
};
