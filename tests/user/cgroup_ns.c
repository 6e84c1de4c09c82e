// SPDX-License-Identifier: MIT
/* Cgroup namespaces: rows S33, H05, E12. */
#include "cgroup.h"

#define D "/proc/self/ns/"

/* The root field of the last mount of a cgroup2 file system. */
static const char *mount_root(const char *at)
{
	static char root[128], line[512], where[128];
	FILE *f = fopen("/proc/self/mountinfo", "r");

	strcpy(root, "none");
	while (f && fgets(line, sizeof(line), f)) {
		char r[128];

		if (sscanf(line, "%*d %*d %*s %127s %127s", r, where) == 2 &&
		    !strcmp(where, at))
			strcpy(root, r);
	}
	if (f)
		fclose(f);
	return root;
}

CASE(H05, "the entry; setns to one's own")
{
	struct stat st;
	int fd = open(D "cgroup", O_RDONLY);

	CHECK(fstat(fd, &st) == 0);
	SEE("initial number", "%lu", (unsigned long)st.st_ino);
	SEE("link", "%s", link_type(D "cgroup"));
	SEE("type", "%x", ioctl(fd, 0xb703));
	SEE("parent", "%s", ERR(ioctl(fd, 0xb702)));
	SEE("own", "%s", ERR(setns(fd, CLONE_NEWCGROUP)));
	SEE("wrong type", "%s", ERR(setns(fd, CLONE_NEWUTS)));
	thread_start();
	SEE("unshare with threads", "%s", ERR(unshare(CLONE_NEWCGROUP)));
	SEE("setns with threads", "%s", ERR(setns(fd, CLONE_NEWCGROUP)));
	become(1000);
	SEE("without privileges", "%s", ERR(unshare(CLONE_NEWCGROUP)));
	SEE("setns", "%s", ERR(setns(fd, CLONE_NEWCGROUP)));
}

CASE(S33, "paths are relative to the reader's root")
{
	pid_t up, side, top, below;
	int home = open(D "cgroup", O_RDONLY);

	cgroups_mount();
	CHECK(mkdir(ROOT "n", 0755) == 0);
	CHECK(mkdir(ROOT "n/a", 0755) == 0);
	CHECK(mkdir(ROOT "n/a/sub", 0755) == 0);
	CHECK(mkdir(ROOT "n/b", 0755) == 0);
	top = spawn(NULL);
	CHECK(!strcmp(put(ROOT "n/cgroup.procs", "0"), "ok"));
	up = spawn(NULL);
	CHECK(!strcmp(put(ROOT "n/b/cgroup.procs", "0"), "ok"));
	side = spawn(NULL);
	CHECK(!strcmp(put(ROOT "n/a/sub/cgroup.procs", "0"), "ok"));
	below = spawn(NULL);
	CHECK(!strcmp(put(ROOT "n/a/cgroup.procs", "0"), "ok"));
	SEE("before", "%s", group_of(getpid()));
	CHECK(unshare(CLONE_NEWCGROUP) == 0);
	SEE("self", "%s", group_of(getpid()));
	SEE("above", "%s", group_of(up));
	SEE("beside", "%s", group_of(side));
	SEE("below", "%s", group_of(below));
	SEE("at the top", "%s", group_of(top));
	SEE("old mount", "%s", mount_root("/mnt"));
	CHECK(mount("t", "/mnt", "tmpfs", 0, NULL) == 0);
	CHECK(mkdir("/mnt/new", 0755) == 0);
	SEE("new mount", "%s",
	    ERR(mount("none", "/mnt/new", "cgroup2", 0, NULL)));
	SEE("its root", "%s", mount_root("/mnt/new"));
	SEE("sub is there", "%d", access("/mnt/new/sub", F_OK) == 0);
	SEE("b is not", "%d", access("/mnt/new/b", F_OK) == 0);
	SEE("above it", "%d", access("/mnt/new/../sub", F_OK) == 0);
	CHECK(setns(home, CLONE_NEWCGROUP) == 0);
	SEE("home again", "%s", group_of(getpid()));
	SEE("root of the new mount", "%s", mount_root("/mnt/new"));
	CHECK(umount("/mnt/new") == 0);
	CHECK(umount("/mnt") == 0);
	CHECK(!strcmp(put(ROOT "cgroup.procs", "0"), "ok"));
	reap(top);
	reap(up);
	reap(side);
	reap(below);
	CHECK(rmdir(ROOT "n/a/sub") == 0);
	CHECK(rmdir(ROOT "n/a") == 0);
	CHECK(rmdir(ROOT "n/b") == 0);
	CHECK(rmdir(ROOT "n") == 0);
}

