// SPDX-License-Identifier: MIT
/*
 * /proc/PID/timens_offsets: what the time namespace that PID's children will be
 * in adds to the clocks. Two lines, "CLOCK SECONDS NANOSECONDS"; the clock is a
 * name or its number. Written by who has CAP_SYS_TIME there, and had it when he
 * opened the file.
 */
#include "fs/procfs/procfs.h"
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/nsproxy.h"
#include "kernel/task/cred.h"
#include "kernel/task/task.h"
#include "kernel/time/time_ns.h"

#define NAME_MAX_LEN 9 /* "monotonic" */

static const struct {
	const char *name, *number;
} lines[NR_TIME_LINES] = {
	[LINE_MONOTONIC] = { "monotonic", "1" },
	[LINE_BOOTTIME] = { "boottime", "7" },
};

/* Of the task that @f is about, PIN_TEMP; NULL: it has none any more. */
static struct ns *children_ns_get(struct file *f)
{
	struct task *t = proc_task_get(f->inode);
	struct ns *ns;

	if (!t)
		return NULL;
	ns = task_ns_get(t, NS_TIME_CHILDREN);
	task_put(t);
	return ns;
}

static int offsets_show(struct seq *s, struct file *f)
{
	struct ns *ns = children_ns_get(f);

	if (!ns)
		return 0;
	for (u32 i = 0; i < NR_TIME_LINES; i++) {
		s64 offset = READ_ONCE(to_time_ns(ns)->offset[i]);
		s64 nsec = offset % (s64)NSEC_PER_SEC;

		if (nsec < 0)
			nsec += (s64)NSEC_PER_SEC;
		seq_printf(s, "%-10s %10lld %9lld\n", lines[i].name,
			   (long long)((offset - nsec) / (s64)NSEC_PER_SEC),
			   (long long)nsec);
	}
	ns_put(ns, PIN_TEMP);
	return 0;
}

/* ---- parsing: *@p moves behind what was read ----------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static const char *skip_blanks(const char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

static int parse_line_name(const char **p, enum time_line *line)
{
	const char *name = skip_blanks(*p);
	size_t n = 0;

	while (n < NAME_MAX_LEN && name[n] && !is_blank(name[n]))
		n++;
	*p = name + n;
	for (u32 i = 0; i < NR_TIME_LINES; i++) {
		if ((strlen(lines[i].name) == n &&
		     !memcmp(lines[i].name, name, n)) ||
		    (n == 1 && *name == *lines[i].number)) {
			*line = i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Decimal digits; what is too large for an s64 counts as the largest. */
static int parse_number(const char **p, s64 *value)
{
	const char *c = *p;

	if (*c < '0' || *c > '9')
		return -EINVAL;
	for (*value = 0; *c >= '0' && *c <= '9'; c++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, *c - '0', value))
			*value = INT64_MAX / 10;
	*p = c;
	return 0;
}

static int parse_change(const char *text, struct time_ns_change *c)
{
	bool negative;
	s64 nsec = 0;
	int err = parse_line_name(&text, &c->line);

	if (err)
		return err;
	text = skip_blanks(text);
	negative = *text == '-';
	text += negative;
	if (parse_number(&text, &c->sec))
		return -EINVAL;
	if (negative)
		c->sec = -c->sec;
	text = skip_blanks(text);
	if (parse_number(&text, &nsec) || nsec >= (s64)NSEC_PER_SEC)
		return -EINVAL;
	c->nsec = (u32)nsec;
	return 0;
}

/* As many lines as there are clocks; what comes behind them is not taken. The
 * number of bytes that were, or -EINVAL. */
static ssize_t parse_text(char *text, size_t len, struct time_ns_change *c,
			  u32 *n)
{
	char *line = text, *next = text; /* NULL: the text is at its end */

	for (*n = 0; next && *n < NR_TIME_LINES; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (parse_change(line, &c[(*n)++]))
			return -EINVAL;
		if (next && !*next)
			next = NULL;
	}
	return next ? next - text : (ssize_t)len;
}

/* ---- the file ------------------------------------------------------------ */

static int offsets_set(struct file *f, const struct time_ns_change *c, u32 n)
{
	struct ns *ns = children_ns_get(f);
	int err;

	if (!ns)
		return -ESRCH;
	if (cred_capable(f->cred, ns->owner, CAP_SYS_TIME))
		err = time_ns_change(to_time_ns(ns), c, n);
	else
		err = why(-EPERM, "timens_offsets: the file was opened without "
				  "CAP_SYS_TIME over the owner of time:[%u]",
			  ns->inum);
	ns_put(ns, PIN_TEMP);
	return err;
}

static ssize_t offsets_write(struct file *f, struct iter *it, loff_t *pos)
{
	struct time_ns_change changes[NR_TIME_LINES];
	size_t len = it->count;
	ssize_t done = -EFAULT;
	char *text;
	u32 n;
	int err;

	(void)pos;
	if (len >= PAGE_SIZE)
		return -EINVAL;
	text = kzalloc(len + 1);
	if (!text)
		return -ENOMEM;
	if (copy_from_iter(text, len, it) == len)
		done = parse_text(text, len, changes, &n);
	kfree(text);
	if (done < 0)
		return done;
	err = offsets_set(f, changes, n);
	return err ? err : done;
}

static int offsets_open(struct inode *inode __maybe_unused, struct file *f)
{
	f->mode |= FMODE_NO_PWRITE;
	return seq_open(f, offsets_show);
}

const struct file_ops proc_timens_fops = {
	FILE_OPS_DEFAULTS,
	.open = offsets_open,
	.read = seq_read,
	.write = offsets_write,
	.llseek = seq_llseek,
	.release = seq_release,
};
