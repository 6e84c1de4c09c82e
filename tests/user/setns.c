// SPDX-License-Identifier: MIT
/* setns(2): rows C01-C07, S12-S14, and traps 7, 8 and 12. */
#include "case.h"
#include <linux/capability.h>
#include <sys/eventfd.h>

#define D "/proc/self/ns/"

static int pidfd_open_(pid_t pid, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static bool in_ns_of(int fd, const char *name)
{
	int own = open_ns(0, name);
	bool same = same_file(fd, own);

	close(own);
	return same;
}

CASE(C01 N7, "what is no namespace, and what is another one")
{
	int p[2], uts = open(D "uts", O_RDONLY);

	CHECK(pipe(p) == 0);
	TRY("-1", setns(-1, 0));
	TRY("closed", setns(999, CLONE_NEWUTS));
	TRY("O_PATH", setns(open(D "uts", O_PATH), 0));
	TRY("O_PATH of the link", setns(open(D "uts", O_PATH | O_NOFOLLOW), 0));
	TRY("regular file", setns(open("/etc/passwd", O_RDONLY), 0));
	TRY("pipe", setns(p[0], 0));
	TRY("eventfd", setns(eventfd(0, 0), 0));
	TRY("socket", setns(socket(AF_UNIX, SOCK_STREAM, 0), 0));
	TRY("ns directory", setns(open("/proc/self/ns", O_RDONLY), 0));
	TRY("/proc/self", setns(open("/proc/self", O_RDONLY), 0));
	TRY("/proc/self, with type",
	    setns(open("/proc/self", O_RDONLY), CLONE_NEWUTS));
	TRY("other type", setns(uts, CLONE_NEWNS));
	TRY("two types", setns(uts, CLONE_NEWUTS | CLONE_NEWNS));
	TRY("flag 1", setns(uts, 1));
	TRY("CLONE_FS", setns(uts, CLONE_FS));
	TRY("minus one", setns(uts, -1));
	TRY("right type", setns(uts, CLONE_NEWUTS));
	TRY("no type", setns(uts, 0));
}

CASE(C01 N7, "every entry with every type")
{
	for (const struct ns_type *t = ns_types; t->name; t++) {
		int fd = open_ns(0, t->name);

		for (const struct ns_type *o = ns_types; o->name; o++) {
			char name[64];

			snprintf(name, sizeof(name), "%s as %s", t->name,
				 o->name);
			if (o->flag != t->flag)
				TRY(name, setns(fd, o->flag));
		}
		TRY(t->name, setns(fd, 0));
		close(fd);
	}
}

CASE(C02 U2, "the first check that fails, unprivileged")
{
	int fd[16], n = 0;

	for (const struct ns_type *t = ns_types; t->name; t++)
		fd[n++] = open_ns(0, t->name);
	become(1000);
	n = 0;
	for (const struct ns_type *t = ns_types; t->name; t++)
		TRY(t->name, setns(fd[n++], 0));
	thread_start();
	n = 0;
	for (const struct ns_type *t = ns_types; t->name; t++) {
		char name[64];

		snprintf(name, sizeof(name), "%s, two threads", t->name);
		TRY(name, setns(fd[n++], 0));
	}
}

CASE(C02, "CAP_SYS_ADMIN alone, CAP_SYS_CHROOT alone")
{
	int uts = open(D "uts", O_RDONLY), mnt = open(D "mnt", O_RDONLY);
	const uint64_t all = CAP_BIT(CAP_SYS_ADMIN) | CAP_BIT(CAP_SYS_CHROOT);

	CHECK(caps_set(CAP_BIT(CAP_SYS_ADMIN), all) == 0);
	TRY("uts with ADMIN", setns(uts, 0));
	TRY("mnt with ADMIN", setns(mnt, 0));
	CHECK(caps_set(CAP_BIT(CAP_SYS_CHROOT), all) == 0);
	TRY("uts with CHROOT", setns(uts, 0));
	TRY("mnt with CHROOT", setns(mnt, 0));
	CHECK(caps_set(all, all) == 0);
	TRY("mnt with both", setns(mnt, 0));
}

CASE(C03, "with two threads: which types can be entered")
{
	int fd[16], n = 0;

	for (const struct ns_type *t = ns_types; t->name; t++)
		fd[n++] = open_ns(0, t->name);
	thread_start();
	n = 0;
	for (const struct ns_type *t = ns_types; t->name; t++)
		TRY(t->name, setns(fd[n++], 0));
}

static void *own_uts(void *arg)
{
	char leader[64], path[64];
	struct stat a, b;

	(void)arg;
	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(sethostname("thread", 6) == 0);
	snprintf(leader, sizeof(leader), "/proc/%d/ns/uts", getpid());
	snprintf(path, sizeof(path), "/proc/%d/task/%d/ns/uts", getpid(),
		 (int)syscall(SYS_gettid));
	CHECK(stat(leader, &a) == 0 && stat(path, &b) == 0);
	SEE("differs from its leader", "%d", a.st_ino != b.st_ino);
	SEE("thread-self", "%d", ino_of("/proc/thread-self/ns/uts") == b.st_ino);
	SEE("self", "%d", ino_of("/proc/self/ns/uts") == a.st_ino);
	return NULL;
}

CASE(C03 I07, "one thread moves alone")
{
	struct utsname u, before;
	pthread_t t;

	uname(&before);
	CHECK(pthread_create(&t, NULL, own_uts, NULL) == 0);
	pthread_join(t, NULL);
	uname(&u);
	SEE("the other stays", "%d", !strcmp(u.nodename, before.nodename));
}

CASE(C04, "pidfd: which flags")
{
	pid_t pid = spawn(NULL);
	int fd = pidfd_open_(pid, 0);

	CHECK(fd >= 0);
	TRY("0", setns(fd, 0));
	TRY("1", setns(fd, 1));
	TRY("NEWUTS|CLONE_FS", setns(fd, CLONE_NEWUTS | CLONE_FS));
	TRY("NEWUTS", setns(fd, CLONE_NEWUTS));
	TRY("NEWPID", setns(fd, CLONE_NEWPID));
	TRY("NEWNS|NEWUTS|NEWPID",
	    setns(fd, CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID));
	kill(pid, SIGKILL);
	siginfo_t si;
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0);
	TRY("zombie", setns(fd, CLONE_NEWUTS));
	waitpid(pid, NULL, 0);
	TRY("reaped", setns(fd, CLONE_NEWUTS));
	TRY("reaped, no flags", setns(fd, 0));
}

