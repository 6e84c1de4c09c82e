// SPDX-License-Identifier: MIT
/*
 * ELF programs (System V ABI, chapters 4 and 5; AMD64 supplement): static ones,
 * static-PIE, and dynamic ones with their interpreter (PT_INTERP). They are
 * mapped into an address space that is not current yet: a file that is no good
 * costs nothing but an error.
 */
#include <linux/auxvec.h>
#include <linux/elf.h>
#include <linux/mman.h>
#include <linux/resource.h>

#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/process/exec.h"
#include "kernel/sys/random.h"
#include "kernel/task/task.h"
#include "kernel/time/vdso.h"

#define PIE_BASE 0x555555554000UL /* where Linux puts them without ASLR */
#define MAX_PHDRS 1024
#define PATH_MAX 4096
#define CLOCK_TICKS 100 /* AT_CLKTCK: USER_HZ */

/* One ELF file in the address space. */
struct image {
	struct file *file;
	struct elf64_hdr hdr;
	struct elf64_phdr *ph; /* kmalloc */
	u64 base;	       /* what is added to its addresses */
	u64 low, high;	       /* page-aligned span, without base */
};

static int elf_header_check(const struct elf64_hdr *h)
{
	if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 ||
	    h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_machine != EM_X86_64)
		return -ENOEXEC;
	if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
		return -ENOEXEC;
	if (h->e_phentsize != sizeof(struct elf64_phdr) || !h->e_phnum ||
	    h->e_phnum > MAX_PHDRS)
		return -ENOEXEC;
	return 0;
}

static int read_exact(struct file *f, void *buf, size_t n, u64 pos)
{
	ssize_t got;

	if ((s64)pos < 0)
		return -ENOEXEC;
	got = file_read_kernel(f, buf, n, (loff_t)pos);
	if (got < 0)
		return (int)got;
	return (size_t)got == n ? 0 : -ENOEXEC;
}

static bool segment_ok(const struct elf64_phdr *p)
{
	return p->p_filesz <= p->p_memsz && p->p_vaddr < USER_END &&
	       p->p_memsz <= USER_END - p->p_vaddr &&
	       p->p_offset <= 1ULL << 40 && p->p_filesz <= 1ULL << 40 &&
	       ((p->p_vaddr ^ p->p_offset) & (PAGE_SIZE - 1)) == 0;
}

/* The span of all PT_LOAD. */
static int image_span(struct image *im)
{
	im->low = ~0UL;
	for (u32 i = 0; i < im->hdr.e_phnum; i++) {
		const struct elf64_phdr *p = &im->ph[i];

		if (p->p_type != PT_LOAD)
			continue;
		if (!segment_ok(p))
			return -ENOEXEC;
		im->low = min(im->low, p->p_vaddr & PAGE_MASK);
		im->high = max(im->high,
			       ALIGN_UP(p->p_vaddr + p->p_memsz, PAGE_SIZE));
	}
	return im->low < im->high ? 0 : -ENOEXEC;
}

static int image_read(struct image *im)
{
	size_t size;
	int err = read_exact(im->file, &im->hdr, sizeof(im->hdr), 0);

	if (!err)
		err = elf_header_check(&im->hdr);
	if (err)
		return err;
	size = im->hdr.e_phnum * sizeof(*im->ph);
	im->ph = kmalloc(size);
	if (!im->ph)
		return -ENOMEM;
	err = read_exact(im->file, im->ph, size, im->hdr.e_phoff);
	return err ? err : image_span(im);
}

static u32 prot_of(const struct elf64_phdr *p)
{
	return (p->p_flags & PF_R ? PROT_READ : 0) |
	       (p->p_flags & PF_W ? PROT_WRITE : 0) |
	       (p->p_flags & PF_X ? PROT_EXEC : 0);
}

static int map_at(struct mm *mm, u64 addr, u64 len, u32 prot, struct file *f,
		  u64 pgoff)
{
	u32 flags = MAP_PRIVATE | MAP_FIXED | (f ? 0 : MAP_ANONYMOUS);
	s64 got = len ? mm_mmap(mm, addr, len, prot, flags, f, pgoff) : 0;

	return got < 0 ? (int)got : 0;
}

/* The rest of the last page of the file is zeros; whole pages follow. */
static int map_bss(struct mm *mm, const struct elf64_phdr *p, u64 base)
{
	static char zeros[PAGE_SIZE]; /* not const: in .bss */
	u64 end = base + p->p_vaddr + p->p_filesz;
	u64 page = ALIGN_UP(end, PAGE_SIZE);
	u64 top = ALIGN_UP(base + p->p_vaddr + p->p_memsz, PAGE_SIZE);

	if (p->p_memsz == p->p_filesz)
		return 0;
	if (p->p_filesz && end < page && (p->p_flags & PF_W) &&
	    mm_write(mm, end, zeros, page - end) != page - end)
		return -EFAULT;
	return map_at(mm, page, top > page ? top - page : 0, prot_of(p), NULL,
		      0);
}

