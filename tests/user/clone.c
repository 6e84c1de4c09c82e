// SPDX-License-Identifier: MIT
/* clone(2), clone3(2) and unshare(2): rows D01-D12, traps 8 and 13. */
#include "case.h"

#define D "/proc/self/ns/"

static const int every_type = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
			      CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |
			      CLONE_NEWCGROUP | 0x80;

/* Those of ns_types. */
static int known_types(void)
{
	int all = 0;

	for (const struct ns_type *t = ns_types; t->name; t++)
		all |= t->flag;
	return all;
}

static int exit_7(void *arg)
{
	(void)arg;
	_exit(7);
}

/* clone(@flags) of a child that ends with 7: "ok", or the errno's name. */
static const char *clone_try(unsigned long flags)
{
	static char stack[65536] __attribute__((aligned(16)));
	int status = 0, tid;
	pid_t pid;

	errno = 0;
	pid = clone(exit_7, stack + sizeof(stack), (int)flags, NULL, &tid, NULL,
		    &tid);
	if (pid < 0)
		return err_name(errno);
	if (flags & CLONE_PARENT)
		return "ok";
	if (waitpid(pid, &status, __WALL) != pid)
		return "no child";
	return WIFEXITED(status) && WEXITSTATUS(status) == 7 ?
		       "ok" : status_name(status);
}

CASE(D01 U1, "flags that do not go together")
{
	SEE("NEWNS|FS", "%s", clone_try(CLONE_NEWNS | CLONE_FS));
	SEE("NEWUSER|FS", "%s", clone_try(CLONE_NEWUSER | CLONE_FS));
	SEE("THREAD", "%s", clone_try(CLONE_THREAD));
	SEE("THREAD|VM", "%s", clone_try(CLONE_THREAD | CLONE_VM));
	SEE("SIGHAND", "%s", clone_try(CLONE_SIGHAND));
	SEE("THREAD|SIGHAND", "%s", clone_try(CLONE_THREAD | CLONE_SIGHAND));
	SEE("thread in a new pid", "%s",
	    clone_try(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_NEWPID));
	SEE("thread in a new user", "%s",
	    clone_try(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM |
		      CLONE_NEWUSER));
	SEE("DETACHED", "%s", clone_try(CLONE_DETACHED | SIGCHLD));
	SEE("PIDFD|DETACHED", "%s",
	    clone_try(CLONE_PIDFD | CLONE_DETACHED | SIGCHLD));
	SEE("PIDFD|PARENT_SETTID", "%s",
	    clone_try(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD));
}

CASE(D01, "flags that do")
{
	SEE("NEWUTS|FS", "%s", clone_try(CLONE_NEWUTS | CLONE_FS | SIGCHLD));
	SEE("NEWPID|FS", "%s", clone_try(CLONE_NEWPID | CLONE_FS | SIGCHLD));
	SEE("NEWNS|VM|VFORK", "%s",
	    clone_try(CLONE_NEWNS | CLONE_VM | CLONE_VFORK | SIGCHLD));
	SEE("NEWUSER|VM|VFORK", "%s",
	    clone_try(CLONE_NEWUSER | CLONE_VM | CLONE_VFORK | SIGCHLD));
	SEE("NEWPID|SIGHAND|VM", "%s",
	    clone_try(CLONE_NEWPID | CLONE_SIGHAND | CLONE_VM | SIGCHLD));
	SEE("no exit signal", "%s", clone_try(0));
	SEE("SIGUSR1", "%s", (signal(SIGUSR1, SIG_IGN), clone_try(SIGUSR1)));
}

CASE(D02, "0x80 is a signal's bit for clone, not a time namespace")
{
	SEE("clone 0x80|SIGCHLD", "%s", clone_try(0x80 | SIGCHLD));
	SEE("clone 0x80", "%s", clone_try(0x80));
	become(1000);
	SEE("unprivileged", "%s", clone_try(0x80 | SIGCHLD));
}

static void init_clones(void)
{
	SEE("PARENT", "%s", clone_try(CLONE_PARENT | SIGCHLD));
	SEE("plain", "%s", clone_try(SIGCHLD));
}

CASE(D01 RD5, "the init of a namespace has no siblings")
{
	CHECK(unshare(CLONE_NEWPID) == 0);
	CHECK(in_child(init_clones) == 0);
}

static void *nothing(void *arg)
{
	return arg;
}

