// SPDX-License-Identifier: MIT
/* L3: timers of all kinds. Nothing is measured: only what comes, and in which
 * order. */
#include "case.h"

#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>

static void block(sigset_t *set, int sig)
{
	sigemptyset(set);
	sigaddset(set, sig);
	sigprocmask(SIG_BLOCK, set, NULL);
}

static long timer_new(int clock, int notify, int sig, void *value, int *id)
{
	struct sigevent ev = { .sigev_notify = notify, .sigev_signo = sig,
			       .sigev_value.sival_ptr = value };

	return syscall(SYS_timer_create, clock, &ev, id);
}

static struct itimerspec spec(long ms, long every)
{
	return (struct itimerspec){ { every / 1000, every % 1000 * 1000000 },
				    { ms / 1000, ms % 1000 * 1000000 } };
}

CASE(L3, "a POSIX timer sends its signal with its value")
{
	struct itimerspec t = spec(10, 0), left;
	siginfo_t si = { 0 };
	sigset_t set;
	int id = -1;

	block(&set, SIGRTMIN);
	CHECK(timer_new(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN, &set, &id) ==
	      0);
	SEE("first number", "%d", id);
	CHECK(syscall(SYS_timer_settime, id, 0, &t, NULL) == 0);
	CHECK(sigwaitinfo(&set, &si) == SIGRTMIN);
	SEE("code", "%s", si.si_code == SI_TIMER ? "SI_TIMER" : "?");
	SEE("value", "%d", si.si_ptr == &set);
	SEE("overrun", "%ld", syscall(SYS_timer_getoverrun, id));
	CHECK(syscall(SYS_timer_gettime, id, &left) == 0);
	SEE("left", "%ld", left.it_value.tv_sec + left.it_value.tv_nsec);
	SEE("delete", "%s", ERR(syscall(SYS_timer_delete, id)));
	SEE("again", "%s", ERR(syscall(SYS_timer_delete, id)));
}

CASE(L3, "a periodic one counts what it could not send")
{
	struct itimerspec t = spec(1, 1);
	siginfo_t si = { 0 };
	sigset_t set;
	int id;

	block(&set, SIGRTMIN);
	CHECK(timer_new(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN, NULL, &id) ==
	      0);
	CHECK(syscall(SYS_timer_settime, id, 0, &t, NULL) == 0);
	usleep(50000);
	CHECK(sigwaitinfo(&set, &si) == SIGRTMIN);
	SEE("overrun", "%d", si.si_overrun > 5);
	CHECK(syscall(SYS_timer_delete, id) == 0);
}

CASE(L3, "what timer_create and its like refuse")
{
	struct itimerspec bad = { { 0, 0 }, { 0, 1000000000 } };
	int id;

	SEE("clock", "%s", ERR(timer_new(99, SIGEV_SIGNAL, SIGALRM, 0, &id)));
	SEE("notify", "%s", ERR(timer_new(1, 77, SIGALRM, 0, &id)));
	SEE("signal", "%s", ERR(timer_new(1, SIGEV_SIGNAL, 99, 0, &id)));
	SEE("none", "%s", ERR(timer_new(1, SIGEV_NONE, 0, 0, &id)));
	SEE("bad time", "%s", ERR(syscall(SYS_timer_settime, id, 0, &bad, 0)));
	SEE("bad number", "%s",
	    ERR(syscall(SYS_timer_settime, 77, 0, &bad, 0)));
	SEE("null", "%s", ERR(syscall(SYS_timer_settime, id, 0, NULL, NULL)));
}

CASE(L3, "fork does not inherit timers, exec and fork keep no alarm of theirs")
{
	struct itimerval it = { { 0, 0 }, { 100, 0 } }, now;
	pid_t pid;
	int status;

	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	pid = fork();
	if (pid == 0) {
		getitimer(ITIMER_REAL, &now);
		_exit(now.it_value.tv_sec != 0);
	}
	waitpid(pid, &status, 0);
	SEE("the child's", "%d", WEXITSTATUS(status));
	SEE("alarm tells what was left", "%d", alarm(0) > 90);
	SEE("nothing", "%d", alarm(0));
}

static volatile int alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

