// SPDX-License-Identifier: MIT
/* System V message queues: msgget(2), msgop(2), msgctl(2). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/ipc.h>
#include <sys/msg.h>

#include "case.h"

#ifndef MSG_COPY
#define MSG_COPY 040000
#endif
#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13
#endif

static int id;
static struct {
	long type;
	char text[20000];
} out, in;

static void fresh(void)
{
	CHECK(unshare(CLONE_NEWIPC) == 0);
	id = msgget(1, IPC_CREAT | 0600);
	CHECK(id == 0);
}

static int post(long type, const char *text)
{
	out.type = type;
	strcpy(out.text, text);
	return msgsnd(id, &out, strlen(text) + 1, IPC_NOWAIT);
}

/* What comes for @type, or the error. */
static const char *receive(long type, int flags)
{
	static char buf[64];
	ssize_t n;

	memset(&in, 0, sizeof(in));
	n = msgrcv(id, &in, sizeof(in.text), type, flags | IPC_NOWAIT);
	if (n < 0)
		return err_name(errno);
	snprintf(buf, sizeof(buf), "%ld %s (%zd)", in.type, in.text, n);
	return buf;
}

static unsigned long stat_of(int what)
{
	struct msqid_ds ds;

	CHECK(msgctl(id, IPC_STAT, &ds) == 0);
	return what == 0 ? ds.msg_qnum : what == 1 ? ds.msg_cbytes :
						     ds.msg_qbytes;
}

CASE(H03, "msgget: keys and what is refused")
{
	fresh();
	SEE("absent", "%s", ERR(msgget(2, 0)));
	SEE("again", "%d", msgget(1, 0));
	SEE("exclusive", "%s", ERR(msgget(1, IPC_CREAT | IPC_EXCL)));
	SEE("private", "%d", msgget(IPC_PRIVATE, 0600));
	SEE("IPC_RMID", "%s", ERR(msgctl(1, IPC_RMID, NULL)));
	SEE("IPC_RMID again", "%s", ERR(msgctl(1, IPC_RMID, NULL)));
}

CASE(H03, "msgrcv: by type, in order, and all but one type")
{
	fresh();
	CHECK(!post(3, "three") && !post(1, "one") && !post(2, "two"));
	CHECK(!post(1, "uno") && !post(3, "drei"));
	SEE("queued", "%lu messages, %lu bytes", stat_of(0), stat_of(1));
	SEE("any", "%s", receive(0, 0));
	SEE("of type 2", "%s", receive(2, 0));
	SEE("of type 2", "%s", receive(2, 0));
	SEE("up to 2", "%s", receive(-2, 0));
	SEE("all but 1", "%s", receive(1, MSG_EXCEPT));
	SEE("all but 1", "%s", receive(1, MSG_EXCEPT));
	SEE("any up to the most", "%s", receive(LONG_MIN, 0));
	SEE("empty", "%s", receive(0, 0));
	SEE("queued", "%lu messages, %lu bytes", stat_of(0), stat_of(1));
	CHECK(!post(5, ""));
	SEE("an empty one", "%s", receive(-5, 0));
}

CASE(H03, "msgrcv: too small, MSG_NOERROR, MSG_COPY")
{
	fresh();
	CHECK(!post(1, "a long message") && !post(2, "short"));
	SEE("too small", "%s", ERR(msgrcv(id, &in, 4, 0, 0)));
	SEE("still there", "%lu", stat_of(0));
	SEE("copy of 0", "%s", receive(0, MSG_COPY));
	SEE("copy of 1", "%s", receive(1, MSG_COPY));
	SEE("copy of 2", "%s", receive(2, MSG_COPY));
	SEE("copy, too small", "%s",
	    ERR(msgrcv(id, &in, 4, 0, MSG_COPY | IPC_NOWAIT)));
	SEE("copy and except", "%s", receive(0, MSG_COPY | MSG_EXCEPT));
	SEE("copy, may wait", "%s", ERR(msgrcv(id, &in, 9, 0, MSG_COPY)));
	SEE("still there", "%lu", stat_of(0));
	memset(&in, 'x', sizeof(in));
	SEE("MSG_NOERROR", "%zd", msgrcv(id, &in, 4, 0, MSG_NOERROR));
	SEE("the text", "%.6s", in.text);
	SEE("size 0", "%zd", msgrcv(id, &in, 0, 0, MSG_NOERROR));
	SEE("queued", "%lu", stat_of(0));
}

