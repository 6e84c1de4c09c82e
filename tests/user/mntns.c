// SPDX-License-Identifier: MIT
/* Mount namespaces: rows G01-G11, S13 and S24's loops, traps 11, 12 and 15. */
#include "case.h"

#define D "/proc/self/ns/"

/* ---- helpers ------------------------------------------------------------------- */

static char group_numbers[16][16];
static int nr_groups;

/* "shared:17" to "shared:a": peers are compared, numbers are not. */
static void print_field(char *out, const char *field_text)
{
	const char *colon = strchr(field_text, ':');
	int i;

	if (!colon) {
		strcat(out, field_text);
		return;
	}
	for (i = 0; i < nr_groups; i++)
		if (!strcmp(group_numbers[i], colon + 1))
			break;
	if (i == nr_groups && nr_groups < 16)
		snprintf(group_numbers[nr_groups++], 16, "%s", colon + 1);
	sprintf(out + strlen(out), "%.*s:%c", (int)(colon - field_text),
		field_text, 'a' + i);
}

/* Each mount at or below @prefix in mountinfo's order: root, place, options,
 * propagation, type. */
static void see_mounts(const char *name, const char *prefix)
{
	char *text = strdup(read_file("/proc/self/mountinfo")), *save;

	for (char *l = strtok_r(text, "\n", &save); l;
	     l = strtok_r(NULL, "\n", &save)) {
		char root[256], point[256], options[128], line[512] = "";
		char *rest, *word, *word_save;
		int n = 0;

		if (sscanf(l, "%*d %*d %*d:%*d %255s %255s %127s%n", root,
			   point, options, &n) != 3 ||
		    strncmp(point, prefix, strlen(prefix)))
			continue;
		rest = l + n;
		for (word = strtok_r(rest, " ", &word_save);
		     word && strcmp(word, "-");
		     word = strtok_r(NULL, " ", &word_save)) {
			strcat(line, " ");
			print_field(line, word);
		}
		SEE(name, "%s %s %s%s - %s", root, point, options, line,
		    strtok_r(NULL, " ", &word_save));
	}
	free(text);
}

static void tmpfs_at(const char *dir)
{
	if (mkdir(dir, 0755) && errno != EEXIST)
		CHECK(!"mkdir");
	CHECK(mount("t", dir, "tmpfs", 0, NULL) == 0);
}

static int propagation(const char *dir, unsigned long how)
{
	return mount(NULL, dir, NULL, how, NULL);
}

static int bind_at(const char *from, const char *to)
{
	return mount(from, to, NULL, MS_BIND, NULL);
}

/* A root of our own that is a mount on another: as pivot_root needs it. */
static void own_root(void)
{
	private_mounts();
	CHECK(chdir("/mnt") == 0);
	CHECK(mkdir("proc", 0755) == 0 && mkdir("new", 0755) == 0 &&
	      mkdir("dir", 0755) == 0);
	write_file("file", "");
	CHECK(mount("/proc", "proc", NULL, MS_BIND, NULL) == 0);
	CHECK(mount(".", "/", NULL, MS_MOVE, NULL) == 0);
	CHECK(chroot(".") == 0);
}

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
