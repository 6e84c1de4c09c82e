// SPDX-License-Identifier: MIT
/*
 * Mapping the vDSO.
 *
 * The pages of the code and of the clock are parts of the kernel, the same for
 * everybody. The page of offsets is the time namespace's: made when a
 * task of it first reads the time, and mapped by a fault, which looks where
 * current is. Who changes over to another time namespace loses the page and
 * gets the other by the next fault; fork copies no entries of [vvar], so a
 * child does the same. Offsets do not change once a task can read them.
 */
#include "kernel/time/vdso.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/task.h"
#include "kernel/time/time_ns.h"

static struct vvar_offsets no_offsets; /* of the initial namespace */
/* The code. Less than a page, it is copied out of the image, where the rest of
 * its page and what aligns it would be empty. */
static char code[PAGE_SIZE] __aligned(PAGE_SIZE);

/* The frame of a page of the kernel's image. */
static struct page *image_page(const void *va)
{
	return phys_to_page((phys_t)va - KERNEL_IMAGE);
}

u64 vdso_start(void)
{
	return USER_END - sizeof(code);
}

u64 vdso_area_start(void)
{
	return vdso_start() - VVAR_PAGES * PAGE_SIZE;
}

/* The kernel's frames belong to nobody. They get a reference that stays, so that
 * they are counted as any frame of a file and never freed. */
void vdso_init(void)
{
	size_t size = (size_t)(vdso_image_end - vdso_image);

	assert(size <= sizeof(code));
	memcpy(code, vdso_image, size);
	page_get(image_page(code));
	page_get(image_page(&vvar_clock));
	page_get(image_page(&no_offsets));
	init_time_ns.vvar = image_page(&no_offsets);
}

/* ---- the pages ------------------------------------------------------------- */

static struct page *offsets_page_new(const struct time_ns *ns)
{
	struct page *p = page_alloc_zeroed();
	struct vvar_offsets *o;

	if (!p)
		return ERR_PTR(-ENOMEM);
	o = page_address(p);
	o->monotonic = ns->offset[LINE_MONOTONIC];
	o->boottime = ns->offset[LINE_BOOTTIME];
	return p;
}

/* The first to need it makes it. */
static struct page *offsets_page(struct time_ns *ns)
{
	struct page *p = atomic_load(&ns->vvar), *none = NULL;

	if (p)
		return p;
	p = offsets_page_new(ns);
	if (!IS_ERR(p) && !atomic_cas(&ns->vvar, &none, p)) {
		page_put(p);
		p = atomic_load(&ns->vvar);
	}
	return p;
}

static struct page *vvar_page(u64 index)
{
	struct page *p = image_page(&vvar_clock);

	if (index)
		p = offsets_page(to_time_ns(current->nsproxy->ns[NS_TIME]));
	if (!IS_ERR(p))
		page_get(p);
	return p;
}

static struct page *vdso_page(u64 index)
{
	struct page *p = image_page(code);

	assert(!index);
	page_get(p);
	return p;
}

/* ---- the areas ------------------------------------------------------------- */

static const struct vm_special_mapping vdso_mapping = {"[vdso]", vdso_page};
static const struct vm_special_mapping vvar_mapping = {"[vvar]", vvar_page};

int vdso_map(struct mm *mm)
{
	const u32 flags = VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYWRITE |
			 VM_MAYEXEC; /* a debugger may put breakpoints there */
	int err = mm_map_special(mm, vdso_area_start(), VVAR_PAGES,
				 VM_READ | VM_MAYREAD | VM_IO, &vvar_mapping);

	if (err)
		return err;
	return mm_map_special(mm, vdso_start(), 1, flags, &vdso_mapping);
}

void vdso_forget_offsets(struct mm *mm)
{
	mm_zap_special(mm, &vvar_mapping);
}
