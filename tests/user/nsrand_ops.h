/* SPDX-License-Identifier: MIT */
/*
 * What an actor of nsrand does when it is told: it changes its namespaces, ids and
 * capabilities, or looks at another, and says how that went.
 */
#ifndef WARREN_TESTS_USER_NSRAND_OPS_H
#define WARREN_TESTS_USER_NSRAND_OPS_H

#include "ids.h"
#include "random.h"

#include <linux/nsfs.h>
#include <sys/shm.h>

#define ACTORS 4
#define DRAWS 6

/* What an actor is to do: an operation, whom to, and what else was drawn. */
struct order {
	unsigned op, target, draw[DRAWS];
	pid_t pids[ACTORS];
	struct timespec now; /* of the initial time namespace */
};

static int proc_fd, exe_fd, order_fd, answer_fd;
static struct order o;
static char answer[512];

static void say(const char *fmt, ...)
{
	size_t n = strlen(answer);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(answer + n, sizeof(answer) - n, fmt, ap);
	va_end(ap);
}

#define SAY(text, call) say(" %s %s", text, ERR(call))
#define PICK(i, array) ((array)[o.draw[i] % (sizeof(array) / sizeof((array)[0]))])

static const char *const links[] = { "mnt",  "uts",  "ipc",    "pid",
				     "net",  "user", "cgroup", "time",
				     "pid_for_children", "time_for_children" };
static const int flags[] = { CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC,
			     CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWUSER,
			     CLONE_NEWCGROUP, 0x80 };

static pid_t target(void)
{
	return o.pids[o.target];
}

static const char *of_target(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%d/%s", target(), name);
	return path;
}

/* One to three types. */
static int some_types(void)
{
	int mask = PICK(0, flags);

	if (o.draw[1] % 2)
		mask |= PICK(2, flags);
	if (o.draw[3] % 4 == 0)
		mask |= PICK(4, flags);
	return mask;
}

static int open_link(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "ns/%s", name);
	return openat(proc_fd, of_target(path), O_RDONLY);
}

/* ---- the operations ------------------------------------------------------------------ */

static void op_unshare(void)
{
	int mask = some_types();

	say(" %#x", mask);
	SAY("", unshare(mask));
}

static void op_setns(void)
{
	const char *name = PICK(0, links);
	int fd = open_link(name);
	int type = o.draw[1] % 4 ? 0 : PICK(2, flags);

	say(" %s", name);
	if (fd < 0) {
		say(" open %s", err_name(errno));
		return;
	}
	SAY("", setns(fd, type));
	close(fd);
}

static void op_setns_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, target(), 0), mask = some_types();

	say(" %#x", mask);
	if (fd < 0) {
		say(" open %s", err_name(errno));
		return;
	}
	SAY("", setns(fd, mask));
	close(fd);
}

static void op_name(void)
{
	char name[] = "h0";
	struct utsname u;

	name[1] = (char)('0' + o.draw[0] % 10);
	if (o.draw[1] % 2)
		SAY(name, sethostname(name, 2));
	CHECK(uname(&u) == 0);
	say(" is %.2s", u.nodename);
}

static void op_uid(void)
{
	static const uid_t ids[] = { 0, 0, 1000, 1001, 65534, (uid_t)-1 };
	uid_t r, e, s;

	say(" %d %d %d", (int)PICK(0, ids), (int)PICK(1, ids),
	    (int)PICK(2, ids));
	SAY("", syscall(SYS_setresuid, PICK(0, ids), PICK(1, ids),
			PICK(2, ids)));
	CHECK(getresuid(&r, &e, &s) == 0);
	say(" %u %u %u", r, e, s);
}

static void op_gid(void)
{
	static const gid_t ids[] = { 0, 0, 1000, 1001, 65534, (gid_t)-1 };
	gid_t list[2] = { PICK(3, ids), PICK(4, ids) };

	SAY("", syscall(SYS_setresgid, PICK(0, ids), PICK(1, ids),
			PICK(2, ids)));
	if (o.draw[5] % 2)
		SAY("groups", syscall(SYS_setgroups, o.draw[5] / 2 % 3, list));
	say(" %u %u, %d groups", getgid(), getegid(), getgroups(0, NULL));
}

