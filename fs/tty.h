/* SPDX-License-Identifier: MIT */
/*
 * Terminals (tty_ioctl(4), termios(3)). One so far: the serial console. tty.c
 * is the device, its ioctls and job control; n_tty.c the line discipline
 * between the wire and the reader.
 */
#ifndef WARREN_FS_TTY_H
#define WARREN_FS_TTY_H

#include <asm/termbits.h>
#include <asm/termios.h>

#include "fs/file.h"
#include "kernel/lib/refcount.h"
#include "kernel/lock/spinlock.h"
#include "kernel/task/mutex.h"

struct pid;
struct pid_ns;
struct task;

#define TTY_BUF 4096 /* bytes of input kept; a power of two */

struct tty {
	struct refcount refs;
	dev_t dev;		 /* [I] ttyS0 */
	struct spinlock lock;	 /* irqsave: all but what says otherwise */
	struct termios termios;
	struct winsize winsize;
	bool stopped;		 /* ^S */
	bool literal_next;	 /* ^V came */
	u32 column;		 /* of the cursor, for tabs and erasing */
	/* Input: bytes [tail, head) of the ring; [tail, canon) can be read in
	 * canonical mode. mark: what kind of byte it is. */
	u32 head, canon, tail;
	char buf[TTY_BUF];
	u8 mark[TTY_BUF]; /* enum tty_mark */
	struct waitq read_wait, write_wait;
	struct mutex read_mutex; /* one reader at a time */
	struct pid *session, *pgrp; /* [T] counted; NULL: nobody's terminal */
};

enum tty_mark { MARK_NONE, MARK_LINE, MARK_EOF };

extern struct tty console_tty;
extern const struct file_ops tty_fops;	       /* ttyS0, console */
extern const struct file_ops tty_current_fops; /* /dev/tty */

void tty_init(void);
struct tty *tty_get(struct tty *tty);
void tty_put(struct tty *tty);
/* The session leader exits: hang up, SIGHUP to the foreground group. */
void tty_session_exit(struct task *leader);
int tty_device_nr(const struct tty *tty); /* /proc/PID/stat's tty_nr; 0 */
int tty_foreground_pgrp(struct tty *tty, struct pid_ns *ns); /* or -1 */

/* n_tty.c */
void n_tty_init(struct tty *tty);
void n_tty_receive(struct tty *tty, const char *s, size_t n); /* interrupt */
ssize_t n_tty_read(struct tty *tty, struct file *f, struct iter *it);
ssize_t n_tty_write(struct tty *tty, struct file *f, struct iter *it);
size_t n_tty_readable(const struct tty *tty); /* bytes; lock held or a guess */
void n_tty_flush_input(struct tty *tty) __must_hold(tty->lock);
/* Termios changed: what was typed so far becomes readable, or is a line. */
void n_tty_mode_changed(struct tty *tty, u32 old_lflag)
	__must_hold(tty->lock);
/* tty.c: a signal to the foreground group, from an interrupt. */
void tty_signal_foreground(struct tty *tty, int sig);

#endif
