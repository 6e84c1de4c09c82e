// SPDX-License-Identifier: MIT
/* The user namespace: making and entering it, its maps, what it gives. */
#include "ids.h"

/* A file on one line. */
static const char *flat(const char *path)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s", read_file(path));
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = '|';
	return text;
}

static void show_ids(const char *name)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	SEE(name, "%u %u %u, %u %u %u", r, e, s, rg, eg, sg);
}

static void show_caps(void)
{
	SEE("CapInh", "%s", field("/proc/self/status", "CapInh:"));
	SEE("CapPrm", "%s", field("/proc/self/status", "CapPrm:"));
	SEE("CapEff", "%s", field("/proc/self/status", "CapEff:"));
	SEE("CapBnd", "%s", field("/proc/self/status", "CapBnd:"));
	SEE("CapAmb", "%s", field("/proc/self/status", "CapAmb:"));
}

/* ---- making one -------------------------------------------------------------- */

static void from_chroot(void)
{
	CHECK(chroot("/tmp") == 0 && chdir("/") == 0);
	SEE("unshare user", "%s", ERR(unshare(CLONE_NEWUSER)));
	SEE("clone user", "%s", ERR(fork_flags(CLONE_NEWUSER)));
	SEE("uts", "%s", ERR(unshare(CLONE_NEWUTS)));
	SEE("mnt", "%s", ERR(unshare(CLONE_NEWNS)));
}

CASE(E01, "no user namespace from a chroot")
{
	run(from_chroot);
}

CASE(E01, "its maker must be mapped")
{
	new_user();
	SEE("again", "%s", ERR(unshare(CLONE_NEWUSER)));
	SEE("uts", "%s", ERR(unshare(CLONE_NEWUTS)));
	SEE("mnt", "%s", ERR(unshare(CLONE_NEWNS)));
	SEE("ipc's clone", "%s", ERR(unshare(CLONE_NEWPID)));
}

static void nest(void)
{
	int n = 0;

	while (n < 100) {
		errno = 0;
		if (unshare(CLONE_NEWUSER))
			break;
		n++;
		if (strcmp(put("/proc/self/setgroups", "deny"), "ok") ||
		    strcmp(put("/proc/self/uid_map", "0 0 1"), "ok") ||
		    strcmp(put("/proc/self/gid_map", "0 0 1"), "ok"))
			break;
	}
	SEE("levels", "%d", n);
	SEE("then", "%s", err_name(errno));
}

CASE(E01, "33 levels and no more")
{
	run(nest);
}

CASE(E02, "all capabilities, nothing inherited, ids unknown")
{
	uid_t uid = getuid();

	CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(uid == 0);
	new_user();
	show_caps();
	show_ids("ids");
	SEE("securebits", "%d", prctl(PR_GET_SECUREBITS));
	SEE("keepcaps", "%d", prctl(PR_GET_KEEPCAPS));
	SEE("Uid", "%s", field("/proc/self/status", "Uid:"));
	SEE("Gid", "%s", field("/proc/self/status", "Gid:"));
	SEE("uid_map", "\"%s\"", flat("/proc/self/uid_map"));
	SEE("setgroups", "%s", field("/proc/self/setgroups", ""));
}

/* Executed again with this in the environment: show what is left. */
#define SHOW_CAPS "USERNS_SHOW_CAPS"

static void exec_self(void)
{
	char *argv[] = { (char *)"userns", NULL };

	CHECK(setenv(SHOW_CAPS, "1", 1) == 0);
	fflush(stdout);
	execve("/proc/self/exe", argv, environ);
	check_failed(__FILE__, __LINE__, "execve");
}

__attribute__((constructor)) static void show_caps_main(void)
{
	if (!getenv(SHOW_CAPS))
		return;
	printf("# CapEff = %s\n", field("/proc/self/status", "CapEff:"));
	printf("# CapPrm = %s\n", field("/proc/self/status", "CapPrm:"));
	fflush(stdout);
	_exit(0);
}

static void exec_unmapped(void)
{
	new_user();
	exec_self();
}

static void exec_root(void)
{
	new_user_mapped("0 0 1");
	exec_self();
}

