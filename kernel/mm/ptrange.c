// SPDX-License-Identifier: MIT
/*
 * What is done to a range of page-table entries at once: unmapping, changing
 * protection, copying for fork, moving for mremap. All under mm->lock.
 *
 * The walk knows the shape of the tables (four levels of 512 entries, Intel
 * SDM volume 3, 4.5), so that it skips what has no table and meets each table
 * once; single entries go through pt_entry().
 *
 * A frame is given back only after no CPU can have a translation to it: entries
 * are cleared, then the TLBs flushed, then the references dropped.
 */
#include "kernel/mm/vma.h"

#define TABLE_BITS 9
#define TABLE_INDEX(va, shift) (((va) >> (shift)) & ((1u << TABLE_BITS) - 1))
#define LEVEL_END(va, shift) (((va) | ((1UL << (shift)) - 1)) + 1)
#define ROOT_SHIFT (PAGE_SHIFT + 3 * TABLE_BITS)

/* @va, or the first address after it that entry @i of its table stands for. */
static u64 skip_to(u64 va, u32 shift, u32 i)
{
	u64 base = ALIGN_DOWN(va, 1UL << (shift + TABLE_BITS));

	return max(va, base + ((u64)i << shift));
}

/* The table that entry @e is in. */
static u64 *table_of(const u64 *e)
{
	return (u64 *)ALIGN_DOWN((u64)e, PAGE_SIZE);
}

u64 *pt_run(struct pagetable *pt, u64 *last, u64 *va, u64 end, u32 *n)
{
	u64 *table = phys_to_virt(pt->root), entry;
	u32 shift = ROOT_SHIFT, i;

	if (last && TABLE_INDEX(*va, PAGE_SHIFT)) { /* still in its table */
		table = table_of(last);
		shift = PAGE_SHIFT;
	}
	while (*va < end) {
		entry = table[TABLE_INDEX(*va, shift)];
		if (shift > PAGE_SHIFT && (entry & PTE_P)) { /* down */
			table = phys_to_virt(entry & PTE_ADDR);
			shift -= TABLE_BITS;
			continue;
		}
		i = table_next(table, TABLE_INDEX(*va, shift));
		*va = skip_to(*va, shift, i);
		if (*va >= end)
			break;
		if (shift == PAGE_SHIFT && i < TABLE_ENTRIES) {
			*n = (u32)min(table_stretch(table, i) + 0UL,
				      (end - *va) >> PAGE_SHIFT);
			return table + i;
		}
		if (i < TABLE_ENTRIES && (table[i] & PTE_P))
			continue;
		if (i < TABLE_ENTRIES) { /* on, in the same table if it has more */
			*va = LEVEL_END(*va, shift);
			if (TABLE_INDEX(*va, shift))
				continue;
		}
		table = phys_to_virt(pt->root);
		shift = ROOT_SHIFT;
	}
	return NULL;
}

/* Go through what may be in use of [start, end): @e points to @n entries from
 * @va on. */
#define for_each_run(pt, va, e, n, start, end)                                 \
	for (va = (start), e = NULL;                                           \
	     (e = pt_run((pt), e, &va, (end), &n)) != NULL;                    \
	     va += (u64)n << PAGE_SHIFT)

void pte_put(u64 entry)
{
	struct page *p = phys_to_page(entry & PTE_ADDR);

	if (!entry || (entry & PTE_SPECIAL))
		return;
	if (entry & PTE_FILE) {
		page_put(p);
	} else if (!atomic_sub(&p->refs, 1)) {
		mem_account(MEM_ANON, -1);
		page_free(p, 0);
	}
}

/* @n more (or fewer) entries like @entry. */
void rss_add(struct vma *v, u64 entry, s64 n)
{
	struct mm *mm = v->mm;
	u64 rss;

	if (entry & PTE_SPECIAL)
		return;
	if (!(entry & PTE_FILE))
		mm->rss_anon += n;
	else if (vma_is_shmem(v))
		mm->rss_shmem += n;
	else
		mm->rss_file += n;
	rss = (u64)(mm->rss_anon + mm->rss_file + mm->rss_shmem);
	if (n > 0 && rss > mm->hiwater_rss)
		mm->hiwater_rss = rss;
}

/* Is it one of the usual ones, that can be counted together? */
static bool is_anon(u64 entry)
{
	return !(entry & (PTE_FILE | PTE_SPECIAL));
}

/* Entries that come or go, counted together: one area has no others. */
struct rss_change {
	s64 anon, file;
};

static void rss_count(struct rss_change *c, u64 entry, s64 n)
{
	if (is_anon(entry))
		c->anon += n;
	else if (!(entry & PTE_SPECIAL))
		c->file += n;
}

static void rss_apply(struct vma *v, const struct rss_change *c)
{
	if (c->anon)
		rss_add(v, PTE_P, c->anon);
	if (c->file)
		rss_add(v, PTE_FILE, c->file);
}

/* ---- unmapping ---------------------------------------------------------- */

/* Entries that are cleared but may still be in a TLB. */
struct gather {
	struct pagetable *pt;
	u64 start, end; /* where they were */
	u32 n;
	u64 entry[48];
};

