/* SPDX-License-Identifier: MIT */
/*
 * Text files that the kernel composes (procfs, debugfs). The whole text is
 * made at the first read, and again after a seek to 0; reads then copy from it,
 * so that a reader with a small buffer sees one consistent text.
 */
#ifndef WARREN_FS_SEQ_H
#define WARREN_FS_SEQ_H

#include "fs/file.h"

struct seq {
	char *buf; /* kmalloc'ed, grows */
	size_t size, len;
	int error; /* -ENOMEM: the text is not whole */
	struct file *file;
	/* Of which namespace the text tells, if that is settled when the file is
	 * opened: counted (PIN_FILE) until its release. Else NULL. */
	struct ns *about;
	/* With it: whose pids are shown, the opener's; counted likewise. */
	struct pid_ns *pids;
};

void seq_printf(struct seq *s, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq *s, const char *str);
void seq_putc(struct seq *s, char c);
void seq_write(struct seq *s, const void *data, size_t n);
/* @v in decimal and a blank: what lines of numbers are made of, like
 * /proc/PID/stat. A tenth of what seq_printf() takes. */
void seq_num(struct seq *s, u64 v);
void seq_int(struct seq *s, s64 v);
/* Escape space, tab, newline, backslash (and @extra) as \ooo. */
void seq_escape(struct seq *s, const char *str, const char *extra);
void seq_path(struct seq *s, const struct path *path);

/* For file_ops: open keeps @show; read and llseek work on the text. */
typedef int (*seq_show_fn)(struct seq *s, struct file *f);
int seq_open(struct file *f, seq_show_fn show);
/* After seq_open(): the text is about @ns, whose reference is taken over, with
 * pids as current has them. */
void seq_set_about(struct file *f, struct ns *ns);
ssize_t seq_read(struct file *f, struct iter *it, loff_t *pos);
loff_t seq_llseek(struct file *f, loff_t offset, int whence);
void seq_release(struct file *f);

#endif
