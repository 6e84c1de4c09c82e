// SPDX-License-Identifier: MIT
/* Time namespaces: rows H06, H07, C02, D02, D04 and invariant 36. Clocks are
 * told in days of difference, so that a slow machine says the same. */
#include "case.h"

#include <linux/sched.h>
#include <pthread.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
#include <time.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#define DAY 86400
#define D "/proc/self/ns/"
#define OFFSETS "/proc/self/timens_offsets"

static int64_t seconds(clockid_t clock)
{
	struct timespec ts = { 0, 0 };

	CHECK(clock_gettime(clock, &ts) == 0);
	return ts.tv_sec;
}

static int64_t start[8]; /* what each clock said when the case began */

static void clocks_begin(void)
{
	for (clockid_t c = 0; c < 8; c++)
		start[c] = seconds(c);
}

/* Whole days that @clock is ahead of where it was. */
static long days(clockid_t clock)
{
	int64_t d = seconds(clock) - start[clock] + DAY / 2;

	return (long)(d >= 0 ? d / DAY : -((-d + DAY - 1) / DAY));
}

static const char *offset_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t n;
	int err;

	if (fd < 0)
		return err_name(errno);
	n = write(fd, text, strlen(text));
	err = errno;
	close(fd);
	if (n < 0)
		return err_name(err);
	return (size_t)n == strlen(text) ? "ok" : "part";
}

/* A new time namespace for children, @mono and @boot days ahead. */
static void ahead(int mono, int boot)
{
	char text[80];

	CHECK(unshare(CLONE_NEWTIME) == 0);
	snprintf(text, sizeof(text), "monotonic %d 0\nboottime %d 0\n",
		 mono * DAY, boot * DAY);
	CHECK(!strcmp(offset_write(OFFSETS, text), "ok"));
}

/* What a program sees that was exec'ed: before main, so that it is no case. */
__attribute__((constructor)) static void exec_helper(void)
{
	const char *was = getenv("TIME_NS_START");

	if (!was)
		return;
	start[CLOCK_MONOTONIC] = atoll(was);
	see("days ahead after exec", "%ld", days(CLOCK_MONOTONIC));
	see("the program is in it", "%d",
	    ino_of(D "time") == ino_of(D "time_for_children"));
	_exit(0);
}

static bool moved_in(void)
{
	return ino_of(D "time") == ino_of(D "time_for_children");
}

CASE(H06, "two entries, one type, a fixed initial number")
{
	struct stat a, b;

	CHECK(stat(D "time", &a) == 0);
	CHECK(stat(D "time_for_children", &b) == 0);
	SEE("initial number", "%lu", (unsigned long)a.st_ino);
	SEE("the same", "%d", a.st_ino == b.st_ino);
	SEE("time", "%s", link_type(D "time"));
	SEE("time_for_children", "%s", link_type(D "time_for_children"));
	SEE("type", "%x", ioctl(open(D "time", O_RDONLY), 0xb703));
	SEE("parent", "%s", ERR(ioctl(open(D "time", O_RDONLY), 0xb702)));
}

static void see_days(void)
{
	SEE("monotonic", "%ld", days(CLOCK_MONOTONIC));
	SEE("monotonic raw", "%ld", days(CLOCK_MONOTONIC_RAW));
	SEE("monotonic coarse", "%ld", days(CLOCK_MONOTONIC_COARSE));
	SEE("boottime", "%ld", days(CLOCK_BOOTTIME));
	SEE("realtime", "%ld", days(CLOCK_REALTIME));
	SEE("time is for children", "%d", moved_in());
}

CASE(H06, "unshare moves nobody, fork moves the child")
{
	ino_t before = ino_of(D "time");

	clocks_begin();
	ahead(10, 20);
	SEE("time unchanged", "%d", ino_of(D "time") == before);
	SEE("children changed", "%d",
	    ino_of(D "time_for_children") != before);
	see_days();
	CHECK(in_child(see_days) == 0);
	SEE("still outside", "%d", ino_of(D "time") == before);
}

