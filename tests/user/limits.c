// SPDX-License-Identifier: MIT
/* Limits: namespaces of a user, tasks, descriptors, mounts, and who may set
 * them. Most cases work in a user namespace, where capabilities are whole. */
#include "ids.h"

#define MAX(type) "/proc/sys/user/max_" type "_namespaces"

static const char *const types[] = { "cgroup", "ipc", "mnt", "net",
				     "pid",    "time", "user", "uts" };

/* ---- /proc/sys/user ------------------------------------------------------------- */

static void child_limits(void)
{
	char path[64];
	struct stat st;

	new_user_mapped("0 0 2000");
	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces",
			 types[i]);
		CHECK(stat(path, &st) == 0);
		SEE(types[i], "%04o %s", st.st_mode & 07777, field(path, ""));
	}
	TRY("-1", write(open(MAX("uts"), O_WRONLY), "-1", 2));
	TRY("2^31", write(open(MAX("uts"), O_WRONLY), "2147483648", 10));
	TRY("2^31 - 1", write(open(MAX("uts"), O_WRONLY), "2147483647", 10));
	TRY("word", write(open(MAX("uts"), O_WRONLY), "x", 1));
	TRY("7", write(open(MAX("uts"), O_WRONLY), "7\n", 2));
	SEE("reads", "%s", field(MAX("uts"), ""));
	drop_cap(CAP_SYS_RESOURCE);
	TRY("without CAP_SYS_RESOURCE", open(MAX("uts"), O_WRONLY));
	TRY("to read", open(MAX("uts"), O_RDONLY));
}

CASE(I01, "limits of a user namespace, and who may change them")
{
	run(child_limits);
}

static int opened;

static void reads_opened(void)
{
	char buf[32] = "";

	new_user_mapped("0 0 2000");
	CHECK(!strcmp(put(MAX("uts"), "5"), "ok"));
	CHECK(pread(opened, buf, sizeof(buf) - 1, 0) > 0);
	SEE("an fd of outside", "%s", strcmp(buf, "5\n") ? "outside's" : "ours");
	SEE("opened here", "%s", field(MAX("uts"), ""));
}

CASE(I01, "an open file is about its opener's user namespace")
{
	opened = open(MAX("uts"), O_RDONLY);
	CHECK(opened >= 0);
	run(reads_opened);
}

static void hold_uts(void)
{
	CHECK(unshare(CLONE_NEWUTS) == 0);
}

static void nested_counts(void)
{
	int n = 0, fds[10];

	new_user_mapped("0 0 2000");
	CHECK(!strcmp(put(MAX("uts"), "3"), "ok"));
	hold_uts();
	/* one level below nothing is limited, but above it is */
	new_user_mapped("0 0 1000");
	SEE("default below", "%s", field(MAX("uts"), ""));
	while (n < 10) {
		errno = 0;
		if (unshare(CLONE_NEWUTS))
			break;
		fds[n++] = open("/proc/self/ns/uts", O_RDONLY);
	}
	SEE("made", "%d, then %s", n, err_name(errno));
	TRY("clone", fork_flags(CLONE_NEWUTS));
	close(fds[0]);
	TRY("after one is gone", unshare(CLONE_NEWUTS));
	TRY("and again", unshare(CLONE_NEWUTS));
}

CASE(I02, "a limit holds for all below it")
{
	run(nested_counts);
}

static void parts_fail(void)
{
	ino_t ns[2];

	new_user_mapped("0 0 2000");
	CHECK(!strcmp(put(MAX("net"), "0"), "ok"));
	ns[0] = ino_of("/proc/self/ns/uts");
	ns[1] = ino_of("/proc/self/ns/mnt");
	TRY("uts, mnt and net", unshare(CLONE_NEWUTS | CLONE_NEWNS |
					CLONE_NEWNET));
	SEE("unchanged", "%d", ns[0] == ino_of("/proc/self/ns/uts") &&
				       ns[1] == ino_of("/proc/self/ns/mnt"));
	CHECK(!strcmp(put(MAX("uts"), "1"), "ok"));
	for (int i = 0; i < 3; i++)
		TRY("again", unshare(CLONE_NEWUTS | CLONE_NEWNET));
	TRY("nothing was kept", unshare(CLONE_NEWUTS));
	CHECK(!strcmp(put(MAX("user"), "0"), "ok"));
	TRY("user", unshare(CLONE_NEWUSER));
	TRY("user and mnt", unshare(CLONE_NEWUSER | CLONE_NEWNS));
	CHECK(chroot("/tmp") == 0);
	TRY("the limit before the chroot", unshare(CLONE_NEWUSER));
}

