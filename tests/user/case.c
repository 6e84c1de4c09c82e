// SPDX-License-Identifier: MIT
/* The runner and helpers of case.h; linked into every program here. */
#include "case.h"
#include "tests/objects.h"

struct test_case *cases, **cases_end = &cases;
int case_failed;

void check_failed(const char *file, int line, const char *expr)
{
	const char *base = strrchr(file, '/');

	case_failed = 1;
	printf("# failed: %s:%d: %s (errno %s)\n", base ? base + 1 : file, line,
	       expr, err_name(errno));
	fflush(stdout);
}

void see(const char *name, const char *fmt, ...)
{
	va_list ap;

	printf("# %s = ", name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

const char *err_name(int err)
{
	static const struct {
		int err;
		const char *name;
	} names[] = {
#define N(e) { e, #e }
		N(EPERM), N(ENOENT), N(ESRCH), N(EINTR), N(EIO), N(ENXIO),
		N(E2BIG), N(ENOEXEC), N(EBADF), N(ECHILD), N(EAGAIN),
		N(ENOMEM), N(EACCES), N(EFAULT), N(EBUSY), N(EEXIST),
		N(EXDEV), N(ENODEV), N(ENOTDIR), N(EISDIR), N(EINVAL),
		N(ENFILE), N(EMFILE), N(ENOTTY), N(ETXTBSY), N(EFBIG),
		N(ENOSPC), N(ESPIPE), N(EROFS), N(EMLINK), N(EPIPE), N(EDOM),
		N(ERANGE), N(EDEADLK), N(ENAMETOOLONG), N(ENOSYS),
		N(ENOTEMPTY), N(ELOOP), N(ENODATA), N(EOVERFLOW), N(EUSERS),
		N(ENOTSOCK), N(EMSGSIZE), N(EPROTOTYPE), N(ENOPROTOOPT),
		N(EPROTONOSUPPORT), N(EOPNOTSUPP), N(EAFNOSUPPORT),
		N(EADDRINUSE), N(EADDRNOTAVAIL), N(ENETUNREACH),
		N(EHOSTUNREACH), N(ENETDOWN), N(EDESTADDRREQ),
		N(ESOCKTNOSUPPORT), N(ENOBUFS), N(EPROTO), N(ETOOMANYREFS), N(ECONNRESET), N(EISCONN), N(ENOTCONN),
		N(ETIMEDOUT), N(ECONNREFUSED), N(ESTALE), N(EOWNERDEAD),
		N(EIDRM), N(ENOMSG),
#undef N
	};
	static char other[16];

	if (!err)
		return "0";
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].err == err)
			return names[i].name;
	snprintf(other, sizeof(other), "errno%d", err);
	return other;
}

int in_child(void (*fn)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		case_failed = 0;
		fn();
		fflush(stdout);
		_exit(case_failed);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		check_failed(__FILE__, __LINE__, "fork and wait");
	return status;
}

pid_t spawn(void (*setup)(void))
{
	int ready[2];
	char c = 0;
	pid_t pid;

	fflush(stdout);
	if (pipe(ready))
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ready[0]);
		if (setup)
			setup();
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* setup may change ids */
		fflush(stdout);
		if (write(ready[1], &c, 1) != 1)
			_exit(1);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		check_failed(__FILE__, __LINE__, "the child got ready");
	close(ready[0]);
	return pid;
}

void reap(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

ino_t ino_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_ino;
}

const char *link_type(const char *path)
{
	static char type[32];
	char buf[64];
	unsigned long ino;
	ssize_t n = readlink(path, buf, sizeof(buf) - 1);

	if (n < 0)
		return err_name(errno);
	buf[n] = 0;
	if (sscanf(buf, "%31[a-z_]:[%lu]", type, &ino) != 2 ||
	    ino < 0xeffffff8)
		return "malformed";
	return type;
}

const char *fd_path(int fd)
{
	static char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		check_failed(__FILE__, __LINE__, path);
	if (fd >= 0)
		close(fd);
}

const char *read_file(const char *path)
{
	static char buf[65536];
	int fd = open(path, O_RDONLY);
	ssize_t n, total = 0;

	while (fd >= 0 && total < (ssize_t)sizeof(buf) - 1 &&
	       (n = read(fd, buf + total, sizeof(buf) - 1 - (size_t)total)) > 0)
		total += n;
	buf[total] = 0;
	if (fd >= 0)
		close(fd);
	return buf;
}

