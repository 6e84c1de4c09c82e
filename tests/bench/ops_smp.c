// SPDX-License-Identifier: MIT
/*
 * Scaling out: sixteen tasks do the same operation at the same time, and each
 * should cost what it costs one task alone.
 *
 * What is said of an operation: ticks of all of it, divided by the operations
 * that were done, and the part of it that was spent waiting for spinlocks
 * (lock_stat in Warren's debugfs; 0 elsewhere). Under -icount a tick is an
 * instruction of any CPU: so this is the work, whatever the number of CPUs. There
 * the CPUs take turns, of which a timer ends each after some operations, often in
 * the middle of one; without it they would hardly ever meet.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define TASKS 16
#define TURN_NS 20000
#define LINK "/proc/self/ns/uts"
#define DEBUG_DIR "/tmp/debug"

static long held_ns;	 /* a namespace that all share */
static long own_pipe[2]; /* of each task */
static char own[32];	 /* a name of each task */

static long do_getpid(void)
{
	return SYS0(getpid);
}

static long open_close(const char *path, int flags)
{
	long fd = SYS3(open, path, flags, 0600);

	return fd < 0 ? fd : SYS1(close, fd);
}

static long do_open_ns(void)
{
	return open_close(LINK, O_RDONLY);
}

static long do_open_one(void)
{
	return open_close("/proc/1/ns/uts", O_RDONLY);
}

static long do_stat_ns(void)
{
	struct stat st;

	return SYS2(stat, LINK, &st);
}

static long do_readlink(void)
{
	char text[64];

	return SYS3(readlink, LINK, text, sizeof(text));
}

static long do_setns(void)
{
	return SYS2(setns, held_ns, CLONE_NEWUTS);
}

static long do_unshare_uts(void)
{
	return SYS1(unshare, CLONE_NEWUTS);
}

static long do_unshare_mnt(void)
{
	return SYS1(unshare, CLONE_NEWNS);
}

static long do_open_file(void)
{
	return open_close("/tmp/shared", O_RDONLY);
}

static long do_creat_unlink(void)
{
	long r = open_close(own, O_CREAT | O_WRONLY);

	return r < 0 ? r : SYS1(unlink, own);
}

static long do_bind_umount(void)
{
	long r = SYS6(mount, LINK, own, "", MS_BIND, 0, 0);

	return r < 0 ? r : SYS2(umount2, own, 0);
}

static long do_pipe(void)
{
	char c = 0;

	SYS3(write, own_pipe[1], &c, 1);
	return SYS3(read, own_pipe[0], &c, 1);
}

static long do_fork(void)
{
	long pid = SYS0(fork);

	if (!pid)
		exit_now(0);
	return pid < 0 ? pid : SYS4(wait4, pid, 0, 0, 0);
}

static long do_mmap(void)
{
	long p = SYS6(mmap, 0, 4096, 3, 0x22, -1, 0); /* private memory */

	if (p < 0)
		return p;
	*(volatile char *)p = 1;
	return SYS2(munmap, p, 4096);
}

static const struct op {
	const char *name;
	long (*run)(void);
	int rounds;
} ops[] = {
	{"getpid", do_getpid, 2000},
	{"open+close_proc_self_ns_uts", do_open_ns, 300},
	{"open+close_proc_1_ns_uts", do_open_one, 300},
	{"stat_proc_self_ns_uts", do_stat_ns, 300},
	{"readlink_proc_self_ns_uts", do_readlink, 300},
	{"setns_uts", do_setns, 500},
	{"unshare_uts", do_unshare_uts, 500},
	{"unshare_mnt", do_unshare_mnt, 100},
	{"bind+umount_ns", do_bind_umount, 100},
	{"open+close_tmpfs_file", do_open_file, 500},
	{"creat+unlink_tmpfs", do_creat_unlink, 200},
	{"pipe_write+read", do_pipe, 1000},
	{"fork+exit+wait", do_fork, 60},
	{"mmap+touch+munmap", do_mmap, 300},
};

