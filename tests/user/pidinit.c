// SPDX-License-Identifier: MIT
/* The first task of a pid namespace: its signals, its end, its orphans; and how numbers
 * are told across: rows F04 to F09, traps 8 to 10. */
#include "pidns.h"

/* ---- F04: signals to init ------------------------------------------------------ */

static volatile int got_signal;

static void note_signal(int sig)
{
	got_signal = sig;
}

static void init_signals(void)
{
	struct timespec none = { 0, 0 };
	siginfo_t si;
	sigset_t set;

	TRY("TERM", kill(1, SIGTERM));
	TRY("KILL", kill(1, SIGKILL));
	TRY("STOP", kill(1, SIGSTOP));
	TRY("SEGV", kill(1, SIGSEGV));
	TRY("raise INT", raise(SIGINT));
	signal(SIGUSR1, note_signal);
	TRY("USR1", kill(1, SIGUSR1));
	SEE("handled", "%d", got_signal == SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	TRY("USR2, blocked", kill(1, SIGUSR2));
	SEE("sigtimedwait", "%d",
	    sigtimedwait(&set, &si, &none) == SIGUSR2);
	TRY("USR2 again", kill(1, SIGUSR2));
	CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
	SEE("alive after unblocking", "%d", getpid());
}

static void init_child_signals(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		kill(1, SIGKILL);
		kill(1, SIGTERM);
		_exit(3);
	}
	int status;
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("its child", "%s", status_name(status));
}

CASE(F04 RD2, "signals to init from inside")
{
	SEE("ended", "%s", status_name(as_init(init_signals)));
	SEE("ended", "%s", status_name(as_init(init_child_signals)));
}

static volatile int *volatile nowhere = (int *)8;

static void init_segv(void)
{
	*nowhere = 1;
}

static void init_abort(void)
{
	abort();
}

CASE(F04, "a fault kills init, abort() as well")
{
	SEE("segv", "%s", status_name(as_init(init_segv)));
	/* musl's abort raises, unblocks, and in the end executes hlt */
	SEE("abort", "%d", WIFSIGNALED(as_init(init_abort)));
}

CASE(F04 RD2, "signals to init from an ancestor")
{
	pid_t init = spawn_init(NULL);
	siginfo_t si = { 0 };
	int status;

	TRY("TERM", kill(init, SIGTERM));
	TRY("USR1", kill(init, SIGUSR1));
	SEE("alive", "%d", waitpid(init, &status, WNOHANG));
	TRY("STOP", kill(init, SIGSTOP));
	CHECK(waitid(P_PID, (id_t)init, &si, WSTOPPED) == 0);
	SEE("stopped by", "%d", si.si_status == SIGSTOP);
	TRY("CONT", kill(init, SIGCONT));
	TRY("KILL", kill(init, SIGKILL));
	CHECK(waitpid(init, &status, 0) == init);
	SEE("ended", "%s", status_name(status));
}

static void kill_all(void)
{
	pid_t pid = spawn(NULL);
	int status;

	TRY("kill(-1, KILL)", kill(-1, SIGKILL));
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("its child", "%s", status_name(status));
}

CASE(RD1, "kill(-1) stays inside")
{
	pid_t sibling = spawn(NULL);
	int status;

	SEE("ended", "%s", status_name(as_init(kill_all)));
	SEE("sibling outside", "%d", waitpid(sibling, &status, WNOHANG));
	reap(sibling);
}

/* ---- F05, F06: the end ----------------------------------------------------------- */

static void exit_5(void)
{
	_exit(5);
}

static struct pipe_pair end_init;

CASE(F05, "init ends last: a zombie of an outer parent keeps it")
{
	int own = open(D "pid", O_RDONLY), inner, status = 0;
	siginfo_t si = { 0 };
	char path[64];
	pid_t init, other;

	end_init = pipe_new();
	CHECK(unshare(CLONE_NEWPID) == 0);
	init = fork();
	if (init == 0) {
		pipe_hear(end_init);
		_exit(9);
	}
	inner = open_ns(init, "pid");
	other = fork();
	if (other == 0)
		_exit(4);
	CHECK(waitid(P_PID, (id_t)other, &si, WEXITED | WNOWAIT) == 0);
	pipe_say(end_init);
	usleep(100000); /* only so that a wrong kernel is found out */
	SEE("waitpid init", "%d", waitpid(init, &status, WNOHANG));
	snprintf(path, sizeof(path), "/proc/%d/status", init);
	SEE("its state", "%.1s", field(path, "State:"));
	CHECK(waitpid(other, &status, 0) == other);
	SEE("the other", "%s", status_name(status));
	CHECK(waitpid(init, &status, 0) == init);
	SEE("init then", "%s", status_name(status));
	TRY("setns to the dead", setns(inner, CLONE_NEWPID));
	TRY("fork", fork());
	TRY("vfork", syscall(SYS_vfork));
	CHECK(setns(own, CLONE_NEWPID) == 0);
	SEE("a child at home", "%s", status_name(in_child(exit_5)));
}

CASE(F06 RD3 RD4, "a dead namespace: no fork, for ever")
{
	int own = open(D "pid", O_RDONLY), dead;
	pid_t init = spawn_init(NULL);
	int other = 0;

	dead = open_ns(init, "pid");
	reap(init);
	for (int i = 0; i < 200; i++) {
		CHECK(setns(dead, CLONE_NEWPID) == 0);
		if (fork() != -1 || errno != ENOMEM)
			other++;
		CHECK(setns(own, CLONE_NEWPID) == 0);
	}
	SEE("other than ENOMEM", "%d", other);
	CHECK(setns(dead, CLONE_NEWPID) == 0);
	SEE("link", "%s", link_type(D "pid_for_children"));
	TRY("unshare below it", unshare(CLONE_NEWPID));
	TRY("fork", fork());
	CHECK(setns(own, CLONE_NEWPID) == 0);
	SEE("a child at home", "%s", status_name(in_child(exit_5)));
}

