// SPDX-License-Identifier: MIT
/* POSIX message queues (mq_overview(7)) and their file system. */
#include <mqueue.h>

#include "case.h"

/* The system calls take names without the slash that the C library wants. */
static int mq(const char *name, int flags, mode_t mode, struct mq_attr *attr)
{
	return (int)syscall(SYS_mq_open, name, flags, mode, attr);
}

static void fresh(void)
{
	CHECK(unshare(CLONE_NEWIPC) == 0);
}

static int queue(long max, long size)
{
	struct mq_attr a = { .mq_maxmsg = max, .mq_msgsize = size };

	return mq("q", O_CREAT | O_RDWR | O_NONBLOCK, 0600, &a);
}

static char buf[16384];

static const char *receive(int q)
{
	static char text[64];
	unsigned int prio = 99;
	ssize_t n;

	memset(buf, 0, sizeof(buf));
	n = mq_receive(q, buf, sizeof(buf), &prio);
	if (n < 0)
		return err_name(errno);
	snprintf(text, sizeof(text), "%u %.40s (%zd)", prio, buf, n);
	return text;
}

CASE(H03, "mq_open: names, flags, attributes")
{
	struct mq_attr a = { .mq_maxmsg = 2, .mq_msgsize = 16 }, got;
	char name[300];
	int q;

	fresh();
	memset(name, 'n', sizeof(name));
	name[256] = 0;
	SEE("absent", "%s", ERR(mq("q", O_RDWR, 0, NULL)));
	SEE("empty name", "%s", ERR(mq("", O_CREAT | O_RDWR, 0600, NULL)));
	SEE("slash", "%s", ERR(mq("a/b", O_CREAT | O_RDWR, 0600, NULL)));
	SEE("leading slash", "%s", ERR(mq("/a", O_CREAT | O_RDWR, 0600, NULL)));
	SEE("dot", "%s", ERR(mq(".", O_RDONLY, 0, NULL)));
	SEE("dots", "%s", ERR(mq("..", O_RDONLY, 0, NULL)));
	SEE("256 bytes", "%s", ERR(mq(name, O_CREAT | O_RDWR, 0600, NULL)));
	name[255] = 0;
	SEE("255 bytes", "%s", ERR(mq(name, O_CREAT | O_RDWR, 0600, NULL)));
	SEE("NULL", "%s", ERR(mq(NULL, O_RDWR, 0, NULL)));
	SEE("bad attributes", "%s", ERR(mq("q", O_CREAT | O_RDWR, 0600,
					   (void *)1)));
	q = mq("q", O_CREAT | O_RDWR, 0640, &a);
	CHECK(q >= 0);
	SEE("close-on-exec", "%d", fcntl(q, F_GETFD));
	CHECK(mq_getattr(q, &got) == 0);
	SEE("attributes", "%ld %ld %ld %ld", got.mq_flags, got.mq_maxmsg,
	    got.mq_msgsize, got.mq_curmsgs);
	SEE("again", "%d", mq("q", O_CREAT | O_RDONLY, 0, NULL) >= 0);
	SEE("exclusive", "%s",
	    ERR(mq("q", O_CREAT | O_EXCL | O_RDWR, 0, NULL)));
	SEE("access mode 3", "%s", ERR(mq("q", O_ACCMODE, 0, NULL)));
	q = mq("default", O_CREAT | O_RDWR, 0600, NULL);
	CHECK(mq_getattr(q, &got) == 0);
	SEE("defaults", "%ld %ld", got.mq_maxmsg, got.mq_msgsize);
	a.mq_maxmsg = 0;
	SEE("0 messages", "%s", ERR(mq("x", O_CREAT | O_RDWR, 0600, &a)));
	a.mq_maxmsg = -1;
	SEE("-1 messages", "%s", ERR(mq("x", O_CREAT | O_RDWR, 0600, &a)));
	a.mq_maxmsg = 1;
	a.mq_msgsize = 0;
	SEE("of 0 bytes", "%s", ERR(mq("x", O_CREAT | O_RDWR, 0600, &a)));
	a.mq_maxmsg = 65537;
	a.mq_msgsize = 1;
	SEE("65537", "%s", ERR(mq("x", O_CREAT | O_RDWR, 0600, &a)));
	SEE("unlink", "%s", ERR(syscall(SYS_mq_unlink, "q")));
	SEE("unlink again", "%s", ERR(syscall(SYS_mq_unlink, "q")));
	SEE("unlink a slash", "%s", ERR(syscall(SYS_mq_unlink, "/q")));
}

