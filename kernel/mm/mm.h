/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: struct mm, its areas (struct vma), demand paging.
 *
 * mm.lock (mutex) protects the tree of areas and the page tables. A page
 * fault takes it; so copy_*_user must not be called with it held.
 * An area is private (copy-on-write) or shared; anonymous (file == NULL) or
 * backed by the pages of an inode (shared anonymous memory is an
 * unlinked tmpfs inode). Frames are counted by page.refs: one for each
 * page-table entry and one for the page cache.
 */
#ifndef WARREN_KERNEL_MM_MM_H
#define WARREN_KERNEL_MM_MM_H

#include "arch/x86_64/arch.h"
#include "kernel/lib/list.h"
#include "kernel/lib/rbtree.h"
#include "kernel/lib/refcount.h"
#include "kernel/task/mutex.h"

struct file;
struct inode;
struct page;

enum vma_flags {
	VM_READ = 1,
	VM_WRITE = 2,
	VM_EXEC = 4,
	VM_SHARED = 8,
	VM_MAYREAD = 0x10,
	VM_MAYWRITE = 0x20, /* shared: the file was opened for writing */
	VM_MAYEXEC = 0x40,
	VM_GROWSDOWN = 0x100, /* stack */
	VM_LOCKED = 0x200,
	VM_NORESERVE = 0x400,
	VM_DONTCOPY = 0x800, /* MADV_DONTFORK */
	VM_WIPEONFORK = 0x1000,
	VM_HEAP = 0x2000,  /* shown as [heap] */
	VM_STACK = 0x4000, /* shown as [stack] */
	VM_IO = 0x8000, /* the kernel's own: only tasks that run on it see it,
			 * each its own view, so fork copies nothing */
};

/* An area whose pages the kernel has anyway: [vdso], [vvar]. It is moved and
 * unmapped as a whole, and never grows. */
struct vm_special_mapping {
	const char *name; /* in /proc/PID/maps */
	/* The page of that index for current, counted; ERR_PTR(-ENOMEM). */
	struct page *(*page)(u64 index);
};

struct vma {
	struct rb_node node;	/* mm.vmas, by start */
	struct list link;	/* mm.vma_list, sorted */
	struct list inode_link; /* inode.i_mmap, inode.i_mmap_lock */
	struct mm *mm;		/* [I] */
	u64 start, end;		/* page-aligned */
	u32 flags;
	struct file *file; /* counted, or NULL */
	u64 pgoff;	   /* index in the file of the page at start */
	const struct vm_special_mapping *special; /* [I] or NULL */
};

struct mm {
	struct refcount users; /* tasks (and /proc readers) that use it */
	struct mutex lock;
	struct pagetable pt;
	struct rb_root vmas;
	struct list vma_list;
	u32 nr_vmas;
	u64 mmap_base;	/* mappings are placed below this, downwards */
	u64 gap_top, gap_skipped; /* see vma_gap() */
	u32 def_flags;	/* VM_LOCKED for new areas: mlockall(MCL_FUTURE) */
	u64 start_code, end_code, start_data, end_data;
	u64 start_brk, brk, start_stack;
	u64 arg_start, arg_end, env_start, env_end;
	u64 total_vm;	/* pages in areas */
	u64 locked_vm;
	s64 rss_anon, rss_file, rss_shmem; /* pages mapped; under lock */
	u64 hiwater_rss;
	struct file *exe_file; /* counted; /proc/PID/exe */
	u64 auxv[48];	       /* as pushed at exec; /proc/PID/auxv */
	u32 dumpable;	       /* PR_SET_DUMPABLE: 0, 1, 2 */
	struct user_ns *user_ns; /* counted (PIN_CRED): owner for ptrace */
};

void mm_module_init(void);
struct mm *mm_new(void); /* empty, users = 1; ERR_PTR(-ENOMEM) */
static inline struct mm *mm_get(struct mm *mm)
{
	refcount_inc(&mm->users);
	return mm;
}
void mm_put(struct mm *mm); /* the last: unmaps and frees all; may sleep */
struct mm *task_mm_get(struct task *t); /* counted or NULL */
/* The same for who may look into it; ERR_PTR(-EACCES) for others. */
struct mm *task_mm_checked(struct task *t);
/* For fork: a copy-on-write copy. ERR_PTR(-ENOMEM). */
struct mm *mm_copy(struct mm *old);
/* exec: current runs on @mm from now on (reference taken over). */
void mm_switch(struct mm *mm);

struct vma *vma_find(struct mm *mm, u64 addr); /* first with end > addr */
/* mmap's work. @prot, @flags as mmap(2); @pgoff in pages. Returns the
 * address or -errno. Takes mm->lock. A reference on @file is taken. */
s64 mm_mmap(struct mm *mm, u64 addr, u64 len, u32 prot, u32 flags,
	    struct file *file, u64 pgoff);
int mm_munmap(struct mm *mm, u64 addr, u64 len);
int mm_mprotect(struct mm *mm, u64 addr, u64 len, u32 prot);
s64 mm_mremap(struct mm *mm, u64 old, u64 old_len, u64 new_len, u32 flags,
	      u64 new_addr);
/* exec: @pages of @special at @addr, which is free. @flags: VM_*. -ENOMEM. */
int mm_map_special(struct mm *mm, u64 addr, u64 pages, u32 flags,
		   const struct vm_special_mapping *special);
/* The pages of @special are asked for anew when they are next touched. */
void mm_zap_special(struct mm *mm, const struct vm_special_mapping *special);
u64 mm_brk(struct mm *mm, u64 brk); /* the break that holds now */
int mm_madvise(struct mm *mm, u64 addr, u64 len, int advice);
/* mlock2(2), munlock(2): -ENOMEM (a hole, or RLIMIT_MEMLOCK), -EPERM. */
int mm_mlock(struct mm *mm, u64 addr, u64 len, bool on_fault);
int mm_munlock(struct mm *mm, u64 addr, u64 len);
int mm_mlockall(struct mm *mm, int flags); /* MCL_*; 0 is munlockall(2) */
bool mm_range_mapped(struct mm *mm, u64 start, u64 end); /* no hole in it */
/* mincore(2): is each of @n pages in memory? -ENOMEM: one is not mapped. */
int mm_resident(struct mm *mm, u64 addr, u64 n, u8 *vec);
/* exec: the initial stack area; top is its highest address. */
int mm_stack_setup(struct mm *mm, u64 top, u64 limit);
/*
 * Copy between kernel memory and another (or a not yet current) address
 * space, faulting pages in. The number of bytes copied (may be short).
 */
size_t mm_read(struct mm *mm, u64 addr, void *buf, size_t len);
size_t mm_write(struct mm *mm, u64 addr, const void *buf, size_t len);
/* Truncation: no page table maps the pages >= @first of @inode any more. */
void mm_unmap_inode(struct inode *inode, u64 first, u64 last);
/* Fault @addr in for current as if read or written; 0 or -EFAULT/-ENOMEM. */
int mm_fault_in(struct mm *mm, u64 addr, bool write);

/* Futex keys: a shared page is (inode, index), a private one (mm, addr). */
struct futex_key {
	u64 a, b;
	u32 offset;
};
int mm_futex_key(struct mm *mm, u64 uaddr, bool private, struct futex_key *key);

#endif