static void several_new(void)
{
	CHECK(unshare(CLONE_NEWUTS | CLONE_NEWNS) == 0);
	CHECK(sethostname("several", 7) == 0);
}

CASE(C04 N13, "pidfd: all or nothing")
{
	pid_t pid = spawn(several_new);
	int fd = pidfd_open_(pid, 0), uts = open_ns(0, "uts");
	int mnt = open_ns(0, "mnt");

	TRY("NEWUTS and own NEWUSER", setns(fd, CLONE_NEWUTS | CLONE_NEWUSER));
	SEE("uts as before", "%d", in_ns_of(uts, "uts"));
	TRY("NEWUTS|NEWNS", setns(fd, CLONE_NEWUTS | CLONE_NEWNS));
	SEE("uts, mnt moved", "%d %d", !in_ns_of(uts, "uts"),
	    !in_ns_of(mnt, "mnt"));
	TRY("a file of one in the other", access("/proc/self/ns/uts", F_OK));
	reap(pid);
}

static void drop_all(void)
{
	become(1000);
}

static int root_pidfd;

static void follow_as_1000(void)
{
	pid_t own;

	become(1000);
	TRY("root's", setns(root_pidfd, CLONE_NEWUTS));
	TRY("root's, bad flags", setns(root_pidfd, 1));
	own = spawn(drop_all);
	TRY("one's own, no capability",
	    setns(pidfd_open_(own, 0), CLONE_NEWUTS));
	reap(own);
}