static void gather_flush(struct gather *g)
{
	if (!g->n)
		return;
	tlb_flush_range(g->pt, g->start, g->end);
	for (u32 i = 0; i < g->n; i++)
		pte_put(g->entry[i]);
	g->n = 0;
}

static void gather_add(struct gather *g, u64 va, u64 entry)
{
	if (!g->n)
		g->start = va;
	g->end = va + PAGE_SIZE;
	g->entry[g->n++] = entry;
	if (g->n == ARRAY_SIZE(g->entry))
		gather_flush(g);
}

void pt_zap(struct vma *v, u64 start, u64 end)
{
	struct gather g; /* not cleared: 400 bytes for what is often one page */
	struct rss_change rss = { 0 };
	u64 va, *e, entry;
	u32 n;

	g.pt = &v->mm->pt;
	g.n = 0;
	for_each_run(g.pt, va, e, n, start, end) {
		for (u32 i = 0; i < n; i++) {
			if (!e[i])
				continue;
			/* The CPU may set A and D at any time. */
			entry = atomic_xchg(&e[i], 0);
			rss_count(&rss, entry, -1);
			gather_add(&g, va + i * PAGE_SIZE, entry);
		}
	}
	gather_flush(&g);
	rss_apply(v, &rss);
}

/* ---- protection --------------------------------------------------------- */

/* May a write to @entry go ahead without a fault? */
static bool write_now(const struct vma *v, u64 entry)
{
	if (!(v->flags & VM_WRITE))
		return false;
	if (v->flags & VM_SHARED)
		return true;
	return !(entry & (PTE_COW | PTE_FILE | PTE_SPECIAL));
}

void pt_protect(struct vma *v, u64 start, u64 end)
{
	const u64 keep = PTE_ADDR | PTE_COW | PTE_FILE | PTE_SPECIAL;
	struct pagetable *pt = &v->mm->pt;
	bool changed = false;
	u64 va, *e, bits;
	u32 n;

	for_each_run(pt, va, e, n, start, end) {
		for (u32 i = 0; i < n; i++) {
			if (!e[i])
				continue;
			bits = write_now(v, e[i]) ? PTE_W : 0;
			e[i] = pte_make(v, e[i] & keep, bits);
			changed = true;
		}
	}
	if (changed)
		tlb_flush_range(pt, start, end);
}

static bool run_empty(const u64 *e, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		if (e[i])
			return false;
	}
	return true;
}

/* ---- fork --------------------------------------------------------------- */

/* What parent and child both have from now on instead of @entry. */
static u64 entry_share(const struct vma *v, u64 entry)
{
	if (!(entry & PTE_SPECIAL))
		page_get(phys_to_page(entry & PTE_ADDR));
	if ((v->flags & VM_SHARED) || (entry & (PTE_FILE | PTE_SPECIAL)))
		return entry;
	return (entry & ~PTE_W) | PTE_COW;
}

/* Copy @n entries from @src to @dst, where there is a table. */
static void run_copy(struct vma *to, struct vma *from, u64 *dst, u64 *src,
		     u32 n)
{
	struct rss_change rss = { 0 };

	for (u32 i = 0; i < n; i++) {
		if (!src[i])
			continue;
		dst[i] = src[i] = entry_share(from, src[i]);
		table_use(dst + i);
		rss_count(&rss, dst[i], 1);
	}
	rss_apply(to, &rss);
}

/*
 * Give @to what @from has mapped; private frames become copy-on-write in both.
 * The caller flushes the TLBs of from->mm, also after an error.
 */
int pt_copy(struct vma *to, struct vma *from)
{
	u64 va, *e, *dst = NULL, *table = NULL;
	u32 n;

	for_each_run(&from->mm->pt, va, e, n, from->start, from->end) {
		if (run_empty(e, n))
			continue;
		if (table != table_of(e)) /* of the last run */
			dst = pt_entry(&to->mm->pt, va, true);
		if (!dst)
			return -ENOMEM;
		table = table_of(e);
		dst = table_of(dst) + TABLE_INDEX(va, PAGE_SHIFT);
		run_copy(to, from, dst, e, n);
	}
	return 0;
}

/* ---- mremap ------------------------------------------------------------- */

static int make_tables(struct pagetable *pt, u64 start, u64 end)
{
	for (u64 va = start; va < end; va += PAGE_SIZE) {
		if (!pt_entry(pt, va, true))
			return -ENOMEM;
		va = LEVEL_END(va, PAGE_SHIFT + TABLE_BITS) - PAGE_SIZE;
	}
	return 0;
}

/* First all tables, so that moving cannot fail half-way. */
int pt_move(struct mm *mm, u64 from, u64 to, u64 len)
{
	u64 va, *e;
	int err = 0;
	u32 n;

	for_each_run(&mm->pt, va, e, n, from, from + len) {
		if (run_empty(e, n))
			continue;
		err = make_tables(&mm->pt, va - from + to,
				  va - from + to + n * PAGE_SIZE);
		if (err)
			return err;
	}
	for_each_run(&mm->pt, va, e, n, from, from + len) {
		for (u32 i = 0; i < n; i++) {
			if (!e[i])
				continue;
			*pt_entry(&mm->pt, va + i * PAGE_SIZE - from + to,
				  true) = atomic_xchg(&e[i], 0);
		}
	}
	if (len)
		tlb_flush_range(&mm->pt, from, from + len);
	return 0;
}
