// SPDX-License-Identifier: MIT
/* What names a namespace without a file: ids, numbers in pid namespaces,
 * mount namespaces in order, file handles. */
#include "newapi.h"

#define D "/proc/self/ns/"

static uint64_t id_of(const char *path)
{
	uint64_t id = 0;
	int fd = open(path, O_RDONLY);

	CHECK(ioctl(fd, NS_GET_ID, &id) == 0);
	close(fd);
	return id;
}

CASE(B05, "ids: one a namespace, rising, never used again (6.18)")
{
	int fd = open(D "mnt", O_RDONLY), uts = open(D "uts", O_RDONLY);
	uint64_t a = 0, b = 0, c;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one); /* Linux counts on each CPU */
	CHECK(sched_setaffinity(0, sizeof(one), &one) == 0);
	SEE("NS_GET_MNTNS_ID", "%s", ERR(ioctl(fd, NS_GET_MNTNS_ID, &a)));
	SEE("NS_GET_ID", "%s", ERR(ioctl(fd, NS_GET_ID, &b)));
	SEE("the same", "%d", a == b && a);
	SEE("of uts", "%s", ERR(ioctl(uts, NS_GET_MNTNS_ID, &a)));
	SEE("of uts", "%s", ERR(ioctl(uts, NS_GET_ID, &a)));
	SEE("pointer", "%s", ERR(ioctl(uts, NS_GET_ID, 8)));
	CHECK(unshare(CLONE_NEWUTS) == 0);
	b = id_of(D "uts");
	CHECK(setns(uts, 0) == 0);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	c = id_of(D "uts");
	SEE("rising", "%d %d", b > a, c > b);
}

static int in_ns;

static void inner(void)
{
	int own = open(D "pid", O_RDONLY), outer = in_ns;
	pid_t pid = getpid();

	SEE("own number", "%d", pid);
	SEE("from own", "%ld",
	    (long)ioctl(own, NS_GET_PID_FROM_PIDNS, pid));
	SEE("of nobody", "%s", ERR(ioctl(own, NS_GET_PID_FROM_PIDNS, 77)));
	SEE("in outer", "%d",
	    ioctl(outer, NS_GET_PID_IN_PIDNS, pid) > 1);
	SEE("tgid in outer", "%d",
	    ioctl(outer, NS_GET_TGID_IN_PIDNS, pid) ==
		    ioctl(outer, NS_GET_PID_IN_PIDNS, pid));
	SEE("from outer of init", "%s",
	    ERR(ioctl(outer, NS_GET_PID_FROM_PIDNS, 1)));
}

