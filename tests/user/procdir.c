// SPDX-License-Identifier: MIT
/* What is in /proc, and for whom: rows I04, I08, I09, S19, S34, P. */
#include "case.h"

#define D "/proc/self/ns/"

static pid_t target;

/* ---- I08, I09 ------------------------------------------------------------------------------ */

CASE(I08, "names in /proc that are no tasks")
{
	static const char *const names[] = { "0", "-1", "01", "1x", "+1", " 1",
					     "99999999", "4294967297",
					     "18446744073709551617", "" };
	struct stat st;
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/proc/%s/ns", names[i]);
		SEE(names[i], "%s", ERR(stat(path, &st)));
	}
	snprintf(path, sizeof(path), "/proc/self/task/%d/ns", getppid());
	TRY("another process as a thread", stat(path, &st));
	TRY("task/self", stat("/proc/self/task/self", &st));
}

CASE(I09, "a kernel thread is in the initial namespaces")
{
	struct stat st;
	bool kthread = stat("/proc/2", &st) == 0;

	/* A kernel without a task of its own at 2 has nothing to show. */
	if (kthread && !*read_file("/proc/2/cmdline"))
		CHECK(ino_of("/proc/2/ns/uts") == 4026531838u);
}

/* ---- I04: hidepid ---------------------------------------------------------------------------- */

static void hide_look(void)
{
	struct stat st;
	char path[64], buf[64];

	become(1001);
	snprintf(path, sizeof(path), "/mnt/%d", target);
	TRY("directory", stat(path, &st));
	strcat(path, "/status");
	TRY("status", stat(path, &st));
	snprintf(path, sizeof(path), "/mnt/%d/ns/uts", target);
	SEE("ns/uts", "%s", ERR(readlink(path, buf, sizeof(buf))));
	snprintf(path, sizeof(path), "/mnt/%d/ns/uts", getpid());
	TRY("own", stat(path, &st));
}

static void hide(const char *options)
{
	SEE(options, "%s", ERR(mount("proc", "/mnt", "proc", 0, options)));
	if (strcmp(read_file("/mnt/uptime"), "") || !access("/mnt/self", F_OK)) {
		CHECK(in_child(hide_look) == 0);
		CHECK(umount("/mnt") == 0);
	}
}

CASE(I04, "hidepid")
{
	private_mounts();
	CHECK(umount("/mnt") == 0);
	target = spawn(NULL);
	hide("hidepid=0");
	hide("hidepid=1");
	hide("hidepid=2");
	hide("hidepid=4");
	hide("hidepid=off");
	hide("hidepid=noaccess");
	hide("hidepid=invisible");
	hide("hidepid=ptraceable");
	TRY("9", mount("proc", "/mnt", "proc", 0, "hidepid=9"));
	TRY("word", mount("proc", "/mnt", "proc", 0, "hidepid=x"));
	TRY("unknown", mount("proc", "/mnt", "proc", 0, "nosuch"));
	reap(target);
}

CASE(I04, "subset=pid, gid, and a device each")
{
	struct stat a, b;

	private_mounts();
	CHECK(umount("/mnt") == 0);
	TRY("subset=pid", mount("proc", "/mnt", "proc", 0, "subset=pid"));
	TRY("uptime", access("/mnt/uptime", F_OK));
	TRY("sys", access("/mnt/sys", F_OK));
	TRY("self", access("/mnt/self/status", F_OK));
	TRY("thread-self", access("/mnt/thread-self/status", F_OK));
	CHECK(stat("/mnt", &a) == 0 && stat("/proc", &b) == 0);
	SEE("own device", "%d", a.st_dev != b.st_dev);
	SEE("same nsfs number", "%d",
	    ino_of("/mnt/self/ns/uts") == ino_of(D "uts"));
	CHECK(umount("/mnt") == 0);
	TRY("subset=x", mount("proc", "/mnt", "proc", 0, "subset=x"));
	TRY("gid=5", mount("proc", "/mnt", "proc", 0, "gid=5,hidepid=2"));
	CHECK(umount("/mnt") == 0);
}

/* ---- S34, P10: two readers --------------------------------------------------------------------- */

static int dir_fd;
static int seen[2];

static void *read_dir(void *arg)
{
	char buf[64];
	int *count = arg;
	long n;

	while ((n = syscall(SYS_getdents64, dir_fd, buf, sizeof(buf))) > 0)
		for (long i = 0; i < n; (*count)++)
			i += *(unsigned short *)(buf + i + 16);
	return NULL;
}

