// SPDX-License-Identifier: MIT
/*
 * Reading and writing regular files whose content is frames (op->get_page):
 * tmpfs and ramfs.
 *
 * A write holds inode->lock throughout. Its copy may fault on a page of this
 * very file: the fault takes mm->lock and asks get_page, which needs only
 * i_mmap_lock, so that is no deadlock.
 */
#include <asm/signal.h>
#include <linux/fcntl.h>
#include <linux/resource.h>

#include "fs/file.h"
#include "fs/xattr.h"
#include "kernel/mm/mm.h"
#include "kernel/mm/page.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"

/* What of the next @left bytes at @pos lies in one page. */
static size_t in_page(loff_t pos, size_t left)
{
	return min(left, PAGE_SIZE - ((size_t)pos & (PAGE_SIZE - 1)));
}

/* One page's worth; how much was copied, or -errno. */
static ssize_t read_piece(struct inode *inode, struct iter *it, loff_t pos,
			  size_t n)
{
	struct page *p = inode->op->get_page(inode, (u64)pos >> PAGE_SHIFT,
					     false);
	size_t done;

	if (IS_ERR(p))
		return PTR_ERR(p) == -ENXIO ? 0 : PTR_ERR(p);
	if (!p)
		return (ssize_t)iter_zero(n, it);
	done = copy_to_iter((char *)page_address(p) +
				    ((size_t)pos & (PAGE_SIZE - 1)), n, it);
	page_put(p);
	return (ssize_t)done;
}

ssize_t paged_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct inode *inode = f->inode;
	ssize_t done = 0, n = 0;

	while (it->count) {
		loff_t size = READ_ONCE(inode->size);
		size_t want;

		if (*pos >= size)
			break;
		want = in_page(*pos, min(it->count, (size_t)(size - *pos)));
		n = read_piece(inode, it, *pos, want);
		if (n <= 0) {
			n = n ? n : -EFAULT;
			break;
		}
		*pos += n;
		done += n;
		n = (size_t)n < want ? -EFAULT : 0;
		if (n || !it->count || fatal_signal_pending(current))
			break;
		cond_resched();
	}
	file_accessed(f);
	return done ? done : n;
}

/* How much of @n bytes at @pos the file size limit lets through. */
static ssize_t limit_size(loff_t pos, size_t n)
{
	u64 limit = current->signal->rlim[RLIMIT_FSIZE].cur;

	if (limit > 0x7fffffffffffffffULL)
		limit = 0x7fffffffffffffffULL;
	if ((u64)pos >= limit && n) {
		if (limit == 0x7fffffffffffffffULL)
			return -EFBIG;
		signal_send(current, SIGXFSZ, NULL, true);
		return -EFBIG;
	}
	return (ssize_t)min(n, (size_t)(limit - (u64)pos));
}

/* What is in frame @p already, or is zeroes, is written over. */
static size_t write_over(struct inode *inode, struct iter *it, loff_t pos,
			 size_t n, struct page **p)
{
	*p = inode->op->get_page(inode, (u64)pos >> PAGE_SHIFT, true);
	if (IS_ERR(*p))
		return 0;
	return copy_from_iter((char *)page_address(*p) +
				      ((size_t)pos & (PAGE_SIZE - 1)), n, it);
}

/*
 * A whole page behind the end, where most often there is none: the frame is filled
 * before anybody can see it, so it need not be cleared first, which would cost as
 * much as to fill it.
 */
static size_t write_new(struct inode *inode, struct iter *it, loff_t pos,
			struct page **p)
{
	struct page *mine = page_alloc(0);
	char *to = mine ? page_address(mine) : NULL;
	size_t done;

	*p = ERR_PTR(-ENOMEM);
	if (!mine)
		return 0;
	done = copy_from_iter(to, PAGE_SIZE, it);
	memset(to + done, 0, PAGE_SIZE - done);
	*p = inode->op->put_page(inode, (u64)pos >> PAGE_SHIFT, mine);
	if (!IS_ERR(*p) && *p != mine) /* fallocate(2) made one */
		memcpy(page_address(*p), to, done);
	page_put(mine);
	return done;
}

static ssize_t write_piece(struct inode *inode, struct iter *it, loff_t pos,
			   size_t n)
{
	struct page *p;
	size_t done;

	if (n == PAGE_SIZE && pos >= inode->size)
		done = write_new(inode, it, pos, &p);
	else
		done = write_over(inode, it, pos, n, &p);
	if (IS_ERR(p))
		return PTR_ERR(p);
	page_put(p);
	if (pos + (loff_t)done > inode->size)
		WRITE_ONCE(inode->size, pos + (loff_t)done);
	return done ? (ssize_t)done : -EFAULT;
}

/* A write by another than the owner takes set-id bits away; any write, what
 * capabilities the file has. */
static void write_drops_setid(struct inode *inode)
{
	if (unlikely(inode->mode & (S_ISUID | S_ISGID)) && !capable(CAP_FSETID))
		inode->mode &= ~inode_setid_bits(inode);
	if (unlikely(inode->flags & I_CAPS))
		file_caps_drop(inode);
}

static ssize_t write_locked(struct file *f, struct iter *it, loff_t *pos)
{
	struct inode *inode = f->inode;
	ssize_t done = 0, n;
	size_t left;

	if (f->flags & O_APPEND)
		*pos = inode->size;
	n = limit_size(*pos, it->count);
	if (n <= 0)
		return n;
	left = (size_t)n;
	write_drops_setid(inode);
	while (left) {
		n = write_piece(inode, it, *pos, in_page(*pos, left));
		if (n < 0)
			break;
		*pos += n;
		done += n;
		left -= (size_t)n;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	if (done)
		inode->mtime = inode->ctime = inode_now();
	return done ? done : n;
}

ssize_t paged_write(struct file *f, struct iter *it, loff_t *pos)
{
	ssize_t n;

	mutex_lock(&f->inode->lock);
	n = write_locked(f, it, pos);
	mutex_unlock(&f->inode->lock);
	return n;
}

/* Nothing to prepare: faults ask get_page. */
int paged_mmap(struct file *f, struct vma *vma __maybe_unused)
{
	file_accessed(f);
	return 0;
}