CASE(H03, "bad arguments")
{
	fresh();
	SEE("type 0", "%s", ERR(post(0, "x")));
	SEE("type -1", "%s", ERR(post(-1, "x")));
	out.type = 1;
	SEE("8192 bytes", "%s", ERR(msgsnd(id, &out, 8192, 0)));
	SEE("8193 bytes", "%s", ERR(msgsnd(id, &out, 8193, 0)));
	SEE("-1 bytes", "%s", ERR(msgsnd(id, &out, (size_t)-1, 0)));
	SEE("id -1", "%s", ERR(msgsnd(-1, &out, 1, 0)));
	SEE("id 7", "%s", ERR(msgsnd(7, &out, 1, 0)));
	SEE("from NULL", "%s", ERR(msgsnd(id, NULL, 1, 0)));
	SEE("receive -1 bytes", "%s", ERR(msgrcv(id, &in, (size_t)-1, 0, 0)));
	SEE("receive from -1", "%s", ERR(msgrcv(-1, &in, 1, 0, 0)));
	SEE("receive to NULL", "%s", ERR(msgrcv(id, NULL, 8192, 0, 0)));
	SEE("command 99", "%s", ERR(msgctl(id, 99, NULL)));
	SEE("stat to NULL", "%s", ERR(msgctl(id, IPC_STAT, NULL)));
	SEE("set from NULL", "%s", ERR(msgctl(id, IPC_SET, NULL)));
}

CASE(H03, "a full queue: 16384 bytes, or as IPC_SET says")
{
	struct msqid_ds ds;

	fresh();
	out.type = 1;
	SEE("limit", "%lu", stat_of(2));
	CHECK(!msgsnd(id, &out, 8192, IPC_NOWAIT));
	CHECK(!msgsnd(id, &out, 8191, IPC_NOWAIT));
	SEE("two bytes", "%s", ERR(msgsnd(id, &out, 2, IPC_NOWAIT)));
	SEE("one byte", "%s", ERR(msgsnd(id, &out, 1, IPC_NOWAIT)));
	SEE("no bytes", "%s", ERR(msgsnd(id, &out, 0, IPC_NOWAIT)));
	CHECK(msgctl(id, IPC_STAT, &ds) == 0);
	ds.msg_qbytes = 4;
	SEE("IPC_SET", "%s", ERR(msgctl(id, IPC_SET, &ds)));
	while (msgrcv(id, &in, 8192, 0, IPC_NOWAIT) >= 0)
		;
	CHECK(!post(1, "abc"));
	SEE("a byte more", "%s", ERR(msgsnd(id, &out, 1, IPC_NOWAIT)));
	SEE("empty ones", "%s %s %s %s",
	    ERR(msgsnd(id, &out, 0, IPC_NOWAIT)),
	    ERR(msgsnd(id, &out, 0, IPC_NOWAIT)),
	    ERR(msgsnd(id, &out, 0, IPC_NOWAIT)),
	    ERR(msgsnd(id, &out, 0, IPC_NOWAIT)));
}

/* A child in msgrcv (or msgsnd); waits until it sleeps there, or has ended. */
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

static int wait_for_two(void)
{
	return msgrcv(id, &in, sizeof(in.text), 2, 0) == 4 &&
	       !strcmp(in.text, "two") ? 0 : -1;
}

static int wait_small(void)
{
	return msgrcv(id, &in, 2, 0, 0);
}

static int wait_to_send(void)
{
	out.type = 9;
	return msgsnd(id, &out, 8000, 0);
}

CASE(H03, "sleeping receivers and senders")
{
	struct msqid_ds ds;
	pid_t a, b;

	fresh();
	a = child(wait_for_two);
	CHECK(!post(1, "one"));
	CHECK(!post(2, "two"));
	SEE("receiver of type 2", "%s", end_of(a));
	CHECK(msgctl(id, IPC_STAT, &ds) == 0);
	SEE("last sender, receiver", "%d %d", ds.msg_lspid == getpid(),
	    ds.msg_lrpid == a);
	SEE("left", "%s", receive(0, 0));
	b = child(wait_small);
	CHECK(!post(1, "long"));
	SEE("too small for what comes", "%s", end_of(b));
	SEE("and it is queued", "%s", receive(0, 0));
	out.type = 1;
	CHECK(!msgsnd(id, &out, 8192, 0) && !msgsnd(id, &out, 8192, 0));
	a = child(wait_to_send);
	CHECK(msgrcv(id, &in, 8192, 0, 0) == 8192);
	SEE("sender", "%s", end_of(a));
	SEE("its message", "%zd", msgrcv(id, &in, 8192, 9, 0));
	while (msgrcv(id, &in, 8192, 0, IPC_NOWAIT) >= 0)
		;
	a = child(wait_for_two);
	CHECK(msgctl(id, IPC_RMID, NULL) == 0);
	SEE("removed", "%s", end_of(a));
}

static void on_signal(int sig)
{
	(void)sig;
}

