// SPDX-License-Identifier: MIT
/*
 * The line discipline: what happens between the wire and read(2), as
 * termios(3) describes it: editing of lines, echo, signals from keys, and the
 * translation of newlines in both directions.
 *
 * Input arrives in the serial interrupt, or by a write to a pseudoterminal's
 * master, under tty->lock. Echo and output go to the driver. The serial line
 * polls, which never waits long; a master that does not read fills up: then
 * writers wait, and echo is lost.
 */
#include <linux/eventpoll.h>

#include "fs/tty.h"
#include "kernel/lib/string.h"
#include "kernel/task/task.h"

#define LFLAG(tty, f) ((tty)->termios.c_lflag & (f))
#define IFLAG(tty, f) ((tty)->termios.c_iflag & (f))
#define OFLAG(tty, f) ((tty)->termios.c_oflag & (f))
#define RING(i) ((i) & (TTY_BUF - 1))

void n_tty_init(struct tty *tty)
{
	static const struct termios defaults = {
		.c_iflag = ICRNL | IXON,
		.c_oflag = OPOST | ONLCR,
		.c_cflag = B38400 | CS8 | CREAD,
		.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL |
			   ECHOKE | IEXTEN,
		.c_cc = { [VINTR] = 3, [VQUIT] = 28, [VERASE] = 127,
			  [VKILL] = 21, [VEOF] = 4, [VMIN] = 1,
			  [VSTART] = 17, [VSTOP] = 19, [VSUSP] = 26,
			  [VREPRINT] = 18, [VDISCARD] = 15, [VWERASE] = 23,
			  [VLNEXT] = 22 },
	};

	tty->termios = defaults;
}

/* ---- output ------------------------------------------------------------- */

/* One byte as OPOST wants it. */
static void out_char(struct tty *tty, char c)
{
	if (!OFLAG(tty, OPOST)) {
		tty->driver->put(tty, c);
		return;
	}
	switch (c) {
	case '\n':
		if (OFLAG(tty, ONLCR))
			tty->driver->put(tty, '\r');
		tty->column = 0;
		break;
	case '\r':
		tty->column = 0;
		if (OFLAG(tty, OCRNL))
			c = '\n';
		break;
	case '\b':
		if (tty->column)
			tty->column--;
		break;
	case '\t':
		tty->column = (tty->column | 7) + 1;
		break;
	default:
		if ((u8)c >= ' ' && ((u8)c & 0xc0) != 0x80)
			tty->column++;
	}
	tty->driver->put(tty, c);
}

static void echo_char(struct tty *tty, char c)
{
	if (!LFLAG(tty, ECHO) && !(c == '\n' && LFLAG(tty, ECHONL)))
		return;
	if (LFLAG(tty, ECHOCTL) && ((u8)c < ' ' || c == 127) && c != '\n' &&
	    c != '\t') {
		out_char(tty, '^');
		c ^= 0x40;
	}
	out_char(tty, c);
}

void n_tty_stop(struct tty *tty, bool stop)
{
	if (tty->stopped == stop)
		return;
	tty->stopped = stop;
	tty->driver->packet(tty, stop ? TIOCPKT_STOP : TIOCPKT_START);
	if (!stop)
		wake_up_all(&tty->write_wait);
}

#define CHAR_ROOM 2 /* a newline is two bytes */

bool n_tty_writable(const struct tty *tty)
{
	return !READ_ONCE(tty->stopped) && tty->driver->room(tty) >= CHAR_ROOM;
}

/* Put what there is room for; how much of @s that was. */
static size_t out_chars(struct tty *tty, const char *s, size_t n)
{
	u64 irq = spin_lock_irqsave(&tty->lock);
	size_t i = 0;

	while (i < n && tty->driver->room(tty) >= CHAR_ROOM)
		out_char(tty, s[i++]);
	spin_unlock_irqrestore(&tty->lock, irq);
	if (i)
		tty->driver->sent(tty);
	return i;
}

