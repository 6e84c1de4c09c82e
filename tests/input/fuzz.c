// SPDX-License-Identifier: MIT
/*
 * fuzz [CALLS]: random system calls with random arguments, from a task without
 * privileges. Runs as PID 1 on Warren. Nothing is expected of the calls; the
 * kernel is expected to be there afterwards. Exit status 0: all were made.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CALLS_A_CHILD 500
#define PATIENCE_MS 400 /* then the child sleeps for ever: it is killed */

static uint64_t state = 20261124;
static char page[2][8192] __attribute__((aligned(4096)));

static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* What programs pass: small numbers, descriptors, addresses good and bad. */
static long argument(void)
{
	static const long odd[] = { 0, -1, 1, 4096, 0x7fffffff, -4096,
				    0x7ffffffff000, -0x7fffffffff000, 1L << 47,
				    -9223372036854775807L - 1 };

	switch (rnd() % 7) {
	case 0:
		return odd[rnd() % (sizeof(odd) / sizeof(odd[0]))];
	case 1:
		return (long)(rnd() % 64);
	case 2:
		return (long)&page[rnd() % 2][rnd() % 8192];
	case 3:
		return (long)(page[rnd() % 2] + 8192 - rnd() % 16);
	case 4:
		return (long)(1UL << (rnd() % 64));
	case 5:
		return (long)rnd();
	default:
		return (long)(rnd() & 0xffff);
	}
}

static int is_final(long nr)
{
	return nr == SYS_exit || nr == SYS_exit_group || nr == SYS_pause ||
	       nr == SYS_rt_sigsuspend;
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void child(uint64_t seed)
{
	const struct itimerval soon = { .it_value = { 0, 3000 } };

	signal(SIGALRM, on_alarm);
	state = seed;
	if (setgid(1000) || setuid(1000))
		_exit(1);
	for (size_t i = 0; i < sizeof(page[0]); i++)
		page[0][i] = (char)rnd();
	strcpy(page[1], "/proc/self/ns/uts");
	for (int i = 0; i < CALLS_A_CHILD; i++) {
		long nr = (long)(rnd() % 460);

		setitimer(ITIMER_REAL, &soon, NULL); /* some calls sleep */
		if (!is_final(nr))
			syscall(nr, argument(), argument(), argument(),
				argument(), argument(), argument());
	}
	_exit(0);
}

static void wait_or_kill(pid_t pid)
{
	struct timespec ms = { .tv_nsec = 1000 * 1000 };

	for (int i = 0; i < PATIENCE_MS; i++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return;
		nanosleep(&ms, NULL);
	}
	kill(pid, SIGCONT);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	long calls = argc > 1 ? atol(argv[1]) : 100000;

	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	for (long i = 0; i < calls / CALLS_A_CHILD; i++) {
		uint64_t seed = rnd();
		pid_t pid = fork();

		if (pid == 0)
			child(seed);
		if (pid < 0) {
			perror("fuzz");
			return 1;
		}
		wait_or_kill(pid);
		kill(-1, SIGKILL); /* what it may have forked */
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	printf("fuzz: %ld calls made\n", calls);
	return 0;
}
