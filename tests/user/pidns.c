// SPDX-License-Identifier: MIT
/* Pid namespaces: rows F01-F14, traps 8 to 10. */
#include "case.h"
#include <sys/reboot.h>

#define D "/proc/self/ns/"

/* Run @fn as the init of a new pid namespace; its wait status. The caller's
 * children are born in its own namespace again afterwards. */
static int as_init(void (*fn)(void))
{
	int own = open(D "pid", O_RDONLY), status;

	CHECK(unshare(CLONE_NEWPID) == 0);
	status = in_child(fn);
	CHECK(setns(own, CLONE_NEWPID) == 0);
	close(own);
	return status;
}

static pid_t spawn_init(void (*setup)(void))
{
	int own = open(D "pid", O_RDONLY);
	pid_t pid;

	CHECK(unshare(CLONE_NEWPID) == 0);
	pid = spawn(setup);
	CHECK(setns(own, CLONE_NEWPID) == 0);
	close(own);
	return pid;
}

/* A child of ours in the pid namespace of @init. */
static pid_t inject(pid_t init, void (*setup)(void))
{
	int own = open(D "pid", O_RDONLY), fd = open_ns(init, "pid");
	pid_t pid;

	CHECK(setns(fd, CLONE_NEWPID) == 0);
	pid = spawn(setup);
	CHECK(setns(own, CLONE_NEWPID) == 0);
	close(own);
	close(fd);
	return pid;
}

static const char *own_field(const char *key)
{
	return field("/proc/self/status", key);
}

/* The line with blanks for tabs, and the outer numbers as "N". */
static const char *inner_numbers(pid_t pid, const char *key)
{
	char path[64];
	const char *text, *tab;
	static char out[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	text = field(path, key);
	tab = strchr(text, '\t');
	snprintf(out, sizeof(out), "N%s", tab ? tab : "");
	for (char *c = out; *c; c++)
		*c = *c == '\t' ? ' ' : *c;
	return out;
}

static void first_task(void)
{
	SEE("pid, ppid, tid", "%d %d %d", getpid(), getppid(),
	    (int)syscall(SYS_gettid));
	SEE("pgid, sid", "%d %d", getpgid(0), getsid(0));
	TRY("kill(0, 0)", kill(0, 0));
	TRY("kill(-1, 0)", kill(-1, 0));
	TRY("kill(1, 0)", kill(1, 0));
	TRY("setsid", setsid());
	SEE("pgid, sid then", "%d %d", getpgid(0), getsid(0));
}

CASE(F01, "the first task")
{
	SEE("ended", "%s", status_name(as_init(first_task)));
}

static void outer_is_unknown(void)
{
	TRY("kill parent", kill(getppid(), 0));
	TRY("kill 2", kill(2, 0));
	TRY("getpgid 2", getpgid(2));
	TRY("getsid 2", getsid(2));
	TRY("pidfd_open 2", syscall(SYS_pidfd_open, 2, 0));
	TRY("getpriority 2", getpriority(PRIO_PROCESS, 2));
	TRY("sched_getaffinity 2", syscall(SYS_sched_getaffinity, 2, 8, &errno));
	TRY("waitpid 2", waitpid(2, NULL, WNOHANG));
	TRY("waitpid -1", waitpid(-1, NULL, WNOHANG));
	TRY("prlimit 2", prlimit(2, RLIMIT_NOFILE, NULL, NULL));
	TRY("setpgid 2", setpgid(2, 0));
}

CASE(F10, "numbers from outside mean nothing")
{
	CHECK(as_init(outer_is_unknown) == 0);
}

static void other_proc(void)
{
	char text[64];
	struct stat st;

	TRY("self in the outer proc", readlink("/proc/self", text, 64));
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("proc", "/mnt", "proc", 0, NULL) == 0);
	SEE("self", "%.*s", (int)readlink("/mnt/self", text, 64), text);
	TRY("1", stat("/mnt/1", &st));
	TRY("2", stat("/mnt/2", &st));
	SEE("NSpid", "%s", field("/mnt/self/status", "NSpid:"));
	SEE("NStgid", "%s", field("/mnt/1/status", "NStgid:"));
	SEE("NSpgid", "%s", field("/mnt/1/status", "NSpgid:"));
	SEE("NSsid", "%s", field("/mnt/1/status", "NSsid:"));
	SEE("PPid", "%s", field("/mnt/1/status", "PPid:"));
	TRY("own link in the outer proc", stat(D "pid", &st));
	TRY("own link in the inner proc", stat("/mnt/self/ns/pid", &st));
	CHECK(umount("/mnt") == 0);
}

CASE(F02 F03, "proc shows the namespace of who mounted it")
{
	CHECK(as_init(other_proc) == 0);
}

CASE(F03, "one task, two numbers")
{
	pid_t init = spawn_init(NULL), second = inject(init, NULL);

	SEE("NSpid of init", "%s", inner_numbers(init, "NSpid:"));
	SEE("NStgid of init", "%s", inner_numbers(init, "NStgid:"));
	SEE("NSpid of the second", "%s", inner_numbers(second, "NSpid:"));
	SEE("NSpgid of the second", "%s", inner_numbers(second, "NSpgid:"));
	SEE("NSsid of the second", "%s", inner_numbers(second, "NSsid:"));
	SEE("own", "%d", !strchr(own_field("NSpid:"), '\t'));
	reap(second);
	reap(init);
}

