// SPDX-License-Identifier: MIT
/* unshare; the life of processes; pipes between two of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

/* ---- unshare --------------------------------------------------------------- */

static long do_unshare(long flags)
{
	return SYS1(unshare, flags);
}

/* Each call drops what the one before it made. */
static void unshare_loop(int t)
{
	long pid = SYS0(fork);

	if (!pid) {
		MEASURE(name_of("unshare_loop_%s", types[t].name),
			t == NET ? 40 : 200, SYS1(unshare, types[t].flag));
		exit_now(0);
	}
	wait_for(pid);
}

void group_unshare(void)
{
	MEASURE("unshare_0", 100, SYS1(unshare, 0));
	MEASURE("unshare_FS", 100, SYS1(unshare, CLONE_FS));
	for (int t = 0; t < NR_TYPES; t++)
		measure_in_child(name_of("unshare_1st_%s", types[t].name),
				 t == NET ? 20 : 40, do_unshare,
				 (long)types[t].flag);
	measure_in_child("unshare_1st_all7", 20, do_unshare, ALL_BUT_TIME);
	for (int t = 0; t < NR_TYPES; t++) {
		if (t != PID && t != USER) /* those only once in a process */
			unshare_loop(t);
	}
}

/* ---- processes ------------------------------------------------------------- */

static char vfork_stack[8192] __attribute__((aligned(64)));
static char *const tiny[] = {"/bin/tiny", NULL};
static char *const ourselves[] = {"/init", "-x", NULL};
static char *const no_env[] = {NULL};

/* A child on our memory and its own stack that executes @path, or ends. */
static long vfork_wait(const char *path)
{
	char *stack = vfork_stack + sizeof(vfork_stack);
	int status = 0;
	long pid;

	__asm__ volatile("xor %%edx, %%edx\n"
			 "xor %%r10d, %%r10d\n"
			 "xor %%r8d, %%r8d\n"
			 "syscall\n" /* clone */
			 "test %%rax, %%rax\n"
			 "jnz 1f\n"
			 "test %[path], %[path]\n"
			 "jz 2f\n"
			 "mov %[path], %%rdi\n"
			 "mov %[argv], %%rsi\n"
			 "mov %[env], %%rdx\n"
			 "mov $59, %%eax\n"
			 "syscall\n" /* execve */
			 "2: mov $60, %%eax\n"
			 "mov $7, %%edi\n"
			 "syscall\n" /* exit */
			 "1:"
			 : "=a"(pid)
			 : "a"(SYS_clone),
			   "D"(CLONE_VM | CLONE_VFORK | SIGCHLD), "S"(stack),
			   [path] "r"(path), [argv] "b"(tiny), [env] "r"(no_env)
			 : "rdx", "r10", "r8", "rcx", "r11", "memory");
	if (pid < 0)
		return pid;
	SYS4(wait4, pid, &status, 0, 0);
	return path && WEXITSTATUS(status) ? -ENOENT : pid;
}

static long clone_wait(unsigned long flags)
{
	long pid = call6(SYS_clone, (long)(flags | SIGCHLD), 0, 0, 0, 0, 0);

	if (!pid)
		exit_now(0);
	return pid < 0 ? pid : SYS4(wait4, pid, 0, 0, 0);
}

static long fork_wait(void)
{
	long pid = SYS0(fork);

	if (!pid)
		exit_now(0);
	return pid < 0 ? pid : SYS4(wait4, pid, 0, 0, 0);
}

static long fork_exec_wait(char *const *argv)
{
	long pid = SYS0(fork);
	int status = 0;

	if (!pid) {
		SYS3(execve, argv[0], argv, no_env);
		exit_now(7);
	}
	if (pid < 0)
		return pid;
	SYS4(wait4, pid, &status, 0, 0);
	return WEXITSTATUS(status) ? -ENOENT : 0;
}

/* What fork has to copy. */
static void say_rss(void)
{
	int fd = open("/proc/self/statm", O_RDONLY);
	char text[128] = "";
	char *rss;

	if (read(fd, text, sizeof(text) - 1) > 0) {
		rss = strchr(text, ' ');
		say_value("proc_rss_pages", rss ? atol(rss) : 0);
	}
	close(fd);
}

static void ping_pong(void)
{
	int to[2], from[2];
	char c = 0;
	long pid;

	if (pipe(to) || pipe(from))
		return;
	pid = SYS0(fork);
	if (!pid) {
		close(to[1]);
		close(from[0]);
		while (SYS3(read, to[0], &c, 1) == 1)
			SYS3(write, from[1], &c, 1);
		exit_now(0);
	}
	close(to[0]);
	close(from[1]);
	MEASURE("pipe_pingpong_roundtrip", 200,
		(SYS3(write, to[1], &c, 1), SYS3(read, from[0], &c, 1)));
	close(to[1]);
	close(from[0]);
	wait_for(pid);
}

static void pipe_alone(void)
{
	static char page[4096];
	int p[2];

	if (pipe(p))
		return;
	MEASURE("pipe_write1+read1_same_task", 200,
		(SYS3(write, p[1], page, 1), SYS3(read, p[0], page, 1)));
	MEASURE("pipe_write4k+read4k_same_task", 100,
		(SYS3(write, p[1], page, 4096), SYS3(read, p[0], page, 4096)));
}

void group_proc(void)
{
	MEASURE("fork+exit+wait", 60, fork_wait());
	MEASURE("vfork+exit+wait", 60, vfork_wait(NULL));
	say_rss();
	MEASURE("vfork+exec_tiny+wait", 40, vfork_wait(tiny[0]));
	MEASURE("fork+exec_tiny+wait", 40, fork_exec_wait(tiny));
	MEASURE("fork+exec_bench+wait", 20, fork_exec_wait(ourselves));
	for (int t = 0; t < NR_TYPES; t++) {
		if (t != TIME)
			MEASURE(name_of("clone_exit_wait_%s", types[t].name),
				20, clone_wait(types[t].flag));
	}
	MEASURE("clone_exit_wait_all7", 20, clone_wait(ALL_BUT_TIME));
	ping_pong();
	pipe_alone();
}
