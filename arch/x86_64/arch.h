/* SPDX-License-Identifier: MIT */
/*
 * The only door to the machine: what the rest of the kernel may call here,
 * and (at the end) the upcalls that arch/ makes into the kernel.
 *
 * The kernel is not preemptible: a task runs in the kernel until it sleeps or
 * returns to user space, so per-CPU data need no protection against other
 * tasks of the same CPU, only against interrupts. Interrupt handlers never
 * allocate, free, or sleep.
 *
 * Address space:
 *   0000000000001000 - 00007fffffffefff  user
 *   ffff888000000000 -                   direct map of all physical memory
 *   ffffc90000000000 -                   kernel stacks, each above a guard page
 *   ffffffff80000000 -                   kernel image, linked at +1 MiB
 */
#ifndef WARREN_ARCH_X86_64_ARCH_H
#define WARREN_ARCH_X86_64_ARCH_H

#include "arch/x86_64/regs.h"
#include "kernel/lib/types.h"

struct task;
struct k_sigaction;
struct kernel_siginfo;

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096UL
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define USER_MIN 0x1000UL
#define USER_END 0x00007ffffffff000UL /* first address user space cannot have */
#define DIRECT_MAP 0xffff888000000000UL
#define KERNEL_IMAGE 0xffffffff80000000UL
#define NR_CPUS 8
#define KSTACK_SIZE 8192UL

typedef u64 phys_t;

static inline void *phys_to_virt(phys_t pa)
{
	return (void *)(pa + DIRECT_MAP);
}

/* Only for addresses in the direct map. */
static inline phys_t virt_to_phys(const void *va)
{
	return (phys_t)va - DIRECT_MAP;
}

/* ---- CPUs ---------------------------------------------------------- */

/* A CPU's free objects of one slab cache. */
struct magazine {
	void *first; /* a list through the first word of each */
	u32 n;	     /* objects in it */
	s32 live;    /* handed out minus taken back here */
};

/* Per-CPU block; GS base points to it while in the kernel. percpu.h has more. */
struct cpu {
	struct cpu *self;	 /* [I] at offset 0: mov rax, gs:0 */
	struct task *curr;	 /* offset 8: current; this CPU only */
	u64 kstack_top;		 /* offset 16: loaded by syscall entry */
	u64 user_sp;		 /* offset 24: scratch of syscall entry */
	u32 id;			 /* [I] 0 .. nr_cpus-1 */
	u32 apic_id;		 /* [I] */
	u32 irq_depth;		 /* >0 inside an interrupt handler */
	u32 walks;		 /* odd: in the middle of a light walk: fs/light.h */
	u32 lock_tag;		 /* [I] id + 1, in the locks it holds */
	bool online;
	void *arch;		 /* TSS, GDT: arch's own */
	void *rq;		 /* [I] the scheduler's struct rq */
	struct task *idle;	 /* [I] */
	struct magazine slab[64]; /* of each slab cache, by its index */
	u64 lock_waits;		 /* spinlocks that it had to wait for */
	u64 lock_rounds;	 /* of waiting: see spinlock.h */
};

extern struct cpu cpus[NR_CPUS];
extern u32 nr_cpus; /* CPUs that are online; grows during boot only */

__forced_inline struct cpu *this_cpu(void)
{
	struct cpu *c;

	__asm__ volatile("movq %%gs:0, %0" : "=r"(c));
	return c;
}

/* One field of this_cpu(), by one instruction. */
#define this_cpu_get(field)                                                    \
	({                                                                     \
		__typeof__(cpus->field) tcg_v;                                 \
		__asm__ volatile("mov %%gs:%c1, %0"                            \
				 : "=r"(tcg_v)                                 \
				 : "i"(offsetof(struct cpu, field)));          \
		tcg_v;                                                         \
	})

__forced_inline u32 this_lock_tag(void)
{
	return this_cpu_get(lock_tag);
}

/* Not volatile: whoever runs is current before and after each sleep, so that one
 * load serves a function. (The CPU may be another one after a sleep.) */
static inline struct task *get_current(void)
{
	struct task *t;

	__asm__("movq %%gs:8, %0" : "=r"(t));
	return t;
}
#define current get_current()

#define for_each_cpu(c) for (c = cpus; c < cpus + nr_cpus; c++)

/* ---- Interrupts ---------------------------------------------------- */

__forced_inline u64 irq_save(void)
{
	u64 flags;

	__asm__ volatile("pushfq; popq %0; cli" : "=r"(flags)::"memory");
	return flags;
}

