// SPDX-License-Identifier: MIT
/* pidfds: opening, signalling, polling, what they know of a process. */
#include "newapi.h"

#include <pthread.h>

static int pidfd_open(pid_t pid, unsigned flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static int pidfd_signal(int fd, int sig, unsigned flags)
{
	return (int)syscall(SYS_pidfd_send_signal, fd, sig, NULL, flags);
}

static int pidfd_getfd(int fd, int target, unsigned flags)
{
	return (int)syscall(SYS_pidfd_getfd, fd, target, flags);
}

static short poll_now(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}

static const char *info_field(int fd, const char *key)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return field(path, key);
}

CASE(C07, "pidfd_open: who and with what flags")
{
	char text[64] = "";
	int fd;

	SEE("0", "%s", ERR(pidfd_open(0, 0)));
	SEE("-1", "%s", ERR(pidfd_open(-1, 0)));
	SEE("absent", "%s", ERR(pidfd_open(4194303, 0)));
	SEE("bad flags", "%s", ERR(pidfd_open(getpid(), 1)));
	fd = pidfd_open(getpid(), 0);
	SEE("cloexec", "%d", fcntl(fd, F_GETFD));
	SEE("flags", "%o", fcntl(fd, F_GETFL));
	CHECK(readlink(fd_path(fd), text, sizeof(text) - 1) > 0);
	SEE("link", "%s", text);
	SEE("read", "%s", ERR(read(fd, text, 1)));
	SEE("fdinfo Pid", "%d", atoi(info_field(fd, "Pid:")) == getpid());
	SEE("fdinfo NSpid", "%d", atoi(info_field(fd, "NSpid:")) == getpid());
	fd = pidfd_open(getpid(), O_NONBLOCK);
	SEE("nonblocking", "%o", fcntl(fd, F_GETFL));
}

static void *thread_tid(void *arg)
{
	*(int *)arg = (int)syscall(SYS_gettid);
	while (pause())
		;
	return NULL;
}

CASE(C07, "PIDFD_THREAD names a thread (6.18)")
{
	static volatile int tid;
	pthread_t t;
	int fd;

	CHECK(pthread_create(&t, NULL, thread_tid, (void *)&tid) == 0);
	while (!tid)
		usleep(1000);
	SEE("thread without", "%s", ERR(pidfd_open(tid, 0)));
	fd = pidfd_open(tid, PIDFD_THREAD);
	SEE("thread", "%s", fd < 0 ? err_name(errno) : "ok");
	SEE("flags", "%o", fcntl(fd, F_GETFL));
	SEE("fdinfo", "%d", atoi(info_field(fd, "Pid:")) == tid);
	SEE("poll", "%d", poll_now(fd));
	SEE("signal 0", "%s", ERR(pidfd_signal(fd, 0, 0)));
	fd = pidfd_open(getpid(), PIDFD_THREAD);
	SEE("leader", "%s", fd < 0 ? err_name(errno) : "ok");
}

CASE(C07, "signals by a pidfd, and after the end")
{
	pid_t pid = spawn(NULL);
	int fd = pidfd_open(pid, 0), status;
	siginfo_t si = { .si_code = SI_QUEUE };

	SEE("bad fd", "%s", ERR(pidfd_signal(99, 0, 0)));
	SEE("other fd", "%s", ERR(pidfd_signal(0, 0, 0)));
	SEE("bad signal", "%s", ERR(pidfd_signal(fd, 65, 0)));
	SEE("bad flags", "%s", ERR(pidfd_signal(fd, 0, 8)));
	SEE("0", "%s", ERR(pidfd_signal(fd, 0, 0)));
	si.si_signo = SIGUSR1;
	SEE("info of another", "%s",
	    ERR(syscall(SYS_pidfd_send_signal, fd, SIGUSR2, &si, 0)));
	si.si_code = SI_USER;
	SEE("forged", "%s",
	    ERR(syscall(SYS_pidfd_send_signal, fd, SIGUSR1, &si, 0)));
	SEE("poll alive", "%d", poll_now(fd));
	SEE("kill", "%s", ERR(pidfd_signal(fd, SIGKILL, 0)));
	SEE("waitid", "%s", ERR(waitid(3, (id_t)fd, &si, WEXITED | WNOWAIT)));
	SEE("status", "%d %d", si.si_code == CLD_KILLED, si.si_status);
	SEE("poll zombie", "%d", poll_now(fd) & POLLIN);
	SEE("zombie", "%s", ERR(pidfd_signal(fd, 0, 0)));
	SEE("getfd of zombie", "%s", ERR(pidfd_getfd(fd, 0, 0)));
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("reaped", "%s", ERR(pidfd_signal(fd, 0, 0)));
	SEE("waitid", "%s", ERR(waitid(3, (id_t)fd, &si, WEXITED)));
	SEE("getfd of nobody", "%s", ERR(pidfd_getfd(fd, 0, 0)));
	SEE("fdinfo", "%s", info_field(fd, "Pid:"));
	SEE("poll reaped", "%d", poll_now(fd) & POLLIN);
}

