// SPDX-License-Identifier: MIT
/* Mount namespaces: rows G01 to G07, traps 12 and 15. */
#include "mntns.h"

static struct pipe_pair to_child, to_parent;

/* A child with a mount namespace of its own (propagation as it is), which runs
 * each of @steps when it is told to. */
static pid_t stepper(void (*const *steps)(void))
{
	pid_t pid;

	to_child = pipe_new();
	to_parent = pipe_new();
	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (; *steps; steps++) {
		pipe_hear(to_child);
		(*steps)();
		fflush(stdout);
		pipe_say(to_parent);
	}
	_exit(case_failed);
}

static void step(void)
{
	pipe_say(to_child);
	pipe_hear(to_parent);
}

static void stepper_end(pid_t pid)
{
	int status = 0;

	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* ---- G01: the copy --------------------------------------------------------------- */

CASE(G01, "unshare keeps cwd and root, in the copy")
{
	char cwd[64] = "";
	struct stat a, b;

	private_mounts();
	tmpfs_at("/mnt/a");
	CHECK(chdir("/mnt/a") == 0 && stat(".", &a) == 0);
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL && stat(".", &b) == 0);
	SEE("cwd", "%s", cwd);
	SEE("same file", "%d", a.st_dev == b.st_dev && a.st_ino == b.st_ino);
	TRY("busy", umount("/mnt/a"));
	CHECK(chdir("/") == 0);
	TRY("not busy", umount("/mnt/a"));
	see_mounts("left", "/mnt");
}

static void user_and_mnt(void)
{
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
}

static void locked_tries(void)
{
	TRY("umount inherited", umount("/mnt/a"));
	TRY("detach inherited", umount2("/mnt/a", MNT_DETACH));
	TRY("umount the tree", umount2("/mnt", MNT_DETACH));
	TRY("bind of a part", bind_at("/mnt", "/mnt/x"));
	TRY("rbind", mount("/mnt", "/mnt/x", NULL, MS_BIND | MS_REC, NULL));
	TRY("umount the rbind", umount2("/mnt/x", MNT_DETACH));
	TRY("own tmpfs", mount("t", "/mnt/x", "tmpfs", 0, NULL));
	TRY("umount it", umount("/mnt/x"));
	TRY("move inherited", mount("/mnt/a", "/mnt/x", NULL, MS_MOVE, NULL));
	TRY("umount /", umount2("/", MNT_DETACH));
	TRY("umount / by force", umount2("/", MNT_FORCE));
	TRY("make it shared", propagation("/mnt", MS_SHARED));
	TRY("remount rw", mount(NULL, "/mnt/ro", NULL, MS_REMOUNT | MS_BIND,
				NULL));
	TRY("remount keeping ro", mount(NULL, "/mnt/ro", NULL,
					MS_REMOUNT | MS_BIND | MS_RDONLY |
						MS_NOSUID | MS_NODEV |
						MS_NOEXEC, NULL));
	TRY("drop noexec", mount(NULL, "/mnt/ro", NULL,
				 MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID |
					 MS_NODEV, NULL));
	TRY("super block", mount(NULL, "/mnt/ro", NULL, MS_REMOUNT, NULL));
}

static void (*const locked_steps[])(void) = { user_and_mnt, locked_tries, NULL };

CASE(G01 M1 M2 M3, "what a less privileged copy may not touch")
{
	pid_t pid;

	private_mounts();
	tmpfs_at("/mnt/a");
	CHECK(mkdir("/mnt/x", 0755) == 0);
	tmpfs_at("/mnt/ro");
	CHECK(mount(NULL, "/mnt/ro", NULL,
		    MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV |
			    MS_NOEXEC, NULL) == 0);
	pid = stepper(locked_steps);
	step();
	step();
	stepper_end(pid);
}

static void slave_sees(void)
{
	see_mounts("child", "/mnt");
}

static void slave_mounts(void)
{
	CHECK(mkdir("/mnt/own", 0755) == 0 || errno == EEXIST);
	CHECK(mount("t", "/mnt/own", "tmpfs", 0, NULL) == 0);
}