static int map_segment(struct mm *mm, const struct image *im,
		       const struct elf64_phdr *p)
{
	u64 start = (im->base + p->p_vaddr) & PAGE_MASK;
	u64 skew = p->p_vaddr & (PAGE_SIZE - 1);
	int err = 0;

	if (p->p_filesz)
		err = map_at(mm, start,
			     ALIGN_UP(p->p_filesz + skew, PAGE_SIZE),
			     prot_of(p), im->file,
			     (p->p_offset - skew) >> PAGE_SHIFT);
	else if (p->p_memsz && skew)
		err = map_at(mm, start, PAGE_SIZE, prot_of(p), NULL, 0);
	return err ? err : map_bss(mm, p, im->base);
}

/* Find the place: hint @where (0: anywhere), which is free afterwards. */
static int image_place(struct mm *mm, struct image *im, u64 where)
{
	u32 flags = MAP_PRIVATE | MAP_ANONYMOUS;
	u64 len = im->high - im->low;
	s64 at;

	if (im->hdr.e_type == ET_EXEC) {
		where = im->low;
		flags |= MAP_FIXED_NOREPLACE;
	}
	at = mm_mmap(mm, where, len, PROT_NONE, flags, NULL, 0);
	if (at < 0)
		return (int)at;
	im->base = (u64)at - im->low;
	return mm_munmap(mm, (u64)at, len);
}

static int image_map(struct mm *mm, struct image *im, u64 where)
{
	int err = image_place(mm, im, where);

	for (u32 i = 0; i < im->hdr.e_phnum && !err; i++)
		if (im->ph[i].p_type == PT_LOAD)
			err = map_segment(mm, im, &im->ph[i]);
	return err;
}

static void note_ranges(struct mm *mm, const struct image *im)
{
	mm->start_code = ~0UL;
	for (u32 i = 0; i < im->hdr.e_phnum; i++) {
		const struct elf64_phdr *p = &im->ph[i];
		u64 start = im->base + p->p_vaddr;

		if (p->p_type != PT_LOAD)
			continue;
		mm->start_code = min(mm->start_code, start);
		if (p->p_flags & PF_X)
			mm->end_code = max(mm->end_code, start + p->p_filesz);
		mm->start_data = max(mm->start_data, start);
		mm->end_data = max(mm->end_data, start + p->p_filesz);
	}
	mm->start_brk = mm->brk = im->base + im->high;
}

/* ---- the interpreter ------------------------------------------------------------- */

/* The file that PT_INTERP names; NULL: there is none; ERR_PTR. */
static struct file *interp_open(const struct image *im)
{
	const struct elf64_phdr *p = im->ph, *end = p + im->hdr.e_phnum;
	struct file *f;
	char *path;
	int err;

	while (p < end && p->p_type != PT_INTERP)
		p++;
	if (p == end)
		return NULL;
	if (p->p_filesz < 2 || p->p_filesz > PATH_MAX)
		return ERR_PTR(-ENOEXEC);
	path = kmalloc(p->p_filesz);
	if (!path)
		return ERR_PTR(-ENOMEM);
	err = read_exact(im->file, path, p->p_filesz, p->p_offset);
	if (!err && path[p->p_filesz - 1])
		err = -ENOEXEC;
	f = err ? ERR_PTR(err) : file_open_exec(AT_FDCWD, path, 0);
	kfree(path);
	return f;
}

static int interp_map(struct mm *mm, const struct image *im, struct image *in)
{
	int err;

	in->file = interp_open(im);
	if (IS_ERR(in->file)) {
		err = (int)PTR_ERR(in->file);
		in->file = NULL;
		return err;
	}
	if (!in->file)
		return 0;
	err = image_read(in);
	if (err == -ENOEXEC)
		err = -ELIBBAD;
	return err ? err : image_map(mm, in, 0);
}

static void image_close(struct image *im)
{
	kfree(im->ph);
	im->ph = NULL;
}

static void interp_close(struct image *in)
{
	image_close(in);
	if (!in->file)
		return;
	file_allow_write(in->file);
	file_put(in->file);
}

/* ---- the stack -------------------------------------------------------------------- */

struct stack {
	u64 strings; /* where the strings begin */
	u64 execfn, random, platform;
};