CASE(H03, "messages: by priority, then by age; full and empty")
{
	struct mq_attr got;
	int q;

	fresh();
	q = queue(4, 16);
	SEE("empty", "%s", receive(q));
	SEE("low", "%s", ERR(mq_send(q, "low", 4, 1)));
	SEE("high", "%s", ERR(mq_send(q, "high", 5, 32767)));
	SEE("low too", "%s", ERR(mq_send(q, "low too", 8, 1)));
	SEE("nothing", "%s", ERR(mq_send(q, "", 0, 0)));
	SEE("a fifth", "%s", ERR(mq_send(q, "x", 1, 0)));
	CHECK(mq_getattr(q, &got) == 0);
	SEE("messages", "%ld", got.mq_curmsgs);
	for (int i = 0; i < 5; i++)
		SEE("got", "%s", receive(q));
}

CASE(H03, "sending and receiving: bad arguments")
{
	struct timespec bad = { 0, 1000000000 }, past = { 1, 0 };
	int q, r, w, file = open("/", O_RDONLY);

	fresh();
	q = queue(1, 16);
	r = mq("q", O_RDONLY | O_NONBLOCK, 0, NULL);
	w = mq("q", O_WRONLY | O_NONBLOCK, 0, NULL);
	SEE("17 bytes", "%s", ERR(mq_send(q, buf, 17, 0)));
	SEE("priority 32768", "%s", ERR(mq_send(q, buf, 1, 32768)));
	SEE("read-only", "%s", ERR(mq_send(r, buf, 1, 0)));
	SEE("write-only", "%s", receive(w));
	SEE("too small a buffer", "%s", ERR(mq_receive(q, buf, 15, NULL)));
	SEE("a directory", "%s", ERR(mq_send(file, buf, 1, 0)));
	SEE("no descriptor", "%s", ERR(mq_send(99, buf, 1, 0)));
	SEE("from NULL", "%s", ERR(mq_send(q, NULL, 1, 0)));
	CHECK(mq_send(q, buf, 1, 0) == 0);
	SEE("bad time", "%s", ERR(mq_timedsend(q, buf, 1, 0, &bad)));
	SEE("O_NONBLOCK, past", "%s", ERR(mq_timedsend(q, buf, 1, 0, &past)));
	q = mq("q", O_RDWR, 0, NULL);
	SEE("past", "%s", ERR(mq_timedsend(q, buf, 1, 0, &past)));
	CHECK(mq_receive(q, buf, 16, NULL) == 1);
	SEE("past", "%s", ERR(mq_timedreceive(q, buf, 16, NULL, &past)));
	SEE("attributes of a directory", "%s", ERR(mq_getattr(file,
						     &(struct mq_attr){ 0 })));
}

CASE(H03, "mq_setattr changes O_NONBLOCK alone")
{
	struct mq_attr a = { .mq_maxmsg = 99, .mq_msgsize = 99 }, old;
	int q;

	fresh();
	q = queue(1, 16);
	SEE("set", "%s", ERR(mq_setattr(q, &a, &old)));
	SEE("old", "%d %ld", old.mq_flags == O_NONBLOCK, old.mq_maxmsg);
	CHECK(mq_getattr(q, &old) == 0);
	SEE("new", "%ld %ld", old.mq_flags, old.mq_maxmsg);
	a.mq_flags = O_APPEND;
	SEE("another flag", "%s", ERR(mq_setattr(q, &a, NULL)));
	SEE("F_GETFL", "%d", !!(fcntl(q, F_GETFL) & O_NONBLOCK));
}

