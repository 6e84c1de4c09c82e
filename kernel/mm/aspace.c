// SPDX-License-Identifier: MIT
/*
 * Address spaces as a whole: making, copying for fork, switching, freeing.
 *
 * mm.users counts the tasks that run on it and whoever looks in from outside
 * (/proc). The last put unmaps everything; a task leaves an address space
 * (mm_switch) before it drops its reference, so no CPU has the tables loaded
 * by then.
 */
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/mm/vma.h"
#include "kernel/ns/ns.h"
#include "kernel/task/cred.h"

#define STACK_FIRST (132 * 1024UL)	 /* the stack that exec begins with */
#define STACK_ROOM_MIN (128UL << 20)	 /* kept free below the stack's top */
#define STACK_ROOM_MAX (USER_END / 6 * 5)

static struct slab *mm_slab;

void mm_module_init(void)
{
	mm_slab = slab_create("mm", sizeof(struct mm), 0);
	vma_module_init();
	fault_module_init();
}

static void mm_pin_user_ns(struct mm *mm, struct user_ns *ns)
{
	if (ns)
		ns_get(&ns->ns, PIN_CRED);
	mm->user_ns = ns;
}

/* One that belongs to @owner, not yet with page tables. */
static struct mm *mm_blank(struct user_ns *owner)
{
	struct mm *mm = slab_zalloc(mm_slab);

	if (!mm)
		return ERR_PTR(-ENOMEM);
	if (pt_new(&mm->pt)) {
		slab_free(mm_slab, mm);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&mm->users, 1);
	mutex_init(&mm->lock, "mm.lock");
	list_init(&mm->vma_list);
	mm_pin_user_ns(mm, owner);
	return mm;
}

/**
 * mm_new - an empty address space
 *
 * It belongs to current's user namespace.
 *
 * Return: users = 1, or ERR_PTR(-ENOMEM).
 */
struct mm *mm_new(void)
{
	struct mm *mm = mm_blank(current->cred->user_ns);

	if (!IS_ERR(mm)) {
		mm->mmap_base = USER_END - STACK_ROOM_MIN;
		mm->dumpable = 1;
	}
	return mm;
}

/* ---- the end ------------------------------------------------------------ */

/*
 * The lock keeps truncation out (it comes in through the inodes' lists, not
 * with a reference) until the last area is off its inode's list.
 */
static void mm_free(struct mm *mm)
{
	struct list gone = LIST_INIT(gone);
	struct vma *v, *tmp;

	mutex_lock(&mm->lock);
	list_for_each_entry_safe(v, tmp, &mm->vma_list, link) {
		vma_file_lock(v);
		vma_file_unlink(v);
		vma_file_unlock(v);
		list_move_tail(&v->link, &gone);
	}
	mutex_unlock(&mm->lock);
	pt_free(&mm->pt, pte_put);
	areas_free(&gone);
	mm_exe_put(mm->exe_file);
	if (mm->user_ns)
		ns_put(&mm->user_ns->ns, PIN_CRED);
	slab_free(mm_slab, mm);
}

/* Drop a reference (NULL is ignored); the last one frees all. May sleep. */
void mm_put(struct mm *mm)
{
	if (mm && refcount_dec_and_test(&mm->users))
		mm_free(mm);
}

/* The address space of @t, counted; NULL: a kernel thread, or it has exited. */
struct mm *task_mm_get(struct task *t)
{
	struct mm *mm;

	spin_lock(&t->lock);
	mm = t->mm;
	if (mm)
		mm_get(mm);
	spin_unlock(&t->lock);
	return mm;
}

static void *mm_take(struct task *t, void *arg __maybe_unused)
{
	return task_mm_get(t);
}

static void mm_give(void *mm)
{
	mm_put(mm);
}

struct mm *task_mm_checked(struct task *t)
{
	struct mm *mm = task_take(t, PTRACE_MODE_READ | PTRACE_MODE_FSCREDS,
				  mm_take, mm_give, NULL);

	return IS_ERR(mm) ? ERR_PTR(-EACCES) : mm;
}

/**
 * mm_switch - current runs on @mm from now on
 * @mm: the reference is taken over; NULL: none, the kernel's tables
 *
 * The reference on the old one is dropped. Context: may sleep.
 */
