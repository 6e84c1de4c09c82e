// SPDX-License-Identifier: MIT
/* The ipc namespace: what it isolates, who may enter it, what keeps it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "case.h"

#define D "/proc/self/ns/"

static int ns_open(void)
{
	return open(D "ipc", O_RDONLY);
}

CASE(S04, "a new ipc namespace is empty; setns finds the old one again")
{
	ino_t first, second;
	int fd;

	SEE("link", "%s", link_type(D "ipc"));
	CHECK(unshare(CLONE_NEWIPC) == 0);
	first = ino_of(D "ipc");
	fd = ns_open();
	CHECK(shmget(0x1234, 4096, IPC_CREAT | 0600) == 0);
	CHECK(semget(0x1234, 1, IPC_CREAT | 0600) == 0);
	CHECK(msgget(0x1234, IPC_CREAT | 0600) == 0);
	SEE("unshare", "%s", ERR(unshare(CLONE_NEWIPC)));
	second = ino_of(D "ipc");
	SEE("another number", "%d", first != second);
	SEE("shm, sem, msg", "%s %s %s", ERR(shmget(0x1234, 0, 0)),
	    ERR(semget(0x1234, 0, 0)), ERR(msgget(0x1234, 0)));
	SEE("ids begin anew", "%d %d %d", shmget(1, 1, IPC_CREAT | 0600),
	    semget(1, 1, IPC_CREAT | 0600), msgget(1, IPC_CREAT | 0600));
	SEE("other types", "%s %s", ERR(setns(fd, CLONE_NEWUTS)),
	    ERR(setns(fd, CLONE_NEWIPC | CLONE_NEWUTS)));
	SEE("setns", "%s", ERR(setns(fd, CLONE_NEWIPC)));
	SEE("the same number", "%d", first == ino_of(D "ipc"));
	SEE("shm, sem, msg", "%d %d %d", shmget(0x1234, 0, 0),
	    semget(0x1234, 0, 0), msgget(0x1234, 0));
	SEE("setns to where it is", "%s", ERR(setns(fd, 0)));
}

CASE(H03, "attached memory stays when the task leaves; its id means nothing")
{
	struct shmid_ds ds;
	char *p;
	int id;

	CHECK(unshare(CLONE_NEWIPC) == 0);
	id = shmget(0x77, 4096, IPC_CREAT | 0600);
	p = shmat(id, NULL, 0);
	strcpy(p, "mine");
	CHECK(unshare(CLONE_NEWIPC) == 0);
	SEE("memory", "%s", p);
	SEE("its id", "%s", ERR(shmctl(id, IPC_STAT, &ds)));
	strcpy(p, "written");
	SEE("memory", "%s", p);
	SEE("in the maps", "%d",
	    !!strstr(read_file("/proc/self/maps"), "/SYSV00000077"));
	SEE("shmdt", "%s", ERR(shmdt(p)));
}

static void two_objects(void)
{
	CHECK(unshare(CLONE_NEWIPC) == 0);
	CHECK(shmget(0x51, 8192, IPC_CREAT | 0600) == 0);
	CHECK(msgget(0x52, IPC_CREAT | 0600) == 0);
}

CASE(S01, "an open link keeps the namespace, and its objects, of a dead task")
{
	char path[64];
	pid_t pid = spawn(two_objects);
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/ipc", pid);
	fd = open(path, O_RDONLY);
	reap(pid);
	SEE("setns", "%s", ERR(setns(fd, 0)));
	SEE("found", "%d %d", shmget(0x51, 0, 0), msgget(0x52, 0));
}

/* Lines of a file, and the fields @from.. @to of its second. */
static void see_list(const char *file, int from, int to)
{
	char text[512] = "", *word, *line;
	char *s = strdup(read_file(file));
	int lines = 0, i = 0;

	for (char *c = s; *c; c++)
		lines += *c == '\n';
	SEE(file, "%d lines", lines);
	line = strchr(s, '\n');
	for (word = line ? strtok(line, " \n") : NULL; word && i <= to;
	     word = strtok(NULL, " \n"), i++)
		if (i >= from) {
			strcat(text, word);
			strcat(text, " ");
		}
	SEE("fields", "%s|", text);
	free(s);
}

static void see_header(const char *file)
{
	const char *text = read_file(file);

	SEE("header", "%.*s", (int)strcspn(text, "\n"), text);
}