static int wait_signal(void)
{
	struct sigaction sa = { .sa_handler = on_signal,
				.sa_flags = SA_RESTART };

	sigaction(SIGUSR1, &sa, NULL);
	return msgrcv(id, &in, 100, 0, 0);
}

CASE(H03, "msgrcv is not restarted after a handler")
{
	pid_t pid;

	fresh();
	pid = child(wait_signal);
	kill(pid, SIGUSR1);
	SEE("SA_RESTART", "%s", end_of(pid));
}

static int wait_as_other(void)
{
	CHECK(setresgid(1001, 1001, 1001) == 0);
	CHECK(setresuid(1001, 1001, 1001) == 0);
	return wait_signal();
}

static void as_others(void)
{
	struct msqid_ds ds;

	CHECK(setresgid(1001, 1001, 1001) == 0);
	CHECK(setresuid(1001, 1001, 1001) == 0);
	SEE("send", "%s", ERR(post(1, "x")));
	SEE("receive", "%s", receive(0, 0));
	SEE("IPC_SET", "%s", ERR(msgctl(id, IPC_SET, &ds)));
	SEE("IPC_RMID", "%s", ERR(msgctl(id, IPC_RMID, NULL)));
	SEE("own", "%d", msgget(IPC_PRIVATE, 0600));
	CHECK(msgctl(1, IPC_STAT, &ds) == 0);
	SEE("its bytes", "%lu", ds.msg_qbytes);
	ds.msg_qbytes = 16385;
	SEE("more bytes", "%s", ERR(msgctl(1, IPC_SET, &ds)));
	ds.msg_qbytes = 16383;
	SEE("fewer bytes", "%s", ERR(msgctl(1, IPC_SET, &ds)));
}

CASE(H03, "permissions; a receiver that loses them hears so")
{
	struct msqid_ds ds;
	pid_t pid;

	fresh();
	CHECK(msgctl(id, IPC_STAT, &ds) == 0);
	ds.msg_perm.mode = 0604;
	CHECK(msgctl(id, IPC_SET, &ds) == 0);
	pid = child(wait_as_other);
	ds.msg_perm.mode = 0600;
	CHECK(msgctl(id, IPC_SET, &ds) == 0);
	SEE("sleeper", "%s", end_of(pid));
	ds.msg_perm.mode = 0604;
	CHECK(msgctl(id, IPC_SET, &ds) == 0);
	CHECK(in_child(as_others) == 0);
}

CASE(H03, "msgctl: the commands that list")
{
	struct msginfo inf;
	struct msqid_ds ds;

	fresh();
	msgget(IPC_PRIVATE, 0600);
	CHECK(!post(1, "one") && !post(2, "two"));
	SEE("IPC_INFO", "%d", msgctl(0, IPC_INFO, (void *)&inf));
	SEE("limits", "%d %d %d %d %d %d %d %d", inf.msgpool, inf.msgmap,
	    inf.msgmax, inf.msgmnb, inf.msgmni, inf.msgssz, inf.msgtql,
	    inf.msgseg);
	SEE("MSG_INFO", "%d", msgctl(0, MSG_INFO, (void *)&inf));
	SEE("queues, messages, bytes", "%d %d %d", inf.msgpool, inf.msgmap,
	    inf.msgtql);
	SEE("MSG_STAT of index 0", "%d", msgctl(0, MSG_STAT, &ds));
	SEE("its messages", "%lu", ds.msg_qnum);
	SEE("MSG_STAT_ANY of index 1", "%d", msgctl(1, MSG_STAT_ANY, &ds));
	SEE("of index 2", "%s", ERR(msgctl(2, MSG_STAT, &ds)));
}

CASE(H03, "limits: msgmax, msgmnb, msgmni are of the namespace")
{
	int fd;

	fresh();
	fd = open("/proc/self/ns/ipc", O_RDONLY);
	write_file("/proc/sys/kernel/msgmax", "10\n");
	write_file("/proc/sys/kernel/msgmnb", "20\n");
	write_file("/proc/sys/kernel/msgmni", "2\n");
	SEE("11 bytes", "%s", ERR(post(1, "0123456789")));
	SEE("10 bytes", "%s", ERR(post(1, "012345678")));
	SEE("limit of an old queue", "%lu", stat_of(2));
	id = msgget(IPC_PRIVATE, 0600);
	SEE("of a new one", "%lu", stat_of(2));
	SEE("the third", "%s", ERR(msgget(IPC_PRIVATE, 0600)));
	CHECK(unshare(CLONE_NEWIPC) == 0);
	SEE("in a new namespace", "%.4s", read_file("/proc/sys/kernel/msgmax"));
	CHECK(setns(fd, 0) == 0);
	SEE("in the old one", "%.4s", read_file("/proc/sys/kernel/msgmax"));
}
