// SPDX-License-Identifier: MIT
/* cgroup2: the file system, membership, delegation, clone into a group. Rows
 * D11, U22, E12. */
#include "cgroup.h"

#include <linux/sched.h>

/* The text with "\n" for newlines. */
static const char *get_lines(const char *path)
{
	static char out[512];
	const char *text;
	int fd = open(path, O_RDONLY);
	ssize_t n;
	char buf[200], *p = out;

	if (fd < 0)
		return err_name(errno);
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n < 0)
		return err_name(errno);
	buf[n] = 0;
	for (text = buf; *text; text++)
		p += sprintf(p, *text == '\n' ? "\\n" : "%c", *text);
	*p = 0;
	return out;
}

CASE(E12, "the file system: mount, magic, root files")
{
	struct statfs sf;
	struct stat st;

	SEE("in /proc/filesystems", "%d",
	    !!strstr(read_file("/proc/filesystems"), "nodev\tcgroup2\n"));
	cgroups_mount();
	CHECK(statfs("/mnt", &sf) == 0);
	SEE("magic", "%lx, block %ld, name %ld", (long)sf.f_type,
	    (long)sf.f_bsize, (long)sf.f_namelen);
	CHECK(stat("/mnt", &st) == 0);
	SEE("root", "%o", st.st_mode);
	SEE("own group", "%s", group_of(getpid()));
	SEE("in its list", "%d", lists_pid(ROOT "cgroup.procs", getpid()));
	for (size_t i = 0; i < 12; i++) {
		static const char *const names[] = {
			"procs", "threads", "controllers", "subtree_control",
			"events", "type", "stat", "max.depth",
			"max.descendants", "freeze", "kill", "nothing" };
		char path[64];

		snprintf(path, sizeof(path), ROOT "cgroup.%s", names[i]);
		SEE(names[i], "%o", stat(path, &st) ? 0 : st.st_mode);
	}
	SEE("create", "%s", ERR(open(ROOT "x", O_CREAT | O_RDWR, 0644)));
	SEE("unlink", "%s", ERR(unlink(ROOT "cgroup.procs")));
	SEE("symlink", "%s", ERR(symlink("a", ROOT "x")));
	SEE("mknod", "%s", ERR(mknod(ROOT "x", S_IFIFO | 0644, 0)));
	SEE("option nsdelegate", "%s",
	    ERR(mount(NULL, "/mnt", NULL, MS_REMOUNT, "nsdelegate")));
	SEE("unknown option", "%s",
	    ERR(mount(NULL, "/mnt", NULL, MS_REMOUNT, "nonsense")));
	CHECK(mount(NULL, "/mnt", NULL, MS_REMOUNT, NULL) == 0);
	CHECK(umount("/mnt") == 0);
}

CASE(E12, "groups are directories")
{
	struct stat st;

	cgroups_mount();
	SEE("mkdir", "%s", ERR(mkdir(ROOT "a", 0755)));
	SEE("again", "%s", ERR(mkdir(ROOT "a", 0755)));
	CHECK(stat(ROOT "a", &st) == 0);
	SEE("mode, links", "%o %d", st.st_mode, (int)st.st_nlink);
	for (size_t i = 0; i < 9; i++) {
		static const char *const names[] = {
			"procs", "threads", "controllers", "subtree_control",
			"events", "type", "max.depth", "max.descendants",
			"kill" };
		char path[64];

		snprintf(path, sizeof(path), ROOT "a/cgroup.%s", names[i]);
		SEE(names[i], "%o %s", stat(path, &st) ? 0 : st.st_mode,
		    get_lines(path));
	}
	SEE("descendants", "%s", field(ROOT "a/cgroup.stat",
					 "nr_descendants"));
	CHECK(mkdir(ROOT "a/b", 0700) == 0);
	CHECK(stat(ROOT "a/b", &st) == 0);
	SEE("mode, links", "%o %d", st.st_mode, (int)st.st_nlink);
	CHECK(stat(ROOT "a", &st) == 0);
	SEE("links of the parent", "%d", (int)st.st_nlink);
	SEE("descendants", "%s", field(ROOT "a/cgroup.stat",
					 "nr_descendants"));
	SEE("rmdir of a parent", "%s", ERR(rmdir(ROOT "a")));
	SEE("newline in a name", "%s", ERR(mkdir(ROOT "x\ny", 0755)));
	SEE("rename", "%s", ERR(rename(ROOT "a/b", ROOT "a/c")));
	SEE("rename elsewhere", "%s", ERR(rename(ROOT "a/b", ROOT "c")));
	SEE("max depth 0", "%s", put(ROOT "a/cgroup.max.depth", "0"));
	SEE("then", "%s", ERR(mkdir(ROOT "a/c", 0755)));
	SEE("max depth max", "%s", put(ROOT "a/cgroup.max.depth", "max\n"));
	SEE("max descendants 1", "%s",
	    put(ROOT "a/cgroup.max.descendants", "1"));
	SEE("reads", "%s", get_lines(ROOT "a/cgroup.max.descendants"));
	SEE("then", "%s", ERR(mkdir(ROOT "a/b/c", 0755)));
	SEE("-1", "%s", put(ROOT "a/cgroup.max.descendants", "-1"));
	SEE("x", "%s", put(ROOT "a/cgroup.max.descendants", "x"));
	SEE("rmdir", "%s %s", ERR(rmdir(ROOT "a/b")), "");
	SEE("rmdir", "%s %s", ERR(rmdir(ROOT "a")), "");
}

