// SPDX-License-Identifier: MIT
/* Uts namespaces and the limits of namespaces: H01, H02, E13, I01-I03, S08. */
#include "case.h"

#define D "/proc/self/ns/"
#define HOSTNAME "/proc/sys/kernel/hostname"

static const char *nodename(void)
{
	static struct utsname u;

	uname(&u);
	return u.nodename;
}

CASE(H01, "sethostname")
{
	char name[66];

	memset(name, 'n', sizeof(name));
	CHECK(unshare(CLONE_NEWUTS) == 0);
	TRY("64", sethostname(name, 64));
	SEE("length", "%zu", strlen(nodename()));
	TRY("65", sethostname(name, 65));
	TRY("-1", sethostname(name, (size_t)-1));
	TRY("0", sethostname(name, 0));
	SEE("length", "%zu", strlen(nodename()));
	TRY("bad pointer", sethostname((char *)8, 4));
	TRY("NUL inside", sethostname("a\0b", 3));
	SEE("name", "%s", nodename());
	TRY("setdomainname 64", setdomainname(name, 64));
	TRY("setdomainname 65", setdomainname(name, 65));
	become(1000);
	TRY("unprivileged", sethostname("x", 1));
	TRY("unprivileged, 65", sethostname(name, 65));
}

CASE(H02 P12, "the hostname sysctl is of who reads, not of who opened")
{
	char buf[128];
	int fd = open(HOSTNAME, O_RDWR);
	ssize_t n;

	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(sethostname("inner", 5) == 0);
	n = pread(fd, buf, sizeof(buf), 0);
	SEE("read through the old fd", "%.*s", (int)(n > 0 ? n - 1 : 0), buf);
	TRY("write through it", pwrite(fd, "other\n", 6, 0));
	SEE("nodename", "%s", nodename());
	TRY("ostype", open("/proc/sys/kernel/ostype", O_WRONLY));
	TRY("osrelease", open("/proc/sys/kernel/osrelease", O_WRONLY));
	SEE("ostype", "%s", field("/proc/sys/kernel/ostype", "Lin"));
}

CASE(E13, "the sysctl asks the file's mode, the call asks for capability")
{
	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(unshare(CLONE_NEWUSER) == 0);
	TRY("sethostname", sethostname("x", 1));
	TRY("sysctl", open(HOSTNAME, O_WRONLY));
}

/* ---- limits ------------------------------------------------------------------------ */

static void map_root(void)
{
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
}

static int set_max(const char *type, const char *text)
{
	char path[64];
	int fd, r;

	snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", type);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -1;
	r = write(fd, text, strlen(text)) < 0 ? -1 : 0;
	close(fd);
	return r;
}

static const char *max_of(const char *type)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", type);
	return field(path, "");
}

static const char *const kinds[] = { "uts", "pid", "mnt", "user" };

CASE(I01, "max_*_namespaces: the files")
{
	struct stat st;

	CHECK(unshare(CLONE_NEWUSER) == 0);
	map_root();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		SEE(kinds[i], "%s", max_of(kinds[i]));
		TRY("-1", set_max(kinds[i], "-1"));
		TRY("2^31", set_max(kinds[i], "2147483648"));
		TRY("word", set_max(kinds[i], "x"));
		TRY("7", set_max(kinds[i], "7\n"));
		SEE(kinds[i], "%s", max_of(kinds[i]));
	}
	CHECK(stat("/proc/sys/user/max_uts_namespaces", &st) == 0);
	SEE("mode", "%o", st.st_mode);
}

CASE(I02 U26, "what is charged, and to whom")
{
	CHECK(unshare(CLONE_NEWUSER) == 0);
	map_root();
	CHECK(set_max("uts", "2") == 0);
	TRY("first", unshare(CLONE_NEWUTS));
	TRY("second, the first goes", unshare(CLONE_NEWUTS));
	TRY("third", unshare(CLONE_NEWUTS));
	int fd = open(D "uts", O_RDONLY);
	TRY("with one held", unshare(CLONE_NEWUTS));
	TRY("no room", unshare(CLONE_NEWUTS));
	TRY("clone", fork_flags(CLONE_NEWUTS));
	close(fd);
	TRY("room again", unshare(CLONE_NEWUTS));
	CHECK(set_max("uts", "0") == 0);
	TRY("none allowed", unshare(CLONE_NEWUTS));
	TRY("others are", unshare(CLONE_NEWNS));
	SEE("NEWNS|NEWUTS", "%s", ERR(unshare(CLONE_NEWNS | CLONE_NEWUTS)));
	TRY("and still are", unshare(CLONE_NEWNS));
}

static void nested_group(void)
{
	pid_t children[3] = { 0 };

	CHECK(unshare(CLONE_NEWUSER) == 0);
	SEE("its own limit", "%s", max_of("uts"));
	for (int i = 0; i < 3; i++) {
		children[i] = fork_flags(CLONE_NEWUTS);
		if (children[i] == 0)
			for (;;)
				pause();
		SEE("one more", "%s", children[i] > 0 ? "ok" : err_name(errno));
	}
	for (int i = 0; i < 3; i++)
		if (children[i] > 0)
			reap(children[i]);
}

