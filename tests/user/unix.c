// SPDX-License-Identifier: MIT
/* AF_UNIX sockets: names, connections, credentials (unix(7)). */
#include "case.h"

static int sock(int type)
{
	return socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
}

/* bind or connect to a name of @len bytes behind sun_family. */
static int name(int (*call)(int, const struct sockaddr *, socklen_t), int fd,
		const char *text, size_t len)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	memcpy(sun.sun_path, text, len);
	return call(fd, (void *)&sun, (socklen_t)(sizeof(sa_family_t) + len));
}

static const char *name_of(int fd,
			   int (*get)(int, struct sockaddr *, socklen_t *))
{
	static char text[160];
	struct sockaddr_un sun = { 0 };
	socklen_t len = sizeof(sun);

	if (get(fd, (void *)&sun, &len))
		return err_name(errno);
	if (len == sizeof(sa_family_t))
		return "none";
	for (unsigned i = 0; i < len - sizeof(sa_family_t); i++)
		if (!sun.sun_path[i])
			sun.sun_path[i] = '@';
	snprintf(text, sizeof(text), "%.*s (%d)",
		 (int)(len - sizeof(sa_family_t)), sun.sun_path, (int)len);
	return text;
}

CASE(H04, "pathnames: who may bind what, and what is left of it")
{
	struct stat st;
	int a = sock(SOCK_STREAM), b = sock(SOCK_STREAM), d;

	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
	umask(022);
	SEE("bind", "%s", ERR(name(bind, a, "/mnt/s", 6)));
	CHECK(stat("/mnt/s", &st) == 0);
	SEE("mode", "%o", st.st_mode);
	SEE("name", "%s", name_of(a, getsockname));
	SEE("again", "%s", ERR(name(bind, a, "/mnt/t", 6)));
	SEE("in use", "%s", ERR(name(bind, b, "/mnt/s", 6)));
	SEE("no directory", "%s", ERR(name(bind, b, "/mnt/no/s", 9)));
	SEE("not listening", "%s", ERR(name(connect, b, "/mnt/s", 6)));
	SEE("listen", "%s", ERR(listen(a, 2)));
	SEE("connect", "%s", ERR(name(connect, b, "/mnt/s", 6)));
	SEE("peer", "%s", name_of(b, getpeername));
	SEE("twice", "%s", ERR(name(connect, b, "/mnt/s", 6)));
	d = sock(SOCK_DGRAM);
	SEE("other type", "%s", ERR(name(connect, d, "/mnt/s", 6)));
	SEE("nobody's name", "%s", ERR(name(connect, d, "/mnt/none", 9)));
	write_file("/mnt/file", "");
	SEE("a file", "%s", ERR(name(connect, d, "/mnt/file", 9)));
	SEE("open", "%s", ERR(open("/mnt/s", O_RDWR)));
	close(a);
	SEE("stays", "%s", ERR(stat("/mnt/s", &st)));
	SEE("refuses", "%s", ERR(name(connect, sock(SOCK_STREAM), "/mnt/s", 6)));
	close(b);
	CHECK(umount("/mnt") == 0);
}

CASE(H04, "autobind")
{
	int a = sock(SOCK_DGRAM), b = sock(SOCK_DGRAM);
	const char *text;

	CHECK(unshare(CLONE_NEWNET) == 0);
	SEE("before", "%s", name_of(a, getsockname));
	SEE("bind", "%s", ERR(name(bind, a, "", 0)));
	text = name_of(a, getsockname);
	SEE("length", "%d", (int)strlen(text));
	SEE("five digits", "%d", (int)strspn(text + 1, "0123456789abcdef"));
	SEE("again", "%s", ERR(name(bind, a, "", 0)));
	SEE("short", "%s", ERR(bind(b, (void *)"\1", 1)));
	SEE("family", "%s", ERR(bind(b, (void *)"\2\0ab", 4)));
	SEE("connect to nothing", "%s", ERR(name(connect, b, "", 0)));
}

CASE(H04, "datagrams: partners, refusal, other types")
{
	char buf[8];
	int a = sock(SOCK_DGRAM), b = sock(SOCK_DGRAM), c = sock(SOCK_DGRAM);

	CHECK(unshare(CLONE_NEWNET) == 0);
	close(a);
	close(b);
	close(c);
	a = sock(SOCK_DGRAM);
	b = sock(SOCK_DGRAM);
	c = sock(SOCK_DGRAM);
	SEE("not connected", "%s", ERR(send(a, "x", 1, 0)));
	CHECK(name(bind, a, "\0a", 2) == 0);
	CHECK(name(connect, b, "\0a", 2) == 0);
	SEE("send", "%s", ERR(send(b, "x", 1, 0)));
	SEE("receive", "%d", (int)recv(a, buf, 8, MSG_DONTWAIT));
	SEE("empty", "%s", ERR(send(b, "", 0, 0)));
	SEE("receive", "%d", (int)recv(a, buf, 8, MSG_DONTWAIT));
	CHECK(name(bind, b, "\0b", 2) == 0);
	CHECK(name(connect, a, "\0b", 2) == 0);
	SEE("a stranger", "%s", ERR(name(connect, c, "\0a", 2)));
	close(b);
	SEE("partner gone", "%s", ERR(send(a, "x", 1, 0)));
	SEE("then", "%s", ERR(send(a, "x", 1, 0)));
}

