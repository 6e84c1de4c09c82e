// SPDX-License-Identifier: MIT
/*
 * faults: make the Nth allocation of a system call fail, for N = 1, 2, ... until
 * the call has no Nth, as PID 1. A call that met a fault may fail, with an errno
 * that says so, and then its process is as it was (namespaces, root, cwd,
 * mounts, descriptors, ids); or do without that memory. In the end every
 * kind of object is as numerous as before.
 *
 * Each attempt is made in a child. Prints TAP and how many faults there were.
 * Exit status 0: all of that held.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/objects.h"

#define DEBUG "/sys/kernel/debug/warren/"
#define NSES "/proc/self/ns/"
#define CLONE_NEWTIME_BIT 0x80

/* What is tried. In the child: @prepare, then @call with one fault. */
struct op {
	const char *name;
	void (*prepare)(void);
	long (*call)(unsigned long arg);
	unsigned long arg;
};

enum verdict { NOT_MET, FAILED, DID_WITHOUT, WRONG };

static int fail_fd;
static int *plain_errno; /* shared: of the call without a fault */
static char before[65536], after[65536];

static void die(const char *what)
{
	printf("# failed: %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(WRONG);
}

static void must(long ret, const char *what)
{
	if (ret < 0)
		die(what);
}

/* ---- the fault ------------------------------------------------------------------------ */

static void fail_at(int n)
{
	char text[16];

	must(pwrite(fail_fd, text, (size_t)sprintf(text, "%d", n), 0), "fail");
}

/* Allocations to go until the fault; 0: it came. */
static int fail_left(void)
{
	char text[32] = "";

	must(pread(fail_fd, text, sizeof(text) - 1, 0), "fail");
	return atoi(text);
}

/* ---- what a process is ------------------------------------------------------------------ */

static const char *const links[] = {
	"net",	"uts", "ipc",	 "pid",	 "pid_for_children",
	"user", "mnt", "cgroup", "time", "time_for_children",
};

static size_t add_file(char *at, size_t room, const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t n, sum = 0;

	while (fd >= 0 && (n = read(fd, at + sum, room - (size_t)sum)) > 0)
		sum += n;
	close(fd);
	return (size_t)sum;
}

/* Everything that a call which failed must have left alone, as text. */
static void state(char *buf, size_t size)
{
	struct stat root = { 0 }, cwd = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		char path[64], text[64] = "";

		snprintf(path, sizeof(path), NSES "%s", links[i]);
		if (readlink(path, text, sizeof(text) - 1) < 0)
			strcpy(text, "none");
		n += (size_t)snprintf(buf + n, size - n, "%s\n", text);
	}
	stat("/", &root);
	stat(".", &cwd);
	n += (size_t)snprintf(buf + n, size - n, "%lx:%lu %lx:%lu %d %d\n",
			      (long)root.st_dev, (long)root.st_ino,
			      (long)cwd.st_dev, (long)cwd.st_ino, getuid(),
			      geteuid());
	for (int fd = 0; fd < 64; fd++)
		n += (size_t)snprintf(buf + n, size - n, "%d",
				      fcntl(fd, F_GETFD));
	n += add_file(buf + n, size - n - 1, "/proc/self/mountinfo");
	n += add_file(buf + n, size - n - 1, "/proc/sysvipc/shm");
	n += add_file(buf + n, size - n - 1, "/proc/sysvipc/sem");
	buf[n] = 0;
}

/* Lines of two texts that differ. */
static void print_changes(const char *was, const char *is)
{
	while (*was && *is) {
		size_t n = strcspn(was, "\n") + 1, m = strcspn(is, "\n") + 1;

		if (n != m || memcmp(was, is, n))
			printf("# was %.*s# is  %.*s", (int)n, was, (int)m, is);
		was += n;
		is += m;
	}
}

static int is_fair(int err)
{
	return err == ENOMEM || err == EAGAIN || err == ENOSPC;
}