CASE(I02, "a part that fails gives all charges back")
{
	run(parts_fail);
}

static void per_user(void)
{
	pid_t a;

	new_user_mapped("0 0 2000");
	CHECK(!strcmp(put(MAX("uts"), "1"), "ok"));
	a = spawn(hold_uts);
	TRY("root's second", unshare(CLONE_NEWUTS));
	CHECK(setresuid((uid_t)-1, 5, (uid_t)-1) == 0);
	TRY("another has none: no power", unshare(CLONE_NEWUTS));
	CHECK(setresuid((uid_t)-1, 0, (uid_t)-1) == 0);
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(setresuid((uid_t)-1, 5, (uid_t)-1) == 0);
	TRY("with power", unshare(CLONE_NEWUTS));
	TRY("and again", unshare(CLONE_NEWUTS));
	CHECK(setresuid((uid_t)-1, 0, (uid_t)-1) == 0);
	reap(a);
	TRY("root, when the first is gone", unshare(CLONE_NEWUTS));
}

CASE(I02, "counted for each effective user")
{
	run(per_user);
}

static int held;

static void wait_free(const char *name)
{
	/* Linux frees some later; at most two seconds */
	for (int i = 0; i < 200; i++) {
		if (!unshare(CLONE_NEWUTS)) {
			SEE(name, "free");
			return;
		}
		usleep(10000);
	}
	SEE(name, "held");
}

static void holders(void)
{
	int sv[2];
	pid_t pid;

	new_user_mapped("0 0 2000");
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
	CHECK(!strcmp(put(MAX("uts"), "1"), "ok"));
	pid = spawn(hold_uts);
	TRY("a task", unshare(CLONE_NEWUTS));
	held = open(of(pid, "ns/uts"), O_RDONLY);
	reap(pid);
	TRY("a descriptor", unshare(CLONE_NEWUTS));
	close(held);
	pid = spawn(hold_uts);
	held = open(of(pid, "ns/uts"), O_PATH);
	reap(pid);
	TRY("O_PATH", unshare(CLONE_NEWUTS));
	close(held);
	pid = spawn(hold_uts);
	close(open("/mnt/u", O_CREAT, 0644));
	CHECK(mount(of(pid, "ns/uts"), "/mnt/u", NULL, MS_BIND, NULL) == 0);
	reap(pid);
	TRY("a mount", unshare(CLONE_NEWUTS));
	CHECK(umount("/mnt/u") == 0);
	pid = spawn(hold_uts);
	held = open(of(pid, "ns/uts"), O_PATH | O_NOFOLLOW);
	reap(pid);
	wait_free("the link alone");
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
}

CASE(I03, "what holds a namespace, and what does not")
{
	run(holders);
}

static void user_ends(void)
{
	pid_t pid;

	new_user_mapped("0 0 2000");
	CHECK(!strcmp(put(MAX("user"), "1"), "ok"));
	for (int i = 0; i < 3; i++) {
		pid = spawn_user();
		TRY("second", unshare(CLONE_NEWUSER));
		reap(pid);
		for (int k = 0; k < 200; k++) {
			pid = fork_flags(CLONE_NEWUSER);
			if (!pid)
				_exit(0);
			if (pid > 0)
				break;
			usleep(10000);
		}
		SEE("after it ended", "%s", pid > 0 ? "ok" : "held");
		waitpid(pid, NULL, 0);
		for (int k = 0; k < 200; k++) {
			pid = fork_flags(CLONE_NEWUSER);
			if (!pid)
				_exit(0);
			if (pid > 0)
				break;
			usleep(10000);
		}
		waitpid(pid, NULL, 0);
		usleep(60000);
	}
}

CASE(I03, "a user namespace ends with its last task")
{
	run(user_ends);
}

/* ---- tasks ----------------------------------------------------------------------------- */

