// SPDX-License-Identifier: MIT
/*
 * Reaching into an address space that need not be current's: exec filling the
 * new stack, /proc/PID/cmdline; and what a futex is known by. Frames are reached through the direct map, page by page.
 */
#include "kernel/lib/string.h"
#include "kernel/mm/vma.h"

/* Where the byte at @addr is in the direct map; NULL: it cannot be had. */
static char *byte_at(struct mm *mm, u64 addr, u32 access)
{
	u64 *e = pt_entry(&mm->pt, addr & PAGE_MASK, false);
	u64 need = access == VM_WRITE ? PTE_P | PTE_W : PTE_P;

	if (!e || (*e & need) != need) {
		if (mm_fault(mm, addr, access) != FAULT_OK)
			return NULL;
		e = pt_entry(&mm->pt, addr & PAGE_MASK, false);
	}
	return (char *)phys_to_virt(*e & PTE_ADDR) + (addr & ~PAGE_MASK);
}

/* Bytes that lie in the page of @addr, at most @left. */
static size_t in_page(u64 addr, size_t left)
{
	return min(PAGE_SIZE - (addr & ~PAGE_MASK), left);
}

static bool addr_valid(u64 addr)
{
	return addr >= USER_MIN && addr < USER_END;
}

/**
 * mm_read - copy from the user memory of @mm
 *
 * Context: may sleep; mm->lock not held. @buf is kernel memory.
 * Return: bytes copied; fewer than @len if not all of it is readable.
 */
size_t mm_read(struct mm *mm, u64 addr, void *buf, size_t len)
{
	size_t done = 0, n;
	const char *src;

	mutex_lock(&mm->lock);
	for (; done < len && addr_valid(addr); addr += n, done += n) {
		src = byte_at(mm, addr, VM_READ);
		if (!src)
			break;
		n = in_page(addr, len - done);
		memcpy((char *)buf + done, src, n);
	}
	mutex_unlock(&mm->lock);
	return done;
}

/* The other way: copy to the user memory of @mm, where it is writable. */
size_t mm_write(struct mm *mm, u64 addr, const void *buf, size_t len)
{
	size_t done = 0, n;
	char *dst;

	mutex_lock(&mm->lock);
	for (; done < len && addr_valid(addr); addr += n, done += n) {
		dst = byte_at(mm, addr, VM_WRITE);
		if (!dst)
			break;
		n = in_page(addr, len - done);
		memcpy(dst, (const char *)buf + done, n);
	}
	mutex_unlock(&mm->lock);
	return done;
}

/* Fault @addr in as if it were read or written. 0, -EFAULT, -ENOMEM. */
int mm_fault_in(struct mm *mm, u64 addr, bool write)
{
	enum fault f;

	if (!addr_valid(addr))
		return -EFAULT;
	mutex_lock(&mm->lock);
	f = mm_fault(mm, addr, write ? VM_WRITE : VM_READ);
	mutex_unlock(&mm->lock);
	return fault_errno(f);
}

/**
 * mm_futex_key - what identifies the futex at @uaddr
 * @private: the caller promises that only this address space uses it
 *
 * Memory that is mapped shared is known by its inode and page, so that all
 * address spaces agree; everything else by address space and address.
 *
 * Return: 0; -EINVAL: not aligned; -EFAULT: nothing is mapped there.
 */
int mm_futex_key(struct mm *mm, u64 uaddr, bool private, struct futex_key *key)
{
	const struct vma *v;
	int err = 0;

	if (uaddr % sizeof(u32))
		return -EINVAL;
	if (!addr_valid(uaddr))
		return -EFAULT;
	key->a = (u64)mm;
	key->b = uaddr & PAGE_MASK;
	key->offset = (u32)(uaddr & ~PAGE_MASK);
	if (private)
		return 0;
	mutex_lock(&mm->lock);
	v = vma_find(mm, uaddr);
	if (!v || uaddr < v->start || !(v->flags & VM_ACCESS)) {
		err = -EFAULT;
	} else if ((v->flags & VM_SHARED) && v->file) {
		key->a = (u64)vma_inode(v);
		key->b = v->pgoff + ((uaddr - v->start) >> PAGE_SHIFT);
	}
	mutex_unlock(&mm->lock);
	return err;
}
