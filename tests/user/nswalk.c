// SPDX-License-Identifier: MIT
/* What a path walk does at a magic link of /proc/PID/ns, and after it: rows S17,
 * S26, S29, S30 and trap 5. */
#include "case.h"

#define D "/proc/self/ns/"

CASE(S17, "nothing lies below the file that a link jumps to")
{
	struct stat st;
	struct statfs sf;

	SEE("mkdir", "%s", ERR(mkdir(D "uts/a", 0755)));
	SEE("open", "%s", ERR(open(D "uts/a", O_RDONLY)));
	SEE("slash", "%s", ERR(open(D "uts/", O_RDONLY)));
	SEE("dot", "%s", ERR(stat(D "uts/.", &st)));
	SEE("dotdot", "%s", ERR(stat(D "uts/..", &st)));
	SEE("unlink", "%s", ERR(unlink(D "uts/a")));
	SEE("statfs", "%s", ERR(statfs(D "uts/x", &sf)));
	SEE("chdir", "%s", ERR(chdir(D "uts")));
	SEE("chroot", "%s", ERR(chroot(D "uts")));
	SEE("O_DIRECTORY", "%s", ERR(open(D "uts", O_RDONLY | O_DIRECTORY)));
}

CASE(S29, "magic links count towards the 40")
{
	char path[4096] = "", step[64];
	struct stat st;

	for (int i = 0; i < 39; i++)
		strcat(path, "/proc/thread-self/root");
	/* thread-self is a link too: two a step */
	SEE("78 links", "%s", ERR(stat(path, &st)));
	snprintf(step, sizeof(step), "/proc/%d/root", getpid());
	path[0] = 0;
	for (int i = 0; i < 40; i++)
		strcat(path, step);
	SEE("40 jumps", "%s", ERR(stat(path, &st)));
	strcat(path, step);
	SEE("41 jumps", "%s", ERR(stat(path, &st)));
}

static long open2_at(int dirfd, const char *path, uint64_t flags,
		     uint64_t resolve)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = { flags, 0, resolve };

	return syscall(437, dirfd, path, &how, sizeof(how));
}

static long open2(const char *path, uint64_t flags, uint64_t resolve)
{
	return open2_at(AT_FDCWD, path, flags, resolve);
}

CASE(S30, "openat2 and the jump")
{
	CHECK(chdir("/") == 0); /* where IN_ROOT begins */
	SEE("NO_XDEV", "%s", ERR(open2(D "uts", O_RDONLY, 1)));
	SEE("NO_MAGICLINKS", "%s", ERR(open2(D "uts", O_RDONLY, 2)));
	SEE("NO_SYMLINKS", "%s", ERR(open2(D "uts", O_RDONLY, 4)));
	SEE("BENEATH", "%s", ERR(open2(D "uts", O_RDONLY, 8)));
	SEE("IN_ROOT", "%s", ERR(open2(D "uts", O_RDONLY, 16)));
	SEE("CACHED", "%s", ERR(open2(D "uts", O_RDONLY, 32)));
	SEE("the link itself", "%s",
	    ERR(open2(D "uts", O_PATH | O_NOFOLLOW, 2)));
}

static void flags_from(const char *name, int dirfd, const char *path)
{
	static const struct {
		const char *name;
		uint64_t bit;
	} flags[] = { { "none", 0 }, { "NO_XDEV", 1 }, { "NO_MAGICLINKS", 2 },
		      { "NO_SYMLINKS", 4 }, { "BENEATH", 8 },
		      { "IN_ROOT", 16 } };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		char what[64];

		snprintf(what, sizeof(what), "%s, %s", name, flags[i].name);
		TRY(what, open2_at(dirfd, path, O_RDONLY, flags[i].bit));
	}
}

CASE(S30, "openat2 from the directory, by a descriptor, and other links")
{
	int ns = open("/proc/self/ns", O_RDONLY | O_DIRECTORY);
	int fd = open(D "uts", O_RDONLY), o = open(D "uts", O_PATH);
	char path[64];

	CHECK(chdir("/") == 0);
	flags_from("from ns/", ns, "uts");
	flags_from("by fd", AT_FDCWD, fd_path(fd));
	snprintf(path, sizeof(path), "%d", o);
	flags_from("by O_PATH fd", open("/proc/self/fd", O_RDONLY), path);
	flags_from("root", AT_FDCWD, "/proc/thread-self/root");
	flags_from("a text link", AT_FDCWD, "/proc/self");
	TRY("NO_SYMLINKS, the link itself",
	    open2(D "uts", O_PATH | O_NOFOLLOW, 4));
	TRY("all, the link itself",
	    open2_at(ns, "uts", O_PATH | O_NOFOLLOW, 2 | 8 | 1));
	TRY("unknown flag", open2(D "uts", O_RDONLY, 64));
	TRY("BENEATH and IN_ROOT", open2(D "uts", O_RDONLY, 8 | 16));
}