CASE(C07, "pidfd_send_signal: to a thread, a process, a group (6.18)")
{
	pid_t pid = spawn(NULL);
	int fd = pidfd_open(pid, 0);

	SEE("thread", "%s", ERR(pidfd_signal(fd, 0, 1)));
	SEE("process", "%s", ERR(pidfd_signal(fd, 0, 2)));
	SEE("group of no leader", "%s", ERR(pidfd_signal(fd, 0, 4)));
	SEE("two", "%s", ERR(pidfd_signal(fd, 0, 3)));
	CHECK(setpgid(pid, pid) == 0);
	SEE("group", "%s", ERR(pidfd_signal(fd, 0, 4)));
	SEE("self", "%s", ERR(pidfd_signal(PIDFD_SELF_THREAD, 0, 0)));
	SEE("self", "%s", ERR(pidfd_signal(PIDFD_SELF_THREAD_GROUP, 0, 0)));
	reap(pid);
}

static void drop_to_user(void)
{
	CHECK(setresgid(1000, 1000, 1000) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
}

CASE(C07, "pidfd_getfd: the same file; who may")
{
	int pipefd[2], fd, got;
	pid_t pid, user;

	CHECK(pipe(pipefd) == 0);
	pid = spawn(NULL);
	fd = pidfd_open(pid, 0);
	SEE("bad flags", "%s", ERR(pidfd_getfd(fd, 0, 1)));
	SEE("closed", "%s", ERR(pidfd_getfd(fd, 99, 0)));
	SEE("bad pidfd", "%s", ERR(pidfd_getfd(99, 0, 0)));
	SEE("no pidfd", "%s", ERR(pidfd_getfd(0, 0, 0)));
	close(pipefd[1]);
	got = pidfd_getfd(fd, pipefd[1], 0);
	SEE("write", "%s", ERR(write(got, "x", 1)));
	SEE("cloexec", "%d", fcntl(got, F_GETFD));
	user = fork();
	if (user == 0) {
		drop_to_user();
		SEE("another user", "%s", ERR(pidfd_getfd(fd, 0, 0)));
		SEE("its signal", "%s", ERR(pidfd_signal(fd, 0, 0)));
		_exit(0);
	}
	waitpid(user, NULL, 0);
	reap(pid);
}

static const struct {
	const char *name;
	unsigned cmd;
} ns_ioctls[] = {
	{ "uts", PIDFD_GET_UTS_NAMESPACE },
	{ "ipc", PIDFD_GET_IPC_NAMESPACE },
	{ "mnt", PIDFD_GET_MNT_NAMESPACE },
	{ "net", PIDFD_GET_NET_NAMESPACE },
	{ "pid", PIDFD_GET_PID_NAMESPACE },
	{ "pid_for_children", PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE },
	{ "user", PIDFD_GET_USER_NAMESPACE },
};

static void own_uts(void)
{
	CHECK(unshare(CLONE_NEWUTS) == 0);
}

CASE(B09, "a pidfd gives the namespaces of its process (6.18)")
{
	pid_t pid = spawn(own_uts), user;
	int fd = pidfd_open(pid, 0), ns;
	char path[64];
	struct stat st;

	for (size_t i = 0; i < sizeof(ns_ioctls) / sizeof(ns_ioctls[0]); i++) {
		ns = ioctl(fd, ns_ioctls[i].cmd, 0);
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid,
			 ns_ioctls[i].name);
		SEE(ns_ioctls[i].name, "%s, same %d, cloexec %d",
		    ns < 0 ? err_name(errno) : "ok",
		    fstat(ns, &st) == 0 && st.st_ino == ino_of(path),
		    fcntl(ns, F_GETFD));
		close(ns);
	}
	SEE("with an argument", "%s", ERR(ioctl(fd, ns_ioctls[0].cmd, 1)));
	SEE("unknown", "%s", ERR(ioctl(fd, _IO(0xff, 99), 0)));
	SEE("another type", "%s", ERR(ioctl(fd, _IO(0xfe, 1), 0)));
	user = fork();
	if (user == 0) {
		drop_to_user();
		SEE("another user", "%s", ERR(ioctl(fd, ns_ioctls[0].cmd, 0)));
		_exit(0);
	}
	waitpid(user, NULL, 0);
	kill(pid, SIGKILL);
	siginfo_t si;
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0);
	SEE("zombie uts", "%s", ERR(ioctl(fd, ns_ioctls[0].cmd, 0)));
	SEE("zombie pid", "%s", ERR(ioctl(fd, PIDFD_GET_PID_NAMESPACE, 0)));
	SEE("zombie user", "%s", ERR(ioctl(fd, PIDFD_GET_USER_NAMESPACE, 0)));
	reap(pid);
	SEE("reaped", "%s", ERR(ioctl(fd, ns_ioctls[0].cmd, 0)));
}