CASE(H03, "/proc/sysvipc shows the reader's namespace")
{
	struct {
		long type;
		char text[8];
	} m = { 1, "abc" };
	int shm;

	CHECK(unshare(CLONE_NEWIPC) == 0);
	see_list("/proc/sysvipc/shm", 0, 3);
	shm = shmget(5, 5000, IPC_CREAT | 0640);
	CHECK(shmat(shm, NULL, 0) != (void *)-1);
	semget(6, 3, IPC_CREAT | 0600);
	CHECK(msgsnd(msgget(7, IPC_CREAT | 0622), &m, 4, 0) == 0);
	see_list("/proc/sysvipc/shm", 0, 3);
	see_list("/proc/sysvipc/shm", 6, 10);
	see_list("/proc/sysvipc/sem", 0, 7);
	see_list("/proc/sysvipc/msg", 0, 4);
	CHECK(unshare(CLONE_NEWIPC) == 0);
	see_list("/proc/sysvipc/shm", 0, 3);
	see_list("/proc/sysvipc/msg", 0, 3);
	see_header("/proc/sysvipc/shm");
	see_header("/proc/sysvipc/sem");
	see_header("/proc/sysvipc/msg");
}

/* How many objects the open file lists. */
static int listed(int fd)
{
	char buf[4096];
	ssize_t n = pread(fd, buf, sizeof(buf), 0);
	int lines = 0;

	for (ssize_t i = 0; i < n; i++)
		lines += buf[i] == '\n';
	return lines - 1;
}

CASE(H03, "/proc/sysvipc: an open file stays with the opener's namespace")
{
	int old, new, ns;

	CHECK(unshare(CLONE_NEWIPC) == 0);
	ns = ns_open();
	old = open("/proc/sysvipc/shm", O_RDONLY);
	shmget(5, 5000, IPC_CREAT | 0640);
	SEE("made after it was opened", "%d", listed(old));
	CHECK(unshare(CLONE_NEWIPC) == 0);
	new = open("/proc/sysvipc/shm", O_RDONLY);
	SEE("in another", "%d, opened there %d", listed(old), listed(new));
	CHECK(setns(ns, 0) == 0);
	SEE("back", "%d, opened there %d", listed(old), listed(new));
}

/* The lpid of the one segment; 0: of a process that cannot be named. */
static int last_pid(int fd)
{
	char buf[4096];
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);
	int lpid = -1;

	buf[n > 0 ? n : 0] = '\0';
	sscanf(strchr(buf, '\n') + 1, "%*d %*d %*o %*u %*u %d", &lpid);
	return lpid;
}

static const char *who(int nr, pid_t self)
{
	return nr == self ? "by its own number" : nr == 0 ? "0" :
	       nr == 1	  ? "as 1"		: "?";
}