__forced_inline void irq_restore(u64 flags)
{
	if (flags & 0x200)
		__asm__ volatile("sti" ::: "memory");
}

static inline bool irq_enabled(void)
{
	u64 flags;

	__asm__ volatile("pushfq; popq %0" : "=r"(flags));
	return flags & 0x200;
}

static inline void irq_enable(void)
{
	__asm__ volatile("sti" ::: "memory");
}

static inline void irq_disable(void)
{
	__asm__ volatile("cli" ::: "memory");
}

static inline void cpu_relax(void)
{
	__asm__ volatile("pause" ::: "memory");
}

/* Enable interrupts and halt until one comes; returns with them enabled. */
static inline void cpu_idle_wait(void)
{
	__asm__ volatile("sti; hlt" ::: "memory");
}

/* ---- Boot (in the order in which main.c calls) --------------------- */

struct boot_module {
	phys_t start, end;
};

struct mem_range {
	phys_t start, end; /* page-aligned usable RAM, sorted, disjoint */
};

/* What the boot loader said; filled before kmain() is called. */
struct boot_info {
	char cmdline[4096]; /* NUL-terminated; cut with a warning if longer */
	struct mem_range ram[64];
	u32 nr_ram;
	struct boot_module initrd; /* 0,0 if there is none */
	phys_t kernel_start, kernel_end;
	phys_t rsdp;	 /* 0 if unknown */
	const char *loader; /* "multiboot2" or "pvh" */
};
extern struct boot_info boot_info;

void serial_init(void);	     /* polled output works from here on */
void arch_cpu_init(void);    /* GDT, IDT, CPU features of the boot CPU */
void paging_init(void);	     /* final kernel page tables, direct map, W^X;
				takes page-table frames from early_alloc */
phys_t early_alloc(size_t bytes); /* page-aligned, zeroed; before page_init */
void arch_late_init(void);   /* after slab_init: APIC, timer, serial IRQ */
void smp_boot(void);	     /* starts the other CPUs; each calls smp_cpu_main */

/* ---- Output and the end -------------------------------------------- */

void serial_putc(char c); /* polled, any context */
void serial_write(const char *s, size_t n);

/*
 * Exit codes of QEMU through isa-debug-exit are (code << 1) | 1; without the
 * device the machine resets (keyboard controller, then triple fault).
 */
enum exit_code {
	EXIT_OK = 0x10,	    /* QEMU exits with 33 */
	EXIT_FAIL = 0x11,   /* 35: user space said so */
	EXIT_PANIC = 0x12,  /* 37 */
	EXIT_NO_INIT = 0x13, /* 39: nothing to run, bad initramfs */
	EXIT_STATUS = 0x40, /* 0x40 + n: APP= ended with status n (0..63, or 63) */
};
void arch_exit(int code) __noreturn;
void arch_reboot(void) __noreturn;
void arch_halt_others(void); /* panic: stop all other CPUs (NMI) */

/* ---- Time ----------------------------------------------------------- */

/* [vdso]; and a page that its code reads: vdso/vvar.h. */
extern const char vdso_image[], vdso_image_end[];
extern struct vvar_clock vvar_clock;
u64 arch_clock_ns(void);    /* ns since boot, monotonic, same on all CPUs */
u64 arch_wall_seconds(void); /* seconds since 1970 from the CMOS clock */
/* One-shot timer interrupt of this CPU at the @deadline (ns since boot). */
void arch_timer_set(u64 deadline);
u64 arch_random(void); /* RDRAND if there is one, else mixed TSC */

/* ---- Tasks ----------------------------------------------------------- */

/*
 * The machine's part of a task; embedded in struct task as .arch.
 */
struct arch_task {
	u64 ksp;	  /* saved kernel stack pointer while not running */
	u64 kstack;	  /* lowest address of the kernel stack */
	u64 fs_base, gs_base; /* user; saved at switch */
	u64 trap_nr, trap_error, trap_cr2; /* last exception: signal frames */
	void *fpu;	  /* XSAVE area from its own slab cache; never NULL for
			     user tasks */
};

