/* SPDX-License-Identifier: MIT */
/*
 * What the files of arch/x86_64 tell each other; nobody else includes it.
 * Instructions that C lacks, the descriptor tables' numbers, and the parts'
 * initialisers in the order in which they run. Source of the numbers: Intel
 * SDM volume 3, AMD APM volume 2.
 */
#ifndef WARREN_ARCH_X86_64_CPU_H
#define WARREN_ARCH_X86_64_CPU_H

#include "arch/x86_64/arch.h"
#include "arch/x86_64/vdso/vvar.h"

/* ---- Instructions --------------------------------------------------- */

static inline void outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" ::"a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return ((u64)hi << 32) | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32))
			 : "memory");
}

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return ((u64)hi << 32) | lo;
}

struct cpuid {
	u32 a, b, c, d;
};

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

#define READ_CR(n)                                                             \
	({                                                                     \
		u64 cr_v;                                                      \
		__asm__ volatile("movq %%cr" #n ", %0" : "=r"(cr_v));          \
		cr_v;                                                          \
	})
#define WRITE_CR(n, v)                                                         \
	__asm__ volatile("movq %0, %%cr" #n ::"r"((u64)(v)) : "memory")

static inline void invlpg(u64 va)
{
	__asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
}

/* ---- Registers' bits -------------------------------------------------- */

#define CR0_MP (1UL << 1)
#define CR0_NE (1UL << 5) /* x87 errors are exceptions, not IRQ 13 */
#define CR4_PGE (1UL << 7)
#define CR4_UMIP (1UL << 11)
#define CR4_OSXSAVE (1UL << 18)
#define CR4_SMEP (1UL << 20)
#define CR4_SMAP (1UL << 21)
#define FLAGS_TF (1UL << 8)
#define FLAGS_IF (1UL << 9)
#define FLAGS_DF (1UL << 10)
#define FLAGS_IOPL (3UL << 12)
#define FLAGS_NT (1UL << 14)
#define FLAGS_RF (1UL << 16)
#define FLAGS_AC (1UL << 18)
#define MSR_APIC_BASE 0x1b
#define MSR_EFER 0xc0000080
#define EFER_SCE 1UL
#define EFER_NXE (1UL << 11)
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_CSTAR 0xc0000083
#define MSR_SFMASK 0xc0000084
#define MSR_FS_BASE 0xc0000100
#define MSR_GS_BASE 0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102

/* ---- Descriptors: the selectors are Linux's, as signal frames show them --- */

#define KERNEL_CS 0x10
#define KERNEL_DS 0x18
#define USER32_CS 0x23
#define USER_DS 0x2b
#define USER_CS 0x33
#define TSS_SEL 0x40
/* and CPU_SEL, which the vDSO knows: vdso/vvar.h */

enum ist { IST_NONE, IST_DOUBLE_FAULT, IST_NMI, IST_MCE, NR_IST };

/* ---- Vectors -------------------------------------------------------------- */

enum vector {
	VEC_DIVIDE = 0,
	VEC_DEBUG = 1,
	VEC_NMI = 2,
	VEC_BREAKPOINT = 3,
	VEC_OVERFLOW = 4,
	VEC_BOUND = 5,
	VEC_INVALID_OP = 6,
	VEC_NO_DEVICE = 7,
	VEC_DOUBLE_FAULT = 8,
	VEC_INVALID_TSS = 10,
	VEC_NO_SEGMENT = 11,
	VEC_STACK = 12,
	VEC_PROTECTION = 13,
	VEC_PAGE_FAULT = 14,
	VEC_FPU = 16,
	VEC_ALIGNMENT = 17,
	VEC_MCE = 18,
	VEC_SIMD = 19,
	VEC_SERIAL = 0x24,
	VEC_TIMER = 0x40,
	VEC_RESCHED = 0x41,
	VEC_TLB = 0x42,
	VEC_SPURIOUS = 0xff,
};

/* ---- CPU features, read once -------------------------------------------- */

struct cpu_features {
	bool smep, smap, umip, nx, gbpages, xsave, rdrand, pge;
	u64 xcr0;      /* state components that XSAVE saves */
	u32 fpu_size;  /* bytes of a task's FPU area */
	u32 mxcsr_mask;
};
extern struct cpu_features cpu_features;

/* features.c */
void features_detect(void);	/* once, boot CPU; logs what is missing */
void features_enable(void);	/* each CPU: control registers, EFER, XCR0 */
void smap_patch(void);		/* before text is read-only */

/* gdt.c: this CPU's descriptor tables, TSS and GS base; system call MSRs. */
void gdt_load(struct cpu *c);
void tss_set_stack(struct cpu *c, u64 top);
/* idt.c */
void idt_init(void);
void idt_load(void);

/* paging.c */
extern phys_t kernel_root; /* page table of the kernel alone */
phys_t pt_frame_alloc(void); /* zeroed; 0: none left */
void pt_frame_free(phys_t frame);
u64 *kernel_pte(u64 va, bool alloc);
extern char boot_pml4[];
/* power.c: an NMI came: stop if the machine panics */
void nmi_stop(void);
/* tlb.c */
void tlb_interrupt(void);
void tlb_leave(struct pagetable *pt); /* no CPU uses it any more */

/* acpi.c: what the MADT says */
struct acpi_info {
	u32 apic_id[NR_CPUS]; /* of enabled CPUs, the boot CPU among them */
	u32 nr_cpus, nr_present; /* taken; found */
	phys_t lapic, ioapic;
	u32 ioapic_base; /* its first global interrupt */
	u32 serial_gsi;	 /* global interrupt of ISA IRQ 4 */
};
extern struct acpi_info acpi_info;
void acpi_init(void);

/* apic.c */
void apic_init(void); /* once: PIC off, I/O APIC */
void lapic_init(void); /* each CPU */
void lapic_eoi(void);
u32 lapic_id(void);
void lapic_ipi(u32 apic_id, u32 vector);
void lapic_ipi_others_nmi(void);
void lapic_start_cpu(u32 apic_id, u32 page);
void lapic_timer_set(u32 count); /* one shot; 0: off */
u32 lapic_timer_left(void);
void lapic_timer_calibrating(void);
void ioapic_route(u32 gsi, u32 vector, u32 apic_id);

/* clock.c */
void clock_init(void); /* calibrates the TSC and the local APIC's timer */
void clock_delay_us(u32 us);

/* serial.c */
void serial_irq_init(void);
void serial_interrupt(void);

/* uaccess.c: the FPU registers to user memory; -EFAULT */
int fpu_save_user(void __user *to);

/* fpu.c. Of an area of XSAVE: */
#define XSTATE_HEADER_AT 512
#define XSTATE_HEADER_SIZE 64
void fpu_module_init(void);
void *fpu_area_new(void); /* NULL: no memory */
void fpu_area_free(void *area);
static inline void fpu_save(void *area)
{
	if (cpu_features.xsave)
		__asm__ volatile("xsave64 (%0)" ::"r"(area), "a"(-1), "d"(-1)
				 : "memory");
	else
		__asm__ volatile("fxsave64 (%0)" ::"r"(area) : "memory");
}
static inline void fpu_restore(const void *area)
{
	if (cpu_features.xsave)
		__asm__ volatile("xrstor64 (%0)" ::"r"(area), "a"(-1), "d"(-1)
				 : "memory");
	else
		__asm__ volatile("fxrstor64 (%0)" ::"r"(area) : "memory");
}
void fpu_reset(void *area); /* to what exec gives */
void fpu_start(void);	    /* the registers */

/* kstack.c: the lowest address, 0: no memory */
u64 kstack_new(void);
void kstack_free(u64 stack);

/* multiboot2.c, pvh.c: fill boot_info; false: nothing usable, with a message */
bool multiboot2_parse(phys_t info);
bool pvh_parse(phys_t info);
/* start.c: add usable memory as the loader lists it */
void boot_add_ram(phys_t start, phys_t end);
void boot_set_cmdline(const char *s, size_t max);

/* *.asm */
void syscall_entry(void);
void switch_stacks(u64 *save_sp, u64 load_sp);
void task_entry(void);	  /* first code of a kernel thread */
void fork_entry(void);	  /* first code of a cloned task */
extern const char trap_stubs[32][16], irq_stubs[224][8];
size_t copy_user_asm(void *dst, const void *src, size_t n);
int copy_pieces_asm(void *dst, const struct piece *p, const struct piece *end);
size_t clear_user_asm(void *dst, size_t n);
s64 strncpy_user_asm(char *dst, const char *src, size_t max);
s64 fpu_save_user_asm(void *to, bool xsave);
s64 load_user_asm(const u32 *p, u32 *v);
s64 cmpxchg_user_asm(u32 *p, u32 old, u32 new, u32 *prev);
extern char trampoline_start[], trampoline_end[];

#endif