CASE(H03, "/proc/sysvipc: pids are those of the opener's pid namespace")
{
	pid_t self = getpid(), pid;
	int outside, status;

	CHECK(unshare(CLONE_NEWIPC) == 0);
	CHECK(shmat(shmget(5, 5000, IPC_CREAT | 0640), NULL, 0) != (void *)-1);
	outside = open("/proc/sysvipc/shm", O_RDONLY);
	SEE("self", "%s", who(last_pid(outside), self));
	pid = fork_flags(CLONE_NEWPID);
	if (pid == 0) {
		int inside = open("/proc/sysvipc/shm", O_RDONLY);

		SEE("read inside, opened outside", "%s",
		    who(last_pid(outside), self));
		SEE("both inside", "%s", who(last_pid(inside), self));
		fflush(stdout);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void see_sysctl(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	SEE(name, "%.*s", (int)strcspn(read_file(path), "\n"),
	    read_file(path));
}

/* The errno of writing @text, and what is there then. */
static void try_sysctl(const char *name, const char *text)
{
	char path[64], what[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	snprintf(what, sizeof(what), "%s < %s", name, text);
	fd = open(path, O_WRONLY);
	SEE(what, "%s", ERR(write(fd, text, strlen(text))));
	close(fd);
	see_sysctl(name);
}

CASE(H03, "sysctls: the defaults of a new namespace")
{
	static const char *const all[] = {
		"kernel/msgmax",	"kernel/msgmnb",
		"kernel/msgmni",	"kernel/shmmax",
		"kernel/shmall",	"kernel/shmmni",
		"kernel/sem",		"kernel/shm_rmid_forced",
		"fs/mqueue/msg_default", "fs/mqueue/msg_max",
		"fs/mqueue/msgsize_default", "fs/mqueue/msgsize_max",
		"fs/mqueue/queues_max",
	};

	CHECK(unshare(CLONE_NEWIPC) == 0);
	write_file("/proc/sys/kernel/msgmax", "77\n");
	write_file("/proc/sys/fs/mqueue/msg_max", "77\n");
	CHECK(unshare(CLONE_NEWIPC) == 0);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		see_sysctl(all[i]);
}

CASE(H03, "sysctls: what can be written")
{
	CHECK(unshare(CLONE_NEWIPC) == 0);
	try_sysctl("kernel/msgmax", "-1");
	try_sysctl("kernel/msgmax", "2147483647");
	try_sysctl("kernel/msgmax", "2147483648");
	try_sysctl("kernel/msgmax", "5 6");
	try_sysctl("kernel/msgmax", "5x");
	try_sysctl("kernel/msgmni", "32768");
	try_sysctl("kernel/msgmni", "32769");
	try_sysctl("kernel/shmmni", "32769");
	try_sysctl("kernel/shmmax", "18446744073709551615");
	try_sysctl("kernel/shm_rmid_forced", "2");
	try_sysctl("kernel/shm_rmid_forced", "1");
	try_sysctl("kernel/sem", "1 2 3 4");
	try_sysctl("kernel/sem", "5\t6");
	try_sysctl("kernel/sem", "1 2 3 40000");
	try_sysctl("fs/mqueue/msg_max", "0");
	try_sysctl("fs/mqueue/msg_max", "65536");
	try_sysctl("fs/mqueue/msg_max", "65537");
	try_sysctl("fs/mqueue/msgsize_max", "127");
	try_sysctl("fs/mqueue/msgsize_max", "16777217");
}

static int other_fd;

static void unprivileged(void)
{
	become(1001);
	SEE("unshare", "%s", ERR(unshare(CLONE_NEWIPC)));
	SEE("setns", "%s", ERR(setns(other_fd, 0)));
	SEE("setns to its own", "%s", ERR(setns(ns_open(), 0)));
	SEE("clone with SYSVSEM", "%s",
	    ERR(syscall(SYS_clone, CLONE_NEWIPC | CLONE_SYSVSEM | SIGCHLD, 0,
			0, 0, 0)));
	SEE("with a user namespace", "%s",
	    ERR(unshare(CLONE_NEWUSER | CLONE_NEWIPC)));
	SEE("then", "%s", ERR(unshare(CLONE_NEWIPC)));
}

CASE(C02, "without CAP_SYS_ADMIN")
{
	other_fd = ns_open();
	CHECK(unshare(CLONE_NEWIPC) == 0);
	CHECK(in_child(unprivileged) == 0);
}

CASE(D01, "clone: CLONE_NEWIPC is not with CLONE_SYSVSEM")
{
	pid_t pid;

	SEE("both", "%s",
	    ERR(syscall(SYS_clone, CLONE_NEWIPC | CLONE_SYSVSEM | SIGCHLD, 0,
			0, 0, 0)));
	SEE("unshare of both", "%s",
	    ERR(unshare(CLONE_NEWIPC | CLONE_SYSVSEM)));
	CHECK(shmget(9, 1, IPC_CREAT | 0600) == 0);
	fflush(stdout);
	pid = (pid_t)syscall(SYS_clone, CLONE_NEWIPC | SIGCHLD, 0, 0, 0, 0);
	if (!pid) {
		SEE("in the child", "%s", ERR(shmget(9, 0, 0)));
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	SEE("in the parent", "%d", shmget(9, 0, 0));
}

static void *thread(void *arg)
{
	ino_t before = ino_of("/proc/thread-self/ns/ipc");

	(void)arg;
	SEE("unshare in a thread", "%s", ERR(unshare(CLONE_NEWIPC)));
	SEE("its own has changed", "%d",
	    before != ino_of("/proc/thread-self/ns/ipc"));
	SEE("the leader's not", "%d", before == ino_of(D "ipc"));
	SEE("setns in a thread", "%s", ERR(setns(ns_open(), CLONE_NEWIPC)));
	SEE("as before", "%d", before == ino_of("/proc/thread-self/ns/ipc"));
	return NULL;
}

CASE(C03, "a thread alone can change its ipc namespace")
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, thread, NULL) == 0);
	CHECK(pthread_join(t, NULL) == 0);
}

static void in_userns(void)
{
	struct shmid_ds ds;

	become(1002);
	CHECK(unshare(CLONE_NEWUSER) == 0);
	SEE("uid", "%d", (int)getuid());
	SEE("object of root", "%s", ERR(shmctl(0, IPC_STAT, &ds)));
	SEE("IPC_RMID", "%s", ERR(shmctl(0, IPC_RMID, NULL)));
	CHECK(unshare(CLONE_NEWNS) == 0);
	SEE("mount an mqueue", "%s",
	    ERR(mount("q", "/mnt", "mqueue", 0, NULL)));
	CHECK(unshare(CLONE_NEWIPC) == 0);
	SEE("of the own", "%s", ERR(mount("q", "/mnt", "mqueue", 0, NULL)));
	SEE("own object", "%d", shmget(IPC_PRIVATE, 1, 0600));
	CHECK(shmctl(0, IPC_STAT, &ds) == 0);
	SEE("its owner", "%d", (int)ds.shm_perm.uid);
	ds.shm_perm.uid = 1;
	SEE("to an id not mapped", "%s", ERR(shmctl(0, IPC_SET, &ds)));
	CHECK(umount2("/mnt", MNT_DETACH) == 0);
}

CASE(E12, "power over an ipc namespace is its owner's")
{
	CHECK(unshare(CLONE_NEWIPC) == 0);
	CHECK(shmget(1, 1, IPC_CREAT | 0600) == 0);
	CHECK(in_child(in_userns) == 0);
}

static void sysctl_of_owner(void)
{
	SEE("another's", "%s",
	    ERR(open("/proc/sys/kernel/msgmax", O_WRONLY)));
	SEE("another's mqueue", "%s",
	    ERR(open("/proc/sys/fs/mqueue/msg_max", O_WRONLY)));
	CHECK(unshare(CLONE_NEWIPC) == 0);
	SEE("the own", "%s", ERR(open("/proc/sys/kernel/msgmax", O_WRONLY)));
	SEE("the own mqueue", "%s",
	    ERR(open("/proc/sys/fs/mqueue/msg_max", O_WRONLY)));
	SEE("the own sem", "%s", ERR(open("/proc/sys/kernel/sem", O_WRONLY)));
	try_sysctl("kernel/msgmax", "99");
}

/* A root of a user namespace of uid 1002's. */
static void root_within(void)
{
	int up[2], down[2];
	char c = 0;
	pid_t pid;

	CHECK(pipe(up) == 0 && pipe(down) == 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%d/uid_map", getppid());
		if (read(up[0], &c, 1) != 1)
			_exit(1);
		write_file(path, "0 1002 1\n");
		_exit(write(down[1], &c, 1) != 1);
	}
	become(1002);
	CHECK(unshare(CLONE_NEWUSER) == 0);
	CHECK(write(up[1], &c, 1) == 1 && read(down[0], &c, 1) == 1);
	waitpid(pid, NULL, 0);
	SEE("uid", "%d", (int)getuid());
	sysctl_of_owner();
}

CASE(H03, "sysctls are written by the root who owns the namespace")
{
	CHECK(in_child(root_within) == 0);
}

/* unshare of ipc; Linux 6.1 frees namespaces later, so that one may have to wait
 * for room. */
static int unshare_ipc(void)
{
	for (int i = 0; i < 200; i++) {
		if (!unshare(CLONE_NEWIPC))
			return 0;
		usleep(10000);
	}
	return -1;
}

/* How many ipc namespaces more can current make, at most two? */
static int room_now(void)
{
	int fd = ns_open(), first = -1, n = 0;

	if (!unshare(CLONE_NEWIPC)) {
		n = 1;
		first = ns_open();
		n += !unshare(CLONE_NEWIPC);
	}
	CHECK(setns(fd, 0) == 0);
	close(first);
	close(fd);
	return n;
}

/* The same, after what is to be freed has been: as many as @want, or fewer.
 * Asking makes more to be freed (Linux 6.1 does it later), so not too often. */
static int room(int want)
{
	int n = room_now();

	for (useconds_t i = 1; i < 80 && n < want; i++) {
		usleep(i * 10000);
		n = room_now();
	}
	return n;
}

static void attached_ns(void)
{
	void *p;
	int fd = ns_open();

	CHECK(unshare_ipc() == 0);
	p = shmat(shmget(IPC_PRIVATE, 4096, 0600), NULL, 0);
	CHECK(setns(fd, 0) == 0);
	close(fd);
	SEE("while attached", "%d", room(1));
	CHECK(shmdt(p) == 0);
	SEE("after shmdt", "%d", room(2));
}

static void holders(void)
{
	int home, fd, link;

	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWIPC) == 0);
	write_file("/proc/sys/user/max_ipc_namespaces", "3\n");
	SEE("at first", "%d", room(2));
	home = ns_open();
	CHECK(unshare_ipc() == 0);
	fd = ns_open();
	link = open(D "ipc", O_PATH | O_NOFOLLOW);
	CHECK(setns(home, 0) == 0);
	SEE("open file", "%d", room(1));
	close(fd);
	SEE("path of the link", "%d", room(2));
	close(link);
	attached_ns();
}

CASE(I03, "what keeps an ipc namespace: files, attached memory; not the link")
{
	CHECK(in_child(holders) == 0);
}
