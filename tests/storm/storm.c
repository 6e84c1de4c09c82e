// SPDX-License-Identifier: MIT
/*
 * storm [SECONDS [SEED]]: everything at once. Sixteen tasks fork, exit, unshare,
 * setns, open and close the links of each other's namespaces, bind and unmount
 * them, take whole trees of mounts down under who stands in them, read /proc
 * and kill, for SECONDS of the machine's own time. As PID 1 it
 * then compares the counts of every kind of object with those of before.
 *
 * Errors of the calls are what they are; what is expected is that the kernel is
 * there, that nothing hangs, and that nothing is left over. Runs on Linux, too,
 * where there are no counts. Exit status 0: all of that held.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/objects.h"

#define TASKS 16
#define WARM_UP_STEPS 3000
#define NEW_ANY                                                                \
	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |           \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)

static const int types[] = { CLONE_NEWNS,  CLONE_NEWUTS,  CLONE_NEWIPC,
			     CLONE_NEWPID, CLONE_NEWNET,  CLONE_NEWCGROUP,
			     0x80,	   CLONE_NEWUSER };
static const char *const links[] = { "mnt", "uts", "ipc",  "pid", "net",
				     "cgroup", "time", "user",
				     "pid_for_children", "time_for_children" };
#define N(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t state;
static time_t end;
static unsigned long *calls; /* shared by all */
static pid_t first; /* a pid that one of the tasks may have */

static unsigned int rnd(unsigned int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)(state >> 20) % n;
}

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec;
}

/* A link of itself, of a sibling, or of who happens to have that number. */
static const char *some_link(void)
{
	static char path[64];
	const char *name = links[rnd(N(links))];

	if (rnd(3))
		snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	else
		snprintf(path, sizeof(path), "/proc/%d/ns/%s",
			 first + (int)rnd(2 * TASKS), name);
	return path;
}

static void op_open(void)
{
	int fd = open(some_link(), O_RDONLY | (rnd(4) ? 0 : O_PATH));
	struct stat st;

	if (fd < 0)
		return;
	fstat(fd, &st);
	close(fd);
}

static void op_read_link(void)
{
	char text[64];
	struct stat st;

	if (readlink(some_link(), text, sizeof(text)) > 0)
		stat(some_link(), &st);
}

static void op_unshare(void)
{
	unshare(types[rnd(N(types) - 1)]);
}

static void op_setns(void)
{
	int fd = open(some_link(), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	setns(fd, 0);
	close(fd);
}

static void op_setns_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, first + (int)rnd(2 * TASKS), 0);

	if (fd < 0)
		return;
	setns(fd, types[rnd(N(types))] | types[rnd(N(types))]);
	close(fd);
}

/* The child ends at once, or makes more trouble first. */
static void op_fork(void)
{
	pid_t pid = fork();

	if (!pid) {
		if (rnd(2))
			op_unshare();
		if (!rnd(4))
			op_setns();
		if (!rnd(8))
			kill(getpid(), SIGKILL);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void op_clone(void)
{
	unsigned long flags = types[rnd(N(types) - 2)] |
			      types[rnd(N(types))] | SIGCHLD;
	long pid = syscall(SYS_clone, flags & (NEW_ANY | 0xff), 0, 0, 0, 0);

	if (!pid) {
		op_open();
		_exit(0);
	}
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
}

static const char *some_file(void)
{
	static char path[32];

	snprintf(path, sizeof(path), "/run/storm/%u", rnd(8));
	return path;
}

static void op_bind(void)
{
	mount(some_link(), some_file(), NULL, MS_BIND, NULL);
}

static void op_umount(void)
{
	umount2(some_file(), rnd(2) ? MNT_DETACH : 0);
}

static void op_read_proc(void)
{
	DIR *d = opendir(rnd(2) ? "/proc" : "/proc/self/ns");

	if (!d)
		return;
	while (readdir(d))
		;
	closedir(d);
}

static void op_read_mounts(void)
{
	char text[4096];
	int fd = open("/proc/self/mountinfo", O_RDONLY);

	if (fd < 0)
		return;
	while (read(fd, text, sizeof(text)) > 0)
		;
	close(fd);
}

/* A descriptor on a namespace goes through a socket, or stays in it. */
static void op_send(void)
{
	int sv[2], fd = open(some_link(), O_RDONLY);
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	if (fd < 0)
		return;
	if (!socketpair(AF_UNIX, SOCK_STREAM, 0, sv)) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), rnd(4) ? &fd : &sv[1], sizeof(int));
		sendmsg(sv[0], &m, 0);
		if (rnd(2) && recvmsg(sv[1], &m, 0) > 0 &&
		    (c = CMSG_FIRSTHDR(&m)))
			close(*(int *)CMSG_DATA(c));
		close(sv[0]);
		close(sv[1]);
	}
	close(fd);
}