/* One attempt, in the child. */
static enum verdict attempt(const struct op *op, int n)
{
	int left, err;
	long ret;

	if (op->prepare)
		op->prepare();
	state(before, sizeof(before));
	fail_left(); /* its buffer is made */
	fail_at(n);
	ret = op->call(op->arg);
	err = errno;
	left = fail_left();
	fail_at(0);
	if (left) {
		*plain_errno = ret < 0 ? err : 0;
		return NOT_MET;
	}
	if (ret >= 0)
		return DID_WITHOUT;
	state(after, sizeof(after));
	if (!is_fair(err) && err != *plain_errno) {
		printf("# %s, fault %d: errno %s\n", op->name, n,
		       strerror(err));
		return WRONG;
	}
	if (strcmp(before, after)) {
		printf("# %s, fault %d: changed\n", op->name, n);
		print_changes(before, after);
		return WRONG;
	}
	return FAILED;
}

/* ---- namespaces --------------------------------------------------------------------------- */

static const unsigned long type_bits[] = {
	CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER,
	CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP, CLONE_NEWTIME_BIT,
};

/* Bit i of @mask: type i. */
static unsigned long flags_of(unsigned long mask)
{
	unsigned long flags = 0;

	for (size_t i = 0; i < 8; i++)
		if (mask & 1UL << i)
			flags |= type_bits[i];
	return flags;
}

static long do_unshare(unsigned long mask)
{
	return unshare((int)flags_of(mask));
}

static long clone3(unsigned long flags)
{
	struct { /* clone_args as it was first */
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal,
			stack, stack_size, tls;
	} args = { .flags = flags, .exit_signal = SIGCHLD };

	return syscall(SYS_clone3, &args, sizeof(args));
}

/* The child of the call ends at once and is waited for without a fault. */
static long do_clone3(unsigned long mask)
{
	long pid = clone3(flags_of(mask));
	int saved = errno;

	if (!pid)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	errno = saved;
	return pid;
}

/* A process in namespaces of its own, and descriptors on them. */
static pid_t other;
static int other_fd[8], other_pidfd;
static const char *const other_names[] = {
	"mnt", "uts", "ipc", "user", "pid", "net", "cgroup", "time",
};

static void other_start(void)
{
	int ready[2];
	char c = 0;

	must(pipe(ready), "pipe");
	other = (pid_t)clone3(flags_of(0xff));
	if (!other) {
		must(write(ready[1], &c, 1), "write");
		for (;;)
			pause();
	}
	must(read(ready[0], &c, 1), "read");
	close(ready[0]);
	close(ready[1]);
	for (size_t i = 0; i < 8; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%d/ns/%s", other,
			 other_names[i]);
		other_fd[i] = open(path, O_RDONLY | O_CLOEXEC);
		must(other_fd[i], path);
	}
	other_pidfd = (int)syscall(SYS_pidfd_open, other, 0);
	must(other_pidfd, "pidfd_open");
}

static void other_stop(void)
{
	for (size_t i = 0; i < 8; i++)
		close(other_fd[i]);
	close(other_pidfd);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	other = 0;
}

static long do_setns(unsigned long i)
{
	return setns(other_fd[i], 0);
}

static long do_setns_pidfd(unsigned long flags)
{
	return setns(other_pidfd, (int)flags);
}

static long do_open_link(unsigned long i)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), NSES "%s", links[i]);
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		close(fd);
	return fd;
}

static long do_stat_link(unsigned long i)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), NSES "%s", links[i]);
	return stat(path, &st);
}

/* ---- mounts -------------------------------------------------------------------------------- */

static void own_mounts(void)
{
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
}

static void own_tmpfs(void)
{
	own_mounts();
	must(mount("m", "/m", "tmpfs", 0, NULL), "mount");
}

