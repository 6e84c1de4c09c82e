/* SPDX-License-Identifier: MIT */
/*
 * Cases for tests/user: ordinary static Linux programs that run on Linux and
 * on Warren and must print the same.
 *
 *	CASE(S03, "a new uts namespace copies the name")
 *	{
 *		CHECK(unshare(CLONE_NEWUTS) == 0);
 *		SEE("nodename", "%s", uts.nodename);
 *	}
 *
 * Each case runs in a process of its own. SEE prints an observed value, in a
 * form that does not depend on the machine; CHECK prints nothing unless it
 * fails. ERR(call) gives the name of the error, or "ok". A program prints
 * TAP: "1..N", for each case its "# name = value" lines and "ok I - ROW text"
 * or "not ok I - ...". There is no other place to register a case.
 */
#ifndef WARREN_TESTS_USER_CASE_H
#define WARREN_TESTS_USER_CASE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

struct test_case {
	const char *row, *text;
	void (*fn)(void);
	struct test_case *next;
};

extern struct test_case *cases, **cases_end;
extern int case_failed;

#define CASE_NAME2(l) case_##l
#define CASE_NAME(l) CASE_NAME2(l)
#define CASE_REG2(l) register_##l
#define CASE_REG(l) CASE_REG2(l)
#define CASE(row_, text_)                                                      \
	static void CASE_NAME(__LINE__)(void);                                 \
	__attribute__((constructor)) static void CASE_REG(__LINE__)(void)      \
	{                                                                      \
		static struct test_case c = { #row_, text_,                    \
					      CASE_NAME(__LINE__), NULL };     \
		*cases_end = &c;                                               \
		cases_end = &c.next;                                           \
	}                                                                      \
	static void CASE_NAME(__LINE__)(void)

#define CHECK(cond)                                                            \
	do {                                                                   \
		if (!(cond))                                                   \
			check_failed(__FILE__, __LINE__, #cond);               \
	} while (0)

void check_failed(const char *file, int line, const char *expr);
void see(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define SEE(name, ...) see(name, __VA_ARGS__)

/* "ok" or the errno's name, of a call that returns -1 on error. */
const char *err_name(int err);
#define ERR(call)                                                              \
	({                                                                     \
		errno = 0;                                                     \
		long err_r = (long)(call);                                     \
		err_r == -1 ? err_name(errno) : "ok";                          \
	})

/* The common case: what a call gives. */
#define TRY(name, call) SEE(name, "%s", ERR(call))

/* Run @fn in a child; its wait status. The child exits 0 if fn returns, 1 if
 * a CHECK failed in it. */
int in_child(void (*fn)(void));
/* A child that sleeps until it is killed; its pid. @setup runs in it first,
 * and has run when this returns. */
pid_t spawn(void (*setup)(void));
void reap(pid_t pid); /* SIGKILL and wait */
/* st_ino of a path, 0 if it cannot be had. */
ino_t ino_of(const char *path);
/* "uts" of "uts:[123]", checks the digits; in a static buffer. */
const char *link_type(const char *path);
/* "/proc/self/fd/N"; in a static buffer. */
const char *fd_path(int fd);
void write_file(const char *path, const char *text);
/* The whole file, NUL-terminated, in a static buffer; "" if it fails. */
const char *read_file(const char *path);
/* The rest of the line after @key in a file such as /proc/PID/status. */
const char *field(const char *path, const char *key);

/* "exit 3" or "signal 9", of a wait status; in a static buffer. */
const char *status_name(int status);
/* fork(), as a system call: CLONE_* flags of legacy clone beside SIGCHLD. */
pid_t fork_flags(unsigned long flags);
/* The entries of /proc/PID/ns; ends with a NULL name. */
struct ns_type {
	const char *name, *real;
	int flag;
};
extern const struct ns_type ns_types[];
/* Open an entry of /proc/PID/ns (0: self's); -1 if that fails. */
int open_ns(pid_t pid, const char *name);
bool same_file(int fd1, int fd2); /* st_dev and st_ino */
/* All ids and no capability, no supplementary group. Not undone. */
void become(uid_t uid);
/* Effective and permitted capabilities are exactly these bits. */
int caps_set(uint64_t effective, uint64_t permitted);
#define CAP_BIT(cap) (1ULL << (cap))
/* A mount namespace of one's own, nothing shared, an empty tmpfs on /mnt. */
void private_mounts(void);
/* Another thread of this process, which only sleeps. */
void thread_start(void);
void pin_cpu0(void);
/* What a child tells its parent, or the other way. */
struct pipe_pair {
	int rd, wr;
};
struct pipe_pair pipe_new(void);
void pipe_say(struct pipe_pair p);  /* one byte */
void pipe_hear(struct pipe_pair p); /* waits for one */

#endif