CASE(S34 RS18 P10, "two threads read one directory fd")
{
	int bad = 0, want = 0;
	DIR *d = opendir("/proc/self/ns");

	while (readdir(d))
		want++;
	closedir(d);
	for (int i = 0; i < 200; i++) {
		pthread_t t;

		dir_fd = open("/proc/self/ns", O_RDONLY | O_DIRECTORY);
		seen[0] = seen[1] = 0;
		CHECK(pthread_create(&t, NULL, read_dir, &seen[0]) == 0);
		read_dir(&seen[1]);
		pthread_join(t, NULL);
		bad += seen[0] + seen[1] != want;
		close(dir_fd);
	}
	SEE("rounds with a loss or a double", "%d", bad);
}

CASE(S19, "readdir in its order, every position")
{
	char buf[64];
	int fd = open("/proc/self/ns", O_RDONLY | O_DIRECTORY), good = 1;
	long at = 0;

	for (long n; (n = syscall(SYS_getdents64, fd, buf, 40)) > 0;) {
		int64_t off;

		memcpy(&off, buf + 8, sizeof(off));
		good &= off == ++at;
		CHECK(lseek(fd, 0, SEEK_CUR) == off);
	}
	SEE("positions 1, 2, 3, ...", "%d", good);
	TRY("SEEK_END", lseek(fd, 0, SEEK_END));
	CHECK(lseek(fd, 5, SEEK_SET) == 5);
	CHECK(syscall(SYS_getdents64, fd, buf, 40) > 0);
	TRY("bad buffer", syscall(SYS_getdents64, fd, (void *)8, 40));
}

/* ---- P1, P5, P8 -------------------------------------------------------------------------------- */

CASE(P1, "the running image cannot be written")
{
	TRY("O_WRONLY", open("/proc/self/exe", O_WRONLY));
	TRY("O_RDWR", open("/proc/self/exe", O_RDWR));
	TRY("O_TRUNC", open("/proc/self/exe", O_RDONLY | O_TRUNC));
	TRY("truncate", truncate("/proc/self/exe", 0));
	TRY("O_RDONLY", open("/proc/self/exe", O_RDONLY));
}

CASE(P5, "a link's text changes with setns at once")
{
	char a[64] = "", b[64] = "", c[64] = "";
	int fd = open(D "uts", O_RDONLY);

	CHECK(readlink(D "uts", a, 63) > 0);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(readlink(D "uts", b, 63) > 0);
	CHECK(setns(fd, 0) == 0);
	CHECK(readlink(D "uts", c, 63) > 0);
	SEE("changed, back", "%d %d", strcmp(a, b) != 0, strcmp(a, c) == 0);
}

CASE(P8, "listing /proc while tasks come and go")
{
	pid_t storm = fork(), self = getpid();
	int missed = 0, bad = 0;

	if (storm == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			pid_t pid = fork();

			if (pid == 0)
				_exit(0);
			waitpid(pid, NULL, 0);
		}
	}
	for (int i = 0; i < 100; i++) {
		DIR *d = opendir("/proc");
		bool found = false;
		long last = 0;

		for (struct dirent *e; (e = readdir(d));) {
			long n = strtol(e->d_name, NULL, 10);

			if (n <= 0)
				continue;
			bad += n <= last;
			last = n;
			found |= n == self;
		}
		missed += !found;
		closedir(d);
	}
	SEE("missed itself, out of order", "%d %d", missed, bad);
	reap(storm);
}

CASE(P16 N4, "no address of the kernel is shown")
{
	static const char *const files[] = { "stat", "status", "wchan",
					     "syscall", "maps", "mountinfo" };
	char name[64];

	become(1000);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "/proc/self/%s", files[i]);
		CHECK(!strstr(read_file(name), "ffffffff8"));
	}
	TRY("root's stack", open("/proc/1/stack", O_RDONLY));
	CHECK(!strstr(read_file("/proc/kallsyms"), "ffffffff8"));
}

CASE(RD12, "numbers are used again, and never twice at once")
{
	pid_t last = 0;
	int twice = 0;

	for (int i = 0; i < 2000; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		twice += pid == last;
		last = pid;
		CHECK(waitpid(pid, NULL, 0) == pid);
	}
	SEE("the same number again at once", "%d", twice);
}
