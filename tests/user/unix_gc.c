// SPDX-License-Identifier: MIT
/*
 * AF_UNIX: files in flight (SCM_RIGHTS). That all of it is freed is seen by
 * the counts of objects after the last program.
 */
#include "case.h"

/* Send @n descriptors with one byte. */
static ssize_t send_fds(int sock, const int *fds, int n)
{
	char buf[CMSG_SPACE(16 * sizeof(int))] = { 0 };
	struct iovec iov = { "x", 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = buf,
			    .msg_controllen = CMSG_SPACE(n * sizeof(int)) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, (size_t)n * sizeof(int));
	return sendmsg(sock, &m, MSG_DONTWAIT);
}

/* One descriptor, or -1. */
static int recv_fd(int sock, int flags)
{
	char buf[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = buf,
			    .msg_controllen = sizeof(buf) };
	struct cmsghdr *c;
	int fd = -1;

	if (recvmsg(sock, &m, flags | MSG_DONTWAIT) != 1)
		return -1;
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void pair(int sv[2])
{
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == 0);
}

static void close2(const int sv[2])
{
	close(sv[0]);
	close(sv[1]);
}

/* A pipe whose other end says whether @fd, sent away, is still open. */
static int witness(int *fd)
{
	int p[2];

	CHECK(pipe2(p, O_CLOEXEC | O_NONBLOCK) == 0);
	*fd = p[1];
	return p[0];
}

/* "freed" when no writer is left. Linux may take a moment: ask it again. */
static const char *fate(int witness)
{
	char c;

	for (int i = 0; i < 200; i++) {
		int sv[2];

		if (read(witness, &c, 1) == 0)
			return "freed";
		/* its collector runs when a socket is released */
		CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
		close2(sv);
		usleep(10000);
	}
	return "open";
}

static const char *state(int witness)
{
	char c;

	return read(witness, &c, 1) == 0 ? "freed" : "open";
}

CASE(I03, "a file in flight is open; it is closed with the queue")
{
	int sv[2], fd, w = witness(&fd);

	pair(sv);
	CHECK(send_fds(sv[0], &fd, 1) == 1);
	close(fd);
	SEE("in flight", "%s", state(w));
	close2(sv);
	SEE("queue closed", "%s", state(w));
	close(w);
}

CASE(I03, "a network in flight lives")
{
	int sv[2], here = open("/proc/self/ns/net", O_RDONLY), fd;
	struct stat a, b;

	pair(sv);
	CHECK(unshare(CLONE_NEWNET) == 0);
	fd = open("/proc/self/ns/net", O_RDONLY);
	fstat(fd, &a);
	CHECK(send_fds(sv[0], &fd, 1) == 1);
	close(fd);
	CHECK(setns(here, 0) == 0);
	fd = recv_fd(sv[1], 0);
	fstat(fd, &b);
	SEE("the same", "%d", a.st_ino == b.st_ino);
	SEE("setns", "%s", ERR(setns(fd, CLONE_NEWNET)));
	close2(sv);
}

CASE(I03, "a socket sent to itself")
{
	int sv[2], both[2], w = witness(&both[1]);

	pair(sv);
	both[0] = sv[1];
	CHECK(send_fds(sv[0], both, 2) == 1);
	close(both[1]);
	SEE("open", "%s", state(w));
	close2(sv);
	SEE("closed", "%s", fate(w));
	close(w);
}

CASE(I03, "two sockets in each other's queues")
{
	int a[2], b[2], two[2], w = witness(&two[1]);

	pair(a);
	pair(b);
	two[0] = a[1];
	CHECK(send_fds(b[0], two, 2) == 1);
	two[0] = b[1];
	CHECK(send_fds(a[0], two, 1) == 1);
	close(two[1]);
	close2(a);
	SEE("one of them open", "%s", state(w));
	close2(b);
	SEE("all closed", "%s", fate(w));
	close(w);
}