CASE(C04, "pidfd: who may not read the task may not follow it")
{
	pid_t pid = spawn(several_new);

	root_pidfd = pidfd_open_(pid, 0);
	CHECK(in_child(follow_as_1000) == 0);
	reap(pid);
}

static void new_pid_for_children(void)
{
	CHECK(unshare(CLONE_NEWPID) == 0);
}

static void nop(void)
{
}

CASE(C04, "pidfd: NEWPID is the task's own, not its children's")
{
	pid_t pid = spawn(new_pid_for_children);
	int fd = pidfd_open_(pid, 0), own = open_ns(0, "pid");

	TRY("setns", setns(fd, CLONE_NEWPID));
	SEE("for children", "%d", in_ns_of(own, "pid_for_children"));
	SEE("a child", "%s", status_name(in_child(nop)));
	reap(pid);
}

/* ---- C06 -------------------------------------------------------------------- */

static struct pipe_pair go, done;

static int fs_sharer(void *arg)
{
	struct stat *root = arg;

	pipe_say(done);
	pipe_hear(go);
	CHECK(stat("/", root) == 0);
	_exit(0);
}

static void tmpfs_as_root(void)
{
	private_mounts();
	CHECK(mkdir("/mnt/old", 0755) == 0);
	CHECK(chdir("/mnt") == 0);
	CHECK(mount("/mnt", "/", NULL, MS_MOVE, NULL) == 0);
	CHECK(chroot(".") == 0);
}

/* A task that shares our fs and memory; its number. */
static pid_t fs_partner(struct stat *root)
{
	char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	go = pipe_new();
	done = pipe_new();
	pid = clone(fs_sharer, stack + 65536, CLONE_VM | CLONE_FS | SIGCHLD,
		    root);
	CHECK(pid > 0);
	pipe_hear(done);
	return pid;
}

CASE(C06 S13 U1, "with a shared fs: refused alone, taken with another type")
{
	struct stat theirs = { 0 }, before, after;
	pid_t pid = spawn(tmpfs_as_root), partner;
	int fd = pidfd_open_(pid, 0), mnt = open_ns(pid, "mnt");
	char link[64];
	ino_t partner_mnt;

	CHECK(stat("/", &before) == 0);
	partner = fs_partner(&theirs);
	snprintf(link, sizeof(link), "/proc/%d/ns/mnt", partner);
	partner_mnt = ino_of(link);
	TRY("by fd", setns(mnt, 0));
	TRY("by pidfd, NEWNS", setns(fd, CLONE_NEWNS));
	TRY("NEWNS|NEWUTS", setns(fd, CLONE_NEWNS | CLONE_NEWUTS));
	CHECK(stat("/", &after) == 0);
	SEE("root is another", "%d",
	    after.st_dev != before.st_dev || after.st_ino != before.st_ino);
	pipe_say(go);
	waitpid(partner, NULL, 0);
	SEE("partner's too", "%d",
	    theirs.st_dev == after.st_dev && theirs.st_ino == after.st_ino);
	SEE("its mount namespace had a number", "%d", partner_mnt != 0);
	reap(pid);
}

CASE(U1, "unshare of mounts takes a shared fs apart")
{
	struct stat theirs = { 0 }, ours;
	pid_t partner = fs_partner(&theirs);

	TRY("unshare", unshare(CLONE_NEWNS));
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(chroot("/tmp") == 0);
	pipe_say(go);
	waitpid(partner, NULL, 0);
	CHECK(stat("/", &ours) == 0);
	SEE("partner's root is not ours", "%d",
	    theirs.st_dev != ours.st_dev || theirs.st_ino != ours.st_ino);
}

/* ---- C07 -------------------------------------------------------------------- */