static u32 auxv_fill(u64 *v, const struct exec *x, const struct image *im,
		     const struct image *in, const struct stack *st)
{
	const struct cred *c = x->cred;
	const struct user_ns *ns = c->user_ns;
	const u64 pairs[][2] = {
		{ AT_SYSINFO_EHDR, vdso_start() },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, CLOCK_TICKS },
		{ AT_PHDR, im->base + im->low + im->hdr.e_phoff },
		{ AT_PHENT, sizeof(struct elf64_phdr) },
		{ AT_PHNUM, im->hdr.e_phnum },
		{ AT_BASE, in->file ? in->base : 0 },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, im->base + im->hdr.e_entry },
		{ AT_UID, from_kuid_munged(ns, c->uid) },
		{ AT_EUID, from_kuid_munged(ns, c->euid) },
		{ AT_GID, from_kgid_munged(ns, c->gid) },
		{ AT_EGID, from_kgid_munged(ns, c->egid) },
		{ AT_SECURE, x->secure },
		{ AT_RANDOM, st->random },
		{ AT_EXECFN, st->execfn },
		{ AT_PLATFORM, st->platform },
		{ AT_MINSIGSTKSZ, 2048 },
		{ AT_NULL, 0 },
	};

	memcpy(v, pairs, sizeof(pairs));
	return sizeof(pairs) / sizeof(u64);
}

/* Strings at the top: arguments, environment, file name; below them what
 * AT_PLATFORM and AT_RANDOM point to. */
static int stack_strings(struct exec *x, u64 top, struct stack *st)
{
	size_t name = strlen(x->name) + 1;
	struct mm *mm = x->mm;
	u8 random[16];
	int err;

	st->execfn = top - sizeof(u64) - name;
	mm->env_end = st->execfn;
	mm->env_start = mm->arg_end = st->execfn - x->envs->len;
	mm->arg_start = st->strings = mm->arg_end - x->args->len;
	st->platform = ALIGN_DOWN(st->strings - sizeof("x86_64"), 16UL);
	st->random = st->platform - sizeof(random);
	random_bytes(random, sizeof(random));
	err = strings_write(x->args, mm, mm->arg_start);
	if (!err)
		err = strings_write(x->envs, mm, mm->env_start);
	if (err)
		return err;
	if (mm_write(mm, st->execfn, x->name, name) != name ||
	    mm_write(mm, st->platform, "x86_64", 7) != 7 ||
	    mm_write(mm, st->random, random, sizeof(random)) != sizeof(random))
		return -EFAULT;
	return 0;
}

/* argc, argv, envp, auxv: what the program finds at its stack pointer. */
static int stack_vectors(struct exec *x, const struct image *im,
			 const struct image *in, const struct stack *st)
{
	u64 argc = x->args->count, envc = x->envs->count, n = 0, *v;
	u64 words = argc + envc + 3 + ARRAY_SIZE(x->mm->auxv);
	size_t bytes;
	u32 aux;

	v = kzalloc(words * sizeof(u64));
	if (!v)
		return -ENOMEM;
	v[n++] = argc;
	strings_addresses(x->args, x->mm->arg_start, v + n);
	n += argc + 1;
	strings_addresses(x->envs, x->mm->env_start, v + n);
	n += envc + 1;
	aux = auxv_fill(v + n, x, im, in, st);
	memcpy(x->mm->auxv, v + n, aux * sizeof(u64));
	bytes = (n + aux) * sizeof(u64);
	x->sp = ALIGN_DOWN(st->random - bytes, 16UL);
	bytes -= mm_write(x->mm, x->sp, v, bytes);
	kfree(v);
	x->mm->start_stack = x->sp;
	return bytes ? -E2BIG : 0;
}

static int load_images(struct exec *x, struct image *im, struct image *in)
{
	struct stack st;
	u64 limit = current->signal->rlim[RLIMIT_STACK].cur;
	int err = image_read(im);

	if (!err)
		err = vdso_map(x->mm);
	if (!err)
		err = mm_stack_setup(x->mm, vdso_area_start(), limit);
	if (!err)
		err = image_map(x->mm, im, PIE_BASE);
	if (!err)
		err = interp_map(x->mm, im, in);
	if (err)
		return err;
	note_ranges(x->mm, im);
	x->entry = in->file ? in->base + in->hdr.e_entry :
			      im->base + im->hdr.e_entry;
	err = stack_strings(x, vdso_area_start(), &st);
	return err ? err : stack_vectors(x, im, in, &st);
}

int elf_load(struct exec *x)
{
	struct image im = { .file = x->file }, in = { 0 };
	int err = load_images(x, &im, &in);

	image_close(&im);
	interp_close(&in);
	return err;
}
