/* SPDX-License-Identifier: MIT */
/*
 * Terminals (tty_ioctl(4), termios(3)): the serial console, and pseudoterminals
 * (pty.c, devpts.c). tty.c is the device and its ioctls, tty_job.c job control,
 * n_tty.c the line discipline between the wire and the reader.
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

struct tty;

/* What is behind a terminal, where its output goes. "locked": tty->lock. */
struct tty_driver {
	void (*put)(struct tty *tty, char c); /* locked */
	u32 (*room)(const struct tty *tty); /* bytes; locked, or a guess */
	void (*sent)(struct tty *tty); /* there is output: not locked */
	void (*packet)(struct tty *tty, u8 what); /* TIOCPKT_*; locked */
	void (*closed)(struct tty *tty); /* by the last that had it open */
	void (*free)(struct tty *tty); /* the last reference; may sleep */
};

struct tty {
	struct refcount refs; /* files, processes that it controls; its driver */
	const struct tty_driver *driver; /* [I] */
	u32 opens;   /* [a] files */
	bool hung;   /* [T] hung up: for good */
	bool exclusive; /* [a] TIOCEXCL */
	dev_t dev;		 /* [I] */
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
	struct waitq input_wait; /* who brings input, for room */
	struct mutex read_mutex; /* one reader at a time */
	struct pid *session, *pgrp; /* [T] counted; NULL: nobody's terminal */
};

enum tty_mark { MARK_NONE, MARK_LINE, MARK_EOF };

extern struct tty console_tty;
extern const struct file_ops tty_fops;	       /* ttyS0, console */
extern const struct file_ops tty_current_fops; /* /dev/tty */

void tty_init(void);
/* Everything that a blank one needs; the reference is the caller's. */
void tty_setup(struct tty *tty, dev_t dev, const struct tty_driver *driver);
struct tty *tty_get(struct tty *tty);
void tty_put(struct tty *tty);
/*
 * What an open on @tty does; takes over its reference, also on error. -EIO: it
 * was hung up; -EBUSY: exclusive.
 */
int tty_open_as(struct file *f, struct tty *tty, bool may_control);
/* The ioctls that mean the same on both ends of a pseudoterminal. */
long tty_ioctl_common(struct tty *tty, u32 cmd, unsigned long arg);
/* The session leader exits: hang up, SIGHUP to the foreground group. */
void tty_session_exit(struct task *leader);
int tty_device_nr(const struct tty *tty); /* /proc/PID/stat's tty_nr; 0 */
int tty_foreground_pgrp(struct tty *tty, struct pid_ns *ns); /* or -1 */

/* tty_job.c */
void tty_acquire(struct tty *tty);
void tty_hangup(struct tty *tty);
long tty_give_up(struct tty *tty);
long tty_set_controlling(struct tty *tty, unsigned long arg);
int tty_check_background(struct tty *tty, int sig);
long tty_set_pgrp(struct tty *tty, pid_t nr);
/* *@slot (session or group), as current's pid namespace numbers it. */
long tty_get_number(struct pid *const *slot, int __user *out);
/* A signal to the foreground group, from an interrupt. */
void tty_signal_foreground(struct tty *tty, int sig);

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
bool n_tty_writable(const struct tty *tty); /* a guess */
/* Output stops (^S), or goes on. */
void n_tty_stop(struct tty *tty, bool stop) __must_hold(tty->lock);
/* How many bytes of input it can take; a guess. */
size_t n_tty_room(const struct tty *tty);

#endif