static void (*const slave_steps[])(void) = { user_and_mnt, slave_sees,
					     slave_sees, slave_mounts, NULL };

CASE(G01 G03, "shared becomes slave in a less privileged copy")
{
	pid_t pid;

	private_mounts();
	CHECK(mkdir("/mnt/own", 0755) == 0);
	CHECK(chmod("/mnt", 0777) == 0);
	CHECK(propagation("/mnt", MS_SHARED) == 0);
	pid = stepper(slave_steps);
	step();
	step();
	tmpfs_at("/mnt/later");
	step();
	step();
	see_mounts("parent", "/mnt");
	stepper_end(pid);
}

/* ---- G02, G03: propagation ---------------------------------------------------------- */

CASE(G02, "changing propagation")
{
	private_mounts();
	tmpfs_at("/mnt/a");
	TRY("shared", propagation("/mnt/a", MS_SHARED));
	see_mounts("shared", "/mnt/a");
	TRY("bind to b", (mkdir("/mnt/b", 0755), bind_at("/mnt/a", "/mnt/b")));
	TRY("slave", propagation("/mnt/b", MS_SLAVE));
	see_mounts("a, b", "/mnt/");
	TRY("slave and shared", propagation("/mnt/b", MS_SHARED));
	see_mounts("a, b", "/mnt/");
	TRY("private", propagation("/mnt/b", MS_PRIVATE));
	TRY("unbindable", propagation("/mnt/b", MS_UNBINDABLE));
	see_mounts("a, b", "/mnt/");
	TRY("slave of nobody", propagation("/mnt/b", MS_SLAVE));
	see_mounts("b", "/mnt/b");
	TRY("two types", propagation("/mnt/a", MS_SHARED | MS_PRIVATE));
	TRY("with RDONLY", propagation("/mnt/a", MS_SHARED | MS_RDONLY));
	TRY("with REC", propagation("/mnt/a", MS_SHARED | MS_REC));
	TRY("with SILENT", propagation("/mnt/a", MS_PRIVATE | MS_SILENT));
	TRY("not a mountpoint", (mkdir("/mnt/c", 0755),
				 propagation("/mnt/c", MS_SHARED)));
	TRY("absent", propagation("/mnt/no", MS_SHARED));
}

CASE(G03, "peers, slaves, masters")
{
	private_mounts();
	tmpfs_at("/mnt/a");
	CHECK(propagation("/mnt/a", MS_SHARED) == 0);
	CHECK(mkdir("/mnt/peer", 0755) == 0 && mkdir("/mnt/slave", 0755) == 0);
	CHECK(bind_at("/mnt/a", "/mnt/peer") == 0);
	CHECK(bind_at("/mnt/a", "/mnt/slave") == 0);
	CHECK(propagation("/mnt/slave", MS_SLAVE) == 0);
	tmpfs_at("/mnt/a/x");
	see_mounts("on a", "/mnt/");
	CHECK(umount("/mnt/peer/x") == 0);
	see_mounts("umount on peer", "/mnt/");
	CHECK(mkdir("/mnt/slave/y", 0755) == 0);
	tmpfs_at("/mnt/slave/y");
	see_mounts("on slave", "/mnt/");
	CHECK(umount("/mnt/slave/y") == 0);
}

CASE(G03, "unbindable, and what cannot be moved")
{
	private_mounts();
	tmpfs_at("/mnt/a");
	CHECK(mkdir("/mnt/b", 0755) == 0);
	tmpfs_at("/mnt/a/sub");
	CHECK(mkdir("/mnt/a/sub/deep", 0755) == 0);
	CHECK(propagation("/mnt/a", MS_UNBINDABLE) == 0);
	TRY("bind of unbindable", bind_at("/mnt/a", "/mnt/b"));
	CHECK(propagation("/mnt/a", MS_PRIVATE) == 0);
	CHECK(propagation("/mnt/a/sub", MS_UNBINDABLE) == 0);
	TRY("rbind leaves it out",
	    mount("/mnt/a", "/mnt/b", NULL, MS_BIND | MS_REC, NULL));
	see_mounts("b", "/mnt/b");
	CHECK(umount2("/mnt/b", MNT_DETACH) == 0);
	TRY("move into its child",
	    mount("/mnt/a", "/mnt/a/sub/deep", NULL, MS_MOVE, NULL));
	TRY("move of no mount", mount("/mnt/b", "/mnt/a", NULL, MS_MOVE, NULL));
	TRY("move", mount("/mnt/a", "/mnt/b", NULL, MS_MOVE, NULL));
	see_mounts("moved", "/mnt/");
	CHECK(propagation("/mnt", MS_SHARED) == 0);
	TRY("out of a shared parent",
	    mount("/mnt/b", "/mnt/a", NULL, MS_MOVE, NULL));
}

