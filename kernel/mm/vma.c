// SPDX-License-Identifier: MIT
/*
 * Areas of an address space: a tree and a list, both sorted by address, whose
 * elements do not overlap. All under mm->lock.
 *
 * An area of a file is on its inode's i_mmap as well. Truncation reads start,
 * end and pgoff there, so they change with i_mmap_lock held.
 */
#include "kernel/mm/slab.h"
#include "kernel/mm/vma.h"

struct slab *vma_slab;

void vma_module_init(void)
{
	vma_slab = slab_create("vma", sizeof(struct vma), 0);
}

struct vma *vma_new(struct mm *mm, u64 start, u64 end, u32 flags)
{
	struct vma *v = slab_zalloc(vma_slab);

	if (!v)
		return NULL;
	v->mm = mm;
	v->start = start;
	v->end = end;
	v->flags = flags;
	list_init(&v->link);
	list_init(&v->inode_link);
	return v;
}

struct vma *vma_dup(struct mm *mm, const struct vma *v)
{
	struct vma *copy = slab_alloc(vma_slab);

	if (!copy)
		return NULL;
	*copy = *v;
	copy->mm = mm;
	list_init(&copy->link);
	list_init(&copy->inode_link);
	vma_file_open(copy);
	return copy;
}

void vma_free(struct vma *v)
{
	vma_file_close(v);
	slab_free(vma_slab, v);
}

/* ---- the tree and the list ---------------------------------------------- */

/**
 * vma_find - the first area that ends above @addr
 *
 * It need not contain @addr: compare with its start.
 *
 * Context: mm->lock held.
 */
struct vma *vma_find(struct mm *mm, u64 addr)
{
	struct rb_node *n = mm->vmas.node;
	struct vma *best = NULL;

	while (n) {
		struct vma *v = rb_entry(n, struct vma, node);

		if (v->end > addr) {
			best = v;
			if (v->start <= addr)
				break;
			n = n->left;
		} else {
			n = n->right;
		}
	}
	return best;
}

struct vma *vma_prev(struct vma *v)
{
	if (v->link.prev == &v->mm->vma_list)
		return NULL;
	return list_entry(v->link.prev, struct vma, link);
}

struct vma *vma_next(struct vma *v)
{
	if (v->link.next == &v->mm->vma_list)
		return NULL;
	return list_entry(v->link.next, struct vma, link);
}

bool vma_range_free(struct mm *mm, u64 start, u64 end)
{
	struct vma *v = vma_find(mm, start);

	return !v || v->start >= end;
}

static void tree_add(struct vma *v)
{
	struct rb_node **link = &v->mm->vmas.node, *parent = NULL;
	struct list *before = &v->mm->vma_list;

	while (*link) {
		struct vma *other = rb_entry(*link, struct vma, node);

		parent = *link;
		if (v->start < other->start) {
			link = &parent->left;
		} else {
			link = &parent->right;
			before = &other->link;
		}
	}
	rb_insert(&v->mm->vmas, &v->node, parent, link);
	list_add(&v->link, before);
	v->mm->nr_vmas++;
}

static void tree_del(struct vma *v)
{
	rb_erase(&v->mm->vmas, &v->node);
	list_del(&v->link);
	v->mm->nr_vmas--;
}

/* Put @v into the tree of its mm; the range is free. */
void vma_insert(struct vma *v)
{
	tree_add(v);
	v->mm->total_vm += vma_pages(v);
	if (v->flags & VM_LOCKED)
		v->mm->locked_vm += vma_pages(v);
	vma_file_lock(v);
	vma_file_link(v);
	vma_file_unlock(v);
}

/* Take @v out. Its pages are unmapped already or move elsewhere. */
void vma_remove(struct vma *v)
{
	const struct vma *next = vma_next(v);
	struct mm *mm = v->mm;

	/* A larger gap for vma_gap() to look at. */
	mm->gap_top = max(mm->gap_top, next ? next->start : mm->mmap_base);
	vma_file_lock(v);
	vma_file_unlink(v);
	vma_file_unlock(v);
	tree_del(v);
	mm->total_vm -= vma_pages(v);
	if (v->flags & VM_LOCKED)
		mm->locked_vm -= vma_pages(v);
}

/* ---- splitting and joining ---------------------------------------------- */

int vma_split(struct vma *v, u64 addr)
{
	struct vma *upper;

	if (addr <= v->start || addr >= v->end)
		return 0;
	if (v->special)
		return -EINVAL;
	if (v->mm->nr_vmas >= MAX_AREAS)
		return -ENOMEM;
	upper = vma_dup(v->mm, v);
	if (!upper)
		return -ENOMEM;
	upper->start = addr;
	if (v->file)
		upper->pgoff += (addr - v->start) >> PAGE_SHIFT;
	vma_file_lock(v);
	v->end = addr;
	vma_file_link(upper);
	vma_file_unlock(v);
	tree_add(upper);
	return 0;
}

int vma_isolate(struct mm *mm, u64 start, u64 end)
{
	struct vma *v = vma_find(mm, start);
	int err = 0;

	if (v && v->start == start && v->end == end) /* most often */
		return 0;
	if (v && v->start < start)
		err = vma_split(v, start);
	if (err)
		return err;
	v = vma_find(mm, end - 1);
	if (v && v->start < end)
		err = vma_split(v, end);
	return err;
}