/* Until output is possible. 0; -EIO: hung up; -EAGAIN, -ERESTARTSYS. */
static int wait_writable(struct tty *tty, const struct file *f)
{
	int err = 0;

	if (READ_ONCE(tty->hung))
		return -EIO;
	if (n_tty_writable(tty))
		return 0;
	if (f->flags & O_NONBLOCK)
		return -EAGAIN;
	err = wait_event_interruptible(&tty->write_wait,
				       n_tty_writable(tty) ||
					       READ_ONCE(tty->hung));
	return err ? err : READ_ONCE(tty->hung) ? -EIO : 0;
}

ssize_t n_tty_write(struct tty *tty, struct file *f, struct iter *it)
{
	char chunk[128];
	size_t n = 0, at = 0, put; /* chunk[at, n) is still to be put */
	ssize_t done = 0;
	int err;

	while (at < n || it->count) {
		err = wait_writable(tty, f);
		if (err)
			return done ? done : err;
		if (at == n) {
			at = 0;
			n = copy_from_iter(chunk, min(sizeof(chunk), it->count),
					   it);
			if (!n)
				return done ? done : -EFAULT;
		}
		put = out_chars(tty, chunk + at, n - at);
		at += put;
		done += (ssize_t)put;
		cond_resched();
	}
	return done;
}

/* ---- input --------------------------------------------------------------- */

static bool is_cc(const struct tty *tty, int which, char c)
{
	return tty->termios.c_cc[which] && (u8)c == tty->termios.c_cc[which];
}

/* Append a byte; a full ring rings the bell. */
static void put_char(struct tty *tty, char c, enum tty_mark mark)
{
	/* Keep one place for the end of the line. */
	if (tty->head - tty->tail >= TTY_BUF - (mark == MARK_NONE ? 1 : 0)) {
		if (IFLAG(tty, IMAXBEL))
			out_char(tty, '\a');
		return;
	}
	tty->buf[RING(tty->head)] = c;
	tty->mark[RING(tty->head)] = (u8)mark;
	tty->head++;
	if (mark != MARK_NONE || !LFLAG(tty, ICANON))
		tty->canon = tty->head;
}

void n_tty_flush_input(struct tty *tty)
{
	tty->tail = tty->canon = tty->head;
	tty->literal_next = false;
	wake_up_poll(&tty->input_wait, EPOLLOUT | EPOLLWRNORM);
}

void n_tty_mode_changed(struct tty *tty, u32 old_lflag)
{
	if (!((old_lflag ^ tty->termios.c_lflag) & ICANON))
		return;
	/* What is there becomes one readable piece in either direction. */
	tty->canon = tty->head;
	if (LFLAG(tty, ICANON) && tty->head != tty->tail &&
	    tty->mark[RING(tty->head - 1)] == MARK_NONE)
		tty->mark[RING(tty->head - 1)] = MARK_LINE;
	wake_up_poll(&tty->read_wait, EPOLLIN | EPOLLRDNORM);
}

static void rub_out(struct tty *tty)
{
	u8 c = (u8)tty->buf[RING(tty->head - 1)];

	tty->head--;
	if (!LFLAG(tty, ECHO) || (c & 0xc0) == 0x80)
		return;
	if (!LFLAG(tty, ECHOE)) {
		echo_char(tty, (char)tty->termios.c_cc[VERASE]);
		return;
	}
	for (int i = 0; i < ((c < ' ' || c == 127) && c != '\t' ? 2 : 1); i++) {
		out_char(tty, '\b');
		out_char(tty, ' ');
		out_char(tty, '\b');
	}
}

