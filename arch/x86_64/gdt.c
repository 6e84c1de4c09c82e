// SPDX-License-Identifier: MIT
/*
 * Segments, the TSS and the system call registers of one CPU. Segments mean
 * little in long mode; the TSS says on which stack exceptions arrive.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/string.h"

#define IST_STACK 4096

struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3, io_bitmap;
} __packed;
BUILD_ASSERT(sizeof(struct tss) == 104);

struct arch_cpu {
	u64 gdt[10]; /* the last two are the TSS's descriptor */
	struct tss tss;
	u8 stacks[NR_IST - 1][IST_STACK] __aligned(16);
} __aligned(64);

static struct arch_cpu arch_cpus[NR_CPUS];

static const u64 gdt_template[] = {
	[KERNEL_CS / 8] = 0x00af9b000000ffff, /* code, ring 0, 64-bit */
	[KERNEL_DS / 8] = 0x00cf93000000ffff, /* data, ring 0 */
	[USER32_CS / 8] = 0x00cffb000000ffff, /* code, ring 3, 32-bit */
	[USER_DS / 8] = 0x00cff3000000ffff,   /* data, ring 3 */
	[USER_CS / 8] = 0x00affb000000ffff,   /* code, ring 3, 64-bit */
};

static void tss_describe(struct arch_cpu *ac)
{
	u64 base = (u64)&ac->tss, limit = sizeof(ac->tss) - 1;

	ac->gdt[TSS_SEL / 8] = limit | (base & 0xffffff) << 16 |
			       0x89ULL << 40 | (base >> 24 & 0xff) << 56;
	ac->gdt[TSS_SEL / 8 + 1] = base >> 32;
}

/* The limit of a segment that user space may ask for (LSL): getcpu(2) in the vDSO. */
static void cpu_number_describe(struct arch_cpu *ac, u32 id)
{
	const u64 user_readable = 0xf1;

	ac->gdt[CPU_SEL / 8] = id | user_readable << 40;
}

static void segments_load(struct arch_cpu *ac)
{
	struct {
		u16 limit;
		u64 base;
	} __packed gdtr = { sizeof(ac->gdt) - 1, (u64)ac->gdt };

	__asm__ volatile("lgdt %0\n\t"
			 "pushq %1\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:\n\t"
			 "movl %2, %%eax\n\t"
			 "movl %%eax, %%ss\n\t"
			 "movl %3, %%eax\n\t"
			 "movl %%eax, %%ds\n\t"
			 "movl %%eax, %%es\n\t"
			 "xorl %%eax, %%eax\n\t"
			 "movl %%eax, %%fs\n\t"
			 "movl %%eax, %%gs\n\t"
			 "ltr %w4"
			 :
			 : "m"(gdtr), "i"(KERNEL_CS), "i"(KERNEL_DS),
			   "i"(USER_DS), "r"(TSS_SEL)
			 : "rax", "memory");
}

static void syscall_msrs(void)
{
	wrmsr(MSR_STAR, (u64)KERNEL_CS << 32 | (u64)USER32_CS << 48);
	wrmsr(MSR_LSTAR, (u64)syscall_entry);
	wrmsr(MSR_CSTAR, (u64)syscall_entry); /* Intel: never used */
	wrmsr(MSR_SFMASK, FLAGS_TF | FLAGS_IF | FLAGS_DF | FLAGS_IOPL |
				  FLAGS_NT | FLAGS_AC);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
}

/* Load the tables of CPU @c on the CPU itself; this_cpu() works afterwards. */
void gdt_load(struct cpu *c)
{
	struct arch_cpu *ac = &arch_cpus[c - cpus];

	memcpy(ac->gdt, gdt_template, sizeof(gdt_template));
	ac->tss.io_bitmap = sizeof(ac->tss);
	for (u32 i = 1; i < NR_IST; i++)
		ac->tss.ist[i - 1] = (u64)(ac->stacks[i - 1] + IST_STACK);
	tss_describe(ac);
	cpu_number_describe(ac, (u32)(c - cpus));
	segments_load(ac);
	c->self = c;
	c->arch = ac;
	wrmsr(MSR_GS_BASE, (u64)c);
	wrmsr(MSR_KERNEL_GS_BASE, 0);
	syscall_msrs();
}

/* Exceptions and system calls from user space arrive at @top from now on. */
void tss_set_stack(struct cpu *c, u64 top)
{
	struct arch_cpu *ac = c->arch;

	ac->tss.rsp[0] = top;
	c->kstack_top = top;
}