CASE(L3, "setitimer: periodic, of CPU time, bad values")
{
	struct itimerval it = { { 0, 2000 }, { 0, 2000 } }, off = { 0 };
	struct itimerval bad = { { 0, 0 }, { 0, 1000000 } };

	signal(SIGALRM, on_alarm);
	signal(SIGVTALRM, on_alarm);
	signal(SIGPROF, on_alarm);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	while (alarms < 3)
		pause();
	CHECK(setitimer(ITIMER_REAL, &off, NULL) == 0);
	alarms = 0;
	CHECK(setitimer(ITIMER_VIRTUAL, &it, NULL) == 0);
	while (alarms < 2)
		;
	CHECK(setitimer(ITIMER_VIRTUAL, &off, NULL) == 0);
	alarms = 0;
	CHECK(setitimer(ITIMER_PROF, &it, NULL) == 0);
	while (alarms < 2)
		getppid();
	CHECK(setitimer(ITIMER_PROF, &off, NULL) == 0);
	SEE("came", "%d", 1);
	SEE("bad value", "%s", ERR(setitimer(ITIMER_REAL, &bad, NULL)));
	SEE("bad kind", "%s", ERR(setitimer(7, &it, NULL)));
}

CASE(L3, "timerfd: counts, polls, refuses")
{
	struct itimerspec t = spec(5, 5), now, old = spec(0, 0);
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t n = 0;

	SEE("not armed", "%s", ERR(read(fd, &n, 8)));
	CHECK(timerfd_settime(fd, 0, &t, NULL) == 0);
	SEE("poll", "%d", poll(&p, 1, -1));
	usleep(30000);
	SEE("read", "%zd", read(fd, &n, 8));
	SEE("several", "%d", n > 2);
	SEE("short read", "%s", ERR(read(fd, &n, 4)));
	CHECK(timerfd_gettime(fd, &now) == 0);
	SEE("interval", "%ld", now.it_interval.tv_nsec);
	CHECK(timerfd_settime(fd, 0, &old, &now) == 0);
	SEE("old interval", "%ld", now.it_interval.tv_nsec);
	SEE("disarmed", "%d", poll(&p, 1, 0));
	t = spec(1, 0);
	CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, NULL) == 0);
	SEE("absolute and past", "%d", poll(&p, 1, -1));
	SEE("read", "%zd", read(fd, &n, 8));
	SEE("once", "%llu", (unsigned long long)n);
	SEE("bad clock", "%s", ERR(timerfd_create(99, 0)));
	SEE("bad flags", "%s", ERR(timerfd_create(1, 1)));
	SEE("not a timer", "%s", ERR(timerfd_settime(0, 0, &t, NULL)));
}

CASE(L3, "signalfd gives signals as records")
{
	struct signalfd_siginfo si;
	struct pollfd p;
	sigset_t set;
	int fd;

	block(&set, SIGUSR1);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	p = (struct pollfd){ .fd = fd, .events = POLLIN };
	SEE("nothing", "%s", ERR(read(fd, &si, sizeof(si))));
	CHECK(kill(getpid(), SIGUSR1) == 0);
	SEE("poll", "%d", poll(&p, 1, 0));
	SEE("short", "%s", ERR(read(fd, &si, 64)));
	SEE("read", "%zd", read(fd, &si, sizeof(si)));
	SEE("signal", "%u, from me %d", si.ssi_signo,
	    si.ssi_pid == (uint32_t)getpid());
	SEE("gone", "%s", ERR(read(fd, &si, sizeof(si))));
	SEE("not a signalfd", "%s", ERR(signalfd(0, &set, 0)));
}

CASE(L3, "sleeps: what is left after a signal, absolute, bad times")
{
	struct timespec t = { 100, 0 }, left = { 0, 0 }, past = { 0, 1 };
	struct timespec bad = { 0, 1000000000 };
	struct itimerval it = { { 0, 0 }, { 0, 10000 } };

	signal(SIGALRM, on_alarm);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	SEE("interrupted", "%s", ERR(nanosleep(&t, &left)));
	SEE("left", "%d", left.tv_sec >= 90);
	SEE("absolute and past", "%s",
	    err_name(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &past,
				     NULL)));
	SEE("bad", "%s", ERR(nanosleep(&bad, NULL)));
	SEE("bad clock", "%s", err_name(clock_nanosleep(99, 0, &past, NULL)));
	SEE("thread clock", "%s",
	    err_name(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &past, NULL)));
}