static int shared_q;

/* A child in @fn; waits until it sleeps there, or has ended. */
static pid_t child(int (*fn)(void))
{
	char path[64];
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		errno = 0;
		int ret = fn();
		_exit(ret < 0 ? errno : 0);
	}
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (;;) {
		const char *s = strrchr(read_file(path), ')');

		if (s && (s[2] == 'S' || s[2] == 'Z'))
			return pid;
		sched_yield();
	}
}

static const char *end_of(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	if (!WIFEXITED(status))
		return "died";
	return WEXITSTATUS(status) ? err_name(WEXITSTATUS(status)) : "ok";
}

static int wait_message(void)
{
	return (int)mq_receive(shared_q, buf, sizeof(buf), NULL);
}

static int wait_room(void)
{
	return mq_send(shared_q, "waited", 7, 3);
}

static void on_signal(int sig)
{
	(void)sig;
}

static int wait_signal(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &sa, NULL);
	return wait_message();
}

CASE(H03, "sleeping senders and receivers")
{
	struct mq_attr got;
	pid_t pid;

	fresh();
	queue(1, 16);
	shared_q = mq("q", O_RDWR, 0, NULL);
	pid = child(wait_message);
	CHECK(mq_send(shared_q, "x", 1, 0) == 0);
	SEE("receiver", "%s", end_of(pid));
	CHECK(mq_getattr(shared_q, &got) == 0);
	SEE("queued", "%ld", got.mq_curmsgs);
	CHECK(mq_send(shared_q, "first", 6, 0) == 0);
	pid = child(wait_room);
	SEE("got", "%s", receive(shared_q));
	SEE("sender", "%s", end_of(pid));
	SEE("got", "%s", receive(shared_q));
	pid = child(wait_signal);
	kill(pid, SIGUSR1);
	SEE("signal", "%s", end_of(pid));
}

CASE(H03, "poll and epoll know of messages and room")
{
	struct pollfd p = { .events = POLLIN | POLLOUT };

	fresh();
	p.fd = queue(1, 16);
	CHECK(poll(&p, 1, 0) == 1);
	SEE("empty", "%d %d", !!(p.revents & POLLIN), !!(p.revents & POLLOUT));
	CHECK(mq_send(p.fd, "x", 1, 0) == 0);
	CHECK(poll(&p, 1, 0) == 1);
	SEE("full", "%d %d", !!(p.revents & POLLIN), !!(p.revents & POLLOUT));
}

static volatile sig_atomic_t told, told_code, told_value;
static volatile pid_t told_pid;

static void on_message(int sig, siginfo_t *info, void *ctx)
{
	(void)sig, (void)ctx;
	told++;
	told_code = info->si_code;
	told_value = info->si_value.sival_int;
	told_pid = info->si_pid;
}

static void other_notify(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_NONE };

	SEE("another process", "%s", ERR(mq_notify(shared_q, &ev)));
	SEE("it takes away", "%s", ERR(mq_notify(shared_q, NULL)));
}