CASE(C07, "pidfd_open")
{
	char path[64], text[64];
	pid_t pid = spawn(NULL);
	int fd = pidfd_open_(pid, 0);
	ssize_t n;

	TRY("0", pidfd_open_(0, 0));
	TRY("-1", pidfd_open_(-1, 0));
	TRY("absent", pidfd_open_(99999999, 0));
	TRY("flag 1", pidfd_open_(pid, 1));
	TRY("O_NONBLOCK", pidfd_open_(pid, O_NONBLOCK));
	n = readlink(fd_path(fd), text, sizeof(text));
	SEE("link", "%.*s", (int)n, text);
	SEE("close-on-exec", "%d", fcntl(fd, F_GETFD));
	SEE("F_GETFL", "%#x", fcntl(fd, F_GETFL));
	SEE("fdinfo Pid", "%d", atoi(field((snprintf(path, sizeof(path),
						     "/proc/self/fdinfo/%d",
						     fd), path), "Pid:")) ==
				pid);
	TRY("read", read(fd, text, 1));
	reap(pid);
	SEE("fdinfo Pid then", "%s", field(path, "Pid:"));
	TRY("reaped", pidfd_open_(pid, 0));
}

/* ---- S12: pid namespaces ---------------------------------------------------- */

static int first_of(void)
{
	return getpid() == 2 && getppid() == 0 ? 0 : 1;
}

static void is_second(void)
{
	SEE("pid, ppid", "%d %d", getpid(), getppid());
	CHECK(first_of() == 0);
}

CASE(S12 RS8, "setns(pid) moves children, never oneself")
{
	pid_t init;
	int own = open_ns(0, "pid"), inner;

	CHECK(unshare(CLONE_NEWPID) == 0);
	init = spawn(NULL);
	inner = open_ns(init, "pid");
	TRY("back to one's own", setns(own, CLONE_NEWPID));
	SEE("for children", "%d", in_ns_of(own, "pid_for_children"));
	TRY("down", setns(inner, CLONE_NEWPID));
	SEE("own unchanged", "%d", in_ns_of(own, "pid"));
	SEE("for children", "%d", in_ns_of(inner, "pid_for_children"));
	CHECK(in_child(is_second) == 0);
	CHECK(setns(own, 0) == 0);
	reap(init);
}

static int outer_fd, sibling_fd;

static void inside_tries(void)
{
	int own = open_ns(0, "pid");

	TRY("parent", setns(outer_fd, CLONE_NEWPID));
	TRY("sibling", setns(sibling_fd, CLONE_NEWPID));
	TRY("own", setns(own, CLONE_NEWPID));
	TRY("parent's ioctl", ioctl(own, 0xb702));
}

CASE(S12 RS8, "no way to a parent or a sibling")
{
	pid_t sibling;
	int own = open_ns(0, "pid");

	CHECK(unshare(CLONE_NEWPID) == 0);
	sibling = spawn(NULL);
	sibling_fd = open_ns(sibling, "pid");
	outer_fd = own;
	CHECK(setns(own, 0) == 0);
	CHECK(unshare(CLONE_NEWPID) == 0);
	CHECK(in_child(inside_tries) == 0);
	reap(sibling);
}

/* ---- S13: mount namespaces --------------------------------------------------- */

static void overmount_root(void)
{
	private_mounts();
	write_file("/mnt/marker", "");
	CHECK(mount("/mnt", "/", NULL, MS_MOVE, NULL) == 0);
}

CASE(S13, "root and cwd are the top of the stack on the new root")
{
	pid_t pid = spawn(overmount_root);
	int mnt = open_ns(pid, "mnt");
	char cwd[64] = "";

	CHECK(chdir("/etc") == 0);
	TRY("setns", setns(mnt, CLONE_NEWNS));
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	SEE("cwd", "%s", cwd);
	TRY("the overmount", access("/marker", F_OK));
	TRY("from cwd", access("marker", F_OK));
	reap(pid);
}