/* musl's pthread_create says EAGAIN for whatever clone said. */
static const char *thread_try(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, nothing, NULL))
		return "refused";
	pthread_join(t, NULL);
	return "ok";
}

CASE(D03 RD5, "after unshare(NEWPID), before the first child")
{
	int own = open(D "pid", O_RDONLY);

	SEE("thread before", "%s", thread_try());
	CHECK(unshare(CLONE_NEWPID) == 0);
	SEE("thread", "%s", thread_try());
	SEE("clone THREAD", "%s",
	    clone_try(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM));
	SEE("clone NEWPID", "%s", clone_try(CLONE_NEWPID | SIGCHLD));
	TRY("unshare NEWPID", unshare(CLONE_NEWPID));
	SEE("clone NEWUTS|NEWPID", "%s",
	    clone_try(CLONE_NEWUTS | CLONE_NEWPID | SIGCHLD));
	CHECK(setns(own, CLONE_NEWPID) == 0);
	SEE("thread after setns back", "%s", thread_try());
	TRY("unshare after setns back", unshare(CLONE_NEWPID));
	SEE("VM|VFORK child", "%s",
	    clone_try(CLONE_VM | CLONE_VFORK | SIGCHLD));
}

CASE(D05 U14, "without privileges: nothing alone, all with NEWUSER")
{
	become(1000);
	for (const struct ns_type *t = ns_types; t->name; t++) {
		char name[64];
		pid_t pid;
		int status = 0;

		snprintf(name, sizeof(name), "clone %s", t->name);
		if (t->flag == CLONE_NEWUSER)
			continue;
		SEE(name, "%s", clone_try((unsigned)t->flag | SIGCHLD));
		pid = fork();
		if (pid == 0) {
			snprintf(name, sizeof(name), "unshare %s", t->name);
			TRY(name, unshare(t->flag));
			snprintf(name, sizeof(name), "with NEWUSER");
			TRY(name, unshare(t->flag | CLONE_NEWUSER));
			_exit(0);
		}
		waitpid(pid, &status, 0);
	}
	SEE("NEWUSER", "%s", clone_try(CLONE_NEWUSER | SIGCHLD));
	SEE("all with NEWUSER", "%s",
	    clone_try((unsigned)(known_types() & ~0x80) | CLONE_NEWUSER |
		      SIGCHLD));
	SEE("NEWNS|FS", "%s", clone_try(CLONE_NEWNS | CLONE_FS | SIGCHLD));
}

static unsigned long long one_flag;

static void unshare_one(void)
{
	long r = syscall(SYS_unshare, one_flag);

	_exit(r == 0 ? 100 : errno);
}

static void unshare_bits(const char *name)
{
	char ok[256] = "", inval[256] = "", other[256] = "";

	for (int bit = 0; bit < 64; bit++) {
		char text[8], *to;
		int code;

		one_flag = 1ULL << bit;
		if (bit < 32 && (every_type & ~known_types()) >> bit & 1)
			continue;
		code = WEXITSTATUS(in_child(unshare_one));
		snprintf(text, sizeof(text), " %d", bit);
		to = code == 100 ? ok : code == EINVAL ? inval : other;
		strcat(to, text);
	}
	SEE(name, "ok bits%s", ok);
	SEE(name, "EINVAL bits%s", inval);
	SEE(name, "others%s", other);
}

CASE(D06, "unshare, flag by flag")
{
	TRY("0", unshare(0));
	unshare_bits("one thread");
}

CASE(D07 U2, "unshare with two threads")
{
	char name[64];

	thread_start();
	for (const struct ns_type *t = ns_types; t->name; t++) {
		if (t->flag == CLONE_NEWPID)
			continue;
		snprintf(name, sizeof(name), "unshare %s", t->name);
		TRY(name, unshare(t->flag));
	}
	TRY("THREAD", unshare(CLONE_THREAD));
	TRY("SIGHAND", unshare(CLONE_SIGHAND));
	TRY("VM", unshare(CLONE_VM));
	TRY("FS", unshare(CLONE_FS));
	TRY("FILES", unshare(CLONE_FILES));
	TRY("SYSVSEM", unshare(CLONE_SYSVSEM));
	TRY("NEWPID", unshare(CLONE_NEWPID));
}

static ino_t links[16];

static void links_note(void)
{
	int n = 0;

	for (const struct ns_type *t = ns_types; t->name; t++) {
		char path[64];

		snprintf(path, sizeof(path), D "%s", t->name);
		links[n++] = ino_of(path);
	}
}

