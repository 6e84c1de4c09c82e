// SPDX-License-Identifier: MIT
/* Pid namespaces: rows F01 to F03 and F10 to F14, S36. */
#include "pidns.h"
#include <sys/reboot.h>

static const char *own_field(const char *key)
{
	return field("/proc/self/status", key);
}

/* The line with blanks for tabs, and the outer numbers as "N". */
static const char *inner_numbers(pid_t pid, const char *key)
{
	char path[64];
	const char *text, *tab;
	static char out[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	text = field(path, key);
	tab = strchr(text, '\t');
	snprintf(out, sizeof(out), "N%s", tab ? tab : "");
	for (char *c = out; *c; c++)
		*c = *c == '\t' ? ' ' : *c;
	return out;
}

static void first_task(void)
{
	SEE("pid, ppid, tid", "%d %d %d", getpid(), getppid(),
	    (int)syscall(SYS_gettid));
	SEE("pgid, sid", "%d %d", getpgid(0), getsid(0));
	TRY("kill(0, 0)", kill(0, 0));
	TRY("kill(-1, 0)", kill(-1, 0));
	TRY("kill(1, 0)", kill(1, 0));
	TRY("setsid", setsid());
	SEE("pgid, sid then", "%d %d", getpgid(0), getsid(0));
}

CASE(F01, "the first task")
{
	SEE("ended", "%s", status_name(as_init(first_task)));
}

static void outer_is_unknown(void)
{
	TRY("kill parent", kill(getppid(), 0));
	TRY("kill 2", kill(2, 0));
	TRY("getpgid 2", getpgid(2));
	TRY("getsid 2", getsid(2));
	TRY("pidfd_open 2", syscall(SYS_pidfd_open, 2, 0));
	TRY("getpriority 2", getpriority(PRIO_PROCESS, 2));
	TRY("sched_getaffinity 2", syscall(SYS_sched_getaffinity, 2, 8, &errno));
	TRY("waitpid 2", waitpid(2, NULL, WNOHANG));
	TRY("waitpid -1", waitpid(-1, NULL, WNOHANG));
	TRY("prlimit 2", prlimit(2, RLIMIT_NOFILE, NULL, NULL));
	TRY("setpgid 2", setpgid(2, 0));
}

CASE(F10, "numbers from outside mean nothing")
{
	CHECK(as_init(outer_is_unknown) == 0);
}

static void other_proc(void)
{
	char text[64];
	struct stat st;

	TRY("self in the outer proc", readlink("/proc/self", text, 64));
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("proc", "/mnt", "proc", 0, NULL) == 0);
	SEE("self", "%.*s", (int)readlink("/mnt/self", text, 64), text);
	TRY("1", stat("/mnt/1", &st));
	TRY("2", stat("/mnt/2", &st));
	SEE("NSpid", "%s", field("/mnt/self/status", "NSpid:"));
	SEE("NStgid", "%s", field("/mnt/1/status", "NStgid:"));
	SEE("NSpgid", "%s", field("/mnt/1/status", "NSpgid:"));
	SEE("NSsid", "%s", field("/mnt/1/status", "NSsid:"));
	SEE("PPid", "%s", field("/mnt/1/status", "PPid:"));
	TRY("own link in the outer proc", stat(D "pid", &st));
	TRY("own link in the inner proc", stat("/mnt/self/ns/pid", &st));
	CHECK(umount("/mnt") == 0);
}

CASE(F02 F03, "proc shows the namespace of who mounted it")
{
	CHECK(as_init(other_proc) == 0);
}

CASE(F03, "one task, two numbers")
{
	pid_t init = spawn_init(NULL), second = inject(init, NULL);

	SEE("NSpid of init", "%s", inner_numbers(init, "NSpid:"));
	SEE("NStgid of init", "%s", inner_numbers(init, "NStgid:"));
	SEE("NSpid of the second", "%s", inner_numbers(second, "NSpid:"));
	SEE("NSpgid of the second", "%s", inner_numbers(second, "NSpgid:"));
	SEE("NSsid of the second", "%s", inner_numbers(second, "NSsid:"));
	SEE("own", "%d", !strchr(own_field("NSpid:"), '\t'));
	reap(second);
	reap(init);
}

static int proc_fd = -1;

static void mount_proc_and_keep(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("proc", "/mnt", "proc", 0, NULL) == 0);
}