/* /m/a is a shared mount with a mount below, /m/b a directory, /m/f a file. */
static void some_mounts(void)
{
	own_tmpfs();
	must(mkdir("/m/a", 0755), "mkdir");
	must(mkdir("/m/b", 0755), "mkdir");
	must(mknod("/m/f", S_IFREG | 0644, 0), "mknod");
	must(mount("a", "/m/a", "tmpfs", 0, NULL), "mount");
	must(mount(NULL, "/m/a", NULL, MS_SHARED, NULL), "shared");
	must(mkdir("/m/a/x", 0755), "mkdir");
	must(mkdir("/m/a/old", 0755), "mkdir");
	must(mount("x", "/m/a/x", "tmpfs", 0, NULL), "mount");
}

static long do_mount(unsigned long type)
{
	return mount("m", "/m", (const char *)type, 0, NULL);
}

static long do_bind(unsigned long flags)
{
	return mount("/m/a", "/m/b", NULL, MS_BIND | flags, NULL);
}

static long do_bind_ns(unsigned long i)
{
	char path[64];

	snprintf(path, sizeof(path), NSES "%s", links[i]);
	return mount(path, "/m/f", NULL, MS_BIND, NULL);
}

static long do_move(unsigned long arg)
{
	(void)arg;
	return mount("/m/a", "/m/b", NULL, MS_MOVE, NULL);
}

