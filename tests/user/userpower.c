// SPDX-License-Identifier: MIT
/* What power a user namespace gives, and over what: entering it, owning others,
 * and no way up. Rows E09, S14, D05, C02, C05, U9, U14 to U16, U25. */
#include "ids.h"

static pid_t outer;
static int passed_fd;

static int target_ns;

static void enter_1000(void)
{
	become_1000();
	SEE("owner enters", "%s", ERR(setns(target_ns, CLONE_NEWUSER)));
	show_ids("ids");
	SEE("CapEff", "%s", field("/proc/self/status", "CapEff:"));
	SEE("again", "%s", ERR(setns(target_ns, 0)));
}

static void enter_1001(void)
{
	become(1001);
	SEE("another", "%s", ERR(setns(target_ns, CLONE_NEWUSER)));
	SEE("own", "%s", ERR(setns(open("/proc/self/ns/user", O_RDONLY), 0)));
}

CASE(E09, "power over a namespace: from above, or its maker from the parent")
{
	outer = spawn(user_of_1000);
	target_ns = open_ns(outer, "user");
	CHECK(target_ns >= 0);
	run(enter_1000);
	run(enter_1001);
	reap(outer);
}

CASE(S14, "setns(user): own is EINVAL, and nobody gets out")
{
	int own = open("/proc/self/ns/user", O_RDONLY);
	int uts = open("/proc/self/ns/uts", O_RDONLY);
	pid_t pid = spawn_user();
	int fd = open_ns(pid, "user");

	SEE("type", "%d", ioctl(own, 0xb703) == CLONE_NEWUSER);
	SEE("own", "%s", ERR(setns(own, 0)));
	SEE("as uts", "%s", ERR(setns(fd, CLONE_NEWUTS)));
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	SEE("child's", "%s", ERR(setns(fd, CLONE_NEWUSER)));
	SEE("securebits", "%d", prctl(PR_GET_SECUREBITS));
	show_ids("ids");
	show_caps();
	SEE("back", "%s", ERR(setns(own, 0)));
	SEE("old uts", "%s", ERR(setns(uts, 0)));
	reap(pid);
}

static int shares_fs(void *arg)
{
	(void)arg;
	pause();
	return 0;
}

CASE(S14, "setns(user) with a shared root directory")
{
	static char stack[65536];
	pid_t pid = spawn_user(), sharer;
	int fd = open_ns(pid, "user");

	sharer = clone(shares_fs, stack + sizeof(stack), CLONE_FS | SIGCHLD,
		       NULL);
	CHECK(sharer > 0);
	SEE("shared", "%s", ERR(setns(fd, 0)));
	SEE("unshare", "%s", ERR(unshare(CLONE_NEWUSER)));
	reap(sharer);
	reap(pid);
}

/* Which namespaces of @pid are other than ours? */
static void differ(pid_t pid)
{
	char text[64] = "", path[64];
	static const char *const names[] = { "user", "mnt", "uts", "net" };

	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		if (ino_of(path) != ino_of(of(pid, path + 11)))
			sprintf(text + strlen(text), " %s", names[i]);
	}
	SEE("others", "%s", text);
}

static void all_1000(void)
{
	struct stat own, uts;
	int fd;

	become_1000();
	SEE("uts", "%s", ERR(unshare(CLONE_NEWUTS)));
	SEE("mnt", "%s", ERR(unshare(CLONE_NEWNS)));
	SEE("pid", "%s", ERR(unshare(CLONE_NEWPID)));
	SEE("clone uts", "%s", ERR(fork_flags(CLONE_NEWUTS)));
	SEE("with user", "%s", ERR(unshare(CLONE_NEWUSER | CLONE_NEWUTS |
					   CLONE_NEWNS | CLONE_NEWPID)));
	fd = ioctl(open("/proc/self/ns/uts", O_RDONLY), 0xb701);
	CHECK(fd >= 0 && fstat(fd, &uts) == 0 &&
	      stat("/proc/self/ns/user", &own) == 0);
	SEE("its owner", "%s", own.st_ino == uts.st_ino ? "the new" : "another");
	SEE("sethostname", "%s", ERR(sethostname("burrow", 6)));
}

