// SPDX-License-Identifier: MIT
/*
 * Lock order, found by watching. Locks of one name and kind are a class. For
 * each class there is the set of classes that were ever taken while one of it was held; a
 * class that is taken while one is held that can come after it would be a circle
 * of waiting, even if nobody has waited yet. Two of one class are not judged.
 *
 * Interrupts. A class that an interrupt handler takes must not be taken
 * elsewhere with interrupts on: the handler would wait for whom it interrupts.
 *
 * What a CPU holds is in held[]; an interrupt handler's locks are on top of those
 * of whom it interrupts. Mutexes are held by tasks.
 *
 * Lock: graph_lock, a bare word with interrupts off, as it is inside all others.
 */
#include "arch/x86_64/arch.h"
#include "kernel/debug/checks.h"
#include "kernel/debug/printk.h"
#include "kernel/lib/string.h"
#include "kernel/task/task.h"

#define CLASSES 192
#define WORDS (CLASSES / 64)
#define CPU_HELD_MAX 32
#define TASK_HELD_MAX (sizeof(struct held_mutexes) - 1)

enum { IN_IRQ = 1, IRQS_ON = 2 };

struct class {
	u64 after[WORDS]; /* classes taken while this one was held */
	u8 use;		  /* IN_IRQ, IRQS_ON */
	struct lock_stat stat; /* with the name and the kind */
};

static struct class classes[CLASSES]; /* [0] is none */
static u64 seen_at[CLASSES][CLASSES]; /* who first took the second with the first */
static u32 nr_classes = 1;
static u32 graph_lock;
static bool ended; /* a report has been made: no more */

static struct {
	u8 n, class[CPU_HELD_MAX];
} held[NR_CPUS];

static u64 graph_enter(void)
{
	u64 irq = irq_save();

	while (atomic_xchg(&graph_lock, 1))
		cpu_relax();
	return irq;
}

static void graph_leave(u64 irq)
{
	atomic_store(&graph_lock, 0);
	irq_restore(irq);
}

#define report(irq, ...)                                                       \
	do {                                                                   \
		ended = true;                                                  \
		graph_leave(irq);                                              \
		panic(__VA_ARGS__);                                            \
	} while (0)

static u8 class_of(const char *name, bool mutex)
{
	if (!name)
		name = "(no name)";
	for (u32 i = 1; i < nr_classes; i++)
		if (classes[i].stat.mutex == mutex &&
		    (classes[i].stat.name == name ||
		     !strcmp(classes[i].stat.name, name)))
			return (u8)i;
	if (nr_classes == CLASSES) {
		ended = true;
		return 0;
	}
	classes[nr_classes].stat.name = name;
	classes[nr_classes].stat.mutex = mutex;
	return (u8)nr_classes++;
}

static bool comes_after(u8 first, u8 then)
{
	return classes[first].after[then / 64] & (1ULL << (then % 64));
}

/* Is there a way from @from to @to? */
static bool leads_to(u8 from, u8 to, u64 *seen)
{
	if (comes_after(from, to))
		return true;
	seen[from / 64] |= 1ULL << (from % 64);
	for (u32 i = 1; i < nr_classes; i++)
		if (comes_after(from, (u8)i) &&
		    !(seen[i / 64] & (1ULL << (i % 64))) &&
		    leads_to((u8)i, to, seen))
			return true;
	return false;
}

/* Who takes a lock: the first call outside the locks' own code. */
static u64 caller(void)
{
	const struct arch_task *at = &current->arch;
	char name[KSYM_SIZE];
	u64 pc[8];
	u32 n = arch_backtrace((u64)__builtin_frame_address(0), 0, at->kstack,
			       at->kstack + KSTACK_SIZE, pc, ARRAY_SIZE(pc));

	for (u32 i = 0; i < n; i++) {
		ksym_name(pc[i], name);
		if (!strstr(name, "lock") && !strstr(name, "order_") &&
		    !strstr(name, "mutex_"))
			return pc[i];
	}
	return 0;
}

/* Print the orders that lead from @from to @to. */
static void explain(u8 from, u8 to)
{
	char name[KSYM_SIZE];
	u64 seen[WORDS];

	for (u32 i = 1; i < nr_classes; i++) {
		memset(seen, 0, sizeof(seen));
		if (!comes_after(from, (u8)i) ||
		    (i != to && !leads_to((u8)i, to, seen)))
			continue;
		ksym_name(seen_at[from][i], name);
		printk("lock order: %s was taken with %s held, by %s\n",
		       classes[i].stat.name, classes[from].stat.name, name);
		if (i != to)
			explain((u8)i, to);
		return;
	}
}