static long do_remount(unsigned long arg)
{
	(void)arg;
	return mount(NULL, "/m/a", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
}

static long do_propagation(unsigned long flags)
{
	return mount(NULL, "/m", NULL, flags, NULL);
}

static void private_mounts(void)
{
	some_mounts();
	must(mount(NULL, "/m", NULL, MS_REC | MS_PRIVATE, NULL), "private");
}

static long do_pivot(unsigned long arg)
{
	(void)arg;
	return syscall(SYS_pivot_root, "/m/a", "/m/a/old");
}

static long do_umount(unsigned long flags)
{
	return umount2("/m/a", (int)flags);
}

static void bound_shared(void)
{
	some_mounts();
	must(mount("/m/a", "/m/b", NULL, MS_BIND | MS_REC, NULL), "bind");
}

/* Propagates to the peer at /m/b. */
static long do_mount_shared(unsigned long arg)
{
	(void)arg;
	return mount("y", "/m/a/old", "tmpfs", 0, NULL);
}

/* ---- ipc ------------------------------------------------------------------------------------- */

static void own_ipc(void)
{
	must(unshare(CLONE_NEWIPC), "unshare");
}

static void own_shm(void)
{
	own_ipc();
	must(shmget(1, 8192, IPC_CREAT | 0600), "shmget");
}

static void own_sem(void)
{
	own_ipc();
	must(semget(1, 10, IPC_CREAT | 0600), "semget");
}

static void own_msg(void)
{
	own_ipc();
	must(msgget(1, IPC_CREAT | 0600), "msgget");
}

static long do_shmget(unsigned long arg)
{
	(void)arg;
	return shmget(7, 8192, IPC_CREAT | 0600);
}

static long do_shmat(unsigned long arg)
{
	void *p = shmat(0, NULL, 0);

	(void)arg;
	return p == (void *)-1 ? -1 : 0;
}

static long do_semget(unsigned long arg)
{
	(void)arg;
	return semget(7, 100, IPC_CREAT | 0600);
}

static long do_semop(unsigned long arg)
{
	struct sembuf sb = { 3, 1, SEM_UNDO };

	(void)arg;
	return semop(0, &sb, 1);
}

static long do_msgget(unsigned long arg)
{
	(void)arg;
	return msgget(7, IPC_CREAT | 0600);
}

static long do_msgsnd(unsigned long arg)
{
	struct {
		long type;
		char text[100];
	} m = { 1, "x" };

	(void)arg;
	return msgsnd(0, &m, sizeof(m.text), 0);
}

static long do_mq_open(unsigned long arg)
{
	long fd = syscall(SYS_mq_open, "q", O_CREAT | O_RDWR, 0600, NULL);

	(void)arg;
	if (fd >= 0)
		close((int)fd);
	return fd;
}

/* ---- others ------------------------------------------------------------------------------------ */

/* On a file system that goes with the child. No file is made by a call that
 * fails. */
static long do_create(unsigned long arg)
{
	int fd = open("/m/new", O_CREAT | O_RDWR, 0600), err = errno;

	(void)arg;
	if (fd < 0) {
		if (access("/m/new", F_OK) == 0)
			die("a file that an open which failed has made");
		errno = err;
		return -1;
	}
	close(fd);
	return fd;
}

static long do_socketpair(unsigned long arg)
{
	int sv[2], ret = socketpair(AF_UNIX, SOCK_STREAM, 0, sv);

	(void)arg;
	if (!ret) {
		close(sv[0]);
		close(sv[1]);
	}
	return ret;
}

static void own_cgroups(void)
{
	private_mounts();
	must(mount("c", "/m", "cgroup2", 0, NULL), "cgroup2");
}

static long do_bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* A program, attached to a group, and taken from it. */
static long do_bpf_attach(unsigned long arg)
{
	const struct bpf_insn prog[] = { { .code = 0xb7, .imm = 1 },
					 { .code = 0x95 } };
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
				.insn_cnt = 2,
				.insns = (uintptr_t)prog,
				.license = (uintptr_t)"MIT" };
	union bpf_attr attach = { .attach_type = BPF_CGROUP_DEVICE };
	int dir = open("/m", O_RDONLY | O_DIRECTORY), fd, err;
	long ret = -1;

	(void)arg;
	fd = dir < 0 ? -1 : (int)do_bpf(BPF_PROG_LOAD, &load);
	if (fd >= 0) {
		attach.target_fd = (unsigned)dir;
		attach.attach_bpf_fd = (unsigned)fd;
		ret = do_bpf(BPF_PROG_ATTACH, &attach);
	}
	err = ret ? errno : 0;
	if (!ret)
		must(do_bpf(BPF_PROG_DETACH, &attach), "detach");
	close(fd);
	close(dir);
	errno = err;
	return ret;
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

static int faults, sweeps, bad;

static enum verdict attempt_in_child(const struct op *op, int n)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	must(pid, "fork");
	if (!pid) {
		enum verdict v = attempt(op, n);

		fflush(stdout);
		_exit((int)v);
	}
	waitpid(pid, &status, 0);
	while (!other && waitpid(-1, NULL, 0) > 0)
		; /* what the call made, if its maker was killed */
	if (WIFEXITED(status))
		return (enum verdict)WEXITSTATUS(status);
	/* After a fork every page has to be copied: the fault came then. */
	if (WTERMSIG(status) == SIGKILL && op->call == do_clone3)
		return NOT_MET;
	printf("# %s, fault %d: died of signal %d\n", op->name, n,
	       WTERMSIG(status));
	return WRONG;
}

/* Every fault of one call. False: something was wrong. */
static int sweep(const struct op *op)
{
	static char was[16384], is[16384];
	enum verdict v;
	int ok = 1;

	attempt_in_child(op, 1000000); /* what is made once and kept */
	objects_settled(was, sizeof(was), 2000);
	for (int n = 1; (v = attempt_in_child(op, n)) != NOT_MET && ok; n++) {
		faults++;
		ok = v != WRONG;
		if (!objects_as(was, is, sizeof(is))) {
			printf("# %s, fault %d: left over\n", op->name, n);
			print_changes(was, is);
			ok = 0;
		}
	}
	sweeps++;
	bad += !ok;
	return ok;
}

static void group(const char *name, int ok, int first)
{
	static int number;

	printf("%sok %d - %s: %d faults\n", ok ? "" : "not ", ++number, name,
	       faults - first);
	fflush(stdout);
}