static int proc_fd = -1;

static void mount_proc_and_keep(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("proc", "/mnt", "proc", 0, NULL) == 0);
}

CASE(F02 P17, "another namespace's proc, alive and dead")
{
	pid_t init = spawn_init(mount_proc_and_keep);
	char path[64], text[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/root/mnt", init);
	proc_fd = open(path, O_RDONLY | O_DIRECTORY);
	CHECK(proc_fd >= 0);
	TRY("self", readlinkat(proc_fd, "self", text, sizeof(text)));
	TRY("thread-self", readlinkat(proc_fd, "thread-self", text,
				      sizeof(text)));
	TRY("1", fstatat(proc_fd, "1", &st, 0));
	TRY("outer number", (snprintf(text, sizeof(text), "%d", getpid()),
			     fstatat(proc_fd, text, &st, 0)));
	reap(init);
	TRY("dead: 1", fstatat(proc_fd, "1", &st, 0));
	TRY("dead: stat", fstatat(proc_fd, "stat", &st, 0));
	TRY("dead: self", readlinkat(proc_fd, "self", text, sizeof(text)));
	close(proc_fd);
}

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

/* ---- F11, F12, F14 -------------------------------------------------------------------- */

static int reboot_cmd;

static void do_reboot(void)
{
	int r = (int)syscall(SYS_reboot, 0xfee1dead, 672274793, reboot_cmd,
			     NULL);

	SEE("returned", "%s", r ? err_name(errno) : "ok");
}

static const char *reboot_inside(int cmd)
{
	reboot_cmd = cmd;
	return status_name(as_init(do_reboot));
}

CASE(F11 RD9, "reboot(2) ends the namespace, not the machine")
{
	SEE("RESTART", "%s", reboot_inside(RB_AUTOBOOT));
	SEE("HALT", "%s", reboot_inside((int)RB_HALT_SYSTEM));
	SEE("POWER_OFF", "%s", reboot_inside(RB_POWER_OFF));
	SEE("CAD_ON", "%s", reboot_inside((int)RB_ENABLE_CAD));
	SEE("CAD_OFF", "%s", reboot_inside(RB_DISABLE_CAD));
	SEE("unknown", "%s", reboot_inside(12345));
	SEE("bad magic", "%s",
	    ERR(syscall(SYS_reboot, 1, 672274793, RB_DISABLE_CAD, NULL)));
	become(1000);
	SEE("unprivileged", "%s",
	    ERR(syscall(SYS_reboot, 0xfee1dead, 672274793, RB_DISABLE_CAD,
			NULL)));
}

static int depth_reached;

/* One level deeper in each call; the exit status is the depth. */
static int deeper(int depth)
{
	pid_t pid;
	int status;

	if (unshare(CLONE_NEWPID)) {
		SEE("refused", "%s", err_name(errno));
		return depth;
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(deeper(depth + 1));
	if (pid < 0)
		return 200;
	CHECK(waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}

CASE(F12 RD10, "how deep they nest")
{
	depth_reached = deeper(0);
	SEE("levels", "%d", depth_reached);
}

CASE(F14, "a descriptor keeps a namespace that has no task")
{
	pid_t init = spawn_init(NULL);
	int fd = open_ns(init, "pid"), parent;
	struct stat st;

	reap(init);
	CHECK(fstat(fd, &st) == 0);
	SEE("type", "%#x", ioctl(fd, 0xb703));
	parent = ioctl(fd, 0xb702);
	SEE("parent", "%d", same_file(parent, open(D "pid", O_RDONLY)));
	TRY("setns", setns(fd, 0));
	TRY("fork", fork());
}

CASE(S36, "pid_for_children follows setns and the first child")
{
	int own = open(D "pid", O_RDONLY), fd;
	struct stat st;
	pid_t init;
	DIR *d;
	int listed = 0;

	CHECK(unshare(CLONE_NEWPID) == 0);
	TRY("open", open(D "pid_for_children", O_RDONLY));
	d = opendir("/proc/self/ns");
	for (struct dirent *e; (e = readdir(d));)
		listed += !strcmp(e->d_name, "pid_for_children");
	closedir(d);
	SEE("listed", "%d", listed);
	init = spawn(NULL);
	fd = open_ns(init, "pid");
	CHECK(stat(D "pid_for_children", &st) == 0);
	SEE("is the child's", "%d",
	    same_file(fd, open(D "pid_for_children", O_RDONLY)));
	reap(init);
	TRY("after its death", stat(D "pid_for_children", &st));
	TRY("setns to it", setns(open(D "pid_for_children", O_RDONLY), 0));
	CHECK(setns(own, 0) == 0);
}

static void forks_many(void)
{
	for (int i = 0; i < 300; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		CHECK(waitpid(pid, NULL, 0) == pid);
		if (i == 0 || i == 299)
			SEE("child", "%d", pid);
	}
}

CASE(F13, "numbers are given out in order")
{
	CHECK(as_init(forks_many) == 0);
}
