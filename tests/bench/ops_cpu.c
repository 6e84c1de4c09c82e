// SPDX-License-Identifier: MIT
/* The way into the kernel and out of it, and calls that do little more. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/utsname.h>
#include <time.h>

#include "tests/bench/bench.h"

static volatile int signals;

static void on_signal(int sig)
{
	signals += sig;
}

void group_cpu(void)
{
	struct sigaction sa = {.sa_handler = on_signal};
	struct timespec ts;
	struct utsname uts;
	char cwd[512];
	long me = SYS0(getpid), fd;

	MEASURE("null_enosys", 200, (call3(9999, 0, 0, 0), 0));
	MEASURE("getpid", 200, SYS0(getpid));
	MEASURE("getppid", 200, SYS0(getppid));
	MEASURE("clock_gettime_raw", 200,
		SYS2(clock_gettime, CLOCK_MONOTONIC, &ts));
	MEASURE("clock_gettime_libc", 200, clock_gettime(CLOCK_MONOTONIC, &ts));
	MEASURE("uname", 200, SYS1(uname, &uts));
	MEASURE("sethostname_8", 100, SYS2(sethostname, "abcdefgh", 8));
	MEASURE("sched_yield_alone", 200, SYS0(sched_yield));
	MEASURE("umask", 200, SYS1(umask, 022));
	MEASURE("getcwd", 200, SYS2(getcwd, cwd, sizeof(cwd)));
	MEASURE_WITH("dup+close", 200, ,
		     (fd = SYS1(dup, 1), SYS1(close, fd)), );
	sigaction(SIGUSR1, &sa, 0);
	MEASURE("kill_self_handler", 100, SYS2(kill, me, SIGUSR1));
}
