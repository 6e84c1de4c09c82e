// SPDX-License-Identifier: MIT
/* Whom procfs shows what of others: ptrace access, mount options, threads. */
#include "ids.h"

#include <sys/fsuid.h>

/* ---- ptrace access --------------------------------------------------------------------- */

static pid_t target;

static void look(const char *name)
{
	char buf[64], text[64];
	const char *rd = ERR(readlink(of(target, "ns/uts"), buf, sizeof(buf)));

	snprintf(text, sizeof(text), "%s", rd);
	SEE(name, "readlink %s, open %s", text,
	    ERR(open(of(target, "ns/uts"), O_RDONLY)));
}

static void capless(void)
{
	CHECK(caps_set(0, 0) == 0);
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

static void fs_ids(void)
{
	uint64_t caps = CAP_BIT(CAP_SETUID) | CAP_BIT(CAP_SETGID);

	CHECK(caps_set(caps, caps) == 0);
	look("same ids");
	setfsuid(1000);
	look("fsuid 1000");
	setfsuid(0);
	setfsgid(1000);
	look("fsgid 1000");
	setfsgid(0);
	CHECK(setresuid((uid_t)-1, 1000, (uid_t)-1) == 0);
	look("euid 1000");
}

static void ptrace_cap(void)
{
	uint64_t caps = CAP_BIT(CAP_SYS_PTRACE);

	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(setresgid(1000, 1000, 1000) == 0);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	CHECK(caps_set(0, caps) == 0);
	look("CAP_SYS_PTRACE permitted");
	CHECK(caps_set(caps, caps) == 0);
	look("CAP_SYS_PTRACE effective");
}

static void real_ids(void)
{
	CHECK(setresgid(1000, 0, 0) == 0);
	CHECK(setresuid(1000, 0, 0) == 0);
	CHECK(caps_set(0, CAP_BIT(CAP_SYS_ADMIN)) == 0);
	look("real 1000, effective 0");
	TRY("pidfd", setns((int)syscall(434, target, 0), CLONE_NEWUTS));
}

static void full_fsuid(void)
{
	setfsuid(1000);
	look("root with fsuid 1000");
}

static void no_effective(void)
{
	struct caps c = caps_get();

	CHECK(caps_set(0, c.prm) == 0);
	look("no effective");
}

CASE(S32, "procfs asks the file system ids and the effective set")
{
	target = spawn(capless);
	run(fs_ids);
	run(ptrace_cap);
	run(real_ids);
	run(full_fsuid);
	reap(target);
	target = spawn(NULL);
	run(no_effective);
	reap(target);
}

static void try_memory(const char *name, uint64_t caps)
{
	CHECK(caps_set(caps, caps) == 0);
	SEE(name, "environ %s, auxv %s, maps %s, exe %s",
	    ERR(open(of(target, "environ"), O_RDONLY)),
	    ERR(open(of(target, "auxv"), O_RDONLY)),
	    ERR(open(of(target, "maps"), O_RDONLY)),
	    ERR(open(of(target, "exe"), O_RDONLY)));
}

static void admin_looks(void)
{
	try_memory("CAP_SYS_ADMIN", CAP_BIT(CAP_SYS_ADMIN));
}

static void perfmon_looks(void)
{
	try_memory("CAP_PERFMON", CAP_BIT(CAP_PERFMON));
}

static void killer_looks(void)
{
	try_memory("CAP_KILL", CAP_BIT(CAP_KILL));
}

CASE(I06, "who may watch the machine sees what is where in memory (6.18)")
{
	target = spawn(NULL);
	run(admin_looks);
	run(perfmon_looks);
	run(killer_looks);
	reap(target);
}

static void from_child_ns(void)
{
	char buf[64];

	new_user_mapped("0 0 2000");
	look("parent's task, same ids");
	TRY("own", readlink("/proc/self/ns/uts", buf, sizeof(buf)));
	TRY("ppid's root", readlink(of(target, "root"), buf, sizeof(buf)));
	TRY("environ", open(of(target, "environ"), O_RDONLY));
	TRY("status", open(of(target, "status"), O_RDONLY));
	TRY("kill 0", kill(target, 0));
}

CASE(E10, "nobody in a user namespace looks into a task outside")
{
	target = spawn(NULL);
	run(from_child_ns);
	reap(target);
}

static void inside_1000(void)
{
	become_1000();
	new_user();
}

static void owner_looks(void)
{
	become_1000();
	look("its maker");
}

static void other_looks(void)
{
	become(1001);
	look("another");
}

CASE(E10, "the maker of a user namespace looks into it")
{
	target = spawn(inside_1000);
	run(owner_looks);
	run(other_looks);
	reap(target);
}

static void not_dumpable(void)
{
	become_1000();
	CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
}

CASE(P2, "a task that is not dumpable, by one of the same user")
{
	target = spawn(not_dumpable);
	run(owner_looks);
	look("root");
	reap(target);
}

CASE(I05, "files of a zombie")
{
	static const char *const files[] = {
		"mountinfo", "mounts", "mountstats", "root", "cwd", "exe",
		"uid_map", "setgroups", "status", "stat", "fd", "ns",
	};
	struct stat st;
	siginfo_t si;

	target = spawn(NULL);
	kill(target, SIGKILL);
	CHECK(waitid(P_PID, (id_t)target, &si, WEXITED | WNOWAIT) == 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		TRY(files[i], open(of(target, files[i]), O_RDONLY));
	CHECK(lstat(of(target, "ns/uts"), &st) == 0);
	SEE("owner of links", "%u", st.st_uid);
	waitpid(target, NULL, 0);
}

static void exits_1000(void)
{
	become_1000();
}

static void opens_zombie(void)
{
	become_1000();
	TRY("opendir ns", open(of(target, "ns"), O_RDONLY));
	TRY("status", open(of(target, "status"), O_RDONLY));
}

CASE(S06, "a zombie's files are root's: it has no memory")
{
	siginfo_t si;
	struct stat st;

	target = spawn(exits_1000);
	kill(target, SIGKILL);
	CHECK(waitid(P_PID, (id_t)target, &si, WEXITED | WNOWAIT) == 0);
	CHECK(lstat(of(target, "ns/uts"), &st) == 0);
	SEE("link", "%u", st.st_uid);
	CHECK(lstat(of(target, ""), &st) == 0);
	SEE("directory", "%u", st.st_uid);
	run(opens_zombie);
	waitpid(target, NULL, 0);
}

/* ---- procfs mount options ------------------------------------------------------------- */

static void hide_look(void)
{
	struct stat st;
	char path[64], buf[64];

	become_1000();
	snprintf(path, sizeof(path), "/mnt/%d", target);
	TRY("stat", stat(path, &st));
	strcat(path, "/status");
	TRY("status", open(path, O_RDONLY));
	snprintf(path, sizeof(path), "/mnt/%d/ns/uts", target);
	TRY("readlink ns", readlink(path, buf, sizeof(buf)));
	TRY("own", open("/mnt/self/status", O_RDONLY));
	snprintf(path, sizeof(path), "%d", target);
	{
		DIR *d = opendir("/mnt");
		struct dirent *e;
		int found = 0;

		while ((e = readdir(d)))
			found += !strcmp(e->d_name, path);
		closedir(d);
		SEE("listed", "%d", found);
	}
}

static void hide_with_group(void)
{
	gid_t g = 5;
	struct stat st;
	char path[64];

	CHECK(setgroups(1, &g) == 0);
	CHECK(setresgid(7, 7, 7) == 0 && setresuid(1000, 1000, 1000) == 0);
	snprintf(path, sizeof(path), "/mnt/%d", target);
	TRY("member of the group", stat(path, &st));
}

static void hide(const char *options)
{
	char text[64];

	snprintf(text, sizeof(text), "mount %s", options);
	TRY(text, mount("proc", "/mnt", "proc", 0, options));
	run(hide_look);
	CHECK(umount("/mnt") == 0);
}

CASE(I04, "hidepid, gid and subset of procfs")
{
	struct stat a, b;

	private_mounts();
	CHECK(umount("/mnt") == 0);
	target = spawn(NULL);
	hide("hidepid=0");
	hide("hidepid=1");
	hide("hidepid=noaccess");
	hide("hidepid=2");
	hide("hidepid=invisible");
	hide("hidepid=4");
	hide("hidepid=ptraceable");
	TRY("9", mount("proc", "/mnt", "proc", 0, "hidepid=9"));
	TRY("word", mount("proc", "/mnt", "proc", 0, "hidepid=x"));
	TRY("unknown", mount("proc", "/mnt", "proc", 0, "nope=1"));
	TRY("gid", mount("proc", "/mnt", "proc", 0, "hidepid=2,gid=5"));
	run(hide_look);
	run(hide_with_group);
	CHECK(umount("/mnt") == 0);
	TRY("subset", mount("proc", "/mnt", "proc", 0, "subset=pid"));
	TRY("version", access("/mnt/version", F_OK));
	TRY("sys", access("/mnt/sys", F_OK));
	TRY("self", access("/mnt/self/status", F_OK));
	CHECK(stat("/mnt", &a) == 0 && stat("/proc", &b) == 0);
	SEE("own device", "%d", a.st_dev != b.st_dev);
	CHECK(umount("/mnt") == 0);
	TRY("subset x", mount("proc", "/mnt", "proc", 0, "subset=x"));
	reap(target);
}

static void thread_main_exits(void)
{
	char path[96];
	pid_t tid;

	thread_start();
	/* the other thread's id is the next in task/ */
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;

	tid = 0;
	while ((e = readdir(d)))
		if (atoi(e->d_name) && atoi(e->d_name) != getpid())
			tid = atoi(e->d_name);
	closedir(d);
	snprintf(path, sizeof(path), "/tmp/warren-tid");
	{
		char text[16];

		snprintf(text, sizeof(text), "%d", tid);
		write_file(path, text);
	}
	syscall(SYS_exit, 0);
}

CASE(I07, "a leader that has exited while another thread lives")
{
	pid_t pid, tid = 0;
	char path[96], buf[64];

	unlink("/tmp/warren-tid");
	fflush(stdout);
	pid = fork();
	if (!pid)
		thread_main_exits();
	for (int i = 0; i < 5000; i++) {
		if (!strncmp(field(of(pid, "status"), "State:"), "Z", 1))
			break;
		usleep(1000);
	}
	tid = atoi(read_file("/tmp/warren-tid"));
	CHECK(tid > 0);
	TRY("leader's uts", readlink(of(pid, "ns/uts"), buf, sizeof(buf)));
	SEE("leader's user", "%s", link_type(of(pid, "ns/user")));
	snprintf(path, sizeof(path), "/proc/%d/task/%d/ns/uts", pid, tid);
	SEE("thread's uts", "%s", link_type(path));
	reap(pid);
	unlink("/tmp/warren-tid");
}

static void *own_uts(void *arg)
{
	(void)arg;
	CHECK(unshare(CLONE_NEWUTS) == 0);
	SEE("differs", "%d", ino_of("/proc/self/ns/uts") !=
				     ino_of("/proc/thread-self/ns/uts"));
	return NULL;
}

CASE(I07, "each thread has its own namespaces")
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, own_uts, NULL) == 0);
	CHECK(pthread_join(t, NULL) == 0);
	SEE("main", "%d", ino_of("/proc/self/ns/uts") !=
				  ino_of("/proc/thread-self/ns/uts"));
}