static void leave_orphans(void)
{
	for (int i = 0; i < 5; i++)
		if (fork() == 0)
			for (;;)
				pause();
}

CASE(F05, "init's end kills all of them")
{
	struct stat st;
	char path[64];
	pid_t init = spawn_init(leave_orphans);
	pid_t injected = inject(init, NULL);
	int status;

	kill(init, SIGKILL);
	CHECK(waitpid(injected, &status, 0) == injected);
	SEE("one of ours in it", "%s", status_name(status));
	CHECK(waitpid(init, &status, 0) == init);
	SEE("init", "%s", status_name(status));
	snprintf(path, sizeof(path), "/proc/%d", init);
	TRY("its directory", stat(path, &st));
}

static void *second_thread(void *arg)
{
	pid_t pid;
	int status = 0;

	(void)arg;
	usleep(50000);
	pid = fork();
	if (pid == 0)
		_exit(6);
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("a fork after the leader's end", "%s", status_name(status));
	exit(3);
	return NULL;
}

static void leader_ends(void)
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, second_thread, NULL) == 0);
	syscall(SYS_exit, 0);
}

CASE(F07 RD14, "init's leader thread ends alone")
{
	SEE("ended", "%s", status_name(as_init(leader_ends)));
}

/* ---- F08: orphans ------------------------------------------------------------------ */

static struct pipe_pair tell;

/* A grandchild that says who its parent is, after its own has ended. */
static void grandchild(void)
{
	pid_t middle = fork();

	if (middle == 0) {
		pid_t was = getpid();

		if (fork() == 0) {
			while (getppid() == was)
				usleep(1000);
			SEE("orphan's parent", "%d", getppid());
			pipe_say(tell);
			_exit(0);
		}
		_exit(0);
	}
	CHECK(waitpid(middle, NULL, 0) == middle);
	pipe_hear(tell);
}

static void init_adopts(void)
{
	int status;

	grandchild();
	CHECK(waitpid(-1, &status, 0) > 0);
	SEE("init has reaped it", "%s", status_name(status));
}

CASE(F08 RD6, "an orphan inside goes to init")
{
	tell = pipe_new();
	CHECK(as_init(init_adopts) == 0);
}

static void subreaper_inside(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
		SEE("subreaper is", "%d", getpid());
		grandchild();
		CHECK(waitpid(-1, &status, 0) > 0);
		_exit(case_failed);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

CASE(F08, "or to a subreaper inside")
{
	tell = pipe_new();
	CHECK(as_init(subreaper_inside) == 0);
}

CASE(F08, "one that was put in from outside is not init's")
{
	int own = open(D "pid", O_RDONLY);
	pid_t init = spawn_init(NULL), parent;
	struct pipe_pair ask = pipe_new();

	tell = pipe_new();
	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	parent = fork();
	if (parent == 0) {
		CHECK(setns(open_ns(init, "pid"), CLONE_NEWPID) == 0);
		if (fork() == 0) {
			SEE("its parent", "%d", getppid());
			pipe_say(tell);
			pipe_hear(ask);
			SEE("its parent then", "%d", getppid());
			pipe_say(tell);
			_exit(8);
		}
		_exit(0);
	}
	CHECK(waitpid(parent, NULL, 0) == parent);
	pipe_hear(tell);
	pipe_say(ask);
	pipe_hear(tell);
	int status;
	pid_t got = waitpid(-1, &status, 0);
	SEE("reaped by the outer subreaper", "%d, %s", got != init && got > 0,
	    status_name(status));
	close(own);
	reap(init);
}

/* ---- F09: translation -------------------------------------------------------------- */

static struct pipe_pair ready;

static void wait_for_usr1(void)
{
	siginfo_t si;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	pipe_say(ready);
	CHECK(sigwaitinfo(&set, &si) == SIGUSR1);
	SEE("si_pid from outside", "%d", si.si_pid);
	if (fork() == 0) {
		kill(1, SIGUSR1);
		_exit(0);
	}
	CHECK(sigwaitinfo(&set, &si) == SIGUSR1);
	SEE("si_pid from inside", "%d", si.si_pid);
	CHECK(waitid(P_ALL, 0, &si, WEXITED) == 0);
	SEE("waitid si_pid", "%d", si.si_pid);
}

CASE(F09, "si_pid is the receiver's number for the sender")
{
	int status;
	pid_t init;
	int own = open(D "pid", O_RDONLY);

	ready = pipe_new();
	CHECK(unshare(CLONE_NEWPID) == 0);
	fflush(stdout);
	init = fork();
	if (init == 0) {
		wait_for_usr1();
		_exit(case_failed);
	}
	CHECK(setns(own, CLONE_NEWPID) == 0);
	pipe_hear(ready);
	CHECK(kill(init, SIGUSR1) == 0);
	CHECK(waitpid(init, &status, 0) == init);
	SEE("ended", "%s", status_name(status));
}

static int pair[2];

static void see_peer(const char *name, int fd, pid_t known)
{
	struct ucred uc;
	socklen_t len = sizeof(uc);

	CHECK(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &uc, &len) == 0);
	if (known)
		SEE(name, "%d", uc.pid == known);
	else
		SEE(name, "%d", uc.pid);
}

static void peer_inside(void)
{
	int own[2];

	see_peer("made outside", pair[0], 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, own) == 0);
	see_peer("made inside", own[0], 0);
}

CASE(F09, "SO_PEERCRED is translated, or 0")
{
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	CHECK(as_init(peer_inside) == 0);
	see_peer("outside", pair[0], getpid());
}