static void exec_other(void)
{
	new_user_mapped("5 0 1");
	exec_self();
}

CASE(E03, "exec: who is 0 inside keeps all, others lose all")
{
	run(exec_unmapped);
	run(exec_root);
	run(exec_other);
}

/* ---- maps --------------------------------------------------------------------- */

CASE(E04, "the format, and whose ids the second column has")
{
	pid_t pid = spawn_user(), inner;
	char buf[128];

	SEE("initial", "\"%s\"", flat("/proc/self/uid_map"));
	SEE("empty", "\"%s\"", flat(of(pid, "uid_map")));
	SEE("write", "%s", put(of(pid, "uid_map"), "0 100000 1000\n5000 7 1"));
	SEE("write", "%s", put(of(pid, "gid_map"), "1 2 3"));
	SEE("uid_map", "\"%s\"", flat(of(pid, "uid_map")));
	SEE("gid_map", "\"%s\"", flat(of(pid, "gid_map")));
	SEE("projid_map", "\"%s\"", flat(of(pid, "projid_map")));
	/* from inside a nested one, whose map is not written: nobody's */
	inner = fork();
	if (!inner) {
		int fd = open_ns(pid, "user");

		fflush(stdout);
		CHECK(setns(fd, CLONE_NEWUSER) == 0);
		snprintf(buf, sizeof(buf), "/proc/%d/uid_map", pid);
		SEE("by a member", "\"%s\"", flat(buf));
		SEE("of the initial one", "\"%s\"",
		    flat(of(getppid(), "uid_map")));
		fflush(stdout);
		_exit(case_failed);
	}
	CHECK(waitpid(inner, NULL, 0) == inner);
	reap(pid);
}

CASE(E05, "one write, at the start, by who is in it or in the parent")
{
	pid_t pid = spawn_user();
	char big[8192];
	int fd = open(of(pid, "uid_map"), O_WRONLY);

	memset(big, ' ', sizeof(big));
	memcpy(big, "0 0 1", 5);
	SEE("4096 bytes", "%s", ERR(write(fd, big, 4096)));
	SEE("pwrite", "%s", ERR(pwrite(fd, "0 0 1", 5, 0)));
	CHECK(lseek(fd, 1, SEEK_SET) == 1);
	SEE("position 1", "%s", ERR(write(fd, "0 0 1", 5)));
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	SEE("4095 bytes", "%ld", (long)write(fd, big, 4095));
	SEE("the same fd", "%s", ERR(write(fd, "0 0 1", 5)));
	SEE("another fd", "%s", put(of(pid, "uid_map"), "0 0 1"));
	SEE("nonsense", "%s", put(of(pid, "uid_map"), "x"));
	SEE("bad address", "%s", put_n(of(pid, "gid_map"), (void *)8, 5));
	SEE("the initial one's", "%s", put("/proc/self/uid_map", "0 0 1"));
	close(fd);
	reap(pid);
}

static int passed_fd;

static pid_t outer;

static void nested_writer(void)
{
	new_user();
	SEE("a sibling", "%s", put(of(outer, "uid_map"), "0 0 1"));
}

static struct pipe_pair number, done;

/* Tells the pid, here, of a task two user namespaces below. */
static void middle(void)
{
	pid_t inner;
	char text[16];

	new_user_mapped("0 0 10");
	inner = spawn_user();
	snprintf(text, sizeof(text), "%d", inner);
	CHECK(write(number.wr, text, sizeof(text)) == sizeof(text));
	pipe_hear(done);
	reap(inner);
}

CASE(E05, "not by a sibling, not by the grandparent")
{
	char text[16] = "";
	pid_t mid;

	outer = spawn_user();
	run(nested_writer);
	reap(outer);
	number = pipe_new();
	done = pipe_new();
	fflush(stdout);
	mid = fork();
	if (!mid) {
		middle();
		_exit(case_failed);
	}
	CHECK(read(number.rd, text, sizeof(text)) == sizeof(text));
	SEE("grandparent", "%s", put(of(atoi(text), "uid_map"), "0 0 1"));
	pipe_say(done);
	CHECK(waitpid(mid, NULL, 0) == mid);
}