/* Instructions spent waiting for spinlocks so far. */
static long long spun(void)
{
	char text[128] = "", *at;
	int fd = open(DEBUG_DIR "/warren/lock_stat", O_RDONLY);

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	at = strstr(text, "instructions ");
	return at ? atoll(at + strlen("instructions ")) : 0;
}

/* The debug build tells the names of the locks that were waited for. */
static void say_locks(void)
{
	char text[8192], *line, *rest = text;
	int fd = open(DEBUG_DIR "/warren/lock_stat", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = 0;
	while ((line = strsep(&rest, "\n")) && *line)
		printf("L %s\n", line);
	fflush(stdout);
}

/* One of the sixteen: ready, wait for the rest, work, say that it is done. */
static void one_task(const struct op *op, int nr, int ready, int go, int done)
{
	long r = 0;
	char c = 'r';
	int p[2];

	snprintf(own, sizeof(own), "/tmp/own/%d", nr);
	close(open(own, O_CREAT | O_WRONLY, 0600));
	if (op->run == do_creat_unlink)
		unlink(own);
	if (pipe(p))
		exit_now(1);
	own_pipe[0] = p[0];
	own_pipe[1] = p[1];
	SYS1(unshare, CLONE_NEWNS);
	for (int i = 0; i < 3; i++)
		r = op->run();
	if (write(ready, &c, 1) != 1 || read(go, &c, 1) != 0)
		exit_now(1);
	for (int i = 0; i < op->rounds && r >= 0; i++)
		r = op->run();
	c = r < 0 ? 'f' : 'd';
	if (write(done, &c, 1) != 1)
		exit_now(1);
	unlink(own);
	exit_now(0);
}

/* False: one of them failed, or died. */
static bool gather(int fd)
{
	bool ok = true;
	char c;

	for (int i = 0; i < TASKS; i++)
		ok &= read(fd, &c, 1) == 1 && c != 'f';
	return ok;
}

static void scale_out(const struct op *op)
{
	long pids[TASKS], n = (long)op->rounds * TASKS;
	int ready[2], go[2], done[2];
	long long spins;
	uint64_t from, to;
	bool ok;

	if (pipe(ready) || pipe(go) || pipe(done))
		return;
	for (int i = 0; i < TASKS; i++) {
		pids[i] = SYS0(fork);
		if (!pids[i]) {
			close(go[1]);
			one_task(op, i, ready[1], go[0], done[1]);
		}
	}
	ok = gather(ready[0]);
	sleep_ms(20); /* so that they all sleep */
	spins = spun();
	from = tsc();
	close(go[1]);
	ok &= gather(done[0]);
	to = tsc();
	spins = spun() - spins;
	for (int i = 0; i < TASKS; i++)
		wait_for(pids[i]);
	close(go[0]);
	for (int i = 0; i < 2; i++) {
		close(ready[i]);
		close(done[i]);
	}
	if (!ok) {
		say_error(name_of("smp_%s", op->name), 5);
		return;
	}
	say_value(name_of("smp_%s", op->name), (long long)(to - from) / n);
	say_value(name_of("smp_%s_spun", op->name), spins / n);
}

/* A timer that nobody waits for: a CPU's turn ends with it. */
static void short_turns(void)
{
	const struct itimerspec t = {{0, TURN_NS}, {0, TURN_NS}};

	timerfd_settime(timerfd_create(CLOCK_MONOTONIC, 0), 0, &t, NULL);
}

void group_smp(void)
{
	short_turns();
	mkdir(DEBUG_DIR, 0700);
	mount("none", DEBUG_DIR, "debugfs", 0, 0);
	mkdir("/tmp/own", 0700);
	close(open("/tmp/shared", O_CREAT | O_WRONLY, 0600));
	held_ns = open_ns("self", "uts");
	for (unsigned i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		if (measure_wanted(ops[i].name))
			scale_out(&ops[i]);
	}
	say_locks();
}