CASE(I02, "a child's namespaces are charged to the parent too")
{
	CHECK(unshare(CLONE_NEWUSER) == 0);
	map_root();
	CHECK(set_max("uts", "3") == 0);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(in_child(nested_group) == 0);
}

CASE(M9 I02, "a failed unshare charges nothing and moves no cwd")
{
	char cwd[64] = "";

	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
	map_root();
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
	CHECK(chdir("/mnt") == 0 && mkdir("d", 0755) == 0);
	CHECK(set_max("uts", "0") == 0);
	CHECK(set_max("mnt", "3") == 0);
	for (int i = 0; i < 10; i++)
		CHECK(unshare(CLONE_NEWNS | CLONE_NEWUTS) == -1 &&
		      errno == ENOSPC);
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	SEE("cwd", "%s", cwd);
	TRY("mount in cwd", mount("t", "d", "tmpfs", 0, NULL));
	TRY("NEWNS alone", unshare(CLONE_NEWNS));
}

/* Is another uts namespace allowed? Tried for up to 2 s: Linux may be late. */
static const char *room(void)
{
	for (int i = 0; i < 200; i++) {
		pid_t pid = fork_flags(CLONE_NEWUTS);

		if (pid == 0)
			_exit(0);
		if (pid > 0) {
			waitpid(pid, NULL, 0);
			return "free";
		}
		usleep(10000);
	}
	return "held";
}

static const char *no_room(void)
{
	pid_t pid = fork_flags(CLONE_NEWUTS);

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return "held";
	waitpid(pid, NULL, 0);
	return "free";
}

static pid_t holder_of_uts(void)
{
	pid_t pid = fork_flags(CLONE_NEWUTS);

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static void send_fd(int sock, int fd)
{
	char c = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &c, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &fd, sizeof(fd));
	CHECK(sendmsg(sock, &m, 0) == 1);
}

CASE(I03 RS3, "who holds a namespace, and who does not")
{
	char path[64], buf[64];
	struct stat st;
	int fd, sv[2];
	pid_t pid;

	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
	map_root();
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
	write_file("/mnt/f", "");
	CHECK(set_max("uts", "1") == 0);
	SEE("at first", "%s", no_room());

	pid = holder_of_uts();
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	SEE("a task", "%s", no_room());
	CHECK(lstat(path, &st) == 0 && readlink(path, buf, 64) > 0);
	fd = open(path, O_PATH | O_NOFOLLOW);
	reap(pid);
	SEE("lstat, readlink, O_PATH of the link", "%s", room());
	close(fd);

	pid = holder_of_uts();
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	fd = open(path, O_RDONLY);
	reap(pid);
	SEE("an open file", "%s", no_room());
	close(fd);
	SEE("closed", "%s", room());

	pid = holder_of_uts();
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	fd = open(path, O_PATH);
	reap(pid);
	SEE("O_PATH of the file", "%s", no_room());
	close(fd);
	SEE("closed", "%s", room());

	pid = holder_of_uts();
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	CHECK(mount(path, "/mnt/f", NULL, MS_BIND, NULL) == 0);
	reap(pid);
	SEE("a bind mount", "%s", no_room());
	CHECK(umount("/mnt/f") == 0);
	SEE("umounted", "%s", room());

	pid = holder_of_uts();
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	fd = open(path, O_RDONLY);
	send_fd(sv[0], fd);
	close(fd);
	reap(pid);
	SEE("in flight", "%s", no_room());
	close(sv[0]);
	close(sv[1]);
	SEE("never received", "%s", room());
}

CASE(S08 RS3, "looking at a namespace leaves nothing that holds it")
{
	int good = 0;

	CHECK(unshare(CLONE_NEWUSER) == 0);
	map_root();
	CHECK(set_max("uts", "1") == 0);
	for (int i = 0; i < 5; i++) {
		char path[64], buf[64];
		struct stat st;
		pid_t pid = holder_of_uts();
		int fd;

		if (pid < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
		CHECK(stat(path, &st) == 0 && lstat(path, &st) == 0);
		CHECK(readlink(path, buf, sizeof(buf)) > 0);
		fd = open(path, O_RDONLY);
		CHECK(fd >= 0 && close(fd) == 0);
		reap(pid);
		good += !strcmp(room(), "free");
	}
	SEE("rounds", "%d", good);
}

CASE(I03, "10 000 namespaces come and go")
{
	long failed = 0;

	for (int i = 0; i < 10000; i++) {
		int fd;

		failed += unshare(CLONE_NEWUTS) != 0;
		fd = open(D "uts", O_RDONLY);
		failed += fd < 0 || close(fd) != 0;
	}
	SEE("failed", "%ld", failed);
}