CASE(E12, "a file of a group that is gone")
{
	int fd, dir;
	char c;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	fd = open(ROOT "a/cgroup.procs", O_RDWR);
	dir = open(ROOT "a", O_RDONLY | O_DIRECTORY);
	CHECK(rmdir(ROOT "a") == 0);
	SEE("read", "%s", ERR(read(fd, &c, 1)));
	SEE("write", "%s", ERR(write(fd, "0", 1)));
	SEE("openat", "%s", ERR(openat(dir, "cgroup.procs", O_RDONLY)));
	SEE("mkdirat", "%s", ERR(mkdirat(dir, "x", 0755)));
	SEE("stat", "%s", ERR(faccessat(dir, ".", F_OK, 0)));
}

CASE(U22, "moving: who is written, where it is then")
{
	pid_t pid;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	pid = spawn(NULL);
	SEE("move", "%s", put_pid(ROOT "a/cgroup.procs", pid));
	SEE("is in", "%s", group_of(pid));
	SEE("listed", "%d %d", lists_pid(ROOT "a/cgroup.procs", pid),
	    lists_pid(ROOT "cgroup.procs", pid));
	SEE("events", "%s", get_lines(ROOT "a/cgroup.events"));
	SEE("rmdir", "%s", ERR(rmdir(ROOT "a")));
	SEE("deeper", "%s", put_pid(ROOT "a/b/cgroup.procs", pid));
	SEE("is in", "%s", group_of(pid));
	SEE("events of both", "%s", get_lines(ROOT "a/cgroup.events"));
	SEE("and", "%s", get_lines(ROOT "a/b/cgroup.events"));
	SEE("rmdir", "%s", ERR(rmdir(ROOT "a/b")));
	SEE("nobody", "%s", put(ROOT "a/cgroup.procs", "999999"));
	SEE("negative", "%s", put(ROOT "a/cgroup.procs", "-1"));
	SEE("junk", "%s", put(ROOT "a/cgroup.procs", "x"));
	SEE("two", "%s", put(ROOT "a/cgroup.procs", "1 2"));
	SEE("nothing", "%s", put(ROOT "a/cgroup.procs", ""));
	SEE("blanks around", "%s", put(ROOT "a/cgroup.procs", " 0 \n"));
	SEE("then I am in", "%s", group_of(getpid()));
	SEE("back", "%s", put(ROOT "cgroup.procs", "0"));
	SEE("thread elsewhere", "%s", put_pid(ROOT "a/cgroup.threads", pid));
	SEE("thread at home", "%s", put_pid(ROOT "a/b/cgroup.threads", pid));
	SEE("threaded", "%s", put(ROOT "a/b/cgroup.type", "domain"));
	reap(pid);
	SEE("events", "%s", get_lines(ROOT "a/b/cgroup.events"));
	SEE("rmdir", "%s", ERR(rmdir(ROOT "a/b")));
	SEE("rmdir", "%s", ERR(rmdir(ROOT "a")));
}

