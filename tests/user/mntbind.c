// SPDX-License-Identifier: MIT
/* Files of namespaces as mounts, and odd mounts: rows G08 to G11, the loops of S13 and
 * S24, M; trap 11. */
#include "mntns.h"

#define D "/proc/self/ns/"

/* ---- G08: binding nsfs files --------------------------------------------------------------- */

CASE(G08 RS13, "where a namespace's file can be bound")
{
	int fd;

	private_mounts();
	write_file("/mnt/f", "");
	CHECK(mkdir("/mnt/d", 0755) == 0 && symlink("f", "/mnt/l") == 0);
	TRY("on a directory", bind_at(D "uts", "/mnt/d"));
	TRY("on nothing", bind_at(D "uts", "/mnt/no"));
	TRY("through a link", bind_at(D "uts", "/mnt/l"));
	TRY("twice", bind_at(D "pid", "/mnt/f"));
	SEE("top", "%d", ino_of("/mnt/f") == ino_of(D "pid"));
	TRY("unlink bound", unlink("/mnt/f"));
	CHECK(umount("/mnt/f") == 0);
	SEE("below", "%d", ino_of("/mnt/f") == ino_of(D "uts"));
	TRY("on an nsfs file", bind_at(D "uts", D "uts"));
	TRY("MS_MOVE of a link", mount(D "uts", "/mnt/l", NULL, MS_MOVE, NULL));
	write_file("/mnt/g", "");
	TRY("MS_MOVE of a bind", mount("/mnt/f", "/mnt/g", NULL, MS_MOVE,
				       NULL));
	SEE("moved", "%d", ino_of("/mnt/g") == ino_of(D "uts"));
	fd = open(D "uts", O_PATH | O_NOFOLLOW);
	TRY("O_PATH of the link", bind_at(fd_path(fd), "/mnt/f"));
	SEE("is the link", "%s", link_type("/mnt/f"));
	close(fd);
	umount2("/mnt/f", MNT_DETACH);
	TRY("tmpfs over ns/", mount("t", "/proc/self/ns", "tmpfs", 0, NULL));
	TRY("then uts", access(D "uts", F_OK));
	CHECK(umount("/proc/self/ns") == 0);
	CHECK(umount("/mnt/g") == 0);
	TRY("as root of a bind", chroot("/mnt/f"));
}

/* ---- S13, S24: loops ------------------------------------------------------------------------ */

static void own_mounts(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
}

CASE(S13 S24 RS9, "a mount namespace is bound by older ones only")
{
	char path[64];
	pid_t pid;
	int fd;

	pin_cpu0();
	private_mounts();
	write_file("/mnt/f", "");
	write_file("/mnt/g", "");
	TRY("own", bind_at(D "mnt", "/mnt/f"));
	fd = open(D "mnt", O_RDONLY);
	TRY("own by fd", bind_at(fd_path(fd), "/mnt/f"));
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", getppid());
	TRY("an older one", bind_at(path, "/mnt/f"));
	pid = spawn(own_mounts);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	TRY("a younger one", bind_at(path, "/mnt/f"));
	TRY("by the bind", bind_at("/mnt/f", "/mnt/g"));

	reap(pid);
	fd = open("/mnt/g", O_RDONLY);
	CHECK(umount("/mnt/f") == 0 && umount2("/mnt/g", MNT_DETACH) == 0);
	TRY("setns to it", setns(fd, CLONE_NEWNS));
	TRY("the file there", bind_at(D "mnt", "/mnt/f"));
}

static void binds_older(void)
{
	char path[64];

	CHECK(unshare(CLONE_NEWNS) == 0);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", getppid());
	TRY("the parent's, in the child", bind_at(path, "/mnt/f"));
}

CASE(S13, "a younger one cannot bind its elder")
{
	pin_cpu0();
	private_mounts();
	write_file("/mnt/f", "");
	CHECK(in_child(binds_older) == 0);
}

static void copy_lost(void)
{
	struct stat a, b;

	CHECK(stat("/mnt/f", &a) == 0);
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(stat("/mnt/f", &b) == 0);
	SEE("mnt bind dropped", "%d", a.st_ino != b.st_ino && b.st_size == 4);
	see_mounts("copied", "/mnt/");
}

CASE(S13, "a copy leaves out what would become a loop")
{
	char path[64];
	pid_t pid;

	pin_cpu0();
	private_mounts();
	write_file("/mnt/f", "file");
	write_file("/mnt/u", "file");
	pid = spawn(own_mounts);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	CHECK(bind_at(path, "/mnt/f") == 0);
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	CHECK(bind_at(path, "/mnt/u") == 0);
	CHECK(in_child(copy_lost) == 0);
	CHECK(umount("/mnt/f") == 0 && umount("/mnt/u") == 0);
	reap(pid);
}

static void peer_copy(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
}

CASE(S13, "not where it would propagate to a younger one")
{
	char path[64];
	pid_t pid, peer;

	pin_cpu0();
	private_mounts();
	write_file("/mnt/f", "");
	CHECK(propagation("/mnt", MS_SHARED) == 0);
	pid = spawn(own_mounts);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	TRY("no peer", bind_at(path, "/mnt/f"));
	umount("/mnt/f");
	peer = spawn(peer_copy);
	TRY("with a younger peer", bind_at(path, "/mnt/f"));
	TRY("nothing was mounted", umount("/mnt/f"));
	reap(peer);
	reap(pid);
}

/* ---- G10, G11 ------------------------------------------------------------------------------- */

static void binds_uts(void)
{
	private_mounts();
	write_file("/mnt/u", "");
	CHECK(unshare(CLONE_NEWUTS) == 0);
	CHECK(bind_at(D "uts", "/mnt/u") == 0);
	CHECK(unshare(CLONE_NEWUTS) == 0);
}

