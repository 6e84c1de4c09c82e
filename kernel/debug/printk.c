// SPDX-License-Identifier: MIT
/*
 * The kernel log: a ring of bytes, and the serial console. Messages look like
 * "subsystem: what value why". Works from the first instruction of C on, in
 * interrupts and in panics.
 */
#include "kernel/debug/printk.h"
#include "kernel/lib/printf.h"
#include "kernel/lock/spinlock.h"

#define LINE_MAX 512

bool printk_quiet;

static char ring[PRINTK_RING];
static u64 ring_end; /* bytes ever logged; printk_lock */
static DEFINE_SPINLOCK(printk_lock);

static void ring_put(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ring[ring_end++ % PRINTK_RING] = s[i];
}

/* The terminal wants a carriage return before each newline. */
static void console_put(const char *s, size_t n)
{
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] != '\n')
			continue;
		serial_write(s + start, i - start);
		serial_write("\r\n", 2);
		start = i + 1;
	}
	serial_write(s + start, n - start);
}

void vprintk(const char *fmt, va_list ap)
{
	char line[LINE_MAX];
	size_t n;
	u64 flags;

	vsnprintf(line, sizeof(line), fmt, ap);
	for (n = 0; line[n]; n++)
		;
	flags = spin_lock_irqsave(&printk_lock);
	ring_put(line, n);
	if (!printk_quiet)
		console_put(line, n);
	spin_unlock_irqrestore(&printk_lock, flags);
}

void printk(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintk(fmt, ap);
	va_end(ap);
}

/* A panic prints, whatever was said before and whoever holds the lock. */
void printk_bust(void)
{
	printk_quiet = false;
	spin_init(&printk_lock, "printk_lock");
}

size_t printk_read_from(u64 *pos, char *buf, size_t size)
{
	u64 flags = spin_lock_irqsave(&printk_lock);
	u64 oldest = ring_end > PRINTK_RING ? ring_end - PRINTK_RING : 0;
	size_t n = 0;

	if (*pos < oldest)
		*pos = oldest;
	while (n < size && *pos < ring_end)
		buf[n++] = ring[(*pos)++ % PRINTK_RING];
	spin_unlock_irqrestore(&printk_lock, flags);
	return n;
}

size_t printk_read(char *buf, size_t size)
{
	u64 end = printk_end();
	u64 pos = end > size ? end - size : 0;

	return printk_read_from(&pos, buf, size);
}

u64 printk_end(void)
{
	return READ_ONCE(ring_end);
}
