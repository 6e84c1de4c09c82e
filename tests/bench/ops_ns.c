// SPDX-License-Identifier: MIT
/* The files of namespaces: /proc/PID/ns, nsfs, bind mounts of them; setns. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define LINK "/proc/self/ns/uts"
#define BOUND "/tmp/nsbind"

static inline long open_close(const char *path)
{
	long fd = SYS3(open, path, O_RDONLY | O_CLOEXEC, 0);

	return fd < 0 ? fd : SYS1(close, fd);
}

static inline long openat_close(long dir, const char *name)
{
	long fd = SYS4(openat, dir, name, O_RDONLY | O_CLOEXEC, 0);

	return fd < 0 ? fd : SYS1(close, fd);
}

static void opening(void)
{
	char of_pid[64];
	long fd = -1, keep;

	MEASURE_WITH("open_proc_self_ns_uts", 200, ,
		     fd = SYS3(open, LINK, O_RDONLY | O_CLOEXEC, 0),
		     SYS1(close, fd));
	MEASURE_WITH("close_ns_fd", 200, fd = SYS3(open, LINK, O_RDONLY, 0),
		     SYS1(close, fd), );
	MEASURE("open+close_proc_self_ns_uts", 200, open_close(LINK));
	keep = SYS3(open, LINK, O_RDONLY, 0);
	MEASURE("open+close_proc_self_ns_uts_held", 200, open_close(LINK));
	SYS1(close, keep);
	snprintf(of_pid, sizeof(of_pid), "/proc/%d/ns/net", getpid());
	MEASURE("open+close_proc_PID_ns_net", 200, open_close(of_pid));
}

static void looking(long dir)
{
	char text[256];
	struct stat st;
	long fd = open_ns("self", "uts"), other = -1;
	uid_t uid;

	MEASURE("readlink_proc_self_ns_uts", 200,
		SYS3(readlink, LINK, text, sizeof(text)));
	MEASURE("readlinkat_nsdir_uts", 200,
		SYS4(readlinkat, dir, "uts", text, sizeof(text)));
	MEASURE("stat_proc_self_ns_uts", 200, SYS2(stat, LINK, &st));
	MEASURE("lstat_proc_self_ns_uts", 200, SYS2(lstat, LINK, &st));
	MEASURE("fstat_ns_fd", 200, SYS2(fstat, fd, &st));
	MEASURE("ioctl_NS_GET_NSTYPE", 200, SYS3(ioctl, fd, NS_GET_NSTYPE, 0));
	MEASURE_WITH("ioctl_NS_GET_USERNS", 100, ,
		     other = SYS3(ioctl, fd, NS_GET_USERNS, 0),
		     SYS1(close, other));
	SYS1(close, fd);
	fd = open_ns("self", "user");
	MEASURE("ioctl_NS_GET_OWNER_UID", 200,
		SYS3(ioctl, fd, NS_GET_OWNER_UID, &uid));
	SYS1(close, fd);
	MEASURE_WITH("getdents_proc_self_ns", 100, SYS3(lseek, dir, 0, 0),
		     SYS3(getdents64, dir, text, sizeof(text)), );
}

static inline long bind_ns(void)
{
	return SYS6(mount, LINK, BOUND, "", MS_BIND, 0, 0);
}

static inline long bind_and_unmount(void)
{
	long r = bind_ns();

	return r < 0 ? r : SYS2(umount2, BOUND, 0);
}

static void binding(void)
{
	close(open(BOUND, O_CREAT | O_RDWR, 0600));
	MEASURE_WITH("bind_mount_ns", 50, , bind_ns(),
		     SYS2(umount2, BOUND, MNT_DETACH));
	MEASURE_WITH("umount_ns", 50, bind_ns(), SYS2(umount2, BOUND, 0), );
	MEASURE("bind_mount+umount_ns", 50, bind_and_unmount());
	unlink(BOUND);
}

void group_ns(void)
{
	long dir = open("/proc/self/ns", O_RDONLY | O_DIRECTORY);

	opening();
	MEASURE("openat_nsdir_uts+close", 200, openat_close(dir, "uts"));
	looking(dir);
	binding();
}

/* ---- setns ----------------------------------------------------------------- */

static void setns_of(int t)
{
	unsigned long flag = types[t].flag;
	long ours = open_ns("self", types[t].name), theirs;
	struct burrow b;
	int turn = 0;

	if (ours < 0) {
		say_error(name_of("setns_open_%s", types[t].name), ours);
		return;
	}
	MEASURE(name_of("setns_self_%s", types[t].name), 100,
		SYS2(setns, ours, flag));
	b = burrow_open(flag);
	if (b.pid >= 0) {
		theirs = burrow_ns(&b, t);
		MEASURE(name_of("setns_AB_%s", types[t].name), 100,
			SYS2(setns, (turn ^= 1) ? theirs : ours, flag));
		SYS2(setns, ours, flag);
		SYS1(close, theirs);
		burrow_close(&b);
	}
	SYS1(close, ours);
}

static long enter_user(long fd)
{
	return SYS2(setns, fd, CLONE_NEWUSER);
}

static void setns_fresh_user(void)
{
	struct burrow b = burrow_open(CLONE_NEWUSER);
	long fd;

	if (b.pid < 0) {
		say_error("setns_fresh_user", b.pid);
		return;
	}
	fd = burrow_ns(&b, USER);
	measure_in_child("setns_fresh_user", 30, enter_user, fd);
	SYS1(close, fd);
	burrow_close(&b);
}

static void setns_pidfd(void)
{
	const unsigned long five = CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS |
				   CLONE_NEWNET | CLONE_NEWCGROUP;
	struct burrow b = burrow_open(five);
	long ours, theirs;
	int turn = 0;

	if (b.pid < 0) {
		say_error("setns_pidfd5_AB", b.pid);
		return;
	}
	ours = SYS2(pidfd_open, SYS0(getppid), 0);
	theirs = SYS2(pidfd_open, b.pid, 0);
	MEASURE("setns_pidfd5_AB", 50,
		SYS2(setns, (turn ^= 1) ? theirs : ours, five));
	burrow_close(&b);
}

void group_setns(void)
{
	for (int t = 0; t < NR_TYPES; t++) {
		if (t == USER)
			setns_fresh_user();
		else
			setns_of(t);
	}
	setns_pidfd();
}