CASE(U22, "children are born where the parent is; zombies stay")
{
	siginfo_t si;
	pid_t pid;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(!strcmp(put(ROOT "a/cgroup.procs", "0"), "ok"));
	pid = fork();
	if (pid == 0)
		_exit(strcmp(group_of(getpid()), "/a") != 0);
	CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0);
	SEE("born there", "%d", si.si_status == 0);
	CHECK(!strcmp(put(ROOT "cgroup.procs", "0"), "ok"));
	SEE("a zombie is in", "%s", group_of(pid));
	SEE("listed", "%d", lists_pid(ROOT "a/cgroup.procs", pid));
	SEE("events", "%s", get_lines(ROOT "a/cgroup.events"));
	SEE("move it", "%s", put_pid(ROOT "cgroup.procs", pid));
	SEE("rmdir", "%s", ERR(rmdir(ROOT "a")));
	SEE("is in", "%s", group_of(pid));
	waitpid(pid, NULL, 0);
}

/* How many threads /proc/self/task has; *@in: of them in group @group. */
static int count_threads(const char *group, int *in)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	char path[300];
	int n = 0;

	for (*in = 0; d && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%.16s/cgroup",
			 e->d_name);
		*in += !strcmp(field(path, "0::"), group);
		n++;
	}
	if (d)
		closedir(d);
	return n;
}

CASE(U22, "all threads move together")
{
	int threads = 0, in, n;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	thread_start();
	CHECK(!strcmp(put(ROOT "a/cgroup.procs", "0"), "ok"));
	n = count_threads("/a", &in);
	SEE("threads in", "%d of %d", in, n);
	for (const char *p = read_file(ROOT "a/cgroup.threads"); *p; p++)
		threads += *p == '\n';
	SEE("lines of cgroup.threads", "%d", threads);
	CHECK(!strcmp(put(ROOT "cgroup.procs", "0"), "ok"));
	SEE("rmdir", "%s", ERR(rmdir(ROOT "a")));
}

CASE(U22, "subtree_control: names that do not exist")
{
	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	SEE("a gives", "%s", get_lines(ROOT "a/cgroup.subtree_control"));
	SEE("junk", "%s", put(ROOT "a/cgroup.subtree_control", "pids"));
	SEE("unknown", "%s", put(ROOT "a/cgroup.subtree_control", "+nothing"));
	SEE("nothing", "%s", put(ROOT "a/cgroup.subtree_control", "\n"));
	CHECK(rmdir(ROOT "a") == 0);
}

CASE(U22, "cgroup.events wakes who polls")
{
	struct pollfd p;
	pid_t pid;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	pid = spawn(NULL);
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	p.fd = open(ROOT "a/cgroup.events", O_RDONLY);
	p.events = POLLPRI;
	char buf[64];
	CHECK(read(p.fd, buf, sizeof(buf)) > 0);
	SEE("quiet", "%d", poll(&p, 1, 0));
	reap(pid);
	SEE("event", "%d", poll(&p, 1, 5000));
	SEE("what", "%d", p.revents);
	SEE("text", "%s", get_lines(ROOT "a/cgroup.events"));
	CHECK(rmdir(ROOT "a") == 0);
}

CASE(U22, "cgroup.kill")
{
	int status;
	pid_t pid, deep;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	pid = spawn(NULL);
	deep = spawn(NULL);
	CHECK(!strcmp(put_pid(ROOT "a/cgroup.procs", pid), "ok"));
	CHECK(!strcmp(put_pid(ROOT "a/b/cgroup.procs", deep), "ok"));
	SEE("0", "%s", put(ROOT "a/cgroup.kill", "0"));
	SEE("2", "%s", put(ROOT "a/cgroup.kill", "2"));
	SEE("read", "%s", get_lines(ROOT "a/cgroup.kill"));
	SEE("1", "%s", put(ROOT "a/cgroup.kill", "1\n"));
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("first", "%s", status_name(status));
	CHECK(waitpid(deep, &status, 0) == deep);
	SEE("second", "%s", status_name(status));
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(rmdir(ROOT "a") == 0);
}

static pid_t clone_into(int fd, size_t size)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)fd };

	return (pid_t)syscall(SYS_clone3, &args, size);
}