static void clone_1000(void)
{
	pid_t pid;
	int status;

	become_1000();
	fflush(stdout);
	pid = fork_flags(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS);
	if (!pid) {
		SEE("sethostname", "%s", ERR(sethostname("burrow", 6)));
		SEE("CapEff", "%s", field("/proc/self/status", "CapEff:"));
		differ(getppid());
		fflush(stdout);
		_exit(case_failed);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("child", "%s", status_name(status));
}

CASE(D05, "the user namespace is made first and owns the others")
{
	run(all_1000);
	run(clone_1000);
}

CASE(D08, "a later part fails: the user namespace is undone too")
{
	ino_t user = ino_of("/proc/self/ns/user");

	CHECK(unshare(CLONE_NEWPID) == 0);
	SEE("user and pid", "%s", ERR(unshare(CLONE_NEWUSER | CLONE_NEWPID)));
	SEE("user", "%s", user == ino_of("/proc/self/ns/user") ? "old" : "new");
	SEE("uid", "%u", getuid());
	SEE("unknown", "%s", ERR(unshare(CLONE_NEWUSER | CLONE_PARENT)));
	SEE("user", "%s", user == ino_of("/proc/self/ns/user") ? "old" : "new");
}

CASE(U1, "flags that do not go together")
{
	SEE("USER|FS", "%s", ERR(fork_flags(CLONE_NEWUSER | CLONE_FS)));
	SEE("USER|THREAD", "%s",
	    ERR(fork_flags(CLONE_NEWUSER | CLONE_THREAD | CLONE_SIGHAND |
			   CLONE_VM)));
}

static void *thread_fn(void *arg)
{
	(void)arg;
	pause();
	return NULL;
}

static int thread_main(void *arg)
{
	return thread_fn(arg) != NULL;
}

static void with_threads(void)
{
	static char stack[65536];
	int own = open("/proc/self/ns/user", O_RDONLY), fd;
	pid_t pid = spawn_user();

	fd = open_ns(pid, "user");
	CHECK(clone(thread_main, stack + sizeof(stack),
		    CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FILES,
		    NULL) > 0);
	SEE("unshare", "%s", ERR(unshare(CLONE_NEWUSER)));
	SEE("setns", "%s", ERR(setns(fd, 0)));
	SEE("own", "%s", ERR(setns(own, 0)));
	reap(pid);
}

CASE(U2, "not with threads")
{
	run(with_threads);
}

/* ---- setns through a pidfd ---------------------------------------------------- */

static void everything_new(void)
{
	become_1000();
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS) == 0);
	CHECK(sethostname("inside", 6) == 0);
}

static void creator_enters(void)
{
	struct utsname u;
	int pf;

	become_1000();
	pf = (int)syscall(434, outer, 0);
	CHECK(pf >= 0);
	SEE("uts alone", "%s", ERR(setns(pf, CLONE_NEWUTS)));
	SEE("all", "%s", ERR(setns(pf, CLONE_NEWUSER | CLONE_NEWUTS |
				       CLONE_NEWNS)));
	uname(&u);
	SEE("nodename", "%s", u.nodename);
	differ(outer);
}

CASE(C05, "with NEWUSER in the set the new powers count")
{
	outer = spawn(everything_new);
	run(creator_enters);
	reap(outer);
}

static void set_hostname(void)
{
	CHECK(unshare(CLONE_NEWUTS) == 0);
}

