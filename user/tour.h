/* SPDX-License-Identifier: MIT */
/*
 * The tour's vocabulary. A step is a function that runs in a process of its
 * own: it may unshare what it likes. see() shows an observation, check() says
 * what must be true of it.
 */
#ifndef WARREN_USER_TOUR_H
#define WARREN_USER_TOUR_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct step {
	const char *title;
	const char *text; /* what it does, in a line or two */
	void (*run)(void);
};

/* Ends with an entry whose title is NULL; one table a file. */
extern const struct step link_steps[], life_steps[], pid_steps[], mnt_steps[];

void see(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void check(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The call must have failed so; the error's text is shown after @fmt's. */
void check_fails(long result, int error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* End the step if something fails that it does not want to show. */
void must(bool ok, const char *what);

/* "uts:[4026531838]" of /proc/PID/ns/NAME (PID 0: self), or the error's text.
 * In one of four static buffers. */
const char *ns_text(pid_t pid, const char *name);
ino_t ns_inum(pid_t pid, const char *name); /* 0 if it names nothing */
int ns_open(pid_t pid, const char *name);
const char *hostname(void);
/* A fresh directory under /tmp; removed with its file "u" by dir_remove(). */
void dir_make(char dir[32]);
void dir_remove(const char *dir);
/* The line(s) of a file under debugfs that hold @word, on Warren only. */
void warren_see(const char *file, const char *word);

/*
 * A helper process that unshares @flags, runs @setup, and then waits. When
 * burrow_dig() returns, all that is done.
 */
struct burrow {
	pid_t pid;
	int go; /* closed: the helper ends */
};
void burrow_dig(struct burrow *b, int flags, void (*setup)(void));
void burrow_close(struct burrow *b); /* the helper ends and is reaped */

/* Like fork(2), into new namespaces. */
pid_t clone_into(int flags);
/* Wait for @pid; its exit status, or -signal. */
int reap(pid_t pid);

#endif
