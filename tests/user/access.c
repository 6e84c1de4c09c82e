// SPDX-License-Identifier: MIT
/* Who may do what: files by mode, owner and capability; tasks by ptrace access;
 * what procfs shows of others. */
#include "ids.h"

#include <pthread.h>
#include <sys/fsuid.h>
#include <sys/sysmacros.h>

/* ---- files (path_resolution(7), chmod(2), chown(2)) ------------------------------- */

static void dir_setup(void)
{
	private_mounts();
	CHECK(chmod("/mnt", 01777) == 0);
	write_file("/mnt/root", "x");
	CHECK(mkdir("/mnt/d", 0755) == 0 && chown("/mnt/d", 1000, 1000) == 0);
	umask(0);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_mode & 07777;
}

static void try_modes(void)
{
	static const mode_t modes[] = { 0400, 0200, 0100, 0040, 0020, 0010,
					0004, 0002, 0001, 0777, 0000 };
	char text[8];

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		char name[32];

		snprintf(name, sizeof(name), "/mnt/f%03o", modes[i]);
		text[0] = access(name, R_OK) ? '-' : 'r';
		text[1] = access(name, W_OK) ? '-' : 'w';
		text[2] = access(name, X_OK) ? '-' : 'x';
		text[3] = 0;
		SEE(name, "%s", text);
	}
}

static void as_owner(void)
{
	become_1000();
	try_modes();
}

static void as_group(void)
{
	gid_t g = 1000;

	CHECK(setgroups(1, &g) == 0);
	CHECK(setresgid(7, 7, 7) == 0 && setresuid(7, 7, 7) == 0);
	try_modes();
}

static void as_other(void)
{
	become(7);
	try_modes();
}

static void as_search(void)
{
	CHECK(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0);
	CHECK(setresgid(7, 7, 7) == 0 && setresuid(7, 7, 7) == 0);
	CHECK(caps_set(CAP_BIT(CAP_DAC_READ_SEARCH),
		       CAP_BIT(CAP_DAC_READ_SEARCH)) == 0);
	try_modes();
}

static void make_modes(void)
{
	static const mode_t modes[] = { 0400, 0200, 0100, 0040, 0020, 0010,
					0004, 0002, 0001, 0777, 0000 };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		char name[32];

		snprintf(name, sizeof(name), "/mnt/f%03o", modes[i]);
		write_file(name, "x");
		CHECK(chown(name, 1000, 1000) == 0 &&
		      chmod(name, modes[i]) == 0);
	}
}

CASE(V01, "the three classes, and the capabilities that override them")
{
	dir_setup();
	make_modes();
	run(as_owner);
	run(as_group);
	run(as_other);
	run(try_modes);
	run(as_search);
}

static void chmod_rules(void)
{
	become_1000();
	write_file("/mnt/own", "x");
	TRY("own 04755", chmod("/mnt/own", 04755));
	SEE("mode", "%04o", mode_of("/mnt/own"));
	TRY("root's", chmod("/mnt/root", 0777));
	TRY("chown away", chown("/mnt/own", 1001, (gid_t)-1));
	TRY("chown to self", chown("/mnt/own", 1000, (gid_t)-1));
	SEE("mode", "%04o", mode_of("/mnt/own"));
	TRY("foreign group", chown("/mnt/own", (uid_t)-1, 5));
	TRY("own group", chown("/mnt/own", (uid_t)-1, 1000));
	CHECK(chmod("/mnt/own", 06755) == 0);
	TRY("-1 -1", chown("/mnt/own", (uid_t)-1, (gid_t)-1));
	SEE("mode", "%04o", mode_of("/mnt/own"));
	CHECK(chmod("/mnt/own", 06755) == 0);
	write_file("/mnt/own", "y");
	SEE("after write", "%04o", mode_of("/mnt/own"));
	CHECK(chmod("/mnt/own", 02745) == 0);
	write_file("/mnt/own", "y");
	SEE("set-gid without x", "%04o", mode_of("/mnt/own"));
	TRY("utimes root's", utimes("/mnt/root", NULL));
}