/* ---- links that are held ------------------------------------------------------------ */

static int link_fd, dir_fd;

static void denied(void)
{
	struct stat st;
	char buf[64];

	become(1001);
	look("cached by root");
	TRY("lstat", lstat(of(target, "ns/uts"), &st));
	TRY("opendir", open(of(target, "ns"), O_RDONLY));
	TRY("held link", readlinkat(link_fd, "", buf, sizeof(buf)));
	TRY("in a held directory", readlinkat(dir_fd, "uts", buf, sizeof(buf)));
	TRY("its stat", fstatat(dir_fd, "uts", &st, 0));
}

CASE(S15, "each follow of a link asks again")
{
	struct stat st;
	char buf[64];

	target = spawn(NULL);
	CHECK(stat(of(target, "ns/uts"), &st) == 0);
	CHECK(readlink(of(target, "ns/uts"), buf, sizeof(buf)) > 0);
	link_fd = open(of(target, "ns/uts"), O_PATH | O_NOFOLLOW);
	dir_fd = open(of(target, "ns"), O_RDONLY | O_DIRECTORY);
	CHECK(link_fd >= 0 && dir_fd >= 0);
	TRY("held link", readlinkat(link_fd, "", buf, sizeof(buf)));
	run(denied);
	reap(target);
	TRY("after the end", readlinkat(link_fd, "", buf, sizeof(buf)));
	TRY("opened by its fd", open(fd_path(link_fd), O_RDONLY));
	TRY("directory", openat(dir_fd, "uts", O_RDONLY));
	close(link_fd);
	close(dir_fd);
}