static const struct {
	const char *name, *text;
} maps[] = {
	{ "nothing", "" },
	{ "newline", "\n" },
	{ "leading blank line", "\n0 0 1" },
	{ "trailing blank line", "0 0 1\n\n" },
	{ "two fields", "0 0" },
	{ "four fields", "0 0 1 1" },
	{ "letters", "a b c" },
	{ "junk", "0 0 1x" },
	{ "count 0", "0 0 0" },
	{ "overlap inside", "0 0 10\n5 100 10" },
	{ "overlap outside", "0 0 10\n50 5 10" },
	{ "adjacent", "0 0 10\n10 10 10" },
	{ "first -1", "4294967295 0 1" },
	{ "lower -1", "0 4294967295 1" },
	{ "wrap inside", "4294967290 0 10" },
	{ "wrap outside", "0 4294967290 10" },
	{ "hex", "0x0 0 1" },
	{ "minus", "-1 0 1" },
	{ "plus", "+0 0 1" },
	{ "tabs", "\t0\t\t0 \t 1\t" },
	{ "CRLF", "0 0 1\r\n" },
	{ "leading zeros", "0000 010 01" },
	{ "2^32 + 1", "0 0 4294967297" },
	{ "20 digits", "0 0 18446744073709551617" },
	{ "everything", "0 0 4294967295" },
	{ "vertical tab", "0\v0\v1" },
	{ "two on a line", "0 0 1 1 1 1" },
};

CASE(E06, "what is a map, and what is not")
{
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		pid_t pid = spawn_user();

		SEE(maps[i].name, "%s", put(of(pid, "uid_map"), maps[i].text));
		reap(pid);
	}
}

/* Lines that map 3i to 2i + 1000, @n of them, backwards. */
static void many_lines(char *buf, int n)
{
	*buf = 0;
	for (int i = n; i-- > 0;)
		buf += sprintf(buf, "%d %d 1\n", i * 3, i * 2 + 100);
}

CASE(E06, "340 lines; every id goes down and comes back up")
{
	static char buf[16384];
	pid_t pid = spawn_user(), child;
	int wrong = 0;

	many_lines(buf, 341);
	SEE("341 lines", "%s", put(of(pid, "uid_map"), buf));
	many_lines(buf, 340);
	SEE("340 lines", "%s", put(of(pid, "uid_map"), buf));
	SEE("first line", "%.33s", flat(of(pid, "uid_map")));
	fflush(stdout);
	child = fork();
	if (!child) {
		CHECK(setns(open_ns(pid, "user"), CLONE_NEWUSER) == 0);
		CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
		for (uid_t i = 0; i < 340; i++)
			wrong += setresuid(i * 3, i * 3, -1) != 0 ||
				 getuid() != i * 3;
		SEE("wrong", "%d", wrong);
		SEE("a hole", "%s", ERR(setresuid(1, 1, 1)));
		fflush(stdout);
		_exit(case_failed);
	}
	CHECK(waitpid(child, NULL, 0) == child);
	reap(pid);
}

static void sorted_few(int n)
{
	char buf[256];
	pid_t pid = spawn_user();

	many_lines(buf, n);
	CHECK(!strcmp(put(of(pid, "uid_map"), buf), "ok"));
	SEE("starts with", "%.10s", read_file(of(pid, "uid_map")));
	reap(pid);
}

CASE(E04, "short maps show the order they were written in, long ones are sorted")
{
	sorted_few(5);
	sorted_few(6);
}

static void self_map(void)
{
	become_1000();
	new_user();
	SEE("0 1001 1", "%s", put("/proc/self/uid_map", "0 1001 1"));
	SEE("0 1000 2", "%s", put("/proc/self/uid_map", "0 1000 2"));
	SEE("0 0 1", "%s", put("/proc/self/uid_map", "0 0 1"));
	SEE("0 1000 1", "%s", put("/proc/self/uid_map", "0 1000 1"));
	SEE("gid", "%s", put("/proc/self/gid_map", "0 1000 1"));
	SEE("deny", "%s", put("/proc/self/setgroups", "deny"));
	SEE("gid again", "%s", put("/proc/self/gid_map", "0 1000 1"));
	SEE("allow", "%s", put("/proc/self/setgroups", "allow"));
	SEE("setgroups", "%s", ERR(setgroups(0, NULL)));
	show_ids("ids");
	SEE("projid", "%s", put("/proc/self/projid_map", "0 0 10"));
}