/* The editing keys of canonical mode. True: @c was one. */
static bool edit_line(struct tty *tty, char c)
{
	bool word = false;

	if (is_cc(tty, VERASE, c)) {
		if (tty->head != tty->canon)
			rub_out(tty);
		return true;
	}
	if (is_cc(tty, VKILL, c)) {
		while (tty->head != tty->canon)
			rub_out(tty);
		return true;
	}
	if (is_cc(tty, VWERASE, c) && LFLAG(tty, IEXTEN)) {
		while (tty->head != tty->canon) {
			char last = tty->buf[RING(tty->head - 1)];

			if (last != ' ' && last != '\t')
				word = true;
			else if (word)
				break;
			rub_out(tty);
		}
		return true;
	}
	if (is_cc(tty, VREPRINT, c) && LFLAG(tty, IEXTEN)) {
		echo_char(tty, c);
		out_char(tty, '\n');
		for (u32 i = tty->canon; i != tty->head; i++)
			echo_char(tty, tty->buf[RING(i)]);
		return true;
	}
	return false;
}

static void receive_canonical(struct tty *tty, char c)
{
	if (is_cc(tty, VLNEXT, c) && LFLAG(tty, IEXTEN)) {
		tty->literal_next = true;
		return;
	}
	if (edit_line(tty, c))
		return;
	if (is_cc(tty, VEOF, c)) {
		put_char(tty, 0, MARK_EOF);
		return;
	}
	echo_char(tty, c);
	put_char(tty, c,
		 c == '\n' || is_cc(tty, VEOL, c) || is_cc(tty, VEOL2, c) ?
			 MARK_LINE :
			 MARK_NONE);
}

/* The signal that a key stands for, or 0. */
static int key_signal(const struct tty *tty, char c)
{
	if (!LFLAG(tty, ISIG))
		return 0;
	if (is_cc(tty, VINTR, c))
		return SIGINT;
	if (is_cc(tty, VQUIT, c))
		return SIGQUIT;
	if (is_cc(tty, VSUSP, c))
		return SIGTSTP;
	return 0;
}

/* ^S and ^Q. True: @c was one. */
static bool flow_control(struct tty *tty, char c)
{
	if (!IFLAG(tty, IXON))
		return false;
	if (is_cc(tty, VSTOP, c)) {
		n_tty_stop(tty, true);
		return true;
	}
	if (!is_cc(tty, VSTART, c) && !(tty->stopped && IFLAG(tty, IXANY)))
		return false;
	n_tty_stop(tty, false);
	return is_cc(tty, VSTART, c);
}

/* One byte from the wire. The signal that it means, or 0. */
static int receive_char(struct tty *tty, char c)
{
	int sig;

	if (IFLAG(tty, ISTRIP))
		c &= 0x7f;
	if (tty->literal_next) {
		tty->literal_next = false;
		echo_char(tty, c);
		put_char(tty, c, MARK_NONE);
		return 0;
	}
	if (c == '\r') {
		if (IFLAG(tty, IGNCR))
			return 0;
		if (IFLAG(tty, ICRNL))
			c = '\n';
	} else if (c == '\n' && IFLAG(tty, INLCR)) {
		c = '\r';
	}
	if (flow_control(tty, c))
		return 0;
	sig = key_signal(tty, c);
	if (sig) {
		echo_char(tty, c);
		if (!LFLAG(tty, NOFLSH))
			n_tty_flush_input(tty);
		return sig;
	}
	if (LFLAG(tty, ICANON)) {
		receive_canonical(tty, c);
	} else {
		echo_char(tty, c);
		put_char(tty, c, MARK_NONE);
	}
	return 0;
}

void n_tty_receive(struct tty *tty, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		u64 irq = spin_lock_irqsave(&tty->lock);
		int sig = receive_char(tty, s[i]);
		bool readable = tty->canon != tty->tail;

		spin_unlock_irqrestore(&tty->lock, irq);
		if (sig)
			tty_signal_foreground(tty, sig);
		if (readable)
			wake_up_poll(&tty->read_wait, EPOLLIN | EPOLLRDNORM);
	}
	tty->driver->sent(tty);
}