static void chmod_foreign_group(void)
{
	CHECK(chown("/mnt/d", 1000, 5) == 0);
	become_1000();
	TRY("set-gid directory", chmod("/mnt/d", 02755));
	SEE("mode", "%04o", mode_of("/mnt/d"));
	TRY("sub", mkdir("/mnt/d/s", 0755));
}

static void sgid_dir(void)
{
	struct stat st;

	CHECK(chown("/mnt/d", 1000, 5) == 0 && chmod("/mnt/d", 02777) == 0);
	become(7);
	CHECK(mkdir("/mnt/d/sub", 0755) == 0);
	CHECK(stat("/mnt/d/sub", &st) == 0);
	SEE("sub", "%04o, group %u", st.st_mode & 07777, st.st_gid);
	close(open("/mnt/d/file", O_CREAT | O_WRONLY, 02755));
	CHECK(stat("/mnt/d/file", &st) == 0);
	SEE("file 02755", "%04o, group %u", st.st_mode & 07777, st.st_gid);
	close(open("/mnt/d/file2", O_CREAT | O_WRONLY, 02745));
	SEE("file 02745", "%04o", mode_of("/mnt/d/file2"));
}

CASE(V01, "chmod and chown: owner, groups, set-id bits")
{
	dir_setup();
	run(chmod_rules);
	run(chmod_foreign_group);
	run(sgid_dir);
}

static void sticky(void)
{
	become_1000();
	write_file("/mnt/mine", "x");
	TRY("unlink root's", unlink("/mnt/root"));
	TRY("rename root's", rename("/mnt/root", "/mnt/d/r"));
	TRY("over root's", rename("/mnt/mine", "/mnt/root"));
	TRY("own", unlink("/mnt/mine"));
	TRY("in own sticky directory", unlink("/mnt/d/r"));
}

CASE(V01, "sticky directories")
{
	dir_setup();
	CHECK(chmod("/mnt/d", 01777) == 0);
	write_file("/mnt/d/r", "x");
	run(sticky);
}

static void leave_whiteout(void)
{
	struct stat st = { 0 };

	become(1000);
	TRY("rename", syscall(SYS_renameat2, AT_FDCWD, "/mnt/w/a", AT_FDCWD,
			      "/mnt/w/b", 4 /* RENAME_WHITEOUT */));
	CHECK(lstat("/mnt/w/a", &st) == 0);
	SEE("what is left", "%o %d", st.st_mode & S_IFMT, (int)st.st_rdev);
}

CASE(V01, "a whiteout is left without CAP_MKNOD")
{
	private_mounts();
	CHECK(mkdir("/mnt/w", 0777) == 0 && chmod("/mnt/w", 0777) == 0);
	write_file("/mnt/w/a", "");
	CHECK(chown("/mnt/w/a", 1000, 1000) == 0);
	run(leave_whiteout);
}

/* ---- inodes and user namespaces --------------------------------------------------- */