CASE(S36, "a pidfd gives pid_for_children before its init is born (6.18)")
{
	int fd = pidfd_open(getpid(), 0), ns;
	struct stat st;

	CHECK(unshare(CLONE_NEWPID) == 0);
	SEE("link", "%s", ERR(open("/proc/self/ns/pid_for_children", O_RDONLY)));
	ns = ioctl(fd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0);
	SEE("ioctl", "%s", ns < 0 ? err_name(errno) : "ok");
	SEE("another one", "%d",
	    fstat(ns, &st) == 0 && st.st_ino != ino_of("/proc/self/ns/pid"));
	SEE("setns", "%s", ERR(setns(ns, CLONE_NEWPID)));
}

CASE(B09, "PIDFD_GET_INFO (6.18)")
{
	struct pidfd_info info = { .mask = PIDFD_INFO_CREDS };
	pid_t pid = spawn(drop_to_user);
	int fd = pidfd_open(pid, 0);

	SEE("get", "%s", ERR(ioctl(fd, PIDFD_GET_INFO, &info)));
	SEE("mask", "%d", (info.mask & 3) == 3);
	SEE("pid, tgid, ppid", "%d %d %d", info.pid == (unsigned)pid,
	    info.tgid == (unsigned)pid, info.ppid == (unsigned)getpid());
	SEE("ids", "%u %u %u %u", info.ruid, info.egid, info.suid, info.fsgid);
	SEE("NULL", "%s", ERR(ioctl(fd, PIDFD_GET_INFO, NULL)));
	SEE("pointer", "%s", ERR(ioctl(fd, PIDFD_GET_INFO, 8)));
	SEE("small", "%s",
	    ERR(ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, 0xff, 11, 32), &info)));
	SEE("version 0", "%s",
	    ERR(ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, 0xff, 11, 64), &info)));
	kill(pid, SIGKILL);
	siginfo_t si;
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0);
	info.mask = PIDFD_INFO_EXIT;
	SEE("zombie", "%s", ERR(ioctl(fd, PIDFD_GET_INFO, &info)));
	SEE("mask", "%#llx", (unsigned long long)info.mask & 0xb);
	reap(pid);
	info.mask = 0;
	SEE("reaped", "%s", ERR(ioctl(fd, PIDFD_GET_INFO, &info)));
	info.mask = PIDFD_INFO_EXIT;
	SEE("its exit", "%s", ERR(ioctl(fd, PIDFD_GET_INFO, &info)));
	SEE("mask", "%#llx", (unsigned long long)info.mask & 0xb);
	SEE("exit code", "%d", info.exit_code);
}

CASE(B09, "the inode of a pidfd is the process's own (6.18)")
{
	pid_t pid = spawn(NULL);
	struct stat a, b, c;
	struct statfs sf;
	int fd = pidfd_open(pid, 0);

	CHECK(fstat(fd, &a) == 0);
	CHECK(fstat(pidfd_open(pid, 0), &b) == 0);
	CHECK(fstat(pidfd_open(getpid(), 0), &c) == 0);
	SEE("mode", "%o", a.st_mode);
	SEE("same process", "%d", a.st_ino == b.st_ino);
	SEE("another", "%d", a.st_ino == c.st_ino);
	CHECK(fstatfs(fd, &sf) == 0);
	SEE("file system", "%#lx", (long)sf.f_type);
	reap(pid);
}