CASE(S30, "a mount that follows no links still reads them")
{
	char text[64], buf[64];
	struct stat st;
	int fd;

	private_mounts();
	CHECK(umount("/mnt") == 0);
	TRY("mount", mount("proc", "/mnt", "proc", 0x100, NULL));
	snprintf(text, sizeof(text), "/mnt/%d/ns/uts", getpid());
	TRY("open", open(text, O_RDONLY));
	TRY("stat", stat(text, &st));
	fd = open(text, O_PATH | O_NOFOLLOW);
	SEE("O_PATH|O_NOFOLLOW", "%s", fd < 0 ? err_name(errno) : "ok");
	close(fd);
	TRY("lstat", lstat(text, &st));
	SEE("readlink", "%zd", readlink(text, buf, sizeof(buf)));
	TRY("self", stat("/mnt/self/ns", &st));
	CHECK(umount("/mnt") == 0);
}

CASE(S29, "a namespace's link is the fortieth, or one too many")
{
	char path[4096] = "", step[64];
	struct stat st;

	snprintf(step, sizeof(step), "/proc/%d/root", getpid());
	for (int i = 0; i < 39; i++)
		strcat(path, step);
	snprintf(path + strlen(path), 64, "/proc/%d/ns/uts", getpid());
	TRY("39 jumps and a link", stat(path, &st));
	TRY("the link itself", lstat(path, &st));
	memmove(path + strlen(step), path, strlen(path) + 1);
	memcpy(path, step, strlen(step));
	TRY("40 jumps and a link", stat(path, &st));
	TRY("the link itself", lstat(path, &st));
}

CASE(S17, "nor from a descriptor; nothing is made there")
{
	int fd = open(D "uts", O_RDONLY), o = open(D "uts", O_PATH);
	struct stat st;

	TRY("openat", openat(fd, "a", O_RDONLY));
	TRY("openat ..", openat(fd, "..", O_RDONLY));
	TRY("fstatat", fstatat(fd, "a", &st, 0));
	TRY("O_PATH", openat(o, "a", O_RDONLY));
	TRY("absolute", openat(fd, "/proc", O_RDONLY));
	TRY("mknod", mknod(D "uts/a", S_IFREG | 0600, 0));
	TRY("symlink", symlink("x", D "uts/a"));
	TRY("link", link(D "uts", D "uts/a"));
	TRY("rename", rename(D "uts", D "uts/a"));
	TRY("O_CREAT", open(D "uts/a", O_CREAT | O_RDWR, 0600));
	TRY("rmdir", rmdir(D "uts/."));
	TRY("exec", execl(D "uts", "x", NULL));
	TRY("exec below", execl(D "uts/a", "x", NULL));
}

CASE(S26, "by a bind mount, by O_PATH, to write, and after its task")
{
	char path[64];
	int fd, o;

	private_mounts();
	write_file("/mnt/u", "");
	CHECK(mount(D "uts", "/mnt/u", NULL, MS_BIND, NULL) == 0);
	fd = open("/mnt/u", O_RDONLY);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	SEE("moved", "%d", ino_of(D "uts") != ino_of("/mnt/u"));
	TRY("through a bind", setns(fd, CLONE_NEWUTS));
	SEE("back", "%d", ino_of(D "uts") == ino_of("/mnt/u"));
	o = open("/mnt/u", O_PATH);
	CHECK(umount2("/mnt/u", MNT_DETACH) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", o);
	TRY("O_PATH of a bind that is gone", setns(o, 0));
	TRY("opened by it", setns(open(path, O_RDONLY), 0));
	TRY("to write", open(path, O_WRONLY));
	TRY("to read and write", open(path, O_RDWR));
	TRY("O_PATH of it", open(path, O_PATH));
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
	TRY("by pid and fd", setns(open(path, O_RDONLY), CLONE_NEWUTS));
}
