// SPDX-License-Identifier: MIT
/* Odd things that hold a namespace: trees of mounts that hang nowhere, and
 * namespaces below. Rows I03, F14, G10; trap 15. Whether something is held is
 * seen by a limit of one. */
#include "tests/user/ids.h"
#include "tests/user/newapi.h"

#define MAX "/proc/sys/user/max_"

/* A child in a new namespace of that type: "free" once it is allowed, "held" if
 * it is not within two seconds (Linux frees some later). */
static const char *room(int flag)
{
	for (int i = 0; i < 200; i++) {
		pid_t pid = fork_flags((unsigned long)flag);

		if (pid == 0)
			_exit(0);
		if (pid > 0) {
			waitpid(pid, NULL, 0);
			return "free";
		}
		usleep(10000);
	}
	return "held";
}

static const char *now(int flag)
{
	pid_t pid = fork_flags((unsigned long)flag);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid > 0 ? "free" : err_name(errno);
}

static void hold_uts(void)
{
	CHECK(unshare(CLONE_NEWUTS) == 0);
}

/* /mnt/d/u is the uts namespace of a task that is gone. */
static void bound_uts(void)
{
	pid_t pid;

	new_user_mapped("0 0 2000");
	own_mounts();
	CHECK(mkdir("/mnt/d", 0755) == 0);
	CHECK(mount("t", "/mnt/d", "tmpfs", 0, NULL) == 0);
	write_file("/mnt/d/u", "");
	CHECK(!strcmp(put(MAX "uts_namespaces", "1"), "ok"));
	pid = spawn(hold_uts);
	CHECK(mount(of(pid, "ns/uts"), "/mnt/d/u", NULL, MS_BIND, NULL) == 0);
	reap(pid);
}

static void detached_clone(void)
{
	int fd;

	bound_uts();
	fd = open_tree(AT_FDCWD, "/mnt/d", OPEN_TREE_CLONE | AT_RECURSIVE);
	CHECK(fd >= 0);
	CHECK(umount2("/mnt/d", MNT_DETACH) == 0);
	SEE("a clone of the tree", "%s", now(CLONE_NEWUTS));
	close(fd);
	SEE("closed", "%s", room(CLONE_NEWUTS));
}

static void lazily_unmounted(void)
{
	int fd;

	bound_uts();
	fd = open("/mnt/d/u", O_RDONLY);
	CHECK(umount2("/mnt/d", MNT_DETACH) == 0);
	SEE("its file, unmounted", "%s", now(CLONE_NEWUTS));
	TRY("can be entered", setns(fd, CLONE_NEWUTS));
	close(fd);
	SEE("a task", "%s", now(CLONE_NEWUTS));
}

static void in_a_lost_tree(void)
{
	int fd;

	bound_uts();
	fd = open("/mnt/d", O_RDONLY | O_DIRECTORY);
	CHECK(umount2("/mnt/d", MNT_DETACH) == 0);
	SEE("a directory of a lost tree", "%s", room(CLONE_NEWUTS));
	TRY("what was bound below", openat(fd, "u", O_RDONLY));
	close(fd);
}

CASE(I03 G10, "trees of mounts that hang nowhere")
{
	run(detached_clone);
	run(lazily_unmounted);
	run(in_a_lost_tree);
}

/* The pid namespace of the only child of @pid. */
static int inner_pid_ns(pid_t pid)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int fd = -1;

	while (fd < 0 && (e = readdir(d))) {
		pid_t at = atoi(e->d_name);

		if (at > 0 && atoi(field(of(at, "status"), "PPid:")) == pid)
			fd = open_ns(at, "pid");
	}
	closedir(d);
	CHECK(fd >= 0);
	return fd;
}

static void children(void)
{
	pid_t outer;
	int fd, inner[2];

	new_user_mapped("0 0 2000");
	CHECK(pipe(inner) == 0);
	CHECK(!strcmp(put(MAX "pid_namespaces", "2"), "ok"));
	outer = fork_flags(CLONE_NEWPID);
	if (outer == 0) {
		CHECK(fork_flags(CLONE_NEWPID) >= 0);
		if (getpid() == 1 && getppid() == 0)
			CHECK(write(inner[1], "", 1) == 1);
		for (;;)
			pause();
	}
	for (int i = 0; i < 2; i++)
		CHECK(read(inner[0], &(char){ 0 }, 1) == 1);
	SEE("two levels", "%s", now(CLONE_NEWPID));
	fd = inner_pid_ns(outer);
	reap(outer);
	SEE("the inner one's file alone", "%s", now(CLONE_NEWPID));
	close(fd);
	SEE("closed", "%s", room(CLONE_NEWPID));
}

CASE(I03 F14, "a pid namespace holds those above it")
{
	run(children);
}