CASE(U6, "capabilities reach as far as the ids that are mapped")
{
	dir_setup();
	CHECK(chmod("/mnt/root", 0600) == 0);
	write_file("/mnt/g", "x");
	CHECK(chown("/mnt/g", 1000, 5) == 0 && chmod("/mnt/g", 0644) == 0);
	write_file("/mnt/own", "x");
	CHECK(chown("/mnt/own", 1000, 1000) == 0 &&
	      chmod("/mnt/own", 0400) == 0);
	fflush(stdout);
	if (!fork()) {
		CHECK(setgroups(0, NULL) == 0);
		CHECK(setresgid(1000, 1000, 1000) == 0);
		CHECK(setresuid(1000, 1000, 1000) == 0);
		CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
		CHECK(unshare(CLONE_NEWUSER) == 0);
		CHECK(!strcmp(put("/proc/self/setgroups", "deny"), "ok"));
		CHECK(!strcmp(put("/proc/self/uid_map", "0 1000 1"), "ok"));
		CHECK(!strcmp(put("/proc/self/gid_map", "0 1000 1"), "ok"));
		TRY("chmod 02755", chmod("/mnt/g", 02755));
		SEE("mode", "%04o", mode_of("/mnt/g"));
		TRY("write 0400 of own", open("/mnt/own", O_RDWR));
		TRY("chmod of root's", chmod("/mnt/root", 0777));
		TRY("read 0600 of root's", open("/mnt/root", O_RDONLY));
		TRY("chown to unmapped", chown("/mnt/g", 5, (gid_t)-1));
		TRY("gid to unmapped", chown("/mnt/g", (uid_t)-1, 5));
		TRY("chown to self", chown("/mnt/g", 0, (gid_t)-1));
		TRY("another group", chown("/mnt/g", (uid_t)-1, 0));
		TRY("both", chown("/mnt/own", 0, 0));
		TRY("mknod", mknod("/mnt/null", S_IFCHR | 0666, makedev(1, 3)));
		TRY("fifo", mknod("/mnt/fifo", S_IFIFO | 0666, 0));
		fflush(stdout);
		_exit(case_failed);
	}
	wait(NULL);
}

static void unmapped_creator(void)
{
	int fd;

	new_user();
	CHECK(unshare(CLONE_NEWNS) == 0);
	TRY("mount tmpfs", mount("t", "/mnt", "tmpfs", 0, NULL));
	TRY("mkdir", mkdir("/mnt/d", 0755));
	TRY("create", open("/mnt/f", O_CREAT | O_WRONLY, 0644));
	TRY("mknod", mknod("/mnt/n", S_IFCHR, makedev(1, 3)));
	TRY("fifo", mknod("/mnt/p", S_IFIFO, 0));
	TRY("symlink", symlink("x", "/mnt/l"));
	TRY("O_TMPFILE", fd = open("/mnt", O_TMPFILE | O_WRONLY, 0644));
	TRY("on init's file system", open("/tmp/warren-u18", O_CREAT | O_WRONLY,
					  0644));
}

CASE(U18, "no file of somebody without a name in the file system's owner")
{
	struct stat st;

	unlink("/tmp/warren-u18");
	run(unmapped_creator);
	if (!stat("/tmp/warren-u18", &st))
		SEE("its owner", "%u", st.st_uid);
	unlink("/tmp/warren-u18");
}

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

/* ---- kill(2) ------------------------------------------------------------------------------ */

static void kills_1000(void)
{
	become_1000();
	TRY("same user", kill(target, 0));
	TRY("root's", kill(getppid(), 0));
}

static void kills_setuid(void)
{
	CHECK(setresuid(1000, 0, 0) == 0);
	CHECK(caps_set(0, 0) == 0);
	TRY("real 1000, effective 0", kill(target, 0));
}

static void kills_child_ns(void)
{
	new_user_mapped("0 0 2000");
	TRY("root of a user namespace, other uid", kill(target, 0));
	CHECK(setresuid(1000, 1000, 1000) == 0);
	TRY("same kernel uid", kill(target, 0));
}

CASE(E09, "kill: by uid, or CAP_KILL over its user namespace")
{
	target = spawn(become_1000);
	run(kills_1000);
	run(kills_setuid);
	run(kills_child_ns);
	reap(target);
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

/* ---- a fault always says where -------------------------------------------------------- */

static void on_fault(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)uc;
	SEE("si_addr", "%#lx, code %d", (long)si->si_addr, si->si_code);
	fflush(stdout);
	_exit(0);
}

static void fault(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
				.sa_flags = SA_SIGINFO };
	struct rlimit rl = { 0, 0 };
	volatile int *p = (volatile int *)0x1000;

	become(7774);
	CHECK(setrlimit(RLIMIT_SIGPENDING, &rl) == 0);
	CHECK(sigaction(SIGSEGV, &sa, NULL) == 0);
	*p = 1;
}

CASE(U23, "SIGSEGV has its address even if the queue is full")
{
	run(fault);
}