static bool can_merge(const struct vma *a, const struct vma *b)
{
	return a && b && a->end == b->start && a->flags == b->flags &&
	       a->file == b->file && !(a->flags & VM_GROWSDOWN) &&
	       !a->special && !b->special &&
	       (!a->file || a->pgoff + vma_pages(a) == b->pgoff);
}

/* @a takes over the range of @b. The file has another holder: no last put. */
static void absorb(struct vma *a, struct vma *b)
{
	vma_file_lock(a);
	a->end = b->end;
	vma_file_unlink(b);
	vma_file_unlock(a);
	tree_del(b);
	vma_free(b);
}

struct vma *vma_merge(struct vma *v)
{
	struct vma *prev = vma_prev(v), *next = vma_next(v);

	if (can_merge(v, next))
		absorb(v, next);
	if (can_merge(prev, v)) {
		absorb(prev, v);
		return prev;
	}
	return v;
}

/* ---- stacks ------------------------------------------------------------- */

bool mm_may_grow(const struct mm *mm, u64 pages)
{
	return mm->total_vm + pages <= rlimit(RLIMIT_AS) >> PAGE_SHIFT;
}

/* Is there room for a stack to begin at @start? Other areas keep away. */
static bool guard_ok(struct vma *stack, u64 start)
{
	const struct vma *prev = vma_prev(stack);

	if (!prev)
		return true;
	if (prev->end > start)
		return false;
	if ((prev->flags & VM_GROWSDOWN) || !(prev->flags & VM_ACCESS))
		return true;
	return start - prev->end >= STACK_GUARD;
}

bool vma_expand_down(struct vma *v, u64 addr)
{
	u64 start = addr & PAGE_MASK, pages;

	if (!(v->flags & VM_GROWSDOWN) || start < USER_MIN)
		return false;
	pages = (v->start - start) >> PAGE_SHIFT;
	if (v->end - start > rlimit(RLIMIT_STACK) ||
	    !mm_may_grow(v->mm, pages) || !guard_ok(v, start))
		return false;
	vma_file_lock(v);
	v->start = start;
	if (v->file)
		v->pgoff -= pages;
	vma_file_unlock(v);
	v->mm->total_vm += pages;
	if (v->flags & VM_LOCKED)
		v->mm->locked_vm += pages;
	return true;
}

/* ---- gaps --------------------------------------------------------------- */

/* Where the free space below @v ends: stacks want to grow. */
static u64 gap_end_below(const struct vma *v)
{
	u64 guard = v->flags & VM_GROWSDOWN ? STACK_GUARD : 0;

	return v->start > guard ? v->start - guard : 0;
}

/* The highest gap of @len below @top; gaps that are too small are noted. */
static u64 gap_below(struct mm *mm, u64 top, u64 len)
{
	struct vma *next = vma_find(mm, top), *v;
	u64 end = top, start;

	v = next ? vma_prev(next) : NULL;
	if (next)
		end = min(end, gap_end_below(next));
	else if (!list_empty(&mm->vma_list))
		v = list_last(&mm->vma_list, struct vma, link);
	for (;;) {
		start = v ? v->end : USER_MIN;
		if (end > start && end - start >= len) {
			mm->gap_top = end;
			return end - len;
		}
		if (end > start)
			mm->gap_skipped = max(mm->gap_skipped, end - start);
		if (!v)
			return 0;
		end = gap_end_below(v);
		v = vma_prev(v);
	}
}

/*
 * No gap above gap_top (and below mmap_base) is larger than gap_skipped: the
 * search for a larger one begins there, so that many mappings in a row
 * do not cost a walk through all areas each.
 */
s64 vma_gap(struct mm *mm, u64 len)
{
	u64 addr = 0;

	if (mm->gap_top && len > mm->gap_skipped)
		addr = gap_below(mm, min(mm->gap_top, mm->mmap_base), len);
	if (!addr) {
		mm->gap_skipped = 0;
		addr = gap_below(mm, mm->mmap_base, len);
	}
	if (!addr) /* above the base is better than nowhere */
		addr = gap_below(mm, USER_END, len);
	return addr ? (s64)addr : -ENOMEM;
}

/* ---- many at once ------------------------------------------------------- */

/* What one table of leaf entries covers. */
#define TABLE_SIZE (PAGE_SIZE * PAGE_SIZE / sizeof(u64))

/* Nothing is between @prev and @next now (NULL: none), and [start, end) was in
 * use. Tables that this empties can go, also those that it shares with nothing
 * but the free space around it. */
static void prune_gap(struct mm *mm, u64 start, u64 end, const struct vma *prev,
		      const struct vma *next)
{
	start = max(ALIGN_DOWN(start, TABLE_SIZE), prev ? prev->end : 0);
	end = min(ALIGN_UP(end, TABLE_SIZE), next ? next->start : USER_END);
	pt_prune(&mm->pt, start, end);
}

void areas_detach(struct mm *mm, u64 start, u64 end, struct list *gone)
{
	struct vma *v = vma_find(mm, start), *prev, *next;

	if (!v || v->start >= end)
		return;
	prev = vma_prev(v);
	for (; v && v->start < end; v = next) {
		next = vma_next(v);
		pt_zap(v, v->start, v->end);
		vma_remove(v);
		list_add_tail(&v->link, gone);
	}
	prune_gap(mm, start, end, prev, v);
}

void areas_free(struct list *gone)
{
	struct vma *v, *tmp;

	list_for_each_entry_safe(v, tmp, gone, link) {
		list_del(&v->link);
		vma_free(v);
	}
}
