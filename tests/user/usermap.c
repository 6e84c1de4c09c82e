// SPDX-License-Identifier: MIT
/* uid_map, gid_map and setgroups: what they show, take, and who may write them.
 * Rows E04 to E08, U4, U8, U12, U22. */
#include "ids.h"

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

static void opener_1000(void)
{
	char path[64];
	int fd, sv[2];
	pid_t pid;

	/* the owner, unprivileged, opens; root writes */
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	outer = spawn(user_of_1000);
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