CASE(B06, "numbers in other pid namespaces (6.18)")
{
	int uts = open(D "uts", O_RDONLY), status;
	pid_t pid;

	in_ns = open(D "pid", O_RDONLY);
	SEE("uts", "%s", ERR(ioctl(uts, NS_GET_PID_IN_PIDNS, 1)));
	CHECK(unshare(CLONE_NEWPID) == 0);
	pid = fork();
	if (pid == 0) {
		inner();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static uint64_t next_id(int *fd, unsigned cmd)
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	int next = ioctl(*fd, cmd, &info);

	if (next < 0)
		return 0;
	close(*fd);
	*fd = next;
	return info.mnt_ns_id;
}

static void own_mnt(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
}

CASE(B07, "mount namespaces in the order of their ids (6.18)")
{
	struct mnt_ns_info info = { .size = sizeof(info) };
	int fd = open(D "mnt", O_RDONLY), uts = open(D "uts", O_RDONLY), n = 0;
	uint64_t id, last = 0, child;
	bool found = false;
	char path[64];
	pid_t pid;

	pin_cpu0(); /* Linux gives each CPU ids of its own */
	CHECK(unshare(CLONE_NEWNS) == 0);
	close(fd);
	fd = open(D "mnt", O_RDONLY);
	pid = spawn(own_mnt);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	child = id_of(path);
	SEE("info", "%s", ERR(ioctl(fd, NS_MNT_GET_INFO, &info)));
	SEE("id", "%d", info.mnt_ns_id == id_of(D "mnt"));
	SEE("mounts", "%d", info.nr_mounts > 0);
	SEE("size", "%u", info.size);
	SEE("NULL", "%s", ERR(ioctl(fd, NS_MNT_GET_INFO, NULL)));
	SEE("pointer", "%s", ERR(ioctl(fd, NS_MNT_GET_INFO, 8)));
	SEE("uts", "%s", ERR(ioctl(uts, NS_MNT_GET_INFO, &info)));
	SEE("uts next", "%s", ERR(ioctl(uts, NS_MNT_GET_NEXT, &info)));
	close(fd);
	fd = open(path, O_RDONLY);
	TRY("previous, NULL", ioctl(fd, NS_MNT_GET_PREV, NULL));
	while ((id = next_id(&fd, NS_MNT_GET_PREV)) && n++ < 1000) {
		CHECK(id < child && (!last || id < last));
		last = id;
		found |= id == id_of(D "mnt");
	}
	SEE("found own", "%d", found);
	TRY("before the first", ioctl(fd, NS_MNT_GET_PREV, NULL));
	n = 0;
	while ((id = next_id(&fd, NS_MNT_GET_NEXT)) && n++ < 1000)
		if (id == child)
			break;
	SEE("found the child's", "%d", id == child);
	reap(pid);
}

struct handle {
	struct file_handle h;
	union {
		struct nsfs_file_handle ns;
		char room[128];
	};
};

static const char *handle_of(int fd, const char *path, int flags,
			     struct handle *h)
{
	int mnt;

	memset(h, 0, sizeof(*h));
	h->h.handle_bytes = sizeof(h->room);
	return ERR(syscall(SYS_name_to_handle_at, fd, path, h, &mnt, flags));
}

static int open_handle(int fd, struct handle *h, int flags)
{
	return (int)syscall(SYS_open_by_handle_at, fd, h, flags);
}

CASE(B08, "the handle of a namespace's file (6.18)")
{
	int fd = open(D "uts", O_RDONLY), mnt, got;
	struct handle h, bad;
	struct stat a, b;

	SEE("get", "%s", handle_of(fd, "", AT_EMPTY_PATH, &h));
	SEE("bytes, type", "%u %#x", h.h.handle_bytes, h.h.handle_type);
	SEE("id, type, number", "%d %#x %d", h.ns.ns_id == id_of(D "uts"),
	    h.ns.ns_type, h.ns.ns_inum == ino_of(D "uts"));
	SEE("by name", "%s",
	    handle_of(AT_FDCWD, D "uts", AT_SYMLINK_FOLLOW, &bad));
	SEE("same", "%d", !memcmp(&bad, &h, sizeof(h)));
	bad.h.handle_bytes = 8;
	SEE("too small", "%s",
	    ERR(syscall(SYS_name_to_handle_at, fd, "", &bad, &mnt,
			AT_EMPTY_PATH)));
	SEE("it takes", "%u", bad.h.handle_bytes);
	bad.h.handle_bytes = 129;
	SEE("too big", "%s",
	    ERR(syscall(SYS_name_to_handle_at, fd, "", &bad, &mnt,
			AT_EMPTY_PATH)));
	SEE("bad flags", "%s", handle_of(fd, "", AT_EMPTY_PATH | 4, &bad));
	got = open_handle(fd, &h, O_RDONLY);
	SEE("open", "%s", got < 0 ? err_name(errno) : "ok");
	CHECK(fstat(fd, &a) == 0 && fstat(got, &b) == 0);
	SEE("same file", "%d", a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	SEE("setns", "%s", ERR(setns(got, CLONE_NEWUTS)));
	close(got);
	SEE("O_RDWR", "%s", ERR(open_handle(fd, &h, O_RDWR)));
	SEE("by FD_NSFS_ROOT", "%s",
	    ERR(open_handle(FD_NSFS_ROOT, &h, O_RDONLY)));
	close(fd);
	SEE("nobody has it open", "%s",
	    ERR(open_handle(FD_NSFS_ROOT, &h, O_RDONLY)));
	bad = h;
	bad.ns.ns_inum++;
	SEE("wrong number", "%s", ERR(open_handle(FD_NSFS_ROOT, &bad, 0)));
	bad = h;
	bad.ns.ns_type = CLONE_NEWIPC;
	SEE("wrong type", "%s", ERR(open_handle(FD_NSFS_ROOT, &bad, 0)));
	bad = h;
	bad.ns.ns_id += 1000000;
	SEE("no such id", "%s", ERR(open_handle(FD_NSFS_ROOT, &bad, 0)));
	bad = h;
	bad.h.handle_type = 1;
	SEE("handle type", "%s", ERR(open_handle(FD_NSFS_ROOT, &bad, 0)));
	bad = h;
	bad.h.handle_bytes = 8;
	SEE("short", "%s", ERR(open_handle(FD_NSFS_ROOT, &bad, 0)));
	bad.h.handle_bytes = 0;
	SEE("empty", "%s", ERR(open_handle(FD_NSFS_ROOT, &bad, 0)));
	SEE("bad fd", "%s", ERR(open_handle(99, &h, 0)));
}

CASE(B08, "a handle outlives no namespace (6.18)")
{
	int fd = open(D "uts", O_RDONLY);
	struct handle h;

	CHECK(unshare(CLONE_NEWUTS) == 0);
	SEE("get", "%s", handle_of(AT_FDCWD, D "uts", AT_SYMLINK_FOLLOW, &h));
	SEE("alive", "%s", ERR(open_handle(FD_NSFS_ROOT, &h, 0)));
	for (int i = 3; i < 20; i++)
		if (i != fd)
			close(i);
	CHECK(setns(fd, 0) == 0);
	SEE("dead", "%s", ERR(open_handle(FD_NSFS_ROOT, &h, 0)));
}

CASE(B08, "handles without privilege: one's own namespaces (6.18)")
{
	pid_t pid = spawn(own_mnt), user;
	struct handle own, foreign;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	SEE("own", "%s",
	    handle_of(AT_FDCWD, D "mnt", AT_SYMLINK_FOLLOW, &own));
	SEE("foreign", "%s",
	    handle_of(AT_FDCWD, path, AT_SYMLINK_FOLLOW, &foreign));
	user = fork();
	if (user == 0) {
		CHECK(setresgid(1000, 1000, 1000) == 0);
		CHECK(setresuid(1000, 1000, 1000) == 0);
		SEE("own", "%s", ERR(open_handle(FD_NSFS_ROOT, &own, 0)));
		SEE("foreign", "%s",
		    ERR(open_handle(FD_NSFS_ROOT, &foreign, 0)));
		_exit(0);
	}
	waitpid(user, NULL, 0);
	reap(pid);
}

/* ---- N5: whose namespaces can be found -------------------------------------- */

static struct handle outer_uts, outer_user;
static pid_t elder;

static void tries_to_list(void)
{
	struct handle own;
	int fd, n = 0;

	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
	fd = open(D "mnt", O_RDONLY);
	TRY("the mount namespace before", ioctl(fd, NS_MNT_GET_PREV, NULL));
	TRY("the one behind", ioctl(fd, NS_MNT_GET_NEXT, NULL));
	TRY("its own", ioctl(fd, NS_MNT_GET_INFO, NULL));
	TRY("a uts namespace outside",
	    open_handle(FD_NSFS_ROOT, &outer_uts, 0));
	TRY("its user namespace", open_handle(FD_NSFS_ROOT, &outer_user, 0));
	CHECK(!strcmp(handle_of(AT_FDCWD, D "mnt", AT_SYMLINK_FOLLOW, &own),
		      "ok"));
	TRY("own mnt", open_handle(FD_NSFS_ROOT, &own, 0));
	CHECK(!strcmp(handle_of(AT_FDCWD, D "uts", AT_SYMLINK_FOLLOW, &own),
		      "ok"));
	TRY("the uts it is in", open_handle(FD_NSFS_ROOT, &own, 0));
	while (next_id(&fd, NS_MNT_GET_PREV) && n < 1000)
		n++;
	SEE("found before it", "%d", n);
}

static void tries_as_1000(void)
{
	become(1000);
	tries_to_list();
}

CASE(N5, "root of a user namespace finds no namespace of others (6.18)")
{
	char path[64];

	pin_cpu0();
	elder = spawn(own_mnt);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(!strcmp(handle_of(AT_FDCWD, D "uts", AT_SYMLINK_FOLLOW,
				&outer_uts), "ok"));
	snprintf(path, sizeof(path), "/proc/%d/ns/user", elder);
	CHECK(!strcmp(handle_of(AT_FDCWD, path, AT_SYMLINK_FOLLOW,
				&outer_user), "ok"));
	CHECK(in_child(tries_to_list) == 0);
	CHECK(in_child(tries_as_1000) == 0);
	reap(elder);
}

CASE(B08, "handles of other file systems")
{
	struct handle h;
	int p[2];

	own_mounts();
	write_file("/mnt/f", "");
	CHECK(pipe(p) == 0);
	SEE("proc", "%s", handle_of(AT_FDCWD, "/proc/self/status", 0, &h));
	SEE("pipe", "%s", handle_of(p[0], "", AT_EMPTY_PATH, &h));
	SEE("absent", "%s", handle_of(AT_FDCWD, "/mnt/no", 0, &h));
	SEE("bad flags", "%s", handle_of(AT_FDCWD, "/mnt/f", 4, &h));
	CHECK(umount2("/mnt", MNT_DETACH) == 0);
}
