// SPDX-License-Identifier: MIT
/* vdso(7), rows L5 and H06: what the C library calls instead of the kernel must
 * say what the kernel says, in each time namespace. */
#include "case.h"

#include <elf.h>
#include <sys/auxv.h>
#include <time.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#define DAY 86400
#define PAGE 4096

/* ---- finding it, as C libraries do ---------------------------------------- */

static const char *base(void)
{
	return (const char *)getauxval(AT_SYSINFO_EHDR);
}

struct dynamic {
	const Elf64_Sym *sym;
	const char *str;
	const Elf32_Word *hash;
	const Elf64_Half *versym;
	const Elf64_Verdef *verdef;
};

static void dynamic_read(struct dynamic *d)
{
	const Elf64_Ehdr *eh = (const void *)base();
	const Elf64_Phdr *ph = (const void *)(base() + eh->e_phoff);
	const Elf64_Dyn *dyn = NULL;

	for (int i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_DYNAMIC)
			dyn = (const void *)(base() + ph[i].p_offset);
	CHECK(dyn);
	for (; dyn->d_tag != DT_NULL; dyn++) {
		const void *p = base() + dyn->d_un.d_ptr;

		switch (dyn->d_tag) {
		case DT_SYMTAB:
			d->sym = p;
			break;
		case DT_STRTAB:
			d->str = p;
			break;
		case DT_HASH:
			d->hash = p;
			break;
		case DT_VERSYM:
			d->versym = p;
			break;
		case DT_VERDEF:
			d->verdef = p;
			break;
		}
	}
}

static const char *version_of(const struct dynamic *d, Elf64_Half index)
{
	const Elf64_Verdef *v = d->verdef;

	for (;; v = (const void *)((const char *)v + v->vd_next)) {
		const Elf64_Verdaux *aux =
			(const void *)((const char *)v + v->vd_aux);

		if ((v->vd_ndx & 0x7fff) == (index & 0x7fff))
			return d->str + aux->vda_name;
		if (!v->vd_next)
			return "none";
	}
}

static void *vdso_find(const char *name)
{
	struct dynamic d = {0};

	dynamic_read(&d);
	for (Elf32_Word i = 0; d.hash && i < d.hash[1]; i++)
		if (!strcmp(d.str + d.sym[i].st_name, name) &&
		    d.sym[i].st_shndx &&
		    !strcmp(version_of(&d, d.versym[i]), "LINUX_2.6"))
			return (char *)base() + d.sym[i].st_value;
	return NULL;
}

typedef long (*clock_fn)(clockid_t, struct timespec *);
typedef long (*day_fn)(struct timeval *, struct timezone *);
typedef time_t (*time_fn)(time_t *);
typedef long (*cpu_fn)(unsigned *, unsigned *, void *);

/* The area's line in maps: its limits, its rights. */
static bool area(const char *name, unsigned long *from, unsigned long *to,
		 char rights[5])
{
	char line[300];
	bool found = false;
	FILE *f = fopen("/proc/self/maps", "r");

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, name) &&
			sscanf(line, "%lx-%lx %4s", from, to, rights) == 3;
	if (f)
		fclose(f);
	return found;
}

CASE(L5, "the vDSO is mapped, and has four functions of version LINUX_2.6")
{
	static const char *const names[] = {"__vdso_clock_gettime",
					    "__vdso_gettimeofday",
					    "__vdso_time",
					    "__vdso_getcpu",
					    "clock_gettime",
					    "gettimeofday",
					    "time",
					    "getcpu"};
	unsigned long from = 0, to = 0;
	char rights[5] = "";

	SEE("[vdso]", "%d", area("[vdso]", &from, &to, rights));
	SEE("rights", "%s", rights);
	SEE("AT_SYSINFO_EHDR", "%d", (unsigned long)base() == from);
	SEE("ELF", "%d", !memcmp(base(), ELFMAG, SELFMAG));
	SEE("[vvar]", "%d", area("[vvar]", &from, &to, rights));
	SEE("rights", "%s", rights);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		SEE(names[i], "%s", vdso_find(names[i]) ? "there" : "missing");
}

/* ---- what it says ---------------------------------------------------------- */