CASE(G10, "the end of a mount namespace frees what its binds held")
{
	pid_t pid = spawn(binds_uts);
	char path[64];
	ino_t bound, next;

	snprintf(path, sizeof(path), "/proc/%d/root/mnt/u", pid);
	bound = ino_of(path);
	SEE("dynamic", "%d", bound >= 0xf0000000);
	reap(pid);
	CHECK(unshare(CLONE_NEWUTS) == 0);
	next = ino_of(D "uts");
	SEE("its number is free again", "%d", next <= bound);
}

CASE(G11, "mountinfo is relative to the root")
{
	own_root();
	tmpfs_at("/dir");
	CHECK(mkdir("/dir/proc", 0755) == 0);
	CHECK(mount("/proc", "/dir/proc", NULL, MS_BIND, NULL) == 0);
	tmpfs_at("/dir/x");
	see_mounts("before", "/dir");
	CHECK(chroot("/dir") == 0);
	see_mounts("in the chroot", "/");
	CHECK(chroot("/x") == 0);
	TRY("no proc", access("/proc/self", F_OK));
}

CASE(G11, "what is mounted on a mount, and names that need escaping")
{
	private_mounts();
	tmpfs_at("/mnt/a b");
	tmpfs_at("/mnt/c\\d");
	tmpfs_at("/mnt/tab\there");
	tmpfs_at("/mnt/stack");
	tmpfs_at("/mnt/stack");
	CHECK(mount("s p", "/mnt/stack", "tmpfs", MS_NOSUID | MS_NODEV |
		    MS_NOEXEC | MS_RDONLY, NULL) == 0);
	see_mounts("all", "/mnt/");
}

/* ---- M rows ------------------------------------------------------------------------------------ */

CASE(M5, ".. does not climb out of a bind after a rename")
{
	int fd;

	private_mounts();
	tmpfs_at("/mnt/s");
	CHECK(mkdir("/mnt/s/a", 0755) == 0 && mkdir("/mnt/s/a/b", 0755) == 0 &&
	      mkdir("/mnt/root", 0755) == 0);
	CHECK(bind_at("/mnt/s/a", "/mnt/root") == 0);
	fd = open("/mnt/root/b", O_RDONLY | O_DIRECTORY);
	CHECK(rename("/mnt/s/a/b", "/mnt/s/b") == 0);
	TRY("..", openat(fd, "..", O_RDONLY));
	TRY(".", openat(fd, ".", O_RDONLY));
	CHECK(fchdir(fd) == 0);
	TRY("chdir ..", chdir(".."));
}

CASE(M18 M20, "mount's arguments")
{
	static char big[8192];

	private_mounts();
	CHECK(mkdir("/mnt/d", 0755) == 0);
	write_file("/mnt/f", "");
	memset(big, 'a', sizeof(big) - 1);
	TRY("bad target", mount("t", (char *)8, "tmpfs", 0, NULL));
	TRY("bad type", mount("t", "/mnt/d", (char *)8, 0, NULL));
	TRY("bad source", mount((char *)8, "/mnt/d", "tmpfs", 0, NULL));
	TRY("bad data", mount("t", "/mnt/d", "tmpfs", 0, (char *)8));
	TRY("no type", mount("t", "/mnt/d", NULL, 0, NULL));
	TRY("unknown type", mount("t", "/mnt/d", "nofs", 0, NULL));
	TRY("absent", mount("t", "/mnt/no", "tmpfs", 0, NULL));
	TRY("on a file", mount("t", "/mnt/f", "tmpfs", 0, NULL));
	TRY("directory on a file", bind_at("/mnt/d", "/mnt/f"));
	TRY("file on a directory", bind_at("/mnt/f", "/mnt/d"));
	TRY("bind absent", bind_at("/mnt/no", "/mnt/d"));
	TRY("bind empty", bind_at("", "/mnt/d"));
	TRY("bind NULL", bind_at(NULL, "/mnt/d"));
	TRY("unknown option", mount("t", "/mnt/d", "tmpfs", 0, "nosuch=1"));
	TRY("bad number", mount("t", "/mnt/d", "tmpfs", 0, "size=x"));
	TRY("bad mode", mount("t", "/mnt/d", "tmpfs", 0, "mode=99999"));
	TRY("8191 bytes", mount("t", "/mnt/d", "tmpfs", 0, big));
	TRY("commas", mount("t", "/mnt/d", "tmpfs", 0, ",,,"));
	TRY("umount", umount("/mnt/d"));
	become(1000);
	TRY("unprivileged", mount("t", "/mnt/d", "tmpfs", 0, NULL));
	TRY("unprivileged, bad type", mount("t", "/mnt/d", (char *)8, 0, NULL));
}

CASE(M19, "very deep paths in mountinfo")
{
	char name[256], path[64];
	int fd, next;

	private_mounts();
	memset(name, 'd', 255);
	name[255] = 0;
	fd = open("/mnt", O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 30; i++) {
		CHECK(mkdirat(fd, name, 0755) == 0);
		next = openat(fd, name, O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = next;
	}
	CHECK(fchdir(fd) == 0);
	TRY("mount", (mkdir("m", 0755), mount("t", "m", "tmpfs", 0, NULL)));
	fd = open("/proc/self/mountinfo", O_RDONLY);
	long total = 0, n;
	static char buf[65536];
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		total += n;
	SEE("whole line", "%d", n == 0 && total > 30 * 256);
	snprintf(path, sizeof(path), "m/x");
	SEE("getcwd", "%s", syscall(SYS_getcwd, buf, 4096) > 0 ? "ok" :
							err_name(errno));
	CHECK(umount("m") == 0);
}