CASE(F02 P17, "another namespace's proc, alive and dead")
{
	pid_t init = spawn_init(mount_proc_and_keep);
	char path[64], text[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/root/mnt", init);
	proc_fd = open(path, O_RDONLY | O_DIRECTORY);
	CHECK(proc_fd >= 0);
	TRY("self", readlinkat(proc_fd, "self", text, sizeof(text)));
	TRY("thread-self", readlinkat(proc_fd, "thread-self", text,
				      sizeof(text)));
	TRY("1", fstatat(proc_fd, "1", &st, 0));
	TRY("outer number", (snprintf(text, sizeof(text), "%d", getpid()),
			     fstatat(proc_fd, text, &st, 0)));
	reap(init);
	TRY("dead: 1", fstatat(proc_fd, "1", &st, 0));
	TRY("dead: stat", fstatat(proc_fd, "stat", &st, 0));
	TRY("dead: self", readlinkat(proc_fd, "self", text, sizeof(text)));
	close(proc_fd);
}

/* ---- F11, F12, F14 -------------------------------------------------------------------- */

static int reboot_cmd;

static void do_reboot(void)
{
	int r = (int)syscall(SYS_reboot, 0xfee1dead, 672274793, reboot_cmd,
			     NULL);

	SEE("returned", "%s", r ? err_name(errno) : "ok");
}

static const char *reboot_inside(int cmd)
{
	reboot_cmd = cmd;
	return status_name(as_init(do_reboot));
}

CASE(F11 RD9, "reboot(2) ends the namespace, not the machine")
{
	SEE("RESTART", "%s", reboot_inside(RB_AUTOBOOT));
	SEE("HALT", "%s", reboot_inside((int)RB_HALT_SYSTEM));
	SEE("POWER_OFF", "%s", reboot_inside(RB_POWER_OFF));
	SEE("CAD_ON", "%s", reboot_inside((int)RB_ENABLE_CAD));
	SEE("CAD_OFF", "%s", reboot_inside(RB_DISABLE_CAD));
	SEE("unknown", "%s", reboot_inside(12345));
	SEE("bad magic", "%s",
	    ERR(syscall(SYS_reboot, 1, 672274793, RB_DISABLE_CAD, NULL)));
	become(1000);
	SEE("unprivileged", "%s",
	    ERR(syscall(SYS_reboot, 0xfee1dead, 672274793, RB_DISABLE_CAD,
			NULL)));
}

static int depth_reached;

/* One level deeper in each call; the exit status is the depth. */
static int deeper(int depth)
{
	pid_t pid;
	int status;

	if (unshare(CLONE_NEWPID)) {
		SEE("refused", "%s", err_name(errno));
		return depth;
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(deeper(depth + 1));
	if (pid < 0)
		return 200;
	CHECK(waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}

CASE(F12 RD10, "how deep they nest")
{
	depth_reached = deeper(0);
	SEE("levels", "%d", depth_reached);
}

CASE(F14, "a descriptor keeps a namespace that has no task")
{
	pid_t init = spawn_init(NULL);
	int fd = open_ns(init, "pid"), parent;
	struct stat st;

	reap(init);
	CHECK(fstat(fd, &st) == 0);
	SEE("type", "%#x", ioctl(fd, 0xb703));
	parent = ioctl(fd, 0xb702);
	SEE("parent", "%d", same_file(parent, open(D "pid", O_RDONLY)));
	TRY("setns", setns(fd, 0));
	TRY("fork", fork());
}

CASE(S36, "pid_for_children follows setns and the first child")
{
	int own = open(D "pid", O_RDONLY), fd;
	struct stat st;
	pid_t init;
	DIR *d;
	int listed = 0;

	CHECK(unshare(CLONE_NEWPID) == 0);
	TRY("open", open(D "pid_for_children", O_RDONLY));
	d = opendir("/proc/self/ns");
	for (struct dirent *e; (e = readdir(d));)
		listed += !strcmp(e->d_name, "pid_for_children");
	closedir(d);
	SEE("listed", "%d", listed);
	init = spawn(NULL);
	fd = open_ns(init, "pid");
	CHECK(stat(D "pid_for_children", &st) == 0);
	SEE("is the child's", "%d",
	    same_file(fd, open(D "pid_for_children", O_RDONLY)));
	reap(init);
	TRY("after its death", stat(D "pid_for_children", &st));
	TRY("setns to it", setns(open(D "pid_for_children", O_RDONLY), 0));
	CHECK(setns(own, 0) == 0);
}

static void forks_many(void)
{
	for (int i = 0; i < 300; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		CHECK(waitpid(pid, NULL, 0) == pid);
		if (i == 0 || i == 299)
			SEE("child", "%d", pid);
	}
}

CASE(F13, "numbers are given out in order")
{
	CHECK(as_init(forks_many) == 0);
}
