/* SPDX-License-Identifier: MIT */
/* The kernel log (console and ring) and panics. */
#ifndef WARREN_KERNEL_DEBUG_PRINTK_H
#define WARREN_KERNEL_DEBUG_PRINTK_H

#include "arch/x86_64/arch.h"

/* printk() and panic() are declared in arch.h, as arch/ calls them too. */
void vprintk(const char *fmt, va_list ap);
/* Copy the log's last @size bytes; the number copied. syslog(2), dmesg. */
size_t printk_read(char *buf, size_t size);
/* For syslog(2): copy what was logged from byte number *@pos on (skipping what
 * the ring has lost) and advance *@pos; and the byte number of the end. */
size_t printk_read_from(u64 *pos, char *buf, size_t size);
u64 printk_end(void);
#define PRINTK_RING 65536
void printk_bust(void); /* panic: print whatever happens */
extern bool printk_quiet; /* "quiet" on the command line: ring only */
struct task;
/* "ns_put" into @name and 0x1c, of an address in ns_put(). */
#define KSYM_SIZE 64
u64 ksym_name(u64 pc, char name[KSYM_SIZE]);
void dump_backtrace(u64 from, u64 pc); /* see arch_backtrace() */
void dump_task(struct task *t); /* names, namespaces, last system calls */

#endif