static int in_n(void)
{
	return !strcmp(put(ROOT "n/cgroup.procs", "0"), "ok");
}

CASE(S33, "the root of a namespace that has been removed")
{
	int fd;

	cgroups_mount();
	CHECK(mkdir(ROOT "n", 0755) == 0);
	CHECK(in_n());
	CHECK(unshare(CLONE_NEWCGROUP) == 0);
	fd = open(D "cgroup", O_RDONLY);
	CHECK(!strcmp(put(ROOT "cgroup.procs", "0"), "ok"));
	SEE("outside of it", "%s", group_of(getpid()));
	SEE("rmdir", "%s", ERR(rmdir(ROOT "n")));
	SEE("then", "%s", group_of(getpid()));
	SEE("setns", "%s", ERR(setns(fd, 0)));
}

static void user_ns_mounts(void)
{
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
	SEE("user alone", "%s", ERR(mount("none", "/mnt", "cgroup2", 0, NULL)));
	CHECK(unshare(CLONE_NEWCGROUP) == 0);
	SEE("with cgroup", "%s", ERR(mount("none", "/mnt", "cgroup2", 0, NULL)));
}

CASE(E12, "cgroup2 in a user namespace")
{
	private_mounts();
	CHECK(mount("none", "/mnt", "cgroup2", 0, NULL) == 0);
	CHECK(umount("/mnt") == 0);
	CHECK(in_child(user_ns_mounts) == 0);
}

static int moved_fd;

static void leave_ns(void)
{
	SEE("out of the namespace", "%s",
	    ERR(write(moved_fd, "0", 1)));
}

CASE(U22, "nsdelegate: a namespace's root is a border")
{
	cgroups_mount();
	CHECK(mkdir(ROOT "n", 0755) == 0);
	CHECK(mkdir(ROOT "n/a", 0755) == 0);
	CHECK(mount(NULL, "/mnt", NULL, MS_REMOUNT, "nsdelegate") == 0);
	moved_fd = open(ROOT "cgroup.procs", O_WRONLY);
	CHECK(in_n());
	CHECK(unshare(CLONE_NEWCGROUP) == 0);
	SEE("inwards", "%s", put(ROOT "n/a/cgroup.procs", "0"));
	SEE("own root", "%s", put(ROOT "n/cgroup.procs", "0"));
	SEE("out, opened inside", "%s", put(ROOT "cgroup.procs", "0"));
	SEE("a limit of the root", "%s",
	    put(ROOT "n/cgroup.max.depth", "7"));
	CHECK(in_child(leave_ns) == 0);
	CHECK(!strcmp(ERR(write(moved_fd, "0", 1)), "ok"));
	CHECK(mount(NULL, "/mnt", NULL, MS_REMOUNT, NULL) == 0);
	CHECK(rmdir(ROOT "n/a") == 0);
	CHECK(rmdir(ROOT "n") == 0);
}

CASE(S16, "the number is free when the last holder has gone")
{
	ino_t a, b;
	int home = open(D "cgroup", O_RDONLY);

	CHECK(unshare(CLONE_NEWCGROUP) == 0);
	a = ino_of(D "cgroup");
	SEE("dynamic", "%d", a >= 0xf0000000);
	CHECK(setns(home, 0) == 0);
	CHECK(unshare(CLONE_NEWCGROUP) == 0);
	b = ino_of(D "cgroup");
	SEE("used again", "%d", a == b);
	CHECK(unshare(CLONE_NEWCGROUP) == 0);
	SEE("new before old", "%d", ino_of(D "cgroup") != b);
}