static int64_t ns_of(struct timespec t)
{
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t asked(clockid_t clock)
{
	struct timespec t;

	CHECK(syscall(SYS_clock_gettime, clock, &t) == 0);
	return ns_of(t);
}

/* The kernel, the vDSO, the kernel: the times rise. */
static bool agrees(clockid_t clock)
{
	clock_fn fn = (clock_fn)vdso_find("__vdso_clock_gettime");
	int64_t before = asked(clock), after;
	struct timespec t = {0};

	CHECK(fn(clock, &t) == 0);
	after = asked(clock);
	return before <= ns_of(t) && ns_of(t) <= after && t.tv_nsec >= 0 &&
	       t.tv_nsec < 1000000000;
}

CASE(L5, "clock_gettime of the vDSO and of the kernel are one clock")
{
	static const clockid_t clocks[] = { CLOCK_REALTIME, CLOCK_MONOTONIC,
		CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
		CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME, CLOCK_TAI };
	clock_fn fn = (clock_fn)vdso_find("__vdso_clock_gettime");
	struct timespec t;

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		CHECK(agrees(clocks[i]));
	SEE("process CPU", "%ld", fn(CLOCK_PROCESS_CPUTIME_ID, &t));
	SEE("thread CPU", "%ld", fn(CLOCK_THREAD_CPUTIME_ID, &t));
	SEE("no such clock", "%ld", fn(63, &t));
	SEE("negative", "%ld", fn(-3, &t));
}

CASE(L5, "gettimeofday and time of the vDSO")
{
	day_fn day = (day_fn)vdso_find("__vdso_gettimeofday");
	time_fn sec = (time_fn)vdso_find("__vdso_time");
	int64_t before = asked(CLOCK_REALTIME) / 1000, now;
	struct timezone zone = {7, 7};
	struct timeval tv = {0};
	time_t t = 0, t2;

	SEE("gettimeofday", "%ld", day(&tv, NULL));
	now = tv.tv_sec * 1000000LL + tv.tv_usec;
	CHECK(before <= now && now <= asked(CLOCK_REALTIME) / 1000);
	SEE("nothing asked", "%ld", day(NULL, NULL));
	SEE("and the zone", "%ld", day(&tv, &zone));
	SEE("zone", "%d", zone.tz_minuteswest);
	t2 = sec(&t);
	SEE("time", "%d", t == t2);
	CHECK(sec(NULL) >= t);
	CHECK(labs(t - asked(CLOCK_REALTIME) / 1000000000) < 60);
}

CASE(L5, "getcpu of the vDSO")
{
	cpu_fn fn = (cpu_fn)vdso_find("__vdso_getcpu");
	cpu_set_t all, one;
	unsigned cpu = 99, node = 99;
	bool right = true;

	CHECK(sched_getaffinity(0, sizeof(all), &all) == 0);
	for (unsigned i = 0; i < 64; i++) {
		if (!CPU_ISSET(i, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		CHECK(sched_setaffinity(0, sizeof(one), &one) == 0);
		right &= fn(&cpu, &node, NULL) == 0 && cpu == i;
	}
	SEE("each CPU knows itself", "%d", right);
	SEE("node", "%u", node);
	SEE("nothing asked", "%ld", fn(NULL, NULL, NULL));
}

/* ---- time namespaces --------------------------------------------------------- */

static int64_t day_of(clockid_t clock)
{
	struct timespec t = {0};

	((clock_fn)vdso_find("__vdso_clock_gettime"))(clock, &t);
	return (t.tv_sec + DAY / 2) / DAY;
}

static int64_t mono_was, boot_was;

static void in_the_namespace(void)
{
	SEE("child: monotonic ahead, days", "%ld",
	    (long)(day_of(CLOCK_MONOTONIC) - mono_was));
	SEE("child: boottime ahead, days", "%ld",
	    (long)(day_of(CLOCK_BOOTTIME) - boot_was));
	CHECK(agrees(CLOCK_MONOTONIC) && agrees(CLOCK_BOOTTIME));
	CHECK(agrees(CLOCK_REALTIME));
}

CASE(H06, "the vDSO knows the offsets of the time namespace")
{
	mono_was = day_of(CLOCK_MONOTONIC);
	boot_was = day_of(CLOCK_BOOTTIME);
	CHECK(unshare(CLONE_NEWTIME) == 0);
	write_file("/proc/self/timens_offsets",
		   "monotonic 864000 0\nboottime 1728000 0\n");
	SEE("child", "%s", status_name(in_child(in_the_namespace)));
	SEE("here: days", "%ld", (long)(day_of(CLOCK_MONOTONIC) - mono_was));
	CHECK(agrees(CLOCK_MONOTONIC) && agrees(CLOCK_BOOTTIME));
}

CASE(H06, "setns to a time namespace: the vDSO follows at once, and back")
{
	int old = open("/proc/self/ns/time", O_RDONLY), new;

	mono_was = day_of(CLOCK_MONOTONIC);
	CHECK(unshare(CLONE_NEWTIME) == 0);
	write_file("/proc/self/timens_offsets", "monotonic 864000 0\n");
	new = open("/proc/self/ns/time_for_children", O_RDONLY);
	TRY("setns", setns(new, CLONE_NEWTIME));
	SEE("days", "%ld", (long)(day_of(CLOCK_MONOTONIC) - mono_was));
	CHECK(agrees(CLOCK_MONOTONIC));
	TRY("back", setns(old, CLONE_NEWTIME));
	SEE("days", "%ld", (long)(day_of(CLOCK_MONOTONIC) - mono_was));
	CHECK(agrees(CLOCK_MONOTONIC));
}

/* ---- as memory ----------------------------------------------------------------- */

CASE(L5, "[vvar] is the kernel's: not written, not executed, not dropped")
{
	unsigned long from = 0, to = 0;
	char rights[5];
	void *p;

	CHECK(area("[vvar]", &from, &to, rights));
	p = (void *)from;
	TRY("write", mprotect(p, to - from, PROT_READ | PROT_WRITE));
	TRY("execute", mprotect(p, to - from, PROT_READ | PROT_EXEC));
	TRY("a part", mprotect(p, PAGE, PROT_NONE));
	TRY("drop", madvise(p, to - from, MADV_DONTNEED));
	TRY("not for children", madvise(p, to - from, MADV_DONTFORK));
	TRY("for children", madvise(p, to - from, MADV_DOFORK));
	TRY("grow",
	    (long)mremap(p, to - from, 2 * (to - from), MREMAP_MAYMOVE));
}

/* A function's first byte, in the process's own copy. */
static void write_code(void)
{
	char *p = (char *)base();

	p[EI_PAD] = 'x';
	SEE("child sees", "%c", p[EI_PAD]);
}

static void code_writable(void)
{
	unsigned long from = 0, to = 0;
	char rights[5];

	CHECK(area("[vdso]", &from, &to, rights));
	TRY("mprotect", mprotect((void *)from, to - from,
				 PROT_READ | PROT_WRITE | PROT_EXEC));
}

CASE(L5, "[vdso] can be written by a debugger, each process its own copy")
{
	const char *p = base();

	code_writable();
	SEE("child", "%s", status_name(in_child(write_code)));
	SEE("parent sees", "%d", p[EI_PAD]);
	CHECK(agrees(CLOCK_MONOTONIC));
}

CASE(L5, "[vdso] moves as a whole")
{
	char *hole = mmap(NULL, 16 * PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long from = 0, to = 0;
	struct timespec t;
	size_t at = (char *)vdso_find("__vdso_clock_gettime") - base();
	char rights[5];

	CHECK(area("[vvar]", &from, &to, rights));
	CHECK(mremap((void *)from, to - from, to - from,
		     MREMAP_MAYMOVE | MREMAP_FIXED, hole) == hole);
	CHECK(area("[vdso]", &from, &to, rights));
	hole += 16 * PAGE - (to - from);
	SEE("moved", "%d",
	    mremap((void *)from, to - from, to - from,
		   MREMAP_MAYMOVE | MREMAP_FIXED, hole) == hole);
	SEE("a clock that it asks the kernel for", "%ld",
	    ((clock_fn)(hole + at))(CLOCK_PROCESS_CPUTIME_ID, &t));
	TRY("gone", munmap(hole, to - from));
	SEE("[vdso]", "%d", area("[vdso]", &from, &to, rights));
	TRY("the kernel still answers",
	    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t));
}