CASE(S13, "setns leaves a chroot")
{
	int mnt = open_ns(0, "mnt");
	char cwd[64] = "";

	CHECK(chroot("/etc") == 0 && chdir("/") == 0);
	TRY("before", access("/passwd", F_OK));
	TRY("setns", setns(mnt, CLONE_NEWNS));
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	SEE("cwd", "%s", cwd);
	TRY("real root", access("/etc/passwd", F_OK));
}

/* ---- S14: user namespaces ---------------------------------------------------- */

CASE(S14, "one's own user namespace cannot be entered")
{
	int user = open_ns(0, "user");

	TRY("root", setns(user, 0));
	TRY("root, typed", setns(user, CLONE_NEWUSER));
	thread_start();
	TRY("two threads", setns(user, 0));
	become(1000);
	TRY("uid 1000", setns(user, 0));
}

static void new_user(void)
{
	CHECK(unshare(CLONE_NEWUSER) == 0);
}

static void user_with_uts(void)
{
	become(1000);
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS) == 0);
}

CASE(S14, "entering a child user namespace: all capabilities, no way back")
{
	pid_t pid = spawn(new_user);
	int child = open_ns(pid, "user"), own = open_ns(0, "user");

	TRY("setns", setns(child, CLONE_NEWUSER));
	SEE("CapEff", "%s", field("/proc/self/status", "CapEff:"));
	SEE("CapInh", "%s", field("/proc/self/status", "CapInh:"));
	SEE("securebits", "%d", prctl(PR_GET_SECUREBITS));
	TRY("back", setns(own, CLONE_NEWUSER));
	TRY("again", setns(child, CLONE_NEWUSER));
	TRY("NS_GET_PARENT", ioctl(child, 0xb702));
	reap(pid);
}

static int foreign_user, foreign_uts;

static void enter_as_1001(void)
{
	become(1001);
	TRY("user", setns(foreign_user, 0));
	TRY("uts", setns(foreign_uts, 0));
}

CASE(S14, "a foreign user namespace is not for uid 1001")
{
	pid_t pid = spawn(user_with_uts);

	foreign_user = open_ns(pid, "user");
	foreign_uts = open_ns(pid, "uts");
	CHECK(in_child(enter_as_1001) == 0);
	reap(pid);
}

CASE(C05 E09, "its creator enters everything at once, or nothing")
{
	pid_t pid;
	int fd, user;

	become(1000);
	pid = spawn(user_with_uts);
	fd = pidfd_open_(pid, 0);
	user = open_ns(0, "user");
	TRY("NEWUTS", setns(fd, CLONE_NEWUTS));
	TRY("NEWUSER|NEWPID", setns(fd, CLONE_NEWUSER | CLONE_NEWPID));
	SEE("user as before", "%d", in_ns_of(user, "user"));
	TRY("NEWUSER|NEWUTS|NEWNS",
	    setns(fd, CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS));
	SEE("user as before", "%d", in_ns_of(user, "user"));
	TRY("sethostname", sethostname("inner", 5));
	reap(pid);
}

CASE(S14, "a user namespace can be bound")
{
	private_mounts();
	write_file("/mnt/u", "");
	TRY("bind", mount(D "user", "/mnt/u", NULL, MS_BIND, NULL));
	SEE("same", "%d", ino_of("/mnt/u") == ino_of(D "user"));
	TRY("setns", setns(open("/mnt/u", O_RDONLY), 0));
}

CASE(RS11, "20 000 refused setns leave nothing")
{
	int user = open_ns(0, "user"), uts = open_ns(0, "uts");
	long bad = 0;

	for (int i = 0; i < 20000; i++) {
		bad += setns(user, 0) != -1 || errno != EINVAL;
		bad += setns(uts, CLONE_NEWNS) != -1 || errno != EINVAL;
	}
	SEE("other than EINVAL", "%ld", bad);
}
