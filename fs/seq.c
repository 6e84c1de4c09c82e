// SPDX-License-Identifier: MIT
/* Text files that the kernel composes: see seq.h. */
#include <linux/fs.h>

#include "fs/seq.h"
#include "kernel/lib/printf.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/ns/ns.h"
#include "kernel/task/pid.h"
#include "kernel/task/task.h"

#define SEQ_FIRST 512
#define SEQ_MAX (4UL << 20) /* what kmalloc can give */

struct seq_state {
	struct seq seq;
	seq_show_fn show;
	bool made;	   /* seq.buf holds the text */
	struct mutex lock; /* all of it */
};

static __noinline bool grow_buf(struct seq *s, size_t n)
{
	size_t want = s->size ? s->size : SEQ_FIRST;
	char *buf;

	while (want < s->len + n + 1)
		want *= 2;
	buf = want <= SEQ_MAX ? kmalloc(want) : NULL;
	if (!buf) {
		s->error = -ENOMEM;
		return false;
	}
	if (s->buf)
		memcpy(buf, s->buf, s->len);
	kfree(s->buf);
	s->buf = buf;
	s->size = want;
	return true;
}

/* Room for @n more bytes and a NUL. */
static bool grow(struct seq *s, size_t n)
{
	return likely(s->len + n < s->size) || grow_buf(s, n);
}

void seq_write(struct seq *s, const void *data, size_t n)
{
	if (!grow(s, n))
		return;
	memcpy(s->buf + s->len, data, n);
	s->len += n;
}

void seq_puts(struct seq *s, const char *str)
{
	seq_write(s, str, strlen(str));
}

void seq_putc(struct seq *s, char c)
{
	seq_write(s, &c, 1);
}

#define NUMBER 24 /* bytes: sign, digits, blank, and full words */

/* The digits are made from the end, then moved to their place as three words,
 * whatever is behind them. */
void seq_num(struct seq *s, u64 v)
{
	char text[2 * NUMBER], *end = text + NUMBER;
	int n;

	if (!grow(s, NUMBER))
		return;
	if (v < 10) { /* half of them */
		s->buf[s->len++] = (char)('0' + v);
		s->buf[s->len++] = ' ';
		return;
	}
	n = decimal_before(end - 1, v);
	end[-1] = ' ';
	__builtin_memcpy(s->buf + s->len, end - 1 - n, NUMBER);
	s->len += (size_t)n + 1;
}

void seq_int(struct seq *s, s64 v)
{
	if (v < 0)
		seq_putc(s, '-');
	seq_num(s, v < 0 ? 0 - (u64)v : (u64)v);
}

void seq_printf(struct seq *s, const char *fmt, ...)
{
	size_t room;
	va_list ap;
	int n;

	if (!grow(s, 1))
		return;
	room = s->size - s->len;
	va_start(ap, fmt);
	n = vsnprintf(s->buf + s->len, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= room) { /* again, with room enough */
		if (!grow(s, (size_t)n))
			return;
		va_start(ap, fmt);
		vsnprintf(s->buf + s->len, s->size - s->len, fmt, ap);
		va_end(ap);
	}
	s->len += (size_t)n;
}

static void escape(struct seq *s, const char *str, const char *set,
		   const char *extra)
{
	for (; *str; str++) {
		if (strchr(set, *str) || (extra && strchr(extra, *str)))
			seq_printf(s, "\\%03o", (u8)*str);
		else
			seq_putc(s, *str);
	}
}

void seq_escape(struct seq *s, const char *str, const char *extra)
{
	escape(s, str, " \t\n\\", extra);
}

/* As the last field of a line: nothing but a newline needs escaping. As current
 * sees it. */
void seq_path(struct seq *s, const struct path *path)
{
	char *buf = kmalloc(PAGE_SIZE), *text;

	if (!buf) {
		s->error = -ENOMEM;
		return;
	}
	text = d_path(path, buf, PAGE_SIZE);
	if (!IS_ERR(text))
		escape(s, text, "\n", NULL);
	kfree(buf);
}

/* ---- as files ------------------------------------------------------------- */

int seq_open(struct file *f, seq_show_fn show)
{
	struct seq_state *st = kzalloc(sizeof(*st));

	if (!st)
		return -ENOMEM;
	st->show = show;
	st->seq.file = f;
	mutex_init(&st->lock, "seq");
	f->private = st;
	return 0;
}

void seq_set_about(struct file *f, struct ns *ns)
{
	struct seq_state *st = f->private;

	st->seq.about = ns;
	st->seq.pids = task_active_pid_ns(current);
	ns_get(&st->seq.pids->ns, PIN_FILE);
}

static int make(struct seq_state *st, struct file *f)
{
	struct seq *s = &st->seq;
	int err;

	s->len = 0;
	s->error = 0;
	err = st->show(s, f);
	if (!err)
		err = s->error;
	st->made = !err;
	return err;
}

ssize_t seq_read(struct file *f, struct iter *it, loff_t *pos)
{
	struct seq_state *st = f->private;
	struct seq *s = &st->seq;
	ssize_t n = 0;

	mutex_lock(&st->lock);
	if (!st->made || !*pos)
		n = make(st, f);
	if (!n && *pos < (loff_t)s->len) {
		size_t want = min(it->count, s->len - (size_t)*pos);

		n = (ssize_t)copy_to_iter(s->buf + *pos, want, it);
		if (!n && want)
			n = -EFAULT;
	}
	mutex_unlock(&st->lock);
	if (n > 0)
		*pos += n;
	return n;
}

loff_t seq_llseek(struct file *f, loff_t offset, int whence)
{
	if (whence == SEEK_CUR)
		offset += f->pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	f->pos = offset;
	return offset;
}

void seq_release(struct file *f)
{
	struct seq_state *st = f->private;

	if (st->seq.about) {
		ns_put(st->seq.about, PIN_FILE);
		ns_put(&st->seq.pids->ns, PIN_FILE);
	}
	kfree(st->seq.buf);
	kfree(st);
}