/* One call with each set of types. */
static void sweep_masks(const char *name, long (*call)(unsigned long))
{
	int first = faults, ok = 1;

	for (unsigned long mask = 0; mask < 256; mask++) {
		char text[64];
		struct op op = { text, NULL, call, mask };

		snprintf(text, sizeof(text), "%s(0x%lx)", name,
			 flags_of(mask));
		ok &= sweep(&op);
	}
	group(name, ok, first);
}

static void sweep_one(const char *name, void (*prepare)(void),
		      long (*call)(unsigned long), unsigned long arg)
{
	struct op op = { name, prepare, call, arg };
	int first = faults;

	group(name, sweep(&op), first);
}

static void sweep_ns(void)
{
	sweep_masks("unshare", do_unshare);
	sweep_masks("clone3", do_clone3);
	other_start();
	for (unsigned long i = 0; i < 8; i++)
		sweep_one("setns", NULL, do_setns, i);
	sweep_one("setns of a pidfd", NULL, do_setns_pidfd, flags_of(0xff));
	other_stop();
	for (unsigned long i = 0; i < 10; i++) {
		sweep_one("open of a link", NULL, do_open_link, i);
		sweep_one("stat of a link", NULL, do_stat_link, i);
	}
}

static void sweep_mounts(void)
{
	static const char *const types[] = { "tmpfs", "proc", "sysfs",
					     "mqueue", "ramfs" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		sweep_one("mount", own_mounts, do_mount,
			  (unsigned long)types[i]);
	sweep_one("mount, shared", bound_shared, do_mount_shared, 0);
	sweep_one("bind", some_mounts, do_bind, 0);
	sweep_one("rbind", some_mounts, do_bind, MS_REC);
	sweep_one("bind of a link", some_mounts, do_bind_ns, 1);
	sweep_one("move", some_mounts, do_move, 0);
	sweep_one("remount", some_mounts, do_remount, 0);
	sweep_one("make shared", some_mounts, do_propagation,
		  MS_REC | MS_SHARED);
	sweep_one("make slave", some_mounts, do_propagation, MS_REC | MS_SLAVE);
	sweep_one("pivot_root", private_mounts, do_pivot, 0);
	sweep_one("umount", some_mounts, do_umount, MNT_DETACH);
}

static void sweep_ipc(void)
{
	sweep_one("shmget", own_ipc, do_shmget, 0);
	sweep_one("shmat", own_shm, do_shmat, 0);
	sweep_one("semget", own_ipc, do_semget, 0);
	sweep_one("semop with SEM_UNDO", own_sem, do_semop, 0);
	sweep_one("msgget", own_ipc, do_msgget, 0);
	sweep_one("msgsnd", own_msg, do_msgsnd, 0);
	sweep_one("mq_open", own_ipc, do_mq_open, 0);
}

static void machine_up(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/m", 0755);
	must(mount("proc", "/proc", "proc", 0, NULL), "proc");
	must(mount("sysfs", "/sys", "sysfs", 0, NULL), "sysfs");
	must(mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL),
	     "debugfs");
	fail_fd = open(DEBUG "fail", O_RDWR | O_CLOEXEC);
	plain_errno = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(fail_fd, "fail");
	fail_left();
	objects(before, sizeof(before));
	must(before[0] ? 0 : -1, "objects");
}

int main(void)
{
	machine_up();
	sweep_ns();
	sweep_mounts();
	sweep_ipc();
	sweep_one("fork", NULL, do_clone3, 0);
	sweep_one("open, O_CREAT", own_tmpfs, do_create, 0);
	sweep_one("socketpair", NULL, do_socketpair, 0);
	sweep_one("bpf, load and attach", own_cgroups, do_bpf_attach, 0);
	printf("%d faults injected in %d sweeps, %d bad\n", faults, sweeps,
	       bad);
	return bad != 0;
}