CASE(C04, "own user among the types: nothing changes")
{
	pid_t pid = spawn(set_hostname);
	int pf = (int)syscall(434, pid, 0);
	ino_t uts = ino_of("/proc/self/ns/uts");

	SEE("uts and own user", "%s", ERR(setns(pf, CLONE_NEWUTS |
						CLONE_NEWUSER)));
	SEE("uts", "%s", uts == ino_of("/proc/self/ns/uts") ? "old" : "new");
	SEE("0", "%s", ERR(setns(pf, 0)));
	SEE("CLONE_FS", "%s", ERR(setns(pf, CLONE_NEWUTS | CLONE_FS)));
	SEE("uts", "%s", ERR(setns(pf, CLONE_NEWUTS)));
	kill(pid, SIGKILL);
	{
		siginfo_t si;

		waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT);
	}
	SEE("zombie", "%s", ERR(setns(pf, CLONE_NEWUTS)));
	waitpid(pid, NULL, 0);
	SEE("gone", "%s", ERR(setns(pf, CLONE_NEWUTS)));
}

static void no_power(void)
{
	int pid = (int)outer;

	become(1001);
	SEE("setns uts", "%s", ERR(setns(open_ns(getpid(), "uts"), 0)));
	SEE("setns mnt", "%s", ERR(setns(open_ns(getpid(), "mnt"), 0)));
	SEE("setns pid", "%s", ERR(setns(open_ns(getpid(), "pid"), 0)));
	SEE("setns own user", "%s", ERR(setns(open_ns(getpid(), "user"), 0)));
	SEE("pidfd of another", "%s",
	    ERR(setns((int)syscall(434, pid, 0), CLONE_NEWUTS)));
}

CASE(C02, "without power: which check is first")
{
	outer = spawn(everything_new);
	run(no_power);
	reap(outer);
}

CASE(S06, "a zombie is still in its user namespace")
{
	pid_t pid = spawn_user();
	ino_t before = ino_of(of(pid, "ns/user"));
	siginfo_t si;

	kill(pid, SIGKILL);
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0);
	SEE("readlink", "%s", link_type(of(pid, "ns/user")));
	SEE("same", "%d", before == ino_of(of(pid, "ns/user")));
	SEE("uid_map", "%s", ERR(open(of(pid, "uid_map"), O_RDONLY)));
	SEE("uts", "%s", link_type(of(pid, "ns/uts")));
	waitpid(pid, NULL, 0);
}

static void owner_from_inside(void)
{
	unsigned int uid = 77;

	new_user();
	SEE("from inside", "%s", ERR(ioctl(target_ns, 0xb704, &uid)));
	SEE("owner", "%u", uid);
	SEE("parent of own", "%s",
	    ERR(ioctl(open("/proc/self/ns/user", O_RDONLY), 0xb702)));
	SEE("owner of own", "%s",
	    ERR(ioctl(open("/proc/self/ns/user", O_RDONLY), 0xb701)));
}

CASE(B04, "NS_GET_OWNER_UID")
{
	unsigned int uid = 77;
	int fd, uts = open("/proc/self/ns/uts", O_RDONLY);

	outer = spawn(user_of_1000);
	fd = open_ns(outer, "user");
	SEE("call", "%s", ERR(ioctl(fd, 0xb704, &uid)));
	SEE("owner", "%u", uid);
	SEE("uts", "%s", ERR(ioctl(uts, 0xb704, &uid)));
	SEE("NULL", "%s", ERR(ioctl(fd, 0xb704, NULL)));
	SEE("parent is ours", "%d", ({
		struct stat a, b;
		int p = ioctl(fd, 0xb702);

		fstat(p, &a) == 0 && stat("/proc/self/ns/user", &b) == 0 &&
			a.st_ino == b.st_ino;
	}));
	target_ns = fd;
	run(owner_from_inside);
	reap(outer);
}

/* ---- entering does not make prey, and there is no way up ------------------------ */

static void entered(void)
{
	CHECK(setns(target_ns, CLONE_NEWUSER) == 0);
}

static void preys(void)
{
	char buf[64];
	static const char *const files[] = { "ns/mnt", "root", "cwd", "exe" };

	become_1000();
	CHECK(setns(target_ns, CLONE_NEWUSER) == 0);
	for (int i = 0; i < 4; i++)
		TRY(files[i], readlink(of(passed_fd, files[i]), buf,
				       sizeof(buf)));
	TRY("environ", open(of(passed_fd, "environ"), O_RDONLY));
	TRY("kill", kill(passed_fd, 0));
}

