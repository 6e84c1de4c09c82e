// SPDX-License-Identifier: MIT
/*
 * exhaust: use up the machine by one means after the other, as PID 1 of a small
 * one. Each means goes on in a child until a call refuses, or until the child
 * is killed for a page that cannot be had; nothing else may die, and when the
 * child is gone every kind of object is as numerous as before.
 *
 * Prints TAP. Exit status 0: all of that held.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/objects.h"

#define PAGE 4096
#define KB 1024

/* A step of a means: 0, or -1 with errno: that was the last. */
struct means {
	const char *name;
	int (*step)(long n);
};

static char block[64 * KB];

static int touch_pages(long n)
{
	char *p = mmap(NULL, 64 * KB, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)n;
	if (p == MAP_FAILED)
		return -1;
	for (int i = 0; i < 64 * KB; i += PAGE)
		p[i] = 1;
	return 0;
}

static int share_pages(long n)
{
	char *p = mmap(NULL, 64 * KB, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)n;
	if (p == MAP_FAILED)
		return -1;
	memset(p, 1, 64 * KB);
	return 0;
}

/* A file system of its own, without a limit of size. */
static int own_tmpfs(long n)
{
	if (n)
		return 0;
	if (unshare(CLONE_NEWNS) || mount("t", "/mnt", "tmpfs", 0, "size=0"))
		exit(2);
	return chdir("/mnt");
}

static int write_file(long n)
{
	static int fd;

	if (own_tmpfs(n))
		return -1;
	if (!n)
		fd = open("big", O_CREAT | O_WRONLY, 0600);
	return write(fd, block, sizeof(block)) > 0 ? 0 : -1;
}

static int make_dirs(long n)
{
	char name[32];

	if (own_tmpfs(n))
		return -1;
	snprintf(name, sizeof(name), "directory-%ld", n);
	return mkdir(name, 0755);
}

static int make_links(long n)
{
	char name[32];

	if (own_tmpfs(n))
		return -1;
	memset(block, 'x', PAGE - 1);
	snprintf(name, sizeof(name), "link-%ld", n);
	return symlink(block, name);
}

static int open_files(long n)
{
	(void)n;
	return open("/dev/null", O_RDONLY) < 0 ? -1 : 0;
}

static int fill_pipes(long n)
{
	int fd[2];

	(void)n;
	if (pipe2(fd, O_NONBLOCK))
		return -1;
	return write(fd[1], block, sizeof(block)) > 0 ? 0 : -1;
}

static int fill_sockets(long n)
{
	int fd[2];

	(void)n;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd))
		return -1;
	while (write(fd[1], block, sizeof(block)) > 0)
		;
	return errno == EAGAIN ? 0 : -1;
}

static int hold_ns(int type, const char *link)
{
	if (unshare(type))
		return -1;
	return open(link, O_RDONLY) < 0 ? -1 : 0;
}

static int hold_uts(long n)
{
	(void)n;
	return hold_ns(CLONE_NEWUTS, "/proc/self/ns/uts");
}

static int hold_mnt(long n)
{
	(void)n;
	return hold_ns(CLONE_NEWNS, "/proc/self/ns/mnt");
}

static int mount_many(long n)
{
	char name[32];

	if (make_dirs(n))
		return -1;
	snprintf(name, sizeof(name), "directory-%ld", n);
	return mount("t", name, "tmpfs", 0, NULL);
}

/* They die with the child, whose pid namespace they are in. */
static int fork_many(long n)
{
	pid_t pid = fork();

	(void)n;
	if (!pid)
		for (;;)
			pause();
	return pid < 0 ? -1 : 0;
}

