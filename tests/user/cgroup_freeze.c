// SPDX-License-Identifier: MIT
/* cgroup.freeze: who stops, when a group counts as frozen, what gets through.
 * Row U22. */
#include "cgroup.h"

#include <linux/sched.h>

#define EVENTS(group) get(ROOT group "/cgroup.events")

/* Wait until cgroup.events of @group says "frozen @want"; what it says then. */
static const char *frozen(const char *group, int want)
{
	char path[64], buf[64], text[16];
	struct pollfd p = {.events = POLLPRI};

	snprintf(path, sizeof(path), ROOT "%s/cgroup.events", group);
	snprintf(text, sizeof(text), "frozen %d", want);
	p.fd = open(path, O_RDONLY);
	for (int i = 0; i < 20; i++) {
		ssize_t n = pread(p.fd, buf, sizeof(buf) - 1, 0);

		buf[n > 0 ? n : 0] = 0;
		if (strstr(buf, text))
			break;
		poll(&p, 1, 1000);
	}
	close(p.fd);
	return get(path);
}

static struct pipe_pair ask, answer;

/* Answers each byte. */
static void echo_run(void)
{
	char c;

	while (read(ask.rd, &c, 1) == 1)
		if (write(answer.wr, &c, 1) != 1)
			break;
}

static pid_t echo_start(void)
{
	pid_t pid;

	ask = pipe_new();
	answer = pipe_new();
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		echo_run();
		_exit(0);
	}
	return pid;
}

/* Does it answer within @ms? */
static int answers(int ms)
{
	struct pollfd p = {.fd = answer.rd, .events = POLLIN};

	if (poll(&p, 1, ms) <= 0)
		return 0;
	pipe_hear(answer);
	return 1;
}

static char state_of(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	return field(path, "State:\t")[0];
}

CASE(U22, "freeze: what it takes, empty groups")
{
	static const char *const texts[] = {"1", "0", " 1 ", "2", "-1",
					    "x", "",  "0x0", "01"};
	struct stat st;

	cgroups_mount();
	SEE("the root has it", "%s", get(ROOT "cgroup.freeze"));
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(stat(ROOT "a/cgroup.freeze", &st) == 0);
	SEE("mode", "%o", st.st_mode);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *s = put(ROOT "a/cgroup.freeze", texts[i]);

		SEE(texts[i], "%s, then %s, %s", s, get(ROOT "a/cgroup.freeze"),
		    EVENTS("a"));
	}
	SEE("a froze", "%s", put(ROOT "a/cgroup.freeze", "1"));
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	SEE("b, made there", "%s, %s", get(ROOT "a/b/cgroup.freeze"),
	    EVENTS("a/b"));
	SEE("b too", "%s", put(ROOT "a/b/cgroup.freeze", "1"));
	SEE("a thaws", "%s", put(ROOT "a/cgroup.freeze", "0"));
	SEE("a", "%s", EVENTS("a"));
	SEE("b", "%s", EVENTS("a/b"));
	SEE("b thaws", "%s", put(ROOT "a/b/cgroup.freeze", "0"));
	SEE("b", "%s", EVENTS("a/b"));
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(put_ok(ROOT "a/cgroup.freeze", "1"));
	SEE("rmdir of a frozen one", "%s", ERR(rmdir(ROOT "a")));
}

CASE(U22, "freeze: a process stops, and goes on")
{
	struct pollfd p = {.events = POLLPRI};
	char buf[64];
	pid_t pid;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	pid = echo_start();
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	pipe_say(ask);
	SEE("it answers", "%d", answers(60000));
	p.fd = open(ROOT "a/cgroup.events", O_RDONLY);
	CHECK(read(p.fd, buf, sizeof(buf)) > 0);
	CHECK(put_ok(ROOT "a/cgroup.freeze", "1"));
	SEE("poll", "%d", poll(&p, 1, 60000));
	SEE("events", "%s", frozen("a", 1));
	SEE("state", "%c", state_of(pid));
	pipe_say(ask);
	SEE("it answers", "%d", answers(200));
	CHECK(lseek(p.fd, 0, SEEK_SET) == 0);
	CHECK(read(p.fd, buf, sizeof(buf)) > 0);
	SEE("quiet", "%d", poll(&p, 1, 0));
	CHECK(put_ok(ROOT "a/cgroup.freeze", "0"));
	SEE("events at once", "%s", EVENTS("a"));
	SEE("poll", "%d", poll(&p, 1, 60000));
	SEE("what", "%d", p.revents);
	SEE("it answers", "%d", answers(60000));
	close(p.fd);
	reap(pid);
	CHECK(rmdir(ROOT "a") == 0);
}