CASE(D11, "clone3 with CLONE_INTO_CGROUP")
{
	int fd, file, null = open("/dev/null", O_RDONLY), status;
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD };
	pid_t pid;

	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	fd = open(ROOT "a", O_RDONLY | O_DIRECTORY);
	file = open(ROOT "a/cgroup.procs", O_RDONLY);
	pid = clone_into(fd, sizeof(args));
	if (pid == 0)
		_exit(strcmp(group_of(getpid()), "/a") != 0);
	SEE("into", "%s", pid < 0 ? err_name(errno) : "ok");
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("born there", "%d", status == 0);
	SEE("parent is in", "%s", group_of(getpid()));
	SEE("bad fd", "%s", ERR(clone_into(999, sizeof(args))));
	SEE("not a group", "%s", ERR(clone_into(null, sizeof(args))));
	SEE("a file of a group", "%s", ERR(clone_into(file, sizeof(args))));
	SEE("size 64", "%s", ERR(clone_into(fd, 64)));
	SEE("size 80", "%s", ERR(clone_into(fd, 80)));
	args.cgroup = 0x80000000u;
	SEE("over INT_MAX", "%s",
	    ERR(syscall(SYS_clone3, &args, sizeof(args))));
	pid = (pid_t)clone_into(open(ROOT "a", O_PATH), sizeof(args));
	if (pid == 0)
		_exit(0);
	SEE("O_PATH", "%s", pid < 0 ? err_name(errno) : "ok");
	if (pid > 0)
		waitpid(pid, NULL, 0);
	CHECK(rmdir(ROOT "a") == 0);
	SEE("gone", "%s", ERR(clone_into(fd, sizeof(args))));
}

static int held;

static void write_held(void)
{
	become(1000);
	SEE("uid 1000 writes", "%s", ERR(write(held, "0", 1)));
}

static void delegate_use(void)
{
	become(1000);
	SEE("into a delegated group", "%s",
	    put(ROOT "a/b/cgroup.procs", "0"));
	SEE("and within", "%s", put(ROOT "a/c/cgroup.procs", "0"));
	SEE("out of it", "%s", put(ROOT "cgroup.procs", "0"));
	SEE("mkdir there", "%s", ERR(mkdir(ROOT "a/d", 0755)));
	SEE("rmdir there", "%s", ERR(rmdir(ROOT "a/d")));
	SEE("elsewhere", "%s", ERR(mkdir(ROOT "d", 0755)));
	SEE("is in", "%s", group_of(getpid()));
}

static void delegate_enter(void)
{
	CHECK(!strcmp(put(ROOT "a/b/cgroup.procs", "0"), "ok"));
	delegate_use();
}

CASE(U22, "delegation: who may move whom")
{
	cgroups_mount();
	CHECK(mkdir(ROOT "a", 0755) == 0);
	CHECK(mkdir(ROOT "a/b", 0755) == 0);
	CHECK(mkdir(ROOT "a/c", 0755) == 0);
	held = open(ROOT "a/b/cgroup.procs", O_WRONLY);
	CHECK(in_child(write_held) == 0);
	CHECK(chown(ROOT "a", 1000, 1000) == 0);
	CHECK(chown(ROOT "a/cgroup.procs", 1000, 1000) == 0);
	CHECK(chown(ROOT "a/b/cgroup.procs", 1000, 1000) == 0);
	CHECK(chown(ROOT "a/c/cgroup.procs", 1000, 1000) == 0);
	SEE("from outside", "%s", "");
	CHECK(in_child(delegate_use) == 0);
	SEE("from inside", "%s", "");
	CHECK(in_child(delegate_enter) == 0);
	close(held);
	CHECK(rmdir(ROOT "a/b") == 0);
	CHECK(rmdir(ROOT "a/c") == 0);
	CHECK(rmdir(ROOT "a") == 0);
}

CASE(D11, "/proc/cgroups and the mounts")
{
	cgroups_mount();
	SEE("head", "%.*s", (int)strcspn(read_file("/proc/cgroups"), "\n"),
	    read_file("/proc/cgroups"));
	CHECK(mkdir(ROOT "a", 0755) == 0);
	SEE("write to /proc/self/cgroup", "%s",
	    ERR(open("/proc/self/cgroup", O_WRONLY)));
	CHECK(rmdir(ROOT "a") == 0);
}