void mm_switch(struct mm *mm)
{
	struct task *t = current;
	struct mm *old = t->mm;
	u64 flags;

	spin_lock(&t->lock);
	flags = irq_save(); /* no switch of tasks between these two */
	t->mm = mm;
	pt_activate(mm ? &mm->pt : NULL);
	irq_restore(flags);
	spin_unlock(&t->lock);
	mm_put(old);
}

/* ---- fork --------------------------------------------------------------- */

static void fields_copy(struct mm *to, const struct mm *from)
{
	to->mmap_base = from->mmap_base;
	to->start_code = from->start_code;
	to->end_code = from->end_code;
	to->start_data = from->start_data;
	to->end_data = from->end_data;
	to->start_brk = from->start_brk;
	to->brk = from->brk;
	to->start_stack = from->start_stack;
	to->arg_start = from->arg_start;
	to->arg_end = from->arg_end;
	to->env_start = from->env_start;
	to->env_end = from->env_end;
	to->dumpable = from->dumpable;
	memcpy(to->auxv, from->auxv, sizeof(to->auxv));
	to->exe_file = mm_exe_get(from->exe_file);
}

static int area_copy(struct mm *mm, struct vma *from)
{
	struct vma *v;

	if (from->flags & VM_DONTCOPY)
		return 0;
	v = vma_dup(mm, from);
	if (!v)
		return -ENOMEM;
	v->flags &= ~(u32)VM_LOCKED; /* mlock(2): not inherited */
	vma_insert(v);
	return v->flags & (VM_WIPEONFORK | VM_IO) ? 0 : pt_copy(v, from);
}

/**
 * mm_copy - fork's copy of @old; private pages are shared copy-on-write
 *
 * Both locks are held meanwhile: truncation must find either the state before
 * or the whole copy.
 *
 * Return: users = 1, or ERR_PTR(-ENOMEM).
 */
struct mm *mm_copy(struct mm *old)
{
	struct mm *mm = mm_blank(old->user_ns);
	struct vma *v;
	int err = 0;

	if (IS_ERR(mm))
		return mm;
	mutex_lock(&old->lock);
	mutex_lock(&mm->lock);
	fields_copy(mm, old);
	list_for_each_entry(v, &old->vma_list, link) {
		err = area_copy(mm, v);
		if (err)
			break;
	}
	tlb_flush_all(&old->pt); /* writable entries became read-only */
	mutex_unlock(&mm->lock);
	mutex_unlock(&old->lock);
	if (err) {
		mm_put(mm);
		return ERR_PTR(err);
	}
	return mm;
}

/* ---- exec --------------------------------------------------------------- */

/**
 * mm_stack_setup - the initial stack area, which grows down on faults
 * @mm: new, its stack area not there yet
 * @top: first address above it, page-aligned
 * @limit: RLIMIT_STACK; that much below @top is left free by mmap
 *
 * Return: 0 or -ENOMEM.
 */
int mm_stack_setup(struct mm *mm, u64 top, u64 limit)
{
	u64 room = max(limit, STACK_ROOM_MIN), size;
	struct vma *v;

	room = min(room, STACK_ROOM_MAX) + STACK_GUARD;
	size = min(STACK_FIRST, max(limit & PAGE_MASK, PAGE_SIZE));
	v = vma_new(mm, top - size, top,
		    VM_READ | VM_WRITE | VM_MAYALL | VM_GROWSDOWN | VM_STACK);
	if (!v)
		return -ENOMEM;
	mutex_lock(&mm->lock);
	vma_insert(v);
	mm->mmap_base = (top - room) & PAGE_MASK;
	mm->start_stack = top;
	mutex_unlock(&mm->lock);
	return 0;
}

/* ---- the kernel's own pages ---------------------------------------------- */

int mm_map_special(struct mm *mm, u64 addr, u64 pages, u32 flags,
		   const struct vm_special_mapping *special)
{
	struct vma *v = vma_new(mm, addr, addr + pages * PAGE_SIZE, flags);

	if (!v)
		return -ENOMEM;
	v->special = special;
	mutex_lock(&mm->lock);
	vma_insert(v);
	mutex_unlock(&mm->lock);
	return 0;
}

void mm_zap_special(struct mm *mm, const struct vm_special_mapping *special)
{
	struct vma *v;

	mutex_lock(&mm->lock);
	list_for_each_entry(v, &mm->vma_list, link) {
		if (v->special == special)
			pt_zap(v, v->start, v->end);
	}
	mutex_unlock(&mm->lock);
}