int arch_task_alloc(struct arch_task *at, bool user); /* stack, FPU: -ENOMEM */
void arch_task_free(struct arch_task *at);
/* A kernel thread that will exec gets an FPU area; -ENOMEM. */
int arch_task_make_user(struct arch_task *at);
/* Kernel thread: first switch to it runs fn(arg) with interrupts enabled. */
void arch_kthread_setup(struct arch_task *at, void (*fn)(void *), void *arg);
/*
 * Child of a clone: returns to user space with a copy of @regs, ax = 0, and
 * sp = @user_sp if that is not 0. Its first code in the kernel is
 * sched_task_started(). FPU state is copied from the parent (current).
 */
void arch_fork_setup(struct arch_task *at, const struct regs *regs,
		     u64 user_sp);
/* Switch stacks; also FPU, FS/GS base, TSS stack. Interrupts are off. */
void arch_switch(struct task *prev, struct task *next);
static inline struct regs *arch_user_regs(const struct arch_task *at)
{
	return (struct regs *)(at->kstack + KSTACK_SIZE) - 1;
}
/* exec: clear registers and FPU; the next return to user starts at @ip. */
void arch_exec_setup(struct regs *regs, u64 ip, u64 sp);
void arch_set_fs_base(u64 base); /* of current */
void arch_set_gs_base(u64 base);
u64 arch_get_fs_base(void);
u64 arch_get_gs_base(void);
/* arch_prctl(2): ARCH_SET_FS and friends. -EINVAL, -EPERM, -EFAULT. */
long arch_prctl(int code, u64 addr);
/*
 * Run @fn, which is part of a library that was compiled for user space, with
 * interrupts off; what it returns. Only for a task without user registers.
 */
int arch_call_user_code(int (*fn)(void *), void *arg);
/* The way back from there: @fn is ours, called by what the library calls. */
int arch_call_back(int (*fn)(void *), void *arg);
/* From kernel_init's task to user mode for the first time. */
void arch_enter_user(struct regs *regs) __noreturn;

/* ---- Signals --------------------------------------------------------- */

/*
 * Push the Linux x86-64 signal frame (struct rt_sigframe: pretcode,
 * ucontext, siginfo, FPU state) and aim @regs at the handler. @mask is
 * the blocked mask that sigreturn shall restore; altstack per
 * task->sas_*. -EFAULT if the stack cannot be written.
 */
int arch_signal_frame(struct regs *regs, const struct k_sigaction *ka, int sig,
		      const struct kernel_siginfo *info, u64 mask);
/*
 * Undo it: restore @regs and FPU from user memory, sanitising flags, cs, ss.
 * Stores the saved mask in @mask. -EFAULT: the caller kills with SIGSEGV.
 */
int arch_sigreturn(struct regs *regs, u64 *mask);

/* ---- Page tables ------------------------------------------------------ */

/* Protection and state bits of a leaf, as the page-table entry has them. */
#define PTE_P 0x001UL
#define PTE_W 0x002UL
#define PTE_U 0x004UL
#define PTE_A 0x020UL
#define PTE_D 0x040UL
#define PTE_SPECIAL 0x200UL /* software: frame not counted (zero page) */
#define PTE_COW 0x400UL	    /* software: write-protected for copy-on-write */
#define PTE_FILE 0x800UL    /* software: a frame of a page cache, not anonymous */
#define PTE_NX 0x8000000000000000UL
#define PTE_ADDR 0x000ffffffffff000UL

/* One user address space's page tables. Locked by its mm. */
struct pagetable {
	phys_t root;
	u32 cpus; /* [a] mask of CPUs that may hold its translations */
};

int pt_new(struct pagetable *pt); /* kernel half shared; -ENOMEM */
/* Free the tables. No CPU uses them when @put gets the leaf entries. */
void pt_free(struct pagetable *pt, void (*put)(u64 entry));
/* The leaf entry of @va, or NULL if no table is there. @alloc: make tables,
 * NULL then means -ENOMEM, and the entry is noted as used (table_use()): who
 * sets others near it notes them too. */
u64 *pt_entry(struct pagetable *pt, u64 va, bool alloc);
/* Free tables that cover only [start, end) and hold nothing any more. */
void pt_prune(struct pagetable *pt, u64 start, u64 end);
/* Make the change of one page / a range / everything known to all CPUs in
 * pt->cpus (IPI and wait; interrupts must be enabled if others use it). */
void tlb_flush_page(struct pagetable *pt, u64 va);
void tlb_flush_range(struct pagetable *pt, u64 start, u64 end);
void tlb_flush_all(struct pagetable *pt);
void pt_activate(struct pagetable *pt); /* load CR3 of this CPU; NULL: kernel */
void clear_page(void *va);
void copy_page(void *dst, const void *src);