CASE(H03, "mq_notify: one process is told once")
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = SIGUSR1,
			       .sigev_value.sival_int = 77 };
	struct sigaction sa = { .sa_sigaction = on_message,
				.sa_flags = SA_SIGINFO };
	int q, q2;

	fresh();
	sigaction(SIGUSR1, &sa, NULL);
	q = shared_q = queue(3, 16);
	SEE("register", "%s", ERR(mq_notify(q, &ev)));
	SEE("twice", "%s", ERR(mq_notify(q, &ev)));
	CHECK(in_child(other_notify) == 0);
	CHECK(mq_send(q, "x", 1, 0) == 0);
	SEE("told", "%d", told);
	SEE("code, value, pid", "%d %d %d", told_code == SI_MESGQ, told_value,
	    told_pid == getpid());
	CHECK(mq_send(q, "x", 1, 0) == 0);
	SEE("register, not empty", "%s", ERR(mq_notify(q, &ev)));
	CHECK(mq_send(q, "x", 1, 0) == 0);
	SEE("told", "%d", told);
	while (mq_receive(q, buf, 16, NULL) >= 0)
		;
	SEE("take away", "%s", ERR(mq_notify(q, NULL)));
	SEE("nothing to take", "%s", ERR(mq_notify(q, NULL)));
	CHECK(mq_send(q, "x", 1, 0) == 0);
	SEE("told", "%d", told);
	ev.sigev_signo = 65;
	SEE("signal 65", "%s", ERR(mq_notify(q, &ev)));
	ev.sigev_notify = 17;
	SEE("another way", "%s", ERR(mq_notify(q, &ev)));
	ev.sigev_notify = SIGEV_NONE;
	SEE("SIGEV_NONE", "%s", ERR(mq_notify(q, &ev)));
	q2 = mq("q", O_RDWR, 0, NULL);
	close(q2);
	SEE("ended by any close", "%s", ERR(mq_notify(q, &ev)));
	SEE("a directory", "%s", ERR(mq_notify(open("/", O_RDONLY), &ev)));
}

/* What comes from the socket of a thread: the cookie's first and last byte. */
static void see_cookie(int s)
{
	unsigned char got[64] = { 0 };
	ssize_t n = recv(s, got, sizeof(got), MSG_DONTWAIT);

	if (n < 0)
		SEE("cookie", "%s", err_name(errno));
	else
		SEE("cookie", "%zd bytes, %c, %d", n, got[0], got[31]);
}

CASE(H03, "mq_notify with SIGEV_THREAD: a cookie comes from a netlink socket")
{
	char cookie[32] = "cookie";
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD,
			       .sigev_value.sival_ptr = cookie };
	int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0), q;

	fresh();
	q = queue(3, 16);
	ev.sigev_signo = 99;
	SEE("no descriptor", "%s", ERR(syscall(SYS_mq_notify, q, &ev)));
	ev.sigev_signo = q;
	SEE("no socket", "%s", ERR(syscall(SYS_mq_notify, q, &ev)));
	ev.sigev_signo = socket(AF_UNIX, SOCK_STREAM, 0);
	SEE("another socket", "%s", ERR(syscall(SYS_mq_notify, q, &ev)));
	ev.sigev_signo = s;
	SEE("register", "%s", ERR(syscall(SYS_mq_notify, q, &ev)));
	SEE("twice", "%s", ERR(syscall(SYS_mq_notify, q, &ev)));
	see_cookie(s);
	CHECK(mq_send(q, "x", 1, 0) == 0);
	see_cookie(s);
	SEE("register", "%s", ERR(syscall(SYS_mq_notify, q, &ev)));
	SEE("take away", "%s", ERR(syscall(SYS_mq_notify, q, NULL)));
	see_cookie(s);
	SEE("register", "%s", ERR(syscall(SYS_mq_notify, q, &ev)));
	close(q);
	see_cookie(s);
	ev.sigev_value.sival_ptr = NULL;
	SEE("no cookie", "%s", ERR(syscall(SYS_mq_notify, q, &ev)));
}

static void as_others(void)
{
	CHECK(setresgid(1001, 1001, 1001) == 0);
	CHECK(setresuid(1001, 1001, 1001) == 0);
	SEE("read", "%s", ERR(mq("q", O_RDONLY, 0, NULL)));
	SEE("write", "%s", ERR(mq("q", O_WRONLY, 0, NULL)));
	SEE("unlink", "%s", ERR(syscall(SYS_mq_unlink, "q")));
	SEE("own", "%s", ERR(mq("own", O_CREAT | O_RDWR, 0600, NULL)));
	SEE("11 messages", "%s", ERR(mq("own2", O_CREAT | O_RDWR, 0600,
			&(struct mq_attr){ .mq_maxmsg = 11,
					   .mq_msgsize = 1 })));
	SEE("unlink own", "%s", ERR(syscall(SYS_mq_unlink, "own")));
}

