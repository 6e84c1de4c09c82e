// SPDX-License-Identifier: MIT
/* Who may do what: files by mode, owner and capability; signals. */
#include "ids.h"

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

/* ---- kill(2) ------------------------------------------------------------------------------ */
static pid_t target;

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