CASE(H06, "exec moves the task itself")
{
	char was[64];
	char *argv[] = { "time_ns", NULL };
	char *envp[] = { was, NULL };

	clocks_begin();
	snprintf(was, sizeof(was), "TIME_NS_START=%lld",
		 (long long)start[CLOCK_MONOTONIC]);
	ahead(3, 3);
	fflush(stdout);
	execve("/proc/self/exe", argv, envp);
	CHECK(!"reached");
}

static void live_ahead(void)
{
	ahead(5, 6);
}

static void enter_ahead(void)
{
	ahead(5, 6);
	CHECK(setns(open(D "time_for_children", O_RDONLY), 0) == 0);
}

CASE(H06, "setns moves at once and takes both; back again")
{
	int home = open(D "time", O_RDONLY), fd;
	ino_t before = ino_of(D "time");
	char path[64];
	pid_t pid = spawn(live_ahead);

	clocks_begin();
	snprintf(path, sizeof(path), "/proc/%d/ns/time_for_children", pid);
	fd = open(path, O_RDONLY);
	SEE("setns", "%s", ERR(setns(fd, CLONE_NEWTIME)));
	see_days();
	SEE("it is that one", "%d", ino_of(D "time") == ino_of(path));
	SEE("back", "%s", ERR(setns(home, 0)));
	SEE("monotonic", "%ld", days(CLOCK_MONOTONIC));
	SEE("as before", "%d", ino_of(D "time") == before && moved_in());
	SEE("wrong type", "%s", ERR(setns(fd, CLONE_NEWUTS)));
	reap(pid);
}

CASE(H06, "setns by pidfd takes the one that the task is in")
{
	pid_t pid = spawn(enter_ahead);
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	clocks_begin();
	SEE("setns", "%s", ERR(setns(pidfd, CLONE_NEWTIME | CLONE_NEWUTS)));
	SEE("monotonic", "%ld", days(CLOCK_MONOTONIC));
	reap(pid);
}

static void *sleeper(void *arg)
{
	pause();
	return arg;
}

static void drop_root(void)
{
	CHECK(setresuid(1000, 1000, 1000) == 0);
}

CASE(C02, "setns: threads are EUSERS first, then EPERM")
{
	int fd = open(D "time", O_RDONLY);

	SEE("own", "%s", ERR(setns(fd, CLONE_NEWTIME)));
	drop_root();
	SEE("without privileges", "%s", ERR(setns(fd, CLONE_NEWTIME)));
	thread_start();
	SEE("and with a thread", "%s", ERR(setns(fd, CLONE_NEWTIME)));
}

CASE(C02, "setns with threads; unshare needs nobody alone")
{
	int fd = open(D "time", O_RDONLY);

	thread_start();
	SEE("setns", "%s", ERR(setns(fd, CLONE_NEWTIME)));
	SEE("unshare", "%s", ERR(unshare(CLONE_NEWTIME)));
	drop_root();
	SEE("unshare without privileges", "%s", ERR(unshare(CLONE_NEWTIME)));
}

static void none(void)
{
}

static void exit_if_moved(void)
{
	_exit(moved_in());
}

CASE(D02, "clone3 alone can make one; the child is in it")
{
	struct clone_args args = { .flags = CLONE_NEWTIME,
				   .exit_signal = SIGCHLD };
	ino_t before = ino_of(D "time"), child[2] = { 0, 0 };
	int status, p[2];
	pid_t pid;

	CHECK(pipe(p) == 0);
	fflush(stdout);
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		child[0] = ino_of(D "time");
		child[1] = ino_of(D "time_for_children");
		_exit(write(p[1], child, sizeof(child)) != sizeof(child));
	}
	SEE("clone3", "%s", pid < 0 ? err_name(errno) : "ok");
	CHECK(read(p[0], child, sizeof(child)) == sizeof(child));
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	SEE("child in a new one", "%d %d", child[0] != before,
	    child[0] == child[1]);
	SEE("parent not", "%d", ino_of(D "time") == before && moved_in());

	pid = (pid_t)syscall(SYS_clone, 0x80 | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(ino_of(D "time") != before);
	CHECK(waitpid(pid, &status, __WALL) == pid);
	SEE("clone with that bit", "%d", WEXITSTATUS(status));
	drop_root();
	SEE("without privileges", "%s",
	    ERR(syscall(SYS_clone3, &args, sizeof(args))));
}