CASE(H03, "permissions are those of files in a sticky directory")
{
	struct mq_attr a = { .mq_maxmsg = 1, .mq_msgsize = 1 };

	fresh();
	umask(0);
	CHECK(mq("q", O_CREAT | O_RDWR, 0604, &a) >= 0);
	CHECK(in_child(as_others) == 0);
}

static void few(void)
{
	struct mq_attr a = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	struct rlimit r = { 200, 200 };
	int b;

	CHECK(setresgid(1001, 1001, 1001) == 0);
	CHECK(setresuid(1001, 1001, 1001) == 0);
	SEE("first", "%s", ERR(mq("a", O_CREAT | O_RDWR, 0600, &a)));
	b = mq("b", O_CREAT | O_RDWR, 0600, &a);
	SEE("second", "%d", b >= 0);
	SEE("above queues_max", "%s", ERR(mq("c", O_CREAT | O_RDWR, 0600, &a)));
	CHECK(syscall(SYS_mq_unlink, "b") == 0);
	SEE("unlinked, but open", "%s",
	    ERR(mq("c", O_CREAT | O_RDWR, 0600, &a)));
	close(b);
	CHECK(setrlimit(RLIMIT_MSGQUEUE, &r) == 0);
	a.mq_msgsize = 100;
	SEE("above RLIMIT_MSGQUEUE", "%s",
	    ERR(mq("b", O_CREAT | O_RDWR, 0600, &a)));
}

CASE(H03, "limits: queues_max, msg_default, RLIMIT_MSGQUEUE")
{
	struct mq_attr got;
	int q;

	fresh();
	write_file("/proc/sys/fs/mqueue/queues_max", "2\n");
	write_file("/proc/sys/fs/mqueue/msg_default", "3\n");
	write_file("/proc/sys/fs/mqueue/msgsize_default", "200\n");
	CHECK(in_child(few) == 0);
	CHECK(syscall(SYS_mq_unlink, "a") == 0);
	q = mq("q", O_CREAT | O_RDWR, 0600, NULL);
	CHECK(mq_getattr(q, &got) == 0);
	SEE("defaults", "%ld %ld", got.mq_maxmsg, got.mq_msgsize);
}

/* The names in a directory but dots, in order of the alphabet. */
static const char *names(const char *dir)
{
	static char text[256];
	struct dirent **list;
	int n = scandir(dir, &list, NULL, alphasort);

	text[0] = 0;
	for (int i = 0; i < n; i++)
		if (list[i]->d_name[0] != '.') {
			strcat(text, list[i]->d_name);
			strcat(text, " ");
		}
	return text;
}