const char *field(const char *path, const char *key)
{
	static char value[256];
	const char *line = read_file(path);
	size_t n = strlen(key);

	for (; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, n))
			continue;
		line += n;
		line += strspn(line, " \t");
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(line, "\n"),
			 line);
		return value;
	}
	return "";
}

const char *status_name(int status)
{
	static char text[32];

	if (WIFEXITED(status))
		snprintf(text, sizeof(text), "exit %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
	else
		snprintf(text, sizeof(text), "status %#x", status);
	return text;
}

pid_t fork_flags(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}

/* In the order of the directory. */
const struct ns_type ns_types[] = {
	{ "net", "net", CLONE_NEWNET },
	{ "uts", "uts", CLONE_NEWUTS },
	{ "ipc", "ipc", CLONE_NEWIPC },
	{ "pid", "pid", CLONE_NEWPID },
	{ "pid_for_children", "pid", CLONE_NEWPID },
	{ "user", "user", CLONE_NEWUSER },
	{ "mnt", "mnt", CLONE_NEWNS },
	{ "cgroup", "cgroup", CLONE_NEWCGROUP },
	{ "time", "time", 0x80 },
	{ "time_for_children", "time", 0x80 },
	{ NULL, NULL, 0 },
};

int open_ns(pid_t pid, const char *name)
{
	char path[64];

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	else
		snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

bool same_file(int fd1, int fd2)
{
	struct stat a, b;

	return fstat(fd1, &a) == 0 && fstat(fd2, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void become(uid_t uid)
{
	if (geteuid() == 0)
		CHECK(syscall(SYS_setgroups, 0, NULL) == 0);
	CHECK(syscall(SYS_setresgid, uid, uid, uid) == 0);
	CHECK(syscall(SYS_setresuid, uid, uid, uid) == 0);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

int caps_set(uint64_t effective, uint64_t permitted)
{
	struct {
		uint32_t version;
		int pid;
	} head = { 0x20080522, 0 };
	struct {
		uint32_t effective, permitted, inheritable;
	} data[2] = {
		{ (uint32_t)effective, (uint32_t)permitted, 0 },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), 0 },
	};

	return (int)syscall(SYS_capset, &head, data);
}

void private_mounts(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
}

static void *thread_sleep(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

void thread_start(void)
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, thread_sleep, NULL) == 0);
}

void pin_cpu0(void)
{
	unsigned long mask = 1;

	CHECK(syscall(SYS_sched_setaffinity, 0, sizeof(mask), &mask) == 0);
}

struct pipe_pair pipe_new(void)
{
	int fd[2] = { -1, -1 };

	CHECK(pipe(fd) == 0);
	return (struct pipe_pair){ fd[0], fd[1] };
}

void pipe_say(struct pipe_pair p)
{
	CHECK(write(p.wr, "", 1) == 1);
}

void pipe_hear(struct pipe_pair p)
{
	char c;

	CHECK(read(p.rd, &c, 1) == 1);
}

/* What Warren has more or less of than before, kind by kind. */
static void objects_show(const char *a, const char *b)
{
	while (*a && *b) {
		int la = (int)strcspn(a, "\n"), lb = (int)strcspn(b, "\n");

		if (la != lb || strncmp(a, b, la))
			printf("# left over: %.*s, before: %.*s\n", lb, b, la,
			       a);
		a += la + (a[la] == '\n');
		b += lb + (b[lb] == '\n');
	}
}

/* @only: part of the rows, or of the text; NULL: all of them. */
static bool is_wanted(const struct test_case *c, const char *only)
{
	return !only || strstr(c->row, only) || strstr(c->text, only);
}

static int run_case(struct test_case *c)
{
	static char before[16384], now[16384];
	int status;

	if (!before[0]) /* the first: a program before may have left somebody */
		objects_settled(before, sizeof(before), 20000);
	else
		objects(before, sizeof(before));
	status = in_child(c->fn);
	if (WIFSIGNALED(status))
		printf("# died of signal %d\n", WTERMSIG(status));
	if (objects_as(before, now, sizeof(now)))
		return status;
	objects_show(before, now);
	return 1;
}

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : getenv("CASE");
	int n = 0, failed = 0;

	for (struct test_case *c = cases; c; c = c->next)
		n += is_wanted(c, only);
	printf("1..%d\n", n);
	n = 0;
	for (struct test_case *c = cases; c; c = c->next) {
		int bad;

		if (!is_wanted(c, only))
			continue;
		bad = run_case(c) != 0;
		failed += bad;
		printf("%sok %d - %s %s\n", bad ? "not " : "", ++n, c->row,
		       c->text);
	}
	return failed != 0;
}