static volatile sig_atomic_t handled;

static void on_signal(int sig)
{
	(void)sig;
	handled = 1;
	(void)!write(answer.wr, "s", 1);
}

CASE(U22, "freeze: signals wait, all but those that end it")
{
	static const int deadly[] = {SIGKILL, SIGTERM, SIGSEGV, SIGINT};
	pid_t pid;
	int status;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	signal(SIGUSR1, on_signal);
	pid = echo_start();
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	CHECK(put_ok(ROOT "a/cgroup.freeze", "1"));
	frozen("a", 1);
	CHECK(kill(pid, SIGUSR1) == 0);
	SEE("a handler runs", "%d", answers(200));
	SEE("events", "%s", EVENTS("a"));
	CHECK(kill(pid, SIGSTOP) == 0);
	SEE("it stops", "%d",
	    waitpid(pid, &status, WUNTRACED | WNOHANG) == pid);
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(put_ok(ROOT "a/cgroup.freeze", "0"));
	SEE("thawed: the handler runs", "%d", answers(60000));
	reap(pid);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		pid = spawn(NULL);
		CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
		CHECK(put_ok(ROOT "a/cgroup.freeze", "1"));
		frozen("a", 1);
		CHECK(kill(pid, deadly[i]) == 0);
		for (int n = 0; n < 20; n++) {
			if (waitpid(pid, &status, WNOHANG) == pid)
				break;
			status = -1;
			usleep(10000);
		}
		SEE("signal", "%d: %s", deadly[i],
		    status == -1 ? "nothing" : status_name(status));
		SEE("events", "%s", EVENTS("a"));
		CHECK(put_ok(ROOT "a/cgroup.freeze", "0"));
		if (status == -1) {
			CHECK(waitpid(pid, &status, 0) == pid);
			SEE("thawed", "%s", status_name(status));
		}
	}
	CHECK(rmdir(ROOT "a") == 0);
}

CASE(U22, "freeze: cgroup.kill gets through")
{
	pid_t pid;
	int status;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	pid = spawn(NULL);
	CHECK(!strcmp(put_pid(ROOT "a/b/cgroup.procs", pid), "ok"));
	CHECK(put_ok(ROOT "a/cgroup.freeze", "1"));
	SEE("events of a", "%s", frozen("a", 1));
	SEE("events of b", "%s", frozen("a/b", 1));
	SEE("b says", "%s", get(ROOT "a/b/cgroup.freeze"));
	SEE("kill", "%s", put(ROOT "a/cgroup.kill", "1"));
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("it died of", "%s", status_name(status));
	SEE("events of a", "%s", frozen("a", 1));
	SEE("events of b", "%s", frozen("a/b", 1));
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(rmdir(ROOT "a") == 0);
}