CASE(D04, "after unshare: threads, vfork and fork")
{
	ino_t before = ino_of(D "time");
	int status = 0;
	pthread_t t;
	pid_t pid;

	CHECK(unshare(CLONE_NEWTIME) == 0);
	SEE("thread", "%s", err_name(pthread_create(&t, NULL, sleeper, NULL)));
	fflush(stdout);
	pid = vfork();
	if (pid == 0)
		_exit(ino_of(D "time") == before ? 2 : 3);
	SEE("vfork", "%s", pid < 0 ? err_name(errno) : "ok");
	if (pid > 0)
		CHECK(waitpid(pid, &status, 0) == pid);
	SEE("its child stays in the old one", "%d", WEXITSTATUS(status) == 2);
	SEE("fork moves", "%d", WEXITSTATUS(in_child(exit_if_moved)));
}

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

static struct timespec soon(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	ts.tv_nsec += 20000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	return ts;
}

static bool reached(clockid_t clock, const struct timespec *ts)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec > ts->tv_sec ||
	       (now.tv_sec == ts->tv_sec && now.tv_nsec >= ts->tv_nsec);
}

static void sleeps(clockid_t clock)
{
	struct timespec ts = soon(clock), past = { 1, 0 }, left;
	struct itimerspec its = { { 0, 0 }, { 0, 0 } }, cur;
	struct sigevent ev = { .sigev_notify = SIGEV_NONE };
	uint64_t ticks = 0;
	timer_t timer;
	int fd = timerfd_create(clock, 0);

	SEE("sleep until", "%s", err_name(clock_nanosleep(
			clock, TIMER_ABSTIME, &ts, NULL)));
	SEE("reached", "%d", reached(clock, &ts));
	SEE("until the past", "%s", err_name(clock_nanosleep(
			clock, TIMER_ABSTIME, &past, NULL)));
	ts.tv_sec = 0;
	ts.tv_nsec = 1000000;
	SEE("relative", "%s", err_name(clock_nanosleep(clock, 0, &ts, &left)));
	ts = soon(clock);
	its.it_value = ts;
	CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL) == 0);
	CHECK(read(fd, &ticks, 8) == 8);
	SEE("timerfd", "%d, reached %d", (int)ticks, reached(clock, &ts));
	its.it_value.tv_sec += 50 * DAY;
	CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL) == 0);
	CHECK(timerfd_gettime(fd, &cur) == 0);
	SEE("days left", "%ld", (long)(cur.it_value.tv_sec + DAY / 2) / DAY);
	CHECK(timer_create(clock, &ev, &timer) == 0);
	CHECK(timer_settime(timer, TIMER_ABSTIME, &its, NULL) == 0);
	CHECK(timer_gettime(timer, &cur) == 0);
	SEE("timer, days left", "%ld",
	    (long)(cur.it_value.tv_sec + DAY / 2) / DAY);
	its.it_value.tv_sec = 1;
	CHECK(timer_settime(timer, TIMER_ABSTIME, &its, NULL) == 0);
	CHECK(timer_gettime(timer, &cur) == 0);
	SEE("timer in the past, left", "%ld", (long)cur.it_value.tv_sec);
}

static void sleep_cases(void)
{
	struct timespec ts;
	uint32_t word = 0;

	sleeps(CLOCK_MONOTONIC);
	sleeps(CLOCK_BOOTTIME);
	sleeps(CLOCK_REALTIME);
	ts = soon(CLOCK_MONOTONIC);
	/* FUTEX_WAIT_BITSET: until then, by the monotonic clock */
	SEE("futex", "%s", ERR(syscall(SYS_futex, &word, 9, 0, &ts, NULL, -1)));
	SEE("reached", "%d", reached(CLOCK_MONOTONIC, &ts));
	ts = soon(CLOCK_REALTIME);
	SEE("futex realtime", "%s",
	    ERR(syscall(SYS_futex, &word, 9 | 256, 0, &ts, NULL, -1)));
	SEE("reached", "%d", reached(CLOCK_REALTIME, &ts));
}

