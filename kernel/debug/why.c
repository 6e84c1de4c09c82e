// SPDX-License-Identifier: MIT
/* "Which check refused?": see why.h. */
#include "kernel/debug/why.h"
#include "kernel/lib/printf.h"
#include "kernel/task/task.h"

int why(int error, const char *fmt, ...)
{
	struct why *w = &current->why;
	va_list ap;

	w->error = error;
	va_start(ap, fmt);
	vsnprintf(w->text, sizeof(w->text), fmt, ap);
	va_end(ap);
	return error;
}