static int map_many(long n)
{
	void *p = mmap(NULL, PAGE, n % 2 ? PROT_READ : PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static int exec_arguments(long n)
{
	char **argv = calloc(4096 + 2, sizeof(*argv));

	(void)n;
	memset(block, 'a', sizeof(block) - 1);
	for (int i = 0; i < 4096; i++)
		argv[i] = block;
	return execv("/init", argv);
}

static int make_eventfds(long n)
{
	static int ep;
	struct epoll_event ev = { .events = EPOLLIN };
	int fd = n % 2 ? eventfd(0, 0) : timerfd_create(CLOCK_MONOTONIC, 0);

	if (!n)
		ep = epoll_create1(0);
	return fd < 0 ? -1 : epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

static int queue_signals(long n)
{
	sigset_t all;

	(void)n;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	return sigqueue(getpid(), SIGRTMIN + 3, (union sigval){ 0 });
}

static int grow_break(long n)
{
	char *p = sbrk(64 * KB);

	(void)n;
	if (p == (void *)-1)
		return -1;
	memset(p, 1, 64 * KB);
	return 0;
}

static const struct means all_means[] = {
	{ "pages", touch_pages },
	{ "shared pages", share_pages },
	{ "the break", grow_break },
	{ "a file", write_file },
	{ "directories", make_dirs },
	{ "symbolic links", make_links },
	{ "descriptors", open_files },
	{ "pipes", fill_pipes },
	{ "sockets", fill_sockets },
	{ "uts namespaces", hold_uts },
	{ "mount namespaces", hold_mnt },
	{ "mounts", mount_many },
	{ "tasks", fork_many },
	{ "mappings", map_many },
	{ "arguments of exec", exec_arguments },
	{ "eventfds, timers, watches", make_eventfds },
	{ "queued signals", queue_signals },
};

/* ---- the runner ------------------------------------------------------------- */

#define STEPS_MAX 300000 /* more than any limit or memory of the machine */

static void child(const struct means *m, int report)
{
	struct rlimit many = { 1 << 20, 1 << 20 };
	int err = 0;
	long n;

	setrlimit(RLIMIT_NOFILE, &many);
	for (n = 0; n < STEPS_MAX && !err; n++)
		err = m->step(n) ? errno : 0;
	if (write(report, &err, sizeof(err)) != sizeof(err))
		exit(1);
	exit(0);
}

static int expected(int err)
{
	return err == ENOMEM || err == ENOSPC || err == EMFILE ||
	       err == ENFILE || err == EAGAIN || err == E2BIG ||
	       err == ENOLCK || err == ENOBUFS;
}

/* The child is init of a pid namespace: all that it made dies with it. The end
 * is printed if @loud. */
static int run(const struct means *m, int loud)
{
	int fd[2], status = 0, err = 0;
	pid_t pid;

	if (pipe(fd))
		return 0;
	pid = (pid_t)syscall(56, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		child(m, fd[1]);
	close(fd[1]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		printf("# no child: %s\n", strerror(errno));
	else if (read(fd[0], &err, sizeof(err)) != sizeof(err))
		err = -1;
	close(fd[0]);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		if (loud)
			printf("# %s: the child was killed\n", m->name);
		return 1;
	}
	if (loud)
		printf("# %s: %s\n", m->name,
		       err > 0 ? strerror(err) : "no end");
	return WIFEXITED(status) && !WEXITSTATUS(status) && expected(err);
}

/* Free memory in KiB. Slabs may keep some for the next of their kind. */
static long free_memory(void)
{
	char text[4096], *line;
	int fd = open("/proc/meminfo", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = 0;
	close(fd);
	line = strstr(text, "MemFree:");
	return line ? atol(line + 8) : 0;
}

#define KEPT_MAX 1024 /* KiB */

static char before[16384];

static int same_objects(void)
{
	static char now[16384];
	int same = objects_as(before, now, sizeof(now));

	if (!same)
		printf("# before\n%s# now\n%s", before, now);
	return same;
}

int main(int argc, char **argv)
{
	const int nr = sizeof(all_means) / sizeof(all_means[0]);
	int bad = 0;

	if (argc > 10)
		return 1; /* exec_arguments() came through */
	setvbuf(stdout, NULL, _IONBF, 0);
	mkdir("/mnt", 0755);
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) ||
	    mount("sys", "/sys", "sysfs", 0, NULL) ||
	    mount("d", "/sys/kernel/debug", "debugfs", 0, NULL))
		return 2;
	printf("1..%d\n", nr);
	for (int i = 0; i < nr; i++) {
		const struct means *m = &all_means[i];
		long kib;
		int ok;

		if (argc > 1 && strcmp(argv[1], m->name))
			continue;
		run(m, 0); /* what is made once and kept: tables that grow */
		objects_settled(before, sizeof(before), 20000);
		kib = free_memory();
		ok = run(m, 1) & same_objects();
		if (free_memory() < kib - KEPT_MAX) {
			printf("# %ld KiB less are free\n",
			       kib - free_memory());
			ok = 0;
		}
		bad += !ok;
		printf("%sok %d - %s\n", ok ? "" : "not ", i + 1, m->name);
	}
	return bad != 0;
}