static void nproc_plain(void)
{
	struct rlimit rl = { 10, 10 };
	pid_t pids[20];
	int n = 0;

	become(7771);
	CHECK(setrlimit(RLIMIT_NPROC, &rl) == 0);
	for (; n < 20; n++) {
		pids[n] = fork();
		if (!pids[n]) {
			pause();
			_exit(0);
		}
		if (pids[n] < 0)
			break;
	}
	SEE("limit 10", "%d forks, then %s", n, err_name(errno));
	while (n--)
		reap(pids[n]);
	pids[0] = fork();
	if (!pids[0])
		_exit(0);
	SEE("afterwards", "%s", pids[0] > 0 ? "ok" : err_name(errno));
	waitpid(pids[0], NULL, 0);
}

static void be_7772(void)
{
	CHECK(setresuid(7772, 7772, 7772) == 0);
}

static void nproc_setuid(void)
{
	struct rlimit rl = { 1, 1 };
	char *argv[] = { (char *)"x", NULL };
	pid_t pids[2];

	for (int i = 0; i < 2; i++)
		pids[i] = spawn(be_7772);
	CHECK(setrlimit(RLIMIT_NPROC, &rl) == 0);
	TRY("setuid to a full user", setresuid(7772, 7772, 7772));
	TRY("fork", fork());
	execve("/nowhere", argv, environ);
	SEE("execve", "%s", err_name(errno));
	for (int i = 0; i < 2; i++)
		reap(pids[i]);
	execve("/nowhere", argv, environ);
	SEE("with room again", "%s", err_name(errno));
}

static void nproc_in_ns(void)
{
	struct rlimit rl = { 5, 5 };
	pid_t pids[20];
	int n = 0;

	become(7773);
	CHECK(setrlimit(RLIMIT_NPROC, &rl) == 0);
	new_user();
	CHECK(!strcmp(put("/proc/self/uid_map", "0 7773 1"), "ok"));
	for (; n < 20; n++) {
		pids[n] = fork();
		if (!pids[n]) {
			pause();
			_exit(0);
		}
		if (pids[n] < 0)
			break;
	}
	SEE("limit 5, root inside", "%d forks, then %s", n, err_name(errno));
	while (n--)
		reap(pids[n]);
}

CASE(U26, "RLIMIT_NPROC: by user, also from inside a user namespace")
{
	run(nproc_plain);
	run(nproc_setuid);
	run(nproc_in_ns);
}

/* ---- descriptors, numbers, mounts ---------------------------------------------------- */

CASE(U26, "RLIMIT_NOFILE")
{
	struct rlimit rl = { 20, 20 };
	int fd, last = -1;

	CHECK(setrlimit(RLIMIT_NOFILE, &rl) == 0);
	while ((fd = open("/", O_RDONLY)) >= 0)
		last = fd;
	SEE("last", "%d, then %s", last, err_name(errno));
	TRY("dup2 19", dup2(0, 19));
	TRY("dup2 20", dup2(0, 20));
	TRY("F_DUPFD 20", fcntl(0, F_DUPFD, 20));
	rl.rlim_cur = rl.rlim_max = 1024;
	new_user();
	TRY("raise as root of a user namespace", setrlimit(RLIMIT_NOFILE, &rl));
}

static void write_nr_open(const char *text)
{
	int fd = open("/proc/sys/fs/nr_open", O_WRONLY);

	TRY(text, write(fd, text, strlen(text)));
	close(fd);
}

CASE(U26, "fs.nr_open: what RLIMIT_NOFILE and a descriptor can be")
{
	struct rlimit rl = { 100, 100 };

	write_nr_open("63");
	write_nr_open("2147483585");
	write_nr_open("many");
	write_nr_open("64");
	TRY("limit 100", setrlimit(RLIMIT_NOFILE, &rl));
	TRY("dup2 63", dup2(0, 63));
	TRY("dup2 64", dup2(0, 64));
	write_nr_open("1048576");
	TRY("limit 100", setrlimit(RLIMIT_NOFILE, &rl));
	TRY("dup2 64", dup2(0, 64));
	TRY("dup2 100", dup2(0, 100));
}