/* A line that is too long loses its end, so that there can be one. */
size_t n_tty_room(const struct tty *tty)
{
	size_t used = READ_ONCE(tty->head) - READ_ONCE(tty->tail);
	size_t room = used < TTY_BUF - 1 ? TTY_BUF - 1 - used : 0;

	return !room && LFLAG(tty, ICANON) && !n_tty_readable(tty) ? 1 : room;
}

size_t n_tty_readable(const struct tty *tty)
{
	return READ_ONCE(tty->canon) - READ_ONCE(tty->tail);
}

/* ---- read(2) --------------------------------------------------------------- */

/*
 * Take up to @n readable bytes; in canonical mode not beyond the line. *@end:
 * this read is complete.
 */
static size_t take_bytes(struct tty *tty, char *out, size_t n, bool *end)
{
	u64 irq = spin_lock_irqsave(&tty->lock);
	size_t done = 0;

	while (done < n && tty->tail != tty->canon) {
		u8 mark = tty->mark[RING(tty->tail)];

		if (mark != MARK_EOF || !LFLAG(tty, ICANON))
			out[done++] = tty->buf[RING(tty->tail)];
		tty->tail++;
		if (mark != MARK_NONE && LFLAG(tty, ICANON)) {
			*end = true;
			break;
		}
	}
	/* An end-of-file mark right behind a full buffer belongs to it. */
	if (!*end && done == n && tty->tail != tty->canon &&
	    LFLAG(tty, ICANON) && tty->mark[RING(tty->tail)] == MARK_EOF)
		tty->tail++;
	spin_unlock_irqrestore(&tty->lock, irq);
	if (done)
		wake_up_poll(&tty->input_wait, EPOLLOUT | EPOLLWRNORM);
	return done;
}

/*
 * How long a read may wait for the next byte, in ns: VMIN and VTIME of
 * termios(3), "noncanonical mode". @done: bytes that it has got.
 */
static s64 read_timeout(const struct tty *tty, size_t done)
{
	u8 vmin = tty->termios.c_cc[VMIN], vtime = tty->termios.c_cc[VTIME];
	s64 tenths = vtime * (s64)(NSEC_PER_SEC / 10);

	if (LFLAG(tty, ICANON))
		return WAIT_FOREVER;
	if (done >= (size_t)max(vmin, (u8)1))
		return 0;
	if (!vmin)
		return tenths;
	return vtime && done ? tenths : WAIT_FOREVER;
}

static ssize_t read_locked(struct tty *tty, struct file *f, struct iter *it)
{
	char chunk[128];
	size_t done = 0, n;
	bool end = false;
	int err;

	while (it->count && !end) {
		n = take_bytes(tty, chunk, min(sizeof(chunk), it->count), &end);
		if (n && copy_to_iter(chunk, n, it) != n)
			return -EFAULT;
		done += n;
		if (n || end)
			continue;
		if (done && LFLAG(tty, ICANON))
			break;
		if (READ_ONCE(tty->hung))
			break;
		if ((f->flags & O_NONBLOCK) && read_timeout(tty, done))
			return done ? (ssize_t)done : -EAGAIN;
		err = wait_event_interruptible_timeout(
			&tty->read_wait,
			n_tty_readable(tty) || READ_ONCE(tty->hung),
			read_timeout(tty, done));
		if (err == -ETIMEDOUT)
			break;
		if (err)
			return done ? (ssize_t)done : err;
	}
	return (ssize_t)done;
}

ssize_t n_tty_read(struct tty *tty, struct file *f, struct iter *it)
{
	ssize_t ret;
	int err;

	if (f->flags & O_NONBLOCK) {
		if (!mutex_trylock(&tty->read_mutex))
			return -EAGAIN;
	} else {
		err = mutex_lock_interruptible(&tty->read_mutex);
		if (err)
			return err;
	}
	ret = read_locked(tty, f, it);
	mutex_unlock(&tty->read_mutex);
	return ret;
}
