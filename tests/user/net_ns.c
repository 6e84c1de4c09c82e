// SPDX-License-Identifier: MIT
/* The net namespace: what is each network's own, and what holds one. */
#include <linux/sockios.h>

#include "case.h"

#define D "/proc/self/ns/net"

static int here;

/* "old" or "new": is @fd (closed here) the network that `here` is? */
static const char *which(int fd)
{
	struct stat a, b;

	if (fd < 0)
		return err_name(errno);
	fstat(fd, &a);
	fstat(here, &b);
	close(fd);
	return a.st_ino == b.st_ino ? "old" : "new";
}

static const char *net_of(int sock)
{
	return which(ioctl(sock, SIOCGSKNS));
}

/* A socket with a name of @len bytes after sun_family; its error. */
static const char *name_socket(int fd, const char *name, size_t len,
			       int (*call)(int, const struct sockaddr *,
					   socklen_t))
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	memcpy(sun.sun_path, name, len);
	return ERR(call(fd, (void *)&sun, (socklen_t)(sizeof(sa_family_t) + len)));
}

static int unix_socket(int type)
{
	return socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
}

static void new_net(void)
{
	CHECK(unshare(CLONE_NEWNET) == 0);
}

static void remember(void)
{
	here = open(D, O_RDONLY | O_CLOEXEC);
	CHECK(here >= 0);
}

CASE(S02, "the entry net is first, its link and file agree")
{
	DIR *dir = opendir("/proc/self/ns");
	char buf[64], want[64];
	struct stat st;
	ssize_t n = readlink(D, buf, sizeof(buf) - 1);
	int fd;

	for (int i = 0; i < 2; i++)
		readdir(dir);
	SEE("first", "%s", readdir(dir)->d_name);
	closedir(dir);
	CHECK(n > 0);
	buf[n] = 0;
	CHECK(stat(D, &st) == 0);
	snprintf(want, sizeof(want), "net:[%lu]", (unsigned long)st.st_ino);
	SEE("link is number", "%d", !strcmp(buf, want));
	fd = open(D, O_RDONLY);
	SEE("setns 0", "%s", ERR(setns(fd, 0)));
	SEE("setns NEWNET", "%s", ERR(setns(fd, CLONE_NEWNET)));
	SEE("setns NEWUTS", "%s", ERR(setns(fd, CLONE_NEWUTS)));
	close(fd);
}

CASE(S02, "unshare makes another, setns goes back")
{
	remember();
	SEE("unshare", "%s", ERR(unshare(CLONE_NEWNET)));
	SEE("in", "%s", which(open(D, O_RDONLY)));
	SEE("setns", "%s", ERR(setns(here, CLONE_NEWNET)));
	SEE("in", "%s", which(open(D, O_RDONLY)));
}

CASE(H04, "an abstract name is known in its network alone")
{
	int a = unix_socket(SOCK_STREAM), b, c;

	SEE("bind", "%s", name_socket(a, "\0warren-h04", 11, bind));
	CHECK(listen(a, 4) == 0);
	b = unix_socket(SOCK_STREAM);
	SEE("bind again", "%s", name_socket(b, "\0warren-h04", 11, bind));
	c = unix_socket(SOCK_DGRAM);
	SEE("bind, other type", "%s", name_socket(c, "\0warren-h04", 11, bind));
	SEE("connect", "%s", name_socket(b, "\0warren-h04", 11, connect));
	new_net();
	close(b);
	b = unix_socket(SOCK_STREAM);
	SEE("connect there", "%s", name_socket(b, "\0warren-h04", 11, connect));
	SEE("bind there", "%s", name_socket(b, "\0warren-h04", 11, bind));
}

CASE(H04, "the network of the socket counts, not that of the task")
{
	int a = unix_socket(SOCK_STREAM), b = unix_socket(SOCK_STREAM), c;

	new_net();
	c = unix_socket(SOCK_STREAM);
	SEE("bind old socket", "%s", name_socket(a, "\0warren-h4b", 11, bind));
	CHECK(listen(a, 4) == 0);
	SEE("connect old socket", "%s",
	    name_socket(b, "\0warren-h4b", 11, connect));
	SEE("connect new socket", "%s",
	    name_socket(c, "\0warren-h4b", 11, connect));
}

CASE(H04, "a pathname is known everywhere; who accepts is where the peer is")
{
	int a = unix_socket(SOCK_STREAM), b, c;

	remember();
	unlink("/tmp/warren-h04");
	SEE("bind", "%s", name_socket(a, "/tmp/warren-h04", 16, bind));
	CHECK(listen(a, 4) == 0);
	new_net();
	b = unix_socket(SOCK_STREAM);
	SEE("connect there", "%s", name_socket(b, "/tmp/warren-h04", 16,
					       connect));
	c = accept(a, NULL, NULL);
	SEE("listener", "%s", net_of(a));
	SEE("client", "%s", net_of(b));
	SEE("accepted", "%s", net_of(c));
	unlink("/tmp/warren-h04");
}

CASE(B10, "SIOCGSKNS gives the network of a socket")
{
	int sv[2], fd;

	remember();
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	new_net();
	SEE("a socket's", "%s", net_of(sv[0]));
	SEE("the task's", "%s", which(open(D, O_RDONLY)));
	fd = ioctl(sv[0], SIOCGSKNS);
	SEE("close-on-exec", "%d", fcntl(fd, F_GETFD));
	SEE("setns", "%s", ERR(setns(fd, CLONE_NEWNET)));
	SEE("of a pipe", "%s", ERR(ioctl(here, SIOCGSKNS)));
	CHECK(setresuid(1000, 1000, 1000) == 0);
	SEE("without CAP_NET_ADMIN", "%s", ERR(ioctl(sv[0], SIOCGSKNS)));
}