static void last_pid(void)
{
	pid_t pid;

	TRY("100", write(open("/proc/sys/kernel/ns_last_pid", O_WRONLY), "100",
			 3));
	pid = fork();
	if (!pid)
		_exit(0);
	SEE("next", "%d", pid);
	waitpid(pid, NULL, 0);
	TRY("-1", write(open("/proc/sys/kernel/ns_last_pid", O_WRONLY), "-1",
			2));
	SEE("reads", "%s", field("/proc/sys/kernel/ns_last_pid", ""));
	TRY("pid_max 300", write(open("/proc/sys/kernel/pid_max", O_WRONLY),
				 "300", 3));
	TRY("pid_max 301", write(open("/proc/sys/kernel/pid_max", O_WRONLY),
				 "301", 3));
	TRY("299", write(open("/proc/sys/kernel/ns_last_pid", O_WRONLY), "299",
			 3));
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	SEE("next", "%d", pid);
	TRY("then", fork());
	reap(pid);
	pid = fork();
	if (!pid)
		_exit(0);
	SEE("when it is free", "%d", pid);
	waitpid(pid, NULL, 0);
}

static void in_pidns(void)
{
	char max[32];
	pid_t pid;

	/* Before 6.14 all pid namespaces had one: it is put back. */
	snprintf(max, sizeof(max), "%s", field("/proc/sys/kernel/pid_max", ""));
	CHECK(unshare(CLONE_NEWPID | CLONE_NEWNS) == 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
		CHECK(mount("p", "/proc", "proc", 0, NULL) == 0);
		last_pid();
		fflush(stdout);
		_exit(case_failed);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
	write_file("/proc/sys/kernel/pid_max", max);
}

CASE(F13, "ns_last_pid and pid_max of a pid namespace")
{
	run(in_pidns);
}

static void sysctls(void)
{
	static const char *const files[] = {
		"/proc/sys/kernel/hostname", "/proc/sys/kernel/overflowuid",
		"/proc/sys/fs/mount-max", "/proc/sys/kernel/ostype",
		"/proc/sys/kernel/cap_last_cap",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		TRY(files[i], open(files[i], O_WRONLY));
}

static void sysctls_root_inside(void)
{
	new_user_mapped("0 1000 1000");
	CHECK(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0);
	sysctls();
}

static void sysctls_kuid_0(void)
{
	new_user_mapped("0 0 1000");
	sysctls();
	TRY("sethostname", sethostname("x", 1));
}

static void sysctls_capless(void)
{
	CHECK(caps_set(0, 0) == 0);
	sysctls();
}

static void sysctls_1000(void)
{
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(setresgid(1000, 1000, 1000) == 0);
	CHECK(setgroups(0, NULL) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	sysctls();
}

CASE(E13 U21, "sysctls are written by who root is, not by capabilities")
{
	run(sysctls_root_inside);
	run(sysctls_kuid_0);
	run(sysctls_capless);
	run(sysctls_1000);
}

CASE(I01, "overflow ids, cap_last_cap")
{
	SEE("overflowuid", "%s", field("/proc/sys/kernel/overflowuid", ""));
	SEE("overflowgid", "%s", field("/proc/sys/kernel/overflowgid", ""));
	SEE("cap_last_cap", "%s", field("/proc/sys/kernel/cap_last_cap", ""));
	SEE("mount-max", "%s", field("/proc/sys/fs/mount-max", ""));
	TRY("65536", write(open("/proc/sys/kernel/overflowuid", O_WRONLY),
			   "65536", 5));
	TRY("negative", write(open("/proc/sys/kernel/overflowgid", O_WRONLY),
			      "-1", 2));
}

static int mount_all(void)
{
	int n = 0;

	while (n < 20 && !mount("t", "/mnt", "tmpfs", 0, NULL))
		n++;
	return n;
}

static void limit_mounts(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	CHECK(!strcmp(put("/proc/sys/fs/mount-max", text), "ok"));
}

/* mountinfo may leave one out that counts: the first root. */
static void few_mounts(void)
{
	int n = 0;

	private_mounts();
	for (const char *p = read_file("/proc/self/mountinfo"); *p; p++)
		n += *p == '\n';
	limit_mounts(n + 5);
	mount_all();
	TRY("too many", mount("t", "/mnt", "tmpfs", 0, NULL));
	limit_mounts(n + 8);
	SEE("three more", "%d", mount_all());
	TRY("unshare at the limit", unshare(CLONE_NEWNS));
	CHECK(umount("/mnt") == 0);
	TRY("one again", mount("t", "/mnt", "tmpfs", 0, NULL));
}

CASE(M6, "mounts of a namespace are limited")
{
	run(few_mounts);
	CHECK(!strcmp(put("/proc/sys/fs/mount-max", "100000"), "ok"));
}