CASE(I03, "a cycle that can be reached is left alone")
{
	int a[2], b[2], out[2], two[2], w = witness(&two[1]), fd;

	pair(a);
	pair(b);
	pair(out);
	two[0] = a[1];
	CHECK(send_fds(a[0], two, 2) == 1); /* a holds itself */
	close(two[1]);
	CHECK(send_fds(b[0], &a[1], 1) == 1); /* b holds a */
	CHECK(send_fds(out[0], &b[1], 1) == 1); /* out holds b */
	close2(a);
	close2(b);
	for (int i = 0; i < 3; i++) {
		pair(a); /* let the collector run */
		close2(a);
	}
	SEE("reachable", "%s", state(w));
	fd = recv_fd(out[1], 0);
	b[1] = recv_fd(fd, 0);
	a[1] = recv_fd(b[1], 0);
	SEE("received through three", "%d", fd >= 0 && b[1] >= 0 && a[1] >= 0);
	close(a[1]);
	close(b[1]);
	close(fd);
	close2(out);
	SEE("at the end", "%s", fate(w));
	close(w);
}

CASE(I03, "a listener in the queue of what it has not accepted")
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int l = socket(AF_UNIX, SOCK_STREAM, 0), c, two[2];
	int w = witness(&two[1]);
	socklen_t len = sizeof(sun);

	c = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(bind(l, (void *)&sun, sizeof(sa_family_t)) == 0);
	CHECK(getsockname(l, (void *)&sun, &len) == 0);
	CHECK(listen(l, 1) == 0);
	CHECK(connect(c, (void *)&sun, len) == 0);
	two[0] = l;
	CHECK(send_fds(c, two, 2) == 1);
	close(two[1]);
	close(c);
	SEE("open", "%s", state(w));
	close(l);
	SEE("closed", "%s", fate(w));
	close(w);
}

CASE(I03, "a ring of a hundred, and a chain of two hundred")
{
	static int s[201][2];
	int fd, w = witness(&fd);

	for (int i = 0; i < 100; i++)
		pair(s[i]);
	for (int i = 0; i < 100; i++)
		CHECK(send_fds(s[i][0], &s[(i + 1) % 100][1], 1) == 1);
	CHECK(send_fds(s[50][0], &fd, 1) == 1);
	close(fd);
	for (int i = 0; i < 100; i++)
		close2(s[i]);
	SEE("ring", "%s", fate(w));
	close(w);
	w = witness(&fd);
	for (int i = 0; i < 200; i++)
		pair(s[i]);
	for (int i = 0; i < 199; i++)
		CHECK(send_fds(s[i][0], &s[i + 1][1], 1) == 1);
	CHECK(send_fds(s[199][0], &fd, 1) == 1);
	close(fd);
	for (int i = 199; i >= 0; i--)
		close2(s[i]);
	SEE("chain", "%s", fate(w));
	close(w);
}

CASE(I03, "MSG_PEEK takes a file and leaves it")
{
	int sv[2], fd, w = witness(&fd), one, two;

	pair(sv);
	CHECK(send_fds(sv[0], &fd, 1) == 1);
	close(fd);
	one = recv_fd(sv[1], MSG_PEEK);
	two = recv_fd(sv[1], 0);
	SEE("both", "%d", one >= 0 && two >= 0 && one != two);
	close(one);
	SEE("one closed", "%s", state(w));
	close(two);
	SEE("both closed", "%s", state(w));
	close2(sv);
	close(w);
}

CASE(I03, "a user may have as many files in flight as open files")
{
	struct rlimit lim = { 20, 20 };
	int sv[2], sent = 0, fd;

	CHECK(setrlimit(RLIMIT_NOFILE, &lim) == 0);
	CHECK(setresgid(23456, 23456, 23456) == 0);
	CHECK(setresuid(23456, 23456, 23456) == 0);
	pair(sv);
	while (sent < 100 && send_fds(sv[0], &sv[1], 1) == 1)
		sent++;
	SEE("sent, then", "%d %s", sent, err_name(errno));
	fd = recv_fd(sv[1], 0);
	SEE("one received", "%d", fd >= 0);
	close(fd);
	SEE("another", "%d", (int)send_fds(sv[0], &sv[1], 1));
	SEE("and no more", "%s", ERR(send_fds(sv[0], &sv[1], 1)));
	close2(sv);
}