CASE(U22, "freeze: moving in and out, being born in it")
{
	struct clone_args args = {.flags = CLONE_INTO_CGROUP,
				  .exit_signal = SIGCHLD};
	pid_t pid, born;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "b", 0755) == 0);
	CHECK(put_ok(ROOT "a/cgroup.freeze", "1"));
	pid = echo_start();
	CHECK(!strcmp(put_pid(ROOT "b/cgroup.procs", pid), "ok"));
	SEE("into a frozen one", "%s", put_pid(ROOT "a/cgroup.procs", pid));
	SEE("events of a", "%s", frozen("a", 1));
	pipe_say(ask);
	SEE("it answers", "%d", answers(200));
	SEE("and out", "%s", put_pid(ROOT "b/cgroup.procs", pid));
	SEE("it answers", "%d", answers(60000));
	SEE("events of a", "%s", frozen("a", 1));
	SEE("events of b", "%s", EVENTS("b"));
	CHECK(put_ok(ROOT "b/cgroup.freeze", "1"));
	frozen("b", 1);
	SEE("from frozen to frozen", "%s", put_pid(ROOT "a/cgroup.procs", pid));
	SEE("events of a", "%s", EVENTS("a"));
	SEE("events of b", "%s", EVENTS("b"));
	args.cgroup = (uint64_t)open(ROOT "a", O_PATH);
	born = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (!born) {
		(void)!write(answer.wr, "b", 1);
		_exit(0);
	}
	SEE("born in a frozen one", "%d", born > 0);
	SEE("it runs", "%d", answers(200));
	SEE("events of a", "%s", frozen("a", 1));
	CHECK(put_ok(ROOT "a/cgroup.freeze", "0"));
	SEE("thawed: it runs", "%d", answers(60000));
	CHECK(waitpid(born, NULL, 0) == born);
	reap(pid);
	close((int)args.cgroup);
	CHECK(rmdir(ROOT "a") == 0);
	CHECK(rmdir(ROOT "b") == 0);
}

CASE(U22, "freeze: threads, stopped processes, a parent in vfork")
{
	pid_t pid, stopped;
	int status;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	pid = spawn(thread_start);
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	stopped = spawn(NULL);
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", stopped), "ok"));
	CHECK(kill(stopped, SIGSTOP) == 0);
	CHECK(waitpid(stopped, &status, WUNTRACED) == stopped);
	SEE("a stopped one alone", "%s", EVENTS("a"));
	CHECK(put_ok(ROOT "a/cgroup.freeze", "1"));
	SEE("events", "%s", frozen("a", 1));
	SEE("states", "%c %c", state_of(pid), state_of(stopped));
	CHECK(kill(stopped, SIGCONT) == 0);
	SEE("SIGCONT", "%s", frozen("a", 1));
	SEE("wait tells", "%d",
	    waitpid(stopped, &status, WCONTINUED | WNOHANG) == stopped);
	CHECK(put_ok(ROOT "a/cgroup.freeze", "0"));
	SEE("events", "%s", frozen("a", 0));
	reap(stopped);
	reap(pid);
	ask = pipe_new();
	pid = fork();
	if (!pid) {
		put(ROOT "a/cgroup.procs", "0");
		if (!vfork()) {
			(void)!write(ask.wr, "", 1);
			for (;;)
				pause();
		}
		_exit(0);
	}
	pipe_hear(ask);
	CHECK(put_ok(ROOT "a/cgroup.freeze", "1"));
	SEE("vfork", "%s", frozen("a", 1));
	CHECK(put_ok(ROOT "a/cgroup.kill", "1"));
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("died of", "%s", status_name(status));
	CHECK(put_ok(ROOT "a/cgroup.freeze", "0"));
	for (int i = 0; i < 200 && rmdir(ROOT "a"); i++)
		usleep(10000);
	SEE("gone", "%s", ERR(access(ROOT "a", F_OK)));
}

CASE(U22, "freeze: a sleep goes on, a poll does not end")
{
	struct timespec half = {0, 300000000};
	struct pollfd p;
	pid_t pid;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	ask = pipe_new();
	answer = pipe_new();
	pid = fork();
	if (!pid) {
		put(ROOT "a/cgroup.procs", "0");
		(void)!write(answer.wr, "", 1);
		SEE("nanosleep", "%s", ERR(nanosleep(&half, NULL)));
		p = (struct pollfd){.fd = ask.rd, .events = POLLIN};
		(void)!write(answer.wr, "", 1);
		SEE("poll", "%d", poll(&p, 1, 60000));
		fflush(stdout);
		_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		pipe_hear(answer);
		CHECK(put_ok(ROOT "a/cgroup.freeze", "1"));
		CHECK(strstr(frozen("a", 1), "frozen 1"));
		CHECK(put_ok(ROOT "a/cgroup.freeze", "0"));
	}
	pipe_say(ask);
	CHECK(waitpid(pid, NULL, 0) == pid);
	CHECK(rmdir(ROOT "a") == 0);
}
