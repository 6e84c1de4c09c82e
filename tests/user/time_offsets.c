// SPDX-License-Identifier: MIT
/* /proc/PID/timens_offsets: row H07. */
#include "time_ns.h"

static const char *const good[] = {
	"monotonic 1 0", "1 1 0\n", "7 1 0", "boottime 1 0\n",
	"monotonic -1 999999999", "monotonic 1 999999999",
	"monotonic 1 0\nboottime 2 0\n", "  monotonic   3    4  \n",
	"monotonic 1 0\n\n", "monotonic 1 0\nmonotonic 2 0\n",
	"monotonic 1 0\nboottime 2 0\nmonotonic 3 0\n",
};

static const char *const bad[] = {
	"", "\n", "realtime 1 0", "0 1 0", "4 1 0", "monotonic 1", "monotonic",
	"monotonic 1 1000000000", "monotonic 1 -1", "monotonic x 0",
	"monotonic 1 0 x", "monotonicx 1 0", "Monotonic 1 0",
	"monotonic 9223372036854775807 0", "monotonic 4611686019 0", "monotonic -1000000000 0",
	"boottime -1000000000 0", "monotonic 1 0\nrealtime 1 0\n",
	"\nmonotonic 1 0\n", "monotonic 0x10 0", "monotonic 1 0\n1 2\n",
};

static char *escaped(const char *text)
{
	static char buf[128];
	char *p = buf;

	for (; *text; text++)
		if (*text == '\n')
			p += sprintf(p, "\\n");
		else
			*p++ = *text;
	*p = 0;
	return buf;
}

CASE(H07, "timens_offsets: the text, what can be written")
{
	struct stat st;

	CHECK(stat(OFFSETS, &st) == 0);
	SEE("mode", "%o", st.st_mode);
	SEE("initial", "%s", escaped(read_file(OFFSETS)));
	SEE("initial, written", "%s", offset_write(OFFSETS, "1 1 0"));
	CHECK(unshare(CLONE_NEWTIME) == 0);
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		SEE("good", "%s: %s", escaped(good[i]),
		    offset_write(OFFSETS, good[i]));
		SEE("then", "%s", escaped(read_file(OFFSETS)));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		SEE("bad", "%s: %s", escaped(bad[i]),
		    offset_write(OFFSETS, bad[i]));
	SEE("after all", "%s", escaped(read_file(OFFSETS)));
}

CASE(H07, "how much of a write is taken, and from where")
{
	const char *three = "monotonic 1 0\nboottime 2 0\nmonotonic 3 0\n";
	char big[5000];
	int fd;

	CHECK(unshare(CLONE_NEWTIME) == 0);
	fd = open(OFFSETS, O_RDWR);
	SEE("three lines", "%ld of %ld", (long)write(fd, three, strlen(three)),
	    (long)strlen(three));
	SEE("again on the fd", "%s", ERR(write(fd, "1 1 0", 5)));
	SEE("pwrite", "%s", ERR(pwrite(fd, "1 1 0", 5, 0)));
	fd = open(OFFSETS, O_RDWR);
	memset(big, ' ', sizeof(big));
	memcpy(big, "1 5 0\n", 6);
	SEE("a page", "%s", ERR(write(fd, big, 4096)));
	SEE("a page less one", "%s", ERR(write(fd, big, 4095)));
	memcpy(big, "1 5 0 ", 6);
	SEE("one long line", "%s", ERR(write(fd, big, 4095)));
	SEE("a NUL", "%s", ERR(write(fd, "1 6 0\n\0x", 8)));
	SEE("bad pointer", "%s", ERR(write(fd, (void *)8, 5)));
	SEE("nothing", "%s", ERR(write(fd, big, 0)));
	SEE("after all", "%s", escaped(read_file(OFFSETS)));
}

CASE(H07, "frozen when somebody has entered")
{
	CHECK(unshare(CLONE_NEWTIME) == 0);
	SEE("before", "%s", offset_write(OFFSETS, "1 100 0"));
	CHECK(in_child(none) == 0);
	SEE("after the first", "%s", offset_write(OFFSETS, "1 1 0"));
	SEE("bad text then", "%s", offset_write(OFFSETS, "x"));
	SEE("out of range then", "%s", offset_write(OFFSETS, "1 -999999999 0"));
	SEE("kept", "%s", escaped(read_file(OFFSETS)));
	CHECK(unshare(CLONE_NEWTIME) == 0);
	SEE("the next begins with", "%s", escaped(read_file(OFFSETS)));
	SEE("and is open", "%s", offset_write(OFFSETS, "1 1 0"));
	CHECK(setns(open(D "time_for_children", O_RDONLY), 0) == 0);
	SEE("after setns", "%s", offset_write(OFFSETS, "1 1 0"));
}

static void offsets_unprivileged(void)
{
	int fd = open(OFFSETS, O_WRONLY);

	CHECK(fd >= 0);
	drop_root();
	SEE("opened with privileges", "%s", ERR(write(fd, "1 5 0", 5)));
	SEE("opened without", "%s", ERR(open(OFFSETS, O_WRONLY)));
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
	fd = open(OFFSETS, O_WRONLY);
	SEE("own file", "%s", fd < 0 ? err_name(errno) : "ok");
	SEE("bad text", "%s", ERR(write(fd, "x", 1)));
	SEE("out of range", "%s", ERR(write(fd, "1 -999999999 0", 14)));
	SEE("good", "%s", ERR(write(fd, "1 6 0", 5)));
	SEE("now", "%s", escaped(read_file(OFFSETS)));
}

static void fresh_unprivileged(void)
{
	CHECK(unshare(CLONE_NEWTIME) == 0);
	offsets_unprivileged();
}

CASE(H07, "whose offsets, and who may")
{
	char path[64];
	pid_t pid = spawn(live_ahead);

	snprintf(path, sizeof(path), "/proc/%d/timens_offsets", pid);
	SEE("another's", "%s", escaped(read_file(path)));
	reap(pid);
	pid = spawn(enter_ahead);
	snprintf(path, sizeof(path), "/proc/%d/timens_offsets", pid);
	SEE("another's, frozen", "%s", offset_write(path, "1 7 0"));
	reap(pid);
	CHECK(in_child(fresh_unprivileged) == 0);
	CHECK(in_child(offsets_unprivileged) == 0);
}

CASE(H07, "of a zombie")
{
	char path[64];
	siginfo_t si;
	pid_t pid = fork();
	int fd;

	if (pid == 0)
		_exit(0);
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0);
	snprintf(path, sizeof(path), "/proc/%d/timens_offsets", pid);
	fd = open(path, O_RDONLY);
	SEE("open", "%s", fd < 0 ? err_name(errno) : "ok");
	SEE("text", "%s", escaped(read_file(path)));
	SEE("write", "%s", offset_write(path, "1 1 0"));
	waitpid(pid, NULL, 0);
}