CASE(H06, "sleeps and timers until a time of this namespace")
{
	ahead(10, 20);
	CHECK(in_child(sleep_cases) == 0);
}

CASE(H06, "sleeps and timers in one that is behind")
{
	char text[64];
	struct timespec now;

	CHECK(unshare(CLONE_NEWTIME) == 0);
	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof(text), "monotonic -%lld 0\nboottime -%lld 0\n",
		 (long long)now.tv_sec, (long long)now.tv_sec);
	SEE("written", "%s", offset_write(OFFSETS, text));
	CHECK(in_child(sleep_cases) == 0);
}

static long stat_days(long before, long now, long hz)
{
	return ((now - before) / hz + DAY / 2) / DAY;
}

/* Field 22 of /proc/PID/stat, the time at which it started. */
static long starttime(const char *path)
{
	const char *p = strrchr(read_file(path), ')');

	for (int i = 0; p && i < 20; i++)
		p = strchr(p + 1, ' ');
	return p ? atol(p + 1) : -1;
}

static long up0, info0, btime0, start0, mine0;
static char parent_stat[64];

static void uptime_look(long *up, long *info, long *btime, long *started,
			long *mine)
{
	struct sysinfo si;

	*up = atol(read_file("/proc/uptime"));
	sysinfo(&si);
	*info = si.uptime;
	*btime = atol(field("/proc/stat", "btime"));
	*started = starttime(parent_stat);
	*mine = starttime("/proc/self/stat");
}

static void uptime_see(void)
{
	long up, info, btime, started, mine;

	uptime_look(&up, &info, &btime, &started, &mine);
	SEE("uptime", "%ld", stat_days(up0, up, 1));
	SEE("sysinfo", "%ld", stat_days(info0, info, 1));
	SEE("btime", "%ld", stat_days(btime, btime0, 1));
	SEE("another's start", "%ld", stat_days(start0, started, 100));
	SEE("own start", "%ld", stat_days(mine0, mine, 100));
}

CASE(H06, "/proc/uptime, stat and sysinfo are the reader's")
{
	char path[64];
	pid_t pid;
	long before;

	snprintf(parent_stat, sizeof(parent_stat), "/proc/%d/stat", getpid());
	uptime_look(&up0, &info0, &btime0, &start0, &mine0);
	ahead(10, 20);
	CHECK(in_child(uptime_see) == 0);
	pid = spawn(none);
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	before = starttime(path);
	SEE("seen from outside", "%ld", stat_days(mine0, before, 100));
	reap(pid);
}

CASE(S06, "a zombie has no time namespace")
{
	char path[64];
	siginfo_t si;
	struct stat st;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0);
	snprintf(path, sizeof(path), "/proc/%d/ns/time", pid);
	SEE("time", "%s", ERR(stat(path, &st)));
	snprintf(path, sizeof(path), "/proc/%d/ns/time_for_children", pid);
	SEE("for children", "%s", ERR(stat(path, &st)));
	waitpid(pid, NULL, 0);
}

CASE(S16, "the number is free when the last holder has gone")
{
	ino_t a, b;
	int home = open(D "time", O_RDONLY);

	CHECK(unshare(CLONE_NEWTIME) == 0);
	a = ino_of(D "time_for_children");
	SEE("dynamic", "%d", a >= 0xf0000000);
	CHECK(setns(home, 0) == 0);
	CHECK(unshare(CLONE_NEWTIME) == 0);
	b = ino_of(D "time_for_children");
	SEE("used again", "%d", a == b);
	CHECK(unshare(CLONE_NEWTIME) == 0);
	SEE("new before old", "%d", ino_of(D "time_for_children") != b);
}