/* @then is taken while @first is held. False: the other order is known. */
static bool order_add(u8 first, u8 then)
{
	u64 seen[WORDS] = { 0 };

	if (first == then || comes_after(first, then))
		return true;
	if (leads_to(then, first, seen))
		return false;
	classes[first].after[then / 64] |= 1ULL << (then % 64);
	seen_at[first][then] = caller();
	return true;
}

/* The first lock that is held and must not be, before @class; 0: none. */
static u8 order_check(u8 class, bool in_irq)
{
	const struct held_mutexes *m = &current->held_mutexes;
	u32 cpu = this_cpu()->id;

	for (u32 i = 0; i < held[cpu].n; i++)
		if (!order_add(held[cpu].class[i], class))
			return held[cpu].class[i];
	for (u32 i = 1; !in_irq && i <= m->class[0]; i++)
		if (!order_add(m->class[i], class))
			return m->class[i];
	return 0;
}

static void held_push(u8 class, bool mutex)
{
	struct held_mutexes *m = &current->held_mutexes;
	u32 cpu = this_cpu()->id;

	if (mutex && m->class[0] < TASK_HELD_MAX)
		m->class[++m->class[0]] = class;
	if (!mutex && held[cpu].n < CPU_HELD_MAX)
		held[cpu].class[held[cpu].n++] = class;
}

static void held_pop(u8 *list, u32 n, u8 class)
{
	u32 at = n;

	while (at && list[at - 1] != class)
		at--;
	for (; at && at < n; at++)
		list[at - 1] = list[at];
}

void lock_check_taken(const char *name, bool mutex, bool tried)
{
	bool in_irq = this_cpu()->irq_depth;
	bool irqs_on = irq_enabled();
	u64 irq;
	u8 class, other = 0;

	if (ended || !current)
		return;
	irq = graph_enter();
	class = class_of(name, mutex);
	if (!mutex)
		classes[class].use |= (in_irq ? IN_IRQ : 0) |
				      (irqs_on ? IRQS_ON : 0);
	if (classes[class].use == (IN_IRQ | IRQS_ON))
		report(irq, "lock order: %s is taken in interrupts, and with "
			    "interrupts on", name);
	if (!tried)
		other = order_check(class, in_irq);
	if (other) {
		ended = true; /* explaining takes locks itself */
		explain(class, other);
	}
	if (other)
		report(irq, "lock order: %s is taken while %s is held, which "
			    "elsewhere comes after it", name,
		       classes[other].stat.name);
	held_push(class, mutex);
	classes[class].stat.taken++;
	graph_leave(irq);
}

void lock_check_waited(const char *name, bool mutex, u64 rounds)
{
	u64 irq;
	u8 class;

	if (ended || !current)
		return;
	irq = graph_enter();
	class = class_of(name, mutex);
	classes[class].stat.waits++;
	classes[class].stat.rounds += rounds;
	graph_leave(irq);
}

bool lock_check_stat(u32 i, struct lock_stat *out)
{
	u64 irq = graph_enter();
	bool is = i + 1 < nr_classes;

	if (is)
		*out = classes[i + 1].stat;
	graph_leave(irq);
	return is;
}

void lock_check_given(const char *name, bool mutex)
{
	struct held_mutexes *m = &current->held_mutexes;
	u32 cpu = this_cpu()->id;
	u64 irq;
	u8 class;

	if (ended || !current)
		return;
	irq = graph_enter();
	class = class_of(name, mutex);
	if (mutex && m->class[0])
		held_pop(m->class + 1, m->class[0]--, class);
	if (!mutex && held[cpu].n)
		held_pop(held[cpu].class, held[cpu].n--, class);
	graph_leave(irq);
}

void lock_check_sleep(void)
{
	u32 cpu = this_cpu()->id;

	if (!ended && held[cpu].n)
		panic("lock order: %s would sleep and holds the spinlock %s",
		      current->comm,
		      classes[held[cpu].class[held[cpu].n - 1]].stat.name);
}

void lock_check_user(u32 nr)
{
	const struct held_mutexes *m = &current->held_mutexes;

	lock_check_sleep();
	if (!ended && m->class[0])
		panic("lock order: %s returns from %s and holds %s",
		      current->comm, syscall_name(nr), classes[m->class[1]].stat.name);
}