static void peer_sees(void)
{
	see_mounts("child", "/mnt/");
}

static void peer_unshares(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
}

static void peer_mounts(void)
{
	tmpfs_at("/mnt/c");
}

static void (*const peer_steps[])(void) = { peer_unshares, peer_sees,
					    peer_mounts, NULL };

CASE(G03, "between namespaces")
{
	pid_t pid;

	private_mounts();
	CHECK(propagation("/mnt", MS_SHARED) == 0);
	pid = stepper(peer_steps);
	step();
	tmpfs_at("/mnt/p");
	step();
	step();
	see_mounts("parent", "/mnt");
	stepper_end(pid);
	see_mounts("after its end", "/mnt");
}

/* ---- G04: pivot_root ------------------------------------------------------------------ */

static int pivot(const char *new, const char *old)
{
	return (int)syscall(SYS_pivot_root, new, old);
}

CASE(G04 M4, "pivot_root: what is refused")
{
	own_root();
	TRY("not a mountpoint", pivot("/dir", "/dir"));
	tmpfs_at("/new");
	CHECK(mkdir("/new/old", 0755) == 0);
	TRY("put_old outside", pivot("/new", "/dir"));
	TRY("the root itself", pivot("/", "/"));
	TRY("new is root", pivot("/", "/new/old"));
	TRY("put_old is /", pivot("/new", "/"));
	TRY("not a directory", pivot("/file", "/new/old"));
	TRY("put_old a file", pivot("/new", "/file"));
	TRY("absent", pivot("/no", "/new/old"));
	TRY("bad pointer", pivot((char *)8, "/new/old"));
	CHECK(propagation("/new", MS_SHARED) == 0);
	TRY("new shared", pivot("/new", "/new/old"));
	CHECK(propagation("/new", MS_PRIVATE) == 0);
	CHECK(propagation("/", MS_SHARED) == 0);
	TRY("root shared", pivot("/new", "/new/old"));
	CHECK(propagation("/", MS_PRIVATE) == 0);
	become(1000);
	TRY("unprivileged", pivot("/new", "/new/old"));
}

CASE(G04, "pivot_root moves every root and cwd that was the old one")
{
	char text[64] = "";
	struct stat st;
	pid_t pid;

	own_root();
	tmpfs_at("/new");
	CHECK(mkdir("/new/old", 0755) == 0);
	write_file("/new/marker", "");
	pid = spawn(NULL);
	TRY("pivot_root", pivot("/new", "/new/old"));
	TRY("new root", access("/marker", F_OK));
	CHECK(getcwd(text, sizeof(text)) != NULL);
	SEE("cwd", "%s", text);
	see_mounts("mounts", "/");
	snprintf(text, sizeof(text), "/old/proc/%d/root/marker", pid);
	TRY("the other task's root", stat(text, &st));
	snprintf(text, sizeof(text), "/old/proc/%d/cwd/marker", pid);
	TRY("the other task's cwd", stat(text, &st));
	CHECK(umount2("/old", MNT_DETACH) == 0);
	reap(pid);
}

CASE(G04, "pivot_root(\".\", \".\") and a lazy umount")
{
	own_root();
	tmpfs_at("/new");
	write_file("/new/marker", "");
	CHECK(chdir("/new") == 0);
	TRY("pivot_root", pivot(".", "."));
	TRY("umount", umount2(".", MNT_DETACH));
	CHECK(chdir("/") == 0);
	TRY("marker", access("/marker", F_OK));
	TRY("old", access("/dir", F_OK));
}

/* ---- G05, G06, G07 ---------------------------------------------------------------------- */