static const char *links_changed(void)
{
	static char text[256];
	int n = 0;

	text[0] = 0;
	for (const struct ns_type *t = ns_types; t->name; t++) {
		char path[64];

		snprintf(path, sizeof(path), D "%s", t->name);
		if (links[n++] != ino_of(path)) {
			strcat(text, " ");
			strcat(text, t->name);
		}
	}
	return text[0] ? text + 1 : "none";
}

CASE(D08, "all or nothing")
{
	CHECK(unshare(CLONE_NEWPID) == 0);
	links_note();
	TRY("NEWUTS|NEWPID", unshare(CLONE_NEWUTS | CLONE_NEWPID));
	SEE("changed", "%s", links_changed());
	TRY("NEWUSER|NEWPID", unshare(CLONE_NEWUSER | CLONE_NEWPID));
	SEE("changed", "%s", links_changed());
	TRY("NEWNS|NEWPID", unshare(CLONE_NEWNS | CLONE_NEWPID));
	SEE("changed", "%s", links_changed());
	TRY("NEWUTS|PARENT", unshare(CLONE_NEWUTS | CLONE_PARENT));
	SEE("changed", "%s", links_changed());
	TRY("NEWUTS|NEWNS|NEWUSER",
	    unshare(CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWUSER));
	SEE("changed", "%s", links_changed());
}

CASE(M9 D08, "a failed unshare moves no cwd")
{
	char cwd[64] = "";

	private_mounts();
	CHECK(chdir("/mnt") == 0 && mkdir("d", 0755) == 0);
	CHECK(unshare(CLONE_NEWPID) == 0);
	TRY("NEWNS|NEWPID", unshare(CLONE_NEWNS | CLONE_NEWPID));
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	SEE("cwd", "%s", cwd);
	TRY("mount in cwd", mount("t", "d", "tmpfs", 0, NULL));
	TRY("umount", umount("/mnt/d"));
}

CASE(D12, "the order in which the parts are made")
{
	struct {
		const char *name;
		ino_t ino;
	} made[16], tmp;
	int n = 0;
	char path[64];

	CHECK(unshare(known_types()) == 0);
	for (const struct ns_type *t = ns_types; t->name; t++) {
		if (t->flag == CLONE_NEWPID || t->flag == 0x80)
			continue;
		snprintf(path, sizeof(path), D "%s", t->name);
		made[n].name = t->name;
		made[n++].ino = ino_of(path);
	}
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++)
			if (made[j].ino < made[i].ino) {
				tmp = made[i];
				made[i] = made[j];
				made[j] = tmp;
			}
	for (int i = 0; i < n; i++)
		SEE("next", "%s", made[i].name);
}

/* ---- clone3 ------------------------------------------------------------------- */

struct args3 {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
		stack_size, tls, set_tid, set_tid_size, cgroup;
};

/* What clone3 says; the child ends with 7 and is waited for. */
static const char *clone3_try(const void *args, size_t size)
{
	int status = 0;
	long pid = syscall(SYS_clone3, args, size);

	if (pid == 0)
		_exit(7);
	if (pid < 0)
		return err_name(errno);
	if (waitpid((pid_t)pid, &status, __WALL) != pid)
		return "no child";
	return WIFEXITED(status) && WEXITSTATUS(status) == 7 ?
		       "ok" : status_name(status);
}

CASE(D09, "clone3: the size of its arguments")
{
	static union {
		struct args3 a;
		char bytes[8192];
	} u;
	static const int sizes[] = { 0, 1, 63, 64, 72, 80, 87, 88, 96, 4096,
				     4097, 8192 };

	u.a.exit_signal = SIGCHLD;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char name[32];

		snprintf(name, sizeof(name), "size %d", sizes[i]);
		SEE(name, "%s", clone3_try(&u, (size_t)sizes[i]));
	}
	u.bytes[200] = 1;
	SEE("tail not zero", "%s", clone3_try(&u, 256));
	SEE("not in the size", "%s", clone3_try(&u, 128));
	SEE("bad pointer", "%s", clone3_try((void *)8, 64));
	SEE("NULL", "%s", clone3_try(NULL, 64));
}

static const char *clone3_flags(uint64_t flags, uint64_t signal)
{
	struct args3 a = { .flags = flags, .exit_signal = signal };

	return clone3_try(&a, sizeof(a));
}