CASE(H03, "the file system: queues are files")
{
	struct mq_attr got;
	struct statfs fs;
	struct stat st;
	int q;

	CHECK(unshare(CLONE_NEWIPC | CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	umask(0);
	queue(2, 16);
	SEE("mount", "%s", ERR(mount("q", "/mnt", "mqueue", 0, NULL)));
	CHECK(stat("/mnt", &st) == 0);
	SEE("mode, links, size", "%o %d %d", st.st_mode, (int)st.st_nlink,
	    (int)st.st_size);
	CHECK(statfs("/mnt", &fs) == 0);
	SEE("type", "%lx", (unsigned long)fs.f_type);
	SEE("names", "%s", names("/mnt"));
	CHECK(stat("/mnt/q", &st) == 0);
	SEE("mode, size", "%o %d", st.st_mode, (int)st.st_size);
	q = mq("q", O_RDWR, 0, NULL);
	CHECK(mq_send(q, "12345", 5, 0) == 0);
	q = open("/mnt/q", O_RDWR | O_NONBLOCK);
	memset(buf, 0, sizeof(buf));
	SEE("read", "%zd bytes", read(q, buf, 200));
	SEE("text", "%s", strtok(buf, "\n"));
	SEE("as a queue", "%s", receive(q));
	SEE("write", "%s", ERR(write(q, "x", 1)));
	q = open("/mnt/made", O_CREAT | O_RDWR, 0600);
	SEE("created", "%s", ERR(mq_getattr(q, &got)));
	SEE("its attributes", "%ld %ld", got.mq_maxmsg, got.mq_msgsize);
	SEE("opened by name", "%d", mq("made", O_RDWR, 0, NULL) >= 0);
	SEE("mkdir", "%s", ERR(mkdir("/mnt/d", 0700)));
	SEE("symlink", "%s", ERR(symlink("x", "/mnt/l")));
	SEE("link", "%s", ERR(link("/mnt/q", "/mnt/l")));
	SEE("rename", "%s", ERR(rename("/mnt/q", "/mnt/r")));
	SEE("unlink", "%s", ERR(unlink("/mnt/q")));
	SEE("gone by name", "%s", ERR(mq("q", O_RDWR, 0, NULL)));
	SEE("names", "%s", names("/mnt"));
	CHECK(umount2("/mnt", MNT_DETACH) == 0);
	SEE("still there", "%d", mq("made", O_RDWR, 0, NULL) >= 0);
}

/* A child of @nice that waits for a message, and then says so. */
static pid_t waiter(const char *name, int nice_value, struct pipe_pair said)
{
	struct pipe_pair ready = pipe_new();
	char path[64], text[32];
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		int q = mq("q", O_RDWR, 0, NULL);

		CHECK(nice(nice_value) == nice_value);
		pipe_say(ready);
		snprintf(text, sizeof(text), "%s: %s\n", name, receive(q));
		CHECK(write(said.wr, text, strlen(text)) > 0);
		_exit(case_failed);
	}
	pipe_hear(ready);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	while (*field(path, "State:") != 'S')
		sched_yield();
	return pid;
}

CASE(H03, "who waits is served by nice value, then by age")
{
	static const struct {
		const char *name;
		int nice;
	} who[] = { { "a", 10 }, { "b", 0 }, { "c", 5 }, { "d", 0 } };
	struct pipe_pair said = pipe_new();
	char text[64];
	int status;
	ssize_t n;

	fresh();
	CHECK(queue(4, 16) >= 0);
	for (int i = 0; i < 4; i++)
		waiter(who[i].name, who[i].nice, said);
	for (int i = 0; i < 4; i++) {
		CHECK(mq_send(mq("q", O_RDWR, 0, NULL), "m", 1, i) == 0);
		n = read(said.rd, text, sizeof(text) - 1);
		SEE("told", "%.*s", (int)n - 1, text);
	}
	while (wait(&status) > 0)
		CHECK(status == 0);
}

CASE(H03, "queues are of the ipc namespace; descriptors go everywhere")
{
	int q, fd;

	CHECK(unshare(CLONE_NEWIPC | CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("q", "/mnt", "mqueue", 0, NULL) == 0);
	fd = open("/proc/self/ns/ipc", O_RDONLY);
	q = queue(2, 16);
	CHECK(unshare(CLONE_NEWIPC) == 0);
	SEE("by name", "%s", ERR(mq("q", O_RDWR, 0, NULL)));
	SEE("descriptor", "%s", ERR(mq_send(q, "x", 1, 0)));
	SEE("on the old mount", "%s", names("/mnt"));
	SEE("create there", "%s",
	    ERR(open("/mnt/new", O_CREAT | O_RDWR, 0600)));
	CHECK(mount("q", "/mnt", "mqueue", 0, NULL) == 0);
	SEE("on a new mount", "%s|", names("/mnt"));
	CHECK(umount("/mnt") == 0);
	CHECK(setns(fd, 0) == 0);
	SEE("back", "%d", mq("new", O_RDWR, 0, NULL) >= 0);
	CHECK(unshare(CLONE_NEWIPC) == 0);
	close(fd);
	SEE("after its end", "%s", names("/mnt"));
	SEE("create there", "%s",
	    ERR(open("/mnt/late", O_CREAT | O_RDWR, 0600)));
	SEE("descriptor", "%s", receive(q));
	CHECK(umount2("/mnt", MNT_DETACH) == 0);
}