/* ---- User memory -------------------------------------------------------
 * The only code that touches it. May sleep (page fault). Addresses are
 * checked against USER_END. All return what Linux's functions return.
 */
/* 0 or -EFAULT; on a fault nothing is promised about @dst. */
int copy_from_user(void *dst, const void __user *src, size_t n) __must_check;
int copy_to_user(void __user *dst, const void *src, size_t n) __must_check;
/* To @dst what lies in several places, one behind the other: the pieces before
 * @end, at least one, together @n bytes. */
struct piece {
	const void *from;
	u16 words, bytes; /* so many times 8, and so many more */
};
#define PIECE(p, n) { (p), (n) / 8, (n) % 8 }
int copy_pieces_to_user(void __user *dst, const struct piece *p,
			const struct piece *end, size_t n) __must_check;
int clear_user(void __user *dst, size_t n) __must_check;
/* The number of bytes NOT copied: for read and write, which count. */
size_t copy_from_user_partial(void *dst, const void __user *src, size_t n);
size_t copy_to_user_partial(void __user *dst, const void *src, size_t n);
/* Length without NUL (== @max if there is none within @max), or -EFAULT. */
ssize_t strncpy_from_user(char *dst, const char __user *src, size_t max);
/* Atomic on user memory, for futexes: *@uaddr into @old; -EFAULT. */
int user_load_u32(const u32 __user *uaddr, u32 *val);
int user_cmpxchg_u32(u32 __user *uaddr, u32 old, u32 new, u32 *prev);

#define get_user(dst, uptr) copy_from_user(&(dst), (uptr), sizeof(*(uptr)))
#define put_user(val, uptr)                                                    \
	({                                                                     \
		__typeof__(*(uptr)) pu_v = (__typeof__(*(uptr)))(val);         \
		copy_to_user((uptr), &pu_v, sizeof(pu_v));                     \
	})

/* ---- Debugging ---------------------------------------------------------- */

u32 arch_backtrace(u64 from, u64 pc, u64 lo, u64 hi, u64 *pcs, u32 max);
u64 arch_frame(const struct regs *r); /* for arch_backtrace() */
void arch_dump_regs(const struct regs *regs); /* to the log */
extern const char kernel_text_start[], kernel_text_end[];

/* ---- IPIs ----------------------------------------------------------------- */

void arch_ipi_resched(u32 cpu);

/* ---- Upcalls: defined by the kernel, called from arch/ -------------------- */

/* main.c. @info is filled; runs on the boot CPU, interrupts off. */
void kmain(void) __noreturn;
/* sched.c. A started CPU, per-CPU data and interrupts set up, becomes idle. */
void smp_cpu_main(void) __noreturn;
/* sys/table.c. What to call for each number; IRQs on. */
typedef long (*syscall_fn)(const struct regs *r);
extern const syscall_fn syscall_table[];
/* A call that needs a look first. Its result, or what the look says, is in ax. */
void syscall_seldom(struct regs *regs);
void syscall_trace(const struct regs *regs); /* afterwards, if trace_on says so */
/* task/signal.c. Before any return to user space, interrupts off on entry and
 * exit, called only when task->work (at the offset that asm knows) is
 * non-zero: reschedule, deliver signals, restart calls. */
void return_to_user_work(struct regs *regs);
/* mm/fault.c. Page fault. @error: CPU's code (1 present, 2 write, 4 user, 16
 * fetch). True: handled, retry. False: in the kernel, no fix: arch looks in
 * the exception table, then panics. For user faults the signal is queued and
 * true returned. IRQs on if they were. */
bool page_fault(struct regs *regs, u64 addr, u64 error);
/* task/signal.c. Exceptions of user code: queue a synchronous signal. */
void trap_signal(int sig, int code, u64 addr);
/* time/timer.c. Timer interrupt of this CPU. Interrupts off. */
void timer_interrupt(bool from_user);
/* sched.c. Resched IPI or the end of an interrupt. Interrupts off. */
void resched_interrupt(void);
/* fs/tty.c. Bytes came in on the serial line. Interrupt context. */
void tty_input(const char *s, size_t n);
/* sched.c. First code of a new task after arch_switch. */
void sched_task_started(void);
/* debug/panic.c */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;
void panic_regs(const struct regs *regs, const char *fmt, ...)
	__printf(2, 3) __noreturn;
/* debug/printk.c: the kernel log, "subsystem: what value why\n" */
void printk(const char *fmt, ...) __printf(1, 2);

#endif