static void to_net_and_back(int *sock)
{
	new_net();
	*sock = unix_socket(SOCK_DGRAM);
	CHECK(setns(here, CLONE_NEWNET) == 0);
}

CASE(I03, "a socket holds its network when nothing else does")
{
	struct sockaddr_un sun;
	socklen_t len = sizeof(sun);
	int sock, fd;

	remember();
	to_net_and_back(&sock);
	SEE("name it there", "%s", name_socket(sock, "\0warren-i03", 11, bind));
	fd = ioctl(sock, SIOCGSKNS);
	close(sock);
	SEE("enter", "%s", ERR(setns(fd, CLONE_NEWNET)));
	close(fd);
	sock = unix_socket(SOCK_DGRAM);
	SEE("the name is free", "%s", name_socket(sock, "\0warren-i03", 11, bind));
	CHECK(getsockname(sock, (void *)&sun, &len) == 0);
	SEE("length", "%d", (int)len);
}

static int link_there(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return open(path, O_RDONLY);
}

CASE(S06, "a zombie has no network")
{
	char path[64];
	struct stat st;
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT);
	SEE("open", "%s", ERR(link_there(pid)));
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	SEE("lstat", "%s", ERR(lstat(path, &st)));
	waitpid(pid, NULL, 0);
}

static void *thread_unshares(void *arg)
{
	(void)arg;
	SEE("unshare", "%s", ERR(unshare(CLONE_NEWNET)));
	SEE("the thread", "%s", which(open("/proc/thread-self/ns/net",
					   O_RDONLY)));
	return NULL;
}

#include <pthread.h>

CASE(C03, "one thread may go to another network alone")
{
	pthread_t t;

	remember();
	CHECK(pthread_create(&t, NULL, thread_unshares, NULL) == 0);
	pthread_join(t, NULL);
	SEE("the process", "%s", which(open(D, O_RDONLY)));
}

CASE(D12, "mnt, uts, net: the order in which one call makes them")
{
	bool rising = false;

	/* again if somebody's number came free in between */
	for (int i = 0; i < 20 && !rising; i++) {
		ino_t mnt, uts, net;

		CHECK(unshare(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWNS) == 0);
		mnt = ino_of("/proc/self/ns/mnt");
		uts = ino_of("/proc/self/ns/uts");
		net = ino_of(D);
		rising = mnt < uts && uts < net;
	}
	SEE("rising", "%d", rising);
}

/* In a user namespace of our own, with room for one network. */
static void one_network(void)
{
	uid_t uid = getuid();
	char map[32];

	CHECK(unshare(CLONE_NEWUSER) == 0);
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %d 1", (int)uid);
	write_file("/proc/self/uid_map", map);
	write_file("/proc/sys/user/max_net_namespaces", "1");
}

/* Linux frees a network a moment after its last holder. */
static void patient_net(void)
{
	for (int i = 0; i < 200 && unshare(CLONE_NEWNET); i++)
		usleep(10000);
}

static const char *another_network(void)
{
	for (int i = 0; i < 200; i++) {
		pid_t pid = fork();
		int status;

		if (!pid)
			_exit(unshare(CLONE_NEWNET) ? errno : 0);
		waitpid(pid, &status, 0);
		if (WEXITSTATUS(status) != ENOSPC)
			return err_name(WEXITSTATUS(status));
		usleep(10000);
	}
	return "ENOSPC";
}

CASE(S08, "looking at a network does not keep it")
{
	char path[64], buf[64];
	struct stat st;

	one_network();
	for (int i = 0; i < 5; i++) {
		pid_t pid = spawn(patient_net);

		snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
		CHECK(stat(path, &st) == 0 && lstat(path, &st) == 0);
		CHECK(readlink(path, buf, sizeof(buf)) > 0);
		close(open(path, O_RDONLY));
		SEE("a second one", "%s", ERR(unshare(CLONE_NEWNET)));
		reap(pid);
		SEE("after its end", "%s", another_network());
	}
}

CASE(I03, "what holds a network: a descriptor, O_PATH, a socket")
{
	char path[64];
	pid_t pid;
	int fd;

	one_network();
	pid = spawn(patient_net);
	fd = link_there(pid);
	reap(pid);
	SEE("descriptor", "%s", ERR(unshare(CLONE_NEWNET)));
	close(fd);
	SEE("closed", "%s", another_network());
	pid = spawn(patient_net);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	fd = open(path, O_PATH);
	reap(pid);
	SEE("O_PATH", "%s", ERR(unshare(CLONE_NEWNET)));
	close(fd);
	SEE("closed", "%s", another_network());
	pid = spawn(patient_net);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	fd = open(path, O_PATH | O_NOFOLLOW);
	reap(pid);
	SEE("the link itself", "%s", another_network());
	close(fd);
	/* made by a child that has our descriptors, and is gone */
	pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (!pid) {
		patient_net();
		_exit(dup2(unix_socket(SOCK_STREAM), 100) != 100);
	}
	waitpid(pid, NULL, 0);
	for (fd = 3; fd < 100; fd++)
		close(fd);
	SEE("socket", "%s", ERR(unshare(CLONE_NEWNET)));
	close(100);
	SEE("closed", "%s", another_network());
}