CASE(E07, "without privilege: the own id alone, groups after deny")
{
	run(self_map);
}

static void writer_1000(void)
{
	SEE("foreign write", "%s", put(of(outer, "uid_map"), "0 1000 1"));
	SEE("passed 0 1000 1", "%s", ERR(write(passed_fd, "0 1000 1", 8)));
	SEE("passed 0 0 1", "%s", ERR(write(passed_fd, "0 0 1", 5)));
}

static void writer_as_1000(void)
{
	become_1000();
	writer_1000();
}

CASE(E07, "opener and writer both need the power")
{
	outer = spawn_user();
	passed_fd = open(of(outer, "uid_map"), O_WRONLY);
	CHECK(passed_fd >= 0);
	run(writer_as_1000);
	close(passed_fd);
	reap(outer);
}

static void opens_for_root(void)
{
	become_1000();
	new_user();
}

static void opener_1000(void)
{
	char path[64];
	int fd, sv[2];
	pid_t pid;

	/* the owner, unprivileged, opens; root writes */
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	outer = spawn(opens_for_root);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", outer);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		char c = 0;
		struct iovec v = { &c, 1 };
		union {
			struct cmsghdr h;
			char space[CMSG_SPACE(sizeof(int))];
		} u = { .h = { .cmsg_len = CMSG_LEN(sizeof(int)),
			       .cmsg_level = SOL_SOCKET,
			       .cmsg_type = SCM_RIGHTS } };
		struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
				    .msg_control = &u,
				    .msg_controllen = sizeof(u) };

		become_1000();
		fd = open(path, O_WRONLY);
		memcpy(CMSG_DATA(&u.h), &fd, sizeof(fd));
		_exit(fd < 0 || sendmsg(sv[0], &m, 0) != 1);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
	{
		char c;
		struct iovec v = { &c, 1 };
		union {
			struct cmsghdr h;
			char space[CMSG_SPACE(sizeof(int))];
		} u;
		struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
				    .msg_control = &u,
				    .msg_controllen = sizeof(u) };

		CHECK(recvmsg(sv[1], &m, 0) == 1);
		memcpy(&fd, CMSG_DATA(&u.h), sizeof(fd));
	}
	SEE("root writes 0 0 10", "%s", ERR(write(fd, "0 0 10", 6)));
	SEE("root writes 0 1000 1", "%s", ERR(write(fd, "0 1000 1", 8)));
	reap(outer);
}

CASE(U4, "root does not lend its power to who opened the file")
{
	run(opener_1000);
}

static void no_setfcap_self(void)
{
	drop_cap(CAP_SETFCAP);
	new_user();
	SEE("self 0 0 1", "%s", put("/proc/self/uid_map", "0 0 1"));
	SEE("self 0 1 1", "%s", put("/proc/self/uid_map", "0 1 1"));
}

static void no_setfcap_parent(void)
{
	pid_t pid = spawn_user();

	drop_cap(CAP_SETFCAP);
	SEE("child 0 0 1", "%s", put(of(pid, "uid_map"), "0 0 1"));
	SEE("child 0 5 1", "%s", put(of(pid, "uid_map"), "0 5 1"));
	SEE("gid 0 0 1", "%s", put(of(pid, "gid_map"), "0 0 1"));
	reap(pid);
}

CASE(U12, "who maps the parent's root needs CAP_SETFCAP")
{
	run(no_setfcap_self);
	run(no_setfcap_parent);
}