CASE(D09, "clone3: flags and signals")
{
	struct args3 a = { .exit_signal = SIGCHLD };
	int fd = -1;

	SEE("signal in flags", "%s", clone3_flags(SIGCHLD, 0));
	SEE("0x80 alone is NEWTIME's", "%s", clone3_flags(1, 0));
	SEE("DETACHED", "%s", clone3_flags(CLONE_DETACHED, SIGCHLD));
	SEE("bit 34", "%s", clone3_flags(1ULL << 34, SIGCHLD));
	SEE("bit 63", "%s", clone3_flags(1ULL << 63, SIGCHLD));
	SEE("signal 0", "%s", clone3_flags(0, 0));
	SEE("signal 64", "%s", (signal(64, SIG_IGN), clone3_flags(0, 64)));
	SEE("signal 65", "%s", clone3_flags(0, 65));
	SEE("signal 2^32+17", "%s", clone3_flags(0, (1ULL << 32) + 17));
	SEE("CLEAR_SIGHAND", "%s", clone3_flags(1ULL << 32, SIGCHLD));
	SEE("CLEAR_SIGHAND|SIGHAND", "%s",
	    clone3_flags(1ULL << 32 | CLONE_SIGHAND | CLONE_VM, SIGCHLD));
	SEE("THREAD with a signal", "%s",
	    clone3_flags(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, SIGCHLD));
	a.stack = 4096;
	SEE("stack without size", "%s", clone3_try(&a, sizeof(a)));
	a.stack = 0;
	a.stack_size = 4096;
	SEE("size without stack", "%s", clone3_try(&a, sizeof(a)));
	a.stack_size = 0;
	a.flags = CLONE_PIDFD;
	a.pidfd = (uintptr_t)&fd;
	SEE("PIDFD", "%s", clone3_try(&a, sizeof(a)));
	SEE("pidfd made, close-on-exec", "%d %d", fd > 2, fcntl(fd, F_GETFD));
	a.pidfd = 8;
	SEE("bad pidfd pointer", "%s", clone3_try(&a, sizeof(a)));
}

CASE(D05 D09, "clone3 of each type, with and without privileges")
{
	char name[64];

	for (int pass = 0; pass < 2; pass++) {
		for (const struct ns_type *t = ns_types; t->name; t++) {
			snprintf(name, sizeof(name), "%s%s", t->name,
				 pass ? " as 1000" : "");
			SEE(name, "%s",
			    clone3_flags((unsigned)t->flag, SIGCHLD));
		}
		SEE("all", "%s",
		    clone3_flags((unsigned)known_types(), SIGCHLD));
		become(1000);
	}
}

/* ---- fork, threads and X rows ------------------------------------------------ */

static ino_t parent_links[16];

static void compare_with_parent(void)
{
	memcpy(links, parent_links, sizeof(links));
	SEE("a child differs in", "%s", links_changed());
}

CASE(S16, "fork shares every namespace, clone makes those asked for")
{
	pid_t pid;

	links_note();
	memcpy(parent_links, links, sizeof(links));
	CHECK(in_child(compare_with_parent) == 0);
	pid = fork_flags(CLONE_NEWUTS | CLONE_NEWNS);
	if (pid == 0) {
		compare_with_parent();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	SEE("the parent in", "%s", links_changed());
}

static pid_t clone_reader(int signal, int fd, int other)
{
	pid_t pid = (pid_t)syscall(SYS_clone, signal, 0, 0, 0, 0);
	char c;

	if (pid)
		return pid;
	close(other);
	_exit(read(fd, &c, 1) == 1 ? 0 : 1);
}

CASE(RD7, "exit_signal is SIGCHLD again after the parent's exec")
{
	int status, p[2];
	pid_t pid;

	CHECK(pipe(p) == 0);
	pid = fork();
	if (pid == 0) {
		char *argv[] = { "sh", "-c", "echo >&3; wait; exit 5", NULL };

		clone_reader(SIGUSR1, p[0], p[1]);
		dup2(p[1], 3);
		execv("/bin/sh", argv);
		_exit(127);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("the parent", "%s", status_name(status));
}

CASE(RD7, "and after the child's")
{
	int status = 0;
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_VFORK | SIGWINCH, 0, 0, 0,
				   0); /* returns after the exec */

	if (pid == 0) {
		char *argv[] = { "true", NULL };

		execv("/bin/true", argv);
		_exit(127);
	}
	SEE("waitpid", "%s", waitpid(pid, &status, 0) == pid ?
		status_name(status) : err_name(errno));
	waitpid(pid, &status, __WALL);
}