static void op_tmpfs(void)
{
	if (unshare(CLONE_NEWNS))
		return;
	mount(NULL, "/", NULL, MS_REC | (rnd(2) ? MS_PRIVATE : MS_SHARED),
	      NULL);
	mount("storm", "/mnt", "tmpfs", 0, NULL);
}

/* In a user namespace the mounts are locked, so that a copy of them which is taken
 * down stays together: one walks up in it while another lets go of its top. */
static void dead_tree(void)
{
	int top, deep, fd;
	long pid;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) ||
	    mount("/", "/mnt", NULL, MS_BIND | MS_REC, NULL))
		return;
	top = open("/mnt", O_PATH);
	deep = open("/mnt/sys/kernel/debug", O_PATH);
	umount2("/mnt", MNT_DETACH);
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (!pid) {
		close(top);
		_exit(0);
	}
	for (int i = 0; i < 4; i++) {
		fd = openat(deep, "../../../proc/self/ns/uts", O_RDONLY);
		if (fd >= 0)
			close(fd);
	}
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
}

static void op_dead_tree(void)
{
	pid_t pid = fork();

	if (!pid) {
		dead_tree();
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void (*const ops[])(void) = {
	op_open,  op_open,   op_read_link,   op_unshare,  op_setns,
	op_fork,  op_clone,  op_setns_pidfd, op_bind,	  op_umount,
	op_tmpfs, op_send,   op_read_proc,   op_read_mounts,
	op_dead_tree,
};

/* One life of a task; ends in whatever namespaces it has come to. */
static void life(void)
{
	for (int i = 0; i < 60 && now() < end; i++) {
		ops[rnd(N(ops))]();
		__sync_fetch_and_add(calls, 1);
	}
	_exit(0);
}

/* A task: one life after the other, so that each begins where we are. */
static void task(int number)
{
	state += 0x9e3779b97f4a7c15ULL * (unsigned int)(number + 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (now() < end) {
		pid_t pid = fork();

		state += 0x2545f4914f6cdd1dULL;
		rnd(2);
		if (!pid)
			life();
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
	_exit(0);
}

static int run(int seconds)
{
	int bad = 0, status;

	*calls = 0;
	end = now() + seconds;
	first = getpid() + 1;
	for (int i = 0; i < TASKS; i++) {
		pid_t pid = fork();

		if (!pid)
			task(i);
		bad |= pid < 0;
	}
	while (wait(&status) > 0 || errno == EINTR)
		;
	return bad;
}

/* What is made once and kept is made here: by steps, not by time, since a slow
 * machine does not do everything in a second. */
static int warm_up(void)
{
	unsigned long steps = 0;
	int bad = 0;

	while (!bad && steps < WARM_UP_STEPS) {
		bad = run(1);
		steps += *calls;
	}
	return bad;
}

/* As PID 1: the little that the storm needs. */
static void make_root(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/mnt", 0755);
	mkdir("/run", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("d", "/sys/kernel/debug", "debugfs", 0, NULL);
}

static void make_files(void)
{
	mkdir("/run/storm", 0755);
	for (int i = 0; i < 8; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/run/storm/%d", i);
		close(open(path, O_CREAT | O_WRONLY, 0644));
	}
}

/* What was bound where we are goes; those of other namespaces are gone. */
static void unbind(void)
{
	for (int i = 0; i < 8; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/run/storm/%d", i);
		while (!umount2(path, MNT_DETACH))
			;
	}
}

int main(int argc, char **argv)
{
	static char before[16384], after[16384];
	int seconds = argc > 1 ? atoi(argv[1]) : 60;
	int bad;

	state = argc > 2 ? strtoull(argv[2], NULL, 0) : 20261125;
	calls = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (calls == MAP_FAILED)
		return 1;
	setvbuf(stdout, NULL, _IONBF, 0);
	if (getpid() == 1)
		make_root();
	make_files();
	bad = warm_up();
	unbind();
	objects_settled(before, sizeof(before), 20000);
	bad |= run(seconds);
	unbind();
	if (!objects_as(before, after, sizeof(after))) {
		printf("# before\n%s# after\n%s", before, after);
		bad = 1;
	}
	printf("storm: %d seconds, %lu steps, %s\n", seconds, *calls,
	       bad ? "FAILED" : "nothing left over");
	return bad;
}