CASE(S32, "SO_PEERCRED: who connected, who listened, pairs")
{
	struct ucred uc;
	socklen_t len = sizeof(uc);
	int l = sock(SOCK_STREAM), c = sock(SOCK_STREAM), s, sv[2];

	CHECK(unshare(CLONE_NEWNET) == 0);
	CHECK(getsockopt(c, SOL_SOCKET, SO_PEERCRED, &uc, &len) == 0);
	SEE("nobody", "%d %d %d", uc.pid, (int)uc.uid, (int)uc.gid);
	CHECK(name(bind, l, "\0cred", 5) == 0);
	CHECK(listen(l, 1) == 0);
	CHECK(name(connect, c, "\0cred", 5) == 0);
	s = accept(l, NULL, NULL);
	CHECK(getsockopt(s, SOL_SOCKET, SO_PEERCRED, &uc, &len) == 0);
	SEE("client", "%d %d %d", uc.pid == getpid(), (int)uc.uid, (int)uc.gid);
	CHECK(getsockopt(c, SOL_SOCKET, SO_PEERCRED, &uc, &len) == 0);
	SEE("listener", "%d %d %d", uc.pid == getpid(), (int)uc.uid,
	    (int)uc.gid);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	CHECK(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &uc, &len) == 0);
	SEE("pair, made as root", "%d", (int)uc.uid);
	close(s);
	close(c);
}

/* Send a byte with credentials; its error. */
static const char *send_as(int fd, pid_t pid, uid_t uid, gid_t gid)
{
	char buf[CMSG_SPACE(sizeof(struct ucred))] = { 0 };
	struct iovec iov = { "x", 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = buf, .msg_controllen = sizeof(buf) };
	struct ucred uc = { pid, uid, gid };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_CREDENTIALS;
	c->cmsg_len = CMSG_LEN(sizeof(uc));
	memcpy(CMSG_DATA(c), &uc, sizeof(uc));
	return ERR(sendmsg(fd, &m, MSG_DONTWAIT));
}

/* Whose byte is it? */
static void see_from(int fd)
{
	char buf[CMSG_SPACE(sizeof(struct ucred))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = buf, .msg_controllen = sizeof(buf) };
	struct cmsghdr *c;
	struct ucred uc;

	if (recvmsg(fd, &m, MSG_DONTWAIT) < 0) {
		SEE("from", "%s", err_name(errno));
		return;
	}
	c = CMSG_FIRSTHDR(&m);
	if (!c) {
		SEE("from", "not told");
		return;
	}
	memcpy(&uc, CMSG_DATA(c), sizeof(uc));
	SEE("from", "%s %d %d",
	    uc.pid == getpid() ? "self" : uc.pid == getppid() ? "parent" :
	    uc.pid ? "other" : "0", (int)uc.uid, (int)uc.gid);
}

CASE(U24, "SCM_CREDENTIALS: what may be claimed")
{
	int sv[2], on = 1;

	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) == 0);
	CHECK(send(sv[0], "x", 1, 0) == 1);
	see_from(sv[1]);
	CHECK(setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0);
	CHECK(send(sv[0], "x", 1, 0) == 1);
	see_from(sv[1]);
	SEE("root as another user", "%s", send_as(sv[0], getpid(), 5, 6));
	see_from(sv[1]);
	SEE("root as its parent", "%s", send_as(sv[0], getppid(), 0, 0));
	see_from(sv[1]);
	SEE("a number that nobody has", "%s", send_as(sv[0], 4000000, 0, 0));
	CHECK(setresgid(1000, 1000, 1000) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	SEE("user as himself", "%s", send_as(sv[0], getpid(), 1000, 1000));
	see_from(sv[1]);
	SEE("as root", "%s", send_as(sv[0], getpid(), 0, 1000));
	SEE("in group 0", "%s", send_as(sv[0], getpid(), 1000, 0));
	SEE("as his parent", "%s", send_as(sv[0], getppid(), 1000, 1000));
	close(sv[0]);
	close(sv[1]);
}

CASE(U24, "SCM_CREDENTIALS from a user namespace")
{
	int sv[2], on = 1;

	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) == 0);
	CHECK(setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	CHECK(unshare(CLONE_NEWUSER) == 0);
	SEE("unmapped", "%s", send_as(sv[0], getpid(), 0, 0));
	SEE("another process", "%s", send_as(sv[0], getppid(), 0, 0));
	CHECK(send(sv[0], "x", 1, 0) == 1);
	see_from(sv[1]);
	close(sv[0]);
	close(sv[1]);
}

CASE(H04, "streams: the end, reset, shutdown, poll")
{
	struct pollfd p = { .events = POLLIN | POLLOUT | POLLRDHUP };
	char buf[8];
	int sv[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	p.fd = sv[0];
	poll(&p, 1, 0);
	SEE("idle", "%#x", p.revents);
	CHECK(shutdown(sv[1], SHUT_WR) == 0);
	poll(&p, 1, 0);
	SEE("the other writes no more", "%#x", p.revents);
	SEE("read", "%d", (int)read(sv[0], buf, 8));
	CHECK(write(sv[0], "abc", 3) == 3);
	SEE("it reads", "%d", (int)read(sv[1], buf, 8));
	CHECK(write(sv[0], "abc", 3) == 3);
	close(sv[1]);
	poll(&p, 1, 0);
	SEE("closed with data unread", "%#x", p.revents);
	SEE("read", "%s", ERR(read(sv[0], buf, 8)));
	SEE("read again", "%d", (int)read(sv[0], buf, 8));
	SEE("write", "%s", ERR(send(sv[0], "x", 1, MSG_NOSIGNAL)));
	close(sv[0]);
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv) == 0);
	CHECK(send(sv[0], "abcdef", 6, 0) == 6);
	SEE("packet cut", "%d", (int)recv(sv[1], buf, 3, 0));
	SEE("nothing left", "%s", ERR(recv(sv[1], buf, 3, MSG_DONTWAIT)));
	close(sv[0]);
	SEE("end", "%d", (int)recv(sv[1], buf, 3, 0));
	close(sv[1]);
}