static void foreign(void)
{
	private_mounts();
	tmpfs_at("/mnt/f");
	write_file("/mnt/f/file", "");
}

CASE(G05 M7, "mounts of another namespace")
{
	pid_t pid = spawn(foreign);
	char path[64];
	int fd;

	private_mounts();
	CHECK(mkdir("/mnt/d", 0755) == 0);
	write_file("/mnt/file", "");
	snprintf(path, sizeof(path), "/proc/%d/root/mnt/f", pid);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	TRY("mount on it", mount("t", path, "tmpfs", 0, NULL));
	TRY("umount", umount2(path, MNT_DETACH));
	TRY("bind from it", bind_at(path, "/mnt/d"));
	TRY("move it", mount(path, "/mnt/d", NULL, MS_MOVE, NULL));
	TRY("remount", mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
			     NULL));
	TRY("shared", propagation(path, MS_SHARED));
	TRY("private", propagation(path, MS_PRIVATE));
	TRY("read it", openat(fd, "file", O_RDONLY));
	reap(pid);
	TRY("its directory after its end", openat(fd, "file", O_RDONLY));
	TRY("private then", propagation(path, MS_PRIVATE));
}

CASE(G06 M14, "umount")
{
	char text[128];
	int fd;

	private_mounts();
	tmpfs_at("/mnt/a");
	write_file("/mnt/a/f", "x");
	fd = open("/mnt/a/f", O_RDONLY);
	TRY("busy", umount("/mnt/a"));
	TRY("unknown flag", umount2("/mnt/a", 0x100));
	TRY("EXPIRE|FORCE", umount2("/mnt/a", MNT_EXPIRE | MNT_FORCE));
	TRY("EXPIRE|DETACH", umount2("/mnt/a", MNT_EXPIRE | MNT_DETACH));
	TRY("not a mount", umount("/mnt"  "/a/f"));
	TRY("absent", umount("/mnt/no"));
	TRY("bad pointer", umount((char *)8));
	CHECK(chdir("/mnt/a") == 0);
	TRY("detach", umount2("/mnt/a", MNT_DETACH));
	SEE("read", "%zd", read(fd, text, 1));
	close(fd);
	SEE("getcwd", "%s", syscall(SYS_getcwd, text, sizeof(text)) > 0 ? text :
		err_name(errno));
	TRY("..", chdir(".."));
	SEE("getcwd", "%s", syscall(SYS_getcwd, text, sizeof(text)) > 0 ? text :
		err_name(errno));
	TRY("mount in it", (mkdir("d", 0755), mount("t", "d", "tmpfs", 0,
						     NULL)));
	CHECK(chdir("/") == 0);
	tmpfs_at("/mnt/a");
	TRY("EXPIRE first", umount2("/mnt/a", MNT_EXPIRE));
	TRY("EXPIRE second", umount2("/mnt/a", MNT_EXPIRE));
	TRY("gone", umount("/mnt/a"));
	become(1000);
	TRY("unprivileged", umount("/mnt"));
}

static void mount_on_victim(void)
{
	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("t", "/mnt/d", "tmpfs", 0, NULL) == 0);
	CHECK(bind_at("/etc/passwd", "/mnt/f") == 0);
}

static void victims_left(void)
{
	see_mounts("there", "/mnt/");
}

static void (*const victim_steps[])(void) = { mount_on_victim, victims_left,
					      NULL };

CASE(G07, "unlink of a mountpoint here and elsewhere")
{
	pid_t pid;

	private_mounts();
	CHECK(mkdir("/mnt/d", 0755) == 0 && mkdir("/mnt/here", 0755) == 0);
	write_file("/mnt/f", "");
	tmpfs_at("/mnt/here");
	TRY("rmdir here", rmdir("/mnt/here"));
	TRY("rename here", rename("/mnt/here", "/mnt/there"));
	TRY("rename over", rename("/mnt/d", "/mnt/here"));
	pid = stepper(victim_steps);
	step();
	TRY("rmdir elsewhere", rmdir("/mnt/d"));
	TRY("unlink elsewhere", unlink("/mnt/f"));
	step();
	stepper_end(pid);
}
