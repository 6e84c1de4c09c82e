// SPDX-License-Identifier: MIT
/* The system calls of memory: check the arguments, call down (mm/mm.h). */
#include <linux/mman.h>

#include "fs/file.h"
#include "kernel/lib/assert.h"
#include "kernel/mm/mm.h"
#include "kernel/sys/syscall.h"
#include "kernel/task/task.h"

long sys_mmap(unsigned long addr, size_t len, unsigned long prot,
	      unsigned long flags, int fd, unsigned long offset)
{
	struct file *f = NULL;
	long ret;

	if (offset & ~PAGE_MASK)
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		f = fd_get(fd);
		if (!f)
			return -EBADF;
		if (flags & MAP_HUGETLB) {
			file_put(f);
			return -EINVAL;
		}
	} else if (flags & MAP_HUGETLB) {
		return -ENOMEM; /* the pool of huge pages is empty */
	}
	ret = mm_mmap(current->mm, addr, len, (u32)prot, (u32)flags, f,
		      f ? offset >> PAGE_SHIFT : 0);
	file_put(f);
	return ret;
}

long sys_munmap(unsigned long addr, size_t len)
{
	return mm_munmap(current->mm, addr, len);
}

long sys_mprotect(unsigned long addr, size_t len, unsigned long prot)
{
	if (prot >> 32)
		return -EINVAL;
	return mm_mprotect(current->mm, addr, len, (u32)prot);
}

long sys_brk(unsigned long brk)
{
	return (long)mm_brk(current->mm, brk);
}

long sys_mremap(unsigned long old, size_t old_len, size_t new_len,
		unsigned long flags, unsigned long new_addr)
{
	if (flags >> 32)
		return -EINVAL;
	return mm_mremap(current->mm, old, old_len, new_len, (u32)flags,
			 new_addr);
}

/* Pages of files are the files here: there is nothing to write back. */
long sys_msync(unsigned long addr, size_t len, int flags)
{
	u64 end = addr + ALIGN_UP(len, PAGE_SIZE);

	if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) ||
	    (addr & ~PAGE_MASK) || ((flags & MS_ASYNC) && (flags & MS_SYNC)))
		return -EINVAL;
	if (end < addr)
		return -ENOMEM;
	return mm_range_mapped(current->mm, addr, end) ? 0 : -ENOMEM;
}

long sys_mincore(unsigned long addr, size_t len, unsigned char __user *vec)
{
	u64 pages = len / PAGE_SIZE + !!(len % PAGE_SIZE);
	u8 chunk[256];
	int err;

	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (addr > USER_END || len > USER_END - addr)
		return -ENOMEM;
	while (pages) {
		u64 n = min(pages, sizeof(chunk));

		err = mm_resident(current->mm, addr, n, chunk);
		if (!err)
			err = copy_to_user(vec, chunk, n);
		if (err)
			return err;
		pages -= n;
		vec += n;
		addr += n << PAGE_SHIFT;
		cond_resched();
	}
	return 0;
}

long sys_madvise(unsigned long addr, size_t len, int advice)
{
	return mm_madvise(current->mm, addr, len, advice);
}

long sys_mlock(unsigned long addr, size_t len)
{
	return mm_mlock(current->mm, addr, len, false);
}

long sys_mlock2(unsigned long addr, size_t len, int flags)
{
	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return mm_mlock(current->mm, addr, len, flags & MLOCK_ONFAULT);
}

long sys_munlock(unsigned long addr, size_t len)
{
	return mm_munlock(current->mm, addr, len);
}

long sys_mlockall(int flags)
{
	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) ||
	    flags == MCL_ONFAULT)
		return -EINVAL;
	return mm_mlockall(current->mm, flags);
}

long sys_munlockall(void)
{
	return mm_mlockall(current->mm, 0);
}
