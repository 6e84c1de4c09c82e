// SPDX-License-Identifier: MIT
/* Mounts in user namespaces: what may be mounted there, and what of the mounts
 * that came from outside stays as it is. */
#include "ids.h"

#include <sys/sysmacros.h>

/* The optional fields of the mount at @path in mountinfo, numbers as N. */
static const char *fields(const char *path)
{
	static char text[64];
	char *line, *save = NULL, root[256], point[256], rest[256];
	static char all[65536];

	snprintf(all, sizeof(all), "%s", read_file("/proc/self/mountinfo"));
	strcpy(text, "absent");
	for (line = strtok_r(all, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%*d %*d %*s %255s %255s %*s %255[^\n]", root,
			   point, rest) != 3 || strcmp(point, path))
			continue;
		text[0] = 0;
		for (char *w = strtok(rest, " "); w && strcmp(w, "-");
		     w = strtok(NULL, " ")) {
			w[strcspn(w, ":")] = 0;
			strcat(text, text[0] ? " " : "");
			strcat(text, w);
		}
		if (!text[0])
			strcpy(text, "private");
	}
	return text;
}

/* ---- E12: which file systems ------------------------------------------------------ */

static void try_type(const char *type)
{
	SEE(type, "%s", ERR(mount("none", "/mnt", type, 0, NULL)));
	umount2("/mnt", MNT_DETACH);
}

static void types_without(void)
{
	new_user_mounts();
	try_type("tmpfs");
	try_type("ramfs");
	try_type("proc");
	try_type("sysfs");
	try_type("devtmpfs");
	try_type("mqueue");
}

