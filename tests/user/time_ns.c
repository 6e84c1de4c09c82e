// SPDX-License-Identifier: MIT
/* Time namespaces: rows H06, C02, D02, D04 and invariant 36. Clocks are
 * told in days of difference, so that a slow machine says the same. */
#include "time_ns.h"

#include <linux/sched.h>
#include <pthread.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
#include <time.h>

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