CASE(E08, "setgroups: deny is for ever, and too late after gid_map")
{
	pid_t pid = spawn_user(), child;
	const char *file = of(pid, "setgroups");
	char name[64];

	snprintf(name, sizeof(name), "%s", file);
	SEE("8 bytes", "%s", put(name, "allow   "));
	SEE("junk", "%s", put(name, "denyx"));
	SEE("empty", "%s", put(name, ""));
	SEE("allow", "%s", put(name, "allow"));
	SEE("gid_map", "%s", put(of(pid, "gid_map"), "0 0 10"));
	SEE("deny", "%s", put(name, "deny"));
	SEE("allow again", "%s", put(name, "allow \n"));
	reap(pid);
	pid = spawn_user();
	snprintf(name, sizeof(name), "%s", of(pid, "setgroups"));
	SEE("deny \\n", "%s", put(name, "deny \n"));
	SEE("reads", "%s", flat(name));
	SEE("allow", "%s", put(name, "allow"));
	CHECK(!strcmp(put(of(pid, "gid_map"), "0 0 10"), "ok"));
	CHECK(!strcmp(put(of(pid, "uid_map"), "0 0 10"), "ok"));
	fflush(stdout);
	child = fork();
	if (!child) {
		CHECK(setns(open_ns(pid, "user"), CLONE_NEWUSER) == 0);
		SEE("setgroups", "%s", ERR(setgroups(0, NULL)));
		new_user();
		SEE("nested", "%s", flat("/proc/self/setgroups"));
		fflush(stdout);
		_exit(case_failed);
	}
	CHECK(waitpid(child, NULL, 0) == child);
	reap(pid);
}

static void groups_early(void)
{
	gid_t g = 0;

	new_user();
	SEE("before gid_map", "%s", ERR(setgroups(0, NULL)));
	SEE("before gid_map", "%s", ERR(setgroups(1, &g)));
}

static void groups_late(void)
{
	gid_t g[2] = { 5, 3 }, out[4] = { 0 }, bad = 10;

	new_user_mapped("0 100 10");
	SEE("mapped", "%s", ERR(setgroups(2, g)));
	SEE("count", "%d", getgroups(4, out));
	SEE("sorted", "%u %u", out[0], out[1]);
	SEE("Groups", "%s", field("/proc/self/status", "Groups:"));
	SEE("unmapped", "%s", ERR(setgroups(1, &bad)));
}

CASE(E08, "setgroups(2) once there are groups")
{
	run(groups_early);
	run(groups_late);
}

/* ---- powers ------------------------------------------------------------------- */

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
	outer = spawn(opens_for_root);
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

	outer = spawn(opens_for_root);
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
	outer = spawn(opens_for_root);
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
static void two_levels(void)
{
	static const uid_t outside[] = { 0, 100005, 100010, 100020, 100031,
					 100040, 165535, 165536 };
	struct stat st;

	private_mounts();
	for (int i = 0; i < 8; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/mnt/%d", i);
		close(open(path, O_CREAT, 0600));
		CHECK(chown(path, outside[i], outside[i]) == 0);
	}
	new_user_mapped("0 100000 65536");
	CHECK(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
	new_user_mapped("0 0 1\n5 5 1\n10 10 5\n40 20 3\n50 31 1\n"
			"1000 40 65496\n");
	for (int i = 0; i < 8; i++) {
		char path[32], name[32];

		snprintf(path, sizeof(path), "/mnt/%d", i);
		snprintf(name, sizeof(name), "kernel's %u", outside[i]);
		CHECK(stat(path, &st) == 0);
		SEE(name, "%u %u, open %s", st.st_uid, st.st_gid,
		    ERR(open(path, O_RDWR)));
	}
	SEE("outer's view", "%s", flat("/proc/self/uid_map"));
}

CASE(U8, "ids go through both levels, down and up")
{
	run(two_levels);
}

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

static void write_after(void)
{
	int limit, groups;

	new_user_mapped("0 0 10");
	limit = open("/proc/sys/user/max_uts_namespaces", O_WRONLY);
	groups = open("/proc/self/setgroups", O_WRONLY);
	CHECK(limit >= 0 && groups >= 0);
	CHECK(caps_set(0, 0) == 0);
	TRY("the limit, opened before", write(limit, "5", 1));
	TRY("the limit, opened now",
	    open("/proc/sys/user/max_uts_namespaces", O_WRONLY));
	TRY("setgroups, opened before", write(groups, "allow", 5));
	TRY("setgroups, opened now", open("/proc/self/setgroups", O_WRONLY));
}

CASE(U22, "who opened a file of procfs may write it later")
{
	run(write_after);
}
