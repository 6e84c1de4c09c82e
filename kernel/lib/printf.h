/* SPDX-License-Identifier: MIT */
/*
 * vsnprintf(3) without floating point: %d %i %u %x %X %o %c %s %p %% with
 * flags (- 0 + space #), width, precision (also *), and hh h l ll z t.
 */
#ifndef WARREN_KERNEL_LIB_PRINTF_H
#define WARREN_KERNEL_LIB_PRINTF_H

#include "kernel/lib/types.h"

#define DECIMAL_SIZE 21
/* @v in decimal digits, and a NUL, to @buf of DECIMAL_SIZE; how many digits. What
 * "%llu" gives, at a tenth of the cost: for names in procfs. */
int decimal(char *buf, u64 v);
/* The same digits without NUL, before @end. */
int decimal_before(char *end, u64 v);
/* As C99: the length that the whole text has, without the NUL. */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
/* As snprintf, but the length that is really in @buf (< @size). */
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

#endif