CASE(U9, "root that enters is not in the power of the namespace's root")
{
	outer = spawn(user_of_1000);
	CHECK(!strcmp(put(of(outer, "uid_map"), "0 1000 1"), "ok"));
	target_ns = open_ns(outer, "user");
	passed_fd = spawn(entered);
	run(preys);
	reap(passed_fd);
	reap(outer);
}

static int up_fd[8];
static const char *const up_names[] = { "uts", "net", "ipc", "mnt", "pid",
					"user" };

static void no_way_up(void)
{
	new_user_mapped("0 0 2000");
	for (int i = 0; i < 6; i++)
		TRY(up_names[i], setns(up_fd[i], 0));
	CHECK(unshare(CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS |
		      CLONE_NEWPID) == 0);
	for (int i = 0; i < 6; i++)
		TRY(up_names[i], setns(up_fd[i], 0));
}

CASE(U15, "from a user namespace nothing of the parent's can be entered")
{
	for (int i = 0; i < 6; i++)
		up_fd[i] = open_ns(getpid(), up_names[i]);
	run(no_way_up);
}

static void outside_powers(void)
{
	struct rlimit rl = { 1 << 20, 1 << 30 };
	struct timeval tv = { 0, 0 };

	new_user_mapped("0 0 2000");
	TRY("sethostname", sethostname("x", 1));
	TRY("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0, NULL));
	TRY("settimeofday", settimeofday(&tv, NULL));
	TRY("mount", mount("t", "/mnt", "tmpfs", 0, NULL));
	TRY("NOFILE", setrlimit(RLIMIT_NOFILE, &rl));
	TRY("nice -5", setpriority(PRIO_PROCESS, 0, -5));
	TRY("chroot", chroot("/"));
	TRY("pid_max", open("/proc/sys/kernel/pid_max", O_WRONLY));
	CHECK(unshare(CLONE_NEWUTS) == 0);
	TRY("sethostname in an own uts", sethostname("x", 1));
}

CASE(U14 U25, "all capabilities inside are none outside")
{
	struct rlimit rl = { 512, 512 };

	CHECK(setrlimit(RLIMIT_NOFILE, &rl) == 0);
	run(outside_powers);
}

static void one_clone_user(void)
{
	int own;

	for (int i = 0; i < 200; i++) {
		CHECK(fork_flags(CLONE_NEWUSER | CLONE_FS) < 0);
		CHECK(unshare(CLONE_NEWUSER | CLONE_PARENT) < 0);
	}
	CHECK(unshare(CLONE_NEWPID) == 0);
	own = open("/proc/self/ns/user", O_RDONLY);
	for (int i = 0; i < 200; i++) {
		CHECK(unshare(CLONE_NEWUSER | CLONE_NEWPID) < 0);
		CHECK(setns(own, 0) < 0);
	}
	SEE("uid", "%u", getuid());
}

CASE(U5 RS11, "what fails leaves no user namespace behind")
{
	run(one_clone_user);
}

/* Nested maps of several extents: down through both, and up again. */

static void owns_uts(void)
{
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWUTS) == 0);
}

CASE(U16, "a namespace outlives the tasks of its owner, and holds it")
{
	unsigned int uid = 1;

	for (int i = 0; i < 20; i++) {
		pid_t pid = spawn(owns_uts);
		int uts = open_ns(pid, "uts"), user;
		ino_t ino = ino_of(of(pid, "ns/user"));
		struct stat st;

		reap(pid);
		user = ioctl(uts, 0xb701);
		CHECK(user >= 0 && fstat(user, &st) == 0);
		CHECK(st.st_ino == ino);
		CHECK(ioctl(user, 0xb704, &uid) == 0 && uid == 0);
		close(user);
		if (i == 19)
			TRY("enter it", setns(uts, 0));
		close(uts);
	}
}
