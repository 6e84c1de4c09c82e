// SPDX-License-Identifier: MIT
/*
 * Which page table a CPU has loaded, and telling other CPUs of changes.
 *
 * A CPU keeps a page table loaded while it runs kernel threads (its bit in
 * pt->cpus stays set); the next user task, or tlb_leave(), replaces it.
 *
 * A change is told by an IPI: the sender fills its own request, sets its bit in
 * each target's inbox and waits until every target has cleared the target's bit
 * in the request. Senders do not exclude each other. A waiting sender works off
 * its own inbox, so two that wait for each other get on.
 */
#include "arch/x86_64/cpu.h"
#include "kernel/lib/assert.h"

#define FLUSH_PAGES_MAX 32 /* more: everything */

struct request {
	struct pagetable *pt;
	u64 start, end; /* end == 0: leave @pt altogether */
	u32 waiting;	/* [a] targets that have not done it */
};

static struct tlb_cpu {
	struct pagetable *loaded; /* NULL: the kernel's own */
	u32 inbox;		  /* [a] senders that wait for this CPU */
	struct request request;
} tlb_cpus[NR_CPUS];

static struct tlb_cpu *this_tlb(void)
{
	return &tlb_cpus[this_cpu()->id];
}

static void load_kernel(struct tlb_cpu *t)
{
	if (!t->loaded)
		return;
	WRITE_CR(3, kernel_root);
	__atomic_fetch_and(&t->loaded->cpus, ~(1u << this_cpu()->id),
			   __ATOMIC_ACQ_REL);
	t->loaded = NULL;
}

/* Load @pt on this CPU; NULL: the kernel's alone. Interrupts are off. */
void pt_activate(struct pagetable *pt)
{
	u32 id = this_cpu_get(id), bit = 1u << id;
	struct tlb_cpu *t = &tlb_cpus[id];
	struct pagetable *old = t->loaded;

	if (!pt) {
		load_kernel(t);
		return;
	}
	if (old == pt)
		return;
	__atomic_fetch_or(&pt->cpus, bit, __ATOMIC_ACQ_REL);
	t->loaded = pt;
	WRITE_CR(3, pt->root);
	if (old)
		__atomic_fetch_and(&old->cpus, ~bit, __ATOMIC_ACQ_REL);
}

static void flush_here(u64 start, u64 end)
{
	if (end - start > FLUSH_PAGES_MAX * PAGE_SIZE) {
		WRITE_CR(3, READ_CR(3));
		return;
	}
	for (; start < end; start += PAGE_SIZE)
		invlpg(start);
}

static void serve(struct tlb_cpu *t, const struct request *r)
{
	if (t->loaded != r->pt)
		return;
	if (r->end)
		flush_here(r->start, r->end);
	else
		load_kernel(t);
}

/* The IPI, or a waiting sender: interrupts are off. */
void tlb_interrupt(void)
{
	struct tlb_cpu *t = this_tlb();
	u32 me = 1u << this_cpu()->id;
	u32 senders = atomic_xchg(&t->inbox, 0);

	for (u32 i = 0; i < NR_CPUS; i++) {
		if (!(senders & (1u << i)))
			continue;
		serve(t, &tlb_cpus[i].request);
		__atomic_fetch_and(&tlb_cpus[i].request.waiting, ~me,
				   __ATOMIC_ACQ_REL);
	}
}

/* Interrupts off: nobody moves us, and our request is ours. */
static void ask_others(struct pagetable *pt, u64 start, u64 end)
{
	struct tlb_cpu *t = this_tlb();
	u32 me = this_cpu()->id;
	u32 targets = atomic_load(&pt->cpus) & ~(1u << me);

	if (!targets)
		return;
	t->request.pt = pt;
	t->request.start = start;
	t->request.end = end;
	atomic_store(&t->request.waiting, targets);
	for (u32 i = 0; i < NR_CPUS; i++) {
		if (!(targets & (1u << i)))
			continue;
		__atomic_fetch_or(&tlb_cpus[i].inbox, 1u << me,
				  __ATOMIC_ACQ_REL);
		lapic_ipi(cpus[i].apic_id, VEC_TLB);
	}
	while (atomic_load(&t->request.waiting)) {
		tlb_interrupt();
		cpu_relax();
	}
}

void tlb_flush_range(struct pagetable *pt, u64 start, u64 end)
{
	u64 flags = irq_save();

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (this_tlb()->loaded == pt)
		flush_here(start, end);
	ask_others(pt, start, end);
	irq_restore(flags);
}

void tlb_flush_page(struct pagetable *pt, u64 va)
{
	tlb_flush_range(pt, va & PAGE_MASK, (va & PAGE_MASK) + PAGE_SIZE);
}

void tlb_flush_all(struct pagetable *pt)
{
	tlb_flush_range(pt, 0, USER_END);
}

/* @pt is about to be freed: no CPU has it loaded afterwards. */
void tlb_leave(struct pagetable *pt)
{
	u64 flags = irq_save();

	if (this_tlb()->loaded == pt)
		load_kernel(this_tlb());
	ask_others(pt, 0, 0);
	irq_restore(flags);
	assert(!atomic_load(&pt->cpus));
}