static void op_caps(void)
{
	static const int caps[] = { CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_SETUID,
				    CAP_SETGID, CAP_KILL, CAP_SYS_CHROOT,
				    CAP_SETPCAP, CAP_SETFCAP };
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	CHECK(syscall(SYS_capget, &h, d) == 0);
	if (o.draw[0] % 4 == 0)
		d[0].effective = d[0].permitted;
	else
		d[0].effective &= ~(1u << PICK(1, caps));
	if (o.draw[0] % 4 == 1)
		d[0].permitted = d[0].effective;
	if (o.draw[0] % 4 == 2)
		d[0].inheritable ^= 1u << PICK(2, caps);
	SAY("", syscall(SYS_capset, &h, d));
	if (o.draw[3] % 4 == 0)
		SAY("bounding", prctl(PR_CAPBSET_DROP, PICK(4, caps), 0, 0, 0));
	if (o.draw[3] % 4 == 1)
		SAY("ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
				     PICK(4, caps), 0, 0));
}

static void op_prctl(void)
{
	switch (o.draw[0] % 6) {
	case 0:
		SAY("dumpable", prctl(PR_SET_DUMPABLE, o.draw[1] % 2));
		break;
	case 1:
		SAY("keepcaps", prctl(PR_SET_KEEPCAPS, o.draw[1] % 2));
		break;
	case 2:
		SAY("securebits", prctl(PR_SET_SECUREBITS, o.draw[1] % 64));
		break;
	case 3:
		if (o.draw[1] % 4 == 0)
			SAY("nnp", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		break;
	default:
		say(" dumpable %d securebits %d", prctl(PR_GET_DUMPABLE),
		    prctl(PR_GET_SECUREBITS));
	}
}

/* What write(2) of @text to /proc/TARGET/@name says. */
static void write_of_target(const char *name, const char *text)
{
	int fd = openat(proc_fd, of_target(name), O_WRONLY);

	say(" %s \"%s\"", name, text);
	if (fd < 0) {
		say(" open %s", err_name(errno));
		return;
	}
	SAY("", write(fd, text, strlen(text)));
	close(fd);
}

static void op_map(void)
{
	static const char *const maps[] = { "0 0 1",	 "0 1000 1",
					    "0 0 2000",	 "1000 1000 1",
					    "1000 0 1",	 "0 0 4294967295",
					    "0 0 1\n1000 1000 1", "5 0 1" };

	if (o.draw[1] % 4 == 0)
		write_of_target("setgroups", o.draw[2] % 3 ? "deny" : "allow");
	else
		write_of_target(o.draw[1] % 2 ? "uid_map" : "gid_map",
				PICK(0, maps));
}

static void op_time(void)
{
	struct timespec ts;
	long diff;

	if (o.draw[0] % 2)
		write_of_target("timens_offsets", o.draw[1] % 2 ?
							  "monotonic 1000 0" :
							  "boottime 5000 0");
	CHECK(clock_gettime(CLOCK_MONOTONIC, &ts) == 0);
	diff = ts.tv_sec - o.now.tv_sec;
	say(" monotonic %+ld", (diff + (diff < 0 ? -500 : 500)) / 1000 * 1000);
}

static void op_get(void)
{
	static const unsigned long calls[] = { NS_GET_USERNS, NS_GET_PARENT,
					       NS_GET_NSTYPE, NS_GET_OWNER_UID };
	const char *name = PICK(0, links);
	unsigned call = o.draw[1] % 4;
	int fd = open_link(name), got;
	uid_t uid = 12345;
	struct stat st;

	say(" %s %u", name, call);
	if (fd < 0) {
		say(" open %s", err_name(errno));
		return;
	}
	got = ioctl(fd, calls[call], &uid);
	if (got < 0)
		say(" %s", err_name(errno));
	else if (call < 2 && !fstat(got, &st))
		say(" @%lu@", (unsigned long)st.st_ino);
	else
		say(" %#x uid %u", got, uid);
	if (call < 2 && got >= 0)
		close(got);
	close(fd);
}

static void op_look(void)
{
	static const char *const names[] = { "root",   "cwd",	  "exe",
					     "environ", "maps",	  "ns/uts",
					     "ns/user", "auxv",	  "fd",
					     "uid_map", "ns",	  "task",
					     "oom_score_adj", "mounts" };
	const char *name = PICK(0, names);
	char text[128];
	struct stat st;
	int fd;

	say(" %s", name);
	CHECK(fstatat(proc_fd, of_target(""), &st, 0) == 0);
	say(" owner %u %u", st.st_uid, st.st_gid);
	SAY("link", readlinkat(proc_fd, of_target(name), text, sizeof(text)));
	fd = openat(proc_fd, of_target(name), O_RDONLY);
	if (fd < 0) {
		say(" open %s", err_name(errno));
		return;
	}
	say(" read %s", read(fd, text, 1) < 0 ? err_name(errno) : "ok");
	if (!strcmp(name, "uid_map")) {
		ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

		text[n < 0 ? 0 : n] = 0;
		say(" %s", text);
	}
	close(fd);
}

static void op_reach(void)
{
	struct rlimit rl;
	int fd;

	SAY("kill", kill(target(), 0));
	SAY("prlimit", prlimit(target(), RLIMIT_NOFILE, NULL, &rl));
	SAY("nice", setpriority(PRIO_PROCESS, (id_t)target(),
				(int)(o.draw[0] % 3) + 5));
	fd = (int)syscall(SYS_pidfd_open, target(), 0);
	SAY("signal", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
	errno = 0;
	close((int)syscall(SYS_pidfd_getfd, fd, 0, 0));
	say(" getfd %s", errno ? err_name(errno) : "ok");
	close(fd);
}

static void op_shm(void)
{
	key_t key = (key_t)(1 + o.draw[0] % 3);

	SAY("find", shmget(key, 4096, 0));
	if (o.draw[1] % 2)
		SAY("make", shmget(key, 4096, IPC_CREAT | (o.draw[2] % 2 ? 0600 :
									 0)));
}

static void op_abstract(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);

	a.sun_path[1] = (char)('a' + o.draw[0] % 3);
	if (o.draw[1] % 2) {
		SAY("connect", connect(fd, (void *)&a, sizeof(a.sun_family) + 2));
		close(fd);
	} else {
		SAY("bind", bind(fd, (void *)&a, sizeof(a.sun_family) + 2));
		listen(fd, 1); /* stays open until an exec */
	}
}

static void op_root(void)
{
	if (o.draw[0] % 3)
		SAY("mount", mount("t", "/mnt", "tmpfs", 0, NULL));
	else
		SAY("umount", umount2("/mnt", MNT_DETACH));
}

/* A child in new namespaces, or in those made for it. */
static void op_child(void)
{
	unsigned long mask = o.draw[0] % 2 ? 0 : (unsigned)some_types() & ~0xffu;
	int status, ends[2];
	pid_t pid;

	CHECK(pipe(ends) == 0);
	pid = (pid_t)syscall(SYS_clone, mask | SIGCHLD, 0, 0, 0, 0);
	if (!pid) {
		answer[0] = 0;
		say(" pid %d ppid %d uid %u", getpid() < 3 ? getpid() : 3,
		    !!getppid(), getuid());
		SAY("unshare", unshare(CLONE_NEWUTS));
		SAY("tmpfs", mount("t", "/tmp", "tmpfs", 0, NULL));
		CHECK(write(ends[1], answer, strlen(answer)) > 0);
		_exit(0);
	}
	say(" %#lx %s", mask, pid < 0 ? err_name(errno) : "ok");
	close(ends[1]);
	if (pid > 0) {
		size_t n = strlen(answer);
		ssize_t got = read(ends[0], answer + n, sizeof(answer) - n - 1);

		answer[got < 0 ? n : n + (size_t)got] = 0;
		CHECK(waitpid(pid, &status, 0) == pid);
		say(", %s", status_name(status));
	}
	close(ends[0]);
}

/* A new program: capabilities and dumpable are computed anew. */
static void op_exec(void)
{
	char *argv[] = { "nsrand", NULL };
	char env[64], *envp[] = { env, NULL };

	snprintf(env, sizeof(env), "ACTOR=%d,%d,%d,%d", proc_fd, exe_fd,
		 order_fd, answer_fd);
	syscall(SYS_execveat, exe_fd, "", argv, envp, AT_EMPTY_PATH);
	say(" %s", err_name(errno));
}

static const struct {
	const char *name;
	void (*fn)(void);
} ops[] = {
	{ "unshare", op_unshare },   { "unshare", op_unshare },
	{ "setns", op_setns },	     { "setns", op_setns },
	{ "setns", op_setns },	     { "pidfd", op_setns_pidfd },
	{ "name", op_name },	     { "uid", op_uid },
	{ "gid", op_gid },	     { "caps", op_caps },
	{ "prctl", op_prctl },	     { "map", op_map },
	{ "map", op_map },	     { "map", op_map },
	{ "time", op_time },	     { "get", op_get },
	{ "get", op_get },	     { "look", op_look },
	{ "look", op_look },	     { "look", op_look },
	{ "reach", op_reach },	     { "shm", op_shm },
	{ "abstract", op_abstract }, { "root", op_root },
	{ "child", op_child },	     { "child", op_child },
	{ "exec", op_exec },
};

#endif