static void proc_inside(void)
{
	pid_t pid;

	new_user_mounts();
	CHECK(unshare(CLONE_NEWPID) == 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		try_type("proc");
		/* a locked or partial proc hides something */
		CHECK(mount("t", "/proc/sys", "tmpfs", 0, NULL) == 0);
		try_type("proc");
		fflush(stdout);
		_exit(case_failed);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
}

/* Whatever else the machine has mounted: here /proc is the only procfs. */
static void only_proc(void)
{
	static char all[65536];
	char *line, *save = NULL, point[256], type[64];

	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	snprintf(all, sizeof(all), "%s", read_file("/proc/self/mounts"));
	for (line = strtok_r(all, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%*s %255s %63s", point, type) == 2 &&
		    !strcmp(type, "proc") && strcmp(point, "/proc"))
			CHECK(umount2(point, MNT_DETACH) == 0);
}

static void proc_covered(void)
{
	pid_t pid;

	only_proc();
	CHECK(mount("t", "/proc/sys", "tmpfs", 0, NULL) == 0);
	new_user_mounts();
	CHECK(unshare(CLONE_NEWPID) == 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		TRY("proc, covered in part",
		    mount("none", "/mnt", "proc", 0, NULL));
		fflush(stdout);
		_exit(case_failed);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
}

static void proc_readonly(void)
{
	pid_t pid;

	only_proc();
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
	new_user_mapped("0 0 2000");
	/* the maps are written: now, still outside, there is nothing to lock */
	CHECK(mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		    NULL) == -1);
	CHECK(unshare(CLONE_NEWNS) == 0);
	TRY("read-only inside", mount(NULL, "/proc", NULL,
				      MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	CHECK(unshare(CLONE_NEWPID) == 0);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		TRY("a writable proc beside it",
		    mount("none", "/mnt", "proc", 0, NULL));
		TRY("noatime", mount("none", "/mnt", "proc", MS_NOATIME, NULL));
		fflush(stdout);
		_exit(case_failed);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
}

CASE(E12, "which file systems may be mounted")
{
	run(types_without);
	run(proc_inside);
}

CASE(M11, "a proc that is covered in part does not come back")
{
	run(proc_covered);
	run(proc_readonly);
}

static void own_net(void)
{
	new_user_mounts();
	TRY("sysfs", mount("s", "/mnt", "sysfs", 0, NULL));
	CHECK(unshare(CLONE_NEWNET) == 0);
	TRY("with an own net", mount("s", "/mnt", "sysfs", 0, NULL));
}

CASE(M12, "sysfs needs an own net namespace")
{
	run(own_net);
}

static void devices(void)
{
	new_user_mounts();
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
	TRY("mknod", mknod("/mnt/null", S_IFCHR | 0666, makedev(1, 3)));
	TRY("fifo", mknod("/mnt/fifo", S_IFIFO | 0666, 0));
	write_file("/mnt/null", "");
	TRY("bind", mount("/dev/null", "/mnt/null", NULL, MS_BIND, NULL));
	TRY("a bound device", open("/mnt/null", O_RDWR));
	TRY("uid=", mount("t", "/mnt", "tmpfs", 0, "uid=5,gid=6"));
	{
		struct stat st;

		CHECK(stat("/mnt", &st) == 0);
		SEE("root", "%u %u", st.st_uid, st.st_gid);
	}
	TRY("uid= unmapped", mount("t", "/mnt", "tmpfs", 0, "uid=5000"));
}

CASE(M13, "no devices of one's own")
{
	run(devices);
}

/* ---- G01, M1, M2: what came from outside ------------------------------------------------ */

static void outside(unsigned long flags)
{
	private_mounts();
	CHECK(mount(NULL, "/mnt", NULL, MS_REMOUNT | MS_BIND | flags, NULL) == 0);
	CHECK(mkdir("/mnt/a", 0755) == 0 || errno == EROFS);
}

static void remount(const char *name, unsigned long flags)
{
	SEE(name, "%s", ERR(mount(NULL, "/mnt", NULL,
				  MS_REMOUNT | MS_BIND | flags, NULL)));
}

static void locked_flags(void)
{
	const unsigned long all = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

	outside(all);
	new_user_mounts();
	remount("all", all);
	remount("without ro", all & ~MS_RDONLY);
	remount("without nosuid", all & ~MS_NOSUID);
	remount("without nodev", all & ~MS_NODEV);
	remount("without noexec", all & ~MS_NOEXEC);
	remount("none", 0);
	remount("noatime too", all | MS_NOATIME);
	TRY("super block", mount(NULL, "/mnt", NULL, MS_REMOUNT | all, NULL));
	TRY("bind of it", mount("/mnt", "/tmp", NULL, MS_BIND, NULL));
	TRY("its ro", mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_BIND, NULL));
}

static void free_flags(void)
{
	outside(0);
	new_user_mounts();
	remount("ro on top", MS_RDONLY);
	remount("and off", 0);
	CHECK(mount("t", "/mnt", "tmpfs", MS_NOSUID | MS_NODEV, NULL) == 0);
	remount("own mount", 0);
	remount("own noatime", MS_NOATIME);
	TRY("own super block", mount(NULL, "/mnt", NULL, MS_REMOUNT | MS_RDONLY,
				     NULL));
}

CASE(M1, "flags that protect stay")
{
	run(locked_flags);
	run(free_flags);
}

static void inherited(void)
{
	private_mounts();
	CHECK(mkdir("/mnt/a", 0755) == 0 && mkdir("/mnt/b", 0755) == 0);
	CHECK(mount("in", "/mnt/a", "tmpfs", 0, NULL) == 0);
	CHECK(mkdir("/mnt/a/x", 0755) == 0);
	new_user_mounts();
	TRY("umount /mnt/a", umount("/mnt/a"));
	TRY("detach /mnt/a", umount2("/mnt/a", MNT_DETACH));
	TRY("move", mount("/mnt/a", "/mnt/b", NULL, MS_MOVE, NULL));
	TRY("bind of /mnt", mount("/mnt", "/mnt/b", NULL, MS_BIND, NULL));
	TRY("bind of /mnt/a", mount("/mnt/a", "/mnt/b", NULL, MS_BIND, NULL));
	TRY("umount that", umount("/mnt/b"));
	TRY("rbind of /mnt", mount("/mnt", "/mnt/b", NULL, MS_BIND | MS_REC,
				   NULL));
	TRY("umount /mnt/b/a", umount("/mnt/b/a"));
	TRY("detach /mnt/b", umount2("/mnt/b", MNT_DETACH));
	TRY("own on top", mount("o", "/mnt/a", "tmpfs", 0, NULL));
	TRY("umount it", umount("/mnt/a"));
	TRY("the next", umount("/mnt/a"));
	TRY("root", umount2("/", MNT_DETACH));
	TRY("force", umount2("/", MNT_FORCE));
	CHECK(unshare(CLONE_NEWNS) == 0);
	TRY("after another unshare", umount("/mnt/a"));
}

CASE(M2, "mounts that came from outside cannot be taken apart")
{
	run(inherited);
}

static struct pipe_pair up, down;

static void receiver(void)
{
	new_user_mounts();
	SEE("/mnt inside", "%s", fields("/mnt"));
	pipe_say(up);
	pipe_hear(down);
	SEE("later mount", "%s", fields("/mnt/later"));
	TRY("umount it", umount("/mnt/later"));
	SEE("its child", "%s", fields("/mnt/later/sub"));
	TRY("umount the child", umount("/mnt/later/sub"));
	TRY("own mount", mount("o", "/mnt/own", "tmpfs", 0, NULL));
	pipe_say(up);
	pipe_hear(down);
	SEE("after umount outside", "%s", fields("/mnt/later"));
}

CASE(G01, "shared becomes slave: mounts come in, none goes out")
{
	pid_t pid;
	int status;

	private_mounts();
	CHECK(mount(NULL, "/mnt", NULL, MS_SHARED, NULL) == 0);
	CHECK(mkdir("/mnt/later", 0755) == 0 && mkdir("/mnt/own", 0755) == 0);
	CHECK(mount("s", "/tmp", "tmpfs", 0, NULL) == 0);
	CHECK(mkdir("/tmp/sub", 0755) == 0);
	CHECK(mount("s2", "/tmp/sub", "tmpfs", 0, NULL) == 0);
	up = pipe_new();
	down = pipe_new();
	fflush(stdout);
	pid = fork();
	if (!pid) {
		receiver();
		fflush(stdout);
		_exit(case_failed);
	}
	pipe_hear(up);
	CHECK(mount("/tmp", "/mnt/later", NULL, MS_BIND | MS_REC, NULL) == 0);
	pipe_say(down);
	pipe_hear(up);
	SEE("/mnt outside", "%s", fields("/mnt"));
	SEE("its own outside", "%s", fields("/mnt/own"));
	CHECK(umount2("/mnt/later", MNT_DETACH) == 0);
	pipe_say(down);
	CHECK(waitpid(pid, &status, 0) == pid);
	SEE("child", "%s", status_name(status));
}

static int foreign_dir;
static pid_t outer;

static void in_own_ns(void)
{
	private_mounts();
	CHECK(mkdir("/mnt/a", 0755) == 0);
	CHECK(mount("x", "/mnt/a", "tmpfs", 0, NULL) == 0);
}

static void touch_foreign(void)
{
	const char *path = fd_path(foreign_dir);

	new_user_mounts();
	TRY("private", mount(NULL, path, NULL, MS_PRIVATE, NULL));
	TRY("mount", mount("t", path, "tmpfs", 0, NULL));
	TRY("umount", umount2(path, MNT_DETACH));
	TRY("remount", mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL));
	TRY("bind from", mount(path, "/mnt", NULL, MS_BIND, NULL));
}

CASE(M7, "mounts of another namespace, by a descriptor")
{
	outer = spawn(in_own_ns);
	foreign_dir = open(of(outer, "root/mnt/a"), O_PATH | O_DIRECTORY);
	CHECK(foreign_dir >= 0);
	run(touch_foreign);
	close(foreign_dir);
	reap(outer);
}

/* From a root of our own, as an initramfs cannot be left. */
static void pivot(void)
{
	private_mounts();
	new_user_mounts();
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
	CHECK(chroot("/mnt") == 0 && chdir("/") == 0);
	CHECK(mkdir("/new", 0755) == 0);
	CHECK(mount("t", "/new", "tmpfs", 0, NULL) == 0);
	CHECK(mkdir("/new/old", 0755) == 0);
	TRY("pivot_root", syscall(SYS_pivot_root, "/new", "/new/old"));
	CHECK(chdir("/") == 0);
	TRY("the old root", access("/old/new", F_OK));
	TRY("umount it", umount2("/old", MNT_DETACH));
	TRY("then", access("/old/new", F_OK));
}

CASE(M4, "pivot_root in a user namespace, and the old root goes")
{
	run(pivot);
}

static void unprivileged(void)
{
	become_1000();
	TRY("mount", mount("t", "/mnt", "tmpfs", 0, NULL));
	TRY("bind", mount("/tmp", "/mnt", NULL, MS_BIND, NULL));
	TRY("umount", umount("/proc"));
	CHECK(unshare(CLONE_NEWUSER) == 0);
	TRY("in the old mount namespace", mount("t", "/mnt", "tmpfs", 0, NULL));
	CHECK(unshare(CLONE_NEWNS) == 0);
	TRY("in an own one", mount("t", "/mnt", "tmpfs", 0, NULL));
	TRY("devtmpfs", mount("t", "/mnt", "devtmpfs", 0, NULL));
	TRY("chroot", chroot("/mnt"));
}

CASE(U14, "power over mounts comes with the mount namespace's owner")
{
	run(unprivileged);
}
