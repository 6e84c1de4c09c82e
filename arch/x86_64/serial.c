// SPDX-License-Identifier: MIT
/*
 * The serial console: a 16550 UART at COM1. Output is polled, so that it works
 * in a panic too; input comes by interrupt.
 */
#include "arch/x86_64/cpu.h"

#define COM1 0x3f8
#define UART_DATA (COM1 + 0)
#define UART_IER (COM1 + 1)
#define UART_FCR (COM1 + 2)
#define UART_LCR (COM1 + 3)
#define UART_MCR (COM1 + 4)
#define UART_LSR (COM1 + 5)
#define LSR_DATA 0x01
#define LSR_THR_EMPTY 0x20
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define FCR_ON_CLEAR 0x07
#define MCR_DTR_RTS_OUT2 0x0b
#define IER_RECEIVED 0x01
#define FIFO_SIZE 16

void serial_init(void)
{
	outb(UART_IER, 0);
	outb(UART_LCR, LCR_DLAB); /* divisor 1: 115200 baud */
	outb(UART_DATA, 1);
	outb(UART_IER, 0);
	outb(UART_LCR, LCR_8N1);
	outb(UART_FCR, FCR_ON_CLEAR);
	outb(UART_MCR, MCR_DTR_RTS_OUT2);
}

void serial_irq_init(void)
{
	outb(UART_IER, IER_RECEIVED);
}

static void wait_room(void)
{
	while (!(inb(UART_LSR) & LSR_THR_EMPTY))
		cpu_relax();
}

void serial_putc(char c)
{
	wait_room();
	outb(UART_DATA, (u8)c);
}

/* An empty transmitter takes a FIFO's worth without another look. */
void serial_write(const char *s, size_t n)
{
	while (n) {
		size_t chunk = min(n, (size_t)FIFO_SIZE);

		wait_room();
		for (size_t i = 0; i < chunk; i++)
			outb(UART_DATA, (u8)s[i]);
		s += chunk;
		n -= chunk;
	}
}

void serial_interrupt(void)
{
	char buf[FIFO_SIZE];
	size_t n = 0;

	while (inb(UART_LSR) & LSR_DATA) {
		buf[n++] = (char)inb(UART_DATA);
		if (n == sizeof(buf)) {
			tty_input(buf, n);
			n = 0;
		}
	}
	if (n)
		tty_input(buf, n);
}
